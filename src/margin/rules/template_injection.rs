//! `template-injection`: data that is read as a template.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, Operator};

use super::support::{argument, is_constant, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "template-injection", hooks: &[Hook::Call(check)] };

/// What makes a template of a text, and the name of that parameter; it is the first everywhere.
const MAKERS: [(&str, &str); 5] = [
    ("jinja2.Template", "source"),
    ("jinja2.Environment.from_string", "source"),
    ("flask.render_template_string", "source"),
    ("flask.stream_template_string", "source"),
    ("mako.template.Template", "text"),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = context.callee(call) else { return };
    let Some((_, keyword)) = MAKERS.iter().find(|(name, _)| *name == callee) else { return };
    let Some(source) = argument(call, keyword, Some(0)).given() else { return };
    if let Some(value) = put_in(context, value_of(context, source)) {
        report.at(source, &[("value", context.text(value))]);
    }
}

/// What is put into the text at run time.
fn put_in<'a>(context: &Context<'_>, text: &'a Expr) -> Option<&'a Expr> {
    let unknown = |value: &'a Expr| (!is_constant(context, value)).then_some(value);
    match text {
        Expr::FString(string) => string.value.elements().find_map(|element| match element {
            InterpolatedStringElement::Interpolation(part) => unknown(&part.expression),
            InterpolatedStringElement::Literal(_) => None,
        }),
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mod, right, .. }) if left.is_string_literal_expr() => {
            unknown(right)
        }
        Expr::BinOp(ast::ExprBinOp { op: Operator::Add, .. }) => {
            let mut parts = vec![text];
            let mut found = None;
            let mut is_text = false;
            while let Some(part) = parts.pop() {
                match part {
                    Expr::BinOp(ast::ExprBinOp { left, op: Operator::Add, right, .. }) => {
                        parts.push(left.as_ref());
                        parts.push(right.as_ref());
                    }
                    Expr::StringLiteral(_) => is_text = true,
                    other => found = unknown(other).or(found),
                }
            }
            found.filter(|_| is_text)
        }
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) if method.attr.as_str() == "format" && method.value.is_string_literal_expr() => {
                let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                call.arguments.args.iter().chain(keywords).find_map(unknown)
            }
            function => is_request(context, function).then_some(text),
        },
        Expr::Subscript(item) => is_request(context, &item.value).then_some(text),
        other => is_request(context, other).then_some(text),
    }
}

/// `flask.request.args` and the like.
fn is_request(context: &Context<'_>, expr: &Expr) -> bool {
    context.resolve(expr).is_some_and(|symbol| symbol.starts_with("flask.request."))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "template-injection";

    #[test]
    fn templates_from_the_program_are_fine() {
        let quiet = "\
import jinja2
from string import Template
from jinja2 import Environment
BASE = '<p>'
def page(name, path, env: Environment):
    jinja2.Template('Dear {{ name }}').render(name=name)
    jinja2.Template(BASE + '</p>')
    jinja2.Template(path.read_text())
    env.from_string(name)
    env.get_template(f'{name}.html')
    Template(f'Dear {name}')
    other.from_string(f'{name}')
    text = f'{BASE}</p>'
    env.from_string(text)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn what_is_put_in_is_found() {
        let source = "\
import flask, jinja2
from flask import request
def page(name, env: jinja2.Environment):
    flask.render_template_string('<p>' + name)
    env.from_string('<p>%s' % name)
    jinja2.Environment().from_string('<p>{}'.format(name))
    flask.render_template_string(request.args['page'])
    flask.render_template_string(request.args.get('page'))
    text = f'<p>{name}'
    jinja2.Template(text)
";
        assert_eq!(found(RULE, source).len(), 6);
    }
}
