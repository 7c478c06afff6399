//! `named-tuple`: `namedtuple(...)` or a `NamedTuple` class to a frozen dataclass.
//!
//! The instances are no tuples then. So it is offered where the whole file shows that nothing in it needs one: every
//! place an instance gets to is followed by name ([`super::flow`]). What other files do cannot be seen: the title says
//! so.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::dataclass::{Field, decorator, is_constant};
use super::flow::Flow;
use super::{Look, Offer, Refactoring, Request};
use crate::margin::Edit;
use crate::margin::rules::support::{has_comment, is_symbol, last_line_end, owns_its_lines, starts_line, string};
use crate::python::{Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "named-tuple",
    section: "9.3.6",
    since: PythonVersion::three(7),
    look: Look::Stmt(&[NodeKind::StmtAssign, NodeKind::StmtClassDef], look),
};

const TITLE: &str = "Rewrite as frozen dataclass; other files can no longer use it as a tuple";

/// Larger files are not searched.
const MAX_FILE: usize = 1024 * 1024;

fn look<'a>(request: &Request<'_>, context: &Context<'a>, stmt: &'a Stmt) -> Option<Offer> {
    // The name of a class that is defined elsewhere would be shown with its surroundings.
    if context.nodes().len() != 1 || !starts_line(context.source, stmt.start()) || request.text.len() > MAX_FILE {
        return None;
    }
    let (name, members, offer) = match stmt {
        Stmt::Assign(assign) => of_call(context, assign)?,
        Stmt::ClassDef(class) => of_class(context, class)?,
        _ => return None,
    };
    if context.table.bindings_of(name).count() != 1 {
        return None;
    }
    let is_no_tuple = |suite: &[Stmt]| Flow::new(request.text, name, &members).finds_no_harm(suite);
    request.module.with_syntax(request.text, is_no_tuple)?.then_some(offer)
}

/// The name of the class, what its instances have, and what is offered.
type Found<'a> = (&'a str, Vec<String>, Offer);

/// `Point = namedtuple("Point", "x y")`.
fn of_call<'a>(context: &Context<'a>, assign: &'a ast::StmtAssign) -> Option<Found<'a>> {
    let ([Expr::Name(target)], Expr::Call(call)) = (assign.targets.as_slice(), assign.value.as_ref()) else {
        return None;
    };
    let ([name, fields], []) = (call.arguments.args.as_ref(), call.arguments.keywords.as_ref()) else { return None };
    let fits = is_symbol(context, &call.func, &["collections.namedtuple"]) && string(name) == Some(target.id.as_str());
    let lines = TextRange::new(assign.start(), last_line_end(context.source, assign.end()));
    if !fits || has_comment(context, lines) || !owns_its_lines(context.source, assign.range) {
        return None;
    }
    let names: Vec<String> = match fields {
        Expr::StringLiteral(text) => {
            let text = text.value.to_str().replace(',', " ");
            text.split_whitespace().map(str::to_owned).collect()
        }
        Expr::List(ast::ExprList { elts, .. }) | Expr::Tuple(ast::ExprTuple { elts, .. }) => {
            elts.iter().map(|one| string(one).map(str::to_owned)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let is_field = |name: &String| {
        name.starts_with(char::is_alphabetic) && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
    };
    if names.is_empty() || !names.iter().all(is_field) {
        return None;
    }
    let (line, import) = decorator(context, assign.start(), "(frozen=True)")?;
    let mut imports: Vec<_> = import.into_iter().collect();
    let newline = context.newline();
    let mut text = format!("{line}class {}:", target.id);
    for name in &names {
        let field = Field::new(context, name, None, None, assign.start(), &mut imports)?;
        text.push_str(&format!("{newline}    {}", field.text()));
    }
    let offer = Offer { imports, ..Offer::new(assign.range, TITLE, vec![Edit::replace(assign.range, text)]) };
    Some((&target.id, names, offer))
}

/// `class Point(NamedTuple):` with fields and methods.
fn of_class<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef) -> Option<Found<'a>> {
    let arguments = class.arguments.as_deref()?;
    let ([base], []) = (arguments.args.as_ref(), arguments.keywords.as_ref()) else { return None };
    let fits = is_symbol(context, base, &["typing.NamedTuple"])
        && class.decorator_list.is_empty()
        && class.type_params.is_none();
    let head = TextRange::new(class.start(), class.body.first()?.start());
    if !fits || has_comment(context, arguments.range) {
        return None;
    }
    let (mut members, mut fields) = (Vec::new(), 0);
    for stmt in &class.body {
        match stmt {
            Stmt::AnnAssign(assign) => {
                let Expr::Name(name) = assign.target.as_ref() else { return None };
                let default = assign.value.as_deref();
                if default.is_some_and(|default| !is_constant(default)) {
                    return None;
                }
                Field::new(context, &name.id, Some(&assign.annotation), None, class.start(), &mut Vec::new())?;
                members.push(name.id.to_string());
                fields += 1;
            }
            // A method has the instance under another name.
            Stmt::FunctionDef(def) => {
                let special = def.name.starts_with("__") && !matches!(def.name.as_str(), "__str__" | "__repr__");
                if special || !def.decorator_list.iter().all(|one| context.is_builtin(&one.expression, "property")) {
                    return None;
                }
                members.push(def.name.to_string());
            }
            Stmt::Expr(stmt) if stmt.value.is_literal_expr() => {}
            _ => return None,
        }
    }
    let (line, import) = decorator(context, class.start(), "(frozen=True)")?;
    let bases = TextRange::new(class.name.end(), arguments.end());
    let edits = vec![Edit::insert(class.start(), line), Edit::delete(bases)];
    let offer = Offer { imports: import.into_iter().collect(), ..Offer::new(head, TITLE, edits) };
    (fields > 0).then_some((class.name.as_str(), members, offer))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, title};

    const NAME: &str = "named-tuple";
    const IMPORTS: &str =
        "from collections import namedtuple\nfrom typing import Any\nfrom dataclasses import dataclass\n";

    fn of_call(rest: &str) -> String {
        format!("{IMPORTS}Po^int = namedtuple('Point', 'x y')\n{rest}")
    }

    #[test]
    fn fields_stay_and_the_tuple_goes() {
        let rest = "\
def make(n: int) -> Point:
    return Point(n, y=2)
def shift(point, by: 'Point | None'=None):
    if by is None: return make(point.x).y
    print(point, f'{by!r}', isinstance(by, Point))
    moved = make(1) if point == by else by
    return moved.y
class Shape:
    def __init__(self, origin): self.origin = origin
    def left(self): return self.origin.x
Shape(make(1)).left() + shift(Point(1, 2))
for x, y in pairs: print(x[0])
";
        let after = format!("{IMPORTS}@dataclass(frozen=True)\nclass Point:\n    x: Any\n    y: Any\n{rest}");
        check(NAME, &[(&of_call(rest), &after)]);
        check(
            NAME,
            &[(
                "import typing\n\nclass Po^int(typing.NamedTuple):\n    '''A place.'''\n    x: int  # across\n    y: int = 0\n\n    def up(self):\n        return Point(self.x, self.y + 1)\n\nPoint(1).up().y\n",
                "import typing\nimport dataclasses\n\n@dataclasses.dataclass(frozen=True)\nclass Point:\n    '''A place.'''\n    x: int  # across\n    y: int = 0\n\n    def up(self):\n        return Point(self.x, self.y + 1)\n\nPoint(1).up().y\n",
            )],
        );
        assert_eq!(
            title(NAME, &of_call("")),
            "Rewrite as frozen dataclass; other files can no longer use it as a tuple (§9.3.6)"
        );
    }

    #[test]
    fn every_use_as_a_tuple_speaks_against_it() {
        for rest in [
            "x, y = Point(1, 2)",
            "p = Point(1, 2)\nx, y = p",
            "p = Point(1, 2)\np[0]",
            "Point(1, 2)[0]",
            "for x in Point(1, 2): pass",
            "print(*Point(1, 2))",
            "len(Point(1, 2))",
            "list(Point(1, 2))",
            "p = Point(1, 2)\np._replace(x=2)",
            "Point(1, 2)._asdict()",
            "Point._make((1, 2))",
            "Point._fields",
            "Point(1, 2) == (1, 2)",
            "Point(1, 2) < Point(2, 3)",
            "Point(1, 2) + (3,)",
            "'%s %s' % Point(1, 2)",
            "1 in Point(1, 2)",
            "isinstance(Point(1, 2), tuple)",
            "json.dumps(Point(1, 2))",
            "points = [Point(1, 2)]",
            "points.append(Point(1, 2))",
            "points['a'] = Point(1, 2)",
            "def f(): return Point(1, 2)\na, b = f()",
            "def f(p): a, b = p\nf(Point(1, 2))",
            "def f(p): yield Point(1, 2)",
            "def f(p: Point): return p[0]",
            "def f(ps: list[Point]): ...",
            "def f(*ps): return ps[0]\nf(Point(1, 2))",
            "class A:\n    def __init__(self): self.p = Point(1, 2)\n    def f(self): return max(self.p)",
            "match Point(1, 2):\n    case (1, 2): pass",
            "class B(Point): ...",
            "map(Point, xs, ys)",
            "Alias: type = Point",
            "f = lambda: Point(1, 2)",
            "p = Point(1, 2)\np += (1,)",
            "with Point(1, 2): pass",
            "if (p := Point(1, 2)): a, b = p",
            "async def f(): return Point(1, 2)\nasync def g(): (await f())[0]",
            "Point = None",
            "def f(p=Point(1, 2)): ...",
        ] {
            check_silent(NAME, &[&of_call(&format!("{rest}\n"))]);
        }
    }

    #[test]
    fn what_a_dataclass_does_not_do_is_not_offered() {
        for definition in [
            "P^ = namedtuple('Q', 'x y')",
            "P^ = namedtuple('P', 'x y', defaults=[1])",
            "P^ = namedtuple('P', names)",
            "P^ = namedtuple('P', '')",
            "P^ = namedtuple('P', 'x y')  # why",
            "P^ = namedtuple('P', [  # why\n    'x'])",
            "def f():\n    P^ = namedtuple('P', 'x y')",
            "class ^P(NamedTuple):\n    x: int\n    def __add__(self, other): return self",
            "class ^P(NamedTuple):\n    x: int\n    @classmethod\n    def f(cls): return cls(1)",
            "class ^P(NamedTuple):\n    x: int\n    def f(self): return self[0]",
            "class ^P(NamedTuple):\n    x: int\n    def f(self): return super().count(1)",
            "class ^P(NamedTuple):\n    x: list = []",
            "class ^P(NamedTuple): ...",
        ] {
            check_silent(NAME, &[&format!("{IMPORTS}from typing import NamedTuple\n{definition}\n")]);
        }
    }
}
