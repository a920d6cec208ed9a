"""The handouts in docs/ are as the lessons make them now, and what they refer to is there."""

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

import handouts
from handouts import FILES, FOLDER, stale

PAGES = sorted(name for name in FILES if name.endswith(".md"))


def test_they_are_as_the_lessons_make_them():
    assert list(stale()) == [], "run make handouts"


def test_what_is_old_or_missing_is_found(tmp_path):
    for name in FILES:
        (tmp_path / name).write_text((FOLDER / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "glossary.md").unlink()
    (tmp_path / "cheat-sheet.md").write_text("of last year")
    assert list(stale(tmp_path)) == ["cheat-sheet.md", "glossary.md"]


@pytest.mark.parametrize("name", FILES)
def test_its_links_lead_somewhere(name):
    text = re.sub(r"^```.*?^```$", "", FILES[name](), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|href=\"([^\"]+)\"", text)
    assert targets
    for target in map("".join, targets):
        assert (FOLDER / target.partition("#")[0]).exists(), target


@pytest.mark.parametrize("name", PAGES)
def test_it_has_one_title_and_leaves_no_level_out(name):
    text = re.sub(r"^```.*?^```$", "", FILES[name](), flags=re.MULTILINE | re.DOTALL)
    levels = [len(marks) for marks in re.findall(r"^(#+) ", text, re.MULTILINE)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(level <= above + 1 for above, level in itertools.pairwise(levels))


def test_check_writes_nothing(monkeypatch, tmp_path, capsys):
    from handouts import __main__ as command

    monkeypatch.setattr(command, "stale", lambda: {"glossary.md": "new"})
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    assert command.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/glossary.md is old: make handouts\n"
    assert not (tmp_path / "glossary.md").exists()
    assert command.main([]) == 0
    assert (tmp_path / "glossary.md").read_text() == "new"


def test_the_command_line():
    said = subprocess.run(
        [sys.executable, "-m", "handouts", "--check"],
        cwd=Path(handouts.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout, said.stderr) == (
        0,
        "All handouts are as the lessons make them.\n",
        "",
    )
