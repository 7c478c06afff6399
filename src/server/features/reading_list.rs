//! `marginalia/readingList`: the sections that the workspace's Python files and notebooks ask for.
//!
//! The files are looked at a few at a time, so that what the user types is answered in between, and a cancelled request
//! stops at the next few.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruff_text_size::TextSize;
use serde::{Deserialize, Serialize};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, Uri, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressEnd, WorkDoneProgressReport,
};

use crate::disk::{Notebook, is_notebook, largest, project_files};
use crate::margin::reading_list::{self, Group, ReadingList, Wanted};
use crate::margin::{Analysis, visible_findings};
use crate::python::Cells;
use crate::server::documents::file_path;
use crate::server::session::Session;

/// More files are not looked at: the answer would not change much.
const MOST_FILES: usize = 10_000;

/// How many files are looked at between two reports of progress.
const STEP: usize = 8;

/// Where to look.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The folders; the workspace's root where there are none.
    #[serde(default)]
    folders: Vec<Uri>,
    work_done_token: Option<ProgressToken>,
}

/// The list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// How many files were looked at.
    files: usize,
    /// How many were not: too large, unreadable, or too many.
    left_out: usize,
    /// From the easiest reading path on.
    groups: Vec<Part>,
}

/// The sections of one reading path.
#[derive(Debug, Serialize)]
struct Part {
    /// Null for chapters on no path.
    path: Option<String>,
    sections: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    number: String,
    book: String,
    reference: String,
    title: String,
    uses: usize,
    findings: usize,
    files: usize,
    first: First,
}

#[derive(Debug, Serialize)]
struct First {
    uri: Option<Uri>,
    /// From 0, as in positions.
    line: usize,
}

/// Looks at every file.
pub async fn reading_list(session: &Arc<Session>, params: Params) -> Result<Answer> {
    let mut folders: Vec<_> = params.folders.iter().filter_map(file_path).collect();
    if folders.is_empty() {
        folders.extend(session.config.root());
    }
    let progress = Progress::begin(session, params.work_done_token);
    let (files, mut left_out) = session.in_pool(move |_| find(&folders)).await?;
    let mut list = ReadingList::default();
    let total = files.len();
    for (step, some) in files.chunks(STEP).enumerate() {
        progress.report(step * STEP, total);
        let some = some.to_vec();
        list.append(session.in_pool(move |session| count(session, &some)).await?);
    }
    left_out += total - list.files();
    Ok(Answer { files: list.files(), left_out, groups: list.groups().into_iter().map(Part::from).collect() })
}

/// The files in order, each once, and how many are too many.
fn find(folders: &[PathBuf]) -> (Vec<PathBuf>, usize) {
    let mut files: Vec<_> = folders.iter().flat_map(|folder| look_through(folder)).flatten().collect();
    files.sort();
    files.dedup();
    let too_many = files.len().saturating_sub(MOST_FILES);
    files.truncate(MOST_FILES);
    (files, too_many)
}

fn look_through(folder: &Path) -> impl Iterator<Item = std::result::Result<PathBuf, ignore::Error>> {
    project_files(folder, |name| is_notebook(Path::new(name)))
}

fn count(session: &Session, files: &[PathBuf]) -> ReadingList {
    let mut list = ReadingList::default();
    for file in files {
        count_file(session, file, &mut list);
    }
    list
}

/// Adds a file; one that cannot be read asks for nothing.
fn count_file(session: &Session, path: &Path, list: &mut ReadingList) {
    let applied = session.config.applied(Some(path));
    let largest = largest(path, applied.settings.max_file_size);
    let fits = fs::metadata(path).is_ok_and(|found| found.len() <= largest);
    let Some(text) = fits.then(|| fs::read_to_string(path).ok()).flatten() else { return };
    let notebook = is_notebook(path).then(|| Notebook::read(&text));
    let Ok(notebook) = notebook.transpose() else { return };
    let name = path.to_string_lossy();
    let options = applied.options(path, notebook.is_some());
    let (text, cells) = notebook.as_ref().map_or_else(|| (text, Cells::default()), Notebook::join);
    let analysis = Analysis::of_cells(text.into(), cells, &options, &applied.engine);
    let findings = visible_findings(&analysis, &applied.settings);
    let Some(notebook) = notebook else { return list.add(&name, &analysis, &findings) };
    list.add_places(&analysis, &findings, |offset| reading_list::First {
        file: name.clone().into_owned(),
        line: line_in_file(&notebook, &analysis.module().cells, offset),
    });
}

/// The line of the notebook's file, from 1, on which a place of its code is.
fn line_in_file(notebook: &Notebook, cells: &Cells, offset: TextSize) -> usize {
    let Some(cell) = cells.at(offset) else { return 1 };
    let within = (offset - cells.content(cell).start()).to_usize();
    let before = &notebook.json().as_bytes()[..notebook.offset(cell, within)];
    1 + memchr::memchr_iter(b'\n', before).count()
}

impl From<Group> for Part {
    fn from(group: Group) -> Self {
        Self { path: group.path, sections: group.sections.into_iter().map(Entry::from).collect() }
    }
}

impl From<Wanted> for Entry {
    fn from(wanted: Wanted) -> Self {
        let Wanted { book, number, reference, title, uses, findings, files, first } = wanted;
        let first = First { uri: Uri::from_file_path(&first.file), line: first.line - 1 };
        Self { number: number.to_string(), book, reference, title, uses, findings, files, first }
    }
}

/// Tells the client how far the work is, when it wants to know; that it is over, however it ends.
struct Progress<'s> {
    session: &'s Session,
    token: Option<ProgressToken>,
}

impl<'s> Progress<'s> {
    fn begin(session: &'s Session, token: Option<ProgressToken>) -> Self {
        let progress = Self { session, token };
        progress.tell(WorkDoneProgress::Begin(WorkDoneProgressBegin {
            title: "Reading list".to_owned(),
            cancellable: Some(true),
            message: None,
            percentage: Some(0),
        }));
        progress
    }

    fn report(&self, done: usize, of: usize) {
        let percentage = u32::try_from(done * 100 / of.max(1)).ok();
        let message = Some(format!("{done} of {of} files"));
        self.tell(WorkDoneProgress::Report(WorkDoneProgressReport { cancellable: Some(true), message, percentage }));
    }

    fn tell(&self, progress: WorkDoneProgress) {
        if let Some(token) = self.token.clone() {
            self.session.outbox.progress(ProgressParams { token, value: ProgressParamsValue::WorkDone(progress) });
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.tell(WorkDoneProgress::End(WorkDoneProgressEnd { message: None }));
    }
}
