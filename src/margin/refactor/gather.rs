//! `gather`: `await asyncio.gather(...)` to a `TaskGroup`.
//!
//! What fails leaves a group in an `ExceptionGroup`, and the other tasks are cancelled: the title says so, and where an
//! `except` of the same function might wait for the bare exception nothing is offered.

use ruff_python_ast::{self as ast, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::{Look, Offer, Refactoring, Request, indent_step};
use crate::margin::fix::{indentation, spelling};
use crate::margin::rules::shared::with_group;
use crate::margin::rules::support::{
    Argument, argument, expects_error, free_name, has_comment, is_symbol, owns_its_lines,
};
use crate::margin::{Edit, Import};
use crate::python::{BindingKind, Context, FunctionInfo, Lookup, ModuleBindingKind, Node, PythonVersion, Type};

pub(super) const REFACTORING: Refactoring = Refactoring {
    name: "gather",
    section: "16.7.4",
    since: PythonVersion::three(11),
    look: Look::Stmt(&[NodeKind::StmtExpr, NodeKind::StmtAssign, NodeKind::StmtReturn], look),
};

const TITLE: &str = "Rewrite as `TaskGroup`; failures become an `ExceptionGroup`";

fn look<'a>(_: &Request<'_>, context: &Context<'a>, stmt: &'a Stmt) -> Option<Offer> {
    let value = match stmt {
        Stmt::Expr(stmt) => stmt.value.as_ref(),
        Stmt::Assign(stmt) => stmt.value.as_ref(),
        Stmt::Return(stmt) => stmt.value.as_deref()?,
        _ => return None,
    };
    let Expr::Await(awaited) = value else { return None };
    let Expr::Call(call) = awaited.value.as_ref() else { return None };
    let fits = is_symbol(context, &call.func, &["asyncio.gather"])
        && matches!(argument(call, "return_exceptions", None), Argument::Absent)
        && call.arguments.keywords.is_empty()
        && call.arguments.args.iter().all(|argument| starts_coroutines(context, argument));
    let several = call.arguments.args.len() > 1 || call.arguments.args.iter().any(Expr::is_starred_expr);
    if !fits || !several || is_watched(context) || has_comment(context, stmt) || !owns_its_lines(context.source, stmt) {
        return None;
    }
    if stmt.is_expr_stmt() {
        return Some(Offer::of_fix(stmt, TITLE, with_group(context, stmt, call)?));
    }
    let (text, import) = with_results(context, stmt, value, call)?;
    let mut offer = Offer::new(stmt, TITLE, vec![Edit::replace(stmt, text)]);
    offer.imports.extend(import);
    Some(offer)
}

/// Whether an argument is surely a coroutine, or an unpacked comprehension of some: a group takes nothing else.
fn starts_coroutines(context: &Context<'_>, argument: &Expr) -> bool {
    match argument {
        Expr::Starred(starred) => comprehension(&starred.value).is_some_and(|(element, generators)| {
            generators.iter().all(|each| !each.is_async) && is_coroutine(context, element)
        }),
        one => is_coroutine(context, one),
    }
}

/// A call of an `async def`. What is only annotated as awaitable may be a future.
fn is_coroutine(context: &Context<'_>, expr: &Expr) -> bool {
    let is_async_call =
        |ty: Type| matches!(ty.class.as_str(), "typing.Awaitable" | "typing.Coroutine" | "collections.abc.Coroutine");
    let Expr::Call(call) = expr else { return false };
    is_undecorated(context, &call.func) && context.infer(expr).is_some_and(is_async_call)
}

/// Whether no decorator stands between a function of this file and who calls it.
fn is_undecorated(context: &Context<'_>, func: &Expr) -> bool {
    let plain = |info: &FunctionInfo| {
        info.decorators.iter().all(|name| matches!(name.as_str(), "builtins.staticmethod" | "builtins.classmethod"))
    };
    match func {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Module(binding) => matches!(&binding.kind, ModuleBindingKind::Function(info) if plain(info)),
            Lookup::Local { bindings: [binding], .. } => {
                matches!(binding.kind, BindingKind::Function(def) if def.decorator_list.is_empty())
            }
            Lookup::Local { .. } | Lookup::Unbound => false,
            Lookup::Symbol(_) => true,
        },
        Expr::Attribute(attribute) => {
            let class = context.infer(&attribute.value);
            let Some(name) = class.as_ref().and_then(Type::local_class) else { return true };
            let method = context.local_class(name).and_then(|info| info.methods.get(attribute.attr.as_str()));
            method.is_none_or(plain)
        }
        _ => false,
    }
}

fn comprehension(expr: &Expr) -> Option<(&Expr, &[ast::Comprehension])> {
    match expr {
        Expr::Generator(comp) => Some((&comp.elt, &comp.generators)),
        Expr::ListComp(comp) => Some((&comp.elt, &comp.generators)),
        _ => None,
    }
}

/// Whether an `except` of the same function may wait for what fails.
fn is_watched(context: &Context<'_>) -> bool {
    if expects_error(context) {
        return true;
    }
    for node in context.ancestors() {
        match node {
            Node::Stmt(Stmt::Try(stmt)) if !stmt.handlers.is_empty() => return true,
            Node::Stmt(Stmt::FunctionDef(_) | Stmt::ClassDef(_)) => return false,
            _ => {}
        }
    }
    false
}

/// The group, and the statement with the results of its tasks.
fn with_results(
    context: &Context<'_>,
    stmt: &Stmt,
    value: &Expr,
    call: &ast::ExprCall,
) -> Option<(String, Option<Import>)> {
    let (class, import) = spelling(context, "asyncio.TaskGroup", stmt.start())?;
    let group = free_name(context, &["group", "task_group"], stmt.start())?;
    let lead = context.text(TextRange::new(stmt.start(), value.start()));
    let (tasks, results) = match named_tasks(context, stmt, call, group) {
        Some(named) => named,
        None => listed_tasks(context, call, group, lead)?,
    };
    let newline = context.newline();
    let indent = indentation(context.source, stmt.start());
    let unit = indent_step(context, &[]);
    let mut text = format!("async with {class}() as {group}:");
    for line in tasks {
        text.push_str(&format!("{newline}{indent}{unit}{line}"));
    }
    for line in results {
        text.push_str(&format!("{newline}{indent}{line}"));
    }
    Some((text, import))
}

type Lines = Vec<String>;

/// `a, b = await gather(f(), g())`: a task for each name.
fn named_tasks(context: &Context<'_>, stmt: &Stmt, call: &ast::ExprCall, group: &str) -> Option<(Lines, Lines)> {
    let Stmt::Assign(assign) = stmt else { return None };
    let [Expr::Tuple(targets)] = assign.targets.as_slice() else { return None };
    let arguments = &call.arguments.args;
    if targets.elts.len() != arguments.len() || arguments.iter().any(Expr::is_starred_expr) {
        return None;
    }
    let (mut tasks, mut results) = (Vec::new(), Vec::new());
    for (target, argument) in targets.elts.iter().zip(arguments) {
        let Expr::Name(name) = target else { return None };
        let task = format!("{}_task", name.id);
        let free = matches!(context.lookup(&task, stmt.start()), Lookup::Unbound);
        if !free || tasks.iter().any(|line: &String| line.starts_with(&format!("{task} "))) {
            return None;
        }
        tasks.push(format!("{task} = {group}.create_task({})", context.text(argument)));
        results.push(format!("{} = {task}.result()", name.id));
    }
    Some((tasks, results))
}

/// A list of tasks, and the list of their results. `lead` stands before what is awaited: `return `.
fn listed_tasks(context: &Context<'_>, call: &ast::ExprCall, group: &str, lead: &str) -> Option<(Lines, Lines)> {
    let tasks = free_name(context, &["tasks", "jobs"], call.start())?;
    let each = free_name(context, &["task", "job"], call.start())?;
    let made = match call.arguments.args.as_ref() {
        [Expr::Starred(starred)] => {
            let (element, generators) = comprehension(&starred.value)?;
            // The loops as they are written, without the brackets around them.
            let loops = TextRange::new(generators.first()?.start(), generators.last()?.end());
            format!("{group}.create_task({}) {}", context.text(element), context.text(loops))
        }
        arguments if !arguments.iter().any(Expr::is_starred_expr) => {
            let made = arguments.iter().map(|argument| format!("{group}.create_task({})", context.text(argument)));
            made.collect::<Vec<_>>().join(", ")
        }
        _ => return None,
    };
    let results = format!("{lead}[{each}.result() for {each} in {tasks}]");
    Some((vec![format!("{tasks} = [{made}]")], vec![results]))
}

#[cfg(test)]
mod tests {
    use crate::margin::refactor::tests::{check, check_silent, check_silent_for, title};

    const NAME: &str = "gather";
    const HEAD: &str = "import asyncio\nasync def f(x=0): ...\nasync def g(): ...\ndef h(): ...\n@wrapped\nasync def d(): ...\nasync def a():\n    yield 1\n";

    fn main(lines: &str) -> String {
        format!("{HEAD}async def main(xs, futures):\n{lines}\n")
    }

    #[test]
    fn every_coroutine_gets_its_task() {
        for (before, after) in [
            (
                "    await asyncio.gat^her(f(), g())",
                "    async with asyncio.TaskGroup() as group:\n        group.create_task(f())\n        group.create_task(g())",
            ),
            (
                "    a, b = await asyncio.gat^her(f(1), g())\n    return a + b",
                "    async with asyncio.TaskGroup() as group:\n        a_task = group.create_task(f(1))\n        b_task = group.create_task(g())\n    a = a_task.result()\n    b = b_task.result()\n    return a + b",
            ),
            (
                "    return await asyncio.gat^her(*(f(x) for x in xs if x))",
                "    async with asyncio.TaskGroup() as group:\n        tasks = [group.create_task(f(x)) for x in xs if x]\n    return [task.result() for task in tasks]",
            ),
            (
                "    both = await asyncio.gat^her(f(), asyncio.sleep(1, 2))",
                "    async with asyncio.TaskGroup() as group:\n        tasks = [group.create_task(f()), group.create_task(asyncio.sleep(1, 2))]\n    both = [task.result() for task in tasks]",
            ),
            (
                "    (a, self.b) = await asyncio.gat^her(f(), g())",
                "    async with asyncio.TaskGroup() as group:\n        tasks = [group.create_task(f()), group.create_task(g())]\n    (a, self.b) = [task.result() for task in tasks]",
            ),
            (
                "    await asyncio.gat^her(*[f(x) for x in xs])",
                "    async with asyncio.TaskGroup() as group:\n        for x in xs:\n            group.create_task(f(x))",
            ),
            (
                "    tasks = await asyncio.gat^her(f(), g())",
                "    async with asyncio.TaskGroup() as group:\n        jobs = [group.create_task(f()), group.create_task(g())]\n    tasks = [task.result() for task in jobs]",
            ),
        ] {
            check(NAME, &[(&main(before), &main(after))]);
        }
        assert_eq!(
            title(NAME, &main("    await asyncio.gat^her(f(), g())")),
            "Rewrite as `TaskGroup`; failures become an `ExceptionGroup` (§16.7.4)"
        );
    }

    #[test]
    fn what_may_differ_is_not_offered() {
        for line in [
            "    await asyncio.gat^her(f(), g(), return_exceptions=True)",
            "    await asyncio.gat^her(f())",
            "    await asyncio.gat^her(*futures)",
            "    await asyncio.gat^her(f(), h())",
            "    await asyncio.gat^her(f(), unknown())",
            "    await asyncio.gat^her(f(), asyncio.create_task(g()))",
            "    await asyncio.gat^her(f(), futures)",
            "    return await asyncio.gat^her(f(), *[f(x) for x in xs])",
            "    await asyncio.gat^her(*[f(x) async for x in xs])",
            "    x = asyncio.gat^her(f(), g())",
            "    await asyncio.wait_for(asyncio.gat^her(f(), g()), 3)",
            "    print(await asyncio.gat^her(f(), g()))",
            "    try:\n        await asyncio.gat^her(f(), g())\n    except OSError: ...",
            "    with suppress(OSError):\n        await asyncio.gat^her(f(), g())",
            "    await asyncio.gat^her(f(),  # why\n        g())",
            "    if xs: await asyncio.gat^her(f(), g())",
            "    await asyncio.gat^her(f(), d())",
            "    await asyncio.gat^her(f(), a())",
        ] {
            check_silent(NAME, &[&main(line)]);
        }
        check_silent(NAME, &[&main("    await gat^her(f(), g())")]);
        check_silent_for(10, NAME, &main("    await asyncio.gat^her(f(), g())"));
    }
}
