//! `unraw-regex-pattern`: a pattern that doubles its backslashes.

use ruff_python_ast::str_prefix::StringLiteralPrefix;
use ruff_python_ast::{self as ast, AnyStringFlags, BytesLiteral, Expr, StringFlags, StringLiteral};
use ruff_text_size::{Ranged, TextRange};

use super::support::argument;
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "unraw-regex-pattern", hooks: &[Hook::Call(check)] };

const FUNCTIONS: [&str; 9] = [
    "re.compile",
    "re.findall",
    "re.finditer",
    "re.fullmatch",
    "re.match",
    "re.search",
    "re.split",
    "re.sub",
    "re.subn",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !context.callee(call).is_some_and(|callee| FUNCTIONS.contains(&callee.as_str())) {
        return;
    }
    let Some(pattern) = argument(call, "pattern", Some(0)).given() else { return };
    let parts: Vec<(TextRange, AnyStringFlags)> = match pattern {
        Expr::StringLiteral(text) => text.value.iter().map(string_part).collect(),
        Expr::BytesLiteral(text) => text.value.iter().map(bytes_part).collect(),
        _ => return,
    };
    for (range, flags) in parts {
        if let Some(raw) = as_raw(context, range, flags) {
            let finding = report.at(range, &[("pattern", context.text(range))]);
            finding.fix = Some(Fix {
                title: "Make it a raw string".to_owned(),
                safe: true,
                edits: vec![Edit::replace(range, raw)],
                imports: Vec::new(),
            });
        }
    }
}

fn string_part(part: &StringLiteral) -> (TextRange, AnyStringFlags) {
    (part.range(), part.flags.into())
}

fn bytes_part(part: &BytesLiteral) -> (TextRange, AnyStringFlags) {
    (part.range(), part.flags.into())
}

/// The raw literal with the same value, for a literal whose only escapes are doubled backslashes.
///
/// Others (`\n`, `\x00`) may be meant as the character itself; what is no escape at all is another rule's.
fn as_raw(context: &Context<'_>, range: TextRange, flags: AnyStringFlags) -> Option<String> {
    if flags.is_raw_string() {
        return None;
    }
    let inner = context.inside_quotes(range, flags);
    let text = context.text(inner);
    let mut raw = String::with_capacity(text.len());
    let mut doubled = false;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            if letters.next() != Some('\\') {
                return None;
            }
            doubled = true;
        }
        raw.push(letter);
    }
    // In a raw string the last backslash and a backslash before a quote would take the quote in.
    let trailing = raw.len() - raw.trim_end_matches('\\').len();
    let quote = flags.quote_str();
    let hides_quote = raw.contains(&format!("\\{}", &quote[..1]));
    if !doubled || trailing % 2 == 1 || hides_quote {
        return None;
    }
    let opener = context.text(TextRange::at(range.start(), flags.opener_len()));
    let unicode = flags.prefix() == ast::str_prefix::AnyStringPrefix::Regular(StringLiteralPrefix::Unicode);
    let opener = if unicode { &opener[1..] } else { opener };
    Some(format!("r{opener}{raw}{quote}"))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "unraw-regex-pattern";

    #[test]
    fn doubled_backslashes_are_found() {
        let source = "import re\nre.compile('\\\\d+')\nre.sub(b'\\\\s', b'', x)\nre.match(r'a' '\\\\w', x)\n";
        assert_eq!(found(RULE, source), [r"'\\d+'", r"b'\\s'", r"'\\w'"]);
        assert_eq!(fixed(RULE, source), "import re\nre.compile(r'\\d+')\nre.sub(rb'\\s', b'', x)\nre.match(r'a' r'\\w', x)\n");
        assert_eq!(fixed(RULE, "import re\nre.compile(pattern=u'\\\\d')"), "import re\nre.compile(pattern=r'\\d')");
    }

    #[test]
    fn what_a_raw_string_cannot_say_is_left_alone() {
        for line in [
            "re.compile('abc')",
            r"re.compile(r'\d')",
            r"re.compile('\n')",
            r"re.compile('\\d\n')",
            r"re.compile('\d')",
            r"re.compile('\\')",
            r"re.compile('a\\\'')",
            r"re.compile(name + '\\d')",
            r"re.escape('\\d')",
            r"other.compile('\\d')",
        ] {
            assert!(found(RULE, &format!("import re\n{line}\n")).is_empty(), "{line}");
        }
    }
}
