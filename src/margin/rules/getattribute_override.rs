//! `getattribute-override`: a class that intercepts every access to its attributes.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "getattribute-override", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if context.in_class_body() && def.name.as_str() == "__getattribute__" {
        report.at(def.name.range(), &[]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_a_method_is_found() {
        let source = "class C:\n    def __getattribute__(self, name): ...\n    def __getattr__(self, name): ...\ndef __getattribute__(x): ...\n";
        assert_eq!(found("getattribute-override", source), ["__getattribute__"]);
    }
}
