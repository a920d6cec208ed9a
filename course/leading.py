"""A comment above a `%%` command. Pure.

IPython wants `%%sql` in the first line of a cell. The box of an exercise begins with `# Your work for 04.1`,
and who writes below that line would read that there is no such magic.
"""

from __future__ import annotations


def without_leading_comments(lines: list[str]) -> list[str]:
    """The lines of a cell, from its `%%` command on if nothing but comments stands above that."""
    for number, line in enumerate(lines):
        if line.startswith("%%"):
            return lines[number:]
        if line.strip() and not line.startswith("#"):
            break
    return lines
