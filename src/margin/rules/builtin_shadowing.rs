//! `builtin-shadowing`: a name that hides a built-in.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, walk};
use super::variables::{BINDING_STATEMENTS, bound_names};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{BindingKind, Context, ScopeKind, stdlib};

pub(super) const DETECTOR: Detector = Detector {
    rule: "builtin-shadowing",
    hooks: &[
        Hook::Stmt(&BINDING_STATEMENTS, check_stmt),
        Hook::Target(check_name),
        Hook::Expr(&[NodeKind::ExprLambda], check_lambda),
    ],
};

/// What the interactive prompt adds: nobody calls them in a program.
const HARMLESS: [&str; 6] = ["copyright", "credits", "exit", "help", "license", "quit"];

fn hides_builtin(name: &str) -> bool {
    stdlib::is_builtin(name) && !name.starts_with('_') && !HARMLESS.contains(&name)
}

fn check_stmt<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    if context.environment.stub {
        return;
    }
    // A keyword-only parameter is named for the caller's sake.
    let keyword_only = |parameter: &ast::Parameter| match stmt {
        Stmt::FunctionDef(def) => def.parameters.kwonlyargs.iter().any(|other| other.parameter.range() == parameter.range()),
        _ => false,
    };
    for bound in bound_names(stmt).into_iter().filter(|bound| hides_builtin(bound.name)) {
        // What a class body binds is an attribute; the parameters of its methods are not.
        let hides = match bound.parameter {
            Some(parameter) => !keyword_only(parameter),
            None => !context.in_class_body(),
        };
        if hides {
            report.at(bound.range, &[("name", bound.name)]);
        }
    }
}

fn check_lambda<'a>(_context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Lambda(ast::ExprLambda { parameters: Some(parameters), .. }) = expr else { return };
    for parameter in parameters.iter_source_order() {
        let name = parameter.name();
        if hides_builtin(name.as_str()) {
            report.at(name.range(), &[("name", name.as_str())]);
        }
    }
}

fn check_name<'a>(context: &Context<'a>, name: &'a ast::ExprName, report: &mut Report<'_>) {
    if !hides_builtin(name.id.as_str()) || context.in_class_body() {
        return;
    }
    // One remark for a variable of a function: where it is bound first.
    let scope = context.scopes().last();
    let first = scope.and_then(|scope| scope.get(name.id.as_str()).first());
    if first.is_some_and(|first| first.from < name.end()) && !matches!(scope.map(|scope| scope.kind), Some(ScopeKind::Comprehension)) {
        return;
    }
    let edits = rename(context, name.id.as_str());
    let finding = report.at(name, &[("name", name.id.as_str())]);
    finding.fix = edits.map(|edits| Fix {
        title: format!("Rename it to `{}_`", name.id),
        safe: false,
        edits,
        imports: Vec::new(),
    });
}

/// Renames a variable of the function at hand, where nothing else in the function has the name.
fn rename(context: &Context<'_>, name: &str) -> Option<Vec<Edit>> {
    let scope = context.scopes().last()?;
    let ScopeKind::Function(def) = scope.kind else { return None };
    let assigned = |kind: &BindingKind<'_>| {
        matches!(
            kind,
            BindingKind::Value(_) | BindingKind::Annotated(..) | BindingKind::With(..) | BindingKind::For(..)
        )
    };
    if !scope.get(name).iter().all(|binding| assigned(&binding.kind)) {
        return None;
    }
    let fresh = format!("{name}_");
    let mut edits: Vec<Edit> = Vec::new();
    let mut sure = true;
    walk(&def.body, |node| {
        match node {
            AnyNodeRef::ExprName(used) if used.id == name => edits.push(Edit::replace(used.range(), fresh.clone())),
            AnyNodeRef::ExprName(used) if used.id == fresh => sure = false,
            // A scope of its own may bind the name anew.
            AnyNodeRef::StmtFunctionDef(_)
            | AnyNodeRef::StmtClassDef(_)
            | AnyNodeRef::ExprLambda(_)
            | AnyNodeRef::ExprListComp(_)
            | AnyNodeRef::ExprSetComp(_)
            | AnyNodeRef::ExprDictComp(_)
            | AnyNodeRef::ExprGenerator(_)
            | AnyNodeRef::StmtGlobal(_)
            | AnyNodeRef::StmtNonlocal(_)
                if mentions(node.range(), context, name) =>
            {
                sure = false;
            }
            _ => {}
        }
        if sure { Go::In } else { Go::Stop }
    });
    sure.then_some(edits)
}

fn mentions(range: TextRange, context: &Context<'_>, name: &str) -> bool {
    memchr::memmem::find(context.text(range).as_bytes(), name.as_bytes()).is_some()
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "builtin-shadowing";

    #[test]
    fn every_way_to_bind_a_name_is_seen() {
        let source = "
list = 1
def sum(id, *map, **filter): pass
import a as open
from b import input
for min in x: pass
with y as max: pass
try: pass
except E as type: pass
(any := 1)
lambda dir: 1
[hash for hash in x]
";
        let names =
            ["list", "sum", "id", "map", "filter", "open", "input", "min", "max", "type", "any", "dir", "hash"];
        assert_eq!(found(RULE, source), names);
    }

    #[test]
    fn attributes_and_keyword_only_parameters_hide_nothing() {
        let source = "
class A:
    id = 1
    def format(self, *, type=None): pass
a.id = 1
f(id=1)
_ = 1
listing = id
";
        assert!(found(RULE, source).is_empty());
    }

    #[test]
    fn a_local_variable_is_renamed_everywhere() {
        let source = "def f():\n    id = 1\n    return [id, f'{id}']\nid\n";
        assert_eq!(fixed(RULE, source), "def f():\n    id_ = 1\n    return [id_, f'{id_}']\nid\n");
        for source in
            ["def f(id):\n    id = 1\n", "def f():\n    id = 1\n    return lambda id: id\n", "def f():\n    global id\n    id = 1\n"]
        {
            assert_eq!(fixed(RULE, source), source);
        }
    }
}
