//! `insecure-xml-parser`: XML that may expand without end.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{names, symbol_among};
use super::{Detector, Hook, Report};
use crate::margin::fix::replace_symbol;
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "insecure-xml-parser", hooks: &[Hook::CallOf(&NAMES, check)] };

/// Functions that parse, with the same of `defusedxml` where there is one.
const FUNCTIONS: [(&str, &str); 17] = [
    ("xml.dom.expatbuilder.parse", "defusedxml.expatbuilder.parse"),
    ("xml.dom.expatbuilder.parseString", "defusedxml.expatbuilder.parseString"),
    ("xml.dom.minidom.parse", "defusedxml.minidom.parse"),
    ("xml.dom.minidom.parseString", "defusedxml.minidom.parseString"),
    ("xml.dom.pulldom.parse", "defusedxml.pulldom.parse"),
    ("xml.dom.pulldom.parseString", "defusedxml.pulldom.parseString"),
    ("xml.etree.ElementTree.XML", "defusedxml.ElementTree.XML"),
    ("xml.etree.ElementTree.XMLParser", "defusedxml.ElementTree.XMLParser"),
    ("xml.etree.ElementTree.XMLPullParser", ""),
    ("xml.etree.ElementTree.fromstring", "defusedxml.ElementTree.fromstring"),
    ("xml.etree.ElementTree.fromstringlist", ""),
    ("xml.etree.ElementTree.iterparse", "defusedxml.ElementTree.iterparse"),
    ("xml.etree.ElementTree.parse", "defusedxml.ElementTree.parse"),
    ("xml.sax.expatreader.create_parser", "defusedxml.expatreader.create_parser"),
    ("xml.sax.make_parser", "defusedxml.sax.make_parser"),
    ("xml.sax.parse", "defusedxml.sax.parse"),
    ("xml.sax.parseString", "defusedxml.sax.parseString"),
];

const NAMES: [&str; FUNCTIONS.len()] = names(&FUNCTIONS);

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol_among(context, &call.func, &NAMES) else { return };
    let Some((_, defused)) = FUNCTIONS.iter().find(|(name, _)| *name == symbol) else { return };
    // What stands in the program is trusted.
    if call.arguments.args.first().is_some_and(|first| first.is_string_literal_expr() || first.is_bytes_literal_expr()) {
        return;
    }
    let fix = if defused.is_empty() { None } else { replace_symbol(context, call.func.range(), defused, false) };
    report.at(call.func.as_ref(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_builds_or_is_defused_is_fine() {
        let quiet = "\
import xml.etree.ElementTree as ET
from defusedxml.ElementTree import parse
parse(path)
ET.Element('a')
ET.tostring(tree)
ET.fromstring('<a/>')
";
        assert!(found("insecure-xml-parser", quiet).is_empty());
    }

    #[test]
    fn the_defused_one_takes_its_place() {
        let source = "import xml.etree.ElementTree as ET\ntree = ET.parse(path)\n";
        let expected = "\
import xml.etree.ElementTree as ET
import defusedxml.ElementTree
tree = defusedxml.ElementTree.parse(path)
";
        assert_eq!(fixed("insecure-xml-parser", source), expected);
    }
}
