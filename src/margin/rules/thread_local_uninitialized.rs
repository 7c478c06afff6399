//! `thread-local-uninitialized`: an attribute that only one thread has.

use ruff_python_ast::{Expr, ExprContext, NodeKind};
use ruff_text_size::Ranged;

use super::support::function_text;
use super::{Detector, Hook, Report};
use crate::python::{Context, Lookup, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "thread-local-uninitialized",
    hooks: &[Hook::Expr(&[NodeKind::ExprAttribute], check)],
};

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = expr else { return };
    let Expr::Name(local) = attribute.value.as_ref() else { return };
    if attribute.attr.starts_with("__") || !is_thread_local(context, &local.id, local) {
        return;
    }
    let missing = match attribute.ctx {
        // Set when the module is imported: in the thread that imports it.
        ExprContext::Store => context.at_module_level() && !context.in_main_guard(),
        ExprContext::Load => is_first_read(context, &local.id, &attribute.attr, expr),
        _ => false,
    };
    if missing {
        report.at(expr.range(), &[("attribute", context.text(expr))]);
    }
}

fn is_thread_local(context: &Context<'_>, name: &str, place: impl Ranged) -> bool {
    match context.lookup(name, place.start()) {
        Lookup::Module(binding) => {
            matches!(&binding.kind, ModuleBindingKind::Value(Some(ty)) if ty.class == "threading.local")
        }
        _ => false,
    }
}

/// Whether a function reads the attribute here for the first time, and neither sets it nor asks whether it is there.
fn is_first_read(context: &Context<'_>, local: &str, attribute: &str, place: &Expr) -> bool {
    let (Some(def), Some(text)) = (context.enclosing_function(), function_text(context)) else { return false };
    let asks = [format!("hasattr({local}"), format!("getattr({local}"), format!("{local}.__dict__"), "AttributeError".to_owned()];
    if asks.iter().any(|ask| text.contains(ask.as_str())) {
        return false;
    }
    let whole = format!("{local}.{attribute}");
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut uses = text.match_indices(&whole).filter(|(at, _)| {
        !text[..*at].ends_with(part) && !text[at + whole.len()..].starts_with(part)
    });
    let first = uses.next().map(|(at, _)| at);
    let here = (place.start() - def.start()).to_usize();
    let sets = text.match_indices(&whole).any(|(at, _)| {
        let rest = text[at + whole.len()..].trim_start();
        rest.starts_with('=') && !rest.starts_with("==") || rest.starts_with(": ")
    });
    first == Some(here) && !sets
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn attributes_that_a_function_provides_for_are_fine() {
        let quiet = "\
import threading
local = threading.local()
class Own(threading.local):
    count = 0
own = Own()
def connection():
    if not hasattr(local, 'connection'):
        local.connection = connect()
    return local.connection
def name():
    return getattr(local, 'name', None)
def tried():
    try:
        return local.user
    except AttributeError:
        return None
def begin():
    local.depth = 0
    local.depth += 1
    return own.count
def other(local):
    return local.name
";
        assert!(found("thread-local-uninitialized", quiet).is_empty());
    }

    #[test]
    fn attributes_of_another_thread_are_found() {
        let source = "\
import threading
local = threading.local()
local.user = None
def user():
    log(local.user)
    return local.user
";
        assert_eq!(found("thread-local-uninitialized", source), ["local.user", "local.user"]);
    }
}
