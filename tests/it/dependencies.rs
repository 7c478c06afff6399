//! What Marginalia depends on is what `deny.toml` lets it: `cargo deny` says so where it is installed, this everywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

fn deny() -> Table {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    fs::read_to_string(file).unwrap().parse().unwrap()
}

/// All packages that a build of any platform can need, this one left out.
fn packages() -> Vec<Value> {
    let run = |more: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["metadata", "--format-version", "1", "--locked"]).args(more);
        cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
    };
    let mut output = run(&["--offline"]);
    if !output.status.success() {
        // What only other platforms need may not have been downloaded yet.
        output = run(&[]);
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let Value::Array(packages) = metadata["packages"].take() else { panic!("cargo lists packages") };
    packages.into_iter().filter(|package| package["name"] != env!("CARGO_PKG_NAME")).collect()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn strings(value: Option<&toml::Value>) -> BTreeSet<&str> {
    value.and_then(toml::Value::as_array).into_iter().flatten().filter_map(toml::Value::as_str).collect()
}

/// Whether a licence expression (`MIT OR (Apache-2.0 AND Zlib)`) can be met with these licences.
fn is_met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    // Older packages write `MIT/Apache-2.0`.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "~");
    let words: Vec<String> = spaced.split_whitespace().map(|word| word.replace('~', " WITH ")).collect();
    let mut rest = &words[..];
    let met = any(&mut rest, allowed);
    met && rest.is_empty() && !words.is_empty()
}

fn any(words: &mut &[String], allowed: &BTreeSet<&str>) -> bool {
    let mut met = all(words, allowed);
    while words.first().is_some_and(|word| word == "OR") {
        *words = &words[1..];
        met |= all(words, allowed);
    }
    met
}

fn all(words: &mut &[String], allowed: &BTreeSet<&str>) -> bool {
    let mut met = true;
    loop {
        let Some((word, rest)) = words.split_first() else { return false };
        *words = rest;
        if word == "(" {
            met &= any(words, allowed);
            *words = words.get(1..).unwrap_or_default();
        } else {
            met &= allowed.contains(word.as_str());
        }
        match words.split_first() {
            Some((word, rest)) if word == "AND" => *words = rest,
            _ => return met,
        }
    }
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed = BTreeSet::from(["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"]);
    for met in ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-3.0", "MIT AND (GPL-3.0 OR Zlib)", "Apache-2.0 WITH LLVM-exception"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "(MIT OR Zlib) AND GPL-3.0", "MIT AND"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_dependency_has_a_licence_that_is_allowed_and_comes_from_the_registry() {
    let deny = deny();
    let allowed = strings(deny["licenses"].get("allow"));
    let mut exceptions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for exception in deny["licenses"]["exceptions"].as_array().unwrap() {
        exceptions.insert(exception["crate"].as_str().unwrap(), strings(exception.get("allow")));
    }
    let packages = packages();
    assert!(packages.len() > 100, "only {} packages are listed", packages.len());
    for package in &packages {
        let (name, licence) = (text(package, "name"), text(package, "license"));
        let mut fits = allowed.clone();
        fits.extend(exceptions.get(name).into_iter().flatten());
        assert!(is_met(licence, &fits), "{name} is licensed as {licence:?}");
        assert!(text(package, "source").starts_with("registry+"), "{name} comes from {}", package["source"]);
    }
    for denied in deny["bans"]["deny"].as_array().unwrap() {
        let denied = denied["crate"].as_str().unwrap();
        assert!(packages.iter().all(|package| text(package, "name") != denied), "{denied} is a dependency");
    }
}

#[test]
fn no_dependency_is_built_twice_but_those_that_are_known() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let (name, version) = (text(&package, "name").to_owned(), text(&package, "version").to_owned());
        versions.entry(name).or_default().insert(version);
    }
    let deny = deny();
    let name = |known: &toml::Value| known["crate"].as_str().unwrap().split('@').next().unwrap().to_owned();
    let known: BTreeSet<String> = deny["bans"]["skip"].as_array().unwrap().iter().map(name).collect();
    let twice: BTreeSet<String> = versions.into_iter().filter(|(_, all)| all.len() > 1).map(|(name, _)| name).collect();
    assert_eq!(twice, known, "left: in more than one version; right: `skip` in deny.toml");
}
