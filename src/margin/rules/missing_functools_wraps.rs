//! `missing-functools-wraps`: a decorator's inner function that hides what it wraps.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

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
    let decorated = parameter.name().as_str();
    let Some(Stmt::Return(ast::StmtReturn { value: Some(value), .. })) = def.body.last() else { return };
    let Expr::Name(returned) = value.as_ref() else { return };
    let wrapper = def.body.iter().find_map(|stmt| match stmt {
        Stmt::FunctionDef(inner) if inner.name.as_str() == returned.id => Some(inner),
        _ => None,
    });
    let Some(wrapper) = wrapper.filter(|wrapper| wrapper.decorator_list.is_empty()) else { return };
    if !calls(&wrapper.body, decorated) || copies_metadata(context, &def.body) {
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

/// Whether a body ends by returning a name.
fn returns(body: &[Stmt], name: &str) -> bool {
    let Some(Stmt::Return(ast::StmtReturn { value: Some(value), .. })) = body.last() else { return false };
    matches!(value.as_ref(), Expr::Name(returned) if returned.id == name)
}

/// Whether the metadata is copied in another way: `update_wrapper(...)`, `wrapper.__name__ = ...`.
fn copies_metadata(context: &Context<'_>, body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Expr(stmt) => match stmt.value.as_ref() {
            Expr::Call(call) => {
                context.resolve(&call.func).is_some_and(|symbol| symbol == "functools.update_wrapper")
            }
            _ => false,
        },
        Stmt::Assign(assign) => assign.targets.iter().any(
            |target| matches!(target, Expr::Attribute(attribute) if attribute.attr.as_str().starts_with("__")),
        ),
        _ => false,
    })
}

/// Whether a body calls a name.
fn calls(body: &[Stmt], name: &str) -> bool {
    struct Calls<'n> {
        name: &'n str,
        found: bool,
    }
    impl<'v> Visitor<'v> for Calls<'_> {
        fn visit_expr(&mut self, expr: &'v Expr) {
            if let Expr::Call(call) = expr
                && matches!(call.func.as_ref(), Expr::Name(callee) if callee.id == self.name)
            {
                self.found = true;
            }
            if !self.found {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_expr(self, expr));
            }
        }
        fn visit_stmt(&mut self, stmt: &'v Stmt) {
            if !self.found {
                stacker::maybe_grow(64 * 1024, 1024 * 1024, || visitor::walk_stmt(self, stmt));
            }
        }
    }
    let mut calls = Calls { name, found: false };
    calls.visit_body(body);
    calls.found
}
