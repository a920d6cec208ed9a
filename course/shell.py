"""`!` commands that end when they end.

IPython runs them in a terminal of their own (ptyprocess), and closing that sleeps for 0.1 seconds, so that
the system may notice meanwhile that the program has ended. IPython has its exit code by then.
"""

from __future__ import annotations

import contextlib
from typing import Any


def no_sleep_after_the_end() -> None:
    """From now on a terminal whose program is known to have ended is closed at once; twice is harmless."""
    with contextlib.suppress(ImportError):  # where there are no such terminals, there is nothing to do
        from ptyprocess import PtyProcess

        if getattr(PtyProcess.close, "__module__", "") != __name__:
            PtyProcess.close = _at_once(PtyProcess.close)


def _at_once(close: Any) -> Any:
    def close_terminal(self: Any, force: bool = True) -> None:
        if self.terminated:  # set with the exit code: the process is gone and reaped
            self.delayafterclose = 0
        close(self, force)

    return close_terminal
