//! `lock-order-inversion`: two locks taken in both orders, or one lock taken twice.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::support::{Go, any_in, any_in_own, is_large, is_name, walk_with_parents};
use super::{Detector, Hook, Report};
use crate::python::{ClassInfo, Context};

pub(super) const DETECTOR: Detector = Detector { rule: "lock-order-inversion", hooks: &[Hook::Class(check)] };

/// Locks that their own holder waits for.
const SIMPLE: [&str; 2] = ["threading.Lock", "asyncio.Lock"];
const LOCKS: [&str; 3] = ["threading.Lock", "asyncio.Lock", "threading.RLock"];

/// One lock taken while others are held.
struct Taken<'a> {
    lock: &'a str,
    held: Vec<&'a str>,
    place: TextRange,
}

/// A method, with the name of its instance.
#[derive(Clone, Copy)]
struct Method<'a> {
    def: &'a ast::StmtFunctionDef,
    this: &'a str,
}

fn check<'a>(context: &Context<'a>, class: &'a ast::StmtClassDef, report: &mut Report<'_>) {
    let Some(info) = context.local_class(&class.name) else { return };
    let is_one = |lock: &str, of: &[&str]| matches!(info.attributes.get(lock), Some(Some(ty)) if of.contains(&ty.class.as_str()));
    if !info.attributes.keys().any(|name| is_one(name, &LOCKS)) || is_large(class) {
        return;
    }
    let methods: Vec<Method<'a>> = class.body.iter().filter_map(method).collect();
    let mut taken = Vec::new();
    for method in methods.iter().filter(|method| !gives_back(method)) {
        take(*method, &|lock| is_one(lock, &LOCKS), &mut taken);
        taken_again(*method, &methods, &|lock| is_one(lock, &SIMPLE), info, report);
    }
    for (at, later) in taken.iter().enumerate() {
        if later.held.contains(&later.lock) {
            if is_one(later.lock, &SIMPLE) {
                let message = format!("`{}` is held here already, so this waits for itself for ever", later.lock);
                report.say(later.place, message);
            }
            continue;
        }
        let inverse = taken[..at].iter().find(|first| {
            let crossed = later.held.contains(&first.lock) && first.held.contains(&later.lock);
            // A third lock around both lets only one of them in.
            crossed && !later.held.iter().any(|gate| first.held.contains(gate))
        });
        if let Some(first) = inverse {
            let finding = report.at(later.place, &[("inner", later.lock), ("outer", first.lock)]);
            finding.related.push((first.place, format!("`{}` is held while `{}` is taken", later.lock, first.lock)));
        }
    }
}

fn method(stmt: &Stmt) -> Option<Method<'_>> {
    let Stmt::FunctionDef(def) = stmt else { return None };
    let first = def.parameters.posonlyargs.first().or(def.parameters.args.first())?;
    Some(Method { def, this: first.name().as_str() })
}

/// Whether a method releases something by hand: what it takes is then not held all the time.
fn gives_back(method: &Method<'_>) -> bool {
    any_in(&method.def.body, |node| match node {
        AnyNodeRef::ExprAttribute(attribute) => attribute.attr.as_str() == "release",
        _ => false,
    })
}

/// `self.lock` of a `with` item.
fn lock_of<'a>(expr: &'a Expr, this: &str) -> Option<&'a str> {
    match expr {
        Expr::Attribute(attribute) if is_name(&attribute.value, this) => Some(&attribute.attr),
        _ => None,
    }
}

fn is_elsewhere(node: &AnyNodeRef<'_>) -> bool {
    matches!(node, AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::StmtClassDef(_) | AnyNodeRef::ExprLambda(_))
}

/// The locks that the `with` statements around a node hold.
fn held<'a>(parents: &[AnyNodeRef<'a>], this: &str, is_lock: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let items = parents.iter().filter_map(|node| match node {
        AnyNodeRef::StmtWith(with) => Some(&with.items),
        _ => None,
    });
    items.flatten().filter_map(|item| lock_of(&item.context_expr, this)).filter(|lock| is_lock(lock)).collect()
}

/// Collects the locks that a method takes inside others.
fn take<'a>(method: Method<'a>, is_lock: &dyn Fn(&str) -> bool, taken: &mut Vec<Taken<'a>>) {
    walk_with_parents(&method.def.body, |node, parents| {
        match node {
            AnyNodeRef::StmtWith(with) => {
                let mut around = held(parents, method.this, is_lock);
                for item in &with.items {
                    let Some(lock) = lock_of(&item.context_expr, method.this).filter(|lock| is_lock(lock)) else {
                        continue;
                    };
                    if !around.is_empty() {
                        taken.push(Taken { lock, held: around.clone(), place: item.context_expr.range() });
                    }
                    around.push(lock);
                }
            }
            _ if is_elsewhere(&node) || node.is_expression() => return Go::Over,
            _ => {}
        }
        Go::In
    });
}

/// Reports the calls, made with a lock held, of methods that take the same lock first of all.
fn taken_again<'a>(
    method: Method<'a>,
    methods: &[Method<'a>],
    is_simple: &dyn Fn(&str) -> bool,
    info: &ClassInfo,
    report: &mut Report<'_>,
) {
    walk_with_parents(&method.def.body, |node, parents| {
        if is_elsewhere(&node) {
            return Go::Over;
        }
        let AnyNodeRef::ExprCall(call) = node else { return Go::In };
        let Some(name) = lock_of(&call.func, method.this) else { return Go::In };
        let locks = held(parents, method.this, is_simple);
        if locks.is_empty() || !info.methods.contains_key(name) {
            return Go::In;
        }
        let mut named = methods.iter().filter(|method| method.def.name.as_str() == name);
        let (Some(callee), None) = (named.next(), named.next()) else { return Go::In };
        let awaited = matches!(parents.last(), Some(AnyNodeRef::ExprAwait(_)));
        if callee.def.is_async != awaited || !callee.def.decorator_list.is_empty() {
            return Go::In;
        }
        if let Some(lock) = locks.iter().find(|lock| takes_surely(*callee, lock)) {
            let message = format!("`{name}` takes `{lock}`, which is held here, so the call waits for itself for ever");
            report.say(call.func.range(), message);
        }
        Go::In
    });
}

/// Whether a method takes a lock on the straight way through it.
fn takes_surely(method: Method<'_>, lock: &str) -> bool {
    let is_generator =
        any_in_own(&method.def.body, |node| matches!(node, AnyNodeRef::ExprYield(_) | AnyNodeRef::ExprYieldFrom(_)));
    let mut found = false;
    // An earlier way out may be the usual one.
    for stmt in &method.def.body {
        if let Stmt::With(with) = stmt {
            found |= with.items.iter().any(|item| lock_of(&item.context_expr, method.this) == Some(lock));
        }
        let simple =
            matches!(stmt, Stmt::Expr(_) | Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::Pass(_));
        if found || !simple {
            break;
        }
    }
    found && !is_generator
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn one_order_and_locks_that_can_be_taken_twice_are_fine() {
        let quiet = "\
import threading
class Bank:
    def __init__(self):
        self.a = threading.Lock()
        self.b = threading.Lock()
        self.c = threading.RLock()
        self.gate = threading.Lock()
    def one(self):
        with self.a, self.b:
            self.plain()
    def two(self):
        with self.a:
            if True:
                with self.b:
                    pass
    def three(self):
        with self.c:
            with self.c:
                self.four()
    def four(self):
        with self.c:
            pass
    def plain(self):
        if self.closed:
            return
        with self.a:
            pass
    def gated(self):
        with self.gate, self.a, self.c: ...
    def gated_too(self):
        with self.gate, self.c, self.a: ...
    def later(self):
        with self.a:
            self.work = lambda: self.take()
    def given_back(self):
        with self.a:
            self.a.release()
            self.take()
            self.a.acquire()
    def take(self):
        with self.a:
            pass
";
        assert!(found("lock-order-inversion", quiet).is_empty());
    }

    #[test]
    fn a_lock_is_not_taken_twice_by_its_holder() {
        let source = "\
import asyncio, threading
class Store:
    lock = threading.Lock()
    def __init__(self):
        self.turn = asyncio.Lock()
    def get(self):
        '''Gives it.'''
        key = 1
        with self.lock:
            return self.values[key]
    def both(self):
        with self.lock:
            print(self.get())
            with self.lock:
                pass
    async def step(self):
        async with self.turn:
            asyncio.create_task(self.inner())
            await self.inner()
    async def inner(self):
        async with self.turn:
            pass
";
        assert_eq!(found("lock-order-inversion", source), ["self.get", "self.lock", "self.inner"]);
    }
}
