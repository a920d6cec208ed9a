"""The cheat sheet: one page of commands and patterns, as Markdown and as a page to print."""

from __future__ import annotations

import html
import re

from course.lessons import Lesson, lessons

from . import page
from .recipes import GROUPS, RULES, Group

_TITLE = "Cheat sheet: Alembic on CockroachDB"
_NOTE = (
    "`…` stands for anything. The number is the lesson that shows it. In a notebook write `%alembic` for "
    "`alembic`, and SQL behind `%sql` or below `%%sql`."
)

_PAGE = """\
<!DOCTYPE html>
<!-- Made by `make handouts` from handouts/recipes.py. Do not change it here. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  @page {{ size: A4 landscape; margin: 8mm; }}
  body {{ font: 8.2pt/1.25 system-ui, "DejaVu Sans", sans-serif; color: #111; background: #fff;
         margin: 0 auto; max-width: 281mm; }}
  h1 {{ font-size: 13pt; margin: 0 0 1mm; }}
  main {{ columns: 3; column-gap: 5mm; }}
  section {{ margin: 0 0 2.2mm; }}
  h2 {{ font-size: 10pt; margin: 0 0 .6mm; border-bottom: 1px solid #111; break-after: avoid; }}
  dl, ol, p {{ margin: 0; }}
  p {{ margin-bottom: 2mm; }}
  dl div, li {{ break-inside: avoid; padding: .25mm 0; }}
  dt, dd {{ display: inline; margin: 0; }}
  code {{ font: 7.5pt/1.15 ui-monospace, "DejaVu Sans Mono", monospace; background: #eef1f6; padding: 0 .6mm;
         overflow-wrap: anywhere; }}
  .lesson {{ white-space: nowrap; color: #444; }}
  a {{ color: inherit; }}
  ol {{ padding-left: 5.5mm; }}
  @media screen {{ body {{ padding: 6mm; }} }}
  @media screen and (max-width: 60rem) {{ main {{ columns: 1; }} body {{ font-size: 11pt; }}
    code {{ font-size: 10pt; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{note}</p>
<main>
{groups}
</main>
</body>
</html>
"""


def made() -> str:
    """The text of docs/cheat-sheet.md."""
    course = _course()
    parts = [
        page.head(_TITLE, "handouts/recipes.py").rstrip(),
        f"{_NOTE} To print: [cheat-sheet.html](cheat-sheet.html), one page of A4.",
    ]
    for group in groups(course):
        rows = [
            (f"`{recipe.command}`", recipe.does, page.link(course[recipe.lesson], recipe.lesson))
            for recipe in group.recipes
        ]
        parts += [f"## {group.title}", page.table(("type", "for", "lesson"), rows)]
    rules = [
        f"- {rule.text} {page.link(course[rule.lesson], rule.lesson)}"
        for rule in RULES
        if rule.lesson in course
    ]
    return "\n\n".join([*parts, "## Rules to keep", "\n".join(rules)]) + "\n"


def made_html() -> str:
    """The text of docs/cheat-sheet.html: one page of A4, and readable on a screen."""
    course = _course()
    sections = []
    for group in groups(course):
        rows = [
            f"<div><dt><code>{html.escape(recipe.command)}</code></dt> "
            f"<dd>{_inline(recipe.does)} {_number(course[recipe.lesson])}</dd></div>"
            for recipe in group.recipes
        ]
        sections.append(_section(group.title, "<dl>\n" + "\n".join(rows) + "\n</dl>"))
    rules = [
        f"<li>{_inline(rule.text)} {_number(course[rule.lesson])}</li>"
        for rule in RULES
        if rule.lesson in course
    ]
    sections.append(_section("Rules to keep", "<ol>\n" + "\n".join(rules) + "\n</ol>"))
    return _PAGE.format(title=html.escape(_TITLE), note=_inline(_NOTE), groups="\n".join(sections))


def groups(course: dict[str, Lesson]) -> list[Group]:
    """The groups, with the lines that belong to these lessons."""
    kept = [
        Group(group.title, tuple(recipe for recipe in group.recipes if recipe.lesson in course))
        for group in GROUPS
    ]
    return [group for group in kept if group.recipes]


def complaints() -> list[str]:
    """What is wrong with the recipes: a command that its lesson does not show."""
    course = _course()
    return [
        f"handouts/recipes.py: lesson {recipe.lesson} does not show: {recipe.command}"
        for group in groups(course)
        for recipe in group.recipes
        if not shows(course[recipe.lesson], recipe.command)
    ]


def shows(lesson: Lesson, command: str) -> bool:
    """Whether a cell of the lesson holds the command; `…` stands for anything."""
    wanted = re.compile(".*?".join(re.escape(_joined(piece)) for piece in command.split("…")))
    return any(wanted.search(_joined(cell.source)) for cell in lesson.cells)


def _joined(text: str) -> str:
    """Text without blanks and line ends: a lesson may break a line where the sheet does not."""
    return "".join(text.split()).replace(",)", ")")


def _course() -> dict[str, Lesson]:
    return {lesson.number: lesson for lesson in lessons()}


def _section(title: str, body: str) -> str:
    return f"<section>\n<h2>{html.escape(title)}</h2>\n{body}\n</section>"


def _number(lesson: Lesson) -> str:
    return f'<span class="lesson">[<a href="../notebooks/{lesson.path.name}">{lesson.number}</a>]</span>'


def _inline(text: str) -> str:
    """Text with code in backticks as HTML."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
