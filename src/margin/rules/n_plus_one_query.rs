//! `n-plus-one-query`: one query for the rows, and one more for each row.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, is_call_of, is_name, value_of, walk, walk_expr};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "n-plus-one-query", hooks: &[Hook::Stmt(&[NodeKind::StmtFor], check)] };

/// What gives objects of a mapped class.
const QUERIES: [&str; 3] =
    ["sqlalchemy.orm.Session.scalars", "sqlalchemy.orm.Session.query", "sqlalchemy.ext.asyncio.AsyncSession.scalars"];

/// Looks at `for user in session.scalars(select(User)): for post in user.posts: ...`.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    let Expr::Name(row) = each.target.as_ref() else { return };
    let rows = value_of(context, &each.iter);
    if is_query(context, rows)
        && !loads_more(context, rows)
        && let Some((place, name)) = related(&each.body, &row.id)
    {
        report.at(place, &[("attribute", name), ("row", &row.id)]);
    }
}

/// What a body goes through for each row: an attribute of the row.
fn related<'a>(body: &'a [Stmt], row: &str) -> Option<(TextRange, &'a str)> {
    let mut found = None;
    walk(body, |node| {
        let iter = match node {
            AnyNodeRef::StmtFor(inner) => Some(inner.iter.as_ref()),
            AnyNodeRef::Comprehension(inner) => Some(&inner.iter),
            _ => None,
        };
        if let Some(Expr::Attribute(attribute)) = iter
            && is_name(&attribute.value, row)
        {
            found = Some((attribute.range(), attribute.attr.as_str()));
            return Go::Stop;
        }
        Go::In
    });
    found
}

/// Whether an expression is made of a query's objects.
fn is_query<'a>(context: &Context<'a>, rows: &'a Expr) -> bool {
    let mut expr = rows;
    for _ in 0..16 {
        if is_call_of(context, expr, &QUERIES) {
            return true;
        }
        expr = match expr {
            Expr::Await(awaited) => &awaited.value,
            Expr::Call(ast::ExprCall { func, .. }) => match func.as_ref() {
                Expr::Attribute(method) => &method.value,
                _ => return false,
            },
            Expr::Name(_) => match value_of(context, expr) {
                other if std::ptr::eq(other, expr) => return false,
                other => other,
            },
            _ => return false,
        };
    }
    false
}

/// Whether a query says what to load with its objects, or takes a statement that nothing is known of.
fn loads_more<'a>(context: &Context<'a>, rows: &'a Expr) -> bool {
    let mut found = false;
    let mut open = vec![rows];
    for _ in 0..8 {
        let Some(expr) = open.pop() else { break };
        walk_expr(expr, |node| {
            match node {
                AnyNodeRef::ExprAttribute(attribute) => found |= attribute.attr.as_str() == "options",
                AnyNodeRef::ExprCall(call) => {
                    for argument in &call.arguments.args {
                        if argument.is_name_expr() {
                            let value = value_of(context, argument);
                            if !std::ptr::eq(value, argument) {
                                open.push(value);
                            }
                        }
                    }
                }
                _ => {}
            }
            Go::In
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn loaded_relations_and_other_loops_are_fine() {
        let quiet = "\
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
def show(session: Session, users):
    for user in session.scalars(select(User).options(selectinload(User.posts))):
        for post in user.posts:
            print(post)
    statement = select(User).options(selectinload(User.posts))
    for user in session.scalars(statement):
        print([post for post in user.posts])
    for user in users:
        for post in user.posts:
            print(post)
    for user in session.scalars(select(User)):
        print(user.name)
";
        assert!(found("n-plus-one-query", quiet).is_empty());
    }

    #[test]
    fn a_relation_of_each_row_is_found() {
        let source = "\
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
def show(session: Session):
    users = session.query(User).all()
    for user in users:
        print(sum(order.total for order in user.orders))
async def show_async(session: AsyncSession):
    for user in (await session.scalars(select(User))).all():
        for post in user.posts:
            print(post)
";
        assert_eq!(found("n-plus-one-query", source), ["user.orders", "user.posts"]);
    }
}
