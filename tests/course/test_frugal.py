"""%sql loads without pandas, pgspecial and Alembic, and nothing is missing when one of them is met."""

import subprocess
import sys

import pytest

WITHOUT = """
import sys
import course.sqlmagic
assert not {"pandas", "pandas.core.frame", "pgspecial", "psycopg"} & set(sys.modules), sorted(sys.modules)
import pandas, sql.magic
frame = pandas.DataFrame({"a": [1]})
assert isinstance(frame, sql.magic.DataFrame) and isinstance(frame["a"], sql.magic.Series)
assert not isinstance(frame, sql.magic.Series) and not isinstance([], sql.magic.DataFrame)
import pandas.core.frame, pgspecial.main
"""
WITH = """
import pandas.core.frame, pgspecial.main
import course.sqlmagic, sql.magic
assert sql.magic.DataFrame is pandas.DataFrame and sys.modules["pgspecial.main"] is pgspecial.main
"""
ALEMBIC = """
import sys
import course.sqlmagic
course.sqlmagic.load_driver()
assert not {"alembic", "mako"} & set(sys.modules), sorted(sys.modules)
import sqlalchemy
from alembic.ddl.impl import DefaultImpl
import alembic.ddl.postgresql, sqlalchemy_cockroachdb.base
dialect = sqlalchemy.make_url("cockroachdb://").get_dialect()()
known = DefaultImpl.get_by_dialect(dialect)
assert known is sqlalchemy_cockroachdb.base.CockroachDBImpl and not known.transactional_ddl
comment = alembic.ddl.postgresql.ColumnComment("t", "c", "x")
assert "COMMENT ON COLUMN t.c" in str(comment.compile(dialect=dialect))
assert not [finder for finder in sys.meta_path if type(finder).__module__ == "course.frugal"]
"""
NO_ALEMBIC = """
import sys
sys.modules["alembic"] = None
import course.sqlmagic
course.sqlmagic.load_driver()
assert sys.modules["alembic"] is None
"""
FIRST = """
import alembic, sqlalchemy_cockroachdb
implementation = sqlalchemy_cockroachdb.base.CockroachDBImpl
import course.sqlmagic
course.sqlmagic.load_driver()
assert sqlalchemy_cockroachdb.base.CockroachDBImpl is implementation
"""


@pytest.mark.parametrize(
    "code",
    [WITHOUT, f"import sys\n{WITH}", ALEMBIC, NO_ALEMBIC, FIRST],
    ids=["without", "with", "Alembic comes later", "no Alembic", "Alembic came first"],
)
def test_in_a_process_of_its_own(code):
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
