"""The values of storage parameters: as they are written, what each parameter takes, and how it is kept.

Source: pkg/sql/storageparam/tablestorageparam/table_storage_param.go, pkg/sql/paramparse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from cluster.embedded.dialect.literals import string_value
from cluster.embedded.dialect.model import Refusal, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.tokens import Kind, Token, is_name, name_of, quote_string

_TRUE = frozenset(["on", "yes", "true", "t", "1"])
_FALSE = frozenset(["off", "no", "false", "f", "0"])
_CRON = re.compile(
    r"@(annually|yearly|monthly|weekly|daily|midnight|hourly)|@every \S+|([\d*/,?A-Za-z-]+ +){4}\S+"
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as written. kind: string (names too), int or float."""

    kind: str
    text: str
    shown: str  # as a datum prints


def read_value(tokens: list[Token], reader: Reader) -> Value:
    """The value that the tokens after = are. Raises Refusal: the syntax error, or for an expression."""
    sign = "-" if tokens and tokens[0].key == "-" else ""
    body = tokens[1:] if sign else tokens
    if body and len(body) > 1 and body[1].key in ("::", ":::") and len(body) == 3:
        body = body[:1]  # '10 minutes':::INTERVAL, as SHOW CREATE TABLE prints it
    if len(body) != 1:
        raise unsupported("expression as the value of a storage parameter")
    token = body[0]
    if token.kind is Kind.NUMBER:
        text = sign + token.text
        return Value("int" if text.lstrip("-").isdigit() else "float", text, text)
    if sign:
        raise unsupported("expression as the value of a storage parameter")
    if token.kind is Kind.STRING:
        text = string_value(token.text)
        return Value("string", text, quote_string(text))
    if is_name(token):
        if token.key in ("true", "false"):
            return Value("bool", token.key, token.key)
        return Value("string", name_of(token), quote_string(name_of(token)))
    raise reader.fault()


def literal(text: str) -> str:
    """A string literal as CockroachDB prints it (pkg/sql/lexbase/encode.go, EncodeSQLString)."""
    if re.search(r"['\\\n\t\r]", text) is None:
        return f"'{text}'"
    for plain, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(plain, escaped)
    return f"e'{text}'"


def boolean(name: str, value: Value) -> bool:
    """Whether the value is true. Raises Refusal (22023) for what is no Boolean."""
    text = value.text.lower()
    if value.kind in ("string", "bool") and text in _TRUE | _FALSE:
        return text in _TRUE
    raise Refusal("22023", f'parameter "{name}" requires a Boolean value')


def _flag(name: str, value: Value) -> str:
    return str(boolean(name, value)).lower()


def string(name: str, value: Value) -> str:
    """The text of a string. Raises Refusal (22023) for anything else."""
    if value.kind != "string":
        raise Refusal("22023", f'parameter "{name}" requires a string value')
    return value.text


def number(name: str, value: Value) -> float:
    """A number. Raises Refusal (22023) for anything else."""
    if value.kind not in ("int", "float"):
        raise Refusal("22023", f'parameter "{name}" requires a float value')
    return float(value.text)


def _at_least_one(name: str, value: Value) -> str:
    if value.kind != "int":
        raise Refusal("22023", f'parameter "{name}" requires an integer value')
    if int(value.text) < 1:
        raise Refusal("22023", f'"{name}" must be at least 1')
    return value.text


def _count(name: str, value: Value) -> str:
    text = value.text.strip()
    if value.kind == "float" or not re.fullmatch(r"-?\d{1,1000}", text):
        raise Refusal("22023", f"invalid integer value for {name}")
    if int(text) < 0:
        raise Refusal("XXUUU", f"invalid integer value for {name}: cannot be set to a negative value: {text}")
    return str(int(text))


def _fraction(name: str, value: Value) -> str:
    try:
        size = float(value.text)
    except ValueError:
        raise Refusal("22023", f"invalid float value for {name}") from None
    if size < 0:
        raise Refusal("XXUUU", f"invalid float value for {name}: cannot set to a negative value: {size:f}")
    return f"{size:g}"


def _ttl(name: str, value: Value) -> str:
    if not boolean(name, value):
        raise Refusal(
            "22023",
            "setting \"ttl = 'off'\" is not permitted",
            hint="use `RESET (ttl)` to remove TTL from the table",
        )
    return "'on'"


def _cron(name: str, value: Value) -> str:
    text = string(name, value)
    if not _CRON.fullmatch(text):
        raise Refusal("22023", f'invalid cron expression for "{name}"')
    return quote_string(text)


_STATISTICS = "sql_stats_automatic_"
RULES: dict[str, Callable[[str, Value], str]] = {
    "schema_locked": _flag,
    "fillfactor": _flag,
    "autovacuum_enabled": _flag,
    "ttl": _ttl,
    "ttl_expire_after": string,
    "ttl_expiration_expression": string,
    "ttl_select_batch_size": _at_least_one,
    "ttl_delete_batch_size": _at_least_one,
    "ttl_select_rate_limit": _at_least_one,
    "ttl_delete_rate_limit": _at_least_one,
    "ttl_label_metrics": _flag,
    "ttl_job_cron": _cron,
    "ttl_pause": _flag,
    "ttl_row_stats_poll_interval": string,
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
