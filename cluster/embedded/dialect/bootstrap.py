"""The SQL that lives inside PostgreSQL, as one script."""

from __future__ import annotations

import re
from pathlib import Path

from cluster.embedded.dialect.builtins import NEEDED, PRESENT
from cluster.embedded.dialect.relations import EMPTY, EMPTY_INFORMATION
from cluster.embedded.dialect.show_variable import rows
from cluster.embedded.dialect.types import FOREIGN
from cluster.embedded.dialect.version import VERSION, VERSION_TEXT

_SQL = Path(__file__).with_name("sql")
# Bodies name functions of later files; checking them costs half of the script's time.
_PREAMBLE = "SET check_function_bodies = off;\nSET client_min_messages = warning;\n"
# What the dialect's own SQL calls by PostgreSQL's name stays there.
_CALLED = re.compile(r"\b([a-z_0-9]+)\(")
_END = "RESET check_function_bodies;\nRESET client_min_messages;\n"


def bootstrap_sql() -> str:
    """What the superuser runs in template1, as one simple query and so in one transaction; again at any time.

    Read from the files at each call: a kernel may have loaded this module before its files were updated.
    Databases are copies of template1, and so each has the dialect. Raises OSError if a file cannot be read.
    """
    parts = [path.read_text(encoding="utf-8") for path in sorted(_SQL.glob("*.sql"))]
    release = VERSION.removeprefix("v").rpartition(".")[0]
    script = "\n".join(parts).replace("{{version}}", VERSION_TEXT).replace("{{release}}", release)
    script = script.replace("{{session_variables}}", rows())
    script = script.replace("{{empty_relations}}", " ".join(sorted(EMPTY)))
    script = script.replace("{{empty_information}}", " ".join(sorted(EMPTY_INFORMATION)))
    script = script.replace("{{foreign_types}}", " ".join(sorted(FOREIGN)))
    kept = PRESENT | NEEDED | frozenset(_CALLED.findall(script))
    script = script.replace("{{builtins}}", " ".join(sorted(kept)))
    return _PREAMBLE + script + _END
