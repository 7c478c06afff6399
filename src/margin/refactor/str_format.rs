//! `str-format`: `"...".format(values)` to an f-string.

use ruff_python_ast::{Expr, NodeKind};
use ruff_text_size::Ranged;

use super::fstring::{TITLE, may_take_turns};
use super::{Look, Offer, Refactoring, Request};
use crate::margin::rules::shared::{Filled, filled};
use crate::python::{Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "str-format",
    section: "2.4.1",
    since: PythonVersion::three(6),
    look: Look::Expr(&[NodeKind::ExprCall], look),
};

fn look<'a>(_: &Request<'_>, context: &Context<'a>, expr: &'a Expr) -> Option<Offer> {
    let Expr::Call(call) = expr else { return None };
    let Filled { edits, order, .. } = filled(context, call)?;
    let arguments = &call.arguments;
    let given: Vec<&Expr> =
        arguments.args.iter().chain(arguments.keywords.iter().map(|keyword| &keyword.value)).collect();
    let shown: Vec<&Expr> = order.iter().filter_map(|at| given.get(*at).copied()).collect();
    may_take_turns(context, &shown).then(|| Offer::new(expr.range(), TITLE, edits))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent};

    const NAME: &str = "str-format";

    #[test]
    fn the_text_stays_the_same() {
        check(
            NAME,
            &[
                ("x = '{} {}'.format^(a, b.c)", "x = f'{a} {b.c}'"),
                ("x = '{1}-{0}-{1}'.format^(a, b)", "x = f'{b}-{a}-{b}'"),
                ("x = '{name!r:>10} {{}}'.format^(name=user.name)", "x = f'{user.name!r:>10} {{}}'"),
                ("x = '{} {}'.format^(f(), a)", "x = f'{f()} {a}'"),
                ("x = ('a {} '\n     'b {}').format^(a, b)", "x = (f'a {a} '\n     f'b {b}')"),
                ("x = (\n    '{}'\n    .format^(a)\n)", "x = (\n    f'{a}'\n)"),
                ("x = '{0.x!r}'.format^(a.b)", "x = f'{a.b.x!r}'"),
                ("x = '{}'.format(^'{}'.format(a))", "x = '{}'.format(f'{a}')"),
                ("x = \"{:.2f}\".format^(d['k'] + 1)", "x = f\"{d['k'] + 1:.2f}\""),
            ],
        );
    }

    #[test]
    fn what_may_differ_is_not_offered() {
        check_silent(
            NAME,
            &[
                "x = template.format^(a)",
                "x = '{}'.format^(*a)",
                "x = '{}'.format^(**a)",
                "x = '{} {}'.format^(a)",
                "x = '{}'.format^(a, b)",
                "x = '{0} {0}'.format^(f())",
                "x = '{1} {0}'.format^(f(), g())",
                "x = '{} {}'.format^(a, a.pop())",
                "x = '{0.x}'.format^(a())",
                "x = '{0[x]}'.format^(a)",
                "x = '{:{}}'.format^(a, b)",
                "x = '{}'.format^(\n    a,  # why\n)",
                "x = '{}'.format^('\\n')",
                "x = '{}'.format^('#')",
                "x = '{}'.format^('a')",
                "x = '{}'.format^({1: 2})",
                "x = '{}'.format^(lambda: 1)",
                "x = '\\N{EN DASH} {}'.format^(a)",
                "x = b'{}'.format^(a)",
                "x = 'none'.format^()",
            ],
        );
    }
}
