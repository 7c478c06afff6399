//! Class definitions: the keyword, the bases, and what the class is, which is noted on its name.

use ruff_python_ast::name::Name;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, CmpOp, Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::functions;
use crate::python::Construct;
use crate::python::context::Context;
use crate::python::names::is_dunder;
use crate::python::stdlib;
use crate::python::suites::{is_stub, own_statements, without_docstring};
use crate::python::table::ClassInfo;
use crate::python::walk::Sink;

/// A class with this many classes of the project in its line of ancestors, itself included, is deep.
const DEEP: usize = 5;

/// How many ancestors are followed.
const MOST_ANCESTORS: usize = 64;

pub(super) fn note(context: &Context<'_>, class: &ast::StmtClassDef, info: &ClassInfo, sink: &mut Sink) {
    let keyword = keyword(context, class);
    sink.construct_at(keyword, Construct::Class);
    functions::type_params(class.type_params.as_deref(), sink);
    bases(context, class, keyword, sink);
    let name = class.name.range;
    let mut noted = |holds: bool, construct| {
        if holds {
            sink.construct_at(keyword, construct);
            sink.construct(name, construct);
        }
    };
    let ancestors = Ancestors::of(context, info);
    noted(ancestors.shared, Construct::ClassDiamond);
    noted(ancestors.depth >= DEEP, Construct::ClassDeepInheritance);
    noted(ancestors.outside.iter().any(|base| is_exception(base)), Construct::ClassException);
    let defines = |method: &str| info.methods.contains_key(method);
    noted(defines("__iter__") && defines("__next__"), Construct::ClassIterator);
    noted(!context.environment.stub && is_port(context, class), Construct::ClassPort);
    noted(is_string_state_machine(class), Construct::ClassStringStateMachine);
}

fn keyword(context: &Context<'_>, class: &ast::StmtClassDef) -> Option<TextRange> {
    let from = class.decorator_list.last().map_or(class.range.start(), Ranged::end);
    context.token_in(TextRange::new(from, class.name.range.start()), TokenKind::Class)
}

/// The bases and `metaclass=`.
fn bases(context: &Context<'_>, class: &ast::StmtClassDef, keyword: Option<TextRange>, sink: &mut Sink) {
    let Some(arguments) = class.arguments.as_deref() else { return };
    match arguments.args.as_ref() {
        [] => {}
        [only] => {
            if matches!(only, Expr::Name(_) | Expr::Attribute(_)) && !context.is_builtin(only, "object") {
                sink.construct_at(keyword, Construct::ClassSingleBase);
                sink.construct(only.range(), Construct::ClassSingleBase);
            }
        }
        [first, rest @ ..] => {
            sink.construct_at(keyword, Construct::ClassMultipleBases);
            let mut end = first.end();
            for base in rest {
                let between = TextRange::new(end, base.start());
                sink.construct_at(context.token_in(between, TokenKind::Comma), Construct::ClassMultipleBases);
                end = base.end();
            }
        }
    }
    for base in &arguments.args {
        if context.resolve(base).is_some_and(|symbol| is_metaclass(&symbol)) {
            sink.construct_at(keyword, Construct::ClassSubclassesType);
            sink.construct(base.range(), Construct::ClassSubclassesType);
        }
    }
    if let Some(argument) = arguments.find_keyword("metaclass")
        && let Some(name) = &argument.arg
    {
        sink.construct_at(keyword, Construct::ClassMetaclass);
        sink.construct(name.range, Construct::ClassMetaclass);
    }
}

/// `type`, or one of the standard library's metaclasses.
fn is_metaclass(symbol: &str) -> bool {
    matches!(symbol, "builtins.type" | "abc.ABCMeta" | "enum.EnumMeta" | "enum.EnumType")
        || stdlib::descends(symbol, "builtins.type")
}

/// The standard library's exceptions by their ancestry, others by the spelling of their names.
fn is_exception(symbol: &str) -> bool {
    let name = symbol.rsplit('.').next().unwrap_or(symbol);
    stdlib::descends(symbol, "builtins.BaseException")
        || ["Error", "Exception", "Warning", "ExceptionGroup"].iter().any(|ending| name.ends_with(ending))
        || matches!(symbol, "builtins.KeyboardInterrupt" | "builtins.SystemExit" | "builtins.GeneratorExit")
}

/// What a class inherits from, as far as this file tells.
struct Ancestors {
    /// Qualified names of the classes of other files.
    outside: Vec<Name>,
    /// How many classes of this file are in the longest line of ancestors, the class itself included.
    depth: usize,
    /// Two of the bases have an ancestor in common, or one is an ancestor of the other.
    shared: bool,
}

impl Ancestors {
    fn of(context: &Context<'_>, info: &ClassInfo) -> Self {
        let mut found = Self { outside: Vec::new(), depth: 1, shared: false };
        let mut lines: FxHashMap<Name, usize> = FxHashMap::default();
        for (line, base) in info.bases.iter().enumerate() {
            let mut open = vec![(base.clone(), 2)];
            while let Some((base, depth)) = open.pop() {
                let known = lines.get(&base).copied();
                if known == Some(line) || lines.len() > MOST_ANCESTORS {
                    continue;
                }
                found.shared |= known.is_some() && !is_common_root(&base);
                lines.insert(base.clone(), line);
                match base.strip_prefix('@') {
                    Some(local) => {
                        found.depth = found.depth.max(depth);
                        if let Some(info) = context.local_class(local) {
                            open.extend(info.bases.iter().map(|base| (base.clone(), depth + 1)));
                        }
                    }
                    None if base.is_empty() => {}
                    None => found.outside.push(base),
                }
            }
        }
        found
    }
}

/// Bases that many unrelated classes have; to share them makes no diamond.
fn is_common_root(base: &str) -> bool {
    base.is_empty()
        || matches!(
            base,
            "builtins.object" | "typing.Generic" | "typing.Protocol" | "abc.ABC" | "enum.Enum" | "builtins.Exception"
        )
}

/// All public methods are left to others: they raise `NotImplementedError`, are `...`, or are abstract and empty.
fn is_port(context: &Context<'_>, class: &ast::StmtClassDef) -> bool {
    let mut methods = 0;
    for stmt in without_docstring(&class.body) {
        let Stmt::FunctionDef(def) = stmt else { continue };
        if is_dunder(def.name.as_str()) && def.name.as_str() != "__init__" {
            continue;
        }
        let marked = |name: &str| {
            def.decorator_list
                .iter()
                .any(|it| context.resolve(&it.expression).is_some_and(|symbol| symbol.rsplit('.').next() == Some(name)))
        };
        if marked("overload") || !is_left_open(&def.body, marked("abstractmethod")) {
            return false;
        }
        methods += u32::from(!def.name.as_str().starts_with('_'));
    }
    methods > 0
}

fn is_left_open(body: &[Stmt], is_abstract: bool) -> bool {
    match without_docstring(body) {
        [Stmt::Raise(raise)] => {
            let raised = match raise.exc.as_deref() {
                Some(Expr::Call(call)) => call.func.as_ref(),
                Some(other) => other,
                None => return false,
            };
            matches!(raised, Expr::Name(name) if name.id == "NotImplementedError")
        }
        [Stmt::Expr(stmt)] => stmt.value.is_ellipsis_literal_expr(),
        rest => is_abstract && is_stub(rest),
    }
}

/// One attribute of `self` is compared with string literals and given string literals, three or more in all.
fn is_string_state_machine(class: &ast::StmtClassDef) -> bool {
    let mut attributes: FxHashMap<&str, States<'_>> = FxHashMap::default();
    for stmt in &class.body {
        let Stmt::FunctionDef(def) = stmt else { continue };
        for stmt in own_statements(&def.body) {
            match stmt {
                Stmt::Assign(assign) => {
                    let Expr::StringLiteral(value) = assign.value.as_ref() else { continue };
                    let state = value.value.to_str();
                    for name in assign.targets.iter().filter_map(own_attribute) {
                        let states = attributes.entry(name).or_default();
                        states.assigned.insert(state);
                        if def.name.as_str() != "__init__" {
                            states.entered.insert(state);
                        }
                    }
                }
                Stmt::If(stmt) => {
                    compared(&stmt.test, &mut attributes);
                    let tests = stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref());
                    tests.for_each(|test| compared(test, &mut attributes));
                }
                Stmt::While(stmt) => compared(&stmt.test, &mut attributes),
                Stmt::Assert(stmt) => compared(&stmt.test, &mut attributes),
                Stmt::Match(stmt) => matched(stmt, &mut attributes),
                _ => {}
            }
        }
    }
    attributes.values().any(States::is_machine)
}

/// The string literals that an attribute is given and compared with.
#[derive(Default)]
struct States<'a> {
    assigned: FxHashSet<&'a str>,
    /// Given outside `__init__`.
    entered: FxHashSet<&'a str>,
    compared: FxHashSet<&'a str>,
}

impl States<'_> {
    fn is_machine(&self) -> bool {
        self.entered.len() > 1 && !self.compared.is_empty() && self.assigned.union(&self.compared).count() > 2
    }
}

/// `name` of `self.name`.
fn own_attribute(expr: &Expr) -> Option<&str> {
    let attribute = expr.as_attribute_expr()?;
    let owner = attribute.value.as_name_expr()?;
    (owner.id == "self").then(|| attribute.attr.as_str())
}

/// Takes down the comparisons of a condition, through `and`, `or` and `not`.
fn compared<'a>(test: &'a Expr, attributes: &mut FxHashMap<&'a str, States<'a>>) {
    let mut open = vec![test];
    while let Some(test) = open.pop() {
        match test {
            Expr::BoolOp(operands) => open.extend(&operands.values),
            Expr::UnaryOp(unary) => open.push(&unary.operand),
            Expr::Compare(compare) => {
                let Some(name) = own_attribute(&compare.left) else { continue };
                for (op, right) in compare.ops.iter().zip(&compare.comparators) {
                    let values = match (op, right) {
                        (CmpOp::Eq | CmpOp::NotEq, Expr::StringLiteral(_)) => std::slice::from_ref(right),
                        (CmpOp::In | CmpOp::NotIn, display) => elements(display),
                        _ => continue,
                    };
                    let literals = values.iter().filter_map(Expr::as_string_literal_expr);
                    attributes.entry(name).or_default().compared.extend(literals.map(|it| it.value.to_str()));
                }
            }
            _ => {}
        }
    }
}

/// What a tuple, list or set display holds.
fn elements(display: &Expr) -> &[Expr] {
    match display {
        Expr::Tuple(ast::ExprTuple { elts, .. })
        | Expr::List(ast::ExprList { elts, .. })
        | Expr::Set(ast::ExprSet { elts, .. }) => elts,
        _ => &[],
    }
}

/// Takes down the literals that `match self.state:` or `match self.state, event:` names.
fn matched<'a>(stmt: &'a ast::StmtMatch, attributes: &mut FxHashMap<&'a str, States<'a>>) {
    let subjects = match stmt.subject.as_ref() {
        Expr::Tuple(tuple) => tuple.elts.as_slice(),
        other => std::slice::from_ref(other),
    };
    for (at, name) in subjects.iter().enumerate().filter_map(|(at, subject)| Some((at, own_attribute(subject)?))) {
        for case in &stmt.cases {
            let pattern = match &case.pattern {
                Pattern::MatchSequence(sequence) if stmt.subject.is_tuple_expr() => sequence.patterns.get(at),
                other => Some(other),
            };
            let alternatives = match pattern {
                Some(Pattern::MatchOr(or)) => or.patterns.as_slice(),
                Some(other) => std::slice::from_ref(other),
                None => &[],
            };
            let literals = alternatives.iter().filter_map(|pattern| match pattern {
                Pattern::MatchValue(value) => value.value.as_string_literal_expr(),
                _ => None,
            });
            attributes.entry(name).or_default().compared.extend(literals.map(|it| it.value.to_str()));
        }
    }
}
