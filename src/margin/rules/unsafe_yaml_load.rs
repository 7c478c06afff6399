//! `unsafe-yaml-load`: YAML that may name any Python object to build.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{Argument, argument, symbol, symbol_among};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "unsafe-yaml-load", hooks: &[Hook::CallOf(&LOADERS, check)] };

const LOADERS: [&str; 6] = [
    "yaml.load",
    "yaml.load_all",
    "yaml.unsafe_load",
    "yaml.unsafe_load_all",
    "yaml.full_load",
    "yaml.full_load_all",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol_among(context, &call.func, &LOADERS) else { return };
    let safe = match callee.as_str() {
        "yaml.load" | "yaml.unsafe_load" | "yaml.full_load" => "yaml.safe_load",
        "yaml.load_all" | "yaml.unsafe_load_all" | "yaml.full_load_all" => "yaml.safe_load_all",
        _ => return,
    };
    let function = call.func.range();
    let named_loader = matches!(callee.as_str(), "yaml.load" | "yaml.load_all");
    let (place, replacement) = match argument(call, "Loader", Some(1)) {
        _ if !named_loader => (function, safe),
        Argument::Absent => (function, safe),
        Argument::Unknown => return,
        Argument::Given(loader) => match symbol(context, loader) {
            Some(name) => match safe_loader(&name) {
                Some(safe) => (loader.range(), safe),
                None => return,
            },
            None => return,
        },
    };
    let fix = replace_symbol(context, place, replacement, false);
    report.at(place, &[("symbol", context.text(place)), ("instead", replacement)]).fix = fix;
}

/// What to write for a loader that builds arbitrary objects (`FullLoader` has been broken out of more than once).
fn safe_loader(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("yaml.loader.").or_else(|| name.strip_prefix("yaml.cyaml.")).or_else(|| name.strip_prefix("yaml."))?;
    match name {
        "Loader" | "UnsafeLoader" | "FullLoader" => Some("yaml.SafeLoader"),
        "CLoader" | "CUnsafeLoader" | "CFullLoader" => Some("yaml.CSafeLoader"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn safe_and_unknown_loaders_are_left_alone() {
        let quiet = "\
import yaml
from ruamel.yaml import YAML
class Loader(yaml.SafeLoader): ...
yaml.safe_load(text)
yaml.load(text, Loader=yaml.SafeLoader)
yaml.load(text, yaml.CSafeLoader)
yaml.load(text, Loader=Loader)
yaml.load(text, **options)
YAML(typ='safe').load(text)
";
        assert!(found("unsafe-yaml-load", quiet).is_empty());
    }

    #[test]
    fn the_fix_keeps_the_rest_of_the_call() {
        let source = "\
import yaml
yaml.load(open_it())
yaml.load(text, Loader=yaml.FullLoader)
yaml.load_all(text, yaml.CLoader)
yaml.unsafe_load(text)
";
        let expected = "\
import yaml
yaml.safe_load(open_it())
yaml.load(text, Loader=yaml.SafeLoader)
yaml.load_all(text, yaml.CSafeLoader)
yaml.safe_load(text)
";
        assert_eq!(fixed("unsafe-yaml-load", source), expected);
        let by_name = "from yaml import load, FullLoader\nload(text)\n";
        assert_eq!(fixed("unsafe-yaml-load", by_name), "from yaml import load, FullLoader\nfrom yaml import safe_load\nsafe_load(text)\n");
    }
}
