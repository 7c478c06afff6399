//! `pydantic-basesettings-import`: a class that has moved out.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{expects_error, has_comment};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::margin::{Edit, Fix, Import};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "pydantic-basesettings-import",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtImportFrom], check_import),
        Hook::Expr(&[NodeKind::ExprAttribute], check_attribute),
    ],
};

fn check_import<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::ImportFrom(import) = stmt else { return };
    if import.level != 0 || import.module.as_ref().is_none_or(|module| module.as_str() != "pydantic") {
        return;
    }
    let Some(at) = import.names.iter().position(|alias| alias.name.as_str() == "BaseSettings") else { return };
    if !may_fail(context) {
        let fix = moved(context, import, at);
        report.at(import.names[at].name.range(), &[]).fix = fix;
    }
}

fn check_attribute<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = expr else { return };
    if attribute.attr.as_str() == "BaseSettings"
        && context.resolve(expr).is_some_and(|symbol| symbol == "pydantic.BaseSettings")
        && !may_fail(context)
    {
        let fix = replace_symbol(context, expr.range(), "pydantic_settings.BaseSettings", false);
        report.at(expr, &[]).fix = fix;
    }
}

/// Whether the code around knows that there are two versions: a `try`, or a branch that asks for one.
fn may_fail(context: &Context<'_>) -> bool {
    expects_error(context) || context.ancestors().any(|node| matches!(node, Node::Stmt(Stmt::Try(_) | Stmt::If(_))))
}

fn moved(context: &Context<'_>, import: &ast::StmtImportFrom, at: usize) -> Option<Fix> {
    let title = "Import it from `pydantic_settings`".to_owned();
    let (edits, imports) = match import.names.as_slice() {
        [_] => (vec![Edit::replace(import.module.as_ref()?.range(), "pydantic_settings")], Vec::new()),
        names => {
            let range = match names.get(at + 1) {
                Some(next) => TextRange::new(names[at].start(), next.start()),
                None => TextRange::new(names[at - 1].end(), names[at].end()),
            };
            if names[at].asname.is_some() || has_comment(context, range) {
                return None;
            }
            let import = Import { module: Name::new("pydantic_settings"), name: Some(Name::new("BaseSettings")) };
            (vec![Edit::delete(range)], vec![import])
        }
    };
    Some(Fix { title, safe: false, edits, imports })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "pydantic-basesettings-import";

    #[test]
    fn code_that_knows_both_versions_is_fine() {
        let quiet = "\
from pydantic_settings import BaseSettings
from pydantic.v1 import BaseSettings as Old
from .pydantic import BaseSettings as Own
import pydantic
try:
    from pydantic import BaseSettings
except ImportError:
    BaseSettings = pydantic.BaseModel
if pydantic.VERSION < '2':
    base = pydantic.BaseSettings
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn the_import_moves_too() {
        let source = "from pydantic import BaseModel, BaseSettings, Field\n\nclass A(BaseSettings): ...\n";
        let expected = "\
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings

class A(BaseSettings): ...
";
        assert_eq!(fixed(RULE, source), expected);
        assert_eq!(
            fixed(RULE, "from pydantic import BaseSettings as Base\n"),
            "from pydantic_settings import BaseSettings as Base\n"
        );
        let source = "import pydantic\nclass A(pydantic.BaseSettings): ...\n";
        assert_eq!(found(RULE, source), ["pydantic.BaseSettings"]);
        assert!(fixed(RULE, source).contains("class A(pydantic_settings.BaseSettings)"));
    }
}
