"""The program. README.md says what it does as the real one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.cluster.standin.flags import parse


def main() -> int:
    """Run one command; gives the exit code. What only some need is imported there: a start is timed."""
    command, given, others = parse(sys.argv[1:])
    if command == "version":
        tag = os.environ.get("STANDIN_VERSION", "v26.2.4")
        print(tag if "--build-tag" in given else f"Build Tag:        {tag}\nDistribution:     CCL")
        return 0
    if command.startswith("cert"):
        from tests.cluster.standin import certificates

        certificates.create(command, given, others)
        return 0
    if command == "sql":
        from tests.cluster.standin import shell

        return shell.run(given)
    from tests.cluster.standin import node

    return node.start(given, others)


if __name__ == "__main__":
    sys.exit(main())
