"""The exercises of lesson 18, changing the primary key."""

from __future__ import annotations

from .cells import migration
from .model import Context, Exercise, NotYet, Wrong
from .revised import refuse_by_hand, refuse_waiting
from .ways import own, refuse_one_way_all, try_out

UPGRADE = "%alembic upgrade head"

# 18.1 ----------------------------------------------------------------------------------------------------

REVISION = '%alembic revision -m "keep accounts by their customer"'
NOT_NULL = 'op.alter_column("accounts", "customer_id", existing_type=sa.Uuid(), nullable={})'
ALTER = 'op.execute("ALTER TABLE accounts ALTER PRIMARY KEY USING COLUMNS ({})")'
LOCK = 'op.execute("ALTER TABLE accounts SET (schema_locked = {})")'
SWAP = (
    'op.execute("ALTER TABLE accounts DROP CONSTRAINT accounts_pkey, '
    'ADD CONSTRAINT accounts_pkey PRIMARY KEY ({})")'
)
BACK = (
    ALTER.format("id"),
    'op.execute("DROP INDEX accounts@accounts_customer_id_id_key CASCADE")',
    NOT_NULL.format(True),
)


def filled(*upgrade: str, downgrade: tuple[str, ...] = BACK) -> str:
    """The cell that fills the newest revision."""
    return migration(upgrade, downgrade)


def accounts_by_customer(context: Context) -> None:
    """The key of accounts is (customer_id, id), id is unique by itself, the table locked, by a revision."""
    indexes = context.indexes("accounts")
    key = next(columns for name, columns in indexes.items() if name == _primary(context, "accounts"))
    mine = own(context, "customer_id")
    if key == ["id"]:
        if mine:
            refuse_waiting(context, "customer_id")
        raise NotYet("The table accounts is still kept by id.")
    if set(key) == {"customer_id", "id"} and key[0] == "id":
        raise NotYet("Both columns are in the key, but id comes first: a customer's accounts lie far apart.")
    if key != ["customer_id", "id"]:
        raise NotYet(f"The primary key is ({', '.join(key)}): customer_id and id were asked for.")
    unique = {row["index_name"] for row in context.sql("SHOW INDEXES FROM accounts") if not row["non_unique"]}
    starting = [name for name, columns in indexes.items() if columns[:1] == ["id"]]
    if not starting:
        raise NotYet("No index begins with id: to find one account, the app reads the whole table now.")
    if not any(indexes[name] == ["id"] and name in unique for name in starting):
        raise NotYet("Nothing keeps two accounts from having the same id.")
    [table] = context.sql("SHOW CREATE TABLE accounts")
    if "schema_locked" not in table["create_statement"]:
        raise NotYet("The table is still unlocked: lock it again, as it was.")
    rows = context.sql("SHOW CONSTRAINTS FROM accounts")
    if not any(row["constraint_type"] == "FOREIGN KEY" for row in rows):
        raise NotYet("The foreign key is gone: an account can belong to a customer who does not exist.")
    if (count := context.sql("SELECT count(*) AS n FROM accounts")[0]["n"]) < ACCOUNTS:
        raise NotYet(f"{ACCOUNTS - count} accounts are gone. Run the first cell to begin the lesson again.")
    if not mine:
        raise NotYet("The new key is there, but no revision makes it: the next database would go without.")
    refuse_by_hand(context, "customer_id", "new key")
    refuse_one_way_all(context, mine)
    # The table of 18.2 is in no revision, but one of the learner's may change it.
    [made] = try_out(
        context,
        mine,
        scene=(NOTES_BY_HAND,),
        rows=SOME_ACCOUNTS,
        probes=((KEY_OF, "accounts is gone."),),
        kept=(KEY_OF, "accounts is not kept by id"),
    )
    if [row["column_name"] for row in made] != ["customer_id", "id"]:
        raise NotYet("The new key is there, but on a new database your revision does not make it.")


ACCOUNTS = 17
NOTES_BY_HAND = "CREATE TABLE IF NOT EXISTS notes (body STRING NOT NULL)"
SOME_ACCOUNTS = (
    "INSERT INTO customers (name) VALUES ('Ada'), ('Ben')",
    "INSERT INTO accounts (id, balance, customer_id) SELECT gen_random_uuid(), 5, id FROM customers",
)
KEY_OF = (
    "SELECT column_name FROM [SHOW INDEXES FROM accounts]"
    " WHERE index_name = 'accounts_pkey' AND NOT storing AND NOT implicit ORDER BY seq_in_index"
)


def _primary(context: Context, table: str) -> str:
    rows = context.sql(f"SHOW CONSTRAINTS FROM {table}")
    return next(str(row["constraint_name"]) for row in rows if row["constraint_type"] == "PRIMARY KEY")


# 18.2 ----------------------------------------------------------------------------------------------------

NOTES = '%alembic revision -m "a key for the notes"'
COLUMN = (
    'op.add_column("notes", sa.Column("id", sa.Uuid(), '
    'server_default=sa.text("gen_random_uuid()"), nullable=False))'
)
KEY = 'op.create_primary_key("notes_pkey", "notes", ["id"])'


def key_for_notes(context: Context) -> None:
    """notes has the primary key id, a UUID that the database fills; all three notes are there; a revision."""
    columns = context.columns("notes")
    if "id" not in columns:
        refuse_waiting(context, "notes")
        raise NotYet("The table notes has no column id yet.")
    if columns["id"]["data_type"] != "UUID":
        raise NotYet(f"id is of the type {columns['id']['data_type']}: a UUID was asked for.")
    key = context.indexes("notes")[_primary(context, "notes")]
    if key == ["rowid"]:
        raise NotYet("The column id is there, but the key is still the hidden rowid.")
    if key != ["id"]:
        raise NotYet(f"The primary key is ({', '.join(key)}): id alone was asked for.")
    if not columns["id"]["column_default"]:
        raise NotYet("Whoever writes a note must make up an id: the database does not fill it.")
    bodies = [row["body"] for row in context.sql("SELECT body FROM notes ORDER BY body")]
    missing = [body for body in ("call Ben", "order coffee") if body not in bodies]
    if missing or bodies.count("call Ben") < 2:
        raise NotYet("A note is lost: there were three, and two of them said the same.")
    refuse_by_hand(context, "notes", "key")
    rows = ("INSERT INTO notes VALUES ('call Ben'), ('order coffee'), ('call Ben')",)
    look = (KEY_OF.replace("accounts", "notes").replace("index_name = 'notes_pkey'", "NOT non_unique"), "")
    mine, scene = own(context, "notes"), (NOTES_BY_HAND,)
    [made] = try_out(context, mine, scene=scene, rows=rows, probes=(look,), back=False)
    if [row["column_name"] for row in made] != ["id"]:
        raise NotYet("The key is there, but on a new database your revision does not make it.")


EXERCISES = (
    Exercise(
        number="18.1",
        task="Make (customer_id, id) the primary key of accounts; id alone stays unique and quick to find.",
        check=accounts_by_customer,
        done="A customer's accounts lie side by side, and each account is still found by its id.",
        hints=(
            "What must be true of customer_id before it can be a part of a primary key?",
            "ALTER PRIMARY KEY keeps the old key as a unique index. For whom is it there, this time?",
            "In downgrade(), the index that stays behind is named after both columns; drop that one.",
        ),
        solution=(REVISION, filled(NOT_NULL.format(False), ALTER.format("customer_id, id")), UPGRADE),
        variants=(
            (
                REVISION,
                filled(
                    NOT_NULL.format(False),
                    LOCK.format("false"),
                    SWAP.format("customer_id, id"),
                    LOCK.format("true"),
                    'op.create_index("accounts_id_key", "accounts", ["id"], unique=True)',
                    downgrade=(*BACK, 'op.drop_index("accounts_id_key", table_name="accounts")'),
                ),
                UPGRADE,
            ),
            # The second exercise first: its table is in no revision.
            (
                "%sql CREATE TABLE notes (body STRING NOT NULL);",
                NOTES,
                filled(COLUMN, KEY, downgrade=("pass",)),
                REVISION,
                filled(NOT_NULL.format(False), ALTER.format("customer_id, id")),
                UPGRADE,
            ),
            # In two revisions, and SQL as one may write it.
            (
                REVISION,
                filled(NOT_NULL.format(False), downgrade=(NOT_NULL.format(True),)),
                REVISION,
                filled(
                    'op.execute("alter table accounts alter primary key using columns (customer_id asc,id)")',
                    downgrade=BACK[:2],
                ),
                UPGRADE,
            ),
        ),
        untouched="still kept by id",
        wrong=(
            Wrong(
                (
                    REVISION,
                    filled(
                        NOT_NULL.format(False),
                        ALTER.format("customer_id, id"),
                        'op.execute("DROP INDEX accounts@accounts_id_key CASCADE")',
                    ),
                    UPGRADE,
                ),
                "reads the whole table",
            ),
            Wrong(
                (REVISION, filled(NOT_NULL.format(False), ALTER.format("id, customer_id")), UPGRADE),
                "id comes first",
            ),
            Wrong(
                (
                    REVISION,
                    filled(
                        NOT_NULL.format(False),
                        LOCK.format("false"),
                        SWAP.format("customer_id, id"),
                        'op.create_index("accounts_id_idx", "accounts", ["id"])',
                        LOCK.format("true"),
                    ),
                    UPGRADE,
                ),
                "two accounts from having the same id",
            ),
            Wrong(
                (
                    REVISION,
                    filled(
                        NOT_NULL.format(False),
                        LOCK.format("false"),
                        SWAP.format("customer_id, id"),
                        'op.create_index("accounts_id_key", "accounts", ["id"], unique=True)',
                    ),
                    UPGRADE,
                ),
                "still unlocked",
            ),
            Wrong(
                (REVISION, filled(NOT_NULL.format(False), ALTER.format("customer_id, id"))),
                "has not run on the database yet",
            ),
            Wrong(
                (
                    REVISION,
                    filled(NOT_NULL.format(False), ALTER.format("customer_id, id"), downgrade=("pass",)),
                    UPGRADE,
                ),
                "cannot be undone",
            ),
            # A downgrade() that leaves its own index behind closes the way up.
            Wrong(
                (
                    REVISION,
                    filled(
                        NOT_NULL.format(False),
                        SWAP.format("customer_id, id"),
                        'op.create_index("accounts_id_key", "accounts", ["id"], unique=True)',
                    ),
                    UPGRADE,
                ),
                "After downgrade() a second upgrade fails",
            ),
            # The name is that of the old key's columns.
            Wrong(
                (
                    REVISION,
                    filled(
                        NOT_NULL.format(False),
                        ALTER.format("customer_id, id"),
                        downgrade=(BACK[0], BACK[1].replace("_id_id_", "_id_"), BACK[2]),
                    ),
                    UPGRADE,
                ),
                "downgrade() fails: index",
            ),
            Wrong(
                (
                    REVISION,
                    filled(
                        'op.drop_constraint("accounts_customer_id_fkey", "accounts", type_="foreignkey")',
                        NOT_NULL.format(False),
                        ALTER.format("customer_id, id"),
                    ),
                    UPGRADE,
                ),
                "The foreign key is gone",
            ),
            # An empty table has no NULL.
            Wrong(
                (
                    "%sql DELETE FROM accounts WHERE balance > 100000;",
                    REVISION,
                    filled(NOT_NULL.format(False), ALTER.format("customer_id, id")),
                    UPGRADE,
                ),
                "accounts are gone",
            ),
            # It would change this database wherever it runs.
            Wrong(
                (
                    REVISION,
                    filled(
                        NOT_NULL.format(False),
                        ALTER.format("customer_id, id").replace("TABLE ", "TABLE bank.public."),
                    ),
                    UPGRADE,
                ),
                "names the database bank",
            ),
            Wrong(
                (
                    "%sql ALTER TABLE accounts ALTER COLUMN customer_id SET NOT NULL;",
                    "%sql ALTER TABLE accounts ALTER PRIMARY KEY USING COLUMNS (customer_id, id);",
                ),
                "no revision makes it",
            ),
        ),
    ),
    Exercise(
        number="18.2",
        task="Give notes a primary key id, a UUID that the database fills, in a revision; keep every note.",
        check=key_for_notes,
        done="Every note has a name of its own, and rowid is gone.",
        hints=(
            "First the column: with a default and NOT NULL, the notes that are there get a value each.",
            "Nobody chose rowid, so nothing has to be dropped. Which operation adds a primary key?",
            "Two operations in this order: op.add_column, then op.create_primary_key.",
        ),
        solution=(NOTES, filled(COLUMN, KEY, downgrade=("pass",)), UPGRADE),
        variants=(
            (
                NOTES,
                filled(
                    COLUMN,
                    'op.execute("ALTER TABLE notes ALTER PRIMARY KEY USING COLUMNS (id)")',
                    downgrade=("pass",),
                ),
                UPGRADE,
            ),
        ),
        untouched="no column id yet",
        wrong=(
            Wrong((NOTES, filled(COLUMN, downgrade=("pass",)), UPGRADE), "still the hidden rowid"),
            Wrong(
                (
                    NOTES,
                    filled(
                        'op.drop_table("notes")',
                        'op.create_table("notes", sa.Column("id", sa.Uuid(), '
                        'server_default=sa.text("gen_random_uuid()"), primary_key=True), '
                        'sa.Column("body", sa.String(), nullable=False))',
                        downgrade=("pass",),
                    ),
                    UPGRADE,
                ),
                "A note is lost",
            ),
            Wrong(
                (
                    NOTES,
                    filled(
                        'op.add_column("notes", sa.Column("id", sa.Integer(), '
                        'server_default=sa.text("unique_rowid()"), nullable=False))',
                        KEY,
                        downgrade=("pass",),
                    ),
                    UPGRADE,
                ),
                "a UUID was asked for",
            ),
            Wrong(
                (
                    NOTES,
                    filled(
                        COLUMN,
                        KEY,
                        'op.alter_column("notes", "id", server_default=None)',
                        downgrade=("pass",),
                    ),
                    UPGRADE,
                ),
                "must make up an id",
            ),
            # One half in the revision.
            Wrong(
                (
                    NOTES,
                    filled(COLUMN, downgrade=("pass",)),
                    UPGRADE,
                    "%sql ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY (id);",
                ),
                "on a new database your revision does not make it",
            ),
            Wrong(
                (
                    "%sql ALTER TABLE notes ADD COLUMN id UUID NOT NULL DEFAULT gen_random_uuid();",
                    "%sql ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY (id);",
                ),
                "no revision makes it",
            ),
        ),
    ),
)
