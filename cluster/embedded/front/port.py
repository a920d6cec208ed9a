"""What a session needs from the world around it, and what its scripts wait for."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Final, Protocol


class Port(Protocol):
    """What a session needs from the world."""

    def to_client(self, data: bytes) -> None:
        """Send bytes to the client."""

    def to_backend(self, data: bytes) -> None:
        """Send bytes to the backend."""

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call after so many seconds."""

    def reconnect(self, database: str) -> None:
        """Open a backend on another database; answer with Session.reconnected()."""

    def work(self, request: Request) -> None:
        """Do request.work where it holds up nobody; answer with Session.worked()."""

    def beside(self, sql: str, answered: Callable[[list[list[str | None]] | None], None]) -> None:
        """Run a query on another backend of this user and database; answered gets its rows, or None."""

    def cancel(self) -> Callable[[], None]:
        """What cancels that which the backend runs now, and comes back when it is told: for Request.work."""

    def close(self) -> None:
        """End the client's connection, once all is sent."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a script waits for: the backend to owe nothing, or a backend on a database, or work to be done."""

    database: str | None = None
    work: Callable[[], None] | None = None


DRAINED: Final = Request()
Script = Generator[Request, Any, Any]
Step = Generator[Request, Any, bytes | None]
"""A script's part: None when it went well, else the ErrorResponse for the client."""

# The last words to a client whose backend has gone for good.
STOPPED: Final = (
    "57P01",
    "the embedded cluster's PostgreSQL has stopped; `python -m cluster start` repairs it",
)
