//! `exception-as-flow-control`: an exception where a branch, or a default, would do.

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::{self as ast, Expr, NodeKind, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{any_in, has_comment, is_symbol, operand, symbol};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Lookup};

pub(super) const DETECTOR: Detector = Detector {
    rule: "exception-as-flow-control",
    hooks: &[Hook::Stmt(&[NodeKind::StmtRaise], check_raise), Hook::Stmt(&[NodeKind::StmtTry], check_lookup)],
};

/// `raise X` directly in a `try` that catches `X` to go on.
fn check_raise<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Raise(ast::StmtRaise { exc: Some(raised), .. }) = stmt else { return };
    let Some(around) = context.enclosing_try().filter(|_| !context.in_test()) else { return };
    let class = if let Expr::Call(call) = raised.as_ref() { &call.func } else { raised };
    if !names_class(context, class) {
        return;
    }
    let catches = around.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| {
        let is_it = |ty: &Expr| ComparableExpr::from(ty) == ComparableExpr::from(class.as_ref());
        let caught = match handler.type_.as_deref() {
            Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(is_it),
            Some(single) => is_it(single),
            None => false,
        };
        // One that raises again only puts it in other words.
        caught && !any_in(&handler.body, |node| node.is_stmt_raise())
    });
    if catches && !is_symbol(context, class, &["builtins.StopIteration", "builtins.StopAsyncIteration"]) {
        let place = TextRange::at(stmt.start(), TextSize::of("raise"));
        let text = format!("`{}` is raised only to be caught a few lines below", context.text(class.as_ref()));
        report.say(place, text);
    }
}

fn names_class(context: &Context<'_>, class: &Expr) -> bool {
    match class {
        Expr::Name(name) => !matches!(
            context.lookup(name.id.as_str(), name.start()),
            Lookup::Local { .. } | Lookup::Unbound
        ),
        Expr::Attribute(_) => symbol(context, class).is_some(),
        _ => false,
    }
}

/// `try: v = d[k]`, `except KeyError: v = default`.
fn check_lookup<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Try(around) = stmt else { return };
    let ([Stmt::Assign(lookup)], [ast::ExceptHandler::ExceptHandler(handler)]) =
        (around.body.as_slice(), around.handlers.as_slice())
    else {
        return;
    };
    let [Stmt::Assign(fallback)] = handler.body.as_slice() else { return };
    let (Expr::Subscript(subscript), [target], [other]) =
        (lookup.value.as_ref(), lookup.targets.as_slice(), fallback.targets.as_slice())
    else {
        return;
    };
    let catches_key_error =
        handler.type_.as_deref().is_some_and(|ty| is_symbol(context, ty, &["builtins.KeyError"]));
    let same_target = ComparableExpr::from(target) == ComparableExpr::from(other);
    if !catches_key_error || !same_target || !around.orelse.is_empty() || !around.finalbody.is_empty() || around.is_star {
        return;
    }
    // Only a dict is known to have `get`, and to tell of its own missing keys only.
    let is_dict = context.infer(&subscript.value).is_some_and(|ty| ty.is_builtin("dict"));
    if !is_dict {
        return;
    }
    let default = fallback.value.as_ref();
    let dict = context.text(subscript.value.as_ref());
    let plain = is_cheap(default) && !has_comment(context, stmt);
    let fix = plain.then(|| {
        let key = operand(context, &subscript.slice, OperatorPrecedence::None);
        let (target, default) = (context.text(target), context.text(default));
        Fix {
            title: format!("Use `{dict}.get()`"),
            safe: false,
            edits: vec![Edit::replace(stmt, format!("{target} = {dict}.get({key}, {default})"))],
            imports: Vec::new(),
        }
    });
    let place = TextRange::at(stmt.start(), TextSize::of("try"));
    report.say(place, format!("`{dict}.get()` gives the default without an exception")).fix = fix;
}

/// A default that costs nothing when the key is there.
fn is_cheap(default: &Expr) -> bool {
    match default {
        Expr::Name(_) => true,
        Expr::List(list) => list.elts.is_empty(),
        Expr::Dict(dict) => dict.items.is_empty(),
        Expr::Tuple(tuple) => tuple.elts.is_empty(),
        _ => default.is_literal_expr(),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "exception-as-flow-control";

    #[test]
    fn an_exception_for_the_own_handler_is_found() {
        let source = "try:\n    if a:\n        raise ValueError('b')\n    c()\nexcept (KeyError, ValueError):\n    d()\n";
        assert_eq!(found(RULE, source), ["raise"]);
    }

    #[test]
    fn exceptions_for_others_are_not() {
        for source in [
            "try:\n    raise ValueError('b')\nexcept ValueError as e:\n    raise A from e\n",
            "try:\n    raise ValueError\nexcept Exception:\n    d()\n",
            "try:\n    a()\nexcept ValueError:\n    raise ValueError\n",
            "try:\n    def f():\n        raise ValueError\nexcept ValueError:\n    pass\n",
            "try:\n    raise StopIteration\nexcept StopIteration:\n    pass\n",
        ] {
            assert!(found(RULE, source).is_empty(), "{source}");
        }
    }

    #[test]
    fn a_default_is_asked_for() {
        let source = "d = {}\ntry:\n    v = d['k']\nexcept KeyError:\n    v = []\n";
        assert_eq!(fixed(RULE, source), "d = {}\nv = d.get('k', [])\n");
        for source in [
            "try:\n    v = d['k']\nexcept KeyError:\n    v = []\n",
            "d = {}\ntry:\n    v = d['k']\nexcept KeyError:\n    w = []\n",
            "d = {}\ntry:\n    v = d['k']\nexcept IndexError:\n    v = []\n",
        ] {
            assert!(found(RULE, source).is_empty(), "{source}");
        }
    }
}
