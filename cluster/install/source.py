"""Where an archive comes from: a file, or a URL whose download goes on where it broke off."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

from ..errors import ClusterError, explain

CHUNK = 2**18
TIMEOUT = 20.0
"""Seconds without a byte after which a download has broken off."""


class Source(Protocol):
    """An archive that can be had. As a context manager it lets go what it holds."""

    name: str
    size: int
    """Bytes; 0: not known."""

    def read(self, start: int) -> Iterator[bytes]:
        """All bytes from `start` on. Raises Restart if it has no way to begin there; ClusterError."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Restart(Exception):
    """The bytes can only be had from the first one on."""


def of(origin: str) -> Source:
    """The source at a URL (http, https) or in a file. Raises ClusterError if nothing is there."""
    if re.match(r"(?i)https?://", origin):
        return Url(origin)
    if "://" in origin:
        raise ClusterError(f"{origin} is neither a file nor a URL that begins with https:// or http://.")
    return File(Path(origin).expanduser())


class File:
    """A file on this machine."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            self.file = path.open("rb")
            self.size = path.stat().st_size
        except OSError as error:
            raise explain(error, "read the archive") from error

    def read(self, start: int) -> Iterator[bytes]:
        """See Source.read."""
        self.file.seek(start)
        while part := self.file.read(CHUNK):
            yield part

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()


class Url:
    """An address on the web, asked once for its size before anything is loaded.

    httpx is here anyway, with JupyterLab: it streams, follows redirects, and takes the proxies of the
    environment. What fetches files by their checksum (pooch) begins a broken download anew.
    """

    def __init__(self, url: str) -> None:
        import httpx

        self.name = url
        self._client = httpx.Client(follow_redirects=True, timeout=TIMEOUT)
        try:
            with self._asked("GET", {}) as response:  # mirrors may not answer HEAD; its body is not loaded
                length = response.headers.get("Content-Length", "")
                self.size = int(length) if length.isdecimal() else 0
        except BaseException:
            self._client.close()
            raise

    def read(self, start: int) -> Iterator[bytes]:
        """See Source.read."""
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        with self._asked("GET", headers) as response:
            begins = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
            if start and not (response.status_code == 206 and begins):
                raise Restart
            yield from response.iter_raw()  # as it comes: what has come before a break is kept

    @contextlib.contextmanager
    def _asked(self, method: str, headers: dict[str, str]):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """The response to a request. Raises Restart for a range that there is not, ClusterError."""
        import httpx

        host = urlsplit(self.name).hostname
        try:
            with self._client.stream(method, self.name, headers=headers) as response:
                if response.status_code == 416:
                    raise Restart
                if response.is_error:
                    raise ClusterError(
                        f"There is no archive at {self.name}: {host} answers {response.status_code} "
                        f"{response.reason_phrase}. Another place, or a file, can be named with --from."
                    )
                yield response
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise ClusterError(
                f"{host} cannot be reached: {error}. Without network, bring the archive here in another way "
                f"and name it with --from FILE."
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
            raise ClusterError(f"{self.name} leads nowhere: {error}.") from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise ClusterError(
                f"The download broke off: {reason}. Say the same again, and it goes on from there."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()
