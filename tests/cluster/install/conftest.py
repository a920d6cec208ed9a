"""Archives like the maker's, and a web server on this machine that can fail in every way."""

from __future__ import annotations

import contextlib
import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cluster.install import releases

VERSION = "v26.2.4"
PLATFORM = "linux-amd64"
NAME = f"cockroach-{VERSION}.{PLATFORM}"
PROGRAM = f"#!/bin/sh\necho {VERSION}\n# {'x' * 300_000}\n".encode()


def packed(*others: tarfile.TarInfo, program: bytes = PROGRAM, name: str = f"{NAME}/cockroach") -> bytes:
    """An archive with a program, a library, and what else is asked for."""
    file = io.BytesIO()
    # Stored, not pressed: the tests count its bytes.
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=0) as archive:
        for path, content, mode in ((name, program, 0o755), (f"{NAME}/lib/libgeos.so", b"library", 0o644)):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), mode
            archive.addfile(entry, io.BytesIO(content))
        for entry in others:
            archive.addfile(entry)
    return file.getvalue()


@dataclass
class Site:
    """What the server has, and how it behaves."""

    url: str = ""
    content: bytes = b""
    status: int = 200
    breaks_after: int | None = None
    """Bytes of the whole after which the connection is cut."""
    ranges: bool = True
    length: bool = True
    silent: bool = False
    """Whether it says nothing more, and holds the connection, where it would cut it."""
    over: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    """The Range header of each request, or ""."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A web server on loopback with one archive under any path."""
    state = Site(content=packed())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            state.asked.append(wanted)
            if state.status != 200:
                self.send_error(state.status)
                return
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and state.ranges else 0
            whole = len(state.content)
            if start and start >= whole:
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
            if state.length:
                self.send_header("Content-Length", str(whole - start))
            self.end_headers()
            stop = whole if state.breaks_after is None else min(whole, start + state.breaks_after)
            # A client that only asked for the size does not wait for the rest, and is gone by now.
            with contextlib.suppress(OSError):
                self.wfile.write(state.content[start:stop])
                if stop < whole:
                    self.wfile.flush()
                    if state.silent:
                        state.over.wait()
                    self.connection.shutdown(2)

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield state
    state.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


def allow(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Pin this archive's sum for this machine, whatever it is."""
    monkeypatch.setattr(
        releases, "SUMS", {VERSION: {PLATFORM: hashlib.sha256(content).hexdigest()}, "v25.4.13": {}}
    )


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, site: Site) -> Path:
    """A cache of this test's own, Linux on x86-64, the maker's site on loopback. Gives the cache."""
    cache = tmp_path / "cache"
    monkeypatch.setenv("CLUSTER_CACHE", str(cache))
    monkeypatch.setenv("CLUSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.delenv("COCKROACH_BINARY", raising=False)
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr(releases, "BASE", site.url)
    allow(monkeypatch, site.content)
    return cache
