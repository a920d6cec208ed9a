"""A learner's way through one lesson, in JupyterLab in a real browser."""

from __future__ import annotations

import os

import pytest

from notebook_tools.browser import browser_page, find_browser, jupyter_lab, open_notebook, run_all
from notebook_tools.lessons import FOLDER
from notebook_tools.sandbox import ROOT, Sandbox

LESSON = "04-first-migration.ipynb"
PICTURE = ROOT / "_build" / "browser" / "lesson-04.png"


def test_lesson_04_runs_in_jupyterlab_and_its_table_is_there_to_see(sandbox: Sandbox) -> None:
    browser = find_browser()
    if browser is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium or Chrome on this machine, and CI must have one")
        pytest.skip("no Chromium or Chrome on this machine; install one, or name it in COURSE_BROWSER")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.unlink(missing_ok=True)
    own = Sandbox(sandbox.path / "browser")
    own.path.mkdir(exist_ok=True)
    try:
        with jupyter_lab(own, FOLDER) as url, browser_page(browser) as page:
            open_notebook(page, url, LESSON)
            cells = run_all(page)
            table = page.locator(".jp-OutputArea-output table", has_text="table_name").last
            table.scroll_into_view_if_needed()
            page.screenshot(path=PICTURE)
            assert [cell.source for cell in cells if cell.failed()] == []
            assert table.is_visible()
            assert "accounts" in table.inner_text()
            assert "alembic_version" in table.inner_text()
    finally:
        own.close()
    assert PICTURE.stat().st_size > 0
