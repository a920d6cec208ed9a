"""PostgreSQL's errors and notices in CockroachDB's words: messages.py, and what a pattern cannot say."""

from __future__ import annotations

import re
from collections.abc import Callable

from cluster.embedded.dialect.error_texts import (
    grouping,
    missing_relation,
    name_builtin,
    syntax_or_counts,
)
from cluster.embedded.dialect.messages import MESSAGES
from cluster.embedded.dialect.model import Refusal
from cluster.embedded.dialect.parse_errors import array, hexadecimal, out_of_range
from cluster.embedded.dialect.privilege_errors import privilege_error
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.signatures import shown_type, unknown_function, wrong_type
from cluster.embedded.dialect.tokens import split_statements

Fields = dict[str, str]

_DOCS = "See: https://www.cockroachlabs.com/docs/v26.2/transaction-retry-error-reference.html"
# Positions in the rewritten text, and what tells of PostgreSQL's inside (context, file, line, routine). Of
# the objects concerned CockroachDB names the constraint only (pkg/sql/pgwire/conn.go, writeErrFields).
_INTERNAL = frozenset("PpqWFLRstcd")
# PostgreSQL's advice, where CockroachDB gives none.
_WITHOUT_HINT = frozenset(
    ["42883", "42703", "42P01", "42804", "2BP01", "428C9", "23505", "23503", "21000", "42809", "55P04"]
)
_WITHOUT_DETAIL = frozenset(["42P10", "42883", "23502", "23514", "22P02", "42P01", "42703", "22023"])
# The suffix of a name that is a table's own but not the schema's (sql/70_ddl_names.sql).
_SUFFIX = re.compile("\x01[^\"']*")


def _rules() -> dict[str, list[tuple[re.Pattern[str], str, str]]]:
    """MESSAGES as SQLSTATE -> (pattern, new SQLSTATE, template)."""
    found: dict[str, list[tuple[re.Pattern[str], str, str]]] = {}
    lines = MESSAGES.strip().splitlines()
    for first, second in zip(lines[::2], lines[1::2], strict=True):
        code, _, pattern = first.partition(" ")
        words = second.strip()
        new_code, _, rest = words.partition(" ")
        changed = len(new_code) == 5 and new_code.isalnum() and new_code.upper() == new_code
        entry = (re.compile(pattern, re.DOTALL), new_code if changed else code, rest if changed else words)
        found.setdefault(code, []).append(entry)
    return found


_RULES = _rules()
_PLACE = re.compile(r"\{(\d)(:type|:TYPE)?\}")


def translate_error(fields: Fields, sql: str = "", user: str = "") -> Fields:
    """The fields of an ErrorResponse or NoticeResponse (one-letter keys) as CockroachDB would send them.

    sql: the client's statement; with it a syntax error shows where, and a foreign key says what was done.
    user: whose session it is, for what they may not do.
    """
    made = {key: _SUFFIX.sub("", value) for key, value in fields.items() if key not in _INTERNAL}
    code, message = made.get("C", ""), made.get("M", "")
    if special := _SPECIAL.get(code):
        special(made, message, sql)
    elif code == "42501":
        privilege_error(made, message, sql, user)
        message = made["M"]
    for pattern, new_code, template in _RULES.get(code, ()):
        if match := pattern.fullmatch(message):
            made["C"], made["M"] = new_code, _filled(template, match)
            break
    hint = made.get("H", "")
    if (
        code in _WITHOUT_HINT
        and hint.split(" ")[0] in _POSTGRES_HINTS
        and not hint.startswith('You might need to specify "USING')
    ):
        del made["H"]
    if code in _WITHOUT_DETAIL:
        made.pop("D", None)
    name_builtin(made, code, message, sql)
    for key in "MDH":
        if key in made and "crdb_" in made[key]:
            made[key] = _OURS.sub("", made[key])
    return made


def statement_at(source: str, number: int) -> str:
    """The statement of a client's text that has this number, from 0; all of it if that cannot be told."""
    if ";" not in source:
        return source
    try:
        statements = split_statements(tokenize(source))
    except Refusal:
        return source
    if not number < len(statements) > 1:
        return source
    end = statements[number + 1][1] if number + 1 < len(statements) else len(source)
    return source[statements[number][1] : end].strip("; \n")


# The dialect's own schemas, where a text of PostgreSQL's names them.
_OURS = re.compile(r"crdb_(?:information_schema|catalog)\.")


# How PostgreSQL's hints begin that CockroachDB does not give.
_POSTGRES_HINTS = frozenset(["New", "No", "Perhaps", "You", "There", "Use", "Could", "Ensure"])


def _filled(template: str, match: re.Match[str]) -> str:
    def one(place: re.Match[str]) -> str:
        text = match.group(int(place.group(1)))
        if place.group(2) == ":type" and text == "integer":
            return "int"  # most often a number that the client typed, which is an INT8 there
        if place.group(2):
            text = shown_type(text)
        return text.upper() if place.group(2) == ":TYPE" else text

    return _PLACE.sub(one, template)


# -- conflicts --------------------------------------------------------------------------------------------


def _retry(made: Fields, message: str, sql: str) -> None:
    """A conflict of transactions (docs, "Transaction retry error reference")."""
    if message.startswith("restart transaction:"):
        made.setdefault("H", _DOCS)
        return
    if made["C"] == "40P01":
        cause, anchor = "TransactionAbortedError(ABORT_REASON_PUSHER_ABORTED)", "abort_reason_pusher_aborted"
    elif "concurrent" in message:
        cause, anchor = "WriteTooOldError: write too old", "retry_write_too_old"
    else:
        cause = "TransactionRetryError: retry txn (RETRY_SERIALIZABLE - failed preemptive refresh)"
        anchor = "retry_serializable"
    made["C"] = "40001"
    made["M"] = f"restart transaction: TransactionRetryWithProtoRefreshError: {cause}"
    made["H"] = f"{_DOCS}#{anchor}"
    made.pop("D", None)


def _too_many_conflicts(made: Fields, message: str, sql: str) -> None:
    """PostgreSQL's room for what transactions have read is full: begun again, there is room."""
    if message.startswith(("not enough elements in RWConflictPool", "out of shared memory")):
        _retry(made, message, sql)


# -- keys -------------------------------------------------------------------------------------------------

_KEY = re.compile(
    r"Key \((.*)\)=\((.*)\) (already exists|is duplicated|is not present|is still referenced)(.*)"
)
_QUOTED = re.compile(r'"((?:[^"]|"")+)"')
_BARE = re.compile(r"-?\d+(\.\d+)?|true|false|t|f|null|NULL")


def _key_detail(made: Fields, sql: str) -> None:
    """CockroachDB shows the values of a key as literals: strings, UUIDs and times in quotes.

    PostgreSQL tells no types: what looks like a number is a string if the client's statement quotes it.
    """
    match = _KEY.fullmatch(made.get("D", ""))
    if match is None:
        return
    columns, values, what, rest = match.groups()
    parts = values.split(", ")
    if len(parts) == len(columns.split(", ")):
        values = ", ".join(
            part if _BARE.fullmatch(part) and f"'{part}'" not in sql else "'" + part.replace("'", "''") + "'"
            for part in parts
        )
    what = "already exists" if what == "is duplicated" else what
    # CockroachDB does not quote names there (pkg/sql/row/errors.go).
    shown = _QUOTED.sub(lambda name: name[1].replace('""', '"'), columns)
    made["D"] = f"Key ({shown})=({values}) {what}{rest}"


def _unique(made: Fields, message: str, sql: str) -> None:
    _key_detail(made, sql)


_INSERT_FK = re.compile(r'insert or update on table "(.*)" violates foreign key constraint "(.*)"')
_DELETE_FK = re.compile(
    r'update or delete on table "(.*)" violates (?:RESTRICT setting of )?foreign key constraint "(.*)" '
    r'on table "(.*)"'
)


def _foreign_key(made: Fields, message: str, sql: str) -> None:
    _key_detail(made, sql)
    verb = sql.split(maxsplit=1)[0].lower() if sql.strip() else ""
    if match := _INSERT_FK.fullmatch(message):
        verb = verb if verb in ("update", "upsert") else "insert"
        made["M"] = f'{verb} on table "{match[1]}" violates foreign key constraint "{match[2]}"'
    elif match := _DELETE_FK.fullmatch(message):
        verb = verb if verb in ("update", "upsert", "insert") else "delete"
        violated = f'violates foreign key constraint "{match[2]}" on table "{match[3]}"'
        made["M"] = f'{verb} on table "{match[1]}" {violated}'


# -- what depends on what ---------------------------------------------------------------------------------

_DROP = re.compile(r'cannot drop (?:table|view|sequence|materialized view) "?([^" ]+)"? because .*')
_DROP_COLUMN = re.compile(r'cannot drop column "?([^" ]+)"? of table .* because other .*')
_DROP_TYPE = re.compile(r'cannot drop type "?([^" ]+)"? because other .*')
_VIEW = re.compile(r'(?:materialized )?view "?([^" ]+)"? depends on')
_CONSTRAINT = re.compile(r'constraint "?[^" ]+"? on table "?([^" ]+)"? depends on')
_COLUMN_OF = re.compile(r'of table "?([^" ]+)"? depends on')


def _dependency(made: Fields, message: str, sql: str) -> None:
    """What still needs a dropped object (pkg/sql/sqlerrors; logic tests fk, views, enums)."""
    detail = made.get("D", "")
    view, key = _VIEW.match(detail), _CONSTRAINT.match(detail)
    if match := _DROP.fullmatch(message):
        if view:
            _needed_by_view(made, f'relation "{match[1]}"', view[1])
        elif key:
            made["M"] = f'"{match[1]}" is referenced by foreign key from table "{key[1]}"'
            made.pop("D", None)
        elif message.startswith("cannot drop sequence"):
            made.pop("D", None)
    elif (match := _DROP_COLUMN.fullmatch(message)) and view:
        _needed_by_view(made, f'column "{match[1]}"', view[1])
    elif (match := _DROP_TYPE.fullmatch(message)) and (tables := _COLUMN_OF.findall(detail)):
        listed = ", ".join(dict.fromkeys(tables))
        depend = f"because other objects ([{listed}]) still depend on it"
        made["M"] = f'cannot drop type "{match[1]}" {depend}'
        made.pop("D", None)


def _needed_by_view(made: Fields, what: str, view: str) -> None:
    made["M"] = f'cannot drop {what} because view "{view}" depends on it'
    made["H"] = f'consider dropping "{view}" first.'
    made.pop("D", None)


_OVERFLOW = re.compile(
    r"A field with precision (\d+), scale (\d+) must round to an absolute value less than (.*)\."
)


def _overflow(made: Fields, message: str, sql: str) -> None:
    if match := _OVERFLOW.fullmatch(made.get("D", "")):
        made["M"] = (
            f"type DECIMAL({match[1]},{match[2]}): value with precision {match[1]}, scale {match[2]} "
            f"must round to an absolute value less than {match[3]}"
        )
        made.pop("D", None)


_REFERENCED = re.compile(r'Table "(.*)" references "(.*)"\.')


def _truncate(made: Fields, message: str, sql: str) -> None:
    """TRUNCATE of a table that others refer to: an error without a code (scbuildstmt/truncate.go)."""
    if match := _REFERENCED.fullmatch(made.get("D", "")):
        made["C"] = "XXUUU"
        made["M"] = f'"{match[2]}" is referenced by foreign key from table "{match[1]}"'
        made.pop("D", None)
        made.pop("H", None)


_GENERATED = re.compile(r'column (".*?")(?: can only be updated to DEFAULT)?$')


def _generated_always(made: Fields, message: str, sql: str) -> None:
    """A value for an identity column (sqlerrors, NewGeneratedAlwaysAsIdentityColumn…Error)."""
    detail = made.get("D", "").rstrip(".")
    if detail.endswith("is an identity column defined as GENERATED ALWAYS"):
        made["M"] = message.replace("cannot insert a non-DEFAULT value into", "cannot insert into")
        made["D"] = detail
        made.pop("H", None)
    elif match := _GENERATED.search(message):
        made["C"], made["M"] = "55000", f"cannot write directly to computed column {match[1]}"
        made.pop("D", None)


_SPECIAL: dict[str, Callable[[Fields, str, str], None]] = {
    "40001": _retry,
    "40P01": _retry,
    "53200": _too_many_conflicts,
    "42601": syntax_or_counts,
    "42803": grouping,
    "42P01": missing_relation,
    "23505": _unique,
    "23503": _foreign_key,
    "2BP01": _dependency,
    "22003": _overflow,
    "22008": out_of_range,
    "22023": hexadecimal,
    "22P02": array,
    "0A000": _truncate,
    "428C9": _generated_always,
    "42883": unknown_function,
    "42804": wrong_type,
}
