"""The prose of the course is spelled right; the list of its own words holds what is needed and no more.

`make lint` looks for known misspellings, and for British English, with codespell. This one finds the rest:
words that no dictionary has.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from notebook_tools.lessons import notebooks
from notebook_tools.sandbox import ROOT
from notebook_tools.spelling import OWN, in_dictionary, prose, unknown

FILES = [
    *notebooks(),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "cluster/embedded/README.md")),
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("handouts/*.md")),
    *sorted(ROOT.glob("course/**/*.py")),
    *sorted(ROOT.glob("cluster/*.py")),
    ROOT / "course/README.md",
]


@pytest.fixture(scope="module")
def strange() -> dict[Path, list[str]]:
    """The words of each file that the dictionary does not have."""
    return {path: list(unknown(prose(path), own=frozenset())) for path in FILES}


def test_each_word_is_in_the_dictionary_or_the_courses_own_list(strange: dict[Path, list[str]]) -> None:
    own = frozenset(OWN.read_text(encoding="utf-8").split())
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for path, words in strange.items()
        for word in sorted(set(unknown(" ".join(words), own=own)))
    ]
    assert not wrong, "\n".join(["misspelled, or missing in notebook_tools/words.txt:", *wrong])


def test_the_list_is_in_order_and_each_of_its_words_is_needed(strange: dict[Path, list[str]]) -> None:
    own = OWN.read_text(encoding="utf-8").split()
    used = {word.lower().replace("’", "'").removesuffix("'s") for words in strange.values() for word in words}
    assert own == sorted(set(own))
    assert [word for word in own if in_dictionary(word) or word not in used] == []


@pytest.mark.parametrize(
    "text, found",
    [
        ("The migartion adds a colunm.", ["migartion", "colunm"]),
        ("It's the transfer’s **amoutn**.", ["amoutn"]),
        ("`colunm` is code, and so is\n\n```sql\nSELEKT colunm\n```\n", []),
        ("CREATE TABEL, alembic_versoin, env.pyy and notebooks/colunm are names.", []),
        ("[the pages](https://example.org/colunm), [mlfow#23721](x)", []),
        ('The table is called "acounts".', []),
        ("Lern more: [colunms](x).", ["Lern", "colunms"]),
    ],
)
def test_what_is_prose(text: str, found: list[str]) -> None:
    assert list(unknown(text, own=frozenset())) == found


def test_the_sentences_of_a_program(tmp_path: Path) -> None:
    source = tmp_path / "lesson99.py"
    source.write_text(
        '"""Waht an exercise is."""\n'
        'raise NotYet("There is no tabel " + "accounts in the database yet.")\n'
        'raise NotYet(f"The colunm {name} is still there.")\n'
        'run("ALTER TABLE x RENAME COLUMN colunm TO y")\n'
    )
    assert set(unknown(prose(source), own=frozenset())) == {"Waht", "tabel", "colunm"}


@pytest.mark.parametrize(
    "text, told",
    [
        ("The behaviour of a colour.", ["behaviour", "colour"]),
        ("The acounts that we recieve.", ["recieve"]),
        ("`index is cancelled` stands in the error.", []),
    ],
)
def test_what_make_lint_looks_for(text: str, told: list[str], tmp_path: Path) -> None:
    """One English, and known misspellings, by the settings in pyproject.toml."""
    (tmp_path / "lesson.md").write_text(text)
    command = [
        sys.executable,
        "-m",
        "codespell_lib",
        "--toml",
        ROOT / "pyproject.toml",
        tmp_path / "lesson.md",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert [line.split()[1] for line in done.stdout.splitlines()] == told, done.stderr
    assert bool(done.returncode) == bool(told)
