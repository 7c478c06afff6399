//! `read-whole-file`: lines that are all read before the first is looked at.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{has_comment, is_instance_of, is_large, last_name, occurrences};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Context, Node};

pub(super) const DETECTOR: Detector = Detector {
    rule: "read-whole-file",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtFor], check_loop),
        Hook::Expr(
            &[NodeKind::ExprListComp, NodeKind::ExprSetComp, NodeKind::ExprDictComp, NodeKind::ExprGenerator],
            check_comprehension,
        ),
    ],
};

/// Classes of files that give lines.
const FILES: [&str; 6] = [
    "io.TextIOWrapper",
    "io.BufferedReader",
    "io.BufferedRandom",
    "typing.TextIO",
    "typing.BinaryIO",
    "gzip.GzipFile",
];

/// `def readlines(self)` gives what it promises.
fn offers_it(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| def.name.as_str() == "readlines")
}

/// `lines.append(line.strip())`: all of it is in memory in the end.
fn only_collects(body: &[Stmt]) -> bool {
    let [Stmt::Expr(stmt)] = body else { return false };
    matches!(stmt.value.as_ref(), Expr::Call(call)
        if matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "append"))
}

/// `[line.rstrip() for line in ...]`: each line, or what a method makes of it.
fn keeps_all(comp: &ast::ExprListComp) -> bool {
    let [generator] = comp.generators.as_slice() else { return false };
    let line = match comp.elt.as_ref() {
        Expr::Call(call) => match call.func.as_ref() {
            Expr::Attribute(method) => &method.value,
            _ => return false,
        },
        other => other,
    };
    generator.ifs.is_empty() && matches!((line, &generator.target), (Expr::Name(line), Expr::Name(name)) if line.id == name.id)
}

fn check_loop<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    let (Some(first), Some(last)) = (each.body.first(), each.body.last()) else { return };
    let body = TextRange::new(first.start(), last.end());
    if !each.is_async && !is_large(body) && !offers_it(context) && !only_collects(&each.body) {
        // The loop may write the file anew, or take it away, under a name that is not to be seen here.
        check(context, &each.iter, body, false, report);
    }
}

fn check_comprehension<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let generators = match expr {
        Expr::ListComp(comp) if keeps_all(comp) => return,
        Expr::ListComp(comp) => &comp.generators,
        Expr::SetComp(comp) => &comp.generators,
        Expr::DictComp(comp) => &comp.generators,
        // A generator that goes somewhere else would read when the file is closed.
        Expr::Generator(comp) if is_consumed(context) => &comp.generators,
        _ => return,
    };
    // Any but the first iterable is evaluated again and again.
    if let Some(first) = generators.first()
        && !first.is_async
        && !is_large(expr)
        && !offers_it(context)
    {
        let rest = TextRange::new(first.iter.end(), expr.end());
        check(context, &first.iter, rest, true, report);
    }
}

/// Whether the generator at hand is used up by the call that it is given to.
fn is_consumed(context: &Context<'_>) -> bool {
    const CONSUMERS: [&str; 9] = ["all", "any", "dict", "list", "max", "min", "set", "sum", "tuple"];
    match context.parent() {
        Some(Node::Expr(Expr::Call(call))) => CONSUMERS.iter().any(|name| context.is_builtin(&call.func, name)),
        _ => false,
    }
}

fn check(context: &Context<'_>, iterated: &Expr, body: TextRange, safe: bool, report: &mut Report<'_>) {
    let Expr::Call(call) = iterated else { return };
    let Some((file, fix)) = read(context, call, safe) else { return };
    // What a call gives has no name that the loop could use.
    let is_used = match file {
        Expr::Call(_) => false,
        _ => last_name(file).is_none_or(|name| occurrences(context.text(body), name) > 0),
    };
    if is_used || !is_instance_of(context, file, &FILES) {
        return;
    }
    report.at(call, &[("read", context.text(call))]).fix = fix;
}

/// The file that a call reads to its end to have its lines, and what to do about it.
///
/// Not `.read().splitlines()`: strings end lines at more than line breaks, and drop them.
fn read<'a>(context: &Context<'_>, call: &'a ast::ExprCall, safe: bool) -> Option<(&'a Expr, Option<Fix>)> {
    match (call.func.as_ref(), &*call.arguments.args) {
        (Expr::Attribute(method), []) if method.attr.as_str() == "readlines" && call.arguments.is_empty() => {
            let rest = TextRange::new(method.value.end(), call.end());
            let fix = (!has_comment(context, rest)).then(|| without(rest, safe));
            Some((&method.value, fix))
        }
        (function, [file]) if call.arguments.keywords.is_empty() && context.is_builtin(function, "list") => {
            let before = TextRange::new(call.start(), file.start());
            let behind = TextRange::new(file.end(), call.end());
            let fix = (!has_comment(context, call)).then(|| Fix {
                edits: vec![Edit::delete(before), Edit::delete(behind)],
                ..without(behind, safe)
            });
            Some((file, fix))
        }
        _ => None,
    }
}

fn without(rest: TextRange, safe: bool) -> Fix {
    Fix { title: "Run over the file".to_owned(), safe, edits: vec![Edit::delete(rest)], imports: Vec::new() }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "read-whole-file";

    #[test]
    fn other_readers_and_loops_that_use_the_file_are_fine() {
        let quiet = "\
import io
with open('a') as file:
    for line in file.readlines():
        file.write(line)
    for line in file.readlines(100):
        print(line)
    lines = file.readlines()
    later = (line for line in file.readlines())
for line in table.readlines():
    print(line)
for line in open('a'):
    print(line)
for line in open('a').read().split():
    print(line)
for item in list(things):
    print(item)
for line in io.StringIO('a').readlines():
    print(line)
with open('a') as file:
    for line in file.read().splitlines():
        print(line)
    for line in file.readlines():
        lines.append(line.strip())
    lines = [line.strip() for line in file.readlines()]
";
        assert!(found(RULE, quiet).is_empty());
    }

    #[test]
    fn the_file_gives_its_lines() {
        let source = "\
from pathlib import Path
with open('a') as file:
    for line in file.readlines():
        print(line)
    long = [line for line in file.readlines() if len(line) > 80]
    total = sum(len(line) for line in list(file))
names = {line for line in Path('a').open().readlines()}
";
        assert_eq!(found(RULE, source).len(), 4);
        let expected = source
            .replace("line in file.readlines()", "line in file")
            .replace("list(file)", "file")
            .replace(".open().readlines()", ".open()");
        assert_eq!(fixed(RULE, source), expected);
    }
}
