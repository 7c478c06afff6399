//! `config-read-in-logic`: an environment variable that the code reads where it needs it.

use ruff_python_ast::{self as ast, Expr, NodeKind};
use ruff_text_size::{Ranged, TextRange};

use super::support::{is_symbol, symbol, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "config-read-in-logic",
    hooks: &[Hook::Call(check_call), Hook::Expr(&[NodeKind::ExprSubscript], check_item)],
};

/// Words in the names of functions and classes that are there for the settings, or that start the program.
const SETTINGS: [&str; 18] = [
    "app", "cli", "conf", "config", "configuration", "configure", "default", "defaults", "env", "environ",
    "environment", "from", "main", "option", "options", "setting", "settings", "setup",
];

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_some_and(|symbol| symbol == "os.getenv" || symbol == "os.environ.get") {
        check(context, call.range(), report);
    }
}

fn check_item<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    if let Expr::Subscript(item) = expr
        && item.ctx.is_load()
        && is_symbol(context, &item.value, &["os.environ"])
    {
        check(context, item.range, report);
    }
}

fn check(context: &Context<'_>, place: TextRange, report: &mut Report<'_>) {
    let mut in_function = false;
    for scope in context.scopes() {
        let name = match scope.kind {
            ScopeKind::Function(def) => def.name.as_str(),
            ScopeKind::Class(class) => class.name.as_str(),
            _ => continue,
        };
        in_function |= matches!(scope.kind, ScopeKind::Function(_));
        if words(name).iter().any(|word| SETTINGS.contains(&word.as_str())) {
            return;
        }
    }
    if in_function {
        report.at(place, &[("read", context.text(place))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "config-read-in-logic";

    #[test]
    fn where_settings_belong_they_may_be_read() {
        let quiet = "\
import os
DEBUG = os.environ.get('DEBUG')
class Settings:
    def __init__(self):
        self.name = os.environ['NAME']
def load_config():
    return os.getenv('NAME')
def main():
    run(os.environ['NAME'])
def start(env):
    os.environ['NAME'] = 'x'
    run(env={**os.environ})
    return env['NAME']
def test_name():
    assert os.environ['NAME']
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn every_way_to_read_is_found() {
        let source = "\
from os import environ, getenv
def send():
    return environ['A'], environ.get('B', ''), getenv('C')
";
        assert_eq!(found(RULE, source), ["environ['A']", "environ.get('B', '')", "getenv('C')"]);
    }
}
