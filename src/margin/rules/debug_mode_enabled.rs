//! `debug-mode-enabled`: a program that shows its inside.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{argument, is_instance_of, is_name, is_true, string};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node, is_main_guard};

pub(super) const DETECTOR: Detector = Detector {
    rule: "debug-mode-enabled",
    hooks: &[Hook::Call(check_call), Hook::Stmt(&[NodeKind::StmtAssign], check_assignment)],
};

const APPS: [&str; 4] = ["fastapi.FastAPI", "flask.Flask", "starlette.applications.Starlette", "quart.Quart"];

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // Few calls have such an argument; of those the callee is worth finding out.
    let switch = if argument(call, "debug", None).given().is_some() { "debug" } else { "reload" };
    let Some(value) = argument(call, switch, None).given().filter(|value| is_true(value)) else { return };
    let Some(callee) = context.callee(call) else { return };
    let is_server = match callee.as_str() {
        "flask.Flask.run" | "quart.Quart.run" => switch == "debug",
        "uvicorn.run" => switch == "reload" && !context.in_main_guard(),
        name => switch == "debug" && APPS.contains(&name) && name != "flask.Flask",
    };
    if is_server {
        let range = call.arguments.find_keyword(switch).map_or(value.range(), Ranged::range);
        say(context, range, value, report);
    }
}

fn check_assignment<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let [target] = assign.targets.as_slice() else { return };
    if !is_true(&assign.value) {
        return;
    }
    let is_switch = match target {
        Expr::Name(_) => is_name(target, "DEBUG") && context.nodes().len() == 1 && is_django_settings(context),
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "debug" && is_instance_of(context, &attribute.value, &APPS)
        }
        // `app.config["DEBUG"] = True`
        Expr::Subscript(item) => match item.value.as_ref() {
            Expr::Attribute(config) => {
                string(&item.slice) == Some("DEBUG")
                    && config.attr.as_str() == "config"
                    && is_instance_of(context, &config.value, &APPS)
            }
            _ => false,
        },
        _ => false,
    };
    if is_switch {
        say(context, assign.range, &assign.value, report);
    }
}

/// A module that sets what only Django asks for.
fn is_django_settings(context: &Context<'_>) -> bool {
    ["INSTALLED_APPS", "ROOT_URLCONF"].iter().all(|name| context.table.bindings_of(name).next().is_some())
}

fn say(context: &Context<'_>, range: TextRange, value: &Expr, report: &mut Report<'_>) {
    if is_conditional(context) {
        return;
    }
    let fix = report.fix("Switch it off", value, "False");
    report.at(range, &[("setting", context.text(range))]).fix = Some(fix);
}

/// Whether something around decides: any `if` but the main guard.
fn is_conditional(context: &Context<'_>) -> bool {
    context.ancestors().any(|node| match node {
        Node::Stmt(Stmt::If(stmt)) => !is_main_guard(&stmt.test),
        Node::Expr(Expr::If(_)) => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "debug-mode-enabled";

    #[test]
    fn what_the_environment_decides_is_fine() {
        let quiet = "\
import os, uvicorn
from fastapi import FastAPI
from flask import Flask
app = Flask(__name__)
DEBUG = True
api = FastAPI(debug=settings.debug)
logger.debug = True
asyncio.run(main(), debug=True)
if os.environ.get('ENV') == 'dev':
    app.run(debug=True)
def test_page():
    app.debug = True
if __name__ == '__main__':
    app.run(debug=bool(os.environ.get('DEBUG')))
    uvicorn.run('shop:api', reload=True)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn switches_are_turned_off() {
        let source = "\
import uvicorn
from fastapi import FastAPI
from flask import Flask
INSTALLED_APPS = []
ROOT_URLCONF = 'shop.urls'
DEBUG = True
app = Flask(__name__)
app.debug = True
app.config['DEBUG'] = True
api = FastAPI(debug=True)
def main():
    uvicorn.run('shop:api', reload=True)
if __name__ == '__main__':
    app.run('0.0.0.0', debug=True)
";
        assert_eq!(found(RULE, source).len(), 6);
        assert_eq!(fixed(RULE, source), source.replace("= True", "= False").replace("=True", "=False"));
    }
}
