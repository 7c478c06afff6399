//! `percent-format-argument-mismatch`: a `%` template whose values do not fit it.

use ruff_python_ast::{self as ast, Expr, NodeKind, Number, Operator};

use super::support::{expects_error, words};
use super::{Detector, Hook, Report};
use crate::python::{Context, ScopeKind};

pub(super) const DETECTOR: Detector =
    Detector { rule: "percent-format-argument-mismatch", hooks: &[Hook::Expr(&[NodeKind::ExprBinOp], check)] };

fn check<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::BinOp(ast::ExprBinOp { left, op: Operator::Mod, right, .. }) = expr else { return };
    let Expr::StringLiteral(template) = left.as_ref() else { return };
    let problem = match conversions(template.value.to_str()) {
        Ok(conversions) => mismatch(&conversions, right),
        Err(problem) => Some(problem),
    };
    if let Some(problem) = problem.filter(|_| !expects_error(context) && !is_bad_on_purpose(context)) {
        report.at(left.as_ref(), &[("problem", &problem)]);
    }
}

/// Whether a test makes something bad to see what comes of it, and says so in the name of a function or class.
fn is_bad_on_purpose(context: &Context<'_>) -> bool {
    let says = |name: &str| words(name).iter().any(|word| ["bad", "broken", "invalid", "malformed"].contains(&word.as_str()));
    context.in_test()
        && context.scopes().iter().any(|scope| match scope.kind {
            ScopeKind::Function(def) => says(&def.name),
            ScopeKind::Class(class) => says(&class.name),
            _ => false,
        })
}

/// One `%...x` of a template.
struct Conversion<'t> {
    /// The name in `%(name)s`.
    key: Option<&'t str>,
    /// How many `*` take a value of their own.
    stars: usize,
    /// The last letter.
    kind: char,
}

/// The conversions of a template but for `%%`, or what is wrong with the template itself.
fn conversions(template: &str) -> Result<Vec<Conversion<'_>>, String> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        let mut key = None;
        if let Some(inner) = rest.strip_prefix('(') {
            let end = closing_parenthesis(inner).ok_or("the template ends inside `%(`")?;
            key = Some(&inner[..end]);
            rest = &inner[end + 1..];
        }
        rest = rest.trim_start_matches(['#', '0', '-', ' ', '+']);
        let mut stars = 0;
        let mut number = |text: &mut &str| match text.strip_prefix('*') {
            Some(after) => {
                stars += 1;
                *text = after;
            }
            None => *text = text.trim_start_matches(|digit: char| digit.is_ascii_digit()),
        };
        number(&mut rest);
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            number(&mut rest);
        }
        rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
        let kind = rest.chars().next().ok_or("the template ends inside a `%` conversion")?;
        rest = &rest[kind.len_utf8()..];
        match kind {
            '%' => {}
            'd' | 'i' | 'o' | 'u' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'c' | 'r' | 's' | 'a' => {
                found.push(Conversion { key, stars, kind });
            }
            _ => return Err(format!("`{}` is no conversion of `%`", kind.escape_debug())),
        }
    }
    Ok(found)
}

/// Where the parenthesis that stands open is closed: a key may hold pairs of its own.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.char_indices().find_map(|(at, letter)| {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
        None
    })
}

/// Why the values on the right do not fit, if that is certain.
fn mismatch(conversions: &[Conversion<'_>], right: &Expr) -> Option<String> {
    let needed: usize = conversions.iter().map(|conversion| 1 + conversion.stars).sum();
    if let Some(first) = conversions.iter().position(|conversion| conversion.key.is_some()) {
        if conversions[first..].iter().any(|conversion| conversion.key.is_none() || conversion.stars > 0) {
            return Some("a named conversion is followed by one without a name".to_owned());
        }
        return match right {
            Expr::Dict(dict) => missing_key(conversions, dict),
            Expr::Tuple(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::FString(_) | Expr::List(_) => {
                Some("the template names its values and gets no mapping".to_owned())
            }
            _ => None,
        };
    }
    match right {
        Expr::Tuple(tuple) => {
            let unpacked = tuple.elts.iter().any(Expr::is_starred_expr);
            let given = tuple.elts.iter().filter(|value| !value.is_starred_expr()).count();
            if given > needed || given < needed && !unpacked {
                return Some(format!("the template takes {} and gets {given}", values(needed)));
            }
            if unpacked || needed != conversions.len() {
                return None;
            }
            conversions.iter().zip(&tuple.elts).find_map(|(conversion, value)| wrong_kind(conversion, value))
        }
        // A mapping, or something that looks like one, need not be used up.
        Expr::Dict(_) | Expr::List(_) | Expr::ListComp(_) | Expr::DictComp(_) if needed < 2 => None,
        Expr::Dict(_)
        | Expr::List(_)
        | Expr::Set(_)
        | Expr::ListComp(_)
        | Expr::SetComp(_)
        | Expr::DictComp(_)
        | Expr::StringLiteral(_)
        | Expr::FString(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_) => match conversions {
            [only] if needed == 1 => wrong_kind(only, right),
            _ => Some(format!("the template takes {} and gets 1", values(needed))),
        },
        _ => None,
    }
}

fn values(count: usize) -> String {
    match count {
        0 => "no value".to_owned(),
        1 => "1 value".to_owned(),
        _ => format!("{count} values"),
    }
}

fn missing_key(conversions: &[Conversion<'_>], dict: &ast::ExprDict) -> Option<String> {
    let keys: Option<Vec<&str>> = dict
        .items
        .iter()
        .map(|item| match item.key.as_ref()? {
            Expr::StringLiteral(key) => Some(key.value.to_str()),
            _ => None,
        })
        .collect();
    let keys = keys?;
    let missing = conversions.iter().filter_map(|conversion| conversion.key).find(|key| !keys.contains(key))?;
    Some(format!("the mapping has no key \"{missing}\""))
}

/// A number is asked for and something else given.
fn wrong_kind(conversion: &Conversion<'_>, value: &Expr) -> Option<String> {
    let kind = conversion.kind;
    if !matches!(kind, 'd' | 'i' | 'u' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G') {
        return None;
    }
    let given = match value {
        Expr::StringLiteral(_) | Expr::FString(_) => "a string",
        Expr::BytesLiteral(_) => "bytes",
        Expr::NoneLiteral(_) => "None",
        Expr::List(_) | Expr::ListComp(_) => "a list",
        Expr::Dict(_) | Expr::DictComp(_) => "a dict",
        Expr::Set(_) | Expr::SetComp(_) => "a set",
        Expr::Tuple(_) => "a tuple",
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Float(_), .. })
            if matches!(kind, 'o' | 'x' | 'X') =>
        {
            "a float"
        }
        _ => return None,
    };
    Some(format!("`%{kind}` wants a number and gets {given}"))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    const RULE: &str = "percent-format-argument-mismatch";

    #[test]
    fn what_fails_is_found() {
        for line in [
            "'%s %s' % (a,)",
            "'%s' % (a, b)",
            "'%s' % ()",
            "'%s' % (a, b, *rest)",
            "'done' % 1",
            "'%s %s' % 'one'",
            "'%s %s' % [a, b]",
            "'%s %s' % {'a': 1}",
            "'%(a)s' % {'b': 1}",
            "'%(a)s' % (1,)",
            "'%(a)s %s' % values",
            "'%(a)*d' % values",
            "'%y' % a",
            "'100%' % a",
            "'%(name' % a",
            "'%d' % 'one'",
            "'%s: %d' % (a, 'one')",
            "'%x' % 1.5",
            "'%*d' % (1,)",
        ] {
            assert_eq!(found(RULE, line).len(), 1, "{line}");
        }
    }

    #[test]
    fn what_fits_or_cannot_be_told_is_not() {
        for line in [
            "'%s' % a",
            "'%s %s' % a",
            "'%s %s' % (*a,)",
            "'%s %s' % (a, *b)",
            "'%s' % {'a': 1}",
            "'done' % {}",
            "'done' % [a]",
            "'%s%%' % 5",
            "'%(a)s' % {**more}",
            "'%(a)s' % {key: 1}",
            "'%(a(b))s' % {'a(b)': 1}",
            "'%(a)s' % {'a': 1, 'unused': 2}",
            "'%s %(a)s' % {'a': 1}",
            "'%*d' % (5, n)",
            "'%-10.3f|%+05d|%#x' % (1.0, 2, 3)",
            "'%.*f' % (2, n)",
            "'%ld' % n",
            "'%d' % 1.5",
            "'%c' % 'x'",
            "b'%b' % b'x'",
            "10 % 3",
            "with raises(TypeError):\n    '%s' % ()",
        ] {
            assert!(found(RULE, line).is_empty(), "{line}");
        }
    }
    #[test]
    fn a_test_may_make_a_bad_template() {
        let source = "\
def test_bad_text():
    class Text:
        def __str__(self):
            return 'a %(err)' % {'err': 1}
def test_text():
    return 'a %(err)' % {'err': 1}
def bad_text():
    return 'a %(err)' % {'err': 1}
";
        assert_eq!(found(RULE, source).len(), 2);
    }
}
