//! Threads: what is started in them, queues and locks between them.

use ruff_python_ast::{self as ast, Expr, Stmt};

use super::support::{argument, instance_parameter, is_instance_of, is_name, origin, symbol};
use crate::python::{Binding, BindingKind, Context, FunctionInfo, Lookup, ModuleBindingKind, Node};

/// The classes of queues between threads and processes.
pub(super) const BLOCKING_QUEUES: [&str; 7] = [
    "queue.Queue",
    "queue.LifoQueue",
    "queue.PriorityQueue",
    "queue.SimpleQueue",
    "multiprocessing.Queue",
    "multiprocessing.JoinableQueue",
    "multiprocessing.SimpleQueue",
];

/// The queues whose `join()` counts calls of `task_done()`.
pub(super) const COUNTING_QUEUES: [&str; 7] = [
    "queue.Queue",
    "queue.LifoQueue",
    "queue.PriorityQueue",
    "multiprocessing.JoinableQueue",
    "asyncio.Queue",
    "asyncio.LifoQueue",
    "asyncio.PriorityQueue",
];

/// The receiver of a call of a method with one of these names: `q` of `q.get()`.
pub(super) fn receiver<'a>(call: &'a ast::ExprCall, methods: &[&str]) -> Option<&'a Expr> {
    match call.func.as_ref() {
        Expr::Attribute(method) if methods.contains(&method.attr.as_str()) => Some(&method.value),
        _ => None,
    }
}

/// What a call has run in another thread.
pub(super) struct Started<'a> {
    /// The function.
    pub function: &'a Expr,
    /// Several threads run it.
    pub by_many: bool,
}

/// What a call of `Thread(target=...)`, or of a method of a pool of threads, has run elsewhere.
pub(super) fn started<'a>(context: &Context<'a>, call: &'a ast::ExprCall) -> Option<Started<'a>> {
    if let Some(pool) = receiver(call, &["submit", "map"]) {
        let made = match pool {
            Expr::Name(name) => origin(context, name),
            _ => None,
        };
        let alone = matches!(made, Some(Expr::Call(made))
            if argument(made, "max_workers", Some(0)).given().is_some_and(is_one));
        let is_map = matches!(call.func.as_ref(), Expr::Attribute(method) if method.attr.as_str() == "map");
        let function = call.arguments.args.first()?;
        return is_instance_of(context, pool, &["concurrent.futures.ThreadPoolExecutor"])
            .then(|| Started { function, by_many: !alone && (is_map || is_repeated(context)) });
    }
    // The name is worth resolving only where the arguments fit.
    let given = |keyword| call.arguments.find_keyword(keyword).is_some();
    if call.arguments.args.len() < 2 && !given("target") && !given("function") {
        return None;
    }
    let keyword = match symbol(context, &call.func)?.as_str() {
        "threading.Thread" => "target",
        "threading.Timer" => "function",
        _ => return None,
    };
    let function = argument(call, keyword, Some(1)).given()?;
    Some(Started { function, by_many: is_repeated(context) })
}

fn is_one(value: &Expr) -> bool {
    super::support::literal_number(value) == Some(1.0)
}

/// Whether the place is in a loop or a comprehension.
fn is_repeated(context: &Context<'_>) -> bool {
    context.in_loop() || comprehension(context).is_some()
}

/// The first iterable of the comprehension around the place, within the same statement.
pub(super) fn comprehension<'a>(context: &Context<'a>) -> Option<&'a Expr> {
    for node in context.ancestors() {
        let generators = match node {
            Node::Expr(Expr::ListComp(comp)) => &comp.generators,
            Node::Expr(Expr::SetComp(comp)) => &comp.generators,
            Node::Expr(Expr::DictComp(comp)) => &comp.generators,
            Node::Expr(Expr::Generator(comp)) => &comp.generators,
            Node::Stmt(_) | Node::Expr(Expr::Lambda(_)) => return None,
            _ => continue,
        };
        return generators.first().map(|first| &first.iter);
    }
    None
}

/// What is known of a function that is given to a thread.
pub(super) enum Target<'a> {
    /// One that can be read: of this function or class.
    Here(&'a ast::StmtFunctionDef),
    /// One of the module.
    Module(&'a FunctionInfo),
}

/// The function that an expression names: one of the module, a local one, or a method of the same object.
pub(super) fn target<'a>(context: &Context<'a>, function: &Expr) -> Option<Target<'a>> {
    match function {
        Expr::Name(name) => match context.lookup(&name.id, name.range.start()) {
            Lookup::Module(binding) => match &binding.kind {
                ModuleBindingKind::Function(info) => Some(Target::Module(info)),
                _ => None,
            },
            Lookup::Local { bindings: [Binding { kind: BindingKind::Function(def), .. }], .. } => {
                Some(Target::Here(def))
            }
            _ => None,
        },
        Expr::Attribute(method) => {
            let own = instance_parameter(context)?;
            if !is_name(&method.value, own) {
                return None;
            }
            context.enclosing_class()?.body.iter().find_map(|stmt| match stmt {
                Stmt::FunctionDef(def) if def.name.as_str() == method.attr.as_str() => Some(Target::Here(def)),
                _ => None,
            })
        }
        _ => None,
    }
}
