//! `global-session`: a session that lives as long as the program, or that nobody closes.

use ruff_python_ast::{Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::database::is_session;
use super::local_uses::{Use, local_uses};
use super::support::sole_assignment;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "global-session", hooks: &[Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Some((Expr::Name(name), value @ Expr::Call(call))) = sole_assignment(stmt) else { return };
    if context.in_main_guard() || !is_session(context, value) {
        return;
    }
    // `session.begin()` and its like give the session that is there already.
    if matches!(call.func.as_ref(), Expr::Attribute(method) if is_session(context, &method.value)) {
        return;
    }
    if context.at_module_level() {
        report.at(call.func.range(), &[("session", &name.id)]);
    } else if is_left_open(context, &name.id) {
        let message =
            format!("nothing closes `{}`, and it keeps its connection; open it in a `with` statement", name.id);
        report.say(call.func.range(), message);
    }
}

/// Whether a session is only used, and neither closed nor handed on.
fn is_left_open(context: &Context<'_>, name: &str) -> bool {
    local_uses(context, name).is_some_and(|uses| {
        !uses.is_empty()
            && uses.iter().all(|one| match one {
                Use::Method(method, _) => !["close", "aclose", "close_all"].contains(method),
                Use::Attribute(_) | Use::Tested => true,
                _ => false,
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn sessions_with_an_end_are_fine() {
        let quiet = "\
from sqlalchemy.orm import Session, scoped_session, sessionmaker
make = sessionmaker(engine)
sessions = scoped_session(make)
def work(engine):
    with Session(engine) as session:
        session.commit()
    other = make()
    try:
        other.commit()
    finally:
        other.close()
    third = make()
    yield third
class Unit:
    def __enter__(self):
        self.session = make()
if __name__ == '__main__':
    session = make()
";
        assert!(found("global-session", quiet).is_empty());
    }

    #[test]
    fn sessions_without_an_end_are_found() {
        let source = "\
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, sessionmaker
session = sessionmaker(engine)()
other: AsyncSession = AsyncSession(engine)
def work(engine, user):
    inner = Session(engine)
    inner.add(user)
    inner.commit()
";
        assert_eq!(found("global-session", source), ["sessionmaker(engine)", "AsyncSession", "Session"]);
    }
}
