//! `connection-shared-across-requests`: one connection of the module for all that its functions do.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::database::CONNECT;
use super::support::is_symbol;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "connection-shared-across-requests",
    hooks: &[Hook::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign], check)],
};

/// Looks at `connection = psycopg.connect(...)` in a module that has functions or classes.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let (Stmt::Assign(ast::StmtAssign { value, .. }) | Stmt::AnnAssign(ast::StmtAnnAssign { value: Some(value), .. })) =
        stmt
    else {
        return;
    };
    let Expr::Call(call) = value.as_ref() else { return };
    if context.at_module_level()
        && context.table.defines()
        && !context.in_main_guard()
        && is_symbol(context, &call.func, &CONNECT)
    {
        report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn scripts_and_connections_of_functions_are_fine() {
        let script = "import sqlite3\nconnection = sqlite3.connect('a.db')\nconnection.execute('VACUUM')\n";
        assert!(found("connection-shared-across-requests", script).is_empty());
        let quiet = "\
import sqlite3
def connect():
    connection = sqlite3.connect('a.db')
    return connection
if __name__ == '__main__':
    connection = sqlite3.connect('a.db')
";
        assert!(found("connection-shared-across-requests", quiet).is_empty());
    }

    #[test]
    fn a_connection_of_a_module_with_functions_is_found() {
        let source = "\
from psycopg2 import connect
connection = connect(URL)
def users():
    return connection.cursor()
";
        assert_eq!(found("connection-shared-across-requests", source), ["connect"]);
    }
}
