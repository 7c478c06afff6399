//! `dotenv-committed`

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{folders_up, is_for_show, path_within};
use super::{Look, ProjectDetector};
use crate::margin::rules::{Hook, Report};
use crate::margin::rules::support::is_symbol;
use crate::python::{Context, Place};

pub(super) const DETECTOR: ProjectDetector = ProjectDetector {
    rule: "dotenv-committed",
    hooks: &[Hook::Call(call)],
    look: Look::Candidates(is_not_ignored),
};

const READERS: [&str; 3] = ["dotenv.load_dotenv", "dotenv.dotenv_values", "dotenv.main.load_dotenv"];

fn call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if is_symbol(context, &call.func, &READERS) {
        report.at(call.func.range(), &[]);
    }
}

/// Whether a `.env` between the file and the root of its project is there, and would be committed.
fn is_not_ignored(place: &Place) -> bool {
    !is_for_show(path_within(place))
        && folders_up(place).any(|folder| {
            let file = folder.join(".env");
            place.has_file(&file) && place.files.is_ignored(&file) == Some(false)
        })
}
