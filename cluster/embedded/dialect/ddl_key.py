"""The columns of an index or a key, and how it is kept: USING HASH, STORING, WHERE, VISIBLE.

Sources: sql.y index_params, opt_hash_sharded, opt_index_visible; docs "CREATE INDEX", "Hash-sharded indexes";
pkg/sql/catalog/tabledesc/index.go (BuildIndexName), pkg/sql/paramparse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cluster.embedded.dialect.ddl import storage_parameters
from cluster.embedded.dialect.kept import ELEMENT, PREDICATE, kept
from cluster.embedded.dialect.model import Notice, Refusal, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import (
    Kind,
    Token,
    is_name,
    name_of,
    quote_name,
    quote_string,
    render,
    split_commas,
)

FEWEST_BUCKETS, MOST_BUCKETS, BUCKETS = 2, 2048, 16
_OPERATOR_CLASSES = ("gin_trgm_ops", "gist_trgm_ops", "jsonb_ops", "array_ops")


@dataclass(frozen=True, slots=True)
class Element:
    """One column or expression of an index, as SQL; column is "" for an expression.

    written: the client's text, for messages; operators: the operator class, if one was named.
    """

    sql: str
    column: str
    written: str
    descending: bool = False
    operators: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What follows the name of an index or key. visibility: a percentage; buckets: None if not sharded."""

    elements: tuple[Element, ...]
    stored: tuple[str, ...] = ()
    buckets: int | None = None
    predicate: str = ""
    visibility: int = 100
    notices: tuple[Notice, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its plain columns, "" for expressions."""
        return tuple(element.column for element in self.elements)

    def generated_name(self, table: str, ending: str) -> str:
        """t_a_b_idx; the expressions are called expr, expr1, … (BuildIndexName)."""
        labels: list[str] = []
        expressions = 0
        for element in self.elements:
            if element.column:
                labels.append(element.column)
            else:
                labels.append(f"expr{expressions or ''}")
                expressions += 1
        return "_".join([table, *labels, ending])

    def flags(self, *, primary: bool = False) -> str:
        """What PostgreSQL cannot tell of the index, as its name there ends (sql/21_index_names.sql)."""
        mask = sum(1 << place for place, element in enumerate(self.elements) if element.descending)
        found = f"d{mask}" if primary and mask else ""
        if self.visibility != 100:
            found += f"v{self.visibility}"
        return found


def text_array(names: Sequence[str]) -> str:
    """The names as an SQL array."""
    return f"ARRAY[{', '.join(quote_string(name) for name in names)}]::text[]"


def unimplemented_syntax(reader: Reader, near: str, issue: int | None = None) -> Refusal:
    """What CockroachDB's own parser refuses as not implemented (pkg/sql/parser/lexer.go)."""
    places = [place for place, token in enumerate(reader.tokens[: reader.position + 1]) if token.key == near]
    reader.position = places[-1] if places else reader.position
    fault = reader.fault()
    hint = "You have attempted to use a feature that is not yet implemented."
    if issue is not None:
        hint += f"\nSee: https://go.crdb.dev/issue-v/{issue}/v26.2"
    return Refusal(
        "0A000", f'at or near "{near}": syntax error: unimplemented: this syntax', fault.detail, hint
    )


def element(part: list[Token], reader: Reader) -> Element:
    """One element of an index: column or expression [operator class] [ASC | DESC] [NULLS …]."""
    body = list(part)
    nulls = ""
    if any(token.key == "collate" for token in body):
        raise unsupported("COLLATE in an index")
    if len(body) > 2 and body[-2].key == "nulls":
        nulls = body[-1].key
        body = body[:-2]
    descending = len(body) > 1 and body[-1].key == "desc"
    if len(body) > 1 and body[-1].key in ("asc", "desc"):
        body = body[:-1]
    if not body:
        raise reader.fault()
    if nulls and (nulls == "last") != descending:
        # CockroachDB knows only the opposite of PostgreSQL's defaults (sql.y, index_elem_options).
        raise unimplemented_syntax(reader, nulls, 6224)
    operators = ""
    if len(body) > 1 and body[-1].kind is Kind.WORD and (is_name(body[-2]) or body[-2].key == ")"):
        operators = body[-1].key
        body = body[:-1]
    if len(body) == 1 and is_name(body[0]):
        column = name_of(body[0])
        return Element(quote_name(column), column, column, descending, operators)
    if not (body[0].key == "(" or body[-1].key == ")"):
        raise reader.fault()
    return Element(
        f"({kept(body, reader.settings, ELEMENT)})", "", render(body).strip(), descending, operators
    )


def elements(reader: Reader) -> tuple[Element, ...]:
    """The elements in parentheses at the cursor."""
    parts = split_commas(reader.bracketed())
    if not all(parts):
        raise reader.fault()
    return tuple(element(part, reader) for part in parts)


def refuse_repetition(name: str, found: Sequence[Element], stored: Sequence[str], code: str) -> None:
    """A column may stand in an index once (create_index.go; sqlerrors.NewColumnAlreadyExistsInIndexError)."""
    seen: set[str] = set()
    for each in found:
        if each.sql in seen:
            what = f'column "{each.column}"' if each.column else "expression"
            raise Refusal(code, f'index "{name}" contains duplicate {what}')
        seen.add(each.sql)
    for column in stored:
        if quote_name(column) in seen:
            raise Refusal("42701", f'index "{name}" already contains column "{column}"')
        seen.add(quote_name(column))


def key(reader: Reader, *, visible: bool = True, parsed: tuple[Element, ...] | None = None) -> Key:
    """(elements) [USING HASH] [STORING (…)] [WITH (…)] [WHERE …] [VISIBLE …], up to the end or NOT VALID."""
    found = elements(reader) if parsed is None else parsed
    hashed = reader.accept("using", "hash")
    stored: tuple[str, ...] = ()
    if reader.one_of("storing", "covering", "include"):
        stored = tuple(reader.names())
    if reader.at("interleave"):
        raise reader.fault()
    if reader.at("partition"):
        raise unsupported("PARTITION BY")
    parameters = storage_parameters(reader) if reader.accept("with") else {}
    buckets, notices = _parameters(parameters, hashed)
    predicate = _predicate(reader) if reader.accept("where") else ""
    visibility = index_visibility(reader) if visible else None
    return Key(found, stored, buckets, predicate, 100 if visibility is None else visibility, notices)


def _parameters(given: dict[str, str], hashed: bool) -> tuple[int | None, tuple[Notice, ...]]:
    """The bucket count, and the notices of what is ignored (pkg/sql/storageparam/indexstorageparam)."""
    buckets = BUCKETS if hashed else None
    notices: list[Notice] = []
    for name, value in given.items():
        if name == "bucket_count":
            if not hashed:
                raise Refusal(
                    "22023",
                    '"bucket_count" storage param should only be set with "USING HASH" for hash sharded index',  # noqa: E501
                )
            buckets = _buckets(value)
        elif name == "shard_columns":
            raise unsupported("storage parameter shard_columns")
        elif name == "fillfactor":
            notices.append(Notice('storage parameter "fillfactor" is ignored'))
        elif name in (
            "fastupdate",
            "buffering",
            "gin_pending_list_limit",
            "pages_per_range",
            "autosummarize",
        ):
            raise Refusal(
                "0A000",
                f'unimplemented: storage parameter "{name}"',
                hint="You have attempted to use a feature that is not yet implemented.\n"
                "See: https://go.crdb.dev/issue-v/43299/v26.2",
            )
        elif name.startswith("s2_") or name.startswith("geometry_") or name.startswith("build_beam"):
            raise unsupported("spatial or vector index")
        else:
            raise Refusal("22023", f'invalid storage parameter "{name}"')
    return buckets, tuple(notices)


def _buckets(value: str) -> int:
    """A bucket count between 2 and 2048 (tabledesc, EvalShardBucketCount)."""
    text = value.replace(" ", "")
    if not text.lstrip("-").isdigit() or len(text) > 1000:
        raise unsupported("bucket_count that is not a number")
    if not FEWEST_BUCKETS <= int(text) <= MOST_BUCKETS:
        raise Refusal("22023", f"hash sharded index bucket count must be in range [2, 2048], got {int(text)}")
    return int(text)


def _predicate(reader: Reader) -> str:
    taken: list[Token] = []
    while not reader.done and not (
        reader.at("not", "visible")
        or reader.at("visible")
        or reader.at("visibility")
        or reader.at("not", "valid")
    ):
        taken.append(reader.take())
    if not taken:
        raise reader.fault()
    return f"({kept(taken, reader.settings, PREDICATE)})"


def index_visibility(reader: Reader) -> int | None:
    """VISIBLE, NOT VISIBLE, VISIBILITY 0.5 at the cursor as a percentage; None if none of them is there."""
    if reader.accept("visible"):
        return 100
    if reader.accept("not", "visible"):
        return 0
    if not reader.accept("visibility"):
        return None
    token = reader.take()
    try:
        share = float(token.text)
    except ValueError:
        reader.position -= 1
        raise reader.fault() from None
    if not 0 <= share <= 1:
        raise Refusal("22023", "VISIBILITY must be between 0.0 and 1.0")
    return round(share * 100)
