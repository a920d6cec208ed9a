"""`database.table`: where no schema has that name, CockroachDB takes the schema public of the database.

Only the session's own database can be meant here; others the front refuses (front/elsewhere.py). Sources:
docs, "Name resolution"; pkg/sql/sem/tree/name_resolution.go.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.model import Settings
from cluster.embedded.dialect.tokens import Kind, Token, close_of, is_name, name_of, quote_name, words

_BEFORE = words("from join into update only table")
_ENDS = words("where group order limit on using set values returning select having union window for")


def own_database(tokens: Sequence[Token], settings: Settings) -> list[Token]:
    """The tokens with `public` where a relation is named by its database only."""
    made = list(tokens)
    database = settings.database
    quoted = quote_name(database)
    if database == "public" or not any(token.key in (database, quoted) for token in made):
        return made
    catalog = settings.catalog
    if catalog is not None and any(schema == database for schema, _ in catalog.tables):
        return made
    listed = False  # whether a comma goes on with relations
    shown = 0  # where a [SHOW …] or (SHOW …) ends: its rule reads names by itself
    for index, token in enumerate(made):
        key = token.key
        if key == "show" and index and made[index - 1].key in ("[", "("):
            shown = close_of(made, index - 1)
        if index < shown:
            continue
        if token.kind is Kind.WORD:
            if key in ("from", "join"):
                listed = True
            elif key in _ENDS:
                listed = False
        before = made[index - 1].key if index else ""
        if (
            is_name(token)
            and name_of(token) == database
            and (before in _BEFORE or (before == "," and listed))
            and [each.key for each in made[index + 1 : index + 2]] == ["."]
            and index + 2 < len(made)
            and is_name(made[index + 2])
            and (index + 3 >= len(made) or made[index + 3].key not in (".", "" if before == "into" else "("))
        ):
            made[index] = Token(Kind.WORD, "public", "public", token.space)
    return made
