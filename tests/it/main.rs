//! End-to-end tests: one binary, one module per subject.

mod cli_annotate;
mod cli_common;
mod cli_explain;
mod cli_rules;
mod cli_sections;
mod incremental;
mod resolver;
mod support;
