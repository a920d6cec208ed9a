"""`python -m cluster doctor`: a line for each thing, ✓, ✗ with the mend, or ·; 1 when there is a ✗."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster.cockroach.conftest import program, sweep

from .conftest import Learner, Someones
from .servers import says, server
from .test_trouble import url

LINE = re.compile(r"[✓✗·] [\w-]+ +\S.*|  +→ \S.*|All is well\.|To mend: \d+ \(the lines with ✗\)\.")

DEFAULTS = {
    "SELECT version()": "CockroachDB CCL v26.2.4 (x86_64-pc-linux-gnu, built 2026/06/01)",
    "SHOW default_transaction_read_only": "off",
    "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user": "t",
    "SELECT rolsuper FROM pg_roles WHERE rolname = current_user": "t",
    "SELECT 1": "1",
    "SHOW autocommit_before_ddl": "on",
    "SHOW default_transaction_isolation": "serializable",
    "SHOW sql_safe_updates": "off",
    "SHOW allow_unsafe_internals": "off",
    "SHOW default_int_size": "8",
    "SHOW serial_normalization": "rowid",
    "SHOW timezone": "UTC",
    "SHOW statement_timeout": "0",
    "SHOW transaction_timeout": "0",
}


def answers(changed: dict[str, str | None], clock: float = 0.0) -> Callable[[str], str | None]:
    known = DEFAULTS | changed

    def answer(statement: str) -> str | None:
        if "clock_timestamp" in statement:
            return str(time.time() + clock)
        if "shobj_description" in statement:
            return known.get("mark", "ours?")
        return known.get(statement)

    return answer


def lines(said: str) -> list[str]:
    """The doctor's lines, each of the form that they all have."""
    found = said.splitlines()
    assert [line for line in found if not LINE.fullmatch(line)] == []
    return found


def test_where_nothing_runs(learner: Learner) -> None:
    found = lines(learner.run("doctor").stdout)
    signs = {line.split()[1]: line[0] for line in found if line[0] in "✓✗·"}
    assert signs["engine"] == signs["home"] == signs["disk"] == "✓"
    assert signs["answers"] == "·"
    assert "it does not run: python -m cluster start" in "\n".join(found)
    assert found[-1] == "All is well."
    assert not learner.home.exists()


def test_the_embedded_cluster(learner: Learner) -> None:
    learner.run("start")
    found = lines(learner.run("doctor").stdout)
    assert [line for line in found if line[0] in "✗·"] == []
    names = [line.split()[1] for line in found[:-1]]
    assert names == [
        "engine",
        "home",
        "disk",
        "port",
        "version",
        "TLS",
        "privileges",
        "clock",
        "latency",
        "settings",
    ]
    learner.run("stop")


def test_a_node_of_our_own(learner: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine cockroach, with the stand-in in the place of the program."""
    monkeypatch.setenv("CLUSTER_CACHE", str(tmp_path / "cache"))
    binary = str(program(tmp_path / "bin"))
    try:
        learner.run("start", COCKROACH_BINARY=binary)
        found = lines(learner.run("doctor", COCKROACH_BINARY=binary).stdout)
        assert found[0].startswith("✓ engine      cockroach: CockroachDB itself")
        assert [line for line in found if line[0] in "✗·"] == []
        learner.run("stop", COCKROACH_BINARY=binary)
    finally:
        sweep(tmp_path)


def test_somebodys_cluster(clean: Someones, learner: Learner, secret) -> None:
    proved = clean.url(sslmode="verify-full", sslrootcert=str(clean.running.certificate))
    before = clean.dump()
    said = learner.run("doctor", CLUSTER_URL=proved).stdout
    assert [line[0] for line in lines(said)[:-1]] == ["✓"] * 8
    assert "✓ TLS         TLSv1.3, sslmode=verify-full, certificate good until 20" in said
    assert "✓ bank        not there yet: lessons make it" in said
    assert clean.dump() == before
    assert not learner.home.exists()
    secret(said)


def test_a_bank_that_is_not_ours(foreign: Someones, learner: Learner) -> None:
    said = learner.run("doctor", CLUSTER_URL=foreign.plain, code=1).stdout
    assert "✗ bank        The cluster at 127.0.0.1:" in said
    assert "has a database bank that this course did not make. It is left alone." in said
    assert lines(said)[-1] == "To mend: 1 (the lines with ✗)."


def test_a_cluster_that_does_not_answer(learner: Learner) -> None:
    said = learner.run("doctor", CLUSTER_URL=url(1), code=1).stdout
    assert "✗ answers     Nothing answers at 127.0.0.1:1: connection refused." in said


def test_a_url_that_is_none(learner: Learner) -> None:
    said = learner.run("doctor", CLUSTER_URL="postgresql://u:secret@h/production", code=1).stdout
    assert said.startswith("✗ engine      CLUSTER_URL cannot be used: ")
    assert "secret" not in said


@pytest.mark.parametrize(
    ("changed", "clock", "line", "mend"),
    [
        (
            {"SHOW autocommit_before_ddl": "off"},
            0,
            "✗ setting     autocommit_before_ddl is off, lessons need on: lessons 11 to 14 show what it does",
            "ALTER ROLE ann SET autocommit_before_ddl = 'on'",
        ),
        (
            {"SHOW sql_safe_updates": "on"},
            0,
            "✗ setting     sql_safe_updates is on",
            "sql_safe_updates = 'off'",
        ),
        (
            {"SHOW default_transaction_isolation": "read committed"},
            0,
            "✗ setting     default_transaction_isolation is read committed",
            "= 'serializable'",
        ),
        ({}, 61, r"✗ clock       the server's is 61 s ahead of this machine's", "NTP"),
        ({}, -3600, r"✗ clock       the server's is 3600 s behind this machine's", "NTP"),
        (
            {
                "SELECT rolsuper FROM pg_roles WHERE rolname = current_user": "f",
                "SELECT options::STRING FROM [SHOW USERS] WHERE username = current_user": "{CREATEDB}",
            },
            0,
            "✗ jobs        ann lacks CONTROLJOB",
            "ALTER ROLE ann WITH CONTROLJOB",
        ),
        (
            {"SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user": "f"},
            0,
            "✗ privileges  The user ann at 127.0.0.1:",
            "",
        ),
    ],
)
def test_one_thing_wrong(
    learner: Learner, changed: dict[str, str], clock: float, line: str, mend: str
) -> None:
    with server(says(answers(changed, clock))) as port:
        said = learner.run("doctor", CLUSTER_URL=url(port, "sslmode=disable"), code=1).stdout
    bad = [each for each in lines(said) if each.startswith("✗") and not each.startswith("✗ bank")]
    assert len(bad) == 1
    assert bad[0].startswith(line)
    after = lines(said)[lines(said).index(bad[0]) + 1]
    assert mend in after
    assert bool(mend) == after.lstrip().startswith("→")


def test_a_slow_cluster(learner: Learner) -> None:
    from cluster.doctor import server as doctor

    def slow(statement: str) -> str | None:
        if statement == "SELECT 1":
            time.sleep(doctor.SLOW + 0.05)  # the distance that is to be measured
        return answers({})(statement)

    with server(says(slow)) as port:
        said = learner.run("doctor", CLUSTER_URL=url(port, "sslmode=disable"), code=1).stdout
    assert re.search(r"^✗ latency     a round trip takes 3\d\d\.\d ms \(median of 9\)$", said, re.M)


def test_v25_4_says_what_is_other_there(learner: Learner) -> None:
    """It has no allow_unsafe_internals to ask for, and does not lock new tables."""
    version = {"SELECT version()": "CockroachDB CCL v25.4.13 (x)", "SHOW allow_unsafe_internals": None}
    with server(says(answers(version))) as port:
        said = learner.run("doctor", CLUSTER_URL=url(port, "sslmode=disable"), code=None).stdout
    assert "✓ version     CockroachDB v25.4.13" in said
    assert "✓ settings" in said
    assert "· tables      not schema_locked before v26.1" in said


def test_a_setting_that_a_version_does_not_know_is_no_fault(learner: Learner) -> None:
    with server(says(answers({"SHOW transaction_timeout": None}))) as port:
        said = learner.run("doctor", CLUSTER_URL=url(port, "sslmode=disable"), code=None).stdout
    assert (
        "· setting     transaction_timeout: this version says: unrecognized configuration parameter" in said
    )


def test_a_cluster_that_keeps_tables_locked(learner: Learner) -> None:
    setting = "SHOW CLUSTER SETTING sql.schema.auto_unlock.enabled"
    with server(says(answers({setting: "f"}))) as port:
        said = learner.run("doctor", CLUSTER_URL=url(port, "sslmode=disable"), code=1).stdout
    assert "✗ setting     sql.schema.auto_unlock.enabled is false" in said
    assert "SET CLUSTER SETTING sql.schema.auto_unlock.enabled = true" in said
