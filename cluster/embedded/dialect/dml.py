"""INSERT, UPSERT, UPDATE, DELETE: hidden columns, the key of an UPSERT, ORDER BY and LIMIT (docs of each)."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.conflicts import (
    by_columns,
    check_conflict_target,
    names_constraint,
    without_nothing,
)
from cluster.embedded.dialect.ddl import local, sql_name
from cluster.embedded.dialect.hints import index_hints
from cluster.embedded.dialect.insert_targets import check_targets
from cluster.embedded.dialect.model import (
    CatalogNeeded,
    Refusal,
    Settings,
    Statement,
    TableInfo,
    unsupported,
)
from cluster.embedded.dialect.own_database import own_database
from cluster.embedded.dialect.query import query, query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import (
    Kind,
    Token,
    close_of,
    is_name,
    name_of,
    quote_name,
    raw,
    render,
    split_commas,
    words,
)

# Words that may follow the table of an UPDATE or DELETE and are not its alias.
_AFTER_TABLE = words("set where returning order limit using from")


def change(reader: Reader) -> Statement:
    """INSERT, UPSERT, UPDATE or DELETE, with or without WITH before it."""
    check_conflict_target(reader)
    tokens = own_database(reader.tokens, reader.settings)
    return Statement(render(query_tokens(changed(tokens, reader.settings), reader.settings)))


def with_query(reader: Reader) -> Statement:
    """WITH …: a query or a change of rows."""
    main = _main(reader.tokens)
    if main < len(reader.tokens) and reader.tokens[main].key != "select":
        return change(reader)
    return query(reader)


def changed(tokens: Sequence[Token], settings: Settings) -> list[Token]:
    """A change of rows as PostgreSQL has it, but for its expressions. Raises Refusal, CatalogNeeded."""
    keys = frozenset(token.key for token in tokens)
    made = index_hints(list(tokens), keys, settings)
    start = _main(made)
    if start >= len(made):
        return made
    head, body = made[:start], without_nothing(made[start:])
    key = body[0].key
    if key in ("insert", "upsert"):
        body = _insert(body, keys, settings)
    elif key in ("update", "delete"):
        body = _limited(body, settings)
    return head + (_returning(body, settings) if "returning" in keys else body)


def _main(tokens: list[Token]) -> int:
    """Where the statement itself starts: after its WITH."""
    if not tokens or tokens[0].key != "with":
        return 0
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.key == "(") - (token.key == ")")
        if (
            depth == 0
            and token.kind is Kind.WORD
            and token.key in ("insert", "upsert", "update", "delete", "select")
        ):
            return index
    return len(tokens)


def _table(tokens: Sequence[Token], index: int, settings: Settings) -> tuple[list[str], int]:
    """The table named at index, and where its name ends."""
    if index >= len(tokens) or not is_name(tokens[index]):
        return [], index
    path = [name_of(tokens[index])]
    index += 1
    while index + 1 < len(tokens) and tokens[index].key == "." and is_name(tokens[index + 1]):
        path.append(name_of(tokens[index + 1]))
        index += 2
    return local(path, settings), index


def _find(path: list[str], settings: Settings) -> TableInfo | None:
    if settings.catalog is None:
        raise CatalogNeeded
    return settings.catalog.find(path[-1], path[0] if len(path) > 1 else None)


def _insert(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """INSERT or UPSERT INTO table [AS alias] [(columns)] source … keys: at least those of the tokens."""
    upsert = tokens[0].key == "upsert"
    if len(tokens) < 3 or tokens[1].key != "into":
        raise Reader(tokens, settings).fault()
    path, index = _table(tokens, 2, settings)
    if not path:
        reader = Reader(tokens, settings)
        reader.position = 2
        raise reader.fault()
    head = [tokens[0]._replace(text="INSERT", key="insert") if upsert else tokens[0], tokens[1]]
    head += _as_written(tokens, 2, index, path)
    if index + 1 < len(tokens) and tokens[index].key == "as":
        head += tokens[index : index + 2]
        index += 2
    columns: list[str] | None = None
    if index + 1 < len(tokens) and tokens[index].key == "(" and not _is_query(tokens, index):
        close = close_of(tokens, index)
        columns = [name_of(part[0]) for part in split_commas(tokens[index + 1 : close]) if part]
        head += tokens[index : close + 1]
        index = close + 1
    source = tokens[index:]
    named = "conflict" in keys and names_constraint(source) is not None
    info = _find(path, settings) if upsert or columns is None or named else None
    check_targets(tokens[0].key, source, columns, info)
    if info is None:  # no need to know the table, or PostgreSQL says that there is none
        return head + source
    if columns is None and info.hidden and (width := _width(source, info)):
        head.append(raw(f"({', '.join(quote_name(name) for name in info.visible[:width])})"))
    return head + (_with_conflict(source, info, columns) if upsert else by_columns(source, info))


def _as_written(tokens: list[Token], start: int, stop: int, path: list[str]) -> list[Token]:
    """The table's name as the client wrote it, but for a database before it."""
    if stop - start == 2 * len(path) - 1:
        return tokens[start:stop]
    return [raw(sql_name(path), tokens[start].space)]


def _is_query(tokens: list[Token], opening: int) -> bool:
    return tokens[opening + 1].key in ("select", "with", "values", "table", "(")


def _with_conflict(source: list[Token], info: TableInfo, columns: list[str] | None) -> list[Token]:
    """The source, and ON CONFLICT on the primary key before RETURNING."""
    at = _top_level(source, "returning")
    if any(token.key == "conflict" for token in source[:at]):
        raise Reader(source, Settings()).fault()
    written = columns if columns is not None else list(info.visible)
    changed_columns = [name for name in written if name not in info.generated]
    key = ", ".join(quote_name(name) for name in info.key_columns)
    sets = ", ".join(f"{quote_name(name)} = excluded.{quote_name(name)}" for name in changed_columns)
    conflict = (
        raw(f"ON CONFLICT ({key}) DO UPDATE SET {sets}") if sets else raw(f"ON CONFLICT ({key}) DO NOTHING")
    )
    return [*source[:at], conflict, *source[at:]]


def _top_level(tokens: Sequence[Token], key: str) -> int:
    """Where the keyword stands outside brackets, or the end."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind is Kind.PUNCT:
            depth += (token.key in "([{") - (token.key in ")]}")
        elif depth == 0 and token.kind is Kind.WORD and token.key == key:
            return index
    return len(tokens)


def _width(source: list[Token], info: TableInfo) -> int:
    """How many columns the source of an INSERT without a list of columns gives."""
    if not source or source[0].key == "default":
        return 0
    if source[0].key == "values" and len(source) > 1:
        return len(split_commas(source[2 : close_of(source, 1)]))
    if source[0].key == "select":
        items = source[1 : _top_level(source, "from")]
        if not any(token.key == "*" for token in items):
            return min(len(split_commas(items)), len(info.visible))
    return len(info.visible)


def _limited(tokens: list[Token], settings: Settings) -> list[Token]:
    """UPDATE and DELETE with ORDER BY and LIMIT, which PostgreSQL has not: a subquery chooses the rows."""
    update = tokens[0].key == "update"
    start = 1 if update else 2
    path, after = _table(tokens, start, settings)
    if not path:
        return tokens
    order, limit = _top_level(tokens, "order"), _top_level(tokens, "limit")
    where, returning = _top_level(tokens, "where"), _top_level(tokens, "returning")
    end = len(tokens)
    if settings.sql_safe_updates and where == end and limit == end:
        raise Refusal(
            "01000",
            f"rejected (sql_safe_updates = true): {tokens[0].key.upper()} without WHERE or LIMIT clause",
        )
    name = _as_written(tokens, start, after, path)
    if order == end and limit == end:
        return [*tokens[:start], *name, *tokens[after:]]
    if _top_level(tokens, "using") != end or (update and _top_level(tokens, "from") != end):
        raise unsupported(f"{tokens[0].key.upper()} of several tables with LIMIT")
    alias_end = _top_level(tokens, "set") if update else min(where, order, limit, returning)
    alias = tokens[after:alias_end]
    table = [*name, *alias]
    middle = tokens[alias_end : min(where, order, limit, returning)]
    chosen = [
        raw("WHERE ctid = ANY (ARRAY(SELECT ctid FROM"),
        *table,
        *tokens[min(where, order, limit) : returning],
        raw("))"),
    ]
    return [*tokens[:start], *table, *middle, *chosen, *tokens[returning:]]


def _returning(tokens: list[Token], settings: Settings) -> list[Token]:
    """RETURNING * without the hidden columns of the table."""
    at = _top_level(tokens, "returning")
    stars = [
        index for index in range(at, len(tokens)) if tokens[index].key == "*" and _starts_item(tokens, index)
    ]
    if not stars:
        return tokens
    start = {"insert": 2, "update": 1, "delete": 2}.get(tokens[0].key)
    if start is None:
        return tokens
    path, after = _returned_table(tokens, start, settings)
    info = _find(path, settings) if path else None
    if info is None or not info.hidden:
        return tokens
    if _top_level(tokens, "using") < at or (tokens[0].key == "update" and _top_level(tokens, "from") < at):
        raise unsupported("RETURNING * of several tables")
    alias = path[-1]
    if after < len(tokens) and tokens[after].key == "as":
        alias = name_of(tokens[after + 1])
    elif tokens[0].key != "insert" and is_name(tokens[after]) and tokens[after].key not in _AFTER_TABLE:
        alias = name_of(tokens[after])
    text = ", ".join(f"{quote_name(alias)}.{quote_name(name)}" for name in info.visible)
    made = list(tokens)
    for star in reversed(stars):
        first = star - 2 if tokens[star - 1].key == "." else star
        made[first : star + 1] = [raw(text)]
    return made


def _returned_table(tokens: list[Token], start: int, settings: Settings) -> tuple[list[str], int]:
    if tokens[start].kind is Kind.RAW:  # written by _as_written
        return [part[1:-1].replace('""', '"') for part in tokens[start].text.split(".")], start + 1
    return _table(tokens, start, settings)


def _starts_item(tokens: list[Token], index: int) -> bool:
    return tokens[index - 1].key in ("returning", ",", ".")
