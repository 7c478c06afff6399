//! An edit costs what the statements cost that it touches.
//!
//! The lines that changed are widened to whole statements, that slice is parsed and read alone, and the other statements
//! stay as they are. That is right only where the slice stands on its own and the module's names stay the same; where
//! this cannot be proven, the caller reads the whole document.

use std::ops::Range;
use std::sync::Arc;

use ruff_text_size::{TextLen, TextRange, TextSize};

use super::bindings::{self, StatementBindings};
use super::cells::Cells;
use super::context::Context;
use super::module::{Module, Part, Placed, parse, regions};
use super::walk::Observer;

/// A document after an edit.
#[derive(Debug)]
pub struct Edited {
    /// The facts of the new text.
    pub module: Module,
    /// Which statements of the old module were replaced.
    pub replaced: Range<usize>,
    /// How many statements stand in their place; the observer was shown these.
    pub inserted: usize,
}

/// What differs between two texts: the bytes `old` of the one were replaced by the bytes `new` of the other.
struct Change {
    old: Range<usize>,
    new: Range<usize>,
    /// The statements of the old text that it is among: a cell's, or all of a file's.
    among: Range<usize>,
    /// Where these end in the old text.
    end: usize,
}

impl Module {
    /// Reads the new text of a document of which this module is the old one, by the statements that differ.
    ///
    /// `None` where that cannot be proven to give what [`Module::read`] gives; the observer may have been shown
    /// statements by then.
    pub fn edit(&self, old: &str, new: &str, cells: Cells, observer: &mut dyn Observer) -> Option<Edited> {
        if u32::try_from(new.len()).is_err() || old.text_len() != self.statements.last()?.range.end() {
            return None;
        }
        let change = self.change(old, new, &cells)?;
        // A syntax error may reach as far as it likes, within its cell.
        let among = &self.statements[change.among.clone()];
        let first_problem = among.iter().position(|placed| !placed.statement.problems.is_empty());
        let first_problem = first_problem.map(|at| change.among.start + at);
        let mut slice = self.statements_around(&change, old, first_problem)?;
        // Grow the slice until it stands on its own; few edits need more than one step.
        for _ in 0..4 {
            match self.read_slice(&slice, &change, new, observer) {
                Outcome::Read(placed) => return Some(self.spliced(slice, placed, new, cells)),
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
        let end = was.end().to_usize();
        Some(Change { old: moved(difference.0), new: moved(difference.1), among, end })
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

    /// Reads the new text of a run of statements.
    fn read_slice(&self, slice: &Range<usize>, change: &Change, new: &str, observer: &mut dyn Observer) -> Outcome {
        let start = self.statements[slice.start].range.start().to_usize();
        let old_end = self.statements[slice.end - 1].range.end().to_usize();
        let end = old_end - change.old.end + change.new.end;
        let source = &new[start..end];
        let is_last = old_end == change.end;
        // The slice must end where a line ends, and `\r` must not be parted from its `\n`.
        let whole_lines = source.ends_with('\n') || source.ends_with('\r') && !new[end..].starts_with('\n');
        if !is_last && (!whole_lines || source.trim_end_matches(['\n', '\r']).ends_with('\\')) {
            return Outcome::GrowForward;
        }
        let is_first = slice.start == change.among.start;
        if !is_first && source.starts_with([' ', '\t', '\u{c}']) {
            return Outcome::GrowBackward;
        }
        let parsed = parse(source, &self.environment);
        if parsed.has_invalid_syntax() {
            // An `else` of the statement before it, perhaps; or a real error, which only the whole text can tell.
            return if !is_first && begins_with_clause(source) { Outcome::GrowBackward } else { Outcome::GiveUp };
        }
        let mut regions = regions(source, &parsed);
        // Comments and blank lines at the end belong to the statement that follows.
        let trailing = regions.last().is_some_and(|region| region.statements.is_empty());
        if trailing && !is_last {
            return Outcome::GrowForward;
        }
        if trailing && source.is_empty() && !is_first {
            regions.pop();
        }

        let before: u32 =
            self.statements[..slice.start].iter().map(|placed| placed.statement.bindings.bindings.len() as u32).sum();
        let Some(bound) = self.same_bindings(source, &parsed, &regions, slice, before) else { return Outcome::GiveUp };
        let part = Part {
            source,
            parsed: &parsed,
            table: &self.table,
            environment: &self.environment,
            is_first: slice.start == 0,
            before,
        };
        let mut placed = part.read(regions, bound, observer);
        for statement in &mut placed {
            statement.range += TextSize::new(start as u32);
        }
        Outcome::Read(placed)
    }

    /// The bindings of the slice's statements, if the module's table stays the same with them.
    fn same_bindings(
        &self,
        source: &str,
        parsed: &ruff_python_parser::Parsed<ruff_python_ast::ModModule>,
        regions: &[super::module::Region],
        slice: &Range<usize>,
        before: u32,
    ) -> Option<Vec<StatementBindings>> {
        let mut known = StatementBindings::default();
        for placed in &self.statements[slice.clone()] {
            known.append(placed.statement.bindings.clone(), TextSize::new(0));
        }
        let mut all = StatementBindings::default();
        let mut bound = Vec::with_capacity(regions.len());
        for region in regions {
            let mut found = StatementBindings::default();
            for stmt in &parsed.suite()[region.statements.clone()] {
                let so_far = before + all.bindings.len() as u32;
                // What is bound so far equals what the table holds: that has been compared, statement by statement.
                if !known.bindings.starts_with(&all.bindings) {
                    return None;
                }
                let mut context = Context::new(source, parsed.tokens(), &self.table, &self.environment, None);
                context.limit = Some(so_far);
                let one = bindings::of_statement(stmt, &context);
                all.append(StatementBindings { from: Vec::new(), ..one.clone() }, TextSize::new(0));
                found.append(one, region.range.start());
            }
            bound.push(found);
        }
        known.says_the_same(&all).then_some(bound)
    }

    /// This module with a run of statements replaced.
    fn spliced(&self, slice: Range<usize>, placed: Vec<Placed>, new: &str, cells: Cells) -> Edited {
        let inserted = placed.len();
        let old_end = self.statements[slice.end - 1].range.end();
        let tail_len = self.statements.last().map_or(old_end, |last| last.range.end()) - old_end;
        let new_end = new.text_len() - tail_len;
        let mut statements = Vec::with_capacity(self.statements.len() - slice.len() + inserted);
        statements.extend_from_slice(&self.statements[..slice.start]);
        statements.extend(placed);
        statements.extend(self.statements[slice.end..].iter().map(|placed| {
            let start = new_end + (placed.range.start() - old_end);
            Placed { range: TextRange::at(start, placed.range.len()), statement: Arc::clone(&placed.statement) }
        }));
        let module =
            Module { statements, cells, table: Arc::clone(&self.table), environment: self.environment.clone() };
        Edited { module, replaced: slice, inserted }
    }
}

enum Outcome {
    Read(Vec<Placed>),
    GrowForward,
    GrowBackward,
    GiveUp,
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
