"""SET, RESET, DISCARD (docs, "SET", "RESET"; pkg/sql/set_var.go). SHOW of a variable: show_variable.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cluster.embedded.dialect.database import use_database
from cluster.embedded.dialect.model import Effect, Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import quote_name, quote_string, words
from cluster.embedded.dialect.unimplemented import unimplemented
from cluster.embedded.dialect.variable import Keeper, Kind, Variable
from cluster.embedded.dialect.variable_values import Value, boolean, checked, invalid, single, values
from cluster.embedded.dialect.variables import VARIABLES
from cluster.embedded.dialect.variables_own import FIXED
from cluster.embedded.dialect.variables_postgres import NO_OPS, UNSUPPORTED

# Spellings that CockroachDB's grammar has besides the variable's name.
_ALIASES = {"time zone": "timezone", "names": "client_encoding", "schema": "search_path"}
# Levels that are raised to SERIALIZABLE, and all that there are (pkg/sql/sem/tree/txn.go, IsolationLevelMap).
_BETWEEN = ("repeatable read", "snapshot")
_LEVELS = ("read uncommitted", "read committed", *_BETWEEN, "serializable")
_SEVERITIES = words("debug5 debug4 debug3 debug2 debug1 debug log notice warning error")
_ENCODINGS = frozenset(["utf8", "unicode", "cp65001"])
# Where the dialect lives in PostgreSQL: nobody may look there.
_OURS = frozenset(["crdb_catalog", "crdb_information_schema"])
_COMPATIBILITY = (
    "this parameter is currently recognized only for compatibility and has no effect in CockroachDB."
)
_CUSTOM_NAME = re.compile(r"[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)+")


def unknown(name: str) -> Refusal:
    """The error for a variable that is not there."""
    return Refusal("42704", f'unrecognized configuration parameter "{name}"')


def variable(name: str) -> Variable:
    """The variable of that name; one with a dot may have any name. Raises Refusal (42704, 0A000)."""
    found = VARIABLES.get(name)
    if found is not None:
        return found
    if name in UNSUPPORTED:
        raise unimplemented(f'the configuration setting "{name}" is not supported')
    if _CUSTOM_NAME.fullmatch(name):
        if name.startswith("crdb."):
            raise unsupported(f"custom variable {name}")
        return Variable(Keeper.POSTGRES)
    raise unknown(name)


def variable_name(reader: Reader) -> str:
    """The name of a variable at the cursor: folded, as names are in SET and SHOW, quoted or not."""
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
        return _set_role(reader, scope)
    spelled = reader.token.key
    name = variable_name(reader)
    if not reader.accept("to") and not reader.accept("=") and spelled not in ("time", "names", "schema"):
        raise reader.fault()
    if reader.done:
        raise reader.fault()
    if name == "database":
        if scope == "LOCAL ":
            raise unsupported("SET LOCAL database")
        return use_database(reader)
    found = variable(name)
    if reader.at("default") or (name == "timezone" and reader.at("local")):
        reader.take()
        reader.finish()
        return _set(name, found, scope, None)
    return _set(name, found, scope, values(reader.rest()))


def _set_role(reader: Reader, scope: str) -> Statement:
    """SET ROLE [= | TO] NONE, which is what holds anyway: no other role can be set."""
    reader.expect("role")
    if not reader.accept("to"):
        reader.accept("=")
    if reader.token.text.strip("'").lower() not in ("none", "default"):
        raise unsupported("SET ROLE")
    reader.take()
    reader.finish()
    return Statement(f"SET {scope}crdb.role TO ''", tag="SET")


def startup_setting(name: str, value: str) -> Statement:
    """The SET for a variable of a start-up packet, where each value is text (pkg/sql/pgwire/server.go).

    Raises Refusal: 42704 for an unknown variable, which CockroachDB passes over; others end the start.
    """
    name = name.lower()
    found = variable(name)
    if name == "search_path":
        parts = [part.strip().strip('"') for part in value.split(",") if part.strip()]
        return _set(name, found, "", [Value(part, part) for part in parts])
    return _set(name, found, "", [Value(value, f"'{value}'")], lenient=True)


def _unchangeable(name: str) -> Refusal:
    return Refusal("55P02", f'parameter "{name}" cannot be changed')


def _set(
    name: str, found: Variable, scope: str, given: Sequence[Value] | None, *, lenient: bool = False
) -> Statement:
    """given: the values; None: the default."""
    if found.keeper is Keeper.CONSTANT:
        raise _unchangeable(name)
    if found.keeper is Keeper.INERT:
        return Statement(
            f"SET {scope}crdb.{name} TO ''", "SET", notices=(Notice(f"{name} no longer has any effect"),)
        )
    if found.keeper is Keeper.COMPATIBLE:
        if given is not None:
            _compatible(name, found, single(name, given))
        return Statement(f"SET {scope}crdb.{name} TO ''", tag="SET")
    notices: tuple[Notice, ...] = ()
    if name in NO_OPS:
        notices = (Notice(f'setting session var "{name}" is a no-op', severity="WARNING"),)
    if name == "timezone":
        return _time_zone(scope, None if given is None else single(name, given))
    if found.keeper is not Keeper.CUSTOM:
        text = "DEFAULT" if given is None else _postgres_value(name, found, given, lenient=lenient)
        return Statement(f"SET {scope}{quoted(found.alias or name)} TO {text}", tag="SET")
    text = found.default if given is None else checked(name, found, single(name, given), lenient=lenient)
    if name in FIXED and text != found.default:
        raise unsupported(f"SET {name} = {text}")
    return Statement(
        f"SET {scope}crdb.{name} TO {quote_string(text).strip()}",
        tag="SET",
        effect=Effect.SET,
        argument=f"{name}\0{text}",
        notices=notices,
    )


def quoted(name: str) -> str:
    """A variable's name in PostgreSQL's SQL."""
    return ".".join(quote_name(part) for part in name.split("."))


def _compatible(name: str, found: Variable, value: Value) -> None:
    """Raises Refusal when the value is not one of those that are taken and change nothing."""
    if name == "client_encoding":
        cleaned = re.sub(r"[^a-z0-9]", "", value.text.lower())
        if cleaned not in _ENCODINGS:
            raise unimplemented(f'unimplemented client encoding: "{cleaned}"', issue=35882)
        return
    if name == "password_encryption":
        if value.text != found.default:
            raise _unchangeable(name)
        return
    text = boolean(name, value.text) if found.kind is Kind.BOOLEAN else value.text.lower()
    if text not in found.values:
        raise invalid(
            f'invalid value for parameter "{name}": "{value.text}"',
            detail=_COMPATIBILITY if name not in ("default_tablespace", "optimizer") else None,
            hint=f"Available values: {','.join(found.values)}",
        )


def _postgres_value(name: str, found: Variable, given: Sequence[Value], *, lenient: bool) -> str:
    """What PostgreSQL's SET gets."""
    if name == "search_path":
        return _search_path(given)
    value = single(name, given)
    if "." in name:
        return quote_string(value.text).strip()
    text = checked(name, found, value, lenient=lenient)
    if name == "transaction_timeout" and re.search("[1-9]", text):
        raise unsupported(f"SET transaction_timeout = {text}")  # PostgreSQL's ends the session
    if name == "bytea_output" and text == "base64":
        raise unsupported("SET bytea_output = base64")
    if name == "datestyle":
        words = [word.strip() for word in text.lower().split(",")]
        if {"sql", "postgres", "german"} & set(words):
            raise unimplemented("only ISO style is supported", issue=41773)
    if name == "client_min_messages" and text.lower() not in _SEVERITIES:
        raise unsupported(f"SET client_min_messages = {text}")
    if name in ("default_transaction_isolation", "transaction_isolation"):
        if text.lower() not in _LEVELS:
            raise invalid(
                f'invalid value for parameter "{name}": "{text}"',
                hint="Available values: serializable,read committed",
            )
        return "serializable" if text.lower() in _BETWEEN else quote_string(text).strip()
    return quote_string(text).strip()


def _time_zone(scope: str, value: Value | None) -> Statement:
    """SET TIME ZONE: a name, hours from UTC, or an interval."""
    text = "DEFAULT"
    if value is not None and value.type == "interval":
        text = f"INTERVAL {quote_string(value.text).strip()}"
    elif value is not None:
        text = quote_string(value.text).strip() if value.type == "string" else value.text
    return Statement(f"SET {scope}TIME ZONE {text}", tag="SET")


def _search_path(given: Sequence[Value]) -> str:
    if any(value.text in _OURS for value in given):
        raise unsupported("crdb_catalog in the search path")
    return ", ".join(quote_string(value.text).strip() for value in given) or "''"


def reset(reader: Reader) -> Statement:
    """RESET name | RESET ALL | RESET SESSION name."""
    reader.expect("reset")
    if reader.at("cluster", "setting"):
        raise unsupported("RESET CLUSTER SETTING")
    if reader.accept("all"):
        reader.finish()
        return Statement("RESET ALL", tag="RESET", effect=Effect.RESET, argument="all")
    reader.accept("session")
    name = variable_name(reader)
    reader.finish()
    if name == "database":
        raise unsupported("RESET database")
    found = variable(name)
    if name == "role":
        return Statement("SET crdb.role TO ''", tag="RESET")
    if found.keeper is Keeper.CONSTANT:
        raise _unchangeable(name)
    if name == "timezone":
        return Statement("SET TIME ZONE DEFAULT", tag="RESET")
    if found.keeper is Keeper.CUSTOM:
        return Statement(f"SET crdb.{name} TO ''", tag="RESET", effect=Effect.RESET, argument=name)
    if found.keeper in (Keeper.INERT, Keeper.COMPATIBLE):
        made = _set(name, found, "", None)
        return Statement(made.sql, tag="RESET", notices=made.notices)
    return Statement(f"RESET {quoted(found.alias or name)}", tag="RESET")


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
