"""Errors that tell of types: functions that do not exist, expressions of the wrong type (type_check.go)."""

from __future__ import annotations

import re

from cluster.embedded.dialect.builtins import LACKING, PRESENT
from cluster.embedded.dialect.messages import TYPES
from cluster.embedded.dialect.model import unsupported

Fields = dict[str, str]

_FUNCTION = re.compile(r'function (?:pg_catalog\.)?([\w."]+)\((.*)\) does not exist', re.DOTALL)
_LACKING_FAMILIES = ("crdb_internal.", "st_", "_st_", "information_schema.crdb_", "postgis_")
# Scalar types that max() and min() do not take here (sql/13_extremes.sql).
_UNORDERED = frozenset({"jsonb", "bit", "bit varying"})
_OWN_TYPE = re.compile(r'column "(.*)" is of type (.*) but default expression is of type (.*)')
# Where the client's statement has the expression.
_CHECK = r"\bcheck\s*\((.*?)\)"
_DEFAULT = r"\bdefault\s+('(?:[^']|'')*'|[^\s,()]+(?:\([^()]*\))?)"
_COMPUTED = r"\bas\s*\((.*?)\)\s*(?:stored|virtual)"


def shown_type(name: str) -> str:
    """CockroachDB's name of a type that PostgreSQL wrote, e.g. varchar(10), int[]."""
    base, brackets, _ = name.partition("[]")
    base, size, rest = base.partition("(")
    return TYPES.get(base, base) + size + rest + brackets


def unknown_function(made: Fields, message: str, sql: str) -> None:
    """CockroachDB tells an unknown name from unknown arguments."""
    match = _FUNCTION.fullmatch(message)
    if match is None:
        return
    name, types = match.groups()
    kinds = types.split(", ")
    if name == "crdb_catalog.checked":  # sql/33_checks.sql
        made["C"], made["M"] = "42804", _expected(sql, "CHECK", _CHECK, "bool", kinds[0])
    elif name in ("max", "min") and types in _UNORDERED:
        _refuse(made, f"{name}() of {shown_type(types).upper()}")
    elif name in PRESENT:
        # A string literal has no type yet here, and a whole number is an INT4.
        shown = [{"integer": "int", "unknown": "string"}.get(kind) or shown_type(kind) for kind in kinds]
        made["M"] = f"unknown signature: {name}({', '.join(shown)})"
    elif name in LACKING or name.startswith(_LACKING_FAMILIES):
        _refuse(made, f"{name}()")
    else:
        made["M"] = f"unknown function: {name}()"


def _refuse(made: Fields, feature: str) -> None:
    refusal = unsupported(feature)
    made["C"], made["M"], made["H"] = refusal.sqlstate, refusal.message, refusal.hint or ""


def wrong_type(made: Fields, message: str, sql: str) -> None:
    """A default or a computed expression of another type than its column."""
    if match := _OWN_TYPE.fullmatch(message):
        column, wanted, found = match.groups()
        computed = re.search(rf"\b{re.escape(column)}\b[^,]*{_COMPUTED}", sql, re.IGNORECASE | re.DOTALL)
        context, pattern = ("STORED COMPUTED COLUMN", _COMPUTED) if computed else ("DEFAULT", _DEFAULT)
        made["M"] = _expected(sql, context, pattern, shown_type(wanted), found)
        made.pop("H", None)


def _expected(sql: str, context: str, pattern: str, wanted: str, found: str) -> str:
    source = re.search(pattern, sql, re.IGNORECASE | re.DOTALL)
    shown = source.group(1).strip() if source else "expression"
    found = "int" if found == "integer" else shown_type(found)
    return f"expected {context} expression to have type {wanted}, but '{shown}' has type {found}"
