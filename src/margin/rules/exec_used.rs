//! `exec-used`: text that is run as statements.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::eval_used::{self, has_names_of_its_own, in_console, is_explained, is_promised};
use super::origins::origins;
use super::support::{docstring_says, is_call_of, is_constant, last_name, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "exec-used", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if executed(context, call).is_some_and(|code| is_foreign(context, code)) {
        report.at(call.func.range(), &[]);
    }
}

/// The text that a call executes, unless it stands in the program, was compiled by it, or the code says why it may run.
pub(super) fn executed<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> Option<&'a Expr> {
    if !context.is_builtin(&call.func, "exec") {
        return None;
    }
    let code = call.arguments.args.first()?;
    let is_known = is_constant(context, code) || is_code_object(context, code);
    let is_meant = || has_names_of_its_own(context, call, code) || is_explained(context, call) || in_console(context);
    // The docstring says that it runs code: that is what its callers want.
    let is_offered = || docstring_says(context, &["exec"]) || is_promised(context);
    (!is_known && !is_meant() && !is_offered()).then_some(code)
}

/// Whether the code, or a part of it, is read, received or given to the function.
pub(super) fn is_foreign(context: &Context<'_>, code: &Expr) -> bool {
    eval_used::is_foreign(context, code) || origins(context, code).filled
}

/// Whether what is run was compiled before, and passed a place where somebody could look at it. Loaders and debuggers do
/// that.
pub(super) fn is_code_object<'a>(context: &Context<'a>, code: &'a Expr) -> bool {
    if is_call_of(context, value_of(context, code), &["builtins.compile"]) {
        return true;
    }
    match context.infer(code) {
        Some(ty) if ty.class == "types.CodeType" => true,
        Some(ty) if ty.is_builtin("str") || ty.is_builtin("bytes") => false,
        _ => last_name(code).is_some_and(|name| {
            let name = name.trim_start_matches('_');
            ["co", "code", "code_object", "codeobj", "compiled", "bytecode"].contains(&name) || name.ends_with("_code")
        }),
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
def add_paths(file):
    '''Takes in the lines of a file; executes those that import something.'''
    for line in file:
        exec(line)
def read_profile(path):
    '''Reads a profile and calls exec on what is in it.'''
    exec(open(path).read())
class InteractiveConsole:
    def push(self, line):
        exec(line)
def run_script(path):
    names = {'__name__': '__main__', '__file__': path}
    exec(open(path).read(), names)
def load_plugin(path):
    '''Be careful with the file: this is the same as running eval on it.'''
    names = {}
    exec(path.read_text(), names)
def load_style(path):
    '''The file may hold arbitrary code.'''
    exec(path.read_text())
def own():
    code = 'x = 1'
    exec(code)
def load(source, code):
    compiled = compile(source, 'generated', 'exec')
    exec(compiled)
    exec(code, names)
    exec(f.read(), module.__dict__)
";
        assert!(found("exec-used", quiet).is_empty());
        let source = "\
import builtins
builtins.exec(text)
exec(file.read())
def run(code: str):
    exec(code)
def load(path):
    '''Evaluates the rules of a discount after their retrieval.'''
    exec(path.read_text())
";
        assert_eq!(found("exec-used", source), ["builtins.exec", "exec", "exec", "exec"]);
    }

    #[test]
    fn what_the_program_puts_together_is_no_danger() {
        let quiet = "\
class Keys:
    for name in ('UP', 'DOWN'):
        exec(name + ' = object()')
    for method in Terminal:
        exec(TEMPLATE % (method, method))
def make(name):
    source = class_source(name)
    names = {'typing': typing}
    exec(source, names)
";
        assert!(found("exec-used", quiet).is_empty());
        assert_eq!(found("generated-code", quiet).len(), 3);
        let source = "\
def start(imports, path):
    for name in imports or []:
        exec('import %s' % name)
    names = {}
    exec(open(path).read(), names)
";
        assert_eq!(found("exec-used", source), ["exec", "exec"]);
    }
}
