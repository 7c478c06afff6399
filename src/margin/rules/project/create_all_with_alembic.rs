//! `create-all-with-alembic`

use ruff_python_ast::{Expr, NodeKind};

use super::support::{folders_up, is_below, is_for_show, path_within};
use super::{Look, ProjectDetector};
use crate::margin::rules::support::last_name;
use crate::margin::rules::{Hook, Report};
use crate::python::{Context, Place};

pub(super) const DETECTOR: ProjectDetector = ProjectDetector {
    rule: "create-all-with-alembic",
    hooks: &[Hook::Expr(&[NodeKind::ExprAttribute], attribute)],
    look: Look::Candidates(has_migrations),
};

/// `Base.metadata.create_all`, called or handed to `run_sync`.
fn attribute<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = expr else { return };
    let of_metadata = || last_name(&attribute.value).is_some_and(|name| matches!(name, "metadata" | "db"));
    if attribute.attr.as_str() == "create_all" && of_metadata() && !context.in_test() {
        report.at(attribute.attr.range, &[]);
    }
}

/// Whether the project has Alembic, and the file is neither part of it nor a test.
fn has_migrations(place: &Place) -> bool {
    let within = path_within(place);
    !is_below(within, &["alembic", "migrations"])
        && !is_for_show(within)
        && folders_up(place).any(|folder| place.has_file(&folder.join("alembic.ini")))
}
