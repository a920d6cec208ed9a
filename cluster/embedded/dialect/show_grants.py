"""SHOW GRANTS on objects and on roles (pkg/sql/delegate/show_grants.go, show_role_grants.go)."""

# ruff: noqa: S608  (the SQL is put together from constants and quote_string() only)
from __future__ import annotations

from cluster.embedded.dialect.model import Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.roles import role_name
from cluster.embedded.dialect.show_rule import shows
from cluster.embedded.dialect.tokens import quote_string

_TAG = "SHOW GRANTS "
_GRANT = "grantee, privilege_type, is_grantable"


@shows("show grants")
def grants(reader: Reader) -> Statement:
    """SHOW GRANTS ON [TABLE] t, … | DATABASE d | SCHEMA s | TYPE t | ROLE [r, …] [FOR user, …]."""
    reader.expect("show", "grants")
    if not reader.accept("on"):
        raise unsupported("SHOW GRANTS of everything")
    if reader.accept("role"):
        return _memberships(reader)
    for kind in ("database", "schema", "type"):
        if reader.at(kind) and reader.peek(1).key not in ("", ",", ".", "for"):
            reader.take()
            return _of_named(reader, kind)
    for kind in ("function", "external", "procedure"):
        if reader.at(kind) and reader.peek(1).key not in ("", ",", ".", "for"):
            raise unsupported(f"SHOW GRANTS ON {kind.upper()}")
    if reader.at("table") and reader.peek(1).key not in ("", ",", ".", "for"):
        reader.take()
    columns = f"database_name, schema_name, table_name, {_GRANT}"
    if reader.accept("*"):
        condition = "schema_name = 'public'"
    else:
        paths = [_path(reader)]
        while reader.accept(","):
            paths.append(_path(reader))
        listed = ", ".join(f"crdb_catalog.find_table({path})" for path in paths)
        condition = f"table_oid IN ({listed})"
    condition += _for(reader)
    return Statement(
        f"SELECT {columns} FROM crdb_catalog.table_grants WHERE {condition} ORDER BY 1, 2, 3, 4, 5, 6",
        tag=_TAG,
    )


def _path(reader: Reader) -> str:
    if reader.peek(1).key == "." and reader.peek(2 if reader.peek(2).key == "*" else 4).key == "*":
        raise unsupported("SHOW GRANTS ON the tables of a schema or database")
    return ", ".join(quote_string(part) for part in reader.path())


def _of_named(reader: Reader, kind: str) -> Statement:
    names = [reader.path()]
    while reader.accept(","):
        names.append(reader.path())
    if any(len(path) > 1 for path in names):
        raise unsupported(f"SHOW GRANTS ON {kind.upper()} with a qualified name")
    listed = ", ".join(quote_string(path[0]) for path in names)
    columns = {
        "database": f"database_name, {_GRANT}",
        "schema": f"database_name, schema_name, {_GRANT}",
        "type": f"database_name, schema_name, type_name, {_GRANT}",
    }[kind]
    condition = f"crdb_catalog.grant_target('{kind}', ARRAY[{listed}]) AND {kind}_name IN ({listed})" + _for(
        reader
    )
    order = ", ".join(str(n + 1) for n in range(columns.count(",") + 1))
    return Statement(
        f"SELECT {columns} FROM crdb_catalog.{kind}_grants WHERE {condition} ORDER BY {order}", tag=_TAG
    )


def _users(reader: Reader) -> str:
    names = [role_name(reader)]
    while reader.accept(","):
        names.append(role_name(reader))
    return ", ".join(quote_string(name) for name in names)


def _for(reader: Reader) -> str:
    """FOR user, …: what they have, of themselves or through a role."""
    if not reader.accept("for"):
        reader.finish()
        return ""
    users = _users(reader)
    reader.finish()
    return f" AND grantee = ANY (crdb_catalog.roles_of(ARRAY[{users}]))"


def _memberships(reader: Reader) -> Statement:
    condition = "true"
    if not reader.done and not reader.at("for"):
        condition = f"role_name IN ({_users(reader)})"
    if reader.accept("for"):
        condition += f" AND member IN ({_users(reader)})"
    reader.finish()
    return Statement(
        f"SELECT * FROM crdb_catalog.memberships WHERE {condition} ORDER BY 1, 2", tag="SHOW GRANTS ON ROLE "
    )
