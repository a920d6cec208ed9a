"""Session variables from lines of text, one function a kind: what variables.py is written in.

hidden: they are not in SHOW ALL.
"""

from __future__ import annotations

from cluster.embedded.dialect.variable import Keeper, Kind, Variable


def custom(kind: Kind, lines: str, *, hidden: bool = False) -> dict[str, Variable]:
    """Lines of: name, the default."""
    pairs = (line.strip().partition(" ") for line in lines.strip().splitlines())
    return {name: Variable(Keeper.CUSTOM, value, kind, hidden=hidden) for name, _, value in pairs}


def switches(names: str, default: str, *, hidden: bool = False) -> dict[str, Variable]:
    """Names of BOOLEANs with the same default."""
    return {name: Variable(Keeper.CUSTOM, default, Kind.BOOLEAN, hidden=hidden) for name in names.split()}


def choices(lines: str, *, hidden: bool = False) -> dict[str, Variable]:
    """Lines of: name, the default, the values in the order of the hint."""
    found = {}
    for line in lines.strip().splitlines():
        name, default, *values = line.split()
        found[name] = Variable(Keeper.CUSTOM, default, Kind.CHOICE, tuple(values), hidden=hidden)
    return found


def constants(lines: str, *, hidden: bool = False) -> dict[str, Variable]:
    """Lines of: name, the value."""
    pairs = (line.strip().partition(" ") for line in lines.strip().splitlines())
    return {name: Variable(Keeper.CONSTANT, value, hidden=hidden) for name, _, value in pairs}


def read(lines: str, *, hidden: bool = False) -> dict[str, Variable]:
    """Lines of: name, SQL that gives the value."""
    pairs = (line.strip().partition(" ") for line in lines.strip().splitlines())
    return {name: Variable(Keeper.CONSTANT, sql=sql, hidden=hidden) for name, _, sql in pairs}


def compatible(lines: str, *, hidden: bool = False) -> dict[str, Variable]:
    """Lines of: name, the only value (makeCompatStringVar). LC_* and others that tools set."""
    pairs = (line.split() for line in lines.strip().splitlines())
    return {
        name: Variable(Keeper.COMPATIBLE, value, Kind.CHOICE, (value.lower(),), hidden=hidden)
        for name, value in pairs
    }


def kept(kind: Kind, lines: str) -> dict[str, Variable]:
    """Lines of: name, the default."""
    pairs = (line.strip().partition(" ") for line in lines.strip().splitlines())
    return {name: Variable(Keeper.POSTGRES, value, kind) for name, _, value in pairs}
