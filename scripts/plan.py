"""The tables of lessons in lesson 00 and in the README, brought up to date.

    python -m scripts.plan

Titles, files and minutes are the notebooks' own. What you will do stands in lesson 00; the README repeats it.
A lesson that has no row yet wants one by hand: tests/notebooks/test_plan.py names it.
"""

from __future__ import annotations

import re

from course.lessons import Lesson, lessons
from notebook_tools.lessons import FOLDER
from notebook_tools.normal import normal, read, text
from notebook_tools.sandbox import ROOT

ROW = re.compile(r"^\| (\d\d) \| [^|]* \| ([^|]*) \|.*$", re.MULTILINE)


def updated(prose: str, known: dict[str, Lesson], words: dict[str, str], *, readme: bool) -> str:
    """The same text with each row as it should be. words: what one will do, by lesson; missing ones stay."""

    def row(found: re.Match[str]) -> str:
        lesson = known.get(found[1])
        if lesson is None:
            return found[0]
        here = lesson.number == "00" and not readme
        title = lesson.title if here else f"[{lesson.title}]({'notebooks/' * readme}{lesson.path.name})"
        cells = [found[1], title, words.get(found[1], found[2])]
        return f"| {' | '.join(cells if readme else [*cells, str(lesson.minutes)])} |"

    return ROW.sub(row, prose)


def main() -> None:
    """Write both files anew."""
    known = {lesson.number: lesson for lesson in lessons()}
    start = FOLDER / "00-start-here.ipynb"
    notebook = read(start)
    words: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = updated(cell.source, known, {}, readme=False)
            words |= dict(ROW.findall(cell.source))
    start.write_text(text(normal(notebook)), encoding="utf-8")
    readme = ROOT / "README.md"
    prose = readme.read_text(encoding="utf-8")
    readme.write_text(updated(prose, known, words, readme=True), encoding="utf-8")


if __name__ == "__main__":
    main()
