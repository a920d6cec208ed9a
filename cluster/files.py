"""Files that only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Literal

FLAGS = {"w": os.O_TRUNC, "a": os.O_APPEND, "x": os.O_EXCL}


def private(path: Path, mode: Literal["w", "a", "x"]) -> IO[bytes]:
    """Open `path` for writing bytes as open() does; a new file has mode 0600 from its first moment."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | FLAGS[mode], 0o600), f"{mode}b")
