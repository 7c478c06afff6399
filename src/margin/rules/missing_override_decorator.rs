//! `missing-override-decorator`: a method that replaces one of a base class without saying so.

use ruff_python_ast as ast;
use ruff_python_ast::name::Name;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange};

use super::{Detector, Hook, Report};
use crate::margin::fix::{indentation, spelling};
use crate::margin::{Edit, Fix};
use crate::python::{ClassInfo, Context, ScopeKind, is_dunder, stdlib};

pub(super) const DETECTOR: Detector =
    Detector { rule: "missing-override-decorator", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let Some(scope) = context.scopes().last().filter(|scope| matches!(scope.kind, ScopeKind::Class(_))) else {
        return;
    };
    let Some(class) = scope.class_info.as_deref() else { return };
    let name = def.name.as_str();
    // Private names are mangled: they replace nothing.
    if is_dunder(name) || name.starts_with("__") {
        return;
    }
    let says_so = class.methods.get(name).is_some_and(|info| {
        info.decorators.iter().any(|decorator| matches!(decorator.as_str(), "typing.override" | "typing.overload"))
    });
    if says_so || is_property(context, def) {
        return;
    }
    if let Some(base) = class.bases.iter().find_map(|base| owner(context, base, name, 0)) {
        let shown = base.rsplit(['.', '@']).next().unwrap_or(&base);
        let fix = decorated(context, def);
        report.at(def.name.range(), &[("method", name), ("base", shown)]).fix = fix;
    }
}

fn is_property(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    def.decorator_list.iter().any(|decorator| {
        context.resolve(&decorator.expression).is_some_and(|name| name == "typing.override")
            || matches!(&decorator.expression, ast::Expr::Attribute(attribute)
                if matches!(attribute.attr.as_str(), "setter" | "getter" | "deleter" | "override"))
    })
}

/// The base class that has the method, as far as its methods are known.
fn owner(context: &Context<'_>, base: &Name, method: &str, depth: u8) -> Option<Name> {
    if depth > 8 || base.is_empty() {
        return None;
    }
    match base.strip_prefix('@') {
        Some(local) => {
            let info: &ClassInfo = context.local_class(local)?;
            // What a protocol declares is implemented rather than replaced.
            if info.bases.iter().any(|base| *base == "typing.Protocol") {
                return None;
            }
            if info.methods.contains_key(method) {
                return Some(base.clone());
            }
            info.bases.iter().find_map(|base| owner(context, base, method, depth + 1))
        }
        None => {
            let member = stdlib::member(base, method).filter(|member| member.callable)?;
            (member.owner != "builtins.object").then(|| base.clone())
        }
    }
}

/// `@override` above the `def`, below the other decorators.
fn decorated(context: &Context<'_>, def: &ast::StmtFunctionDef) -> Option<Fix> {
    let from = def.decorator_list.last().map_or(def.start(), Ranged::end);
    let keyword = if def.is_async { TokenKind::Async } else { TokenKind::Def };
    let at = context.token_in(TextRange::new(from, def.name.start()), keyword)?.start();
    let (text, import) = spelling(context, "typing.override", def.start())?;
    let indent = indentation(context.source, at);
    Some(Fix {
        title: format!("Add `@{text}`"),
        safe: true,
        edits: vec![Edit::insert(at, format!("@{text}{}{indent}", context.newline()))],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "missing-override-decorator";

    #[test]
    fn methods_of_known_bases_are_found() {
        let source = "
import threading
from typing import override
class A:
    def a(self): ...
class B(A):
    @staticmethod
    def a(self): ...
class C(B):
    async def a(self): ...
class T(threading.Thread):
    def run(self): ...
";
        assert_eq!(found(RULE, source), ["a", "a", "run"]);
        let after = fixed(RULE, source);
        assert!(after.contains("    @staticmethod\n    @override\n    def a(self)"), "{after}");
        assert!(after.contains("    @override\n    async def a(self)"), "{after}");
    }

    #[test]
    fn new_and_marked_methods_are_not() {
        let source = "
from typing import override, Protocol
from m import Unknown
class P(Protocol):
    def a(self): ...
class A(P):
    def a(self): ...
    def b(self): ...
    def __init__(self): ...
    def __c(self): ...
class B(A, Unknown):
    @override
    def b(self): ...
    def __init__(self): ...
    def __c(self): ...
    def d(self): ...
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }
}
