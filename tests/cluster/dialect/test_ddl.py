"""Schema changes as a client sees them. Sources beside each group; printing is test_show.py's."""

from __future__ import annotations

import itertools

import psycopg2.errors
import pytest

_numbers = itertools.count(1)


@pytest.fixture
def table(client) -> str:
    """A table with a key, a value, a computed column and two indexes."""
    name = f"t{next(_numbers)}"
    client.rows(
        f"CREATE TABLE {name} (id INT PRIMARY KEY, v STRING(10) NOT NULL DEFAULT 'x', n INT,"
        f" doubled INT AS (n * 2) STORED, CONSTRAINT uq UNIQUE (v), INDEX (n))"
    )
    return name


def columns(client, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in client.rows(f"SHOW COLUMNS FROM {table}")}


def indexes(client, table: str) -> set[str]:
    return {row[1] for row in client.rows(f"SHOW INDEXES FROM {table}")}


def constraints(client, table: str) -> dict[str, str]:
    return {row[1]: row[2] for row in client.rows(f"SHOW CONSTRAINTS FROM {table}")}


# -- names (docs, "CREATE TABLE"; schemaexpr/check_constraint.go) -----------------------------------------


@pytest.mark.parametrize(
    ("definition", "names"),
    [
        ("a INT PRIMARY KEY", {"$_pkey"}),
        ("a INT", {"$_pkey"}),
        ("a INT, CONSTRAINT k PRIMARY KEY (a)", {"k"}),
        ("a INT PRIMARY KEY, b INT UNIQUE", {"$_pkey", "$_b_key"}),
        ("a INT PRIMARY KEY CHECK (a > 0)", {"$_pkey", "check_a"}),
        ("a INT PRIMARY KEY, b INT, CHECK (a > b AND a < 9)", {"$_pkey", "check_a_b_a"}),
        ("a INT PRIMARY KEY CHECK (a > 0) CHECK (a < 9)", {"$_pkey", "check_a", "check_a1"}),
    ],
)
def test_generated_names_of_constraints(client, definition: str, names: set[str]) -> None:
    name = f"t{next(_numbers)}"
    client.rows(f"CREATE TABLE {name} ({definition})")
    assert set(constraints(client, name)) == {each.replace("$", name) for each in names}


@pytest.mark.parametrize(
    ("index", "name"),
    [
        ("INDEX ON $ (n, v)", "$_n_v_idx"),
        ("UNIQUE INDEX ON $ (n)", "$_n_key"),
        ("INDEX ON $ (n)", "$_n_idx1"),
        ("INDEX ON $ (lower(v))", "$_expr_idx"),
        ("INDEX ON $ (id) STORING (n)", "$_id_idx"),
        ("INDEX named ON $ (v DESC) WHERE n > 0", "named"),
    ],
)
def test_names_of_indexes(client, table: str, index: str, name: str) -> None:
    before = indexes(client, table)
    client.rows("CREATE " + index.replace("$", table))
    assert indexes(client, table) - before == {name.replace("$", table)}


def test_indexes_keep_the_order_of_the_definition(client) -> None:
    client.rows(
        "CREATE TABLE ordered (a INT PRIMARY KEY, b INT, INDEX (b), UNIQUE (a, b), CONSTRAINT n UNIQUE (b))"
    )
    [(_, printed)] = client.rows("SHOW CREATE TABLE ordered")
    places = [printed.index(name) for name in ("ordered_b_idx", "ordered_a_b_key", " n ")]
    assert places == sorted(places)


def test_an_index_name_belongs_to_its_table(client, table: str) -> None:
    other = f"{table}b"
    client.rows(
        f"CREATE TABLE {other} (id INT PRIMARY KEY, u INT, CONSTRAINT uq UNIQUE (u), INDEX same (id))"
    )
    client.rows(f"CREATE INDEX same ON {table} (n)")
    assert "same" in indexes(client, table) & indexes(client, other)
    assert client.error("DROP INDEX same").sqlstate == "42P09"
    client.rows(f"DROP INDEX {table}@same")
    assert "same" in indexes(client, other) - indexes(client, table)
    client.rows(f"INSERT INTO {other} VALUES (1, 5)")
    found = client.error(f"INSERT INTO {other} VALUES (2, 5)")
    assert found.message == 'duplicate key value violates unique constraint "uq"'
    assert found.detail == "Key (u)=(5) already exists."


def test_a_table_without_a_key_has_a_hidden_rowid(client) -> None:
    client.rows("CREATE TABLE keyless (a INT)")
    client.rows("INSERT INTO keyless VALUES (7)")
    assert client.rows("SELECT * FROM keyless") == [(7,)]
    assert client.one("SELECT rowid > 0 FROM keyless") is True
    client.rows("ALTER TABLE keyless ADD COLUMN b INT DEFAULT 3")
    client.rows("INSERT INTO keyless VALUES (8, 9)")
    assert client.rows("SELECT * FROM keyless ORDER BY a") == [(7, 3), (8, 9)]


# -- what is refused, as CockroachDB refuses it (pkg/sql/sqlerrors, pkg/sql/drop_index.go, logic tests) ----


@pytest.mark.parametrize(
    ("statement", "sqlstate", "message"),
    [
        ("CREATE TABLE $ (a INT)", "42P07", 'relation "@.public.$" already exists'),
        ("CREATE TABLE nosuch.t (a INT)", "3F000",
         'cannot create "nosuch.t" because the target database or schema does not exist'),
        ("CREATE TABLE x (a INT, a INT)", "42701", 'duplicate column name: "a"'),
        ("CREATE TABLE x (a int4range)", "42704", 'type "int4range" does not exist'),
        ("CREATE TABLE x (a money)", "0A000", 'at or near ")": syntax error: unimplemented: this syntax'),
        ("CREATE TABLE x (a int[][])", "0A000",
         "unimplemented: arrays cannot have arrays as element type"),
        ("CREATE TABLE x (a float(0))", "22023",
         'at or near ")": syntax error: precision for type float must be at least 1 bit'),
        ("CREATE TABLE x (a decimal(4, 6))", "22023",
         'at or near ")": syntax error: scale (6) must be between 0 and precision (4)'),
        ("CREATE TABLE x (a timestamp(7))", "42601",
         'at or near ")": syntax error: precision 7 out of range'),
        ("CREATE TABLE x (a INT) WITH (nosuch = 1)", "22023", 'invalid storage parameter "nosuch"'),
        ("ALTER TABLE $ ADD COLUMN n INT", "42701", 'column "n" of relation "$" already exists'),
        ("ALTER TABLE $ DROP COLUMN id", "42P10", 'column "id" is referenced by the primary key'),
        ("ALTER TABLE $ DROP COLUMN n", "42P10", 'column "n" is referenced by computed column "doubled"'),
        ("ALTER TABLE $ DROP COLUMN nosuch", "42703", 'column "nosuch" does not exist'),
        ("ALTER TABLE $ DROP CONSTRAINT nosuch", "42704",
         'constraint "nosuch" of relation "$" does not exist'),
        ("ALTER TABLE $ DROP CONSTRAINT $_pkey", "57000",
         'this schema change is disallowed because table "$" is locked and this operation cannot '
         "automatically unlock the table"),
        ("ALTER TABLE $ ALTER COLUMN id TYPE STRING", "0A000",
         "unimplemented: ALTER COLUMN TYPE requiring rewrite of on-disk data is currently not supported for "
         "columns that are part of an index"),
        ("ALTER TABLE $ ALTER COLUMN v TYPE INT USING 1", "42804",
         'default for column "v" cannot be cast automatically to type INT8'),
        ("ALTER TABLE $ ALTER COLUMN id DROP NOT NULL", "42P16", 'column "id" is in a primary index'),
        ("ALTER TABLE $ ADD CONSTRAINT uq UNIQUE (n)", "42P07", 'index with name "uq" already exists'),
        ("ALTER TABLE $ ADD CONSTRAINT uq CHECK (n > 0)", "42710", 'duplicate constraint name: "uq"'),
        ("ALTER TABLE $ ADD PRIMARY KEY (n)", "42P16",
         'multiple primary keys for table "$" are not allowed'),
        ("ALTER TABLE $ ADD UNIQUE (nosuch)", "42703", 'column "nosuch" does not exist'),
        ("ALTER TABLE nosuch ADD COLUMN a INT", "42P01", 'relation "nosuch" does not exist'),
        ("DROP TABLE nosuch", "42P01", 'relation "nosuch" does not exist'),
        ("DROP INDEX nosuch", "42704", 'index "nosuch" does not exist'),
        ("DROP INDEX $@uq", "2BP01", 'index "uq" is in use as unique constraint'),
        ("DROP INDEX $@$_pkey", "0A000", "cannot drop the primary index of a table using DROP INDEX"),
        ("CREATE INDEX $_n_idx ON $ (n)", "42P07", 'index with name "$_n_idx" already exists'),
        ("INSERT INTO $ (id, doubled) VALUES (1, 2)", "55000",
         'cannot write directly to computed column "doubled"'),
    ],
)  # fmt: skip
def test_refused_in_cockroachdbs_words(
    client, table: str, statement: str, sqlstate: str, message: str
) -> None:
    found = client.error(statement.replace("$", table))
    wanted = message.replace("@", client.connection.info.dbname).replace("$", table)
    assert (found.sqlstate, found.message) == (sqlstate, wanted)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE x (a INT, b STRING, INDEX (lower(b)) USING HASH)",
        "SELECT crdb_internal_a_shard_16 FROM $",
        "CREATE TABLE x (a INT) LOCALITY GLOBAL",
        "CREATE TABLE x (a GEOMETRY)",
        "CREATE TEMP TABLE x (a INT)",
        "CREATE VECTOR INDEX ON $ (v)",
        "ALTER TABLE $ SET LOCALITY GLOBAL",
        "ALTER TABLE $ SPLIT AT VALUES (1)",
        "ALTER INDEX $@uq SPLIT AT VALUES (1)",
        "ALTER DATABASE defaultdb ADD REGION 'a'",
        "GRANT DROP ON $ TO demo",
    ],
)
def test_what_is_not_there_is_refused_by_name(client, table: str, statement: str) -> None:
    found = client.error(statement.replace("$", table))
    assert found.sqlstate == "0A000"
    assert "not supported by the embedded cluster" in found.message
    assert "python -m cluster install" in (found.hint or "")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE x (a INT) INHERITS (y)",
        "CREATE TABLE x (a INT) TABLESPACE y",
        "CREATE INDEX ON $ USING brin (n)",
        "ALTER TABLE $ CLUSTER ON uq",
        "ALTER TABLE $ ALTER COLUMN n SET STATISTICS 10",
        "CREATE RULE r AS ON INSERT TO $ DO NOTHING",
        "CLUSTER $",
        "LOCK TABLE $",
        "MERGE INTO $ USING x ON true WHEN MATCHED THEN DELETE",
        "CREATE TABLE x (EXCLUDE USING gist (a WITH =))",
    ],
)
def test_what_only_postgresql_has_is_refused(client, table: str, statement: str) -> None:
    assert client.error(statement.replace("$", table)).sqlstate in ("42601", "0A000", "42704")


# -- what works -------------------------------------------------------------------------------------------


def test_if_not_exists_leaves_the_table_alone(client, table: str) -> None:
    before = columns(client, table)
    client.connection.notices.clear()
    client.rows(f"CREATE TABLE IF NOT EXISTS {table} (other INT)")
    assert f'relation "{table}" already exists, skipping' in client.connection.notices[-1]
    assert columns(client, table) == before


@pytest.mark.parametrize(
    ("change", "column", "kind"),
    [
        ("ALTER COLUMN n TYPE INT4", "n", "INT4"),
        ("ALTER COLUMN v TYPE STRING", "v", "STRING"),
        ("ALTER COLUMN v TYPE VARCHAR(20)", "v", "VARCHAR(20)"),
        ("ADD COLUMN c CHAR(3)", "c", "CHAR(3)"),
        ("ADD COLUMN s SERIAL", "s", "INT8"),
        ("ADD COLUMN j JSON", "j", "JSONB"),
        ("ADD COLUMN b BLOB", "b", "BYTES"),
        ("ADD COLUMN t TIMESTAMP WITH TIME ZONE", "t", "TIMESTAMPTZ"),
        ("ADD COLUMN a STRING[]", "a", "STRING[]"),
        ("RENAME COLUMN v TO w", "w", "STRING(10)"),
    ],
)
def test_columns_after_a_change(client, table: str, change: str, column: str, kind: str) -> None:
    if "TYPE INT4" in change:
        client.rows(f"ALTER TABLE {table} DROP COLUMN doubled")
    client.rows(f"ALTER TABLE {table} {change}")
    assert columns(client, table)[column] == kind


def test_a_unique_constraint_goes_by_either_door(client, table: str) -> None:
    client.rows(f"ALTER TABLE {table} DROP CONSTRAINT uq")
    client.rows(f"CREATE UNIQUE INDEX uq ON {table} (v)")
    client.rows(f"DROP INDEX {table}@uq")
    client.rows(f"ALTER TABLE {table} ADD CONSTRAINT uq UNIQUE (v)")
    client.rows(f"DROP INDEX {table}@uq CASCADE")
    assert "uq" not in indexes(client, table)


def test_adding_a_primary_key_replaces_the_hidden_one(client) -> None:
    client.rows("CREATE TABLE late (a INT NOT NULL)")
    client.rows("ALTER TABLE late ADD PRIMARY KEY (a)")
    assert columns(client, "late") == {"a": "INT8"}


def test_a_check_that_is_added_is_named_after_its_columns(client, table: str) -> None:
    client.rows(f"ALTER TABLE {table} ADD CHECK (n > 0)")
    assert constraints(client, table)["check_n"] == "CHECK"


def test_a_check_that_rows_break_shows_the_first(client) -> None:
    # logic test alter_table
    client.rows("CREATE TABLE broken (a INT PRIMARY KEY, s STRING, n INT)")
    client.rows("INSERT INTO broken VALUES (-2, 'x', NULL)")
    found = client.error("ALTER TABLE broken ADD CONSTRAINT positive CHECK (a > 0)")
    assert found.sqlstate == "23514"
    assert found.message == """validation of CHECK "a > 0:::INT8" failed on row: a=-2, s='x', n=NULL"""
    client.rows("DELETE FROM broken")
    client.rows("ALTER TABLE broken ADD CONSTRAINT positive CHECK (a > 0)")
    client.rows("ALTER TABLE broken ADD CHECK (a > 0), ADD CHECK (a > 1)")
    assert {"positive", "check_a", "check_a1"} < set(constraints(client, "broken"))


def test_a_failed_check_shows_its_expression_and_names_its_constraint(client) -> None:
    # pkg/sql/row/errors.go: the expression in the message, the name in the field of the constraint.
    client.rows(
        "CREATE TABLE funds (a INT PRIMARY KEY, n INT CHECK (n >= 0), s STRING, CONSTRAINT c CHECK (s != ''))"
    )
    client.rows("INSERT INTO funds VALUES (1, NULL, NULL), (2, 0, 'x')")
    with pytest.raises(psycopg2.errors.CheckViolation) as caught:
        client.rows("UPDATE funds SET n = -1 WHERE a = 1")
    assert caught.value.diag.message_primary == "failed to satisfy CHECK constraint (n >= 0:::INT8)"
    assert caught.value.diag.constraint_name == "check_n"
    client.rows("ALTER TABLE funds RENAME CONSTRAINT c TO d")
    client.rows("ALTER TABLE funds RENAME COLUMN s TO t")
    found = client.error("INSERT INTO funds VALUES (3, 1, '')")
    assert found.message == "failed to satisfy CHECK constraint (t != '':::STRING)"
    assert client.rows("SHOW CONSTRAINTS FROM funds")[:1] == [
        ("funds", "check_n", "CHECK", "CHECK ((n >= 0))", True)
    ]


def test_add_constraint_if_not_exists(client, table: str) -> None:
    client.rows(f"ALTER TABLE {table} ADD CONSTRAINT IF NOT EXISTS uq CHECK (n > 0)")
    assert constraints(client, table)["uq"] == "UNIQUE"
    client.rows(f"ALTER TABLE {table} ADD CONSTRAINT IF NOT EXISTS some CHECK (n > 0)")
    assert constraints(client, table)["some"] == "CHECK"


def test_a_dropped_column_takes_its_indexes_and_says_so(client, table: str) -> None:
    client.rows(f"ALTER TABLE {table} DROP COLUMN doubled")
    client.rows(f"CREATE INDEX partial ON {table} (v) WHERE n > 0")
    found = client.error(f"ALTER TABLE {table} DROP COLUMN n")
    assert found.message == 'column "n" cannot be dropped because it is referenced by partial index "partial"'
    client.rows(f"DROP INDEX {table}@partial")
    client.connection.notices.clear()
    client.rows(f"ALTER TABLE {table} DROP COLUMN n")
    assert f'dropping index "{table}_n_idx" which depends on column "n"' in client.connection.notices[1]


def test_a_referenced_column_is_dropped_by_cascade_only(client, table: str) -> None:
    client.rows(f"CREATE TABLE {table}r (r STRING PRIMARY KEY REFERENCES {table} (v))")
    found = client.error(f"ALTER TABLE {table} DROP COLUMN v")
    assert (found.sqlstate, found.message) == (
        "2BP01",
        f'"uq" is referenced by foreign key from table "{table}r"',
    )
    client.rows(f"ALTER TABLE {table} DROP COLUMN v CASCADE")
    assert set(constraints(client, f"{table}r")) == {f"{table}r_pkey"}


def test_dropping_an_index_says_that_data_goes_later(client, table: str) -> None:
    client.connection.notices.clear()
    client.rows(f"DROP INDEX {table}_n_idx")
    assert "the data for dropped indexes is reclaimed asynchronously" in client.connection.notices[-1]


def test_safe_updates_guard_data(client, table: str) -> None:
    client.rows("SET sql_safe_updates = true")
    try:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET n = 1"):
            assert client.error(statement).message.startswith("rejected (sql_safe_updates = true): ")
        assert client.error(f"ALTER TABLE {table} DROP COLUMN doubled").sqlstate == "01000"
        client.rows(f"DELETE FROM {table} WHERE n = 1")
    finally:
        client.rows("RESET sql_safe_updates")
