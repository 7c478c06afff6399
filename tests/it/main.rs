//! End-to-end tests: one binary, one module per subject.

#![allow(clippy::unwrap_used, reason = "what fails here is to be seen")]
#![allow(clippy::print_stdout, reason = "tests print their tables")]
#![allow(clippy::cast_precision_loss, reason = "shares need no exact counts")]

mod book_copy;
mod book_coverage;
mod budget;
mod cli_annotate;
mod cli_book;
mod cli_books;
mod cli_check;
mod cli_common;
mod cli_explain;
mod cli_fix;
mod cli_import;
mod cli_notebook;
mod cli_reading_list;
mod cli_rules;
mod cli_sections;
mod cli_site;
mod cli_terminal;
mod codes;
mod coverage;
mod dependencies;
mod editor_pages;
mod first_section;
mod fixes_on_corpus;
mod fuzz;
mod half_typed;
mod handbook;
mod hostile;
mod hostile_books;
mod hostile_files;
mod incremental;
mod inference;
mod json_page;
mod lsp_books;
mod lsp_citations;
mod lsp_code_action;
mod lsp_diagnostics;
mod lsp_endurance;
mod lsp_extension;
mod lsp_folders;
mod lsp_hostile;
mod lsp_hover;
mod lsp_lifecycle;
mod lsp_margin;
mod lsp_notebook;
mod lsp_pages;
mod lsp_process;
mod lsp_sequences;
mod lsp_settings;
mod lsp_sync;
mod own_book_page;
mod project;
mod readme;
mod real_code;
mod refactorings;
mod resolver;
mod ruff_agreement;
mod sarif;
mod settings_page;
mod stdlib_data;
mod support;
mod triggers;
mod vscode_package;
