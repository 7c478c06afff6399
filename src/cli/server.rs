//! `marginalia server`: the language server, for editors.

use std::io::{IsTerminal, stdin};
use std::process::ExitCode;

use super::output::{Complaint, complain};

/// Serve an editor over standard input and output.
///
/// The exit status is 0 when the editor shut the server down before it ended it, else 1.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia server                     what an editor is told to start
  vim.lsp.config('marginalia', { cmd = { 'marginalia', 'server' } })    in Neovim, for one")]
pub(super) struct Arguments {
    /// Does nothing: there is no other way to talk. Some editors add it.
    #[arg(long)]
    stdio: bool,
}

pub(super) fn run(_arguments: &Arguments) -> ExitCode {
    if stdin().is_terminal() {
        complain(Complaint::Warning, &"this is started by an editor, which sends messages on standard input");
    }
    crate::server::run()
}
