"""Stars that do not show hidden columns (docs, "CREATE TABLE": NOT VISIBLE property).

In each query block with a star, a table with hidden columns is replaced by a subquery of its visible
columns: `SELECT * FROM t, u` becomes `SELECT * FROM (SELECT a, b FROM t) AS t, u`. Where a hidden column is
named beside a star, the star itself is written out instead.
"""

# ruff: noqa: S608  (names go through quote_name() or stand in the client's own text)
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cluster.embedded.dialect.model import Catalog, CatalogNeeded, Settings, TableInfo, unsupported
from cluster.embedded.dialect.tokens import Kind, Token, close_of, is_name, name_of, quote_name, raw, words

_BEFORE_STAR = frozenset(["select", "distinct", "all", ",", ".", "returning"])
_AFTER_FROM = words(
    """where group having window order limit offset fetch for union intersect except returning set values"""
)
# Words that may follow a table and are not its alias.
_NOT_ALIAS = _AFTER_FROM | words(
    """join inner left right full cross natural on using as with tablesample lateral"""
)


@dataclass(slots=True)
class _Reference:
    """A table with hidden columns where a FROM names it: tokens start..stop, its alias if it has one."""

    start: int
    stop: int
    info: TableInfo
    alias: str | None


@dataclass(slots=True)
class _Block:
    """A SELECT and its FROM, at one depth of brackets."""

    selecting: bool = False
    in_from: bool = False
    stars: list[int] = field(default_factory=list)
    references: list[_Reference] = field(default_factory=list)
    others: int = 0  # other things in the FROM
    joined: bool = False  # by USING or NATURAL: the star merges columns


def is_star(tokens: Sequence[Token], index: int) -> bool:
    """Whether the token is a star of a select list, not a multiplication or count(*)."""
    if tokens[index].key != "*" or tokens[index].kind is not Kind.OP or index == 0:
        return False
    before = tokens[index - 1]
    if before.key in _BEFORE_STAR and before.kind is not Kind.QUOTED:
        return True
    return before.key == ")" and _closes_distinct_on(tokens, index - 1)


def _closes_distinct_on(tokens: Sequence[Token], closing: int) -> bool:
    depth = 0
    for index in range(closing, -1, -1):
        depth += (tokens[index].key == ")") - (tokens[index].key == "(")
        if depth == 0:
            return index > 1 and tokens[index - 1].key == "on" and tokens[index - 2].key == "distinct"
    return False


def hidden_tables(settings: Settings) -> Catalog:
    """The catalog. Raises CatalogNeeded if the caller did not bring it."""
    if settings.catalog is None:
        raise CatalogNeeded
    return settings.catalog


def visible_stars(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """The query with stars that show visible columns only. Raises CatalogNeeded, Refusal."""
    if "*" not in keys and "from" not in keys and "join" not in keys:
        return tokens
    whole = _whole_rows(tokens)
    if not whole and not any(is_star(tokens, index) for index in range(1, len(tokens))):
        return tokens
    catalog = hidden_tables(settings)
    names = {info.name for info in catalog.tables.values() if info.hidden}
    named = {name_of(token) for token in tokens if is_name(token)}
    if names.isdisjoint(named):
        return tokens
    blocks = _blocks(tokens, catalog)
    edits: dict[int, tuple[int, list[Token]]] = {}
    for block in blocks:
        if block.references and (
            block.stars or any((one.alias or one.info.name) in whole for one in block.references)
        ):
            _edit(block, tokens, named, edits)
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        if index in edits:
            index, replacement = edits[index]
            made += replacement
        else:
            made.append(tokens[index])
            index += 1
    return made


def _edit(
    block: _Block, tokens: list[Token], named: set[str], edits: dict[int, tuple[int, list[Token]]]
) -> None:
    hidden = {name for reference in block.references for name in reference.info.hidden}
    if hidden.isdisjoint(named):
        for reference in block.references:
            columns = ", ".join(quote_name(name) for name in reference.info.visible)
            table = "".join(token.text for token in tokens[reference.start : reference.stop])
            text = f"(SELECT {columns} FROM {table})"
            if reference.alias is None:
                text += f" AS {quote_name(reference.info.name)}"
            space = tokens[reference.start].space or " "
            edits[reference.start] = (reference.stop, [raw(text, space)])
        return
    if block.others or block.joined:
        raise unsupported("a star beside a hidden column in this query")
    by_alias = {reference.alias or reference.info.name: reference.info for reference in block.references}
    for star in block.stars:
        qualified = tokens[star - 1].key == "."
        owner = name_of(tokens[star - 2]) if qualified else ""
        wanted = {owner: by_alias[owner]} if owner in by_alias else by_alias
        text = ", ".join(
            f"{quote_name(alias)}.{quote_name(name)}"
            for alias, info in wanted.items()
            for name in info.visible
        )
        start = star - 2 if qualified else star
        edits[start] = (star + 1, [raw(text, tokens[start].space)])


def _blocks(tokens: list[Token], catalog: Catalog) -> list[_Block]:
    """The query blocks, with the tables of each that have hidden columns."""
    common = _common_tables(tokens)
    stack = [_Block()]
    found: list[_Block] = [stack[0]]
    index = 0
    while index < len(tokens):
        token, block = tokens[index], stack[-1]
        key = token.key if token.kind is not Kind.QUOTED else ""
        if key in ("(", "["):
            stack.append(_Block(selecting=False, in_from=False))
            # `FROM (a JOIN b …)`: the bracket goes on with the FROM of the block around it.
            if (
                block.in_from
                and _table_position(tokens, index)
                and tokens[index + 1].key
                not in (
                    "select",
                    "with",
                    "values",
                    "(",
                )
            ):
                stack[-1] = block
            else:
                found.append(stack[-1])
        elif key in (")", "]"):
            if len(stack) > 1:
                stack.pop()
        elif key == "select":
            fresh = _Block(selecting=True)
            stack[-1] = fresh
            found.append(fresh)
        elif key == "delete":
            block.selecting = True
        elif key == "from" and block.selecting and not _is_distinct_from(tokens, index):
            block.in_from = True
        elif block.in_from and key in _AFTER_FROM:
            block.in_from = False
        elif block.in_from and key in ("using", "natural"):
            block.joined = True
        if is_star(tokens, index) and _in_select_list(tokens, index):
            # In brackets that are no query, as in (t.*), the star is of the query around them.
            next((one for one in reversed(stack) if one.selecting), block).stars.append(index)
        if block.in_from and is_name(token) and key not in _NOT_ALIAS and _table_position(tokens, index):
            stop = _path_end(tokens, index)
            _note(tokens, index, stop, block, catalog, common)
            index = stop
            continue
        index += 1
    return found


_AFTER_ROW = words("from where as ) ,")


def _whole_rows(tokens: list[Token]) -> frozenset[str]:
    """Names of tables and aliases that may stand for whole rows: `SELECT t FROM t`, row_to_json(t)."""
    tables: set[str] = set()
    bare: set[str] = set()
    for index in range(1, len(tokens)):
        token, before = tokens[index], tokens[index - 1]
        if not is_name(token):
            continue
        if before.key in ("from", "join"):
            stop = _path_end(tokens, index)
            tables.add(name_of(tokens[stop - 1]))
            if stop < len(tokens) and tokens[stop].key == "as":
                stop += 1
            if stop < len(tokens) and is_name(tokens[stop]) and tokens[stop].key not in _NOT_ALIAS:
                tables.add(name_of(tokens[stop]))
        elif before.key in ("select", "distinct", ",", "(") and (
            index + 1 == len(tokens) or tokens[index + 1].key in _AFTER_ROW
        ):
            bare.add(name_of(token))
    return frozenset(tables & bare)


def _in_select_list(tokens: list[Token], star: int) -> bool:
    return tokens[star - 1].key != "returning"


def _is_distinct_from(tokens: list[Token], index: int) -> bool:
    return index > 1 and tokens[index - 1].key == "distinct" and tokens[index - 2].key in ("is", "not")


def _table_position(tokens: list[Token], index: int) -> bool:
    before = tokens[index - 1].key if index else ""
    if before == "(":
        return index > 1 and _table_position(tokens, index - 1)
    return before in ("from", "join", ",", "only", "lateral")


def _path_end(tokens: list[Token], index: int) -> int:
    index += 1
    while index + 1 < len(tokens) and tokens[index].key == "." and is_name(tokens[index + 1]):
        index += 2
    return index


def _note(
    tokens: list[Token], start: int, stop: int, block: _Block, catalog: Catalog, common: frozenset[str]
) -> None:
    path = [name_of(token) for token in tokens[start:stop] if token.key != "."]
    following = tokens[stop] if stop < len(tokens) else None
    called = following is not None and following.key == "("
    info = None if called else catalog.find(path[-1], path[-2] if len(path) > 1 else None)
    if info is None or not info.hidden or (len(path) == 1 and path[0] in common):
        block.others += 1
        return
    alias = None
    if following is not None and following.key == "as" and stop + 1 < len(tokens):
        alias = name_of(tokens[stop + 1])
    elif following is not None and is_name(following) and following.key not in _NOT_ALIAS:
        alias = name_of(following)
    block.references.append(_Reference(start, stop, info, alias))


def _common_tables(tokens: list[Token]) -> frozenset[str]:
    """The names that WITH gives to queries."""
    if not any(token.key == "with" for token in tokens):
        return frozenset()
    names = set()
    for index in range(1, len(tokens) - 2):
        if tokens[index - 1].key in ("with", "recursive", ",") and is_name(tokens[index]):
            after = index + 1
            if tokens[after].key == "(":
                after = close_of(tokens, after) + 1
            if after < len(tokens) and tokens[after].key == "as":
                names.add(name_of(tokens[index]))
    return frozenset(names)
