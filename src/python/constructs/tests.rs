//! Every shape on exactly its token, and nowhere in code that only looks like it.

mod samples;

use ruff_text_size::TextRange;

use crate::python::{Construct, Environment, FactKind, Module, NoObserver, Place, Texts, project_facts};
use samples::{SAMPLES, Sample};

/// The facts of a source with their places in it.
fn facts(source: &str) -> Vec<(TextRange, FactKind)> {
    let module = Module::read(source, &Environment::default(), &mut NoObserver);
    let facts = module.statements.iter().flat_map(|placed| {
        placed.statement.facts.iter().map(|fact| (fact.range + placed.range.start(), fact.kind.clone()))
    });
    facts.collect()
}

impl Sample {
    /// Where the sample is when it is one of several files.
    fn place(&self) -> Option<Place> {
        (!self.files.is_empty()).then(|| Texts::new(self.files).place("sample.py"))
    }
}

/// What the files around a source add.
fn facts_among(source: &str, place: &Place) -> Vec<(TextRange, FactKind)> {
    let module = Module::read(source, &Environment::default(), &mut NoObserver);
    let facts = module.statements.iter().flat_map(|placed| {
        let start = placed.range.start();
        project_facts(place, &placed.statement.imports).into_iter().map(move |fact| (fact.range + start, fact.kind))
    });
    facts.collect()
}

/// The places of a shape.
fn places(source: &str, sample: &Sample) -> Vec<TextRange> {
    let wanted = FactKind::Construct(sample.shape);
    let more = sample.place().map(|place| facts_among(source, &place)).unwrap_or_default();
    facts(source).into_iter().chain(more).filter(|(_, kind)| *kind == wanted).map(|(range, _)| range).collect()
}

/// Takes the marks `‹` and `›` out of a source; gives the ranges that they held.
fn unmark(marked: &str) -> (String, Vec<TextRange>) {
    let mut source = String::new();
    let mut ranges = Vec::new();
    let mut open = None;
    for letter in marked.chars() {
        let here = u32::try_from(source.len()).expect("samples are short").into();
        match letter {
            '‹' => open = Some(here),
            '›' => ranges.push(TextRange::new(open.take().expect("a mark is opened before it is closed"), here)),
            other => source.push(other),
        }
    }
    (source, ranges)
}

/// Every sample for the tests of what shapes lead to: the shape, its code, the places of its tokens.
pub(crate) fn marked_samples() -> impl Iterator<Item = (Construct, String, Vec<TextRange>, Option<Place>)> {
    SAMPLES.iter().map(|sample| {
        let (source, ranges) = unmark(sample.code);
        (sample.shape, source, ranges, sample.place())
    })
}

fn show(source: &str, ranges: &[TextRange]) -> Vec<String> {
    ranges.iter().map(|&range| format!("{}: {:?}", u32::from(range.start()), &source[range])).collect()
}

#[test]
fn every_shape_is_noted_on_exactly_its_token() {
    let mut wrong = Vec::new();
    for sample in SAMPLES {
        let (source, expected) = unmark(sample.code);
        assert!(!expected.is_empty(), "no mark in the sample of `{}`", sample.shape.name());
        let found = places(&source, sample);
        if found != expected {
            let (found, expected) = (show(&source, &found), show(&source, &expected));
            wrong.push(format!("{}: expected {expected:?}, found {found:?} in\n{source}", sample.shape.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn code_that_only_looks_like_a_shape_is_not_noted() {
    let mut wrong = Vec::new();
    for sample in SAMPLES {
        let found = places(sample.unlike, sample);
        if !found.is_empty() {
            let found = show(sample.unlike, &found);
            wrong.push(format!("{}: {found:?} in\n{}", sample.shape.name(), sample.unlike));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_shape_has_a_sample() {
    for &construct in Construct::ALL {
        let sampled = SAMPLES.iter().any(|sample| sample.shape == construct);
        assert!(sampled, "`{}` must have a sample", construct.name());
    }
}

/// Special methods: by definition, by assignment in a class body, by use.
#[test]
fn dunders_are_noted_where_they_are_defined_and_used() {
    let source = "class A:\n    def __len__(self): return 0\n    __hash__ = None\n    def size(self): return self.__len__()\n\
        def __ours__(): pass\n__all__ = []\n";
    let dunders: Vec<(u32, &str)> = facts(source)
        .into_iter()
        .filter(|(_, kind)| matches!(kind, FactKind::Dunder(_)))
        .map(|(range, _)| (range.start().into(), &source[range]))
        .collect();
    assert_eq!(dunders, [(17, "__len__"), (45, "__hash__"), (93, "__len__")]);
}

/// Bytes and text side by side are a mistake, often with a quote left open: each is read to where it ends.
#[test]
fn literals_that_are_joined_by_mistake_end_where_they_end() {
    for (source, escapes) in [
        ("f(b'a\\x80 😀\n', 'foo')\n", vec!["\\x80"]),
        ("f('a' b'\\x80😀\n)\n", vec!["\\x80"]),
        ("x = b'a' '\n", vec![]),
        ("import re\nre.match('\\d' b'😀\n, x)\n", vec!["\\d"]),
        ("import re\nre.match(b'' '\n, x)\n", vec![]),
    ] {
        let noted = facts(source).into_iter().filter(|(_, kind)| {
            let escapes = [Construct::StringBackslashEscape, Construct::StringInvalidEscape];
            matches!(kind, FactKind::Construct(construct) if escapes.contains(construct))
        });
        let found: Vec<_> = noted.map(|(range, _)| &source[range]).collect();
        assert_eq!(found, escapes, "{source:?}");
    }
}

/// What an ordinary program is made of says nothing.
#[test]
fn plain_code_is_silent() {
    for source in [
        "name\n",
        "value = 'text'\n",
        "total = count(items)\n",
        "def f(a, b):\n    x = a\n    y = f2(b)\n",
        "# a comment\n",
        "row['key']\n",
        "point.x\n",
        "print(value, 3, None, True)\n",
    ] {
        let noted: Vec<_> = facts(source)
            .into_iter()
            .filter(|(_, kind)| matches!(kind, FactKind::Construct(construct) if !silent(*construct)))
            .collect();
        assert!(noted.is_empty(), "{noted:?} in {source:?}");
    }
}

/// Shapes on keywords and operators that plain code may have.
fn silent(construct: Construct) -> bool {
    matches!(construct, Construct::Def | Construct::AssignAlias)
}
