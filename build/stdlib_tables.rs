//! Makes the tables of `src/python/stdlib.rs` from the text files under `data/`.
//!
//! The format is told in `data/README.md`. A fault in the data is a build error that names file and line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use crate::python::packed::hash;

const FILES: [&str; 2] = ["data/stdlib.tsv", "data/packages.tsv"];

/// Writes `stdlib.rs` into the build's output folder.
pub fn write(out: &Path) -> io::Result<()> {
    let mut tables = Tables::default();
    for file in FILES {
        println!("cargo::rerun-if-changed={file}");
        let text = fs::read_to_string(file)?;
        let mut class = None;
        for (at, line) in text.lines().enumerate() {
            let read = tables.read(line, &mut class, &format!("{file}:{}", at + 1));
            read.map_err(|fault| io::Error::other(format!("{file}:{}: {fault}", at + 1)))?;
        }
    }
    tables.check().map_err(io::Error::other)?;
    fs::write(out.join("stdlib.rs"), tables.source() + &since()?)
}

/// What came with which version: `SINCE` by name (`asyncio.TaskGroup`, `builtins.zip(strict)`), and the last words of these
/// names.
fn since() -> io::Result<String> {
    const FILE: &str = "data/since.tsv";
    println!("cargo::rerun-if-changed={FILE}");
    let text = fs::read_to_string(FILE)?;
    let mut names = BTreeMap::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let minor = match columns[..] {
            ["module" | "name" | "member" | "keyword", name, version] => {
                version.strip_prefix("3.").and_then(|minor| minor.parse::<u8>().ok()).map(|minor| (name, minor))
            }
            _ => None,
        };
        let (name, minor) = minor.ok_or_else(|| io::Error::other(format!("{FILE}:{}: {line}", at + 1)))?;
        names.insert(name, minor);
    }
    let last = |name: &&str| name.trim_end_matches(')').rsplit(['.', '(']).next().unwrap_or_default().to_owned();
    let words: BTreeSet<String> = names.keys().map(last).collect();
    let mut out = String::new();
    self::names(&mut out, "SINCE", names.keys().copied());
    numbers(&mut out, "SINCE_MINOR", "u8", names.values());
    self::names(&mut out, "SINCE_WORDS", words.iter().map(String::as_str));
    Ok(out)
}

/// Writes a list of texts.
fn texts<'t>(out: &mut String, name: &str, list: impl Iterator<Item = &'t str>) {
    let _ = writeln!(out, "static {name}: Texts = {};", packed(&list.collect::<Vec<_>>()));
}

/// Writes a table of names.
fn names<'t>(out: &mut String, name: &str, list: impl Iterator<Item = &'t str>) {
    let list: Vec<&str> = list.collect();
    assert!(list.len() < usize::from(u16::MAX), "too many names for a table");
    let (names, slots) = (packed(&list), slots(&list));
    let _ = writeln!(out, "static {name}: Names = Names {{ names: {names}, slots: &{slots:?} }};");
}

/// The slots of a table of names.
fn slots(names: &[&str]) -> Vec<usize> {
    let mut slots = vec![0; (names.len() * 2 + 1).next_power_of_two()];
    let mask = slots.len() - 1;
    for (at, name) in names.iter().enumerate() {
        let mut slot = hash(name) & mask;
        while slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        slots[slot] = at + 1;
    }
    slots
}

fn packed(list: &[&str]) -> String {
    let mut starts = vec![0];
    for text in list {
        starts.push(starts[starts.len() - 1] + text.len());
    }
    format!("Texts {{ text: {:?}, starts: &{starts:?} }}", list.concat())
}

/// Writes a list of numbers.
fn numbers<T: std::fmt::Debug>(out: &mut String, name: &str, ty: &str, list: impl IntoIterator<Item = T>) {
    let _ = writeln!(out, "static {name}: &[{ty}] = &{:?};", list.into_iter().collect::<Vec<_>>());
}

#[derive(Default)]
struct Tables {
    classes: BTreeMap<String, Class>,
    functions: BTreeMap<String, String>,
    variables: BTreeMap<String, String>,
    aliases: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
    /// Every type, with the place where it is first written.
    types: BTreeMap<String, String>,
}

#[derive(Default)]
struct Class {
    /// File and line.
    place: String,
    bases: Vec<String>,
    /// Has members that are not listed.
    open: bool,
    /// Name to "is called" and type.
    members: BTreeMap<String, (bool, String)>,
}

impl Tables {
    /// Reads one line; `class` is the class that members belong to.
    fn read(&mut self, line: &str, class: &mut Option<String>, place: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let mut columns = line.splitn(3, '\t');
        let kind = columns.next().unwrap_or_default();
        let name = columns.next().filter(|name| !name.is_empty()).ok_or("a line without a name")?;
        let value = columns.next().unwrap_or_default();
        let earlier = match kind {
            "" => {
                let class = class.as_ref().and_then(|class| self.classes.get_mut(class));
                let members = &mut class.ok_or("a member before any class")?.members;
                let ty = Self::ty(&mut self.types, value, place);
                for name in name.split(' ') {
                    let plain = name.trim_end_matches("()");
                    if members.insert(plain.to_owned(), (plain != name, ty.clone())).is_some() {
                        return Err(format!("`{plain}` is listed twice"));
                    }
                }
                false
            }
            "class" => {
                let (others, bases) = value.split(", ").partition::<Vec<_>, _>(|base| *base == "...");
                *class = Some(name.to_owned());
                let class = Class {
                    place: place.to_owned(),
                    bases: bases.into_iter().filter(|base| !base.is_empty()).map(str::to_owned).collect(),
                    open: !others.is_empty(),
                    members: BTreeMap::new(),
                };
                self.classes.insert(name.to_owned(), class).is_some()
            }
            "def" => {
                let ty = Self::ty(&mut self.types, value, place);
                self.functions.insert(name.to_owned(), ty).is_some()
            }
            "var" => {
                let ty = Self::ty(&mut self.types, value, place);
                self.variables.insert(name.to_owned(), ty).is_some()
            }
            "alias" => self.aliases.insert(name.to_owned(), value.to_owned()).is_some(),
            "export" => self.exports.insert(name.to_owned(), value.to_owned()).is_some(),
            _ => return Err(format!("`{kind}` is no kind of entry")),
        };
        if earlier { Err(format!("`{name}` is listed twice")) } else { Ok(()) }
    }

    /// Takes a type in; `None` is short for its class.
    fn ty(types: &mut BTreeMap<String, String>, text: &str, place: &str) -> String {
        let mut ty = String::new();
        for piece in text.split_inclusive(|letter| !is_name(letter)) {
            let word = piece.trim_end_matches(|letter| !is_name(letter));
            ty.push_str(if word == "None" { "types.NoneType" } else { word });
            ty.push_str(&piece[word.len()..]);
        }
        types.entry(ty.clone()).or_insert_with(|| place.to_owned());
        ty
    }

    /// Every class that something refers to is listed.
    fn check(&self) -> Result<(), String> {
        for (ty, place) in &self.types {
            for name in ty.split(|letter| !is_name(letter)).filter(|name| name.contains('.')) {
                if !self.classes.contains_key(name) {
                    return Err(format!("{place}: `{name}` is not listed"));
                }
            }
        }
        for Class { place, bases, .. } in self.classes.values() {
            if let Some(base) = bases.iter().find(|base| !self.classes.contains_key(*base)) {
                return Err(format!("{place}: the base `{base}` is not listed"));
            }
        }
        for (alias, name) in &self.aliases {
            let known = self.classes.contains_key(name)
                || self.functions.contains_key(name)
                || self.variables.contains_key(name);
            if !known || self.classes.contains_key(alias) {
                return Err(format!("data: the alias `{alias}` leads nowhere, or is a name of its own"));
            }
        }
        Ok(())
    }

    /// The tables as Rust source. Names of classes, members and types are numbered: each is written once, and a member is
    /// small.
    fn source(&self) -> String {
        let members: BTreeSet<&str> =
            self.classes.values().flat_map(|class| class.members.keys()).map(String::as_str).collect();
        let members: Vec<&str> = members.into_iter().collect();
        let types: Vec<&str> = self.types.keys().map(String::as_str).collect();
        let type_at = |ty: &String| types.partition_point(|other| **other < **ty);
        let classes: Vec<&str> = self.classes.keys().map(String::as_str).collect();
        let mut out = String::new();
        names(&mut out, "MEMBER_NAMES", members.iter().copied());
        texts(&mut out, "TYPES", types.iter().copied());
        names(&mut out, "CLASS_NAMES", classes.iter().copied());
        let (mut rows, mut all_members, mut lineages) = (Vec::new(), Vec::new(), Vec::new());
        for (name, class) in &self.classes {
            let row = (class.open, class.bases.len(), lineages.len(), all_members.len());
            rows.push(row);
            let place = |name: &&str| classes.partition_point(|other| other < name);
            lineages.extend(self.lineage(name).iter().map(place));
            all_members.extend(class.members.iter().map(|(member, (callable, ty))| {
                let name = members.partition_point(|other| *other < member.as_str());
                (name, *callable, type_at(ty))
            }));
        }
        rows.push((false, 0, lineages.len(), all_members.len()));
        numbers(&mut out, "CLASSES", "(bool, u8, u16, u16)", rows);
        numbers(&mut out, "LINEAGES", "u16", lineages);
        numbers(&mut out, "MEMBERS", "(u16, bool, u16)", all_members);
        for (table, rows) in [("FUNCTION", &self.functions), ("VARIABLE", &self.variables)] {
            names(&mut out, &format!("{table}S"), rows.keys().map(String::as_str));
            numbers(&mut out, &format!("{table}_TYPES"), "u16", rows.values().map(type_at));
        }
        for (table, values, rows) in [("ALIASES", "ALIASED", &self.aliases), ("EXPORTS", "EXPORTED", &self.exports)] {
            names(&mut out, table, rows.keys().map(String::as_str));
            texts(&mut out, values, rows.values().map(String::as_str));
        }
        out
    }

    /// The class and its ancestors, nearest first, each once.
    fn lineage<'s>(&'s self, class: &'s str) -> Vec<&'s str> {
        let mut found = vec![class];
        let mut next = 0;
        while let Some(class) = found.get(next).copied() {
            for base in &self.classes[class].bases {
                if !found.contains(&base.as_str()) {
                    found.push(base);
                }
            }
            next += 1;
        }
        found
    }
}

/// Part of a qualified name.
fn is_name(letter: char) -> bool {
    letter == '.' || letter == '_' || letter.is_alphanumeric()
}
