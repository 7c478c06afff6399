//! Imports: on `import`, `from`, the dots, the star, and the module's name where it comes a second time.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::python::Construct;
use crate::python::context::Context;
use crate::python::names::span;
use crate::python::scope::BindingKind;
use crate::python::table::ModuleBindingKind;
use crate::python::walk::Sink;

/// How many bindings of a name are compared.
const MOST: usize = 16;

pub(super) fn note(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    match stmt {
        Stmt::Import(import) => {
            let keyword = span(import.range.start(), 6);
            sink.construct(keyword, Construct::Import);
            local(context, keyword, sink);
            for alias in &import.names {
                if is_duplicate(context, import, alias) {
                    sink.construct(alias.name.range, Construct::ImportDuplicate);
                }
                rename(context, alias, sink);
            }
        }
        Stmt::ImportFrom(import) => import_from(context, import, sink),
        _ => {}
    }
}

fn import_from(context: &Context<'_>, import: &ast::StmtImportFrom, sink: &mut Sink) {
    let from = span(import.range.start(), 4);
    sink.construct(from, Construct::Import);
    local(context, from, sink);
    let head = TextRange::new(from.end(), import.names.first().map_or(import.range.end(), Ranged::start));
    let keyword = context.token_in(head, TokenKind::Import);
    sink.construct_at(keyword, Construct::Import);
    if import.level == 0 {
        sink.construct(from, Construct::ImportFromAbsolute);
        sink.construct_at(keyword, Construct::ImportFromAbsolute);
    } else {
        let end = import.module.as_ref().map_or(head.end(), Ranged::start);
        let dots = context.tokens_in(TextRange::new(from.end(), end)).iter();
        let mut dots = dots.filter(|token| matches!(token.kind(), TokenKind::Dot | TokenKind::Ellipsis));
        if let Some(first) = dots.next() {
            let last = dots.next_back().unwrap_or(first);
            sink.construct(first.range().cover(last.range()), Construct::ImportFromRelative);
        }
        sink.construct(from, Construct::ImportFromRelative);
        sink.construct_at(keyword, Construct::ImportFromRelative);
    }
    for alias in &import.names {
        if alias.name.as_str() == "*" {
            sink.construct(alias.name.range, Construct::ImportStar);
        }
        rename(context, alias, sink);
    }
}

/// `as`
fn rename(context: &Context<'_>, alias: &ast::Alias, sink: &mut Sink) {
    if let Some(asname) = &alias.asname {
        let between = TextRange::new(alias.name.range.end(), asname.range.start());
        sink.construct_at(context.token_in(between, TokenKind::As), Construct::Import);
    }
}

fn local(context: &Context<'_>, keyword: TextRange, sink: &mut Sink) {
    if context.enclosing_function().is_some() {
        sink.construct(keyword, Construct::ImportLocal);
    }
}

/// Whether the same module was imported under the same name before, in the same scope and on every way to this place.
fn is_duplicate(context: &Context<'_>, import: &ast::StmtImport, alias: &ast::Alias) -> bool {
    let full = alias.name.as_str();
    let bound = match &alias.asname {
        Some(asname) => asname.as_str(),
        // `import a.b` after `import a.c` is another module, though both bind `a`.
        None if full.contains('.') => return false,
        None => full,
    };
    if let Some(scope) = context.scopes().last() {
        return scope.get(bound).iter().take(MOST).any(|earlier| match earlier.kind {
            BindingKind::Import(other) => {
                earlier.from < import.range.start()
                    && other.name.as_str() == full
                    && other.asname.is_some() == alias.asname.is_some()
                    && context.is_active_suite(earlier.suite)
            }
            _ => false,
        });
    }
    let before = context.own.map(|own| own.before(import.range.start()));
    let same = context
        .table
        .bindings_before(bound, before)
        .filter(|binding| matches!(&binding.kind, ModuleBindingKind::Import(name) if name.as_str() == full));
    same.rev().take(MOST).any(|earlier| !earlier.conditional)
}
