//! A module as a row of top-level statements, each with its own facts.

use std::sync::Arc;

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, Stmt};
use ruff_python_parser::Parsed;
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use super::bindings::{self, StatementBindings};
use super::cells::Cells;
use super::constructs;
use super::context::{Context, Environment, OwnBindings};
use super::doubt::Doubts;
use super::fact::Fact;
use super::imports::{self, Import};
use super::layout::Layout;
use super::table::ModuleTable;
use super::walk::{self, Observer, Sink};

/// A place where the source is no Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxProblem {
    /// Relative to the start of the statement.
    pub range: TextRange,
    /// What is wrong.
    pub message: String,
}

/// A top-level statement, or several that share a line; with the comments and blank lines before it.
///
/// Everything in it depends on its own text and on the module table, on nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statement {
    /// Sorted by place; ranges relative to the statement's start.
    pub facts: Vec<Fact>,
    /// What it binds at module level.
    pub bindings: StatementBindings,
    /// What is wrong with it.
    pub problems: Vec<SyntaxProblem>,
    /// The imports in it; ranges relative to the statement's start.
    pub imports: Vec<Import>,
    /// What its problems cast doubt on: the innermost statements around them; ranges relative to the statement's start.
    pub doubtful: Vec<TextRange>,
    /// Lines behind a line with an error that depend on it; ranges relative to the statement's start.
    pub headless: Vec<TextRange>,
    /// It is made of imports.
    pub is_import: bool,
    /// It is a string alone: the module's docstring, when it comes first.
    pub is_docstring: bool,
    /// Relative offset behind the last comment line that is followed by a blank line, or directly by the statement when
    /// it is the first line of the file: where something may be put without parting a comment from its statement.
    pub leading_comment: TextSize,
    /// Where its comments are; ranges relative to the statement's start.
    pub layout: Layout,
}

/// A statement at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Bytes of the document, whole lines; the statements' ranges follow each other without gap.
    pub range: TextRange,
    /// What is known of it.
    pub statement: Arc<Statement>,
}

/// One version of a document, as facts.
#[derive(Clone, Debug)]
pub struct Module {
    /// In order; they cover the document, and none goes beyond its cell.
    pub statements: Vec<Placed>,
    /// The cells of a notebook.
    pub cells: Cells,
    /// The names bound at module level.
    pub table: Arc<ModuleTable>,
    /// What it was read for.
    pub environment: Environment,
}

impl Module {
    /// Reads a whole document. `observer` is shown every statement in order.
    ///
    /// Must run on a thread with a large stack: dropping a deep tree recurses.
    pub fn read(source: &str, environment: &Environment, observer: &mut dyn Observer) -> Self {
        Self::read_cells(source, Cells::default(), environment, observer)
    }

    /// Reads a whole document that may be a notebook. The observer is shown each cell as a text of its own.
    ///
    /// Must run on a thread with a large stack: dropping a deep tree recurses.
    pub fn read_cells(source: &str, cells: Cells, environment: &Environment, observer: &mut dyn Observer) -> Self {
        let pieces = cells.pieces(source.text_len());
        let parsed: Vec<_> = pieces.iter().map(|piece| parse(&source[*piece], environment)).collect();
        let mut table = ModuleTable::default();
        let mut names = Vec::with_capacity(pieces.len());
        for (piece, parsed) in pieces.iter().zip(&parsed) {
            names.push(bind(&source[*piece], parsed, environment, &mut table));
        }
        let (mut statements, mut before) = (Vec::new(), 0);
        for ((piece, parsed), (regions, bound)) in pieces.iter().zip(&parsed).zip(names) {
            let many: usize = bound.iter().map(|found| found.bindings.len()).sum();
            let is_first = statements.is_empty();
            let part = Part { source: &source[*piece], parsed, table: &table, environment, is_first, before };
            let placed = part.read(regions, bound, observer).into_iter();
            statements.extend(placed.map(|placed| Placed { range: placed.range + piece.start(), ..placed }));
            before += many as u32;
        }
        Self { statements, cells, table: Arc::new(table), environment: environment.clone() }
    }

    /// Where the comments of the document are, and where none can be put.
    pub fn layout(&self) -> Layout {
        let mut layout = Layout::default();
        for placed in &self.statements {
            layout.append(&placed.statement.layout, placed.range.start());
        }
        layout
    }

    /// Reads the code around a range once more, and shows the observer what touches the range: the nodes with their
    /// contexts, offsets counting from the offset that is returned. The top-level statements next to it, one on either
    /// side, are at hand as [`Context::neighbours`].
    ///
    /// `source` must be the text that the module was read from. `None` where the code has syntax errors. Must run on a
    /// thread with a large stack.
    pub fn revisit(&self, source: &str, range: TextRange, observer: &mut dyn Observer) -> Option<TextSize> {
        let is_sound = |placed: &Placed| placed.statement.problems.is_empty();
        let mut first = self.statement_at(range.start())?;
        let mut last = self.statement_at(range.end())?;
        if !self.statements[first..=last].iter().all(is_sound) {
            return None;
        }
        // Cells are parsed one by one.
        let cell = self.cells.at(range.start());
        let is_beside = |placed: &Placed| is_sound(placed) && self.cells.at(placed.range.start()) == cell;
        first -= usize::from(first > 0 && is_beside(&self.statements[first - 1]));
        last += usize::from(self.statements.get(last + 1).is_some_and(is_beside));
        let placed = &self.statements[first..=last];
        let base = placed[0].range.start();
        let slice = &source[TextRange::new(base, self.statements[last].range.end())];
        let parsed = parse(slice, &self.environment);
        if parsed.has_invalid_syntax() {
            return None;
        }
        let focus = range - base;
        let mut before =
            self.statements[..first].iter().map(|placed| placed.statement.bindings.bindings.len() as u32).sum();
        for one in placed {
            let region = one.range - base;
            let bindings = &one.statement.bindings;
            let own = OwnBindings { first: before, from: &bindings.from, start: region.start() };
            let mut context = Context::new(slice, parsed.tokens(), &self.table, &self.environment, Some(own));
            context.neighbours = parsed.suite();
            for stmt in parsed.suite().iter().filter(|stmt| region.contains(stmt.start())) {
                walk::focused(&mut context, stmt, focus, observer);
            }
            before += bindings.bindings.len() as u32;
        }
        Some(base)
    }

    /// Shows the syntax of the whole document, which must be the text that the module was read from. `None` where it
    /// has errors. Must run on a thread with a large stack.
    pub fn with_syntax<T>(&self, source: &str, look: impl FnOnce(&[Stmt]) -> T) -> Option<T> {
        let parsed = parse(source, &self.environment);
        (!parsed.has_invalid_syntax()).then(|| look(parsed.suite()))
    }

    /// The index of the statement that holds an offset.
    pub fn statement_at(&self, offset: TextSize) -> Option<usize> {
        let at = self.statements.partition_point(|placed| placed.range.end() <= offset);
        if at == self.statements.len() {
            // The end of the document belongs to the last statement.
            let last = self.statements.last()?;
            return (last.range.end() == offset).then(|| at - 1);
        }
        Some(at)
    }
}

/// Adds the names that a text binds to the table. What each of its regions binds.
fn bind(
    source: &str,
    parsed: &Parsed<ModModule>,
    environment: &Environment,
    table: &mut ModuleTable,
) -> (Vec<Region>, Vec<StatementBindings>) {
    let regions = regions(source, parsed);
    let mut bound = Vec::with_capacity(regions.len());
    for region in &regions {
        let mut found = StatementBindings::default();
        for stmt in &parsed.suite()[region.statements.clone()] {
            let one = {
                let context = Context::new(source, parsed.tokens(), table, environment, None);
                bindings::of_statement(stmt, &context)
            };
            table.extend(&one);
            found.append(one, region.range.start());
        }
        bound.push(found);
    }
    (regions, bound)
}

/// A parsed text, all of a document or a run of its statements, whose names are known.
pub(super) struct Part<'p> {
    pub source: &'p str,
    pub parsed: &'p Parsed<ModModule>,
    pub table: &'p ModuleTable,
    pub environment: &'p Environment,
    /// The text starts with the document.
    pub is_first: bool,
    /// How many names are bound before it.
    pub before: u32,
}

impl Part<'_> {
    /// Reads the facts of the statements.
    pub fn read(self, regions: Vec<Region>, bound: Vec<StatementBindings>, observer: &mut dyn Observer) -> Vec<Placed> {
        let mut before = self.before;
        let mut errors = self.parsed.errors().iter().peekable();
        let mut statements: Vec<Placed> = Vec::with_capacity(regions.len());
        for (at, (region, bindings)) in regions.into_iter().zip(bound).enumerate() {
            let mut sink = Sink::default();
            let is_first = self.is_first && at == 0;
            let tokens = tokens_in(self.parsed.tokens(), region.range);
            observer.begin(self.source, tokens, region.range);
            super::comments::note(self.source, tokens, is_first, &mut sink);
            constructs::tokens(self.source, tokens, &mut sink);
            let body = &self.parsed.suite()[region.statements.clone()];
            for stmt in body {
                let own = OwnBindings { first: before, from: &bindings.from, start: region.range.start() };
                let mut context =
                    Context::new(self.source, self.parsed.tokens(), self.table, self.environment, Some(own));
                context.is_first = is_first && std::ptr::eq(stmt, &raw const body[0]);
                walk::statement(&mut context, stmt, &mut sink, observer);
            }
            before += bindings.bindings.len() as u32;
            let mut problems = Vec::new();
            let mut own = Vec::new();
            while let Some(error) = errors.next_if(|error| {
                error.location.start() < region.range.end() || region.range.end() == self.source.text_len()
            }) {
                constructs::problem(self.source, tokens, error, &mut sink);
                let range = relative(error.location, region.range);
                problems.push(SyntaxProblem { range, message: error.error.to_string() });
                own.push(error);
            }
            let mut doubts = Doubts::default();
            doubts.add(self.source, body, tokens, region.range, &own);
            // A block that the parser could not place comes out as a statement of its own, still indented.
            let is_indented = body.first().is_some_and(|stmt| !starts_line(self.source, stmt.start()));
            let misplaced = |last: &Statement| !last.problems.is_empty() || !last.headless.is_empty();
            if is_indented && statements.last().is_some_and(|last| misplaced(&last.statement)) {
                doubts.headless = vec![region.range];
            }
            sink.sort();
            constructs::other_keywords(tokens, &mut sink);
            sink.sort();
            let statement = Statement {
                facts: relative_facts(sink.facts, region.range),
                bindings,
                problems,
                imports: imports::of_statements(body)
                    .into_iter()
                    .map(|import| import.moved(|range| relative(range, region.range)))
                    .collect(),
                doubtful: relative_ranges(&doubts.ranges, region.range),
                headless: relative_ranges(&doubts.headless, region.range),
                is_import: !body.is_empty()
                    && body.iter().all(|stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))),
                is_docstring: matches!(body, [Stmt::Expr(stmt)] if stmt.value.is_string_literal_expr()),
                leading_comment: leading_comment(tokens, body, region.range, is_first),
                layout: Layout::read(self.source, tokens, region.range),
            };
            statements.push(Placed { range: region.range, statement: Arc::new(statement) });
        }
        statements
    }
}

/// Ranges of the document as ranges relative to a statement, those outside it left out.
fn relative_ranges(ranges: &[TextRange], statement: TextRange) -> Vec<TextRange> {
    ranges.iter().map(|range| relative(*range, statement)).filter(|range| !range.is_empty()).collect()
}

/// Whether an offset is the first of its line.
fn starts_line(source: &str, offset: TextSize) -> bool {
    offset == TextSize::new(0) || source[..offset.to_usize()].ends_with(['\n', '\r', '\u{c}', '\u{feff}'])
}

/// Facts with ranges relative to their statement.
fn relative_facts(mut facts: Vec<Fact>, region: TextRange) -> Vec<Fact> {
    for fact in &mut facts {
        fact.range = relative(fact.range, region);
    }
    facts
}

/// Shifts a range of the document to one relative to a statement, cut at the statement's borders.
fn relative(range: TextRange, statement: TextRange) -> TextRange {
    let start = range.start().clamp(statement.start(), statement.end());
    let end = range.end().clamp(start, statement.end());
    TextRange::new(start, end) - statement.start()
}

pub(super) fn parse(source: &str, environment: &Environment) -> Parsed<ModModule> {
    let kind = match environment {
        Environment { notebook: true, .. } => PySourceType::Ipynb,
        Environment { stub: true, .. } => PySourceType::Stub,
        _ => PySourceType::Python,
    };
    ruff_python_parser::parse_unchecked_source(source, kind)
}

/// Whole lines with the top-level statements that stand on them.
pub(super) struct Region {
    pub range: TextRange,
    pub statements: std::ops::Range<usize>,
}

/// The tokens that start in a range.
fn tokens_in(tokens: &Tokens, range: TextRange) -> &[Token] {
    let from = tokens.partition_point(|token| token.start() < range.start());
    let rest = &tokens[from..];
    &rest[..rest.partition_point(|token| token.start() < range.end())]
}

/// See [`Statement::leading_comment`].
fn leading_comment(tokens: &[Token], body: &[Stmt], region: TextRange, is_first: bool) -> TextSize {
    let statement = body.first().map_or(region.end(), Ranged::start);
    let mut place = region.start();
    let mut lines = tokens.iter().take_while(|token| token.start() < statement).peekable();
    let mut comment = false;
    while let Some(token) = lines.next() {
        match token.kind() {
            TokenKind::Comment => comment = true,
            TokenKind::NonLogicalNewline if comment => {
                comment = false;
                let shebang = is_first && place == region.start();
                let detached = lines.peek().is_none_or(|next| next.kind() == TokenKind::NonLogicalNewline);
                if detached && lines.peek().is_some() || shebang {
                    place = token.end();
                }
            }
            _ => {}
        }
    }
    place - region.start()
}

/// Cuts a document into regions: each ends with the line on which its last statement ends.
pub(super) fn regions(source: &str, parsed: &Parsed<ModModule>) -> Vec<Region> {
    let suite = parsed.suite();
    let mut regions = Vec::with_capacity(suite.len() + 1);
    let mut start = TextSize::new(0);
    let mut first = 0;
    for (at, stmt) in suite.iter().enumerate() {
        let end = end_of_line(source, stmt.end());
        let shares_line = suite.get(at + 1).is_some_and(|next| next.start() < end);
        if !shares_line {
            regions.push(Region { range: TextRange::new(start, end), statements: first..at + 1 });
            start = end;
            first = at + 1;
        }
    }
    if start < source.text_len() || regions.is_empty() {
        regions.push(Region { range: TextRange::new(start, source.text_len()), statements: first..suite.len() });
    }
    regions
}

/// The offset behind the line break of the line that holds `offset`.
pub(super) fn end_of_line(source: &str, offset: TextSize) -> TextSize {
    let from = offset.to_usize();
    match memchr::memchr2(b'\n', b'\r', &source.as_bytes()[from..]) {
        None => source.text_len(),
        Some(at) => {
            let end = from + at + 1;
            let crlf = source.as_bytes()[end - 1] == b'\r' && source.as_bytes().get(end) == Some(&b'\n');
            TextSize::new((end + usize::from(crlf)) as u32)
        }
    }
}
