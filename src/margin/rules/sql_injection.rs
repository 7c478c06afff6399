//! `sql-injection`: a value written into an SQL text that should be bound to it.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, InterpolatedStringElement, Operator};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::percent_format::{Piece, pieces};
use super::support::{Go, function_text, is_constant, is_symbol, looks_like_sql, walk, words};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Binding, BindingKind, Context, Lookup};

pub(super) const DETECTOR: Detector = Detector { rule: "sql-injection", hooks: &[Hook::Call(check)] };

/// Methods of cursors, connections and sessions that take an SQL text.
const METHODS: [&str; 10] = [
    "execute",
    "executemany",
    "executescript",
    "exec_driver_sql",
    "mogrify",
    "fetch",
    "fetchrow",
    "fetchval",
    "raw",
    "execute_async",
];

/// Functions that take one.
const FUNCTIONS: [&str; 5] =
    ["sqlalchemy.text", "sqlalchemy.sql.text", "pandas.read_sql", "pandas.read_sql_query", "pandas.io.sql.read_sql"];

/// Words in the names of things that are SQL themselves, which no parameter can stand for.
const FRAGMENTS: [&str; 30] = [
    "alias", "bind", "binds", "clause", "col", "cols", "column", "columns", "condition", "conditions", "expr", "expression",
    "field", "fields", "marker", "markers", "marks", "param", "params", "ph", "placeholder", "placeholders", "qmarks",
    "query", "schema", "slots", "sql", "subquery", "table", "tables",
];

/// Words in the names of functions that make a value harmless.
const QUOTERS: [&str; 9] = ["quote", "quoted", "escape", "escaped", "literal", "sanitize", "adapt", "identifier", "compile"];

/// A part of an SQL text.
enum Part<'a> {
    Text(String),
    Value(&'a Expr),
}

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let is_query = match call.func.as_ref() {
        Expr::Attribute(method) if METHODS.contains(&method.attr.as_str()) => true,
        function => is_symbol(context, function, &FUNCTIONS),
    };
    let Some(query) = call.arguments.args.first().filter(|_| is_query) else { return };
    let mut parts = Vec::new();
    match query {
        Expr::Name(name) => grown(context, name, &mut parts),
        _ => take_apart(context, query, &mut 64, &mut parts),
    }
    if !matches!(parts.first(), Some(Part::Text(text)) if looks_like_sql(text)) {
        return;
    }
    let mut values = 0;
    let mut unbound: Vec<&Expr> = Vec::new();
    let mut before = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Text(text) => before.push_str(text),
            Part::Value(value) => {
                values += 1;
                let after = match parts.get(at + 1) {
                    Some(Part::Text(text)) => text.as_str(),
                    Some(Part::Value(_)) => "x",
                    None => "",
                };
                if Place::of(&before, after).is_some_and(|place| is_open(context, value, place)) {
                    unbound.push(value);
                }
                before.push('x');
            }
        }
    }
    let Some(first) = unbound.first() else { return };
    let fix = if unbound.len() == values { as_parameters(context, call, query) } else { None };
    report.at(first.range(), &[("value", context.text(first))]).fix = fix;
}

/// Takes a variable apart that a query is put together in: `sql = "..."`, then `sql += ...`.
fn grown<'a>(context: &Context<'a>, name: &'a ast::ExprName, parts: &mut Vec<Part<'a>>) {
    let Lookup::Local { bindings, immediate: true } = context.lookup(&name.id, name.start()) else { return };
    let (start, additions) = match bindings {
        [Binding { kind: BindingKind::Value(value), .. }] => (value, false),
        [Binding { kind: BindingKind::Value(value), .. }, rest @ ..]
            if rest.iter().all(|binding| matches!(binding.kind, BindingKind::Other)) =>
        {
            (value, true)
        }
        _ => return,
    };
    take_apart(context, start, &mut 64, parts);
    let Some(function) = context.enclosing_function().filter(|_| additions && function_text(context).is_some()) else {
        return;
    };
    walk(&function.body, |node| match node {
        AnyNodeRef::StmtAugAssign(stmt) if stmt.start() < name.start() => {
            if matches!(stmt.target.as_ref(), Expr::Name(target) if target.id == name.id) {
                take_apart(context, &stmt.value, &mut 64, parts);
            }
            Go::Over
        }
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) => Go::Over,
        _ if node.is_statement() || node.is_elif_else_clause() || node.is_except_handler() => Go::In,
        _ => Go::Over,
    });
}

/// Cuts an expression that makes a text into what stands in the code and what is put in.
fn take_apart<'a>(context: &Context<'a>, expr: &'a Expr, fuel: &mut u8, parts: &mut Vec<Part<'a>>) {
    let Some(left) = fuel.checked_sub(1) else { return parts.push(Part::Value(expr)) };
    *fuel = left;
    match expr {
        Expr::StringLiteral(literal) => push_text(parts, literal.value.to_str()),
        Expr::FString(string) => {
            for part in &string.value {
                match part {
                    ast::FStringPart::Literal(literal) => push_text(parts, literal),
                    ast::FStringPart::FString(string) => {
                        for element in &string.elements {
                            match element {
                                InterpolatedStringElement::Literal(literal) => push_text(parts, &literal.value),
                                InterpolatedStringElement::Interpolation(value) => {
                                    parts.push(Part::Value(&value.expression));
                                }
                            }
                        }
                    }
                }
            }
        }
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Add, right, .. }) => {
            take_apart(context, left, fuel, parts);
            take_apart(context, right, fuel, parts);
        }
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mod, right, .. }) => match left.as_ref() {
            Expr::StringLiteral(format) => percent_parts(format.value.to_str(), right, parts),
            _ => parts.push(Part::Value(expr)),
        },
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(ast::ExprAttribute { value, attr, .. }) if attr.as_str() == "format" => match value.as_ref() {
                Expr::StringLiteral(format) => format_parts(format.value.to_str(), call, expr, parts),
                _ => parts.push(Part::Value(expr)),
            },
            _ => parts.push(Part::Value(expr)),
        },
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            // A query put together on a line of its own.
            Lookup::Local { bindings: [Binding { kind: BindingKind::Value(value), .. }], .. }
                if matches!(value, Expr::FString(_) | Expr::BinOp(_) | Expr::Call(_) | Expr::StringLiteral(_)) =>
            {
                take_apart(context, value, fuel, parts);
            }
            _ => parts.push(Part::Value(expr)),
        },
        _ => parts.push(Part::Value(expr)),
    }
}

fn push_text(parts: &mut Vec<Part<'_>>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn percent_parts<'a>(format: &str, right: &'a Expr, parts: &mut Vec<Part<'a>>) {
    let Some(pieces) = pieces(format) else { return parts.push(Part::Value(right)) };
    let mut at = 0;
    for piece in pieces {
        match piece {
            Piece::Text(text) => push_text(parts, text),
            Piece::Percent => push_text(parts, "%"),
            Piece::Field(field) => {
                let value = match right {
                    Expr::Tuple(tuple) => tuple.elts.get(at),
                    Expr::Dict(dict) => dict.items.iter().find_map(|item| match &item.key {
                        Some(Expr::StringLiteral(key)) if Some(key.value.to_str()) == field.key => Some(&item.value),
                        _ => None,
                    }),
                    other => Some(other),
                };
                at += 1;
                parts.push(Part::Value(value.unwrap_or(right)));
            }
        }
    }
}

fn format_parts<'a>(format: &str, call: &'a ast::ExprCall, whole: &'a Expr, parts: &mut Vec<Part<'a>>) {
    let mut rest = format;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        push_text(parts, &rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            push_text(parts, brace);
            rest = after;
            continue;
        }
        let Some((field, after)) = rest.split_once('}') else { return };
        rest = after;
        let name = field.split(['!', ':', '.', '[']).next().unwrap_or_default();
        let value = if name.is_empty() {
            next += 1;
            call.arguments.args.get(next - 1)
        } else if let Ok(index) = name.parse::<usize>() {
            call.arguments.args.get(index)
        } else {
            call.arguments.find_keyword(name).map(|keyword| &keyword.value)
        };
        parts.push(Part::Value(value.unwrap_or(whole)));
    }
    push_text(parts, rest);
}

/// Where in an SQL text a value stands; only where a parameter could stand instead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between quotes.
    Quoted,
    /// Behind an operator or a word that a value follows.
    Operand,
    /// In the parentheses of `IN` or `VALUES`: it may be the list of placeholders.
    List,
}

impl Place {
    fn of(before: &str, after: &str) -> Option<Self> {
        if before.matches('\'').count() % 2 == 1 {
            return Some(Self::Quoted);
        }
        // `{table}.id`, `{prefix}_name`, `{function}(...)`.
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '"' || letter == '`';
        if after.starts_with(|letter| is_word(letter) || letter == '.' || letter == '(') || before.ends_with(is_word) {
            return None;
        }
        let head = before.trim_end();
        if head.ends_with(['=', '<', '>']) {
            return Some(Self::Operand);
        }
        let word = last_word(head);
        if ["LIKE", "ILIKE", "LIMIT", "OFFSET", "BETWEEN"].contains(&word.as_str()) {
            return Some(Self::Operand);
        }
        if head.ends_with(['(', ',']) && ["IN", "VALUES"].contains(&last_word(head[..open_parenthesis(head)?].trim_end()).as_str()) {
            return Some(Self::List);
        }
        None
    }
}

fn last_word(text: &str) -> String {
    let start = text.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_').map_or(0, |at| at + 1);
    // The character found may be longer than a byte.
    text.get(start..).unwrap_or_default().to_ascii_uppercase()
}

/// The place of the last parenthesis that is not closed.
fn open_parenthesis(text: &str) -> Option<usize> {
    let mut closed = 0_usize;
    for (at, letter) in text.char_indices().rev() {
        match letter {
            ')' => closed += 1,
            '(' if closed == 0 => return Some(at),
            '(' => closed -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a value at such a place could be anything that a user sends.
fn is_open(context: &Context<'_>, value: &Expr, place: Place) -> bool {
    if is_constant(context, value) {
        return false;
    }
    let number = context.infer(value).is_some_and(|ty| ["int", "float", "bool"].iter().any(|name| ty.is_builtin(name)));
    if number {
        return false;
    }
    let has_word = |name: &str, list: &[&str]| words(name).iter().any(|word| list.contains(&word.as_str()));
    match value {
        Expr::Call(call) => {
            let function = match call.func.as_ref() {
                Expr::Name(name) => name.id.as_str(),
                Expr::Attribute(attribute) => attribute.attr.as_str(),
                _ => "",
            };
            // A number is a number.
            let harmless = matches!(function, "int" | "float" | "len" | "bool" | "hash" | "id" | "hex")
                || function == "join" && place == Place::List && joins_placeholders(call)
                || has_word(function, &QUOTERS)
                || has_word(function, &FRAGMENTS);
            !harmless
        }
        Expr::Name(name) if place == Place::Quoted => !has_word(&name.id, &QUOTERS),
        Expr::Name(name) if place == Place::List && is_local_call(context, name).is_some() => {
            is_local_call(context, name).is_some_and(|made| is_open(context, made, place))
        }
        Expr::Name(name) => {
            let joined = place == Place::List
                && matches!(context.lookup(&name.id, name.start()),
                    Lookup::Local { bindings: [Binding { kind: BindingKind::Value(Expr::BinOp(_) | Expr::Subscript(_)), .. }], .. });
            !joined && !has_word(&name.id, &FRAGMENTS) && !has_word(&name.id, &QUOTERS)
        }
        Expr::Attribute(attribute) => place == Place::Quoted || !has_word(&attribute.attr, &FRAGMENTS),
        Expr::Subscript(_) | Expr::FString(_) | Expr::BinOp(_) | Expr::Await(_) => true,
        _ => false,
    }
}

/// The call that a local name is bound to, when that happens once.
fn is_local_call<'a>(context: &Context<'a>, name: &ast::ExprName) -> Option<&'a Expr> {
    match context.lookup(&name.id, name.start()) {
        Lookup::Local { bindings: [Binding { kind: BindingKind::Value(value @ Expr::Call(_)), .. }], .. } => Some(value),
        _ => None,
    }
}

/// `", ".join("?" for _ in ids)`, `", ".join(["%s"] * len(ids))`; not `", ".join(ids)`.
fn joins_placeholders(call: &ast::ExprCall) -> bool {
    let Some(joined) = call.arguments.args.first() else { return true };
    match joined {
        Expr::Name(name) => words(&name.id).iter().any(|word| FRAGMENTS.contains(&word.as_str())),
        Expr::Attribute(_) => false,
        Expr::Call(call) => !matches!(call.func.as_ref(), Expr::Name(function) if function.id == "map"),
        _ => true,
    }
}

/// The same text with placeholders, and the values beside it.
fn as_parameters(context: &Context<'_>, call: &ast::ExprCall, query: &Expr) -> Option<Fix> {
    let Expr::FString(string) = query else { return None };
    if call.arguments.len() != 1 || string.value.is_implicit_concatenated() {
        return None;
    }
    let placeholder = placeholder(context, call)?;
    let text = context.text(query);
    let prefix_len = text.find(['"', '\''])?;
    let (prefix, rest) = text.split_at(prefix_len);
    if text.contains("{{") || text.contains("}}") || placeholder == "%s" && rest.contains('%') {
        return None;
    }
    let prefix_range = TextRange::at(query.start(), TextSize::new(prefix_len as u32));
    let mut edits = vec![Edit::replace(prefix_range, prefix.replace(['f', 'F'], ""))];
    let mut values = Vec::new();
    let one = TextSize::new(1);
    let quotes = TextSize::new(if rest.starts_with("\"\"\"") || rest.starts_with("'''") { 3 } else { 1 });
    let inside = TextRange::new(prefix_range.end() + quotes, query.end().checked_sub(quotes)?);
    for element in string.value.elements() {
        let InterpolatedStringElement::Interpolation(value) = element else { continue };
        if value.format_spec.is_some() || value.debug_text.is_some() || !value.conversion.is_none() {
            return None;
        }
        let mut place = value.range;
        let around = TextRange::new(place.start() - one, place.end() + one);
        let before = around.start() >= inside.start() && context.source[around].starts_with('\'');
        let after = around.end() <= inside.end() && context.source[around].ends_with('\'');
        match (before, after) {
            // The placeholder brings its own quotes.
            (true, true) => place = around,
            (false, false) => {}
            _ => return None,
        }
        edits.push(Edit::replace(place, placeholder));
        values.push(context.text(value.expression.as_ref()));
    }
    let comma = if values.len() == 1 { "," } else { "" };
    edits.push(Edit::insert(query.end(), format!(", ({}{comma})", values.join(", "))));
    Some(Fix { title: "Bind the values as parameters".to_owned(), safe: false, edits, imports: Vec::new() })
}

/// How the driver writes a placeholder.
fn placeholder(context: &Context<'_>, call: &ast::ExprCall) -> Option<&'static str> {
    let callee = context.callee(call)?;
    match callee.split('.').next()? {
        "sqlite3" => Some("?"),
        "psycopg" | "psycopg2" | "pymysql" | "MySQLdb" => Some("%s"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_no_parameter_can_stand_for_is_left_alone() {
        let quiet = r#"
LIMIT = 10
def find(db, table, name, ids, order, count: int):
    db.execute("SELECT * FROM users WHERE name = ?", (name,))
    db.execute(f"SELECT * FROM {table} WHERE name = ?", (name,))
    db.execute(f"SELECT * FROM users ORDER BY {order} LIMIT {LIMIT}")
    db.execute(f"SELECT * FROM a JOIN b ON a.id = {table}.id WHERE x = {count}")
    marks = ", ".join("?" * len(ids))
    db.execute(f"SELECT * FROM users WHERE id IN ({marks})", ids)
    db.execute("SELECT * FROM users WHERE id IN (%s)" % ", ".join("?" for _ in ids), ids)
    db.execute(f"SELECT * FROM users WHERE id = {int(name)} AND x = {self.placeholder}")
    db.execute("SELECT * FROM {} WHERE a = {}".format(table, LIMIT))
    db.execute(f"UPDATE users SET name = {quote(name)}")
    db.execute(f"user {name}")
    log(f"SELECT * FROM users WHERE name = '{name}'")
"#;
        assert!(found("sql-injection", quiet).is_empty());
    }

    #[test]
    fn values_are_found_however_they_get_in() {
        let source = r#"
from sqlalchemy import text
def find(db, name, row):
    db.execute(f"SELECT * FROM users WHERE name = '{name}'")
    db.execute("SELECT * FROM users WHERE name = '%s' AND x = 1" % row["name"])
    db.execute("SELECT * FROM users WHERE name LIKE '%%%s%%'" % (name,))
    db.execute("DELETE FROM users WHERE id = " + row.id)
    db.execute("INSERT INTO users VALUES ({}, '{n}')".format(row.id, n=name))
    sql = "SELECT * FROM users"
    if name:
        sql += f" WHERE name = '{name}'"
    sql += " LIMIT 10"
    db.execute(sql)
    ids = ", ".join(row)
    db.execute(f"SELECT * FROM users WHERE id IN ({ids})")
    query = f"UPDATE users SET age = {row.age} WHERE id = 1"
    db.executemany(query, [])
    db.execute(text(f"SELECT 1 FROM users WHERE id IN ({row.id}, 2)"))
"#;
        let expected =
            ["name", "row[\"name\"]", "name", "row.id", "row.id", "name", "ids", "row.age", "row.id"];
        assert_eq!(found("sql-injection", source), expected);
    }

    #[test]
    fn the_placeholder_is_the_drivers() {
        let source = r#"
import sqlite3
def find(db: sqlite3.Connection, name, age):
    db.execute(f"SELECT * FROM users WHERE name = '{name}' AND age > {age}")
    db.execute(rf'SELECT * FROM users WHERE name = {name}')
    db.execute(f"SELECT * FROM users WHERE name LIKE '%{name}'")
"#;
        let expected = r#"
import sqlite3
def find(db: sqlite3.Connection, name, age):
    db.execute("SELECT * FROM users WHERE name = ? AND age > ?", (name, age))
    db.execute(r'SELECT * FROM users WHERE name = ?', (name,))
    db.execute(f"SELECT * FROM users WHERE name LIKE '%{name}'")
"#;
        assert_eq!(fixed("sql-injection", source), expected);
    }
}
