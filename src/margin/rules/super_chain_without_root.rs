//! `super-chain-without-root`

use ruff_python_ast::{self as ast, Expr};

use super::mro::{Order, class_of, may_have, order};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "super-chain-without-root", hooks: &[Hook::Call(call)] };

/// How many classes of a file are looked at for subclasses.
const MOST: usize = 200;

fn call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let Expr::Call(receiver) = method.value.as_ref() else { return };
    // Special methods may be those of `object`.
    if method.attr.starts_with("__") || !receiver.arguments.is_empty() || !context.is_builtin(&receiver.func, "super") {
        return;
    }
    let (Some(class), Some(def)) = (context.enclosing_class(), context.enclosing_function()) else { return };
    let guarded = context.enclosing_try().is_some() || context.text(def.range).contains("hasattr");
    if guarded || !is_of_module(context, class) || class.name.ends_with("Mixin") {
        return;
    }
    if ends_nowhere(context, class.name.as_str(), method.attr.as_str()) {
        let values = [("class", class.name.as_str()), ("method", method.attr.as_str())];
        report.at(method.attr.range, &values);
    }
}

/// Whether a class is one of the module, and not of a function or of another class.
fn is_of_module(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    matches!(context.nodes().iter().find(|node| matches!(node, Node::Stmt(ast::Stmt::ClassDef(_) | ast::Stmt::FunctionDef(_)))),
        Some(Node::Stmt(ast::Stmt::ClassDef(outermost))) if std::ptr::eq(outermost, class))
}

/// Whether no class that comes after this one, in its own order and in that of every subclass in the file, has the method.
fn ends_nowhere(context: &Context<'_>, class: &str, method: &str) -> bool {
    let class = format!("@{class}");
    let Some(own) = class_of(context, &class) else { return false };
    if own.metaclass.is_some() || !own.decorators.is_empty() {
        return false;
    }
    // A mixin is made to have others behind it.
    if let Order::Known(order) = order(context, &class)
        && order.iter().any(|it| it.ends_with("Mixin"))
    {
        return false;
    }
    let lacks_behind = |name: &str| match order(context, name) {
        Order::Known(order) => {
            let behind = order.iter().skip_while(|it| it.as_str() != class).skip(1);
            Some(behind.map(|it| may_have(context, it, method)).all(|may| !may))
        }
        _ => None,
    };
    let mut subclasses = 0;
    let mut classes = 0;
    for info in context.table.classes() {
        classes += 1;
        if classes > MOST {
            return false;
        }
        let name = format!("@{}", info.name);
        let Order::Known(order) = order(context, &name) else { continue };
        if name != class && order.iter().any(|it| it.as_str() == class) {
            subclasses += 1;
            if lacks_behind(&name) != Some(true) {
                return false;
            }
        }
    }
    // A class without bases and without subclasses here is meant to be mixed into others.
    lacks_behind(&class) == Some(true) && (subclasses > 0 || own.bases.iter().any(|base| base.starts_with('@')))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn the_last_call_of_a_chain() {
        let chain = "class Step:\n    def run(self):\n        super().run()\nclass A(Step):\n    def run(self):\n        super().run()\n\
            class B(Step):\n    def run(self):\n        super().run()\nclass C(A, B): ...\n";
        assert_eq!(found("super-chain-without-root", chain), ["run"]);
    }

    #[test]
    fn chains_that_end_somewhere_or_may() {
        for source in [
            "class Root:\n    def run(self): ...\nclass A(Root):\n    def run(self):\n        super().run()\n",
            "class A:\n    def run(self):\n        super().run()\n",
            "class A:\n    def run(self):\n        super().run()\nclass R:\n    def run(self): ...\nclass C(A, R): ...\n",
            "from x import R\nclass A(R):\n    def run(self):\n        super().run()\nclass B(A): ...\n",
            "class A:\n    def __init__(self):\n        super().__init__()\nclass B(A): ...\n",
            "class A:\n    def __repr__(self):\n        return super().__repr__()\nclass B(A): ...\n",
            "class A(dict):\n    def get(self, k):\n        return super().get(k)\nclass B(A): ...\n",
            "class A:\n    def run(self):\n        try:\n            super().run()\n        except AttributeError:\n            pass\nclass B(A): ...\n",
            "class TypeMixin: ...\nclass A(TypeMixin):\n    def run(self):\n        super().run()\nclass B(A): ...\n",
            "class A:\n    run = None\nclass B(A):\n    def f(self):\n        super().run()\n",
        ] {
            assert_eq!(found("super-chain-without-root", source), Vec::<String>::new(), "{source}");
        }
    }
}
