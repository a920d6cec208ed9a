"""A run works in folders of its own, and what a killed run left is removed by the next."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from cluster.home import Home
from notebook_tools import sandbox
from notebook_tools.sandbox import Sandbox, fresh_sandbox


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sandbox, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"


def left_by(pid: int, runs: Path) -> Path:
    workspace = runs / str(pid) / "gw0" / "workspace"
    workspace.mkdir(parents=True)
    return workspace


def test_a_dead_run_is_swept_and_a_living_one_is_not(runs: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    dead, living = left_by(ended.pid, runs), left_by(os.getppid(), runs)
    (runs / "notes").mkdir()
    with fresh_sandbox():
        assert not dead.exists()
        assert living.exists()
        assert (runs / "notes").exists()


def test_a_sandbox_is_gone_also_after_a_failure(runs: Path) -> None:
    def fails() -> None:
        with fresh_sandbox() as own:
            own.workspace.mkdir()
            assert list(runs.iterdir()) == [runs / str(os.getpid())]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert list(runs.iterdir()) == []


def test_the_cluster_is_in_memory_and_leaves_nothing_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(sandbox, "MEMORY", memory)
    monkeypatch.setattr(sandbox, "ENOUGH", 0)
    own = Sandbox(tmp_path / "own")
    own.make()
    own.make()  # it is the same one
    home = Home.find(own.cluster_home)
    with home.locked(print):
        home.claim("embedded")
    assert home.path.parent == memory
    (home.path / "left by a killed cluster").touch()
    own.close()
    assert list(memory.iterdir()) == []


def test_the_cluster_is_on_disk_where_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "ENOUGH", 2**62)
    own = Sandbox(tmp_path / "own")
    own.make()
    assert own.cluster_home.resolve().parent == (tmp_path / "own").resolve()


def test_nothing_of_a_person_is_in_its_environment(tmp_path: Path) -> None:
    environment = Sandbox(tmp_path / "own").environment()
    assert set(environment) == {"CLUSTER_HOME", "COURSE_WORKSPACE", "IPYTHONDIR"}
    assert all(Path(folder).is_relative_to(tmp_path / "own") for folder in environment.values())


def test_this_test_run_is_in_a_sandbox(sandbox: Sandbox) -> None:
    for name, folder in sandbox.environment().items():
        assert os.environ[name] == folder
