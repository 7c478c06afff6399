//! `missing-await`: a coroutine that is made and never run.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::Ranged;

use super::support::{expects_error, ignores_types, in_sync_build};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Binding, BindingKind, Context, FunctionInfo, Lookup, ModuleBindingKind, Node, has_yield, stdlib};

pub(super) const DETECTOR: Detector = Detector { rule: "missing-await", hooks: &[Hook::Call(check)] };

/// Decorators that leave a coroutine function one.
const PLAIN: [&str; 6] = [
    "builtins.classmethod",
    "builtins.staticmethod",
    "abc.abstractmethod",
    "typing.override",
    "typing.final",
    "functools.wraps",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if !is_lost(context, call) || !makes_coroutine(context, call) {
        return;
    }
    // A test may wait for the warning about it; code that also exists without `async` calls plain functions there.
    if expects_error(context) || ignores_types(context, call) || in_sync_build(context) {
        return;
    }
    let fix = context.in_async().then(|| Fix {
        title: "Add `await`".to_owned(),
        safe: false,
        edits: vec![Edit::insert(call.start(), "await ")],
        imports: Vec::new(),
    });
    report.at(call.func.range(), &[("function", context.text(call.func.as_ref()))]).fix = fix;
}

/// Whether the coroutine can only be lost: it is thrown away, or asked whether it is true or equal to something.
fn is_lost(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let is_test = |test: &Expr| test.range() == call.range();
    match context.parent() {
        Some(Node::Stmt(stmt)) => match stmt {
            Stmt::Expr(_) => true,
            Stmt::If(stmt) => is_test(&stmt.test),
            Stmt::While(stmt) => is_test(&stmt.test),
            Stmt::Assert(stmt) => is_test(&stmt.test),
            _ => false,
        },
        Some(Node::ElifElse(clause)) => clause.test.as_ref().is_some_and(is_test),
        Some(Node::Expr(Expr::UnaryOp(unary))) => unary.op == ast::UnaryOp::Not,
        Some(Node::Expr(Expr::Compare(_))) => true,
        Some(Node::Expr(Expr::If(ternary))) => is_test(&ternary.test),
        _ => false,
    }
}

/// Whether the function that is called is surely a coroutine function.
fn makes_coroutine(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    if let Some(symbol) = context.symbol(&call.func) {
        return stdlib::function(&symbol).is_some_and(gives_coroutine);
    }
    match call.func.as_ref() {
        Expr::Name(name) => match context.lookup(&name.id, name.start()) {
            Lookup::Module(binding) => match &binding.kind {
                ModuleBindingKind::Function(info) => {
                    is_coroutine_function(info) && context.table.bindings_of(&name.id).count() == 1
                }
                _ => false,
            },
            Lookup::Local { bindings: [Binding { kind: BindingKind::Function(def), .. }], .. } => {
                def.is_async && def.decorator_list.is_empty() && !has_yield(&def.body)
            }
            _ => false,
        },
        Expr::Attribute(attribute) => {
            let Some(receiver) = context.infer(&attribute.value) else { return false };
            let method = attribute.attr.as_str();
            match receiver.local_class() {
                Some(class) => {
                    let info = context.local_class(class).and_then(|class| class.methods.get(method));
                    info.is_some_and(is_coroutine_function)
                }
                None => stdlib::member(&receiver.class, method).is_some_and(|member| gives_coroutine(member.ty)),
            }
        }
        _ => false,
    }
}

/// Whether a type of the stub data is what an `async def` gives.
fn gives_coroutine(ty: &str) -> bool {
    ty == "await" || ty.starts_with("await ")
}

fn is_coroutine_function(info: &FunctionInfo) -> bool {
    let plain = |name: &Name| PLAIN.contains(&name.as_str());
    info.is_async && !info.is_generator && info.decorators.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_coroutine_that_goes_somewhere_is_not_lost() {
        let quiet = "\
import asyncio
async def work(): ...
async def numbers():
    yield 1
@app.task
async def job(): ...
class Store:
    async def save(self): ...
    def load(self): ...
    async def main(self, other):
        await work()
        coro = work()
        asyncio.create_task(work())
        numbers()
        job()
        self.load()
        other.save()
        if IS_SYNC and other:
            self.save()
        self.save()  # type: ignore[unused-coroutine]
        return self.save() or work()
asyncio.run(work())
";
        assert!(found("missing-await", quiet).is_empty());
    }

    #[test]
    fn a_coroutine_that_is_dropped_or_tested_is_found() {
        let source = "\
async def ready(): ...
class Store:
    async def save(self): ...
    async def main(self):
        self.save()
        if not ready() or self.x:
            pass
        elif ready():
            pass
        async def inner(): ...
        inner()
        return ready() == 1
def main():
    ready()
";
        assert_eq!(found("missing-await", source), ["self.save", "ready", "ready", "inner", "ready", "ready"]);
        let library = "\
import asyncio
async def main(client: httpx.AsyncClient):
    asyncio.sleep(1)
    queue = asyncio.Queue()
    queue.put(1)
    queue.put_nowait(2)
    asyncio.get_running_loop().run_in_executor(None, print)
";
        assert_eq!(found("missing-await", library), ["asyncio.sleep", "queue.put"]);
        let after = fixed("missing-await", source);
        assert!(after.contains("        await self.save()\n        if not await ready() or self.x:"), "{after}");
        assert!(after.ends_with("return await ready() == 1\ndef main():\n    ready()\n"), "{after}");
    }
}
