//! A module as a row of top-level statements, each with its own facts.

use std::sync::Arc;

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_python_ast::{ModModule, PySourceType, Stmt};
use ruff_python_parser::{ParseError, Parsed};
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use super::bindings::{self, StatementBindings};
use super::cells::Cells;
use super::constructs;
use super::context::{Context, Environment, OwnBindings};
use super::doubt::Doubts;
use super::fact::Fact;
use super::imports::{self, Import};
use super::layout::Layout;
use super::questions::{Notes, Questions};
use super::table::{Limit, ModuleTable, Names};
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
    /// What it has asked of the module's names.
    pub asked: Questions,
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
        let pieces: Vec<_> =
            cells.pieces(source.text_len()).iter().map(|piece| Piece::read(source, *piece, environment)).collect();
        let mut table = ModuleTable::default();
        let mut bound = Vec::with_capacity(pieces.len());
        for piece in &pieces {
            let of_piece: Vec<_> =
                piece.regions.iter().map(|region| piece.bind(region, &mut table, environment)).collect();
            bound.push(of_piece);
        }
        let (mut statements, mut before) = (Vec::new(), 0);
        for (piece, bound) in pieces.iter().zip(bound) {
            let (first, mut errors) = (statements.len(), piece.errors());
            for (region, bound) in piece.regions.iter().zip(bound) {
                let part = Part { piece, table: &table, environment, is_first: statements.is_empty(), before };
                before += bound.bindings.bindings.len() as u32;
                let placed = part.read(region, bound, errors.of(region), statements[first..].last(), observer);
                statements.push(placed);
            }
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
            let table = Names::new(&self.table, None);
            let mut context = Context::new(slice, parsed.tokens(), table, &self.environment, Some(own));
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

/// A text that was parsed by itself: a document, a cell, a run of statements.
pub(super) struct Piece<'s> {
    pub source: &'s str,
    /// Where it begins in the document.
    pub start: TextSize,
    pub parsed: Parsed<ModModule>,
    pub regions: Vec<Region>,
}

/// What a region binds, and what was asked for that.
#[derive(Default)]
pub(super) struct Bound {
    pub bindings: StatementBindings,
    pub notes: Notes,
}

impl<'s> Piece<'s> {
    /// Parses a range of a document.
    pub fn read(document: &'s str, range: TextRange, environment: &Environment) -> Self {
        let source = &document[range];
        let parsed = parse(source, environment);
        let regions = regions(source, &parsed);
        Self { source, start: range.start(), parsed, regions }
    }

    /// The statements of a region.
    pub fn body(&self, region: &Region) -> &[Stmt] {
        &self.parsed.suite()[region.statements.clone()]
    }

    /// The errors, to be taken region by region.
    pub fn errors(&self) -> Errors<'_> {
        Errors { left: self.parsed.errors(), len: self.source.text_len() }
    }

    /// What a region binds, which is added to the table of what is bound before it.
    pub fn bind(&self, region: &Region, table: &mut ModuleTable, environment: &Environment) -> Bound {
        let mut bound = Bound::default();
        for stmt in self.body(region) {
            let names = Names::new(table, environment.facts.then_some(&bound.notes));
            let one = bindings::of_statement(stmt, &self.context(names, environment, None));
            table.extend(&one);
            bound.bindings.append(one, region.range.start());
        }
        bound
    }

    /// What a region binds, where the table holds that and more: it is seen up to the limit, which is moved on.
    pub fn bind_in(&self, region: &Region, table: &ModuleTable, limit: &mut Limit, environment: &Environment) -> Bound {
        let mut bound = Bound::default();
        for stmt in self.body(region) {
            let mut context = self.context(Names::new(table, Some(&bound.notes)), environment, None);
            context.limit = Some(*limit);
            let one = bindings::of_statement(stmt, &context);
            *limit = limit.behind(&one);
            bound.bindings.append(one, region.range.start());
        }
        bound
    }

    /// A context at the module level of the text.
    pub fn context<'a>(
        &'a self,
        table: Names<'a>,
        environment: &'a Environment,
        own: Option<OwnBindings<'a>>,
    ) -> Context<'a> {
        Context::new(self.source, self.parsed.tokens(), table, environment, own)
    }
}

/// The errors of a text that are not yet taken.
pub(super) struct Errors<'p> {
    left: &'p [ParseError],
    len: TextSize,
}

impl<'p> Errors<'p> {
    /// Takes those of the next region.
    pub fn of(&mut self, region: &Region) -> &'p [ParseError] {
        let (end, is_last) = (region.range.end(), region.range.end() == self.len);
        let many = self.left.iter().take_while(|error| is_last || error.location.start() < end).count();
        let (of_region, left) = self.left.split_at(many);
        self.left = left;
        of_region
    }

    /// Passes regions over.
    pub fn skip(&mut self, regions: &[Region]) {
        for region in regions {
            self.of(region);
        }
    }
}

/// A region of a parsed text, with the names of the module known.
pub(super) struct Part<'p> {
    pub piece: &'p Piece<'p>,
    pub table: &'p ModuleTable,
    pub environment: &'p Environment,
    /// It is the first of the document.
    pub is_first: bool,
    /// How many names are bound before it.
    pub before: u32,
}

impl Part<'_> {
    /// Reads the facts of the region. `previous` is the statement before it in the same text.
    pub fn read(
        self,
        region: &Region,
        bound: Bound,
        errors: &[ParseError],
        previous: Option<&Placed>,
        observer: &mut dyn Observer,
    ) -> Placed {
        let Self { piece, is_first, .. } = self;
        let (source, range, body) = (piece.source, region.range, piece.body(region));
        let Bound { bindings, notes } = bound;
        let mut sink = Sink::default();
        let tokens = tokens_in(piece.parsed.tokens(), range);
        observer.begin(source, tokens, range);
        if self.environment.facts {
            super::comments::note(source, tokens, is_first, &mut sink);
            constructs::tokens(source, tokens, &mut sink);
        }
        for stmt in body {
            let own = OwnBindings { first: self.before, from: &bindings.from, start: range.start() };
            let names = Names::new(self.table, self.environment.facts.then_some(&notes));
            let mut context = piece.context(names, self.environment, Some(own));
            context.is_first = is_first && std::ptr::eq(stmt, &raw const body[0]);
            walk::statement(&mut context, stmt, &mut sink, observer);
        }
        let mut problems = Vec::with_capacity(errors.len());
        for error in errors {
            if self.environment.facts {
                constructs::problem(source, tokens, error, &mut sink);
            }
            problems.push(SyntaxProblem { range: relative(error.location, range), message: error.error.to_string() });
        }
        let mut doubts = Doubts::default();
        doubts.add(source, body, tokens, range, errors);
        // A block that the parser could not place comes out as a statement of its own, still indented.
        let misplaced = |last: &Placed| !last.statement.problems.is_empty() || !last.statement.headless.is_empty();
        if is_indented(source, body) && previous.is_some_and(misplaced) {
            doubts.headless = vec![range];
        }
        if self.environment.facts {
            sink.sort();
            constructs::other_keywords(tokens, &mut sink);
            sink.sort();
        }
        let imports = if self.environment.imports { imports::of_statements(body) } else { Vec::new() }.into_iter();
        let layout = if self.environment.comments { Layout::read(source, tokens, range) } else { Layout::default() };
        let statement = Statement {
            facts: relative_facts(sink.facts, range),
            bindings,
            problems,
            imports: imports.map(|import| import.moved(|inner| relative(inner, range))).collect(),
            doubtful: relative_ranges(&doubts.ranges, range),
            headless: relative_ranges(&doubts.headless, range),
            is_import: !body.is_empty()
                && body.iter().all(|stmt| matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))),
            is_docstring: matches!(body, [Stmt::Expr(stmt)] if stmt.value.is_string_literal_expr()),
            leading_comment: leading_comment(tokens, body, range, is_first),
            layout,
            asked: notes.questions(),
        };
        Placed { range: range + piece.start, statement: Arc::new(statement) }
    }
}

/// Whether the first statement of a region does not begin its line.
pub(super) fn is_indented(source: &str, body: &[Stmt]) -> bool {
    body.first().is_some_and(|stmt| !starts_line(source, stmt.start()))
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
