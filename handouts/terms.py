"""The terms of the glossary, by the part of the course from which they come.

A lesson that brings a new term writes it in *italics* where it explains it, and adds a line here. The lesson
is not named here: `glossary.py` finds it. Only a word that an earlier lesson uses without explaining it names
its lesson.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One term. meaning: one sentence. forms: other words for it in a lesson. lesson: only there."""

    name: str
    meaning: str
    forms: tuple[str, ...] = ()
    lesson: str = ""


TERMS = (
    # The course and its tools.
    Term("cell", "A box of a notebook that holds text, or code that runs and shows its output below."),
    Term("magic", "A command to the notebook, such as `%sql` or `%%migration`."),
    Term("workspace", "The folder `workspace/`: your own copy of the project, in the state of the lesson."),
    Term(
        "embedded cluster",
        "PostgreSQL behind a program that imitates CockroachDB, for learning and never for production.",
    ),
    Term("DATABASE_URL", "The environment variable from which Alembic, the app and `%sql` take their URL."),
    Term("exit code", "The number with which a program ends: 0 when all went well, another when it failed."),
    # Between Python and the server.
    Term("driver", "The package that speaks to the server, here psycopg2."),
    Term("dialect", "The part of SQLAlchemy that knows one kind of database; the URL's prefix chooses it."),
    Term("model", "A Python class that stands for a table; it describes the table and does not make it."),
    Term("metadata", "SQLAlchemy's list of all tables that belong to the models' `Base`."),
    Term("nullable", "Said of a column that may hold NULL, which is no value."),
    Term("relation", "What a database calls a table, and also a view, an index or a sequence."),
    Term("serializable", "As if transactions ran one after the other; CockroachDB's default."),
    Term(
        "run_transaction",
        "The dialect's function that runs a transaction, and again when the server asks for a retry.",
    ),
    Term("SQLSTATE", "The code of five characters that says which kind of error the server means."),
    # Alembic.
    Term("migration", "A change of a database's schema, kept in a file and run by a tool."),
    Term("revision", "Alembic's name for one migration: a file with an id, `upgrade()` and `downgrade()`."),
    Term("down_revision", "The line of a revision that names the one before it; these lines make the chain."),
    Term("head", "The newest revision, which no other follows.", lesson="04"),
    Term("base", "The empty place before the first revision.", ("<base>",), "04"),
    Term("upgrade", "To run revisions that have not run yet, going forward.", lesson="04"),
    Term("downgrade", "To undo revisions, with what their `downgrade()` says now.", lesson="04"),
    Term("alembic_version", "Alembic's table in the database: the id of the revision at which it is."),
    Term("env.py", "The Python file that Alembic runs each time: it connects, and names the models."),
    Term("offline mode", "Alembic with `--sql`: it prints the statements and connects to nothing."),
    Term(
        "autogenerate",
        "Alembic's comparison of models and database, from which it drafts a revision.",
        lesson="08",
    ),
    Term("alembic check", "The command that asks whether autogenerate would find anything to do."),
    Term("stamp", "To write an id into `alembic_version` without running anything.", lesson="13"),
    Term("Impl", "Alembic's class for one kind of database: how that one reads and compares.", lesson="15"),
    Term("branch", "A line of revisions beside another one, from the same revision on.", (), "23"),
    Term(
        "merge revision",
        "A revision with two or more before it, which makes several heads one.",
        ("merge",),
        "23",
    ),
    Term("branchpoint", "The revision with two children, from which the history forks."),
    Term("branch label", "A name for a line of revisions, to be used in place of an id."),
    # CockroachDB's schema.
    Term("DDL", "Data definition language: the statements that change a schema, `CREATE`, `ALTER`, `DROP`."),
    Term("INT8", "A whole number of 8 bytes: what CockroachDB makes of `INTEGER`."),
    Term("SERIAL", "A word for “the database counts”, which the server replaces when it makes the table."),
    Term(
        "unique_rowid()",
        "CockroachDB's ids from time and node: 19 digits, too many for JavaScript.",
        lesson="10",
    ),
    Term(
        "computed column",
        "A column whose value the database works out from the row's other columns.",
        lesson="06",
    ),
    Term(
        "virtual", "Said of a computed column that is worked out at each query and not stored.", lesson="09"
    ),
    Term(
        "primary index", "The index that is the table: it is sorted by the primary key and holds whole rows."
    ),
    Term("primary key", "The columns that tell the rows of a table apart, never NULL."),
    Term("hotspot", "A place of the cluster where too much of the work meets, such as the end of a table."),
    Term(
        "range",
        "A piece of a table's rows in the order of the key; the cluster spreads such pieces.",
        ("ranges",),
        "18",
    ),
    Term("partial index", "An index of those rows only that its condition chooses.", ("partial",)),
    Term(
        "covering index",
        "An index that keeps more columns along, so that a query needs no table.",
        ("covering",),
    ),
    Term("expression index", "An index over what is worked out of a row, such as `lower(email)`."),
    Term("foreign key", "A rule that a value must be there in another table."),
    Term("enum", "A type whose values are a list of names, each of which may be added later.", (), "20"),
    Term(
        "schema_locked", "The parameter of a table that keeps some schema changes away until it is taken off."
    ),
    Term(
        "hash-sharded index",
        "An index in several parts, so that rows which come in order do not meet in one place.",
        ("hash-sharded",),
        lesson="22",
    ),
    Term("TTL", "Time to live: after it CockroachDB deletes a row by itself.", ("row-level TTL",), "22"),
    Term("locality", "Where a table's rows are kept, in a cluster of several regions.", (), "22"),
    Term("LTS", "A release of CockroachDB with long-term support, such as v25.4."),
    # How schema changes run.
    Term(
        "autocommit_before_ddl", "The setting by which each DDL statement first commits the open transaction."
    ),
    Term(
        "autocommit_block",
        "Alembic's way to run statements each in a transaction of its own.",
        ("autocommit_block()",),
    ),
    Term("notice", "A message of the server that is no error."),
    Term(
        "online schema change",
        "A change of a table while it is read and written.",
        ("online schema changes",),
    ),
    Term("job", "Work that the cluster does in the background; a schema change is one.", lesson="14"),
    Term("backfill", "Filling what is new in old rows: a column's values, an index's entries."),
    Term("garbage collection", "Removing what is no longer needed, hours after a `DROP`."),
    Term(
        "half-applied revision",
        "A revision of which some changes are in the database and others are not.",
        ("half-applied",),
    ),
    Term("trivial", "Said of a change of a type that reads and writes no row.", (), "17"),
    Term(
        "restart transaction",
        "The server's words, with SQLSTATE 40001, for: nothing was changed, try again.",
        lesson="02",
    ),
    Term("init container", "A program that Kubernetes runs before an app starts, such as a migration."),
    Term("lock", "What keeps others out until the one who has it is done.", (), "21"),
    # Changing what is in use.
    Term(
        "expand",
        "The first half of a careful change: add what is new, in a form that old code can bear.",
        ("expand and contract",),
        "19",
    ),
    Term(
        "contract", "The last step of a careful change: forbid or drop what nobody uses any more.", (), "19"
    ),
    Term(
        "rolling deployment",
        "Replacing the processes of an app one by one, so that old and new code run together.",
        lesson="19",
    ),
    Term(
        "keyset batch",
        "The next rows after the last one, in the order of the key.",
        ("keyset batches", "keyset"),
        lesson="19",
    ),
    Term(
        "NOT VALID",
        "Said of a constraint that holds for new rows and has not looked at the old ones.",
        lesson="19",
    ),
    # Tests.
    Term("fixture", "What a test of pytest gets by naming it as a parameter.", lesson="24"),
    Term(
        "stairway test",
        "Each revision up, down and up again, with a look at the schema.",
        ("stairway",),
        "24",
    ),
)
