"""The whole course on somebody's cluster, which CLUSTER_URL names."""

from __future__ import annotations

import pytest

from cluster import mark
from notebook_tools.strict import FROM_ENVIRONMENT
from tests.cluster import whole_course

from .conftest import Someones, environment, fill

pytestmark = pytest.mark.long


def test_the_whole_course(clean: Someones) -> None:
    """By the way that a person goes: and what else is there stays as it is.

    What is there lies in a database that every cluster has: lesson 01 shows which databases there are.
    """
    clean.run("DROP DATABASE shop CASCADE")
    fill(clean, "postgres")
    before = clean.dump()
    assert "Ann" in before
    try:
        whole_course.run(environment(clean), FROM_ENVIRONMENT)
        assert clean.dump() == before
        assert clean.run(mark.COMMENT) == [], "the run has cleaned up behind itself"
    finally:
        clean.run("DROP TABLE accounts, alembic_version", "postgres")
