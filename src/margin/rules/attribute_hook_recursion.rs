//! `attribute-hook-recursion`: `__getattribute__` or `__setattr__` that calls itself for ever.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::leaves;
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "attribute-hook-recursion", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    if !context.in_class_body() {
        return;
    }
    let hook = match def.name.as_str() {
        "__getattribute__" => HookKind::Get,
        "__setattr__" => HookKind::Set,
        _ => return,
    };
    let Some(first) = def.parameters.posonlyargs.first().or(def.parameters.args.first()) else { return };
    let search = Search { context, instance: first.name().as_str(), hook };
    if let Some(found) = search.suite(&def.body) {
        let values = [("place", context.text(found.range)), ("method", def.name.as_str())];
        report.at(found.range, &values).fix = found.fix;
    }
}

#[derive(Clone, Copy, PartialEq)]
enum HookKind {
    Get,
    Set,
}

struct Search<'c, 'a> {
    context: &'c Context<'a>,
    instance: &'c str,
    hook: HookKind,
}

/// An access that ends in the hook again.
struct Found {
    range: TextRange,
    fix: Option<Fix>,
}

impl Search<'_, '_> {
    /// The first such access that every call makes: once a branch has returned, the rest need not run.
    fn suite(&self, body: &[Stmt]) -> Option<Found> {
        for stmt in body {
            let found = match stmt {
                Stmt::If(stmt) => self.expr(&stmt.test),
                Stmt::While(stmt) => self.expr(&stmt.test),
                Stmt::For(stmt) => self.expr(&stmt.iter),
                Stmt::With(stmt) => {
                    let items = stmt.items.iter().find_map(|item| self.expr(&item.context_expr));
                    items.or_else(|| self.suite(&stmt.body))
                }
                Stmt::Return(stmt) => stmt.value.as_deref().and_then(|value| self.expr(value)),
                Stmt::Expr(stmt) => self.expr(&stmt.value),
                Stmt::Assign(assign) => {
                    self.expr(&assign.value).or_else(|| assign.targets.iter().find_map(|target| self.store(target, stmt)))
                }
                Stmt::AugAssign(assign) => {
                    self.expr(&assign.value).or_else(|| self.load_of(&assign.target)).or_else(|| self.store(&assign.target, stmt))
                }
                Stmt::AnnAssign(assign) => {
                    let value = assign.value.as_deref()?;
                    self.expr(value).or_else(|| self.store(&assign.target, stmt))
                }
                // What a `try` makes of it, and what else may leave, is not followed.
                Stmt::Try(_) | Stmt::Match(_) => return None,
                _ => None,
            };
            if found.is_some() {
                return found;
            }
            let may_leave = match stmt {
                // From there on the object is of another class, with other hooks.
                Stmt::Assign(assign) if assign.targets.iter().any(|target| self.is_class(target)) => true,
                Stmt::If(stmt) => {
                    ends(&stmt.body) || stmt.elif_else_clauses.iter().any(|clause| ends(&clause.body))
                }
                Stmt::For(_) | Stmt::While(_) => true,
                _ => leaves(std::slice::from_ref(stmt)),
            };
            if may_leave {
                return None;
            }
        }
        None
    }

    /// An access in the parts of an expression that are always evaluated.
    fn expr(&self, expr: &Expr) -> Option<Found> {
        if let Some(found) = self.load_of(expr) {
            return Some(found);
        }
        match expr {
            Expr::Attribute(attribute) => self.expr(&attribute.value),
            Expr::Subscript(subscript) => self.expr(&subscript.value).or_else(|| self.expr(&subscript.slice)),
            Expr::Call(call) => self.call(call),
            Expr::BinOp(binary) => self.expr(&binary.left).or_else(|| self.expr(&binary.right)),
            Expr::UnaryOp(unary) => self.expr(&unary.operand),
            Expr::BoolOp(bool_op) => self.expr(bool_op.values.first()?),
            Expr::Compare(compare) => {
                self.expr(&compare.left).or_else(|| compare.comparators.first().and_then(|right| self.expr(right)))
            }
            Expr::If(ternary) => self.expr(&ternary.test),
            Expr::Await(awaited) => self.expr(&awaited.value),
            Expr::Tuple(tuple) => tuple.elts.iter().find_map(|element| self.expr(element)),
            Expr::List(list) => list.elts.iter().find_map(|element| self.expr(element)),
            _ => None,
        }
    }

    fn call(&self, call: &ast::ExprCall) -> Option<Found> {
        let given = call.arguments.args.iter().find_map(|argument| self.expr(argument));
        let given = given.or_else(|| self.expr(&call.func));
        given.or_else(|| {
            let (function, hook) = match self.hook {
                HookKind::Get => ("getattr", "__getattribute__"),
                HookKind::Set => ("setattr", "__setattr__"),
            };
            let [Expr::Name(object), rest @ ..] = call.arguments.args.as_ref() else { return None };
            let repeats = object.id == self.instance && self.context.is_builtin(&call.func, function);
            repeats.then(|| {
                let rest: Vec<&str> = rest.iter().map(|argument| self.context.text(argument)).collect();
                // A default of `getattr` has no counterpart.
                let direct = rest.len() == if self.hook == HookKind::Get { 1 } else { 2 };
                let text = format!("super().{hook}({})", rest.join(", "));
                Found { range: call.func.range(), fix: direct.then(|| replace(call.range(), text)) }
            })
        })
    }

    /// `self.x` in `__getattribute__`.
    fn load_of(&self, expr: &Expr) -> Option<Found> {
        let Expr::Attribute(attribute) = expr else { return None };
        if self.hook != HookKind::Get || !self.is_instance(&attribute.value) {
            return None;
        }
        let fix = attribute
            .ctx
            .is_load()
            .then(|| replace(attribute.range(), format!("super().__getattribute__(\"{}\")", attribute.attr)));
        Some(Found { range: attribute.range(), fix })
    }

    /// `self.x = value` in `__setattr__`.
    fn store(&self, target: &Expr, stmt: &Stmt) -> Option<Found> {
        let Expr::Attribute(attribute) = target else { return None };
        if self.hook != HookKind::Set || !self.is_instance(&attribute.value) {
            return None;
        }
        let fix = match stmt {
            Stmt::Assign(assign) if assign.targets.len() == 1 => {
                let value = self.context.text(assign.value.as_ref());
                let text = format!("super().__setattr__(\"{}\", {value})", attribute.attr);
                Some(replace(stmt.range(), text))
            }
            _ => None,
        };
        Some(Found { range: attribute.range(), fix })
    }

    /// `self.__class__`.
    fn is_class(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Attribute(attribute)
            if attribute.attr.as_str() == "__class__" && self.is_instance(&attribute.value))
    }

    fn is_instance(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if name.id == self.instance)
    }
}

/// Whether a suite, or one inside it, returns or raises.
fn ends(body: &[Stmt]) -> bool {
    super::support::any_in_own(body, |node| node.is_stmt_return() || node.is_stmt_raise())
}

fn replace(range: TextRange, text: String) -> Fix {
    Fix { title: "Ask the base class".to_owned(), safe: false, edits: vec![Edit::replace(range, text)], imports: Vec::new() }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "attribute-hook-recursion";

    fn class(method: &str) -> String {
        format!("class C:\n    {}\n", method.replace('\n', "\n    "))
    }

    #[test]
    fn what_always_comes_back_is_found() {
        for (method, text) in [
            ("def __getattribute__(self, name):\n    return self.__dict__[name]", "self.__dict__"),
            ("def __getattribute__(self, name):\n    log(name)\n    if self.on and name:\n        pass\n    return 1", "self.on"),
            ("def __getattribute__(self, name):\n    return getattr(self, name)", "getattr"),
            ("def __setattr__(self, name, value):\n    self.count = 1", "self.count"),
            ("def __setattr__(self, name, value):\n    self.count += 1", "self.count"),
            ("def __setattr__(self, name, value):\n    setattr(self, name, value)", "setattr"),
        ] {
            assert_eq!(found(RULE, &class(method)), [text]);
        }
    }

    #[test]
    fn what_may_end_is_not() {
        for method in [
            "def __getattribute__(self, name):\n    return super().__getattribute__(name)",
            "def __getattribute__(self, name):\n    if name[0] == '_':\n        return object.__getattribute__(self, name)\n    return self._x",
            "def __getattribute__(self, name):\n    return name and self.x",
            "def __setattr__(self, name, value):\n    self.__dict__[name] = value",
            "def __setattr__(self, name, value):\n    if name == 'a':\n        self.b = value\n    super().__setattr__(name, value)",
            "def __setattr__(self, name, value):\n    setattr(self.inner, name, value)",
            "def __getattr__(self, name):\n    return self.inner.name",
            "def __getattribute__(self, name):\n    self.__class__ = Plain\n    return self.name",
        ] {
            assert!(found(RULE, &class(method)).is_empty(), "{method}");
        }
    }

    #[test]
    fn the_base_class_is_asked() {
        let before = class("def __setattr__(self, name, value):\n    self.last = name");
        assert_eq!(fixed(RULE, &before), class("def __setattr__(self, name, value):\n    super().__setattr__(\"last\", name)"));
    }
}
