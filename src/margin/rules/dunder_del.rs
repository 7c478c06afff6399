//! `dunder-del`: clean-up that is left to the garbage collector.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "dunder-del", hooks: &[Hook::Function(check)] };

/// With one of these the clean-up can be asked for, and `__del__` is the net below.
const EXPLICIT: [&str; 4] = ["close", "aclose", "__exit__", "__aexit__"];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if def.name.as_str() != "__del__" || !context.in_class_body() {
        return;
    }
    let Some(class) = context.scopes().last().and_then(|scope| scope.class_info.as_deref()) else { return };
    // A base that is not of this file may have them.
    let closes = EXPLICIT.iter().any(|name| class.methods.contains_key(*name));
    if !closes && class.bases.iter().all(|base| base.starts_with("builtins.")) {
        report.at(def.name.range(), &[("class", class.name.as_str())]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_net_below_an_explicit_way_is_fine() {
        let quiet = "\
class A:
    def close(self): ...
    def __del__(self):
        self.close()
class B(Closeable):
    def __del__(self): ...
def __del__(): ...
";
        assert!(found("dunder-del", quiet).is_empty());
        assert_eq!(found("dunder-del", "class C(object):\n    def __del__(self): ...\n"), ["__del__"]);
    }
}
