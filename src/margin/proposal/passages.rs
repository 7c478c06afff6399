//! The sections of a book with the Python code in them.

use super::{Code, Passage};
use crate::book::manuscript::{self, Content, Manuscript};
use crate::book::outline::Outline;
use crate::python::{Environment, Module, NoObserver, Placed, is_python_cell};

/// What books call Python behind a fence.
const PYTHON: [&str; 9] = ["python", "py", "python3", "py3", "pycon", "python-repl", "ipython", "ipython3", "pyi"];

/// The sections of an outline, each with its Python code. Must run on a thread with a large stack: dropping a deep tree
/// recurses.
pub fn passages(manuscript: &Manuscript, outline: &Outline) -> Vec<Passage> {
    let passage = |section: &crate::book::outline::OutlineSection| Passage {
        number: section.number,
        title: section.title.clone(),
        kind: section.kind,
        line: section.line,
        code: manuscript.blocks[section.blocks.clone()].iter().filter_map(|block| python(&block.content)).collect(),
    };
    outline.sections.iter().map(passage).collect()
}

fn python(content: &Content) -> Option<Code> {
    let Content::Code(code) = content else { return None };
    let is_python = PYTHON.contains(&&*code.language) || (code.language.is_empty() && looks_like_python(code));
    is_python.then(|| Code { line: code.line, text: code.text.clone() })
}

/// Whether code that nothing is said of is Python: it parses, and it does something with a name.
fn looks_like_python(code: &manuscript::Code) -> bool {
    // The prompt of a session is Python in every book.
    if code.text.starts_with(">>> ") {
        return true;
    }
    is_python_cell(&code.text) && reads(&code.text).is_some_and(|module| module.statements.iter().any(has_facts))
}

/// Whether code parses as it stands. Must run on a thread with a large stack.
pub fn is_whole(code: &str) -> bool {
    reads(code).is_some()
}

/// The code, when it parses.
fn reads(code: &str) -> Option<Module> {
    let module = Module::read(code, &Environment::default(), &mut NoObserver);
    let whole = module.statements.iter().all(|placed| placed.statement.problems.is_empty());
    whole.then_some(module)
}

fn has_facts(placed: &Placed) -> bool {
    !placed.statement.facts.is_empty()
}
