"""CockroachDB's names of types in PostgreSQL's words (docs, "Data types"; pkg/sql/parser/sql.y, typename)."""

from __future__ import annotations

from dataclasses import dataclass

from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, quote_name, render, words
from cluster.embedded.dialect.unimplemented import unimplemented, unimplemented_syntax

# One word each. INT and SERIAL depend on the session (default_int_size) and are looked at first.
SIMPLE: dict[str, str] = {
    "int2": "int2",
    "smallint": "int2",
    "int4": "int4",
    "int8": "int8",
    "int64": "int8",
    "bigint": "int8",
    "float4": "float4",
    "real": "float4",
    "float8": "float8",
    "bool": "bool",
    "boolean": "bool",
    "text": "text",
    "name": "name",
    "bytes": "bytea",
    "bytea": "bytea",
    "blob": "bytea",
    "date": "date",
    "uuid": "uuid",
    "inet": "inet",
    "json": "jsonb",
    "jsonb": "jsonb",
    "oid": "oid",
    "regclass": "regclass",
    "regtype": "regtype",
    "regproc": "regproc",
    "regprocedure": "regprocedure",
    "regnamespace": "regnamespace",
    "regrole": "regrole",
    "tsvector": "tsvector",
    "tsquery": "tsquery",
    "void": "void",
    "int2vector": "int2vector",
    "oidvector": "oidvector",
}
# With an optional length or precision in parentheses.
SIZED: dict[str, str] = {
    "string": "text",
    "varchar": "varchar",
    "decimal": "numeric",
    "dec": "numeric",
    "numeric": "numeric",
    "bit": "bit",
    "varbit": "varbit",
    "timestamptz": "timestamptz",
    "timetz": "timetz",
}
_SERIAL: dict[str, str] = {
    "serial": "int8",
    "serial2": "int2",
    "smallserial": "int2",
    "serial4": "int4",
    "serial8": "int8",
    "bigserial": "int8",
}
# Types that CockroachDB has and PostgreSQL's core has not, or not the same.
_REFUSED = words("box2d geography geometry vector ltree citext pg_lsn refcursor jsonpath trigger")
# Types of PostgreSQL that CockroachDB's grammar knows as not implemented, with the issue that it names
# (pkg/sql/types/types.go, postgresPredefinedTypeIssues; pkg/sql/parser/parse_test.go).
UNIMPLEMENTED: dict[str, int | None] = {
    **dict.fromkeys(("box", "circle", "line", "lseg", "path", "point", "polygon"), 21286),
    "cidr": 18846,
    "macaddr": 45813,
    "macaddr8": 45813,
    "money": 41578,
    "txid_snapshot": None,
    "xml": 43355,
}
# Types of PostgreSQL that it does not know at all.
_UNKNOWN = words(
    """
    int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange
    tsmultirange tstzmultirange datemultirange pg_snapshot tid xid xid8 cid cstring gtsvector regcollation
    regconfig regdictionary regoper regoperator pg_node_tree
    """
)
FOREIGN = _UNKNOWN | frozenset(UNIMPLEMENTED)

# Bits of the mark that a column carries (see tables.py): what PostgreSQL's type cannot tell.
HIDDEN, STRING_LENGTH, CHAR, NOT_STORED = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class Type:
    """A type in PostgreSQL's words. mark: bits for the column; serial: it asks for unique_rowid()."""

    sql: str
    mark: int = 0
    serial: bool = False


def int_type(reader: Reader) -> str:
    """What INT means in this session."""
    return "int4" if reader.settings.default_int_size == 4 else "int8"


def parse_type(reader: Reader) -> Type:
    """The type at the cursor. Raises Refusal."""
    base = _scalar(reader)
    while True:
        if base.sql.endswith("[]") and (reader.at("[") or reader.at("array")):
            raise unimplemented("arrays cannot have arrays as element type", 32552)
        if reader.accept("["):
            if not reader.at("]"):
                reader.take()
            reader.expect("]")
        elif not reader.accept("array"):
            break
        if base.serial:
            raise reader.fault()
        base = Type(base.sql + "[]")
    if reader.at("collate"):
        raise unsupported("COLLATE on a column")
    return base


def _size(reader: Reader) -> str:
    return f"({render(reader.bracketed())})" if reader.at("(") else ""


def _scalar(reader: Reader) -> Type:
    token = reader.token
    if token.kind is not Kind.WORD:
        return Type(_named(reader))
    key = token.key
    if key in ("int", "integer"):
        reader.take()
        return Type(int_type(reader))
    if key in _SERIAL:
        reader.take()
        # serial_normalization = rowid: every SERIAL is INT8 (docs, "SERIAL").
        return Type("int8", serial=True)
    if key == "float":
        reader.take()
        return Type("float4" if 0 < _bits(reader) <= 24 else "float8")
    if key == "double":
        reader.take()
        reader.expect("precision")
        return Type("float8")
    if key in ("char", "character", "bpchar", "nchar"):
        return _character(reader)
    if key in ("time", "timestamp"):
        reader.take()
        size = _seconds(reader)
        if reader.accept("with", "time", "zone"):
            return Type(f"{key}tz{size}")
        reader.accept("without", "time", "zone")
        return Type(key + size)
    if key == "interval":
        reader.take()
        size = _size(reader)
        fields = []
        while reader.token.key in ("year", "month", "day", "hour", "minute", "second", "to"):
            fields.append(reader.take().key + _size(reader))
        return Type(" ".join([f"interval{size}", *fields]))
    if reader.peek(1).key == ".":
        return Type(_named(reader))
    if key in SIZED:
        reader.take()
        varying = key == "bit" and reader.accept("varying")
        size = _seconds(reader) if key in ("timestamptz", "timetz") else _size(reader)
        if SIZED[key] == "numeric":
            _check_scale(reader, size)
        if key == "string" and size:
            return Type("varchar" + size, STRING_LENGTH)
        return Type(("varbit" if varying else SIZED[key]) + size)
    if key in SIMPLE:
        reader.take()
        return Type(SIMPLE[key])
    if key in _REFUSED:
        raise unsupported(f"type {key.upper()}")
    if key in FOREIGN:
        reader.take()
        raise foreign_type(key, reader)
    return Type(_named(reader))


def foreign_type(key: str, reader: Reader) -> Refusal:
    """The error for a type of FOREIGN; reader: behind it."""
    if key in UNIMPLEMENTED:
        return unimplemented_syntax(reader.fault(), UNIMPLEMENTED[key])
    return Refusal("42704", f'type "{key}" does not exist')


def _bits(reader: Reader) -> int:
    """The precision of FLOAT(n); 0 for none."""
    if not (size := _size(reader)):
        return 0
    bits = int(size[1:-1]) if size[1:-1].isdigit() else 0
    if not 1 <= bits <= 54:
        limit = "at least 1 bit" if bits < 1 else "less than 54 bits"
        reader.position -= 1
        fault = reader.fault(message=f"precision for type float must be {limit}")
        raise Refusal("22023", fault.message, fault.detail)
    return bits


def _seconds(reader: Reader) -> str:
    """The precision of a time, in parentheses; "" for none."""
    size = _size(reader)
    if size and not (size[1:-1].isdigit() and int(size[1:-1]) <= 6):
        reader.position -= 1
        raise reader.fault(message=f"precision {size[1:-1]} out of range")
    return size


def _check_scale(reader: Reader, size: str) -> None:
    precision, comma, scale = size[1:-1].replace(" ", "").partition(",")
    if comma and not (precision.isdigit() and scale.isdigit() and int(scale) <= int(precision)):
        reader.position -= 1
        fault = reader.fault(message=f"scale ({scale}) must be between 0 and precision ({precision})")
        raise Refusal("22023", fault.message, fault.detail)


def _character(reader: Reader) -> Type:
    reader.take()
    if reader.accept("varying"):
        return Type("varchar" + _size(reader))
    # CockroachDB keeps CHAR(n) unpadded, PostgreSQL pads: so it is kept as varchar, with a mark.
    size = _size(reader)
    return Type("varchar" + (size or "(1)"), CHAR)


def _named(reader: Reader) -> str:
    """The name of a type that somebody made: an enum."""
    return ".".join(quote_name(part) for part in reader.path())
