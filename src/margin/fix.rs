//! Building blocks of fixes: names that need an import, and where the import goes.

use ruff_python_ast::name::Name;
use ruff_text_size::{TextLen, TextRange, TextSize};

use super::{Edit, Fix, Import};
use crate::python::{Context, Lookup, Module, ModuleBindingKind, SymbolName, canonical};

/// How a qualified name is written at a place: the text, and the import that it needs, if the file does not have it yet.
///
/// `None` where the name that would have to be used means something else there.
pub fn spelling(context: &Context<'_>, qualified: &str, at: TextSize) -> Option<(String, Option<Import>)> {
    let (module, last) = qualified.rsplit_once('.')?;
    if module == "builtins" {
        let builtin = matches!(context.lookup(last, at), Lookup::Symbol(SymbolName::Builtin(_)));
        return builtin.then(|| (last.to_owned(), None));
    }
    // A name that is imported already is the best spelling.
    let mut by_name = false;
    for binding in context.table.bindings() {
        let ModuleBindingKind::Import(target) = &binding.kind else { continue };
        // Under a condition it need not be there when the code runs (`if TYPE_CHECKING`).
        if binding.conditional {
            continue;
        }
        let bound = binding.name.as_str();
        let means_it = |wanted: &str| matches!(context.lookup(bound, at), Lookup::Symbol(symbol) if canonical::public(&symbol.to_name()) == wanted);
        if canonical::public(target) == qualified && means_it(qualified) {
            return Some((bound.to_owned(), None));
        }
        if target.as_str() == module && means_it(module) {
            return Some((format!("{bound}.{last}"), None));
        }
        by_name |= target.rsplit_once('.').is_some_and(|(from, _)| from == module);
    }
    let whole = || {
        let root = module.split('.').next().unwrap_or(module);
        let free = match context.lookup(root, at) {
            Lookup::Unbound => true,
            Lookup::Symbol(symbol) => symbol.to_name() == root,
            _ => false,
        };
        free.then(|| (qualified.to_owned(), Some(Import { module: Name::new(module), name: None })))
    };
    let from = || {
        let free = matches!(context.lookup(last, at), Lookup::Unbound);
        let import = Import { module: Name::new(module), name: Some(Name::new(last)) };
        free.then(|| (last.to_owned(), Some(import)))
    };
    // A file that imports names from the module gets one more of them.
    if by_name { from().or_else(whole) } else { whole().or_else(from) }
}

/// A fix that puts another qualified name in a place.
pub fn replace_symbol(context: &Context<'_>, range: TextRange, qualified: &str, safe: bool) -> Option<Fix> {
    let (text, import) = spelling(context, qualified, range.start())?;
    Some(Fix {
        title: format!("Use `{text}`"),
        safe,
        edits: vec![Edit::replace(range, text)],
        imports: import.into_iter().collect(),
    })
}

/// The edits of a fix as they are applied to the document: its own, and the imports that it needs.
///
/// `offsets` of the fix must be those of the document.
pub fn complete(fix: &Fix, module: &Module, text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let missing: Vec<&Import> = fix.imports.iter().filter(|import| !is_bound(import, module, text)).collect();
    if !missing.is_empty() {
        let (at, before) = import_place(module, text);
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let lines: String = missing.iter().map(|import| format!("{import}{newline}")).collect();
        edits.push(Edit::insert(at, format!("{}{lines}", if before { newline } else { "" })));
    }
    edits.extend(fix.edits.iter().cloned());
    edits.sort_by_key(|edit| (edit.range.start(), edit.range.end()));
    edits
}

/// Whether the module binds the name that the import would bind, to the same thing, wherever it is run.
fn is_bound(import: &Import, module: &Module, text: &str) -> bool {
    let (name, qualified) = match &import.name {
        Some(name) => (name.clone(), Name::concat(&[import.module.as_str(), ".", name.as_str()])),
        None => {
            let root = import.module.split('.').next().unwrap_or_default();
            (Name::new(root), import.module.clone())
        }
    };
    let bound = module.table.bindings_of(&name).any(|binding| {
        !binding.conditional && matches!(&binding.kind, ModuleBindingKind::Import(target) if *target == qualified)
    });
    // `import a.b` binds only `a`; what else it makes known, the table does not tell.
    let submodule = import.name.is_none() && qualified.contains('.');
    bound || submodule && text.lines().any(|line| line.trim_end() == import.to_string())
}

/// Where a new import goes: behind the first run of top-level imports that are not `__future__`'s, else behind the
/// docstring and the `__future__` imports, else at the start. The flag asks for a line break before it.
fn import_place(module: &Module, text: &str) -> (TextSize, bool) {
    let mut place = TextSize::new(0);
    let mut seen_import = false;
    for (at, placed) in module.statements.iter().enumerate() {
        let statement = &placed.statement;
        if statement.is_import {
            seen_import = true;
            place = placed.range.end();
        } else if seen_import || !(at == 0 && statement.is_docstring) {
            if !seen_import && at == 0 {
                // Comments at the top (shebang, encoding, licence) stay where they are.
                place = placed.range.start() + statement.leading_comment;
            }
            break;
        } else {
            place = placed.range.end();
        }
    }
    let unfinished = place == text.text_len() && !text.is_empty() && !text.ends_with(['\n', '\r']);
    (place, unfinished && place.to_u32() > 0)
}

/// The white space at the start of the line that holds an offset.
pub fn indentation(source: &str, at: TextSize) -> &str {
    let start = source[..at.to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &source[start..];
    let len = line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len();
    &line[..len]
}
