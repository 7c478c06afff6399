//! Calls: on the name that is called, or on the argument that makes the call special.

use ruff_python_ast::{self as ast, Expr, Number};
use ruff_text_size::Ranged;

use super::{functions, loops, regex, secrets, sql};
use crate::python::Construct;
use crate::python::context::{Context, Lookup, Node};
use crate::python::names::span;
use crate::python::scope::{BindingKind, ScopeKind, any_is};
use crate::python::suites::any_expr_in;
use crate::python::table::ModuleBindingKind;
use crate::python::walk::Sink;

/// This many method calls in a row make a fluent chain.
const CHAIN: usize = 3;

pub(super) fn note(context: &Context<'_>, expr: &Expr, call: &ast::ExprCall, sink: &mut Sink) {
    arguments(call, sink);
    builtins(context, call, sink);
    match call.func.as_ref() {
        Expr::Name(name) => by_name(context, expr, call, name, sink),
        Expr::Attribute(method) => by_method(context, expr, call, method, sink),
        _ => {}
    }
    for keyword in &call.arguments.keywords {
        if let Some(name) = &keyword.arg {
            secrets::bound(name.as_str(), &keyword.value, sink);
        }
    }
    secrets::logged(context, call, sink);
    regex::note(context, call, sink);
    sql::note(context, expr, sink);
}

/// `*` and `**`
fn arguments(call: &ast::ExprCall, sink: &mut Sink) {
    for argument in &call.arguments.args {
        if argument.is_starred_expr() {
            sink.construct(span(argument.start(), 1), Construct::CallStarArg);
        }
    }
    for keyword in call.arguments.keywords.iter().filter(|keyword| keyword.arg.is_none()) {
        sink.construct(span(keyword.range.start(), 2), Construct::CallDoubleStarArg);
    }
}

/// Built-ins that do something else with another number of arguments.
fn builtins(context: &Context<'_>, call: &ast::ExprCall, sink: &mut Sink) {
    let count = call.arguments.args.len();
    if count == 3 && context.is_builtin(&call.func, "type") {
        sink.construct(call.func.range(), Construct::CallTypeThreeArgs);
    }
    if count == 2 && context.is_builtin(&call.func, "iter") {
        sink.construct(call.func.range(), Construct::CallIterSentinel);
    }
}

fn by_name(context: &Context<'_>, expr: &Expr, call: &ast::ExprCall, name: &ast::ExprName, sink: &mut Sink) {
    if is_recursive(context, name) {
        sink.construct(name.range, Construct::CallRecursive);
        tail(context, name.range, sink);
    }
    if is_project_class(context, &call.func) && !is_raised(context) {
        sink.construct(name.range, Construct::CallConstructor);
    }
    if functions::is_generator_call(context, expr)
        && call.arguments.args.first().is_some_and(|first| functions::is_generator_call(context, first))
    {
        sink.construct(name.range, Construct::GeneratorPipeline);
    }
    if gives_nothing(context, name) {
        sink.construct(name.range, Construct::ReturnImplicitNone);
    }
    if let Some(method) = loops::hoisted_method(context, name) {
        sink.construct(method, Construct::LoopHoistedMethod);
    }
}

fn by_method(context: &Context<'_>, expr: &Expr, call: &ast::ExprCall, method: &ast::ExprAttribute, sink: &mut Sink) {
    let name = method.attr.range;
    if is_own_method(context, method) {
        sink.construct(name, Construct::CallRecursive);
        tail(context, name, sink);
    }
    if is_first_item(context, call, method) {
        sink.construct(name, Construct::CallListPopZero);
    }
    if let Some(super_call) = method.value.as_call_expr()
        && is_cooperative(context, super_call, method)
    {
        sink.construct(super_call.func.range(), Construct::CallSuperCooperative);
    }
    if is_end_of_chain(context, expr) {
        sink.construct(name, Construct::CallFluentChain);
    }
    if loops::in_nested_loop(context) && context.resolve(&method.value).is_some_and(|symbol| is_module_name(&symbol)) {
        sink.construct(method.range, Construct::LoopGlobalRead);
    }
}

/// A module's name by its spelling: classes have capitals, and the root may not be a built-in.
fn is_module_name(symbol: &str) -> bool {
    !symbol.starts_with("builtins.") && !symbol.contains(|letter: char| letter.is_ascii_uppercase())
}

/// A call of the function that the place is in.
fn is_recursive(context: &Context<'_>, name: &ast::ExprName) -> bool {
    let mut functions = context.scopes().iter().enumerate().rev().filter_map(|(at, scope)| match scope.kind {
        ScopeKind::Function(def) => Some((at, def)),
        _ => None,
    });
    let Some((at, def)) = functions.next() else { return false };
    if def.name.id != name.id
        || context.scopes()[..at].last().is_some_and(|around| matches!(around.kind, ScopeKind::Class(_)))
    {
        return false;
    }
    match context.lookup(name.id.as_str(), name.start()) {
        Lookup::Local { bindings, .. } => {
            any_is(bindings, |kind| matches!(kind, BindingKind::Function(bound) if std::ptr::eq(bound, def)))
        }
        Lookup::Module(binding) => at == 0 && matches!(binding.kind, ModuleBindingKind::Function(_)),
        Lookup::Symbol(_) | Lookup::Unbound => false,
    }
}

/// `self.walk(...)` in the method `walk`.
fn is_own_method(context: &Context<'_>, method: &ast::ExprAttribute) -> bool {
    let Expr::Name(receiver) = method.value.as_ref() else { return false };
    let mut scopes = context.scopes().iter().rev();
    let Some(ScopeKind::Function(def)) = scopes.find(|scope| scope.is_frame()).map(|scope| scope.kind) else {
        return false;
    };
    let first = def.parameters.posonlyargs.first().or(def.parameters.args.first());
    matches!(scopes.next().map(|scope| scope.kind), Some(ScopeKind::Class(_)))
        && method.attr.id == def.name.id
        && first.is_some_and(|first| first.name().id == receiver.id)
}

/// A recursive call whose result is returned as it is.
fn tail(context: &Context<'_>, name: ruff_text_size::TextRange, sink: &mut Sink) {
    if matches!(context.parent(), Some(Node::Stmt(ast::Stmt::Return(_)))) {
        sink.construct(name, Construct::CallTailRecursive);
    }
}

fn is_raised(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Stmt(ast::Stmt::Raise(_))))
}

/// Whether what is called is a class that this file defines.
pub(super) fn is_project_class(context: &Context<'_>, callee: &Expr) -> bool {
    let Expr::Name(name) = callee else { return false };
    match context.lookup(name.id.as_str(), name.start()) {
        Lookup::Local { bindings, .. } => any_is(bindings, |kind| matches!(kind, BindingKind::Class(_))),
        Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Class(_)),
        Lookup::Symbol(_) | Lookup::Unbound => false,
    }
}

/// Whether a call makes, of nothing that the function around was given, an instance of a class of this file that does
/// work for others: it has public methods, and is neither data, an exception nor a detail of the file.
pub(super) fn makes_collaborator(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let class = call.func.as_name_expr().and_then(|name| context.local_class(name.id.as_str()));
    is_project_class(context, &call.func)
        && !takes_parameter(context, call)
        && class.is_some_and(|class| {
            class.decorators.is_empty()
                && !class.name.starts_with('_')
                && class.methods.keys().any(|method| !method.starts_with('_'))
                && !class.bases.iter().any(|base| base.starts_with("enum.") || base.ends_with("Error"))
        })
}

/// Whether an argument is made of a parameter of the function around the call.
fn takes_parameter(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let Some(def) = context.enclosing_function() else { return false };
    let is_parameter = |expr: &Expr| match expr {
        Expr::Name(name) => def.parameters.iter().any(|parameter| parameter.name().id == name.id),
        _ => false,
    };
    let arguments = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
    arguments.into_iter().any(|argument| any_expr_in(argument, is_parameter))
}

/// A call whose value is used though the function never gives one.
fn gives_nothing(context: &Context<'_>, name: &ast::ExprName) -> bool {
    let used = matches!(context.parent(), Some(Node::Stmt(ast::Stmt::Assign(_) | ast::Stmt::AnnAssign(_))))
        || matches!(context.parent(), Some(Node::Expr(Expr::Call(outer))) if context.is_builtin(&outer.func, "print"));
    used && match context.lookup(name.id.as_str(), name.start()) {
        Lookup::Module(binding) => {
            matches!(&binding.kind, ModuleBindingKind::Function(info) if info.returns_nothing && !info.is_async)
        }
        _ => false,
    }
}

/// `items.pop(0)`, `items.insert(0, item)` of a list.
fn is_first_item(context: &Context<'_>, call: &ast::ExprCall, method: &ast::ExprAttribute) -> bool {
    let count = match method.attr.as_str() {
        "pop" => 1,
        "insert" => 2,
        _ => return false,
    };
    let zero = matches!(call.arguments.args.first(), Some(Expr::NumberLiteral(number)) if is_zero(&number.value));
    // `sys.path` is no queue.
    let interpreter = || context.resolve(&method.value).is_some_and(|symbol| symbol.starts_with("sys."));
    zero && call.arguments.args.len() == count
        && !interpreter()
        && context.infer(&method.value).is_some_and(|ty| ty.is_builtin("list"))
}

fn is_zero(number: &Number) -> bool {
    matches!(number, Number::Int(int) if *int == 0_u8)
}

/// `super().method(...)` in that very method of a class that has several bases or is one of several.
fn is_cooperative(context: &Context<'_>, super_call: &ast::ExprCall, method: &ast::ExprAttribute) -> bool {
    if !context.is_builtin(&super_call.func, "super") {
        return false;
    }
    let same = context.enclosing_function().is_some_and(|def| def.name.id == method.attr.id);
    let Some(class) = context.enclosing_class().filter(|_| same) else { return false };
    let several = class.arguments.as_deref().is_some_and(|arguments| arguments.args.len() > 1);
    several || context.table.is_mixed(class.name.as_str())
}

/// The last of several method calls, each on the result of the one before.
fn is_end_of_chain(context: &Context<'_>, expr: &Expr) -> bool {
    let mut around = context.ancestors();
    if let (Some(Node::Expr(Expr::Attribute(link))), Some(Node::Expr(Expr::Call(next)))) =
        (around.next(), around.next())
        && matches!(next.func.as_ref(), Expr::Attribute(func) if std::ptr::eq(func, link))
    {
        return false;
    }
    let mut receiver = expr;
    for _ in 0..CHAIN {
        let Expr::Call(call) = receiver else { return false };
        let Expr::Attribute(method) = call.func.as_ref() else { return false };
        // `module.function()` begins a chain, it is no link of it.
        if context.resolve_attribute(method).is_some() {
            return false;
        }
        receiver = &method.value;
    }
    // Text methods come in rows too, but each gives another text.
    let Expr::Call(last) = expr else { return false };
    let is_text = matches!(last.func.as_ref(), Expr::Attribute(method) if is_text_method(method.attr.as_str()));
    !is_text && !context.infer(receiver).is_some_and(|ty| ty.is_builtin("str") || ty.is_builtin("bytes"))
}

/// Methods of text that other classes hardly have.
fn is_text_method(method: &str) -> bool {
    matches!(
        method,
        "strip"
            | "lstrip"
            | "rstrip"
            | "split"
            | "rsplit"
            | "splitlines"
            | "lower"
            | "upper"
            | "title"
            | "decode"
            | "encode"
    )
}
