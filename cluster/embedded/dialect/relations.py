"""Which relations pg_catalog and information_schema have in CockroachDB, and which of them are here.

Sources: pkg/sql/pg_catalog.go, information_schema.go, and their stub tables (vtable/); logic tests pg_catalog
and information_schema. A relation that is nowhere below is PostgreSQL's own in pg_catalog, or does not exist.
"""

from __future__ import annotations

from cluster.embedded.dialect.tokens import words

# Views of sql/4*.sql in crdb_catalog, under the relation's name.
SHADOWED = words(
    """
    pg_am pg_attrdef pg_attribute pg_authid pg_class pg_constraint pg_database pg_description pg_index
    pg_indexes pg_matviews pg_namespace pg_opclass pg_proc pg_roles pg_sequence pg_sequences pg_settings
    pg_tables pg_tablespace pg_type pg_user pg_views
    """
)
# Stubs there: always empty. bootstrap.py makes a view without rows of each, with PostgreSQL's columns.
EMPTY = words(
    """
    pg_available_extensions pg_available_extension_versions pg_event_trigger pg_extension
    pg_foreign_data_wrapper
    pg_foreign_server pg_foreign_table pg_inherits pg_init_privs pg_largeobject_metadata pg_locks
    pg_partitioned_table pg_policies pg_policy pg_publication pg_publication_rel pg_publication_tables
    pg_range
    pg_replication_origin_status pg_replication_slots pg_rules pg_seclabels pg_shseclabel
    pg_stat_activity pg_stat_all_indexes pg_stat_all_tables pg_stat_archiver pg_stat_bgwriter pg_stat_database
    pg_stat_database_conflicts pg_stat_gssapi pg_stat_progress_analyze pg_stat_progress_basebackup
    pg_stat_progress_cluster pg_stat_progress_create_index pg_stat_progress_vacuum pg_stat_replication
    pg_stat_slru pg_stat_ssl pg_stat_subscription pg_stat_sys_indexes pg_stat_sys_tables
    pg_stat_user_functions pg_stat_user_indexes pg_stat_user_tables pg_stat_wal_receiver
    pg_stat_xact_all_tables pg_stat_xact_sys_tables pg_stat_xact_user_functions pg_stat_xact_user_tables
    pg_statio_all_indexes pg_statio_all_sequences pg_statio_all_tables pg_statio_sys_indexes
    pg_statio_sys_sequences pg_statio_sys_tables pg_statio_user_indexes pg_statio_user_sequences
    pg_statio_user_tables pg_transform pg_trigger pg_ts_config_map pg_ts_dict
    pg_ts_parser pg_ts_template pg_user_mapping pg_user_mappings
    """
)
# Of PostgreSQL after version 13, which CockroachDB calls itself.
FOREIGN = words(
    """
    pg_aios pg_backend_memory_contexts pg_dsm_registry_allocations pg_ident_file_mappings pg_parameter_acl
    pg_publication_namespace pg_shmem_allocations_numa pg_stat_checkpointer pg_stat_io pg_stat_progress_copy
    pg_stat_recovery_prefetch pg_stat_replication_slots pg_stat_subscription_stats pg_stat_wal
    pg_stats_ext_exprs pg_wait_events
    """
)
# Filled there with what the embedded cluster does not keep, or keeps otherwise.
REFUSED = words(
    """
    pg_amop pg_amproc pg_conversion pg_default_acl pg_file_settings
    pg_hba_file_rules pg_shadow pg_stat_statements pg_stats pg_stats_ext pg_statistic_ext
    pg_timezone_abbrevs pg_ts_config
    """
)
# information_schema: stubs without rows, as above.
EMPTY_INFORMATION = words(
    """
    attributes check_constraint_routine_usage column_column_usage column_domain_usage column_options
    data_type_privileges domain_constraints domain_udt_usage domains element_types
    foreign_data_wrapper_options foreign_data_wrappers foreign_server_options foreign_servers
    foreign_table_options foreign_tables routine_privileges sql_implementation_info sql_sizing transforms
    triggered_update_columns triggers udt_privileges user_defined_types user_mapping_options user_mappings
    view_column_usage view_routine_usage view_table_usage
    """
)
REFUSED_INFORMATION = words(
    """
    administrable_role_authorizations collation_character_set_applicability collations column_privileges
    column_statistics columns_extensions constraint_table_usage enabled_roles engines events files keywords
    optimizer_trace parameters partitions plugins processlist profiling resource_groups role_column_grants
    role_routine_grants role_table_grants role_udt_grants role_usage_grants routines schema_privileges
    schemata_extensions sql_features sql_parts st_geometry_columns st_spatial_reference_systems
    st_units_of_measure table_constraints_extensions table_privileges tables_extensions tablespaces
    tablespaces_extensions type_privileges usage_privileges user_attributes user_privileges
    """
)
