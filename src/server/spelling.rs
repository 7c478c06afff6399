//! URIs that are none, strictly speaking: `file:///home/x/[id]/a b.py`.
//!
//! Editors send them, and the protocol's types refuse them. So they are put right on the way in, and turned back into
//! what the client wrote on the way out.

use std::collections::HashMap;
use std::fmt::Write;
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};

use serde_json::Value;
use tower_lsp::ls_types::Uri;

/// The client's spellings, by the right one. Empty for most clients.
#[derive(Debug, Default)]
pub(super) struct Spellings(RwLock<HashMap<String, String>>);

impl Spellings {
    /// Puts the URIs of a message from the client right.
    pub fn correct(&self, message: &mut Value) {
        match message {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(uri) if is_uri(name) => self.correct_uri(uri),
                        value => self.correct(value),
                    }
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.correct(value)),
            _ => {}
        }
    }

    fn correct_uri(&self, uri: &mut String) {
        if Uri::from_str(uri).is_ok() {
            return;
        }
        let right = encoded(uri);
        if Uri::from_str(&right).is_ok() {
            let original = std::mem::replace(uri, right.clone());
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(right, original);
        }
    }

    /// Whether the client spells all URIs right.
    pub fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Gives the URIs of a message to the client the client's own spelling.
    pub fn restore(&self, message: &mut Value) {
        restore(message, &self.0.read().unwrap_or_else(PoisonError::into_inner));
    }
}

fn restore(message: &mut Value, spellings: &HashMap<String, String>) {
    match message {
        Value::Object(members) => {
            // In the edits of several documents, URIs are the names.
            for right in members.keys().filter(|name| spellings.contains_key(*name)).cloned().collect::<Vec<_>>() {
                if let Some(value) = members.remove(&right) {
                    members.insert(spellings[&right].clone(), value);
                }
            }
            for (name, value) in members {
                match value {
                    Value::String(uri) if is_uri(name) => {
                        if let Some(original) = spellings.get(uri) {
                            uri.clone_from(original);
                        }
                    }
                    value => restore(value, spellings),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| restore(value, spellings)),
        _ => {}
    }
}

fn is_uri(name: &str) -> bool {
    // A notebook names the documents of its cells.
    matches!(name, "uri" | "rootUri" | "scopeUri" | "document")
}

/// Percent-encodes what cannot stand in a URI, and a percent sign that encodes nothing.
fn encoded(uri: &str) -> String {
    let bytes = uri.as_bytes();
    let encodes = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    let stands = |at: usize, byte: u8| match byte {
        b'%' => encodes(at),
        byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?#".contains(&byte),
    };
    let mut right = String::with_capacity(uri.len() + 8);
    for (at, &byte) in bytes.iter().enumerate() {
        if stands(at, byte) {
            right.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(right, "%{byte:02X}");
        }
    }
    right
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_uris_are_put_right_and_turned_back() {
        for (odd, right) in [
            ("file:///home/x/[id]/a.py", "file:///home/x/%5Bid%5D/a.py"),
            ("file:///home/a b.py", "file:///home/a%20b.py"),
            ("file:///é.py", "file:///%C3%A9.py"),
            ("file:///100%/a%20b.py", "file:///100%25/a%20b.py"),
            (r"file:///C:\x\a.py", "file:///C:%5Cx%5Ca.py"),
        ] {
            let spellings = Spellings::default();
            let mut message = json!({"textDocument": {"uri": odd, "text": odd}, "edits": [{"uri": odd}]});
            let original = message.clone();
            spellings.correct(&mut message);
            assert_eq!(message, json!({"textDocument": {"uri": right, "text": odd}, "edits": [{"uri": right}]}));
            spellings.restore(&mut message);
            assert_eq!(message, original);
            let mut edit = json!({"changes": {right: []}});
            spellings.restore(&mut edit);
            assert_eq!(edit, json!({"changes": {odd: []}}));
        }
    }

    #[test]
    fn uris_and_what_can_never_be_one_are_left_alone() {
        for uri in ["file:///c%3A/a.py", "untitled:Untitled-1", "vscode-notebook-cell:/a.ipynb#W0", "", "no scheme"] {
            let spellings = Spellings::default();
            let mut message = json!({"uri": uri});
            spellings.correct(&mut message);
            assert_eq!(message, json!({"uri": uri}));
        }
    }
}
