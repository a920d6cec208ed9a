"""The names of CockroachDB's built-in functions: what is not here does not exist for clients.

Source: pkg/sql/sem/builtins/fixed_oids.go (each function with its signatures), without the spatial ones
(`st_…`) and those of crdb_internal. New signatures come last there: pg_advisory_xact_lock (2953) and what
follows are newer than v26.2 (cockroachdb/cockroach#168353, #168827, #170413), so sizes of relations,
factorial() and locks that lock are unknown; a transcript of v26.2.5: `unknown function: pg_relation_size()`.
PostgreSQL's own functions with other names are hidden when a database's
dialect is installed (sql/05_functions.sql), so that they are unknown as in CockroachDB.
"""

from __future__ import annotations

from cluster.embedded.dialect.tokens import words

# There in PostgreSQL or in the dialect's own SQL.
PRESENT = words(
    """
    abbrev abs acos acosd acosh age array_agg array_append array_cat array_in array_length array_lower
    array_out array_position array_positions array_prepend array_recv array_remove array_replace
    array_send array_to_json array_to_string array_upper ascii asin asind asinh atan atan2 atan2d atand
    atanh avg bit bit_and bit_count bit_in bit_length bit_or bit_out bit_recv bit_send bool bool_and
    bool_or boolin boolout boolrecv boolsend bpchar bpcharin bpcharout bpcharrecv bpcharsend broadcast
    btrim byteain byteaout bytearecv byteasend cardinality cbrt ceil ceiling char char_length
    character_length charin charout charrecv charsend chr clock_timestamp cluster_logical_timestamp
    col_description concat concat_agg concat_ws convert_from convert_to corr cos cosd cosh cot cotd
    count count_rows covar_pop covar_samp cume_dist current_database current_schema current_schemas
    current_setting current_user currval date date_in date_out date_part date_recv date_send date_trunc
    decode degrees dense_rank div encode enum_first enum_in enum_last enum_out enum_range enum_recv
    enum_send every exp experimental_uuid_v4 extract extract_duration family first_value float4 float4in
    float4out float4recv float4send float8 float8in float8out float8recv float8send floor format
    format_type from_uuid gen_random_uuid generate_series generate_subscripts get_bit get_byte
    getdatabaseencoding greatest has_any_column_privilege has_column_privilege has_database_privilege
    has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege
    has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege
    has_tablespace_privilege has_type_privilege host hostmask inet_client_addr inet_client_port inet_in
    inet_out inet_recv inet_same_family inet_send inet_server_addr inet_server_port initcap int2 int2in
    int2out int2recv int2send int2vectorin int2vectorout int2vectorrecv int2vectorsend int4 int4in
    int4out int4recv int4send int8 int8in int8out int8recv int8send interval interval_in interval_out
    interval_recv interval_send isnan json_agg json_array_elements json_array_elements_text
    json_array_length json_build_array json_build_object json_each json_each_text json_extract_path
    json_extract_path_text json_object json_object_agg json_object_keys json_populate_record
    json_populate_recordset json_strip_nulls json_to_record json_to_recordset json_typeof jsonb_agg
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array
    jsonb_build_object jsonb_each jsonb_each_text jsonb_exists_any jsonb_extract_path
    jsonb_extract_path_text jsonb_in jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys
    jsonb_out jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array
    jsonb_path_query_first jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_recv
    jsonb_send jsonb_set jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof lag
    last_value lastval lead least left length ln log lower lpad ltrim make_date make_timestamp
    make_timestamptz masklen max md5 min mod name namein nameout namerecv namesend netmask nextval now
    nth_value ntile num_nonnulls num_nulls numeric numeric_in numeric_out numeric_recv numeric_send
    obj_description octet_length oid oidin oidout oidrecv oidsend oidvectorin oidvectorout oidvectorrecv
    oidvectorsend oidvectortypes overlaps overlay parse_ident percent_rank percentile_cont
    percentile_disc pg_advisory_unlock pg_advisory_unlock_all pg_backend_pid pg_client_encoding
    pg_collation_for pg_column_is_updatable pg_column_size pg_encoding_max_length pg_encoding_to_char
    pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_function_arg_default
    pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result
    pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_partkeydef pg_get_serial_sequence
    pg_get_statisticsobjdef pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_has_role
    pg_is_in_recovery pg_is_other_temp_schema pg_my_temp_schema pg_options_to_table
    pg_postmaster_start_time pg_relation_is_updatable pg_sequence_last_value pg_sequence_parameters
    pg_sleep pg_table_is_visible pg_trigger_depth pg_try_advisory_lock pg_type_is_visible pg_typeof
    phraseto_tsquery pi plainto_tsquery pow power quote_ident quote_literal quote_nullable radians
    random rank record_in record_out record_recv record_send regclass regclassin regclassout
    regclassrecv regclasssend regexp_replace regexp_split_to_array regexp_split_to_table regnamespacein
    regnamespaceout regnamespacerecv regnamespacesend regprocedurein regprocedureout regprocedurerecv
    regproceduresend regprocin regprocout regprocrecv regprocsend regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy regrolein regroleout regrolerecv
    regrolesend regtypein regtypeout regtyperecv regtypesend repeat replace reverse right round
    row_number row_to_json rpad rtrim session_user set_bit set_byte set_config set_masklen setseed
    setval sha224 sha256 sha384 sha512 shobj_description sign similar_escape sin sind sinh split_part
    sqrt statement_timestamp stddev stddev_pop stddev_samp string_agg string_to_array strpos substr
    substring sum sum_int tan tand tanh text textin textout textrecv textsend time time_in time_out
    time_recv time_send timeofday timestamp timestamp_in timestamp_out timestamp_recv timestamp_send
    timestamptz timestamptz_in timestamptz_out timestamptz_recv timestamptz_send timetz timetz_in
    timetz_out timetz_recv timetz_send timezone to_char to_date to_english to_hex to_json to_jsonb
    to_number to_regclass to_regnamespace to_regproc to_regprocedure to_regrole to_regtype to_timestamp
    to_tsquery to_tsvector to_uuid transaction_timestamp translate trunc ts_rank tsqueryin tsqueryout
    tsqueryrecv tsquerysend tsvectorin tsvectorout tsvectorrecv tsvectorsend unique_rowid unknownin
    unknownout unknownrecv unknownsend unnest unordered_unique_rowid upper uuid_generate_v4 uuid_in
    uuid_nil uuid_out uuid_recv uuid_send uuid_v4 var_pop var_samp varbit varbit_in varbit_out
    varbit_recv varbit_send varchar varcharin varcharout varcharrecv varcharsend variance version
    void_in void_out void_recv void_send width_bucket xor_agg
    """
)
# There in CockroachDB only: refused by name.
LACKING = words(
    """
    acldefault aclexplode addgeometrycolumn any_value array_cat_agg bit_xor bitmask_and bitmask_or
    bitmask_xor changefeed_creation_timestamp citext compress cosine_distance crc32c crc32ieee
    daitch_mokotoff date_bin decompress decrypt decrypt_iv default_to_database_primary_region difference
    digest dmetaphone dmetaphone_alt encrypt encrypt_iv experimental_follower_read_timestamp
    experimental_strftime experimental_strptime final_sqrdiff final_stddev final_variance fnv32 fnv32a
    fnv64 fnv64a follower_read_timestamp from_ip gateway_region gen_random_bytes gen_random_ulid
    gen_salt hlc_to_timestamp hmac ilike_escape index inet_contained_by_or_equals
    inet_contains_or_equals inner_product isfinite json_remove_path json_set json_valid
    jsonb_array_to_string_array jsonpath l1_distance l2_distance lca levenshtein levenshtein_less_equal
    ltree ltree2text make_interval make_time makeaclitem merge_stats_metadata metaphone nlevel
    not_ilike_escape not_like_escape not_similar_to_escape parse_date parse_interval parse_time
    parse_timestamp parse_timetz pg_advisory_unlock_shared pg_blocking_pids pg_cancel_backend
    pg_char_to_encoding pg_collation_is_visible pg_is_xlog_replay_paused pg_terminate_backend
    prettify_statement regexp_extract rehome_row sha1 show_trgm similarity soundex sqrdiff strftime
    strptime subltree subpath substring_index text2ltree to_char_with_style to_ip ulid_to_uuid unaccent
    uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v5 uuid_ns_dns uuid_ns_oid
    uuid_ns_url uuid_ns_x500 uuid_to_ulid uuidv4 uuidv7 vector vector_dims vector_norm
    with_max_staleness with_min_timestamp word_similarity workload_index_recs
    """
)
# PostgreSQL calls these by name itself: triggers of foreign keys, syntax that is a call.
NEEDED = words("like_escape normalize is_normalized position unique_key_recheck similar_to_escape")
