//! `environment-dump`: every secret of the environment in a log.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::interpolation::inserted;
use super::output::writes;
use super::support::{is_symbol, last_name, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "environment-dump", hooks: &[Hook::Call(check)] };

/// Functions that show all of what they are given.
const SHOWING: [&str; 9] = [
    "builtins.dict",
    "builtins.str",
    "builtins.repr",
    "builtins.sorted",
    "builtins.list",
    "json.dumps",
    "pprint.pformat",
    "copy.copy",
    "copy.deepcopy",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.args.is_empty() || !(writes(context, call) || prints_prettily(context, call)) {
        return;
    }
    for shown in &*call.arguments.args {
        if let Some(environment) = whole_environment(context, shown, 4) {
            report.at(environment.range(), &[("environment", context.text(environment))]);
        }
    }
}

fn prints_prettily(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let named = last_name(&call.func).is_some_and(|name| matches!(name, "pprint" | "pp"));
    named && is_symbol(context, &call.func, &["pprint.pprint", "pprint.pp"])
}

/// `os.environ` in what is shown, all of it.
fn whole_environment<'a>(context: &Context<'a>, shown: &'a Expr, steps: u8) -> Option<&'a Expr> {
    let steps = steps.checked_sub(1)?;
    match shown {
        Expr::Name(_) | Expr::Attribute(_) => is_symbol(context, shown, &["os.environ", "os.environb"]).then_some(shown),
        Expr::Call(call) => {
            let callee = symbol(context, &call.func);
            if let Some(callee) = callee.filter(|callee| SHOWING.contains(&callee.as_str())) {
                let shown = call.arguments.args.first()?;
                // A list of the mapping is one of the names.
                let names = matches!(callee.as_str(), "builtins.sorted" | "builtins.list") && !shown.is_call_expr();
                return if names { None } else { whole_environment(context, shown, steps) };
            }
            // `os.environ.items()`
            match call.func.as_ref() {
                Expr::Attribute(method) if matches!(method.attr.as_str(), "items" | "values" | "copy") => {
                    whole_environment(context, &method.value, steps)
                }
                _ => inserted(shown).into_iter().find_map(|value| whole_environment(context, value, steps)),
            }
        }
        _ => inserted(shown).into_iter().find_map(|value| whole_environment(context, value, steps)),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn single_variables_and_names_are_fine() {
        let quiet = "\
import os, json
print(os.environ['PATH'], os.environ.get('HOME'))
print(sorted(os.environ), len(os.environ))
print(f'{os.environ[\"PATH\"]}')
json.dumps(dict(os.environ))
print(json.dumps(environ))
subprocess.run(command, env=dict(os.environ))
";
        assert!(found("environment-dump", quiet).is_empty());
    }

    #[test]
    fn the_whole_of_it_is_found_in_any_dress() {
        let source = "\
import json, logging, os
from os import environ
from pprint import pprint
log = logging.getLogger(__name__)
print(os.environ)
log.debug('environment: %s', dict(environ))
logging.error(f'failed in {os.environ}')
print(json.dumps(dict(os.environ), indent=2))
pprint(dict(os.environ))
print('env: %s' % os.environ, sorted(os.environ.items()))
";
        let expected =
            ["os.environ", "environ", "os.environ", "os.environ", "os.environ", "os.environ", "os.environ"];
        assert_eq!(found("environment-dump", source), expected);
    }
}
