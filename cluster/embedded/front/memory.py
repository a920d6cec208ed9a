"""How the process takes its memory from the system."""

from __future__ import annotations

import ctypes
from contextlib import suppress

# glibc's malloc.h; see mallopt(3).
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_LARGEST = 1 << 20  # bytes: what is larger goes back to the system as soon as it is free
_KEPT = 8 << 20


def keep_buffers() -> None:
    """Let glibc keep some megabytes of freed buffers. Where the C library is another, nothing happens.

    By default it gives buffers of more than 128 KB back at once. A large result is a row of such buffers, and
    the system's work for them (a page fault for each 4 KB) took as long as all the rest.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_MMAP_THRESHOLD, _LARGEST)
        mallopt(_M_TRIM_THRESHOLD, _KEPT)
