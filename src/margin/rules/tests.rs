//! Every rule's own page is its test: the Example is found, the Use instead is not, and every fix leaves code that
//! parses and in which the finding is gone.

use std::sync::Arc;

use crate::knowledge::{Detection, Knowledge};
use crate::margin::fixes::apply;
use crate::margin::pages::{analyse, rule_faults};
use crate::margin::{Analysis, Engine, Options};

use super::DETECTORS;

/// The texts that a rule flags in a source, in order. `file_name` and target are those of an ordinary module.
pub(super) fn found(rule: &str, source: &str) -> Vec<String> {
    found_with(rule, source, &Options { file_name: "example.py".to_owned(), ..Options::default() })
}

/// [`found`] for a file of a certain name, for a certain version.
pub(super) fn found_with(rule: &str, source: &str, options: &Options) -> Vec<String> {
    let analysis = Analysis::new(Arc::from(source), options, &only(rule));
    check_parsed(&analysis, source);
    analysis.findings().into_iter().map(|finding| source[finding.range].to_owned()).collect()
}

/// [`found`] for a source that need not parse.
pub(super) fn found_in_broken(rule: &str, source: &str) -> Vec<String> {
    let analysis = Analysis::new(Arc::from(source), &Options::default(), &only(rule));
    analysis.findings().into_iter().map(|finding| source[finding.range].to_owned()).collect()
}

/// The texts that a rule flags in a source and whose fix is safe, in order.
pub(super) fn fixed_safely(rule: &str, source: &str) -> Vec<String> {
    let analysis = Analysis::new(Arc::from(source), &Options::default(), &only(rule));
    check_parsed(&analysis, source);
    let safe = analysis.findings().into_iter().filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safe));
    safe.map(|finding| source[finding.range].to_owned()).collect()
}

/// A source after the fix of each of a rule's findings that has one, one at a time, the last place first.
pub(super) fn fixed(rule: &str, source: &str) -> String {
    let engine = only(rule);
    let mut text = source.to_owned();
    let mut end = None;
    loop {
        let analysis = Analysis::new(Arc::from(text.as_str()), &Options::default(), &engine);
        check_parsed(&analysis, &text);
        let findings = analysis.findings();
        let next = findings
            .iter()
            .rev()
            .find(|finding| finding.fix.is_some() && end.is_none_or(|end| finding.range.start() < end));
        let Some(finding) = next else { return text };
        end = Some(finding.range.start());
        if let Some(fix) = &finding.fix {
            text = apply(&text, &analysis.edits(fix));
        }
    }
}

/// An engine that runs one rule.
fn only(rule: &str) -> Arc<Engine> {
    let knowledge = Knowledge::builtin();
    assert!(knowledge.rule_named(rule).is_some(), "there is no rule {rule}");
    Engine::with_rules(knowledge, |_, one| one.name == rule)
}

pub(super) fn check_parsed(analysis: &Analysis, source: &str) {
    let problems = analysis.module().statements.iter().flat_map(|placed| &placed.statement.problems);
    let messages: Vec<&str> = problems.map(|problem| problem.message.as_str()).collect();
    assert!(messages.is_empty(), "{messages:?} in\n{source}");
}

#[test]
fn every_rule_does_what_its_page_says() {
    let engine = Engine::new(Knowledge::builtin());
    let mut wrong = String::new();
    let mut count = 0;
    for (_, rule) in engine.knowledge().rules().filter(|(_, rule)| rule.detection != Detection::Project) {
        count += 1;
        for fault in rule_faults(rule, &engine) {
            wrong.push_str(&format!("{}: {}: {}\n", rule.name, fault.heading, fault.message));
        }
    }
    println!("{count} rules checked");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_coded_rule_has_its_detector_and_every_detector_its_page() {
    let knowledge = Knowledge::builtin();
    for (_, rule) in knowledge.rules() {
        let coded = DETECTORS.iter().any(|detector| detector.rule == rule.name);
        assert_eq!(coded, rule.detection == Detection::Code, "{}", rule.name);
    }
    for detector in DETECTORS {
        assert!(knowledge.rule_named(detector.rule).is_some(), "{} has no page", detector.rule);
    }
    assert!(DETECTORS.windows(2).all(|pair| pair[0].rule < pair[1].rule), "detectors are listed by name");
}

#[test]
fn no_depth_ends_a_rule() {
    let deep = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(6_000), close.repeat(6_000));
    let sources = [
        format!("ok = x is {}\n", deep("-", "1", "")),
        format!("for one in a{0}:\n    a{0}.remove(one)\n", ".b".repeat(6_000)),
        format!("for one in all:\n    calls.append({})\n", deep("[", "lambda: one", "]")),
        format!("from typing import Optional\ndef f(x: {}): ...\n", deep("Optional[", "int", "]")),
        format!("match x:\n    case {}:\n        pass\n", deep("[", "RED", "]")),
        format!("import subprocess\nsubprocess.run({} + x, shell=True)\n", deep("(", "'ls'", ")+x")),
        format!("text = {}\n", deep("'%s' % (", "x", ")")),
        format!("def f():\n    text = {}\n    text.close()\n", deep("open(", "x", ").read()")),
        format!("async def f():\n    {}\n", deep("open(", "x", ").read()")),
        format!("password = {}\n", deep("''.join(", "random.choice(x)", ")")),
        format!("def f(db):\n    db.execute(f'SELECT 1 FROM a WHERE b = {{{}}}')\n", deep("(", "x", ")")),
        format!("{}se: pass\n", "if x: pass\nel".repeat(3_000)),
    ];
    let engine = Engine::new(Knowledge::builtin());
    let run = move || {
        for source in sources {
            let analysis = Analysis::new(Arc::from(source), &Options::default(), &engine);
            assert!(!analysis.module().statements.is_empty());
            analysis.findings();
        }
    };
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
    thread.expect("a thread can be started").join().expect("every source is analysed to its end");
}

/// A rule's good code with one of its lines half typed, in every way that a line can be cut at a word.
fn half_typed(source: &str) -> Vec<String> {
    let mut cut = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let code = line.trim_end();
        let indent = code.len() - code.trim_start().len();
        // Without an import its names mean something else, in whichever statement they stand.
        let is_import = code.starts_with("import ") || code.starts_with("from ");
        for (at, _) in code
            .char_indices()
            .skip(indent + 1)
            .filter(|(at, _)| !is_import && !code[..*at].ends_with(char::is_alphanumeric))
        {
            cut.push(format!("{}{}{}", &source[..start], &code[..at], &source[start + code.len()..]));
        }
        start += line.len();
    }
    cut
}

#[test]
fn a_half_typed_line_in_good_code_raises_no_finding() {
    let knowledge = Knowledge::builtin();
    let mut wrong = std::collections::BTreeMap::new();
    for (_, rule) in knowledge.rules().filter(|(_, rule)| rule.detection != Detection::Project) {
        let engine = only(&rule.name);
        for broken in half_typed(&rule.docs.instead) {
            let analysis = analyse(&broken, &engine, rule);
            let is_broken = analysis.module().statements.iter().any(|placed| !placed.statement.problems.is_empty());
            if is_broken && !analysis.findings().is_empty() {
                wrong.entry(rule.name.to_string()).or_insert(broken);
            }
        }
    }
    let report: String = wrong.iter().map(|(rule, source)| format!("{rule}:\n{source}\n")).collect();
    assert!(wrong.is_empty(), "{:?}\n{report}", wrong.keys());
}

#[test]
fn a_fix_names_nothing_twice() {
    let source = "import asyncio\ntry:\n    work()\nexcept (TimeoutError, asyncio.TimeoutError):\n    pass\n";
    assert_eq!(found("asyncio-timeout-error-alias", source), ["asyncio.TimeoutError"]);
    assert_eq!(fixed("asyncio-timeout-error-alias", source), source);
    let alone = source.replace("TimeoutError, ", "");
    assert_eq!(fixed("asyncio-timeout-error-alias", &alone), alone.replace("asyncio.T", "T"));
}

#[test]
fn an_analysis_for_findings_only_has_the_same_findings() {
    let engine = Engine::new(Knowledge::builtin());
    for (_, rule) in engine.knowledge().rules() {
        let text: Arc<str> = Arc::from(&*rule.docs.example);
        let findings = |findings_only| {
            let options = Options { findings_only, ..Options::default() };
            Analysis::new(Arc::clone(&text), &options, &engine).findings()
        };
        assert_eq!(findings(true), findings(false), "{}", rule.name);
    }
}

#[test]
fn copies_of_other_projects_are_told_of_dangers_only() {
    let at = |name: &str| Options { file_name: name.to_owned(), ..Options::default() };
    let (hint, danger) = ("from distutils import log\n", "import yaml\nyaml.load(text)\n");
    for copy in
        ["pip/_vendor/rich/style.py", "pipenv/patched/pip/main.py", "vendor/rich.py", "src/third_party/rich/style.py"]
    {
        assert!(found_with("distutils-import", hint, &at(copy)).is_empty(), "{copy}");
        assert_eq!(found_with("unsafe-yaml-load", danger, &at(copy)).len(), 1, "{copy}");
    }
    for own in ["vendor.py", "shop/vendors/list.py", "generated_prices.py"] {
        assert_eq!(found_with("distutils-import", hint, &at(own)).len(), 1, "{own}");
    }
}

#[test]
fn what_a_program_wrote_as_its_name_says_is_told_of_dangers_only() {
    let at = |name: &str| Options { file_name: name.to_owned(), ..Options::default() };
    let (hint, danger) = ("from distutils import log\n", "import yaml\nyaml.load(text)\n");
    for written in [
        "shop/api/_generated.py",
        "generated/prices.py",
        "shop/_generated/v1/a.py",
        "prices_pb2.py",
        "prices_pb2_grpc.py",
        "ask_generated.pyi",
    ] {
        assert!(found_with("distutils-import", hint, &at(written)).is_empty(), "{written}");
        assert_eq!(found_with("unsafe-yaml-load", danger, &at(written)).len(), 1, "{written}");
    }
    for own in ["generate.py", "pregenerated/a.py", "generator/models.py", "pb2.py"] {
        assert_eq!(found_with("distutils-import", hint, &at(own)).len(), 1, "{own}");
    }
}

#[test]
fn advice_for_newer_pythons_is_none_for_python_2() {
    let advice = "'{}'.format(x)\n";
    for evidence in [
        "import sys\nif sys.version_info[0] < 3:\n    text = unicode\n",
        "import sys\ndef width():\n    return 1 if sys.version_info < (3,) else 2\n",
        "import sys\nIS_OLD = sys.version_info.major == 2\n",
        "from compat import PY2\n",
        "import six\nif six.PY2:\n    pass\n",
        "try:\n    import urllib2\nexcept ImportError:\n    import urllib.request as urllib2\n",
    ] {
        assert!(found("str-format-call", &format!("{evidence}{advice}")).is_empty(), "{evidence}");
        // What comes later counts, too.
        assert!(found("str-format-call", &format!("{advice}{evidence}")).is_empty(), "{evidence}");
    }
    for other in [
        "import sys\nif sys.version_info < (3, 8):\n    pass\n",
        "import sys\nif sys.version_info < (3, 0):\n    raise RuntimeError('needs Python 3')\n",
        "import sys\nassert sys.version_info >= (3,)\n",
        "import sys\nif sys.version_info[0] < 3:\n    print('too old')\n    sys.exit(1)\n",
        "PYTHON = 'version_info PY2'\n",
    ] {
        assert_eq!(found("str-format-call", &format!("{other}{advice}")).len(), 1, "{other}");
    }
    // Where the project says which Python it needs, the question is a leftover.
    let needs = Options { target: crate::python::PythonVersion::three(9), ..Options::default() };
    assert_eq!(found_with("str-format-call", &format!("from six import PY2\n{advice}"), &needs).len(), 1);
}

#[test]
fn advice_for_newer_pythons_is_none_in_branches_for_older_ones() {
    let quiet = "\
import os, sys
from typing import List
from versions import PYTHON_38, PY_3_9, BEFORE_PY39, compat
HAS_NEW = sys.version_info >= (3, 9)
if sys.version_info >= (3, 9):
    pass
elif compat:
    a: List[int]
else:
    b: List[int]
def f(x):
    if HAS_NEW:
        pass
    else:
        c: List[int] = x
    if not HAS_NEW:
        d: List[int] = x
    if os.name == 'nt' and sys.version_info[:2] <= (3, 8):
        e: List[int] = x
    if PYTHON_38 or compat:
        pass
    else:
        g: List[int] = x
    if BEFORE_PY39:
        h: List[int] = x
    return x if PY_3_9 else cast(List[int], x)
";
    assert!(found("typing-generic-alias", quiet).is_empty());
    let newer = "\
import os, sys
from typing import List
from versions import PY_3_10, PYTHON_311, SPY_12, PYTHON_PATH_2
if sys.version_info >= (3, 9):
    a: List[int]
if PY_3_10:
    b: List[int]
if SPY_12:
    pass
else:
    c: List[int]
if PYTHON_PATH_2:
    pass
else:
    d: List[int]
if os.name == 'nt' and sys.version_info >= (3, 9):
    e: List[int]
else:
    f: List[int]
if sys.version_info < (3, 12):
    g: List[int]
h = 1 if PYTHON_311 else List[int]
if sys.version_info[1] < 9:
    i: List[int]
";
    assert_eq!(found("typing-generic-alias", newer).len(), 9);
}

#[test]
fn a_package_may_import_itself_and_what_it_brings_along() {
    let at = |name: &str| Options { file_name: name.to_owned(), ..Options::default() };
    let import = "from distutils.cmd import Command\n";
    for own in [
        "distutils/dist.py",
        "setuptools/_distutils/dist.py",
        "setuptools/command/setopt.py",
        "installer/_distutils.py",
    ] {
        assert!(found_with("distutils-import", import, &at(own)).is_empty(), "{own}");
    }
    assert!(found("distutils-import", &format!("import typing\nif typing.TYPE_CHECKING:\n    {import}")).is_empty());
    assert_eq!(found("distutils-import", import).len(), 1);
}
