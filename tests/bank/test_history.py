"""The finished migration history at the root: up, down, and in step with the models."""

import pytest


def test_up_down_up_and_check(run, bank):
    assert "No new upgrade operations detected" not in run("alembic", "check", url=bank).stdout
    for command in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"]):
        outcome = run("alembic", *command, url=bank)
        assert outcome.returncode == 0, outcome.stderr
    outcome = run("alembic", "check", url=bank)
    assert (outcome.returncode, outcome.stdout) == (0, "No new upgrade operations detected.\n"), (
        outcome.stderr
    )


@pytest.mark.parametrize(
    ("url", "line"),
    [
        (None, "FAILED: DATABASE_URL is not set."),
        ("postgresql://demo@127.0.0.1/bank", "FAILED: DATABASE_URL must begin with cockroachdb://"),
    ],
)
def test_a_wrong_url_is_one_line(run, url, line):
    outcome = run("alembic", "current", url=url)
    assert outcome.returncode != 0
    assert outcome.stdout.startswith(line) or outcome.stderr.startswith(line)
