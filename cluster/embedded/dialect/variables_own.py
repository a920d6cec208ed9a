"""CockroachDB's own session variables (pkg/sql/vars.go): their values live in PostgreSQL's custom settings.

As crdb.<name> they can be LOCAL to a transaction and are rolled back as any other.
"""

from __future__ import annotations

from cluster.embedded.dialect.tokens import words
from cluster.embedded.dialect.variable import Kind, Variable
from cluster.embedded.dialect.variable_lines import choices, custom, switches

_SERIAL = "rowid virtual_sequence sql_sequence sql_sequence_cached sql_sequence_cached_node"

OWN: dict[str, Variable] = {
    **switches(
        """
        autocommit_before_ddl avoid_full_table_scans_in_mutations close_cursors_at_commit
        copy_fast_path_enabled
        copy_from_atomic_enabled copy_from_retries_enabled create_table_with_schema_locked
        declare_cursor_statement_timeout_enabled distsql_prevent_partitioning_soft_limited_scans
        distsql_use_reduced_leaf_write_sets enable_create_stats_using_extremes
        enable_implicit_select_for_update enable_implicit_transaction_for_batch_statements
        enable_insert_fast_path enable_seqscan enable_zigzag_join index_recommendations_enabled
        locality_optimized_partitioned_index_scan on_update_rehome_row_enabled
        optimizer_always_use_histograms optimizer_clamp_inequality_selectivity
        optimizer_clamp_low_histogram_selectivity
        optimizer_disable_cross_region_cascade_fast_path_for_rbr_tables optimizer_enable_lock_elision
        optimizer_hoist_uncorrelated_equality_subqueries optimizer_inline_any_unnest_subquery
        optimizer_merge_joins_enabled optimizer_plan_lookup_joins_with_reverse_scans
        optimizer_prefer_bounded_cardinality optimizer_prove_implication_with_virtual_computed_columns
        optimizer_push_limit_into_project_filtered_scan optimizer_push_offset_into_index_join
        optimizer_use_conditional_hoist_fix optimizer_use_delete_range_fast_path
        optimizer_use_exists_filter_hoist_rule optimizer_use_forecasts optimizer_use_histograms
        optimizer_use_improved_computed_column_filters_derivation optimizer_use_improved_disjunction_stats
        optimizer_use_improved_distinct_on_limit_hint_costing optimizer_use_improved_hoist_join_project
        optimizer_use_improved_join_elimination optimizer_use_improved_multi_column_selectivity_estimate
        optimizer_use_improved_split_disjunction_for_joins
        optimizer_use_improved_trigram_similarity_selectivity
        optimizer_use_improved_zigzag_join_costing optimizer_use_limit_ordering_for_streaming_group_by
        optimizer_use_max_frequency_selectivity optimizer_use_merged_partial_statistics
        optimizer_use_min_row_count_anti_join_fix optimizer_use_multicol_stats
        optimizer_use_polymorphic_parameter_fix optimizer_use_provided_ordering_fix
        optimizer_use_trigram_similarity_optimization optimizer_use_virtual_computed_column_stats
        parallelize_multi_key_lookup_joins_only_on_mr_mutations prevent_update_set_column_drop
        propagate_admission_header_to_leaf_transactions show_primary_key_constraint_on_not_visible_columns
        streamer_enabled stub_catalog_tables synchronous_commit use_improved_routine_dependency_tracking
        use_improved_routine_deps_triggers_and_computed_cols use_proc_txn_control_extended_protocol_fix
        use_soft_limit_for_distribute_scan variable_inequality_lookup_join_enabled
        """,
        "on",
    ),
    **switches("catalog_digest_staleness_check_enabled", "on", hidden=True),
    **switches(
        """
        allow_ordinal_column_references allow_role_memberships_to_change_during_transaction
        allow_unsafe_internals alter_primary_region_super_region_override always_distribute_full_scans
        avoid_buffering buffered_writes_use_locking_on_non_unique_indexes bypass_pcr_reader_catalog_aost
        copy_write_pipelining_enabled cost_scans_with_default_col_size
        default_transaction_use_follower_reads direct_columnar_scans_enabled disable_changefeed_replication
        disable_hoist_projection_in_join_limitation disable_partially_distributed_plans disable_plan_gists
        disable_vec_union_eager_cancellation disable_wait_for_jobs_notice disallow_full_table_scans
        enable_auto_rehoming enable_create_stats_using_extremes_bool_enum
        enable_durable_locking_for_serializable enable_experimental_alter_column_type_general
        enable_implicit_fk_locking_for_serializable enable_multiple_modifications_of_table
        enable_multiregion_placement_policy enable_shared_locking_for_serializable enable_super_regions
        enforce_home_region expect_and_ignore_not_visible_columns_in_copy
        experimental_enable_implicit_column_partitioning experimental_enable_temp_tables
        experimental_enable_unique_without_index_constraints experimental_hash_group_join_enabled
        force_savepoint_restart inject_retry_errors_enabled inject_retry_errors_on_commit_enabled
        kv_transaction_buffered_writes_enabled legacy_varchar_typing multiple_active_portals_enabled
        null_ordered_last optimizer_use_lock_elision_multiple_families
        optimizer_use_lock_op_for_serializable optimizer_use_not_visible_indexes
        override_multi_region_zone_config parallelize_multi_key_lookup_joins_enabled plpgsql_use_strict_into
        prefer_lookup_joins_for_fks propagate_input_ordering register_latch_wait_contention_events
        require_explicit_primary_keys sql_safe_updates streamer_always_maintain_ordering
        strict_ddl_atomicity testing_optimizer_inject_panics testing_vectorize_inject_panics
        troubleshooting_mode unbounded_parallel_scans unconstrained_non_covering_index_scan_enabled
        unsafe_allow_triggers_modifying_cascades use_backups_with_ids use_cputs_on_non_unique_indexes
        use_pre_25_2_variadic_builtins use_swap_mutations
        """,
        "off",
    ),
    **switches(
        "allow_prepare_as_opt_plan allow_view_with_security_invoker_clause experimental_enable_auto_rehoming",
        "off",
        hidden=True,
    ),
    **custom(
        Kind.INTEGER,
        """
        copy_num_retries_per_batch 5
        default_int_size 8
        distribute_group_by_row_count_threshold 1000
        distribute_join_row_count_threshold 1000
        distribute_scan_row_count_threshold 10000
        distribute_sort_row_count_threshold 1000
        distsql_plan_gateway_bias 2
        foreign_key_cascades_limit 10000
        max_retries_for_read_committed 100
        opt_split_scan_limit 2048
        recursion_depth_limit 1000
        reorder_joins_limit 8
        tcp_keepalives_count 0
        testing_optimizer_random_seed 0
        transaction_rows_read_err 0
        transaction_rows_read_log 0
        transaction_rows_written_err 0
        transaction_rows_written_log 0
        vector_search_beam_size 32
        vector_search_rerank_multiplier 50
        """,
    ),
    **custom(
        Kind.FLOAT,
        """
        large_full_scan_rows 0
        optimizer_check_input_min_row_count 1
        optimizer_min_row_count 1
        parallelize_multi_key_lookup_joins_avg_lookup_ratio 10
        parallelize_multi_key_lookup_joins_max_lookup_ratio 10000
        pg_trgm.similarity_threshold 0.3
        streamer_head_of_line_only_fraction 0.8
        streamer_in_order_eager_memory_usage_fraction 0.5
        streamer_out_of_order_eager_memory_usage_fraction 0.8
        testing_optimizer_cost_perturbation 0
        testing_optimizer_disable_rule_probability 0
        """,
    ),
    **custom(
        Kind.BYTES,
        """
        distsql_workmem 64 MiB
        index_join_streamer_batch_size 8.0 MiB
        join_reader_index_join_strategy_batch_size 4.0 MiB
        join_reader_no_ordering_strategy_batch_size 2.0 MiB
        join_reader_ordering_strategy_batch_size 100 KiB
        parallelize_multi_key_lookup_joins_avg_lookup_row_size 100 KiB
        prepared_statements_cache_size 0 B
        """,
    ),
    **custom(
        Kind.DURATION,
        """
        deadlock_timeout 0
        initial_retry_backoff_for_read_committed 2
        tcp_keepalives_idle 0
        tcp_keepalives_interval 0
        tcp_user_timeout 0
        """,
    ),
    **custom(
        Kind.TEXT,
        """
        default_text_search_config pg_catalog.english
        disable_optimizer_rules
        """,
    ),
    **custom(
        Kind.TEXT,
        """
        experimental_computed_column_rewrites
        replication off
        save_tables_prefix
        unsafe_setting_interlock_key
        """,
        hidden=True,
    ),
    **choices(
        f"""
        copy_transaction_quality_of_service background background regular critical
        default_transaction_priority normal low normal high
        default_transaction_quality_of_service regular regular critical background
        descriptor_validation on off on read_only
        distsql auto on off auto always
        plan_cache_mode auto force_custom_plan force_generic_plan auto
        serial_normalization rowid {_SERIAL}
        use_declarative_schema_changer on off on unsafe unsafe_always
        vectorize on off on experimental_always
        """
    ),
    **choices(
        """
        canary_stats_mode auto auto off on
        experimental_distsql_planning off off on always
        """,
        hidden=True,
    ),
}
# Asking for anything else than the default would change answers, and the embedded cluster has only these.
FIXED = words(
    """
    allow_ordinal_column_references allow_view_with_security_invoker_clause close_cursors_at_commit
    copy_from_atomic_enabled default_text_search_config default_transaction_use_follower_reads
    disallow_full_table_scans enable_implicit_transaction_for_batch_statements
    enable_multiple_modifications_of_table expect_and_ignore_not_visible_columns_in_copy
    experimental_computed_column_rewrites experimental_enable_implicit_column_partitioning
    experimental_enable_temp_tables experimental_enable_unique_without_index_constraints
    legacy_varchar_typing null_ordered_last
    pg_trgm.similarity_threshold prevent_update_set_column_drop replication require_explicit_primary_keys
    save_tables_prefix serial_normalization show_primary_key_constraint_on_not_visible_columns
    strict_ddl_atomicity stub_catalog_tables testing_optimizer_inject_panics
    testing_vectorize_inject_panics transaction_rows_read_err transaction_rows_written_err
    unsafe_allow_triggers_modifying_cascades unsafe_setting_interlock_key use_backups_with_ids
    use_declarative_schema_changer use_pre_25_2_variadic_builtins use_swap_mutations
    """
)
