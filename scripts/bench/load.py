"""Clients as processes of their own: each acts as often as it can for a while, all at the same time."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from scripts.bench.workloads import WORKLOADS, Action

_SOON = 0.01  # seconds until all begin
# Processes are forked from one that has the drivers loaded, and nothing else.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["scripts.bench.workloads", "scripts.bench.upgrade"])


class Clients:
    """Some client processes; each keeps its connection of each way until the workload is another."""

    def __init__(self, number: int) -> None:
        self._pipes: list[Connection] = []
        self._children = []
        for _ in range(number):
            ours, theirs = _processes.Pipe()
            child = _processes.Process(target=_client, args=(theirs,), daemon=True)
            child.start()
            theirs.close()
            self._pipes.append(ours)
            self._children.append(child)

    def __enter__(self) -> Clients:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for child in self._children:
            child.join(5)

    def run(self, number: int, workload: str, parameters: Mapping[str, Any], seconds: float) -> float:
        """Let so many clients act for so long; gives the mean seconds that one action took a client."""
        pipes = self._pipes[:number]
        for pipe in pipes:  # first the connections, and a statement to warm up
            pipe.send((_measured, (workload, parameters, 0.0, 0.0)))
        _answers(pipes)
        begin = time.monotonic() + _SOON
        for pipe in pipes:
            pipe.send((_measured, (workload, parameters, begin, seconds)))
        done: list[tuple[int, float]] = _answers(pipes)
        return sum(spent for _, spent in done) / sum(count for count, _ in done)

    def call(self, function: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> list[Any]:
        """Call the function in one process for each of the arguments, at the same time."""
        pipes = self._pipes[: len(arguments)]
        for pipe, each in zip(pipes, arguments, strict=True):
            pipe.send((function, each))
        return _answers(pipes)


def _answers(pipes: list[Connection]) -> list[Any]:
    answers = [pipe.recv() for pipe in pipes]
    for answer in answers:
        if isinstance(answer, str):
            raise RuntimeError(f"a client failed: {answer}")
    return answers


_actions: dict[tuple[str, str], Action] = {}  # in a client's process


def _client(pipe: Connection) -> None:
    with suppress(EOFError, OSError):
        while True:
            function, arguments = pipe.recv()
            try:
                answer = function(*arguments)
            except Exception as error:
                answer = f"{type(error).__name__}: {error}"
            pipe.send(answer)


def _measured(
    workload: str, parameters: Mapping[str, Any], begin: float, seconds: float
) -> tuple[int, float]:
    """How often the client acted, and the seconds from begin to the end of its last action."""
    key = (workload, str(parameters["dbname"]))
    if any(known != workload for known, _ in _actions):
        _actions.clear()  # closes the connections
    if key not in _actions:
        _actions[key] = WORKLOADS[workload][0](parameters)
    act, count, now = _actions[key], 0, time.monotonic
    time.sleep(max(0.0, begin - now()))
    end = begin + seconds
    while True:
        act()
        count += 1
        if (at := now()) >= end:
            return count, at - begin
