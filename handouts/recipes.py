"""What stands on the cheat sheet: commands and patterns, each with the lesson that shows it.

`…` in a command stands for anything. The rest must stand so in a cell of that lesson: `make handouts` and the
tests look. The sheet must stay on one page, so a new line may cost an old one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """One line of the sheet. command: as typed in a shell, SQL or Python. does: what for, in a few words."""

    command: str
    does: str
    lesson: str


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that belong together, under a heading."""

    title: str
    recipes: tuple[Recipe, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence to keep, with the lesson that shows why."""

    text: str
    lesson: str


GROUPS = (
    Group(
        "Where am I?",
        (
            Recipe("alembic current", "the revision at which the database is", "03"),
            Recipe("alembic history", "the chain, as the files have it", "04"),
            Recipe("alembic history --indicate-current --rev-range current:head", "what is to come", "13"),
            Recipe("alembic check", "is a migration missing?", "08"),
            Recipe("alembic current --check-heads", "an error unless it is at the head", "21"),
            Recipe("alembic heads", "one line, or the history has forked", "23"),
            Recipe("SELECT version()", "which server, the real one?", "01"),
        ),
    ),
    Group(
        "Write a revision",
        (
            Recipe('alembic revision -m "…"', "an empty one", "04"),
            Recipe('alembic revision --autogenerate -m "…"', "a draft from the models: read it", "08"),
            Recipe('op.add_column("…", sa.Column("…", …))', "a column", "06"),
            Recipe('sa.Computed("…")', "that the database computes", "06"),
            Recipe('sa.Uuid(), server_default=sa.text("gen_random_uuid()")', "an id that spreads", "10"),
            Recipe('op.execute(sa.text("…").bindparams(…))', "SQL with values, printable", "10"),
            Recipe("if op.get_context().as_sql:", "what to print instead of a loop", "12"),
            Recipe("with op.get_context().autocommit_block():", "each statement commits", "12"),
            Recipe('op.create_index("…", "…", ["…"], unique=True)', "unique, with an easy way back", "16"),
            Recipe('postgresql_where=sa.text("…")', "only some rows: a partial index", "16"),
            Recipe("postgresql.ENUM(…, create_type=False)", "a column of a type that is there", "20"),
            Recipe("if_not_exists=True", "a step that can be repeated", "13"),
            Recipe("compare_server_default=True", "in `env.py`: compare defaults too", "15"),
            Recipe("include_name=include_name", "in `env.py`: leave out what is not yours", "15"),
            Recipe("qualname = sqlalchemy.dialects.postgresql", "in `alembic.ini`: print notices", "11"),
        ),
    ),
    Group(
        "Read it, run it, undo it",
        (
            Recipe("alembic upgrade head --sql", "print the SQL, touch nothing", "04"),
            Recipe("alembic upgrade …:head --sql > release.sql", "only what is new, as a file", "10"),
            Recipe("alembic upgrade head", "run all that has not run", "04"),
            Recipe("alembic downgrade -1", "one step back from `current`", "07"),
        ),
    ),
    Group(
        "When it failed half-way: look first",
        (
            Recipe("SHOW TABLES", "is the table there?", "04"),
            Recipe("SHOW COLUMNS FROM …", "the columns?", "05"),
            Recipe("SHOW CREATE TABLE …", "as the server has it", "10"),
            Recipe("SELECT … FROM [SHOW INDEXES FROM …]", "any SHOW is a table", "13"),
            Recipe("SELECT … FROM [SHOW JOBS] WHERE …", "is it at work? why did it fail?", "14"),
            Recipe("SHOW JOB WHEN COMPLETE …", "wait for its end", "14"),
            Recipe("CANCEL JOB …", "stop a change that hangs", "14"),
            Recipe("alembic stamp …", "the note alone: after you have looked", "13"),
        ),
    ),
    Group(
        "Change what is in use",
        (
            Recipe("ALTER TABLE … ADD CONSTRAINT … CHECK (…) NOT VALID", "new rows from now on", "19"),
            Recipe("ALTER TABLE … VALIDATE CONSTRAINT …", "then the old rows", "19"),
            Recipe("… IS NULL AND id > :last ORDER BY id LIMIT …", "backfill in batches", "12"),
            Recipe("SELECT …, count(*) FROM … GROUP BY … HAVING count(*) > 1", "find duplicates", "16"),
            Recipe("ON CONFLICT (…) DO UPDATE SET … = excluded.…", "insert, or change what is there", "16"),
            Recipe("op.alter_column(…, type_=sa.String(140))", "wider: no row is touched", "17"),
            Recipe("ALTER TABLE … ALTER PRIMARY KEY USING COLUMNS (…)", "a new key, in one statement", "18"),
            Recipe("DROP INDEX …@… CASCADE", "a UNIQUE, on every version: what hangs on it?", "16"),
            Recipe("ALTER TYPE … ADD VALUE '…'", "a new value of an enum", "20"),
            Recipe("CREATE INDEX … USING HASH", "an index on what only grows", "22"),
            Recipe("WITH (ttl_expiration_expression = …)", "rows that go by themselves", "22"),
        ),
    ),
    Group(
        "Several people, several revisions",
        (
            Recipe('alembic merge heads -m "…"', "two heads become one", "23"),
            Recipe("SELECT … FOR UPDATE", "a lock of rows: one deployer at a time", "21"),
            Recipe("python -m pytest", "the migrations' own tests", "24"),
            Recipe("run_transaction(engine, …)", "repeat what the server asks to repeat", "11"),
        ),
    ),
    Group(
        "In this course",
        (
            Recipe("%lesson …", "begin a lesson, again if you like", "00"),
            Recipe("%check …", "is the exercise done?", "00"),
            Recipe("%hint …", "the next thought", "00"),
            Recipe("python -m cluster status", "how the cluster is", "01"),
            Recipe("python -m cluster url", "for DATABASE_URL", "02"),
        ),
    ),
)

RULES = (
    Rule("The URL begins with `cockroachdb://`, and comes from `DATABASE_URL`, not from a file.", "03"),
    Rule("A revision that has run elsewhere is never edited: write the next one.", "07"),
    Rule("Never run a generated migration unread.", "08"),
    Rule("`INTEGER` is 8 bytes here, and `SERIAL` is no 1, 2, 3.", "10"),
    Rule("A schema change commits what came before it, and itself: no rollback takes it back.", "11"),
    Rule("One change a revision: then there is no half.", "13"),
    Rule("After a failure, no second try, no downgrade, no stamp before you have looked.", "13"),
    Rule("A statement that timed out has not stopped its job.", "14"),
    Rule("`USING` makes a light change of a type heavy.", "17"),
    Rule("First the rows, then the index that makes them unique.", "16"),
    Rule("A migration must suit the code before it and the code after it.", "19"),
    Rule("Expand, deploy, backfill, contract.", "19"),
    Rule("A new value of an enum is used in a later revision.", "20"),
    Rule("Alembic takes no lock: two deployers may run one revision.", "21"),
    Rule("Merge what has run somewhere; move only what has run nowhere.", "23"),
    Rule("What models cannot say, autogenerate must be told to leave alone.", "22"),
)
