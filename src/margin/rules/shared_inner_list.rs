//! `shared-inner-list`: one object where there should be as many as there are places.

use ruff_python_ast::{self as ast, Expr, NodeKind, Operator, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::support::{has_comment, is_name, is_symbol, operand, suite_of};
use super::variables::{Event, events};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "shared-inner-list",
    hooks: &[Hook::Expr(&[NodeKind::ExprBinOp], check_product), Hook::Call(check_fromkeys)],
};

/// Calls that make an object to be filled.
const CONSTRUCTORS: [&str; 6] = [
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.bytearray",
    "collections.deque",
    "collections.defaultdict",
];

/// `[[]] * n`.
fn check_product<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mult, right, .. }) = expr else { return };
    let ((Expr::List(list), count) | (count, Expr::List(list))) = (left.as_ref(), right.as_ref()) else { return };
    let Some(inner) = list.elts.iter().find(|element| is_mutable(context, element)) else { return };
    if is_one(count) || !matters(context, expr, inner) {
        return;
    }
    let fix = match list.elts.as_slice() {
        [only] if !has_comment(context, expr) => comprehension(context, only, count, expr),
        _ => None,
    };
    report.at(inner, &[("inner", context.text(inner))]).fix = fix;
}

/// `dict.fromkeys(keys, [])`.
fn check_fromkeys<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let [keys, value] = call.arguments.args.as_ref() else { return };
    // What is only compared with is not changed.
    let compared = matches!(context.parent(), Some(Node::Expr(Expr::Compare(_))));
    if compared || !is_symbol(context, &call.func, &["builtins.dict.fromkeys"]) || !is_mutable(context, value) {
        return;
    }
    if is_filled_at_once(context) {
        return;
    }
    let plain = is_empty(context, value) && !has_comment(context, call);
    let fix = plain.then(|| {
        let keys = operand(context, keys, OperatorPrecedence::IfElse);
        Fix {
            title: "Make one for each key".to_owned(),
            safe: false,
            edits: vec![Edit::replace(call, format!("{{key: {} for key in {keys}}}", context.text(value)))],
            imports: Vec::new(),
        }
    });
    report.at(value, &[("inner", context.text(value))]).fix = fix;
}

/// `results = dict.fromkeys(keys, {})`, and a loop follows that does nothing but set each item anew.
fn is_filled_at_once(context: &Context<'_>) -> bool {
    let Some(Node::Stmt(stmt @ Stmt::Assign(assign))) = context.parent() else { return false };
    let [Expr::Name(name)] = assign.targets.as_slice() else { return false };
    let Some(Stmt::For(each)) = suite_of(context, stmt).and_then(|(suite, at)| suite.get(at + 1)) else { return false };
    each.body.iter().all(|stmt| match stmt {
        Stmt::Assign(set) => set.targets.iter().all(|target| match target {
            Expr::Subscript(item) => is_name(&item.value, &name.id),
            _ => false,
        }),
        _ => false,
    })
}

fn is_mutable(context: &Context<'_>, element: &Expr) -> bool {
    match element {
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => true,
        Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mult, right, .. }) => left.is_list_expr() || right.is_list_expr(),
        Expr::Call(call) => is_symbol(context, &call.func, &CONSTRUCTORS),
        _ => false,
    }
}

/// Made without content, or with the same content all over: it is there to be filled.
fn is_empty(context: &Context<'_>, inner: &Expr) -> bool {
    match inner {
        Expr::List(list) => list.elts.is_empty(),
        Expr::Dict(dict) => dict.items.is_empty(),
        Expr::BinOp(_) => true,
        Expr::Call(call) => call.arguments.args.is_empty() || is_symbol(context, &call.func, &["collections.defaultdict"]),
        _ => false,
    }
}

fn is_one(count: &Expr) -> bool {
    matches!(count, Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(value), .. })
        if value.as_u64().is_some_and(|value| value < 2))
}

/// Whether the elements are changed, as far as can be seen; or are there to be, by someone who cannot be seen.
fn matters(context: &Context<'_>, product: &Expr, inner: &Expr) -> bool {
    let Some(Node::Stmt(stmt)) = context.parent() else { return false };
    match stmt {
        Stmt::Assign(ast::StmtAssign { targets, value, .. }) if value.range() == product.range() => match targets.as_slice() {
            [Expr::Name(name)] => match context.enclosing_function() {
                Some(def) => changes_element(&def.body, name.id.as_str(), product.end()),
                None => is_empty(context, inner),
            },
            [Expr::Attribute(_)] => is_empty(context, inner),
            _ => false,
        },
        Stmt::AnnAssign(assign) => match assign.target.as_ref() {
            Expr::Name(name) => match context.enclosing_function() {
                Some(def) => changes_element(&def.body, name.id.as_str(), product.end()),
                None => is_empty(context, inner),
            },
            _ => is_empty(context, inner),
        },
        Stmt::Return(_) => is_empty(context, inner) && !context.in_test(),
        _ => false,
    }
}

/// Whether the body changes an element of a variable behind an offset.
fn changes_element(body: &[Stmt], name: &str, from: TextSize) -> bool {
    events(body).iter().any(|event| matches!(event, Event::ChangeElement(of, range) if *of == name && range.start() > from))
}

fn comprehension(context: &Context<'_>, inner: &Expr, count: &Expr, product: &Expr) -> Option<Fix> {
    let (range, _) = spelling(context, "builtins.range", product.start())?;
    let text = format!("[{} for _ in {range}({})]", context.text(inner), context.text(count));
    Some(Fix {
        title: "Make one for each place".to_owned(),
        safe: false,
        edits: vec![Edit::replace(product, text)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "shared-inner-list";

    #[test]
    fn shared_objects_that_change_are_found() {
        let source = "
def f(n, m):
    grid = [[0] * n] * m
    grid[0][1] = 1
    rows = [[1, 2]] * n
    rows[0].append(3)
    sets = n * [set()]
    for i in m:
        sets[i] |= m
    return [[]] * n
class C:
    def __init__(self, n):
        self.rows = [{}] * n
x = dict.fromkeys('ab', [])
def g(n):
    found = dict.fromkeys(n, {1})
    for key in n:
        found[key].add(key)
";
        assert_eq!(found(RULE, source), ["[0] * n", "[1, 2]", "set()", "[]", "{}", "[]", "{1}"]);
        let after = fixed(RULE, source);
        assert!(after.contains("grid = [[0] * n for _ in range(m)]"), "{after}");
        assert!(after.contains("x = {key: [] for key in 'ab'}"), "{after}");
    }

    #[test]
    fn what_is_only_read_is_not() {
        let source = "
def f(n):
    rows = [[1, 2]] * n
    g([[]] * n)
    table = [[]] * n
    table[0] = []
    found = dict.fromkeys(n, {})
    for key in n:
        found[key] = look(key)
    return [0] * n, rows, [(1, 2)] * n, ['a'] * n
x = [[1, 2]] * 3
y = dict.fromkeys('ab', 0)
z = [[]] * 1
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }
}
