"""Operators that bind otherwise in CockroachDB (sql.y, %left): PostgreSQL reads these from the left."""

from __future__ import annotations

from cluster.embedded.dialect import operands
from cluster.embedded.dialect.model import Settings, unsupported
from cluster.embedded.dialect.tokens import Kind, Token, close_of, raw, words

# The weakest first. To PostgreSQL they are all the same.
_TIERS = (
    words("@> <@ ? ?| ?& &&"),
    words("~ !~ ~* !~*"),
    words("|| -> ->> #> #>> #-"),
    frozenset("|"),
    frozenset("#"),
    frozenset("&"),
    words("<< >>"),
)
_TIER = {sign: tier for tier, signs in enumerate(_TIERS) for sign in signs}
_STRONGER = words("+ - * / // % ^ :: ::: .")


def precedence(tokens: list[Token], keys: frozenset[str], settings: Settings) -> list[Token]:
    """Brackets round what CockroachDB would read first: `a | (b & c)`, `(~a) + b`. Raises Refusal."""
    if keys.isdisjoint(_TIER):
        return tokens
    found = keys & _TIER.keys()
    if len({_TIER[key] for key in found}) == 1 and "~" not in found:
        return tokens
    made = list(tokens)
    for index in range(len(made) - 1, -1, -1):
        token = made[index]
        if token.kind is not Kind.OP or token.key not in _TIER:
            continue
        if token.key == "~" and _is_prefix(made, index):
            stop = operands.after(made, index + 1)
            if not stop:
                raise unsupported("~ before this expression")
            made[index:stop] = [
                raw("(", token.space),
                token._replace(space=""),
                *made[index + 1 : stop],
                raw(")", ""),
            ]
            continue
        stop, stronger = _right_side(made, index)
        if stronger:
            made[index + 1 : stop] = [raw("("), *made[index + 1 : stop], raw(")", "")]
    return made


def _is_prefix(tokens: list[Token], index: int) -> bool:
    if index == 0:
        return True
    before = tokens[index - 1]
    return before.kind is Kind.OP or (before.key not in (")", "]") and before.key in operands.BOUNDARY)


def _right_side(tokens: list[Token], index: int) -> tuple[int, bool]:
    """Where the operand behind the operator ends, and whether a stronger operator is in it."""
    own = _TIER[tokens[index].key]
    stronger = False
    place = index + 1
    while place < len(tokens):
        token = tokens[place]
        if token.key in ("(", "[") and token.kind is Kind.PUNCT:
            place = close_of(tokens, place)
        elif token.kind is Kind.OP:
            tier = _TIER.get(token.key)
            if (tier is None and token.key not in _STRONGER) or (tier is not None and tier <= own):
                break
            stronger = stronger or (tier is not None and not _is_prefix(tokens, place))
        elif token.key in operands.BOUNDARY:
            break
        place += 1
    return place, stronger
