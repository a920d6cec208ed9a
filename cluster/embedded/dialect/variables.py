"""The session variables of CockroachDB v26.2 (pkg/sql/vars.go; docs, "SET": supported variables).

Where PostgreSQL has the variable and it means the same, PostgreSQL keeps it. Others have one value, or no
effect any more; what is CockroachDB's own is in variables_own.py.
To add one: its line, in the table of its kind; if another value than the default would change an answer
that the embedded cluster cannot give, its name in FIXED (variables_own.py).
"""

from __future__ import annotations

from cluster.embedded.dialect.variable import Keeper, Kind, Variable
from cluster.embedded.dialect.variable_lines import compatible, constants, kept, read
from cluster.embedded.dialect.variables_own import OWN
from cluster.embedded.dialect.version import VERSION_TEXT

VARIABLES: dict[str, Variable] = {
    # -- kept by PostgreSQL ---------------------------------------------------------------------------------
    **kept(
        Kind.TEXT,
        """
        application_name
        client_min_messages notice
        datestyle ISO, MDY
        default_transaction_isolation serializable
        search_path "$user", public
        timezone UTC
        transaction_isolation serializable
        """,
    ),
    **kept(
        Kind.BOOLEAN,
        """
        check_function_bodies on
        default_transaction_read_only off
        row_security on
        transaction_read_only off
        """,
    ),
    "bytea_output": Variable(Keeper.POSTGRES, "hex", Kind.CHOICE, ("hex", "escape", "base64")),
    "extra_float_digits": Variable(Keeper.POSTGRES, "1", Kind.INTEGER, least=None),
    "intervalstyle": Variable(
        Keeper.POSTGRES,
        "postgres",
        Kind.CHOICE,
        ("postgres", "iso_8601", "sql_standard"),
        spelled="IntervalStyle",
    ),
    **{
        name: Variable(Keeper.MILLISECONDS, "0", Kind.DURATION)
        for name in (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "transaction_timeout",
        )
    },
    "idle_in_session_timeout": Variable(
        Keeper.MILLISECONDS, "0", Kind.DURATION, hidden=True, alias="idle_session_timeout"
    ),
    # -- read only ------------------------------------------------------------------------------------------
    **constants(
        f"""
        crdb_version {VERSION_TEXT}
        integer_datetimes on
        lc_collate C.UTF-8
        lc_ctype C.UTF-8
        locality
        max_connections -1
        max_identifier_length 128
        max_index_keys 32
        max_prepared_transactions 2147483647
        node_id 1
        results_buffer_size 524288
        role none
        server_encoding UTF8
        server_version 13.0.0
        server_version_num 130000
        ssl on
        system_identity
        tracing off
        """
    ),
    **read(
        """
        authentication_method 'scram-sha-256'::text
        database current_database()::text
        is_superuser (CASE WHEN session_user IN ('root', 'demo') THEN 'on' ELSE 'off' END)
        session_id lpad(to_hex(pg_backend_pid()), 32, '0')
        """
    ),
    **read(
        """
        session_user session_user::text
        session_authorization session_user::text
        virtual_cluster_name 'system'::text
        """,
        hidden=True,
    ),
    # Set by BEGIN and SET TRANSACTION; else as the session's default (docs, "SET TRANSACTION").
    "transaction_priority": Variable(
        Keeper.CONSTANT,
        sql="coalesce(nullif(current_setting('crdb.transaction_priority', true), ''), "
        "nullif(current_setting('crdb.default_transaction_priority', true), ''), 'normal')",
    ),
    # -- one value only (makeCompatStringVar, makeCompatBoolVar) --------------------------------------------
    **compatible(
        """
        backslash_quote safe_encoding
        default_table_access_method heap
        lc_messages C.UTF-8
        lc_monetary C.UTF-8
        lc_numeric C.UTF-8
        lc_time C.UTF-8
        log_timezone UTC
        xmloption content
        """
    ),
    "default_with_oids": Variable(Keeper.COMPATIBLE, "off", Kind.BOOLEAN, ("off",)),
    "standard_conforming_strings": Variable(Keeper.COMPATIBLE, "on", Kind.BOOLEAN, ("on",)),
    "escape_string_warning": Variable(Keeper.COMPATIBLE, "on", Kind.BOOLEAN, ("on", "off")),
    "synchronize_seqscans": Variable(Keeper.COMPATIBLE, "on", Kind.BOOLEAN, ("on", "off")),
    "client_encoding": Variable(Keeper.COMPATIBLE, "UTF8"),  # settings.py knows what it takes
    "default_tablespace": Variable(Keeper.COMPATIBLE, "", Kind.CHOICE, ("",)),
    "optimizer": Variable(Keeper.COMPATIBLE, "on", Kind.CHOICE, ("on",)),
    "password_encryption": Variable(Keeper.COMPATIBLE, "scram-sha-256"),
    "ssl_renegotiation_limit": Variable(Keeper.COMPATIBLE, "0", Kind.CHOICE, ("0",), hidden=True),
    # -- without effect any more (makeBackwardsCompatBoolVar) -----------------------------------------------
    **{
        name: Variable(Keeper.INERT, value, Kind.BOOLEAN, hidden=True)
        for name, value in {
            "allow_create_trigger_function_with_argv_references": "on",
            "datestyle_enabled": "on",
            "enable_drop_enum_value": "on",
            "enable_inspect_command": "on",
            "enable_scrub_job": "off",
            "enforce_home_region_follower_reads_enabled": "off",
            "experimental_enable_hash_sharded_indexes": "on",
            "intervalstyle_enabled": "on",
        }.items()
    },
    **OWN,
}
