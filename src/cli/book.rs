//! `marginalia book`: a reader's own copy of the book, and books of one's own.

mod check;
mod import;
mod new;

use clap::Subcommand;

use super::failure::Outcome;
use super::output::Output;

/// Check your own copy of the book, or make a book of your own.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia book check bible.epub      what was found in your own copy of the book
  marginalia book new handbook          a folder to write your team's notes and rules in
  marginalia book check handbook        what is wrong in it, with file and line
  marginalia book import guide.md       such a folder, made from a text with code")]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Import(import::Arguments),
    New(new::Arguments),
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    match &arguments.command {
        Command::Check(arguments) => check::run(arguments, out),
        Command::Import(arguments) => import::run(arguments, out),
        Command::New(arguments) => new::run(arguments, out),
    }
}
