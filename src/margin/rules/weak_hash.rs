//! `weak-hash`: MD5 and SHA-1.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{Argument, argument, is_false, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "weak-hash", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(callee) = symbol(context, &call.func) else { return };
    let (place, shown, fix) = match callee.as_str() {
        "hashlib.md5" | "hashlib.sha1" => {
            let place = call.func.range();
            (place, context.text(place), replace_symbol(context, place, "hashlib.sha256", false))
        }
        "hashlib.new" => {
            let Argument::Given(name @ Expr::StringLiteral(literal)) = argument(call, "name", Some(0)) else { return };
            let weak = ["md4", "md5", "sha", "sha1"].contains(&literal.value.to_str().to_ascii_lowercase().as_str());
            if !weak {
                return;
            }
            (name.range(), literal.value.to_str(), Some(report.fix("Use `sha256`", name, "\"sha256\"")))
        }
        _ => return,
    };
    let declared = match argument(call, "usedforsecurity", None) {
        Argument::Given(value) => is_false(value),
        Argument::Absent => false,
        Argument::Unknown => true,
    };
    // Tests hash to compare, not to protect.
    if !declared && !context.in_test() {
        report.at(place, &[("symbol", shown)]).fix = fix;
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_checksum_that_says_so_is_fine() {
        let quiet = "\
import hashlib
hashlib.md5(data, usedforsecurity=False)
hashlib.new('md5', data, usedforsecurity=False)
hashlib.new(name)
hashlib.sha256(data)
hashlib.sha1(**options)
def test_digest():
    hashlib.md5(data)
";
        assert!(found("weak-hash", quiet).is_empty());
    }

    #[test]
    fn every_way_to_ask_for_it_is_found() {
        let source = "from hashlib import md5, new\nmd5(data)\nnew('SHA1', data)\nmd5(data, usedforsecurity=True)\n";
        assert_eq!(found("weak-hash", source), ["md5", "'SHA1'", "md5"]);
        assert_eq!(
            fixed("weak-hash", "import hashlib\nhashlib.new('md5')\nhashlib.sha1()\n"),
            "import hashlib\nhashlib.new(\"sha256\")\nhashlib.sha256()\n",
        );
    }
}
