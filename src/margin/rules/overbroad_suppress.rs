//! `overbroad-suppress`: a block in which nothing can fail any more.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::silent_except::{in_finalizer, only_cleans_up};
use super::support::{has_reason, is_symbol, only_tells, sole_assignment, symbol};
use super::{Detector, Hook, Report};
use crate::python::{BindingKind, Context, Lookup, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "overbroad-suppress", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if symbol(context, &call.func).is_none_or(|symbol| symbol != "contextlib.suppress") {
        return;
    }
    // A comment above, or on the line, is taken as the reason.
    if has_reason(context, call) || is_harmless(context) {
        return;
    }
    for class in &*call.arguments.args {
        if is_symbol(context, class, &["builtins.Exception", "builtins.BaseException"]) {
            report.at(class.range(), &[("class", context.text(class))]);
        }
    }
}

/// Whether nothing depends on the block: it only closes or tells something, or it looks for a better value than a
/// variable has already.
fn is_harmless(context: &Context<'_>) -> bool {
    let with = context.ancestors().find_map(|node| match node {
        Node::Stmt(Stmt::With(with)) => Some(with),
        _ => None,
    });
    with.is_some_and(|with| {
        only_cleans_up(&with.body) || only_tells(context, &with.body) || has_fallback(context, with) || in_finalizer(context)
    })
}

/// `found = None` stands before `with suppress(...): found = find()`.
fn has_fallback(context: &Context<'_>, with: &ast::StmtWith) -> bool {
    let [stmt] = with.body.as_slice() else { return false };
    let Some((Expr::Name(name), _)) = sole_assignment(stmt) else { return false };
    match context.lookup(&name.id, with.end()) {
        Lookup::Local { bindings, .. } => bindings.first().is_some_and(|first| {
            first.from < with.start() && matches!(first.kind, BindingKind::Value(_) | BindingKind::Annotated(_, Some(_)))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn errors_that_are_named_may_be_expected() {
        let source = "\
import contextlib
from contextlib import suppress
with contextlib.suppress(OSError): ...
with own.suppress(Exception): ...
with suppress(ValueError, Exception): ...
# Whatever the plug-in does, the others must run.
with suppress(Exception):
    plug_in()
with suppress(Exception):
    server.close()
with suppress(Exception):
    print('done')
def carets(line):
    marks = None
    if line:
        with suppress(Exception):
            marks = find(line)
    return marks
def __del__(self):
    with suppress(Exception):
        self.leave()
";
        assert_eq!(found("overbroad-suppress", source), ["Exception"]);
    }

    #[test]
    fn a_value_that_is_missing_afterwards_is_no_fallback() {
        let source = "\
from contextlib import suppress
def carets(line):
    with suppress(Exception):
        marks = find(line)
    with suppress(Exception):
        return find(line)
";
        assert_eq!(found("overbroad-suppress", source), ["Exception"; 2]);
    }
}
