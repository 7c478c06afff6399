//! `append-loop`: a list, set or dict that a loop fills to a comprehension.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, OperatorPrecedence, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::{Look, Offer, Refactoring, Request, indent_step, next_statement, previous_statement};
use crate::margin::Edit;
use crate::margin::fix::indentation;
use crate::margin::rules::support::{
    Go, any_in, any_in_expr, expects_error, has_comment, is_name, last_line_end, occurrences, operand, owns_its_lines,
    walk,
};
use crate::python::{Context, Node, PythonVersion, ScopeKind};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "append-loop",
    section: "5.3.1",
    since: PythonVersion::three(6),
    look: Look::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtAnnAssign, NodeKind::StmtFor], look),
};

/// A comprehension that makes its line longer than this is broken over lines.
const MAX_LINE: usize = 88;

/// Loops and conditions that may be in each other: more are hard to read in one expression.
const MAX_CLAUSES: usize = 3;

fn look<'a>(request: &Request<'_>, context: &Context<'a>, stmt: &'a Stmt) -> Option<Offer> {
    let (first, each) = match stmt {
        Stmt::For(each) => (previous_statement(context, stmt)?, each),
        _ => match next_statement(context, stmt)? {
            Stmt::For(each) => (stmt, each),
            _ => return None,
        },
    };
    let (name, value) = match first {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [Expr::Name(name)] => (name, assign.value.as_ref()),
            _ => return None,
        },
        Stmt::AnnAssign(assign) => match assign.target.as_ref() {
            Expr::Name(name) => (name, assign.value.as_deref()?),
            _ => return None,
        },
        _ => return None,
    };
    let kind = Kind::of(context, value)?;
    let filled = Filled::read(each, &name.id, kind)?;
    let whole = TextRange::new(first.start(), each.end());
    let plain = owns_its_lines(context.source, first)
        && owns_its_lines(context.source, each)
        && !has_comment(context, whole)
        && !has_comment_behind(context.source, each)
        && !context.in_class_body()
        && !filled.may_tell(context)
        && is_unseen(request, context, &name.id, &filled.targets, whole);
    if !plain {
        return None;
    }
    let range = TextRange::new(value.start(), each.end());
    let text = filled.text(context, kind, range.start());
    let mut offer =
        Offer::new(whole, format!("Rewrite as {} comprehension", kind.name()), vec![Edit::replace(range, text)]);
    offer.section = Some(kind.section());
    Some(offer)
}

/// Whether a comment behind the last statement of a loop still stands in its body.
fn has_comment_behind(source: &str, each: &ast::StmtFor) -> bool {
    let indent = indentation(source, each.start()).len();
    let lines = source[last_line_end(source, each.end()).to_usize()..].lines();
    let comments =
        lines.map(|line| (line.len() - line.trim_start().len(), line.trim())).filter(|(_, line)| !line.is_empty());
    comments.take_while(|(_, line)| line.starts_with('#')).any(|(deep, _)| deep > indent)
}

/// What a loop fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    List,
    Set,
    Dict,
}

impl Kind {
    /// What an empty collection is.
    fn of(context: &Context<'_>, value: &Expr) -> Option<Self> {
        match value {
            Expr::List(list) if list.elts.is_empty() => Some(Self::List),
            Expr::Dict(dict) if dict.items.is_empty() => Some(Self::Dict),
            Expr::Call(call) if call.arguments.is_empty() => {
                let kinds = [("list", Self::List), ("set", Self::Set), ("dict", Self::Dict)];
                kinds.into_iter().find(|(name, _)| context.is_builtin(&call.func, name)).map(|(_, kind)| kind)
            }
            _ => None,
        }
    }

    fn section(self) -> &'static str {
        match self {
            Self::List => "5.3.1",
            Self::Set => "5.3.3",
            Self::Dict => "5.3.2",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Set => "set",
            Self::Dict => "dict",
        }
    }
}

/// A `for` or an `if`, outermost first.
enum Clause<'a> {
    For(&'a Expr, &'a Expr),
    If(&'a Expr),
}

/// What a loop puts into a collection.
struct Filled<'a> {
    clauses: Vec<Clause<'a>>,
    key: Option<&'a Expr>,
    element: &'a Expr,
    /// The names that the loops bind.
    targets: Vec<&'a str>,
}

impl<'a> Filled<'a> {
    /// Reads a loop that does nothing else.
    fn read(each: &'a ast::StmtFor, name: &str, kind: Kind) -> Option<Self> {
        let mut clauses = Vec::new();
        let mut targets = Vec::new();
        let mut body = loop_clause(each, &mut clauses, &mut targets)?;
        let last = loop {
            let [only] = body else { return None };
            body = match only {
                Stmt::For(inner) => loop_clause(inner, &mut clauses, &mut targets)?,
                Stmt::If(test) if test.elif_else_clauses.is_empty() => {
                    clauses.push(Clause::If(&test.test));
                    &test.body
                }
                other => break other,
            };
            if clauses.len() > MAX_CLAUSES {
                return None;
            }
        };
        let (key, element) = put(last, name, kind)?;
        let filled = Self { clauses, key, element, targets };
        // What reads the collection while it grows needs the loop.
        let reads =
            |expr: &Expr| any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(used) if used.id == name));
        (!filled.parts().any(reads) && !filled.targets.contains(&name)).then_some(filled)
    }

    /// The expressions that move into the comprehension.
    fn parts(&self) -> impl Iterator<Item = &'a Expr> + '_ {
        let clauses = self.clauses.iter().map(|clause| match clause {
            Clause::For(_, expr) | Clause::If(expr) => *expr,
        });
        clauses.chain(self.key).chain([self.element])
    }

    /// Whether something in it would do something else inside a comprehension.
    fn may_tell(&self, context: &Context<'_>) -> bool {
        let other_scope = |node: AnyNodeRef<'_>| match node {
            // The first two are made here and run later, when a loop variable has another value.
            AnyNodeRef::ExprLambda(_)
            | AnyNodeRef::ExprGenerator(_)
            | AnyNodeRef::ExprNamed(_)
            | AnyNodeRef::ExprAwait(_)
            | AnyNodeRef::ExprYield(_)
            | AnyNodeRef::ExprYieldFrom(_) => true,
            AnyNodeRef::ExprName(name) => {
                matches!(name.id.as_str(), "locals" | "vars" | "dir" | "eval" | "exec" | "super" | "__class__")
            }
            _ => false,
        };
        // `d[k] = v` evaluates the value first, a comprehension the key.
        let order = self.key.is_some_and(|key| acts(key) && acts(self.element));
        // A list that is half full when something fails can be seen behind a `try`.
        let inner = |node: &Node<'_>| !matches!(node, Node::Stmt(Stmt::FunctionDef(_)));
        let tried = context.ancestors().take_while(inner).any(|node| matches!(node, Node::Stmt(Stmt::Try(_))));
        order || tried || expects_error(context) || self.parts().any(|part| any_in_expr(part, other_scope))
    }

    fn text(&self, context: &Context<'_>, kind: Kind, at: TextSize) -> String {
        let element = operand(context, self.element, OperatorPrecedence::IfElse);
        let element = match self.key {
            Some(key) => format!("{}: {element}", operand(context, key, OperatorPrecedence::IfElse)),
            None => element,
        };
        let mut parts = vec![element];
        parts.extend(self.clauses.iter().map(|clause| match clause {
            Clause::For(target, iter) => {
                format!("for {} in {}", context.text(*target), operand(context, iter, OperatorPrecedence::Or))
            }
            Clause::If(test) => format!("if {}", operand(context, test, OperatorPrecedence::Or)),
        }));
        let (open, close) = if kind == Kind::List { ("[", "]") } else { ("{", "}") };
        let line = format!("{open}{}{close}", parts.join(" "));
        let indent = indentation(context.source, at);
        let before = context.source[..at.to_usize()].rfind('\n').map_or(at.to_usize(), |end| at.to_usize() - end - 1);
        if before + line.chars().count() <= MAX_LINE || line.contains('\n') {
            return line;
        }
        let newline = context.newline();
        let inner = format!("{newline}{indent}{}", indent_step(context, &[]));
        format!("{open}{inner}{}{newline}{indent}{close}", parts.join(&inner))
    }
}

/// Takes a loop down as a clause; its body is what remains.
fn loop_clause<'a>(
    each: &'a ast::StmtFor,
    clauses: &mut Vec<Clause<'a>>,
    targets: &mut Vec<&'a str>,
) -> Option<&'a [Stmt]> {
    if each.is_async || !each.orelse.is_empty() || !add_names(&each.target, targets) {
        return None;
    }
    clauses.push(Clause::For(&each.target, &each.iter));
    Some(&each.body)
}

/// Adds the names of a target; `false` where it is more than names.
fn add_names<'a>(target: &'a Expr, names: &mut Vec<&'a str>) -> bool {
    match target {
        Expr::Name(name) => {
            names.push(&name.id);
            true
        }
        Expr::Starred(starred) => add_names(&starred.value, names),
        Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
            elts.iter().all(|element| add_names(element, names))
        }
        _ => false,
    }
}

/// What a statement puts into the collection: `name.append(element)`, `name.add(element)`, `name[key] = element`.
fn put<'a>(stmt: &'a Stmt, name: &str, kind: Kind) -> Option<(Option<&'a Expr>, &'a Expr)> {
    match (stmt, kind) {
        (Stmt::Assign(assign), Kind::Dict) => match assign.targets.as_slice() {
            [Expr::Subscript(place)] if is_name(&place.value, name) && !place.slice.is_slice_expr() => {
                let unpacks = any_in_expr(&place.slice, |node| node.is_expr_starred() || node.is_expr_slice());
                (!unpacks).then_some((Some(&place.slice), &assign.value))
            }
            _ => None,
        },
        (Stmt::Expr(stmt), Kind::List | Kind::Set) => {
            let Expr::Call(call) = stmt.value.as_ref() else { return None };
            let Expr::Attribute(method) = call.func.as_ref() else { return None };
            let wanted = if kind == Kind::List { "append" } else { "add" };
            let ([element], []) = (call.arguments.args.as_ref(), call.arguments.keywords.as_ref()) else { return None };
            let fits = method.attr.as_str() == wanted && is_name(&method.value, name) && !element.is_starred_expr();
            fits.then_some((None, element))
        }
        _ => None,
    }
}

fn acts(expr: &Expr) -> bool {
    any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprCall(_)))
}

/// Whether nobody can see that the loop variables are gone, and that the collection is not there until it is full.
///
/// `whole` is the code that the comprehension takes the place of.
fn is_unseen(request: &Request<'_>, context: &Context<'_>, name: &str, targets: &[&str], whole: TextRange) -> bool {
    match context.scopes().last().map(|scope| (scope, scope.kind)) {
        Some((scope, ScopeKind::Function(def))) => {
            let is_own = |name: &&str| !scope.globals.contains(*name) && !scope.nonlocals.contains(*name);
            let captured = any_in(&def.body, |node| {
                let inner = matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::ExprLambda(_));
                inner && occurrences(context.text(node.range()), name) > 0
            });
            !captured
                && targets.iter().chain([&name]).all(is_own)
                && !targets.iter().any(|target| is_used_outside(context, &def.body, target, whole))
        }
        // At module level anybody may look: other code of the file must not know the names at all.
        None => {
            let elsewhere = |name: &&str| occurrences(request.text, name) > occurrences(context.text(whole), name);
            !targets.iter().any(elsewhere) && !is_known_to_functions(request, name)
        }
        _ => false,
    }
}

/// Whether a loop variable is used outside the loop, but for loops and comprehensions that bind it themselves.
fn is_used_outside(context: &Context<'_>, body: &[Stmt], target: &str, whole: TextRange) -> bool {
    let mut used = false;
    walk(body, |node| {
        if used || whole.contains_range(node.range()) {
            return Go::Over;
        }
        let names =
            |expr: &Expr| any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(name) if name.id == target));
        match node {
            AnyNodeRef::ExprName(name) => used = name.id == target,
            AnyNodeRef::StmtFor(other) if names(&other.target) => {
                used = names(&other.iter) || is_used_outside(context, &other.orelse, target, whole);
                // The loop itself may stand in there.
                if other.range.contains_range(whole) {
                    used = true;
                }
                return Go::Over;
            }
            AnyNodeRef::ExprListComp(ast::ExprListComp { generators, .. })
            | AnyNodeRef::ExprSetComp(ast::ExprSetComp { generators, .. })
            | AnyNodeRef::ExprDictComp(ast::ExprDictComp { generators, .. })
            | AnyNodeRef::ExprGenerator(ast::ExprGenerator { generators, .. })
                if generators.iter().any(|each| names(&each.target)) =>
            {
                used = names(&generators[0].iter);
                return Go::Over;
            }
            AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::ExprLambda(_) | AnyNodeRef::StmtClassDef(_) => {
                used = occurrences(context.text(node.range()), target) > 0;
                return Go::Over;
            }
            _ => {}
        }
        Go::In
    });
    used
}

/// Whether a function of the file may read a name of the module.
fn is_known_to_functions(request: &Request<'_>, name: &str) -> bool {
    request.module.statements.iter().any(|placed| {
        let text = &request.text[placed.range];
        (text.contains("def ") || text.contains("lambda")) && occurrences(text, name) > 0
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, title};

    const NAME: &str = "append-loop";

    fn function(lines: &str) -> String {
        format!("def f(xs, ys):\n{lines}\n    return out\n")
    }

    #[test]
    fn the_loop_becomes_a_comprehension() {
        for (before, after) in [
            ("    out = []\n    f^or x in xs:\n        out.append(x + 1)", "    out = [x + 1 for x in xs]"),
            (
                "    out: list[int] = l^ist()\n    for x in xs:\n        if x:\n            out.append((x, 1))",
                "    out: list[int] = [(x, 1) for x in xs if x]",
            ),
            (
                "    out = set()\n    for x in xs:\n        for y in ys if x else ():\n            out.a^dd(x * y)",
                "    out = {x * y for x in xs for y in (ys if x else ())}",
            ),
            (
                "    out = {}\n    for k, v in xs.items(): ^out[k, 1] = v, f(v)",
                "    out = {(k, 1): (v, f(v)) for k, v in xs.items()}",
            ),
            (
                "    out = []\n    for x in ^1, 2:\n        out.append(x if x else 3)  # why",
                "    out = [x if x else 3 for x in (1, 2)]  # why",
            ),
            // Another loop has a variable of the same name.
            (
                "    for x in ys: print(x)\n    out = []\n    for x in ^xs:\n        out.append(x)\n    print([x for x in ys])",
                "    for x in ys: print(x)\n    out = [x for x in xs]\n    print([x for x in ys])",
            ),
            (
                "    out = []\n    for x in ^xs:\n        if a_long_condition(x, with_an_argument) and another_condition:\n            out.append(a_function(x))",
                "    out = [\n        a_function(x)\n        for x in xs\n        if a_long_condition(x, with_an_argument) and another_condition\n    ]",
            ),
        ] {
            check(NAME, &[(&function(before), &function(after))]);
        }
        check(NAME, &[("xs = 1\nout = []\nfor x in ^xs:\n    out.append(x)\n", "xs = 1\nout = [x for x in xs]\n")]);
        let dict = function("    out = {}\n    for x in ^xs:\n        out[x] = 1");
        assert_eq!(title(NAME, &dict), "Rewrite as dict comprehension (§5.3.2)");
    }

    #[test]
    fn what_may_tell_is_not_offered() {
        for lines in [
            "    out = []\n    for x in ^xs:\n        out.append(x)\n    else:\n        pass",
            "    out = []\n    for x in ^xs:\n        out.append(x)\n        print(x)",
            "    out = []\n    for x in ^xs:\n        if x:\n            out.append(x)\n        else:\n            out.append(1)",
            "    out = []\n    for x in ^xs:\n        if x not in out:\n            out.append(x)",
            "    out = []\n    for x in ^xs:\n        out.append(len(out))",
            "    out = []\n    for x in ^xs:\n        out.append(x)\n    print(x)",
            "    for y in ys:\n        print(x)\n        out = []\n        for x in ^xs:\n            out.append(x)",
            "    out = []\n    for x in ^xs:\n        out.append(lambda: x)",
            "    out = []\n    for x in ^xs:\n        out.append(y for y in x)",
            "    out = []\n    for x in ^xs:\n        out.append((yield x))",
            "    out = []\n    for x in ^xs:\n        out.append((y := x))",
            "    out = []\n    for x in ^xs:\n        out.append(super().f(x))",
            "    out = []\n    for x in ^xs:\n        out.append(locals())",
            "    out = []\n    for x in ^xs:\n        out.append(*x)",
            "    out = []\n    for x in ^xs:\n        out.append(x)\n\n        # then",
            "    out = []  # why\n    for x in ^xs:\n        out.append(x)",
            "    out = []\n    for x in ^xs:\n        # why\n        out.append(x)",
            "    out = [1]\n    for x in ^xs:\n        out.append(x)",
            "    out = []\n    for x in ^xs:\n        out.extend(x)",
            "    out = []\n    for x in ^xs:\n        other.append(x)",
            "    out = []\n    for self.x in ^xs:\n        out.append(1)",
            "    out = other = []\n    for x in ^xs:\n        out.append(x)",
            "    out = []\n    print()\n    for x in ^xs:\n        out.append(x)",
            "    out = {}\n    for x in ^xs:\n        out[x()] = x.y()",
            "    out = {}\n    for x in ^xs:\n        out[1:x] = x",
            "    def g(): return out\n    out = []\n    for x in ^xs:\n        out.append(g())",
            "    global out\n    out = []\n    for x in ^xs:\n        out.append(x)",
            "    try:\n        out = []\n        for x in ^xs:\n            out.append(f(x))\n    except OSError: pass",
            "    out = []\n    while ^xs:\n        out.append(xs.pop())",
            "    out = []\n    for x in ^xs: out.append(x); print(x)",
        ] {
            check_silent(NAME, &[&function(lines)]);
        }
        check_silent(
            NAME,
            &[
                "out = []\nfor x in ^xs:\n    out.append(x)\nprint(x)\n",
                "def f(): return out\nout = []\nfor x in ^xs:\n    out.append(f())\n",
                "class A:\n    out = []\n    for x in ^xs:\n        out.append(x)\n",
                "async def f():\n    out = []\n    async for x in ^xs:\n        out.append(x)\n",
            ],
        );
    }
}
