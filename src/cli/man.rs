//! `marginalia man`: manual pages, made from the same words as `--help`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_mangen::Man;

use super::failure::{Failure, Outcome, Status};
use super::output::Output;
use super::source::{name_of, reason};

/// Print the manual page, or write those of all subcommands into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia man | man -l -
  marginalia man ~/.local/share/man/man1")]
pub(super) struct Arguments {
    /// Where to write `marginalia.1`, `marginalia-check.1` and so on.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let command = super::Arguments::command();
    match &arguments.folder {
        None => out.write_all(&page(command)?)?,
        Some(folder) => write(folder, command)
            .map_err(|fault| Failure::new(format!("cannot write to {}: {}", name_of(folder), reason(&fault))))?,
    }
    Ok(Status::Clean)
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}

/// Writes the page of a command and of those below it.
fn write(folder: &Path, command: clap::Command) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let name = command.get_name().to_owned();
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        let named = format!("{name}-{}", subcommand.get_name());
        write(folder, subcommand.clone().name(named))?;
    }
    fs::write(folder.join(format!("{name}.1")), page(command)?)
}
