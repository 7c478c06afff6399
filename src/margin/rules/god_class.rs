//! `god-class`: a class that does everything.

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashSet;

use super::support::has_decorator;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "god-class", hooks: &[Hook::Class(check)] };

/// As other tools count.
const MANY: usize = 20;

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    if class.body.len() <= MANY || context.environment.stub {
        return;
    }
    let mut names = FxHashSet::default();
    for stmt in &class.body {
        if let Stmt::FunctionDef(def) = stmt
            && !def.name.starts_with('_')
            && !has_decorator(context, def, &["typing.overload"])
        {
            names.insert(def.name.as_str());
        }
    }
    if names.len() > MANY {
        report.at(class.name.range(), &[("class", class.name.as_str()), ("count", &names.len().to_string())]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn private_methods_and_overloads_do_not_count() {
        let class = |lines: String| format!("from typing import overload\nclass Shop:\n{lines}");
        let methods = |name: &str, count: usize| -> String {
            (0..count).map(|at| format!("    def {name}{at}(self): ...\n")).collect()
        };
        assert!(found("god-class", &class(methods("sell", 20) + &methods("_sell", 9))).is_empty());
        assert_eq!(found("god-class", &class(methods("sell", 21))), ["Shop"]);
        let overloads = "    @overload\n    def sell(self): ...\n".repeat(30);
        assert!(found("god-class", &class(overloads)).is_empty());
    }
}
