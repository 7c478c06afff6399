//! `missing-slots`: a class of plain values that carries a dict per instance.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{argument, is_name, is_symbol, starts_line, with_argument, without_docstring};
use super::{Detector, Hook, Report};
use crate::margin::fix::indentation;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "missing-slots", hooks: &[Hook::Class(check)] };

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    // A base without slots brings the dict back; keywords are for a base or a metaclass.
    if class.arguments.as_ref().is_some_and(|arguments| !arguments.is_empty()) || has_slots(class) || needs_dict(context, class)
    {
        return;
    }
    let fix = match class.decorator_list.as_slice() {
        [] => {
            let Some(names) = plain_attributes(class) else { return };
            with_slots(context, class, &names)
        }
        decorators => {
            let dataclass = decorators.iter().find_map(|decorator| {
                let (callee, call) = match &decorator.expression {
                    Expr::Call(call) => (call.func.as_ref(), Some(call)),
                    other => (other, None),
                };
                is_symbol(context, callee, &["dataclasses.dataclass"]).then_some((callee, call))
            });
            match dataclass {
                None => return,
                Some((_, Some(call))) if !argument(call, "slots", None).is_absent() => return,
                Some((_, Some(call))) => with_argument(context, call, "slots=True", false),
                Some((callee, None)) => {
                    Some(report.fix("Add `slots=True`", TextRange::empty(callee.end()), "(slots=True)"))
                }
            }
        }
    };
    report.at(class.name.range(), &[("class", class.name.as_str())]).fix = fix;
}

fn has_slots(class: &ast::StmtClassDef) -> bool {
    class.body.iter().any(|stmt| match stmt {
        Stmt::Assign(assign) => assign.targets.iter().any(|target| is_name(target, "__slots__")),
        Stmt::AnnAssign(assign) => is_name(&assign.target, "__slots__"),
        _ => false,
    })
}

/// A cached property stores in the dict; `super()` without arguments does not survive the class being made anew.
fn needs_dict(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    let text = context.text(class);
    ["cached_property", "super()", "__dict__", "setattr("].iter().any(|word| text.contains(word))
}

/// The attributes of a class whose `__init__` does nothing but store its parameters, and which stores no others.
fn plain_attributes(class: &ast::StmtClassDef) -> Option<Vec<&str>> {
    let init = class.body.iter().find_map(|stmt| match stmt {
        Stmt::FunctionDef(def) if def.name.as_str() == "__init__" => Some(def),
        _ => None,
    })?;
    let mut parameters = init.parameters.iter_non_variadic_params().map(|parameter| parameter.name().as_str());
    let instance = parameters.next()?;
    let parameters: Vec<&str> = parameters.collect();
    let mut names = Vec::new();
    for stmt in without_docstring(&init.body) {
        let (target, value) = match stmt {
            Stmt::Assign(assign) => (assign.targets.first().filter(|_| assign.targets.len() == 1)?, &*assign.value),
            Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
            _ => return None,
        };
        let (Expr::Attribute(target), Expr::Name(value)) = (target, value) else { return None };
        if !is_name(&target.value, instance) || !parameters.contains(&value.id.as_str()) {
            return None;
        }
        names.push(target.attr.as_str());
    }
    // A class attribute of the same name would be in the way of the slot; anything but methods may be too.
    let methods_only = without_docstring(&class.body).iter().all(|stmt| match stmt {
        Stmt::FunctionDef(def) => !names.contains(&def.name.as_str()) && (def.name == init.name || !stores(def, &names)),
        _ => false,
    });
    (methods_only && names.len() > 1).then_some(names)
}

/// Whether a method stores an attribute that is not among these.
fn stores(def: &ast::StmtFunctionDef, names: &[&str]) -> bool {
    let Some(instance) = def.parameters.iter_non_variadic_params().next() else { return false };
    super::support::any_in(&def.body, |node| match node {
        ruff_python_ast::AnyNodeRef::ExprAttribute(attribute) => {
            attribute.ctx.is_store()
                && is_name(&attribute.value, instance.name().as_str())
                && !names.contains(&attribute.attr.as_str())
        }
        _ => false,
    })
}

fn with_slots(context: &Context<'_>, class: &ast::StmtClassDef, names: &[&str]) -> Option<Fix> {
    let first = without_docstring(&class.body).first()?;
    let at = match first {
        Stmt::FunctionDef(def) => def.decorator_list.first().map_or(def.start(), Ranged::start),
        other => other.start(),
    };
    if !starts_line(context.source, at) {
        return None;
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let (line, indent) = (context.newline(), indentation(context.source, at));
    let text = format!("__slots__ = ({}){line}{line}{indent}", quoted.join(", "));
    Some(Fix { title: "Add `__slots__`".to_owned(), safe: false, edits: vec![Edit::insert(at, text)], imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn classes_that_need_their_dict_keep_it() {
        let quiet = "\
from dataclasses import dataclass
from functools import cached_property
@dataclass(slots=True)
class A:
    x: int
@dataclass
class B(Base):
    x: int
@dataclass
class C:
    x: int
    @cached_property
    def y(self): ...
class D:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def later(self):
        self.z = 1
class E:
    def __init__(self, x, y):
        self.x = x
        self.y = y + 1
class F:
    x = 1
    def __init__(self, x, y):
        self.x = x
        self.y = y
";
        assert!(found("missing-slots", quiet).is_empty());
    }

    #[test]
    fn slots_are_added_where_they_belong() {
        let source = "\
import dataclasses
@dataclasses.dataclass
class A:
    x: int
@dataclasses.dataclass(frozen=True)
class B:
    x: int
class C:
    \"\"\"Docs.\"\"\"

    def __init__(self, x, y):
        self.x = x
        self.y = y
";
        let expected = "\
import dataclasses
@dataclasses.dataclass(slots=True)
class A:
    x: int
@dataclasses.dataclass(frozen=True, slots=True)
class B:
    x: int
class C:
    \"\"\"Docs.\"\"\"

    __slots__ = (\"x\", \"y\")

    def __init__(self, x, y):
        self.x = x
        self.y = y
";
        assert_eq!(fixed("missing-slots", source), expected);
    }
}
