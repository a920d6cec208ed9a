"""The language of the lessons' steps."""

import pytest

from course.steps import NotAStep, Step, parse


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%alembic upgrade head", [Step("alembic", "upgrade head")]),
        (
            "# first\n%alembic heads\n\n%sql SHOW TABLES",
            [Step("alembic", "heads"), Step("sql", "SHOW TABLES")],
        ),
        ("%%sql\nSELECT 1;\nSELECT 2", [Step("sql", "", "SELECT 1;\nSELECT 2")]),
        ("%%edit a.py --create\nx = 1\n", [Step("edit", "a.py --create", "x = 1\n")]),
        ("%%migration\ndef upgrade(): ...", [Step("migration", "", "def upgrade(): ...")]),
        ("%get_bank", [Step("get_bank", "")]),
        (
            "!rm alembic/versions/*_x.py\n! python -m bank",
            [Step("!", "rm alembic/versions/*_x.py"), Step("!", "python -m bank")],
        ),
        ("%load_ext course\n%lesson 04", []),
    ],
)
def test_steps(source, expected):
    assert parse(source) == expected


@pytest.mark.parametrize(
    "source", ["x = 1", "!ls", "!rmdir x", "%%bash\nls", "%timeit 1", "%alembic heads\nprint(1)"]
)
def test_what_cannot_be_a_step_is_named(source):
    with pytest.raises(NotAStep) as error:
        parse(source)
    assert source.splitlines()[-1 if "%%" not in source else 0].split()[0] in str(error.value)
