//! The rules at work: detectors in Rust, one file each, and the match engine for the rules that are declared as data.
//!
//! A rule is declared in `knowledge/<book>/rules/<name>.md`. When its front matter says `detector = "code"`, a file here
//! with the same name (underscores for hyphens) holds its [`Detector`], and [`DETECTORS`] lists it. A test holds the two
//! lists against each other. Those that need a project's other files say `detector = "project"` and live in [`project`].

mod database;
mod file_mode;
mod http;
mod interpolation;
mod lines;
mod local_uses;
mod loops;
mod matching;
mod mro;
mod origins;
mod output;
mod parameter_uses;
mod plan;
pub(crate) mod project;
mod regex;
mod report;
pub(in crate::margin) mod support;
mod surroundings;
mod swallowed;
mod testing;
mod threads;
mod variables;
mod web;

/// What refactorings have in common with the fixes of rules.
pub(in crate::margin) mod shared {
    pub(in crate::margin) use super::gather_instead_of_taskgroup::with_group;
    pub(in crate::margin) use super::os_path_usage::path_method;
    pub(in crate::margin) use super::percent_format::{Fidelity, as_fstring, literal_format};
    pub(in crate::margin) use super::str_format_call::{Filled, filled};
    pub(in crate::margin) use super::typing_generic_alias::class_for;
    pub(in crate::margin) use super::typing_optional::{as_union as optional_as_union, is_type};
    pub(in crate::margin) use super::typing_union::{as_union, members};
}

pub(crate) use plan::{Plan, Runner};
pub use report::Report;

use ruff_python_ast::token::Token;
use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::TextRange;

use crate::python::Context;

/// A detector: which rule it serves and what it wants to see.
#[derive(Clone, Copy)]
pub(crate) struct Detector {
    /// The rule's name: the file's name with hyphens.
    pub rule: &'static str,
    /// What it looks at. Several hooks may report for one rule.
    pub hooks: &'static [Hook],
}

/// What a detector looks at. Each function is called with the context that the node stands in.
///
/// Within `Context::nodes()` the node itself is the last.
#[derive(Clone, Copy)]
pub(crate) enum Hook {
    /// Every `def` and `async def`.
    Function(for<'a> fn(&Context<'a>, &'a ast::StmtFunctionDef, &mut Report<'_>)),
    /// Every class.
    Class(for<'a> fn(&Context<'a>, &'a ast::StmtClassDef, &mut Report<'_>)),
    /// Every call.
    Call(for<'a> fn(&Context<'a>, &'a ast::ExprCall, &mut Report<'_>)),
    /// Calls of what has one of these public names, or may have it: those whose names end in the same word, as most rules are
    /// about few functions. Whether it is the one the detector finds out.
    CallOf(&'static [&'static str], for<'a> fn(&Context<'a>, &'a ast::ExprCall, &mut Report<'_>)),
    /// Every `except` clause.
    Handler(for<'a> fn(&Context<'a>, &'a ast::ExceptHandlerExceptHandler, &mut Report<'_>)),
    /// Statements of these kinds.
    Stmt(&'static [NodeKind], for<'a> fn(&Context<'a>, &'a Stmt, &mut Report<'_>)),
    /// Every name that an assignment, a loop, a `with` or `:=` binds.
    Target(for<'a> fn(&Context<'a>, &'a ast::ExprName, &mut Report<'_>)),
    /// Every name or dotted name that stands where types do: in an annotation, or before something in brackets.
    Type(for<'a> fn(&Context<'a>, &'a Expr, &mut Report<'_>)),
    /// Expressions of these kinds.
    Expr(&'static [NodeKind], for<'a> fn(&Context<'a>, &'a Expr, &mut Report<'_>)),
    /// The tokens of a top-level statement with the comments before it: source, tokens, range in the source.
    Tokens(fn(&str, &[Token], TextRange, &mut Report<'_>)),
}

/// The rules that say more about code that does not parse: they speak even on the line with the error.
pub(crate) const ABOUT_SYNTAX_ERRORS: [&str; 2] = ["inconsistent-indentation", "raw-string-trailing-backslash"];

/// The rules that conclude from something not being there (a `close()`, an `await`, a special method) or from the whole of
/// a statement. In a top-level statement with a syntax error they are silent, because the missing part may be what is
/// being typed.
pub(crate) const CONCLUDE_FROM_ABSENCE: &[&str] = &[
    "bare-except",
    "blind-except",
    "consumer-without-sentinel",
    "contextmanager-without-finally",
    "dangling-task",
    "descriptor-get-ignores-class-access",
    "dunder-del",
    "environ-mutation-in-test",
    "eq-without-hash",
    "except-base-exception",
    "gc-disabled",
    "indentation-not-four-spaces",
    "interaction-only-test",
    "loop-else-without-break",
    "mail-protocol-without-tls",
    "mailbox-not-closed",
    "mailbox-without-lock",
    "missing-functools-wraps",
    "missing-override-decorator",
    "missing-slots",
    "mkdtemp-without-cleanup",
    "mutable-class-attribute",
    "network-in-tests",
    "optional-access-without-check",
    "path-traversal",
    "queue-get-without-timeout",
    "queue-join-without-task-done",
    "retry-swallows-last-error",
    "retry-without-backoff",
    "shared-database-fixture",
    "silent-except",
    "thread-local-per-call",
    "thread-local-uninitialized",
    "thread-not-joined",
    "tracemalloc-left-running",
    "unbounded-concurrency",
    "unclosed-resource",
    "unguarded-rmtree",
    "unnecessary-metaclass",
    "unseeded-random-in-tests",
    "unsynchronized-shared-state",
];

macro_rules! detectors {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// Every detector, by name.
        pub(crate) const DETECTORS: &[Detector] = &[$($module::DETECTOR),*];
    };
}

detectors! {
    alias_then_mutate,
    annotation_value_mismatch,
    any_in_container_annotation,
    api_newer_than_requires_python,
    archive_extractall_unfiltered,
    array_element_type_mismatch,
    array_platform_dependent_typecode,
    array_unicode_typecode,
    assert_for_validation,
    asyncio_run_in_async,
    attribute_hook_recursion,
    augmented_class_attribute_via_self,
    backslash_line_continuation,
    bad_except_order,
    bare_except,
    bare_name_capture_pattern,
    base64_not_urlsafe,
    base64_stripped_padding,
    binary_text_mode_mismatch,
    blind_except,
    blocking_call_in_async,
    builtin_shadowing,
    class_pattern_without_match_args,
    complex_comprehension,
    comprehension_side_effect,
    config_read_in_logic,
    connection_shared_across_requests,
    consumer_without_sentinel,
    contextmanager_without_finally,
    cors_wildcard,
    cpu_work_in_coroutine,
    crawl_delay_none,
    credentials_in_db_url,
    csrf_protection_disabled,
    csv_open_without_newline,
    daemon_thread_cleanup,
    dangling_task,
    dataframe_apply,
    dataframe_row_loop,
    debug_mode_enabled,
    decimal_from_float,
    decimal_global_context_change,
    decimal_round_without_quantize,
    deep_inheritance,
    descriptor_fixed_storage_name,
    descriptor_get_ignores_class_access,
    descriptor_on_instance,
    descriptor_state_on_self,
    diamond_inheritance,
    dict_records,
    dircmp_not_recursive,
    direct_base_init_call,
    disabled_cert_verification,
    dunder_del,
    email_payload_default_charset,
    engine_per_call,
    environ_mutation_in_test,
    environment_dump,
    eq_without_hash,
    error_code_return,
    error_instead_of_exception,
    eval_used,
    except_base_exception,
    exception_as_flow_control,
    exception_lost_in_task,
    excessive_mocking,
    exec_used,
    factorial_negative,
    faulthandler_enabled_late,
    faulthandler_file_closed,
    filter_after_load,
    float_equality_comparison,
    float_for_money,
    fluent_method_without_self_type,
    fraction_assignment,
    fraction_from_float,
    function_local_import,
    futures_in_submission_order,
    gather_instead_of_taskgroup,
    gc_disabled,
    generated_code,
    get_event_loop,
    getattribute_override,
    glob_eager_list,
    glob_invalid_keyword,
    glob_recursive_flag_missing,
    global_clock_patch,
    global_session,
    god_class,
    hardcoded_credentials,
    hardcoded_hmac_key,
    hardcoded_temp_path,
    hash_as_mac,
    hash_without_usedforsecurity,
    hmac_or_base64_as_encryption,
    hmac_weak_digest,
    http_client_per_request,
    identity_comparison_of_values,
    implicit_optional,
    implicit_string_concat_in_collection,
    import_hook_usage,
    importlib_reload,
    inconsistent_indentation,
    inconsistent_mro,
    indentation_not_four_spaces,
    inline_executor_construction,
    insecure_cookie,
    insecure_random,
    insecure_xml_parser,
    interaction_only_test,
    internal_error_exposed,
    invalid_distribution_parameter,
    invalid_escape_sequence,
    invalid_first_argument_name,
    is_literal_comparison,
    isinstance_runtime_protocol,
    jinja2_autoescape_off,
    jump_in_finally,
    kafka_consumer_without_group_id,
    late_binding_closure,
    lazy_property_hasattr,
    legacy_process_spawn,
    linear_recursion,
    list_as_queue,
    list_for_fixed_data,
    list_where_generator_suffices,
    lock_order_inversion,
    loop_else_without_break,
    loop_iterator_mutation,
    mail_protocol_without_tls,
    mailbox_not_closed,
    mailbox_without_lock,
    manual_address_formatting,
    manual_email_date_parsing,
    manual_entity_decoding,
    manual_event_loop,
    manual_list_comprehension,
    manual_lock_acquire,
    manual_memoization,
    manual_worker_pool,
    match_fallthrough_misuse,
    math_pow_on_integers,
    membership_test_on_list,
    missing_await,
    missing_functools_wraps,
    missing_override_decorator,
    missing_slots,
    mkdtemp_without_cleanup,
    mktemp_usage,
    mutable_class_attribute,
    mutable_dataclass_default,
    mutable_default_argument,
    mutable_module_state,
    n_plus_one_query,
    naive_datetime,
    naive_utc_datetime,
    needless_list_for_statistics,
    needless_ordereddict,
    network_in_tests,
    non_ascii_identifier,
    opaque_variadic_signature,
    optional_access_without_check,
    orm_add_in_loop,
    os_path_usage,
    os_system_command,
    overbroad_suppress,
    password_fast_hash,
    path_traversal,
    percent_format,
    percent_format_argument_mismatch,
    pickle_for_serialization,
    pickle_session_serializer,
    plain_http_url,
    plaintext_password_storage,
    polars_groupby_removed,
    pool_without_context_manager,
    positional_only_by_keyword,
    pre_pep695_generics,
    profiler_in_production_code,
    pydantic_basesettings_import,
    python_loop_over_numbers,
    queue_get_without_timeout,
    queue_join_without_task_done,
    queue_size_as_condition,
    raise_generic_exception,
    raise_without_from,
    raw_html_rendering,
    raw_path_double_trailing_backslash,
    raw_string_trailing_backslash,
    read_whole_file,
    reexport_without_dunder_all,
    regex_catastrophic_backtracking,
    regex_compiled_in_loop,
    regex_in_glob_pattern,
    relative_import_in_script,
    relative_import_style,
    requests_in_async,
    retry_swallows_last_error,
    retry_without_backoff,
    run_in_executor_default,
    sample_larger_than_population,
    secret_in_log,
    session_per_query,
    shallow_copy_of_nested,
    shared_database_fixture,
    shared_inner_list,
    shared_mutable_state_in_tests,
    shuffle_result_used,
    silent_except,
    sql_injection,
    ssl_context_checks_disabled,
    starttls_without_context,
    statistics_mode_multimodal,
    str_format_call,
    string_state_machine,
    subprocess_run_without_check,
    subprocess_shell_true,
    super_chain_without_root,
    swallowed_cancelled_error,
    sys_path_modification,
    tab_indentation,
    tail_recursive_call,
    template_injection,
    test_of_private_helper,
    thread_local_per_call,
    thread_local_uninitialized,
    thread_not_joined,
    timing_unsafe_comparison,
    too_many_threads,
    top_level_side_effect,
    tracemalloc_left_running,
    trig_function_degrees,
    tuple_with_mutable_element,
    typing_generic_alias,
    typing_optional,
    typing_union,
    tz_replace_after_parse,
    unbounded_concurrency,
    unclosed_resource,
    unencoded_email_header,
    unguarded_rmtree,
    unhashable_key,
    unittest_style_in_pytest,
    unknown_section,
    unnecessary_metaclass,
    unordered_iteration_assumption,
    unpicklable_process_target,
    unraw_regex_pattern,
    unresolved_base_in_traversal_check,
    unsafe_pickle_load,
    unsafe_yaml_load,
    unseeded_random_in_tests,
    unspecified_encoding,
    unsynchronized_shared_state,
    untrusted_dynamic_import,
    warn_without_stacklevel,
    weak_cipher,
    weak_hash,
    websocket_without_disconnect_handling,
    wildcard_import,
    wrong_exception_for_type_check,
    xmlrpc_keyword_arguments,
    xmlrpc_plain_http,
    yield_in_finally,
    zero_slice_step,
}

#[cfg(test)]
mod tests;
