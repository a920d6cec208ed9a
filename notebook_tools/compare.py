"""Stored outputs against new ones, less what must vary."""

from __future__ import annotations

import copy
import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbval.plugin import get_sanitize_patterns

RULES_FILE = Path(__file__).with_name("sanitize.cfg")
# What an image shows depends on fonts and library versions; that there is one is compared, its bytes are not.
_IMAGES = ("image/png", "image/jpeg", "image/svg+xml", "application/pdf")
# Colors, and the carriage returns of a terminal.
_TERMINAL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r(?=\n)")


@dataclass(frozen=True, slots=True)
class Rule:
    """A regular expression and the word that stands for what it finds."""

    pattern: re.Pattern[str]
    replacement: str


@dataclass(frozen=True, slots=True)
class Part:
    """One comparable piece of a cell's outputs: what a person would call it, and its text."""

    name: str
    text: str


def read_rules(path: Path = RULES_FILE) -> tuple[Rule, ...]:
    """Read a sanitize file in nbval's format. Raises ValueError on a rule that is no regular expression."""
    rules = []
    for pattern, replacement in get_sanitize_patterns(path.read_text(encoding="utf-8")):
        try:
            rules.append(Rule(re.compile(pattern), replacement))
        except re.error as error:
            raise ValueError(f"{path.name}: {pattern!r} is not a regular expression: {error}") from error
    return tuple(rules)


def plain(text: str) -> str:
    """Take a terminal's colors and carriage returns from a text."""
    return _TERMINAL.sub("", text)


def sanitize(text: str, rules: Iterable[Rule]) -> str:
    """Replace what must vary in a text."""
    text = plain(text)
    for rule in rules:
        text = rule.pattern.sub(rule.replacement, text)
    return text


def parts(outputs: Sequence[NotebookNode], rules: Iterable[Rule], *, thorough: bool = False) -> list[Part]:
    """Give the outputs of a cell as comparable parts.

    The texts of stdout and of stderr are one part each: how the kernel cuts and mixes the two is chance.
    All others keep their order. An error is its name and text; its traceback names files and library lines.
    thorough: take what a reader sees beside that too: the traceback, the bytes of images.
    """
    rules = tuple(rules)
    streams: dict[str, str] = {}
    others: list[Part] = []
    shown = 0
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        elif kind == "error":
            others.append(Part("error", sanitize(f"{output['ename']}: {output['evalue']}", rules)))
            if thorough:
                others.append(Part("traceback", sanitize("\n".join(output["traceback"]), rules)))
        else:
            shown += 1
            for mime, content in sorted(output["data"].items()):
                seen = "(an image)" if mime in _IMAGES and not thorough else _text(content, rules)
                others.append(Part(f"output {shown}, {mime}", seen))
    printed = {name: sanitize(text, rules) for name, text in streams.items()}
    return [Part(name, printed[name]) for name in sorted(printed, reverse=True) if printed[name]] + others


def _text(content: Any, rules: tuple[Rule, ...]) -> str:
    if not isinstance(content, str):
        content = json.dumps(content, sort_keys=True, indent=1)
    return sanitize(content, rules)


def difference(
    stored: Sequence[NotebookNode], new: Sequence[NotebookNode], rules: Iterable[Rule]
) -> str | None:
    """Say for a person how new outputs differ from the stored ones; None where they do not."""
    rules = tuple(rules)
    expected = {part.name: part.text for part in parts(stored, rules)}
    got = {part.name: part.text for part in parts(new, rules)}
    if expected == got:
        return None
    said = []
    for name in [*expected, *(name for name in got if name not in expected)]:
        if name not in got:
            said.append(
                f"{name}: stored in the notebook, but nothing came\n{_indented(expected[name], '  - ')}"
            )
        elif name not in expected:
            said.append(f"{name}: came, but is not stored in the notebook\n{_indented(got[name], '  + ')}")
        elif expected[name] != got[name]:
            said.append(f"{name}: (- stored in the notebook, + came now)\n{_diff(expected[name], got[name])}")
    return "\n".join(said)


def keep_what_says_the_same(stored: NotebookNode, new: NotebookNode, rules: Iterable[Rule]) -> NotebookNode:
    """Give the new run of a notebook with the stored outputs wherever the new ones tell a reader nothing new.

    Here images and tracebacks count too.
    """
    rules = tuple(rules)
    merged = copy.deepcopy(new)
    for old, cell in zip(stored.cells, merged.cells, strict=True):
        if cell.cell_type != "code" or old.execution_count is None:
            continue
        if parts(old.outputs, rules, thorough=True) == parts(cell.outputs, rules, thorough=True):
            cell.outputs = copy.deepcopy(old.outputs)
    return merged


def _indented(text: str, prefix: str) -> str:
    return "\n".join(prefix + line for line in text.splitlines()) or prefix


def _diff(expected: str, got: str) -> str:
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), lineterm="", n=2)
    body = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    if not body:
        return "  (they differ only in how the last line ends)"
    return "\n".join(f"  {line[0]} {line[1:]}" for line in body)
