//! `relative-import-style`: an import that climbs.

use ruff_python_ast::{NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "relative-import-style",
    hooks: &[Hook::Stmt(&[NodeKind::StmtImportFrom], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::ImportFrom(import) = stmt else { return };
    // One dot is the package itself: that moves along with the module.
    if import.level < 2 {
        return;
    }
    let dots = context.tokens_in(import.range).iter().find(|token| context.text(token.range()).starts_with('.'));
    let Some(start) = dots.map(Ranged::start) else { return };
    let end = match &import.module {
        Some(module) => module.end(),
        None => start + ruff_text_size::TextSize::new(import.level),
    };
    let place = TextRange::new(start, end);
    let levels = (import.level - 1).to_string();
    report.at(place, &[("module", context.text(place)), ("levels", &levels)]);
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_imports_from_further_up_are_found() {
        let source = "\
from . import a
from .b import c
from package.d import e
from .. import f
from ...g.h import i
";
        assert_eq!(found("relative-import-style", source), ["..", "...g.h"]);
    }
}
