"""Backend to client: PostgreSQL's frames, handed on in runs, with a few of them changed on the way.

The relay knows what was asked (a queue of Expect) and so what each answer belongs to. Rows and their
descriptions are not taken apart, but for JSONB (documents.py): headers are stepped over and whole slices of
the buffer go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from struct import error as StructError
from typing import Final

from cluster.embedded.dialect import statement_at, translate_error
from cluster.embedded.front import wire
from cluster.embedded.front.documents import document_columns, sorted_row
from cluster.embedded.front.expected import (
    BIND,
    CLOSE,
    COPY_END,
    DESCRIBE,
    EXECUTE,
    FAILED,
    IDLE,
    OPEN,
    PARSE,
    QUERY,
    ROWS,
    SYNC,
    Expect,
)
from cluster.embedded.front.parameters import reported
from cluster.embedded.front.rows import MANY, after_rows
from cluster.embedded.front.wire import unpack_header

# A serialization failure, a deadlock: both are 40001 to the client.
_CONFLICTS: Final = frozenset({"40001", "40P01"})

_ENDS: Final = (QUERY, SYNC)

# The SQLSTATE of the dialect's notice that IF [NOT] EXISTS found nothing to do (crdb_catalog.nothing_done).
NOTHING_DONE: Final = "C0DB0"


class Relay:
    """The backend's answers on their way to the client. out: where frames for the client are put."""

    __slots__ = (
        "_carry",
        "_skip",
        "batches",
        "conflict",
        "copying",
        "documents",
        "doubtful",
        "dropping",
        "executed",
        "failed",
        "fatal",
        "idle",
        "on_error",
        "on_notice",
        "on_ready",
        "out",
        "parameters",
        "queue",
        "seen_error",
        "shown",
        "skipped",
        "status",
        "unknown",
        "user",
    )

    def __init__(self, out: list[bytes], shown: Callable[[], int | None], idle: Callable[[], None]) -> None:
        self.out = out
        self.shown = shown  # the status that the client sees in place of the backend's, or None
        self.idle = idle  # told when nothing is owed any more
        self.queue: deque[Expect] = deque()
        self.status = IDLE  # the backend's, as far as the relay has read
        self.executed = 0  # statements completed since the last ReadyForQuery
        self.batches = 0  # of the client's that ran something; one of several statements counts for two
        self.failed = False  # the backend skips everything until a Sync that has not been sent yet
        self.copying = False  # the backend takes the client's COPY data
        self.seen_error = False  # an error went to the client since this was last cleared
        # Told of a conflict; True: it is resolved without the client, and what follows is dropped.
        self.conflict: Callable[[dict[str, str]], bool] = lambda fields: False
        self.dropping = False
        self.documents: tuple[int, ...] = ()  # the columns of the result under way that are JSONB
        self.unknown: Callable[[dict[str, str]], None] = lambda fields: None  # may change an error's fields
        # Given an error's frame, its fields as made and as PostgreSQL's, the statement: what to send.
        self.doubtful: Callable[[bytes, dict[str, str], dict[str, str], str], bytes] | None = None
        self.fatal: dict[str, str] | None = None
        self.parameters: dict[str, str] = {}
        self.user = ""  # for errors that name them
        self.skipped = False  # a notice said that there was nothing to do (see jobs)
        # Set while a job runs (see jobs): told a ReadyForQuery's status, an error (with what it answers; its
        # fields may be changed) and a notice (with its frame; true: it is held back for now).
        self.on_ready: Callable[[int], None] | None = None
        self.on_error: Callable[[Expect | None, dict[str, str]], None] | None = None
        self.on_notice: Callable[[dict[str, str], bytes], bool] | None = None
        self._carry = b""
        self._skip = 0

    def reset(self) -> None:
        """Begin with a new backend."""
        self.queue.clear()
        self.status = IDLE
        self.executed = 0
        self.failed = False
        self.copying = False
        self.dropping = False
        self.fatal = None
        self.documents = ()
        self._carry = b""
        self._skip = 0

    def push(self, *expected: Expect) -> None:
        """Note what has just been asked."""
        self.queue.extend(expected)

    def feed(self, data: bytes) -> None:
        """Bytes from the backend."""
        if self._carry:
            data = self._carry + data
            self._carry = b""
        size = len(data)
        queue = self.queue
        quiet = self._quiet()
        start, position = 0, self._skip
        while position < size:
            try:
                kind, length = unpack_header(data, position)
                if kind in quiet:
                    # The last one may go on in the next bytes.
                    if kind == 68 and size - position > MANY:
                        position = after_rows(data, position, length)
                    else:
                        position += length + 1
                    continue
            except StructError:  # not even a whole header is left
                break
            end = position + length + 1
            if end > size:
                break
            keep = self._ready(data[position + 5]) if kind == 90 else self._frame(kind, data, position, end)
            if keep is not True:
                if start < position:
                    self.out.append(data[start:position])
                if keep:
                    self.out.append(keep)
                start = end
            position = end
            if not queue:
                if start < position:
                    self.out.append(data[start:position])
                    start = position
                self.idle()
            quiet = self._quiet()
        if position > size:
            self._skip = position - size
            position = size
        else:
            self._skip = 0
            self._carry = data[position:]
        if start < position:
            self.out.append(data[start:position])

    def _quiet(self) -> bytes:
        """The kinds of frames that now go on unseen."""
        if not self.queue:
            return ROWS
        head = self.queue[0]
        sorts = self.documents or (head.described is not None and head.described.documents)
        return head.quiet.replace(b"D", b"") if sorts else head.quiet

    def _frame(self, kind: int, data: bytes, start: int, end: int) -> bytes | bool:
        """What goes to the client for one frame: True for itself, other bytes, or False for nothing."""
        queue = self.queue
        head = queue[0] if queue else None
        if self.dropping and kind != 83:
            return False
        if kind == 67:  # C, CommandComplete
            return self._complete(head, data, start, end)
        if kind == 69:  # E, ErrorResponse
            return self._error(head, wire.parse_fields(data[start + 5 : end]))
        if kind == 78:  # N, NoticeResponse
            fields = wire.parse_fields(data[start + 5 : end])
            if fields.get("C") == "25P01" and fields.get("M") == "there is no transaction in progress":
                return False  # COMMIT behind other statements of a Query: they are a transaction
            self.skipped = self.skipped or fields.get("M", "").endswith("skipping")
            hidden = (head is not None and head.captured is not None) or fields.get("C") == NOTHING_DONE
            frame = wire.fields_frame(b"N", translate_error(fields))
            held = self.on_notice is not None and self.on_notice(fields, b"" if hidden else frame)
            return False if hidden or held else frame
        if kind == 83:  # S, ParameterStatus
            return self._parameter(data[start + 5 : end])
        if head is None:
            return True
        waits = head.kind
        hidden = head.captured is not None
        if kind == 84:  # T, RowDescription
            documents = () if hidden else document_columns(data[start + 5 : end])
            if head.described is not None:
                head.described.documents = documents
            if waits != DESCRIBE or head.described is None:
                self.documents = documents
        elif kind == 68 and not hidden:
            documents = self.documents or (head.described.documents if head.described is not None else ())
            if documents:
                return sorted_row(data[start + 5 : end], documents)
        if (
            (kind == 49 and waits == PARSE)
            or (kind == 50 and waits == BIND)
            or (kind == 51 and waits == CLOSE)
            or (kind in b"Tn" and waits == DESCRIBE)
            or (kind in b"Is" and waits == EXECUTE)
        ):
            self._pop()
        elif kind == 71:  # G, CopyInResponse
            self._copy_in()
        elif kind == 68 and head.captured is not None:
            head.captured.rows.append(wire.row(data[start + 5 : end]))
        return not hidden

    def _pop(self) -> Expect:
        queue = self.queue
        head = queue.popleft()
        while queue and queue[0].kind == COPY_END:
            queue.popleft()
        return head

    def _copy_in(self) -> None:
        """The backend takes COPY data. It swallows Sync until that ends; other messages end it by an error.

        Source: PostgreSQL documentation, "COPY Operations"; some may have been sent before this was known.
        """
        queue = self.queue
        head = queue.popleft()
        self.copying = True
        while queue and self.copying:
            self.copying = queue.popleft().kind == SYNC
        queue.appendleft(head)

    def _ready(self, status: int) -> bytes | bool:
        """For a ReadyForQuery."""
        self.copying = False
        self.documents = ()
        queue = self.queue
        head = queue.popleft()
        while head.kind not in _ENDS:  # what the backend skipped after an error
            head = queue.popleft()
        while queue and queue[0].kind == COPY_END:
            queue.popleft()
        self.status = status
        executed, self.executed = self.executed, 0
        if self.dropping:
            self.dropping = False
            return False
        if head.captured is None and (executed or head.kind == QUERY):
            self.batches += 2 if executed > 1 else 1
        if self.on_ready is not None:
            self.on_ready(status)
        if head.silent or head.captured is not None:
            return False
        shown = self.shown()
        return True if shown is None else wire.ready(shown)

    def _complete(self, head: Expect | None, data: bytes, start: int, end: int) -> bytes | bool:
        self.executed += 1
        self.copying = False
        self.documents = ()
        if head is None:
            return True
        turn = 0
        if head.kind == EXECUTE:
            self._pop()
        else:
            turn = head.turn
            head.turn = turn + 1
        if not (head.tags or head.done or head.captured):
            return True
        tag = data[start + 5 : end - 1].decode()
        if head.captured is not None:
            head.captured.tag = tag
        if head.done is not None:
            head.done(turn, tag)
        if head.captured is not None:
            return False
        wanted = head.tags[turn] if turn < len(head.tags) else None
        if wanted is None:
            return True
        return wire.command_complete(wanted + tag.rpartition(" ")[2] if wanted.endswith(" ") else wanted)

    def _error(self, head: Expect | None, fields: dict[str, str]) -> bytes | bool:
        if fields.get("V") in ("FATAL", "PANIC"):
            # The backend is going. What the client hears of it is for the session to say.
            self.fatal = fields
            return False
        self.copying = False
        if self.status == OPEN:
            self.status = FAILED
        if (
            fields.get("C") in _CONFLICTS
            and (head is None or head.captured is None)
            and self.conflict(fields)
        ):
            self.dropping = True
            return False
        self.seen_error = True
        self.unknown(fields)
        if self.on_error is not None:
            self.on_error(head, fields)
        if head is None:
            return wire.fields_frame(b"E", translate_error(fields, user=self.user))
        if head.kind != QUERY:
            queue = self.queue
            while queue and queue[0].kind != SYNC:
                queue.popleft()
            self.failed = not queue
        if head.captured is not None:
            head.captured.error = fields
            return False
        if head.refusal:
            return head.refusal
        # A syntax error shows all that was sent; other errors are of one statement of it.
        source = head.source
        if head.kind == QUERY and fields.get("C") != "42601":
            source = statement_at(source, head.first + head.turn)
        made = translate_error(fields, source, self.user)
        frame = wire.fields_frame(b"E", made)
        return frame if self.doubtful is None else self.doubtful(frame, made, fields, source)

    def _parameter(self, payload: bytes) -> bytes | bool:
        (name, value), _ = wire.cstrings(payload, 2)
        key = name.decode()
        self.parameters[key] = value.decode()
        return reported(key, self.user)
