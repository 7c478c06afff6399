//! `eval-used`: text that is run as code.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::exec_used::is_code_object;
use super::origins::{has_windows, origins};
use super::support::{comments_on, comments_within, docstring, is_constant, is_large, is_reason, string, value_of, words};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::{Context, Lookup, Node, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "eval-used", hooks: &[Hook::CallOf(&["builtins.eval"], check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(code) = evaluated(context, call).filter(|code| is_foreign(context, code)) else { return };
    let alone = call.arguments.len() == 1 && !code.is_starred_expr();
    let fix = if alone { replace_symbol(context, call.func.range(), "ast.literal_eval", false) } else { None };
    report.at(call.func.range(), &[]).fix = fix;
}

/// The text that a call evaluates, unless it stands in the program, was compiled by it, or the code says why it may run.
pub(super) fn evaluated<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> Option<&'a Expr> {
    if !context.is_builtin(&call.func, "eval") {
        return None;
    }
    let code = call.arguments.args.first()?;
    let is_known = is_constant(context, code) || is_code_object(context, code);
    let is_meant = || has_names_of_its_own(context, call, code) || is_explained(context, call) || is_told(context);
    let is_offered = || in_console(context) || is_promised(context) || is_one_of_few(context, call, code);
    (!is_known && !is_meant() && !is_offered()).then_some(code)
}

/// Whether the text is read, received or handed in: what the program puts together itself is ugly, not dangerous.
pub(super) fn is_foreign(context: &Context<'_>, code: &Expr) -> bool {
    let origins = origins(context, code);
    // `eval(self.expression)` of a calculator.
    let is_variable = || match code {
        Expr::Attribute(attribute) => attribute.value.is_name_expr(),
        Expr::Name(name) => matches!(context.lookup(&name.id, name.start()), Lookup::Module(_)),
        _ => false,
    };
    origins.is_foreign() || origins.file || origins.given || is_variable() && has_windows(context)
}

/// Whether a comment on the call says why the code may run: it speaks of whose code it is, or of the call itself.
pub(super) fn is_explained(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    comments_on(context, call).filter(|comment| is_reason(comment)).any(|comment| {
        ["eval", "exec", "trust", "user code", "safe"].iter().any(|word| comment.to_ascii_lowercase().contains(word))
    })
}

/// Whether a comment in the function speaks of `eval`: somebody has thought about it.
fn is_told(context: &Context<'_>) -> bool {
    let around = context.enclosing_function().map(Ranged::range).filter(|range| !is_large(*range));
    around.is_some_and(|range| comments_within(context, range).any(|comment| is_reason(comment) && comment.contains("eval")))
}

/// Whether the place is part of a debugger or a console, as the name of the file, a class or a function, or the docstring of
/// the class says: the person in front of it types the code.
pub(super) fn in_console(context: &Context<'_>) -> bool {
    let is_one = |name: &str| {
        words(name).iter().any(|word| {
            word.starts_with("debug") || ["console", "interactive", "pdb", "repl"].contains(&word.as_str())
        })
    };
    let says = |text: &str| ["debugger", "interactive interpreter", "interactive session"].iter().any(|word| text.to_ascii_lowercase().contains(word));
    let file = context.environment.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    is_one(file.trim_end_matches(".py"))
        || context.scopes().iter().any(|scope| match scope.kind {
            ScopeKind::Function(def) => is_one(&def.name) || docstring(&def.body).is_some_and(says),
            ScopeKind::Class(class) => is_one(&class.name) || docstring(&class.body).is_some_and(says),
            _ => false,
        })
}

/// Whether the text was found among some that are written there: `if text in ["True", "False"]: eval(text)`.
fn is_one_of_few(context: &Context<'_>, call: &ast::ExprCall, code: &Expr) -> bool {
    let written = |texts: &Expr| match texts {
        Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::Set(ast::ExprSet { elts, .. }) => {
            elts.iter().all(Expr::is_string_literal_expr)
        }
        _ => false,
    };
    let finds = |test: &Expr| matches!(test, Expr::Compare(compare)
        if matches!((&*compare.ops, &*compare.comparators), ([ast::CmpOp::In], [texts]) if written(texts))
            && context.text(compare.left.as_ref()) == context.text(code));
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(branch)) => {
            finds(&branch.test) && branch.body.last().is_some_and(|last| call.end() <= last.end())
        }
        Node::ElifElse(clause) => clause.test.as_ref().is_some_and(finds),
        Node::Expr(Expr::If(ternary)) => finds(&ternary.test) && ternary.body.range().contains_range(call.range()),
        _ => false,
    })
}

/// Whether the function's docstring says that it runs Python: it names `eval`, or evaluates what is Python or code. One that
/// evaluates a formula says nothing of it.
///
/// "Arbitrary code" is a warning in itself.
pub(super) fn is_promised(context: &Context<'_>) -> bool {
    context.enclosing_function().and_then(|def| docstring(&def.body)).is_some_and(|text| {
        let text = text.to_ascii_lowercase();
        let mut words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words.any(|word| word == "eval")
            || ["arbitrary code", "arbitrary python"].iter().any(|warning| text.contains(warning))
            || text.contains("evaluat") && ["python", "code", "annotation", "namespace"].iter().any(|word| text.contains(word))
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

/// `{}`, `{"x": x}`; but not `{**vars(module)}`, which takes in what is there, and not `{"__name__": "__main__"}`, which makes
/// the code a program.
fn is_written_out(dict: &ast::ExprDict) -> bool {
    let is_module = |key: &Expr| string(key).is_some_and(|key| matches!(key, "__name__" | "__file__"));
    dict.is_empty() || dict.items.iter().any(|item| item.key.is_some()) && !dict.items.iter().any(|item| item.key.as_ref().is_some_and(is_module))
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
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};

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
def resolve(text):
    '''Evaluates an annotation that is written as text.'''
    return eval(text)
class Variables:
    '''The list of the debugger, in which values can be changed.'''
    def change(self, text):
        return eval(text)
def debug_prompt():
    return eval(input())
def constant(text):
    if text in ('True', 'False', 'None'):
        return eval(text)
    return eval(text) if text in ['...'] else text
def load(path):
    '''Reads the settings. A file from elsewhere can run arbitrary code here.'''
    return eval(path.read_text())
";
        assert!(found("eval-used", quiet).is_empty());
        let source = "\
def price(formula):
    '''Evaluates the formula of a discount.'''
    return eval(formula)
";
        assert_eq!(found("eval-used", source), ["eval"]);
        let others = "\
def f(text):
    if text in NAMES:
        return eval(text)
    if text in ('x', 'y'):
        return other
    elif text:
        return eval(text)
";
        assert_eq!(found("eval-used", others), ["eval", "eval"]);
        let plain = "def change(self, text):\n    return eval(text)\n";
        let named = |file: &str| Options { file_name: file.to_owned(), ..Options::default() };
        assert_eq!(found_with("eval-used", plain, &named("app/orders.py")).len(), 1);
        assert!(found_with("eval-used", plain, &named("app/debugobj.py")).is_empty());
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

    #[test]
    fn what_the_program_puts_together_is_no_danger() {
        let quiet = "\
def docs(name):
    methods = ['up', 'down']
    for method in methods:
        print(eval('Turtle.' + method).__doc__)
    app = eval('create.{0}(BODY)'.format(name.lower()))
    kinds = '\"static\", \"shared\"'
    return eval(kinds)
def cached(use):
    def inner():
        return eval(use)
    return inner
def size(self, name):
    return eval(self.sizes[name])
def numbers(text):
    # eval() has to know these names.
    from numpy import inf, nan
    return eval(text)
";
        assert!(found("eval-used", quiet).is_empty());
        assert_eq!(found("generated-code", quiet).len(), 4);
    }

    #[test]
    fn what_comes_from_outside_is_found() {
        let source = "\
import argparse, os, sys, tkinter
print(eval(input('? ')))
text = input()
eval(text)
while True:
    line = input()
    print(eval(line.strip()))
def main(formula, request, sock):
    eval(sys.argv[1])
    eval(os.environ['FORMULA'])
    eval(sock.recv(100).decode())
    eval(request.args['x'])
    eval(f'{input()} + 1')
    args = argparse.ArgumentParser().parse_args()
    eval(args.formula)
    formula = formula.replace('x', '*')
    eval(formula)
    with open('rules.txt') as file:
        for line in file:
            eval(line)
class Calculator:
    def pressed(self):
        self.show(eval(self.entry.get()))
";
        assert_eq!(found("eval-used", source).len(), 12);
        let shown = "\
class Calculator:
    def equals(self):
        return eval(self.expression)
";
        assert!(found("eval-used", shown).is_empty());
        assert_eq!(found("eval-used", &format!("import tkinter\n{shown}")), ["eval"]);
    }
}
