"""python -m scripts.bench [--rounds N] [PART …]: run the parts (default: all), print what they measured."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

from notebook_tools.sandbox import forget_persons_cluster
from scripts.bench import course, front, learner

PARTS: dict[str, Callable[[int], None]] = {
    "starts": learner.starts,
    "magic": learner.magic,
    "front": front.measure,
    "course": course.measure,
}


def main() -> int:
    """The exit code is 1 if something could not be measured. A target that is missed is no failure."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure what a learner waits for.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each (default: %(default)s)")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.parts) - set(PARTS)):
        parser.error(f"there is no {', '.join(unknown)}")
    forget_persons_cluster()
    version = sys.version.split()[0]
    print(f"{os.cpu_count()} cores, Python {version}, {arguments.rounds} rounds; medians [least … most]")
    try:
        for name, part in PARTS.items():
            if name in arguments.parts or not arguments.parts:
                print(flush=True)
                part(arguments.rounds)
    except (subprocess.CalledProcessError, RuntimeError, OSError) as error:
        print(f"make bench: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
