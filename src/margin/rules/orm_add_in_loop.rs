//! `orm-add-in-loop`: rows that travel to the database one by one.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::Ranged;

use super::database::is_session;
use super::support::{any_in_own, argument, is_constant, is_instance_of, string};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "orm-add-in-loop", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(method) = call.func.as_ref() else { return };
    let name = method.attr.as_str();
    if !["commit", "flush", "execute"].contains(&name) {
        return;
    }
    let Some(Stmt::For(each)) = context.loops().next() else { return };
    if is_constant(context, &each.iter) {
        return;
    }
    let shown = context.text(call.func.as_ref());
    if name == "execute" {
        if inserts(context, call) {
            report.at(call.func.range(), &[("symbol", shown)]);
        }
    } else if is_session(context, &method.value) && adds(context, each, context.text(method.value.as_ref())) {
        report.say(
            call.func.range(),
            format!("`{shown}` in each round sends one row at a time; add them all, then once"),
        );
    }
}

/// Whether a statement that is executed puts in one row.
fn inserts(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let Some(statement) = argument(call, "statement", Some(0)).given() else { return false };
    match string(statement) {
        Some(text) => {
            let mut words = text.split_whitespace().map(str::to_ascii_uppercase);
            words.next().as_deref() == Some("INSERT") && words.any(|word| word.starts_with("VALUES"))
        }
        None => is_instance_of(context, statement, &["sqlalchemy.Insert"]),
    }
}

/// Whether a loop's body adds to this session.
fn adds(context: &Context<'_>, each: &ast::StmtFor, session: &str) -> bool {
    any_in_own(&each.body, |node| match node {
        AnyNodeRef::ExprAttribute(attribute) => {
            attribute.attr.as_str() == "add" && context.text(attribute.value.as_ref()) == session
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn one_commit_for_many_rows_is_fine() {
        let quiet = "\
from sqlalchemy.orm import Session
def save(session: Session, cursor, rows, batches):
    for row in rows:
        session.add(User(**row))
    session.commit()
    for batch in batches:
        session.add_all(batch)
        session.commit()
    cursor.executemany('INSERT INTO users VALUES (?)', rows)
    for name in ('a', 'b'):
        cursor.execute('INSERT INTO users VALUES (?)', (name,))
    for row in rows:
        cursor.execute('SELECT id FROM users WHERE name = ?', row)
        cursor.execute('INSERT INTO users SELECT * FROM old')
    while rows:
        cursor.execute('INSERT INTO users VALUES (?)', rows.pop())
";
        assert!(found("orm-add-in-loop", quiet).is_empty());
    }

    #[test]
    fn a_commit_or_an_insert_in_each_round_is_found() {
        let source = "\
from sqlalchemy import insert
from sqlalchemy.orm import Session
def save(session: Session, cursor, rows):
    for row in rows:
        session.add(User(**row))
        session.commit()
    for row in rows:
        cursor.execute('insert into users (name) values (?)', row)
        session.execute(insert(User).values(**row))
";
        assert_eq!(found("orm-add-in-loop", source), ["session.commit", "cursor.execute", "session.execute"]);
    }
}
