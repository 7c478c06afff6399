//! `ssl-context-checks-disabled`: encryption with whoever answers.

use ruff_python_ast::{self as ast, Expr, ExprContext, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::origins::is_under;
use super::support::{argument, function_text, is_false, is_large, is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "ssl-context-checks-disabled",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtAssign], check_assignment),
        Hook::Expr(&[NodeKind::ExprName, NodeKind::ExprAttribute], check_name),
        Hook::Call(check_call),
    ],
};

/// `context.check_hostname = False`, `context.verify_mode = ssl.CERT_NONE`.
fn check_assignment<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [Expr::Attribute(target)] = assign.targets.as_slice() else { return };
    let instead = match target.attr.as_str() {
        "check_hostname" if is_false(&assign.value) => "True",
        "verify_mode" if is_symbol(context, &assign.value, &["ssl.CERT_NONE", "ssl.VerifyMode.CERT_NONE"]) => {
            "ssl.CERT_REQUIRED"
        }
        _ => return,
    };
    if context.infer(&target.value).is_none_or(|ty| ty.class != "ssl.SSLContext") || is_asked_for(context) || is_put_back(context, target) {
        return;
    }
    let what = if instead == "True" {
        "the certificate may be anyone's: nothing compares it with the name of the host"
    } else {
        "nothing checks who has answered: any certificate will do"
    };
    let fix = if instead == "True" {
        Some(report.fix("Check the name of the host", assign.value.as_ref(), instead))
    } else {
        replace_symbol(context, assign.value.range(), instead, false)
    };
    report.say(stmt, what.to_owned()).fix = fix;
}

/// Whether somebody decides: an `if` around asks for it, or the function says it in its name.
fn is_asked_for(context: &Context<'_>) -> bool {
    const WORDS: [&str; 10] =
        ["cert", "check", "disable", "hostname", "insecure", "no_verif", "noverif", "trust", "unverified", "verif"];
    let is_said = |def: &ast::StmtFunctionDef| {
        let name = def.name.to_ascii_lowercase();
        ["insecure", "no_verif", "noverif", "unverified", "without_verif"].iter().any(|word| name.contains(word))
    };
    context.enclosing_function().is_some_and(is_said) || is_under(context, |test| WORDS.iter().any(|word| test.contains(word)))
}

/// Whether the function has noted how the checks were set, to set them so again: `check_hostname = ctx.check_hostname`.
fn is_put_back(context: &Context<'_>, target: &ast::ExprAttribute) -> bool {
    let note = format!("= {}", context.text(target));
    function_text(context).is_some_and(|text| text.contains(&note))
}

/// A use of `ssl._create_unverified_context`, called or put in place of the usual one.
fn check_name<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let (name, ctx) = match expr {
        Expr::Name(name) => (name.id.as_str(), name.ctx),
        Expr::Attribute(attribute) => (attribute.attr.as_str(), attribute.ctx),
        _ => return,
    };
    let wanted = name.contains("unverified") || expr.is_name_expr();
    if ctx != ExprContext::Load || !wanted || matches!(context.parent(), Some(Node::Expr(Expr::Attribute(_)))) {
        return;
    }
    if symbol(context, expr).is_some_and(|symbol| symbol == "ssl._create_unverified_context") && !is_asked_for(context) {
        let fix = replace_symbol(context, expr.range(), "ssl.create_default_context", false);
        report.at(expr, &[("function", context.text(expr))]).fix = fix;
    }
}

/// `ssl.SSLContext()` begins with every check switched off, unless the protocol is that of a client.
fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol(context, &call.func) else { return };
    let function = context.text(call.func.as_ref());
    match symbol.as_str() {
        "ssl.wrap_socket" => {
            report.at(call.func.as_ref(), &[("function", function)]);
        }
        "ssl.SSLContext" => {
            let protocol = argument(call, "protocol", Some(0));
            let open = protocol.is_absent()
                || protocol
                    .given()
                    .is_some_and(|protocol| is_symbol(context, protocol, &["ssl.PROTOCOL_TLS", "ssl.PROTOCOL_SSLv23"]));
            if open && !is_completed(context) {
                let fix = replace_call(context, call);
                report.at(call.func.as_ref(), &[("function", function)]).fix = fix;
            }
        }
        _ => {}
    }
}

/// Whether the function around sets the checks itself, or makes the context of a server. Of one that is kept in a variable
/// of the module, other statements may say so.
fn is_completed(context: &Context<'_>) -> bool {
    let around = match context.enclosing_function() {
        Some(def) if is_large(def) => return true,
        Some(def) => context.text(def),
        None => return matches!(context.parent(), Some(Node::Stmt(_))),
    };
    ["CERT_REQUIRED", "CERT_OPTIONAL", "verify_mode", "load_cert_chain", "server_side"].iter().any(|word| around.contains(word))
}

fn replace_call(context: &Context<'_>, call: &ast::ExprCall) -> Option<crate::margin::Fix> {
    let mut fix = replace_symbol(context, call.func.range(), "ssl.create_default_context", false)?;
    fix.edits.push(crate::margin::Edit::replace(call.arguments.range(), "()"));
    Some(fix)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn contexts_that_check_are_fine() {
        let quiet = "\
import ssl
def client(other):
    context = ssl.create_default_context()
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    other.check_hostname = False
    return context
def with_protocol():
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
def lent(ctx: ssl.SSLContext):
    check_hostname = ctx.check_hostname
    ctx.check_hostname = False
    yield
    ctx.check_hostname = check_hostname
def asked(args):
    if args.insecure:
        return ssl._create_unverified_context()
def server(path):
    context = ssl.SSLContext()
    context.load_cert_chain(path)
    return context
";
        assert!(found("ssl-context-checks-disabled", quiet).is_empty());
    }

    #[test]
    fn a_context_in_a_variable_of_the_module_may_be_completed_by_another_statement() {
        let completed = "import ssl\nCONTEXT = ssl.SSLContext()\nCONTEXT.verify_mode = ssl.CERT_REQUIRED\n";
        assert!(found("ssl-context-checks-disabled", completed).is_empty());
        let handed_on = "import ssl\nserve(ssl.SSLContext())\n";
        assert_eq!(found("ssl-context-checks-disabled", handed_on), ["ssl.SSLContext"]);
    }

    #[test]
    fn the_checks_come_back() {
        let source = "\
import ssl
def client():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
def bare():
    return ssl.SSLContext(ssl.PROTOCOL_TLS)
ssl._create_default_https_context = ssl._create_unverified_context
";
        let expected = "\
import ssl
def client():
    context = ssl.create_default_context()
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    return context
def bare():
    return ssl.create_default_context()
ssl._create_default_https_context = ssl.create_default_context
";
        assert_eq!(fixed("ssl-context-checks-disabled", source), expected);
    }
}
