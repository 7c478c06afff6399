//! `shared-database-fixture`: a database that one test leaves to the next.

use ruff_python_ast::{self as ast, AnyNodeRef};
use ruff_text_size::Ranged;

use super::support::{any_in_own, argument, is_large, string, words};
use super::testing::fixture;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "shared-database-fixture", hooks: &[Hook::Function(check)] };

/// What the text of a fixture has in it that takes changes back.
const ISOLATING: [&str; 7] = ["rollback", "truncate", "TRUNCATE", "begin_nested", "savepoint", "DELETE FROM", "flush_db"];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let Some(scope) = fixture(context, def).and_then(|call| argument(call, "scope", None).given()) else { return };
    if !string(scope).is_some_and(|scope| matches!(scope, "session" | "package" | "module")) || !is_connection(&def.name) {
        return;
    }
    let gives = any_in_own(&def.body, |node| match node {
        AnyNodeRef::StmtReturn(stmt) => stmt.value.is_some(),
        AnyNodeRef::ExprYield(given) => given.value.is_some(),
        _ => false,
    });
    let isolates = is_large(def) || ISOLATING.iter().any(|word| context.text(def).contains(word));
    if gives && !isolates {
        report.at(scope.range(), &[("fixture", def.name.as_str()), ("scope", string(scope).unwrap_or_default())]);
    }
}

/// Whether a name is that of something that tests write to a database with; not of the engine, server or address.
fn is_connection(name: &str) -> bool {
    let words = words(name);
    let database = |word: &String| matches!(word.as_str(), "db" | "database" | "sql" | "sqlite" | "postgres" | "pg" | "mysql");
    match words.last().map(String::as_str) {
        Some("db" | "database" | "conn" | "connection" | "cursor") => true,
        Some("session" | "client") => words.iter().any(database),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    const RULE: &str = "shared-database-fixture";

    #[test]
    fn what_each_test_gets_anew_is_fine() {
        let quiet = "\
import pytest
@pytest.fixture
def db():
    return connect()
@pytest.fixture(scope='function')
def connection():
    return connect()
@pytest.fixture(scope='session')
def db_engine():
    return make_engine()
@pytest.fixture(scope='session')
def http_session():
    return Session()
@pytest.fixture(scope='module')
def db_session(connection):
    yield Session(connection)
    connection.rollback()
@pytest.fixture(scope='session')
def setup_db():
    create_tables()
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn what_lives_longer_is_found() {
        let source = "\
import pytest
@pytest.fixture(scope='session')
def db():
    yield connect()
@pytest.fixture(scope=\"module\", autouse=True)
def db_session(engine):
    return Session(engine)
";
        let options = Options { file_name: "conftest.py".to_owned(), ..Options::default() };
        assert_eq!(found_with(RULE, source, &options), ["'session'", "\"module\""]);
    }
}
