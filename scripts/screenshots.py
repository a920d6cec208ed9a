"""The course as a learner sees it: every lesson run in a real browser, and pictured from top to bottom.

    python -m scripts.screenshots [NOTEBOOK ...]

Writes _build/screenshots/NN-name-1.png and so on, and says which lessons show an error that is not meant.
"""

from __future__ import annotations

import argparse
import sys

from notebook_tools.browser import (
    browser_page,
    find_browser,
    jupyter_lab,
    open_notebook,
    run_all,
    whole_notebook,
)
from notebook_tools.lessons import FOLDER, UnknownNotebook, chosen
from notebook_tools.sandbox import ROOT, fresh_sandbox

PICTURES = ROOT / "_build" / "screenshots"


def main(arguments: list[str]) -> int:
    """Give the exit code: 1 where a lesson shows an error, 2 without a browser."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", help="numbers or names (default: all)")
    options = parser.parse_args(arguments)
    try:
        paths = chosen(options.notebooks)
    except UnknownNotebook as error:
        parser.error(str(error))
    browser = find_browser()
    if browser is None:
        parser.error("found no Chromium or Chrome; install one, or name it in COURSE_BROWSER")
    failed = 0
    with fresh_sandbox() as sandbox, jupyter_lab(sandbox, FOLDER) as url, browser_page(browser) as page:
        for path in paths:
            open_notebook(page, url, path.name)
            wrong = [cell for cell in run_all(page) if cell.failed()]
            failed += bool(wrong)
            pictures = whole_notebook(page, PICTURES, path.stem)
            state = f"cell {wrong[0].number} FAILED" if wrong else "ok"
            print(f"{path.stem:<28} {len(pictures)} pictures  {state}", flush=True)
    print(f"the pictures: {PICTURES.relative_to(ROOT)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
