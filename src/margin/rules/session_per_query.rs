//! `session-per-query`: a class whose methods each open a session of their own.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, is_name, is_symbol, last_name, walk};
use super::{Detector, Hook, Report};
use crate::python::{ClassInfo, Context, Lookup, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector { rule: "session-per-query", hooks: &[Hook::Class(check)] };

const SESSIONS: [&str; 2] = ["sqlalchemy.orm.Session", "sqlalchemy.ext.asyncio.AsyncSession"];
const MAKERS: [&str; 2] = ["sqlalchemy.orm.sessionmaker", "sqlalchemy.ext.asyncio.async_sessionmaker"];

/// The usual names of what makes sessions, where it comes from another module.
const USUAL: [&str; 6] =
    ["SessionLocal", "AsyncSessionLocal", "async_session", "async_session_maker", "session_factory", "session_maker"];

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    if class.name.as_str().starts_with("Test") {
        return;
    }
    let info = context.local_class(&class.name);
    let opened: Vec<TextRange> = class.body.iter().filter_map(|stmt| opens(context, stmt, info)).collect();
    for place in opened.iter().skip(1) {
        report.at(*place, &[("class", &class.name), ("symbol", context.text(*place))]);
    }
}

/// Where a method opens a session in a `with` statement.
fn opens<'a>(context: &Context<'a>, stmt: &'a Stmt, info: Option<&ClassInfo>) -> Option<TextRange> {
    let Stmt::FunctionDef(def) = stmt else { return None };
    let this = def.parameters.posonlyargs.first().or(def.parameters.args.first()).map(|first| first.name().as_str());
    let mut found = None;
    walk(&def.body, |node| {
        match node {
            AnyNodeRef::StmtWith(with) => {
                let mut calls = with.items.iter().filter_map(|item| match &item.context_expr {
                    Expr::Call(call) => Some(call),
                    _ => None,
                });
                found = calls.find(|call| makes_session(context, &call.func, this, info)).map(|call| call.func.range());
            }
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => return Go::Over,
            _ if node.is_expression() => return Go::Over,
            _ => {}
        }
        if found.is_some() { Go::Stop } else { Go::In }
    });
    found
}

fn makes_session(context: &Context<'_>, func: &Expr, this: Option<&str>, info: Option<&ClassInfo>) -> bool {
    if is_symbol(context, func, &SESSIONS) {
        return true;
    }
    match func {
        Expr::Attribute(attribute) if this.is_some_and(|this| is_name(&attribute.value, this)) => {
            let known = info.and_then(|info| info.attributes.get(attribute.attr.as_str())).and_then(Option::as_ref);
            known.map_or(USUAL.contains(&attribute.attr.as_str()), |ty| MAKERS.contains(&ty.class.as_str()))
        }
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Module(binding) => match &binding.kind {
                ModuleBindingKind::Value(Some(ty)) => MAKERS.contains(&ty.class.as_str()),
                _ => false,
            },
            Lookup::Symbol(_) => last_name(func).is_some_and(|name| USUAL.contains(&name)),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn one_session_that_is_handed_on_is_fine() {
        let quiet = "\
from sqlalchemy.orm import Session
from db import SessionLocal
class Users:
    def __init__(self, session):
        self.session = session
    def all(self):
        return self.session.scalars(ALL)
    def one(self):
        with self.session.begin():
            return self.session.get(1)
    def report(self):
        with SessionLocal() as session:
            return session.scalars(ALL)
class Files:
    def a(self):
        with open('a') as file: ...
    def b(self):
        with open('b') as file: ...
";
        assert!(found("session-per-query", quiet).is_empty());
    }

    #[test]
    fn the_second_session_of_a_class_is_found() {
        let source = "\
from sqlalchemy.orm import Session, sessionmaker
make = sessionmaker(engine)
class Users:
    def all(self):
        with make() as session:
            return session.scalars(ALL)
    async def one(self, user_id):
        if user_id:
            async with self.session_factory() as session:
                return await session.get(User, user_id)
    def save(self, user):
        with Session(engine) as session:
            session.add(user)
";
        assert_eq!(found("session-per-query", source), ["self.session_factory", "Session"]);
    }
}
