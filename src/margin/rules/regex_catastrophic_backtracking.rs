//! `regex-catastrophic-backtracking`: a pattern that a short text keeps busy for years.
//!
//! A loop is dangerous when a text can be divided among its rounds in more and more ways. That is decided on the
//! automaton of the loop (a pair of runs that part and meet again on the same text). The text that it gives is then
//! tried out on a matcher that counts its steps, so that only loops are reported that do explode when what follows them
//! fails.

use std::cell::Cell;

use ruff_python_ast::{self as ast, Expr};
use rustc_hash::FxHashMap;

use super::regex::{Assertion, Flags, Node, Repeat, Set, TAKING_PATTERNS, parse};
use super::support::{Argument, argument, symbol};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "regex-catastrophic-backtracking", hooks: &[Hook::Call(check)] };

/// Larger automata are not looked at.
const MAX_POSITIONS: usize = 48;

/// Bounded repetitions are written out that often.
const MAX_COPIES: u32 = 6;

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(argument_) = argument(call, "pattern", Some(0)).given() else { return };
    let text = match argument_ {
        Expr::StringLiteral(text) => text.value.to_str().to_owned(),
        Expr::BytesLiteral(text) => text.value.bytes().map(char::from).collect(),
        _ => return,
    };
    // A loop around something that is a loop itself, or that is one of several.
    if text.matches(['*', '+', '{']).count() == 0 || !text.contains(['*', '+', '|']) || !text.contains(')') {
        return;
    }
    let Some(symbol) = symbol(context, &call.func) else { return };
    let Some((name, position)) = TAKING_PATTERNS.iter().find(|(name, _)| *name == symbol) else { return };
    let Some(flags) = flags(context, argument(call, "flags", Some(*position)), &text) else { return };
    let Some(pattern) = parse(&text, flags) else { return };
    if let Some((repeat, pump)) = dangerous_loop(&pattern, *name == "re.fullmatch") {
        let part: String = text.chars().skip(repeat.place.start).take(repeat.place.len()).collect();
        report.at(argument_, &[("part", &part), ("run", &pump)]);
    }
}

/// The flags of a call and those that the pattern itself begins with.
fn flags(context: &Context<'_>, given: Argument<'_>, pattern: &str) -> Option<Flags> {
    let mut flags = Flags::default();
    match given {
        Argument::Absent => {}
        Argument::Given(expr) => add_flags(context, expr, &mut flags)?,
        Argument::Unknown => return None,
    }
    let inline = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')')).map_or("", |(inline, _)| inline);
    if inline.chars().all(|letter| letter.is_ascii_alphabetic()) {
        inline.chars().try_for_each(|letter| flags.set(letter, true))?;
    }
    Some(flags)
}

fn add_flags(context: &Context<'_>, expr: &Expr, flags: &mut Flags) -> Option<()> {
    match expr {
        Expr::BinOp(ast::ExprBinOp { left, op: ast::Operator::BitOr, right, .. }) => {
            add_flags(context, left, flags)?;
            add_flags(context, right, flags)
        }
        _ => match symbol(context, expr)?.strip_prefix("re.")?.trim_start_matches("RegexFlag.") {
            "I" | "IGNORECASE" => flags.set('i', true),
            "X" | "VERBOSE" => flags.set('x', true),
            "S" | "DOTALL" => flags.set('s', true),
            "A" | "ASCII" | "U" | "UNICODE" | "L" | "LOCALE" | "M" | "MULTILINE" => Some(()),
            _ => None,
        },
    }
}

/// The first loop that explodes, with the text that it explodes on when repeated.
fn dangerous_loop(pattern: &Node, whole: bool) -> Option<(Repeat, String)> {
    let end = Node::Assertion(Assertion::End);
    let mut tail: Vec<&Node> = if whole { vec![&end] } else { Vec::new() };
    search(pattern, &mut tail)
}

/// Goes through the loops of a pattern. `tail` is what follows, the next piece last.
fn search<'n>(node: &'n Node, tail: &mut Vec<&'n Node>) -> Option<(Repeat, String)> {
    match node {
        Node::Set(_) | Node::Assertion(Assertion::Start | Assertion::End | Assertion::Boundary | Assertion::NoBoundary | Assertion::Behind) => None,
        Node::Concat(nodes) => {
            let length = tail.len();
            tail.extend(nodes.iter().rev());
            let mut found = None;
            for node in nodes {
                tail.pop();
                found = search(node, tail);
                if found.is_some() {
                    break;
                }
            }
            tail.truncate(length);
            found
        }
        Node::Alternate(nodes) => nodes.iter().find_map(|node| search(node, tail)),
        // Within these a match is a match, whatever follows.
        Node::Atomic(body) | Node::Assertion(Assertion::Ahead { body, .. }) => search(body, &mut Vec::new()),
        Node::Repeat(repeat) => {
            let own = if repeat.max.is_none() { explodes(node, repeat, tail) } else { None };
            own.map(|pump| (repeat.clone(), pump)).or_else(|| search(&repeat.body, tail))
        }
    }
}

/// The text that makes a loop explode, if there is one.
fn explodes(node: &Node, repeat: &Repeat, tail: &[&Node]) -> Option<String> {
    if matches!(*repeat.body, Node::Set(_)) {
        return None;
    }
    let automaton = Automaton::of_loop(&repeat.body)?;
    let (prefix, pump) = automaton.ambiguous_cycle()?;
    let mut pieces = vec![node];
    pieces.extend(tail.iter().rev());
    let confirmed = ["\0", "!", "\n", " ", "x", "0", "-", ""].iter().any(|end| {
        let text = |rounds: usize| -> Vec<char> {
            prefix.chars().chain(pump.chars().cycle().take(rounds * pump.chars().count())).chain(end.chars()).collect()
        };
        let (few, many) = (steps(&pieces, &text(8)), steps(&pieces, &text(14)));
        // A polynomial of the fourth degree stays below.
        many >= MAX_STEPS || many >= few.saturating_mul(14)
    });
    confirmed.then_some(pump)
}

// The automaton

/// The positions of a loop's body (its characters), and which can follow which. A pair that is listed twice can follow
/// in two ways.
#[derive(Default)]
struct Automaton {
    sets: Vec<Set>,
    follow: Vec<Vec<usize>>,
    first: Vec<usize>,
}

struct Fragment {
    nullable: bool,
    first: Vec<usize>,
    last: Vec<usize>,
}

impl Automaton {
    fn of_loop(body: &Node) -> Option<Self> {
        let mut automaton = Self::default();
        let fragment = automaton.add(body)?;
        automaton.connect(&fragment.last, &fragment.first);
        automaton.first = fragment.first;
        Some(automaton)
    }

    fn connect(&mut self, from: &[usize], to: &[usize]) {
        for &one in from {
            self.follow[one].extend_from_slice(to);
        }
    }

    /// `None` when it grows too large.
    fn add(&mut self, node: &Node) -> Option<Fragment> {
        match node {
            Node::Set(set) => {
                if self.sets.len() == MAX_POSITIONS {
                    return None;
                }
                self.sets.push(*set);
                self.follow.push(Vec::new());
                let at = self.sets.len() - 1;
                Some(Fragment { nullable: false, first: vec![at], last: vec![at] })
            }
            Node::Concat(nodes) => {
                let mut whole = Fragment { nullable: true, first: Vec::new(), last: Vec::new() };
                for node in nodes {
                    let next = self.add(node)?;
                    self.append(&mut whole, next);
                }
                Some(whole)
            }
            Node::Alternate(nodes) => {
                let mut whole = Fragment { nullable: false, first: Vec::new(), last: Vec::new() };
                for node in nodes {
                    let branch = self.add(node)?;
                    whole.nullable |= branch.nullable;
                    whole.first.extend(branch.first);
                    whole.last.extend(branch.last);
                }
                Some(whole)
            }
            Node::Repeat(repeat) => self.repeated(repeat),
            // What it tests may make the runs differ after all; a group that keeps what it has does not run in two ways.
            // No path leads through, so that nothing is claimed.
            Node::Assertion(_) | Node::Atomic(_) => Some(Fragment { nullable: false, first: Vec::new(), last: Vec::new() }),
        }
    }

    fn append(&mut self, whole: &mut Fragment, next: Fragment) {
        self.connect(&whole.last, &next.first);
        if whole.nullable {
            whole.first.extend(&next.first);
        }
        if next.nullable {
            whole.last.extend(next.last);
        } else {
            whole.last = next.last;
        }
        whole.nullable &= next.nullable;
    }

    fn repeated(&mut self, repeat: &Repeat) -> Option<Fragment> {
        let copies = match repeat.max {
            Some(max) => max.min(MAX_COPIES),
            None => repeat.min.clamp(1, MAX_COPIES),
        };
        let mut whole = Fragment { nullable: true, first: Vec::new(), last: Vec::new() };
        for copy in 0..copies {
            let mut next = self.add(&repeat.body)?;
            if repeat.max.is_none() && copy + 1 == copies {
                self.connect(&next.last, &next.first);
            }
            next.nullable |= copy >= repeat.min;
            self.append(&mut whole, next);
        }
        Some(whole)
    }

    /// A way into a cycle on which two runs part and meet again, and the text of the cycle.
    fn ambiguous_cycle(&self) -> Option<(String, String)> {
        (0..self.sets.len()).find_map(|start| {
            let pump = self.doubled_edge(start).or_else(|| self.parting_runs(start))?;
            let prefix = self.path(&self.first, |at| at == start)?;
            let text = |sets: &[Set]| sets.iter().map(|set| set.example()).collect::<Option<String>>();
            Some((text(&prefix)?, text(&pump)?))
        })
    }

    /// The sets on the shortest way from some positions (theirs included) to one that passes the test.
    fn path(&self, from: &[usize], test: impl Fn(usize) -> bool) -> Option<Vec<Set>> {
        let mut before: FxHashMap<usize, Option<usize>> = from.iter().map(|&at| (at, None)).collect();
        let mut queue: std::collections::VecDeque<usize> = from.iter().copied().collect();
        while let Some(at) = queue.pop_front() {
            if test(at) {
                let mut sets = vec![self.sets[at]];
                let mut at = at;
                while let Some(Some(earlier)) = before.get(&at) {
                    at = *earlier;
                    sets.push(self.sets[at]);
                }
                sets.reverse();
                return Some(sets);
            }
            for &next in &self.follow[at] {
                before.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    Some(at)
                });
            }
        }
        None
    }

    /// The cycle through a pair that can follow in two ways.
    fn doubled_edge(&self, start: usize) -> Option<Vec<Set>> {
        let next = self.follow[start].iter().enumerate().find(|(at, next)| self.follow[start][..*at].contains(next))?.1;
        self.path(&[*next], |at| at == start)
    }

    /// Two runs from one position that part, and meet there again on the same text.
    fn parting_runs(&self, start: usize) -> Option<Vec<Set>> {
        type Pair = (usize, usize);
        let mut before: FxHashMap<(Pair, bool), Option<(Pair, bool)>> = FxHashMap::default();
        let mut queue = std::collections::VecDeque::from([((start, start), false)]);
        before.insert(((start, start), false), None);
        while let Some(state @ ((one, other), parted)) = queue.pop_front() {
            for &next_one in &self.follow[one] {
                for &next_other in &self.follow[other] {
                    if self.sets[next_one].intersection(self.sets[next_other]).is_empty() {
                        continue;
                    }
                    let next = ((next_one, next_other), parted || next_one != next_other);
                    if before.contains_key(&next) {
                        continue;
                    }
                    before.insert(next, Some(state));
                    if next == ((start, start), true) {
                        let mut sets = Vec::new();
                        let mut at = next;
                        while let Some(Some(earlier)) = before.get(&at) {
                            sets.push(self.sets[at.0.0].intersection(self.sets[at.0.1]));
                            at = *earlier;
                        }
                        sets.reverse();
                        return Some(sets);
                    }
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

// The matcher

const MAX_STEPS: u32 = 200_000;

/// How many steps a backtracking matcher takes on a text, from its start.
fn steps(pieces: &[&Node], text: &[char]) -> u32 {
    let matcher = Matcher { text, steps: Cell::new(0) };
    matcher.sequence(pieces, 0, &|_| true);
    matcher.steps.get()
}

struct Matcher<'t> {
    text: &'t [char],
    steps: Cell<u32>,
}

impl Matcher<'_> {
    fn sequence(&self, pieces: &[&Node], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
        match pieces {
            [] => then(at),
            [first, rest @ ..] => self.run(first, at, &|next| self.sequence(rest, next, then)),
        }
    }

    /// Tries a piece at a place, and goes on with `then` wherever it ends.
    fn run(&self, node: &Node, at: usize, then: &dyn Fn(usize) -> bool) -> bool {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() >= MAX_STEPS {
            // Enough is known.
            return true;
        }
        match node {
            Node::Set(set) => self.text.get(at).is_some_and(|letter| set.contains(*letter)) && then(at + 1),
            Node::Concat(nodes) => self.all(nodes, at, then),
            Node::Alternate(nodes) => nodes.iter().any(|node| self.run(node, at, then)),
            Node::Repeat(repeat) => self.repeat(repeat, 0, at, then),
            Node::Atomic(body) => match self.first_end(body, at) {
                Some(end) => then(end),
                None => false,
            },
            Node::Assertion(assertion) => self.holds(assertion, at) && then(at),
        }
    }

    fn all(&self, nodes: &[Node], at: usize, then: &dyn Fn(usize) -> bool) -> bool {
        match nodes {
            [] => then(at),
            [first, rest @ ..] => self.run(first, at, &|next| self.all(rest, next, then)),
        }
    }

    fn repeat(&self, repeat: &Repeat, count: u32, at: usize, then: &dyn Fn(usize) -> bool) -> bool {
        let round = || {
            repeat.max.is_none_or(|max| count < max)
                && self.run(&repeat.body, at, &|next| {
                    // A round that takes nothing ends the loop.
                    (next > at || count < repeat.min) && self.repeat(repeat, count + 1, next, then)
                })
        };
        let end = || count >= repeat.min && then(at);
        let tries: [&dyn Fn() -> bool; 2] = if repeat.lazy { [&end, &round] } else { [&round, &end] };
        tries.into_iter().any(|attempt| attempt())
    }

    fn first_end(&self, body: &Node, at: usize) -> Option<usize> {
        let end = Cell::new(None);
        self.run(body, at, &|next| {
            end.set(Some(next));
            true
        });
        end.get()
    }

    fn holds(&self, assertion: &Assertion, at: usize) -> bool {
        let is_word = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_alphanumeric() || *letter == '_');
        let boundary = || {
            let before = at.checked_sub(1).and_then(|before| self.text.get(before));
            is_word(before) != is_word(self.text.get(at))
        };
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == self.text.len(),
            Assertion::Boundary => boundary(),
            Assertion::NoBoundary => !boundary(),
            Assertion::Ahead { body, negative } => self.first_end(body, at).is_some() != *negative,
            Assertion::Behind => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    fn is_dangerous(call: &str) -> bool {
        !found("regex-catastrophic-backtracking", &format!("import re\n{call}\n")).is_empty()
    }

    #[test]
    fn loops_that_can_be_divided_in_many_ways_explode() {
        for pattern in [
            r"(a+)+$",
            r"^(\w+\s?)*$",
            r"(a|a)*b",
            r"(?:a|aa)+$",
            r"([a-z]+)*=",
            r"(\d+,?)+;",
            r"(.*a){12,}b",
            r"(?:x(a*)*y)+",
            r"^([\w.-]+)+@",
            r"(\d{1,3},?)+;",
            r"(?i)(?:a|A)+$",
            r"(?:[^<]|<[^>]*|>)*;$",
        ] {
            assert!(is_dangerous(&format!("re.search(r\"\"\"{pattern}\"\"\", text)")), "{pattern}");
        }
        assert!(is_dangerous("re.fullmatch(r'(a+)+', text)"));
        assert!(is_dangerous("re.compile(rb'(a+)+$')"));
        assert!(is_dangerous("re.compile('( a+ )+ $  # comment', re.X | re.M)"));
    }

    #[test]
    fn loops_with_one_way_through_do_not() {
        for pattern in [
            r"a+$",
            r"(ab+)+$",
            r"^(\w+\s)*$",
            r"(\w+(?:\.\w+)*)@",
            r"(?:[^\\']|\\.)*'",
            r"(\d{3})+;",
            r"(a+)+",
            r"(a|b)*c",
            r"(?>a+)+$",
            r"(?:a++)+$",
            r"(?:(?!x).)*y",
            r"(?:\s*\S+)*\s*",
            r"(?:\b\w+\b\s*)+;",
            r"(\d+)(?:,(\d+))*;",
            r".*.*=",
            r"(a+)+(b\1)$",
        ] {
            assert!(!is_dangerous(&format!("re.search(r\"\"\"{pattern}\"\"\", text)")), "{pattern}");
        }
        assert!(!is_dangerous("re.search('(a+)+$', text, flags)"));
        assert!(!is_dangerous("other.search('(a+)+$', text)"));
    }
}
