"""PostgreSQL's errors and notices in CockroachDB's words.

Each entry: SQLSTATE, what PostgreSQL says (a pattern), what CockroachDB says. Sources: CockroachDB's
pkg/sql/sqlerrors/errors.go, pkg/sql/colexecerror, pkg/kv/kvpb (retry errors) and logic tests; where the two
agree there is no entry.
"""

from __future__ import annotations

import re

# Names of types in messages.
_TYPES = {
    "bigint": "int",
    "integer": "int4",
    "smallint": "int2",
    "boolean": "bool",
    "text": "string",
    "character varying": "varchar",
    "numeric": "decimal",
    "double precision": "float",
    "real": "float4",
    "bytea": "bytes",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "unknown": "unknown",
}
_FIELD_SUFFIX = re.compile("\x01[^\"']*")

_Rule = tuple[str, re.Pattern[str], str, str | None]


def _rule(code: str, pattern: str, message: str, new_code: str | None = None) -> _Rule:
    return code, re.compile(pattern), message, new_code


_RULES: tuple[_Rule, ...] = (
    _rule(
        "42P01",
        r'^(?:table|view|materialized view|sequence|index) (".*") does not exist$',
        r"relation \1 does not exist",
    ),
    _rule("42703", r"^column (\w+(?:\.\w+)+) does not exist$", r'column "\1" does not exist'),
    _rule("42703", r'^column "(.*)" of relation "(.*)" does not exist$', r'column "\1" does not exist'),
    _rule("42701", r'^column "(.*)" specified more than once$', r'duplicate column name: "\1"'),
    _rule(
        "42710", r'^constraint "(.*)" for relation "(.*)" already exists$', r'duplicate constraint name: "\1"'
    ),
    _rule("42P16", r'^column "(.*)" is in a primary key$', r'column "\1" is in a primary index'),
    _rule("42704", r'^schema "(.*)" does not exist$', r'unknown schema "\1"', "3F000"),
    _rule("3F000", r'^schema "(.*)" does not exist$', r'unknown schema "\1"'),
    _rule(
        "23502",
        r'^null value in column "(.*)" of relation ".*" violates not-null constraint$',
        r'null value in column "\1" violates not-null constraint',
    ),
    _rule(
        "23502",
        r'^column "(.*)" of relation ".*" contains null values$',
        r'null value in column "\1" violates not-null constraint',
    ),
    _rule(
        "23514",
        r'^new row for relation ".*" violates check constraint "(.*)"$',
        r"failed to satisfy CHECK constraint (\1)",
    ),
    _rule(
        "23514",
        r'^check constraint "(.*)" of relation ".*" is violated by some row$',
        r'validation of CHECK constraint "\1" failed on some row',
    ),
    _rule(
        "23505",
        r'^could not create unique index "(.*)"$',
        r'duplicate key value violates unique constraint "\1"',
    ),
    _rule(
        "23503",
        r'^insert or update on table "(.*)" violates foreign key constraint "(.*)"$',
        r'insert on table "\1" violates foreign key constraint "\2"',
    ),
    _rule(
        "23503",
        r'^update or delete on table "(.*)" violates foreign key constraint "(.*)" on table "(.*)"$',
        r'delete on table "\1" violates foreign key constraint "\2" on table "\3"',
    ),
    _rule("42883", r"^function (?:pg_catalog\.)?([\w.\"]+)\(.*\) does not exist$", r"unknown function: \1()"),
    _rule(
        "22P02",
        r"^invalid input syntax for type uuid: \"(.*)\"$",
        r"could not parse string as uuid: uuid: incorrect UUID length: \1",
    ),
    _rule(
        "22P02",
        r"^invalid input syntax for type (?:bigint|integer|smallint): \"(.*)\"$",
        r'could not parse "\1" as type int: strconv.ParseInt: parsing "\1": invalid syntax',
    ),
    _rule(
        "22P02",
        r"^invalid input syntax for type boolean: \"(.*)\"$",
        r'could not parse "\1" as type bool: invalid bool value',
    ),
    _rule(
        "22P02",
        r"^invalid input syntax for type numeric: \"(.*)\"$",
        r'could not parse "\1" as type decimal: parse mantissa: \1',
    ),
    _rule(
        "22P02",
        r"^invalid input syntax for type (?:double precision|real): \"(.*)\"$",
        r'could not parse "\1" as type float: strconv.ParseFloat: parsing "\1": invalid syntax',
    ),
    _rule(
        "22007",
        r"^invalid input syntax for type date: \"(.*)\"$",
        r'parsing as type date: could not parse "\1"',
    ),
    _rule(
        "22007",
        r"^invalid input syntax for type timestamp(?: with(?:out)? time zone)?: \"(.*)\"$",
        r'parsing as type timestamp: could not parse "\1"',
    ),
    _rule(
        "22001",
        r"^value too long for type character varying\((\d+)\)$",
        r"value too long for type VARCHAR(\1)",
    ),
    _rule("22003", r"^(?:bigint|integer|smallint) out of range$", "integer out of range"),
    _rule(
        "22003",
        r"^value \"(.*)\" is out of range for type (?:bigint|integer|smallint)$",
        r'could not parse "\1" as type int: strconv.ParseInt: parsing "\1": value out of range',
    ),
    _rule(
        "21000",
        r"^ON CONFLICT DO UPDATE command cannot affect row a second time$",
        "UPSERT or INSERT...ON CONFLICT command cannot affect row a second time",
    ),
    _rule(
        "25P02",
        r"^current transaction is aborted, commands ignored until end of transaction block$",
        "current transaction is aborted, commands ignored until end of transaction block",
    ),
    _rule("3D000", r'^database "(.*)" does not exist$', r'database "\1" does not exist'),
    _rule(
        "42804",
        r'^column "(.*)" cannot be cast automatically to type (.*)$',
        r'column "\1" cannot be cast automatically to type \2',
    ),
    _rule(
        "0A000",
        r"^cannot truncate a table referenced in a foreign key constraint$",
        "cannot truncate a table referenced in a foreign key constraint",
    ),
    _rule(
        "57014",
        r"^canceling statement due to statement timeout$",
        "query execution canceled due to statement timeout",
    ),
    _rule("57014", r"^canceling statement due to user request$", "query execution canceled"),
    _rule("42P06", r'^schema "(.*)" already exists$', r'schema "\1" already exists'),
    _rule(
        "42601",
        r"^INSERT has more expressions than target columns$",
        "INSERT has more expressions than target columns",
    ),
)
_BY_CODE: dict[str, list[_Rule]] = {}
for _each in _RULES:
    _BY_CODE.setdefault(_each[0], []).append(_each)

_SYNTAX = re.compile(r'^syntax error at or near "(.*)"$', re.DOTALL)
_DEPENDS = re.compile(r"^(?:default value for |constraint \w+ on )?(?:view|table|materialized view) (\S+)")
# What tells of PostgreSQL's inside: where in its source, where in our blocks.
_INTERNAL = ("W", "q", "p", "F", "L", "R", "s_")


def translate_error(fields: dict[str, str], sql: str = "") -> dict[str, str]:
    """The fields of an ErrorResponse or NoticeResponse (one-letter keys) as CockroachDB would send them.

    sql: the client's text, for the DETAIL of a syntax error; without it there is none.
    """
    made = {key: _FIELD_SUFFIX.sub("", value) for key, value in fields.items() if key not in _INTERNAL}
    code, message = made.get("C", ""), made.get("M", "")
    if code in ("40001", "40P01"):
        return _retry(made, message)
    if code == "42601" and (match := _SYNTAX.match(message)):
        return _syntax(made, match.group(1), sql)
    if code == "42601" and message == "syntax error at end of input":
        return _syntax(made, "EOF", sql)
    if code == "2BP01":
        return _dependency(made, message)
    for _, pattern, replacement, new_code in _BY_CODE.get(code, ()):
        if pattern.match(message):
            made["M"] = pattern.sub(replacement, message)
            if new_code:
                made["C"] = new_code
            if code in ("42883", "23502", "23514", "22P02"):
                made.pop("D", None)
                made.pop("H", None)
            break
    if code == "23505" and "D" in made:
        made["D"] = made["D"].replace(" is duplicated.", " already exists.")
    if code == "42703":
        made.pop("H", None)
    if code in ("42703", "42P01", "42883"):
        made.pop("P", None)
    return made


def _retry(made: dict[str, str], message: str) -> dict[str, str]:
    """A conflict of transactions (docs, "Transaction retry error reference")."""
    if not message.startswith("restart transaction:"):
        made["M"] = (
            "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: "
            "retry txn (RETRY_SERIALIZABLE - failed preemptive refresh)"
        )
        made["C"] = "40001"
        made.pop("D", None)
        made["H"] = "See: https://www.cockroachlabs.com/docs/v26.2/transaction-retry-error-reference.html"
    return made


def _syntax(made: dict[str, str], near: str, sql: str) -> dict[str, str]:
    made["M"] = f'at or near "{near}": syntax error'
    made.pop("P", None)
    if sql:
        at = sql.find(near) if near != "EOF" else len(sql)
        line_end = sql.find("\n", max(at, 0))
        shown = sql if line_end < 0 else sql[:line_end]
        column = max(at, 0) - (sql.rfind("\n", 0, max(at, 0)) + 1)
        made["D"] = f"source SQL:\n{shown}\n{' ' * column}^"
    return made


_OBJECT = r'(?:"([^"]+)"|(\S+))'
_CANNOT_DROP = re.compile(rf"^cannot drop (table|view|sequence|materialized view) {_OBJECT} because")
_CANNOT_DROP_COLUMN = re.compile(r"^cannot drop column (\S+) of table (\S+) because")
_CANNOT_DROP_TYPE = re.compile(r"^cannot drop type (\S+) because")
_VIEW = re.compile(r"^(?:materialized )?view (\S+) depends on")
_KEY = re.compile(r"^constraint (\S+) on table (\S+) depends on")


def _dependency(made: dict[str, str], message: str) -> dict[str, str]:
    """What depends on a dropped object (sqlerrors.NewDependentObjectErrorf; logic tests views, fk)."""
    detail = made.get("D", "")
    view, key = _VIEW.match(detail), _KEY.match(detail)
    if match := _CANNOT_DROP.match(message):
        name = match.group(2) or match.group(3)
        if view:
            made["M"] = f'cannot drop relation "{name}" because view "{view.group(1)}" depends on it'
            made["H"] = f'consider dropping "{view.group(1)}" first.'
            made.pop("D", None)
        elif key:
            made["M"] = f'"{name}" is referenced by foreign key from table "{key.group(2)}"'
            made.pop("D", None)
            made.pop("H", None)
    elif (match := _CANNOT_DROP_COLUMN.match(message)) and view:
        made["M"] = f'cannot drop column "{match.group(1)}" because view "{view.group(1)}" depends on it'
        made["H"] = f'consider dropping "{view.group(1)}" first.'
        made.pop("D", None)
    elif match := _CANNOT_DROP_TYPE.match(message):
        tables = re.findall(r"of table (\S+) depends on", detail)
        if tables:
            listed = ", ".join(dict.fromkeys(tables))
            made["M"] = (
                f'cannot drop type "{match.group(1)}" because other objects ([{listed}]) still depend on it'
            )
            made.pop("D", None)
            made.pop("H", None)
    return made
