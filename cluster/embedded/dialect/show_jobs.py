"""SHOW JOBS in its forms; CANCEL, PAUSE, RESUME JOBS (pkg/sql/delegate/show_jobs.go, control_jobs.go)."""

# ruff: noqa: S608  (the SQL is put together from constants and from rewritten queries)
from __future__ import annotations

from cluster.embedded.dialect.expressions import rewrite
from cluster.embedded.dialect.model import Effect, Statement, unsupported
from cluster.embedded.dialect.query import query_tokens
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, render

_QUERY = ("select", "(", "with", "values", "table")


def _ids(reader: Reader, *, several: bool) -> str:
    """What is left as SQL for an array of job ids: a query (JOBS) or one expression (JOB)."""
    if reader.done:
        raise reader.fault()
    tokens = reader.rest()
    if several:
        return f"ARRAY({render(query_tokens(tokens, reader.settings))})::bigint[]"
    inner = tokens[1:-1] if tokens[0].key == "(" and tokens[-1].key == ")" else []
    if inner and inner[0].key in _QUERY:
        return f"ARRAY[({render(query_tokens(inner, reader.settings))})]::bigint[]"
    return f"ARRAY[({render(rewrite(tokens, reader.settings))})]::bigint[]"


def jobs(reader: Reader) -> Statement:
    """SHOW JOBS | SHOW JOBS [WHEN COMPLETE] query | SHOW JOB [WHEN COMPLETE] id."""
    reader.expect("show")
    several = reader.take().key == "jobs"
    if several and reader.done:
        return Statement("SELECT * FROM crdb_catalog.show_jobs()", tag="SHOW JOBS ")
    if reader.at("for"):
        raise unsupported("SHOW JOBS FOR SCHEDULE")
    complete = reader.accept("when", "complete")
    if several and reader.token.key not in _QUERY:
        raise reader.fault()
    source = f"crdb_catalog.show_job({_ids(reader, several=several)}, {str(complete).lower()})"
    return Statement(f"SELECT * FROM {source}", tag="SHOW JOBS ")


def control(reader: Reader) -> Statement:
    """CANCEL | PAUSE | RESUME JOB id, … JOBS query. The front does it (front/job_control.py)."""
    command = reader.take().key
    if reader.at("all"):
        raise unsupported(f"{command.upper()} ALL {reader.peek(1).text.upper()} JOBS".replace("  ", " "))
    several = reader.take().key == "jobs"
    if reader.at("for"):
        raise unsupported(f"{command.upper()} JOBS FOR SCHEDULE")
    if any(token.kind is Kind.PARAM for token in reader.tokens):
        raise unsupported(f"{command.upper()} JOB with a placeholder")
    reason = [n for n in range(2, len(reader.tokens)) if reader.tokens[n].key == "reason"]
    if command == "pause" and reason and reader.tokens[reason[-1] - 1].key == "with":
        reader = reader.part(2, reason[-1] - 1)
    if several and reader.token.key not in _QUERY:
        raise reader.fault()
    return Statement(
        "",
        tag=f"{command.upper()} JOBS ",
        effect=Effect.CONTROL_JOBS,
        argument=f"{command}\0SELECT unnest({_ids(reader, several=several)})",
    )
