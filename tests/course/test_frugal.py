"""ipython-sql loads without pandas and pgspecial, and still knows a DataFrame when it meets one."""

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


@pytest.mark.parametrize("code", [WITHOUT, f"import sys\n{WITH}"], ids=["without", "with"])
def test_in_a_process_of_its_own(code):
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
