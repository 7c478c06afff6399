//! What a function does to what outlives its call, told from its body alone.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Operator, Stmt};

use super::suites::{own_statements, suites};

/// The targets that a function reads, changes and stores in one statement (`total += 1`, `total = total + 1`) while it
/// holds no lock, as far as can be told: outside every `with`, in a function that acquires nothing by hand. Only names
/// that are declared `global` or `nonlocal`, and attributes of the first parameter.
pub(crate) fn unguarded(def: &ast::StmtFunctionDef) -> Vec<&Expr> {
    let declared: Vec<&str> = own_statements(&def.body).flat_map(declared).collect();
    let first = def.parameters.posonlyargs.first().or(def.parameters.args.first());
    let first = first.map(|parameter| parameter.name().as_str());
    let mut found = Vec::new();
    let mut open = vec![def.body.iter()];
    while let Some(suite) = open.last_mut() {
        let Some(stmt) = suite.next() else {
            open.pop();
            continue;
        };
        match stmt {
            Stmt::With(_) => continue,
            Stmt::Expr(stmt) if is_acquire(&stmt.value) => return Vec::new(),
            _ => {}
        }
        found.extend(changed(stmt).filter(|target| match target {
            Expr::Name(name) => declared.contains(&name.id.as_str()),
            Expr::Attribute(attribute) => {
                matches!(attribute.value.as_ref(), Expr::Name(name) if first == Some(name.id.as_str()))
            }
            _ => false,
        }));
        open.extend(suites(stmt).into_iter().rev().map(<[Stmt]>::iter));
    }
    found
}

/// The names among [`unguarded`].
pub(super) fn unguarded_names(def: &ast::StmtFunctionDef) -> Vec<Name> {
    if !own_statements(&def.body).any(|stmt| matches!(stmt, Stmt::Global(_))) {
        return Vec::new();
    }
    let mut names: Vec<Name> = Vec::new();
    for target in unguarded(def) {
        if let Expr::Name(name) = target
            && !names.contains(&name.id)
        {
            names.push(name.id.clone());
        }
    }
    names
}

/// Whether a function has something to do at its end that must not be left out: a `finally`, or a `with` on something
/// that it opens.
pub(crate) fn cleans_up(def: &ast::StmtFunctionDef) -> bool {
    own_statements(&def.body).any(|stmt| match stmt {
        Stmt::Try(stmt) => !stmt.finalbody.is_empty(),
        Stmt::With(stmt) => stmt.items.iter().any(|item| match &item.context_expr {
            Expr::Call(call) => !matches!(call.func.as_ref(),
                Expr::Name(ast::ExprName { id: name, .. }) | Expr::Attribute(ast::ExprAttribute { attr: ast::Identifier { id: name, .. }, .. })
                    if matches!(name.as_str(), "suppress" | "nullcontext" | "Lock" | "RLock" | "lock" | "catch_warnings")),
            _ => false,
        }),
        _ => false,
    })
}

fn declared(stmt: &Stmt) -> impl Iterator<Item = &str> {
    let names: &[ast::Identifier] = match stmt {
        Stmt::Global(stmt) => &stmt.names,
        Stmt::Nonlocal(stmt) => &stmt.names,
        _ => &[],
    };
    names.iter().map(ast::Identifier::as_str)
}

/// `lock.acquire()`
fn is_acquire(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) => {
            matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "acquire")
        }
        _ => false,
    }
}

/// What a statement reads and stores again.
fn changed(stmt: &Stmt) -> impl Iterator<Item = &Expr> {
    let target = match stmt {
        Stmt::AugAssign(assign) => Some(assign.target.as_ref()),
        Stmt::Assign(assign) => match (assign.targets.as_slice(), assign.value.as_ref()) {
            (
                [target @ Expr::Name(name)],
                Expr::BinOp(ast::ExprBinOp { left, op: Operator::Add | Operator::Sub, .. }),
            ) if matches!(left.as_ref(), Expr::Name(read) if read.id == name.id) => Some(target),
            _ => None,
        },
        _ => None,
    };
    target.into_iter()
}
