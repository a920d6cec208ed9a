"""python -m tests.fuzz [FAMILY …]: try hostile inputs, print how many of each family."""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.fuzz import rewriter, run, wire

FAMILIES = {family.name: family for family in [*wire.FAMILIES, *rewriter.FAMILIES]}


def work(name: str, seed: int, first: int, count: int) -> tuple[str, int, list[run.Finding]]:
    """A process's piece of work."""
    return name, count, run.stretch(FAMILIES[name], seed, first, count)


def main() -> int:
    """Try them all. Gives 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("family", nargs="*", help=f"of {', '.join(FAMILIES)}; all of them if none is named")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    parser.add_argument("--inputs", type=int, default=1_000_000, help="how many, in all families together")
    parser.add_argument("--only", type=int, help="the number of one input: try it alone, with its trace")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    if unknown := set(arguments.family) - set(FAMILIES):
        parser.error(f"there is no family {min(unknown)}: one of {', '.join(FAMILIES)}")
    families = [FAMILIES[name] for name in arguments.family or FAMILIES]
    if arguments.only is not None:
        return alone(families[0], arguments.seed, arguments.only)
    return many(families, arguments.seed, arguments.inputs, arguments.processes)


def alone(family: run.Family, seed: int, number: int) -> int:
    """Try one input again, as it was."""
    dice = run.Dice(seed, family.name, number)
    try:
        family.attempt(dice)
    finally:
        print(f"input: {dice.shown!r}")
    return 0


def many(families: list[run.Family], seed: int, inputs: int, processes: int) -> int:
    """Try inputs in several processes, and print the table."""
    started = time.monotonic()
    print(f"seed {seed}, {inputs:,} inputs")
    shares = sum(family.share for family in families)
    done = {family.name: 0 for family in families}
    found: list[run.Finding] = []
    with ProcessPoolExecutor(processes) as pool:
        jobs = []
        for family in families:
            count = max(1, -(-inputs * family.share // shares))
            step = max(1, count // 20)
            for first in range(0, count, step):
                piece = min(step, count - first)
                jobs.append(pool.submit(work, family.name, seed, first, piece))
        for job in as_completed(jobs):
            name, count, findings = job.result()
            done[name] += count
            for finding in findings:
                print(finding, file=sys.stderr, flush=True)
            found += findings
    for family in families:
        broken = sum(finding.family == family.name for finding in found)
        print(
            f"  {family.name:<12}{done[family.name]:>10,}  {family.about}"
            + (f"  {broken} BROKEN" if broken else "")
        )
    total = sum(done.values())
    print(f"  {'in all':<12}{total:>10,}  in {time.monotonic() - started:.0f} s: ", end="")
    print(f"{len(found)} broke something" if found else "nothing broke")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
