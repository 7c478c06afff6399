//! `cors-wildcard`: an API that every website may read.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Argument, argument, function_text, is_false, is_true, last_name, string, symbol, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "cors-wildcard",
    hooks: &[Hook::Call(check_call), Hook::Stmt(&[NodeKind::StmtAssign], check_setting)],
};

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.is_empty() || is_without_credentials(call) {
        return;
    }
    if is_middleware(context, call) {
        let origins = argument(call, "allow_origins", None).given().filter(|origins| is_any(context, origins));
        let pattern = argument(call, "allow_origin_regex", None).given();
        let pattern = pattern.filter(|pattern| string(pattern).is_some_and(|text| [".*", "^.*$", ".+", "https?://.*"].contains(&text)));
        let Some(place) = origins.or(pattern) else { return };
        if argument(call, "allow_credentials", None).given().is_some_and(is_true) {
            let message = "every website may call this API with its visitors' cookies; list the origins that may".to_owned();
            report.say(place.range(), message);
        } else {
            tell(context, place.range(), report);
        }
    } else if symbol(context, &call.func).is_some_and(|symbol| symbol == "flask_cors.CORS") {
        let origins = argument(call, "origins", None);
        let resources = argument(call, "resources", None);
        match (origins, resources) {
            (Argument::Given(origins), _) if is_any(context, origins) => tell(context, origins.range(), report),
            (Argument::Absent, Argument::Absent) if !is_configured(context) => tell(context, call.func.range(), report),
            (Argument::Absent, Argument::Given(Expr::Dict(resources))) => {
                let options = resources.items.iter().filter_map(|item| item.value.as_dict_expr());
                let origins = options
                    .flat_map(|options| &options.items)
                    .filter(|item| item.key.as_ref().and_then(string) == Some("origins"))
                    .find(|item| is_any(context, &item.value));
                if let Some(item) = origins {
                    tell(context, item.value.range(), report);
                }
            }
            _ => {}
        }
    }
}

/// `allow_credentials=False`: somebody has thought of what every website may do, and it gets no more than any stranger.
fn is_without_credentials(call: &ast::ExprCall) -> bool {
    ["allow_credentials", "supports_credentials"].iter().any(|switch| argument(call, switch, None).given().is_some_and(is_false))
}

/// `app.config["CORS_ORIGINS"] = ...` in the same function.
fn is_configured(context: &Context<'_>) -> bool {
    function_text(context).is_some_and(|text| ["CORS_ORIGINS", "CORS_RESOURCES"].iter().any(|setting| text.contains(setting)))
}

fn tell(context: &Context<'_>, place: TextRange, report: &mut Report<'_>) {
    report.at(place, &[("place", context.text(place))]);
}

/// `CORSMiddleware(app, ...)`, `app.add_middleware(CORSMiddleware, ...)`, `Middleware(CORSMiddleware, ...)`.
fn is_middleware(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    // Names are worth resolving only where the arguments fit.
    let fits = ["allow_origins", "allow_origin_regex"].iter().any(|keyword| call.arguments.find_keyword(keyword).is_some());
    let is_class = |expr: &Expr| symbol(context, expr).is_some_and(|symbol| symbol.ends_with(".cors.CORSMiddleware"));
    fits && (is_class(&call.func) || call.arguments.args.first().is_some_and(is_class))
}

/// `"*"`, or a list with it.
fn is_any<'a>(context: &Context<'a>, origins: &'a Expr) -> bool {
    match value_of(context, origins) {
        Expr::List(ast::ExprList { elts, .. })
        | Expr::Tuple(ast::ExprTuple { elts, .. })
        | Expr::Set(ast::ExprSet { elts, .. }) => elts.iter().any(|one| string(one) == Some("*")),
        other => string(other) == Some("*"),
    }
}

/// django-cors-headers.
fn check_setting<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Assign(assign) = stmt else { return };
    let all = assign.targets.iter().filter_map(last_name).any(|name| matches!(name, "CORS_ALLOW_ALL_ORIGINS" | "CORS_ORIGIN_ALLOW_ALL"));
    if all && is_true(&assign.value) {
        tell(context, assign.targets[0].range(), report);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn listed_origins_are_fine() {
        let quiet = "\
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from flask_cors import CORS
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=['https://shop.example'], allow_methods=['*'])
app.add_middleware(Other, allow_origins=['*'])
app.add_middleware(CORSMiddleware, allow_origins=settings.origins)
CORS(app, origins='https://shop.example')
CORS(app, **options)
CORS(app, origins='*', supports_credentials=False)
app.add_middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=False)
def make(app):
    app.config['CORS_RESOURCES'] = {'/api/*': {'origins': settings.origins}}
    CORS(app)
CORS(app, resources={r'/api/*': {'origins': ['https://shop.example']}})
CORS_ALLOW_ALL_ORIGINS = False
def test_cors():
    CORS(app)
";
        assert!(found("cors-wildcard", quiet).is_empty());
    }

    #[test]
    fn every_way_to_say_all_is_found() {
        let source = "\
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from flask_cors import CORS
middleware = [Middleware(CORSMiddleware, allow_origins=['*'], allow_credentials=True)]
def make(app):
    origins = ['*']
    app.add_middleware(CORSMiddleware, allow_origins=origins)
    CORS(app)
    CORS(app, origins='*')
    CORS(app, resources={r'/api/*': {'origins': '*'}})
    return CORSMiddleware(app, allow_origin_regex='.*')
CORS_ORIGIN_ALLOW_ALL = True
";
        let expected = ["['*']", "origins", "CORS", "'*'", "'*'", "'.*'", "CORS_ORIGIN_ALLOW_ALL"];
        assert_eq!(found("cors-wildcard", source), expected);
    }
}
