"""The command line of `python -m cluster install`."""

from __future__ import annotations

import argparse
import sys

from . import releases

WIDTH = 30


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("install", help="get a CockroachDB for this machine into the cache")
    command.add_argument("--version", default=releases.DEFAULT, help=f"default: {releases.DEFAULT}")
    command.add_argument("--yes", action="store_true", help="do not ask")
    command.add_argument("--from", dest="origin", metavar="FILE|URL", help="take the archive from here")
    command.add_argument("--sha256", help="the archive's checksum, where the course does not know it")


def run(options: argparse.Namespace) -> int:
    """Install, and say where it is and what comes next. Gives the exit code; raises ClusterError."""
    from .. import choice  # here: all commands come by this file
    from ..home import Home
    from .installer import install

    bar = _Bar()
    try:
        path = install(
            options.version, options.origin, options.sha256, _told if options.yes else _agreed, bar
        )
    finally:
        bar.close()
    if path is None:
        print("Nothing was installed. Without a terminal say so with --yes.", file=sys.stderr)
        return 1
    print(f"CockroachDB {options.version} is installed: {path}")
    home = Home.find()
    kept = choice.keeper(home)
    if kept == "embedded":
        print(
            f"The cluster in {home.path} is the embedded one, and stays it. To begin with this one instead: "
            f"`python -m cluster reset`, then `python -m cluster start`."
        )
    else:
        print("`python -m cluster start` starts it.")
    return 0


def _agreed(text: str) -> bool:
    print(text, file=sys.stderr)
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:
        print()
        return False


def _told(text: str) -> bool:
    print(text, file=sys.stderr)
    return True


class _Bar:
    """A bar in a terminal; elsewhere a line at each quarter."""

    def __init__(self) -> None:
        self._shown = -1
        self._open = False

    def __call__(self, there: int, whole: int) -> None:
        percent = min(100, there * 100 // whole) if whole else 0
        if sys.stderr.isatty():
            if percent != self._shown or not whole:
                full = percent * WIDTH // 100
                bar = "█" * full + "·" * (WIDTH - full)
                print(f"\r{bar} {percent:>3} %  {there / 1e6:.0f} MB", end="", file=sys.stderr, flush=True)
                self._open = True
            self._shown = percent
        elif percent // 25 > self._shown // 25:
            print(f"{percent:>3} %  {there / 1e6:.0f} MB", file=sys.stderr, flush=True)
            self._shown = percent

    def close(self) -> None:
        """End the bar's line."""
        if self._open:
            print(file=sys.stderr)
