"""What a session variable is (pkg/sql/vars.go, sessionVar)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Keeper(Enum):
    """Who keeps a variable's value."""

    POSTGRES = auto()  # under the same name (or Variable.alias)
    MILLISECONDS = auto()  # PostgreSQL too; shown as a number of milliseconds
    CUSTOM = auto()  # PostgreSQL's custom setting crdb.<name>
    CONSTANT = auto()  # read only
    COMPATIBLE = auto()  # always the default; SET takes only the values in `values`
    INERT = auto()  # always the default; SET says that it has no effect any more


class Kind(Enum):
    """What a variable takes."""

    TEXT = auto()
    BOOLEAN = auto()
    INTEGER = auto()
    FLOAT = auto()
    BYTES = auto()
    DURATION = auto()
    CHOICE = auto()  # one of `values`, in any case


@dataclass(frozen=True, slots=True)
class Variable:
    """A session variable.

    values: what a CHOICE or COMPATIBLE variable takes, in the order of its hint. spelled: the name in the
    error for another value. sql: gives the value of a read-only variable, instead of default. hidden: not
    in SHOW ALL. alias: PostgreSQL's name, if it is another.
    """

    keeper: Keeper
    default: str = ""
    kind: Kind = Kind.TEXT
    values: tuple[str, ...] = ()
    spelled: str = ""
    sql: str = ""
    hidden: bool = False
    alias: str = ""
    least: int | None = 0  # of an INTEGER
