"""Query results as tables: values written as the SQL shell writes them, as text and as HTML."""

from __future__ import annotations

import datetime
import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import prettytable

MARGIN = "padding: 0.2em 0.8em; vertical-align: top;"
PRE = f"{MARGIN} text-align: left; white-space: pre-wrap; font-family: var(--jp-code-font-family, monospace);"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows to show, without a count of the rows."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {
            "text/plain": plain(self.columns, self.rows).rpartition("\n")[0],
            "text/html": markup(self.columns, self.rows).rpartition("\n")[0],
        }


def value(cell: Any) -> str:
    """One value as text: NULL, true and false, arrays in braces, JSON as JSON, bytes as \\x…"""
    match cell:
        case None:
            return "NULL"
        case bool():
            return "true" if cell else "false"
        case dict():
            return json.dumps(cell)
        case list() | tuple():
            return "{" + ",".join(value(item) for item in cell) + "}"
        case bytes() | bytearray() | memoryview():
            return "\\x" + bytes(cell).hex()
        case datetime.datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)


def count(rows: int, shown: int) -> str:
    """The line below a table, as the SQL shell prints it, and what is left out."""
    line = f"({rows} row{'' if rows == 1 else 's'})"
    return line if shown == rows else f"{line[:-1]}, the first {shown} are shown)"


def plain(columns: Sequence[str], rows: Sequence[Sequence[Any]], limit: int | None = None) -> str:
    """The table as text, `limit` rows at most, and the count."""
    shown = rows[:limit] if limit else rows
    # prettytable wants different names; a query may give the same one twice.
    table = prettytable.PrettyTable([str(number) for number in range(len(columns))])
    table.header = False
    table.align = "l"
    for number, column in enumerate(columns):
        if _numeric(row[number] for row in shown):
            table.align[str(number)] = "r"
        del column
    table.add_row(list(columns), divider=True)
    # prettytable counts a tab as one character.
    table.add_rows([[value(cell).expandtabs(4) for cell in row] for row in shown])
    return f"{table.get_string()}\n{count(len(rows), len(shown))}"


def markup(columns: Sequence[str], rows: Sequence[Sequence[Any]], limit: int | None = None) -> str:
    """The table as HTML that says the same: text to the left, numbers to the right, code as it is."""
    shown = rows[:limit] if limit else rows
    numeric = [_numeric(row[number] for row in shown) for number in range(len(columns))]
    sides = ["right" if right else "left" for right in numeric]
    head = "".join(
        f'<th scope="col" style="{MARGIN} text-align: {side};">{html.escape(column)}</th>'
        for column, side in zip(columns, sides, strict=True)
    )
    body = "\n".join(
        "<tr>" + "".join(_cell(cell, side) for cell, side in zip(row, sides, strict=True)) + "</tr>"
        for row in shown
    )
    return (
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"
        f"<p>{count(len(rows), len(shown))}</p>"
    )


def _cell(cell: Any, side: str) -> str:
    text = html.escape(value(cell))
    if cell is None:
        return f'<td style="{MARGIN} text-align: {side};"><em>{text}</em></td>'
    if "\n" in text:
        return f'<td style="{PRE}">{text}</td>'
    return f'<td style="{MARGIN} text-align: {side};">{text}</td>'


def _numeric(cells: Iterable[Any]) -> bool:
    """Whether a column holds numbers: some, and nothing else but NULL."""
    kinds = [
        isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
        for cell in cells
        if cell is not None
    ]
    return bool(kinds) and all(kinds)
