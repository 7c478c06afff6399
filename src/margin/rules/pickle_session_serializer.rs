//! `pickle-session-serializer`: sessions that are unpickled.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::support::{last_name, string, symbol};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "pickle-session-serializer",
    hooks: &[Hook::Stmt(&[NodeKind::StmtAssign], check_setting), Hook::Call(check_call)],
};

/// `SESSION_SERIALIZER = "...PickleSerializer"`.
fn check_setting<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    if assign.targets.iter().any(|target| last_name(target) == Some("SESSION_SERIALIZER")) {
        check_value(context, &assign.value, report);
    }
}

/// `serializer=PickleSerializer`, `serializer=pickle` (of itsdangerous), `settings.configure(SESSION_SERIALIZER=...)`.
fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    for keyword in &*call.arguments.keywords {
        match keyword.arg.as_ref().map(ast::Identifier::as_str) {
            Some("SESSION_SERIALIZER") => check_value(context, &keyword.value, report),
            Some("serializer") => {
                let signs = symbol(context, &call.func).is_some_and(|symbol| {
                    symbol.starts_with("itsdangerous.") || symbol.starts_with("django.core.signing.")
                });
                if signs {
                    check_value(context, &keyword.value, report);
                }
            }
            _ => {}
        }
    }
}

fn check_value(context: &Context<'_>, value: &Expr, report: &mut Report<'_>) {
    let by_name = string(value).is_some_and(|name| name.ends_with("PickleSerializer"));
    let by_symbol = symbol(context, value)
        .is_some_and(|symbol| matches!(symbol.as_str(), "pickle" | "dill" | "cloudpickle") || symbol.ends_with(".PickleSerializer"));
    if by_name || by_symbol {
        let fix = if by_name { with_json(context, value, report) } else { None };
        report.at(value.range(), &[("serializer", context.text(value).trim_matches(['"', '\'']))]).fix = fix;
    }
}

/// Django's serializer of JSON; of others the name is not known.
fn with_json(context: &Context<'_>, value: &Expr, report: &Report<'_>) -> Option<Fix> {
    let name = string(value)?;
    let is_django = name == "django.contrib.sessions.serializers.PickleSerializer";
    let text = context.text(value);
    (is_django && text.matches("PickleSerializer").count() == 1)
        .then(|| report.fix("Use `JSONSerializer`", value, text.replace("PickleSerializer", "JSONSerializer")))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn json_and_other_settings_are_fine() {
        let quiet = "\
import pickle
from itsdangerous import URLSafeSerializer
SESSION_SERIALIZER = 'django.contrib.sessions.serializers.JSONSerializer'
CACHE_SERIALIZER = 'own.PickleSerializer'
URLSafeSerializer(key, serializer=json)
Cache(serializer=pickle)
def test_old_sessions(settings):
    settings.SESSION_SERIALIZER = 'django.contrib.sessions.serializers.PickleSerializer'
";
        assert!(found("pickle-session-serializer", quiet).is_empty());
    }

    #[test]
    fn pickle_is_found_by_name_and_by_import() {
        let source = "\
import pickle
from django.core import signing
from django.contrib.sessions.serializers import PickleSerializer
from itsdangerous import URLSafeSerializer
app.config['SESSION_SERIALIZER'] = PickleSerializer
SESSION_SERIALIZER = \"django.contrib.sessions.serializers.PickleSerializer\"
URLSafeSerializer(key, serializer=pickle)
signing.dumps(data, serializer=PickleSerializer)
";
        assert_eq!(found("pickle-session-serializer", source).len(), 4);
        assert!(fixed("pickle-session-serializer", source).contains("\"django.contrib.sessions.serializers.JSONSerializer\""));
    }
}
