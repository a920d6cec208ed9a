"""Index hints: t@index, t@{FORCE_INDEX=index,ASC}. They change the plan, not the answer, and so are left out.

Sources: sql.y opt_index_flags; pkg/sql/opt/optbuilder/select.go (buildScan); docs, "Force index selection".
"""

from __future__ import annotations

from cluster.embedded.dialect.ddl import local
from cluster.embedded.dialect.model import CatalogNeeded, Refusal, Settings, TableInfo, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, close_of, is_name, name_of, split_commas

# Hints that end in an error when there is no such plan: which plan there is, is CockroachDB's to know.
_DECIDING = ("no_full_scan", "no_index_join", "force_zigzag", "force_inverted_index")
_KNOWN = ("avoid_full_scan", "no_zigzag_join", "ignore_foreign_keys", "asc", "desc")


def index_hints(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """The tokens without hints. Raises Refusal for an index that is not there (42704), CatalogNeeded."""
    if "@" not in keys:
        return tokens
    kept: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.kind is Kind.OP and token.key == "@" and kept and is_name(kept[-1]) and following:
            if is_name(following):
                _check(name_of(following), kept, settings)
                index += 2
                continue
            if following.key in "{[":
                close = close_of(tokens, index + 1)
                if following.key == "{":
                    _flags(tokens[index + 2 : close], kept, settings, Reader(tokens, settings))
                index = close + 1
                continue
        kept.append(token)
        index += 1
    return kept


def _flags(inner: list[Token], table: list[Token], settings: Settings, reader: Reader) -> None:
    for part in split_commas(inner):
        word = part[0].key if part else ""
        if word in ("force_index", "index") and len(part) > 2 and part[1].key == "=":
            if is_name(part[2]):
                _check(name_of(part[2]), table, settings)
        elif word in _DECIDING:
            raise unsupported(f"index hint {word.upper()}")
        elif word not in _KNOWN:
            raise reader.fault()


def _check(name: str, table: list[Token], settings: Settings) -> None:
    """The table that ends the tokens must have the index."""
    if settings.catalog is None:
        raise CatalogNeeded
    path = [name_of(table[-1])]
    place = len(table) - 1
    while place >= 2 and table[place - 1].key == "." and is_name(table[place - 2]):
        path.insert(0, name_of(table[place - 2]))
        place -= 2
    path = local(path, settings)
    info: TableInfo | None = settings.catalog.find(path[-1], path[0] if len(path) > 1 else None)
    if info is None:
        return
    if name not in info.indexes and name != "primary":
        raise Refusal("42704", f'index "{name}" not found')
    if name in info.indexes and info.indexes[name].partial:
        raise unsupported("hint of a partial index")
