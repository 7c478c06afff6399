//! `invalid-first-argument-name`: a method whose first parameter does not say what it is.

use ruff_python_ast::{self as ast, AnyNodeRef, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{
    any_in, any_in_expr, has_decorator, has_foreign_base, is_large, is_metaclass, is_name, is_symbol, without_docstring,
};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, ScopeKind, is_dunder};

pub(super) const DETECTOR: Detector =
    Detector { rule: "invalid-first-argument-name", hooks: &[Hook::Function(check)] };

/// Methods that are class methods without saying so.
const IMPLICIT: [&str; 3] = ["__new__", "__init_subclass__", "__class_getitem__"];

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let Some(ScopeKind::Class(class)) = context.scopes().last().map(|scope| scope.kind) else { return };
    let by_class = IMPLICIT.contains(&def.name.as_str()) || has_decorator(context, def, &["builtins.classmethod"]);
    // Other decorators may hand over anything: a static method, a validator, the arguments of a fixture.
    let harmless = ["builtins.classmethod", "builtins.property", "abc.abstractmethod", "typing.override", "typing.overload"];
    if !def.decorator_list.iter().all(|decorator| is_symbol(context, &decorator.expression, &harmless)) {
        return;
    }
    let parameters = &def.parameters;
    let first = parameters.posonlyargs.first().or(parameters.args.first());
    let accepted = match first {
        Some(first) => is_accepted(class, def, first.name().as_str(), by_class),
        None => parameters.vararg.is_some(),
    };
    if is_dummy(def) || is_looked_up(context, class, def) {
        return;
    }
    let wanted = if by_class { "cls" } else { "self" };
    if !accepted && !is_operand(class, def) && !is_metaclass(context, class) && !has_foreign_base(context, class) && !is_helper(class, def) {
        match first {
            Some(first) => {
                let name = first.name();
                let fix = rename(def, name, wanted);
                report.at(name, &[("method", def.name.as_str()), ("wanted", wanted), ("name", name.as_str())]).fix = fix;
            }
            None => {
                let message = format!("`{}` takes no `{wanted}`, and is no `@staticmethod`: called on an instance, it fails", def.name);
                let open = TextRange::empty(parameters.start() + TextSize::from(1));
                let text = if parameters.is_empty() { wanted.to_owned() } else { format!("{wanted}, ") };
                let fix = report.fix(format!("Add `{wanted}`"), open, text);
                report.say(def.name.range(), message).fix = Some(fix);
            }
        }
    }
}

fn is_accepted(class: &ast::StmtClassDef, def: &ast::StmtFunctionDef, name: &str, by_class: bool) -> bool {
    const CLASSES: [&str; 9] = ["Class", "cls", "mcs", "mcls", "metacls", "klass", "kls", "class_", "type_"];
    // A leading underscore is for a parameter that nobody uses, or that must not clash with keyword arguments. An
    // enumeration calls `_generate_next_value_` without an instance.
    if name.starts_with('_') || def.name.as_str() == "_generate_next_value_" {
        return true;
    }
    if by_class {
        let implicit = IMPLICIT.contains(&def.name.as_str());
        return CLASSES.contains(&name) || implicit && name != "self";
    }
    // A base from elsewhere may be a metaclass.
    name.trim_end_matches('_').ends_with("self") || CLASSES.contains(&name) && !class.bases().is_empty()
}

/// Numbers and the like name the operands (`def __add__(a, b)`), and then the object in their other methods. A parameter
/// that is called `self` already leaves no other way.
fn is_operand(class: &ast::StmtClassDef, def: &ast::StmtFunctionDef) -> bool {
    let first = |def: &ast::StmtFunctionDef| def.parameters.iter_non_variadic_params().next().map(|one| one.name().id.clone());
    let operators = class.body.iter().filter_map(|stmt| match stmt {
        Stmt::FunctionDef(other) if is_dunder(&other.name) => first(other),
        _ => None,
    });
    let name = first(def);
    let is_short = name.as_ref().is_some_and(|name| name.chars().count() <= 2);
    let has_self = def.parameters.iter().skip(1).any(|parameter| parameter.name().as_str() == "self");
    has_self || is_short && (operators.filter(|other| Some(other) == name.as_ref()).count() > 1 || is_dunder(&def.name))
}

/// A function without parameters that does nothing is only there to be there.
fn is_dummy(def: &ast::StmtFunctionDef) -> bool {
    let does_nothing = |stmt: &Stmt| match stmt {
        Stmt::Pass(_) => true,
        Stmt::Expr(stmt) => stmt.value.is_ellipsis_literal_expr(),
        _ => false,
    };
    def.parameters.is_empty() && without_docstring(&def.body).iter().all(does_nothing)
}

/// Whether the class looks its functions up by name, `getattr(cls, f"get_{name}")`, and calls those without parameters so.
fn is_looked_up(context: &Context<'_>, class: &ast::StmtClassDef, def: &ast::StmtFunctionDef) -> bool {
    let looks_up = |node: AnyNodeRef<'_>| match node {
        AnyNodeRef::ExprCall(call) => {
            context.is_builtin(&call.func, "getattr")
                && matches!(call.arguments.args.as_ref(), [object, name, ..]
                    if (is_name(object, "cls") || is_name(object, class.name.as_str())) && !name.is_string_literal_expr())
        }
        _ => false,
    };
    def.parameters.is_empty() && !is_large(class) && any_in(&class.body, looks_up)
}

/// Whether the class body itself uses the function, as a decorator or in a call: it is no method then.
fn is_helper(class: &ast::StmtClassDef, def: &ast::StmtFunctionDef) -> bool {
    let name = def.name.as_str();
    let names_it = |node: AnyNodeRef<'_>| matches!(node, AnyNodeRef::ExprName(other) if other.id == name);
    is_large(class)
        || class.body.iter().any(|stmt| match stmt {
            Stmt::FunctionDef(other) => {
                other.decorator_list.iter().any(|decorator| any_in_expr(&decorator.expression, names_it))
                    || other
                        .parameters
                        .iter_non_variadic_params()
                        .filter_map(|parameter| parameter.default())
                        .any(|default| any_in_expr(default, names_it))
            }
            Stmt::ClassDef(_) => false,
            other => any_in(std::slice::from_ref(other), names_it),
        })
}

/// Renames the parameter and its uses, unless a nested scope or the other name is in the way.
fn rename(def: &ast::StmtFunctionDef, name: &ast::Identifier, wanted: &str) -> Option<Fix> {
    let old = name.as_str();
    let mut edits = vec![Edit::replace(name, wanted)];
    let in_the_way = any_in(&def.body, |node| match node {
        AnyNodeRef::Parameter(parameter) => parameter.name.as_str() == old || parameter.name.as_str() == wanted,
        AnyNodeRef::ExprName(used) if used.id == wanted => true,
        AnyNodeRef::ExprName(used) if used.id == old => {
            edits.push(Edit::replace(used, wanted));
            false
        }
        // Bound without an expression: `except E as old`, `import old`, a pattern. Or not the same everywhere.
        AnyNodeRef::Alias(_)
        | AnyNodeRef::ExceptHandlerExceptHandler(_)
        | AnyNodeRef::StmtMatch(_)
        | AnyNodeRef::StmtGlobal(_)
        | AnyNodeRef::StmtNonlocal(_)
        | AnyNodeRef::StmtClassDef(_) => true,
        _ => false,
    });
    let again = def.parameters.iter().filter(|parameter| parameter.name().as_str() == wanted).count() > 0;
    edits.sort_by_key(|edit| edit.range.start());
    (!in_the_way && !again).then(|| Fix {
        title: format!("Rename to `{wanted}`"),
        safe: false,
        edits,
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_is_no_method_is_left_alone() {
        let quiet = "\
import abc
class A:
    @staticmethod
    def make(x): ...
    @validator('name')
    def check(cls, value): ...
    def __new__(cls): ...
    def __init_subclass__(klass): ...
    def _(_self): ...
    def any(*args): ...
    def decorate(function):
        return function
    @decorate
    def run(self): ...
    def key(item): ...
    ORDER = sorted([3, 1], key=key)
class Meta(type):
    def __call__(cls): ...
class Other(abc.ABCMeta):
    def __call__(cls): ...
class Third(Meta):
    def __call__(cls): ...
class Fourth(models.ModelMeta):
    def __call__(cls): ...
class Store(Interface):
    def open(path): ...
class HtmlLexer(lexers.Lexer):
    def analyse_text(text):
        return 0.1
class XmlLexer(HtmlLexer):
    def analyse_text(text):
        return 0.2
class Made(metaclass=Registered):
    def make(what): ...
class Colour(enum.Enum):
    def _generate_next_value_(name, start, count, last): ...
class Dummy:
    def nested():
        pass
class Processor:
    @classmethod
    def get(cls):
        return getattr(cls, f'get_{system}')()
    def get_linux():
        return read()
class Made(other.__class__):
    def __call__(cls): ...
def outside(x): ...
class B:
    def method(self):
        def inner(x): ...
";
        assert!(found("invalid-first-argument-name", quiet).is_empty());
    }

    #[test]
    fn bases_from_the_standard_library_change_nothing() {
        let source = "\
import abc, enum
class A(dict, metaclass=abc.ABCMeta):
    def one(x): ...
class B(A, enum.Enum):
    def two(x): ...
";
        assert_eq!(found("invalid-first-argument-name", source), ["x", "x"]);
    }

    #[test]
    fn the_parameter_gets_its_name() {
        let source = "\
class A:
    def run(this, n):
        return this.step(n, lambda x: this)
    def stop():
        halt()
    def only(*, force):
        pass
    @classmethod
    def make(klazz):
        return klazz()
";
        let expected = "\
class A:
    def run(self, n):
        return self.step(n, lambda x: self)
    def stop(self):
        halt()
    def only(self, *, force):
        pass
    @classmethod
    def make(cls):
        return cls()
";
        assert_eq!(fixed("invalid-first-argument-name", source), expected);
    }
}
