//! `warn-without-stacklevel`: a warning that points at itself.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{Argument, add_argument, argument, has_decorator, is_metaclass, is_symbol, last_name, value_of, words};
use super::{Detector, Hook, Report};
use crate::margin::Fix;
use crate::python::{BindingKind, Context, Lookup, ScopeKind, is_dunder};

pub(super) const DETECTOR: Detector = Detector { rule: "warn-without-stacklevel", hooks: &[Hook::CallOf(&["warnings.warn"], check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    // At module level the caller is the import machinery.
    if context.at_module_level() || !is_symbol(context, &call.func, &["warnings.warn"]) {
        return;
    }
    if is_internal(context) || !is_for_caller(context, call) {
        return;
    }
    if !argument(call, "stacklevel", Some(2)).is_absent() || !argument(call, "skip_file_prefixes", None).is_absent() {
        return;
    }
    let fix = add_argument(context, call, "stacklevel=2").map(|edit| Fix {
        title: "Point at the caller with `stacklevel=2`".to_owned(),
        safe: false,
        edits: vec![edit],
        imports: Vec::new(),
    });
    report.at(call.func.range(), &[("symbol", context.text(call.func.as_ref()))]).fix = fix;
}

/// The caller of a private function, of one inside another, of a hook, and of what makes classes is the library itself; that
/// of `__del__` is anywhere. A wrapper stands for the function that it wraps.
fn is_internal(context: &Context<'_>) -> bool {
    let Some(def) = context.enclosing_function() else { return true };
    let functions = context.scopes().iter().filter(|scope| matches!(scope.kind, ScopeKind::Function(_) | ScopeKind::Lambda(_)));
    let is_inner = functions.count() > 1 && !has_decorator(context, def, &["functools.wraps"]);
    let is_private = |name: &str| name.starts_with('_') && !is_dunder(name);
    context.environment.is_private_module()
        || is_private(&def.name)
        || is_inner
        || is_hook(context, def)
        || warns_for_others(&def.name)
        || def.decorator_list.iter().any(may_wrap)
        || context.enclosing_class().is_some_and(|class| is_private(&class.name) || is_metaclass(context, class))
}

/// `check_options()`, `deprecation(message)`: a step of what is called, whose own caller is not the one that has to change.
fn warns_for_others(name: &str) -> bool {
    let words = words(name);
    words.first().is_some_and(|word| ["check", "warn"].contains(&word.as_str())) && words.len() > 1
        || words.iter().any(|word| ["deprecate", "deprecation", "deprecations", "warning", "warnings"].contains(&word.as_str()))
}

/// Whether the caller of a function may be what its decorator makes of it, or a framework that the decorator hands it to: then
/// two levels up is none of the code that has to change.
fn may_wrap(decorator: &ast::Decorator) -> bool {
    const PLAIN: [&str; 11] = [
        "abstractmethod", "classmethod", "deleter", "final", "getter", "overload", "override", "property", "setter", "staticmethod", "wraps",
    ];
    let callee = if let Expr::Call(call) = &decorator.expression { &call.func } else { &decorator.expression };
    !last_name(callee).is_some_and(|name| PLAIN.contains(&name))
}

/// Called by the machinery of the language or of a framework, and not by the code that has to change.
fn is_hook(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    const HOOKS: [&str; 7] = [
        "__del__",
        "__get_pydantic_core_schema__",
        "__init_subclass__",
        "__instancecheck__",
        "__prepare__",
        "__set_name__",
        "__subclasshook__",
    ];
    // Those of Pydantic 1.
    let is_for_model = matches!(def.name.as_str(), "prepare_field" | "validate") && has_decorator(context, def, &["builtins.classmethod"]);
    let validates = |decorator: &ast::Decorator| {
        let callee = if let Expr::Call(call) = &decorator.expression { &call.func } else { &decorator.expression };
        last_name(callee).is_some_and(|name| name.contains("validator") || name == "hookimpl")
    };
    HOOKS.contains(&def.name.as_str())
        || is_for_model
        || def.name.starts_with("pytest_")
        || def.decorator_list.iter().any(validates)
}

/// Whether the warning asks the caller to change something: it is about what goes away. Of others, such as those about
/// data, the place that warns may be the right one.
fn is_for_caller<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> bool {
    let speaks = |text: &str| text.contains("deprecat") || text.contains("will be removed");
    let message = argument(call, "message", Some(0)).given();
    if message.is_some_and(|message| is_for_author(context, message) || is_parameter(context, message)) {
        return false;
    }
    match argument(call, "category", Some(1)) {
        Argument::Given(category) => is_for_callers(category),
        Argument::Absent => message.is_some_and(|message| match message {
            Expr::Call(made) => is_for_callers(&made.func),
            Expr::StringLiteral(text) => speaks(&text.value.to_str().to_lowercase()),
            Expr::FString(_) | Expr::BinOp(_) => speaks(&context.text(message).to_lowercase()),
            _ => false,
        }),
        Argument::Unknown => false,
    }
}

/// Whether a message comes from the caller, who warns somebody else by it.
fn is_parameter(context: &Context<'_>, message: &Expr) -> bool {
    let Expr::Name(name) = message else { return false };
    match context.lookup(&name.id, name.start()) {
        Lookup::Local { bindings: [one], .. } => matches!(one.kind, BindingKind::Parameter(_)),
        _ => false,
    }
}

/// Whether a message asks for another method, signature or setting: that is no matter of the line that calls.
fn is_for_author<'a>(context: &Context<'a>, message: &'a Expr) -> bool {
    const SETTINGS: [&str; 6] = ["config item", "config key", "configuration", "environment variable", "setting ", "settings"];
    let text = context.text(value_of(context, message));
    let text = text.get(..2_000).unwrap_or(text).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // "The parameter is deprecated, use the environment variable" speaks to the caller.
    let is_about_argument = has(&["argument", "parameter"]);
    has(&["implement ", "override", "signature"]) || !is_about_argument && has(&SETTINGS)
}

/// `DeprecationWarning`, `RemovedInFlask4Warning`, `FutureWarning`.
fn is_for_callers(category: &Expr) -> bool {
    last_name(category).is_some_and(|name| name.contains("Deprecat") || name.contains("Removed") || name == "FutureWarning")
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};

    #[test]
    fn levels_prefixes_and_modules_are_left_alone() {
        let quiet = "\
import warnings
warnings.warn('module')
def old():
    warnings.warn('old', DeprecationWarning, 3)
    warnings.warn('deprecated', stacklevel=1)
    warnings.warn('deprecated', skip_file_prefixes=('x',))
    warnings.warn(*args)
    warn('deprecated')
    warnings.warn('three rows are empty')
    warnings.warn(message, RuntimeWarning)
def _connect():
    warnings.warn('deprecated')
class _Pool:
    def connect(self):
        warnings.warn('deprecated')
class Base:
    def __init_subclass__(cls):
        warnings.warn('deprecated')
    @field_validator('old')
    def check_old(cls, value):
        warnings.warn('deprecated')
    def joining(self):
        warnings.warn('get_columns() is deprecated. Implement get_fields() instead.', DeprecationWarning)
class Meta(type):
    def __call__(cls):
        warnings.warn('deprecated')
def build():
    def step():
        warnings.warn('deprecated')
def pytest_configure(config):
    warnings.warn('deprecated')
def check_options(options):
    warnings.warn('deprecated')
def deprecation(message, version):
    warnings.warn(message + version, DeprecationWarning)
def tell(message):
    warnings.warn(message, DeprecationWarning)
@cli.command('search')
def search(old):
    warnings.warn('deprecated')
@cached_property_of_mine
def pages(self):
    warnings.warn('deprecated')
def collect(config):
    warnings.warn('The configuration key x is deprecated', FutureWarning)
";
        assert!(found("warn-without-stacklevel", quiet).is_empty());
        let source = "\
import functools, warnings
def deprecated(function):
    @functools.wraps(function)
    def wrapper(*args):
        warnings.warn('deprecated')
        return function(*args)
    return wrapper
class Point:
    def __init__(self):
        warnings.warn('Point is deprecated')
    @property
    def place(self):
        message = 'Point is deprecated'
        warnings.warn(message, DeprecationWarning)
    @classmethod
    def load(cls, path):
        warnings.warn('the parameter path is deprecated, use an environment variable')
";
        assert_eq!(found("warn-without-stacklevel", source).len(), 4);
        let public = "import warnings\ndef old():\n    warnings.warn('old', PendingDeprecationWarning)\n";
        let named = |file: &str| Options { file_name: file.to_owned(), ..Options::default() };
        assert_eq!(found_with("warn-without-stacklevel", public, &named("app/io.py")).len(), 1);
        for private in ["app/_io.py", "app/_internal/io.py"] {
            assert!(found_with("warn-without-stacklevel", public, &named(private)).is_empty());
        }
    }

    #[test]
    fn the_argument_comes_last() {
        let source = "\
from warnings import warn
def old():
    warn('Old is deprecated')
    warn(
        'old',
        DeprecationWarning,  # for now
    )
";
        let expected = "\
from warnings import warn
def old():
    warn('Old is deprecated', stacklevel=2)
    warn(
        'old',
        DeprecationWarning, stacklevel=2,  # for now
    )
";
        assert_eq!(fixed("warn-without-stacklevel", source), expected);
    }
}
