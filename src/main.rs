//! The program: arguments to one subcommand, see [`marginalia::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    marginalia::cli::run()
}
