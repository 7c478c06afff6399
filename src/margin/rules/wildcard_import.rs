//! `wildcard-import`: `from module import *`.

use ruff_python_ast::{NodeKind, Stmt};

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "wildcard-import", hooks: &[Hook::Stmt(&[NodeKind::StmtImportFrom], check)] };

/// Modules whose names are meant to be taken all at once.
const MEANT: [&str; 7] = ["turtle", "tkinter.constants", "distutils.errors", "posix", "nt", "pyexpat", "termios"];

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::ImportFrom(import) = stmt else { return };
    // A package gathers its names in its `__init__.py`, a stub says what is re-exported.
    if context.environment.package || context.environment.stub {
        return;
    }
    let Some(star) = import.names.iter().find(|alias| alias.name.as_str() == "*") else { return };
    let module = import.module.as_ref().map_or("", |module| module.as_str());
    // `from _heapq import *` puts a module's fast versions in the place of its slow ones; `from ._codes import *` spreads one
    // module over several files.
    if module.rsplit('.').next().is_some_and(|last| last.starts_with('_')) {
        return;
    }
    // Who says what the module offers has looked at what it takes; `turtle` is made to be imported so, and a module that is
    // written in C to be handed on so.
    let hands_on = context.table.bindings_of("__all__").next().is_some();
    if hands_on || import.level == 0 && MEANT.contains(&module) || context.table.only_imports() {
        return;
    }
    let name = format!("{}{module}", ".".repeat(import.level as usize));
    report.at(star.range, &[("module", &name)]);
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    #[test]
    fn a_package_may_gather_names() {
        let init = Options { file_name: "shop/__init__.py".to_owned(), ..Options::default() };
        assert!(found_with("wildcard-import", "from .models import *\n", &init).is_empty());
        assert_eq!(found("wildcard-import", "from .models import *\nfrom math import *\nprint(pi)\n"), ["*", "*"]);
        assert!(found("wildcard-import", "\"\"\"Old name.\"\"\"\nfrom shop.models import *\n").is_empty());
        let gathers = "\"\"\"All.\"\"\"\nfrom .a import *\nif fast:\n    from .b import *\ntry:\n    from .c import *\nexcept ImportError:\n    pass\n";
        assert!(found("wildcard-import", gathers).is_empty());
        assert_eq!(found("wildcard-import", "from .a import *\nif fast:\n    start()\n"), ["*"]);
        assert!(found("wildcard-import", "from genericpath import *\n__all__ = ['join']\n").is_empty());
        assert!(found("wildcard-import", "from ._codes import *\nprint(A)\n").is_empty());
        assert!(found("wildcard-import", "try:\n    from _heapq import *\nexcept ImportError:\n    pass\n").is_empty());
    }
}
