//! `str-format-call`: a literal template filled by `.format()` where an f-string says it in place.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, StringFlags};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::support::{has_comment, is_for_logging};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "str-format-call", hooks: &[Hook::CallOf(&["format"], check)] };

/// A line that the f-string would make longer than this is better left as it is.
const MAX_LINE: usize = 88;

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return };
    if is_for_logging(context) {
        return;
    }
    let Some(filled) = filled(context, call).filter(|filled| !too_long(context, call.range(), &filled.edits)) else {
        return;
    };
    let finding = report.at(attribute.attr.range(), &[]);
    finding.fix = Some(Fix {
        title: "Write it as an f-string".to_owned(),
        safe: filled.simple,
        edits: filled.edits,
        imports: Vec::new(),
    });
}

/// A template with its values in place.
pub(in crate::margin) struct Filled {
    pub(in crate::margin) edits: Vec<Edit>,
    /// Every value is a name, attribute or constant: it makes no difference when and how often it is evaluated.
    simple: bool,
    /// Which arguments the fields show, in order of the fields.
    pub(in crate::margin) order: Vec<usize>,
}

/// The f-string that says the same as a call of `.format()`.
pub(in crate::margin) fn filled<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> Option<Filled> {
    let Expr::Attribute(attribute) = call.func.as_ref() else { return None };
    let Expr::StringLiteral(template) = attribute.value.as_ref() else { return None };
    if attribute.attr.as_str() != "format" || has_comment(context, call) {
        return None;
    }
    let dot = context.token_in(TextRange::new(template.end(), attribute.attr.start()), TokenKind::Dot)?;
    let mut filled = fill(context, template, &call.arguments)?;
    // The lines between the template and the dot go too.
    let before = context.token_before(dot.start())?.end();
    filled.edits.push(Edit::delete(TextRange::new(before, call.end())));
    Some(filled)
}

/// The edits that put the arguments into the template; `None` where an f-string could not say the same.
fn fill<'a>(
    context: &Context<'a>,
    template: &ast::ExprStringLiteral,
    arguments: &'a ast::Arguments,
) -> Option<Filled> {
    let mut values = Values::new(context, arguments)?;
    let mut edits = Vec::new();
    let mut fields = 0;
    for part in &template.value {
        let inner = context.inside_quotes(part, part.flags);
        let text = context.text(inner);
        // A brace may be written as an escape, or belong to one (`\N{EN DASH}`).
        if text.contains("\\N") || text.matches(['{', '}']).count() != part.as_str().matches(['{', '}']).count() {
            return None;
        }
        let found = replacement_fields(text)?;
        fields += found.len();
        if text.contains(['{', '}']) {
            edits.push(prefix(context, part));
        }
        let quote = part.flags.quote_style().as_char();
        for field in found {
            let value = values.take(field.name)?;
            // Before 3.12 an f-string holds neither its own quotes nor a backslash.
            if value.contains([quote, '\\', '{', '}', '#', '\n', '\r']) {
                return None;
            }
            // `1.real` is no attribute of 1, and `-a.b` none of `-a`.
            if !field.way.is_empty() && !value.split('.').all(is_name) {
                return None;
            }
            let range = TextRange::at(inner.start() + TextSize::new(field.start as u32), field.len());
            edits.push(Edit::replace(range, format!("{{{value}{}{}}}", field.way, field.rest)));
        }
    }
    let simple = values.simple;
    (fields > 0 && values.all_used()).then_some(Filled { edits, simple, order: values.order })
}

/// The `f` before a literal; it takes the place of a `u`.
fn prefix(context: &Context<'_>, part: &ast::StringLiteral) -> Edit {
    if context.text(part).starts_with(['u', 'U']) {
        Edit::replace(TextRange::at(part.start(), TextSize::new(1)), "f")
    } else {
        Edit::insert(part.start(), "f")
    }
}

/// `{name!r:>10}` in a template.
struct Field<'t> {
    /// Where the opening brace is.
    start: usize,
    name: &'t str,
    /// Attributes of the argument: `.b.c` in `{a.b.c}`.
    way: &'t str,
    /// Conversion and format.
    rest: &'t str,
}

impl Field<'_> {
    fn len(&self) -> TextSize {
        TextSize::new((self.name.len() + self.way.len() + self.rest.len() + 2) as u32)
    }
}

/// The fields of a template, if all are a plain name or number with a conversion and a format without fields.
fn replacement_fields(text: &str) -> Option<Vec<Field<'_>>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = text[at..].find(['{', '}']) {
        let start = at + brace;
        if text[start..].starts_with("{{") || text[start..].starts_with("}}") {
            at = start + 2;
            continue;
        }
        let end = start + text[start..].find('}')?;
        let inner = text.get(start + 1..end)?;
        let path = &inner[..inner.find(['!', ':']).unwrap_or(inner.len())];
        let rest = &inner[path.len()..];
        let name = &path[..path.find('.').unwrap_or(path.len())];
        let way = &path[name.len()..];
        let plain = name.is_empty() || name.chars().all(|letter| letter.is_ascii_digit()) || is_name(name);
        // In a class the name of a private attribute would be another one.
        let private = |step: &str| step.starts_with("__") && !step.ends_with("__");
        let steps = way.split('.').skip(1).all(|step| is_name(step) && !private(step));
        if !plain || !steps || rest.contains(['{', '\\', '\n', '\r', '\'', '"']) {
            return None;
        }
        found.push(Field { start, name, way, rest });
        at = end + 1;
    }
    Some(found)
}

fn is_name(text: &str) -> bool {
    text.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && text.starts_with(|first: char| !first.is_numeric())
}

/// The arguments, as they are asked for.
struct Values<'c> {
    positional: Vec<(&'c str, bool)>,
    keywords: Vec<(&'c str, &'c str, bool)>,
    used: Vec<usize>,
    order: Vec<usize>,
    next: usize,
    simple: bool,
}

impl<'c> Values<'c> {
    fn new(context: &Context<'c>, arguments: &'c ast::Arguments) -> Option<Self> {
        let mut simple = true;
        let mut value = |expr: &Expr| {
            let fits = matches!(
                expr,
                Expr::Name(_)
                    | Expr::Attribute(_)
                    | Expr::NumberLiteral(_)
                    | Expr::BooleanLiteral(_)
                    | Expr::NoneLiteral(_)
                    | Expr::StringLiteral(_)
                    | Expr::Subscript(_)
                    | Expr::Call(_)
                    | Expr::BinOp(_)
                    | Expr::UnaryOp(_)
                    | Expr::BoolOp(_)
                    | Expr::Compare(_)
                    | Expr::If(_)
            );
            let plain = is_plain(expr);
            simple &= plain;
            fits.then(|| (context.text(expr), plain))
        };
        let positional = arguments.args.iter().map(&mut value).collect::<Option<Vec<_>>>()?;
        let keywords = arguments
            .keywords
            .iter()
            .map(|keyword| {
                let (text, plain) = value(&keyword.value)?;
                Some((keyword.arg.as_ref()?.as_str(), text, plain))
            })
            .collect::<Option<Vec<_>>>()?;
        let used = vec![0; positional.len() + keywords.len()];
        Some(Self { positional, keywords, used, order: Vec::new(), next: 0, simple })
    }

    /// The value of a field, unless it would be evaluated twice and that may tell.
    fn take(&mut self, name: &str) -> Option<&'c str> {
        let (slot, text, plain) = if name.is_empty() {
            let slot = self.next;
            self.next += 1;
            let (text, plain) = *self.positional.get(slot)?;
            (slot, text, plain)
        } else if name.starts_with(|letter: char| letter.is_ascii_digit()) {
            let slot = name.parse().ok()?;
            let (text, plain) = *self.positional.get(slot)?;
            (slot, text, plain)
        } else {
            let at = self.keywords.iter().position(|(keyword, ..)| *keyword == name)?;
            let (_, text, plain) = self.keywords[at];
            (self.positional.len() + at, text, plain)
        };
        self.used[slot] += 1;
        self.order.push(slot);
        (plain || self.used[slot] == 1).then_some(text)
    }

    fn all_used(&self) -> bool {
        self.used.iter().all(|uses| *uses > 0)
    }
}

fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::StringLiteral(_) => true,
        Expr::Attribute(attribute) => is_plain(&attribute.value),
        _ => false,
    }
}

/// Whether a line of the call gets too long, and was not before.
fn too_long(context: &Context<'_>, call: TextRange, edits: &[Edit]) -> bool {
    let source = context.source;
    let start = source[..call.start().to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = source[call.end().to_usize()..].find(['\n', '\r']).map_or(source.len(), |at| call.end().to_usize() + at);
    let before = &source[start..end];
    let mut after = String::with_capacity(before.len());
    let mut at = start;
    for edit in edits {
        after.push_str(&source[at..edit.range.start().to_usize()]);
        after.push_str(&edit.text);
        at = edit.range.end().to_usize();
    }
    after.push_str(&source[at..end]);
    let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    longest(&after) > MAX_LINE.max(longest(before))
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "str-format-call";

    #[test]
    fn the_text_stays_the_same() {
        for (before, after) in [
            ("'{} {}'.format(a, b.c)", "f'{a} {b.c}'"),
            ("'{1}-{0}-{1}'.format(a, b)", "f'{b}-{a}-{b}'"),
            ("'{name!r:>10}'.format(name=user.name)", "f'{user.name!r:>10}'"),
            ("'{{{}}}'.format(a)", "f'{{{a}}}'"),
            ("r'\\d{}'.format(a)", "fr'\\d{a}'"),
            ("u'{}'.format(a)", "f'{a}'"),
            ("'{0.x.y!r} {0.z}'.format(a.b)", "f'{a.b.x.y!r} {a.b.z}'"),
            ("('a {} {{' ' }} b {}').format(x, y)", "(f'a {x} {{' f' }} b {y}')"),
            ("'{}'.format(a['k'])", "'{}'.format(a['k'])"),
            ("\"{}\".format(a['k'])", "f\"{a['k']}\""),
            ("'{:.2f}'.format(a + b)", "f'{a + b:.2f}'"),
            ("(\n    '{}'\n    .format(a)\n)", "(\n    f'{a}'\n)"),
        ] {
            assert_eq!(fixed(RULE, before), after);
        }
    }

    #[test]
    fn what_an_f_string_cannot_say_is_left_alone() {
        for line in [
            "template.format(a)",
            "'{}'.format(*a)",
            "'{}'.format(**a)",
            "'{a}'.format(b=1)",
            "'{}'.format(a, b)",
            "'{} {}'.format(a)",
            "'none'.format()",
            "'{0} {0}'.format(a())",
            "'{0.x}'.format(a())",
            "'{0.real}'.format(1)",
            "'{0.__x}'.format(self)",
            "'{0[x]}'.format(a)",
            "'{:{}}'.format(a, b)",
            "'\\N{EN DASH} {}'.format(a)",
            "'{}'.format(lambda: a)",
            "'{}'.format(\n    a,  # why\n)",
            "'{}'.format({1: 2})",
            "'{}'.format('\\n')",
        ] {
            assert!(found(RULE, line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_line_that_gets_too_long_is_left_alone() {
        let long = "a_name_that_needs_room_for_itself";
        let source = format!("print(\n    'some words of a sentence {{}} and some more {{}}'\n    .format({long}, {long})\n)");
        assert!(found(RULE, &source).is_empty());
    }

    #[test]
    fn lines_of_a_log_are_filled_by_the_log() {
        assert!(found("str-format-call", "logger.debug('{} is there'.format(name))\n").is_empty());
        assert_eq!(found("str-format-call", "show('{} is there'.format(name))\n").len(), 1);
    }

    #[test]
    fn code_for_python_2_is_not_modernised() {
        let source = "from __future__ import print_function\ntext = '{}!'.format(name)\n";
        assert!(found("str-format-call", source).is_empty());
        let source = "from __future__ import annotations\nprint_function = 1\ntext = '{}!'.format(name)\n";
        assert_eq!(found("str-format-call", source).len(), 1);
        let source = "from __future__ import absolute_import\ntry:\n    import a\nexcept ImportError:\n    raise RuntimeError('no a')\n";
        assert!(found("raise-without-from", source).is_empty());
    }
}
