"""The exercises of lesson 04, the first migration."""

from __future__ import annotations

from .model import Context, Exercise, NotYet, Wrong

REVISION = '%alembic revision -m "add owner to accounts"'
UPGRADE = "%alembic upgrade head"


def filled(type_: str = "sa.String()", downgrade: str = 'op.drop_column("accounts", "owner")') -> str:
    """The cell that fills the revision."""
    return f"""%%migration
def upgrade():
    op.add_column("accounts", sa.Column("owner", {type_}))


def downgrade():
    {downgrade}
"""


def table_again() -> str:
    """The cell that puts the column into the revision that has made the table already."""
    return """%%migration
def upgrade():
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("balance", sa.Integer()),
        sa.Column("owner", sa.String()),
    )
"""


def owner_column(context: Context) -> None:
    """A column owner of text in accounts, made by a revision that can be undone."""
    newest = context.newest()
    columns = context.columns("accounts")
    if "owner" not in columns:
        if "owner" in newest.path.read_text(encoding="utf-8"):
            if context.applied() == newest.id:
                raise NotYet("You changed a revision that has run: Alembic runs none twice. Make a new one.")
            raise NotYet("The revision is written, but it has not run on the database yet.")
        raise NotYet("The table accounts has no column owner yet.")
    if (
        columns["owner"]["data_type"] not in ("STRING", "VARCHAR")
        and "CHAR(" not in columns["owner"]["data_type"]
    ):
        raise NotYet(f"The column owner is {columns['owner']['data_type']}, but a name is text.")
    if "owner" not in newest.path.read_text(encoding="utf-8"):
        raise NotYet("The column is there, but no revision makes it: the next database would not get it.")
    if context.applied() != newest.id:
        raise NotYet("The column is there, but alembic_version does not name the revision that makes it.")
    if not context.does_something(newest, "downgrade"):
        raise NotYet("The revision cannot be undone: its downgrade() does nothing.")


EXERCISES = (
    Exercise(
        number="04.1",
        task="Give each account an owner: a new column of text, in a revision of its own that can be undone.",
        check=owner_column,
        done="Every account can have an owner now, and the revision can be undone.",
        hints=(
            "A change of the schema begins with an empty revision, as the table did.",
            "op.add_column takes the table's name and a sa.Column; op.drop_column undoes it.",
            "A revision that is only written changes nothing: which command runs it?",
        ),
        solution=(REVISION, filled(), UPGRADE),
        untouched="no column owner yet",
        wrong=(
            Wrong(("%sql ALTER TABLE accounts ADD COLUMN owner STRING",), "no revision makes it"),
            Wrong((table_again(), UPGRADE), "You changed a revision that has run"),
            Wrong((REVISION, filled()), "has not run on the database yet"),
            Wrong((REVISION, filled(type_="sa.Integer()"), UPGRADE), "a name is text"),
            Wrong((REVISION, filled(downgrade="pass"), UPGRADE), "cannot be undone"),
        ),
    ),
)
