//! `relative-import-in-script`: a file that is run by itself and imports from its package.

use ruff_python_ast::{NodeKind, Stmt};

use super::{Detector, Hook, Report};
use crate::python::{Context, ModuleBindingKind, is_main_guard};

pub(super) const DETECTOR: Detector =
    Detector { rule: "relative-import-in-script", hooks: &[Hook::Stmt(&[NodeKind::StmtIf], check)] };

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::If(stmt) = stmt else { return };
    if !context.at_module_level() || !is_main_guard(&stmt.test) {
        return;
    }
    let relative = context.table.imports().find_map(|binding| match &binding.kind {
        ModuleBindingKind::Import(name) if name.starts_with('.') && !binding.conditional => Some(name),
        _ => None,
    });
    if let Some(name) = relative {
        report.at(stmt.test.as_ref(), &[("import", name.as_str())]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "relative-import-in-script";

    #[test]
    fn a_script_inside_a_package_is_found() {
        let source = "from .parts import part\nif __name__ == '__main__':\n    part()\n";
        assert_eq!(found(RULE, source), ["__name__ == '__main__'"]);
    }

    #[test]
    fn scripts_and_packages_alone_are_not() {
        assert!(found(RULE, "from parts import part\nif __name__ == '__main__':\n    part()\n").is_empty());
        assert!(found(RULE, "from .parts import part\npart()\n").is_empty());
        assert!(found(RULE, "try:\n    from .a import b\nexcept ImportError:\n    from a import b\nif __name__ == '__main__':\n    b()\n").is_empty());
    }
}
