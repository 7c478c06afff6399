//! `credentials-in-db-url`: a password in the address of a database.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "credentials-in-db-url",
    hooks: &[Hook::Expr(&[NodeKind::ExprStringLiteral, NodeKind::ExprFString], check)],
};

/// Schemes of databases and brokers, without the driver.
const SCHEMES: [&str; 16] = [
    "amqp",
    "amqps",
    "clickhouse",
    "cockroachdb",
    "db2",
    "mariadb",
    "mongodb",
    "mssql",
    "mysql",
    "oracle",
    "postgres",
    "postgresql",
    "redis",
    "rediss",
    "redshift",
    "snowflake",
];

/// Words of passwords and hosts that stand for another.
const PLACEHOLDERS: [&str; 15] = [
    "pass", "passwd", "password", "pw", "pwd", "secret", "changeme", "example", "test", "your", "dummy", "xxx", "user",
    "hunter2", "foo",
];

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let user = match expr {
        Expr::StringLiteral(literal) => account(literal.value.to_str()),
        Expr::FString(string) => string.value.elements().find_map(|element| match element {
            ast::InterpolatedStringElement::Literal(text) => account(&text.value),
            ast::InterpolatedStringElement::Interpolation(_) => None,
        }),
        _ => None,
    };
    let Some(user) = user else { return };
    let is_docstring = matches!(context.parent(), Some(Node::Stmt(Stmt::Expr(_))));
    if !is_docstring {
        report.at(expr.range(), &[("user", user)]);
    }
}

/// The user in `scheme://user:password@host`, when the password looks like one.
fn account(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let name = scheme.split('+').next()?;
    if !SCHEMES.contains(&name) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let (account, host) = authority.rsplit_once('@')?;
    let (user, password) = account.split_once(':')?;
    (is_password(password, user) && is_far(host)).then_some(user)
}

fn is_password(password: &str, user: &str) -> bool {
    let lower = password.to_lowercase();
    !password.is_empty()
        && password != user
        && !password.contains(|letter: char| letter.is_whitespace() || "{}<>$%*[]".contains(letter) && letter != '%')
        && !password.contains("%(")
        && !PLACEHOLDERS.iter().any(|word| lower.contains(word))
}

/// Whether a host is another machine: not this one, not the name of a container, none that stands for another.
fn is_far(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or(host).to_lowercase();
    let here = ["127.", "0.0.0.0", "localhost."];
    name.contains('.')
        && !here.iter().any(|prefix| name.starts_with(prefix))
        && !["example.", ".test", ".invalid", ".localhost", "your"].iter().any(|part| name.contains(part))
        && !name.contains(['{', '<', '$', '%'])
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn gaps_and_addresses_of_this_machine_are_fine() {
        let quiet = "\
'''postgresql://shop:b7Xq2@db.shop.net/orders'''
urls = [
    'postgresql://shop@db.shop.net/orders',
    'postgresql://scott:tiger@localhost/orders',
    'postgresql://shop:b7Xq2@db/orders',
    'postgresql://{user}:{key}@db.shop.net/orders',
    'postgresql://%(user)s:%(key)s@db.shop.net/orders',
    f'postgresql://{user}:{key}@db.shop.net/orders',
    'postgresql://user:password@db.shop.net/orders',
    'postgresql://shop:b7Xq2@db.example.com/orders',
    'https://shop:b7Xq2@shop.net/orders',
    'mailto:shop@shop.net',
]
";
        assert!(found("credentials-in-db-url", quiet).is_empty());
    }

    #[test]
    fn a_password_for_another_machine_is_found() {
        let source = "\
a = create_engine('postgresql+asyncpg://shop:b7Xq2@db.shop.net:5432/orders')
b = f'mongodb://shop:b7Xq2@db.shop.net/{name}'
";
        assert_eq!(found("credentials-in-db-url", source).len(), 2);
    }
}
