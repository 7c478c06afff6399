//! `percent-format`: `"..." % values` to an f-string.

use ruff_python_ast::{self as ast, Expr, NodeKind};

use super::fstring::{TITLE, may_take_turns};
use super::{Look, Offer, Refactoring, Request};
use crate::margin::Edit;
use crate::margin::rules::shared::{Fidelity, as_fstring, literal_format};
use crate::python::{Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "percent-format",
    section: "2.4.1",
    since: PythonVersion::three(6),
    look: Look::Expr(&[NodeKind::ExprBinOp], look),
};

fn look<'a>(_: &Request<'_>, context: &Context<'a>, expr: &'a Expr) -> Option<Offer> {
    let (format, values) = literal_format(context, expr)?;
    if !is_surely_filled(context, expr) || !may_take_turns(context, &values) {
        return None;
    }
    let text = as_fstring(context, expr, format, &values, Fidelity::Exact)?;
    Some(Offer::new(expr, TITLE, vec![Edit::replace(expr, text)]))
}

/// Whether one value alone is surely no tuple, which `%` would take apart.
fn is_surely_filled(context: &Context<'_>, expr: &Expr) -> bool {
    let Expr::BinOp(ast::ExprBinOp { right, .. }) = expr else { return false };
    match right.as_ref() {
        Expr::Tuple(_) | Expr::Dict(_) => true,
        one => context.infer(one).is_some_and(|ty| ty.class.starts_with("builtins.") && !ty.is_builtin("tuple")),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent};

    const NAME: &str = "percent-format";

    #[test]
    fn the_text_stays_the_same() {
        check(
            NAME,
            &[
                ("x = '%s and %s' ^% (a, b)", "x = f'{a!s} and {b!s}'"),
                ("x = '%r' ^% (a,)", "x = f'{a!r}'"),
                (
                    "def f(a: str, n: int, r: float):\n    g('%s %d %5.2f%%' ^% (a, n, r))",
                    "def f(a: str, n: int, r: float):\n    g(f'{a} {n} {r:5.2f}%')",
                ),
                ("x = '%-8s|%8r' ^% (a, b)", "x = f'{a!s:<8}|{b!r:>8}'"),
                ("x = '%(a)s{}' %^ {'a': b}", "x = f'{b!s}{{}}'"),
                ("x = '%s' %^ str(a)", "x = f'{str(a)}'"),
                ("x = '%04x' %^ len(a)", "x = f'{len(a):04x}'"),
                ("x = '%s %s' ^% (a, len(b))", "x = f'{a!s} {len(b)}'"),
                ("x = '%s %s' ^% (f(), a)", "x = f'{f()!s} {a!s}'"),
                ("x = '%s %s' ^% (1, f())", "x = f'{1} {f()!s}'"),
            ],
        );
    }

    #[test]
    fn what_may_differ_is_not_offered() {
        check_silent(
            NAME,
            &[
                // One value may be a tuple.
                "x = '%s' ^% a",
                "x = '%s' ^% (a)",
                // `%d` takes what `d` does not.
                "x = '%d' ^% (a,)",
                "def f(r: float):\n    x = '%d' ^% (r,)",
                "x = '%.2f' ^% (a,)",
                // The second value may change the first.
                "x = '%s %s' ^% (a, a.pop())",
                "x = '%(b)s %(a)s' ^% {'a': f(), 'b': g()}",
                "x = '%s' % (  # why\n    ^a,\n)",
                "x = b'%s' ^% (a,)",
                "x = '%c' ^% (a,)",
                "x = '%*d' ^% (a, b)",
                "x = '%s %s' ^% (a,)",
                "x = '%s' ^% (a, b)",
                "x = n ^% (2,)",
                "log.info('%s' ^% (a,))",
                "x = 'SELECT * FROM t WHERE a = %s' ^% (a,)",
                "x = '%s' ^% (*a,)",
                "x = '%s' ^% (d[\"a\" 'b'],)",
                "x = '\\x25s' ^% (a,)",
            ],
        );
    }
}
