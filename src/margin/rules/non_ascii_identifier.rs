//! `non-ascii-identifier`: a public name that many keyboards cannot type.

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::TextRange;

use super::variables::{BINDING_STATEMENTS, bound_names};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "non-ascii-identifier",
    hooks: &[Hook::Stmt(&BINDING_STATEMENTS, check_stmt), Hook::Target(check_name)],
};

fn check_stmt<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if context.text(stmt).is_ascii() {
        return;
    }
    for bound in bound_names(stmt) {
        check(context, bound.name, bound.range, report);
    }
}

fn check_name<'a>(context: &Context<'a>, name: &'a ast::ExprName, report: &mut Report<'_>) {
    check(context, name.id.as_str(), name.range, report);
}

fn check(context: &Context<'_>, name: &str, range: TextRange, report: &mut Report<'_>) {
    // The name itself is normalised: full-width letters become plain ones.
    if !context.text(range).is_ascii() && !name.starts_with('_') {
        report.at(range, &[("name", name)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn names_are_found_where_they_are_bound() {
        let source = "
größe = 1
print(größe)
def prüfe(wäre, *, ñ=1): pass
class Ärger: pass
import a as ä
for ö in x: pass
match x:
    case [ü, *é]: pass
try: pass
except E as è: pass
ｗｉｄｔｈ = 1
";
        let names = ["größe", "prüfe", "wäre", "ñ", "Ärger", "ä", "ö", "ü", "é", "è", "ｗｉｄｔｈ"];
        assert_eq!(found("non-ascii-identifier", source), names);
    }

    #[test]
    fn private_names_attributes_and_texts_are_not() {
        assert!(found("non-ascii-identifier", "_größe = 'größe'\nx.größe\nname = {'ä': 1}\n").is_empty());
    }
}
