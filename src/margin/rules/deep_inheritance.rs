//! `deep-inheritance`

use ruff_python_ast as ast;

use super::mro::class_of;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "deep-inheritance", hooks: &[Hook::Class(class)] };

/// So many classes of the file above one another are deep.
const DEEP: usize = 5;

fn class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    if class.bases().is_empty() || !context.at_module_level() {
        return;
    }
    let depth = depth(context, &format!("@{}", class.name), DEEP + 2);
    // The class that goes one too far is told, and not those below it.
    if depth == DEEP {
        report.at(&class.name, &[("class", class.name.as_str()), ("depth", &depth.to_string())]);
    }
}

/// How many classes of the file are above a class, on the longest way; no more than `most`.
fn depth(context: &Context<'_>, name: &str, most: usize) -> usize {
    if most == 0 {
        return 0;
    }
    let Some(info) = class_of(context, name) else { return 0 };
    let bases = info.bases.iter().take(DEEP).filter(|base| base.starts_with('@') && class_of(context, base).is_some());
    bases.map(|base| 1 + depth(context, base, most - 1)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn the_sixth_of_a_chain_is_told() {
        let chain = "import ext\nclass A(ext.X): ...\nclass B(A): ...\nclass C(B): ...\nclass D(C): ...\nclass E(D): ...\n";
        assert_eq!(found("deep-inheritance", chain), Vec::<String>::new());
        assert_eq!(found("deep-inheritance", &format!("{chain}class F(E, ext.Y): ...\nclass G(F): ...\n")), ["F"]);
        assert_eq!(found("deep-inheritance", "class A(A): ...\nclass B(A): ...\n"), Vec::<String>::new());
    }
}
