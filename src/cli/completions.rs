//! `marginalia completions`: what a shell needs to complete the command line.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::failure::{Outcome, Status};
use super::output::Output;

/// Print the completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia completions bash > ~/.local/share/bash-completion/completions/marginalia
  marginalia completions zsh > ~/.zfunc/_marginalia
  marginalia completions fish > ~/.config/fish/completions/marginalia.fish
  marginalia completions powershell >> $PROFILE")]
pub(super) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    // The generator takes a writer that cannot fail.
    let mut text = Vec::new();
    generate(arguments.shell, &mut super::Arguments::command(), "marginalia", &mut text);
    out.write_all(&text)?;
    Ok(Status::Clean)
}
