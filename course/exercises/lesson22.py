"""The exercises of lesson 22, what only CockroachDB has."""

from __future__ import annotations

import re

from ..errors import SqlError
from .cells import migration
from .compared import differences, refuse_differences
from .model import Context, Exercise, NotYet, Wrong
from .rehearsal import up_down_up
from .revised import makers, refuse_by_hand, refuse_one_way, refuse_waiting

UPGRADE = "%alembic upgrade head"


def filled(*upgrade: str, downgrade: str) -> str:
    """The cell that fills the newest revision."""
    return migration(upgrade, [downgrade])


# 22.1 ----------------------------------------------------------------------------------------------------

YEAR = '%alembic revision -m "keep logins for a year"'
SET = 'op.execute("ALTER TABLE logins SET ({})")'
EXPRESSION = "ttl_expiration_expression = '(at + ''{} days'')'"
TTL_BACK = SET.format(EXPRESSION.format(90))


LOOK = "SHOW CREATE TABLE logins"
DAILY = re.compile(r"ttl_job_cron = '(@daily|@midnight|@hourly|\S+ \S+ \* \* \*)'")
"""Times of the job that come every day."""


def year_of_logins(context: Context) -> None:
    """Logins expire 365 days after at, by their own time only, daily, by a revision with a way back."""
    columns = context.columns("logins")
    settings = _settings(context.sql(LOOK))
    if "ttl = 'on'" not in settings:
        raise NotYet("Logins do not expire any more: they are kept for ever.")
    if "crdb_internal_expiration" in columns:
        raise NotYet(
            "logins has a hidden crdb_internal_expiration now: it starts anew with each change of a row."
        )
    if (days := _days(context, settings)) != 365:
        if days == 90:
            refuse_waiting(context, "ttl_expiration_expression")
        raise NotYet(f"A login expires {days:g} days after at: 365 were asked for.")
    if not DAILY.search(settings):
        raise NotYet("The job does not look every day any more.")
    mine = makers(context, "ttl_expiration_expression")[1:]  # the first makes the table
    if not mine:
        raise NotYet("Logins are kept for a year here, but no new revision says so: production would not.")
    refuse_one_way(context, refuse_by_hand(context, "ttl_expiration_expression", "setting"))
    before, up, back = (_settings(rows) for [rows] in up_down_up(context, mine, ("sql", LOOK)))
    if up == before:
        raise NotYet("Logins are kept for a year here, but no new revision says so: production would not.")
    if "ttl = 'on'" not in back:
        raise NotYet("Up and down: then logins are kept for ever.")
    if (days := _days(context, back)) != _days(context, before):
        raise NotYet(f"Up and down: then a login expires {days:g} days after at, and not as before.")
    if back != before:
        raise NotYet("Up and down: then logins have other settings than before.")


def _settings(rows: list[dict[str, str]]) -> str:
    """The parameters of a table, in order, from the row of SHOW CREATE TABLE."""
    parameters = rows[0]["create_statement"].partition(") WITH (")[2].rstrip().removesuffix(";")
    return ", ".join(sorted(re.split(r", (?=\w+ = )", parameters.removesuffix(")"))))


def _days(context: Context, settings: str) -> float:
    """After how many days a login expires: the expression, computed for two times."""
    found = re.search(r"ttl_expiration_expression = e?'((?:[^'\\]|\\.|'')*)'", settings)
    if found is None:
        raise NotYet("The table has no ttl_expiration_expression any more.")
    expression = re.sub(r"\\(.)", r"\1", found[1]).replace("''", "'")
    one, other = context.sql(
        f"SELECT extract(epoch FROM ({expression})) - extract(epoch FROM at) AS seconds"  # noqa: S608
        " FROM (VALUES ('2026-01-01 00:00:00+00'::TIMESTAMPTZ), ('2025-06-01 00:00:00+00')) AS one (at)"
    )
    if one["seconds"] != other["seconds"]:
        raise NotYet("When a login expires is not counted from at any more.")
    return float(one["seconds"]) / 86400


# 22.2 ----------------------------------------------------------------------------------------------------

AUDIT = '%alembic revision -m "an index for the auditors"'
ENV = """%%edit alembic/env.py --replace "IGNORED: set[tuple[str, str]] ="
IGNORED: set[tuple[str, str]] = {("index", "transfers_made_at_idx"), ("index", "audit_idx")}
"""
CREATE = (
    'op.create_index("audit_idx", "transfers", [{}], postgresql_include=[{}], '
    'postgresql_where=sa.text("amount >= 500"))'
)
DROP = 'op.drop_index("audit_idx", table_name="transfers")'
GOOD = CREATE.format('"target"', '"amount", "made_at"')


def auditors_index(context: Context) -> None:
    """An index on target that stores amount and made_at where amount >= 500, which autogenerate lets be."""
    context.columns("transfers")
    made = {
        row["index_name"]: row["create_statement"]
        for row in context.sql("SHOW CREATE INDEXES FROM transfers")
        if re.search(r" \(target ASC[,)]", row["create_statement"])
    }
    if not made:
        refuse_waiting(context, "create_index")
        raise NotYet("There is no index on transfers yet that begins with target.")
    name, statement = list(made.items())[-1]
    keys = statement.partition("(")[2].partition(")")[0]
    if keys != "target ASC":
        raise NotYet(f"The index is sorted by {keys}: the auditors search by target, and read the rest.")
    stored = re.search(r"STORING \(([^)]*)\)", statement)
    missing = {"amount", "made_at"} - set(stored[1].split(", ") if stored else [])
    if missing:
        raise NotYet(f"{sorted(missing)[0]} is not in the index: for each transfer the table is read too.")
    condition = statement.partition(" WHERE ")[2]
    if not condition:
        raise NotYet("The small transfers are in the index too: each of them must be written there.")
    if not _large(context, condition):
        raise NotYet(f"The index holds the transfers where {condition}: 500 and more were asked for.")
    refuse_one_way(context, refuse_by_hand(context, name, "index"))
    up_down_up(context, makers(context, name))
    if any(name in line for line in differences(context)):
        raise NotYet("The index is right, but the next autogenerate would remove it or call it changed.")
    refuse_differences(context, "transfers")


def _large(context: Context, condition: str) -> bool:
    """Whether the condition holds from 500 on, and not below. Amounts have two digits after the point."""
    amounts = "(VALUES (-500.0), (0), (499), (499.99), (500), (500.01), (501), (100000)) AS one (amount)"
    try:
        [row] = context.sql(
            f"SELECT bool_and(({condition}) = (amount >= 500)) AS same"  # noqa: S608
            f" FROM (SELECT amount::DECIMAL(12,2) AS amount FROM {amounts}) AS every"
        )
    except SqlError:  # it asks for other columns, too
        return False
    return bool(row["same"])


EXERCISES = (
    Exercise(
        number="22.1",
        task="Let logins expire 365 days after at, whatever is done to the row later, in a revision.",
        check=year_of_logins,
        done="A login is kept for a year, and then goes.",
        hints=(
            "A setting of a table is changed by ALTER TABLE … SET (…), with the parameter as in WITH (…).",
            "ttl_expire_after counts from the last change of the row. Which parameter counts from a column?",
            "In SQL a quotation mark in a string is written twice. The way back sets what was there before.",
        ),
        solution=(YEAR, filled(SET.format(EXPRESSION.format(365)), downgrade=TTL_BACK), UPGRADE),
        variants=(
            (
                YEAR,
                filled(
                    SET.format(
                        "ttl_expiration_expression = "
                        "'((at AT TIME ZONE ''UTC'') + INTERVAL ''1 year'') AT TIME ZONE ''UTC'''"
                    ),
                    downgrade=TTL_BACK,
                ),
                UPGRADE,
            ),
            (
                YEAR,
                filled(SET.format(EXPRESSION.replace("days", "hours").format(8760)), downgrade=TTL_BACK),
                UPGRADE,
            ),
        ),
        untouched="expires 90 days after at",
        wrong=(
            Wrong(
                (
                    YEAR,
                    filled(SET.format(EXPRESSION.format(365)), downgrade=SET.format(EXPRESSION.format(9))),
                    UPGRADE,
                ),
                "Up and down: then a login expires 9 days after at",
            ),
            Wrong(
                (
                    YEAR,
                    filled(
                        SET.format(EXPRESSION.format(365)),
                        downgrade='op.execute("ALTER TABLE logins RESET (ttl)")',
                    ),
                    UPGRADE,
                ),
                "Up and down: then logins are kept for ever",
            ),
            Wrong(
                (
                    YEAR,
                    filled(SET.format(EXPRESSION.format(365).replace("(at", "(now()")), downgrade=TTL_BACK),
                    UPGRADE,
                ),
                "not counted from at",
            ),
            Wrong(
                (
                    YEAR,
                    filled(
                        SET.format("ttl_expire_after = '365 days'"),
                        downgrade='op.execute("ALTER TABLE logins RESET (ttl_expire_after)")',
                    ),
                    UPGRADE,
                ),
                "starts anew with each change",
            ),
            Wrong(
                (YEAR, filled('op.execute("ALTER TABLE logins RESET (ttl)")', downgrade=TTL_BACK), UPGRADE),
                "kept for ever",
            ),
            Wrong(
                (YEAR, filled(SET.format(EXPRESSION.format(356)), downgrade=TTL_BACK), UPGRADE),
                "expires 356 days after at",
            ),
            Wrong(
                (YEAR, filled(SET.format(EXPRESSION.format(365)), downgrade=TTL_BACK)),
                "has not run on the database yet",
            ),
            Wrong(
                (YEAR, filled(SET.format(EXPRESSION.format(365)), downgrade="pass"), UPGRADE),
                "cannot be undone",
            ),
            Wrong(
                ("%sql ALTER TABLE logins SET (ttl_expiration_expression = '(at + ''365 days'')');",),
                "no new revision says so",
            ),
        ),
    ),
    Exercise(
        number="22.2",
        task="Index the transfers of 500 and more by target, storing amount and made_at; let it last.",
        check=auditors_index,
        done="The auditors are served from the index alone, and nobody's autogenerate removes it.",
        hints=(
            "Three parts: what is searched by, what is only read, and which rows. Only the first is a key.",
            "op.create_index has a word for each: its columns, postgresql_include, postgresql_where.",
            "No model agrees with a covering index. Where does env.py list what Alembic shall pass over?",
        ),
        solution=(AUDIT, filled(GOOD, downgrade=DROP), UPGRADE, ENV),
        variants=(
            (
                ENV,
                AUDIT,
                filled(
                    'op.execute("CREATE INDEX audit_idx ON transfers (target) '
                    'STORING (made_at, amount) WHERE amount > 499.99")',
                    downgrade=DROP,
                ),
                UPGRADE,
            ),
        ),
        untouched="no index on transfers yet",
        wrong=(
            Wrong(
                (
                    AUDIT,
                    filled(
                        'op.create_index("audit_idx", "transfers", ["target", "amount", "made_at"], '
                        'postgresql_where=sa.text("amount >= 500"))',
                        downgrade=DROP,
                    ),
                    UPGRADE,
                    ENV,
                ),
                "the auditors search by target",
            ),
            Wrong(
                (AUDIT, filled(CREATE.format('"target"', '"amount"'), downgrade=DROP), UPGRADE, ENV),
                "made_at is not in the index",
            ),
            Wrong(
                (
                    AUDIT,
                    filled(
                        'op.create_index("audit_idx", "transfers", ["target"], '
                        'postgresql_include=["amount", "made_at"])',
                        downgrade=DROP,
                    ),
                    UPGRADE,
                    ENV,
                ),
                "The small transfers are in the index",
            ),
            Wrong(
                (
                    AUDIT,
                    filled(GOOD.replace(">= 500", "> 500"), downgrade=DROP),
                    UPGRADE,
                    ENV,
                ),
                "500 and more were asked for",
            ),
            Wrong((AUDIT, filled(GOOD, downgrade=DROP), UPGRADE), "the next autogenerate would remove it"),
            Wrong((AUDIT, filled(GOOD, downgrade=DROP), ENV), "has not run on the database yet"),
            Wrong((AUDIT, filled(GOOD, downgrade="pass"), UPGRADE, ENV), "cannot be undone"),
            Wrong(
                (AUDIT, filled(GOOD, downgrade=DROP.replace("audit_idx", "audit")), UPGRADE, ENV),
                "the way back fails: index",
            ),
            Wrong(
                (
                    AUDIT,
                    filled(GOOD, downgrade=DROP),
                    UPGRADE,
                    ENV.replace('("index", "audit', '("table", "audit'),
                ),
                "the next autogenerate would remove it",
            ),
            Wrong(
                (
                    AUDIT,
                    filled(GOOD, downgrade=DROP),
                    UPGRADE,
                    ENV.replace('("index", "transfers_made_at_idx"), ', ""),
                ),
                "still sees a difference: Detected removed index 'transfers_made_at_idx'",
            ),
        ),
    ),
)
