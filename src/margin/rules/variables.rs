//! Variables, by name: what a statement binds, and what happens to the variables of a function.

use ruff_python_ast::visitor::source_order::{self, SourceOrderVisitor};
use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};
use smallvec::{SmallVec, smallvec};

use super::support::{Go, walk};
use crate::python::captured;

/// The statements that [`bound_names`] has something to say of.
pub(super) const BINDING_STATEMENTS: [NodeKind; 6] = [
    NodeKind::StmtFunctionDef,
    NodeKind::StmtClassDef,
    NodeKind::StmtImport,
    NodeKind::StmtImportFrom,
    NodeKind::StmtTry,
    NodeKind::StmtMatch,
];

/// A name that a statement binds.
#[derive(Clone, Copy, Debug)]
pub(super) struct BoundName<'a> {
    pub name: &'a str,
    pub range: TextRange,
    /// It is bound inside the function that the statement defines.
    pub parameter: Option<&'a ast::Parameter>,
}

/// The names that a statement binds by itself: its own and those of its parameters, imports, `except` clauses and
/// patterns. Targets of assignments and loops are expressions ([`ast::ExprName`] in a store) and not among them.
pub(super) fn bound_names(stmt: &Stmt) -> SmallVec<[BoundName<'_>; 8]> {
    fn own(name: &ast::Identifier) -> BoundName<'_> {
        BoundName { name: name.as_str(), range: name.range(), parameter: None }
    }
    match stmt {
        Stmt::FunctionDef(def) => {
            let parameters = def.parameters.iter_source_order().map(|parameter| {
                let parameter = parameter.as_parameter();
                BoundName { parameter: Some(parameter), ..own(&parameter.name) }
            });
            std::iter::once(own(&def.name)).chain(parameters).collect()
        }
        Stmt::ClassDef(class) => smallvec![own(&class.name)],
        Stmt::Import(ast::StmtImport { names, .. }) | Stmt::ImportFrom(ast::StmtImportFrom { names, .. }) => {
            let bound = |alias| -> &ast::Identifier {
                let alias: &ast::Alias = alias;
                alias.asname.as_ref().unwrap_or(&alias.name)
            };
            names.iter().map(bound).filter(|name| name.as_str() != "*").map(own).collect()
        }
        Stmt::Try(stmt) => {
            let handlers =
                stmt.handlers.iter().filter_map(|ast::ExceptHandler::ExceptHandler(handler)| handler.name.as_ref());
            handlers.map(own).collect()
        }
        Stmt::Match(stmt) => {
            let mut found = Vec::new();
            stmt.cases.iter().for_each(|case| captures(&case.pattern, &mut found));
            found.into_iter().map(own).collect()
        }
        _ => SmallVec::new(),
    }
}

/// The names that a pattern binds.
pub(super) fn captures<'a>(pattern: &'a Pattern, found: &mut Vec<&'a ast::Identifier>) {
    struct Captures<'f, 'a>(&'f mut Vec<&'a ast::Identifier>);
    impl<'a> SourceOrderVisitor<'a> for Captures<'_, 'a> {
        fn visit_pattern(&mut self, pattern: &'a Pattern) {
            self.0.extend(captured(pattern));
            stacker::maybe_grow(64 * 1024, 1024 * 1024, || source_order::walk_pattern(self, pattern));
        }
        fn visit_expr(&mut self, _expr: &'a Expr) {}
    }
    Captures(found).visit_pattern(pattern);
}

/// What happens to the variables of a function, by name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<'a> {
    /// It is bound; with the value, where it is an assignment of one name.
    Store(&'a str, TextRange, Option<&'a Expr>),
    /// It is read, be it to change it.
    Load(&'a str, TextRange),
    /// Its object is changed: `x.append(...)`, `x[i] = ...`, `del x[i]`, `x += ...`.
    Change(&'a str, TextRange),
    /// An element of its object is changed: `x[i].append(...)`, `x[i][j] = ...`, `x[i] += ...`.
    ChangeElement(&'a str, TextRange),
    /// A loop; its lines may run again.
    Loop(TextRange),
}

/// Methods that change a built-in container.
pub(super) const MUTATORS: [&str; 20] = [
    "add",
    "append",
    "appendleft",
    "clear",
    "difference_update",
    "discard",
    "extend",
    "extendleft",
    "insert",
    "intersection_update",
    "pop",
    "popitem",
    "popleft",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "symmetric_difference_update",
    "update",
    "rotate",
];

/// The events of a body in order of place; those of nested functions are told as if they ran where they stand.
pub(super) fn events(body: &[Stmt]) -> Vec<Event<'_>> {
    let mut found = Vec::new();
    walk(body, |node| {
        match node {
            AnyNodeRef::ExprName(name) => {
                let name_event = if name.ctx.is_load() {
                    Event::Load(&name.id, name.range())
                } else {
                    Event::Store(&name.id, name.range(), None)
                };
                // An assignment has told its target already.
                let told = matches!(found.last(), Some(Event::Store(_, range, Some(_))) if *range == name.range());
                if !told {
                    found.push(name_event);
                }
            }
            AnyNodeRef::StmtAssign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    found.push(Event::Store(&target.id, target.range(), Some(&assign.value)));
                }
                assign.targets.iter().for_each(|target| change_of_target(target, &mut found));
            }
            AnyNodeRef::StmtAnnAssign(assign) => {
                if let (Expr::Name(target), Some(value)) = (assign.target.as_ref(), &assign.value) {
                    found.push(Event::Store(&target.id, target.range(), Some(value)));
                }
                change_of_target(&assign.target, &mut found);
            }
            AnyNodeRef::StmtAugAssign(assign) => match assign.target.as_ref() {
                Expr::Name(target) => found.push(Event::Change(&target.id, target.range())),
                Expr::Subscript(target) => {
                    change_of_target(&assign.target, &mut found);
                    if let Expr::Name(name) = target.value.as_ref() {
                        found.push(Event::ChangeElement(&name.id, assign.target.range()));
                    }
                }
                _ => {}
            },
            AnyNodeRef::StmtDelete(delete) => {
                delete.targets.iter().for_each(|target| change_of_target(target, &mut found));
            }
            AnyNodeRef::ExprCall(call) => {
                if let Expr::Attribute(attribute) = call.func.as_ref()
                    && MUTATORS.contains(&attribute.attr.as_str())
                {
                    change_of(&attribute.value, call.range(), &mut found);
                }
            }
            AnyNodeRef::StmtFor(_) | AnyNodeRef::StmtWhile(_) => found.push(Event::Loop(node.range())),
            _ => {}
        }
        Go::In
    });
    found
}

/// `x[i] = ...` changes `x`.
fn change_of_target<'a>(target: &'a Expr, found: &mut Vec<Event<'a>>) {
    if let Expr::Subscript(subscript) = target {
        change_of(&subscript.value, target.range(), found);
    }
}

/// Something changes the object that an expression stands for.
fn change_of<'a>(object: &'a Expr, place: TextRange, found: &mut Vec<Event<'a>>) {
    match object {
        Expr::Name(name) => found.push(Event::Change(&name.id, place)),
        Expr::Subscript(subscript) => {
            let mut inner = subscript.value.as_ref();
            while let Expr::Subscript(deeper) = inner {
                inner = deeper.value.as_ref();
            }
            if let Expr::Name(name) = inner {
                found.push(Event::ChangeElement(&name.id, place));
            }
        }
        _ => {}
    }
}
