//! `eval-used`: text that is run as code.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::is_call_of;
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "eval-used", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // Tests run what the test itself wrote.
    if !context.is_builtin(&call.func, "eval") || context.in_test() {
        return;
    }
    let Some(code) = call.arguments.args.first() else { return };
    // Code that stands in the program, or was compiled by it, is no data.
    if code.is_literal_expr() || is_call_of(context, code, &["builtins.compile"]) {
        return;
    }
    let alone = call.arguments.len() == 1 && !code.is_starred_expr();
    let fix = if alone { replace_symbol(context, call.func.range(), "ast.literal_eval", false) } else { None };
    report.at(call.func.range(), &[]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn only_the_built_in_is_meant() {
        let quiet = "\
import ast
ast.literal_eval(text)
frame.eval('a + b')
eval('1 + 1')
eval(compile(tree, 'generated', 'eval'))
def run(eval, text):
    return eval(text)
";
        assert!(found("eval-used", quiet).is_empty());
        assert_eq!(found("eval-used", "import builtins\nbuiltins.eval(text)\n"), ["builtins.eval"]);
    }

    #[test]
    fn names_to_look_up_cannot_be_given_to_literal_eval() {
        assert_eq!(fixed("eval-used", "eval(text, names)\n"), "eval(text, names)\n");
        assert_eq!(fixed("eval-used", "eval(text)\n"), "import ast\nast.literal_eval(text)\n");
    }
}
