"""pg_catalog and information_schema as drivers and tools read them; builtins; division.

Source: pkg/sql/pg_catalog.go, pkg/sql/information_schema.go, logic tests pg_catalog and information_schema.
"""

from __future__ import annotations

import warnings
from decimal import Decimal

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cluster.embedded.dialect import Refusal, Settings, translate
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.shadows import shadow
from cluster.embedded.dialect.tokens import render


@pytest.mark.parametrize(
    ("sql", "rewritten"),
    [
        ("SELECT * FROM pg_catalog.pg_index", "SELECT * FROM crdb_catalog.pg_index"),
        ("SELECT pg_catalog.pg_class.oid", "SELECT crdb_catalog.pg_class.oid"),
        ('SELECT * FROM "pg_catalog"."pg_class"', 'SELECT * FROM crdb_catalog."pg_class"'),
        (
            "SELECT c.oid FROM pg_class c, pg_am",
            "SELECT c.oid FROM crdb_catalog.pg_class c, crdb_catalog.pg_am",
        ),
        ("SELECT pg_class.oid FROM pg_class", "SELECT pg_class.oid FROM crdb_catalog.pg_class"),
        ("SELECT * FROM a JOIN pg_index i", "SELECT * FROM a JOIN crdb_catalog.pg_index i"),
        ("SELECT 'pg_catalog.pg_class'::regclass", "SELECT 'pg_catalog.pg_class'::regclass"),
        ("SELECT * FROM pg_catalog.pg_enum", "SELECT * FROM pg_catalog.pg_enum"),
        ("SELECT * FROM pg_stat_activity", "SELECT * FROM crdb_catalog.pg_stat_activity"),
        ("SELECT pg_get_indexdef(1)", "SELECT pg_get_indexdef(1)"),
        ("SELECT mine.pg_class FROM mine", "SELECT mine.pg_class FROM mine"),
    ],
)
def test_names_of_pg_catalog_are_sent_to_the_views(sql: str, rewritten: str) -> None:
    assert render(shadow(tokenize(sql))) == rewritten


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("SELECT 1 FROM pg_aios", '42P01 relation "pg_aios" does not exist'),
        ("SELECT 1 FROM pg_catalog.pg_stat_io", '42P01 relation "pg_catalog.pg_stat_io" does not exist'),
        ("SELECT 1 FROM information_schema.routines", "0A000 information_schema.routines is not supported"),
        ("SELECT 1 FROM pg_catalog.pg_shadow", "0A000 pg_catalog.pg_shadow is not supported"),
        ("SELECT * FROM crdb_catalog.relations", '42P01 relation "crdb_catalog.relations" does not exist'),
        ("SELECT 'CRDB_CATALOG.x'::regclass, crdb_catalog.name('x')",
         "42883 unknown function: crdb_catalog.name()"),
        ("SELECT 'crdb_catalog.relations'::regclass",
         '42P01 relation "crdb_catalog.relations" does not exist'),
        ("CREATE TABLE crdb_catalog.t (k INT8)", '3F000 cannot create "crdb_catalog.t" because'),
        ("DROP SCHEMA crdb_information_schema", '3F000 unknown schema "crdb_information_schema"'),
        ("SELECT * FROM crdb_internal.jobs", "42501 Access to crdb_internal and system is restricted."),
        ("SELECT crdb_internal.cluster_id()", "42501 Access to crdb_internal and system is restricted."),
        ("DELETE FROM system.users WHERE true", "42501 Access to crdb_internal and system is restricted."),
    ],
)  # fmt: skip
def test_what_is_not_there_or_not_here(sql: str, refusal: str) -> None:
    with pytest.raises(Refusal) as caught:
        translate(sql, Settings())
    assert f"{caught.value.sqlstate} {caught.value.message}".startswith(refusal)


def test_the_internals_are_refused_by_name_once_they_are_asked_for() -> None:
    with pytest.raises(Refusal) as caught:
        translate("SELECT * FROM crdb_internal.jobs", Settings(allow_unsafe_internals=True))
    assert caught.value.message == "crdb_internal.jobs is not supported by the embedded cluster"


@pytest.fixture(scope="module")
def reflected(client):
    """Two tables with every kind of thing that a client reflects."""
    client.rows("CREATE TYPE mood AS ENUM ('good', 'bad')")
    client.rows(
        "CREATE TABLE parent (id INT8 PRIMARY KEY DEFAULT unique_rowid(), name VARCHAR(20) NOT NULL UNIQUE,"
        " v STRING DEFAULT 'x', CONSTRAINT check_v CHECK (v IN ('a', 'b')))"
    )
    client.rows(
        "CREATE TABLE child (id INT8 PRIMARY KEY, parent INT8 REFERENCES parent (id) ON DELETE CASCADE,"
        " n DECIMAL(10,2) DEFAULT 0, double DECIMAL AS (n * 2) STORED, tags STRING[],"
        " INDEX child_n_idx (n DESC))"
    )
    client.rows("CREATE UNIQUE INDEX child_big ON child (parent) WHERE n > 3")
    client.rows("CREATE TABLE keyless (a INT4, t TIMESTAMPTZ)")
    client.rows("COMMENT ON COLUMN child.n IS 'how many'")
    return client


@pytest.fixture(scope="module")
def engine(reflected):
    """An engine of the unmodified dialect on the database."""
    made = sa.create_engine(reflected.url)
    yield made
    made.dispose()


def test_columns_come_in_their_order(engine) -> None:
    columns = sa.inspect(engine).get_columns("child")
    assert [(c["name"], str(c["type"]), c["nullable"], c["default"], c["comment"]) for c in columns] == [
        ("id", "INTEGER", False, None, None),
        ("parent", "INTEGER", True, None, None),
        ("n", "DECIMAL(10, 2)", True, "0", "how many"),
        ("double", "DECIMAL", True, None, None),
        ("tags", "ARRAY", True, None, None),
    ]
    assert columns[3]["computed"] == {"sqltext": "n * 2", "persisted": True}


def test_the_hidden_rowid_is_left_out_unless_asked_for(engine) -> None:
    inspector = sa.inspect(engine)
    assert [c["name"] for c in inspector.get_columns("keyless")] == ["a", "t"]
    assert [c["name"] for c in inspector.get_columns("keyless", include_hidden=True)] == ["a", "t", "rowid"]
    assert inspector.get_pk_constraint("keyless")["constrained_columns"] == ["rowid"]


def test_keys_and_constraints(engine) -> None:
    inspector = sa.inspect(engine)
    assert inspector.get_pk_constraint("parent")["name"] == "parent_pkey"
    [key] = inspector.get_foreign_keys("child")
    assert (key["name"], key["referred_table"], key["options"]) == (
        "child_parent_fkey",
        "parent",
        {"ondelete": "CASCADE"},
    )
    assert [u["name"] for u in inspector.get_unique_constraints("parent")] == ["parent_name_key"]
    assert [u["name"] for u in inspector.get_unique_constraints("child")] == ["child_big"]
    [check] = inspector.get_check_constraints("parent")
    assert (check["name"], check["sqltext"]) == ("check_v", "v IN ('a'::STRING, 'b'::STRING)")


def test_indexes_look_like_cockroachdbs(engine) -> None:
    found = {index["name"]: index for index in sa.inspect(engine).get_indexes("child")}
    assert sorted(found) == ["child_big", "child_n_idx"]
    assert found["child_big"]["unique"]
    assert found["child_big"]["dialect_options"]["postgresql_where"] == "n > 3"
    assert found["child_n_idx"]["dialect_options"]["postgresql_using"] == "prefix"
    assert found["child_n_idx"]["column_sorting"] == {"n": ("desc", "nulls_last")}


def test_lists_have_nothing_of_ours(engine) -> None:
    inspector = sa.inspect(engine)
    assert sorted(inspector.get_table_names()) == ["child", "keyless", "parent"]
    assert inspector.get_view_names() == []
    assert inspector.get_schema_names() == ["crdb_internal", "information_schema", "public"]
    assert [(e["name"], e["labels"]) for e in inspector.get_enums()] == [("mood", ["good", "bad"])]


def _differences(engine, metadata: sa.MetaData) -> list:
    def only_ours(name: str | None, kind: str, _parents: dict) -> bool:
        return kind != "table" or name == "wallets"

    metadata.create_all(engine)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_name": only_ours})
            return compare_metadata(context, metadata)
    finally:
        metadata.drop_all(engine)


def test_autogenerate_finds_no_difference_in_what_it_made(engine) -> None:
    metadata = sa.MetaData()
    sa.Table(
        "wallets",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("balance", sa.Numeric(10, 2), server_default="0"),
        sa.Column("open", sa.Boolean, sa.Computed("balance >= 0")),
        sa.Column("seen", sa.DateTime),
        sa.CheckConstraint("balance < 1000", name="check_balance"),
    )
    assert _differences(engine, metadata) == []


def test_autogenerate_makes_each_plain_index_anew_as_on_cockroachdb(engine) -> None:
    """pg_index.indoption says NULLS FIRST there: sqlalchemy/alembic, issue 1356."""
    metadata = sa.MetaData()
    sa.Table("wallets", metadata, sa.Column("id", sa.Integer, primary_key=True, index=True))
    assert [difference[0] for difference in _differences(engine, metadata)] == ["remove_index", "add_index"]


def test_a_postgresql_url_cannot_read_the_version(reflected) -> None:
    engine = sa.create_engine(reflected.url.replace("cockroachdb://", "postgresql://"))
    with pytest.raises(AssertionError, match="Could not determine version from string 'Cockr"):
        engine.connect()


def test_enum_columns_are_user_defined(reflected, engine) -> None:
    reflected.rows("CREATE TABLE moods (id INT8 PRIMARY KEY, m mood)")
    rows = "SELECT data_type, crdb_sql_type, udt_name FROM information_schema.columns WHERE column_name = 'm'"
    database = reflected.rows("SELECT current_database()")[0][0]
    assert reflected.rows(rows) == [("USER-DEFINED", f"{database}.public.mood", "mood")]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sa.inspect(engine).get_columns("moods")
    assert "Could not parse type name 'USER-DEFINED'" in [str(w.message) for w in caught]
    reflected.rows("DROP TABLE moods")


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'child' ORDER BY 1",
            [
                (
                    "child_big",
                    "CREATE UNIQUE INDEX child_big ON {db}.public.child"
                    " USING btree (parent ASC) WHERE (n > 3)",
                ),
                ("child_n_idx", "CREATE INDEX child_n_idx ON {db}.public.child USING btree (n DESC)"),
                ("child_pkey", "CREATE UNIQUE INDEX child_pkey ON {db}.public.child USING btree (id ASC)"),
            ],
        ),
        (
            "SELECT conname, contype, condef FROM pg_constraint"
            " WHERE conrelid = 'child'::regclass ORDER BY 1",
            [
                ("child_big", "u", "UNIQUE (parent ASC) WHERE (n > 3)"),
                ("child_parent_fkey", "f", "FOREIGN KEY (parent) REFERENCES parent(id) ON DELETE CASCADE"),
                ("child_pkey", "p", "PRIMARY KEY (id ASC)"),
            ],
        ),
        (
            "SELECT attname, attishidden FROM pg_attribute"
            " WHERE attrelid = 'keyless'::regclass ORDER BY attnum",
            [("a", False), ("t", False), ("rowid", True)],
        ),
        (
            "SELECT adsrc FROM pg_attrdef WHERE adrelid = 'child'::regclass ORDER BY adnum",
            [("0",), ("n * 2",)],
        ),
        ("SELECT amname FROM pg_am ORDER BY 1", [("inverted",), ("prefix",)]),
        (
            "SELECT schema_name FROM information_schema.schemata ORDER BY 1",
            [
                ("crdb_internal",),
                ("information_schema",),
                ("pg_catalog",),
                ("pg_extension",),
                ("public",),
            ],
        ),
        (
            "SELECT constraint_name, column_name, ordinal_position FROM information_schema.key_column_usage"
            " WHERE table_name = 'child' ORDER BY 1",
            [("child_big", "parent", 1), ("child_parent_fkey", "parent", 1), ("child_pkey", "id", 1)],
        ),
        (
            "SELECT unique_constraint_name, update_rule, delete_rule, referenced_table_name"
            " FROM information_schema.referential_constraints",
            [("parent_pkey", "NO ACTION", "CASCADE", "parent")],
        ),
        (
            "SELECT check_clause FROM information_schema.check_constraints WHERE constraint_name = 'check_v'",
            [("((v IN ('a':::STRING, 'b':::STRING)))",)],
        ),
        (
            "SELECT column_name, numeric_precision, numeric_scale, character_maximum_length"
            " FROM information_schema.columns WHERE table_name IN ('child', 'parent') AND data_type"
            " IN ('numeric', 'bigint', 'character varying') AND column_name IN ('n', 'name', 'parent')"
            " ORDER BY 1",
            [("n", 10, 2, None), ("name", None, None, 20), ("parent", 64, 0, None)],
        ),
    ],
)
def test_rows_of_the_catalog(reflected, sql: str, rows: list[tuple]) -> None:
    database = reflected.one("SELECT current_database()")
    named = [tuple(v.replace("{db}", database) if isinstance(v, str) else v for v in row) for row in rows]
    assert reflected.rows(sql) == named


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 / 2", "0.5"),
        ("4 / 2", "2"),
        ("1 / 3", "0.33333333333333333333"),
        ("2 / 3", "0.66666666666666666667"),
        ("10.00 / 2", "5.00"),
        ("1::INT8 / 8::INT4", "0.125"),
        ("7 // 2", "3"),
        ("-7 // 2", "-3"),
        ("7.5 // 2", "3"),
    ],
)
def test_division(reflected, expression: str, value: str) -> None:
    assert str(reflected.one(f"SELECT {expression}")) == value


def test_division_of_integers_is_decimal(reflected) -> None:
    assert isinstance(reflected.one("SELECT 4 / 2"), Decimal)
    assert isinstance(reflected.one("SELECT 4 // 2"), int)
    assert reflected.error("SELECT 1 / 0")[:2] == ("22012", "division by zero")


def test_unique_rowid_grows_and_does_not_repeat(reflected) -> None:
    numbers = reflected.column("SELECT unique_rowid() FROM generate_series(1, 2000)")
    assert len(set(numbers)) == 2000
    assert reflected.one("SELECT unique_rowid()") >> 15 > numbers[0] >> 15


def test_the_version_is_the_imitated_one_and_says_what_it_is(reflected) -> None:
    version = reflected.one("SELECT version()")
    assert version.startswith("CockroachDB CCL v26.2.")
    assert "embedded" in version
