//! Refactorings on real code: over the standard library, what is offered leaves code that parses and everything around
//! it as it is; and what a format becomes is executed, before and after.
//!
//! `MARGINALIA_REFACTOR_FILES` sets how many files are read; the default is small enough for every run.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use marginalia::knowledge::Knowledge;
use marginalia::margin::refactor::rewrites;
use marginalia::margin::{Analysis, Edit, Engine, Options, fixes};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::support::{Random, on_big_stack, standard_library};

fn analyse(text: &str, engine: &Arc<Engine>) -> Analysis {
    Analysis::new(Arc::from(text), &Options::default(), engine)
}

fn parses(text: &str) -> bool {
    ruff_python_parser::parse_module(text).is_ok()
}

/// The starts of the top-level statements of a text, as texts: what an edit elsewhere must not touch.
fn statements(text: &str) -> Vec<String> {
    let parsed = ruff_python_parser::parse_module(text).unwrap();
    parsed.suite().iter().map(|stmt| text[stmt.range()].to_owned()).collect()
}

/// Comments are kept: there are as many after the edits as before.
fn comments(text: &str) -> usize {
    let parsed = ruff_python_parser::parse_module(text).unwrap();
    parsed.tokens().iter().filter(|token| token.kind().is_comment()).count()
}

/// What is wrong with the edits, if anything is.
fn fault(text: &str, edits: &[Edit]) -> Option<String> {
    let apart = edits.windows(2).all(|pair| pair[0].range.end() <= pair[1].range.start());
    let inside = edits.iter().all(|edit| {
        let (start, end) = (edit.range.start().to_usize(), edit.range.end().to_usize());
        end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end)
    });
    if !apart || !inside {
        return Some("the edits get in each other's way".to_owned());
    }
    let after = fixes::apply(text, edits);
    if !parses(&after) {
        return Some(format!("the result does not parse:\n{after}"));
    }
    if comments(&after) != comments(text) {
        return Some("a comment is lost".to_owned());
    }
    // Statements that no edit touches are there, in their order.
    let parsed = ruff_python_parser::parse_module(text).unwrap();
    let touched = |range: TextRange| edits.iter().any(|edit| edit.range.intersect(range).is_some());
    let kept = parsed.suite().iter().filter(|stmt| !touched(stmt.range())).map(|stmt| text[stmt.range()].to_owned());
    let mut behind = statements(&after).into_iter();
    kept.into_iter()
        .find(|kept| !behind.any(|stmt| stmt == *kept))
        .map(|lost| format!("another statement is lost: {lost}"))
}

/// So many lines of a file are asked about.
const LINES: usize = 60;

#[test]
fn over_the_standard_library_every_rewrite_leaves_sound_code() {
    let wanted: usize =
        std::env::var("MARGINALIA_REFACTOR_FILES").ok().and_then(|count| count.parse().ok()).unwrap_or(60);
    let (offered, faults) = on_big_stack(move || {
        let engine = Engine::with_rules(Knowledge::builtin(), |_, _| false);
        let files: Vec<_> =
            standard_library().into_iter().filter(|path| !path.to_string_lossy().contains("lib2to3")).collect();
        let mut random = Random::new(20_261_122);
        let mut offered: BTreeMap<&str, usize> = BTreeMap::new();
        let mut faults = Vec::new();
        for _ in 0..wanted.min(files.len()) {
            let path = &files[random.below(files.len())];
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            if !parses(&text) || text.len() > 200_000 {
                continue;
            }
            let analysis = analyse(&text, &engine);
            let mut seen = Vec::new();
            let mut start = 0;
            // From somewhere on, some lines in equal steps.
            let step = 1 + text.lines().count() / LINES;
            let first = random.below(step);
            for (number, line) in text.split_inclusive('\n').enumerate() {
                if number % step != first {
                    start += line.len();
                    continue;
                }
                // The whole line shows what is on it.
                let from = start + line.len() - line.trim_start().len();
                let range = TextRange::new(
                    TextSize::new(from as u32),
                    TextSize::new((start + line.trim_end().len()).max(from) as u32),
                );
                start += line.len();
                for rewrite in rewrites(&analysis, range) {
                    if seen.contains(&rewrite.edits) {
                        continue;
                    }
                    *offered.entry(rewrite.name).or_default() += 1;
                    if let Some(fault) = fault(&text, &rewrite.edits) {
                        faults.push(format!("{}, {}: {fault}", path.display(), rewrite.title));
                    }
                    seen.push(rewrite.edits);
                }
            }
        }
        (offered, faults)
    });
    println!("{offered:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(offered.values().sum::<usize>() > 20, "too little was offered to say anything: {offered:?}");
}

/// Values for the formats below.
const SETUP: &str = "
import decimal, enum
class Color(enum.IntEnum):
    RED = 1
class Name(str, enum.Enum):
    A = 'a'
class Odd:
    def __str__(self): return 'str'
    def __repr__(self): return 'repr'
    def __format__(self, spec): return 'format ' + spec
    x = 3
class Counter:
    n = 0
    def next(self):
        self.n += 1
        return self.n
    def __str__(self): return str(self.n)
odd, color, name, counter = Odd(), Color.RED, Name.A, Counter()
a, b, c, d = 'a\\'b\"', -7, 3.14159, [1, 'x']
text, many = 'text', {'k': 'v', 'long key': 2}
";

/// Formats whose values are anything.
const FORMATS: [&str; 34] = [
    "'%s' % (odd,)",
    "'%s|%r|%a' % (odd, odd, odd)",
    "'%10s|%-10s|%.2s|%10.2s' % (odd, odd, odd, odd)",
    "'%s %s' % (color, name)",
    "'%r %8r' % (color, name)",
    "'%s%%' % (a,)",
    "'{%s}' % (a,)",
    "'%(x)s-%(y)r' % {'x': a, 'y': d}",
    "'%s' % len(text)",
    "'%d %i %5d|%-5d|%05d|%+d|% d' % (len(d), len(d), len(d), len(d), len(d), len(d), len(d))",
    "'%x %X %#x %#o %08x' % (len(d), len(d), len(d), len(d), len(d))",
    "'%f %.2f %e %g %10.3f|%-10.1f|%+.1f|%010.2f' % (3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5, 3.5)",
    "'%s' % 3.5",
    "'%s' % f'{a}'",
    "'%s and %s' % (many['k'], odd.x)",
    "\"%s\" % (many['long key'],)",
    "'''%s\n%s''' % (a, b)",
    "r'\\d%s' % (a,)",
    "'\\t%s\\n' % (a,)",
    "'%s %s' % (1, counter.next())",
    "'%s %s' % (counter, counter.next())",
    "'{}'.format(odd)",
    "'{!s} {!r} {!a}'.format(odd, odd, odd)",
    "'{:>8} {:>8}'.format(text, odd)",
    "'{0} {1} {0}'.format(a, b)",
    "'{x} {y.x} '.format(x=odd, y=odd) if False else '{x}'.format(x=odd.x)",
    "'{{{}}}'.format(d)",
    "'{:.2f} {:+d} {:08.3f} {:,}'.format(c, b, c, 1234567)",
    "'{} {}'.format(many['k'], d[0]) if False else \"{} {}\".format(many['k'], d[0])",
    "('a {} ' 'b {}').format(a, b)",
    "'{} {}'.format(1, counter.next())",
    "'{} {}'.format(counter, counter.next())",
    "'{} {}'.format(color, name)",
    "'{}'.format(a if b else c)",
];

#[test]
fn what_a_format_becomes_says_the_same_when_it_runs() {
    let (before, after, count) = on_big_stack(|| {
        let engine = Engine::with_rules(Knowledge::builtin(), |_, _| false);
        let mut before = SETUP.to_owned();
        let mut after = SETUP.to_owned();
        let mut count = 0;
        for format in FORMATS {
            let text = format!("{SETUP}print({format})\n");
            let analysis = analyse(&text, &engine);
            let cursor = TextSize::new((SETUP.len() + "print(".len() + 1) as u32);
            let rewrite = rewrites(&analysis, TextRange::empty(cursor)).into_iter().next();
            let rewritten = rewrite.map_or_else(|| text.clone(), |rewrite| fixes::apply(&text, &rewrite.edits));
            count += usize::from(rewritten != text);
            before.push_str(&format!("print({format})\n"));
            after.push_str(&rewritten[SETUP.len()..]);
        }
        (before, after, count)
    });
    let run = |program: &str| Command::new("python3").args(["-c", program]).output();
    let Ok(expected) = run(&before) else {
        println!("skipped: there is no python3 to run the formats with");
        return;
    };
    let result = run(&after).unwrap();
    assert!(expected.status.success(), "{}", String::from_utf8_lossy(&expected.stderr));
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(lines(&result.stdout), lines(&expected.stdout), "{}\n{after}", lines(&result.stderr));
    assert!(count >= 25, "only {count} of {} formats are rewritten:\n{after}", FORMATS.len());
    println!("{count} formats rewritten and run");
}

#[test]
fn no_depth_and_no_place_ends_a_refactoring() {
    on_big_stack(|| {
        let deep =
            |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(2_000), close.repeat(2_000));
        let sources = [
            format!("x = {}\n", deep("'%s' % (", "x", ",)")),
            format!("x = {}\n", deep("'{}'.format(", "x", ")")),
            format!("from typing import *\nx: {} = 1\n", deep("Optional[", "int", "]")),
            format!("from typing import *\nx: {} = 1\n", deep("Union[List[", "int", "], str]")),
            format!("import os\nx = {}\n", deep("os.path.isfile(", "'a'", ")")),
            format!("out = []\nfor x in {}:\n    out.append({})\n", deep("(", "y", ")"), deep("-", "x", "")),
            format!("import asyncio\nasync def f():\n    await asyncio.gather(f(), {})\n", deep("f(", "1", ")")),
            format!("if x == 1 and {}: pass\nelif x == 2: pass\n", deep("(not ", "y", ")")),
            format!("if x == 1: pass\n{}", "elif x == 2: pass\n".repeat(3_000)),
            format!("class A:\n    def __init__(self, a: {}):\n        self.a = a\n", deep("A[", "A", "]")),
            format!("from collections import namedtuple\nP = namedtuple('P', 'x')\nx = {}\n", deep("P(", "1", ").x")),
            format!(
                "f = open({})\ntry:\n    {}\nfinally:\n    f.close()\n",
                deep("(", "p", ")"),
                deep("f.read(", "1", ")")
            ),
            "x = (\n'%s' % (\n".to_owned(),
            "\u{feff}x = '{}'.format(é漢😀)\n".to_owned(),
            String::new(),
        ];
        let engine = Engine::with_rules(Knowledge::builtin(), |_, _| false);
        for source in sources {
            let analysis = analyse(&source, &engine);
            let len = source.len();
            let mut places: Vec<usize> = vec![0, len / 4, len / 3, len / 2, len * 2 / 3, len];
            places.extend(source.char_indices().map(|(at, _)| at).take(12));
            for at in places.into_iter().filter(|at| source.is_char_boundary(*at)) {
                for rewrite in rewrites(&analysis, TextRange::empty(TextSize::new(at as u32))) {
                    assert_eq!(fault(&source, &rewrite.edits), None, "{}", rewrite.title);
                }
            }
            rewrites(&analysis, TextRange::up_to(TextSize::new(len as u32)));
        }
    });
}

/// Programs with a cursor. What they print must stay, whatever is rewritten there.
const PROGRAMS: [(&str, &str); 12] = [
    (
        "append-loop",
        "
def f(rows):
    out = []
    for k, v in ^rows:
        if v % 2 if k else v:
            for i in range(v):
                out.append((k, i) if i else k)
    return out
print(f([('a', 3), ('', 2), ('b', 4), ('c', 1)]))
",
    ),
    (
        "append-loop",
        "
def f(rows):
    out = {}
    for k, *v in ^rows: out[k, len(k)] = v, 1
    return out
print(f(['abc', 'de', 'f', 'abx']))
",
    ),
    (
        "if-chain",
        "
import enum
class E(enum.IntEnum):
    ONE = 1
def f(x, y=False):
    i^f x == E.ONE:
        return 'one'
    elif x in ('a', 2) and y:
        return 'a or 2, y'
    elif x == 'a' or x == b'b' or x == -3:
        text = '''
  kept'''
        return text
    elif x is None: return 'none'
    elif isinstance(x, (str, list)): return 'text'
    elif x is True:
        return 'true'
    else:
        return 'other'
for x in (1, 1.0, True, E.ONE, 'a', 2, b'b', -3, None, 'z', [1], 0, False, object, 1j, (1,)):
    print(x if x is not object else 'object', f(x), f(x, True))
",
    ),
    (
        "close-in-finally",
        "
class R:
    def __init__(self): print('open')
    def close(self): print('close')
def f(fail):
    r = ^R()
    try:
        print('use')
        if fail:
            raise ValueError
        return 1
    finally:
        r.close()
print(f(False))
try: f(True)
except ValueError: print('failed')
",
    ),
    (
        "close-in-finally",
        "
import os
def f():
    file = open(os.devnull)
    t^ry:
        text = file.read()
    finally:
        file.close()
    return text, file.closed
print(f())
",
    ),
    (
        "gather",
        "
import asyncio
async def f(n):
    await asyncio.sleep(0)
    print('ran', n)
    return n * 2
async def main():
    a, b = await asyncio.gat^her(f(1), f(2))
    return a, b
print(asyncio.run(main()))
",
    ),
    (
        "gather",
        "
import asyncio
async def f(n):
    await asyncio.sleep(0)
    return n * 2
async def main():
    return await asyncio.gat^her(*(f(n) for n in range(5) if n != 2))
print(asyncio.run(main()))
",
    ),
    (
        "init-class",
        "
class P^oint:
    '''A place.'''

    def __init__(self, x: int, y=2, name: 'str | None' = None):
        self.x = x
        self.y = y
        self.name = name

    def __len__(self): return self.x
class Named(Point):
    def __init__(self): super().__init__(5, name='n')
p = Point(1)
print(vars(p), len(p), p == Point(1), p == p, len({p, p, Point(1)}), vars(Named()), vars(Point(y=1, x=3)), Point.__doc__)
try: Point()
except TypeError as error: print(error)
",
    ),
    (
        "named-tuple",
        "
from collections import namedtuple
P^oint = namedtuple('Point', 'x, y')
p = Point(1, y=2)
print(p, p.x, p == Point(1, 2), p == Point(2, 1), hash(p) == hash(Point(1, 2)), bool(p))
try: p.x = 3
except AttributeError: print('frozen')
",
    ),
    (
        "named-tuple",
        "
from typing import NamedTuple
class P^oint(NamedTuple):
    x: int
    y: int = 2
    def sum(self): return self.x + self.y
print(Point(1), Point(y=1, x=2).sum(), Point(1) == Point(1, 2))
",
    ),
    (
        "os-path",
        "
import os, tempfile
def f(folder: str, name: str):
    print(os.path.is^file(os.path.join(folder, name)))
with tempfile.TemporaryDirectory() as folder:
    f(folder, 'no')
    open(os.path.join(folder, 'yes'), 'w').close()
    f(folder, 'yes')
    f(folder, '')
    f('', '')
",
    ),
    (
        "os-path",
        "
import os, tempfile
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'a', 'b')
    for _ in range(2):
        os.makedirs^(os.path.join(folder, 'a', 'b'), exist_ok=True)
    print(os.listdir(folder), os.path.isdir(path))
",
    ),
];

#[test]
fn rewritten_programs_print_what_they_did() {
    let pairs = on_big_stack(|| {
        let engine = Engine::with_rules(Knowledge::builtin(), |_, _| false);
        PROGRAMS.map(|(name, program)| {
            let cursor = TextSize::new(program.find('^').unwrap() as u32);
            let text = program.replacen('^', "", 1);
            let offered = rewrites(&analyse(&text, &engine), TextRange::empty(cursor));
            let rewrite = offered.into_iter().find(|rewrite| rewrite.name == name);
            let rewrite = rewrite.unwrap_or_else(|| panic!("{name} is not offered in{program}"));
            (fixes::apply(&text, &rewrite.edits), text)
        })
    });
    let run = |program: &str| Command::new("python3").args(["-c", program]).output();
    match run("import sys; assert sys.version_info >= (3, 11)") {
        Ok(answer) if answer.status.success() => {}
        _ => return println!("skipped: there is no python3 of 3.11 or newer to run the programs with"),
    }
    for (after, before) in pairs {
        let (expected, result) = (run(&before).unwrap(), run(&after).unwrap());
        assert!(expected.status.success(), "{before}\n{}", String::from_utf8_lossy(&expected.stderr));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(&result.stdout), text(&expected.stdout), "{after}\n{}", text(&result.stderr));
    }
}
