"""Who PostgreSQL runs as.

It refuses to run as root, and containers and CI often are root. Then it runs as the system's `nobody`. No
user is made and no permission outside the cluster's own state is changed.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ClusterError, explain

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine. `uid` None: the one who runs this."""

    uid: int | None = None
    gid: int | None = None

    def popen(self) -> dict[str, Any]:
        """What subprocess.Popen needs so that the child runs as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path`, which we just made, to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def enters(self, directory: Path) -> bool:
        """Whether this account can walk to `directory`, asked of the system itself, which also knows of
        access lists and mounts."""
        if self.uid is None:
            return True
        return self.runs("/bin/sh", "-c", 'cd -- "$1"', "sh", str(directory))

    def runs(self, *command: str) -> bool:
        """Whether `command` succeeds as this account."""
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, check=False, **self.popen())
        except PermissionError as error:
            if error.filename != command[0]:  # not the program was refused but the change of user
                raise explain(error, f"run as the user {NOBODY}") from error
            return False
        except OSError:
            return False
        return done.returncode == 0


def current() -> Account:
    """The account for PostgreSQL. Raises ClusterError where there is none that it would accept."""
    uid = os.geteuid()
    if uid != 0:
        try:
            pwd.getpwuid(uid)
        except KeyError:
            raise ClusterError(
                f"The user id {uid} has no name on this machine (no entry in /etc/passwd), and PostgreSQL "
                f"needs one. Run this as a named user or as root."
            ) from None
        return Account()
    try:
        nobody = pwd.getpwnam(NOBODY)
    except KeyError:
        raise ClusterError(
            f"PostgreSQL does not run as root, and this machine has no user `{NOBODY}` to run it as. "
            f"Run this as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)
