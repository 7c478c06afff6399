//! `plaintext-password-storage`: a password that is kept as it came.

use ruff_python_ast::{Expr, NodeKind, Stmt};

use super::support::{instance_parameter, is_name, is_password_name, last_name, string, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "plaintext-password-storage", hooks: &[Hook::Stmt(&[NodeKind::StmtAssign], check)] };

/// Words in the names of what people send.
const SENT: [&str; 9] = ["body", "credentials", "data", "form", "json", "params", "payload", "post", "request"];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [Expr::Attribute(target)] = assign.targets.as_slice() else { return };
    if !is_password_name(&target.attr) {
        return;
    }
    let is_own = instance_parameter(context).is_some_and(|instance| is_name(&target.value, instance));
    let Some(source) = sent(&assign.value, 8).filter(|_| !is_own) else { return };
    report.at(assign.value.as_ref(), &[("source", source), ("target", context.text(target))]);
}

/// The name of the request or form that a value is the password of: `form.password.data`, `request.form["password"]`,
/// `data.get("password")`.
fn sent(value: &Expr, depth: u8) -> Option<&str> {
    let depth = depth.checked_sub(1)?;
    let (inner, is_password) = match value {
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if matches!(method.attr.as_str(), "get" | "pop") => {
                let key = call.arguments.args.first().and_then(string);
                (method.value.as_ref(), key.is_some_and(is_password_name))
            }
            _ => return None,
        },
        Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "data" | "value") => {
            return sent(&attribute.value, depth);
        }
        Expr::Attribute(attribute) => (attribute.value.as_ref(), is_password_name(&attribute.attr)),
        Expr::Subscript(item) => (item.value.as_ref(), string(&item.slice).is_some_and(is_password_name)),
        _ => return None,
    };
    // `request.json()["password"]`
    let inner = if let Expr::Call(call) = inner { call.func.as_ref() } else { inner };
    let name = last_name(inner).filter(|_| is_password)?;
    words(name).iter().any(|word| SENT.contains(&word.as_str())).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "plaintext-password-storage";

    #[test]
    fn hashes_own_attributes_and_other_sources_are_fine() {
        let quiet = "\
user.password = hash_password(form.password.data)
user.password_hash = form.password.data
user.password = generate()
user.name = form['name']
user.password = other.password
client.password = config['password']
class Login:
    def __init__(self, form):
        self.password = form['password']
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn passwords_from_outside_are_found() {
        let source = "\
user.password = form.password.data
user.password = request.form['password']
self.user.password = payload.password
user.passwd = request.json.get('password')
user.password = request.get_json()['password']
";
        assert_eq!(found(RULE, source).len(), 5);
    }
}
