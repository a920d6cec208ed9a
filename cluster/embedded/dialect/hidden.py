"""The schemas that the dialect itself lives in: for a client they do not exist.

Other names that begin so are the client's own. What a client names there is answered as CockroachDB answers
for a schema that is not there (pkg/sql/sqlerrors/errors.go, pkg/sql/catalog/resolver).
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.tokens import Kind, Token, is_name, name_of

SCHEMAS = frozenset(["crdb_catalog", "crdb_information_schema"])
_MISSING = "verify that the current database and search_path are valid and/or the target database exists"
# How PostgreSQL's functions are called that have stepped aside (sql/00_schemas.sql, sql/05_functions.sql).
_ASIDE = ("hidden_", "postgresql_")
# Behind these a name with brackets is no call.
_NO_CALL = frozenset(
    [
        "table",
        "into",
        "exists",
        "on",
        "references",
        "view",
        "as",
        "with",
        "recursive",
        "index",
        "constraint",
        "unique",
        "only",
        "join",
        "copy",
        "key",
    ]
)
_CHANGES = frozenset(["create", "alter", "comment"])


def refuse_hidden(tokens: Sequence[Token]) -> None:
    """Raises Refusal when the statement names a hidden schema, or calls a function that has stepped aside."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.STRING:
            _in_string(token.text)
            continue
        if not is_name(token):
            continue
        name = name_of(token)
        before = tokens[index - 1].key if index else ""
        if name.startswith(_ASIDE) and tokens[index + 1 : index + 2] and tokens[index + 1].key == "(":
            schema = name_of(tokens[index - 2]) if before == "." and index >= 2 else "pg_catalog"
            if before not in _NO_CALL and schema == "pg_catalog":
                raise Refusal("42883", f"unknown function: {name}()")
            continue
        if name not in SCHEMAS:
            continue
        after = [each.key for each in tokens[index + 1 : index + 4]]
        if before in ("schema", "exists") and tokens[0].key in ("create", "drop", "alter"):
            if tokens[0].key == "create":
                raise unsupported(f"a schema of the name {name_of(token)}")
            raise Refusal("3F000", f'unknown schema "{name_of(token)}"')
        if after[:1] != ["."] or len(after) < 2:
            continue
        typed = f"{name_of(token)}.{after[1]}"
        if after[2:] == ["("] and tokens[0].key not in _CHANGES and before != "into":
            raise Refusal("42883", f"unknown function: {typed}()")
        if tokens[0].key == "create" and before in ("table", "view", "sequence", "type", "exists"):
            raise Refusal(
                "3F000",
                f'cannot create "{typed}" because the target database or schema does not exist',
                hint=_MISSING,
            )
        raise Refusal("42P01", f'relation "{typed}" does not exist')


def _in_string(text: str) -> None:
    """'crdb_catalog.x' can only be meant as the name of a relation."""
    inner = text.strip("'")
    schema, dot, _ = inner.partition(".")
    if dot and schema.strip('"') in SCHEMAS:
        raise Refusal("42P01", f'relation "{inner}" does not exist')
