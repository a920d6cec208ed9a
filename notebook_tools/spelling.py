"""The words of the course's prose that stand in no dictionary.

Prose is what a person reads as sentences: the markdown of notebooks and of *.md files, and the sentences that
exercises, quizzes and errors say. Words in `code`, names_like_this, Names.like_this and paths
are no prose, nor is a word in "quotes".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from spellchecker import SpellChecker

from notebook_tools.normal import read

# The words of the field that the dictionary does not have: small letters, one a line, in order.
OWN = Path(__file__).parent / "words.txt"
_CODE = re.compile(
    r'^(```|~~~).*?^\1|`[^`]*`|<[^>]*>|https?://\S+|\]\([^)]*\)|\[[^\]]*#\d+\]|"\w+"', re.M | re.S
)
# A word goes on in small letters: no CREATE, no CockroachDB, no alembic_version, no env.py.
_WORD = re.compile(r"(?<![\w./%$@:=\\-])[A-Za-z][a-z]+(?:['’][a-z]+)?(?![\w/@(=]|[.:-]\w)")


def unknown(text: str, own: frozenset[str]) -> Iterator[str]:
    """The words of a text that neither the dictionary nor our own list has, as they come."""
    for word in _WORD.findall(_CODE.sub(" ", text)):
        plain = word.lower().replace("’", "'")
        if not any(in_dictionary(known) or known in own for known in (plain, plain.removesuffix("'s"))):
            yield word


def in_dictionary(word: str) -> bool:
    """Whether the dictionary has a word, written in small letters."""
    return word in _dictionary()


def prose(path: Path) -> str:
    """What a person reads in a file: *.ipynb, *.md, or the sentences of *.py."""
    match path.suffix:
        case ".ipynb":
            return "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
        case ".py":
            return "\n\n".join(_sentences(path.read_text(encoding="utf-8")))
    return path.read_text(encoding="utf-8")


def _sentences(source: str) -> Iterator[str]:
    """Docstrings, and the texts of Python source that read like a part of a sentence: no code does."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Module() | ast.ClassDef() | ast.FunctionDef():
                yield ast.get_docstring(node) or ""
            case ast.JoinedStr(values=parts):
                whole = "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
                if _reads_like_a_sentence(whole):
                    yield whole
            case ast.Constant(value=str(said)) if _reads_like_a_sentence(said):
                yield said


def _reads_like_a_sentence(text: str) -> bool:
    """Words in small letters, for the most part; no statement of Python, SQL or a shell has so many."""
    words = text.split()
    small = sum(bool(re.fullmatch(r"[a-z]+[,.:?]?", word)) for word in words)
    return small >= 2 and 2 * small > len(words) and not re.search(r"[\n;{}=()]", text)


@cache
def _dictionary() -> frozenset[str]:
    return frozenset(SpellChecker(distance=1).word_frequency.dictionary)
