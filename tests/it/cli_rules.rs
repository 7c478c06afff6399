//! `marginalia rules`

use crate::support::program::run;

#[test]
fn each_rule_has_a_line_with_its_sections() {
    let text = run(&["rules"]).ok();
    let line = text.lines().find(|line| line.contains("mktemp-usage")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["mktemp-usage", "warning", "§9.1.4"]);
}

#[test]
fn json_has_what_a_program_needs_to_know_of_a_rule() {
    let json = run(&["rules", "--format", "json"]).json();
    let rule = json.as_array().unwrap().iter().find(|rule| rule["rule"] == "missing-functools-wraps").unwrap();
    let expected = serde_json::json!({
        "rule": "missing-functools-wraps",
        "sections": ["6.9.3", "6.16"],
        "group": "correctness",
        "severity": "hint",
        "default": true,
        "fix": "unsafe",
        "equivalents": rule["equivalents"],
    });
    assert_eq!(*rule, expected);
    assert!(rule["equivalents"].is_array());
}
