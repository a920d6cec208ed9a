"""A cluster with an empty database "bank", and a way to run the project's commands on it."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

import cluster

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def run():
    """Run `python -m MODULE ARGUMENTS` from the root, with `url` as DATABASE_URL, or without any."""
    return _run


def _run(module, *arguments, url=None):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if url is not None:
        environment["DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    home = tmp_path_factory.mktemp("bank") / "cluster"
    try:
        yield cluster.start(home)
    finally:
        cluster.reset(home)


@pytest.fixture
def bank(running):
    """The URL of a new, empty database "bank"."""
    connection = psycopg2.connect(running.url("defaultdb").replace("cockroachdb://", "postgresql://"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS bank CASCADE")
        cursor.execute("CREATE DATABASE bank")
    connection.close()
    return running.url("bank")
