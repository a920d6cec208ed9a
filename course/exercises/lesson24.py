"""The exercises of lesson 24, tests of migrations."""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
import textwrap
from pathlib import Path

from ..migration import Revision
from .model import Context, Exercise, NotYet, Wrong
from .rehearsal import Failed, refuse_traces, rehearse, scratch

# 24.1 ----------------------------------------------------------------------------------------------------

IBAN = "1ba001ba0001"
UPGRADE = (
    "op.add_column('accounts', sa.Column('iban', sa.String(34)))",
    "op.create_index('ix_accounts_iban', 'accounts', ['iban'], unique=True)",
    "op.alter_column('customers', 'phone', existing_type=sa.String(30), new_column_name='telephone')",
)
NUMBERS = ("030 1234", "040 5678")
ROWS = "INSERT INTO customers (name, phone) VALUES ('Ada', '030 1234'), ('Bo', '040 5678')"
RENAME = 'op.alter_column("customers", "telephone", existing_type=sa.String(30), new_column_name="phone")'
RENAME_SQL = 'op.execute("ALTER TABLE customers RENAME COLUMN telephone TO phone")'
NO_IBAN = 'op.drop_column("accounts", "iban")'
NO_INDEX = 'op.execute("DROP INDEX IF EXISTS accounts@ix_accounts_iban CASCADE")'


def _back(*lines: str) -> str:
    """The cell that writes the downgrade of 24.1."""
    return f"%%migration {IBAN}\ndef downgrade():\n    " + "\n    ".join(lines) + "\n"


def way_back(context: Context) -> None:
    """The revision goes up, down and up; then the schema is what it was, and all phone numbers are there."""
    revision = next((found for found in context.revisions() if found.id == IBAN), None)
    if revision is None:
        raise NotYet(f"The revision {IBAN}, add iban to accounts, is gone: run its cells again.")
    if _calls(revision, "upgrade") != UPGRADE:
        raise NotYet("upgrade() is not as it was: only the way back is to be mended.")
    [before] = revision.parents
    steps = (
        ("upgrade", before),
        ("sql", ROWS),
        ("schema",),
        ("upgrade", IBAN),
        ("downgrade", before),
        ("schema",),
        ("upgrade", IBAN),
        ("sql", "SELECT telephone FROM customers ORDER BY name"),
    )
    try:
        results, stopped = rehearse(context, *steps), ""
    except Failed as failed:
        results, stopped = failed.results, str(failed)
    if len(results) < 5:
        raise NotYet(f"{'The way down' if len(results) == 4 else 'The rehearsal'} fails: {stopped}")
    refuse_traces(results[2], results[5])
    if stopped:
        raise NotYet(f"Down it went, but the second way up fails: {stopped}")
    if tuple(row["telephone"] for row in results[7]) != NUMBERS:
        raise NotYet("Schema and errors are in order, but after the way back the phone numbers are gone.")


def _calls(revision: Revision, function: str) -> tuple[str, ...]:
    """The statements of a function, in one style. Raises NotYet for a file that is no Python."""
    try:
        tree = ast.parse(revision.path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise NotYet(
            f"Line {error.lineno} of {revision.path.name} is no valid Python: {error.msg}."
        ) from None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return tuple(
                ast.unparse(line)
                for line in node.body
                if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            )
    return ()


# 24.2 ----------------------------------------------------------------------------------------------------

TEST = "tests/test_currency.py"
MESSAGE = "fill currency"
BROKEN = (
    ("does nothing", "pass"),
    (
        "overwrites the currency of every account",
        "op.execute(\"UPDATE accounts SET currency = 'EUR' WHERE true\")",
    ),
    ("writes USD", "op.execute(\"UPDATE accounts SET currency = 'USD' WHERE currency IS NULL\")"),
)


def currency_test(context: Context) -> None:
    """The learner's test passes with the revision, and fails with each broken one."""
    context.read(TEST)
    fill = [revision for revision in context.revisions() if _message(revision) == MESSAGE]
    if len(fill) != 1:
        raise NotYet(
            f"Your history has {len(fill)} revisions with the message {MESSAGE}, and should have one."
        )
    code, said = _pytest(context)
    if code == 5:
        raise NotYet(f"pytest finds no test in {TEST}: their names begin with test_.")
    if code:
        raise NotYet(f"With the revision as it is your test is red already: {said}")
    for what, body in BROKEN:
        if not _pytest(context, fill[0], body)[0]:
            raise NotYet(f"With a revision that {what} your test stays green.")


def _message(revision: Revision) -> str:
    text = revision.path.read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


def _pytest(context: Context, revision: Revision | None = None, upgrade: str = "") -> tuple[int, str]:
    """Run the learner's test on a copy of the workspace: pytest's exit code and the line that says why.

    upgrade: what upgrade() of the revision does instead in that copy.
    """
    with tempfile.TemporaryDirectory() as folder, scratch(context.url) as url:
        copy = Path(folder, "workspace")
        shutil.copytree(context.workspace.root, copy, ignore=shutil.ignore_patterns(".kept", "__pycache__"))
        if revision is not None:
            broken = copy / revision.path.relative_to(context.workspace.root)
            text = broken.read_text(encoding="utf-8")
            broken.write_text(f"{text}\n\ndef upgrade():\n    {upgrade}\n", encoding="utf-8")
        code, printed = context.run(["-m", "pytest", "-q", "-x", TEST], url=url, folder=copy)
    lines = [line.removeprefix("E  ").strip() for line in printed.splitlines() if line.startswith("E  ")]
    named = [line for line in lines if re.match(r"[\w.]+Error: ", line)]
    said = named or lines or [line for line in printed.splitlines() if line.strip() and line[0] not in "=_.F"]
    return code, textwrap.shorten(said[0], 200, placeholder=" …") if said else f"exit code {code}"


def _test(rows: str, *lines: str, up: str = "fill.revision") -> str:
    """The cell that writes the test of 24.2."""
    filled = {"ROWS": rows, "UP": up, "BODY": "\n    ".join(lines)}
    return f"%%edit {TEST} --create\n" + re.sub("ROWS|UP|BODY", lambda word: filled[word[0]], TEMPLATE)


TEMPLATE = """import sqlalchemy as sa
from test_migrations import HISTORY


def test_every_account_has_its_currency(alembic, engine):
    [fill] = [revision for revision in HISTORY if revision.doc == "fill currency"]
    alembic("upgrade", fill.down_revision)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO accounts (id, balance, currency) VALUES ROWS"))
    alembic("upgrade", UP)
    with engine.connect() as connection:
        found = connection.scalars(sa.text("SELECT currency FROM accounts ORDER BY balance")).all()
    BODY
"""


NULL_ROW = "(gen_random_uuid(), 1, NULL)"
BOTH_ROWS = f"{NULL_ROW}, (gen_random_uuid(), 2, 'CHF')"

EXERCISES = (
    Exercise(
        number="24.1",
        task="Mend downgrade() of `add iban to accounts`: up, down, up, and no phone number is lost.",
        check=way_back,
        done="Up, down, up, and every phone number is where it was.",
        hints=(
            "Run test_up_down_up for it. Which column is still there after the way back?",
            "The schema is one half. Where are the numbers between drop_column and add_column?",
            "upgrade() renames a column, and loses nothing. What is the opposite of a renaming?",
        ),
        solution=(_back(RENAME, NO_INDEX, NO_IBAN),),
        variants=(
            # The index goes with its column.
            (_back(NO_IBAN, RENAME),),
            (
                _back(
                    'op.execute("ALTER TABLE customers RENAME COLUMN telephone TO phone")', NO_INDEX, NO_IBAN
                ),
            ),
            # The long way.
            (
                _back(
                    'op.add_column("customers", sa.Column("phone", sa.String(30)))',
                    'op.execute("UPDATE customers SET phone = telephone WHERE true")',
                    'op.drop_column("customers", "telephone")',
                    NO_IBAN,
                ),
            ),
        ),
        untouched="accounts.iban is left over",
        wrong=(
            # The stairway is green, and the numbers are gone.
            Wrong(
                (
                    _back(
                        NO_INDEX,
                        NO_IBAN,
                        'op.drop_column("customers", "telephone")',
                        'op.add_column("customers", sa.Column("phone", sa.String(30)))',
                    ),
                ),
                "the phone numbers are gone",
            ),
            Wrong((_back(RENAME),), "accounts.iban is left over"),
            # "A downgrade that cannot work must say so" is right, and here it can work.
            Wrong((_back("raise NotImplementedError"),), "The way down fails: NotImplementedError"),
            # Repeatable steps instead of a way back.
            Wrong(
                (
                    f"""%%migration {IBAN}
def upgrade():
    op.add_column("accounts", sa.Column("iban", sa.String(34)), if_not_exists=True)
    op.create_index("ix_accounts_iban", "accounts", ["iban"], unique=True, if_not_exists=True)
""",
                ),
                "upgrade() is not as it was",
            ),
            Wrong((_back(NO_INDEX, NO_IBAN),), "customers.telephone is left over"),
            # The long way, with a default that was not there.
            Wrong(
                (
                    _back(
                        'op.add_column("customers", sa.Column("phone", sa.String(30), server_default=""))',
                        'op.execute("UPDATE customers SET phone = telephone WHERE true")',
                        'op.drop_column("customers", "telephone")',
                        NO_IBAN,
                    ),
                ),
                "customers.phone is VARCHAR(30) NULL DEFAULT ''",
            ),
            Wrong((_back(RENAME, 'op.drop_table("accounts")'),), "is gone, which was there before"),
        ),
    ),
    Exercise(
        number="24.2",
        task="Write tests/test_currency.py: green with the revision `fill currency`, red with a broken one.",
        check=currency_test,
        done="Your test knows a right revision from three wrong ones.",
        hints=(
            "The test of the labels is the pattern: the revision before, rows, the revision, a look.",
            "Which accounts does the revision change, and which must it leave alone? One row of each kind.",
            "Look at the currency of each row, not at their number: assert found == [the one, the other].",
        ),
        solution=(_test(BOTH_ROWS, 'assert found == ["EUR", "CHF"]'),),
        variants=(
            # Up to the head: NOT NULL comes on top.
            (_test(BOTH_ROWS, 'assert found == ["EUR", "CHF"]', up='"head"'),),
            (_test(BOTH_ROWS, "first, second = found", 'assert first == "EUR"', 'assert second == "CHF"'),),
        ),
        untouched=f"There is no file {TEST}",
        wrong=(
            # No NULL left: also true when everything is overwritten.
            Wrong(
                (_test(BOTH_ROWS, "assert None not in found"),), "overwrites the currency of every account"
            ),
            # Only the row that is to change.
            Wrong((_test(NULL_ROW, 'assert found == ["EUR"]'),), "overwrites the currency of every account"),
            # Only the row that is to stay.
            Wrong((_test("(gen_random_uuid(), 2, 'CHF')", 'assert found == ["CHF"]'),), "does nothing"),
            # It counts rows.
            Wrong((_test(BOTH_ROWS, "assert len(found) == 2"),), "does nothing your test stays green"),
            Wrong((_test(BOTH_ROWS, 'assert found == ["EUR", "EUR"]'),), "red already"),
            Wrong(
                (f"%%edit {TEST} --create\ndef currency(alembic):\n    alembic('upgrade', 'head')\n",),
                "no test",
            ),
            Wrong(
                (f"%%edit {TEST} --create\ndef test_currency(alembic:\n    pass\n",), "already: SyntaxError: "
            ),
            Wrong(
                (_test(BOTH_ROWS, "assert None not in found", 'assert "CHF" in found'),),
                "writes USD your test stays green",
            ),
        ),
    ),
)
