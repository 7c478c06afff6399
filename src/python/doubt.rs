//! What a syntax error casts doubt on: the innermost statement around it, no more.
//!
//! While a line is being typed the rest of its function is as good as before, and what is said of it must stay.

use ruff_python_ast::Stmt;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{LexicalErrorType, ParseError, ParseErrorType};
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};
use smallvec::{SmallVec, smallvec};

use super::module::end_of_line;
use super::suites::suites;

/// What errors leave in doubt; ranges in source coordinates, which may overlap.
#[derive(Default)]
pub(super) struct Doubts {
    /// From the start of the innermost statement around an error to the end of the error's line, and of the block behind
    /// it. Where the error lies in the head of a compound statement, that is the whole of the statement.
    pub ranges: Vec<TextRange>,
    /// The part of them that lies on later lines than an error: whether it is indented as it should be, nobody can say.
    pub headless: Vec<TextRange>,
}

impl Doubts {
    /// Adds what the errors of a region cast doubt on. `suite` and `tokens` are those of the region.
    pub fn add(&mut self, source: &str, suite: &[Stmt], tokens: &[Token], region: TextRange, errors: &[ParseError]) {
        if errors.is_empty() {
            return;
        }
        for error in errors {
            self.around(source, suite, error);
        }
        // An open bracket swallows what follows; where the parser found its feet again is a guess.
        if let Some(bracket) = open_bracket(tokens) {
            let start = innermost(suite, bracket).map_or(bracket, Ranged::start).max(region.start());
            self.ranges.push(TextRange::new(start, region.end().max(start)));
            let next_line = end_of_line(source, bracket);
            self.headless.push(TextRange::new(next_line, region.end().max(next_line)));
        }
    }

    fn around(&mut self, source: &str, suite: &[Stmt], error: &ParseError) {
        let location = error.location;
        // An error that is the line break itself belongs to the line that it ends.
        let line_end = end_of_line(source, location.start());
        let statement = match innermost(suite, location.start()) {
            Some(innermost) => TextRange::new(innermost.start(), line_end.max(location.end()).max(innermost.end())),
            None => TextRange::new(location.start(), line_end.max(location.end())),
        };
        let is_indentation = matches!(
            error.error,
            ParseErrorType::Lexical(LexicalErrorType::IndentationError) | ParseErrorType::UnexpectedIndentation
        );
        if is_indentation {
            self.ranges.push(statement);
        } else {
            // A clause that cannot be read stands less deep than the last statement before it.
            let depth = indentation_at(source, statement.start()).min(indentation_at(source, location.start()));
            let end = end_of_block(source, statement.end(), depth);
            self.ranges.push(TextRange::new(statement.start(), end));
            self.headless.push(TextRange::new(line_end, end.max(line_end)));
        }
    }
}

/// Where the first bracket stands that is never closed.
fn open_bracket(tokens: &[Token]) -> Option<TextSize> {
    let mut open = Vec::new();
    for token in tokens {
        match token.kind() {
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open.push(token.start()),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => drop(open.pop()),
            _ => {}
        }
    }
    open.first().copied()
}

/// Where the lines end that follow an offset and are indented deeper than a line above.
fn end_of_block(source: &str, after: TextSize, depth: usize) -> TextSize {
    let mut end = after;
    let mut next = if source[..end.to_usize()].ends_with(['\n', '\r']) { end } else { end_of_line(source, end) };
    while next < source.text_len() {
        let line_end = end_of_line(source, next);
        let line = &source[TextRange::new(next, line_end)];
        let is_blank = line.trim().is_empty();
        if !is_blank && indentation(line) <= depth {
            break;
        }
        if !is_blank {
            end = line_end;
        }
        next = line_end;
    }
    end
}

/// The indentation of the line that holds an offset.
fn indentation_at(source: &str, offset: TextSize) -> usize {
    let line = source[..offset.to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    indentation(&source[line..])
}

/// How many bytes of blanks and tabs a line begins with.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The innermost statement that begins at or before an offset, among the last of each suite. Descends without recursion:
/// statements nest as deep as someone likes.
fn innermost(suite: &[Stmt], offset: TextSize) -> Option<&Stmt> {
    let mut suite = suite;
    let mut found = None;
    loop {
        let before = suite.partition_point(|stmt| stmt.start() <= offset);
        let Some(stmt) = before.checked_sub(1).map(|at| &suite[at]) else { return found };
        found = Some(stmt);
        match all_suites(stmt).into_iter().rfind(|inner| inner.first().is_some_and(|first| first.start() <= offset)) {
            Some(inner) => suite = inner,
            None => return found,
        }
    }
}

/// The suites of a statement, those of a definition among them, in order of place.
fn all_suites(stmt: &Stmt) -> SmallVec<[&[Stmt]; 4]> {
    match stmt {
        Stmt::FunctionDef(def) => smallvec![def.body.as_slice()],
        Stmt::ClassDef(class) => smallvec![class.body.as_slice()],
        _ => suites(stmt),
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::Environment;
    use super::super::module::parse;
    use super::*;

    fn doubtful(source: &str) -> Vec<String> {
        let parsed = parse(source, &Environment::default());
        assert!(!parsed.errors().is_empty(), "{source} has no error");
        let mut doubts = Doubts::default();
        doubts.add(source, parsed.suite(), parsed.tokens(), TextRange::up_to(source.text_len()), parsed.errors());
        let mut texts: Vec<String> = doubts.ranges.iter().map(|range| source[*range].trim().to_owned()).collect();
        texts.dedup();
        texts
    }

    #[test]
    fn a_half_typed_line_is_doubted_alone() {
        let source = "def f(a=[]):\n    one = 1\n    two = \n    three = 3\n    return one\n";
        assert_eq!(doubtful(source), ["two ="]);
    }

    #[test]
    fn an_error_in_a_head_puts_its_block_in_doubt() {
        assert_eq!(doubtful("def f():\n    one = 1\n    if one\n        two = 2\n"), ["if one\n        two = 2"]);
    }

    #[test]
    fn an_error_in_a_later_clause_is_found_there() {
        let source = "def f():\n    if one:\n        two = 2\n    elif\n        three = 3\n    four = 4\n";
        for text in doubtful(source) {
            assert!(text.contains("elif") || text.contains("three"), "{text}");
            assert!(!text.contains("four"), "{text}");
        }
    }

    #[test]
    fn a_block_without_a_head_is_doubted_to_its_end() {
        let source = "class C:\n    def\n        one = 1\n\n        two = 2\n\n    def g(self): ...\n";
        assert_eq!(doubtful(source)[0], "def\n        one = 1\n\n        two = 2");
    }

    #[test]
    fn an_open_bracket_puts_all_that_follows_in_doubt() {
        let source = "class C:\n    def f(self):\n        call(1,\n\n    def g(self): ...\n";
        let all = "call(1,\n\n    def g(self): ...".to_owned();
        assert!(doubtful(source).contains(&all));
    }

    #[test]
    fn an_error_before_every_statement_has_its_line() {
        assert_eq!(doubtful(")\nx = 1\n")[0], ")");
    }
}
