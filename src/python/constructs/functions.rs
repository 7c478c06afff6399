//! Function definitions: the keyword, the kinds of parameters, annotations, and what the function is for.
//!
//! What a function is for is noted on its name in the definition: a decorator, a test, an application of a web server.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::{memo, roles};
use crate::python::Construct;
use crate::python::context::Context;
use crate::python::names::span;
use crate::python::suites::{own_statements, suites};
use crate::python::walk::Sink;
use crate::python::{Lookup, ModuleBindingKind, has_yield};

pub(super) fn note(context: &Context<'_>, def: &ast::StmtFunctionDef, sink: &mut Sink) {
    let keyword = keyword(context, def);
    sink.construct_at(keyword, if def.is_async { Construct::AsyncDef } else { Construct::Def });
    let kind = MethodKind::of(context, def);
    if kind == MethodKind::Instance {
        sink.construct_at(keyword, Construct::MethodInstance);
    }
    receiver(def, kind, sink);
    parameters(context, &def.parameters, kind, sink);
    defaults(context, def, sink);
    annotations(context, def, sink);
    fixture_parameters(context, def, sink);
    type_params(def.type_params.as_deref(), sink);
    purpose(context, def, keyword, kind, sink);
}

/// `def` or `async def`.
pub(super) fn keyword(context: &Context<'_>, def: &ast::StmtFunctionDef) -> Option<TextRange> {
    let from = def.decorator_list.last().map_or(def.range.start(), Ranged::end);
    let head = TextRange::new(from, def.name.range.start());
    let def_keyword = context.token_in(head, TokenKind::Def)?;
    if def.is_async {
        return Some(context.token_in(head, TokenKind::Async)?.cover(def_keyword));
    }
    Some(def_keyword)
}

/// The bracket and the names of `[T, *Ts, **P]`.
pub(super) fn type_params(params: Option<&ast::TypeParams>, sink: &mut Sink) {
    let Some(params) = params else { return };
    sink.construct(span(params.range.start(), 1), Construct::TypeParams);
    for param in &params.type_params {
        sink.construct(TextRange::new(param.start(), param.name().end()), Construct::TypeParams);
    }
}

/// What a function is to the class that it is defined in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MethodKind {
    /// It is in no class body.
    Function,
    /// It is given the instance.
    Instance,
    /// It is given the class.
    Class,
    /// It is given neither.
    Static,
}

impl MethodKind {
    pub(super) fn of(context: &Context<'_>, def: &ast::StmtFunctionDef) -> Self {
        if !context.in_class_body() {
            return Self::Function;
        }
        let decorated = |name| def.decorator_list.iter().any(|it| context.is_builtin(&it.expression, name));
        if decorated("staticmethod") {
            Self::Static
        } else if decorated("classmethod")
            || matches!(def.name.as_str(), "__new__" | "__init_subclass__" | "__class_getitem__")
        {
            Self::Class
        } else {
            Self::Instance
        }
    }

    fn has_receiver(self) -> bool {
        matches!(self, Self::Instance | Self::Class)
    }
}

/// `self` and `cls`, at their place in the parameter list.
fn receiver(def: &ast::StmtFunctionDef, kind: MethodKind, sink: &mut Sink) {
    let Some(first) = def.parameters.posonlyargs.first().or(def.parameters.args.first()) else { return };
    match kind {
        MethodKind::Instance => sink.construct(first.name().range, Construct::ParamSelf),
        MethodKind::Class => sink.construct(first.name().range, Construct::ParamCls),
        MethodKind::Function | MethodKind::Static => {}
    }
}

/// Parameters of a `def` or `lambda`: the marks `/` and `*` and the stars, on their own tokens.
///
/// A parameter's name is a plain name; its kind is told where the list has marks that divide the kinds, and on the `=`
/// of a default.
pub(super) fn parameters(context: &Context<'_>, parameters: &ast::Parameters, kind: MethodKind, sink: &mut Sink) {
    let mut noted = |range: Option<TextRange>, construct| {
        sink.construct_at(range, construct);
        sink.construct_at(range, Construct::ParamAny);
    };
    let slash = parameters
        .posonlyargs
        .last()
        .and_then(|last| context.token_in(TextRange::new(last.end(), parameters.range.end()), TokenKind::Slash));
    noted(slash, Construct::ParamPositionalOnly);
    let star = bare_star(context, parameters);
    noted(star, Construct::ParamKeywordOnly);
    if let Some(vararg) = &parameters.vararg {
        let range = TextRange::new(vararg.range.start(), vararg.name.end());
        noted(Some(range), Construct::ParamVarPositional);
        if !parameters.kwonlyargs.is_empty() {
            noted(Some(range), Construct::ParamKeywordOnly);
        }
    }
    if let Some(kwarg) = &parameters.kwarg {
        noted(Some(TextRange::new(kwarg.range.start(), kwarg.name.end())), Construct::ParamVarKeyword);
    }
    let first = usize::from(kind.has_receiver());
    if slash.is_some() || star.is_some() {
        let groups = [
            (&parameters.posonlyargs, Construct::ParamPositionalOnly),
            (&parameters.args, Construct::ParamPositionalOrKeyword),
            (&parameters.kwonlyargs, Construct::ParamKeywordOnly),
        ];
        let named = groups.iter().flat_map(|(group, construct)| group.iter().map(move |one| (one, *construct)));
        for (parameter, construct) in named.skip(first) {
            noted(Some(parameter.name().range), construct);
        }
    }
    for parameter in &parameters.args {
        if let Some(default) = &parameter.default {
            let between = TextRange::new(parameter.parameter.range.end(), default.start());
            noted(context.token_in(between, TokenKind::Equal), Construct::ParamPositionalOrKeyword);
        }
    }
}

/// The `*` that stands alone before the keyword-only parameters.
fn bare_star(context: &Context<'_>, parameters: &ast::Parameters) -> Option<TextRange> {
    if parameters.vararg.is_some() {
        return None;
    }
    let first = parameters.kwonlyargs.first()?;
    let from = parameters.args.last().or(parameters.posonlyargs.last()).map_or(parameters.range.start(), Ranged::end);
    context.token_in(TextRange::new(from, first.start()), TokenKind::Star)
}

/// `->` and the colons of annotated parameters.
fn annotations(context: &Context<'_>, def: &ast::StmtFunctionDef, sink: &mut Sink) {
    let mut noted = |range: Option<TextRange>, construct| {
        sink.construct_at(range, construct);
        sink.construct_at(range, Construct::Annotation);
    };
    if let Some(returns) = &def.returns {
        let between = TextRange::new(def.parameters.range.end(), returns.start());
        noted(context.token_in(between, TokenKind::Rarrow), Construct::AnnotationReturn);
    }
    for parameter in def.parameters.iter_source_order() {
        if let Some(annotation) = parameter.annotation() {
            let between = TextRange::new(parameter.name().range.end(), annotation.start());
            noted(context.token_in(between, TokenKind::Colon), Construct::AnnotationParameter);
        }
    }
}

/// Default values that are shared by all calls, and the `None` that stands for a fresh one.
fn defaults(context: &Context<'_>, def: &ast::StmtFunctionDef, sink: &mut Sink) {
    for parameter in def.parameters.iter_non_variadic_params() {
        let Some(default) = parameter.default.as_deref() else { continue };
        if let Some(range) = mutable(context, default) {
            sink.construct(range, Construct::DefaultMutable);
        }
    }
    let sentinels = def
        .parameters
        .iter_non_variadic_params()
        .filter_map(|parameter| Some((parameter.name().as_str(), parameter.default.as_deref()?)))
        .filter(|(_, default)| default.is_none_literal_expr());
    let mut sentinels: Vec<(&str, &Expr)> = sentinels.collect();
    for stmt in &def.body {
        if sentinels.is_empty() {
            return;
        }
        let Some(replaced) = replaced_none(stmt) else { continue };
        if let Some(at) = sentinels.iter().position(|(name, _)| *name == replaced) {
            let (_, default) = sentinels.swap_remove(at);
            sink.construct(default.range(), Construct::DefaultNoneSentinel);
        }
    }
}

/// The opening bracket of a mutable display (all of an empty one), or the name of the class that is called.
fn mutable(context: &Context<'_>, default: &Expr) -> Option<TextRange> {
    let empty = match default {
        Expr::List(list) => list.elts.is_empty(),
        Expr::Dict(dict) => dict.items.is_empty(),
        Expr::Set(_) | Expr::ListComp(_) | Expr::DictComp(_) | Expr::SetComp(_) => false,
        Expr::Call(call) => {
            let name = context.resolve(&call.func)?;
            let mutable = matches!(
                name.as_str(),
                "builtins.list"
                    | "builtins.dict"
                    | "builtins.set"
                    | "builtins.bytearray"
                    | "collections.deque"
                    | "collections.defaultdict"
                    | "collections.Counter"
                    | "collections.OrderedDict"
            );
            return mutable.then(|| call.func.range());
        }
        _ => return None,
    };
    Some(if empty { default.range() } else { span(default.start(), 1) })
}

/// The name that `if name is None: name = ...` gives a value to, or `name = ... if name is None else name`.
fn replaced_none(stmt: &Stmt) -> Option<&str> {
    let test = match stmt {
        Stmt::If(stmt) => stmt.test.as_ref(),
        Stmt::Assign(assign) => assign.value.as_if_expr()?.test.as_ref(),
        _ => return None,
    };
    let compare = test.as_compare_expr()?;
    let name = compare.left.as_name_expr()?.id.as_str();
    let none = matches!(compare.comparators.as_ref(), [Expr::NoneLiteral(_)])
        && matches!(compare.ops.as_ref(), [ast::CmpOp::Is | ast::CmpOp::IsNot]);
    let assigned = match stmt {
        Stmt::If(stmt) => stmt.body.iter().any(|stmt| assigns(stmt, name)),
        other => assigns(other, name),
    };
    (none && assigned).then_some(name)
}

fn assigns(stmt: &Stmt, name: &str) -> bool {
    match stmt {
        Stmt::Assign(assign) => matches!(assign.targets.as_slice(), [Expr::Name(target)] if target.id == name),
        _ => false,
    }
}

/// Parameters that pytest fills with its own fixtures.
fn fixture_parameters(context: &Context<'_>, def: &ast::StmtFunctionDef, sink: &mut Sink) {
    let fixture = def.decorator_list.iter().any(|decorator| is_fixture(context, &decorator.expression));
    if !fixture && !is_test(context, def) {
        return;
    }
    for parameter in def.parameters.iter_non_variadic_params() {
        let construct = match parameter.name().as_str() {
            "monkeypatch" => Construct::FixtureParamMonkeypatch,
            "tmp_path" | "tmp_path_factory" => Construct::FixtureParamTmpPath,
            "request" if fixture => Construct::FixtureParamRequest,
            _ => continue,
        };
        sink.construct(parameter.name().range, construct);
    }
}

fn is_fixture(context: &Context<'_>, decorator: &Expr) -> bool {
    let callee = match decorator {
        Expr::Call(call) => call.func.as_ref(),
        other => other,
    };
    context.resolve(callee).is_some_and(|name| matches!(name.as_str(), "pytest.fixture" | "pytest_asyncio.fixture"))
}

/// A test as pytest finds it: `test_*` at module level or in a class, in a test module.
fn is_test(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    if !def.name.as_str().starts_with("test_") || context.enclosing_function().is_some() {
        return false;
    }
    let unittest = context
        .scopes()
        .last()
        .and_then(|scope| scope.class_info.as_ref())
        .is_some_and(|info| info.bases.iter().any(|base| base.ends_with("TestCase")));
    let asserts = || own_statements(&def.body).any(Stmt::is_assert_stmt);
    !unittest && (context.environment.test_file || context.table.bindings_of("pytest").next().is_some() || asserts())
}

/// What the function is for, on its name; the plainest of it on the keyword too.
fn purpose(
    context: &Context<'_>,
    def: &ast::StmtFunctionDef,
    keyword: Option<TextRange>,
    kind: MethodKind,
    sink: &mut Sink,
) {
    let name = def.name.range;
    let test = is_test(context, def);
    for (holds, construct) in [
        (test && def.is_async, Construct::AsyncDefTestFunction),
        (test && !def.is_async, Construct::DefTestFunction),
        (has_parameters(def, &["environ", "start_response"]), Construct::DefWsgiApp),
        (def.is_async && has_parameters(def, &["scope", "receive", "send"]), Construct::AsyncDefAsgiApp),
        (roles::is_decorator(def), Construct::DefDecorator),
        (roles::is_decorator_factory(def), Construct::DefDecoratorFactory),
    ] {
        if holds {
            sink.construct_at(keyword, construct);
            sink.construct(name, construct);
        }
    }
    let mut noted = |holds: bool, construct| {
        if holds {
            sink.construct(name, construct);
        }
    };
    noted(context.enclosing_function().is_none() && roles::registers(def), Construct::DecoratorRegistry);
    noted(memo::is_manual_memo(context, def), Construct::FunctionManualMemo);
    noted(is_stage(def), Construct::GeneratorPipeline);
    let property = def.decorator_list.iter().any(|it| context.is_builtin(&it.expression, "property"));
    noted(kind == MethodKind::Instance && property && memo::is_lazy(context, def), Construct::PropertyLazyHasattr);
}

/// Exactly these parameters, after `self` if there is one.
fn has_parameters(def: &ast::StmtFunctionDef, names: &[&str]) -> bool {
    let all: Vec<&str> = def.parameters.iter().map(|parameter| parameter.name().as_str()).collect();
    all == names || all.split_first().is_some_and(|(first, rest)| *first == "self" && rest == names)
}

/// A stage of a pipeline: a generator that goes through an argument and yields from the loop.
fn is_stage(def: &ast::StmtFunctionDef) -> bool {
    let parameter = |expr: &Expr| match expr {
        Expr::Name(name) => {
            def.parameters.iter_non_variadic_params().any(|parameter| parameter.name().as_str() == name.id.as_str())
        }
        _ => false,
    };
    let mut open: Vec<&[Stmt]> = vec![&def.body];
    while let Some(body) = open.pop() {
        for stmt in body {
            match stmt {
                Stmt::For(stmt) => {
                    if parameter(&stmt.iter) && has_yield(&stmt.body) {
                        return true;
                    }
                }
                Stmt::While(_) => {}
                other => open.extend(suites(other)),
            }
        }
    }
    false
}

/// Whether a call names a generator function of this file.
pub(super) fn is_generator_call(context: &Context<'_>, expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let Expr::Name(name) = call.func.as_ref() else { return false };
    match context.lookup(name.id.as_str(), name.start()) {
        Lookup::Module(binding) => matches!(&binding.kind, ModuleBindingKind::Function(info) if info.is_generator),
        _ => false,
    }
}
