//! `marginalia check`

use serde_json::json;

use crate::support::program::{Folder, Run};

const MUTABLE: &str = "def load(path, seen=[]):\n    return seen\n";
const MKTEMP: &str = "import tempfile\n\npath = tempfile.mktemp()\n";
const CLEAN: &str = "x = 1\n";

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    folder.run(&[&["check"], arguments].concat())
}

/// Rule and path of each finding.
fn found(run: &Run) -> Vec<(String, String)> {
    let json = run.json();
    let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let findings = json["findings"].as_array().unwrap().iter();
    findings.map(|finding| (text(finding, "path"), text(finding, "rule"))).collect()
}

fn paths(run: &Run) -> Vec<String> {
    found(run).into_iter().map(|(path, _)| path).collect()
}

#[test]
fn the_exit_status_says_whether_something_was_found() {
    let folder = Folder::new(&[("clean.py", CLEAN), ("odd.py", MUTABLE)]);
    assert_eq!(check(&folder, &["clean.py"]).status, 0);
    assert_eq!(check(&folder, &["odd.py"]).status, 1);
    assert_eq!(check(&folder, &["odd.py", "--exit-zero"]).status, 0);
    assert_eq!(check(&folder, &["missing.py", "--exit-zero"]).status, 2);
}

#[test]
fn a_finding_is_told_with_its_place_rule_section_and_code() {
    let folder = Folder::new(&[("src/app.py", MKTEMP)]);
    let run = check(&folder, &["src"]);
    let expected = "\
warning[mktemp-usage]: `tempfile.mktemp` only invents a name; another process can take it first (§9.1.4)
 --> src/app.py:3:8
  |
3 | path = tempfile.mktemp()
  |        ^^^^^^^^^^^^^^^
  |
  = read: §9.1.4 tempfile: Secure Temporary Files

1 finding in 1 file.
";
    assert_eq!((run.status, &*run.stdout, &*run.stderr), (1, expected, ""));
}

#[test]
fn rules_of_a_book_that_only_the_checked_folder_has_can_be_named() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/shop");
    let run = Folder::empty().run(&["check", "--select", "handbook-http-client", "--format", "json", examples]);
    assert_eq!(run.json()["findings"][0]["rule"], "handbook-http-client");
    let run = Folder::empty().run(&["check", "--select", "handbook-http-cleint", examples]);
    assert_eq!(run.error(), "there is no rule or group `handbook-http-cleint`; did you mean `handbook-http-client`?");
}

#[test]
fn what_cannot_be_done_together_is_said() {
    let folder = Folder::new(&[("a.py", MKTEMP)]);
    assert_eq!(check(&folder, &["--diff", "--format", "json"]).error(), "--diff comes as text; leave --format away");
    assert!(check(&folder, &["--output-format", "json"]).stdout.contains("\"mktemp-usage\""));
}

#[test]
fn that_nothing_was_found_in_nothing_is_not_said() {
    let run = check(&Folder::empty(), &["gone.py"]);
    assert_eq!(run.error(), "there is no file or directory gone.py");
}

#[test]
fn nothing_found_is_said_in_a_line() {
    let folder = Folder::new(&[("a.py", CLEAN), ("b.py", CLEAN)]);
    assert_eq!(check(&folder, &[]).ok(), "No findings in 2 files.\n");
}

#[test]
fn json_has_every_finding_with_its_fix() {
    let folder = Folder::new(&[("app.py", MUTABLE)]);
    let run = check(&folder, &["app.py", "--format", "json"]);
    assert_eq!((run.status, &*run.stderr), (1, ""));
    let json = run.json();
    assert_eq!(json["problems"], json!([]));
    let finding = &json["findings"][0];
    let keys: Vec<&String> = finding.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["fix", "message", "path", "range", "rule", "sections", "severity"]);
    assert_eq!((&finding["path"], &finding["rule"]), (&json!("app.py"), &json!("mutable-default-argument")));
    assert_eq!((&finding["sections"][0], &finding["severity"]), (&json!("4.3.3"), &json!("warning")));
    let range = json!({
        "start": {"line": 1, "column": 21, "offset": 20},
        "end": {"line": 1, "column": 23, "offset": 22},
    });
    assert_eq!(finding["range"], range);
    assert_eq!(finding["fix"]["kind"], "unsafe");
    assert_eq!(finding["fix"]["edits"][0], json!({"range": range, "text": "None"}));
}

#[test]
fn columns_count_characters_and_offsets_bytes() {
    let folder = Folder::new(&[("app.py", "\r\ndef f(é='𝒙', a=[]): pass\r\n")]);
    let json = check(&folder, &["--format", "json"]).json();
    assert_eq!(json["findings"][0]["range"]["start"], json!({"line": 2, "column": 16, "offset": 21}));
}

#[test]
fn files_come_in_order_each_once() {
    let names: Vec<String> = (0..150).map(|number| format!("p{}/m{number:03}.py", number % 3)).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), MUTABLE)).collect();
    let folder = Folder::new(&files);
    let first = check(&folder, &["--format", "json"]);
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(paths(&first), sorted);
    assert_eq!(first.stdout, check(&folder, &["--format", "json"]).stdout);
    let twice = check(&folder, &["p1", "p1/m001.py", "./p1", "--format", "json"]);
    assert_eq!(paths(&twice).len(), 50);
}

#[test]
fn what_is_not_the_projects_own_code_is_left_out() {
    let folder = Folder::new(&[
        (".gitignore", "generated/\n"),
        ("app.py", MUTABLE),
        ("stub.pyi", MUTABLE),
        ("notes.txt", MUTABLE),
        (".hidden/a.py", MUTABLE),
        ("generated/a.py", MUTABLE),
        ("node_modules/x/a.py", MUTABLE),
        ("env/pyvenv.cfg", ""),
        ("env/lib/a.py", MUTABLE),
    ]);
    let everywhere = paths(&check(&folder, &["--format", "json"]));
    assert!(everywhere.iter().all(|path| path == "app.py" || path == "stub.pyi"), "{everywhere:?}");
    assert_eq!(paths(&check(&folder, &["generated/a.py", "--format", "json"])), ["generated/a.py"], "named");
}

#[test]
fn settings_are_those_of_the_nearest_file() {
    let folder = Folder::new(&[
        ("pyproject.toml", "[tool.marginalia.diagnostics]\nignore = ['mutable-default-argument']\n"),
        ("a.py", MUTABLE),
        ("lib/marginalia.toml", "diagnostics.severity = { correctness = 'error' }\n"),
        ("lib/deep/b.py", MUTABLE),
    ]);
    let run = check(&folder, &["--format", "json"]);
    assert_eq!(paths(&run), ["lib/deep/b.py"]);
    assert_eq!(run.json()["findings"][0]["severity"], "error");
}

#[test]
fn a_wrong_setting_is_said_once_and_the_rest_applies() {
    let folder = Folder::new(&[
        ("marginalia.toml", "diagnostics.ignore = ['mutable-default-argument', 'mktemp-usge']\ncolour = 'blue'\n"),
        ("a.py", MUTABLE),
        ("b/c.py", MUTABLE),
    ]);
    let run = check(&folder, &[]);
    assert_eq!((run.status, &*run.stdout), (0, "No findings in 2 files.\n"));
    assert_eq!(run.stderr.matches("warning: ").count(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("marginalia.toml: there is no setting `colour`"), "{}", run.stderr);
    assert!(run.stderr.contains("`mktemp-usge`; did you mean `mktemp-usage`?"), "{}", run.stderr);
}

#[test]
fn rules_are_chosen_by_name_group_and_section() {
    let folder = Folder::new(&[("a.py", format!("{MKTEMP}{MUTABLE}"))]);
    let rules = |arguments: &[&str]| -> Vec<String> {
        let run = check(&folder, &[&["--format", "json"], arguments].concat());
        found(&run).into_iter().map(|(_, rule)| rule).collect()
    };
    assert_eq!(rules(&["--select", "mktemp-usage"]), ["mktemp-usage"]);
    assert_eq!(rules(&["--select", "security"]), ["mktemp-usage"]);
    assert_eq!(rules(&["--select", "4.3"]), ["mutable-default-argument"]);
    assert_eq!(rules(&["--select", "security,§4.3"]), ["mktemp-usage", "mutable-default-argument"]);
    assert_eq!(rules(&["--ignore", "security"]), ["mutable-default-argument"]);
    assert_eq!(rules(&["--select", "security,4.3.3", "--ignore", "mktemp-usage"]), ["mutable-default-argument"]);
}

#[test]
fn the_command_line_wins_over_the_settings() {
    let off = "[tool.marginalia.diagnostics]\nenabled = false\nignore = ['mktemp-usage']\n";
    let folder = Folder::new(&[("pyproject.toml", off), ("a.py", MKTEMP)]);
    assert_eq!(check(&folder, &[]).status, 0);
    assert_eq!(check(&folder, &["--select", "mktemp-usage"]).status, 1);
}

#[test]
fn a_comment_silences_a_finding() {
    let silenced = MUTABLE.replacen('\n', "  # marginalia: ignore[mutable-default-argument]\n", 1);
    let folder = Folder::new(&[("a.py", silenced)]);
    assert_eq!(check(&folder, &[]).status, 0);
}

#[test]
fn statistics_count_by_rule_the_most_frequent_first() {
    let folder = Folder::new(&[("a.py", format!("{MKTEMP}{MUTABLE}")), ("b.py", MUTABLE.to_owned())]);
    let run = check(&folder, &["--statistics", "--select", "security,4.3.3"]);
    assert_eq!(
        (run.status, &*run.stdout),
        (1, "2  mutable-default-argument  §4.3.3\n1  mktemp-usage              §9.1.4\n")
    );
    let json = check(&folder, &["--statistics", "--select", "security", "--format", "json"]).json();
    let expected = json!([{"rule": "mktemp-usage", "sections": ["9.1.4"], "findings": 1, "fixable": 0}]);
    assert_eq!(json, json!({"statistics": expected, "problems": []}));
}

#[test]
fn standard_input_is_checked_as_the_file_it_is_said_to_be() {
    let folder = Folder::new(&[("lib/marginalia.toml", "diagnostics.enabled = false\n")]);
    let check =
        |arguments: &[&str]| folder.run_with(&[&["check", "--format", "json"], arguments].concat(), MUTABLE.as_bytes());
    assert_eq!(paths(&check(&["-"])), ["-"]);
    assert_eq!(paths(&check(&["-", "--stdin-filename", "src/app.py"])), ["src/app.py"]);
    assert_eq!(check(&["-", "--stdin-filename", "lib/app.py"]).status, 0);
}

#[test]
fn what_cannot_be_checked_is_said_and_the_rest_is_checked() {
    let folder = Folder::new(&[
        ("good.py", MUTABLE.as_bytes()),
        ("latin.py", b"# \xe9\n"),
        ("broken.py", b"x = 1\ndef f(:\n    pass\n"),
        ("empty/readme.txt", b""),
    ]);
    let run = check(&folder, &[".", "elsewhere.py", "god.py", "empty", "--format", "json"]);
    assert_eq!(run.status, 2);
    assert_eq!(paths(&run), ["good.py"]);
    let errors: Vec<&str> = run.stderr.lines().map(|line| line.strip_prefix("error: ").unwrap()).collect();
    assert_eq!(
        errors,
        [
            "there is no file or directory elsewhere.py",
            "there is no file or directory god.py; did you mean good.py?",
            "there are no Python files in empty; hidden ones and those in .gitignore do not count",
            errors[3],
            "latin.py is not UTF-8 (byte 0xe9 in line 1); save it as UTF-8 and try again",
        ]
    );
    assert!(errors[3].starts_with("broken.py:2:7: syntax error: "), "{}", errors[3]);
    let json = run.json();
    let problem = |at: usize| (json["problems"][at]["kind"].clone(), json["problems"][at]["path"].clone());
    assert_eq!(problem(3), (json!("syntax"), json!("broken.py")));
    assert_eq!(problem(4), (json!("unreadable"), json!("latin.py")));
    assert_eq!(json["problems"][3]["range"]["start"]["line"], 2);
    assert_eq!(json["problems"][4]["range"], json!(null));
}

#[test]
fn a_file_beyond_the_size_limit_is_left_alone_and_named_with_the_setting() {
    let folder = Folder::new(&[("marginalia.toml", "maxFileSize = 10\n"), ("a.py", MUTABLE)]);
    let run = check(&folder, &[]);
    assert_eq!(run.status, 0);
    assert!(
        run.stderr.starts_with("warning: a.py has 41 bytes and is left alone; the setting `maxFileSize`"),
        "{}",
        run.stderr
    );
}

#[test]
fn unknown_rules_and_sections_are_refused_with_the_nearest_name() {
    let folder = Folder::new(&[("a.py", MUTABLE)]);
    for (name, message) in [
        ("securty", "there is no rule or group `securty`; did you mean `security`?"),
        ("mktemp", "there is no rule or group `mktemp`; did you mean `mktemp-usage`?"),
        ("B006", "there is no rule or group `B006`; `marginalia rules` lists them"),
        ("99.1", "the book has no section `99.1`; `marginalia sections` lists what there is"),
    ] {
        assert_eq!(check(&folder, &["--select", name]).error(), message);
        assert_eq!(check(&folder, &["--ignore", name]).error(), message);
    }
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let folder = Folder::new(&[("a.py", MUTABLE)]);
    assert!(check(&folder, &["-", "a.py"]).error().starts_with("`-` is standard input"));
    assert!(
        check(&folder, &["--stdin-filename", "a.py"]).error().starts_with("--stdin-filename is about standard input")
    );
    assert_eq!(check(&folder, &["--fix", "--diff"]).status, 2);
}

#[test]
fn hostile_files_end_nothing() {
    let deep = format!("x = {}1{}\n", "(".repeat(4_000), ")".repeat(4_000));
    let long = format!("x = [{}]\ndef f(a=[]): pass\n", "'é', ".repeat(200_000));
    let folder = Folder::new(&[
        ("deep.py", deep.as_str()),
        ("long.py", long.as_str()),
        ("nul.py", "x = '\0'\ndef f(a=[]): pass\n"),
        ("cr.py", "x = 1\rdef f(a=[]): pass\r"),
        ("bom.py", "\u{feff}def f(a=[]): pass"),
        ("empty.py", ""),
    ]);
    let run = check(&folder, &["deep.py", "long.py", "cr.py", "bom.py", "empty.py", "--format", "json"]);
    assert_eq!(paths(&run), ["bom.py", "cr.py", "long.py"], "{}", run.stderr);
    assert_eq!(run.json()["findings"][0]["range"]["start"], json!({"line": 1, "column": 9, "offset": 11}));
    assert_eq!(run.json()["findings"][1]["range"]["start"], json!({"line": 2, "column": 9, "offset": 14}));
    let text = check(&folder, &["."]).stdout;
    assert!(text.contains(" --> long.py:2:9\n"), "{text}");
    assert!(text.len() < 20_000, "excerpts are cut: {}", text.len());
    assert!(!text.contains('\0'));
}

#[test]
fn github_gets_an_annotation_for_each_finding() {
    let folder = Folder::new(&[("a,b.py", MKTEMP), ("broken.py", "def f(:\n")]);
    let run = check(&folder, &["--format", "github"]);
    assert_eq!(run.status, 2);
    let mut lines = run.stdout.lines();
    assert_eq!(
        lines.next().unwrap(),
        "::warning file=a%2Cb.py,line=3,endLine=3,col=8,endColumn=23,title=mktemp-usage::`tempfile.mktemp` only invents a \
         name; another process can take it first (§9.1.4)"
    );
    let problem = lines.next().unwrap();
    assert!(problem.starts_with("::error file=broken.py,line=1::broken.py:1:7: syntax error: "), "{problem}");
    assert_eq!(lines.next(), None);
}

#[test]
fn sarif_has_results_with_their_rules_and_fixes() {
    let fixable = "import asyncio\n\nasync def main():\n    return asyncio.get_event_loop()\n";
    let folder = Folder::new(&[("a b.py", fixable), ("c.py", MUTABLE), ("broken.py", "def f(:\n")]);
    let json = check(&folder, &["--format", "sarif"]).json();
    assert_eq!(json["version"], "2.1.0");
    let run = &json["runs"][0];
    let rules: Vec<&serde_json::Value> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().collect();
    let results = run["results"].as_array().unwrap();
    for result in results {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
    }
    let result = results.iter().find(|result| result["ruleId"] == "get-event-loop").unwrap();
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.py");
    let region = json!({"startLine": 4, "startColumn": 12, "endLine": 4, "endColumn": 34});
    assert_eq!(place["region"], region);
    let change = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(*change, json!({"deletedRegion": region, "insertedContent": {"text": "asyncio.get_running_loop"}}));
    let unsafe_fix = results.iter().find(|result| result["ruleId"] == "mutable-default-argument").unwrap();
    assert!(unsafe_fix.get("fixes").is_none(), "{unsafe_fix}");
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 1);
}

#[test]
fn every_format_is_whole_when_nothing_is_found() {
    let folder = Folder::new(&[("a.py", CLEAN)]);
    assert_eq!(check(&folder, &["--format", "json"]).json(), json!({"findings": [], "problems": []}));
    assert_eq!(check(&folder, &["--format", "sarif"]).json()["runs"][0]["results"], json!([]));
    assert_eq!(check(&folder, &["--format", "github"]).ok(), "");
}
