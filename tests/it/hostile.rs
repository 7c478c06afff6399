//! Input that breaks parsers: every analysis ends, in time, with every range inside the document.

use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::{Analysis, Engine, Options};

use crate::support::{on_big_stack, standard_library};

/// Texts by name.
fn hostile() -> Vec<(&'static str, String)> {
    let nested =
        |open: &str, close: &str, count: usize| format!("x = {}1{}\n", open.repeat(count), close.repeat(count));
    let indented = |head: &str, count: usize| {
        let mut text: String = (0..count).map(|depth| format!("{}{head}\n", " ".repeat(depth))).collect();
        text.push_str(&format!("{}pass\n", " ".repeat(count)));
        text
    };
    vec![
        ("a sum of 100,000 terms", format!("x = {}\n", vec!["1"; 100_000].join("+"))),
        ("100,000 parentheses", nested("(", ")", 100_000)),
        ("100,000 lists", nested("[", "]", 100_000)),
        ("50,000 dicts", nested("{1: ", "}", 50_000)),
        ("100,000 minus signs", format!("x = {}1\n", "-".repeat(100_000))),
        ("50,000 lambdas", format!("x = {}1\n", "lambda: ".repeat(50_000))),
        ("50,000 attributes", format!("import os\nx = os{}\n", ".a".repeat(50_000))),
        ("50,000 calls", format!("x = f{}\n", "()".repeat(50_000))),
        ("50,000 methods", format!("x = [].copy(){}\n", ".copy()".repeat(50_000))),
        ("50,000 subscripts", format!("x = a{}\n", "[0]".repeat(50_000))),
        ("20,000 nested patterns", format!("match x:\n    case {}{}: pass\n", "[".repeat(20_000), "]".repeat(20_000))),
        ("2,000 nested ifs", indented("if x:", 2_000)),
        ("1,000 nested functions", indented("def f():", 1_000)),
        ("1,000 nested classes", indented("class C:", 1_000)),
        ("20,000 unclosed calls", "def f(\n".repeat(20_000)),
        ("100,000 rebindings", "x = 1\nx.y\n".repeat(50_000)),
        ("30,000 cases", format!("match x:\n{}", "    case 1: pass\n".repeat(30_000))),
        ("20,000 elifs", format!("if x:\n    pass\n{}", "elif y:\n    pass\n".repeat(20_000))),
        (
            "names that refer to names",
            (1..200).map(|n| format!("x{n} = [{}]\n", format!("x{}, ", n - 1).repeat(8))).collect(),
        ),
        ("a line of 5 MB", format!("x = [{}]\n", "1, ".repeat(1_700_000))),
        ("a string of 5 MB", format!("x = \"{}\"\n", "é".repeat(2_500_000))),
        ("NUL bytes", "x = 1\0\ny = '\0'\n\0".to_owned()),
        ("a byte order mark", "\u{feff}import os\nos.path.join('a')\n".to_owned()),
        ("carriage returns", "import os\ros.getcwd()\rdef f(a=[]): pass\r".to_owned()),
        ("mixed line ends", "import os\r\nos.getcwd()\n\rdef f(a=[]):\r\n    pass".to_owned()),
        ("form feeds", "\u{c}import os\n\u{c}\ndef f(a=[]):\n\u{c}    pass\n".to_owned()),
        ("an open string", "x = '''abc\nimport os\n".to_owned()),
        ("an open brace", "x = {\nimport os\nos.getcwd()\n".to_owned()),
        ("nothing", String::new()),
        ("a backslash", "\\".to_owned()),
        ("bytes order", "é漢😀 = 1\nprint(é漢😀)\n# 😀\n'😀'.join([])\n".to_owned()),
    ]
}

/// Every range lies in the text, on character boundaries, and every fix too.
fn check_ranges(what: &str, analysis: &Analysis) {
    let text = analysis.text();
    let inside =
        |range: ruff_text_size::TextRange| text.get(range.start().to_usize()..range.end().to_usize()).is_some();
    for reference in analysis.references() {
        assert!(inside(reference.range), "{what}: {:?}", reference.range);
    }
    for finding in analysis.findings() {
        assert!(inside(finding.range), "{what}: {:?}", finding.range);
        for edit in finding.fix.iter().flat_map(|fix| analysis.edits(fix)) {
            assert!(inside(edit.range), "{what}: {edit:?}");
        }
    }
}

#[test]
fn no_input_ends_the_analysis() {
    let count = on_big_stack(|| {
        let engine = Engine::new(Knowledge::builtin());
        let inputs = hostile();
        for (what, text) in &inputs {
            let analysis = Analysis::new(Arc::from(text.as_str()), &Options::default(), &engine);
            check_ranges(what, &analysis);
            let middle = (text.len() / 2) as u32;
            analysis.at(middle.into());
            // A keystroke at the end is followed as well.
            let longer: Arc<str> = Arc::from(format!("{text}x"));
            check_ranges(what, &analysis.update(longer, &Options::default(), &engine));
        }
        inputs.len()
    });
    println!("{count} hostile inputs");
}

#[test]
fn ten_thousand_nested_blocks_are_survived() {
    let findings = on_big_stack(|| {
        // The indentation alone has 50 MB.
        let mut text: String = (0..10_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
        text.push_str(&format!("{}x = y == None\n", " ".repeat(10_000)));
        let engine = Engine::with_rules(Knowledge::builtin(), |_, rule| *rule.name == *"none-comparison");
        let analysis = Analysis::new(Arc::from(text), &Options::default(), &engine);
        check_ranges("10,000 nested ifs", &analysis);
        analysis.references().len()
    });
    assert!(findings >= 10_000, "every `if` leads somewhere: {findings}");
}

#[test]
fn the_standard_library_is_analysed_without_a_fault() {
    let (files, findings) = on_big_stack(|| {
        let engine = Engine::new(Knowledge::builtin());
        let (mut files, mut findings) = (0, 0);
        for path in standard_library() {
            // Test data with other encodings is for readers of bytes.
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let options = Options { file_name: path.display().to_string(), ..Options::default() };
            let analysis = Analysis::new(Arc::from(text), &options, &engine);
            check_ranges(&path.display().to_string(), &analysis);
            files += 1;
            findings += analysis.findings().len();
        }
        (files, findings)
    });
    println!("{files} files, {findings} findings of all rules");
    assert!(files > 1_000, "only {files} files were found");
}
