//! The command line: one file per subcommand.
//!
//! Invariants: results go to standard output, everything else to standard error as one line that begins with `error:` or
//! `warning:`. The exit status is 0 when nothing was found, 1 when something was, 2 when something could not be done.
//! JSON is made here, nowhere below; `docs/json.md` promises its shapes.

mod annotate;
mod book;
mod check;
mod completions;
mod escape;
mod explain;
mod failure;
mod json;
mod man;
mod markdown;
mod nearest;
mod output;
mod parallel;
mod progress;
mod project;
mod reading_list;
mod rules;
mod sections;
mod selection;
mod server;
mod site;
mod source;
mod stack;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::{Failure, Status};
use output::{Color, Output};

const EXAMPLES: &str = "\
Examples:
  marginalia annotate app.py            a file with its references in the margin
  marginalia book check bible.epub      what was found in your own copy of the book
  marginalia book import guide.md       a book of your own from a text with Python code
  marginalia check src                  where the code goes against the book
  marginalia explain asyncio.TaskGroup  what the book says about a symbol
  marginalia reading-list src           what to read to understand a code base
  marginalia rules                      what is found in code
  marginalia sections 16                the sections of chapter 16
  marginalia site handbook-site         all of it as a site for your team

The exit status is 0 when nothing was found, 1 when something was, 2 when something could not be done.
Every subcommand explains itself: marginalia <COMMAND> --help";

/// Puts a Python book into the margin of the code.
#[derive(Debug, Parser)]
#[command(name = "marginalia", version, after_help = EXAMPLES, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Colour: on a terminal unless `NO_COLOR` is set, also into files and pipes, or not.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,
}

#[derive(Debug, Subcommand)]
enum Command {
    Annotate(annotate::Arguments),
    Book(book::Arguments),
    Check(check::Arguments),
    Completions(completions::Arguments),
    Explain(explain::Arguments),
    Man(man::Arguments),
    ReadingList(reading_list::Arguments),
    Rules(rules::Arguments),
    Sections(sections::Arguments),
    Server(server::Arguments),
    Site(site::Arguments),
}

/// How a list is printed: for people, or in a promised shape for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// Runs the program with the arguments it was started with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let mut out = Output::new(arguments.color);
    let result = match &arguments.command {
        Command::Annotate(inner) => annotate::run(inner, &mut out),
        Command::Book(inner) => book::run(inner, &mut out),
        Command::Check(inner) => check::run(inner, &mut out),
        Command::Completions(arguments) => completions::run(arguments, &mut out),
        Command::Explain(inner) => explain::run(inner, arguments.color, &mut out),
        Command::Man(arguments) => man::run(arguments, &mut out),
        Command::ReadingList(arguments) => reading_list::run(arguments, &mut out),
        Command::Rules(arguments) => rules::run(arguments, &mut out),
        Command::Sections(arguments) => sections::run(arguments, &mut out),
        Command::Site(arguments) => site::run(arguments, &mut out),
        Command::Server(arguments) => {
            // The protocol has standard output to itself.
            drop(out);
            return server::run(arguments);
        }
    };
    let result = result.and_then(|status| out.finish().map(|()| status).map_err(Failure::from));
    match result {
        Ok(status) => status.into(),
        Err(Failure::Output(fault)) if fault.kind() == std::io::ErrorKind::BrokenPipe => Status::Clean.into(),
        Err(failure) => {
            output::complain(output::Complaint::Error, &failure);
            Status::Trouble.into()
        }
    }
}
