//! Reads the file of a rule.

use super::front::{At, Fields, cut, parse};
use super::markdown::{Part, all_known, parts};
use super::{Declared, Faults, SourceFile, Toc, matching, stem};
use crate::book::{List, Text};
use crate::knowledge::note::{is_identifier, is_qualified, is_rule_name};
use crate::knowledge::rule::{Detection, FixKind, GROUPS, Rule, RuleDocs, Severity};

const HEADINGS: [&str; 4] = ["What it does", "Why the book warns", "Example", "Use instead"];

/// Reads a rule. `None` when something is missing without which there is no rule.
pub(super) fn read(file: &SourceFile, toc: &Toc, faults: &mut Faults<'_>) -> Option<Declared<Rule>> {
    let sheet = cut(&file.text, faults)?;
    let base = sheet.front.start;
    let table = parse(&file.text[sheet.front.clone()], base, faults)?;
    let mut fields = Fields::new(&table, base);

    let name = name(file, &mut fields, faults);
    let mut sections = fields.sections("sections", faults);
    let named = fields.required("sections", (!sections.is_empty()).then_some(()), faults);
    if named.is_none() && fields.has("sections") {
        faults.at(fields.range(), "`sections` names no section: a rule belongs to at least one");
    }
    sections.retain(|number| toc.check(number.value, &number.range, faults));
    let group = group(&mut fields, faults);
    let severity = severity(&mut fields, faults);
    let default = fields.flag("default", faults);
    let since = fields.since(faults);
    let fix = fix(&mut fields, faults);
    let equivalents = fields.codes("equivalents", true, faults);
    let message = fields.required_string("message", faults);
    let detection = detection(&mut fields, base, faults);
    let replace_with = fields.string("replace_with", faults);
    let add_argument = fields.string("add_argument", faults);
    let unnecessary = fields.flag("unnecessary", faults);
    let deprecated = fields.flag("deprecated", faults);
    let tests = fields.flag_or("tests", true, faults);
    fields.finish(faults);

    let declared = matches!(detection, Some(Detection::Match(_)));
    if let Some(message) = &message {
        check_message(message, declared, faults);
    }
    check_fix(fix.as_ref(), replace_with.as_ref(), add_argument.as_ref(), detection.as_ref(), faults);

    let docs = docs(&parts(&sheet, &HEADINGS, faults), matches!(detection, Some(Detection::Project)), faults);
    let At { value: name, range } = name?;
    let rule = Rule {
        name: owned(name),
        sections: List::Owned(sections.into_iter().map(|number| number.value).collect()),
        group: owned(group?),
        severity,
        default,
        since,
        fix: fix?.value,
        equivalents: List::Owned(equivalents),
        message: owned(message?.value),
        detection: detection?,
        replace_with: owned(replace_with.map_or("", |name| name.value)),
        add_argument: owned(add_argument.map_or("", |argument| argument.value)),
        unnecessary,
        deprecated,
        tests,
        docs: docs?,
    };
    if rule.sections.is_empty() {
        return None;
    }
    let line = faults.line_of(range.start);
    Some(Declared { value: rule, path: file.path.clone(), line })
}

fn owned(text: &str) -> Text {
    Text::Owned(text.to_owned())
}

fn name<'t>(file: &SourceFile, fields: &mut Fields<'t>, faults: &mut Faults<'_>) -> Option<At<&'t str>> {
    let name = fields.required_string("rule", faults)?;
    if !is_rule_name(name.value) {
        faults.at(&name.range, format!("`{}` is not a rule name: lower-case words joined by `-`", name.value));
        return None;
    }
    if stem(&file.path) != name.value {
        faults.at(&name.range, format!("the file must be named after the rule: `{}.md`", name.value));
    }
    Some(name)
}

fn group<'t>(fields: &mut Fields<'t>, faults: &mut Faults<'_>) -> Option<&'t str> {
    let At { value, range } = fields.required_string("group", faults)?;
    if GROUPS.contains(&value) {
        return Some(value);
    }
    faults.at(&range, format!("unknown group `{value}`; known are: {}", GROUPS.join(", ")));
    None
}

fn severity(fields: &mut Fields<'_>, faults: &mut Faults<'_>) -> Severity {
    let Some(At { value, range }) = fields.string("severity", faults) else { return Severity::Hint };
    value.parse().unwrap_or_else(|message: String| {
        faults.at(&range, message);
        Severity::Hint
    })
}

/// `None` when it cannot be told.
fn fix(fields: &mut Fields<'_>, faults: &mut Faults<'_>) -> Option<At<FixKind>> {
    let Some(At { value, range }) = fields.string("fix", faults) else {
        return (!fields.has("fix")).then_some(At { value: FixKind::None, range: 0..0 });
    };
    let kind = FixKind::from_name(value);
    if kind.is_none() {
        faults.at(&range, format!("unknown fix `{value}`; known are: none, safe, unsafe"));
    }
    kind.map(|value| At { value, range })
}

/// A declared rule fixes by `replace_with` or by `add_argument`, and these are fixes of declared rules only.
fn check_fix(
    fix: Option<&At<FixKind>>,
    replace_with: Option<&At<&str>>,
    add_argument: Option<&At<&str>>,
    detection: Option<&Detection>,
    faults: &mut Faults<'_>,
) {
    let declared = matches!(detection, Some(Detection::Match(_)));
    let fixes = fix.filter(|fix| fix.value != FixKind::None);
    if let Some(replace_with) = replace_with.filter(|name| !is_qualified(name.value)) {
        faults.at(&replace_with.range, format!("`{}` is not a qualified name", replace_with.value));
    }
    let is_argument =
        |text: &str| text.split_once('=').is_some_and(|(name, value)| is_identifier(name) && !value.trim().is_empty());
    if let Some(argument) = add_argument.filter(|argument| !is_argument(argument.value)) {
        faults.at(&argument.range, format!("`{}` is not a keyword argument: `name=value`", argument.value));
    }
    let mut ways = [("replace_with", replace_with), ("add_argument", add_argument)]
        .into_iter()
        .filter_map(|(key, way)| way.map(|way| (key, way)));
    let Some((key, way)) = ways.next() else {
        if let Some(fix) = fixes.filter(|_| declared) {
            let message = "a rule with a `match` can fix only by `replace_with` or `add_argument`; both are missing";
            faults.at(&fix.range, message);
        }
        return;
    };
    if let Some((other, way)) = ways.next() {
        faults.at(&way.range, format!("a rule fixes by `{key}` or by `{other}`, not both"));
    }
    if detection.is_some() && !declared {
        faults.at(&way.range, format!("`{key}` is for rules with a `match`; a detector makes its own fix"));
    } else if fix.is_some() && fixes.is_none() {
        faults.at(&way.range, format!("`{key}` is a fix: say `fix = \"safe\"` or `fix = \"unsafe\"`"));
    }
}

fn detection(fields: &mut Fields<'_>, base: usize, faults: &mut Faults<'_>) -> Option<Detection> {
    let matches = fields.value("match");
    let detector = fields.string("detector", faults);
    match (matches, detector) {
        (Some(_), Some(At { range, .. })) => {
            faults.at(&range, "a rule has a `match` or a `detector`, not both");
            None
        }
        (Some(value), None) => matching::read(&value, base, faults).map(|found| Detection::Match(List::Owned(found))),
        (None, Some(At { value: "code", .. })) => Some(Detection::Code),
        (None, Some(At { value: "project", .. })) => Some(Detection::Project),
        (None, Some(At { value, range })) => {
            faults.at(&range, format!("unknown detector `{value}`; known are: code, project"));
            None
        }
        (None, None) => {
            if !fields.has("detector") {
                faults.at(fields.range(), "the rule needs a `match` or `detector = \"code\"`");
            }
            None
        }
    }
}

/// The message is one sentence without final stop; the section is added when it is shown.
fn check_message(message: &At<&str>, declared: bool, faults: &mut Faults<'_>) {
    let text = message.value;
    if text.contains('\n') {
        faults.at(&message.range, "the message must be one line");
    }
    if text.ends_with('.') {
        faults.at(&message.range, "the message ends without a full stop: the section follows it");
    }
    if declared {
        for name in placeholders(text).filter(|name| !["symbol", "name"].contains(name)) {
            let known = "a `match` knows `{symbol}` and `{name}`";
            faults.at(&message.range, format!("`{{{name}}}` is not filled in: {known}"));
        }
    }
}

/// The names in braces.
fn placeholders(message: &str) -> impl Iterator<Item = &str> {
    message
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .filter(|n| is_identifier(n))
}

fn docs(parts: &[Part<'_>], project: bool, faults: &mut Faults<'_>) -> Option<RuleDocs> {
    let before = &parts[0];
    if before.lines.iter().any(|line| !line.trim().is_empty()) {
        faults.at_line(before.first_line(), "text before the first heading: `## What it does` comes first");
    }
    let find = |heading: &str, faults: &mut Faults<'_>| {
        let part = parts.iter().find(|part| part.heading == heading);
        if part.is_none() && all_known(parts, &HEADINGS) {
            faults.at_line(before.line, format!("the rule has no `## {heading}`"));
        }
        part
    };
    let what = find(HEADINGS[0], faults).map(|part| prose(part, faults));
    let why = find(HEADINGS[1], faults).map(|part| prose(part, faults));
    let example = find(HEADINGS[2], faults).and_then(|part| code(part, project, faults));
    let instead = find(HEADINGS[3], faults).and_then(|part| code(part, project, faults));
    let (language, example) = example?;
    Some(RuleDocs {
        what: Text::Owned(what?),
        why: Text::Owned(why?),
        language: owned(language),
        example: Text::Owned(example),
        instead: Text::Owned(instead?.1),
    })
}

fn prose(part: &Part<'_>, faults: &mut Faults<'_>) -> String {
    let text = part.flowing();
    if text.is_empty() {
        faults.at_line(part.line, format!("`## {}` is empty", part.heading));
    }
    text
}

/// A block of Python; a rule about a project's files may show any language.
fn code<'f>(part: &Part<'f>, project: bool, faults: &mut Faults<'_>) -> Option<(&'f str, String)> {
    let (language, code) = part.code(faults)?;
    if language != "python" && !project {
        faults.at_line(part.first_line(), format!("the code block of `## {}` must begin with ```python", part.heading));
    }
    Some((language, code))
}
