"""`make course`: the whole course without a browser.

    python -m scripts.run_course [NOTEBOOK ...]

Runs the lessons in order on a fresh cluster and in a fresh workspace, prints the time of each, and writes
each as an HTML page, with an index, under _build/course. A lesson that failed gets no page, and makes
the exit code 1.
"""

from __future__ import annotations

import shutil
import sys
import time

from notebook_tools.arguments import notebooks_and_timeout
from notebook_tools.compare import keep_what_says_the_same, read_rules
from notebook_tools.lessons import head
from notebook_tools.normal import normal, read
from notebook_tools.pages import index_page, lesson_page
from notebook_tools.runner import run_notebook
from notebook_tools.sandbox import ROOT, fresh_sandbox

PAGES = ROOT / "_build" / "course"


def main(arguments: list[str]) -> int:
    """Give the exit code."""
    paths, timeout = notebooks_and_timeout("make course", __doc__, arguments)
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    rules = read_rules()
    started = time.monotonic()
    good, failed = [], []
    with fresh_sandbox() as sandbox:
        for number, path in enumerate(paths, 1):
            print(f"[{number}/{len(paths)}] {path.stem:<28}", end="", flush=True)
            begun = time.monotonic()
            stored = read(path)
            outcome = run_notebook(stored, path.parent, sandbox, timeout)
            took = f"{time.monotonic() - begun:5.1f} s"
            if outcome.failure:
                failed.append(path)
                print(f"{took}  FAILED\n{outcome.failure}", flush=True)
                continue
            good.append(path)
            notebook = normal(keep_what_says_the_same(stored, outcome.notebook, rules))
            (PAGES / f"{path.stem}.html").write_text(
                lesson_page(notebook, head(path).title), encoding="utf-8"
            )
            print(f"{took}  ok", flush=True)
    (PAGES / "index.html").write_text(index_page([(p.stem, head(p)) for p in good]), encoding="utf-8")
    took = f"{time.monotonic() - started:.0f} s"
    if failed:
        names = ", ".join(path.stem for path in failed)
        print(f"{len(failed)} of {len(paths)} lessons failed in {took}: {names}")
        return 1
    print(f"all {len(good)} lessons ran in {took}; the pages: {(PAGES / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
