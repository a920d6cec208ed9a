"""What a user may not do, in CockroachDB's words (pkg/sql/authorization.go)."""

from __future__ import annotations

import re

from cluster.embedded.dialect.model import unsupported

_DENIED = re.compile(
    r"permission denied for (table|view|materialized view|sequence|schema|database|type) \"?([^\"]+)\"?"
)
_NOT_OWNER = re.compile(
    r"must be owner of (table|relation|view|materialized view|sequence|index|type|schema|database) (.+)"
)
_SET_ROLE = re.compile(r'must be able to SET ROLE "(.*)"')
_TO_OWNER = re.compile(r"\bowner\s+to\b", re.IGNORECASE)
_NAMED = re.compile(r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*(\w+)", re.DOTALL)
_TARGET = re.compile(
    r"\b(?:insert\s+into|upsert\s+into|update|delete\s+from)\s+((?:[\w\"]+\s*\.\s*)*[\w\"]+)",
    re.IGNORECASE,
)
# The privilege that a statement asks for on the table that it changes.
_ON_TARGET = {"insert": "INSERT", "upsert": "INSERT", "update": "UPDATE", "delete": "DELETE"}


def privilege_error(made: dict[str, str], message: str, sql: str, user: str) -> None:
    """Change the fields of a 42501 of PostgreSQL's, in place. sql: the client's statement."""
    found = _NAMED.match(sql)
    verb = found[1].lower() if found else ""
    match = _DENIED.fullmatch(message)
    if match and verb in ("grant", "revoke"):
        reason = unsupported(f"{verb.upper()} by a user who does not have the privilege WITH GRANT OPTION")
        made["C"], made["M"], made["H"] = reason.sqlstate, reason.message, reason.hint or ""
    elif match and not (match[1] == "view" and verb in ("", "create", "alter", "drop")):
        kind, name = match.groups()
        wanted = _privilege(kind, name, sql, verb)
        made["M"] = f"user {user} does not have {wanted} privilege on {_kind(kind)} {name}"
        made.pop("H", None)
        made.pop("D", None)
    elif match := _SET_ROLE.fullmatch(message):
        _new_owner(made, match[1], user)
    elif (match := _NOT_OWNER.fullmatch(message)) and (match[1] == "type" or _TO_OWNER.search(sql)):
        # Only the owner may (checkCanAlterToNewOwner; scbuild, mustOwn). Views are tables there.
        kind = match[1] if match[1] in ("type", "schema", "database") else "table"
        made["M"] = f"must be owner of {kind} {match[2]}"
    elif match := _NOT_OWNER.fullmatch(message):
        # CockroachDB lets those change a thing too who were granted CREATE or DROP on it.
        reason = unsupported(f"a schema change of {match[1]} {match[2]} by a user who does not own it")
        made["C"], made["M"] = reason.sqlstate, reason.message
        made["H"] = reason.hint or ""


def _new_owner(made: dict[str, str], owner: str, user: str) -> None:
    """An admin may give a thing to anyone, another user to a role of theirs (checkCanAlterToNewOwner)."""
    made["M"] = f'must be member of role "{owner}"'
    if (owner, user) == ("root", "demo"):
        reason = unsupported("OWNER TO root (who is PostgreSQL's superuser here)")
        made["C"], made["M"], made["H"] = reason.sqlstate, reason.message, reason.hint or ""


def _kind(kind: str) -> str:
    return kind if kind in ("schema", "database", "type") else "relation"


def _privilege(kind: str, name: str, sql: str, verb: str) -> str:
    if kind in ("schema", "database"):
        return "CREATE" if verb in ("create", "alter") else "USAGE" if kind == "schema" else "CONNECT"
    if kind == "type":
        return "USAGE"
    if kind == "sequence":
        return "SELECT" if verb == "select" and "nextval" not in sql.lower() else "USAGE"
    if verb == "truncate":
        return "DROP"
    if verb in _ON_TARGET:
        target = _TARGET.search(sql)
        if target and target[1].rpartition(".")[2].strip().strip('"').lower() == name.lower():
            return _ON_TARGET[verb]
    return "SELECT"
