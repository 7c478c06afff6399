//! Databases: what opens a connection, and what is a session.

use ruff_python_ast::Expr;

use super::support::is_instance_of;
use crate::python::Context;

/// Functions that open a connection.
pub(super) const CONNECT: [&str; 8] = [
    "sqlite3.connect",
    "psycopg.connect",
    "psycopg2.connect",
    "pymysql.connect",
    "MySQLdb.connect",
    "mysql.connector.connect",
    "oracledb.connect",
    "pyodbc.connect",
];

/// Functions that make an engine or a pool.
pub(super) const ENGINE: [&str; 4] = [
    "sqlalchemy.create_engine",
    "sqlalchemy.ext.asyncio.create_async_engine",
    "asyncpg.connect",
    "asyncpg.create_pool",
];

/// Whether a value is an `SQLAlchemy` session. A `scoped_session`, which has one for each thread, is not meant.
pub(super) fn is_session(context: &Context<'_>, expr: &Expr) -> bool {
    is_instance_of(context, expr, &["sqlalchemy.orm.Session", "sqlalchemy.ext.asyncio.AsyncSession"])
}
