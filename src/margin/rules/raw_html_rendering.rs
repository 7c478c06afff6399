//! `raw-html-rendering`: values that become part of a page unescaped.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::interpolation::inserted;
use super::support::{argument, is_constant, last_name, string, symbol, value_of, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "raw-html-rendering", hooks: &[Hook::Call(check)] };

/// Functions that declare a text to be safe as it is.
const TRUSTING: [&str; 7] = [
    "markupsafe.Markup",
    "flask.Markup",
    "jinja2.Markup",
    "django.utils.safestring.mark_safe",
    "django.utils.safestring.SafeString",
    "django.utils.safestring.SafeText",
    "django.utils.html.mark_safe",
];

/// Responses that are pages.
const PAGES: [&str; 3] =
    ["fastapi.responses.HTMLResponse", "starlette.responses.HTMLResponse", "django.http.HttpResponse"];

/// Words in the names of functions and variables whose text may stand in a page.
const SAFE: [&str; 16] = [
    "escape", "escaped", "conditional", "clean", "sanitize", "sanitized", "quote", "urlencode", "html", "render",
    "markup", "safe", "len", "int", "static", "reverse",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol(context, &call.func) else { return };
    if !TRUSTING.contains(&callee.as_str()) && !PAGES.contains(&callee.as_str()) {
        return;
    }
    let given = call.arguments.args.first().or_else(|| argument(call, "content", None).given());
    let Some(text) = given.map(|text| value_of(context, text)) else { return };
    let kind = ["media_type", "mimetype", "content_type"].iter().find_map(|name| argument(call, name, None).given());
    if kind.is_some_and(|kind| !string(kind).is_some_and(|kind| kind.contains("html"))) {
        return;
    }
    if let Some(value) = inserted(text).into_iter().find(|value| !may_stand(context, value)) {
        report.at(value.range(), &[("value", context.text(value)), ("symbol", context.text(call.func.as_ref()))]);
    }
}

/// Whether a value is one that cannot hold a tag, or has been escaped as far as its name tells.
fn may_stand<'a>(context: &Context<'a>, value: &'a Expr) -> bool {
    let named_safe = |name: &str| words(name).iter().any(|word| SAFE.contains(&word.as_str()));
    if is_constant(context, value) {
        return true;
    }
    let plain = ["builtins.int", "builtins.float", "builtins.bool"];
    if context.infer(value).is_some_and(|ty| plain.contains(&ty.class.as_str()) || named_safe(&ty.class)) {
        return true;
    }
    match value {
        Expr::Call(call) => {
            let own = last_name(&call.func).is_some_and(named_safe);
            // `", ".join(escape(x) for x in xs)`: too much to follow.
            own || last_name(&call.func) == Some("join")
        }
        _ => {
            let origin = value_of(context, value);
            last_name(value).is_some_and(named_safe)
                || matches!(origin, Expr::Call(call) if last_name(&call.func).is_some_and(named_safe))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn escaped_values_may_stand_in_a_page() {
        let quiet = "\
import html
from markupsafe import Markup, escape
from django.http import HttpResponse
from django.utils.html import format_html
def show(name, count: int, link_html):
    Markup('<b>fixed</b>')
    Markup('<b>{}</b>').format(name)
    Markup(f'<b>{escape(name)}</b>{count}{link_html}')
    Markup('<b>' + html.escape(name) + '</b>')
    Markup(name)
    safe_name = html.escape(name)
    title = escape(name)
    Markup(f'{safe_name}{title}')
    HttpResponse(f'{name}', content_type='text/plain')
    return format_html('<b>{}</b>', name)
";
        assert!(found("raw-html-rendering", quiet).is_empty());
    }

    #[test]
    fn built_texts_are_found() {
        let source = "\
from markupsafe import Markup
from django.utils.safestring import mark_safe
from fastapi.responses import HTMLResponse
def show(name):
    Markup(f'<b>{name}</b>')
    mark_safe('<b>%s</b>' % name)
    page = '<b>' + name.title() + '</b>'
    mark_safe('<b>{}</b>'.format(name))
    return HTMLResponse(page)
";
        assert_eq!(found("raw-html-rendering", source), ["name", "name", "name.title()", "name"]);
    }
}
