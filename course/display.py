"""Text that a notebook shows: the same content as plain text and as Markdown (or HTML)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Block:
    """Something to show. `plain` says all that `markdown` or `html` says."""

    plain: str
    markdown: str | None = None
    html: str | None = None

    def followed_by(self, sentence: str) -> Block:
        """The same, and a sentence after it. For blocks without HTML."""
        assert self.html is None
        return Block(
            f"{self.plain}\n\n{sentence}", None if self.markdown is None else f"{self.markdown}\n\n{sentence}"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        bundle = {"text/plain": self.plain}
        if self.markdown is not None:
            bundle["text/markdown"] = self.markdown
        if self.html is not None:
            bundle["text/html"] = self.html
        return bundle

    def __repr__(self) -> str:
        return self.plain


def show(thing: object, *, again: bool = False) -> Any:
    """Show something below the cell. again: gives a handle whose update(thing) shows another in its place."""
    from IPython.display import display

    return display(thing, display_id=True if again else None)  # type: ignore[no-untyped-call]


def clear() -> None:
    """Take away what the cell has shown so far, when it shows the next thing."""
    from IPython.display import clear_output

    clear_output(wait=True)  # type: ignore[no-untyped-call]


def created(name: str, text: str) -> Block:
    """That the file `name` is new. What is in it stands in the cell that made it."""
    number = len(text.splitlines())
    rest = f": new, {number} line" + ("" if number == 1 else "s")
    return Block(name + rest, f"`{name}`{rest}")


def diff(name: str, before: str, after: str) -> Block:
    """What changed in the file `name`, as a unified diff with two lines of context.

    The signs - and + carry the meaning; HTML pages and GitHub add colors, JupyterLab does not.
    """
    old, new = before.splitlines(), after.splitlines()
    hunks: list[list[str]] = []
    for line in list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]:
        # The numbers in a hunk's head help no reader here: a blank line parts two hunks as well.
        if line.startswith("@@"):
            hunks.append([])
        else:
            hunks[-1].append(line.rstrip())
    if not hunks:
        return Block(f"{name}: unchanged", f"`{name}`: unchanged")
    body = "\n\n".join("\n".join(_trimmed(hunk)) for hunk in hunks)
    return Block(f"{name}\n{body}", f"`{name}`\n```diff\n{body}\n```")


def _trimmed(hunk: list[str]) -> list[str]:
    """A hunk without the blank lines of context at its ends."""
    while hunk and not hunk[0]:
        hunk = hunk[1:]
    while hunk and not hunk[-1]:
        hunk = hunk[:-1]
    return hunk
