"""What a notebook of the course must look like: one small function for each rule, all in one list."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from notebook_tools.engines import EMBEDDED_ONLY, EMBEDDED_OUTPUT, SINCE
from notebook_tools.normal import normal, read, text

SECTIONS = ("What you will learn", "What you need", "What you learned")
# Documentation that lasts, and the homes of the projects that the course is about.
HOSTS = re.compile(
    r"(^|\.)(cockroachlabs\.com|sqlalchemy\.org|python\.org|jupyter\.org|postgresql\.org|pydata\.org|github\.com)$"
    r"|^docs\.astral\.sh$"
)
# Pages that say something else a year later: a branch's files, one version's documentation.
_MOVING = re.compile(
    r"github\.com/[^/]+/[^/]+/(?:blob|tree)/(?:master|main|HEAD)\b|cockroachlabs\.com/docs/v\d"
)
# Folders where a person's or a machine's files are.
_MACHINE = re.compile(r"(?<![\w./:])/(?:home|Users|root|work|private|mnt|opt|tmp|var)/[\w.-]+")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CELL = re.compile(r"#cell-id=(.+)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)|<img\b([^>]*)>")
_UNCOMPARED = {"nbval-ignore-output", "nbval-skip"}
_TAGS = {"step", "scene", "raises-exception", EMBEDDED_ONLY, EMBEDDED_OUTPUT} | _UNCOMPARED
_SINCE = re.compile(re.escape(SINCE) + r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Subject:
    """A notebook under the rules: its content, its file, and the notebooks of the course in order."""

    notebook: NotebookNode
    path: Path
    course: list[Path] = field(default_factory=list)

    def code(self) -> Iterator[tuple[int, NotebookNode]]:
        """The code cells, numbered from 1 as JupyterLab does."""
        yield from enumerate((c for c in self.notebook.cells if c.cell_type == "code"), 1)

    def prose(self) -> str:
        """All markdown, without code blocks: a `#` in there is no heading."""
        cells = "\n\n".join(c.source for c in self.notebook.cells if c.cell_type == "markdown")
        return re.sub(r"^(```|~~~).*?^\1", "", cells, flags=re.MULTILINE | re.DOTALL)


def headings(subject: Subject) -> Iterator[str]:
    """One H1, at the very top, and no level left out below it."""
    found = [(len(m[1]), m[2]) for m in re.finditer(r"^(#{1,6}) +(.+?) *$", subject.prose(), re.MULTILINE)]
    if not subject.notebook.cells or not subject.notebook.cells[0].source.startswith("# "):
        yield "the first cell must begin with the title: `# …`"
    if sum(level == 1 for level, _ in found) != 1:
        yield f"there must be one H1, found {sum(level == 1 for level, _ in found)}"
    for (above, _), (level, title) in itertools.pairwise(found):
        if level > above + 1:
            yield f"the heading {title!r} has level {level} below level {above}"


def sections(subject: Subject) -> Iterator[str]:
    """The sections that each lesson has, in this order, and the time that it takes."""
    titles = re.findall(r"^## +(.+?) *$", subject.prose(), re.MULTILINE)
    there = [title for title in titles if title in SECTIONS]
    if there != list(SECTIONS):
        yield f"must have the H2 sections {', '.join(SECTIONS)}, in this order; found {there}"
    if not re.search(r"\b\d+ +min(ute)?s?\b", subject.prose()):
        yield "must say how long it takes: `N minutes`"


def neighbors(subject: Subject) -> Iterator[str]:
    """Links to the lesson before and the lesson after."""
    here = subject.course.index(subject.path)
    around = [subject.course[i] for i in (here - 1, here + 1) if 0 <= i < len(subject.course)]
    for other in around:
        if f"({other.name})" not in subject.prose():
            yield f"must link to its neighbor: [...]({other.name})"


def links(subject: Subject) -> Iterator[str]:
    """The links of its prose, as wrong_links judges them."""
    yield from wrong_links(subject.prose(), subject.path.parent)


def wrong_links(prose: str, folder: Path) -> Iterator[str]:
    """A link to a file, or to a cell of a notebook, leads to one; a link elsewhere leads to what lasts.

    prose: markdown. folder: where the file that holds it is.
    """
    for target in _LINK.findall(prose):
        web = re.match(r"https://([^/:]+)", target)
        name, _, place = target.partition("#")
        cell = _CELL.fullmatch(f"#{place}")
        if web and not HOSTS.search(web[1]):
            yield f"links to {web[1]}, which is not on the list of hosts (notebook_tools/lint.py)"
        elif web and _MOVING.search(target):
            yield f"links to {target}, which will change: name a tag, or the documentation's stable pages"
        elif not web and re.match(r"\w+:", target):
            yield f"links to {target}, which is not a page behind https"
        elif not web and name and not (folder / name).exists():
            yield f"links to {target}, which does not exist"
        elif cell and cell[1] not in [known.get("id") for known in read(folder / name).cells]:
            yield f"links to {target}, but {name} has no such cell"


def alternatives(subject: Subject) -> Iterator[str]:
    """Words for each picture: in the text, and for what a cell draws in its metadata as `alt`."""
    for words, attributes in _IMAGE.findall(subject.prose()):
        if not words.strip() and not re.search(r"\balt=(['\"])\s*\S", attributes):
            yield "has an image without an alternative text"
    for number, cell in subject.code():
        draws = any(mime.startswith("image/") for out in cell.outputs for mime in out.get("data", {}))
        if draws and not str(cell.metadata.get("alt", "")).strip():
            yield f"cell {number} draws a picture: say what it shows in the cell's metadata, as `alt`"


def first_cell(subject: Subject) -> Iterator[str]:
    """The first code cell loads the course and begins this lesson."""
    wanted = f"%load_ext course\n%lesson {subject.path.name[:2]}"
    first = next((cell.source for _, cell in subject.code()), None)
    if first is None or first.strip() != wanted:
        yield f"the first code cell must be {wanted!r}, found {first!r}"


def filled(subject: Subject) -> Iterator[str]:
    """No empty cells, and no code cell that was not run."""
    for position, cell in enumerate(subject.notebook.cells, 1):
        if not cell.source.strip():
            yield f"the cell at place {position} is empty"
        elif cell.cell_type == "code" and cell.execution_count is None:
            yield f"the cell at place {position} was never run: make refresh"


def reasons(subject: Subject) -> Iterator[str]:
    """A cell whose output is not compared says why; comments for nbval are not used (they break `%%sql`)."""
    for number, cell in subject.code():
        if _UNCOMPARED & set(cell.metadata.get("tags", [])) and not cell.metadata.get("nbval_reason"):
            yield f"cell {number} is not compared: say why in its metadata, as nbval_reason"
        if re.search(r"^\s*#\s*(PYTEST_VALIDATE|NBVAL)_", cell.source, re.MULTILINE):
            yield f"cell {number} has a comment for nbval: use a tag of its metadata"


def refusals(subject: Subject) -> Iterator[str]:
    """What is not judged on a real cluster is a refusal of the embedded one, and nothing else."""
    for number, cell in subject.code():
        if EMBEDDED_ONLY in cell.metadata.get("tags", []):
            said = [output.get("evalue", "") for output in cell.outputs]
            if not any("not supported by the embedded cluster" in each for each in said):
                yield f"cell {number} is tagged embedded-only, and shows no refusal of the embedded cluster"


def tags(subject: Subject) -> Iterator[str]:
    """No tag that nothing reads."""
    for number, cell in subject.code():
        for tag in cell.metadata.get("tags", []):
            if tag not in _TAGS and not _SINCE.fullmatch(tag):
                yield f"cell {number} has the tag {tag}, which nothing reads"


def elsewhere(subject: Subject) -> Iterator[str]:
    """What another cluster shows stands in the cell's metadata, for the table, and in the text below it."""
    cells = subject.notebook.cells
    for cell, below in zip(cells, [*cells[1:], None], strict=True):
        since = [tag.removeprefix("since-") for tag in cell.metadata.get("tags", []) if _SINCE.fullmatch(tag)]
        names = since or ["CockroachDB"] * (EMBEDDED_OUTPUT in cell.metadata.get("tags", []))
        if names and not cell.metadata.get("elsewhere"):
            yield f"{cell.id} is not judged everywhere: say what is there in its metadata, as elsewhere"
        if cell.metadata.get("elsewhere") and not names:
            yield f"{cell.id} says what is elsewhere, and has no tag of that"
        for name in names:
            if below is None or below.cell_type != "markdown" or name not in below.source:
                yield f"{cell.id} is not judged everywhere: the text below it must say so, with {name}"


def no_machine(subject: Subject) -> Iterator[str]:
    """Nothing of the machine on which it was run."""
    for position, cell in enumerate(subject.notebook.cells, 1):
        for found in sorted(set(_MACHINE.findall(str(cell)))):
            yield f"the cell at place {position} holds a path of a machine: {found}"


def normal_form(subject: Subject) -> Iterator[str]:
    """The file is as `make refresh` stores it, and each cell has an id of its own."""
    ids = [cell.get("id") for cell in subject.notebook.cells]
    if None in ids or len(set(ids)) != len(ids):
        yield "each cell must have an id of its own: make refresh"
    elif subject.path.read_text(encoding="utf-8") != text(normal(subject.notebook)):
        yield "is not in normal form: make refresh stores it so"


RULES: tuple[Callable[[Subject], Iterator[str]], ...] = (
    headings,
    sections,
    neighbors,
    links,
    alternatives,
    first_cell,
    filled,
    reasons,
    refusals,
    tags,
    elsewhere,
    no_machine,
    normal_form,
)


def complaints(path: Path, course: list[Path]) -> list[str]:
    """Everything that is wrong with a notebook, one line each."""
    subject = Subject(read(path), path, course)
    return [complaint for rule in RULES for complaint in rule(subject)]
