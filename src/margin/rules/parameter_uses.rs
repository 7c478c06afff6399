//! What the body of a function does with its parameters: whether an object that one of them holds can be changed, or kept.

use ruff_python_ast::{self as ast, AnyNodeRef, BoolOp, Expr, ExprContext, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::support::{Go, is_large, is_name, last_name, walk_with_parents, words};

/// What is done with the object that a parameter holds when the call begins.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Uses {
    /// The body speaks of the parameter.
    pub(super) any: bool,
    /// It asks whether it is `None`.
    pub(super) asks_none: bool,
    /// It puts something under a key.
    pub(super) sets_item: bool,
    /// It may change the object, keep it or return it: does more than read, copy or hand it on.
    pub(super) leaks: bool,
    /// It gives the object, or a tuple or list with it, to what may keep it.
    pub(super) hands_on: bool,
    /// From here on the parameter holds another object.
    rebound: Option<TextSize>,
    /// The object is empty.
    is_empty: bool,
}

/// Words in the names of functions that keep what they are given.
const KEEPING: [&str; 18] = [
    "add",
    "append",
    "appendleft",
    "attach",
    "bind",
    "cache",
    "enqueue",
    "init",
    "insert",
    "later",
    "partial",
    "push",
    "put",
    "register",
    "remember",
    "set",
    "setattr",
    "store",
];

/// Methods of a list, a dict or a set that do not change it.
const READING_METHODS: [&str; 15] = [
    "__class__",
    "copy",
    "count",
    "difference",
    "get",
    "index",
    "intersection",
    "isdisjoint",
    "issubset",
    "issuperset",
    "items",
    "keys",
    "symmetric_difference",
    "union",
    "values",
];

/// Nobody nests conditions deeper around a name.
const MAX_NESTED: usize = 8;

/// The uses of the parameters with such a name; each name comes with whether its object is empty.
pub(super) fn uses<'a>(
    def: &'a ast::StmtFunctionDef,
    names: impl Iterator<Item = (&'a str, bool)>,
) -> FxHashMap<&'a str, Uses> {
    let mut uses: FxHashMap<&str, Uses> =
        names.map(|(name, is_empty)| (name, Uses { is_empty, ..Uses::default() })).collect();
    for stmt in &def.body {
        rebind(stmt, &mut uses);
    }
    let is_large = is_large(def);
    let mut hides_all = false;
    walk_with_parents(&def.body, |node, parents| {
        match node {
            // What is nested in a huge function would be read again for each level.
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) if is_large => {
                hides_all = true;
                return Go::Over;
            }
            AnyNodeRef::ExprName(name) => {
                hides_all |= sees_all(name, parents);
                if let Some(of_name) = uses.get_mut(name.id.as_str()) {
                    look_at(name, parents, of_name);
                }
            }
            _ => {}
        }
        Go::In
    });
    if hides_all {
        for uses in uses.values_mut() {
            uses.leaks = true;
        }
    }
    uses
}

/// `locals()`, `eval(text)`: they get at every name. `text.format(**locals())` only reads.
fn sees_all(name: &ast::ExprName, parents: &[AnyNodeRef<'_>]) -> bool {
    let Some(AnyNodeRef::ExprCall(call)) = parents.last() else { return false };
    if let [.., AnyNodeRef::ExprCall(outer), AnyNodeRef::Arguments(_), AnyNodeRef::Keyword(_), _] = parents
        && last_name(&outer.func) == Some("format")
    {
        return false;
    }
    match name.id.as_str() {
        "locals" | "vars" => call.arguments.is_empty(),
        "eval" | "exec" => call.arguments.len() == 1,
        _ => false,
    }
}

/// `p = list(p)`, `if not p: p = []` where the object is empty, an `if` that sets it on every way: what is done with the name
/// afterwards is done with another object.
fn rebind<'a>(stmt: &'a Stmt, uses: &mut FxHashMap<&'a str, Uses>) {
    let mut set = |name: &str, only_if_empty: bool| {
        if let Some(uses) = uses.get_mut(name).filter(|uses| uses.is_empty || !only_if_empty) {
            uses.rebound.get_or_insert(stmt.end());
        }
    };
    match stmt {
        Stmt::If(branch) => {
            let is_falsy = |name: &str| {
                matches!(branch.test.as_ref(),
                Expr::UnaryOp(ast::ExprUnaryOp { op: ast::UnaryOp::Not, operand, .. }) if is_name(operand, name))
            };
            let others = &branch.elif_else_clauses;
            let has_else = others.last().is_some_and(|clause| clause.test.is_none());
            for name in branch.body.iter().flat_map(assigned) {
                if is_falsy(name) {
                    set(name, true);
                } else if has_else
                    && others.iter().all(|clause| clause.body.iter().flat_map(assigned).any(|other| other == name))
                {
                    set(name, false);
                }
            }
        }
        _ => assigned(stmt).for_each(|name| set(name, false)),
    }
}

/// The names that a statement binds to a value as a whole.
fn assigned(stmt: &Stmt) -> impl Iterator<Item = &str> {
    let targets = match stmt {
        Stmt::Assign(assign) => assign.targets.as_slice(),
        Stmt::AnnAssign(assign) if assign.value.is_some() => std::slice::from_ref(assign.target.as_ref()),
        _ => &[],
    };
    targets.iter().filter_map(|target| target.as_name_expr()).map(|name| name.id.as_str())
}

fn look_at(name: &ast::ExprName, parents: &[AnyNodeRef<'_>], uses: &mut Uses) {
    uses.any = true;
    match parents.last() {
        Some(AnyNodeRef::ExprCompare(compare)) => {
            let is_left = compare.left.range() == name.range;
            uses.asks_none |= is_left && compare.comparators.iter().any(Expr::is_none_literal_expr);
        }
        Some(AnyNodeRef::ExprSubscript(item)) => {
            uses.sets_item |= item.ctx == ExprContext::Store && item.value.range() == name.range;
        }
        Some(AnyNodeRef::StmtAugAssign(change)) if change.target.range() == name.range => {
            uses.leaks |= !is_rebound(name, uses);
        }
        _ => {}
    }
    if name.ctx.is_load() && !is_rebound(name, uses) {
        match handling(name.range, parents, uses.is_empty) {
            Handling::Reads => {}
            Handling::HandsOn => uses.hands_on = true,
            Handling::Keeps => uses.leaks = true,
        }
    }
}

/// What a place does with the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handling {
    /// Reads or copies it, or has a function work with it.
    Reads,
    /// Gives it to what may keep it.
    HandsOn,
    /// Anything else.
    Keeps,
}

fn is_rebound(name: &ast::ExprName, uses: &Uses) -> bool {
    uses.rebound.is_some_and(|from| from <= name.start())
}

/// What a place does with an object whose items cannot be changed.
fn handling(mut place: TextRange, parents: &[AnyNodeRef<'_>], is_empty: bool) -> Handling {
    let mut packed = false;
    for (at, parent) in parents.iter().enumerate().rev().take(MAX_NESTED) {
        let here = |expr: &Expr| expr.range() == place;
        let around = at.checked_sub(1).map(|at| parents[at]);
        match parent {
            // The value of the condition is, or may be, the object.
            AnyNodeRef::ExprBoolOp(condition) => {
                let is_last = condition.values.last().is_some_and(here);
                if is_empty && condition.op == BoolOp::Or && !is_last {
                    return Handling::Reads;
                }
                place = condition.range;
            }
            AnyNodeRef::ExprIf(ternary) if !here(&ternary.test) => place = ternary.range,
            AnyNodeRef::Keyword(keyword) if keyword.arg.is_some() => place = keyword.range,
            AnyNodeRef::Arguments(_) => {
                let reads =
                    matches!(around, Some(AnyNodeRef::ExprCall(call)) if !keeps(call) || initializes_base(call));
                return if reads { Handling::Reads } else { Handling::HandsOn };
            }
            // `p = [p]`: who asked got no list.
            AnyNodeRef::ExprList(list) if wraps_itself(list, around) => return Handling::Reads,
            AnyNodeRef::ExprList(_) | AnyNodeRef::ExprTuple(_) => {
                packed = true;
                place = parent.range();
            }
            _ if !packed && is_read_by(*parent, here) => return Handling::Reads,
            _ => return Handling::Keeps,
        }
    }
    Handling::Keeps
}

fn wraps_itself(list: &ast::ExprList, around: Option<AnyNodeRef<'_>>) -> bool {
    let Some(AnyNodeRef::StmtAssign(assign)) = around else { return false };
    matches!((assign.targets.as_slice(), list.elts.as_slice()),
        ([Expr::Name(target)], [Expr::Name(name)]) if target.id == name.id)
}

fn is_read_by(parent: AnyNodeRef<'_>, here: impl Fn(&Expr) -> bool) -> bool {
    match parent {
        AnyNodeRef::StmtExpr(_)
        | AnyNodeRef::StmtIf(_)
        | AnyNodeRef::ElifElseClause(_)
        | AnyNodeRef::StmtWhile(_)
        | AnyNodeRef::ExprIf(_)
        | AnyNodeRef::ExprUnaryOp(_)
        | AnyNodeRef::ExprCompare(_)
        | AnyNodeRef::ExprStarred(_)
        | AnyNodeRef::ExprYieldFrom(_)
        | AnyNodeRef::StmtAugAssign(_)
        | AnyNodeRef::Comprehension(_)
        | AnyNodeRef::InterpolatedElement(_) => true,
        AnyNodeRef::StmtFor(each) => here(&each.iter),
        AnyNodeRef::StmtAssert(assert) => here(&assert.test),
        // It is taken apart.
        AnyNodeRef::StmtAssign(assign) => {
            assign.targets.iter().all(|target| target.is_tuple_expr() || target.is_list_expr())
        }
        AnyNodeRef::ExprBinOp(sum) => {
            matches!(
                sum.op,
                Operator::Add | Operator::Sub | Operator::Mult | Operator::Mod | Operator::BitOr | Operator::BitAnd
            )
        }
        AnyNodeRef::ExprSubscript(item) => item.ctx.is_load() && here(&item.value),
        AnyNodeRef::ExprAttribute(method) => method.ctx.is_load() && READING_METHODS.contains(&method.attr.as_str()),
        // `{**p}`, `f(**p)`
        AnyNodeRef::ExprDict(dict) => dict.items.iter().any(|item| item.key.is_none() && here(&item.value)),
        AnyNodeRef::Keyword(keyword) => keyword.arg.is_none(),
        _ => false,
    }
}

/// `super().__init__(names)`, `Base.__init__(self, names)`: what becomes of the object is said there.
fn initializes_base(call: &ast::ExprCall) -> bool {
    matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "__init__")
}

/// Whether a call keeps what it is given, as far as its name says: it makes an object, or puts something somewhere.
fn keeps(call: &ast::ExprCall) -> bool {
    let Some(name) = last_name(&call.func) else { return true };
    if is_name(&call.func, "set") {
        return false;
    }
    name.starts_with(char::is_uppercase) || words(name).iter().any(|word| KEEPING.contains(&word.as_str()))
}
