"""The session variables of CockroachDB v26.2 (docs, "SET": supported variables; pkg/sql/vars.go).

Where PostgreSQL has the variable and it means the same, PostgreSQL keeps it. The others live in PostgreSQL's
custom settings, as crdb.<name>: they can then be LOCAL to a transaction and are rolled back as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from cluster.embedded.dialect.version import VERSION_TEXT


class Keeper(Enum):
    """Who keeps a variable's value."""

    POSTGRES = auto()  # under the same name
    MILLISECONDS = auto()  # PostgreSQL too; shown as a number of milliseconds
    CUSTOM = auto()  # PostgreSQL's custom setting crdb.<name>
    CONSTANT = auto()  # read only


@dataclass(frozen=True, slots=True)
class Variable:
    """A session variable. values: what it takes; () for any text; BOOLEAN and NUMBER are checked."""

    keeper: Keeper
    default: str = ""
    values: tuple[str, ...] = ()
    # SQL that gives the value of a read-only variable, instead of default.
    sql: str = ""


BOOLEAN = ("on", "off")
NUMBER = ("#",)


def _kept(names: str) -> dict[str, Variable]:
    return {name: Variable(Keeper.POSTGRES) for name in names.split()}


def _constants(values: dict[str, str]) -> dict[str, Variable]:
    return {name: Variable(Keeper.CONSTANT, value) for name, value in values.items()}


def _switches(names: str, default: str) -> dict[str, Variable]:
    return {name: Variable(Keeper.CUSTOM, default, BOOLEAN) for name in names.split()}


def _numbers(values: dict[str, str]) -> dict[str, Variable]:
    return {name: Variable(Keeper.CUSTOM, value, NUMBER) for name, value in values.items()}


def _choices(values: dict[str, str]) -> dict[str, Variable]:
    return {
        name: Variable(Keeper.CUSTOM, value.split()[0], tuple(value.split()))
        for name, value in values.items()
    }


VARIABLES: dict[str, Variable] = {
    **_kept(
        "application_name bytea_output client_encoding client_min_messages datestyle "
        "default_transaction_isolation default_transaction_read_only escape_string_warning "
        "extra_float_digits intervalstyle row_security "
        "search_path standard_conforming_strings synchronize_seqscans timezone transaction_isolation "
        "transaction_read_only xmloption default_tablespace check_function_bodies"
    ),
    **{
        name: Variable(Keeper.MILLISECONDS, "0")
        for name in (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "transaction_timeout",
        )
    },
    **_constants(
        {
            "crdb_version": VERSION_TEXT,
            "integer_datetimes": "on",
            "is_superuser": "on",
            "lc_collate": "C.UTF-8",
            "lc_ctype": "C.UTF-8",
            "lc_messages": "C.UTF-8",
            "lc_monetary": "C.UTF-8",
            "lc_numeric": "C.UTF-8",
            "lc_time": "C.UTF-8",
            "locality": "",
            "max_connections": "-1",
            "max_identifier_length": "128",
            "max_index_keys": "32",
            "node_id": "1",
            "server_encoding": "UTF8",
            "server_version": "13.0.0",
            "server_version_num": "130000",
            "ssl": "on",
            "system_identity": "",
            "tracing": "off",
            "virtual_cluster_name": "",
        }
    ),
    "database": Variable(Keeper.CONSTANT, sql="current_database()::text"),
    "session_user": Variable(Keeper.CONSTANT, sql="session_user::text"),
    "session_authorization": Variable(Keeper.CONSTANT, sql="session_user::text"),
    "role": Variable(Keeper.CONSTANT, "none"),
    "session_id": Variable(Keeper.CONSTANT, sql="lpad(to_hex(pg_backend_pid()), 32, '0')"),
    "transaction_priority": Variable(Keeper.CUSTOM, "normal", ("low", "normal", "high")),
    **_switches(
        """autocommit_before_ddl create_table_with_schema_locked enable_implicit_fk_locking_for_serializable
        enable_implicit_select_for_update enable_insert_fast_path enable_seqscan enable_zigzag_join
        on_update_rehome_row_enabled optimizer_use_forecasts optimizer_use_histograms
        optimizer_use_multicol_stats stub_catalog_tables synchronous_commit
        variable_inequality_lookup_join_enabled""",
        "on",
    ),
    **_switches(
        """allow_ordinal_column_references allow_unsafe_internals cost_scans_with_default_col_size
        default_transaction_use_follower_reads disallow_full_table_scans enable_auto_rehoming
        enable_durable_locking_for_serializable enable_experimental_alter_column_type_general
        enable_multiregion_placement_policy enable_super_regions experimental_enable_expression_indexes
        experimental_enable_implicit_column_partitioning experimental_enable_temp_tables
        experimental_enable_unique_without_index_constraints force_savepoint_restart
        inject_retry_errors_enabled inject_retry_errors_on_commit_enabled legacy_varchar_typing
        multiple_active_portals_enabled null_ordered_last override_multi_region_zone_config
        prefer_lookup_joins_for_fks propagate_input_ordering require_explicit_primary_keys
        sql_safe_updates strict_ddl_atomicity troubleshooting_mode""",
        "off",
    ),
    **_numbers(
        {
            "copy_from_batch": "100",
            "default_int_size": "8",
            "foreign_key_cascades_limit": "10000",
            "idle_in_session_timeout": "0",
            "index_join_streamer_batch_size": "8388608",
            "large_full_scan_rows": "0",
            "max_retries_for_read_committed": "100",
            "prepared_statements_cache_size": "0",
            "reorder_joins_limit": "8",
            "results_buffer_size": "524288",
            "transaction_rows_read_err": "0",
            "transaction_rows_read_log": "0",
            "transaction_rows_written_err": "0",
            "transaction_rows_written_log": "0",
        }
    ),
    **_choices(
        {
            "default_transaction_priority": "normal low high",
            "default_transaction_quality_of_service": "regular background critical",
            "distsql": "auto on off always",
            "experimental_distsql_planning": "off on always",
            "password_encryption": "scram-sha-256 crdb-bcrypt",
            "plan_cache_mode": "auto force_custom_plan force_generic_plan",
            "serial_normalization": "rowid unordered_rowid virtual_sequence sql_sequence sql_sequence_cached "
            "sql_sequence_cached_node",
            "use_declarative_schema_changer": "on off unsafe unsafe_always",
            "vectorize": "on off experimental_always",
            "optimizer": "on",
        }
    ),
    "default_text_search_config": Variable(Keeper.CUSTOM, "pg_catalog.english"),
    "testing_optimizer_random_seed": Variable(Keeper.CUSTOM, "0", NUMBER),
}
# Asking for anything else than the default would change answers, and the embedded cluster has only these.
FIXED = frozenset(
    [
        "null_ordered_last",
        "serial_normalization",
        "default_transaction_use_follower_reads",
        "require_explicit_primary_keys",
        "experimental_enable_temp_tables",
        "force_savepoint_restart",
        "inject_retry_errors_on_commit_enabled",
        "strict_ddl_atomicity",
        "disallow_full_table_scans",
        "experimental_enable_unique_without_index_constraints",
    ]
)
