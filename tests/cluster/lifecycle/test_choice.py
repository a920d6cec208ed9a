"""Which engine it is: asked for by name, or the one whose data the home holds."""

from __future__ import annotations

import json
import os

import pytest

from cluster import ClusterError, choice
from cluster.home import Home

from .conftest import Place


def of_engine(place: Place, engine: object) -> None:
    place.home.mkdir()
    marker = {"format": 1, "engine": engine, "uid": os.geteuid()}
    (place.home / "cluster.json").write_text(json.dumps(marker))


def test_an_engine_that_there_is_not(place: Place) -> None:
    said = place.refused("start", env={"CLUSTER_ENGINE": "oracle"})
    assert said.startswith("There is no engine oracle (CLUSTER_ENGINE): choose one of embedded")
    assert not place.home.exists()


@pytest.mark.parametrize("words", [["--engine", "oracle", "start"], ["start", "--engine", "oracle"]])
def test_the_command_line_knows_the_engines(place: Place, words: list[str]) -> None:
    said = place.run(*words, code=2).stderr
    assert "invalid choice: 'oracle'" in said


def test_the_command_line_goes_before_the_environment(place: Place) -> None:
    said = place.run("--engine", "embedded", "status", "--json", env={"CLUSTER_ENGINE": "oracle"})
    assert json.loads(said.stdout)["engine"] == "embedded"


@pytest.mark.parametrize("command", [["start"], ["status"], ["url"]])
def test_a_home_with_another_engines_data(place: Place, command: list[str], monkeypatch) -> None:
    of_engine(place, "another")
    before = {path: path.read_bytes() for path in place.home.iterdir() if path.name != "lock"}
    said = place.refused(*command, env={"CLUSTER_ENGINE": "embedded"})
    assert said.startswith(
        f"The cluster in {place.home} is of the engine another, and embedded is asked for. "
        f"Its databases are left as they are"
    )
    assert {path: path.read_bytes() for path in place.home.iterdir() if path.name != "lock"} == before


def test_nobody_asks_and_the_home_decides(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.delenv("CLUSTER_ENGINE", raising=False)
    monkeypatch.setitem(choice.ENGINES, "another", lambda: made.append("another"))
    of_engine(place, "another")
    choice.choose(Home(place.home))
    assert made == ["another"]


def test_what_ends_a_cluster_finds_it_whatever_is_asked_for(place: Place, monkeypatch) -> None:
    made = []
    monkeypatch.setenv("CLUSTER_ENGINE", "embedded")
    monkeypatch.setitem(choice.ENGINES, "another", lambda: made.append("another"))
    of_engine(place, "another")
    choice.of(Home(place.home))
    assert made == ["another"]


def test_a_home_of_a_newer_version(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLUSTER_ENGINE", raising=False)
    of_engine(place, "another")
    with pytest.raises(ClusterError, match="has no engine another: update it"):
        choice.choose(Home(place.home))


@pytest.mark.parametrize("engine", [None, 7])
def test_a_marker_that_names_no_engine(place: Place, engine: object, monkeypatch) -> None:
    monkeypatch.delenv("CLUSTER_ENGINE", raising=False)
    of_engine(place, engine)
    assert choice.keeper(Home(place.home)) is None
