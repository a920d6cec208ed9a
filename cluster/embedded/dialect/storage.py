"""Storage parameters of tables: WITH (…) of CREATE TABLE, ALTER TABLE … SET (…) and RESET (…).

What can be checked here is; sql/74_ddl_storage.sql keeps them, and checks what needs the table.
Source: pkg/sql/storageparam/tablestorageparam/table_storage_param.go, pkg/sql/paramparse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import expression, helper, schema_of
from cluster.embedded.dialect.model import Notice, Refusal, Settings, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import (
    Kind,
    Token,
    is_name,
    name_of,
    quote_string,
    split_commas,
    tokenize,
)

EXPIRATION = "crdb_internal_expiration"  # the column that ttl_expire_after makes

_TRUE = frozenset(["on", "yes", "true", "t", "1"])
_FALSE = frozenset(["off", "no", "false", "f", "0"])
# PostgreSQL's parameters that CockroachDB knows and has not.
_UNIMPLEMENTED = frozenset(
    [
        *("toast_tuple_target", "parallel_workers", "toast.autovacuum_enabled", "user_catalog_table"),
        *("log_autovacuum_min_duration", "toast.log_autovacuum_min_duration", "autovacuum_vacuum_cost_limit"),
        *("autovacuum_analyze_threshold", "autovacuum_analyze_scale_factor"),
        *(
            prefix + name
            for prefix in ("", "toast.")
            for name in (
                *("autovacuum_vacuum_threshold", "autovacuum_vacuum_scale_factor"),
                *("autovacuum_vacuum_cost_delay", "autovacuum_freeze_min_age", "autovacuum_freeze_max_age"),
                *("autovacuum_freeze_table_age", "autovacuum_multixact_freeze_min_age"),
                *("autovacuum_multixact_freeze_max_age", "autovacuum_multixact_freeze_table_age"),
            )
        ),
    ]
)
_AUTOMATIC_COLUMN = Notice(
    "ttl_automatic_column is no longer used. Setting ttl_expire_after automatically creates a TTL column. "
    "Resetting ttl_expire_after removes the automatically created column."
)
_RANGE_CONCURRENCY = Notice("ttl_range_concurrency is no longer configurable.")
_CRON = re.compile(
    r"@(annually|yearly|monthly|weekly|daily|midnight|hourly)|@every \S+|([\d*/,?A-Za-z-]+ +){4}\S+"
)


@dataclass(slots=True)
class Parameters:
    """kept: name -> value as crdb_catalog.store() takes it; resets: names; notices for the client."""

    kept: dict[str, str] = field(default_factory=dict)
    resets: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def store(self, path: list[str], *, is_new: bool = False) -> str:
        """The step that keeps them."""
        return helper(
            "store",
            schema_of(path),
            quote_string(path[-1]),
            _array(self.kept),
            _array(self.kept.values()),
            _array(self.resets),
            str(is_new).lower(),
        )


def _array(texts: object) -> str:
    assert hasattr(texts, "__iter__")
    return f"ARRAY[{', '.join(quote_string(text) for text in texts)}]::text[]"


@dataclass(frozen=True, slots=True)
class _Value:
    """A value as written. kind: string (names too), int or float."""

    kind: str
    text: str
    shown: str  # as a datum prints


def table_parameters(reader: Reader) -> Parameters:
    """(name = value, …) at the cursor. Raises Refusal for what is unknown, or has a wrong value."""
    found = Parameters()
    for part in split_commas(reader.bracketed()):
        name, after = _key(part, reader)
        if after >= len(part):
            raise Refusal("22023", f'storage parameter "{name}" requires a value')
        if part[after].key != "=":
            raise reader.fault()
        _set(name, _value(part[after + 1 :], reader), found, reader.settings)
    return found


def reset_parameters(reader: Reader) -> Parameters:
    """(name, …) of RESET at the cursor."""
    found = Parameters()
    for part in split_commas(reader.bracketed()):
        name, after = _key(part, reader)
        if after != len(part):
            raise reader.fault()
        if name == "ttl_automatic_column":
            found.notices.append(_AUTOMATIC_COLUMN)
        elif name == "ttl_range_concurrency":
            found.notices.append(_RANGE_CONCURRENCY)
        elif name not in _RULES and name not in _UNIMPLEMENTED:
            raise Refusal("22023", f'invalid storage parameter "{name}"')
        else:
            found.resets.append(name)
    return found


def _key(part: list[Token], reader: Reader) -> tuple[str, int]:
    if not part or not is_name(part[0]):
        raise reader.fault()
    if len(part) > 2 and part[1].key == ".":
        return f"{name_of(part[0])}.{name_of(part[2])}", 3
    return name_of(part[0]), 1


def _value(tokens: list[Token], reader: Reader) -> _Value:
    sign = "-" if tokens and tokens[0].key == "-" else ""
    body = tokens[1:] if sign else tokens
    if body and len(body) > 1 and body[1].key in ("::", ":::") and len(body) == 3:
        body = body[:1]  # '10 minutes':::INTERVAL, as SHOW CREATE TABLE prints it
    if len(body) != 1:
        raise unsupported("expression as the value of a storage parameter")
    token = body[0]
    if token.kind is Kind.NUMBER:
        text = sign + token.text
        return _Value("int" if text.lstrip("-").isdigit() else "float", text, text)
    if sign:
        raise unsupported("expression as the value of a storage parameter")
    if token.kind is Kind.STRING:
        text = string_value(token.text)
        return _Value("string", text, quote_string(text))
    if is_name(token):
        if token.key in ("true", "false"):
            return _Value("bool", token.key, token.key)
        return _Value("string", name_of(token), quote_string(name_of(token)))
    raise reader.fault()


def string_value(text: str) -> str:
    """What a string literal without a prefix, or with $tags$, stands for. Raises Refusal for the others."""
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.startswith("$"):
        width = text.index("$", 1) + 1
        return text[width:-width]
    if text[:2] in ("e'", "E'") and not re.search(r"\\[^'\\]", text):
        return re.sub(r"\\(.)", r"\1", text[2:-1]).replace("''", "'")
    raise unsupported("this form of string as the value of a storage parameter")


def _set(name: str, value: _Value, found: Parameters, settings: Settings) -> None:
    if name in _UNIMPLEMENTED:
        raise Refusal(
            "0A000",
            f'unimplemented: storage parameter "{name}"',
            hint="You have attempted to use a feature that is not yet implemented.\n"
            "See: https://go.crdb.dev/issue-v/43299/v26.2",
        )
    rule = _RULES.get(name)
    if name == "fillfactor":
        if not 0 <= _number(name, value) <= 100:
            raise Refusal("22023", f'"{name}" must be between 0 and 100')
        found.notices.append(Notice(f'storage parameter "{name}" is ignored'))
    elif name == "autovacuum_enabled":
        if not _boolean(name, value):
            found.notices.append(Notice(f'storage parameter "{name} = {value.shown}" is ignored'))
    elif name == "ttl_automatic_column":
        found.notices.append(_AUTOMATIC_COLUMN)
    elif name == "ttl_range_concurrency":
        found.notices.append(_RANGE_CONCURRENCY)
    elif name == "ttl_expiration_expression":
        found.kept["ttl_expiration_sql"] = _expiration(_string(name, value), settings)
        found.kept[name] = literal(value.text)
    elif rule is None:
        raise Refusal("22023", f'invalid storage parameter "{name}"')
    else:
        found.kept[name] = rule(name, value)


def literal(text: str) -> str:
    """A string literal as CockroachDB prints it (pkg/sql/lexbase/encode.go, EncodeSQLString)."""
    if re.search(r"['\\\n\t\r]", text) is None:
        return f"'{text}'"
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return f"e'{text}'"


def _expiration(text: str, settings: Settings) -> str:
    """The expression of ttl_expiration_expression as PostgreSQL's."""
    what = f'ttl_expiration_expression "{text}" must be'
    try:
        tokens = list(tokenize(text))
        Reader(tokens, settings, text).balanced()
    except Refusal as refusal:
        raise Refusal("22023", f"{what} a valid expression: {refusal.message}") from refusal
    if any(token.key == ";" for token in tokens) or not text.strip():
        raise Refusal("22023", f'{what} a valid expression: at or near "EOF": syntax error')
    if len(split_commas(tokens)) > 1:
        raise Refusal("22023", f"{what} a single expression")
    return expression(tokens, settings)


# -- values -----------------------------------------------------------------------------------------------


def _boolean(name: str, value: _Value) -> bool:
    text = value.text.lower()
    if value.kind in ("string", "bool") and text in _TRUE | _FALSE:
        return text in _TRUE
    raise Refusal("22023", f'parameter "{name}" requires a Boolean value')


def _flag(name: str, value: _Value) -> str:
    return str(_boolean(name, value)).lower()


def _string(name: str, value: _Value) -> str:
    if value.kind != "string":
        raise Refusal("22023", f'parameter "{name}" requires a string value')
    return value.text


def _number(name: str, value: _Value) -> float:
    if value.kind not in ("int", "float"):
        raise Refusal("22023", f'parameter "{name}" requires a float value')
    return float(value.text)


def _at_least_one(name: str, value: _Value) -> str:
    if value.kind != "int":
        raise Refusal("22023", f'parameter "{name}" requires an integer value')
    if int(value.text) < 1:
        raise Refusal("22023", f'"{name}" must be at least 1')
    return value.text


def _count(name: str, value: _Value) -> str:
    text = value.text.strip()
    if value.kind == "float" or not re.fullmatch(r"-?\d+", text):
        raise Refusal("22023", f"invalid integer value for {name}")
    if int(text) < 0:
        raise Refusal("XXUUU", f"invalid integer value for {name}: cannot be set to a negative value: {text}")
    return str(int(text))


def _fraction(name: str, value: _Value) -> str:
    try:
        number = float(value.text)
    except ValueError:
        raise Refusal("22023", f"invalid float value for {name}") from None
    if number < 0:
        raise Refusal("XXUUU", f"invalid float value for {name}: cannot set to a negative value: {number:f}")
    return f"{number:g}"


def _ttl(name: str, value: _Value) -> str:
    if not _boolean(name, value):
        raise Refusal(
            "22023",
            "setting \"ttl = 'off'\" is not permitted",
            hint="use `RESET (ttl)` to remove TTL from the table",
        )
    return "'on'"


def _cron(name: str, value: _Value) -> str:
    text = _string(name, value)
    if not _CRON.fullmatch(text):
        raise Refusal("22023", f'invalid cron expression for "{name}"')
    return quote_string(text)


_STATISTICS = "sql_stats_automatic_"
_RULES: dict[str, Callable[[str, _Value], str]] = {
    "schema_locked": _flag,
    "fillfactor": _flag,
    "autovacuum_enabled": _flag,
    "ttl": _ttl,
    "ttl_expire_after": _string,
    "ttl_expiration_expression": _string,
    "ttl_select_batch_size": _at_least_one,
    "ttl_delete_batch_size": _at_least_one,
    "ttl_select_rate_limit": _at_least_one,
    "ttl_delete_rate_limit": _at_least_one,
    "ttl_label_metrics": _flag,
    "ttl_job_cron": _cron,
    "ttl_pause": _flag,
    "ttl_row_stats_poll_interval": _string,
    "ttl_disable_changefeed_replication": _flag,
    "exclude_data_from_backup": _flag,
    f"{_STATISTICS}collection_enabled": _flag,
    f"{_STATISTICS}collection_min_stale_rows": _count,
    f"{_STATISTICS}collection_fraction_stale_rows": _fraction,
    f"{_STATISTICS}full_collection_enabled": _flag,
    f"{_STATISTICS}partial_collection_enabled": _flag,
    f"{_STATISTICS}partial_collection_min_stale_rows": _count,
    f"{_STATISTICS}partial_collection_fraction_stale_rows": _fraction,
    "sql_stats_forecasts_enabled": _flag,
    "sql_stats_histogram_samples_count": _count,
    "sql_stats_histogram_buckets_count": _count,
}
