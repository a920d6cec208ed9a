"""Databases: CREATE, DROP, ALTER DATABASE and USE (docs, "CREATE DATABASE", "DROP DATABASE", "USE")."""

from __future__ import annotations

from cluster.embedded.dialect.ddl import ddl
from cluster.embedded.dialect.literals import string_value
from cluster.embedded.dialect.model import Effect, Forgiven, Notice, Refusal, Statement, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, name_of, quote_name
from cluster.embedded.dialect.unimplemented import unimplemented

# Options that PostgreSQL's clients write: the values that change nothing, else the words and the issue of
# pkg/sql/create_database.go.
_ONLY = {
    "template": (("TEMPLATE0",), "template", 10151),
    "encoding": (("UTF8", "UTF-8", "UNICODE"), "encoding", 35882),
    "lc_collate": (("C", "C.UTF-8"), "collation", 16618),
    "lc_ctype": (("C", "C.UTF-8"), "character classification", 35882),
}


def create_database(reader: Reader) -> Statement:
    """CREATE DATABASE [IF NOT EXISTS] name [WITH] options; only options that change nothing are taken."""
    reader.expect("create", "database")
    if_not_exists = reader.accept("if", "not", "exists")
    name = reader.name()
    reader.accept("with")
    owner = ""
    while not reader.done:
        option = reader.take().key
        if option in ("primary", "regions", "survive", "placement", "secondary", "super"):
            raise unsupported("multi-region database")
        if option == "connection":
            reader.expect("limit")
        elif option not in ("owner", "encoding", "template", "lc_collate", "lc_ctype"):
            reader.position -= 1
            raise reader.fault()
        reader.accept("=")
        if option == "connection":
            reader.accept("-")
        value = reader.take()
        if option == "owner":
            owner = f" OWNER {quote_name(name_of(value))}"
        elif option in _ONLY:
            text = value.text.strip("'\"")
            taken, what, issue = _ONLY[option]
            if text.upper() not in taken:
                raise unimplemented(f"unsupported {what}: {text}", issue)
        elif option == "connection" and value.text != "1":
            raise unimplemented(f"only connection limit -1 is supported, got: {value.text}", 54241)
    notice = Notice(f'database "{name}" already exists, skipping', sqlstate="42P04")
    return Statement(
        f"CREATE DATABASE {quote_name(name)}{owner}",
        tag="CREATE DATABASE",
        effect=Effect.CREATE_DATABASE,
        argument=name,
        forgives=Forgiven("42P04", notice) if if_not_exists else None,
    )


def drop_database(reader: Reader) -> Statement:
    """DROP DATABASE [IF EXISTS] name [CASCADE | RESTRICT]; CASCADE is the default.

    The effect's argument has "\\0restrict" or "\\0safe" behind the name, if the database must be empty
    (scbuildstmt/drop_database.go).
    """
    reader.expect("drop", "database")
    if_exists = reader.accept("if", "exists")
    name = reader.name()
    restrict = reader.accept("restrict")
    cascade = not restrict and reader.accept("cascade")
    reader.finish()
    safe = reader.settings.sql_safe_updates
    if safe and name == reader.settings.database:
        raise Refusal("01000", "rejected (sql_safe_updates = true): DROP DATABASE on current database")
    wanted = "\0restrict" if restrict else "\0safe" if safe and not cascade else ""
    return Statement(
        f"DROP DATABASE {'IF EXISTS ' if if_exists else ''}{quote_name(name)} WITH (FORCE)",
        tag="DROP DATABASE",
        effect=Effect.DROP_DATABASE,
        argument=name + wanted,
    )


def alter_database(reader: Reader) -> Statement:
    """ALTER DATABASE name RENAME TO name | OWNER TO role."""
    reader.expect("alter", "database")
    name = reader.name()
    head = f"ALTER DATABASE {quote_name(name)}"
    if reader.accept("rename", "to"):
        new = reader.name()
        reader.finish()
        return Statement(
            f"{head} RENAME TO {quote_name(new)}",
            tag="ALTER DATABASE",
            effect=Effect.RENAME_DATABASE,
            argument=f"{name}\0{new}",
        )
    if reader.accept("owner", "to"):
        owner = reader.name()
        reader.finish()
        return ddl(f"{head} OWNER TO {quote_name(owner)}", "ALTER DATABASE")
    if reader.done:
        raise reader.fault()
    raise unsupported(f"ALTER DATABASE … {reader.token.text.upper()}")


def use(reader: Reader) -> Statement:
    """USE name."""
    reader.expect("use")
    return use_database(reader)


def use_database(reader: Reader) -> Statement:
    """The rest of USE name and SET database = name."""
    token = reader.take()
    if token.kind is Kind.STRING:
        name = string_value(token.text)
    elif token.kind in (Kind.WORD, Kind.QUOTED):
        name = name_of(token)
        if token.key == "default":
            name = "defaultdb"
    else:
        reader.position -= 1
        raise reader.fault()
    reader.finish()
    if not name:
        raise unsupported("a session without a database")
    return Statement("", tag="SET", effect=Effect.USE_DATABASE, argument=name)
