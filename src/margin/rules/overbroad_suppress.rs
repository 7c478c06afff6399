//! `overbroad-suppress`: a block in which nothing can fail any more.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{comments_above, has_reason, is_reason, is_symbol, only_tells, symbol};
use super::swallowed::{asks_foreign_object, fails_by_name, in_finalizer, is_promised, makes_text, only_cleans_up, only_measures};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "overbroad-suppress", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "contextlib.suppress") {
        return;
    }
    // Elsewhere than in a `with` it is somebody's choice among others.
    let Some(with) = entered(context) else { return };
    // A comment above, on the line or at the top of the block is taken as the reason.
    let mut top = with.body.first().into_iter().flat_map(|first| comments_above(context, first.start()));
    let is_explained = has_reason(context, call) || top.any(is_reason);
    // What somebody else's code raises need not be known.
    if !fails_by_name(context, &with.body) {
        return;
    }
    if is_explained || is_harmless(context, with) || in_finalizer(context) || in_clause(context) || is_promised(context) || makes_text(context) {
        return;
    }
    for class in &*call.arguments.args {
        if is_symbol(context, class, &["builtins.Exception", "builtins.BaseException"]) {
            report.at(class.range(), &[("class", context.text(class))]);
        }
    }
}

/// The `with` that the call is entered in.
fn entered<'a>(context: &Context<'a>) -> Option<&'a ast::StmtWith> {
    let mut ancestors = context.ancestors();
    match (ancestors.next()?, ancestors.next()?) {
        (Node::WithItem(_), Node::Stmt(Stmt::With(with))) | (Node::Stmt(Stmt::With(with)), _) => Some(with),
        _ => None,
    }
}

/// Whether nothing depends on the block: it only closes or tells something, or asks an object of any make.
fn is_harmless(context: &Context<'_>, with: &ast::StmtWith) -> bool {
    only_cleans_up(&with.body)
        || only_tells(context, &with.body)
        || asks_foreign_object(context, &with.body)
        || only_measures(context)
}

/// Whether the block deals with another error already, which must not be hidden by a second one.
fn in_clause(context: &Context<'_>) -> bool {
    let is_function = |node: &Node<'_>| matches!(node, Node::Stmt(Stmt::FunctionDef(_)) | Node::Expr(Expr::Lambda(_)));
    context.ancestors().take_while(|node| !is_function(node)).any(|node| matches!(node, Node::Handler(_)))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn errors_that_are_named_may_be_expected() {
        let source = "\
import contextlib, json, os
from contextlib import suppress
with contextlib.suppress(OSError):
    os.remove(path)
with own.suppress(Exception):
    os.remove(path)
with suppress(ValueError, Exception):
    os.remove(path)
# Whatever is wrong with the file, the others must be read.
with suppress(Exception):
    os.remove(path)
with suppress(Exception):
    # It may be gone.
    os.remove(path)
with suppress(Exception):
    print('done')
with suppress(Exception):
    wrapper.__name__ = str(function)
def __del__(self):
    with suppress(Exception):
        os.remove(self.path)
def forget(path):
    '''Falls back to the next place.'''
    with suppress(Exception):
        os.remove(path)
def __str__(self):
    with suppress(Exception):
        return self.names[self.number]
def shown(thing):
    with suppress(Exception):
        return str(thing).encode()
def undo(path):
    try:
        work()
    except OSError:
        with suppress(Exception):
            os.remove(path)
        raise
def quiet_or_not(developer):
    return contextlib.nullcontext() if developer else suppress(Exception)
";
        assert_eq!(found("overbroad-suppress", source), ["Exception"]);
    }

    #[test]
    fn what_others_wrote_may_fail_in_any_way() {
        let source = "\
import json
from contextlib import suppress
def load(path, text, rows, plug_in):
    with suppress(Exception):
        plug_in(json.loads(text))
    with suppress(Exception):
        path.loop = rows
    with suppress(Exception):
        return json.loads(text)
    with suppress(Exception):
        return rows[0]
";
        assert_eq!(found("overbroad-suppress", source), ["Exception"; 2]);
    }
}
