//! `mailbox-without-lock`: a mailbox changed while the mail server may write to it.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{MAILBOX_CHANGES, function_text, is_call_of, value_of};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "mailbox-without-lock", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let ast::Expr::Attribute(method) = call.func.as_ref() else { return };
    if !MAILBOX_CHANGES.contains(&method.attr.as_str()) {
        return;
    }
    let made = value_of(context, &method.value);
    if !is_call_of(context, made, &["mailbox.mbox", "mailbox.MMDF", "mailbox.MH", "mailbox.Babyl"]) {
        return;
    }
    if function_text(context).is_some_and(|text| !text.contains(".lock(")) {
        report.at(call.func.range(), &[("change", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_locked_box_and_a_maildir_are_fine() {
        let quiet = "\
import mailbox
def tidy():
    box = mailbox.mbox('mail')
    box.lock()
    box.remove(1)
def keep():
    box = mailbox.Maildir('mail')
    box.add(message)
def given(box):
    box.add(message)
def count():
    return len(mailbox.mbox('mail'))
";
        assert!(found("mailbox-without-lock", quiet).is_empty());
    }
}
