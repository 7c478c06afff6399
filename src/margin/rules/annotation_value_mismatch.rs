//! `annotation-value-mismatch`: a value that contradicts the annotation next to it.

use ruff_python_ast::{self as ast, Expr, NodeKind, Operator, Stmt};

use super::{Detector, Hook, Report};
use crate::python::{Context, Type, canonical};

pub(super) const DETECTOR: Detector = Detector {
    rule: "annotation-value-mismatch",
    hooks: &[
        Hook::Function(check_defaults),
        Hook::Stmt(&[NodeKind::StmtAnnAssign], check_assignment),
        Hook::Stmt(&[NodeKind::StmtReturn], check_return),
    ],
};

fn check_defaults<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    for parameter in def.parameters.iter_non_variadic_params() {
        if let (Some(annotation), Some(default)) = (parameter.annotation(), parameter.default()) {
            compare(context, annotation, default, report);
        }
    }
}

fn check_assignment<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if let Stmt::AnnAssign(ast::StmtAnnAssign { annotation, value: Some(value), .. }) = stmt {
        compare(context, annotation, value, report);
    }
}

fn check_return<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Return(ast::StmtReturn { value: Some(value), .. }) = stmt else { return };
    let Some(annotation) = context.enclosing_function().and_then(|def| def.returns.as_deref()) else { return };
    compare(context, annotation, value, report);
}

fn compare(context: &Context<'_>, annotation: &Expr, value: &Expr, report: &mut Report<'_>) {
    let Some(declared) = declared(context, annotation) else { return };
    let Some(given) = given(context, value).filter(|given| !fits(given, &declared)) else { return };
    report.at(value, &[("declared", &declared), ("given", given)]);
}

/// The built-in class that an annotation names, and nothing beside it.
fn declared(context: &Context<'_>, annotation: &Expr) -> Option<String> {
    let class = match annotation {
        Expr::Subscript(subscript) => &subscript.value,
        Expr::Name(_) | Expr::Attribute(_) => annotation,
        _ => return None,
    };
    let symbol = canonical::public(&context.resolve(class)?).into_owned();
    let name = canonical::runtime_class(&symbol).strip_prefix("builtins.")?.to_owned();
    let known = ["int", "str", "bytes", "bool", "float", "complex", "list", "dict", "set", "frozenset", "tuple"];
    known.contains(&name.as_str()).then_some(name)
}

/// The class of a value that is written out, or divided.
fn given(context: &Context<'_>, value: &Expr) -> Option<&'static str> {
    match value {
        Expr::StringLiteral(_) | Expr::FString(_) => Some("str"),
        Expr::BytesLiteral(_) => Some("bytes"),
        Expr::BooleanLiteral(_) => Some("bool"),
        Expr::NumberLiteral(number) => Some(match number.value {
            ast::Number::Int(_) => "int",
            ast::Number::Float(_) => "float",
            ast::Number::Complex { .. } => "complex",
        }),
        Expr::List(_) | Expr::ListComp(_) => Some("list"),
        Expr::Dict(_) | Expr::DictComp(_) => Some("dict"),
        Expr::Set(_) | Expr::SetComp(_) => Some("set"),
        Expr::Tuple(_) => Some("tuple"),
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Div, right, .. }) => {
            let number = |ty: Option<Type>| ty.is_some_and(|ty| ty.is_builtin("int") || ty.is_builtin("float"));
            (number(context.infer(left)) && number(context.infer(right))).then_some("float")
        }
        _ => None,
    }
}

/// Whether a value of a class may stand where another is declared.
fn fits(given: &str, declared: &str) -> bool {
    given == declared
        || match declared {
            "complex" => matches!(given, "int" | "float" | "bool"),
            "float" => matches!(given, "int" | "bool"),
            "int" => given == "bool",
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "annotation-value-mismatch";

    #[test]
    fn contradictions_are_found() {
        let source = "
from typing import List
a: int = '1'
def f(x: str = 0, y: List[int] = (), z: bool = 1) -> int:
    return 'a'
def g(total: int, count: int) -> int:
    return total / count
";
        assert_eq!(found(RULE, source), ["'1'", "0", "()", "1", "'a'", "total / count"]);
    }

    #[test]
    fn what_fits_or_is_not_known_is_not() {
        let source = "
from typing import Any, Sequence
a: float = 1
b: int = True
c: Any = 'a'
d: int | str = 'a'
e: Sequence[int] = ()
f: int = None
g: 'int' = 'a'
h: int = other()
def i() -> str:
    def j() -> int:
        return 1
    return lambda: 1
def k(x, y) -> int:
    return x / y
class int: pass
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }
}
