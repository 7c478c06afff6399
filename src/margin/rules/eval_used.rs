//! `eval-used`: text that is run as code.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::exec_used::is_code_object;
use super::support::{comments_on, is_reason, value_of};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "eval-used", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // Tests run what the test itself wrote.
    if !context.is_builtin(&call.func, "eval") {
        return;
    }
    let Some(code) = call.arguments.args.first() else { return };
    // Code that stands in the program, or was compiled by it, is no data.
    if code.is_literal_expr() || is_code_object(context, code) {
        return;
    }
    if has_names_of_its_own(context, call, code) || is_explained(context, call) {
        return;
    }
    let alone = call.arguments.len() == 1 && !code.is_starred_expr();
    let fix = if alone { replace_symbol(context, call.func.range(), "ast.literal_eval", false) } else { None };
    report.at(call.func.range(), &[]).fix = fix;
}

/// Whether a comment on the call says why the code may run: it speaks of whose code it is, or of the call itself.
pub(super) fn is_explained(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    comments_on(context, call).filter(|comment| is_reason(comment)).any(|comment| {
        ["eval", "exec", "trust", "user code", "safe"].iter().any(|word| comment.to_ascii_lowercase().contains(word))
    })
}

/// Whether the code is run on purpose: it gets names that are no display, those of a frame, of a module, of another function,
/// as debuggers, consoles and what reads annotations do; or it is made from a template of the program and gets names.
///
/// A display (`{}`, `{"__builtins__": {}}`) looks like a fence and is none.
pub(super) fn has_names_of_its_own<'a>(context: &Context<'a>, call: &'a ast::ExprCall, code: &'a Expr) -> bool {
    let names = call.arguments.args.get(1).or_else(|| call.arguments.find_keyword("globals").map(|given| &given.value));
    names.filter(|names| !names.is_none_literal_expr()).is_some_and(|names| {
        is_template(value_of(context, code)) || !matches!(value_of(context, names), Expr::Dict(dict) if is_written_out(dict))
    })
}

/// `{}`, `{"x": x}`; but not `{**vars(module)}`, which takes in what is there.
fn is_written_out(dict: &ast::ExprDict) -> bool {
    dict.is_empty() || dict.items.iter().any(|item| item.key.is_some())
}

/// `"def {}(): ...".format(name)`, `"def %s(): ..." % name`, `f"def {name}(): ..."`: more than a name that is filled in.
fn is_template(code: &Expr) -> bool {
    match code {
        Expr::FString(text) => text.value.elements().any(ast::InterpolatedStringElement::is_literal),
        Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::Mod, .. }) => left.is_string_literal_expr() || left.is_name_expr(),
        Expr::Call(call) => matches!(call.func.as_ref(), Expr::Attribute(method)
            if method.attr.as_str() == "format" && method.value.is_string_literal_expr()),
        _ => false,
    }
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
eval(text, frame.f_globals, frame.f_locals)
eval(text, globals=names)
eval(text)  # only protects user code
eval(text, {**sys.modules})
compiled = compile(text, 'x', 'eval')
eval(compiled)
def make(name):
    names = {}
    return eval(f'lambda {name}: {name}', names)
";
        assert!(found("eval-used", quiet).is_empty());
        assert_eq!(found("eval-used", "import builtins\nbuiltins.eval(text)\n"), ["builtins.eval"]);
    }

    #[test]
    fn names_to_look_up_cannot_be_given_to_literal_eval() {
        assert_eq!(found("eval-used", "eval(text, {'__builtins__': {}})\neval(text, None)\n"), ["eval", "eval"]);
        let fence = "def f(text):\n    names = {'__builtins__': {}, 'x': 1}\n    return eval(text, names)\n";
        assert_eq!(found("eval-used", fence), ["eval"]);
        assert_eq!(fixed("eval-used", "eval(text, {})\n"), "eval(text, {})\n");
        assert_eq!(fixed("eval-used", "eval(text)\n"), "import ast\nast.literal_eval(text)\n");
    }
}
