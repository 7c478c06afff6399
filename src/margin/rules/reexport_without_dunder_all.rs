//! `reexport-without-dunder-all`: a package that does not say what it offers.

use ruff_python_ast::{NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::{Context, ModuleBinding, ModuleBindingKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "reexport-without-dunder-all",
    hooks: &[Hook::Stmt(&[NodeKind::StmtImportFrom], check)],
};

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::ImportFrom(import) = stmt else { return };
    if !context.environment.package || !context.at_module_level() || context.parent().is_some() || import.level != 1 {
        return;
    }
    let (Some(module), Some(alias)) = (&import.module, import.names.first()) else { return };
    // `import X as X` says that the name is meant for others.
    let says_so = alias.asname.as_ref().is_some_and(|name| name.as_str() == alias.name.as_str());
    if says_so || context.table.bindings_of("__all__").next().is_some() || context.table.bindings_of("__getattr__").next().is_some()
    {
        return;
    }
    // One finding per file, on the first such import.
    let bound = alias.asname.as_ref().unwrap_or(&alias.name);
    let mut offered = context.table.imports().filter(|binding| is_offered(binding));
    let first = offered.next().is_some_and(|first| first.name == bound.id);
    if first && !alias.name.as_str().starts_with('_') && alias.name.as_str() != "*" {
        let count = (offered.count() + 1).to_string();
        report.at(module.range(), &[("name", bound.as_str()), ("count", &count)]);
    }
}

/// A public name that was taken from a module of the package.
fn is_offered(binding: &ModuleBinding) -> bool {
    match &binding.kind {
        ModuleBindingKind::Import(target) => {
            let path = target.strip_prefix('.').filter(|path| !path.starts_with('.'));
            path.is_some_and(|path| path.contains('.')) && !binding.name.starts_with('_')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    fn in_package(source: &str) -> Vec<String> {
        let options = Options { file_name: "shop/__init__.py".to_owned(), ..Options::default() };
        found_with("reexport-without-dunder-all", source, &options)
    }

    #[test]
    fn a_package_that_says_what_it_offers_is_fine() {
        assert!(in_package("from .cart import Cart\n__all__ = ['Cart']\n").is_empty());
        assert!(in_package("from .cart import Cart as Cart\n").is_empty());
        assert!(in_package("from . import cart\nimport os\nfrom os import path\n").is_empty());
        assert!(in_package("from .cart import _private\n").is_empty());
        assert!(in_package("from ..money import Price\nfrom os.path import join\n").is_empty());
        assert!(found("reexport-without-dunder-all", "from .cart import Cart\n").is_empty());
    }

    #[test]
    fn the_first_import_is_found() {
        assert_eq!(in_package("from .cart import Cart\nfrom .order import Order\n"), ["cart"]);
    }
}
