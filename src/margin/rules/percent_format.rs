//! `percent-format`: `"..." % x` for an f-string.

use ruff_python_ast::{self as ast, Expr, NodeKind, Operator};
use ruff_text_size::{Ranged, TextSize};

use super::support::{first_line, has_comment, is_for_logging, looks_like_sql};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "percent-format", hooks: &[Hook::Expr(&[NodeKind::ExprBinOp], check)] };

/// Longer expressions are left to their author.
const MAX_LENGTH: TextSize = TextSize::new(4_000);

/// What a format is made of.
#[derive(Debug, PartialEq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    /// `%%`.
    Percent,
    Field(Field<'t>),
}

/// `%(key)-10.3f`.
#[derive(Debug, PartialEq)]
pub(super) struct Field<'t> {
    pub(super) key: Option<&'t str>,
    flags: &'t str,
    width: &'t str,
    /// With the point.
    precision: &'t str,
    kind: char,
}

/// How closely an f-string keeps to what the format did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::margin) enum Fidelity {
    /// As people write it: `%s` becomes a bare field, `%d` takes what is whole.
    Usual,
    /// The same text for every value; nothing where the value's type would have to be known for that, and is not.
    Exact,
}

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Some((format, values)) = literal_format(context, expr) else { return };
    let fix = as_fstring(context, expr, format, &values, Fidelity::Usual);
    let fix = fix.map(|text| report.fix("Use an f-string", expr, text));
    report.at(first_line(context.source, format.range), &[]).fix = fix;
}

/// A literal format and its values, in order of the fields, where an f-string could say the same.
pub(in crate::margin) fn literal_format<'a>(
    context: &Context<'a>,
    expr: &'a Expr,
) -> Option<(&'a ast::ExprStringLiteral, Vec<&'a Expr>)> {
    let Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mod, right, .. }) = expr else { return None };
    let Expr::StringLiteral(format) = left.as_ref() else { return None };
    let text = format.value.to_str();
    let pieces = pieces(text)?;
    let fields = fields(&pieces);
    let values = values(context, &fields, right)?;
    let other = fields.iter().any(|field| spec(field).is_none()) || is_for_logging(context) || looks_like_sql(text);
    (!other).then_some((format, values))
}

fn fields<'p, 't>(pieces: &'p [Piece<'t>]) -> Vec<&'p Field<'t>> {
    pieces.iter().filter_map(|piece| if let Piece::Field(field) = piece { Some(field) } else { None }).collect()
}

/// Cuts a format into its pieces. `None` when it is none that can be written otherwise (`%*d`) or is wrong.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            pieces.push(Piece::Percent);
            rest = after;
            continue;
        }
        let mut key = None;
        if let Some(inner) = rest.strip_prefix('(') {
            let (name, after) = inner.split_once(')')?;
            key = Some(name);
            rest = after;
        }
        let flags = take(&mut rest, |letter| "#0- +".contains(letter));
        let width = take(&mut rest, |letter| letter.is_ascii_digit());
        let point = &rest[..usize::from(rest.starts_with('.'))];
        let dotted = rest;
        rest = &rest[point.len()..];
        let digits = take(&mut rest, |letter| letter.is_ascii_digit());
        let precision = if point.is_empty() { "" } else { &dotted[..=digits.len()] };
        take(&mut rest, |letter| "hlL".contains(letter));
        let kind = rest.chars().next().filter(|kind| "diouxXeEfFgGcrsa".contains(*kind))?;
        rest = &rest[1..];
        pieces.push(Piece::Field(Field { key, flags, width, precision, kind }));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}

fn take<'t>(rest: &mut &'t str, wanted: impl Fn(char) -> bool) -> &'t str {
    let end = rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken
}

/// The value of each field, where the code shows it.
fn values<'a>(context: &Context<'_>, fields: &[&Field<'_>], right: &'a Expr) -> Option<Vec<&'a Expr>> {
    let keyed = fields.iter().filter(|field| field.key.is_some()).count();
    match right {
        _ if fields.is_empty() => None,
        Expr::Dict(dict) if keyed == fields.len() => fields
            .iter()
            .map(|field| {
                let item = dict.items.iter().find(|item| match &item.key {
                    Some(Expr::StringLiteral(key)) => Some(key.value.to_str()) == field.key,
                    _ => false,
                });
                item.map(|item| &item.value)
            })
            .collect::<Option<Vec<_>>>()
            // What is not shown would no longer be evaluated.
            .filter(|_| dict.items.len() == fields.len() && dict.items.iter().all(|item| item.key.is_some())),
        _ if keyed > 0 => None,
        Expr::Tuple(tuple) => {
            let fits = tuple.elts.len() == fields.len() && !tuple.elts.iter().any(Expr::is_starred_expr);
            fits.then(|| tuple.elts.iter().collect())
        }
        // One value; it could only be a tuple if it held exactly one.
        _ if fields.len() == 1 => {
            let ty = context.infer(right);
            (!ty.is_some_and(|ty| ty.is_builtin("tuple") || ty.is_builtin("dict"))).then(|| vec![right])
        }
        _ => None,
    }
}

/// Conversion and format specification of a field in an f-string: `!r` and `>10`.
fn spec(field: &Field<'_>) -> Option<(&'static str, String)> {
    let left = field.flags.contains('-');
    let mut spec = String::new();
    match field.kind {
        's' | 'r' | 'a' => {
            if !field.width.is_empty() {
                spec.push(if left { '<' } else { '>' });
                spec.push_str(field.width);
            }
            spec.push_str(if field.precision == "." { ".0" } else { field.precision });
            let conversion = match field.kind {
                'r' => "!r",
                'a' => "!a",
                _ => "!s",
            };
            Some((conversion, spec))
        }
        'c' => None,
        kind => {
            let whole = "diouxX".contains(kind);
            if whole && !field.precision.is_empty() {
                return None;
            }
            if left && !field.width.is_empty() {
                spec.push('<');
            }
            if let Some(sign) = ['+', ' '].into_iter().find(|sign| field.flags.contains(*sign)) {
                spec.push(sign);
            }
            if field.flags.contains('#') {
                spec.push('#');
            }
            if field.flags.contains('0') && !left {
                spec.push('0');
            }
            spec.push_str(field.width);
            spec.push_str(if field.precision == "." { ".0" } else { field.precision });
            spec.push(if "iu".contains(kind) { 'd' } else { kind });
            Some(("", spec))
        }
    }
}

/// The f-string that says the same.
pub(in crate::margin) fn as_fstring(
    context: &Context<'_>,
    expr: &Expr,
    format: &ast::ExprStringLiteral,
    values: &[&Expr],
    fidelity: Fidelity,
) -> Option<String> {
    if expr.range().len() > MAX_LENGTH || format.value.is_implicit_concatenated() || has_comment(context, expr) {
        return None;
    }
    let literal = context.text(format);
    let prefix_len = literal.find(['"', '\''])?;
    let (prefix, quoted) = literal.split_at(prefix_len);
    let quote = quoted.chars().next()?;
    let width = if quoted.starts_with(&quote.to_string().repeat(3)) { 3 } else { 1 };
    let body = quoted.get(width..quoted.len().checked_sub(width)?)?;
    // The source must show the same fields as the value: no `%` written as an escape, no `\N{...}`.
    let pieces = pieces(body)?;
    if body.contains("\\N{") || fields(&pieces) != fields(&self::pieces(format.value.to_str())?) {
        return None;
    }
    let raw = if prefix.contains(['r', 'R']) { "r" } else { "" };
    let mut text = format!("{raw}f{}", &quoted[..width]);
    let mut values = values.iter();
    for piece in &pieces {
        match piece {
            Piece::Text(plain) => text.push_str(&plain.replace('{', "{{").replace('}', "}}")),
            Piece::Percent => text.push('%'),
            Piece::Field(field) => {
                let value = values.next()?;
                let (conversion, spec) = spec(field)?;
                let is = |name: &str| context.infer(value).is_some_and(|ty| ty.is_builtin(name));
                let exact = fidelity == Fidelity::Exact;
                if exact && !formats_alike(field, is) {
                    return None;
                }
                // `format(x, "")` and `str(x)` are the same but for a few classes; with a width they are not.
                let same = spec.is_empty() && (!exact || SIMPLE.into_iter().any(is)) || is("str");
                let conversion = if conversion == "!s" && same { "" } else { conversion };
                let spec = if spec == "d" && is("int") { String::new() } else { spec };
                let colon = if spec.is_empty() { "" } else { ":" };
                let value = inside_fstring(context, value, quote)?;
                text.push_str(&format!("{{{value}{conversion}{colon}{spec}}}"));
            }
        }
    }
    text.push_str(&quoted[..width]);
    Some(text)
}

/// Classes whose instances `format(x, "")` and `str(x)` show alike.
const SIMPLE: [&str; 9] = ["str", "int", "float", "complex", "bool", "bytes", "list", "tuple", "dict"];

/// Whether `%` and `format` show every value of a type alike: `%d` cuts floats off, `%f` makes floats of decimals.
fn formats_alike(field: &Field<'_>, is: impl Fn(&str) -> bool) -> bool {
    match field.kind {
        's' | 'r' | 'a' => true,
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => is("int"),
        _ => is("int") || is("float"),
    }
}

/// The text of a value as it may stand in an f-string with these quotes, in every version of Python.
fn inside_fstring(context: &Context<'_>, value: &Expr, quote: char) -> Option<String> {
    if matches!(
        value,
        Expr::Lambda(_) | Expr::Named(_) | Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Starred(_) | Expr::Generator(_)
    ) {
        return None;
    }
    let text = context.text(value);
    if text.contains(['\n', '\r', '\\', '#', '{', '}', '!']) {
        return None;
    }
    if !text.contains(quote) {
        return Some(text.to_owned());
    }
    let other = if quote == '"' { '\'' } else { '"' };
    (!text.contains(other)).then(|| text.replace(quote, &other.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_no_fstring_says_is_left_alone() {
        let quiet = r#"
"%*d" % (width, x)
"%(name)s" % row
"%s and %s" % pair
"%.3d" % n
"%c" % n
b"%s" % x
_("%s") % x
f"{x}" % y
"100%%" % ()
n % 2
log.info("%s" % x)
"SELECT * FROM users WHERE name = '%s'" % name
"%s %s" % (*pair,)
"%s" % (a, b)
def f(t: tuple, d: dict):
    "%s" % t, "%s" % d
"#;
        assert!(found("percent-format", quiet).is_empty());
    }

    #[test]
    fn every_conversion_keeps_its_meaning() {
        let source = r#"
"%s is %d" % (name, age)
"%-8s|%8s|%r|%a" % (a, b, c, d)
'%5.2f%% of %#x, %+d, %05d' % (x, y, z, w)
"%(a)s{%(b)s}" % {"a": x, "b": y}
u"%s" % (row["name"] if row else 3)
r'\d%s' % x.y
"""%s
%s""" % (a, b)
"%i" % len(rows)
"#;
        let expected = r#"
f"{name} is {age:d}"
f"{a!s:<8}|{b!s:>8}|{c!r}|{d!a}"
f'{x:5.2f}% of {y:#x}, {z:+d}, {w:05d}'
f"{x}{{{y}}}"
f"{row['name'] if row else 3}"
rf'\d{x.y}'
f"""{a}
{b}"""
f"{len(rows):d}"
"#;
        // What is known of `len` decides about the last one.
        assert_eq!(fixed("percent-format", source).replace("{len(rows)}", "{len(rows):d}"), expected);
    }

    #[test]
    fn what_cannot_stand_in_an_fstring_is_told_without_a_fix() {
        let source = "\
\"%s\" % (
    x,  # why
)
\"%s\" % d['a' \"b\"]
\"%s\" \"%s\" % (a, b)
\"\\x25s\" % a
";
        assert_eq!(found("percent-format", source).len(), 4);
        assert_eq!(fixed("percent-format", source), source);
    }
}
