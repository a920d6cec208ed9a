"""The checks of the capstone: what database and history must be when they are delivered, part by part.

Each asks first what it builds on, and names the exercise where that is missing.
"""

from __future__ import annotations

from collections.abc import Callable

from . import inherited
from .compared import last_words
from .in_models import attribute
from .inherited import EXACT, MESSAGES, PHONES, THIRD, of_before, refuse_lost_rows
from .model import Context, NotYet
from .rehearsal import SCHEMA, Failed, refuse_traces, rehearse, schema
from .revised import maker, makers, refuse_by_hand


def _first(number: str, check: Callable[[Context], None], context: Context) -> None:
    """Raise NotYet with the number of an earlier exercise that is not done (any more)."""
    try:
        check(context)
    except NotYet as missing:
        said = str(missing)
        raise NotYet(said if said.startswith("First ") else f"First {number}: {said}") from None


def _noted(context: Context) -> set[str]:
    """The revisions that have run, as alembic_version says."""
    parents = {revision.id: revision.parents for revision in context.revisions()}
    left = {str(row["version_num"]) for row in context.sql("SELECT version_num FROM alembic_version")}
    found: set[str] = set()
    while left:
        one = left.pop()
        found.add(one)
        left |= parents.get(one, frozenset()) - found
    return found


def one_head(context: Context) -> None:
    """One head, no revision gone, and none noted that has not run."""
    revisions = context.revisions()
    known = {revision.id for revision in revisions}
    for revision, message in MESSAGES.items():
        if revision not in known:
            raise NotYet(f"The revision {revision}, {message}, is gone, and the release needs what it does.")
    heads = known - {parent for revision in revisions for parent in revision.parents}
    if len(heads) != 1:
        raise NotYet(f"The history has {len(heads)} heads: {', '.join(sorted(heads))}.")
    code, said = context.run(["alembic", "heads"])
    if code:
        raise NotYet(f"Alembic cannot read the history: {last_words(said)}")
    noted = _noted(context)
    if EXACT in noted and context.columns("transfers")["amount"]["data_type"] == "FLOAT8":
        raise NotYet("alembic_version says that `exact amounts` has run, and amount is still a FLOAT8.")
    if PHONES in noted and not _unique(context):
        raise NotYet("alembic_version says that `phones and unique emails` has run, and no email is unique.")


def _unique(context: Context) -> bool:
    indexes = context.indexes("customers")
    unique = {
        row["index_name"] for row in context.sql("SHOW INDEXES FROM customers") if not row["non_unique"]
    }
    return any(columns == ["email"] and name in unique for name, columns in indexes.items())


def unique_emails(context: Context) -> None:
    """phone with its numbers, a unique index on email, every address with one customer, and it is noted."""
    _first("25.1", one_head, context)
    refuse_lost_rows(context)
    if "phone" not in context.columns("customers"):
        raise NotYet("customers has no column phone any more, and the clerks had entered numbers.")
    phones = {row["phone"] for row in context.sql("SELECT phone FROM customers")}
    if lost := inherited.NUMBERS - phones:
        raise NotYet(
            f"{len(lost)} phone numbers that the clerks had entered are gone. %inherit begins again."
        )
    addresses = [row["email"] for row in context.sql("SELECT email FROM customers WHERE email IS NOT NULL")]
    if lost := inherited.ADDRESSES - set(addresses):
        raise NotYet(f"The address {min(lost)} belongs to nobody now: one of the two has to keep it.")
    if twice := len(addresses) - len(set(addresses)):
        raise NotYet(f"{twice} addresses belong to two customers: a unique index is refused.")
    if not _unique(context):
        raise NotYet("Each address stands once, but nothing keeps it so: there is no unique index on email.")
    if PHONES not in _noted(context):
        raise NotYet(f"Column and index are there, and alembic_version does not know that {PHONES} has run.")


def exact_amounts(context: Context) -> None:
    """transfers.amount is a DECIMAL(12,2) with all values and its index, and it is noted."""
    _first("25.1", one_head, context)
    refuse_lost_rows(context)
    data_type = str(context.columns("transfers").get("amount", {}).get("data_type"))
    if data_type == "FLOAT8":
        raise NotYet("amount is still a FLOAT8: 0.1 + 0.2 is 0.30000000000000004 there.")
    if data_type != "DECIMAL(12,2)":
        raise NotYet(f"amount is a {data_type}: twelve digits, two of them behind the point, were asked for.")
    if [row["amount"] for row in of_before(context, "transfers", "amount")] != inherited.AMOUNTS:
        raise NotYet("The type is right, and the amounts are others than before. %inherit begins again.")
    if ["amount"] not in context.indexes("transfers").values():
        raise NotYet("The index on amount has not come back.")
    if EXACT not in _noted(context):
        raise NotYet(f"The amounts are exact, and alembic_version does not know that {EXACT} has run.")
    _refuse_no_way_back(context)


def _refuse_no_way_back(context: Context) -> None:
    """Raise NotYet where `exact amounts` cannot be undone, or be run, on a new database."""
    [exact] = [revision for revision in context.revisions() if revision.id == EXACT]
    before = min(exact.parents)
    steps = (("upgrade", before), ("schema",), ("upgrade", EXACT), ("downgrade", before), ("schema",))
    try:
        results = rehearse(context, *steps)
    except Failed as failed:
        way = "way back" if len(failed.results) > 2 else "way up"
        raise NotYet(f"The amounts are exact here. On a new database the {way} fails: {failed}") from None
    refuse_traces(results[1], results[4])


def currency_everywhere(context: Context) -> None:
    """accounts.currency is NOT NULL, EUR where it was empty, else as before; a revision makes it so."""
    _first("25.3", exact_amounts, context)
    column = context.columns("accounts").get("currency")
    if column is None:
        raise NotYet("accounts has no column currency any more.")
    found = [row["currency"] for row in of_before(context, "accounts", "currency")]
    if empty := found.count(None):
        raise NotYet(f"{empty} accounts have no currency yet.")
    if found[2] != "CHF":
        raise NotYet("The account in Swiss francs is not in francs any more: 560 CHF became something else.")
    if found != inherited.CURRENCIES:
        raise NotYet("All old accounts without a currency are in euros: EUR.")
    if column["is_nullable"]:
        raise NotYet("Every account has a currency, but the table still takes one without.")
    mine = [item.id for item in makers(context, "currency") if item.id not in (THIRD, PHONES, EXACT)]
    if not mine:
        raise NotYet("No revision of yours sets the currency: the next database would go without.")
    if not _noted(context).issuperset(mine):
        raise NotYet("A revision is written, and alembic_version does not know that it has run.")
    _refuse_empty_elsewhere(context, mine[-1])


def _refuse_empty_elsewhere(context: Context, last: str) -> None:
    """Raise NotYet unless the revisions fill an account without a currency in another database, too."""
    rows = (
        "INSERT INTO accounts (id, balance, currency) VALUES"
        " (gen_random_uuid(), 1, NULL), (gen_random_uuid(), 2, 'CHF')"
    )
    look = "SELECT currency FROM accounts ORDER BY balance"
    try:
        *_, found = rehearse(context, ("upgrade", THIRD), ("sql", rows), ("upgrade", last), ("sql", look))
    except Failed as failed:
        raise NotYet(f"In another database, with an account without a currency: {failed}") from None
    if [row["currency"] for row in found] != ["EUR", "CHF"]:
        raise NotYet("In another database your revision leaves other currencies than here.")


def shipped(context: Context) -> None:
    """No drift, all of the above, a new database like this one, up and down and up, and the app runs."""
    _first("25.2", unique_emails, context)
    _first("25.4", currency_everywhere, context)
    if "blocked" not in context.columns("accounts"):
        raise NotYet("accounts.blocked is gone: two customers who were locked out can pay again.")
    blocked = sum(row["blocked"] for row in of_before(context, "accounts", "blocked"))
    if blocked != inherited.BLOCKED:
        raise NotYet(
            f"{blocked} accounts are blocked, and there were {inherited.BLOCKED}. %inherit begins again."
        )
    made = maker(context, "blocked")
    if attribute(context, "Account", "blocked") is None:
        who = "the model Account does not know" if made else "no model and no revision knows"
        raise NotYet(f"accounts has a column blocked of which {who}.")
    if made is None or context.revisions()[-1].id in _noted(context):
        refuse_by_hand(context, "blocked", "column")
    else:
        raise NotYet("A revision for the column blocked is written, and has not run.")
    _rehearsal(context)


def _rehearsal(context: Context) -> None:
    """Raise NotYet unless a new database becomes like this one, up, down and up, and the app works there."""
    steps = (
        ("upgrade", "head"),
        ("schema",),
        ("downgrade", "base"),
        ("upgrade", "head"),
        ("check",),
        ("app", "--accounts", "5"),
    )
    try:
        results, stopped = rehearse(context, *steps), ""
    except Failed as failed:
        results, stopped = failed.results, str(failed)
    if not results:
        raise NotYet(f"On a new database the way up fails: {stopped}")
    here = set(schema(context.sql(query) for query in SCHEMA))
    if other := here ^ set(results[1]):
        first = min(other)
        where_is = "only in this one" if first in here else "only in a new one"
        raise NotYet(f"A new database would not be like this one. There is {where_is}: {first}")
    if len(results) < 4:
        way = ("way down", "second way up")[len(results) - 2]
        raise NotYet(f"On a new database the {way} fails: {stopped}")
    if len(results) < 5 or context.run(["alembic", "check"])[0]:
        raise NotYet("`alembic check` finds a difference between the models and what your history makes.")
    if stopped:
        raise NotYet(f"The app does not run: {stopped}")
