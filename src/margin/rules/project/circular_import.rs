//! `circular-import`

use std::path::PathBuf;

use super::support::imports;
use super::{Look, ProjectDetector};
use crate::margin::rules::Report;
use crate::python::{Import, Module, ModuleBindingKind, Place, Target, When};

pub(super) const DETECTOR: ProjectDetector =
    ProjectDetector { rule: "circular-import", hooks: &[], look: Look::Module(module) };

/// Tells the first import of a file that closes a circle: the others are often those of the same.
fn module(place: &Place, module: &Module, report: &mut Report<'_>) {
    let mut seen: Vec<PathBuf> = Vec::new();
    // Behind the module's definitions an import comes late on purpose.
    let defines = |kind: &ModuleBindingKind| matches!(kind, ModuleBindingKind::Function(_) | ModuleBindingKind::Class(_));
    let definition = module.statements.iter().find(|placed| {
        !placed.statement.is_import && placed.statement.bindings.bindings.iter().any(|binding| defines(&binding.kind))
    });
    let is_early = |import: &Import| definition.is_none_or(|placed| import.range.start() < placed.range.end());
    for import in imports(module).filter(|import| import.when == When::Loading && is_early(import)) {
        for resolved in place.resolve(&import) {
            let Target::Module(path) = &resolved.target else { continue };
            // `import m` and `from . import m` give the module itself, half-made or not; nothing is missing yet.
            if !resolved.takes_names || seen.contains(path) {
                continue;
            }
            seen.push(path.clone());
            let Some(way) = place.way_back(path, false) else { continue };
            let name = |path: &PathBuf| place.of(path.clone()).module_name();
            let own = place.module_name();
            let other = name(path);
            match way.as_slice() {
                [.., before, last] => {
                    let last = name(if last == path { before } else { last });
                    let message = format!(
                        "`{own}` takes names from `{other}`, which needs `{own}` in turn by way of `{last}`, and neither is complete before the other"
                    );
                    report.say(resolved.range, message);
                }
                _ => {
                    report.at(resolved.range, &[("module", &own), ("other", &other)]);
                }
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::project::tests::found;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        found("circular-import", files).into_iter().map(|(file, text)| format!("{file}: {text}")).collect()
    }

    #[test]
    fn a_circle_of_three_is_found_at_each_of_its_imports() {
        let files = [
            ("a.py", "from b import x\n"),
            ("b.py", "try:\n    from c import y\nexcept ImportError:\n    y = None\nx = 1\n"),
            ("c.py", "from a import z\ny = 1\n"),
            ("d.py", "from a import x\n"),
        ];
        assert_eq!(places(&files), ["a.py: b", "b.py: c", "c.py: a"]);
    }

    #[test]
    fn what_ties_no_knot() {
        for (one, other) in [
            ("def f():\n    from pkg.b import x\n", "from pkg.a import f\n"),
            ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pkg.b import x\n", "from pkg.a import f\n"),
            ("import pkg.b\n", "import pkg.a\n"),
            ("from . import b\n", "from . import a\n"),
            ("from pkg.b import x\n", "def f():\n    from pkg.a import f\n"),
            ("from pkg.b import x\n", "if __name__ == '__main__':\n    from pkg.a import f\n"),
            ("from other.b import x\n", "from pkg.a import f\n"),
            ("from pkg.b import x\n", "def x(): ...\nfrom pkg.a import f\n"),
            ("if WINDOWS:\n    from pkg.b import x\n", "from pkg.a import f\n"),
        ] {
            let files = [("pkg/__init__.py", ""), ("pkg/a.py", one), ("pkg/b.py", other)];
            assert_eq!(places(&files), Vec::<String>::new(), "{one}{other}");
        }
    }

    #[test]
    fn a_package_may_hand_on_the_names_of_its_modules() {
        let files = [
            ("pkg/__init__.py", "VERSION = 1\nfrom .a import f\nfrom . import b\n"),
            ("pkg/a.py", "from . import VERSION\nfrom pkg import VERSION\ndef f(): ...\n"),
            ("pkg/b.py", "from . import VERSION, a\n"),
        ];
        assert_eq!(places(&files), Vec::<String>::new());
    }

    #[test]
    fn a_module_of_the_standard_library_is_none_of_the_project() {
        let files = [("json.py", "from a import x\n"), ("a.py", "from json import dumps\nx = 1\n")];
        assert_eq!(places(&files), Vec::<String>::new());
    }

    #[test]
    fn relative_imports_and_a_src_folder_count() {
        let files = [
            ("pyproject.toml", ""),
            ("src/pkg/__init__.py", ""),
            ("src/pkg/sub/__init__.py", ""),
            ("src/pkg/sub/a.py", "from ..b import x\nz = 1\n"),
            ("src/pkg/b.py", "from pkg.sub.a import z\nx = 1\n"),
        ];
        assert_eq!(places(&files), ["src/pkg/sub/a.py: b", "src/pkg/b.py: pkg.sub.a"]);
    }
}
