"""Storage parameters of tables: WITH (…) of CREATE TABLE, ALTER TABLE … SET (…) and RESET (…).

What can be checked here is; sql/74_ddl_storage.sql keeps them, and checks what needs the table.
Source: pkg/sql/storageparam/tablestorageparam/table_storage_param.go, pkg/sql/paramparse.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cluster.embedded.dialect.ddl import expression, helper, schema_of
from cluster.embedded.dialect.model import Notice, Refusal, Settings, unsupported
from cluster.embedded.dialect.reader import Reader
from cluster.embedded.dialect.scanner import tokenize
from cluster.embedded.dialect.storage_values import RULES, Value, boolean, literal, number, read_value, string
from cluster.embedded.dialect.tokens import Token, is_name, name_of, quote_string, split_commas
from cluster.embedded.dialect.unimplemented import unimplemented

EXPIRATION = "crdb_internal_expiration"  # the column that ttl_expire_after makes

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
# CockroachDB has these, for regions and statistics that the embedded cluster has not.
_UNSUPPORTED = frozenset(
    ["infer_rbr_region_col_using_constraint", "skip_rbr_unique_rowid_checks", "sql_stats_canary_window"]
)
_AUTOMATIC_COLUMN = Notice(
    "ttl_automatic_column is no longer used. Setting ttl_expire_after automatically creates a TTL column. "
    "Resetting ttl_expire_after removes the automatically created column."
)
_RANGE_CONCURRENCY = Notice("ttl_range_concurrency is no longer configurable.")


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


def table_parameters(reader: Reader) -> Parameters:
    """(name = value, …) at the cursor. Raises Refusal for what is unknown, or has a wrong value."""
    found = Parameters()
    for part in split_commas(reader.bracketed()):
        name, after = _key(part, reader)
        if after >= len(part):
            raise Refusal("22023", f'storage parameter "{name}" requires a value')
        if part[after].key != "=":
            raise reader.fault()
        _set(name, read_value(part[after + 1 :], reader), found, reader.settings)
    return found


def reset_parameters(reader: Reader) -> Parameters:
    """(name, …) of RESET at the cursor."""
    found = Parameters()
    for part in split_commas(reader.bracketed()):
        name, after = _key(part, reader)
        if after != len(part):
            raise reader.fault()
        if name in _UNSUPPORTED:
            raise unsupported(f"storage parameter {name}")
        if name == "ttl_automatic_column":
            found.notices.append(_AUTOMATIC_COLUMN)
        elif name == "ttl_range_concurrency":
            found.notices.append(_RANGE_CONCURRENCY)
        elif name not in RULES and name not in _UNIMPLEMENTED:
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


def _set(name: str, value: Value, found: Parameters, settings: Settings) -> None:
    if name in _UNIMPLEMENTED:
        raise unimplemented(f'storage parameter "{name}"', 43299)
    if name in _UNSUPPORTED:
        raise unsupported(f"storage parameter {name}")
    rule = RULES.get(name)
    if name == "fillfactor":
        if not 0 <= number(name, value) <= 100:
            raise Refusal("22023", f'"{name}" must be between 0 and 100')
        found.notices.append(Notice(f'storage parameter "{name}" is ignored'))
    elif name == "autovacuum_enabled":
        if not boolean(name, value):
            found.notices.append(Notice(f'storage parameter "{name} = {value.shown}" is ignored'))
    elif name == "ttl_automatic_column":
        found.notices.append(_AUTOMATIC_COLUMN)
    elif name == "ttl_range_concurrency":
        found.notices.append(_RANGE_CONCURRENCY)
    elif name == "ttl_expiration_expression":
        found.kept["ttl_expiration_sql"] = _expiration(string(name, value), settings)
        found.kept[name] = literal(value.text)
    elif rule is None:
        raise Refusal("22023", f'invalid storage parameter "{name}"')
    else:
        found.kept[name] = rule(name, value)


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
