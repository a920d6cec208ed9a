"""The hint of a syntax error: `try \\h SELECT` (pkg/sql/parser/sql.y, "SHOW HELP"; help.go, SetHelp).

CockroachDB's parser falls back to the innermost rule that has a help text. That is the statement's own, but
within FROM, where it is <SOURCE>. What is not in the table has no help, and no hint.
"""

from __future__ import annotations

from collections.abc import Sequence

from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.tokens import Token, words

# Statements whose help has the name of their first two words, or of one.
_TWO = words(
    """
    alter_database alter_index alter_range alter_sequence alter_table alter_user alter_view alter_type
    alter_schema alter_role create_database create_statistics create_user create_sequence create_table
    create_view create_index create_role create_type create_schema create_function create_procedure
    create_trigger drop_database drop_index drop_role drop_table drop_user drop_view drop_type drop_schema
    drop_sequence show_columns show_constraints show_create show_databases show_enums show_functions
    show_grants show_histogram show_indexes show_jobs show_ranges show_roles show_schemas show_sequences
    show_statistics show_syntax show_tables show_transaction show_types show_users show_sessions
    set_transaction refresh_materialized comment_on
    """
)
_ONE = words(
    """
    alter backup begin cancel commit create deallocate discard drop execute explain export grant import
    prepare release reset restore revoke rollback savepoint select show table truncate use values delete
    insert update upsert copy
    """
)
_OTHER = {
    "show index": "SHOW INDEXES",
    "show keys": "SHOW INDEXES",
    "show constraint": "SHOW CONSTRAINTS",
    "show job": "SHOW JOBS",
    "show session": "SHOW SESSION",
    "show cluster": "SHOW CLUSTER SETTING",
    "set cluster": "SET CLUSTER SETTING",
    "reset cluster": "RESET CLUSTER SETTING",
    "create unique": "CREATE INDEX",
    "create inverted": "CREATE INDEX",
    "create temp": "CREATE TABLE",
    "create temporary": "CREATE TABLE",
    "refresh materialized": "REFRESH",
    "comment on": "",
    "cancel job": "CANCEL JOBS",
    "cancel jobs": "CANCEL JOBS",
    "start": "BEGIN",
    "end": "COMMIT",
    "set": "SET SESSION",
    "pause": "PAUSE JOBS",
    "resume": "RESUME JOBS",
    "(": "<SELECTCLAUSE>",
}
_AFTER_SOURCES = words("where group having window order limit offset fetch for union intersect except")


def hinted(refusal: Refusal, tokens: Sequence[Token], source: str) -> Refusal:
    """The refusal with the hint that CockroachDB gives, if it is a syntax error without one."""
    if refusal.sqlstate != "42601" or refusal.hint or "syntax error" not in refusal.message:
        return refusal
    # Where a rule of the grammar says what is wrong, there is no hint (pkg/sql/parser/testdata/errors).
    said = not refusal.message.endswith("syntax error")
    topic = "" if said else help_topic([token.key for token in tokens], _near(refusal.message))
    detail = refusal.detail or _detail(source, _near(refusal.message))
    hint = f"try \\h {topic}" if topic else None
    return Refusal(refusal.sqlstate, refusal.message, detail, hint)


def _near(message: str) -> str:
    return message.removeprefix('at or near "').partition('": syntax error')[0]


def _detail(source: str, near: str) -> str:
    """Where the fault is, for a rule that did not say."""
    at = len(source) if near == "EOF" else max(source.lower().find(near), 0)
    line_end = source.find("\n", at)
    column = at - (source.rfind("\n", 0, at) + 1)
    return f"source SQL:\n{source if line_end < 0 else source[:line_end]}\n{' ' * column}^"


def help_topic(keys: Sequence[str], near: str) -> str:
    """The topic of \\h for a statement with these keywords that cannot be read at near; "" for none."""
    stop = len(keys) if near == "EOF" or near not in keys else len(keys) - 1 - keys[::-1].index(near)
    first = [key for key in keys[:stop] if key]
    if not first:
        return ""
    if first[0] in ("select", "with", "delete", "insert", "update", "upsert", "(") and _in_sources(first):
        return "<SOURCE>"
    two = " ".join(first[:2])
    if two in _OTHER:
        return _OTHER[two]
    if "_".join(first[:2]) in _TWO:
        return two.upper()
    if first[0] in _OTHER:
        return _OTHER[first[0]]
    return first[0].upper() if first[0] in _ONE else ""


def _in_sources(keys: Sequence[str]) -> bool:
    """Whether the fault is in a list of tables: just after FROM, or in brackets opened there."""
    if keys[-1] == "from":
        return True
    if "from" not in keys:
        return False
    after = keys[len(keys) - 1 - list(keys[::-1]).index("from") :]
    return not _AFTER_SOURCES.intersection(after) and after.count("(") + after.count("{") > after.count(
        ")"
    ) + after.count("}")
