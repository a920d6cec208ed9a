"""The home's files: found, written whole or not at all, locked."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cluster.errors import ClusterError
from cluster.home import Home


@pytest.mark.parametrize(
    ("argument", "variable", "expected"),
    [
        ("/a/b", "/c", "/a/b"),
        (None, "/c", "/c"),
        (None, "x/../y", "{cwd}/y"),
        (None, "", "{repository}/.cluster"),
        (None, None, "{repository}/.cluster"),
        ("~/c", None, "{home}/c"),
    ],
)
def test_where_it_is(tmp_path, monkeypatch, argument, variable, expected: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    if variable is None:
        monkeypatch.delenv("CLUSTER_HOME", raising=False)
    else:
        monkeypatch.setenv("CLUSTER_HOME", variable)
    repository = Path(__file__).resolve().parents[3]
    assert str(Home.find(argument).path) == expected.format(
        cwd=tmp_path, home=tmp_path, repository=repository
    )


def test_a_failed_write_keeps_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    home.write("x.json", {"a": 1})

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ClusterError, match="No space left on device"):
        home.write("x.json", {"a": 2})
    assert home.read("x.json") == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_damaged_files_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ClusterError, match=r"x\.json is damaged"):
        Home(tmp_path).read("x.json")


def test_one_at_a_time(tmp_path: Path) -> None:
    home, order, told = Home(tmp_path / "home"), [], []
    inside, waiting = threading.Event(), threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        waiting.set()

    def second() -> None:
        inside.wait()
        with home.locked(tell):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with home.locked(told.append):
        inside.set()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert told == ["Waiting for another start or stop of this cluster to finish"]


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with pytest.raises(ZeroDivisionError), home.locked(print):
        raise ZeroDivisionError
    with home.locked(pytest.fail):
        pass


def test_a_lock_whose_file_was_deleted_locks_nothing(tmp_path: Path) -> None:
    """A reset deletes the file: who waited for it must not believe that it holds the new one."""
    home = Home(tmp_path / "home")
    entered = threading.Event()
    waiting = threading.Event()

    def second() -> None:
        with home.locked(lambda line: waiting.set()):
            entered.set()

    thread = threading.Thread(target=second)
    with home.locked(print):
        thread.start()
        assert waiting.wait(10)
        home.remove()
        assert not entered.is_set()
    assert entered.wait(10)
    thread.join(10)
    assert (home / "lock").exists()
