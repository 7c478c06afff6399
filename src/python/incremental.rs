//! An edit costs what the statements cost that it touches.
//!
//! The lines that changed are widened to whole statements, and that slice is parsed alone where it stands on its own.
//! Where it does not, the text is parsed as a whole, and the statements are found that are as they were: to parse is
//! cheap, to read what was parsed is not. Where the names of the module have changed, the statements that asked for
//! them are read again ([`super::questions`]). Where none of this can be proven to give what [`Module::read`] gives, the
//! caller reads the whole document.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use super::bindings::StatementBindings;
use super::cells::Cells;
use super::module::{Bound, Errors, Module, Part, Piece, Placed, Region, Statement, is_indented};
use super::questions::Changed;
use super::table::{Limit, ModuleTable};
use super::walk::Observer;

/// A document after an edit.
#[derive(Debug)]
pub struct Edited {
    /// The facts of the new text.
    pub module: Module,
    /// Which runs of statements of the old module were replaced, in order, each by how many others.
    pub replaced: Vec<(Range<usize>, usize)>,
    /// The statements of the new module that were read, in the order in which the observer was shown them. Each with the
    /// offset at which the text begins that it was shown as a part of.
    pub read: Vec<(usize, TextSize)>,
}

/// What differs between two texts: the bytes `old` of the one were replaced by the bytes `new` of the other.
struct Change {
    old: Range<usize>,
    new: Range<usize>,
    /// The statements of the old text that it is among: a cell's, or all of a file's.
    among: Range<usize>,
    /// These in the old text.
    piece: TextRange,
}

/// Statements of the old text, and the regions of a parsed piece of the new text that stand in their place.
struct Run {
    old: Range<usize>,
    new: Range<usize>,
}

/// An edit on its way to a new module.
struct Edit<'e> {
    module: &'e Module,
    text: &'e str,
    change: Change,
    /// What was parsed of the new text.
    piece: Piece<'e>,
    /// Where the piece replaces statements; in order.
    runs: Vec<Run>,
}

/// The names of the module after an edit.
struct Rebound<'e> {
    table: Arc<ModuleTable>,
    /// What the regions of each run bind.
    bound: Vec<Vec<Bound>>,
    /// The statements whose text is the same, but not the names that they ask for: parsed by themselves. With what they
    /// bind, where that had to be found out.
    again: BTreeMap<usize, (Piece<'e>, Option<Bound>)>,
}

impl Module {
    /// Reads the new text of a document of which this module is the old one, by the statements that differ.
    ///
    /// `None` where that cannot be proven to give what [`Module::read`] gives.
    pub fn edit(&self, old: &str, new: &str, cells: Cells, observer: &mut dyn Observer) -> Option<Edited> {
        if u32::try_from(new.len()).is_err() || old.text_len() != self.statements.last()?.range.end() {
            return None;
        }
        let change = self.change(old, new, &cells)?;
        let (piece, runs) = match self.slice(&change, old, new) {
            Some((slice, piece)) => {
                let run = Run { old: slice, new: 0..piece.regions.len() };
                (piece, vec![run])
            }
            None => self.whole(&change, new),
        };
        let edit = Edit { module: self, text: new, change, piece, runs };
        let names = edit.same_names().or_else(|| edit.new_names())?;
        Some(edit.read(names, cells, observer))
    }

    /// What differs; `None` where it is more than one cell.
    fn change(&self, old: &str, new: &str, cells: &Cells) -> Option<Change> {
        let (was, is) = (self.cells.pieces(old.text_len()), cells.pieces(new.text_len()));
        if self.cells.len() != cells.len() {
            return None;
        }
        let mut changed = was.iter().zip(&is).filter(|(was, is)| was.len() != is.len() || old[**was] != new[**is]);
        // Where nothing differs, nothing is read but the first cell.
        let (was, is) =
            if cells.is_empty() { (was[0], is[0]) } else { changed.next().map_or((was[0], is[0]), |(a, b)| (*a, *b)) };
        if !cells.is_empty() && changed.next().is_some() {
            return None;
        }
        let difference = difference(&old[was], &new[is]);
        // What stands before is the same, so that both begin at the same offset.
        let moved = |range: Range<usize>| range.start + was.start().to_usize()..range.end + was.start().to_usize();
        let at = |offset: TextSize| self.statements.partition_point(|placed| placed.range.start() < offset);
        // An empty file has one statement, which is empty too.
        let among = if cells.is_empty() { 0..self.statements.len() } else { at(was.start())..at(was.end()) };
        Some(Change { old: moved(difference.0), new: moved(difference.1), among, piece: was })
    }

    /// The statements that an edit touches, parsed by themselves; `None` where they do not stand on their own.
    fn slice<'n>(&self, change: &Change, old: &str, new: &'n str) -> Option<(Range<usize>, Piece<'n>)> {
        // A syntax error may reach as far as it likes, within its cell.
        let among = &self.statements[change.among.clone()];
        let first_problem = among.iter().position(|placed| !placed.statement.problems.is_empty());
        let first_problem = first_problem.map(|at| change.among.start + at);
        let mut slice = self.statements_around(change, old, first_problem)?;
        // Grow the slice until it stands on its own; few edits need more than one step.
        for _ in 0..4 {
            match self.parse_slice(&slice, change, new) {
                Outcome::Parsed(piece) => return Some((slice, piece)),
                Outcome::GrowForward if slice.end < change.among.end => slice.end += 1,
                Outcome::GrowBackward if slice.start > change.among.start => slice.start -= 1,
                _ => return None,
            }
            if first_problem.is_some_and(|problem| problem <= slice.end) {
                return None;
            }
        }
        None
    }

    /// The statements that an edit touches, and those that a change at their borders may join to them.
    fn statements_around(&self, change: &Change, old: &str, first_problem: Option<usize>) -> Option<Range<usize>> {
        let at = |offset: usize| self.statements.partition_point(|placed| placed.range.end().to_usize() <= offset);
        let last = change.among.end - 1;
        let mut start = at(change.old.start).min(last);
        let mut end = at(change.old.end).min(last) + 1;
        // What is put in at the start of a statement's lines may belong to the statement before it.
        let opens = self.statements[start].range.start().to_usize();
        let continued = |offset: usize| old[..offset].trim_end_matches(['\n', '\r']).ends_with('\\');
        if start > change.among.start && (change.old.start == opens || continued(opens)) {
            start -= 1;
        }
        // Another statement may become the first of the document.
        if start == 0 {
            end = (end + 1).min(change.among.end);
        }
        // The statement that follows counts too: an indented line there may have lost its block, and find it again.
        (first_problem.is_none_or(|problem| problem > end)).then_some(start..end)
    }

    /// Parses the new text of a run of statements.
    fn parse_slice<'n>(&self, slice: &Range<usize>, change: &Change, new: &'n str) -> Outcome<'n> {
        let start = self.statements[slice.start].range.start();
        let old_end = self.statements[slice.end - 1].range.end();
        let end = change.moved(old_end);
        let source = &new[TextRange::new(start, end)];
        let is_last = old_end == change.piece.end();
        // The slice must end where a line ends, and `\r` must not be parted from its `\n`.
        let whole_lines = source.ends_with('\n') || source.ends_with('\r') && !new[end.to_usize()..].starts_with('\n');
        if !is_last && (!whole_lines || goes_on(source)) {
            return Outcome::GrowForward;
        }
        let is_first = slice.start == change.among.start;
        if !is_first && source.starts_with(BLANKS) {
            return Outcome::GrowBackward;
        }
        let mut piece = Piece::read(new, TextRange::new(start, end), &self.environment);
        if piece.parsed.has_invalid_syntax() {
            // An `else` of the statement before it, perhaps; or a real error, which only the whole text can tell.
            return if !is_first && begins_with_clause(source) { Outcome::GrowBackward } else { Outcome::GiveUp };
        }
        // Comments and blank lines at the end belong to the statement that follows.
        let trailing = piece.regions.last().is_some_and(|region| region.statements.is_empty());
        if trailing && !is_last {
            return Outcome::GrowForward;
        }
        if trailing && source.is_empty() && !is_first {
            piece.regions.pop();
        }
        Outcome::Parsed(piece)
    }

    /// Parses all of the new text, or of the cell that changed, and finds what is as it was.
    fn whole<'n>(&self, change: &Change, new: &'n str) -> (Piece<'n>, Vec<Run>) {
        let range = TextRange::new(change.piece.start(), change.moved(change.piece.end()));
        let piece = Piece::read(new, range, &self.environment);
        let (mut runs, mut errors) = (Vec::new(), piece.errors());
        let (mut old, mut first) = (change.among.start, 0);
        for (at, region) in piece.regions.iter().enumerate() {
            let is_sound = errors.of(region).is_empty() && stands_alone(&piece, region);
            let Some(same) = self.same_statement(change, region.range + piece.start).filter(|_| is_sound) else {
                continue;
            };
            if same > old || at > first {
                runs.push(Run { old: old..same, new: first..at });
            }
            (old, first) = (same + 1, at + 1);
        }
        if old < change.among.end || first < piece.regions.len() {
            runs.push(Run { old: old..change.among.end, new: first..piece.regions.len() });
        }
        (piece, runs)
    }

    /// The sound statement of the old text that stands, unchanged, at a place of the new text.
    fn same_statement(&self, change: &Change, range: TextRange) -> Option<usize> {
        let was = change.unmoved(range)?;
        let at = self.statements.partition_point(|placed| placed.range.start() < was.start());
        let placed = self.statements.get(at).filter(|placed| placed.range == was)?;
        // The first of the document is another thing than the same text further down.
        let same_order = (range.start() == TextSize::new(0)) == (was.start() == TextSize::new(0));
        (placed.statement.is_sound() && same_order).then_some(at)
    }
}

impl Change {
    /// Where an offset of the old text, at or behind the change, is in the new one.
    fn moved(&self, offset: TextSize) -> TextSize {
        TextSize::new((offset.to_usize() - self.old.end + self.new.end) as u32)
    }

    /// Where a range of the old text, which the change does not touch, is in the new one.
    fn moved_range(&self, range: TextRange) -> TextRange {
        if range.start().to_usize() < self.old.end {
            range
        } else {
            TextRange::at(self.moved(range.start()), range.len())
        }
    }

    /// Where a range of the new text was in the old one; `None` for what the change touches.
    fn unmoved(&self, range: TextRange) -> Option<TextRange> {
        if range.end().to_usize() <= self.new.start {
            return Some(range);
        }
        let start = range.start().to_usize().checked_sub(self.new.end)? + self.old.end;
        Some(TextRange::at(TextSize::new(start as u32), range.len()))
    }
}

impl Statement {
    /// No syntax error is in it, and none before it reaches into it.
    fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.doubtful.is_empty() && self.headless.is_empty()
    }
}

impl<'e> Edit<'e> {
    fn old(&self, range: Range<usize>) -> &'e [Placed] {
        &self.module.statements[range]
    }

    /// The statements of the old text that stay, run by run; behind the last run those to the end.
    fn kept(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.runs.iter().map(|run| run.old.end));
        let ends = self.runs.iter().map(|run| run.old.start).chain([self.module.statements.len()]);
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// The names, where the new statements bind what the old ones did: then nobody else sees a difference.
    fn same_names(&self) -> Option<Rebound<'e>> {
        let mut behind = Limit::default();
        let mut all = Vec::with_capacity(self.runs.len());
        for (run, kept) in self.runs.iter().zip(self.kept()) {
            behind = self.old(kept).iter().fold(behind, |behind, placed| behind.behind(&placed.statement.bindings));
            all.push(self.bound_as_before(run, &mut behind)?);
        }
        Some(Rebound { table: Arc::clone(&self.module.table), bound: all, again: BTreeMap::new() })
    }

    /// What the regions of a run bind, if that is what the old statements there bound.
    fn bound_as_before(&self, run: &Run, behind: &mut Limit) -> Option<Vec<Bound>> {
        // An answer of the table can only be wrong behind the first binding that is not the one that the table holds.
        let regions = &self.piece.regions[run.new.clone()];
        let table = &self.module.table;
        let bound: Vec<_> =
            regions.iter().map(|region| self.piece.bind_in(region, table, behind, &self.module.environment)).collect();
        let old = all_of(self.old(run.old.clone()).iter().map(|placed| &placed.statement.bindings));
        old.says_the_same(&all_of(bound.iter().map(|bound| &bound.bindings))).then_some(bound)
    }

    /// The names, where they are others than before. `None` where a statement that has to be read again does not stand
    /// on its own.
    fn new_names(&self) -> Option<Rebound<'e>> {
        let mut names = Rebound { table: Arc::default(), bound: Vec::new(), again: BTreeMap::new() };
        let mut table = ModuleTable::default();
        let mut changed = Changed::default();
        for (at, kept) in self.kept().enumerate() {
            for at in kept {
                self.bind_kept(at, &mut table, &mut changed, &mut names)?;
            }
            if let Some(run) = self.runs.get(at) {
                names.bound.push(self.bind_run(run, &mut table, &mut changed));
            }
        }
        table.compare(&self.module.table, &mut changed);
        names.table = Arc::new(table);
        // What a function asks for may be bound behind it.
        for at in self.kept().flatten() {
            if changed.meets(&self.module.statements[at].statement.asked) && !names.again.contains_key(&at) {
                names.again.insert(at, (self.alone(at)?, None));
            }
        }
        Some(names)
    }

    /// Adds the names of a statement whose text is the same.
    fn bind_kept(
        &self,
        at: usize,
        table: &mut ModuleTable,
        changed: &mut Changed,
        names: &mut Rebound<'e>,
    ) -> Option<()> {
        let statement = &self.module.statements[at].statement;
        if !changed.meets(&statement.asked) {
            table.extend(&statement.bindings);
            return Some(());
        }
        let piece = self.alone(at)?;
        let bound = piece.bind(&piece.regions[0], table, &self.module.environment);
        changed.add_bindings(&statement.bindings, &bound.bindings);
        names.again.insert(at, (piece, Some(bound)));
        Some(())
    }

    /// Adds the names of the regions of a run.
    fn bind_run(&self, run: &Run, table: &mut ModuleTable, changed: &mut Changed) -> Vec<Bound> {
        let regions = &self.piece.regions[run.new.clone()];
        let bound: Vec<_> =
            regions.iter().map(|region| self.piece.bind(region, table, &self.module.environment)).collect();
        let old = all_of(self.old(run.old.clone()).iter().map(|placed| &placed.statement.bindings));
        changed.add_bindings(&old, &all_of(bound.iter().map(|bound| &bound.bindings)));
        bound
    }

    /// A statement whose text is the same, parsed by itself; `None` where it does not stand on its own.
    fn alone(&self, at: usize) -> Option<Piece<'e>> {
        let placed = &self.module.statements[at];
        let range = self.change.moved_range(placed.range);
        let source = &self.text[range];
        if !placed.statement.is_sound() || source.starts_with(BLANKS) || goes_on(source) {
            return None;
        }
        let piece = Piece::read(self.text, range, &self.module.environment);
        (!piece.parsed.has_invalid_syntax() && piece.regions.len() == 1).then_some(piece)
    }

    /// Reads what has to be read, and puts it among what stays.
    fn read(self, names: Rebound<'e>, cells: Cells, observer: &mut dyn Observer) -> Edited {
        let Rebound { table, bound, mut again } = names;
        let mut reader = Reader {
            edit: &self,
            table: &table,
            observer,
            statements: Vec::with_capacity(self.module.statements.len() + self.piece.regions.len()),
            behind: Limit::default(),
            read: Vec::new(),
        };
        let (mut bound, mut errors) = (bound.into_iter(), self.piece.errors());
        let mut at_region = 0;
        for (at, kept) in self.kept().enumerate() {
            for at in kept {
                match again.remove(&at) {
                    Some((piece, bound)) => reader.read_again(&piece, bound),
                    None => reader.keep(&self.module.statements[at]),
                }
            }
            let Some((run, bound)) = self.runs.get(at).zip(bound.next()) else { break };
            // Those between the runs have none.
            errors.skip(&self.piece.regions[at_region..run.new.start]);
            at_region = run.new.end;
            for (region, bound) in run.new.clone().zip(bound) {
                reader.read(&self.piece, region, bound, &mut errors);
            }
        }
        let Reader { statements, read, .. } = reader;
        let module =
            Module { statements, cells, table: Arc::clone(&table), environment: self.module.environment.clone() };
        Edited { module, replaced: self.runs.into_iter().map(|run| (run.old, run.new.len())).collect(), read }
    }
}

/// Puts the statements of the new module in a row.
struct Reader<'r> {
    edit: &'r Edit<'r>,
    table: &'r ModuleTable,
    observer: &'r mut dyn Observer,
    statements: Vec<Placed>,
    /// What the statements so far bind.
    behind: Limit,
    read: Vec<(usize, TextSize)>,
}

impl Reader<'_> {
    /// Takes a statement over.
    fn keep(&mut self, placed: &Placed) {
        let range = self.edit.change.moved_range(placed.range);
        self.push(Placed { range, statement: Arc::clone(&placed.statement) });
    }

    /// Reads a statement whose text is the same.
    fn read_again(&mut self, piece: &Piece<'_>, bound: Option<Bound>) {
        let environment = &self.edit.module.environment;
        let bind = || piece.bind_in(&piece.regions[0], self.table, &mut self.behind.clone(), environment);
        let bound = bound.unwrap_or_else(bind);
        self.read(piece, 0, bound, &mut piece.errors());
    }

    fn read(&mut self, piece: &Piece<'_>, region: usize, bound: Bound, errors: &mut Errors<'_>) {
        let part = Part {
            piece,
            table: self.table,
            environment: &self.edit.module.environment,
            is_first: self.statements.is_empty(),
            before: self.behind.bindings,
        };
        let previous = self.statements.last().filter(|_| region > 0);
        let errors = errors.of(&piece.regions[region]);
        let placed = part.read(&piece.regions[region], bound, errors, previous, self.observer);
        self.read.push((self.statements.len(), piece.start));
        self.push(placed);
    }

    fn push(&mut self, placed: Placed) {
        self.behind = self.behind.behind(&placed.statement.bindings);
        self.statements.push(placed);
    }
}

enum Outcome<'n> {
    Parsed(Piece<'n>),
    GrowForward,
    GrowBackward,
    GiveUp,
}

/// What a line of a block may begin with.
const BLANKS: [char; 3] = [' ', '\t', '\u{c}'];

/// All that some statements bind.
fn all_of<'b>(parts: impl Iterator<Item = &'b StatementBindings>) -> StatementBindings {
    let mut all = StatementBindings::default();
    parts.for_each(|part| all.append(part.clone(), TextSize::new(0)));
    all
}

/// Whether a backslash has a text go on in the next line.
fn goes_on(source: &str) -> bool {
    source.trim_end_matches(['\n', '\r']).ends_with('\\')
}

/// Whether a region of a text without errors there is the same code without what stands around it: it begins a line,
/// and what is open before it, brackets or strings, does not reach into it, as its last line ends a statement.
fn stands_alone(piece: &Piece<'_>, region: &Region) -> bool {
    let body = piece.body(region);
    let Some(last) = body.last() else { return true };
    let tokens = piece.parsed.tokens();
    let behind = tokens[tokens.partition_point(|token| token.start() < last.end())..].iter();
    let mut line_ends = behind
        .map(ruff_python_ast::token::Token::kind)
        .filter(|kind| matches!(kind, TokenKind::Newline | TokenKind::NonLogicalNewline));
    !is_indented(piece.source, body) && line_ends.next() == Some(TokenKind::Newline)
}

/// Whether the first code of a text continues a statement: `else`, `elif`, `except`, `finally`, `case`.
fn begins_with_clause(source: &str) -> bool {
    let code = source.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    code.is_some_and(|line| ["else", "elif", "except", "finally", "case"].iter().any(|word| line.starts_with(word)))
}

/// The smallest change between two texts, on character boundaries of both: the bytes of the old one and of the new one.
fn difference(old: &str, new: &str) -> (Range<usize>, Range<usize>) {
    let (a, b) = (old.as_bytes(), new.as_bytes());
    let shorter = a.len().min(b.len());
    let mut prefix = common_prefix(a, b);
    while !old.is_char_boundary(prefix) || !new.is_char_boundary(prefix) {
        prefix -= 1;
    }
    let mut suffix = common_suffix(&a[prefix..], &b[prefix..]).min(shorter - prefix);
    while !old.is_char_boundary(a.len() - suffix) || !new.is_char_boundary(b.len() - suffix) {
        suffix -= 1;
    }
    (prefix..a.len() - suffix, prefix..b.len() - suffix)
}

/// How many bytes two texts share at their start; whole blocks are compared first, as fast as memory allows.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    let blocks = a.chunks_exact(BLOCK).zip(b.chunks_exact(BLOCK)).take_while(|(a, b)| a == b).count() * BLOCK;
    blocks + a[blocks..].iter().zip(&b[blocks..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts share at their end.
fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    let blocks = a.rchunks_exact(BLOCK).zip(b.rchunks_exact(BLOCK)).take_while(|(a, b)| a == b).count() * BLOCK;
    let (a, b) = (&a[..a.len() - blocks], &b[..b.len() - blocks]);
    blocks + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::super::context::Environment;
    use super::super::walk::NoObserver;
    use super::*;

    /// The first lines of the statements that are read when one text becomes another.
    fn read_again(old: &str, new: &str) -> Vec<String> {
        let module = Module::read(old, &Environment::default(), &mut NoObserver);
        let edited = module.edit(old, new, Cells::default(), &mut NoObserver).expect("it is an edit like any other");
        assert_eq!(edited.module.statements, Module::read(new, &Environment::default(), &mut NoObserver).statements);
        let text = |at: usize| new[edited.module.statements[at].range].lines().next().unwrap_or_default().to_owned();
        edited.read.iter().map(|(at, _)| text(*at)).collect()
    }

    const MODULE: &str = "import os\ndef first(): return os.sep\ndef second(): return first()\nx = 1\ny = x\n";

    #[test]
    fn an_edit_inside_a_statement_reads_that_one() {
        assert_eq!(read_again(MODULE, &MODULE.replace("os.sep", "os.name")), ["def first(): return os.name"]);
    }

    #[test]
    fn a_new_name_reads_those_that_asked_for_it() {
        let read = read_again(MODULE, &MODULE.replace("def first", "def other"));
        assert_eq!(read, ["def other(): return os.sep", "def second(): return first()"]);
        let read = read_again(MODULE, &MODULE.replace("import os\n", "import re as os\n"));
        assert_eq!(read, ["import re as os", "def first(): return os.sep"]);
    }

    #[test]
    fn what_a_name_is_goes_from_statement_to_statement() {
        let old = "x = 1\ny = x\nz = y\nother = 1\n";
        assert_eq!(read_again(old, &old.replace("x = 1", "x = ''")), ["x = ''", "y = x", "z = y"]);
    }

    #[test]
    fn a_star_import_reads_those_that_asked_for_what_nobody_binds() {
        let old = "import os\nx = sin(1)\ny = x\n";
        let read = read_again(old, &old.replace("import os", "from math import *"));
        assert_eq!(read, ["from math import *", "x = sin(1)", "y = x"]);
    }

    #[test]
    fn a_star_import_behind_a_statement_says_nothing_of_it() {
        let old = "x = foo(1)\nfrom math import *\n";
        assert_eq!(read_again(old, &old.replace("foo", "sin"))[0], "x = sin(1)");
    }

    #[test]
    fn a_syntax_error_leaves_the_statements_around_it() {
        let broken = MODULE.replace("return first()", "return first(");
        assert_eq!(read_again(MODULE, &broken)[0], "def second(): return first(");
        let mended = read_again(&broken, MODULE);
        assert!(!mended.contains(&"import os".to_owned()), "{mended:?}");
        let typed = read_again(&broken, &broken.replace("sep", "name"));
        assert_eq!(typed[0], "def first(): return os.name");
    }
}
