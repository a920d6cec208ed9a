"""python -m cluster.embedded.front --config FILE: run the front until it is told to stop (SIGTERM)."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from cluster.embedded.front.memory import keep_buffers
from cluster.embedded.front.server import Config, serve

_BETWEEN_COLLECTIONS = 20_000
"""Objects. Cycles are rare here; to look for them after 700, as Python does, is 2% of a schema change."""


def main() -> int:
    """Read the configuration and serve. Gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m cluster.embedded.front")
    parser.add_argument("--config", type=Path, required=True, help="a JSON file, see server.Config")
    arguments = parser.parse_args()
    try:
        config = Config.read(arguments.config)
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"The front cannot read its configuration {arguments.config}: {error}", file=sys.stderr)
        return 1
    logging.basicConfig(
        filename=config.log, level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    keep_buffers()
    gc.freeze()  # what is loaded stays: no need to look through it again and again
    gc.set_threshold(_BETWEEN_COLLECTIONS)
    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(serve(config))
    return 0


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's event loop where it is installed; else asyncio's own."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
