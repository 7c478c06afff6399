//! `csrf-protection-disabled`: forms that other websites can send in a visitor's name.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{is_false, is_instance_of, last_name, string, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "csrf-protection-disabled",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtAssign], check_setting),
        Hook::Expr(&[NodeKind::ExprName, NodeKind::ExprAttribute], check_use),
    ],
};

/// `@csrf_exempt` of Django, `@csrf.exempt` of Flask-WTF, and both as functions.
fn check_use<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let exempts = match expr {
        Expr::Name(name) if name.id != "csrf_exempt" => false,
        Expr::Attribute(attribute) if attribute.attr.as_str() == "exempt" => {
            is_instance_of(context, &attribute.value, &["flask_wtf.CSRFProtect", "flask_wtf.csrf.CSRFProtect"])
        }
        Expr::Attribute(attribute) if attribute.attr.as_str() != "csrf_exempt" => false,
        _ => symbol(context, expr).is_some_and(|symbol| symbol == "django.views.decorators.csrf.csrf_exempt"),
    };
    if exempts {
        report.at(expr.range(), &[("place", context.text(expr))]);
    }
}

fn check_setting<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [target] = assign.targets.as_slice() else { return };
    let off = match last_name(target) {
        Some("WTF_CSRF_ENABLED" | "WTF_CSRF_CHECK_DEFAULT") => is_false(&assign.value),
        Some("MIDDLEWARE" | "MIDDLEWARE_CLASSES") => lacks_protection(&assign.value),
        _ => false,
    };
    // `class TestingConfig:` is for tests wherever it stands.
    let for_tests = context.enclosing_class().is_some_and(|class| class.name.as_str().contains("Test"));
    if off && !for_tests {
        report.at(target.range(), &[("place", context.text(target))]);
    }
}

/// A list of Django's middleware that keeps sessions in cookies and does not check where forms come from.
fn lacks_protection(value: &Expr) -> bool {
    let (Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. })) = value else { return false };
    let all_known = elts.iter().all(Expr::is_string_literal_expr);
    let has = |class: &str| elts.iter().filter_map(string).any(|name| name.ends_with(class));
    all_known && has(".SessionMiddleware") && !elts.iter().filter_map(string).any(|name| name.to_ascii_lowercase().contains("csrf"))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn protection_that_is_on_is_fine() {
        let quiet = "\
from flask_wtf.csrf import CSRFProtect
WTF_CSRF_ENABLED = True
MIDDLEWARE = ['django.contrib.sessions.middleware.SessionMiddleware', 'django.middleware.csrf.CsrfViewMiddleware']
MIDDLEWARE = ['django.contrib.sessions.middleware.SessionMiddleware', *extra]
MIDDLEWARE = ['django.middleware.gzip.GZipMiddleware']
class TestingConfig:
    WTF_CSRF_ENABLED = False
csrf = CSRFProtect()
csrf.init_app(app)
limiter.exempt(view)
def csrf_exempt(view): ...
@csrf_exempt
def view(request): ...
def test_form(app):
    app.config['WTF_CSRF_ENABLED'] = False
";
        assert!(found("csrf-protection-disabled", quiet).is_empty());
    }

    #[test]
    fn every_switch_is_found() {
        let source = "\
from django.views.decorators.csrf import csrf_exempt
from django.utils.decorators import method_decorator
from flask_wtf import CSRFProtect
csrf = CSRFProtect()
MIDDLEWARE = ['django.contrib.sessions.middleware.SessionMiddleware']
app.config['WTF_CSRF_ENABLED'] = False
@csrf_exempt
def view(request): ...
@csrf.exempt
def other(): ...
@method_decorator(csrf_exempt, name='dispatch')
class View: ...
";
        let expected = ["MIDDLEWARE", "app.config['WTF_CSRF_ENABLED']", "csrf_exempt", "csrf.exempt", "csrf_exempt"];
        assert_eq!(found("csrf-protection-disabled", source), expected);
    }
}
