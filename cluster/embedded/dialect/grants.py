"""GRANT, REVOKE, ALTER DEFAULT PRIVILEGES (docs, "GRANT", "REVOKE", "Authorization"; sql.y grant_stmt).

What PostgreSQL's privileges mean, CockroachDB's of the same name mean too. CREATE and DROP on a table have no
equal there (its owner alone may change it), and are refused. All these statements, and those about roles,
count as schema changes (pkg/sql/sem/tree/stmt.go, StatementReturnType).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cluster.embedded.dialect.ddl import block, relation, sql_name
from cluster.embedded.dialect.model import Effect, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.roles import roles
from cluster.embedded.dialect.tokens import quote_name, words

# The kinds of objects, and the privileges of each that are here: docs, "Supported privileges".
_HERE: dict[str, frozenset[str]] = {
    "table": words("select insert update delete maintain"),
    "sequence": words("select update usage"),
    "database": words("connect create"),
    "schema": words("usage create"),
    "type": words("usage"),
}
_TABLE = words(
    """
    backup bypassrls changefeed create delete drop insert maintain replicationdest replicationsource select
    trigger update zoneconfig
    """
)
# All that CockroachDB has (privilege.go, the valid privileges of each kind).
_VALID: dict[str, frozenset[str]] = {
    "table": _TABLE,
    "sequence": words("create drop insert delete select update usage zoneconfig"),
    "database": words("backup connect create drop restore zoneconfig"),
    "schema": words("changefeed create usage"),
    "type": words("usage"),
}
_KNOWN = frozenset().union(*_VALID.values()) | words("execute")
# The databases that a new cluster has are root's, who granted what public has there.
_ROOTS = re.compile(r'"(defaultdb|postgres)"')


@dataclass(frozen=True, slots=True)
class _Target:
    """What is granted on: its kind, and PostgreSQL's words for it, of each statement that it takes."""

    kind: str
    sql: tuple[str, ...]


def grant(reader: Reader) -> Statement:
    """GRANT privileges ON … TO … [WITH GRANT OPTION] | GRANT role TO … [WITH ADMIN OPTION]."""
    reader.expect("grant")
    if reader.at("system"):
        raise unsupported("GRANT SYSTEM")
    if _is_membership(reader, "to"):
        granted = roles(reader)
        _no_admin(granted)
        reader.expect("to")
        members = f"TO {', '.join(roles(reader))}"
        if reader.accept("with", "admin", "option"):
            members += " WITH ADMIN OPTION"
        reader.finish()
        return Statement(f"GRANT {', '.join(granted)} {members}", tag="GRANT", effect=Effect.DDL)
    privileges = _privileges(reader)
    reader.expect("on")
    target = _target(reader)
    reader.expect("to")
    tail = f"TO {', '.join(roles(reader))}"
    if reader.accept("with", "grant", "option"):
        tail += " WITH GRANT OPTION"
    reader.finish()
    return _statement("GRANT", "GRANT", privileges, target, tail)


def revoke(reader: Reader) -> Statement:
    """REVOKE [GRANT OPTION FOR] privileges ON … FROM … | REVOKE [ADMIN OPTION FOR] role FROM …"""
    reader.expect("revoke")
    if reader.at("system"):
        raise unsupported("REVOKE SYSTEM")
    option = "ADMIN OPTION FOR " if reader.accept("admin", "option", "for") else ""
    if option or _is_membership(reader, "from"):
        granted = roles(reader)
        _no_admin(granted)
        reader.expect("from")
        members = ", ".join(roles(reader))
        reader.finish()
        return Statement(
            f"REVOKE {option}{', '.join(granted)} FROM {members}", tag="REVOKE", effect=Effect.DDL
        )
    option = "GRANT OPTION FOR " if reader.accept("grant", "option", "for") else ""
    privileges = _privileges(reader)
    reader.expect("on")
    target = _target(reader)
    reader.expect("from")
    losing = roles(reader)
    tail = f"FROM {', '.join(losing)}"
    reader.finish()
    if target.kind == "database" and "PUBLIC" in losing and _ROOTS.search(target.sql[0]):
        raise unsupported("REVOKE … FROM public on a database of root's")
    return _statement("REVOKE", f"REVOKE {option}".rstrip(), privileges, target, tail)


def _statement(tag: str, verb: str, privileges: list[str], target: _Target, tail: str) -> Statement:
    _check(privileges, target.kind)
    steps = []
    for place, what in enumerate(target.sql):
        kept = privileges
        if place:  # ALL TABLES means the sequences too
            kept = [each for each in privileges if each == "all" or each in _HERE["sequence"]]
        if kept:
            steps.append(f"{verb} {', '.join(kept).upper()} ON {what} {tail}")
    return Statement(steps[0] if len(steps) == 1 else block(steps), tag=tag, effect=Effect.DDL)


def _is_membership(reader: Reader, end: str) -> bool:
    """Whether roles are granted, not privileges: there is no ON before TO or FROM."""
    for token in reader.tokens[reader.position :]:
        if token.key == end:
            return True
        if token.key == "on":
            return False
    return False


def _no_admin(granted: list[str]) -> None:
    for role in ("admin", "root"):
        if f'"{role}"' in granted:
            raise unsupported(f"membership in the role {role}")


def _privileges(reader: Reader) -> list[str]:
    if reader.accept("all"):
        reader.accept("privileges")
        return ["all"]
    found: list[str] = []
    while not found or reader.accept(","):
        word = reader.take().key
        if word not in _KNOWN:
            reader.position -= 1
            raise Refusal("42601", f'not a valid privilege: "{word}"')
        if reader.at("("):
            raise unsupported("privileges on columns")
        found.append(word)
    return found


def _check(privileges: list[str], kind: str) -> None:
    for each in privileges:
        if each == "all" or each in _HERE[kind]:
            continue
        if each not in _VALID[kind]:
            # pkg/sql/privilege, ValidatePrivileges
            raise Refusal("0LP01", f"invalid privilege type {each.upper()} for {kind}")
        raise unsupported(f"privilege {each.upper()} on a {kind}")


def _target(reader: Reader) -> _Target:
    """What stands after ON."""
    if reader.accept("all"):
        kind = reader.take().key
        if kind not in ("tables", "sequences"):
            raise unsupported(f"GRANT ON ALL {kind.upper()}")
        reader.expect("in", "schema")
        schemas = ", ".join(_names(reader))
        both = (f"ALL TABLES IN SCHEMA {schemas}", f"ALL SEQUENCES IN SCHEMA {schemas}")
        return _Target("table", both) if kind == "tables" else _Target("sequence", both[1:])
    for kind in ("database", "schema", "type", "sequence"):
        if reader.at(kind) and reader.peek(1).key not in (",", ".", "to", "from"):
            reader.take()
            return _Target(kind, (f"{kind.upper()} {', '.join(_names(reader))}",))
    for kind in ("function", "procedure", "external"):
        if reader.at(kind) and reader.peek(1).key not in (",", ".", "to", "from"):
            raise unsupported(f"GRANT ON {kind.upper()}")
    if reader.at("table") and reader.peek(1).key not in (",", ".", "to", "from"):
        reader.take()
    if schema := _star(reader):
        return _Target("table", (f"ALL TABLES IN SCHEMA {schema}", f"ALL SEQUENCES IN SCHEMA {schema}"))
    return _Target("table", (f"TABLE {', '.join(_names(reader))}",))


def _star(reader: Reader) -> str:
    """The schema of `*`, `schema.*`, `database.schema.*`; "" if it is a name."""
    if reader.accept("*"):
        return "public"
    position = reader.position
    path = []
    while reader.peek(1).key == ".":
        path.append(reader.name())
        reader.take()
        if reader.accept("*"):
            whole = path[-1] if len(path) > 1 or path[0] != reader.settings.database else "public"
            return quote_name(whole)
    reader.position = position
    return ""


def _names(reader: Reader) -> list[str]:
    found = [sql_name(relation(reader))]
    while reader.accept(","):
        found.append(sql_name(relation(reader)))
    return found


_OBJECTS = {"tables": "table", "sequences": "sequence", "types": "type", "schemas": "schema"}


def default_privileges(reader: Reader) -> Statement:
    """ALTER DEFAULT PRIVILEGES [FOR ROLE r] [IN SCHEMA s] GRANT | REVOKE … ON TABLES | SEQUENCES | TYPES …"""
    reader.expect("alter", "default", "privileges")
    head = "ALTER DEFAULT PRIVILEGES"
    if reader.accept("for"):
        if reader.at("all"):
            raise unsupported("ALTER DEFAULT PRIVILEGES FOR ALL ROLES")
        if not reader.one_of("role", "user"):
            raise reader.fault()
        head += f" FOR ROLE {', '.join(roles(reader))}"
    if reader.accept("in", "schema"):
        head += f" IN SCHEMA {', '.join(_names(reader))}"
    verb = reader.one_of("grant", "revoke")
    if verb is None:
        raise reader.fault()
    option = "GRANT OPTION FOR " if verb == "revoke" and reader.accept("grant", "option", "for") else ""
    privileges = _privileges(reader)
    reader.expect("on")
    objects = reader.take().key
    if objects not in _OBJECTS:
        raise unsupported(f"ALTER DEFAULT PRIVILEGES … ON {objects.upper()}")
    _check(privileges, _OBJECTS[objects])
    reader.expect("to" if verb == "grant" else "from")
    members = ", ".join(roles(reader))
    tail = f"{'TO' if verb == 'grant' else 'FROM'} {members}"
    if verb == "grant" and reader.accept("with", "grant", "option"):
        tail += " WITH GRANT OPTION"
    reader.finish()
    listed = ", ".join(privileges).upper()
    sql = f"{head} {verb.upper()} {option}{listed} ON {objects.upper()} {tail}"
    return Statement(sql, tag="ALTER DEFAULT PRIVILEGES", effect=Effect.DDL)
