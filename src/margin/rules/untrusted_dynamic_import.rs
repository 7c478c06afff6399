//! `untrusted-dynamic-import`: a module whose name comes from outside.

use ruff_python_ast::{self as ast, Expr, InterpolatedStringElement, Operator};
use ruff_text_size::Ranged;

use super::support::{argument, is_constant, symbol, value_of};
use super::{Detector, Hook, Report};
use crate::python::{Binding, BindingKind, Context, Lookup, Whole};

pub(super) const DETECTOR: Detector = Detector { rule: "untrusted-dynamic-import", hooks: &[Hook::Call(check)] };

/// Functions that import, and where they take the module from.
const IMPORTERS: [(&str, &str, usize); 3] = [
    ("importlib.import_module", "name", 0),
    ("builtins.__import__", "name", 0),
    ("importlib.util.spec_from_file_location", "location", 1),
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(function) = symbol(context, &call.func) else { return };
    let Some((_, keyword, position)) = IMPORTERS.iter().find(|(name, ..)| *name == function) else { return };
    let Some(name) = argument(call, keyword, Some(*position)).given() else { return };
    if is_known(context, name) {
        return;
    }
    report.at(name, &[("function", context.text(call.func.as_ref())), ("name", context.text(name))]);
}

/// Whether the name stands in the code, or below a package that does.
fn is_known<'a>(context: &Context<'a>, name: &'a Expr) -> bool {
    let name = value_of(context, name);
    is_constant(context, name) || starts_known(name) || is_listed(context, name)
}

/// `"shop.exporters." + name`, `f".{name}"`, `__package__ + ...`, `__name__`.
fn starts_known(name: &Expr) -> bool {
    let mut first = name;
    loop {
        first = match first {
            Expr::BinOp(ast::ExprBinOp { left, op: Operator::Add | Operator::Mod, .. }) => left,
            Expr::Call(call) => match call.func.as_ref() {
                Expr::Attribute(method) if method.attr.as_str() == "format" => &method.value,
                _ => break,
            },
            _ => break,
        };
    }
    match first {
        Expr::StringLiteral(text) => text.value.to_str().contains('.') && !text.value.to_str().starts_with('%'),
        Expr::FString(text) => match text.value.elements().next() {
            Some(InterpolatedStringElement::Literal(text)) => text.value.contains('.'),
            Some(InterpolatedStringElement::Interpolation(part)) => is_own_name(&part.expression),
            None => true,
        },
        other => is_own_name(other),
    }
}

fn is_own_name(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if name.id == "__name__" || name.id == "__package__")
        || matches!(expr, Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "__name__" | "__module__" | "__package__"))
}

/// Whether a variable runs over a collection that stands in the code, or over what was found to be installed.
fn is_listed(context: &Context<'_>, name: &Expr) -> bool {
    let name = if let Expr::Attribute(attribute) = name { &attribute.value } else { name };
    let Expr::Name(name) = name else { return false };
    let Lookup::Local { bindings, .. } = context.lookup(&name.id, name.start()) else { return false };
    let [Binding { kind, .. }] = bindings else { return false };
    let (BindingKind::For(source, _) | BindingKind::Part(_, Whole::For(source, _))) = kind else { return false };
    match source {
        Expr::Call(call) => match symbol(context, &call.func) {
            Some(symbol) => symbol.starts_with("pkgutil.") || symbol == "importlib.metadata.entry_points",
            None => match call.func.as_ref() {
                Expr::Attribute(view) => is_constant(context, &view.value),
                _ => false,
            },
        },
        other => is_constant(context, other),
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "untrusted-dynamic-import";

    #[test]
    fn modules_that_the_code_names_are_fine() {
        let quiet = "\
import importlib, pkgutil
from importlib import import_module
def load(kind, package):
    import_module('shop.exporters')
    import_module(EXPORTERS[kind])
    import_module(f'shop.exporters.{kind}')
    import_module('shop.exporters.' + kind)
    import_module('shop.%s' % kind)
    import_module(f'.{kind}', package)
    import_module(f'{__package__}.{kind}')
    for name in ('csv', 'xml'):
        import_module(name)
    for module in pkgutil.iter_modules():
        import_module(module.name)
    own = 'shop.' + kind
    import_module(own)
    loader.import_module(kind)
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn names_from_outside_are_found() {
        let source = "\
import importlib, importlib.util
def load(kind, path):
    importlib.import_module(kind)
    __import__(kind.lower())
    importlib.util.spec_from_file_location('plugin', path)
    importlib.import_module('%s.plugin' % kind)
    importlib.import_module(f'{kind}.plugin')
";
        assert_eq!(found(RULE, source), ["kind", "kind.lower()", "path", "'%s.plugin' % kind", "f'{kind}.plugin'"]);
    }
}
