//! `mailbox-not-closed`: changes to a mailbox that never reach the file.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{Go, MAILBOX_CHANGES, function_text, is_symbol, walk};
use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector { rule: "mailbox-not-closed", hooks: &[Hook::Call(check)] };

/// The kinds that keep changes in memory until they are flushed.
const KINDS: [&str; 3] = ["mailbox.mbox", "mailbox.MMDF", "mailbox.Babyl"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(Node::Stmt(Stmt::Assign(assign))) = context.parent() else { return };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return };
    if !is_symbol(context, &call.func, &KINDS) || function_text(context).is_none() {
        return;
    }
    let Some(function) = context.enclosing_function() else { return };
    let mut changed = None;
    let mut kept = false;
    // The uses of the name that are known to leave it here.
    let mut harmless = 0;
    let mut uses = 0;
    walk(&function.body, |node| {
        match node {
            AnyNodeRef::ExprName(other) if other.id == name.id && other.ctx.is_load() => uses += 1,
            AnyNodeRef::ExprAttribute(attribute) if is_name(&attribute.value, name) => {
                harmless += 1;
                match attribute.attr.as_str() {
                    "close" | "flush" => kept = true,
                    // A message that is added is written at once.
                    method if method != "add" && MAILBOX_CHANGES.contains(&method) => changed = changed.or(Some(attribute)),
                    _ => {}
                }
            }
            AnyNodeRef::ExprSubscript(item) if is_name(&item.value, name) => harmless += 1,
            AnyNodeRef::StmtFor(stmt) if is_name(&stmt.iter, name) => harmless += 1,
            _ => {}
        }
        Go::In
    });
    if let Some(change) = changed
        && !kept
        && uses == harmless
    {
        report.at(call.func.range(), &[("change", context.text(change)), ("name", &name.id)]);
    }
}

fn is_name(expr: &Expr, name: &ast::ExprName) -> bool {
    matches!(expr, Expr::Name(other) if other.id == name.id)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_box_that_is_flushed_or_passed_on_is_fine() {
        let quiet = "\
import mailbox
def flushed():
    box = mailbox.mbox('mail')
    box.remove(1)
    box.flush()
def returned():
    box = mailbox.mbox('mail')
    box.remove(1)
    return box
def passed_on():
    box = mailbox.mbox('mail')
    box.remove(1)
    finish(box)
def read():
    box = mailbox.mbox('mail')
    for message in box:
        print(message)
def added():
    box = mailbox.mbox('mail')
    box.add(message)
def directory():
    box = mailbox.Maildir('mail')
    box.remove(1)
";
        assert!(found("mailbox-not-closed", quiet).is_empty());
    }
}
