//! `exec-used`: text that is run as statements.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{is_call_of, is_constant};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "exec-used", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // Tests run what the test itself wrote.
    if !context.is_builtin(&call.func, "exec") || context.in_test() {
        return;
    }
    let Some(code) = call.arguments.args.first() else { return };
    // Code that stands in the program, or was compiled by it, is no data.
    if !is_constant(context, code) && !is_call_of(context, code, &["builtins.compile"]) {
        report.at(call.func.range(), &[]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_the_built_in_and_only_text_from_elsewhere_is_meant() {
        let quiet = "\
exec('x = 1')
exec(compile(tree, 'generated', 'exec'), names)
cursor.exec(text)
exec(PROLOGUE)
def run(exec, text):
    exec(text)
def own():
    code = 'x = 1'
    exec(code)
";
        assert!(found("exec-used", quiet).is_empty());
        assert_eq!(found("exec-used", "import builtins\nbuiltins.exec(text)\nexec(f.read())\n"), ["builtins.exec", "exec"]);
    }
}
