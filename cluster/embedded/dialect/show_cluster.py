"""SHOW about the cluster as a whole: what can be said honestly is its version; the rest is refused.

Sources: pkg/sql/parser/sql.y (show_csettings_stmt, show_sessions_stmt, show_queries_stmt, …); docs,
"SHOW CLUSTER SETTING".
"""

from __future__ import annotations

from cluster.embedded.dialect.model import Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.show_rule import RULES, Rule, shows
from cluster.embedded.dialect.tokens import quote_string
from cluster.embedded.dialect.version import VERSION

_RELEASE = VERSION.removeprefix("v").rpartition(".")[0]


@shows("show cluster setting")
def cluster_setting(reader: Reader) -> Statement:
    """SHOW CLUSTER SETTING name: the version; others are refused by name."""
    reader.expect("show", "cluster", "setting")
    if reader.accept("all"):
        raise unsupported("SHOW CLUSTER SETTING ALL")
    name = ".".join(reader.path())
    reader.finish()
    if name != "version":
        raise unsupported(f"cluster setting {name}")
    return Statement(f"SELECT {quote_string(_RELEASE)}::text AS version", tag="SHOW ")


def _refused(words: str) -> Rule:
    def rule(reader: Reader) -> Statement:
        raise unsupported(words.upper())

    return rule


_WHOSE = ("show cluster", "show local", "show all")
_WHAT = ("sessions", "queries", "statements", "transactions")

_REFUSED = {
    **{f"{whose} {what}": f"{whose} {what}" for whose in _WHOSE for what in _WHAT},
    "show all local": "show all local sessions or statements",
    "show all zone": "show all zone configurations",
    "show cluster settings": "show cluster settings",
    "show public cluster": "show public cluster settings",
    "show system grants": "show system grants",
    "show automatic jobs": "show automatic jobs",
    "show changefeed job": "show changefeed job",
    "show changefeed jobs": "show changefeed jobs",
    "show full table": "show full table scans",
}
RULES.update({words: _refused(said) for words, said in _REFUSED.items()})
