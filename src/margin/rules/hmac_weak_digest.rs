//! `hmac-weak-digest`: HMAC with MD5 or SHA-1.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, string, symbol};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "hmac-weak-digest", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(function) = symbol(context, &call.func) else { return };
    let keyword = match function.as_str() {
        "hmac.new" | "hmac.HMAC" => "digestmod",
        "hmac.digest" => "digest",
        _ => return,
    };
    let Some(digest) = argument(call, keyword, Some(2)).given() else { return };
    let (name, fix) = if let Some(name) = string(digest) {
        (name, Some(report.fix("Use SHA-256", digest.range(), "\"sha256\"")))
    } else {
        (context.text(digest), replace_symbol(context, digest.range(), "hashlib.sha256", false))
    };
    let weak = match symbol(context, digest) {
        Some(symbol) => matches!(symbol.as_str(), "hashlib.md5" | "hashlib.sha1"),
        None => string(digest).is_some_and(|name| matches!(name.to_ascii_lowercase().as_str(), "md5" | "sha1" | "sha")),
    };
    if weak {
        report.at(digest.range(), &[("digest", name)]).fix = fix;
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn every_way_to_name_the_digest_is_known() {
        let source = "\
import hashlib, hmac
hmac.new(key, data, hashlib.sha1)
hmac.new(key, data, 'MD5')
hmac.digest(key, data, digest='sha1')
hmac.new(key, data, hashlib.sha512)
hmac.new(key, data, digest)
";
        assert_eq!(found("hmac-weak-digest", source), ["hashlib.sha1", "'MD5'", "'sha1'"]);
        let expected = source
            .replace("hashlib.sha1)", "hashlib.sha256)")
            .replace("'MD5'", "\"sha256\"")
            .replace("'sha1'", "\"sha256\"");
        assert_eq!(fixed("hmac-weak-digest", source), expected);
    }
}
