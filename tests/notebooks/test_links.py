"""Links outside of the notebooks: of the pages beside them, and of what exercises and quizzes say.

No test asks the net: notebook_tools/lint.py says which forms last, and what a linked file must hold.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notebook_tools.lint import wrong_links
from notebook_tools.sandbox import ROOT

PAGES = sorted(
    path
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("c*/**/README.md"),
        *ROOT.glob("tests/**/*.md"),
    ]
)
SPOKEN = sorted([*ROOT.glob("course/exercises/*.py"), *ROOT.glob("course/quizzes/*.py")])


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_the_links_of_a_page(page: Path) -> None:
    prose = re.sub(r"^(```|~~~).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert list(wrong_links(prose, page.parent)) == []


def test_the_addresses_that_exercises_and_quizzes_name() -> None:
    named = [
        url for path in SPOKEN for url in re.findall(r"https?://[\w./#-]+", path.read_text(encoding="utf-8"))
    ]
    assert named
    assert list(wrong_links("".join(f"[it]({url}) " for url in named), ROOT)) == []
