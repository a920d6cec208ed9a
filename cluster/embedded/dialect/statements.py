"""The allow-list: which statements there are, and which rule answers each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from cluster.embedded.dialect import (
    database,
    ddl_alter,
    ddl_index,
    ddl_objects,
    ddl_table,
    ddl_types,
    dml,
    grants,
    query,
    roles,
    session,
    settings,
    show,
    show_jobs,
    transactions,
)
from cluster.embedded.dialect.grammar_help import hinted
from cluster.embedded.dialect.hidden import refuse_hidden
from cluster.embedded.dialect.jobs import job_of
from cluster.embedded.dialect.model import Effect, Refusal, Settings, Statement, unsupported
from cluster.embedded.dialect.not_implemented import not_implemented
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, words

Rule = Callable[[Reader], Statement]

# Leading keywords -> rule; the longest that fits wins. What is not here is refused.
RULES: dict[str, Rule] = {
    "begin": transactions.begin,
    "start transaction": transactions.begin,
    "commit": transactions.commit,
    "commit prepared": transactions.two_phase,
    "rollback prepared": transactions.two_phase,
    "prepare transaction": transactions.two_phase,
    "end": transactions.commit,
    "abort": transactions.abort,
    "rollback": transactions.rollback,
    "savepoint": transactions.savepoint,
    "release": transactions.release,
    "set transaction": transactions.set_transaction,
    "set session transaction": transactions.set_transaction,
    "set session characteristics": transactions.set_transaction,
    "show transaction status": transactions.show_status,
    "show savepoint status": transactions.show_savepoints,
    "select": query.query,
    "(": query.query,
    "with": dml.with_query,
    "values": query.query,
    "table": query.query,
    "insert": dml.change,
    "upsert": dml.change,
    "update": dml.change,
    "delete": dml.change,
    "show": show.show,
    "cancel job": show_jobs.control,
    "cancel jobs": show_jobs.control,
    "cancel all": show_jobs.control,
    "pause job": show_jobs.control,
    "pause jobs": show_jobs.control,
    "pause all": show_jobs.control,
    "resume job": show_jobs.control,
    "resume jobs": show_jobs.control,
    "resume all": show_jobs.control,
    "set": settings.set_variable,
    "reset": settings.reset,
    "discard": settings.discard,
    "use": database.use,
    "create database": database.create_database,
    "drop database": database.drop_database,
    "alter database": database.alter_database,
    "create table": ddl_table.create_table,
    "create temp": ddl_table.create_temporary,
    "create temporary": ddl_table.create_temporary,
    "create unlogged": ddl_table.create_table,
    "alter table": ddl_alter.alter_table,
    "drop table": ddl_objects.drop_relation,
    "truncate": ddl_objects.truncate,
    "create index": ddl_index.create_index,
    "create unique": ddl_index.create_index,
    "create inverted": ddl_index.create_index,
    "create vector": ddl_index.create_index,
    "drop index": ddl_index.drop_index,
    "alter index": ddl_index.alter_index,
    "create view": ddl_objects.create_view,
    "create or": ddl_objects.create_or_replace,
    "create materialized": ddl_objects.create_view,
    "alter view": ddl_objects.alter_view,
    "alter materialized": ddl_objects.alter_view,
    "drop view": ddl_objects.drop_relation,
    "drop materialized": ddl_objects.drop_relation,
    "refresh": ddl_objects.refresh,
    "create sequence": ddl_objects.create_sequence,
    "alter sequence": ddl_objects.alter_view,
    "drop sequence": ddl_objects.drop_relation,
    "create type": ddl_types.create_type,
    "alter type": ddl_types.alter_type,
    "drop type": ddl_objects.drop_relation,
    "create schema": ddl_objects.create_schema,
    "alter schema": ddl_objects.alter_schema,
    "drop schema": ddl_objects.drop_schema,
    "comment on": ddl_objects.comment,
    "create user": roles.create,
    "create role": roles.create,
    "alter user": roles.alter,
    "alter role": roles.alter,
    "drop user": roles.drop,
    "drop role": roles.drop,
    "grant": grants.grant,
    "revoke": grants.revoke,
    "alter default privileges": grants.default_privileges,
    "prepare": session.prepare,
    "execute": session.execute,
    "deallocate": session.deallocate,
    "declare": session.declare,
    "fetch": session.cursor,
    "move": session.cursor,
    "close": session.cursor,
    "copy": session.copy,
    "unlisten": session.unlisten,
    "analyze": session.analyze,
    "analyse": session.analyze,
}
_CHANGES = frozenset([Effect.DDL, Effect.DROP_DATABASE])


def one(tokens: Sequence[Token], settings: Settings, source: str, offset: int) -> tuple[Statement, ...]:
    """The statements that one statement of the client becomes. Raises Refusal, CatalogNeeded."""
    reader = Reader(tokens, settings, source, offset)
    try:
        return _one(reader, settings, source)
    except Refusal as refusal:
        raise hinted(refusal, reader.tokens, source) from None


# The dialect's own signs in names: see sql/21_index_names.sql, ddl_constraint.py and tables.py.
_MARKS = re.compile("[\x01\x02\x03\x1e\x1f]")
_MOST_DIGITS = 1000  # Python reads no more than 4,300


def _fit(reader: Reader) -> None:
    """Refuse names with a sign of ours, and numbers that no rule could read."""
    for token in reader.tokens:
        if token.kind is Kind.QUOTED and _MARKS.search(token.text):
            raise unsupported("control character in a name")
        if token.kind is Kind.NUMBER and len(token.text) > _MOST_DIGITS:
            raise unsupported(f"a number of more than {_MOST_DIGITS} digits")


def _one(reader: Reader, settings: Settings, source: str) -> tuple[Statement, ...]:
    reader.balanced()
    if len(source) > _MOST_DIGITS or _MARKS.search(source):
        _fit(reader)
    if error := not_implemented(reader):
        raise error
    known = source.lower()
    if "crdb_" in known or "hidden_" in known or "postgresql_" in known:
        refuse_hidden(reader.tokens)
    if rule := reader.leading(RULES):
        made = rule(reader)
        if made.effect in _CHANGES and (job := job_of(reader.tokens, settings)):
            made = made.with_job(job)
        return (made,)
    words = reader.peek(0).key, reader.peek(1).key
    if words[0] in _REFUSED:
        raise unsupported(" ".join(words).strip().upper() if words[0] in _OF_TWO else words[0].upper())
    if words[0] in ("create", "alter", "drop", "comment"):
        if words[1] in _OBJECTS:
            raise unsupported(f"{words[0]} {words[1]}".upper())
        reader.take()
    raise reader.fault()


# Those of them that say in their second word what they are about.
_OF_TWO = words("cancel pause resume reassign")
# CockroachDB has these (pkg/sql/parser/sql.y, stmt); the embedded cluster does not.
_REFUSED = words(
    """
    backup call cancel check do explain export import inspect listen notify pause reassign restore
    resume
    """
)
_OBJECTS = words(
    """
    changefeed default extension external function group job logical policy procedure
    owned partition range recursive schedule statistics system tenant trigger virtual
    """
)
