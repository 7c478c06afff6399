//! Building blocks of fixes: names that need an import, and where the import goes.

use ruff_python_ast::Expr;
use ruff_python_ast::name::Name;
use ruff_text_size::{Ranged, TextLen, TextRange, TextSize};

use super::{Edit, Fix, Import};
use crate::python::{Context, Lookup, Module, ModuleBindingKind, Node, Placed, SymbolName, canonical};

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
    for binding in context.table.imports_from(module) {
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

/// A fix that puts another qualified name in a place; none in a tuple that names it already.
pub fn replace_symbol(context: &Context<'_>, range: TextRange, qualified: &str, safe: bool) -> Option<Fix> {
    if stands_beside(context, range, qualified) {
        return None;
    }
    let (text, import) = spelling(context, qualified, range.start())?;
    Some(Fix {
        title: format!("Use `{text}`"),
        safe,
        edits: vec![Edit::replace(range, text)],
        imports: import.into_iter().collect(),
    })
}

/// Whether a place is in a tuple that holds the name as well: `except (TimeoutError, asyncio.TimeoutError)`.
fn stands_beside(context: &Context<'_>, range: TextRange, qualified: &str) -> bool {
    let tuple = context.ancestors().take(3).find_map(|node| match node {
        Node::Expr(Expr::Tuple(tuple)) if tuple.range.contains_range(range) => Some(tuple),
        _ => None,
    });
    let is_it = |one: &Expr| one.range() != range && context.resolve(one).is_some_and(|symbol| symbol == qualified);
    tuple.is_some_and(|tuple| tuple.elts.iter().any(is_it))
}

/// The edits of a fix as they are applied to the document: its own, and the imports that it needs.
///
/// `offsets` of the fix must be those of the document.
pub fn complete(fix: &Fix, module: &Module, text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let missing: Vec<&Import> = fix.imports.iter().filter(|import| !is_bound(import, module, text)).collect();
    if !missing.is_empty() {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let lines: Vec<String> = missing.iter().map(ToString::to_string).collect();
        let needed = fix.edits.first().and_then(|edit| module.cells.at(edit.range.start()));
        edits.push(match needed {
            None => {
                let (at, before) = import_place(&module.statements, text);
                Edit::insert(at, format!("{}{}{newline}", if before { newline } else { "" }, lines.join(newline)))
            }
            Some(cell) => import_into_cell(module, text, cell, newline, &lines.join(newline)),
        });
    }
    edits.extend(fix.edits.iter().map(|edit| {
        module.cells.contained(edit.range).map_or_else(
            || edit.clone(),
            |range| {
                // The line break that goes is the one between the cells.
                Edit { range, text: edit.text.strip_suffix('\n').unwrap_or(&edit.text).to_owned() }
            },
        )
    }));
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
    let is_written = || {
        let line = import.to_string();
        text.lines().any(|other| other.trim_end() == line)
    };
    bound || import.name.is_none() && qualified.contains('.') && is_written()
}

/// Where a new import goes: behind the first run of top-level imports that are not `__future__`'s, else behind the
/// docstring and the `__future__` imports, else at the start. The flag asks for a line break before it.
fn import_place(statements: &[Placed], text: &str) -> (TextSize, bool) {
    let mut place = statements.first().map_or(TextSize::new(0), |first| first.range.start());
    let mut seen_import = false;
    for (at, placed) in statements.iter().enumerate() {
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

/// Puts imports into a notebook: with those of the first cell that has some, or into the cell that needs them, behind the
/// magic that the cell begins with.
fn import_into_cell(module: &Module, text: &str, cell: usize, newline: &str, imports: &str) -> Edit {
    let statements = |cell: usize| {
        let content = module.cells.content(cell);
        let from = module.statements.partition_point(|placed| placed.range.start() < content.start());
        let to = module.statements.partition_point(|placed| placed.range.start() <= content.end());
        &module.statements[from..to]
    };
    let has_imports = |cell: &usize| statements(*cell).iter().any(|placed| placed.statement.is_import);
    let cell = (0..cell).find(has_imports).unwrap_or(cell);
    let is_magic = |placed: &&Placed| text[placed.range].trim_start().starts_with('%');
    let statements = statements(cell);
    let magics = statements.iter().take_while(is_magic).count();
    let (place, _) = import_place(&statements[magics..], text);
    let place = if statements.len() == magics { module.cells.content(cell).end() } else { place };
    let end = module.cells.content(cell).end();
    if place < end || end == module.cells.content(cell).start() {
        return Edit::insert(place.min(end), format!("{imports}{newline}"));
    }
    // The cell's last line may have no line break of its own.
    let ended = text[..end.to_usize()].ends_with('\n');
    Edit::insert(end, format!("{}{imports}", if ended { "" } else { newline }))
}

/// The white space at the start of the line that holds an offset.
pub fn indentation(source: &str, at: TextSize) -> &str {
    let start = source[..at.to_usize()].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = &source[start..];
    let len = line.len() - line.trim_start_matches([' ', '\t', '\u{c}']).len();
    &line[..len]
}
