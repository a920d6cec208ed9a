"""SET, RESET, SHOW of session variables (docs, "SET", "RESET", "SHOW"; pkg/sql/vars.go, set_var.go)."""

# ruff: noqa: S608  (the SQL is put together from the names in VARIABLES and quote_string() only)
from __future__ import annotations

import re
from collections.abc import Sequence

from cluster.embedded.dialect.database import use_database
from cluster.embedded.dialect.model import Effect, Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, name_of, quote_name, quote_string
from cluster.embedded.dialect.variables import BOOLEAN, FIXED, NUMBER, VARIABLES, Keeper, Variable

_TRUE = frozenset(["on", "true", "yes", "t", "y", "1"])
_FALSE = frozenset(["off", "false", "no", "f", "n", "0"])
_NO_OPS = frozenset(["synchronous_commit", "enable_seqscan"])
# Spellings that CockroachDB's grammar has besides the variable's name.
_ALIASES = {"time zone": "timezone", "names": "client_encoding", "schema": "search_path"}
_INTERVAL = re.compile(r"^-?\d+$")


def unknown(name: str) -> Refusal:
    """The error for a variable that is not there."""
    return Refusal("42704", f'unrecognized configuration parameter "{name}"')


def variable(name: str) -> Variable:
    """The variable of that name. Raises Refusal (42704)."""
    found = VARIABLES.get(name)
    if found is None:
        raise unknown(name)
    return found


def _name(reader: Reader) -> str:
    for spelling, name in _ALIASES.items():
        if reader.accept(*spelling.split()):
            return name
    name = reader.name().lower()
    while reader.accept("."):
        name += "." + reader.name().lower()
    return name


def set_variable(reader: Reader) -> Statement:
    """SET [SESSION | LOCAL] name {= | TO} value, … | DEFAULT. Raises Refusal."""
    reader.expect("set")
    if reader.at("cluster", "setting"):
        raise unsupported("SET CLUSTER SETTING")
    if reader.at("tracing") or reader.at("session", "tracing"):
        raise unsupported("SET TRACING")
    scope = ""
    if reader.token.key in ("session", "local") and reader.peek(1).key not in ("=", "to"):
        scope = reader.take().text.upper() + " "
        if reader.at("authorization"):
            raise unsupported("SET SESSION AUTHORIZATION")
    if reader.at("role"):
        raise unsupported("SET ROLE")
    spelled = reader.token.key
    name = _name(reader)
    if not reader.accept("to") and not reader.accept("=") and spelled not in ("time", "names", "schema"):
        raise reader.fault()
    if reader.done:
        raise reader.fault()
    if name == "database":
        if scope == "LOCAL ":
            raise unsupported("SET LOCAL database")
        return use_database(reader)
    return _set(name, variable(name), scope, reader.rest())


def _set(name: str, found: Variable, scope: str, value: Sequence[Token]) -> Statement:
    if found.keeper is Keeper.CONSTANT:
        raise Refusal("55P02", f'parameter "{name}" cannot be changed')
    if any(token.key == "(" for token in value):
        raise unsupported("expression as the value of a session variable")
    default = len(value) == 1 and value[0].key == "default"
    if found.keeper is not Keeper.CUSTOM:
        text = "DEFAULT" if default else _postgres_value(name, found, value)
        return Statement(f"SET {scope}{quote_name(name)} TO {text}", tag="SET")
    text = found.default if default else _checked(name, found, _text(value))
    if name in FIXED and text != found.default:
        raise unsupported(f"SET {name} = {text}")
    notices: tuple[Notice, ...] = ()
    if name in _NO_OPS:
        notices = (Notice(f'setting session var "{name}" is a no-op', severity="WARNING", sqlstate="01000"),)
    return Statement(
        f"SET {scope}crdb.{name} TO {quote_string(text).strip()}",
        tag="SET",
        effect=Effect.SET,
        argument=f"{name}\0{text}",
        notices=notices,
    )


def _postgres_value(name: str, found: Variable, value: Sequence[Token]) -> str:
    if name == "search_path" and len(value) == 1 and value[0].kind is Kind.STRING and value[0].text == "''":
        return "''"
    text = "".join(token.space + token.text for token in value).strip()
    if name == "standard_conforming_strings" and _text(value).lower() not in _TRUE:
        raise Refusal("22023", f'invalid value for parameter "{name}": "{_text(value)}"')
    if name in ("default_transaction_isolation", "transaction_isolation") and _text(value).lower() in (
        "repeatable read",
        "snapshot",
    ):
        return "serializable"
    return text


def _text(value: Sequence[Token]) -> str:
    """The value as text, without quotes."""
    parts = []
    for token in value:
        if token.kind is Kind.STRING:
            parts.append(token.text[1:-1].replace("''", "'"))
        elif token.kind in (Kind.WORD, Kind.QUOTED):
            parts.append(name_of(token))
        else:
            parts.append(token.text)
    return "".join(parts)


def _checked(name: str, found: Variable, text: str) -> str:
    """The value as SHOW prints it. Raises Refusal (22023)."""
    lower = text.lower()
    if found.values == BOOLEAN:
        if lower not in _TRUE | _FALSE:
            raise Refusal("22023", f'parameter "{name}" requires a Boolean value')
        return "on" if lower in _TRUE else "off"
    if found.values == NUMBER:
        if not _INTERVAL.match(text):
            raise Refusal("22023", f'parameter "{name}" requires an integer value')
        if name == "default_int_size" and text not in ("4", "8"):
            raise Refusal("22023", "only 4 or 8 are supported by default_int_size")
        return text
    if found.values:
        if {"on", "off"} & set(found.values):
            lower = "on" if lower in _TRUE else "off" if lower in _FALSE else lower
        if lower not in found.values:
            allowed = ",".join(found.values)
            raise Refusal(
                "22023",
                f'invalid value for parameter "{name}": "{text}"',
                hint=f"Available values: {allowed}",
            )
        return lower
    return text


def reset(reader: Reader) -> Statement:
    """RESET name | RESET ALL | RESET SESSION name."""
    reader.expect("reset")
    if reader.at("cluster", "setting"):
        raise unsupported("RESET CLUSTER SETTING")
    if reader.accept("all"):
        reader.finish()
        return Statement("RESET ALL", tag="RESET", effect=Effect.RESET, argument="all")
    reader.accept("session")
    name = _name(reader)
    reader.finish()
    found = variable(name)
    if found.keeper is Keeper.CONSTANT:
        raise Refusal("55P02", f'parameter "{name}" cannot be changed')
    if found.keeper is Keeper.CUSTOM:
        return Statement(f"SET crdb.{name} TO ''", tag="RESET", effect=Effect.RESET, argument=name)
    return Statement(f"RESET {quote_name(name)}", tag="RESET")


def discard(reader: Reader) -> Statement:
    """DISCARD ALL (the other forms are not CockroachDB's, but SEQUENCES and TEMP)."""
    reader.expect("discard")
    what = reader.one_of("all", "sequences", "temp", "temporary")
    if what is None:
        raise reader.fault()
    reader.finish()
    if what == "all":
        return Statement("DISCARD ALL", tag="DISCARD ALL", effect=Effect.RESET, argument="all")
    return Statement(f"DISCARD {what.upper()}", tag="DISCARD")


# -- SHOW -------------------------------------------------------------------------------------------------


def _value(name: str) -> str:
    """SQL that gives the variable's value as text."""
    found = variable(name)
    if found.sql:
        return found.sql
    if found.keeper is Keeper.CONSTANT:
        return f"{quote_string(found.default)}::text"
    if found.keeper is Keeper.CUSTOM:
        current = f"current_setting('crdb.{name}', true)"
        return f"coalesce(nullif({current}, ''), {quote_string(found.default)})"
    if found.keeper is Keeper.MILLISECONDS:
        return f"(SELECT setting FROM pg_catalog.pg_settings WHERE name = '{name}')"
    return f"current_setting('{name}')"


def show_variable(reader: Reader) -> Statement:
    """SHOW name | SHOW [SESSION] name | SHOW TRANSACTION … | SHOW ALL. Raises Refusal."""
    reader.expect("show")
    if reader.accept("all"):
        if not reader.done:
            raise unsupported("SHOW ALL CLUSTER SETTINGS")
        rows = ", ".join(f"({quote_string(name)}, {_value(name)})" for name in sorted(VARIABLES))
        return Statement(f"SELECT * FROM (VALUES {rows}) v (variable, value)", tag="SHOW ")
    if reader.accept("transaction"):
        name = "transaction_" + _transaction_property(reader)
    else:
        if reader.at("cluster", "setting"):
            raise unsupported("SHOW CLUSTER SETTING")
        if reader.at("session") and reader.peek(1).key:
            reader.take()
        name = _name(reader)
    reader.finish()
    return Statement(f"SELECT {_value(name)} AS {quote_name(name)}", tag="SHOW ")


def _transaction_property(reader: Reader) -> str:
    if reader.accept("isolation", "level"):
        return "isolation"
    if reader.accept("priority"):
        return "priority"
    if reader.at("status"):
        raise unsupported("SHOW TRANSACTION STATUS")
    raise reader.fault()
