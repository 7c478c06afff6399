//! `legacy-setup-py`

use ruff_python_ast as ast;

use super::support::toml;
use super::{Look, ProjectDetector};
use crate::margin::rules::support::is_symbol;
use crate::margin::rules::{Hook, Report};
use crate::python::{Context, Place};

pub(super) const DETECTOR: ProjectDetector = ProjectDetector {
    rule: "legacy-setup-py",
    hooks: &[Hook::Call(call)],
    look: Look::Candidates(is_all_there_is),
};

/// What `[project]` says as well.
const METADATA: [&str; 6] = ["name", "version", "install_requires", "python_requires", "entry_points", "description"];

fn call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let given = |keyword: &ast::Keyword| keyword.arg.as_ref().is_some_and(|name| METADATA.contains(&name.as_str()));
    if is_symbol(context, &call.func, &["setuptools.setup", "distutils.core.setup"]) && call.arguments.keywords.iter().any(given) {
        report.at(&*call.func, &[]);
    }
}

/// Whether the file is a project's `setup.py`, and no `pyproject.toml` says what it says.
fn is_all_there_is(place: &Place) -> bool {
    let pyproject = toml(place, &place.folder().join("pyproject.toml"));
    let declared = |table: &toml::Table| {
        table.contains_key("project") || table.get("tool").is_some_and(|tool| tool.get("poetry").is_some())
    };
    place.name() == "setup.py" && !pyproject.as_ref().is_some_and(declared)
}
