"""The codec: frames of the PostgreSQL protocol, version 3, to and from bytes. Knows no policy.

Source: PostgreSQL documentation, "Frontend/Backend Protocol: Message Formats".
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cluster.embedded.dialect import Notice, Refusal

PROTOCOL_3_0 = 3 << 16
SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
CANCEL_REQUEST = 80877102

unpack_int32 = struct.Struct("!i").unpack_from
unpack_header = struct.Struct("!Bi").unpack_from  # a frame's kind and length; struct.error when it is torn

SYNC = b"S\0\0\0\4"
FLUSH = b"H\0\0\0\4"
TERMINATE = b"X\0\0\0\4"
EMPTY_QUERY_RESPONSE = b"I\0\0\0\4"
AUTHENTICATION_OK = b"R\0\0\0\x08\0\0\0\0"

# What CockroachDB allows by default (cluster setting sql.conn.max_read_buffer_message_size, 16 MiB).
MAX_MESSAGE = 16 << 20


class ProtocolError(Exception):
    """The bytes are no message of the protocol; the connection cannot go on."""


def message(kind: bytes, payload: bytes) -> bytes:
    """One frame: the kind, the length (of itself and the payload), the payload."""
    return kind + (len(payload) + 4).to_bytes(4, "big") + payload


def query(sql: str) -> bytes:
    """A Query frame."""
    return message(b"Q", sql.encode() + b"\0")


def parse(name: bytes, sql: str, types: bytes = b"\0\0") -> bytes:
    """A Parse frame. types: the count and OIDs of the parameters as they stand in the frame."""
    return message(b"P", name + b"\0" + sql.encode() + b"\0" + types)


def hidden_statement(name: bytes, sql: str) -> bytes:
    """Frames that run one statement under a name of its own and forget it, with results as text.

    A Query frame would do too, but it drops the client's unnamed statement. The first Closes take away what a
    failed one left: after an error the backend skips everything up to Sync, so the last Closes as well.
    """
    quoted = name + b"\0"
    forget = message(b"C", b"P" + quoted) + message(b"C", b"S" + quoted)
    bind = message(b"B", quoted + quoted + b"\0\0\0\0\0\0")
    return b"".join((forget, parse(name, sql), bind, message(b"E", quoted + b"\0\0\0\0"), forget))


def command_complete(tag: str) -> bytes:
    """A CommandComplete frame."""
    return message(b"C", tag.encode() + b"\0")


TEXT = 25
BOOL = 16


def row_description(columns: Sequence[tuple[str, int]]) -> bytes:
    """RowDescription of columns in text format: name and type's OID (TEXT or BOOL)."""
    sizes = {TEXT: -1, BOOL: 1}
    fields = b"".join(
        name.encode() + b"\0" + struct.pack("!ihihih", 0, 0, kind, sizes[kind], -1, 0)
        for name, kind in columns
    )
    return message(b"T", len(columns).to_bytes(2, "big") + fields)


def data_row(values: Sequence[str]) -> bytes:
    """DataRow of texts."""
    found = [value.encode() for value in values]
    body = b"".join(len(value).to_bytes(4, "big") + value for value in found)
    return message(b"D", len(found).to_bytes(2, "big") + body)


def ready(status: int) -> bytes:
    """A ReadyForQuery frame. status: ord of I, T or E."""
    return b"Z\0\0\0\5" + bytes((status,))


def parameter_status(name: str, value: str) -> bytes:
    """A ParameterStatus frame."""
    return message(b"S", name.encode() + b"\0" + value.encode() + b"\0")


def fields_frame(kind: bytes, fields: Mapping[str, str]) -> bytes:
    """An ErrorResponse (kind E) or NoticeResponse (kind N) from its fields, by their one-letter codes."""
    parts = [f"{code}{text}\0" for code, text in fields.items()]
    return message(kind, "".join([*parts, "\0"]).encode())


def parse_fields(payload: bytes) -> dict[str, str]:
    """The fields of an ErrorResponse or NoticeResponse, by their one-letter codes."""
    return {chr(part[0]): part[1:].decode("utf-8", "replace") for part in payload.split(b"\0") if part}


def error_fields(
    sqlstate: str, text: str, *, severity: str = "ERROR", detail: str | None = None, hint: str | None = None
) -> dict[str, str]:
    """The fields of an error or notice that the front itself raises."""
    fields = {"S": severity, "V": severity, "C": sqlstate, "M": text}
    if detail:
        fields["D"] = detail
    if hint:
        fields["H"] = hint
    return fields


def error(sqlstate: str, text: str, *, severity: str = "ERROR", hint: str | None = None) -> bytes:
    """An ErrorResponse frame."""
    return fields_frame(b"E", error_fields(sqlstate, text, severity=severity, hint=hint))


def refusal(reason: Refusal) -> bytes:
    """The ErrorResponse frame of a statement that the dialect refuses."""
    return fields_frame(
        b"E", error_fields(reason.sqlstate, reason.message, detail=reason.detail, hint=reason.hint)
    )


def notice(said: Notice) -> bytes:
    """A NoticeResponse frame."""
    fields = error_fields(
        said.sqlstate, said.message, severity=said.severity, detail=said.detail, hint=said.hint
    )
    return fields_frame(b"N", fields)


def text(frame: bytes) -> str:
    """The text of a Query frame. Raises ProtocolError; UnicodeDecodeError if it is not UTF-8."""
    if frame.find(b"\0", 5) != len(frame) - 1:
        raise ProtocolError("invalid message format: not one string with its end")
    return frame[5:-1].decode()


def is_whole(data: bytes) -> bool:
    """Whether the bytes are one frame, no more and no less."""
    return len(data) > 4 and unpack_int32(data, 1)[0] + 1 == len(data)


def cstrings(payload: bytes, count: int, start: int = 0) -> tuple[list[bytes], int]:
    """count zero-ended strings of a payload from start on, and where they end. Raises ProtocolError."""
    found: list[bytes] = []
    for _ in range(count):
        end = payload.find(b"\0", start)
        if end < 0:
            raise ProtocolError("a string without its end")
        found.append(payload[start:end])
        start = end + 1
    return found, start


def row(payload: bytes) -> list[str | None]:
    """The values of a DataRow in text format."""
    values: list[str | None] = []
    position = 2
    for _ in range(int.from_bytes(payload[:2], "big")):
        (size,) = unpack_int32(payload, position)
        position += 4
        if size < 0:
            values.append(None)
        else:
            values.append(payload[position : position + size].decode())
            position += size
    return values


def startup_packet(parameters: Iterable[tuple[str, str]]) -> bytes:
    """A StartupMessage of protocol 3.0."""
    body = b"".join(f"{name}\0{value}\0".encode() for name, value in parameters) + b"\0"
    return (len(body) + 8).to_bytes(4, "big") + PROTOCOL_3_0.to_bytes(4, "big") + body


def startup_parameters(body: bytes) -> dict[str, str]:
    """The parameters of a StartupMessage. Raises ProtocolError."""
    if not body.endswith(b"\0"):
        raise ProtocolError("invalid startup packet layout: expected terminator as last byte")
    try:
        parts = body[:-1].decode().split("\0")
    except UnicodeDecodeError:
        raise ProtocolError("invalid startup packet: not UTF-8") from None
    parts = parts[:-1]
    if len(parts) % 2:
        raise ProtocolError("invalid startup packet layout: a name without a value")
    return dict(zip(parts[::2], parts[1::2], strict=True))


class TooLarge(Exception):
    """A message of this kind has more than MAX_MESSAGE bytes. None of them is kept; the next may follow."""

    def __init__(self, kind: int, size: int) -> None:
        found, unit = (size / (1 << 20), "MiB") if size < 1 << 30 else (size / (1 << 30), "GiB")
        shown = f"{found:.0f}" if found >= 9.95 else f"{found:.1f}"
        super().__init__(f"message size {shown} {unit} bigger than maximum allowed message size 16 MiB")
        self.kind = kind


class Frames:
    """Cuts a client's bytes into frames: feed() bytes, iterate, until nothing whole is left.

    Raises ProtocolError for a length that no message can have, TooLarge (and goes on) for one that is not
    taken.
    """

    __slots__ = ("_bytes", "_left_out", "_start")

    def __init__(self) -> None:
        self._bytes: bytes | bytearray = b""
        self._start = 0
        self._left_out = 0  # how many bytes of a message that was too large are still to come

    def __len__(self) -> int:
        """How many bytes wait."""
        return len(self._bytes) - self._start

    def feed(self, data: bytes) -> None:
        """Take bytes from the wire."""
        if self._left_out:
            here = min(self._left_out, len(data))
            self._left_out -= here
            data = data[here:]
        if self._start == len(self._bytes):
            self._bytes, self._start = data, 0
            return
        if not isinstance(self._bytes, bytearray):
            self._bytes = bytearray(self._bytes)
        if self._start:
            del self._bytes[: self._start]
            self._start = 0
        self._bytes += data

    @property
    def waits(self) -> bool:
        """Whether any bytes wait."""
        return self._start < len(self._bytes)

    def peek(self) -> int:
        """The kind of the next frame; 0 when nothing waits."""
        return self._bytes[self._start] if self._start < len(self._bytes) else 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        start, held = self._start, self._bytes
        if len(held) - start < 5:
            raise StopIteration
        (length,) = unpack_int32(held, start + 1)
        if length < 4:
            raise ProtocolError(f"invalid message length {length}")
        end = start + 1 + length
        if length > MAX_MESSAGE + 4:
            self._left_out = max(0, end - len(held))
            self._start = min(end, len(held))
            raise TooLarge(held[start], length - 4)
        if end > len(held):
            raise StopIteration
        self._start = end
        if start == 0 and end == len(held) and isinstance(held, bytes):
            return held
        return bytes(held[start:end])
