//! `bad-except-order`: an `except` clause that an earlier one leaves nothing for.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::lines::whole_lines;
use super::support::{clause_is_for_python_2, newline_behind};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Lookup, ModuleBindingKind, PythonVersion, canonical, stdlib};

pub(super) const DETECTOR: Detector =
    Detector { rule: "bad-except-order", hooks: &[Hook::Stmt(&[NodeKind::StmtTry], check)] };

/// More clauses than anyone writes: generated code.
const MAX_CLAUSES: usize = 64;

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::Try(stmt) = stmt else { return };
    if !(2..=MAX_CLAUSES).contains(&stmt.handlers.len()) {
        return;
    }
    let clauses: Vec<&ast::ExceptHandlerExceptHandler> =
        stmt.handlers.iter().map(|ast::ExceptHandler::ExceptHandler(handler)| handler).collect();
    let mut caught: Vec<(Name, usize)> = Vec::new();
    for (at, clause) in clauses.iter().enumerate() {
        if clause_is_for_python_2(context, clause) {
            continue;
        }
        let types = types_of(clause);
        let mut own = Vec::new();
        for &ty in &types {
            let Some(name) = class_name(context, ty, report.target()) else { continue };
            let ancestors = ancestors(context, &name);
            if let Some((earlier, place)) = caught.iter().find(|(earlier, _)| ancestors.contains(earlier)) {
                let fix = (types.len() == 1 && *earlier != name)
                    .then(|| move_up(context, clauses[*place], clause))
                    .flatten();
                let shown = earlier.rsplit(['.', '@']).next().unwrap_or(earlier);
                let finding = report.at(ty, &[("later", context.text(ty)), ("earlier", shown)]);
                finding.fix = fix;
            }
            own.push((name, at));
        }
        caught.extend(own);
    }
}

fn types_of(clause: &ast::ExceptHandlerExceptHandler) -> Vec<&Expr> {
    match clause.type_.as_deref() {
        None => Vec::new(),
        Some(Expr::Tuple(tuple)) => tuple.elts.iter().collect(),
        Some(single) => vec![single],
    }
}

/// The qualified name of an exception class, `@Name` for one of this module.
fn class_name(context: &Context<'_>, ty: &Expr, target: PythonVersion) -> Option<Name> {
    if let Some(symbol) = context.resolve(ty) {
        // These became `TimeoutError` itself only later; before, nothing is said of them.
        let since = match symbol.as_str() {
            "socket.timeout" => PythonVersion::three(10),
            "asyncio.TimeoutError" | "concurrent.futures.TimeoutError" => PythonVersion::three(11),
            _ => return Some(Name::new(canonical::public(&symbol))),
        };
        return (target >= since).then(|| Name::new_static("builtins.TimeoutError"));
    }
    let Expr::Name(name) = ty else { return None };
    match context.lookup(name.id.as_str(), name.start()) {
        Lookup::Module(binding) if matches!(binding.kind, ModuleBindingKind::Class(_)) => {
            let bound_once = context.table.bindings_of(&name.id).count() == 1;
            bound_once.then(|| Name::concat(&["@", name.id.as_str()]))
        }
        _ => None,
    }
}

/// The class and all its bases, as far as they are known.
fn ancestors(context: &Context<'_>, class: &Name) -> Vec<Name> {
    let mut found: Vec<Name> = vec![class.clone()];
    let mut at = 0;
    while let Some(class) = found.get(at).cloned() {
        at += 1;
        let bases: Vec<Name> = match class.strip_prefix('@') {
            Some(local) => context.table.class(local).map(|info| info.bases.clone()).unwrap_or_default(),
            None => stdlib::bases(&class).into_iter().flatten().map(Name::new).collect(),
        };
        for base in bases {
            if !base.is_empty() && !found.contains(&base) {
                found.push(base);
            }
        }
    }
    found
}

/// Puts the later clause before the earlier one.
fn move_up(
    context: &Context<'_>,
    earlier: &ast::ExceptHandlerExceptHandler,
    later: &ast::ExceptHandlerExceptHandler,
) -> Option<Fix> {
    let lines = |clause: &ast::ExceptHandlerExceptHandler| whole_lines(context.source, clause.range());
    let (target, moved) = (lines(earlier), lines(later));
    let alone = |range: TextRange, clause: &ast::ExceptHandlerExceptHandler| {
        context.source[range].trim_start().len() == context.source[TextRange::new(clause.start(), range.end())].len()
    };
    if !newline_behind(context.source, moved) || !alone(target, earlier) || !alone(moved, later) {
        return None;
    }
    Some(Fix {
        title: format!("Move `except {}` up", context.text(later.type_.as_deref()?)),
        safe: false,
        edits: vec![Edit::insert(target.start(), &context.source[moved]), Edit::delete(moved)],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{fixed, found, found_with};
    use crate::python::PythonVersion;

    const RULE: &str = "bad-except-order";

    fn clauses(types: &[&str]) -> String {
        let clauses: String = types.iter().map(|ty| format!("except {ty}:\n    pass\n")).collect();
        format!("import asyncio, json, socket\nclass A(ValueError): pass\nclass B(A): pass\ntry:\n    f()\n{clauses}")
    }

    #[test]
    fn what_is_caught_before_is_found() {
        for (types, expected) in [
            (&["Exception", "ValueError"][..], &["ValueError"][..]),
            (&["OSError", "IOError", "FileNotFoundError"], &["IOError", "FileNotFoundError"]),
            (&["ValueError", "B"], &["B"]),
            (&["A", "(TypeError, B)"], &["B"]),
            (&["(KeyError, LookupError)", "IndexError"], &["IndexError"]),
            (&["ValueError", "json.JSONDecodeError"], &["json.JSONDecodeError"]),
            (&["x.Error", "ValueError", "x.Error"], &[]),
        ] {
            assert_eq!(found(RULE, &clauses(types)), expected);
        }
    }

    #[test]
    fn a_proper_order_is_not() {
        for types in [
            &["ValueError", "Exception"][..],
            &["B", "A", "ValueError"],
            &["KeyError", "IndexError", "LookupError"],
            &["(ValueError, Exception)", "BaseException"],
            &["ValueError", "UnknownError"],
        ] {
            assert!(found(RULE, &clauses(types)).is_empty(), "{types:?}");
        }
    }

    #[test]
    fn a_clause_for_python_2_is_judged_by_nothing_of_3() {
        for clause in ["# Python 2\nexcept socket.error:\n    pass\n", "except socket.error:\n    # this is for Python 2.x\n    pass\n"] {
            let source = clauses(&["OSError"]) + clause;
            assert!(found(RULE, &source).is_empty(), "{source}");
        }
        assert_eq!(found(RULE, &clauses(&["OSError", "socket.error"])), ["socket.error"]);
    }

    #[test]
    fn names_of_one_class_are_one_only_since() {
        let source = clauses(&["TimeoutError", "asyncio.TimeoutError"]);
        let old = Options { target: PythonVersion::three(10), ..Options::default() };
        assert!(found_with(RULE, &source, &old).is_empty());
        assert_eq!(found(RULE, &source), ["asyncio.TimeoutError"]);
    }

    #[test]
    fn the_special_case_moves_up() {
        let before = "try:\n    f()\nexcept Exception:\n    a\nexcept ValueError as e:\n    b  # c\nelse:\n    d\n";
        let after = "try:\n    f()\nexcept ValueError as e:\n    b  # c\nexcept Exception:\n    a\nelse:\n    d\n";
        assert_eq!(fixed(RULE, before), after);
    }
}
