"""The exercise of lesson 01: a URL from its parts."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from .model import Context, Exercise, NotYet, Wrong

FILE = "teller.url"
USER, PASSWORD, HOST, PORT, DATABASE = "teller", "x/7%40@k", "db.bank.example", 26257, "bank"
ENCODED = "x%2F7%2540%40k"

HIDDEN = "*" * 3
"""What SQLAlchemy prints for a password: str() of a URL."""

DRIVERS = ("", "psycopg2", "psycopg")
"""Those that hand their options on to libpq. "": psycopg2, the default of the dialect."""

MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
"""https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSLMODE"""


def written(
    encoded: str = ENCODED,
    prefix: str = "cockroachdb",
    port: str = f":{PORT}",
    database: str = f"/{DATABASE}",
    options: str = "?sslmode=verify-full",
) -> str:
    """The cell that writes the file."""
    return f"%%edit {FILE} --create\n{prefix}://{USER}:{encoded}@{HOST}{port}{database}{options}"


URL_TEXT = written().partition("\n")[2]


def teller_url(context: Context) -> None:
    """A file with one line: a URL that SQLAlchemy takes apart into the parts that were given."""
    url = _read(context.read(FILE))
    dialect, _, driver = url.drivername.partition("+")
    if dialect != "cockroachdb":
        raise NotYet(f"It begins with {url.drivername}: which dialect would SQLAlchemy choose?")
    if driver not in DRIVERS:
        raise NotYet(f"It names the driver {driver}, which has options of its own: leave +{driver} out.")
    if not url.password:
        raise NotYet("There is no password in it.")
    if url.password == HIDDEN:
        raise NotYet("SQLAlchemy prints *** where it hides a password: it is no password itself.")
    for part, found, wanted in (
        ("user", url.username, USER),
        ("host", url.host, HOST),
        ("password", url.password, PASSWORD),
    ):
        if found != wanted:
            raise NotYet(
                f"A program would read {found} as the {part}, not {wanted}: which characters mean something "
                "in a URL?"
            )
    if url.port not in (PORT, None):
        raise NotYet(f"The port is {url.port}, but the cluster listens on {PORT}.")
    if url.port is None:
        raise NotYet("There is no port in it. A program would have to guess one.")
    if not url.database:
        raise NotYet("There is no database in it. A program would have to guess one.")
    if url.database != DATABASE:
        raise NotYet(f"It leads into {url.database}, not into the database {DATABASE}.")
    mode = url.query.get("sslmode")
    if isinstance(mode, tuple):
        raise NotYet(f"It says sslmode {len(mode)} times.")
    if mode and mode not in MODES:
        raise NotYet(f"There is no sslmode {mode}.")
    if mode != "verify-full":
        raise NotYet(
            f"{f'sslmode={mode}' if mode else 'Without sslmode a program'} does not check that the server is "
            "the one that you mean."
        )


def _read(text: str) -> URL:
    """The one line of the file, as a URL. Raises NotYet."""
    lines = text.removeprefix("\ufeff").split()
    if len(lines) != 1:
        raise NotYet(f"{FILE} should hold the URL in one line, without blanks, and nothing else.")
    if lines[0][0] in "\"'`":
        raise NotYet(f"What reads {FILE} would take the quotation marks for a part of the URL.")
    try:
        return make_url(lines[0])
    except (ArgumentError, ValueError):
        raise NotYet(f"SQLAlchemy cannot read what stands in {FILE} as a URL.") from None


EXERCISES = (
    Exercise(
        number="01.1",
        task=f"Write the URL for the tellers' program into {FILE}.",
        check=teller_url,
        done="A program with this URL reaches the right server as the right user, and checks whom it meets.",
        hints=(
            "The order of the parts is that of your own URL: print it with url, as above.",
            "@, / and % end or begin a part. In a password each is written as % and two hexadecimal digits.",
            'from urllib.parse import quote; quote("…", safe="") writes a text so. Which sslmode does the '
            "last section recommend for production?",
        ),
        solution=(written(),),
        variants=(
            (written(encoded="x%2f7%2540%40k", prefix="cockroachdb+psycopg2"),),
            (written(options="?sslmode=verify-full&sslrootcert=ca.crt"),),
        ),
        untouched=f"no file {FILE} in your workspace yet",
        wrong=(
            # As it was given: the first @ ends the password.
            Wrong((written(encoded=PASSWORD),), "would read"),
            # The signs that break the URL are encoded, the % that changes its meaning is not.
            Wrong((written(encoded="x%2F7%40%40k"),), "would read x/7@@k as the password"),
            Wrong((written(prefix="postgresql"),), "which dialect"),
            # A % doubled, as in alembic.ini.
            Wrong((written(encoded="x%%2F7%%2540%%40k"),), "as the password"),
            Wrong((written(encoded="***"),), "where it hides a password"),
            Wrong((written(prefix="cockroachdb+asyncpg"),), "names the driver asyncpg"),
            Wrong((written(port=""),), "no port in it"),
            Wrong((written(database=""),), "no database in it"),
            Wrong((written(database="/defaultdb"),), "leads into defaultdb"),
            Wrong((f'%%edit {FILE} --create\n"{URL_TEXT}"',), "quotation marks"),
            Wrong((f"%%edit {FILE} --create\n{URL_TEXT}\n{URL_TEXT}",), "in one line"),
            Wrong((written(options="?sslmode=require"),), "sslmode=require does not check"),
            Wrong((written(options=""),), "Without sslmode"),
            Wrong((written(options="?sslmode=verify_full"),), "There is no sslmode verify_full"),
        ),
    ),
)
