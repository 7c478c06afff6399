//! One file per feature of the protocol. Each takes the session and the client's parameters, and returns the answer.
//!
//! `contents`, `margin`, `reading_list`, `search` and `section` are requests of our own: see `docs/protocol.md`.

pub(super) mod book_files;
pub(super) mod code_action;
pub(super) mod code_lens;
pub(super) mod completion;
pub(super) mod configuration;
pub(super) mod contents;
pub(super) mod definition;
pub(super) mod diagnostics;
pub(super) mod document_link;
pub(super) mod execute_command;
pub(super) mod hover;
pub(super) mod inlay_hint;
pub(super) mod lifecycle;
pub(super) mod margin;
pub(super) mod own_copy;
pub(super) mod reading_list;
pub(super) mod search;
pub(super) mod section;
pub(super) mod synchronization;
pub(super) mod workspace_symbol;
