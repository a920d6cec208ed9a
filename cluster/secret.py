"""The SQL user's password: random, in a file that only its owner may read."""

from __future__ import annotations

import secrets

from .files import private
from .home import Home

SECRET = "password"  # noqa: S105 (the name of a file)


def password(home: Home) -> str:
    """The password of this home, made when there is none yet: letters, digits, - and _."""
    path = home / SECRET
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        made = secrets.token_urlsafe(18)
        with private(path, "x") as file:
            file.write(made.encode() + b"\n")
        return made
