"""`!` without a sleep after it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from IPython.utils.process import system
from ptyprocess import PtyProcess

from course.shell import no_sleep_after_the_end

PAUSE = 0.1
"""What ptyprocess waits when it closes a terminal."""


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The seconds of each sleep from here on, which are slept."""
    slept: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(PtyProcess, "close", PtyProcess.close)
    monkeypatch.setattr(time, "sleep", lambda seconds: (slept.append(seconds), sleep(seconds)))
    no_sleep_after_the_end()
    no_sleep_after_the_end()
    yield slept


@pytest.mark.parametrize(("command", "code"), [("echo hello", 0), ("echo hello; exit 3", 3)])
def test_a_command_that_has_ended_is_not_waited_for(
    command: str, code: int, sleeps: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    assert system(command) == code
    assert capsys.readouterr().out.replace("\r", "") == "hello\n"
    assert PAUSE not in sleeps


def test_a_program_that_lives_on_gets_its_time(sleeps: list[float]) -> None:
    terminal = PtyProcess.spawn(["sleep", "60"])
    terminal.close()
    assert not terminal.isalive()
    assert PAUSE in sleeps
