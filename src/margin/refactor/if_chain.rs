//! `if-chain`: `if x == 1: ... elif x == 2: ...` to `match x: ...`.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyNodeRef, BoolOp, CmpOp, Expr, NodeKind, Number, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::{Look, Offer, Refactoring, Request, indent_step};
use crate::margin::Edit;
use crate::margin::fix::indentation;
use crate::margin::rules::support::{any_in_expr, has_comment, indent_lines_by, starts_line};
use crate::python::{Context, Lookup, ModuleBindingKind, PythonVersion, canonical, stdlib};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "if-chain",
    section: "5.4",
    since: PythonVersion::three(10),
    look: Look::Stmt(&[NodeKind::StmtIf], look),
};

/// Longer chains are left to their author.
const MAX_BRANCHES: usize = 200;

fn look<'a>(_: &Request<'_>, context: &Context<'a>, stmt: &'a Stmt) -> Option<Offer> {
    let Stmt::If(chain) = stmt else { return None };
    let elifs = chain.elif_else_clauses.iter().filter(|clause| clause.test.is_some()).count();
    if elifs == 0 || elifs > MAX_BRANCHES || !starts_line(context.source, stmt.start()) {
        return None;
    }
    let subject = subject(&chain.test)?;
    let mut heads = vec![head(context, stmt.range(), Some(&chain.test), &chain.body)?];
    for clause in &chain.elif_else_clauses {
        heads.push(head(context, clause.range, clause.test.as_ref(), &clause.body)?);
    }
    let mut cases = vec![case(context, subject, &chain.test)?];
    for clause in &chain.elif_else_clauses {
        cases
            .push(clause.test.as_ref().map_or_else(|| Some("case _".to_owned()), |test| case(context, subject, test))?);
    }
    let newline = context.newline();
    let indent = indentation(context.source, stmt.start());
    let unit = indent_step(context, &chain.body);
    cases[0] = format!("match {}:{newline}{indent}{unit}{}", context.text(subject), cases[0]);
    // The heads give way to the cases, and every line but the first goes one level in.
    let mut edits: Vec<Edit> = heads.iter().zip(cases).map(|(head, case)| Edit::replace(*head, case)).collect();
    edits.extend(indent_lines_by(context, TextRange::new(heads[0].end(), stmt.end()), unit));
    edits.sort_by_key(|edit| (edit.range.start(), edit.range.end()));
    Some(Offer { places: heads, title: "Rewrite as `match`".to_owned(), edits, imports: Vec::new(), section: None })
}

/// From the keyword of a branch to its colon; `None` when a comment stands in between.
fn head(context: &Context<'_>, branch: TextRange, test: Option<&Expr>, body: &[Stmt]) -> Option<TextRange> {
    let behind = test.map_or(branch.start(), Ranged::end);
    let colon = context.token_in(TextRange::new(behind, body.first()?.start()), TokenKind::Colon)?;
    let head = TextRange::new(branch.start(), colon.start());
    // A branch that is broken over lines would be indented too.
    (!has_comment(context, head) && !context.text(head).contains(['\n', '\r'])).then_some(head)
}

/// The name, or dotted name, that the first comparison asks about.
fn subject(test: &Expr) -> Option<&Expr> {
    let subject = match test {
        Expr::BoolOp(bool_op) => return subject(bool_op.values.first()?),
        Expr::Compare(compare) => compare.left.as_ref(),
        Expr::Call(call) => call.arguments.args.first()?,
        _ => return None,
    };
    is_dotted(subject).then_some(subject)
}

fn is_dotted(expr: &Expr) -> bool {
    let mut expr = expr;
    while let Expr::Attribute(attribute) = expr {
        expr = &attribute.value;
    }
    expr.is_name_expr()
}

/// `case PATTERN` or `case PATTERN if REST` for a test.
fn case(context: &Context<'_>, subject: &Expr, test: &Expr) -> Option<String> {
    // A guard that binds may bind the subject.
    if any_in_expr(test, |node| matches!(node, AnyNodeRef::ExprNamed(_) | AnyNodeRef::ExprAwait(_))) {
        return None;
    }
    if let Some(pattern) = pattern(context, subject, test) {
        return Some(format!("case {pattern}"));
    }
    let Expr::BoolOp(ast::ExprBoolOp { op: BoolOp::And, values, .. }) = test else { return None };
    let [first, second, ..] = values.as_slice() else { return None };
    let pattern = pattern(context, subject, first)?;
    let operator = context.token_in(TextRange::new(first.end(), second.start()), TokenKind::And)?;
    let rest = TextRange::new(operator.end(), test.end());
    Some(format!("case {pattern} if {}", context.text(rest).trim()))
}

/// The pattern that fits exactly when the test holds.
fn pattern(context: &Context<'_>, subject: &Expr, test: &Expr) -> Option<String> {
    match test {
        Expr::Compare(compare) => {
            let ([op], [other]) = (compare.ops.as_ref(), compare.comparators.as_ref()) else { return None };
            if !is_same(context, &compare.left, subject) {
                return None;
            }
            match op {
                CmpOp::Eq => equal(context, other),
                CmpOp::Is => matches!(other, Expr::NoneLiteral(_) | Expr::BooleanLiteral(_))
                    .then(|| context.text(other).to_owned()),
                CmpOp::In => match other {
                    Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                        alternatives(elts.iter().map(|one| equal(context, one)))
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        Expr::BoolOp(ast::ExprBoolOp { op: BoolOp::Or, values, .. }) => {
            alternatives(values.iter().map(|value| pattern(context, subject, value)))
        }
        Expr::Call(call) if context.is_builtin(&call.func, "isinstance") && call.arguments.keywords.is_empty() => {
            let [asked, classes] = call.arguments.args.as_ref() else { return None };
            if !is_same(context, asked, subject) {
                return None;
            }
            match classes {
                Expr::Tuple(tuple) => alternatives(tuple.elts.iter().map(|class| instance(context, class))),
                class => instance(context, class),
            }
        }
        _ => None,
    }
}

fn is_same(context: &Context<'_>, expr: &Expr, subject: &Expr) -> bool {
    is_dotted(expr) && context.text(expr) == context.text(subject)
}

fn alternatives(patterns: impl Iterator<Item = Option<String>>) -> Option<String> {
    let patterns = patterns.collect::<Option<Vec<_>>>()?;
    (!patterns.is_empty()).then(|| patterns.join(" | "))
}

/// The pattern that compares with `==`: a number, a text, a dotted name. (A name alone would be bound.)
fn equal(context: &Context<'_>, value: &Expr) -> Option<String> {
    let number = match value {
        Expr::UnaryOp(ast::ExprUnaryOp { op: UnaryOp::USub, operand, .. }) => operand,
        other => other,
    };
    let fits = match number {
        Expr::NumberLiteral(number) => !matches!(number.value, Number::Complex { .. }),
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) => std::ptr::eq(number, value),
        Expr::Attribute(_) => std::ptr::eq(number, value) && is_dotted(value),
        _ => false,
    };
    let text = context.text(value);
    (fits && !text.contains(['\n', '\r'])).then(|| text.to_owned())
}

/// `Class()`, for what is surely a class.
fn instance(context: &Context<'_>, class: &Expr) -> Option<String> {
    let is_class = match class {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Class(_)),
            Lookup::Symbol(symbol) => is_library_class(&symbol.to_name()),
            _ => false,
        },
        Expr::Attribute(_) => context.resolve(class).is_some_and(|symbol| is_library_class(&symbol)),
        _ => false,
    };
    is_class.then(|| format!("{}()", context.text(class)))
}

/// Whether the name is that of a class, and not of an alias that `isinstance` takes for one.
fn is_library_class(symbol: &str) -> bool {
    !symbol.starts_with("typing") && stdlib::is_class(&canonical::public(symbol))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, check_silent_for};

    const NAME: &str = "if-chain";

    #[test]
    fn a_chain_on_one_subject_becomes_a_match() {
        check(
            NAME,
            &[
                (
                    "def f(x):\n    i^f x == 1:\n        return 'a'\n    elif x == 'b' or x == -2:  # why\n        # so\n        return '''\nb'''\n    else:\n        pass\n",
                    "def f(x):\n    match x:\n        case 1:\n            return 'a'\n        case 'b' | -2:  # why\n            # so\n            return '''\nb'''\n        case _:\n            pass\n",
                ),
                (
                    "if a.kind == K.ONE: f()\nel^if a.kind in (K.TWO, 3): g()\nelif (a.kind is None): h()\n",
                    "match a.kind:\n    case K.ONE: f()\n    case K.TWO | 3: g()\n    case None: h()\n",
                ),
                (
                    "class A: ...\nif isins^tance(x, str):\n\tf()\nelif isinstance(x, (A, list)) and (x or y):\n\n\tg()\n",
                    "class A: ...\nmatch x:\n\tcase str():\n\t\tf()\n\tcase A() | list() if (x or y):\n\n\t\tg()\n",
                ),
                (
                    "if x == 1 an^d (y): f()\nelif (x == 2 or x == 3) and y and z: g()\n",
                    "match x:\n    case 1 if (y): f()\n    case 2 | 3 if y and z: g()\n",
                ),
                (
                    "def f(x):\n  if x: f()\n  if x^ == 1: pass\n  elif x == 2:\n    g()\n",
                    "def f(x):\n  if x: f()\n  match x:\n    case 1: pass\n    case 2:\n      g()\n",
                ),
                (
                    "if^ x == 1:\r\n    f()\r\nelif x == 2:\r\n    g()\r\n",
                    "match x:\r\n    case 1:\r\n        f()\r\n    case 2:\r\n        g()\r\n",
                ),
            ],
        );
    }

    #[test]
    fn what_no_pattern_says_is_not_offered() {
        let chain = |first: &str, second: &str| {
            format!("RED = 1\nimport typing\ni^f {first}:\n    f()\nelif {second}:\n    g()\n")
        };
        for (first, second) in [
            ("x == 1", "y == 2"),
            ("x == 1", "x > 2"),
            ("x == 1", "x != 2"),
            ("x == 1", "2 == x"),
            ("x == 1", "x == RED"),
            ("x == True", "x == 2"),
            ("x == None", "x == 2"),
            ("x is RED", "x == 2"),
            ("x == 1j", "x == 2"),
            ("x == f'{y}'", "x == 2"),
            ("x in {1, 2}", "x == 2"),
            ("x in RED", "x == 2"),
            ("x not in (1, 2)", "x == 2"),
            ("x() == 1", "x() == 2"),
            ("x[0] == 1", "x[0] == 2"),
            ("x == 1 or y", "x == 2"),
            ("x == 1 and (x := 3)", "x == 2"),
            ("x == 1 == y", "x == 2"),
            ("isinstance(x, RED)", "x == 2"),
            ("isinstance(x, typing.List)", "x == 2"),
            ("isinstance(x, str | int)", "x == 2"),
            ("x == (1,  # why\n    )", "x == 2"),
            ("(x ==\n    1)", "x == 2"),
            ("x", "x == 2"),
        ] {
            check_silent(NAME, &[&chain(first, second)]);
        }
        check_silent(
            NAME,
            &[
                "i^f x == 1:\n    f()\nelse:\n    g()\n",
                "if x == 1:\n    f^()\nelif x == 2:\n    g()\n",
                "if x == 1:\r    f()\rel^if x == 2:\r    g()\r",
            ],
        );
        check_silent_for(9, NAME, &chain("x == 1", "x == 2"));
    }
}
