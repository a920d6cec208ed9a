"""Crowds of broken, slow and greedy clients; meanwhile one that behaves gets right answers, soon."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator

import psutil
import psycopg
import pytest

import cluster
from cluster.embedded.front import wire

from .test_front_fuzz import Raw, frame
from .test_front_hostile import caller, connect, secure

SSL_REQUEST = (8).to_bytes(4, "big") + wire.SSL_REQUEST.to_bytes(4, "big")
BOUND = 5.0
"""Seconds in which the good client must get each answer, on a machine that does other things, too."""
MEGABYTES = 60
"""By which the front's memory may grow."""


class Bystander(threading.Thread):
    """The client that behaves: asks, checks, and notes how long the longest answer took."""

    def __init__(self, running: cluster.Cluster) -> None:
        super().__init__()
        self.session = connect(running)
        self.ending = threading.Event()
        self.answers = 0
        self.longest = 0.0
        self.wrong: list[object] = []

    def run(self) -> None:
        while not self.ending.is_set():
            started = time.monotonic()
            try:
                [row] = self.session.execute("SELECT %s::INT8 * 2, 'right'", [self.answers]).fetchall()
            except psycopg.Error as error:
                self.wrong.append(error)
                return
            self.longest = max(self.longest, time.monotonic() - started)
            if row != (self.answers * 2, "right"):
                self.wrong.append(row)
            self.answers += 1


@pytest.fixture
def undisturbed(running: cluster.Cluster) -> Iterator[Bystander]:
    """Somebody is served all the while, and the front does not grow."""
    front = psutil.Process(cluster.status(running.home).pids["front"])
    before = front.memory_info().rss
    bystander = Bystander(running)
    bystander.start()
    try:
        yield bystander
    finally:
        bystander.ending.set()
        bystander.join(60)
    assert not bystander.is_alive(), "the good client hangs"
    assert not bystander.wrong
    assert bystander.answers
    assert bystander.longest < BOUND
    assert front.is_running()
    assert front.memory_info().rss - before < MEGABYTES << 20
    bystander.session.close()


def test_thousands_of_short_connections(running: cluster.Cluster, undisturbed: Bystander) -> None:
    """Closed, reset, or cut in each phase of the start."""
    dice = random.Random(1)
    for number in range(2000):
        with caller(running.port) as client:
            match number % 5:
                case 0:
                    client.sendall(SSL_REQUEST)
                case 1:
                    client.sendall(SSL_REQUEST)
                    assert client.recv(1) == b"S"
                    client.sendall(b"\x16\x03\x01\x01\x00" + dice.randbytes(40))  # half a ClientHello
                case 2:
                    client.sendall(dice.randbytes(dice.randrange(1, 60)))
                case 3:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
                    client.sendall(SSL_REQUEST)


def test_clients_that_stop_in_the_middle_of_a_message(
    running: cluster.Cluster, undisturbed: Bystander
) -> None:
    with contextlib.ExitStack() as open_ones:
        for number in range(20):
            client = Raw(running.url("defaultdb")).socket
            open_ones.enter_context(client)
            client.sendall(wire.query("SELECT 1" + " " * 1000)[: 6 + number * 30])
        for _ in range(100):  # and others that are let in byte by byte
            client = open_ones.enter_context(caller(running.port))
            client.sendall(SSL_REQUEST[:5])
        asked = undisturbed.answers
        while undisturbed.answers < asked + 50 and undisturbed.is_alive():
            undisturbed.ending.wait(0.01)


def test_resets_in_the_middle_of_anything(running: cluster.Cluster, undisturbed: Bystander) -> None:
    dice = random.Random(2)
    for _ in range(60):
        client = Raw(running.url("defaultdb")).socket
        client.sendall(b"".join(frame(dice) for _ in range(8)))
        client.sendall(wire.query("SELECT repeat('x', 1000) FROM generate_series(1, 20000)"))
        plain = socket.socket(fileno=client.detach())
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain.close()


def test_many_who_never_read(running: cluster.Cluster, undisturbed: Bystander) -> None:
    """Ten clients with half a gigabyte to come each: what is kept for them is bounded."""
    with contextlib.ExitStack() as open_ones:
        for _ in range(10):
            client = Raw(running.url("defaultdb")).socket
            open_ones.enter_context(client)
            client.sendall(wire.query("SELECT repeat('x', 1000) FROM generate_series(1, 500000)"))
        asked = undisturbed.answers
        while undisturbed.answers < asked + 300 and undisturbed.is_alive():
            undisturbed.ending.wait(0.01)


def test_cancel_requests_with_wrong_keys_cancel_nothing(
    running: cluster.Cluster, undisturbed: Bystander
) -> None:
    pid = undisturbed.session.pgconn.backend_pid
    for number in range(300):
        with caller(running.port) as client:
            if number % 2:
                client = secure(running.port)
            key = pid.to_bytes(4, "big") + number.to_bytes(4, "big")
            client.sendall((16).to_bytes(4, "big") + wire.CANCEL_REQUEST.to_bytes(4, "big") + key)
            client.close()


def test_a_cancel_request_with_the_right_key_cancels(running: cluster.Cluster) -> None:
    with connect(running) as session:
        timer = threading.Timer(0.2, session.cancel_safe)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled, match="query execution canceled"):
            session.execute("SELECT pg_sleep(30)")
        timer.join()
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_large_statement_does_not_hold_up_others_for_long(
    running: cluster.Cluster, undisturbed: Bystander
) -> None:
    with connect(running) as session:
        values = ", ".join(f"({number}, 'x{number}')" for number in range(50_000))
        [[count]] = session.execute(f"SELECT count(*) FROM (VALUES {values}) AS v (a, b)").fetchall()
    assert count == 50_000


def test_a_statement_that_is_too_large_is_refused(running: cluster.Cluster, undisturbed: Bystander) -> None:
    """sql.conn.max_read_buffer_message_size: 16 MiB."""
    client = Raw(running.url("defaultdb"))
    with client.socket, contextlib.suppress(ConnectionError, BrokenPipeError):
        client.socket.sendall(b"Q" + ((17 << 20) + 4).to_bytes(4, "big"))
        kind, body = client.frame()
        assert kind == b"E"
        said = wire.parse_fields(body)
        assert said["C"] == "08P01"
        assert "bigger than maximum allowed message size" in said["M"]
