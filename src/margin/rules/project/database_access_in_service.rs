//! `database-access-in-service`

use ruff_python_ast::{self as ast, Expr};

use super::support::{folders_up, is_below, is_for_show, path_within};
use super::{Look, ProjectDetector};
use crate::margin::rules::support::last_name;
use crate::margin::rules::{Hook, Report};
use crate::python::{Context, Place};

pub(super) const DETECTOR: ProjectDetector = ProjectDetector {
    rule: "database-access-in-service",
    hooks: &[Hook::Call(call)],
    look: Look::Candidates(is_outside_repositories),
};

/// Whose methods ask the database.
const RECEIVERS: [&str; 8] = ["session", "db_session", "async_session", "conn", "connection", "cursor", "cur", "db"];
const METHODS: [&str; 7] = ["execute", "executemany", "scalar", "scalars", "query", "fetch", "fetchrow"];

fn call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return };
    let method = attribute.attr.as_str();
    let receiver = || last_name(&attribute.value).filter(|name| RECEIVERS.contains(&name.trim_start_matches('_')));
    if METHODS.contains(&method)
        && let Some(receiver) = receiver()
        && !call.arguments.is_empty()
        && !context.in_test()
    {
        report.at(attribute.attr.range, &[("call", &format!("{receiver}.{method}"))]);
    }
}

/// Whether the file belongs to a layer that leaves queries to repositories, in a project that has these.
fn is_outside_repositories(place: &Place) -> bool {
    const OUTSIDE: [&str; 6] = ["services", "api", "routes", "routers", "endpoints", "usecases"];
    const REPOSITORIES: [&str; 3] = ["repositories", "repository", "repos"];
    let within = path_within(place);
    let has_repositories = |folder: &std::path::Path| {
        let folder = place.files.folder(folder).unwrap_or_default();
        REPOSITORIES.iter().any(|name| folder.has_folder(name) || folder.has_file(&format!("{name}.py")))
    };
    is_below(within, &OUTSIDE)
        && !is_below(within, &REPOSITORIES)
        && !is_for_show(within)
        && folders_up(place).any(has_repositories)
}
