"""The command line on a cluster of someone's: which one it is, and what each command does to it: nothing."""

from __future__ import annotations

import json
import stat

import pytest

from .conftest import Learner, Someones


def test_the_environment_names_it(clean: Someones, learner: Learner, secret) -> None:
    said = learner.run("start", CLUSTER_URL=clean.plain).stdout
    where = f"127.0.0.1:{clean.running.port}"
    assert said == f"The cluster at {where} answers: CockroachDB v26.2.4, run by someone else.\n"
    shown = learner.run("status", CLUSTER_URL=clean.plain).stdout
    for word in ("running", "external, a cluster that someone else runs", "v26.2.4", where, "as demo"):
        assert word in shown
    secret(said + shown)
    assert not learner.home.exists()


def test_use_keeps_it_in_a_file_of_ones_own(clean: Someones, learner: Learner, secret) -> None:
    said = learner.run("use", clean.plain).stdout
    assert said.startswith("From now on the course works on CockroachDB v26.2.4 at 127.0.0.1:")
    secret(said)
    assert stat.S_IMODE((learner.home / "url.json").stat().st_mode) == 0o600
    assert json.loads(learner.run("status", "--json").stdout)["engine"] == "external"
    assert learner.run("url").stdout.strip() == clean.running.url("bank")
    assert "(1 row)" in learner.run("sql", "-e", "SELECT 1").stdout
    assert learner.run("use", "--none").stdout == "From now on the course works on the local cluster.\n"
    assert not learner.home.exists()
    assert learner.run("use", "--none").stdout == "No URL was kept.\n"


def test_use_takes_the_url_from_standard_input(clean: Someones, learner: Learner) -> None:
    """As an argument it would stand in the shell's history."""
    learner.run("use", stdin=clean.plain + "\n")
    assert learner.run("url").stdout.strip() == clean.running.url("bank")
    assert learner.refused("use", stdin="") == "There is no URL: nothing has changed."


def test_use_makes_paths_whole(clean: Someones, learner: Learner, tmp_path, monkeypatch) -> None:
    """The course changes folders."""
    import os

    relative = os.path.relpath(clean.running.certificate)
    learner.run("use", clean.url(sslrootcert=relative))
    assert f"sslrootcert={clean.running.certificate}" in learner.run("url").stdout
    assert "sslmode=verify-full" in learner.run("url").stdout


def test_a_url_that_does_not_work_is_not_kept(clean: Someones, learner: Learner) -> None:
    learner.run("use", clean.plain)
    before = (learner.home / "url.json").read_bytes()
    line = learner.refused("use", "postgresql://ann:secret@127.0.0.1:1/defaultdb")
    assert line.startswith("Nothing answers at 127.0.0.1:1: connection refused.")
    assert (learner.home / "url.json").read_bytes() == before


def test_the_environment_goes_before_what_is_kept(clean: Someones, learner: Learner) -> None:
    learner.run("use", clean.plain)
    line = learner.refused("url", CLUSTER_URL="postgresql://ann@127.0.0.1:1")
    assert line.startswith("Nothing answers at 127.0.0.1:1")
    said = learner.run("use", "--none", CLUSTER_URL=clean.plain).stdout
    assert "But CLUSTER_URL is set in this shell, and goes before it: unset CLUSTER_URL" in said


def test_an_engine_that_is_named_goes_before_both(clean: Someones, learner: Learner) -> None:
    status = learner.run("status", "--json", CLUSTER_URL=clean.plain, CLUSTER_ENGINE="embedded").stdout
    assert json.loads(status)["engine"] == "embedded"


def test_database_url_alone_never_chooses(clean: Someones, learner: Learner) -> None:
    status = json.loads(learner.run("status", "--json", DATABASE_URL=clean.plain).stdout)
    assert (status["engine"], status["running"]) == ("embedded", False)


def test_external_without_a_url(learner: Learner) -> None:
    line = learner.refused("start", CLUSTER_ENGINE="external")
    assert line == "There is no URL of a cluster. Name one in CLUSTER_URL, or type: python -m cluster use"


@pytest.mark.parametrize("database", ["bank", "shop", "defaultdb"])
def test_stop_and_logs_leave_it_alone(foreign: Someones, learner: Learner, database: str) -> None:
    said = learner.run("stop", CLUSTER_URL=foreign.plain).stdout
    assert "it goes on running" in said
    assert foreign.run("SELECT 1", database) == [(1,)]
    assert "writes its logs where it runs" in learner.run("logs", CLUSTER_URL=foreign.plain).stdout


def test_stop_ends_the_local_one_of_before(clean: Someones, learner: Learner) -> None:
    learner.run("start")
    learner.run("use", clean.plain)
    said = learner.run("stop").stdout.splitlines()
    assert "it goes on running" in said[0]
    assert said[1:] == ["The local cluster of before is stopped. Its data is kept."]
    learner.run("use", "--none")
    assert json.loads(learner.run("status", "--json").stdout)["engine"] == "embedded"
    assert learner.run("reset", "--yes").stdout == "The cluster and its data are deleted.\n"
