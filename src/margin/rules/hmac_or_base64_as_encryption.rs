//! `hmac-or-base64-as-encryption`: a function that says it encrypts, and only rewrites.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};
use ruff_text_size::Ranged;

use super::support::{Go, symbol, walk, words};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "hmac-or-base64-as-encryption", hooks: &[Hook::Function(check)] };

fn check<'a>(context: &Context<'a>, def: &'a ast::StmtFunctionDef, report: &mut Report<'_>) {
    let words = words(&def.name);
    if !words.iter().any(|word| matches!(word.as_str(), "encrypt" | "decrypt" | "encrypted" | "decrypted")) {
        return;
    }
    let mut coding: Option<&str> = None;
    let mut other = false;
    walk(&def.body, |node| {
        match node {
            AnyNodeRef::ExprCall(call) => match kind(context, call) {
                Kind::Coding => coding = coding.or(Some(context.text(call.func.as_ref()))),
                Kind::Conversion => {}
                Kind::Other => other = true,
            },
            // Arithmetic on bytes may be a cipher, if a poor one.
            AnyNodeRef::ExprBinOp(binary) if binary.op == ast::Operator::BitXor => other = true,
            _ => {}
        }
        if other { Go::Stop } else { Go::In }
    });
    if let Some(coding) = coding
        && !other
    {
        report.at(def.name.range(), &[("name", &def.name), ("coding", coding)]);
    }
}

enum Kind {
    /// Writes bytes in another way, or signs them.
    Coding,
    /// Turns text into bytes or back.
    Conversion,
    Other,
}

fn kind(context: &Context<'_>, call: &ast::ExprCall) -> Kind {
    if let Some(symbol) = symbol(context, &call.func) {
        return match symbol.as_str() {
            name if name.starts_with("base64.") || name.starts_with("hmac.") || name.starts_with("binascii.") => {
                Kind::Coding
            }
            "codecs.encode" | "codecs.decode" => Kind::Coding,
            "builtins.str" | "builtins.bytes" | "builtins.len" | "builtins.isinstance" => Kind::Conversion,
            _ => Kind::Other,
        };
    }
    match call.func.as_ref() {
        Expr::Attribute(method)
            if matches!(
                method.attr.as_str(),
                "encode" | "decode" | "strip" | "rstrip" | "digest" | "hexdigest" | "hex"
            ) =>
        {
            Kind::Conversion
        }
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn a_cipher_may_be_written_in_base64() {
        let quiet = "\
import base64
def encrypt(text):
    return base64.b64encode(fernet.encrypt(text.encode()))
def encode(text):
    return base64.b64encode(text.encode())
def decrypt(data):
    return cipher(data)
def encrypt_bytes(data, key):
    return base64.b64encode(bytes(a ^ b for a, b in zip(data, key)))
";
        assert!(found("hmac-or-base64-as-encryption", quiet).is_empty());
    }
}
