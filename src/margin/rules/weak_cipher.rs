//! `weak-cipher`: ciphers and keys that can be broken.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{argument, is_symbol, symbol};
use super::{Detector, Hook, Report};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector = Detector { rule: "weak-cipher", hooks: &[Hook::Call(check)] };

/// `Crypto.Cipher.NAME.new`
const OF_PYCRYPTODOME: [&str; 7] = ["ARC2", "ARC4", "Blowfish", "CAST", "DES", "DES3", "XOR"];

/// `cryptography.hazmat.….ciphers.algorithms.NAME`
const OF_CRYPTOGRAPHY: [&str; 6] = ["ARC4", "Blowfish", "CAST5", "IDEA", "SEED", "TripleDES"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol(context, &call.func) else { return };
    if is_weak(context, call, &symbol) && !is_offered(context) {
        report.at(call.func.range(), &[("symbol", symbol.as_str())]);
    }
}

fn is_weak(context: &Context<'_>, call: &ast::ExprCall, symbol: &str) -> bool {
    let is_short = |keyword, position| {
        argument(call, keyword, Some(position)).given().is_some_and(|bits| matches!(context.text(bits), "512" | "1024"))
    };
    if let Some(name) = symbol.strip_prefix("Crypto.").or_else(|| symbol.strip_prefix("Cryptodome.")) {
        return match name {
            "PublicKey.RSA.generate" | "PublicKey.DSA.generate" => is_short("bits", 0),
            "Cipher.AES.new" => {
                let is_ecb = |mode: &Expr| is_symbol(context, mode, &["Crypto.Cipher.AES.MODE_ECB", "Cryptodome.Cipher.AES.MODE_ECB"]);
                argument(call, "mode", Some(1)).given().is_some_and(is_ecb)
            }
            _ => name
                .strip_prefix("Cipher.")
                .and_then(|name| name.strip_suffix(".new"))
                .is_some_and(|name| OF_PYCRYPTODOME.contains(&name)),
        };
    }
    let Some(name) = symbol.strip_prefix("cryptography.hazmat.") else { return false };
    match name {
        "primitives.asymmetric.rsa.generate_private_key" => is_short("key_size", 1),
        "primitives.asymmetric.dsa.generate_private_key" => is_short("key_size", 0),
        "primitives.ciphers.modes.ECB" => true,
        _ => ["primitives.ciphers.algorithms.", "decrepit.ciphers.algorithms."]
            .iter()
            .any(|package| name.strip_prefix(package).is_some_and(|name| OF_CRYPTOGRAPHY.contains(&name))),
    }
}

/// Whether the function or the class around is named after the cipher: it offers it to those who need it for a format that has
/// nothing else.
fn is_offered(context: &Context<'_>) -> bool {
    const NAMES: [&str; 11] = ["arc2", "arc4", "blowfish", "cast5", "des3", "_des_", "ecb", "_idea_", "rc2", "rc4", "tripledes"];
    let says = |name: &str| {
        let name = format!("_{}_", name.to_ascii_lowercase());
        NAMES.iter().any(|cipher| name.contains(cipher))
    };
    context.scopes().iter().any(|scope| match scope.kind {
        ScopeKind::Function(def) => says(&def.name),
        ScopeKind::Class(class) => says(&class.name),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn each_of_them_is_found() {
        let source = "\
from Crypto.Cipher import AES, ARC4, DES3
from Cryptodome.PublicKey import RSA
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms, modes
def encrypt(key, data):
    ARC4.new(key)
    DES3.new(key, DES3.MODE_CBC)
    AES.new(key, AES.MODE_ECB)
    AES.new(key, mode=AES.MODE_GCM)
    RSA.generate(1024)
    RSA.generate(3072)
    TripleDES(key)
    rsa.generate_private_key(65537, key_size=512)
    algorithms.Blowfish(key)
    algorithms.AES(key)
    modes.ECB()
";
        let expected = ["ARC4.new", "DES3.new", "AES.new", "RSA.generate", "TripleDES", "rsa.generate_private_key", "algorithms.Blowfish", "modes.ECB"];
        assert_eq!(found("weak-cipher", source), expected);
    }

    #[test]
    fn who_is_named_after_the_cipher_offers_it() {
        let quiet = "\
from Crypto.Cipher import AES, ARC4
def rc4_encrypt(key, data):
    return ARC4.new(key).encrypt(data)
def aes_ecb_decrypt(key, data):
    return AES.new(key, AES.MODE_ECB).decrypt(data)
class CryptRC4:
    def __init__(self, key):
        self.cipher = ARC4.new(key)
";
        assert!(found("weak-cipher", quiet).is_empty());
    }
}
