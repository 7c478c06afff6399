//! Every trigger of every note, tried on the smallest code that holds it, and on a look-alike that does not.

use std::fmt::Write;
use std::sync::Arc;

use marginalia::knowledge::{Knowledge, NoteId, Trigger};
use marginalia::margin::{Analysis, Engine, Options};
use marginalia::python::stdlib;

use crate::support::on_big_stack;

/// Code that holds a trigger, and where in it the trigger stands.
struct Sample {
    source: String,
    /// The text to point at; its last occurrence counts.
    token: String,
}

#[allow(clippy::unnecessary_wraps, reason = "what is called gives an option")]
fn sample(source: impl Into<String>, token: impl Into<String>) -> Option<Sample> {
    Some(Sample { source: source.into(), token: token.into() })
}

/// The module that must be imported for a qualified name: the longest part that is no class.
fn module_of(name: &str) -> &str {
    let mut module = name;
    while let Some((before, last)) = module.rsplit_once('.') {
        module = before;
        let class_like = module.rsplit('.').next().is_some_and(|part| part.starts_with(char::is_uppercase));
        let _ = last;
        if !class_like && !stdlib::is_class(module) {
            break;
        }
    }
    module
}

/// A member for a trigger that names one, or stands for those that no note names.
fn member_of(name: &str) -> &str {
    if name == "*" { "combine" } else { name }
}

/// Code for a trigger that names a symbol; shapes of syntax have samples of their own beside the code that finds them.
fn holding(trigger: &Trigger) -> Option<Sample> {
    match trigger {
        Trigger::Symbol(name) => match name.strip_prefix("builtins.") {
            Some(builtin) => sample(format!("{builtin}\n"), builtin),
            None if name.contains('.') => sample(format!("import {}\n{name}\n", module_of(name)), &**name),
            None => sample(format!("import {name}\n"), &**name),
        },
        Trigger::SymbolTree(name) => sample(format!("import {name}\n"), &**name),
        Trigger::Method { class, name } => {
            let name = member_of(name);
            let import =
                if class.starts_with("builtins.") { String::new() } else { format!("import {}\n", module_of(class)) };
            let class = class.strip_prefix("builtins.").unwrap_or(class);
            sample(format!("{import}def use(it: {class}):\n    it.{name}\n"), name)
        }
        Trigger::Keyword { callee, keyword } => match callee.strip_prefix("builtins.") {
            Some(builtin) => sample(format!("{builtin}({keyword}=1)\n"), &**keyword),
            None => sample(format!("import {}\n{callee}({keyword}=1)\n", module_of(callee)), &**keyword),
        },
        Trigger::Syntax(_) | Trigger::Dunder(_) | Trigger::Rule(_) | Trigger::File { .. } => None,
    }
}

/// Code that looks like the trigger and is something else: the names are of this file, or of another package.
fn look_alike(trigger: &Trigger) -> Option<Sample> {
    match trigger {
        Trigger::Symbol(name) | Trigger::SymbolTree(name) => {
            let last = name.rsplit('.').next().unwrap_or(name);
            if name.starts_with("builtins.") {
                return sample(format!("def {last}(x): return x\n{last}\n"), last);
            }
            sample(format!("from ours.{last} import {last}\n{last}\n"), last)
        }
        Trigger::Method { name, .. } => {
            let name = member_of(name);
            sample(format!("def use(it: Ours):\n    it.{name}\n"), name)
        }
        Trigger::Keyword { keyword, .. } => sample(format!("from ours import call\ncall({keyword}=1)\n"), &**keyword),
        Trigger::Syntax(_) | Trigger::Dunder(_) | Trigger::Rule(_) | Trigger::File { .. } => None,
    }
}

/// The notes shown for the token of a sample.
fn shown(sample: &Sample, engine: &Arc<Engine>) -> Vec<NoteId> {
    let analysis = Analysis::new(Arc::from(sample.source.as_str()), &Options::default(), engine);
    let at = sample.source.rfind(&sample.token).expect("the token stands in its sample");
    let last = at + sample.token.len() - 1;
    analysis.at((last as u32).into()).map(|at| at.notes).unwrap_or_default()
}

#[test]
fn every_trigger_reaches_its_section_and_its_look_alike_does_not() {
    let (tried, wrong) = on_big_stack(|| {
        let engine = Engine::new(Knowledge::builtin());
        let knowledge = engine.knowledge();
        let (mut tried, mut wrong) = (0, String::new());
        for (id, note) in knowledge.notes() {
            for trigger in note.triggers.iter() {
                let Some(holding) = holding(trigger) else { continue };
                tried += 1;
                let found = shown(&holding, &engine);
                let first_two = found.iter().take(2).any(|&shown| shown == id);
                // Where more sections name the same thing than are shown first, the rest follow.
                if !first_two && !found.contains(&id) && found.len() < 4 {
                    let sections: Vec<_> = found.iter().map(|&id| knowledge.note(id).section.to_string()).collect();
                    writeln!(wrong, "{} {trigger:?}: shown are {sections:?}", note.section).expect("a string takes it");
                }
                if let Some(other) = look_alike(trigger)
                    && shown(&other, &engine).contains(&id)
                {
                    writeln!(wrong, "{} {trigger:?}: also shown for {:?}", note.section, other.source)
                        .expect("a string takes it");
                }
            }
        }
        (tried, wrong)
    });
    println!("{tried} triggers tried");
    assert!(tried > 700, "only {tried} triggers");
    assert!(wrong.is_empty(), "\n{wrong}");
}
