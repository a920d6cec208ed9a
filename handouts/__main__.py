"""The command line: `python -m handouts [--check]`."""

from __future__ import annotations

import argparse
import sys

from . import FOLDER, glossary, sheet, stale


def main(arguments: list[str]) -> int:
    """Give the exit code: 1 where something is wrong with the tables, or, with --check, a file is old."""
    parser = argparse.ArgumentParser(prog="python -m handouts", description="Make the handouts in docs/.")
    parser.add_argument("--check", action="store_true", help="write nothing, say which files are old")
    options = parser.parse_args(arguments)
    wrong = [*glossary.complaints(), *sheet.complaints()]
    old = stale()
    for name, text in old.items():
        if not options.check:
            (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/{name} {'is old: make handouts' if options.check else 'is written'}")
    for complaint in wrong:
        print(complaint, file=sys.stderr)
    if not old and not wrong:
        print("All handouts are as the lessons make them.")
    return 1 if wrong or (options.check and old) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
