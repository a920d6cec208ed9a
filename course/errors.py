"""Errors as a learner sees them: one clear line, no traceback; the cell fails all the same."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

LIBRARIES = ("sqlalchemy", "sqlalchemy_cockroachdb", "psycopg2", "psycopg")
"""The traceback of an exception of these shows the learner's own frames only."""

NO_CLUSTER = (
    "No cluster answers. To start it with all its data: !python -m cluster start\n"
    "To begin the lesson again: run the first cell of this notebook."
)


class CourseError(Exception):
    """Says what happened and what to do next. A notebook shows the message alone."""

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows in place of a traceback (an agreed name of IPython's)."""
        return str(self).splitlines() or [type(self).__name__]


class AlembicFailed(CourseError):
    """An alembic command ended with an exit code other than 0; its output stands above."""


class SqlError(CourseError):
    """The server refused a statement. `sqlstate` is its code, or None where there was no answer."""

    def __init__(self, message: str, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


def shorten_library_errors(shell: InteractiveShell) -> None:
    """From now on a database error in a Python cell shows the cell's line and the error, no library's."""

    def show(
        self: Any,
        kind: type[BaseException],
        value: BaseException,
        trace: TracebackType | None,
        tb_offset: int | None = None,
    ) -> None:
        if kind.__module__.split(".")[0] not in LIBRARIES:
            self.showtraceback((kind, value, trace), tb_offset=tb_offset)
            return
        # The driver's error stands in SQLAlchemy's message already: do not print it a second time.
        cause, value.__cause__ = value.__cause__, None
        value.__suppress_context__ = True
        self.showtraceback((kind, value, own_frames(trace)), tb_offset=0)
        value.__cause__ = cause

    shell.set_custom_exc((Exception,), show)  # type: ignore[no-untyped-call]


def own_frames(trace: TracebackType | None) -> TracebackType | None:
    """The traceback without the frames of installed libraries (and of the machinery that runs a cell)."""
    frames = []
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "site-packages" not in name and "dist-packages" not in name and not name.startswith("<frozen"):
            frames.append(trace)
        trace = trace.tb_next
    kept: TracebackType | None = None
    for frame in reversed(frames):
        kept = TracebackType(kept, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return kept
