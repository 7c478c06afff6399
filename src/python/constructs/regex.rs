//! Groups and lookarounds in a regular expression, when it is a literal argument of a function of `re`.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{TextRange, TextSize};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::walk::Sink;

/// Functions of `re` whose first argument is a pattern.
const FUNCTIONS: [&str; 10] =
    ["compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn", "template"];

/// How far the end of a group's name is looked for.
const LONGEST_NAME: usize = 128;

pub(super) fn note(context: &Context<'_>, call: &ast::ExprCall, sink: &mut Sink) {
    let Some(Expr::StringLiteral(pattern)) = call.arguments.find_argument_value("pattern", 0) else { return };
    let is_regex = context
        .resolve(&call.func)
        .is_some_and(|name| name.strip_prefix("re.").is_some_and(|function| FUNCTIONS.contains(&function)));
    if !is_regex {
        return;
    }
    let mut scanner = Scanner { state: State::Outside, escaped: false, verbose: is_verbose(context, call) };
    for part in &pattern.value {
        let inside = context.inside_quotes(part, part.flags);
        let units: Vec<Unit> = units(context.text(inside), part.flags.prefix().is_raw()).collect();
        for at in 0..units.len() {
            if let Some((len, construct)) = scanner.step(&units[at..]) {
                let start = inside.start() + TextSize::new(units[at].start as u32);
                let end = inside.start() + TextSize::new(units[at + len - 1].end as u32);
                sink.construct(TextRange::new(start, end), construct);
            }
        }
    }
}

/// `re.VERBOSE` or `re.X` is among the arguments: `#` begins a comment in the pattern.
fn is_verbose(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let flags = call.arguments.args.iter().skip(1).chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
    flags.into_iter().any(|flag| {
        context.text(flag).split(|letter: char| !letter.is_alphanumeric()).any(|word| matches!(word, "X" | "VERBOSE"))
    })
}

/// One character of the pattern as `re` sees it, and where the source writes it.
#[derive(Clone, Copy)]
struct Unit {
    letter: char,
    start: usize,
    end: usize,
}

/// The characters of a literal: in one that is not raw, `\\` is a single backslash and `\n` is no backslash at all.
fn units(text: &str, raw: bool) -> impl Iterator<Item = Unit> {
    let mut letters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, letter) = letters.next()?;
        let mut unit = Unit { letter, start, end: start + letter.len_utf8() };
        if letter == '\\' && !raw {
            match letters.peek().copied() {
                Some((at, '\\')) => {
                    letters.next();
                    unit.end = at + 1;
                }
                // What Python makes of an escape is never a bracket that would be written so.
                Some((at, next)) if matches!(next, 'n' | 't' | 'r' | 'f' | 'v' | 'a' | '\'' | '"' | '\n') => {
                    letters.next();
                    unit = Unit { letter: ' ', start, end: at + next.len_utf8() };
                }
                _ => {}
            }
        }
        Some(unit)
    })
}

/// Where in a pattern the scanner stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    /// In `[...]`.
    Class,
    /// At the first member of `[...]`, where `]` is one.
    ClassStart,
    /// In the comment of a verbose pattern.
    Comment,
}

struct Scanner {
    state: State,
    escaped: bool,
    verbose: bool,
}

impl Scanner {
    /// Reads one character; the length and kind of the group that it opens.
    fn step(&mut self, rest: &[Unit]) -> Option<(usize, Construct)> {
        let letter = rest[0].letter;
        if std::mem::take(&mut self.escaped) {
            return None;
        }
        self.state = match (self.state, letter) {
            (State::Comment, '\n') | (State::Class, ']') => State::Outside,
            (State::Comment, _) => State::Comment,
            (state, '\\') => {
                self.escaped = true;
                if state == State::ClassStart { State::Class } else { state }
            }
            (State::ClassStart, '^') | (State::Outside, '[') => State::ClassStart,
            (State::ClassStart | State::Class, _) => State::Class,
            (State::Outside, '#') if self.verbose => State::Comment,
            (State::Outside, '(') => return group(rest),
            (State::Outside, _) => State::Outside,
        };
        None
    }
}

fn group(rest: &[Unit]) -> Option<(usize, Construct)> {
    let at = |index: usize| rest.get(index).map(|unit| unit.letter);
    if at(1) != Some('?') {
        return Some((1, Construct::RegexGroup));
    }
    match (at(2), at(3)) {
        (Some('=' | '!'), _) => Some((3, Construct::RegexLookaround)),
        (Some('<'), Some('=' | '!')) => Some((4, Construct::RegexLookaround)),
        (Some('P'), Some('<')) => {
            let name = rest.iter().take(LONGEST_NAME).position(|unit| unit.letter == '>')?;
            Some((name + 1, Construct::RegexNamedGroup))
        }
        _ => None,
    }
}
