//! Every code of another tool that a rule or a note names is one that the tool has.
//!
//! Ruff and pylint are asked themselves; of the others the names are written down in `codes/`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use marginalia::knowledge::Knowledge;

use crate::support::corpus::{ruff, skip, tool};

/// Tools that publish no list of names to hold ours against: services, and plug-ins that are sold or need an account.
const WITHOUT_LIST: [&str; 5] = ["codeql", "hadolint", "semgrep", "sonar", "wemake"];

/// The codes of each tool, each with who names it.
fn named() -> BTreeMap<String, BTreeMap<String, String>> {
    let knowledge = Knowledge::builtin();
    let rules = knowledge.rules().flat_map(|(_, rule)| {
        rule.equivalents.iter().map(|code| (code.trim_start_matches('~').to_owned(), rule.name.to_string()))
    });
    let notes = knowledge
        .notes()
        .flat_map(|(_, note)| note.codes.iter().map(|code| (code.to_string(), format!("§{}", note.section))));
    let mut tools: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (code, by) in rules.chain(notes) {
        let (tool, code) = code.split_once(':').unwrap_or_else(|| panic!("{by}: `{code}` names no tool"));
        tools.entry(tool.to_owned()).or_default().insert(code.to_owned(), by);
    }
    tools
}

/// What a tool does not have.
fn unknown(tool: &str, known: &BTreeSet<String>) -> Vec<String> {
    let named = named().remove(tool).unwrap_or_default();
    named.iter().filter(|(code, _)| !known.contains(*code)).map(|(code, by)| format!("{tool}:{code} ({by})")).collect()
}

/// The codes of a tool that rules name, where `data/names.tsv` has another name for them than the tool, or none.
fn misnamed(tool: &str, names: &BTreeMap<&str, &str>) -> Vec<String> {
    let written: BTreeMap<&str, &str> =
        include_str!("../../data/names.tsv").lines().filter_map(|line| line.split_once('\t')).collect();
    let knowledge = Knowledge::builtin();
    let codes: BTreeSet<String> = knowledge
        .rules()
        .flat_map(|(_, rule)| rule.equivalents.iter().map(|code| code.trim_start_matches('~').to_owned()))
        .filter(|code| code.split_once(':').is_some_and(|(of, code)| of == tool && names.contains_key(code)))
        .collect();
    assert!(!codes.is_empty(), "{tool} is named nowhere");
    let right = |code: &str| names[code.split_once(':').unwrap().1];
    codes.into_iter().filter(|code| written.get(code.as_str()) != Some(&right(code))).collect()
}

#[test]
fn ruff_has_every_code_of_its() {
    let program = match ruff() {
        Ok(program) => program,
        Err(reason) => return skip("ruff_has_every_code_of_its", &reason),
    };
    let output = Command::new(program).args(["rule", "--all", "--output-format", "json"]).output().unwrap();
    let rules: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let names = rules.iter().filter_map(|rule| Some((rule["code"].as_str()?, rule["name"].as_str()?)));
    assert_eq!(misnamed("ruff", &names.collect()), Vec::<String>::new());
    let alive = rules.iter().filter(|rule| rule["status"]["Removed"].is_null());
    let known: BTreeSet<String> = alive.filter_map(|rule| Some(rule["code"].as_str()?.to_owned())).collect();
    assert!(known.len() > 500, "{} rules", known.len());
    assert_eq!(unknown("ruff", &known), Vec::<String>::new());
}

#[test]
fn pylint_has_every_code_of_its() {
    let program = match tool("MARGINALIA_PYLINT", "pylint") {
        Ok((program, _)) => program,
        Err(reason) => return skip("pylint_has_every_code_of_its", &reason),
    };
    // Every extension that comes with it.
    let plugins = "bad_builtin broad_try_clause check_elif code_style comparison_placement confusing_elif \
        consider_refactoring_into_while_condition consider_ternary_expression dict_init_mutate docparams docstyle dunder \
        empty_comment eq_without_hash for_any_all magic_value mccabe no_self_use overlapping_exceptions private_import \
        redefined_loop_name redefined_variable_type set_membership typing while_used";
    let plugins: Vec<String> = plugins.split_whitespace().map(|name| format!("pylint.extensions.{name}")).collect();
    let output = Command::new(program).args(["--list-msgs", "--load-plugins", &plugins.join(",")]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let name = |line: &str| {
        let (name, rest) = line.strip_prefix(':')?.split_once(" (")?;
        Some((rest.split_once(')')?.0.to_owned(), name.to_owned()))
    };
    let names: Vec<_> = text.lines().filter_map(name).collect();
    let names = names.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect();
    assert_eq!(misnamed("pylint", &names), Vec::<String>::new());
    // `:bad-indentation (W0311): *Bad indentation. ...*`
    let code = |line: &str| Some(line.strip_prefix(':')?.split_once('(')?.1.split_once(')')?.0.to_owned());
    let known: BTreeSet<String> = text.lines().filter_map(code).collect();
    assert!(known.len() > 300, "{} messages", known.len());
    assert_eq!(unknown("pylint", &known), Vec::<String>::new());
}

#[test]
fn other_tools_have_every_code_of_theirs() {
    let mut known: BTreeMap<&str, &str> = BTreeMap::from([
        ("bandit", include_str!("codes/bandit.txt")),
        ("flake8", include_str!("codes/flake8.txt")),
        ("mypy", include_str!("codes/mypy.txt")),
        ("pycodestyle", include_str!("codes/pycodestyle.txt")),
        ("pyright", include_str!("codes/pyright.txt")),
    ]);
    known.insert("basedpyright", known["pyright"]);
    for tool in named().keys().filter(|tool| !["ruff", "pylint"].contains(&tool.as_str())) {
        let Some(list) = known.get(tool.as_str()) else {
            assert!(WITHOUT_LIST.contains(&tool.as_str()), "there is no list of the codes of `{tool}`");
            continue;
        };
        let list = list.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        assert_eq!(unknown(tool, &list), Vec::<String>::new());
    }
}
