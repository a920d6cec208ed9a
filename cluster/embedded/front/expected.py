"""What the backend owes: one Expect for each thing that it was asked, in the order of asking."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

# What the backend is asked for. One Expect waits for each, and the frame named behind it takes it away.
PARSE: Final = 1  # ParseComplete
BIND: Final = 2  # BindComplete
DESCRIBE: Final = 3  # RowDescription or NoData
EXECUTE: Final = 4  # CommandComplete, EmptyQueryResponse or PortalSuspended
CLOSE: Final = 5  # CloseComplete
SYNC: Final = 6  # ReadyForQuery
QUERY: Final = 7  # ReadyForQuery
COPY_END: Final = 8  # nothing: marks where the client ended its COPY data, in case there was a COPY

IDLE: Final = ord("I")
OPEN: Final = ord("T")
FAILED: Final = ord("E")


ROWS: Final = b"D"
_RESULT: Final = b"D123nIst"
_ANSWER: Final = _RESULT + b"C"


class Captured:
    """What a hidden statement gave: its rows (text), its error, its tag."""

    __slots__ = ("error", "rows", "tag")

    def __init__(self) -> None:
        self.rows: list[list[str | None]] = []
        self.error: dict[str, str] | None = None
        self.tag = ""


class Described:
    """What the rows of a prepared statement were said to be: the places of JSONB columns."""

    __slots__ = ("documents",)

    def __init__(self) -> None:
        self.documents: tuple[int, ...] = ()


class Expect:
    """One thing that the backend still owes.

    tags: the CommandComplete tags that the client shall see, in order (None: PostgreSQL's own).
    done: told each tag of PostgreSQL. refusal: the ErrorResponse that replaces PostgreSQL's.
    source: the client's text, for the error's words; first: which of its statements is the first one here.
    captured: hidden: nothing goes to the client, the answer is kept here.
    described: of a prepared statement, whose description may have been asked for long before its rows.
    silent: only the ReadyForQuery is kept back.
    quiet: the kinds of frames that go to the client as they are, and tell nothing, while this is waited for.
    """

    __slots__ = (
        "captured",
        "described",
        "done",
        "first",
        "kind",
        "quiet",
        "refusal",
        "silent",
        "source",
        "tags",
        "turn",
    )

    def __init__(
        self,
        kind: int,
        *,
        tags: tuple[str | None, ...] = (),
        done: Callable[[int, str], None] | None = None,
        refusal: bytes | None = None,
        captured: Captured | None = None,
        silent: bool = False,
        source: str = "",
        first: int = 0,
        described: Described | None = None,
    ) -> None:
        self.kind = kind
        self.tags = tags
        self.done = done
        self.refusal = refusal
        self.captured = captured
        self.silent = silent
        self.source = source
        self.first = first
        self.described = described
        if captured is not None:
            self.quiet = b""
        elif kind != QUERY:
            self.quiet = ROWS
        else:
            self.quiet = _RESULT if tags or done is not None else _ANSWER
        self.turn = 0  # how many statements of this Query are complete

    def fresh(self) -> Expect:
        """The same, to be owed once more."""
        return Expect(
            self.kind,
            tags=self.tags,
            done=self.done,
            refusal=self.refusal,
            captured=self.captured,
            silent=self.silent,
            source=self.source,
            first=self.first,
            described=self.described,
        )


# The common ones carry nothing, so one object each serves all.
PLAIN: Final = tuple(Expect(kind) for kind in range(COPY_END + 1))
