//! Reads the match language of declared rules.

use toml::de::DeValue;

use super::Faults;
use super::front::{At, Fields, integer, kind};
use crate::book::{List, Text};
use crate::knowledge::note::{is_identifier, is_qualified};
use crate::knowledge::rule::{ArgumentTest, Match, Place, Surrounding, Value, ValueTest};

/// Reads the value of `match`: one alternative, or a list of them.
pub(super) fn read<'t>(value: &At<&'t DeValue<'t>>, base: usize, faults: &mut Faults<'_>) -> Option<Vec<Match>> {
    let alternatives: Vec<At<&'t DeValue<'t>>> = match value.value {
        DeValue::Array(items) if !items.is_empty() => {
            let at = |range: std::ops::Range<usize>| base + range.start..base + range.end;
            items.iter().map(|item| At { value: item.get_ref(), range: at(item.span()) }).collect()
        }
        DeValue::Array(_) => {
            faults.at(&value.range, "`match` is an empty list");
            return None;
        }
        _ => vec![At { value: value.value, range: value.range.clone() }],
    };
    alternatives.iter().map(|alternative| one(alternative, base, faults)).collect()
}

fn one<'t>(value: &At<&'t DeValue<'t>>, base: usize, faults: &mut Faults<'_>) -> Option<Match> {
    let mut fields = Fields::of(value, base, "a match", faults)?;
    let mut found: Vec<(Place, Vec<At<&str>>)> = Vec::new();
    for place in Place::ALL {
        let names = fields.string_or_list(place.name(), faults);
        if fields.has(place.name()) {
            found.push((place, names));
        }
    }
    let arguments = arguments(&mut fields, base, faults);
    let inside = surroundings(&mut fields, "inside", faults);
    let not_inside = surroundings(&mut fields, "not_inside", faults);
    let range = fields.range().clone();
    fields.finish(faults);
    if found.len() != 1 {
        let places: Vec<_> = Place::ALL.iter().map(|place| place.name()).collect();
        faults.at(&range, format!("a match looks at exactly one of: {}", places.join(", ")));
        return None;
    }
    let (place, names) = found.pop()?;
    if names.is_empty() {
        faults.at(&range, format!("`{}` names nothing", place.name()));
    }
    if !arguments.is_empty() && !place.is_call() {
        faults.at(&range, format!("`{}` has no arguments to test", place.name()));
    }
    if let Some(both) = inside.iter().find(|surrounding| not_inside.contains(surrounding)) {
        faults.at(&range, format!("`{}` is both in `inside` and in `not_inside`", both.name()));
    }
    Some(Match {
        place,
        names: List::Owned(qualified_names(place, &names, faults)),
        arguments: List::Owned(arguments),
        inside: List::Owned(inside),
        not_inside: List::Owned(not_inside),
    })
}

/// Checks the names, and writes out `builtins.` where a builtin is named alone.
fn qualified_names(place: Place, names: &[At<&str>], faults: &mut Faults<'_>) -> Vec<Text> {
    let mut checked = Vec::new();
    for At { value, range } in names {
        if !is_qualified(value.strip_suffix(".*").unwrap_or(value)) {
            faults.at(range, format!("`{value}` is not a qualified name such as `tempfile.mktemp`"));
        }
        checked.push(if place == Place::Import { Text::Owned((*value).to_owned()) } else { with_module(value) });
    }
    checked
}

/// A name without a module is a builtin's: nothing else can be named without an import.
fn with_module(name: &str) -> Text {
    Text::Owned(if name.contains('.') { name.to_owned() } else { format!("builtins.{name}") })
}

fn surroundings(fields: &mut Fields<'_>, key: &'static str, faults: &mut Faults<'_>) -> Vec<Surrounding> {
    let mut found = Vec::new();
    for At { value, range } in fields.string_or_list(key, faults) {
        if let Some(surrounding) = Surrounding::from_name(value) {
            found.push(surrounding);
        } else {
            let names: Vec<_> = Surrounding::ALL.iter().map(|surrounding| surrounding.name()).collect();
            faults.at(&range, format!("unknown surrounding `{value}`; known are: {}", names.join(", ")));
        }
    }
    found
}

fn arguments(fields: &mut Fields<'_>, base: usize, faults: &mut Faults<'_>) -> Vec<ArgumentTest> {
    let tests = fields.list("arguments", faults);
    tests.iter().filter_map(|test| argument(test, base, faults)).collect()
}

fn argument<'t>(value: &At<&'t DeValue<'t>>, base: usize, faults: &mut Faults<'_>) -> Option<ArgumentTest> {
    let mut fields = Fields::of(value, base, "an argument", faults)?;
    let keyword = fields.string("keyword", faults);
    if let Some(keyword) = keyword.as_ref().filter(|keyword| !is_identifier(keyword.value)) {
        faults.at(&keyword.range, format!("`{}` is not the name of a keyword", keyword.value));
    }
    let position = position(&mut fields, faults);
    let tests = [
        flag_test(&mut fields, "present", ValueTest::Present, None, faults),
        flag_test(&mut fields, "absent", ValueTest::Absent, None, faults),
        flag_test(&mut fields, "literal", ValueTest::Literal, Some(ValueTest::NotLiteral), faults),
        fields.value("is").and_then(|value| constant(&value, base, faults)).map(ValueTest::Is),
        fields.value("is_not").and_then(|value| constant(&value, base, faults)).map(ValueTest::IsNot),
    ];
    let range = fields.range().clone();
    if keyword.is_none() && position.is_none() {
        faults.at(&range, "an argument needs a `keyword` or a `position` (from 0)");
    }
    let given = ["present", "absent", "literal", "is", "is_not"].into_iter().filter(|key| fields.has(key)).count();
    if given != 1 {
        faults.at(&range, "an argument needs exactly one of: is, is_not, present, absent, literal");
    }
    fields.finish(faults);
    let test = tests.into_iter().flatten().next()?;
    let keyword = Text::Owned(keyword.map_or_else(String::new, |keyword| keyword.value.to_owned()));
    Some(ArgumentTest { keyword, position, test })
}

fn position(fields: &mut Fields<'_>, faults: &mut Faults<'_>) -> Option<u8> {
    let At { value, range } = fields.value("position")?;
    let number = value.as_integer().and_then(|number| integer(number.as_str(), number.radix()));
    let position = number.and_then(|number| u8::try_from(number).ok());
    if position.is_none() {
        faults.at(&range, "`position` must be a number from 0 to 255");
    }
    position
}

fn flag_test(
    fields: &mut Fields<'_>,
    key: &'static str,
    yes: ValueTest,
    no: Option<ValueTest>,
    faults: &mut Faults<'_>,
) -> Option<ValueTest> {
    let At { value, range } = fields.value(key)?;
    match (value, no) {
        (DeValue::Boolean(true), _) => Some(yes),
        (DeValue::Boolean(false), Some(no)) => Some(no),
        (_, Some(_)) => {
            faults.at(&range, format!("`{key}` must be true or false, not {}", kind(value)));
            None
        }
        (_, None) => {
            faults.at(&range, format!("write `{key} = true`"));
            None
        }
    }
}

fn constant<'t>(value: &At<&'t DeValue<'t>>, base: usize, faults: &mut Faults<'_>) -> Option<Value> {
    match value.value {
        DeValue::Boolean(flag) => Some(Value::Bool(*flag)),
        DeValue::String(text) => Some(Value::String(Text::Owned(text.to_string()))),
        DeValue::Integer(number) => {
            let known = integer(number.as_str(), number.radix()).map(Value::Integer);
            if known.is_none() {
                faults.at(&value.range, format!("the number {number} is too large"));
            }
            known
        }
        DeValue::Table(_) => named_constant(value, base, faults),
        other => {
            faults.at(&value.range, format!("a value is true, false, a whole number, a string, {{ none = true }} or {{ symbol = \"...\" }}, not {}", kind(other)));
            None
        }
    }
}

fn named_constant<'t>(value: &At<&'t DeValue<'t>>, base: usize, faults: &mut Faults<'_>) -> Option<Value> {
    let mut fields = Fields::of(value, base, "a value", faults)?;
    let none = fields.flag("none", faults);
    let symbol = fields.string("symbol", faults);
    fields.finish(faults);
    match symbol {
        None if none => Some(Value::None),
        Some(symbol) if !none && is_qualified(symbol.value) => Some(Value::Symbol(with_module(symbol.value))),
        Some(symbol) if !none => {
            faults.at(&symbol.range, format!("`{}` is not a qualified name", symbol.value));
            None
        }
        _ => {
            faults.at(&value.range, "a value in braces is { none = true } or { symbol = \"...\" }");
            None
        }
    }
}
