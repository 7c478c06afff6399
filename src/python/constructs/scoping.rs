//! Names that say something about scopes: those that hide a built-in, those taken from outside, functions used as values.

use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};
use ruff_text_size::TextRange;

use crate::python::Construct;
use crate::python::context::{Context, Lookup, Node};
use crate::python::names::is_dunder;
use crate::python::scope::{BindingKind, all_are};
use crate::python::table::ModuleBindingKind;
use crate::python::walk::Sink;

/// Names that a statement itself binds or takes from outside.
pub(super) fn statement(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    match stmt {
        Stmt::Global(ast::StmtGlobal { names, .. }) | Stmt::Nonlocal(ast::StmtNonlocal { names, .. }) => {
            for name in names {
                sink.construct(name.range, Construct::NameFree);
            }
        }
        Stmt::FunctionDef(def) => {
            shadows(context, def.name.as_str(), def.name.range, sink);
            for parameter in &*def.parameters {
                hides(parameter.name().as_str(), parameter.name().range, sink);
            }
        }
        Stmt::ClassDef(class) => shadows(context, class.name.as_str(), class.name.range, sink),
        Stmt::Import(ast::StmtImport { names, .. }) | Stmt::ImportFrom(ast::StmtImportFrom { names, .. }) => {
            for alias in names {
                // `from m import open` is chosen by the module; an `as` is chosen here.
                if let Some(asname) = &alias.asname {
                    shadows(context, asname.as_str(), asname.range, sink);
                }
            }
        }
        _ => {}
    }
}

/// Names in expressions.
pub(super) fn name(context: &Context<'_>, name: &ast::ExprName, sink: &mut Sink) {
    match name.ctx {
        ExprContext::Store => {
            if !is_rebound(context) {
                shadows(context, name.id.as_str(), name.range, sink);
            }
        }
        ExprContext::Load => {
            if name.id == "__name__" {
                sink.construct(name.range, Construct::ModuleAttrName);
            } else if is_value(context, name) {
                sink.construct(name.range, Construct::FunctionAsValue);
            }
        }
        ExprContext::Del | ExprContext::Invalid => {}
    }
}

/// The target of `x += 1`, which was bound before.
fn is_rebound(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Stmt(Stmt::AugAssign(_))))
}

/// Notes a binding that hides a built-in from the code around it. A class body hides nothing from its methods.
fn shadows(context: &Context<'_>, name: &str, range: TextRange, sink: &mut Sink) {
    if !context.in_class_body() {
        hides(name, range, sink);
    }
}

fn hides(name: &str, range: TextRange, sink: &mut Sink) {
    // What `site` adds for the interactive prompt is missed by no program.
    let interactive = matches!(name, "copyright" | "credits" | "license" | "exit" | "quit" | "help");
    if !interactive && !is_dunder(name) && ruff_python_stdlib::builtins::is_python_builtin(name, 14, false) {
        sink.construct(range, Construct::NameShadowsBuiltin);
    }
}

/// A function of this file handed on without being called: as an argument, in a container, under another name.
fn is_value(context: &Context<'_>, name: &ast::ExprName) -> bool {
    let handed_on = match context.parent() {
        Some(Node::Expr(Expr::Call(call))) => {
            !matches!(call.func.as_ref(), Expr::Name(callee) if std::ptr::eq(callee, name))
        }
        Some(
            Node::Keyword(_)
            | Node::Expr(Expr::Dict(_) | Expr::List(_) | Expr::Tuple(_) | Expr::Set(_))
            | Node::Stmt(Stmt::Assign(_) | Stmt::AnnAssign(_)),
        ) => true,
        _ => false,
    };
    handed_on
        && match context.lookup(name.id.as_str(), name.range.start()) {
            Lookup::Local { bindings, .. } => all_are(bindings, |kind| matches!(kind, BindingKind::Function(_))),
            Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Function(_)),
            Lookup::Symbol(_) | Lookup::Unbound => false,
        }
}
