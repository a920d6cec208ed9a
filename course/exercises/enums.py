"""The checks of lesson 20: what the revisions of an enum do on a new database, one after the other."""

from __future__ import annotations

from typing import Any

from .compared import refuse_differences
from .model import Context, NotYet
from .rehearsal import Failed, rehearse, up_down_up
from .revised import makers, refuse_by_hand, refuse_waiting

KINDS = ["checking", "savings", "premium", "business"]
ENUMS = ("sql", "SHOW ENUMS")


def words_of(rows: list[dict[str, Any]], name: str) -> list[str] | None:
    """The values of an enum, in order, from the rows of SHOW ENUMS; None if there is no such type."""
    found = next((row["values"] for row in rows if row["name"] == name), None)
    return found.strip("{}").split(",") if isinstance(found, str) else found


def customers_tier(context: Context) -> None:
    """A column of a new enum type, in model and table, by a revision that takes the type away again."""
    found = context.columns("customers").get("tier")
    if found is None:
        refuse_waiting(context, "tier")
        raise NotYet("The table customers has no column tier yet.")
    words = words_of(context.sql("SHOW ENUMS"), "customer_tier")
    if words is None or "customer_tier" not in found["data_type"]:
        if "." in found["data_type"]:
            raise NotYet(f"tier has the type {found['data_type']}: customer_tier was asked for.")
        raise NotYet(f"tier is a {found['data_type']}: any text of that length could get in.")
    if words != ["standard", "gold"]:
        raise NotYet(f"customer_tier has the values {', '.join(words)}: lists sort in this order.")
    if found["is_nullable"] or "standard" not in str(found["column_default"]):
        raise NotYet("A customer can be without a tier: look at the default, and at NULL.")
    refuse_differences(context, "customers")
    refuse_differences(context, "tier")
    refuse_by_hand(context, "tier", "column")
    before, _, after = up_down_up(context, makers(context, "tier"), ENUMS)
    if after != before:
        raise NotYet(
            "The revision can be undone, but not without a trace: downgrade() leaves something behind."
        )


def premium_accounts(context: Context) -> None:
    """A value in its place, then, by a later revision, the rows that have it."""
    context.columns("accounts")
    words = words_of(context.sql("SHOW ENUMS"), "account_kind") or []
    if "premium" not in words:
        refuse_waiting(context, "premium")
        raise NotYet("The type account_kind does not know the word premium yet.")
    if words != KINDS:
        raise NotYet(f"The words stand in the order {', '.join(words)}; premium belongs elsewhere.")
    if context.sql("SELECT 1 FROM accounts WHERE (balance >= 500000) <> (kind = 'premium') LIMIT 1"):
        refuse_waiting(context, "premium")
        raise NotYet("Not every account of 500,000 or more is premium, or one is that has less.")
    _refuse_on_production(context)
    refuse_waiting(context, "premium")
    refuse_differences(context, "accounts")


def _refuse_on_production(context: Context) -> None:
    """Raise NotYet unless one revision adds the word and a later one gives it, where the rows are others."""
    history = context.revisions()
    first = history.index(makers(context, "account_kind")[0])
    ids = [revision.id for revision in history[first:]]
    fill = (
        "sql",
        "INSERT INTO accounts (id, balance, currency)"
        " SELECT gen_random_uuid(), balance, 'EUR' FROM (VALUES (499999), (500000), (500001)) AS v (balance)",
    )
    look = (ENUMS, ("sql", "SELECT kind::STRING AS kind, balance FROM accounts"))
    steps = [("upgrade", ids[0]), fill, *look]
    try:
        results = rehearse(context, *steps, *(step for id in ids[1:] for step in (("upgrade", id), *look)))
    except Failed as failed:
        raise NotYet(f"On a new database, with other accounts, your revisions fail: {failed}") from None
    words = [words_of(found, "account_kind") or [] for found in results[2::3]]
    kinds = [[row["kind"] for row in found] for found in results[3::3]]
    adding = [number for number, found in enumerate(words) if "premium" in found]
    giving = [number for number, found in enumerate(kinds) if "premium" in found]
    if not adding:
        raise NotYet("No revision adds the word: production would go without.")
    if not adding[0] or "business" not in words[adding[0] - 1]:
        raise NotYet("Production has run the revision that adds the word, without it: it needs a new one.")
    if not giving:
        raise NotYet("No revision changes the accounts: on production they would keep their kind.")
    if adding[0] == giving[0]:
        raise NotYet("One revision adds the word and uses it: that depends on a setting of the session.")
    for row in results[-1]:
        balance, kind = int(row["balance"]), row["kind"]
        if (balance >= 500_000) != (kind == "premium"):
            raise NotYet(f"On production an account with {balance:,} would be {kind} after your revisions.")
