"""The session's variables: what the dialect has to know of them, and what another backend has to be told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any

from cluster.embedded.dialect import Effect, Settings, Statement

_DEFAULTS = Settings()
_KNOWN_TO_DIALECT = {each.name for each in fields(Settings)} - {"catalog", "database", "user"}
_ASSIGNMENT = re.compile(r"(SET|RESET) (?!LOCAL |TRANSACTION )(?:SESSION )?(\S+)")


@dataclass(frozen=True, slots=True)
class Variables:
    """The state after some SETs. Immutable, so that a rollback only has to take the earlier one back.

    settings: the dialect's. values: what CockroachDB's own variables were set to. repeat: the SET of each
    variable, for another backend.
    """

    settings: Settings
    values: dict[str, str] = field(default_factory=dict)
    repeat: dict[str, str] = field(default_factory=dict)

    def after(self, statement: Statement) -> Variables:
        """The state after this SET, RESET or DISCARD ALL."""
        settings, values, repeat = self.settings, dict(self.values), dict(self.repeat)
        match statement.effect:
            case Effect.SET:
                name, _, value = (statement.argument or "").partition("\0")
                values[name] = value
                settings = _with(settings, name, value)
            case Effect.RESET:
                everything = statement.argument == "all"
                gone = set(values) if everything else {statement.argument or ""}
                values = {key: value for key, value in values.items() if key not in gone}
                for name in gone & _KNOWN_TO_DIALECT:
                    settings = replace(settings, **{name: getattr(_DEFAULTS, name)})
                if everything:
                    repeat = {}
        if match := _ASSIGNMENT.match(statement.sql):
            verb, name = match.groups()
            repeat.pop(name, None)
            if verb == "SET":
                repeat[name] = statement.sql
        # The search path may have changed, and it is part of what the dialect knows of the tables.
        return Variables(replace(settings, catalog=None), values, repeat)

    def lost(self, earlier: Variables) -> list[str]:
        """What a backend must be told that stands at earlier and is to stand here."""
        names = [name for name in earlier.repeat if name not in self.repeat]
        changed = [sql for name, sql in self.repeat.items() if earlier.repeat.get(name) != sql]
        return [f"RESET {name}" for name in names] + changed

    def on(self, name: str, default: bool) -> bool:
        """Whether a Boolean variable of CockroachDB's is on."""
        return self.values[name] == "on" if name in self.values else default

    @property
    def own_search_path(self) -> bool:
        """Whether the client has set the search path."""
        return any("search_path" in name for name in self.repeat)


def is_local(statement: Statement) -> bool:
    """Whether it is a SET LOCAL: it ends with the transaction."""
    return statement.sql.startswith("SET LOCAL ")


def is_setting(statement: Statement) -> bool:
    """Whether it changes a session variable, for the session or the transaction."""
    return statement.effect in (Effect.SET, Effect.RESET) or statement.sql.startswith(("SET ", "RESET "))


def _with(settings: Settings, name: str, value: str) -> Settings:
    """Settings with one variable changed, if it is one that the dialect has to know."""
    if name not in _KNOWN_TO_DIALECT:
        return settings
    kind = type(getattr(settings, name))
    known: Any = value
    if kind is bool:
        known = value == "on"
    elif kind is int:
        known = int(value)
    return replace(settings, **{name: known})
