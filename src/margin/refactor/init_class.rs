//! `init-class`: a class whose `__init__` only stores its parameters to a dataclass.
//!
//! `eq=False` keeps what instances are compared and hashed by: themselves. What changes is `repr()`, which then shows
//! the fields: the title says so.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::dataclass::{Field, decorator, is_constant};
use super::{Look, Offer, Refactoring, Request};
use crate::margin::fix::indentation;
use crate::margin::rules::support::{
    any_in, has_comment, is_name, last_line_end, occurrences, owns_its_lines, starts_line,
};
use crate::margin::{Edit, Import};
use crate::python::{ClassInfo, Context, PythonVersion};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "init-class",
    section: "7.11",
    since: PythonVersion::three(7),
    look: Look::Stmt(&[NodeKind::StmtClassDef], look),
};

/// What a class may not define: a dataclass asks for it, replaces it, or trips over it.
const IN_THE_WAY: [&str; 9] = [
    "__dataclass_fields__",
    "__getattribute__",
    "__init_subclass__",
    "__match_args__",
    "__new__",
    "__post_init__",
    "__replace__",
    "__setattr__",
    "__slots__",
];

fn look<'a>(_: &Request<'_>, context: &Context<'a>, stmt: &'a Stmt) -> Option<Offer> {
    let Stmt::ClassDef(class) = stmt else { return None };
    let bare = class.arguments.as_ref().is_none_or(|arguments| {
        arguments.keywords.is_empty() && arguments.args.iter().all(|base| context.is_builtin(base, "object"))
    });
    if !bare
        || !class.decorator_list.is_empty()
        || class.type_params.is_some()
        || !starts_line(context.source, class.start())
    {
        return None;
    }
    let init = class.body.iter().find_map(|stmt| match stmt {
        Stmt::FunctionDef(def) if def.name.as_str() == "__init__" => Some(def),
        _ => None,
    })?;
    let mut imports = Vec::new();
    let fields = fields(context, init, &mut imports)?;
    if !is_alone(class, init, &fields) || is_inherited_by_dataclass(context, &class.name) {
        return None;
    }
    let lines = TextRange::new(init.start(), last_line_end(context.source, init.end()));
    if has_comment(context, lines) || !owns_its_lines(context.source, init) {
        return None;
    }
    let indent = indentation(context.source, init.start());
    let separator = format!("{}{indent}", context.newline());
    let text = fields.iter().map(Field::text).collect::<Vec<_>>().join(&separator);
    let (line, import) = decorator(context, class.start(), "(eq=False)")?;
    imports.extend(import);
    let header = TextRange::new(class.start(), class.body.first()?.start());
    let repr = class.body.iter().any(|stmt| matches!(stmt, Stmt::FunctionDef(def) if def.name.as_str() == "__repr__"));
    let title = if repr { "Rewrite as dataclass" } else { "Rewrite as dataclass; `repr()` shows the fields" };
    Some(Offer {
        places: vec![header, init.range],
        title: title.to_owned(),
        edits: vec![Edit::insert(class.start(), line), Edit::replace(init, text)],
        imports,
        section: None,
    })
}

/// The parameters of an `__init__` that stores each under its name, in order, and does nothing else.
fn fields(context: &Context<'_>, init: &ast::StmtFunctionDef, imports: &mut Vec<Import>) -> Option<Vec<Field>> {
    let parameters = &init.parameters;
    let plain = !init.is_async
        && init.decorator_list.is_empty()
        && init.type_params.is_none()
        && init.returns.as_deref().is_none_or(Expr::is_none_literal_expr)
        && parameters.posonlyargs.is_empty()
        && parameters.kwonlyargs.is_empty()
        && parameters.vararg.is_none()
        && parameters.kwarg.is_none();
    let (instance, given) = parameters.args.split_first()?;
    if !plain || given.is_empty() || given.len() != init.body.len() || instance.default.is_some() {
        return None;
    }
    let mut fields = Vec::new();
    for (parameter, stmt) in given.iter().zip(&init.body) {
        let name = parameter.name().as_str();
        let (target, value, stored) = assigned(stmt)?;
        let keeps_it = matches!(target, Expr::Attribute(attribute)
            if attribute.attr.as_str() == name && is_name(&attribute.value, instance.name()) && is_name(value, name));
        let annotation = match (parameter.annotation(), stored) {
            (Some(one), Some(other)) if context.text(one) != context.text(other) => return None,
            (one, other) => one.or(other),
        };
        if !keeps_it {
            return None;
        }
        if parameter.default().is_some_and(|default| !is_constant(default)) || name.starts_with("__") {
            return None;
        }
        let default = parameter.default().map(|default| context.text(default));
        fields.push(Field::new(context, name, annotation, default, init.start(), imports)?);
    }
    // A field with a default hides what its name means in the annotations that follow.
    let hides = |field: &Field| fields.iter().any(|other| occurrences(&other.annotation, &field.name) > 0);
    (!fields.iter().any(hides)).then_some(fields)
}

/// Target, value and annotation of an assignment to one target.
fn assigned(stmt: &Stmt) -> Option<(&Expr, &Expr, Option<&Expr>)> {
    match stmt {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [target] => Some((target, &assign.value, None)),
            _ => None,
        },
        Stmt::AnnAssign(assign) => Some((&assign.target, assign.value.as_deref()?, Some(&assign.annotation))),
        _ => None,
    }
}

/// Whether nothing else in the class meets the fields, or the methods that a dataclass adds.
fn is_alone(class: &ast::StmtClassDef, init: &ast::StmtFunctionDef, fields: &[Field]) -> bool {
    let taken = |name: &str| IN_THE_WAY.contains(&name) || fields.iter().any(|field| field.name == name);
    class.body.iter().all(|stmt| match stmt {
        Stmt::FunctionDef(def) => std::ptr::eq(def, init) || def.name.as_str() != "__init__" && !taken(&def.name),
        Stmt::ClassDef(inner) => !taken(&inner.name),
        Stmt::Expr(stmt) => stmt.value.is_literal_expr(),
        Stmt::Pass(_) => true,
        Stmt::Assign(_) => !any_in(
            std::slice::from_ref(stmt),
            |node| matches!(node, AnyNodeRef::ExprName(name) if name.ctx.is_store() && taken(&name.id)),
        ),
        _ => false,
    })
}

/// Whether a dataclass of the file inherits from it, and would inherit the fields.
fn is_inherited_by_dataclass(context: &Context<'_>, name: &str) -> bool {
    let inherits = |info: &ClassInfo| {
        !info.decorators.is_empty() && info.bases.iter().any(|base| base.strip_prefix('@') == Some(name))
    };
    context.table.classes().any(|info| inherits(info))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, check_silent_for, title};

    const NAME: &str = "init-class";

    #[test]
    fn parameters_become_fields() {
        check(
            NAME,
            &[
                (
                    "from dataclasses import dataclass\n\nclass P^oint:\n    \"\"\"A place.\"\"\"\n\n    # where\n    def __init__(self, x: int, y: int = -1) -> None:\n        self.x = x\n        self.y = y\n\n    def __len__(self): return 2  # both\n",
                    "from dataclasses import dataclass\n\n@dataclass(eq=False)\nclass Point:\n    \"\"\"A place.\"\"\"\n\n    # where\n    x: int\n    y: int = -1\n\n    def __len__(self): return 2  # both\n",
                ),
                (
                    "import os\nimport typing\nif os:\n\tclass A(object):\n\t\tdef __in^it__(self, a, b: 'A' = None):\n\t\t\tself.a = a\n\t\t\tself.b: 'A' = b",
                    "import os\nimport typing\nimport dataclasses\nif os:\n\t@dataclasses.dataclass(eq=False)\n\tclass A(object):\n\t\ta: typing.Any\n\t\tb: 'A' = None",
                ),
            ],
        );
        let class = "class ^A:\n    def __init__(self, a: int):\n        self.a = a\n";
        assert_eq!(title(NAME, class), "Rewrite as dataclass; `repr()` shows the fields (§7.11)");
        let shown = format!("{class}    def __repr__(self): return 'A'\n");
        assert_eq!(title(NAME, &shown), "Rewrite as dataclass (§7.11)");
    }

    #[test]
    fn what_does_more_is_not_offered() {
        let of = |parameters: &str, body: &str, rest: &str| {
            format!("class ^A:\n    def __init__(self, {parameters}):\n        {body}\n{rest}")
        };
        for text in [
            of("a: int", "self.a = a + 1", ""),
            of("a: int", "self.b = a", ""),
            of("a: int", "other.a = a", ""),
            of("a: int, b: int", "self.a = a", ""),
            of("a: int, b: int", "self.b = b\n        self.a = a", ""),
            of("a: int", "self.a = a\n        self.b = 1", ""),
            of("a: int", "self.a = a  # why", ""),
            of("a: int", "# why\n        self.a = a", ""),
            of("a: int", "'''Makes it.'''\n        self.a = a", ""),
            of("a: list = []", "self.a = a", ""),
            of("a: int = b", "self.a = a", ""),
            of("*a", "self.a = a", ""),
            of("*, a", "self.a = a", ""),
            of("a, /", "self.a = a", ""),
            of("**a", "self.a = a", ""),
            of("__a", "self.__a = __a", ""),
            of("a: int", "self.a: str = a", ""),
            of("date: date = None", "self.date = date", ""),
            of("a: ClassVar[int]", "self.a = a", ""),
            of("a: int", "self.a = a", "    @property\n    def a(self): return 1\n"),
            of("a: int", "self.a = a", "    def __post_init__(self): ...\n"),
            of("a: int", "self.a = a", "    b: int = 1\n"),
            of("a: int", "self.a = a", "    a = 1\n"),
            of("a: int", "self.a = a", "    __slots__ = ('a',)\n"),
            of("a: int", "self.a = a", "    for b in (): pass\n"),
            of("a: int", "self.a = a", "@frozen\nclass B(A): ...\n"),
            of("a: int", "self.a = a", "").replace("^A", "^A(B)"),
            of("a: int", "self.a = a", "").replace("^A", "^A(metaclass=M)"),
            of("a: int", "self.a = a", "").replace("class ^A", "@wrapped\nclass ^A"),
            of("a: int", "self.a = a", "").replace("    def", "    @wrapped\n    def"),
            "class ^A:\n    def f(self, a):\n        self.a = a\n".to_owned(),
            "class A:\n    def __init__(self, a):\n        self.a = a\n    def f(self):\n        pa^ss\n".to_owned(),
        ] {
            check_silent(NAME, &[&text]);
        }
        check_silent_for(6, NAME, &of("a: int", "self.a = a", ""));
    }
}
