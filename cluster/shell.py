"""`cluster sql`: an interactive shell on the cluster, and statements run once with their results as text."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from .cells import cell
from .engine import Cluster
from .home import SHELL
from .libpq import ELSEWHERE, NEUTRAL

if TYPE_CHECKING:
    from psycopg import Connection, Error
    from psycopg.pq.abc import PGresult


SETTINGS = """\
[main]
# A statement ends with a semicolon, as in CockroachDB's own shell; Enter alone goes to the next line.
multi_line = True
keyring = False
destructive_warning =
table_format = psql
null_string = NULL
use_local_timezone = False
less_chatty = True
on_error = STOP
"""
PROMPT = r"\u@\h:\p/\d> "
"""As CockroachDB's shell shows it: demo@127.0.0.1:26257/bank>."""


def interact(cluster: Cluster, database: str) -> int:
    """Open a shell on `database`: CockroachDB's own where it is here, else pgcli. Gives its exit code.

    The password goes by environment: arguments can be seen by all.
    """
    if cluster.engine == "cockroach":
        from .cockroach.shell import interact as own_shell

        return own_shell(cluster, database)
    settings = cluster.home / SHELL
    config = settings / "pgcli" / "config"
    if not config.exists():
        config.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        config.write_text(SETTINGS)
    environment = os.environ | _trust(cluster)
    environment |= {"PGPASSWORD": cluster.password, "XDG_CONFIG_HOME": str(settings)}
    url = replace(cluster, password="").url(database).replace("cockroachdb://", "postgresql://", 1)
    command = [sys.executable, "-m", "pgcli.main", "--prompt", PROMPT, url]
    return subprocess.run(command, env=environment, check=False).returncode


def run(cluster: Cluster, database: str, texts: list[str]) -> int:
    """Run SQL texts (each may hold several statements) and print each result; stops at the first error.

    Gives 0, or 1 after an error, which goes to stderr with its SQLSTATE as in CockroachDB's shell. Values
    are printed as the server sends them: booleans `t` and `f`, NULL as `NULL`.
    """
    import psycopg

    try:
        session = psycopg.connect(
            psycopg.conninfo.make_conninfo(**_parameters(cluster, database)), autocommit=True
        )
    except psycopg.Error as error:
        print(str(error).strip(), file=sys.stderr)
        return 1
    with contextlib.closing(session):
        session.add_notice_handler(
            lambda notice: print(f"{notice.severity}: {notice.message_primary}", file=sys.stderr)
        )
        return 0 if all(_run_one(session, text) for text in texts) else 1


def _parameters(cluster: Cluster, database: str) -> dict[str, str]:
    return {
        "host": cluster.host,
        "port": str(cluster.port),
        "user": cluster.user,
        "password": cluster.password,
        "dbname": database,
        **(NEUTRAL if cluster.certificate else ELSEWHERE),
        **dict(cluster.parameters),
        **({"sslrootcert": str(cluster.certificate)} if cluster.certificate else {}),
    }


def _run_one(session: Connection, text: str) -> bool:
    import psycopg

    cursor = session.cursor()
    try:
        cursor.execute(text.encode())
        while True:
            if cursor.pgresult is not None:
                _print(cursor.pgresult)
            if not cursor.nextset():
                return True
    except psycopg.Error as error:
        if error.sqlstate is None and "COPY" in str(error):
            print("ERROR: this shell does not copy: use a driver", file=sys.stderr)
        else:
            _print_error(error)
        return False


def _print(result: PGresult) -> None:
    from prettytable import PrettyTable

    if not result.nfields:
        tag = (result.command_status or b"").decode()
        if tag:
            print(tag)
        return
    names = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
    # Two columns may have one name; PrettyTable wants them to differ, a title does not.
    table = PrettyTable([str(number) for number in range(len(names))], align="l", header=False)
    table.add_row(names, divider=True)
    for row in range(result.ntuples):
        values = [result.get_value(row, column) for column in range(result.nfields)]
        table.add_row(["NULL" if value is None else cell(value.decode()) for value in values])
    print(table)
    print(f"({result.ntuples} row{'' if result.ntuples == 1 else 's'})")


def _print_error(error: Error) -> None:
    said = error.diag
    print(f"ERROR: {said.message_primary or str(error).strip()}", file=sys.stderr)
    for name, text in (
        ("SQLSTATE", said.sqlstate),
        ("DETAIL", said.message_detail),
        ("HINT", said.message_hint),
    ):
        if text:
            print(f"{name}: {text}", file=sys.stderr)


def _trust(cluster: Cluster) -> dict[str, str]:
    """A root.crt of another server in ~/.postgresql makes libpq refuse this one,
    even with sslmode=require (postgresql.org/docs/18/libpq-ssl.html).
    """
    return {"PGSSLROOTCERT": str(cluster.certificate)} if cluster.certificate else {}
