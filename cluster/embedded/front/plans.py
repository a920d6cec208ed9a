"""What a session's texts become: translated once, and kept by their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cluster.embedded.dialect import Effect, Refusal, Settings, Statement, shapes_under, translate
from cluster.embedded.dialect.model import unsupported
from cluster.embedded.dialect.shapes import Shapes
from cluster.embedded.front import wire
from cluster.embedded.front.expected import QUERY, Expect
from cluster.embedded.front.prepared import NOTHING, Prepared
from cluster.embedded.front.transaction_steps import SHOWS
from cluster.embedded.front.variables import is_setting

if TYPE_CHECKING:
    from cluster.embedded.front.session import Session

_CACHED: Final = 256
_LARGE: Final = 32_768  # characters; a longer text is translated beside what others ask for
_LARGEST_CACHED: Final = 2048  # bytes; longer texts are seldom sent twice


class Large(Exception):
    """A text that takes a while: translated() must be called elsewhere, then the message taken again."""


@dataclass(slots=True)
class Plan:
    """A client's Query, translated.

    frame: a Query with all of it. plain: nothing but the relay is needed.
    expect: for a plain one that is a single statement, without a tag of its own.
    """

    source: str
    statements: tuple[Statement, ...]
    frame: bytes
    plain: bool
    expect: Expect | None


class Plans:
    """The plans and prepared statements that hold as long as the session's settings do."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.known: dict[bytes, Plan] = {}  # by whole Query frames
        self.prepared: dict[bytes, Prepared] = {}  # by Parse's texts
        self._shapes: Shapes | None = None
        self._large: tuple[str, Settings, tuple[Statement, ...] | Exception] | None = None

    def forget(self) -> None:
        """Settings have changed: translate anew."""
        self.known.clear()
        self.prepared.clear()
        self._shapes = None

    def quick(self, frame: bytes) -> tuple[bytes, Expect] | None:
        """What to send and to wait for, if only the Query's values are new; they are as many as there are
        texts, so none is kept. None: make() a plan."""
        try:
            source = wire.text(frame)
        except (UnicodeDecodeError, wire.ProtocolError):
            return None
        if self._shapes is None:
            self._shapes = shapes_under(self._session.settings)
        sql = self._shapes.translated(source)
        if sql is None:
            return None
        return frame if sql is source else wire.query(sql), Expect(QUERY, source=source)

    def translated(self, source: str) -> None:
        """Translate a large text, for make() or prepare() to be called again. May run in another thread."""
        settings = self._session.settings
        try:
            self._large = source, settings, translate(source, settings)
        except Exception as refusal:
            self._large = source, settings, refusal

    def _translate(self, source: str) -> tuple[Statement, ...]:
        """As translate(). Raises Large for a text that is to be translated elsewhere."""
        settings = self._session.settings
        if len(source) <= _LARGE:
            return translate(source, settings)
        large, self._large = self._large, None
        if large is None or large[:2] != (source, settings):
            raise Large(source)
        if isinstance(large[2], Exception):
            raise large[2]
        return large[2]

    def make(self, frame: bytes) -> Plan:
        """The plan of a Query that is not known. Raises as translate() does, and UnicodeDecodeError."""
        source = wire.text(frame)
        statements = self._translate(source)
        plain = all(
            each.effect is Effect.NONE and not each.notices and not is_setting(each) for each in statements
        )
        joined = wire.query(";".join(each.sql for each in statements))
        # The completions of several statements are counted, so their Expect is not of the quiet kind.
        alone = len(statements) == 1 and not statements[0].tag
        shared = Expect(QUERY, source=source) if alone else None
        plan = Plan(source, statements, joined, plain, shared if plain else None)
        if len(frame) <= _LARGEST_CACHED:
            if len(self.known) >= _CACHED:
                self.known.clear()
            self.known[frame] = plan
        return plan

    def prepare(self, text: bytes) -> Prepared:
        """The one statement of a Parse's text, or an empty one for an empty text. Raises as make() does."""
        source = text.decode()
        statements = self._translate(source) or (NOTHING.statement,)
        if (count := len(statements)) > 1:
            # pkg/sql/pgwire/pgerror: NewWrongNumberOfPreparedStatements
            raise Refusal("42P14", f"prepared statement had {count} statements, expected 1")
        if statements[0].effect in SHOWS:
            raise unsupported(f"{statements[0].tag} as a prepared statement")
        prepared = Prepared(statements[0], source)
        if len(text) <= _LARGEST_CACHED:
            if len(self.prepared) >= _CACHED:
                self.prepared.clear()
            self.prepared[text] = prepared
        return prepared
