//! `timing-unsafe-comparison`: `==` tells by its time how much of a signature is right.

use ruff_python_ast::{self as ast, AnyNodeRef, CmpOp, Expr, NodeKind};
use ruff_text_size::Ranged;

use super::support::{any_in_expr, has_comment, in_place_of_comparison, is_secret_name, is_symbol, string, value_of};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "timing-unsafe-comparison", hooks: &[Hook::Expr(&[NodeKind::ExprCompare], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Compare(ast::ExprCompare { left, ops, comparators, .. }) = expr else { return };
    let ([op @ (CmpOp::Eq | CmpOp::NotEq)], [right]) = (&**ops, &**comparators) else { return };
    let secret = |one: &'a Expr, other: &Expr| !other.is_literal_expr() && is_signature(context, value_of(context, one));
    if !secret(left, right) && !secret(right, left) {
        return;
    }
    let fix = as_compare_digest(context, expr, *op, left, right);
    report.at(expr.range(), &[]).fix = fix;
}

/// The result of HMAC, or the hash of a secret.
fn is_signature(context: &Context<'_>, expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let Expr::Attribute(method) = call.func.as_ref() else {
        return is_symbol(context, &call.func, &["hmac.digest"]);
    };
    match method.attr.as_str() {
        "digest" | "hexdigest" => {
            if is_symbol(context, &call.func, &["hmac.digest"]) {
                return true;
            }
            let Some(hash) = context.infer(&method.value) else { return false };
            hash.class == "hmac.HMAC" || hash.class.starts_with("_hashlib.HASH") && hashes_secret(&method.value)
        }
        // `b64encode(hmac.new(...).digest()).decode()` and the like.
        "decode" => match method.value.as_ref() {
            Expr::Call(inner) => inner.arguments.args.first().is_some_and(|one| is_signature(context, one)),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the arguments of a hash name a secret.
fn hashes_secret(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    call.arguments.args.iter().any(|one| {
        any_in_expr(one, |node| match node {
            AnyNodeRef::ExprName(name) => is_secret_name(&name.id),
            AnyNodeRef::ExprAttribute(attribute) => is_secret_name(&attribute.attr),
            AnyNodeRef::ExprSubscript(item) => string(&item.slice).is_some_and(is_secret_name),
            _ => false,
        })
    })
}

fn as_compare_digest(context: &Context<'_>, expr: &Expr, op: CmpOp, left: &Expr, right: &Expr) -> Option<Fix> {
    let (compare, import) = spelling(context, "hmac.compare_digest", expr.start())?;
    let text = format!("{compare}({}, {})", context.text(left), context.text(right));
    let text = in_place_of_comparison(context, op, text);
    (!has_comment(context, expr.range())).then(|| Fix {
        title: "Compare in constant time".to_owned(),
        safe: false,
        edits: vec![Edit::replace(expr.range(), text)],
        imports: import.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn checksums_are_no_secrets() {
        let quiet = "\
import hashlib, hmac
hashlib.sha256(data).hexdigest() == expected
digest == expected
hmac.new(key, data, 'sha256').hexdigest() == '0f'
hmac.compare_digest(hmac.digest(key, data, 'sha256'), expected)
def test_signature():
    assert hmac.digest(key, data, 'sha256') == sign(data)
";
        assert!(found("timing-unsafe-comparison", quiet).is_empty());
    }

    #[test]
    fn signatures_by_any_name_are_found() {
        let source = "\
import hashlib, hmac
def verify(key, data, given, password):
    if hmac.digest(key, data, 'sha256') != given:
        return False
    expected = hmac.new(key, data, 'sha256').hexdigest()
    stored = hashlib.sha256(password.encode()).hexdigest() == given
    return given == expected
";
        let expected = "\
import hashlib, hmac
def verify(key, data, given, password):
    if not hmac.compare_digest(hmac.digest(key, data, 'sha256'), given):
        return False
    expected = hmac.new(key, data, 'sha256').hexdigest()
    stored = hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest(), given)
    return hmac.compare_digest(given, expected)
";
        assert_eq!(fixed("timing-unsafe-comparison", source), expected);
    }
}
