"""Tables of another database: PostgreSQL takes `database.table` for a schema's, and would call it unknown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster.embedded.dialect.model import unsupported

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_NAMED = re.compile(r'(?:relation|schema|create) "([^".]+)(?:\.[^"]*)?"')
_UNKNOWN = frozenset({"42P01", "3F000"})


def refuse(session: Session, fields: dict[str, str]) -> None:
    """Make the error of an unknown relation or schema a refusal, if what is named so is another database."""
    if fields.get("C") not in _UNKNOWN:
        return
    match = _NAMED.search(fields.get("M", ""))
    if match is None or match[1] == session.database or match[1] not in session.shared.databases:
        return
    reason = unsupported(f'a relation of another database ("{match[1]}": USE it first)')
    fields |= {"C": reason.sqlstate, "M": reason.message, "H": reason.hint or ""}
