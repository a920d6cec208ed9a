"""A cursor over one statement's tokens, for the rules that must understand what they rewrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from cluster.embedded.dialect.model import Refusal, Settings, unsupported
from cluster.embedded.dialect.scanner import syntax_error
from cluster.embedded.dialect.tokens import Kind, Token, close_of, compact, is_name, name_of, split_commas

_T = TypeVar("_T")
_DEEPEST = 200
"""Brackets in brackets. Rules may work on what is inside by calling themselves."""
_PARTNER = {"(": ")", "[": "]", "{": "}"}
_END = Token(Kind.SPACE, "", "")


class Reader:
    """Walks the tokens. source and offset: for the place in syntax errors."""

    def __init__(
        self, tokens: Sequence[Token], settings: Settings, source: str = "", offset: int = 0
    ) -> None:
        self.settings = settings
        self.source = source
        self.tokens = compact(tokens)
        self.position = 0
        self._offset = offset
        # Of a part: the reader that it is of, and which of its tokens. An error at its end is behind it.
        self._whole: tuple[Reader, int, int] | None = None

    @property
    def token(self) -> Token:
        """The token at the cursor; one with an empty key at the end."""
        tokens, place = self.tokens, self.position
        return tokens[place] if place < len(tokens) else _END

    @property
    def done(self) -> bool:
        """Whether the cursor is at the end."""
        return self.position >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token:
        """The token so many places after the cursor."""
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else _END

    def at(self, *keys: str) -> bool:
        """Whether the next tokens are these keywords or signs."""
        tokens, place = self.tokens, self.position
        if len(tokens) - place < len(keys):
            return False
        for key in keys:  # the most frequent question of all: without a call for each key
            if tokens[place].key != key:
                return False
            place += 1
        return True

    def leading(self, rules: Mapping[str, _T], most: int = 3) -> _T | None:
        """What the rules have for the first words of the statement: as many as they know, up to most."""
        keys = [token.key for token in self.tokens[:most]]
        while keys:
            if (found := rules.get(" ".join(keys))) is not None:
                return found
            keys.pop()
        return None

    def accept(self, *keys: str) -> bool:
        """Step over these keywords if they are next."""
        tokens, place = self.tokens, self.position
        if len(tokens) - place < len(keys):
            return False
        for key in keys:  # at(), written out: a call less for each question
            if tokens[place].key != key:
                return False
            place += 1
        self.position = place
        return True

    def one_of(self, *keys: str) -> str | None:
        """Step over one of these keywords, and give it."""
        if self.position < len(self.tokens) and (key := self.tokens[self.position].key) in keys:
            self.position += 1
            return key
        return None

    def take(self) -> Token:
        """The next token, whatever it is."""
        tokens, place = self.tokens, self.position
        if place >= len(tokens):
            raise self.fault()
        self.position = place + 1
        return tokens[place]

    def expect(self, *keys: str) -> None:
        """These keywords must be next. Raises the syntax error."""
        for key in keys:
            if not self.accept(key):
                raise self.fault()

    def name(self) -> str:
        """The next token as a name, folded."""
        token = self.token
        if not is_name(token):  # nor is what stands for the end
            raise self.fault()
        self.position += 1
        return name_of(token)

    def path(self) -> list[str]:
        """A name with its qualifiers: database.schema.name."""
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        return parts

    def names(self) -> list[str]:
        """A list of names in parentheses."""
        self.expect("(")
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        self.expect(")")
        return found

    def bracketed(self) -> list[Token]:
        """What stands between the parentheses at the cursor, without them."""
        if not self.at("("):
            raise self.fault()
        close = close_of(self.tokens, self.position)
        if close >= len(self.tokens):
            self.position = len(self.tokens)
            raise self.fault()
        inner = self.tokens[self.position + 1 : close]
        self.position = close + 1
        return inner

    def part(self, start: int, stop: int) -> Reader:
        """A reader of its own for tokens start..stop of this one; its errors point into the same text."""
        part = Reader((), self.settings, self.source)
        part.tokens = self.tokens[start:stop]
        part._whole = self, start, stop
        return part

    def parts(self) -> list[Reader]:
        """What is left, cut at its commas."""
        found = []
        for tokens in split_commas(self.tokens[self.position :]):
            found.append(self.part(self.position, self.position + len(tokens)))
            self.position += len(tokens) + 1
        self.position = len(self.tokens)
        return found

    def rest(self) -> list[Token]:
        """Everything that is left."""
        left = self.tokens[self.position :]
        self.position = len(self.tokens)
        return left

    def finish(self) -> None:
        """Nothing may be left. Raises the syntax error."""
        if not self.done:
            raise self.fault()

    def balanced(self) -> None:
        """Every bracket must have its partner. Raises the syntax error. Rules may count on it afterwards."""
        open_brackets: list[str] = []
        for place, (kind, _, key, _) in enumerate(self.tokens):
            if kind is not Kind.PUNCT:
                continue
            if key in _PARTNER:
                open_brackets.append(_PARTNER[key])
                if len(open_brackets) > _DEEPEST:
                    raise unsupported(f"a statement with more than {_DEEPEST} brackets inside each other")
            elif key in ")]}" and (not open_brackets or open_brackets.pop() != key):
                self.position = place
                raise self.fault()
        if open_brackets:
            self.position = len(self.tokens)
            raise self.fault()

    def fault(self, hint: str | None = None, message: str = "") -> Refusal:
        """The syntax error at the cursor; message: what the grammar says besides."""
        made = self._fault(self.position, hint)
        if message:
            return Refusal(made.sqlstate, f"{made.message}: {message}", made.detail, made.hint)
        return made

    def _fault(self, place: int, hint: str | None) -> Refusal:
        if place < len(self.tokens):
            token = self.tokens[place]
            near = name_of(token) if is_name(token) else token.text  # the scanner folds words
            return syntax_error(self.source, self._in_source(place), near, hint)
        if self._whole is not None:
            whole, _, stop = self._whole
            return whole._fault(stop, hint)
        return syntax_error(self.source, self._in_source(place), "", hint)

    def _in_source(self, place: int) -> int:
        """Where in the source the token at that place starts, or the last one ends. Only errors ask."""
        if self._whole is not None:
            whole, start, _ = self._whole
            return whole._in_source(start + place)
        before = sum(len(token.space) + len(token.text) for token in self.tokens[:place])
        space = len(self.tokens[place].space) if place < len(self.tokens) else 0
        return self._offset + before + space
