//! `cpu-work-in-coroutine`: long computing that lets no other task run.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{Go, any_in_own, is_awaited, is_symbol, literal_number, value_of, walk_expr};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "cpu-work-in-coroutine",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtFor], check_loop),
        Hook::Expr(&[NodeKind::ExprListComp, NodeKind::ExprSetComp, NodeKind::ExprDictComp], check_comprehension),
        Hook::Call(check_call),
    ],
};

/// So many rounds take the better part of a frame, however little each of them does.
const MANY: f64 = 100_000.0;

/// Functions that are slow on purpose, or that get very large.
const SLOW: [&str; 10] = [
    "hashlib.pbkdf2_hmac",
    "hashlib.scrypt",
    "bcrypt.hashpw",
    "bcrypt.checkpw",
    "bcrypt.kdf",
    "argon2.PasswordHasher.hash",
    "argon2.PasswordHasher.verify",
    "passlib.context.CryptContext.hash",
    "passlib.context.CryptContext.verify",
    "werkzeug.security.generate_password_hash",
];

fn check_loop<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    if each.is_async || !is_long(context, &each.iter) || !in_coroutine(context) || gives_way(&each.body) {
        return;
    }
    let keyword = TextRange::at(stmt.start(), TextSize::of("for"));
    report.at(keyword, &[("work", &format!("this loop over `{}`", context.text(each.iter.as_ref())))]);
}

fn check_comprehension<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let generators = match expr {
        Expr::ListComp(comp) => &comp.generators,
        Expr::SetComp(comp) => &comp.generators,
        Expr::DictComp(comp) => &comp.generators,
        _ => return,
    };
    let Some(each) = generators.iter().find(|each| is_long(context, &each.iter)) else { return };
    let mut waits = false;
    walk_expr(expr, |node| {
        waits |=
            matches!(node, AnyNodeRef::ExprAwait(_)) || matches!(node, AnyNodeRef::Comprehension(one) if one.is_async);
        if waits { Go::Stop } else { Go::In }
    });
    if !waits && in_coroutine(context) {
        report.at(each.iter.range(), &[("work", &format!("this loop over `{}`", context.text(&each.iter)))]);
    }
}

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !in_coroutine(context) || is_awaited(context) {
        return;
    }
    if context.callee(call).is_some_and(|callee| SLOW.contains(&callee.as_str())) {
        report.at(call.func.range(), &[("work", &format!("`{}`", context.text(call.func.as_ref())))]);
    }
}

/// Whether a value is a range of very many numbers, written in the code.
fn is_long<'a>(context: &Context<'a>, iter: &'a Expr) -> bool {
    let Expr::Call(call) = iter else { return false };
    if !is_symbol(context, &call.func, &["builtins.range"]) {
        return false;
    }
    let bounds: Option<Vec<f64>> = call.arguments.args.iter().map(|bound| number(context, bound)).collect();
    let rounds = match bounds.as_deref() {
        Some([stop]) => *stop,
        Some([start, stop]) => stop - start,
        Some([start, stop, by]) => (stop - start) / by,
        _ => return false,
    };
    rounds >= MANY
}

fn number<'a>(context: &Context<'a>, expr: &'a Expr) -> Option<f64> {
    match value_of(context, expr) {
        Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::Pow, right, .. }) => {
            Some(literal_number(left)?.powf(literal_number(right)?))
        }
        Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::Mult, right, .. }) => {
            Some(literal_number(left)? * literal_number(right)?)
        }
        other => literal_number(other),
    }
}

fn in_coroutine(context: &Context<'_>) -> bool {
    context.in_async()
}

/// Whether a body lets other tasks run, or may end early.
fn gives_way(body: &[Stmt]) -> bool {
    any_in_own(body, |node| match node {
        AnyNodeRef::ExprAwait(_)
        | AnyNodeRef::ExprYield(_)
        | AnyNodeRef::StmtReturn(_)
        | AnyNodeRef::StmtBreak(_)
        | AnyNodeRef::StmtRaise(_) => true,
        AnyNodeRef::StmtFor(each) => each.is_async,
        AnyNodeRef::StmtWith(with) => with.is_async,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn short_work_and_work_elsewhere_are_fine() {
        let quiet = "\
import asyncio, hashlib
async def main(items, password, salt):
    for n in range(1000):
        items.append(n)
    for n in range(1_000_000):
        await items.put(n)
    for n in range(1_000_000):
        if n in items:
            break
    key = await asyncio.to_thread(hashlib.pbkdf2_hmac, 'sha256', password, salt, 600_000)
    digest = hashlib.sha256(password)
    def work():
        return [n for n in range(10**7)]
def plain():
    return sum([n for n in range(10**7)])
";
        assert!(found("cpu-work-in-coroutine", quiet).is_empty());
    }

    #[test]
    fn long_loops_and_slow_hashes_are_found() {
        let source = "\
from hashlib import scrypt
async def main(password, salt):
    total = 0
    for n in range(10**6):
        total += n
    squares = [n * n for n in range(0, 500_000)]
    return scrypt(password, salt=salt, n=16384, r=8, p=1)
";
        assert_eq!(found("cpu-work-in-coroutine", source), ["for", "range(0, 500_000)", "scrypt"]);
    }
}
