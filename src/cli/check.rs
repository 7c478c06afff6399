//! `marginalia check`: the findings of many files.

mod diff;
mod file;
pub(super) mod files;
mod format;
mod report;
mod statistics;

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::failure::{Failure, Outcome, Status};
use super::json::Position;
use super::output::{Complaint, Output, complain};
use super::progress::Progress;
use super::project::{Applied, Choice, Projects};
use super::source::{self, Source, name_of, reason};
use super::stack::on_big_stack;
use super::{parallel, selection};
use crate::disk::replace_file;
use crate::knowledge::Knowledge;
use crate::margin::MAX_FINDINGS;
use file::{Checked, Fixed};
use format::{Format, FormatName};
use report::{Problem, Report, Totals};

/// Find places where code goes against the book.
///
/// Looks through directories for Python files and notebooks, without what `.gitignore` names, and at the configuration files that rules
/// are about (`pyproject.toml` and its like). Settings come from the nearest
/// `marginalia.toml` or `pyproject.toml` of each file. The exit status is 0 when nothing was found, 1 when something was,
/// 2 when a file could not be read or is no Python; everything else is checked all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  marginalia check                              this directory and what is below it
  marginalia check src tests/test_api.py
  marginalia check --select security,§4.3 src   only these groups, sections, rules
  marginalia check --ignore bare-except .       what the settings say, but not this rule
  marginalia check --diff src                   what --fix would change
  marginalia check --fix src                    ... and do it; only fixes that keep the meaning
  marginalia check --statistics .               how often each rule is broken
  marginalia check --format json src            for a program; sarif and github are for services
  marginalia check --stdin-filename src/app.py - < src/app.py")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(super) struct Arguments {
    /// Files and directories; `-` for standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to print findings.
    #[arg(long, alias = "output-format", value_enum, default_value_t)]
    format: FormatName,
    /// Only these rules, whatever the settings say: rules, groups (`security`), sections (`4.3`) or `all`.
    #[arg(long, value_name = "RULE,...", value_delimiter = ',')]
    select: Vec<String>,
    /// Not these rules.
    #[arg(long, value_name = "RULE,...", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Apply safe fixes: those that keep what the program does.
    #[arg(long)]
    fix: bool,
    /// Print what `--fix` would change, and change nothing; exit status 1 when there is something.
    #[arg(long, conflicts_with_all = ["fix", "statistics"])]
    diff: bool,
    /// Print how often each rule is broken instead of each finding.
    #[arg(long)]
    statistics: bool,
    /// Exit with 0 even when there are findings; 2 stays 2.
    #[arg(long)]
    exit_zero: bool,
    /// The file that standard input is the content of: decides on settings, and is named in what is printed.
    #[arg(long, value_name = "PATH")]
    stdin_filename: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, out: &mut Output) -> Outcome {
    let projects = Projects::new();
    let knowledge = arguments.knowledge(&projects);
    let choice = Choice {
        select: selection::read(&arguments.select, &knowledge)?,
        ignore: selection::read(&arguments.ignore, &knowledge)?,
    };
    let projects = projects.with(choice);
    let format = arguments.format.format(out.width());
    let checker = Checker { arguments, projects: &projects, format: &*format };
    let mut printer = Printer { arguments, format: &*format, totals: Totals::default(), problems: Vec::new(), out };
    if arguments.is_stdin()? {
        let report = on_big_stack(|| checker.stdin())?;
        if arguments.fix {
            return printer.filter(report);
        }
        printer.begin()?;
        printer.file(report)?;
    } else {
        printer.begin()?;
        let (files, problems) = files::find(&arguments.paths);
        printer.complain(problems);
        // Findings that stream by on a terminal show the progress themselves.
        let progress =
            Progress::new(if printer.lists() && printer.out.is_terminal() { 0 } else { files.len() }, "files");
        let take = |report| {
            progress.step();
            progress.aside(|| printer.file(report))
        };
        parallel::in_order(&files, |path| checker.file(path), take)?;
    }
    printer.complain(projects.problems().into_iter().map(|problem| Problem {
        harmless: true,
        ..Problem::new("settings", Some(&problem.source), problem.to_string())
    }));
    printer.end()
}

impl Arguments {
    /// The books whose rules may be named: those that are open here, and where the paths lead.
    fn knowledge(&self, projects: &Projects) -> Vec<Arc<Knowledge>> {
        let within = |path: &PathBuf| if path.is_dir() { path.join("-") } else { path.clone() };
        let places = std::iter::once(PathBuf::from("-")).chain(self.paths.iter().map(within));
        places.map(|place| Arc::clone(projects.of(&place).engine.knowledge())).collect()
    }

    /// Whether standard input is what is checked.
    fn is_stdin(&self) -> Result<bool, Failure> {
        let stdin = self.paths.iter().any(|path| path == Path::new("-"));
        let fault = match (stdin, &self.stdin_filename) {
            (true, _) if self.paths.len() > 1 => "`-` is standard input; name it alone, or name files",
            (false, Some(_)) => "--stdin-filename is about standard input; name `-` as the file to check",
            (true, _) if self.fix && self.format != FormatName::Text => {
                "with --fix, what comes out is the file; leave --format away"
            }
            _ if self.diff && self.format != FormatName::Text => "--diff comes as text; leave --format away",
            _ if self.statistics && matches!(self.format, FormatName::Sarif | FormatName::Github) => {
                "--statistics comes as text or json"
            }
            _ => return Ok(stdin),
        };
        Err(Failure::new(fault))
    }
}

/// Checks files, on many threads.
struct Checker<'a> {
    arguments: &'a Arguments,
    projects: &'a Projects,
    format: &'a dyn Format,
}

impl Checker<'_> {
    /// Checks a file, and writes its fixes into it when that is asked for.
    fn file(&self, path: &Path) -> Report {
        let applied = self.projects.of(path);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let other = files::is_other(path);
        if other && !applied.engine.looks_at(name) {
            return Report::default();
        }
        if let Some(message) = source::too_large(path, &applied.settings) {
            if other {
                return Report::default();
            }
            let name = name_of(path);
            return Report::unread(Problem { harmless: true, ..Problem::new("too-large", Some(&name), message) });
        }
        let source = match Source::read(path) {
            Ok(source) => source,
            // Whatever it is, nobody asked for it.
            Err(_) if other => return Report::default(),
            Err(unread) => return Report::unread(Problem::unread(&name_of(path), unread)),
        };
        let mut report = self.source(&source, &applied);
        if self.arguments.fix
            && report.changed
            && let Err(fault) = replace_file(path, report.text.as_bytes())
        {
            let message = format!("cannot write {}: {}", source.name, reason(&fault));
            report.problems.push(Problem::new("unreadable", Some(&source.name), message));
            report.totals.fixed = 0;
        }
        report
    }

    /// Checks standard input.
    fn stdin(&self) -> Report {
        let name = self.arguments.stdin_filename.as_deref().map_or_else(|| "-".to_owned(), name_of);
        let applied = self.projects.of(self.arguments.stdin_filename.as_deref().unwrap_or(Path::new("-")));
        match Source::from_stdin(name.clone(), self.arguments.stdin_filename.clone()) {
            Ok(source) => self.source(&source, &applied),
            Err(unread) => Report::unread(Problem::unread(&name, unread)),
        }
    }

    /// A fault of ours in one file must not cost the others their findings.
    fn source(&self, source: &Source, applied: &Applied) -> Report {
        catch_unwind(AssertUnwindSafe(|| self.text(source, applied))).unwrap_or_else(|_| {
            let message =
                format!("{} cannot be checked because of a fault in Marginalia; please report it", source.name);
            Report::failed(Problem::new("internal", Some(&source.name), message), source.content())
        })
    }

    fn text(&self, source: &Source, applied: &Applied) -> Report {
        let Arguments { fix, diff, statistics, .. } = self.arguments;
        let mut problems = Vec::new();
        let other = source.path.as_deref().is_some_and(files::is_other);
        let (checked, fixed, after) = if other {
            (Checked::other(source, applied), 0, source.clone())
        } else if *fix || *diff {
            let Fixed { source: after, checked, count, problem } = file::fix(source, applied);
            problems.extend(problem.map(|message| Problem::new("fix", Some(&source.name), message)));
            (checked, count, after)
        } else {
            (Checked::new(source, applied), 0, source.clone())
        };
        problems.extend(checked.syntax_problem().map(|(count, cell, range, message)| {
            let more = if count > 1 { format!(" (and {} more)", count - 1) } else { String::new() };
            let Position { line, column, .. } = range.start;
            let name = cell.map_or_else(|| source.name.clone(), |cell| format!("{}:cell {cell}", source.name));
            let message = format!("{name}:{line}:{column}: syntax error: {message}{more}");
            Problem { cell, range: Some(range), ..Problem::new("syntax", Some(&source.name), message) }
        }));
        if checked.findings.len() + 1 == MAX_FINDINGS {
            let message = format!(
                "{} has more findings than are counted: only the first {}",
                source.name,
                checked.findings.len()
            );
            problems.push(Problem { harmless: true, ..Problem::new("cut", Some(&source.name), message) });
        }
        let output = if *diff {
            diff::of_file(source, &after)
        } else if *statistics || checked.findings.is_empty() {
            String::new()
        } else {
            self.format.file(&checked)
        };
        let text = Arc::clone(after.content());
        let changed = text != *source.content();
        Report { output, totals: Totals::of(&checked, fixed), problems, text, changed }
    }
}

/// Prints what was found, file by file, and remembers what it takes to end.
struct Printer<'a> {
    arguments: &'a Arguments,
    format: &'a dyn Format,
    totals: Totals,
    problems: Vec<Problem>,
    out: &'a mut Output,
}

impl Printer<'_> {
    /// Whether the findings are printed one by one.
    fn lists(&self) -> bool {
        !self.arguments.diff && !self.arguments.statistics
    }

    fn begin(&mut self) -> Result<(), Failure> {
        if self.lists() {
            self.format.begin(self.out)?;
        }
        Ok(())
    }

    fn file(&mut self, report: Report) -> Result<(), Failure> {
        let first = self.totals.findings == 0;
        if !report.output.is_empty() {
            if self.lists() {
                self.format.write(&report.output, first, self.out)?;
            } else {
                write!(self.out, "{}", report.output)?;
            }
        }
        self.totals.add(report.totals);
        self.complain(report.problems);
        Ok(())
    }

    /// Says problems at once, and keeps them for the end.
    fn complain(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            let complaint = if problem.harmless { Complaint::Warning } else { Complaint::Error };
            complain(complaint, &problem.message);
            self.problems.push(problem);
        }
    }

    fn end(self) -> Outcome {
        let Self { arguments, format, totals, problems, out } = self;
        if arguments.statistics {
            match arguments.format {
                FormatName::Json => totals.counts.json(&problems, out)?,
                _ => totals.counts.text(out)?,
            }
        } else if arguments.diff {
            if totals.fixed > 0 {
                complain(Complaint::Note, &format!("`--fix` puts {} right", plural(totals.fixed, "finding")));
            }
        } else {
            format.end(&totals, &problems, out)?;
        }
        let found = if arguments.diff { totals.fixed } else { totals.findings };
        Ok(arguments.status(found, &problems))
    }

    /// Standard input with its fixes; what is left is said on standard error.
    fn filter(mut self, report: Report) -> Outcome {
        write!(self.out, "{}", report.text)?;
        self.complain(report.problems);
        anstream::eprint!("{}", report.output);
        Ok(self.arguments.status(report.totals.findings, &self.problems))
    }
}

impl Arguments {
    fn status(&self, findings: usize, problems: &[Problem]) -> Status {
        if problems.iter().any(|problem| !problem.harmless) {
            Status::Trouble
        } else if findings > 0 && !self.exit_zero {
            Status::Findings
        } else {
            Status::Clean
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
