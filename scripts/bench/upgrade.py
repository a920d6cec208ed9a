"""Alembic's `upgrade head` over 1,000 small revisions, generated for the run.

One client upgrades by all of them; of 10 or 50 at the same time each upgrades by its own 100 or 20, with
tables and a version table of its own. Every way runs the same commands with the same SQLAlchemy dialect
(cockroachdb, which connects to PostgreSQL as well); reading the revisions' files is part of the time.
"""

from __future__ import annotations

import time
from pathlib import Path

import psycopg2
import sqlalchemy_cockroachdb  # noqa: F401  (loaded before clients are forked)
from alembic import command
from alembic.config import Config

from scripts.bench.load import Clients
from scripts.bench.servers import Way

REVISIONS = 1000
_ENV = """
from alembic import context
from sqlalchemy import create_engine, pool

options = context.config.attributes
engine = create_engine(options["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, version_table=options["version_table"])
    with context.begin_transaction():
        context.run_migrations()
"""
_REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "r{number}"
down_revision = {down!r}

def upgrade():
    {step}
"""
# In turn: a table, a column, an index, a row.
_STEPS = (
    'op.create_table("{t}", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(40)))',
    'op.add_column("{t}", sa.Column("age", sa.Integer))',
    'op.create_index("{t}_by_name", "{t}", ["name"])',
    "op.execute(\"INSERT INTO {t} (id, name) VALUES (1, 'one')\")",
)


def upgrades(
    clients: Clients, ways: tuple[Way, ...], number: int, rounds: int, directory: Path
) -> list[list[float]]:
    """Seconds of all clients' upgrades, for each way, round by round."""
    seconds: list[list[float]] = [[] for _ in ways]
    for turn in range(rounds):
        projects = [directory / f"{number}.{turn}.{client}" for client in range(number)]
        for client, project in enumerate(projects):
            _write(project, REVISIONS // number, f"c{client}_")
        order = list(zip(ways, seconds, strict=True))
        for way, times in order if turn % 2 == 0 else reversed(order):
            calls = [(str(each), way.url(), f"versions_{client}") for client, each in enumerate(projects)]
            begun = time.perf_counter()
            clients.call(_upgrade, calls)
            times.append(time.perf_counter() - begun)
            _clear(way)
    return seconds


def _write(project: Path, revisions: int, prefix: str) -> None:
    """An Alembic project with so many revisions."""
    (project / "versions").mkdir(parents=True)
    (project / "env.py").write_text(_ENV)
    for number in range(revisions):
        step = _STEPS[number % len(_STEPS)].format(t=f"{prefix}{number // len(_STEPS)}")
        down = f"r{number - 1}" if number else None
        text = _REVISION.format(number=number, down=down, step=step)
        (project / "versions" / f"r{number}.py").write_text(text)


def _upgrade(project: str, url: str, version_table: str) -> None:
    """In a client's process."""
    config = Config()
    config.set_main_option("script_location", project)
    config.attributes.update(url=url, version_table=version_table)
    command.upgrade(config, "head")


def _clear(way: Way) -> None:
    """Drop what the upgrades made: by PostgreSQL's own word, but for the front's database by the front's."""
    session = psycopg2.connect(**way.parameters())
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        made = [name for (name,) in cursor.fetchall() if name.startswith(("c", "versions_"))]
        for name in made:
            cursor.execute(f"DROP TABLE {name}")
    session.close()
