//! One file per feature of the protocol. Each takes the session and the client's parameters, and returns the answer.

pub(super) mod code_action;
pub(super) mod code_lens;
pub(super) mod configuration;
pub(super) mod diagnostics;
pub(super) mod execute_command;
pub(super) mod hover;
pub(super) mod inlay_hint;
pub(super) mod lifecycle;
pub(super) mod synchronization;
pub(super) mod workspace_symbol;
