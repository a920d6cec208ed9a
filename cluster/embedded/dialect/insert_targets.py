"""How many values an INSERT or UPSERT gives, and for how many columns (optbuilder, checkNumCols)."""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.model import Refusal, TableInfo
from cluster.embedded.dialect.tokens import Token, close_of, split_commas, words

_END = words(
    "from where group having window order limit offset fetch for union intersect except returning on"
)


def check_targets(
    verb: str, source: Sequence[Token], columns: Sequence[str] | None, info: TableInfo | None
) -> None:
    """columns: as they were named, or None. Raises Refusal where numbers differ, or a column comes twice."""
    for place, name in enumerate(columns or ()):
        if name in (columns or ())[:place]:
            raise Refusal("42601", f'multiple assignments to the same column "{name}"')
    targets = len(columns) if columns is not None else len(info.visible) if info else 0
    given = _given(source)
    if not targets or given is None or given == targets or (columns is None and given < targets):
        return
    more, fewer = ("expressions", "target columns") if given > targets else ("target columns", "expressions")
    raise Refusal(
        "42601",
        f"{verb.upper()} has more {more} than {fewer}, {given} expressions for {targets} targets",
    )


def _given(source: Sequence[Token]) -> int | None:
    """How many values each row of the source has; None where that cannot be told from the text."""
    if len(source) < 2:
        return None
    if source[0].key == "values" and source[1].key == "(":
        return len(split_commas(source[2 : close_of(source, 1)]))
    if source[0].key != "select" or source[1].key in ("distinct", "all"):
        return None
    depth, stop = 0, len(source)
    for index, token in enumerate(source):
        depth += (token.key in ("(", "[")) - (token.key in (")", "]"))
        if depth == 0 and token.key in _END:
            stop = index
            break
    items = source[1:stop]
    if not items or any(token.key == "*" for token in items):
        return None
    return len(split_commas(items))
