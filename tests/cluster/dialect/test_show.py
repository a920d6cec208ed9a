"""SHOW statements: what PostgreSQL is asked, and what a client gets, as CockroachDB v26.2 answers.

Columns: pkg/sql/delegate/show_*.go. The tutorial's own outputs: cockroachdb/docs, alembic.md.
"""

from __future__ import annotations

import pytest

from cluster.embedded.dialect import Refusal, Settings, translate

BANK = Settings(database="bank")


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("SHOW TABLES", "show_tables_from(VARIADIC ARRAY[]::text[])"),
        ("show tables from Bank", "show_tables_from('bank')"),
        ('SHOW TABLES FROM bank."Odd"', "show_tables_from('bank', 'Odd')"),
        ("SHOW COLUMNS FROM accounts", "show_columns(crdb_catalog.find_table('accounts'))"),
        ("SHOW COLUMNS FROM bank.public.accounts", "find_table('bank', 'public', 'accounts')"),
        ('SHOW COLUMNS FROM "it\'s"', "find_table('it''s')"),
        ("SHOW INDEX FROM t", "show_indexes(crdb_catalog.find_table('t'))"),
        ("SHOW INDEXES FROM t", "show_indexes(crdb_catalog.find_table('t'))"),
        ("SHOW KEYS FROM t", "show_indexes(crdb_catalog.find_table('t'))"),
        ("SHOW CONSTRAINT FROM t", "show_constraints(crdb_catalog.find_table('t'))"),
        ("SHOW CREATE TABLE t", "show_create('t')"),
        ("SHOW CREATE public.t", "show_create('public', 't')"),
        ('SHOW CREATE "table"', "show_create('table')"),
        ("SHOW CREATE INDEXES FROM t", "show_create_indexes(crdb_catalog.find_table('t'), false)"),
        ("SHOW CREATE SECONDARY INDEXES FROM t", "show_create_indexes(crdb_catalog.find_table('t'), true)"),
        ("SHOW SCHEMAS FROM bank", "check_database('bank')"),
    ],
)
def test_a_show_is_a_select_over_the_catalog(statement: str, source: str) -> None:
    [found] = translate(statement, BANK)
    assert found.sql.startswith("SELECT ")
    assert source in found.sql


@pytest.mark.parametrize(
    ("statement", "tag"),
    [
        ("SHOW TABLES", "SHOW TABLES "),
        ("SHOW COLUMNS FROM t", "SHOW COLUMNS "),
        ("SHOW CREATE TABLE t", "SHOW CREATE "),
        ("SHOW DATABASES", "SHOW DATABASES "),
        ("SHOW INDEXES FROM t", "SHOW INDEXES FROM TABLE "),
        ("SHOW KEYS FROM DATABASE bank", "SHOW INDEXES FROM DATABASE "),
        ("SHOW ROLES", "SHOW ROLES "),
        ("SHOW FUNCTIONS", "SHOW FUNCTIONS "),
        ("SHOW sql_safe_updates", "SHOW "),
    ],
)
def test_the_tag_names_the_statement(statement: str, tag: str) -> None:
    assert translate(statement, BANK)[0].tag == tag


@pytest.mark.parametrize(
    "statement",
    [
        "SHOW AUTOMATIC JOBS",
        "SHOW RANGES FROM TABLE t",
        "SHOW GRANTS",
        "SHOW CREATE DATABASE bank",
        "SHOW LAST QUERY STATISTICS",
    ],
)
def test_what_is_missing_is_refused_by_name(statement: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(statement, BANK)
    assert caught.value.sqlstate == "0A000"
    assert " ".join(statement.split()[:2]) in caught.value.message
    assert "not supported by the embedded cluster" in caught.value.message
    assert "python -m cluster install" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "statement",
    [
        "SHOW TABLES EXTRA",
        "SHOW COLUMNS",
        "SHOW COLUMNS FROM t WITH",
        "SHOW TABLES IN bank",
        "SHOW TABLE t",
        "SHOW VIEW",
        "SHOW CONSTRAINTS FROM DATABASE bank",
    ],
)
def test_what_cannot_be_read_is_a_syntax_error(statement: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(statement, BANK)
    assert caught.value.sqlstate == "42601"


@pytest.fixture(scope="module")
def tables(client):
    """The tutorial's table, and one that has no key, with an index of each kind."""
    client.rows("CREATE TABLE accounts (id UUID NOT NULL, balance INTEGER, PRIMARY KEY (id))")
    client.rows(
        "ALTER TABLE accounts ADD COLUMN overdrawn BOOLEAN"
        " AS (CASE WHEN balance < 0 THEN True ELSE False END) STORED"
    )
    client.rows("CREATE TABLE logs (at TIMESTAMPTZ NOT NULL DEFAULT now(), message STRING, size INT4)")
    client.rows("CREATE UNIQUE INDEX logs_size_key ON logs (size) STORING (at)")
    client.rows("CREATE INDEX logs_message_idx ON logs (message DESC, size) WHERE size > 3")
    client.rows(
        "CREATE TABLE lines (id INT8 PRIMARY KEY, account UUID REFERENCES accounts (id) ON DELETE CASCADE)"
    )
    client.rows("CREATE TYPE mood AS ENUM ('good', 'bad')")
    client.rows("CREATE SEQUENCE numbers")
    client.rows("COMMENT ON TABLE logs IS 'what happened'")
    client.rows("COMMENT ON COLUMN logs.size IS 'in bytes'")
    return client


def test_show_columns_as_the_tutorial_prints_them(tables) -> None:
    assert tables.rows("SHOW COLUMNS FROM accounts") == [
        ("id", "UUID", False, None, "", ["accounts_pkey"], False),
        ("balance", "INT8", True, None, "", ["accounts_pkey"], False),
        (
            "overdrawn",
            "BOOL",
            True,
            None,
            "CASE WHEN balance < 0 THEN true ELSE false END",
            ["accounts_pkey"],
            False,
        ),
    ]
    assert tables.columns == [
        "column_name",
        "data_type",
        "is_nullable",
        "column_default",
        "generation_expression",
        "indices",
        "is_hidden",
    ]
    assert tables.tag == "SHOW COLUMNS 3"


def test_a_table_without_a_key_shows_its_hidden_rowid(tables) -> None:
    assert tables.rows("SHOW COLUMNS FROM logs WITH COMMENT") == [
        ("at", "TIMESTAMPTZ", False, "now()", "", ["logs_pkey", "logs_size_key"], False, None),
        ("message", "STRING", True, None, "", ["logs_message_idx", "logs_pkey"], False, None),
        (
            "size",
            "INT4",
            True,
            None,
            "",
            ["logs_message_idx", "logs_pkey", "logs_size_key"],
            False,
            "in bytes",
        ),
        (
            "rowid",
            "INT8",
            False,
            "unique_rowid()",
            "",
            ["logs_message_idx", "logs_pkey", "logs_size_key"],
            True,
            None,
        ),
    ]


def test_show_tables(tables) -> None:
    assert tables.rows("SHOW TABLES WITH COMMENT") == [
        ("public", "accounts", "table", "demo", 0, None, ""),
        ("public", "lines", "table", "demo", 0, None, ""),
        ("public", "logs", "table", "demo", 0, None, "what happened"),
        ("public", "numbers", "sequence", "demo", 0, None, ""),
    ]
    assert tables.columns == [
        "schema_name",
        "table_name",
        "type",
        "owner",
        "estimated_row_count",
        "locality",
        "comment",
    ]


def test_show_indexes_has_stored_and_implicit_columns(tables) -> None:
    assert [row[1:9] for row in tables.rows("SHOW INDEXES FROM logs")] == [
        ("logs_message_idx", True, 1, "message", "message", "DESC", False, False),
        ("logs_message_idx", True, 2, "size", "size", "ASC", False, False),
        ("logs_message_idx", True, 3, "rowid", "rowid", "ASC", False, True),
        ("logs_pkey", False, 1, "rowid", "rowid", "ASC", False, False),
        ("logs_pkey", False, 2, "at", "at", "N/A", True, False),
        ("logs_pkey", False, 3, "message", "message", "N/A", True, False),
        ("logs_pkey", False, 4, "size", "size", "N/A", True, False),
        ("logs_size_key", False, 1, "size", "size", "ASC", False, False),
        ("logs_size_key", False, 2, "at", "at", "N/A", True, False),
        ("logs_size_key", False, 3, "rowid", "rowid", "ASC", True, True),
    ]
    assert tables.columns[9:] == ["visible", "visibility"]


def test_a_unique_index_is_a_constraint(tables) -> None:
    assert tables.rows("SHOW CONSTRAINTS FROM logs") == [
        ("logs", "logs_pkey", "PRIMARY KEY", "PRIMARY KEY (rowid ASC)", True),
        ("logs", "logs_size_key", "UNIQUE", "UNIQUE (size ASC)", True),
    ]
    assert tables.rows("SHOW CONSTRAINTS FROM lines")[0] == (
        "lines",
        "lines_account_fkey",
        "FOREIGN KEY",
        "FOREIGN KEY (account) REFERENCES accounts(id) ON DELETE CASCADE",
        True,
    )


def test_show_create_table(tables) -> None:
    assert tables.rows("SHOW CREATE TABLE logs") == [
        (
            "logs",
            "CREATE TABLE public.logs (\n"
            "\tat TIMESTAMPTZ NOT NULL DEFAULT now():::TIMESTAMPTZ,\n"
            "\tmessage STRING NULL,\n"
            "\tsize INT4 NULL,\n"
            "\trowid INT8 NOT VISIBLE NOT NULL DEFAULT unique_rowid(),\n"
            "\tCONSTRAINT logs_pkey PRIMARY KEY (rowid ASC),\n"
            "\tUNIQUE INDEX logs_size_key (size ASC) STORING (at),\n"
            "\tINDEX logs_message_idx (message DESC, size ASC) WHERE size > 3:::INT8\n"
            ") WITH (schema_locked = true);\n"
            "COMMENT ON TABLE public.logs IS 'what happened';\n"
            "COMMENT ON COLUMN public.logs.size IS 'in bytes';",
        )
    ]


def test_show_create_follows_a_renamed_column(tables) -> None:
    tables.rows("CREATE TABLE renamed (a INT8 PRIMARY KEY, b INT8 CHECK (b > 0), c INT8 AS (b + 1) STORED)")
    tables.rows("ALTER TABLE renamed RENAME COLUMN b TO amount")
    assert tables.rows("SHOW CREATE TABLE renamed")[0][1].splitlines()[2:-1] == [
        "\tamount INT8 NULL,",
        "\tc INT8 NULL AS (amount + 1:::INT8) STORED,",
        "\tCONSTRAINT renamed_pkey PRIMARY KEY (a ASC),",
        "\tCONSTRAINT check_b CHECK (amount > 0:::INT8)",
    ]
    tables.rows("DROP TABLE renamed")


def test_show_create_of_a_foreign_key_names_the_schema(tables) -> None:
    assert "REFERENCES public.accounts(id) ON DELETE CASCADE" in tables.rows("SHOW CREATE lines")[0][1]


def test_show_create_sequence_and_indexes(tables) -> None:
    assert tables.rows("SHOW CREATE SEQUENCE numbers") == [
        (
            "numbers",
            "CREATE SEQUENCE public.numbers MINVALUE 1 MAXVALUE 9223372036854775807 INCREMENT 1 START 1;",
        )
    ]
    assert tables.column("SHOW CREATE SECONDARY INDEXES FROM logs") == ["logs_size_key", "logs_message_idx"]


def test_show_databases(tables) -> None:
    rows = tables.rows("SHOW DATABASES")
    assert tables.columns == [
        "database_name",
        "owner",
        "primary_region",
        "secondary_region",
        "regions",
        "survival_goal",
    ]
    assert [row[:2] for row in rows if not row[0].startswith("test_")] == [
        ("defaultdb", "root"),
        ("postgres", "root"),
        ("system", "node"),
    ]


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("SHOW ENUMS", [("public", "mood", ["good", "bad"], "demo")]),
        ("SHOW TYPES", [("public", "mood", "demo")]),
        ("SHOW SEQUENCES", [("public", "numbers")]),
        (
            "SHOW SCHEMAS",
            [
                ("crdb_internal", "node"),
                ("information_schema", "node"),
                ("pg_catalog", "node"),
                ("pg_extension", "node"),
                ("public", "admin"),
            ],
        ),
        (
            "SHOW USERS",
            [("admin", [], [], None), ("demo", [], ["admin"], None), ("root", [], ["admin"], None)],
        ),
    ],
)
def test_lists(tables, statement: str, rows: list[tuple]) -> None:
    assert tables.rows(statement) == rows


@pytest.mark.parametrize(
    ("statement", "sqlstate", "message"),
    [
        ("SHOW COLUMNS FROM nosuch", "42P01", 'relation "nosuch" does not exist'),
        ("SHOW CREATE TABLE public.nosuch", "42P01", 'relation "public.nosuch" does not exist'),
        ("SHOW INDEXES FROM nodb.public.t", "3D000", 'database "nodb" does not exist'),
        ("SHOW TABLES FROM nosuch", "3F000", "target database or schema does not exist"),
        (
            "SHOW TABLES FROM defaultdb",
            "0A000",
            "SHOW for another database than the current one is not supported by the embedded cluster",
        ),
    ],
)
def test_errors(tables, statement: str, sqlstate: str, message: str) -> None:
    assert tables.error(statement)[:2] == (sqlstate, message)
