"""Users and roles: CREATE, ALTER, DROP USER | ROLE (docs, "CREATE ROLE", "ALTER ROLE", "DROP ROLE"; sql.y).

A user is a role that may log in. Their names are folded, quoted or not (pkg/security/username).
"""

from __future__ import annotations

import re

from cluster.embedded.dialect.ddl import block, helper
from cluster.embedded.dialect.literals import string_value
from cluster.embedded.dialect.model import Effect, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, name_of, quote_name, quote_string, words

_NAME = re.compile(r"[a-z_0-9][a-z0-9_.\-]*")
_RESERVED = frozenset(["node", "none", "public"])
_ALWAYS_THERE = frozenset(["admin", "root"])
# Options that PostgreSQL has under the same name.
_SAME = words("login nologin createdb nocreatedb createrole nocreaterole")
# docs, "Role options": what they allow is not here.
_LATER = words(
    """
    bypassrls cancelquery controlchangefeed controljob createlogin modifyclustersetting nobypassrls
    nocancelquery nocontrolchangefeed nocontroljob nocreatelogin nomodifyclustersetting noreplication
    nosqllogin noviewactivity noviewactivityredacted noviewclustersetting provisionsrc replication sqllogin
    subject viewactivity viewactivityredacted viewclustersetting valid
    """
)


def role_name(reader: Reader) -> str:
    """The name of a user or role at the cursor. Raises Refusal (42602, 42939)."""
    token = reader.token
    text = (string_value(reader.take().text) if token.kind is Kind.STRING else reader.name()).lower()
    if text in ("current_user", "session_user", "current_role") and token.kind is Kind.WORD:
        return text
    if not _NAME.fullmatch(text) or len(text) > 63:
        raise Refusal(
            "42602",
            f'username "{text}" is invalid',
            hint="Usernames are case insensitive, must start with a letter, digit or underscore, may contain "
            "letters, digits, dashes, periods, or underscores, and must not exceed 63 characters.",
        )
    return text


def role(reader: Reader) -> str:
    """As role_name(), as SQL; PUBLIC stands for all."""
    text = role_name(reader)
    if text == "public":
        return "PUBLIC"
    return text.upper() if text in ("current_user", "session_user", "current_role") else quote_name(text)


def roles(reader: Reader) -> list[str]:
    """A list of roles as SQL."""
    found = [role(reader)]
    while reader.accept(","):
        found.append(role(reader))
    return found


def create(reader: Reader) -> Statement:
    """CREATE USER | ROLE [IF NOT EXISTS] name [WITH] options."""
    reader.expect("create")
    kind = reader.take().key
    if_not_exists = reader.accept("if", "not", "exists")
    name = role_name(reader)
    if name in _RESERVED:
        raise Refusal("42939", f'role name "{name}" is reserved')
    if name.startswith(("pg_", "crdb_internal")):
        raise Refusal("42939", f'role name "{name}" is reserved')
    if name in ("current_user", "session_user", "current_role"):
        raise Refusal("42939", f"{name.upper()} cannot be used as a role name here")
    options = _options(reader)
    if kind == "user" and "NOLOGIN" not in options:
        options = [*options, "LOGIN"]
    sql = " ".join([f"CREATE ROLE {quote_name(name)}", *options])
    if name in _ALWAYS_THERE:
        sql = "SELECT 1" if if_not_exists else ""
    if not sql:
        raise Refusal("42710", f"a role/user named {name} already exists")
    if if_not_exists and name not in _ALWAYS_THERE:
        condition = f"NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {quote_string(name)})"
        sql = block([f"IF {condition} THEN\n{sql};\nEND IF"])
    return Statement(sql, tag="CREATE ROLE", effect=Effect.DDL)


def _options(reader: Reader) -> list[str]:
    """Role options as PostgreSQL's."""
    reader.accept("with")
    found: list[str] = []
    while not reader.done:
        option = reader.token.key
        if option == "password":
            reader.take()
            found.append(f"PASSWORD {_password(reader)}")
        elif option in _SAME:
            found.append(reader.take().key.upper())
        elif option in _LATER:
            raise unsupported(f"role option {option.upper()}")
        else:
            raise reader.fault()
    return found


def _password(reader: Reader) -> str:
    token = reader.take()
    if token.key == "null":
        return "NULL"
    if token.kind is Kind.STRING:
        return quote_string(string_value(token.text)).strip()
    if token.kind is Kind.PARAM:
        raise unsupported("PASSWORD as a placeholder")
    return quote_string(name_of(token))


def alter(reader: Reader) -> Statement:
    """ALTER USER | ROLE [IF EXISTS] name [WITH] options."""
    reader.expect("alter")
    reader.take()
    if_exists = reader.accept("if", "exists")
    if reader.at("all"):
        raise unsupported("ALTER ROLE ALL")
    name = role_name(reader)
    if reader.token.key in ("set", "reset", "in"):
        raise unsupported(f"ALTER ROLE … {reader.token.text.upper()}")
    if reader.done:
        raise reader.fault()
    sql = " ".join([f"ALTER ROLE {quote_name(name)}", *_options(reader)])
    if if_exists:
        condition = f"EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {quote_string(name)})"
        sql = block([f"IF {condition} THEN\n{sql};\nEND IF"])
    return Statement(sql, tag="ALTER ROLE", effect=Effect.DDL)


def drop(reader: Reader) -> Statement:
    """DROP USER | ROLE [IF EXISTS] name, …"""
    reader.expect("drop")
    reader.take()
    if_exists = reader.accept("if", "exists")
    names = [role_name(reader)]
    while reader.accept(","):
        names.append(role_name(reader))
    reader.finish()
    listed = ", ".join(quote_string(name) for name in names)
    return Statement(
        block([helper("drop_roles", f"ARRAY[{listed}]", str(if_exists).lower())]),
        tag="DROP ROLE",
        effect=Effect.DDL,
    )
