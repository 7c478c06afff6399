//! References: which notes a place in the code leads to, the most specific first.

use ruff_text_size::TextRange;

use crate::book::SectionKind;
use crate::knowledge::{Knowledge, NoteId};
use crate::python::{Construct, FactKind, is_special, stdlib};

/// How many notes are shown for one place.
const MOST: usize = 4;

/// A place in the code with the notes it leads to. Offsets are bytes of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Exactly the token, or the dotted name.
    pub range: TextRange,
    /// What led there, in the trigger language: `symbol:asyncio.TaskGroup`.
    pub trigger: String,
    /// Most specific first, at most four.
    pub notes: Vec<NoteId>,
}

/// What is known at one offset: the answer to a hover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The token, or the dotted name, that the answer is about.
    pub range: TextRange,
    /// What led there, in the trigger language.
    pub trigger: String,
    /// Most specific first, at most four, never empty.
    pub notes: Vec<NoteId>,
    /// Only a statement keyword or operator led here: what `hover.keywords = false` hides.
    pub keyword_only: bool,
}

/// How closely a note fits a fact; the smaller the closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// A keyword argument of this very function.
    Keyword,
    /// This very symbol in this very use, or a shape that says more than the others of its token: `iter` with two
    /// arguments, `list` of `list[int]`, the `if` of a main guard.
    Use,
    /// This very symbol, method or attribute.
    Exact,
    /// This very special method.
    Dunder,
    /// A kind of pattern or parameter, or a shape within a statement.
    Shape,
    /// What the members of this class do, whichever it is.
    Member,
    /// The class that a method belongs to.
    Class,
    /// The package or module around the symbol.
    Package,
    /// A shape of what stands around the symbol: it is a base, a decorator, the end of a chain.
    Around,
    /// A worked example that happens to use the symbol, or a section that is mainly about something else.
    Aside,
    /// A kind of statement or operator.
    Statement,
    /// A shape that is there for want of a closer one.
    Fallback,
}

/// The notes for the facts at one place, closest first, each once.
pub(super) struct Ranked {
    /// At most [`MOST`].
    pub notes: Vec<NoteId>,
    /// The trigger that led to the first.
    pub trigger: String,
    /// Nothing closer than a statement keyword or operator led here.
    pub keyword_only: bool,
}

/// Ranks the notes for the facts of one place; `None` when no note is about any of them.
pub(super) fn rank<'f>(knowledge: &Knowledge, facts: impl Iterator<Item = &'f FactKind>) -> Option<Ranked> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut keyword_only = true;
    // On the keyword of a definition stands what it defines, too.
    let mut defines = false;
    for fact in facts {
        keyword_only &= matches!(fact, FactKind::Construct(construct) if is_keyword(*construct));
        defines |= matches!(fact, FactKind::Construct(Construct::Class | Construct::Def | Construct::AsyncDef));
        collect(knowledge, fact, &mut found);
    }
    found.retain(|candidate| {
        !matches!(candidate.section, SectionKind::Overview | SectionKind::Summary | SectionKind::Next)
    });
    // What stands around a name steps back only behind what the name itself is.
    if !found.iter().any(|candidate| candidate.closeness == Closeness::Package) {
        let around = found.iter_mut().filter(|candidate| candidate.closeness == Closeness::Around);
        around.for_each(|candidate| candidate.closeness = Closeness::Shape);
    }
    found.sort_by_key(Candidate::order);
    let trigger = found.first()?.trigger.clone();
    let mut notes: Vec<NoteId> = Vec::new();
    for candidate in found {
        if !notes.contains(&candidate.note) {
            notes.push(candidate.note);
        }
    }
    notes.truncate(MOST);
    Some(Ranked { notes, trigger, keyword_only: keyword_only || defines })
}

struct Candidate {
    note: NoteId,
    closeness: Closeness,
    aside: bool,
    section: SectionKind,
    depth: u8,
    trigger: String,
}

impl Candidate {
    fn order(&self) -> (Closeness, bool, u8, std::cmp::Reverse<u8>, NoteId) {
        let kind = match self.section {
            SectionKind::Pitfalls => 2,
            SectionKind::Example => 1,
            _ => 0,
        };
        (self.closeness, self.aside, kind, std::cmp::Reverse(self.depth), self.note)
    }
}

fn add(
    knowledge: &Knowledge,
    notes: &[NoteId],
    closeness: Closeness,
    trigger: impl Fn() -> String,
    found: &mut Vec<Candidate>,
) {
    for &note in notes {
        let trigger = trigger();
        let entry = knowledge.note(note);
        let number = entry.section;
        let aside = entry.is_aside(&trigger);
        let kind =
            knowledge.note_volume(note).book().section(number).map_or(SectionKind::Concept, |section| section.kind);
        let closeness = match kind {
            SectionKind::Example if closeness == Closeness::Exact => Closeness::Aside,
            _ if aside => closeness.max(Closeness::Aside),
            _ => closeness,
        };
        found.push(Candidate { note, closeness, aside, section: kind, depth: number.depth(), trigger });
    }
}

fn collect(knowledge: &Knowledge, fact: &FactKind, found: &mut Vec<Candidate>) {
    match fact {
        FactKind::Construct(construct) => {
            let trigger = || format!("syntax:{}", construct.name());
            add(knowledge, knowledge.for_syntax(*construct), closeness_of(*construct), trigger, found);
        }
        FactKind::Dunder(name) => dunder(knowledge, name, found),
        FactKind::Symbol(name) => symbol(knowledge, name, found),
        FactKind::Member { class, name } => member(knowledge, class, name, found),
        FactKind::Keyword { callee, keyword } => {
            let notes = knowledge.for_keyword(callee, keyword);
            add(knowledge, notes, Closeness::Keyword, || format!("kwarg:{callee}({keyword}=)"), found);
        }
    }
}

fn dunder(knowledge: &Knowledge, name: &str, found: &mut Vec<Candidate>) {
    let exact = knowledge.for_dunder(name);
    let trigger = || format!("syntax:dunder.{name}");
    add(knowledge, exact, Closeness::Dunder, trigger, found);
    if !exact.is_empty() {
        return;
    }
    if is_numeric(name) {
        add(knowledge, knowledge.for_dunder_numeric_other(), Closeness::Dunder, trigger, found);
    }
    if is_special(name) {
        add(knowledge, knowledge.for_dunder_any(), Closeness::Fallback, trigger, found);
    }
}

fn symbol(knowledge: &Knowledge, name: &str, found: &mut Vec<Candidate>) {
    let exact = knowledge.for_symbol(name);
    add(knowledge, exact, Closeness::Exact, || format!("symbol:{name}"), found);
    // `Class.method`, told by the class's name.
    if let Some((class, method)) = name.rsplit_once('.')
        && stdlib::is_class(class)
    {
        members(knowledge, class, method, found);
    } else if let Some(owner) = owner_with_notes(knowledge, name) {
        // `SparkSession.builder.appName`, `mock.patch.object`
        add(knowledge, knowledge.for_symbol(owner), Closeness::Class, || format!("symbol:{name}"), found);
    }
    if let Some((_, notes)) = knowledge.for_symbol_tree(name) {
        add(knowledge, notes, Closeness::Package, || format!("symbol:{name}"), found);
    }
}

/// The nearest name that this one hangs on and that a note is about, where the name itself has none.
fn owner_with_notes<'n>(knowledge: &Knowledge, name: &'n str) -> Option<&'n str> {
    let package = knowledge.for_symbol_tree(name).map_or(0, |(package, _)| package.len());
    let mut owner = name;
    while knowledge.for_symbol(owner).is_empty() {
        owner = owner.rsplit_once('.')?.0;
    }
    (owner != name && owner.len() > package && !owner.starts_with("builtins.")).then_some(owner)
}

fn member(knowledge: &Knowledge, class: &str, name: &str, found: &mut Vec<Candidate>) {
    members(knowledge, class, name, found);
    if class.starts_with("builtins.") {
        // What a list or a string can do is no news; only methods that a note names are.
        return;
    }
    // `_csv.Writer` is what `csv.writer` gives: the module in front of it is the one that people know.
    if let Some((_, notes)) = knowledge.for_symbol_tree(class.trim_start_matches('_')) {
        add(knowledge, notes, Closeness::Package, || format!("symbol:{class}.{name}"), found);
    }
}

/// Notes about the member itself, in the class or an ancestor, then about the class.
fn members(knowledge: &Knowledge, class: &str, name: &str, found: &mut Vec<Candidate>) {
    let mut classes: Vec<&str> = stdlib::ancestry(class).collect();
    if classes.is_empty() {
        classes.push(class);
    }
    for owner in &classes {
        let trigger = || format!("method:{owner}.{name}");
        add(knowledge, knowledge.for_method(owner, name), Closeness::Exact, trigger, found);
        add(knowledge, knowledge.for_symbol(&format!("{owner}.{name}")), Closeness::Exact, trigger, found);
        add(knowledge, knowledge.for_method(owner, "*"), Closeness::Member, trigger, found);
    }
    // That the class is a mapping, say, is no news about its members.
    let is_abstract = |owner: &str| owner.starts_with("collections.abc.") && owner != class;
    if let Some(owner) = classes
        .iter()
        .find(|owner| !owner.starts_with("builtins.") && !is_abstract(owner) && !knowledge.for_symbol(owner).is_empty())
    {
        let trigger = || format!("method:{class}.{name}");
        add(knowledge, knowledge.for_symbol(owner), Closeness::Class, trigger, found);
    }
}

/// The special methods of numbers.
fn is_numeric(name: &str) -> bool {
    const BASES: [&str; 13] = [
        "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow", "lshift", "rshift", "and", "xor",
    ];
    const OTHERS: [&str; 13] =
        ["or", "neg", "pos", "abs", "invert", "complex", "int", "float", "index", "round", "trunc", "floor", "ceil"];
    let plain = name.trim_matches('_');
    let binary = |plain: &str| BASES.contains(&plain) || plain == "or";
    OTHERS.contains(&plain)
        || binary(plain)
        || plain.strip_prefix('r').is_some_and(binary)
        || plain.strip_prefix('i').is_some_and(binary)
}

fn closeness_of(construct: Construct) -> Closeness {
    match construct {
        Construct::Annotation
        | Construct::ComprehensionAny
        | Construct::Decorator
        | Construct::Import
        | Construct::Keyword
        | Construct::KeywordSoft
        | Construct::ParamAny
        | Construct::String
        | Construct::CallConstructor
        | Construct::OperatorComparison => Closeness::Fallback,
        Construct::ClassSubclassesType
        | Construct::ClassException
        | Construct::ClassIterator
        | Construct::ClassMetaclass
        | Construct::ClassPort
        | Construct::ClassStringStateMachine
        | Construct::AnnotationBuiltinGeneric
        | Construct::CallIterSentinel
        | Construct::CallListPopZero
        | Construct::CallTypeThreeArgs
        | Construct::NarrowingIsinstance
        | Construct::AttrComposed
        | Construct::LoopRetryBackoff
        | Construct::MainGuard => Closeness::Use,
        Construct::ClassSingleBase
        | Construct::CallFluentChain
        | Construct::DecoratorClass
        | Construct::DecoratorWithArgs => Closeness::Around,
        other if other.name().contains('.') => Closeness::Shape,
        _ => Closeness::Statement,
    }
}

/// Whether the construct stands on a keyword or operator of the language, so that those who know Python may want it quiet.
fn is_keyword(construct: Construct) -> bool {
    let name = construct.name();
    let area = name.split('.').next().unwrap_or(name);
    // What a function or class is for stands on its name; that it is one, on its keyword.
    if name.contains('.') && matches!(area, "def" | "async_def" | "class" | "function") {
        return false;
    }
    !matches!(
        area,
        "fstring" | "string" | "docstring" | "comment" | "dunder" | "regex" | "pattern" | "param" | "decorator"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::knowledge::Knowledge;
    use crate::margin::{Analysis, Engine, Options};
    use crate::python::marked_samples;

    #[test]
    fn every_shape_leads_to_the_sections_about_it() {
        let engine = Engine::new(Knowledge::builtin());
        let knowledge = engine.knowledge();
        let mut wrong = String::new();
        for (shape, source, places, place) in marked_samples() {
            let analysis = Analysis::new(Arc::from(source.as_str()), &Options { place, ..Options::default() }, &engine);
            let shown: Vec<_> =
                places.iter().filter_map(|place| analysis.at(place.start())).map(|at| at.notes).collect();
            for &note in knowledge.for_syntax(shape) {
                let first_two = shown.iter().any(|notes| notes.iter().take(2).any(|&id| id == note));
                // Where more sections fit than are shown first, the others follow, as many as there is room for.
                let follows = shown.iter().any(|notes| notes.contains(&note) || notes.len() == super::MOST);
                if !first_two && !follows {
                    let section = knowledge.note(note).section;
                    wrong += &format!("{section} for `{}`: {shown:?} in\n{source}\n", shape.name());
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}
