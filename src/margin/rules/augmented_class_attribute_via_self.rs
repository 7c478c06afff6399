//! `augmented-class-attribute-via-self`: `self.count += 1` on what the class counts.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

use super::support::{Go, has_decorator, is_name, symbol, walk};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "augmented-class-attribute-via-self", hooks: &[Hook::Class(check)] };

/// What the methods do with one attribute.
#[derive(Default)]
struct Uses<'a> {
    /// `self.x += ...`: the target and the name of the instance.
    augmented: Vec<(&'a ast::ExprAttribute, &'a str)>,
    /// `self.x = ...`: the attribute is the instance's own.
    stored: bool,
    /// `Class.x`, `cls.x`, `type(self).x`: the class's value is wanted.
    of_class: bool,
}

/// Finds attributes that the class body sets, the class itself is asked for, and methods count up through `self`.
fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let shared = class_values(context, class);
    if shared.is_empty() {
        return;
    }
    let mut uses: FxHashMap<&str, Uses<'a>> = FxHashMap::default();
    for stmt in &class.body {
        let Stmt::FunctionDef(def) = stmt else { continue };
        let by_class = has_decorator(context, def, &["builtins.classmethod", "builtins.staticmethod"])
            || ["__new__", "__init_subclass__", "__class_getitem__"].contains(&def.name.as_str());
        let first = def.parameters.iter_non_variadic_params().next().map(|parameter| parameter.name().as_str());
        walk(&def.body, |node| {
            match node {
                AnyNodeRef::StmtAugAssign(stmt) => {
                    if let Expr::Attribute(target) = stmt.target.as_ref()
                        && let Some(instance) = first.filter(|first| !by_class && is_name(&target.value, first))
                    {
                        uses.entry(target.attr.as_str()).or_default().augmented.push((target, instance));
                    }
                }
                AnyNodeRef::StmtAssign(stmt) => {
                    for target in &stmt.targets {
                        if let Expr::Attribute(target) = target
                            && first.is_some_and(|first| !by_class && is_name(&target.value, first))
                        {
                            uses.entry(target.attr.as_str()).or_default().stored = true;
                        }
                    }
                }
                AnyNodeRef::ExprAttribute(attribute) => {
                    let of_class = is_name(&attribute.value, class.name.as_str())
                        || by_class && first.is_some_and(|first| is_name(&attribute.value, first))
                        || is_class_of(&attribute.value, first);
                    if of_class {
                        uses.entry(attribute.attr.as_str()).or_default().of_class = true;
                    }
                }
                _ => {}
            }
            Go::In
        });
    }
    for (name, uses) in uses {
        if uses.of_class && !uses.stored && shared.contains(name) {
            for (target, instance) in uses.augmented {
                let fix = report.fix(
                    format!("Count in the class: `type({instance}).{name}`"),
                    target.value.as_ref(),
                    format!("type({instance})"),
                );
                report.at(target, &[("target", context.text(target)), ("attribute", name), ("instance", instance)]).fix =
                    Some(fix);
            }
        }
    }
}

/// Names that the class body binds to a value that `+=` replaces; an annotation other than `ClassVar` says that the
/// value is only the default of the instances.
fn class_values<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef) -> FxHashSet<&'a str> {
    let plain = |value: &Expr| value.is_literal_expr() || value.is_tuple_expr();
    let mut names = FxHashSet::default();
    for stmt in &class.body {
        match stmt {
            Stmt::Assign(assign) if plain(&assign.value) => {
                names.extend(assign.targets.iter().filter_map(Expr::as_name_expr).map(|name| name.id.as_str()));
            }
            Stmt::AnnAssign(ast::StmtAnnAssign { target, annotation, value: Some(value), .. }) if plain(value) => {
                let outer = if let Expr::Subscript(subscript) = &**annotation { &subscript.value } else { annotation };
                if symbol(context, outer).is_some_and(|symbol| symbol == "typing.ClassVar") {
                    names.extend(target.as_name_expr().map(|name| name.id.as_str()));
                }
            }
            _ => {}
        }
    }
    names
}

/// `type(self)` or `self.__class__`.
fn is_class_of(expr: &Expr, instance: Option<&str>) -> bool {
    let Some(instance) = instance else { return false };
    match expr {
        Expr::Call(call) => {
            is_name(&call.func, "type") && matches!(call.arguments.args.as_ref(), [only] if is_name(only, instance))
        }
        Expr::Attribute(attribute) => attribute.attr.as_str() == "__class__" && is_name(&attribute.value, instance),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_default_of_the_instances_is_fine() {
        let quiet = "\
class Default:
    retries = 0
    def again(self):
        self.retries += 1
class Own:
    count = 0
    def __init__(self):
        self.count = Own.count
    def add(self):
        self.count += 1
class Annotated:
    count: int = 0
    def add(self):
        self.count += Annotated.count
class Right:
    count = 0
    def add(self):
        type(self).count += 1
        Right.count += 1
    @classmethod
    def more(cls):
        cls.count += 1
class Shared:
    names = []
    def add(self, name):
        self.names += [name]
        Shared.names.sort()
";
        assert!(found("augmented-class-attribute-via-self", quiet).is_empty());
    }

    #[test]
    fn what_the_class_is_asked_for_is_counted_in_the_class() {
        let source = "\
class Job:
    started = 0
    def __init__(self):
        self.started += 1
    @classmethod
    def report(cls):
        print(cls.started)
";
        assert_eq!(found("augmented-class-attribute-via-self", source), ["self.started"]);
        assert_eq!(
            fixed("augmented-class-attribute-via-self", source),
            source.replace("self.started", "type(self).started"),
        );
    }
}
