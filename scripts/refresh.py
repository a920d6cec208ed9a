"""`make refresh`: run the notebooks again on a fresh cluster and store their outputs in normal form.

    python -m scripts.refresh [NOTEBOOK ...]      numbers (04), names or paths; all of them without

Where a new output says the same as the stored one, but for what must vary (sanitize.cfg), the stored one
stays, and a diff shows only what changed. A notebook with a failed cell is reported and left as it was.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from notebook_tools.arguments import notebooks_and_timeout
from notebook_tools.compare import keep_what_says_the_same, read_rules
from notebook_tools.normal import normal, read, text
from notebook_tools.runner import run_notebook
from notebook_tools.sandbox import fresh_sandbox


def main(arguments: list[str]) -> int:
    """Give the exit code: 1 where a notebook failed."""
    paths, timeout = notebooks_and_timeout("make refresh", __doc__, arguments)
    rules = read_rules()
    failed = 0
    with fresh_sandbox() as sandbox:
        for path in paths:
            started = time.monotonic()
            stored = read(path)
            sandbox.empty_workspace()
            outcome = run_notebook(stored, path.parent, sandbox, timeout)
            took = f"{time.monotonic() - started:.1f} s"
            if outcome.failure:
                failed += 1
                print(f"{path.name}  {took}  FAILED, left as it was\n{outcome.failure}", flush=True)
                continue
            new = text(normal(keep_what_says_the_same(stored, outcome.notebook, rules)))
            print(f"{path.name}  {took}  {_store(path, new)}", flush=True)
    return 1 if failed else 0


def _store(path: Path, content: str) -> str:
    """Write a file whole or not at all, and say what that was."""
    if path.read_text(encoding="utf-8") == content:
        return "unchanged"
    new = path.with_name(f".{path.name}.new")
    new.write_text(content, encoding="utf-8")
    new.replace(path)
    return "stored"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
