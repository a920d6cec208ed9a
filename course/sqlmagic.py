"""`%sql` and `%%sql`: ipython-sql, set up for lessons. What differs from ipython-sql as it comes:

- It connects by itself, to DATABASE_URL, and again when the cluster or the database was made anew.
- Each statement commits by itself, as in a SQL shell, and BEGIN … COMMIT works, over several cells too.
  (ipython-sql commits for you, hides an error of that COMMIT, and refuses BEGIN.)
- The server gets the text as it is typed: no `{name}` or `$name` is replaced. Only `:name`, outside of
  quotes, is, and only where a Python variable has that name.
- An error is the server's message in one line, and the cell fails.
- A statement that gives no rows prints the server's answer (`CREATE TABLE`, `INSERT 0 2`); notices are shown.
- NULL, true and false are written as SQL writes them; at most `displaylimit` rows are shown, all are given.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import sqlalchemy.dialects
import sqlalchemy.exc
import sqlparse
from IPython.core.magic import needs_local_scope, no_var_expand

from . import database, frugal, table
from .display import show
from .errors import CourseError, SqlError

frugal.load("sql.magic")
import sql.magic  # noqa: E402
import sql.parse  # noqa: E402
import sql.run  # noqa: E402

SPOKEN = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|(?<![:\w]):([A-Za-z_]\w*)""", re.DOTALL
)
"""Literals, quoted names, comments (left alone), and `:name` as the group."""


class Notices:
    """Where the driver puts what the server says beside its answers.

    Not a list, which is what psycopg2 has by itself: SQLAlchemy would log a list's notices and empty it.
    """

    def __init__(self) -> None:
        self.said: list[str] = []

    def append(self, notice: str) -> None:
        self.said.append(notice)


class Rows(sql.run.ResultSet):  # type: ignore[misc]
    """What a query gave: ipython-sql's ResultSet (a list; `.DataFrame()`, `.dict()`, …), shown readably."""

    def _repr_html_(self) -> str:
        return table.markup(list(self.keys), self, self.config.displaylimit)

    def __str__(self, *_: Any) -> str:
        return table.plain(list(self.keys), self, self.config.displaylimit)

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


class SqlMagic(sql.magic.SqlMagic):  # type: ignore[misc]
    """ipython-sql's magic; the name is the same so that `%config SqlMagic.…` works as its manual says."""

    def __init__(self, shell: Any, guard: Callable[[], object] = lambda: None) -> None:
        """guard: called before each cell; raises when the practice database is another notebook's now."""
        super().__init__(shell)
        self._guard = guard
        self.displaycon = False
        self.displaylimit = 20
        self.autopandas = False
        self._connections: dict[str, Any] = {}

    @needs_local_scope
    @no_var_expand
    def execute(self, line: str = "", cell: str = "", local_ns: dict[str, Any] | None = None) -> Any:
        """Run SQL: %sql STATEMENT, or %%sql with statements below it.

        `name << SELECT …` keeps the rows in the Python variable `name`.
        """
        if line.strip().startswith(("-", "/")) and not line.strip().startswith(("--", "/*")):
            return super().execute(line, cell, local_ns)  # ipython-sql's own options
        self._guard()
        parsed = sql.parse.parse(f"{line}\n{cell}", self)
        connection = self._connection(parsed["connection"] or os.environ.get("DATABASE_URL", ""))
        names = {**self.shell.user_ns, **(local_ns or {})}
        rows = self._run(connection, parsed["sql"], names)
        if parsed["result_var"]:
            self.shell.user_ns[parsed["result_var"]] = rows
            return None
        return rows

    # As ipython-sql's own magic has it, which its option handling looks for.
    execute.parser = sql.magic.SqlMagic.execute.parser  # type: ignore[attr-defined]

    def disconnect(self) -> None:
        """Close the connections. The next cell opens a new one."""
        for url in list(self._connections):
            self._drop(url)

    # ---------------------------------------------------------------- statements

    def _run(self, connection: Any, text: str, names: Mapping[str, Any]) -> Any:
        last: Any = None
        for statement in sqlparse.split(text):
            if not sqlparse.format(statement, strip_comments=True).strip(" ;\n\t"):
                continue
            if last is not None:
                show(last)
            url = connection.engine.url
            default = _default(url).render_as_string(hide_password=False)
            with database.making(statement, default) if _is_practice(url) else contextlib.nullcontext():
                last = self._statement(connection, statement, names)
        if self.autopandas and last is not None:
            return last.DataFrame()
        return last

    def _statement(self, connection: Any, statement: str, names: Mapping[str, Any]) -> Rows | None:
        text, values = bind(statement, names)
        driver = connection.connection.dbapi_connection
        driver.notices = notices = Notices()
        try:
            options = {"no_parameters": not values}
            result = _interruptible(
                lambda: connection.exec_driver_sql(text, values or None, execution_options=options),
                driver.cancel,
            )
            rows = Rows(result, self) if result.returns_rows else None
        except sqlalchemy.exc.DBAPIError as error:
            raise database.translate(error.orig) from None
        finally:
            for notice in notices.said:
                print(re.sub(r":\s+", ": ", notice.strip(), count=1))
        if rows is None and self.feedback:
            print(result.context.cursor.statusmessage)
        return rows

    # ---------------------------------------------------------------- connections

    def _connection(self, url: str) -> Any:
        """The connection to this URL: the open one if it still answers, else a new one."""
        if not url:
            raise CourseError(
                "DATABASE_URL is not set. Run the first cell of this notebook, or set it again."
            )
        if url in self._connections and not _answers(self._connections[url]):
            self._drop(url)
        if url not in self._connections:
            self._connections[url] = _open_existing(url)
        return self._connections[url]

    def _drop(self, url: str) -> None:
        connection = self._connections.pop(url)
        # It is thrown away, whatever state it is in.
        with contextlib.suppress(Exception):
            connection.invalidate()
        with contextlib.suppress(Exception):
            connection.close()
            connection.engine.dispose()


def load_driver() -> None:
    """Load what the first connection needs, so that it need not wait for that."""
    frugal.load_dialect()
    sqlalchemy.dialects.registry.load("cockroachdb")


def bind(statement: str, names: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The statement in the driver's style, and the values for it.

    `:name` outside of literals, quoted names and comments becomes a parameter where `names` has it. Without
    any, the text stays exactly as it is.
    """
    found = [match[1] for match in SPOKEN.finditer(statement) if match[1] in names]
    if not found:
        return statement, {}

    def swap(match: re.Match[str]) -> str:
        return f"%({match[1]})s" if match[1] in names else match[0]

    return SPOKEN.sub(swap, statement.replace("%", "%%")), {name: names[name] for name in found}


def _interruptible(work: Callable[[], Any], cancel: Callable[[], None]) -> Any:
    """Do the work so that an interrupt of the kernel cancels it on the server.

    The driver waits in C and would not notice: so it waits in a thread of its own. An interrupt may come
    while that begins: then the work is not done, or is canceled as soon as the server has it.
    """
    done: Future[Any] = Future()
    given_up = threading.Event()

    def do() -> None:
        if given_up.is_set():
            return
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    thread = threading.Thread(target=do)
    try:
        thread.start()
        return done.result()
    except KeyboardInterrupt:
        given_up.set()
        while thread.is_alive():
            cancel()
            thread.join(0.05)
        raise


def _open_existing(text: str) -> Any:
    """A connection to the URL's database or, where there is no such database yet, to `defaultdb`."""
    try:
        url = sqlalchemy.make_url(text)
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        raise _unreachable(error) from None
    try:
        return _open(url)
    except SqlError as error:
        if "does not exist" not in str(error):
            raise
        return _open(_default(url))


def _is_practice(url: sqlalchemy.URL) -> bool:
    """Whether a connection is to the cluster of the lessons, and not to one that a cell has named."""
    try:
        practice = sqlalchemy.make_url(os.environ.get("DATABASE_URL", ""))
    except (sqlalchemy.exc.ArgumentError, ValueError):
        return False
    return (url.host, url.port) == (practice.host, practice.port)


def _default(url: sqlalchemy.URL) -> sqlalchemy.URL:
    return url.set(database=database.DEFAULT)


def _open(url: sqlalchemy.URL) -> Any:
    try:
        engine = sqlalchemy.create_engine(
            url,
            poolclass=sqlalchemy.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"application_name": "%sql"},
        )
        return engine.connect()
    except Exception as error:
        raise _unreachable(error) from None


def _unreachable(error: Exception) -> CourseError:
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        return database.translate(error.orig)
    return CourseError(f"This URL does not work: {error}")


def _answers(connection: Any) -> bool:
    driver = connection.connection.dbapi_connection
    try:
        with driver.cursor() as cursor:
            # With inject_retry_errors_enabled a SELECT would get the error that is meant for the next cell.
            cursor.execute("SHOW application_name")
    except Exception as error:
        # In a transaction that failed, the server still answers: 25P02, until ROLLBACK.
        return getattr(error, "pgcode", None) == "25P02"
    return True
