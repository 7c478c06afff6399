//! What the body of a function does with its parameters: whether an object that one of them holds can be changed, or kept.

use ruff_python_ast::{self as ast, AnyNodeRef, BoolOp, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use super::support::{Go, is_large, is_name, last_name, walk_with_parents};
use super::variables::MUTATORS;

/// What is done with the object that a parameter holds when the call begins.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Uses<'a> {
    /// The body speaks of the parameter.
    pub(super) any: bool,
    /// It asks whether it is `None`.
    pub(super) asks_none: bool,
    /// It puts something under a key.
    pub(super) sets_item: bool,
    /// It changes the object, keeps it or returns it: does more than read, copy or hand it on.
    pub(super) leaks: bool,
    /// The attribute that the first parameter (`self`) keeps it as, if no other does.
    pub(super) attribute: Option<&'a str>,
    /// From here on the parameter holds another object.
    rebound: Option<TextSize>,
    /// The object is empty.
    is_empty: bool,
}

/// Functions and methods that keep what they are given where it stands.
const KEEPING: [&str; 5] = ["append", "appendleft", "insert", "setattr", "setdefault"];

/// Nobody nests conditions deeper around a name.
const MAX_NESTED: usize = 8;

/// The uses of the parameters with such a name, also by another name (`x = p`); each name comes with whether its object is empty.
pub(super) fn uses<'a>(
    def: &'a ast::StmtFunctionDef,
    names: impl Iterator<Item = (&'a str, bool)>,
) -> FxHashMap<&'a str, Uses<'a>> {
    let mut uses: FxHashMap<&str, Uses<'_>> =
        names.map(|(name, is_empty)| (name, Uses { is_empty, ..Uses::default() })).collect();
    for stmt in &def.body {
        rebind(stmt, &mut uses);
    }
    let is_large = is_large(def);
    let instance = def.parameters.iter_non_variadic_params().next().map(|first| first.name().as_str());
    let mut gives_all = false;
    let mut aliases: Vec<(&str, &str)> = Vec::new();
    let mut changed: FxHashSet<&str> = FxHashSet::default();
    walk_with_parents(&def.body, |node, parents| {
        match node {
            // What is nested in a huge function would be read again for each level.
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_) if is_large => {
                return Go::Over;
            }
            // A variable of the module keeps what it is given.
            AnyNodeRef::StmtGlobal(outer) => changed.extend(outer.names.iter().map(ast::Identifier::as_str)),
            AnyNodeRef::ExprName(name) => {
                gives_all |= returns_all(name, parents);
                match uses.get_mut(name.id.as_str()) {
                    Some(of_name) => {
                        look_at(name, parents, instance, of_name);
                        if !is_rebound(name, of_name) {
                            aliases.extend(other_name(parents).map(|alias| (alias, name.id.as_str())));
                        }
                    }
                    None if is_changed(name, parents) => {
                        changed.insert(&name.id);
                    }
                    None => {}
                }
            }
            _ => {}
        }
        Go::In
    });
    for (alias, of) in aliases {
        if changed.contains(alias)
            && let Some(uses) = uses.get_mut(of)
        {
            uses.leaks = true;
        }
    }
    for uses in uses.values_mut() {
        uses.leaks |= gives_all;
    }
    uses
}

/// Whether a place changes or keeps what another variable holds.
fn is_changed(name: &ast::ExprName, parents: &[AnyNodeRef<'_>]) -> bool {
    match parents.last() {
        Some(AnyNodeRef::StmtAugAssign(change)) if change.target.range() == name.range => true,
        _ => name.ctx.is_load() && handling(name.range, parents, false) == Handling::Keeps,
    }
}

/// `x = p`: the other name.
fn other_name<'a>(parents: &[AnyNodeRef<'a>]) -> Option<&'a str> {
    let AnyNodeRef::StmtAssign(assign) = parents.last()? else { return None };
    match assign.targets.as_slice() {
        [Expr::Name(name)] => Some(&name.id),
        _ => None,
    }
}

/// `return locals()`
fn returns_all(name: &ast::ExprName, parents: &[AnyNodeRef<'_>]) -> bool {
    matches!(parents, [.., AnyNodeRef::StmtReturn(_), AnyNodeRef::ExprCall(call)] if call.arguments.is_empty())
        && matches!(name.id.as_str(), "locals" | "vars")
}

/// `p = list(p)`, `if not p: p = []` where the object is empty, an `if` that sets it on every way: what is done with the name
/// afterwards is done with another object.
fn rebind<'a>(stmt: &'a Stmt, uses: &mut FxHashMap<&'a str, Uses<'a>>) {
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

fn look_at<'a>(name: &ast::ExprName, parents: &[AnyNodeRef<'a>], instance: Option<&str>, uses: &mut Uses<'a>) {
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
        match own_attribute(parents, instance) {
            Some(attribute) if uses.attribute.is_none_or(|other| other == attribute) => {
                uses.attribute = Some(attribute);
            }
            _ => uses.leaks |= handling(name.range, parents, uses.is_empty) == Handling::Keeps,
        }
    }
}

/// `self.items = items`: the attribute.
fn own_attribute<'a>(parents: &[AnyNodeRef<'a>], instance: Option<&str>) -> Option<&'a str> {
    let AnyNodeRef::StmtAssign(assign) = parents.last()? else { return None };
    match assign.targets.as_slice() {
        [Expr::Attribute(target)] if instance.is_some_and(|instance| is_name(&target.value, instance)) => {
            Some(&target.attr)
        }
        _ => None,
    }
}

/// What a place does with the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handling {
    /// Reads or copies it, or has a function work with it.
    Reads,
    /// Changes it, keeps it where others get at it, or returns it.
    Keeps,
}

fn is_rebound(name: &ast::ExprName, uses: &Uses<'_>) -> bool {
    uses.rebound.is_some_and(|from| from <= name.start())
}

/// What a place does with an object whose items cannot be changed.
pub(super) fn handling(mut place: TextRange, parents: &[AnyNodeRef<'_>], is_empty: bool) -> Handling {
    let mut packed = false;
    for (at, parent) in parents.iter().enumerate().rev().take(MAX_NESTED) {
        let here = |expr: &Expr| expr.range() == place;
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
            AnyNodeRef::ExprList(_) | AnyNodeRef::ExprTuple(_) => {
                packed = true;
                place = parent.range();
            }
            AnyNodeRef::Arguments(_) => {
                let around = at.checked_sub(1).map(|at| parents[at]);
                let keeps = !packed && matches!(around, Some(AnyNodeRef::ExprCall(call)) if keeps(call));
                return if keeps { Handling::Keeps } else { Handling::Reads };
            }
            // `p.pop(key, default)` takes nothing from what is empty.
            AnyNodeRef::ExprAttribute(method) if is_empty && !packed && method.attr.as_str() == "pop" => {
                let around = at.checked_sub(1).map(|at| parents[at]);
                let has_default = matches!(around, Some(AnyNodeRef::ExprCall(call)) if call.arguments.args.len() == 2);
                return if has_default { Handling::Reads } else { Handling::Keeps };
            }
            _ if is_kept_by(*parent, packed, here) => return Handling::Keeps,
            _ => return Handling::Reads,
        }
    }
    Handling::Reads
}

fn is_kept_by(parent: AnyNodeRef<'_>, packed: bool, here: impl Fn(&Expr) -> bool) -> bool {
    let is_outer = |target: &Expr| target.is_attribute_expr() || target.is_subscript_expr();
    match parent {
        AnyNodeRef::StmtReturn(_) | AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprLambda(_) => true,
        AnyNodeRef::StmtAssign(assign) => assign.targets.iter().any(|target| match target {
            // `self.a, self.b = a, b`; otherwise the object is taken apart.
            Expr::Tuple(targets) if packed => targets.elts.iter().any(is_outer),
            target => is_outer(target),
        }),
        AnyNodeRef::StmtAnnAssign(assign) => is_outer(&assign.target),
        AnyNodeRef::ExprSubscript(item) => !packed && !item.ctx.is_load() && here(&item.value),
        AnyNodeRef::ExprAttribute(method) => !packed && MUTATORS.contains(&method.attr.as_str()),
        _ => false,
    }
}

/// Whether a call puts what it is given into what is there: `self.rows.append(p)`.
fn keeps(call: &ast::ExprCall) -> bool {
    last_name(&call.func).is_some_and(|name| KEEPING.contains(&name))
}
