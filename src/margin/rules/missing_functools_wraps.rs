//! `missing-functools-wraps`: a decorator's inner function that hides what it wraps.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{any_in, any_in_own, comments_above, docstring, is_name, is_symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "missing-functools-wraps", hooks: &[Hook::Function(check)] };

/// Looks at a decorator: a function with one parameter whose body ends by returning an inner function that calls it.
fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let [parameter] = def.parameters.args.as_slice() else { return };
    if parameter.default.is_some() || def.parameters.vararg.is_some() || def.parameters.kwarg.is_some() {
        return;
    }
    // A function in a function is a decorator when it is handed out, not when it is a helper.
    let handed_out = |outer: &ast::StmtFunctionDef| returns(&outer.body, def.name.as_str());
    if !context.enclosing_function().is_none_or(handed_out) {
        return;
    }
    if is_maker(&def.name) {
        return;
    }
    let decorated = parameter.name().as_str();
    let Some(Stmt::Return(ast::StmtReturn { value: Some(value), .. })) = def.body.last() else { return };
    let Expr::Name(returned) = value.as_ref() else { return };
    let wrapper = def.body.iter().find_map(|stmt| match stmt {
        Stmt::FunctionDef(inner) if inner.name.as_str() == returned.id => Some(inner),
        _ => None,
    });
    let Some(wrapper) = wrapper.filter(|wrapper| wrapper.decorator_list.is_empty()) else { return };
    if !calls(wrapper, decorated) || copies_metadata(context, &def.body, decorated) {
        return;
    }
    // It says itself what it is, or a comment says why it does not say so.
    if docstring(&wrapper.body).is_some() || comments_above(context, wrapper.start()).any(|comment| comment.contains("wraps")) {
        return;
    }
    if is_only_called(context, def) || raises(wrapper, decorated) {
        return;
    }
    let fix = spelling(context, "functools.wraps", wrapper.range.start()).map(|(wraps, import)| {
        let indent = indentation(context.source, wrapper.range.start());
        Fix {
            title: format!("Add `@{wraps}({decorated})`"),
            safe: false,
            edits: vec![Edit::insert(wrapper.range.start(), format!("@{wraps}({decorated})\n{indent}"))],
            imports: import.into_iter().collect(),
        }
    });
    let finding = report.at(wrapper.name.range(), &[("wrapper", wrapper.name.as_str()), ("function", decorated)]);
    finding.fix = fix;
}

/// Whether a private function is called for what it makes, as its name says: `_make_killable(target)`. What it gives is
/// there to be called, not to be looked up.
fn is_maker(name: &str) -> bool {
    const VERBS: [&str; 6] = ["_make_", "_create_", "_build_", "_get_", "_new_", "_adapt_"];
    VERBS.iter().any(|verb| name.starts_with(verb))
}

/// A private function of the module that nothing here is decorated with: it is called (`target = _guarded(target)`), and what
/// it makes is there to be called, too.
fn is_only_called(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    def.name.starts_with('_') && context.at_module_level() && !context.table.decorates(&def.name)
}

/// `raise error(*args)`: what is wrapped is a class of errors.
fn raises(wrapper: &ast::StmtFunctionDef, decorated: &str) -> bool {
    any_in(&wrapper.body, |node| {
        let AnyNodeRef::StmtRaise(ast::StmtRaise { exc: Some(error), .. }) = node else { return false };
        matches!(error.as_ref(), Expr::Call(call) if is_name(&call.func, decorated))
    })
}

/// Whether a body ends by returning a name.
fn returns(body: &[Stmt], name: &str) -> bool {
    let Some(Stmt::Return(ast::StmtReturn { value: Some(value), .. })) = body.last() else { return false };
    matches!(value.as_ref(), Expr::Name(returned) if returned.id == name)
}

/// Whether the metadata is copied in another way: `update_wrapper(...)`, `copy_name(wrapper, function)`,
/// `wrapper.__name__ = ...`, or a wrapper further in that has `@wraps`.
fn copies_metadata(context: &Context<'_>, body: &[Stmt], decorated: &str) -> bool {
    let wraps = |node: AnyNodeRef<'_>| matches!(node, AnyNodeRef::ExprCall(call) if is_symbol(context, &call.func, &["functools.wraps"]));
    any_in(body, wraps) || any_in_own(body, |node| match node {
        AnyNodeRef::ExprCall(call) => {
            let takes_it = call.arguments.args.iter().any(|argument| is_name(argument, decorated));
            is_symbol(context, &call.func, &["functools.update_wrapper"]) || takes_it && call.arguments.args.len() > 1
        }
        AnyNodeRef::StmtAssign(assign) => assign.targets.iter().any(
            |target| matches!(target, Expr::Attribute(attribute) if attribute.attr.as_str().starts_with("__")),
        ),
        _ => false,
    })
}

/// Whether the wrapper calls the function as it was called itself: with its `*args`, or with each of several parameters. One
/// that is called in another way is no stand-in, but an adapter.
fn calls(wrapper: &ast::StmtFunctionDef, decorated: &str) -> bool {
    let parameters = &wrapper.parameters;
    let own: Vec<&str> = parameters.posonlyargs.iter().chain(&parameters.args).map(|one| one.name().as_str()).collect();
    any_in(&wrapper.body, |node| {
        let AnyNodeRef::ExprCall(call) = node else { return false };
        let given = &call.arguments;
        let unpacked = given.args.iter().any(Expr::is_starred_expr) || given.keywords.iter().any(|one| one.arg.is_none());
        let each = own.len() > 1 && given.args.len() == own.len() && given.args.iter().zip(&own).all(|(one, name)| is_name(one, name));
        is_name(&call.func, decorated) && (unpacked || each)
    })
}


#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_private_maker_is_no_decorator() {
        let wrapper = "    def call(*args):\n        return target(*args)\n    return call\n";
        assert!(found("missing-functools-wraps", &format!("def _make_killable(target):\n{wrapper}")).is_empty());
        assert_eq!(found("missing-functools-wraps", &format!("def _killable(target):\n{wrapper}@_killable\ndef run(): ...\n")), ["call"]);
        assert_eq!(found("missing-functools-wraps", &format!("def make_killable(target):\n{wrapper}")), ["call"]);
    }

    #[test]
    fn what_no_one_decorates_with_is_an_adapter() {
        let quiet = "\
def _guarded(target):
    def call(*args):
        return target(*args)
    return call
start(_guarded(run))
def run_with(execute):
    def execute_quietly(*args):
        \"\"\"Executes with less output.\"\"\"
        return execute(*args)
    return execute_quietly
def compiled(method):
    # No functools.wraps here: it takes over traits of the compiled method.
    def call(*args):
        return method(*args)
    return call
def raising(error):
    def fail(*args):
        raise error(*args)
    return fail
";
        assert!(found("missing-functools-wraps", quiet).is_empty());
        let decorator = "\
def _guarded(target):
    def call(*args):
        return target(*args)
    return call
class Tasks:
    @_guarded
    def run(self): ...
";
        assert_eq!(found("missing-functools-wraps", decorator), ["call"]);
    }
}
