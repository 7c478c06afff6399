//! `late-binding-closure`: functions made in a loop that all see the loop's last round.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::loops::{each_statement, heads, target_names};
use super::support::{Go, any_in, any_in_expr, walk, walk_expr};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Binding, BindingKind, Context, Scope, ScopeKind};

pub(super) const DETECTOR: Detector = Detector {
    rule: "late-binding-closure",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtFor, NodeKind::StmtWhile], check_loop),
        Hook::Expr(&[NodeKind::ExprListComp, NodeKind::ExprSetComp, NodeKind::ExprDictComp], check_comprehension),
    ],
};

/// Methods that put what they are given into a collection.
const COLLECTORS: [&str; 6] = ["append", "appendleft", "add", "insert", "extend", "setdefault"];

/// Methods that keep a function to call it later.
const DEFERRERS: [&str; 20] = [
    "submit",
    "register",
    "connect",
    "add_done_callback",
    "call_soon",
    "call_soon_threadsafe",
    "call_later",
    "call_at",
    "after",
    "after_idle",
    "bind",
    "subscribe",
    "add_listener",
    "add_callback",
    "add_command",
    "addCleanup",
    "apply_async",
    "callback",
    "schedule",
    "enter",
];

/// Keywords under which such a function is given.
const KEYWORDS: [&str; 5] = ["command", "target", "callback", "done_callback", "handler"];

/// A function made in a loop.
#[derive(Clone, Copy)]
enum Closure<'a> {
    Lambda(&'a ast::ExprLambda),
    Def(&'a ast::StmtFunctionDef),
}

fn check_comprehension<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let (elements, generators) = match expr {
        Expr::ListComp(comp) => ([Some(comp.elt.as_ref()), None], &comp.generators),
        Expr::SetComp(comp) => ([Some(comp.elt.as_ref()), None], &comp.generators),
        Expr::DictComp(comp) => ([comp.key.as_deref(), Some(comp.value.as_ref())], &comp.generators),
        _ => return,
    };
    let variables: Vec<&str> = generators.iter().flat_map(|generator| target_names(&generator.target)).collect();
    for element in elements.into_iter().flatten() {
        let mut kept = Vec::new();
        held(element, &FxHashMap::default(), &mut kept);
        for closure in kept {
            tell(context, closure, |name| variables.contains(&name), report);
        }
    }
}

fn check_loop<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let (body, targets) = match stmt {
        Stmt::For(each) => (&each.body, target_names(&each.target)),
        Stmt::While(each) => (&each.body, Vec::new()),
        _ => return,
    };
    let (Some(first), Some(last)) = (body.first(), body.last()) else { return };
    let inside = TextRange::new(first.start(), last.end());
    // Most loops make no function, and most of these have none of the words.
    let has_word = || ["lambda", "def"].iter().any(|word| context.text(inside).contains(word));
    let is_function = |node: AnyNodeRef<'_>| matches!(node, AnyNodeRef::ExprLambda(_) | AnyNodeRef::StmtFunctionDef(_));
    if !has_word() || !any_in(body, is_function) {
        return;
    }
    let joins = any_in(body, waits_for_thread);
    let mut round = Round { context, inside, targets: &targets, named: FxHashMap::default(), kept: Vec::new(), joins };
    each_statement(body, &mut |stmt, over| round.look_at(stmt, over));
    let kept = std::mem::take(&mut round.kept);
    for closure in kept {
        tell(context, closure, |name| round.changes(name), report);
    }
}

/// `thread.join()` in the same round: the functions have been called when the variable changes.
fn waits_for_thread(node: AnyNodeRef<'_>) -> bool {
    matches!(node, AnyNodeRef::ExprCall(call) if call.arguments.args.is_empty()
        && matches!(call.func.as_ref(), Expr::Attribute(method) if matches!(method.attr.as_str(), "join" | "wait" | "result")))
}

struct Round<'c, 'a> {
    context: &'c Context<'a>,
    inside: TextRange,
    targets: &'c [&'a str],
    /// Functions that have a name.
    named: FxHashMap<&'a str, Closure<'a>>,
    /// Functions that outlive the round.
    kept: Vec<Closure<'a>>,
    /// A thread started in the round is waited for in it.
    joins: bool,
}

impl<'a> Round<'_, 'a> {
    /// Whether a variable is another one in the next round: the loop's own, or one that only the loop's body sets.
    fn changes(&self, name: &str) -> bool {
        if self.targets.contains(&name) {
            return true;
        }
        let Some(scope) = self.context.scopes().last() else { return false };
        if !matches!(scope.kind, ScopeKind::Function(_)) || scope.globals.contains(name) || scope.nonlocals.contains(name) {
            return false;
        }
        let bindings = scope.get(name);
        !bindings.is_empty() && bindings.iter().all(|binding| self.inside.contains_inclusive(binding.from))
    }

    fn look_at(&mut self, stmt: &'a Stmt, over: bool) {
        match stmt {
            Stmt::FunctionDef(def) => {
                self.named.insert(def.name.as_str(), Closure::Def(def));
                return;
            }
            Stmt::Assign(assign) => {
                if let ([Expr::Name(name)], Expr::Lambda(lambda)) = (assign.targets.as_slice(), assign.value.as_ref()) {
                    self.named.insert(name.id.as_str(), Closure::Lambda(lambda));
                }
                if !over && assign.targets.iter().any(|target| self.is_lasting(target)) {
                    held(&assign.value, &self.named, &mut self.kept);
                }
            }
            _ => {}
        }
        if over {
            return;
        }
        let mut done: Vec<TextRange> = Vec::new();
        for head in heads(stmt) {
            walk_expr(head, |node| {
                match node {
                    AnyNodeRef::ExprLambda(_) => return Go::Over,
                    // `pool.submit(...).result()`: the function has run before the statement ends.
                    AnyNodeRef::ExprAttribute(attribute) if attribute.value.is_call_expr() => {
                        if matches!(attribute.attr.as_str(), "result" | "get" | "join" | "wait") {
                            done.push(attribute.value.range());
                        }
                    }
                    AnyNodeRef::ExprAwait(awaited) => done.push(awaited.value.range()),
                    AnyNodeRef::ExprCall(call) if !done.contains(&call.range()) => self.call(call),
                    _ => {}
                }
                Go::In
            });
        }
    }

    /// A call that keeps a function which it is given.
    fn call(&mut self, call: &'a ast::ExprCall) {
        let arguments = &call.arguments;
        match call.func.as_ref() {
            Expr::Attribute(method) => {
                let name = method.attr.as_str();
                let collects = COLLECTORS.contains(&name) && self.is_older(&method.value);
                if collects || DEFERRERS.contains(&name) && !self.joins && !self.is_closed(&method.value) {
                    arguments.args.iter().for_each(|argument| held(argument, &self.named, &mut self.kept));
                }
            }
            Expr::Name(function) if function.id == "setattr" => {
                if let [owner, name, value] = arguments.args.as_ref()
                    && (self.is_target(owner) || self.is_older(owner) && self.mentions_round(name))
                {
                    held(value, &self.named, &mut self.kept);
                }
            }
            _ => {}
        }
        for keyword in &arguments.keywords {
            let named = keyword.arg.as_ref().is_some_and(|name| KEYWORDS.contains(&name.as_str()) || name.starts_with("on_"));
            if named && !self.joins {
                held(&keyword.value, &self.named, &mut self.kept);
            }
        }
    }

    /// Whether something is done with when the round ends: `with ExitStack() as stack:` in it.
    fn is_closed(&self, receiver: &Expr) -> bool {
        let (Expr::Name(name), Some(scope)) = (receiver, self.context.scopes().last()) else { return false };
        let in_round = |binding: &Binding<'_>| matches!(binding.kind, BindingKind::With(..)) && self.inside.contains_inclusive(binding.from);
        let bindings = scope.get(&name.id);
        !bindings.is_empty() && bindings.iter().all(in_round)
    }

    /// Whether something was there before the round, so that what it is given outlives the round.
    fn is_older(&self, receiver: &Expr) -> bool {
        let mut root = receiver;
        loop {
            root = match root {
                Expr::Attribute(attribute) => &attribute.value,
                Expr::Subscript(subscript) => &subscript.value,
                Expr::Call(call) => &call.func,
                Expr::Name(name) => return !self.changes(&name.id),
                _ => return false,
            };
        }
    }

    /// Whether what is stored there stays: an item under a key of this round, an attribute of an object of this round.
    fn is_lasting(&self, target: &Expr) -> bool {
        match target {
            Expr::Subscript(item) => self.is_older(&item.value) && self.mentions_round(&item.slice),
            Expr::Attribute(attribute) => self.is_target(&attribute.value),
            _ => false,
        }
    }

    /// An object that the loop was given: it was there before and will be there after. One that the round has made may
    /// not outlive it.
    fn is_target(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Name(name) if self.targets.contains(&name.id.as_str()))
    }

    fn mentions_round(&self, expr: &Expr) -> bool {
        any_in_expr(expr, |node| matches!(node, AnyNodeRef::ExprName(name) if self.changes(&name.id)))
    }
}

/// Collects the functions that a value is or holds.
fn held<'a>(value: &'a Expr, named: &FxHashMap<&'a str, Closure<'a>>, found: &mut Vec<Closure<'a>>) {
    stacker::maybe_grow(64 * 1024, 1024 * 1024, || match value {
        Expr::Lambda(lambda) => found.push(Closure::Lambda(lambda)),
        Expr::Name(name) => found.extend(named.get(name.id.as_str()).copied()),
        Expr::Tuple(ast::ExprTuple { elts, .. })
        | Expr::List(ast::ExprList { elts, .. })
        | Expr::Set(ast::ExprSet { elts, .. }) => elts.iter().for_each(|element| held(element, named, found)),
        Expr::Dict(dict) => dict.items.iter().for_each(|item| held(&item.value, named, found)),
        Expr::If(ternary) => {
            held(&ternary.body, named, found);
            held(&ternary.orelse, named, found);
        }
        _ => {}
    });
}

/// Reports the first use of each variable that a kept function reads and that changes from round to round.
fn tell<'a>(context: &Context<'a>, closure: Closure<'a>, changes: impl Fn(&str) -> bool, report: &mut Report<'_>) {
    let own = Own::of(context, closure);
    let mut uses: Vec<&ast::ExprName> = Vec::new();
    let mut look = |node: AnyNodeRef<'a>| {
        if let AnyNodeRef::ExprName(name) = node
            && name.ctx.is_load()
            && !own.binds(&name.id)
            && changes(&name.id)
            && !uses.iter().any(|other| other.id == name.id)
        {
            uses.push(name);
        }
        Go::In
    };
    let shown = match closure {
        Closure::Lambda(lambda) => {
            walk_expr(&lambda.body, &mut look);
            "lambda".to_owned()
        }
        Closure::Def(def) => {
            walk(&def.body, &mut look);
            def.name.to_string()
        }
    };
    for name in uses {
        let fix = with_default(context, closure, &name.id);
        report.at(name.range, &[("closure", &shown), ("name", &name.id)]).fix = fix;
    }
}

/// The names that belong to a function itself.
struct Own<'a> {
    scope: Scope<'a>,
    /// Names of comprehensions and lambdas inside it.
    inner: Vec<&'a str>,
}

impl<'a> Own<'a> {
    fn of(context: &Context<'a>, closure: Closure<'a>) -> Self {
        let mut inner = Vec::new();
        let mut look = |node: AnyNodeRef<'a>| {
            match node {
                AnyNodeRef::Comprehension(generator) => inner.extend(target_names(&generator.target)),
                AnyNodeRef::Parameter(parameter) => inner.push(parameter.name.as_str()),
                _ => {}
            }
            Go::In
        };
        let scope = match closure {
            Closure::Lambda(lambda) => {
                walk_expr(&lambda.body, &mut look);
                Scope::of_lambda(lambda)
            }
            Closure::Def(def) => {
                walk(&def.body, &mut look);
                Scope::of_function(def, context.source)
            }
        };
        Self { scope, inner }
    }

    fn binds(&self, name: &str) -> bool {
        !self.scope.get(name).is_empty() || self.scope.globals.contains(name) || self.inner.contains(&name)
    }
}

/// `name=name` among the function's parameters.
fn with_default(context: &Context<'_>, closure: Closure<'_>, name: &str) -> Option<Fix> {
    let (parameters, inside) = match closure {
        Closure::Lambda(lambda) => match lambda.parameters.as_deref() {
            Some(parameters) => (parameters, parameters.range),
            None => {
                let at = lambda.range.start() + TextSize::of("lambda");
                return Some(bind(name, Edit::insert(at, format!(" {name}={name}"))));
            }
        },
        Closure::Def(def) => {
            // Without the parentheses.
            let range = def.parameters.range;
            let one = TextSize::new(1);
            (def.parameters.as_ref(), TextRange::new(range.start() + one, range.end().checked_sub(one)?))
        }
    };
    if let Some(kwarg) = &parameters.kwarg {
        let stars = context.token_before(kwarg.name.start()).filter(|token| token.kind() == TokenKind::DoubleStar)?;
        return Some(bind(name, Edit::insert(stars.start(), format!("{name}={name}, "))));
    }
    let before = context.token_before(inside.end()).filter(|token| token.start() >= inside.start());
    let (at, text) = match before {
        None => (inside.end(), format!("{name}={name}")),
        Some(comma) if comma.kind() == TokenKind::Comma => (comma.end(), format!(" {name}={name}")),
        Some(last) => (last.end(), format!(", {name}={name}")),
    };
    Some(bind(name, Edit::insert(at, text)))
}

fn bind(name: &str, edit: Edit) -> Fix {
    Fix { title: format!("Bind it with `{name}={name}`"), safe: false, edits: vec![edit], imports: Vec::new() }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn what_is_called_within_the_round_sees_the_right_value() {
        let quiet = "\
def work(rows, pool, threads):
    for row in rows:
        rows.sort(key=lambda other: other - row)
        best = max(rows, key=lambda other: other[row])
        def shown():
            return row
        print(shown(), best)
        pool.submit(lambda: row).result()
        steps = []
        steps.append(lambda: row)
        run(steps)
        mock.side_effect = lambda: row
        probe = Probe()
        probe.hook = lambda: row
        mock['answer'] = lambda: row
        with ExitStack() as stack:
            stack.callback(lambda: print(row))
        check = lambda: row.check()
        self.assertRaises(ValueError, check)
        self.assertRaises(ValueError, lambda: row.check())
    for row in rows:
        if row.good:
            rows.append(lambda: row)
            break
    for row in rows:
        threads.append(lambda row=row: row)
        threads.append(lambda row: row)
        threads.append(lambda: [row for row in rows])
    return [sorted(rows, key=lambda one: one[row]) for row in rows]
";
        assert!(found("late-binding-closure", quiet).is_empty());
    }

    #[test]
    fn what_outlives_the_round_is_found() {
        let source = "\
def work(rows, calls, table):
    for at, row in enumerate(rows):
        calls.append(lambda: (row, row))
        table[at] = lambda x: x + row
        def later(*args):
            name = row.name
            return name
        calls.append(later)
        button = Button(command=lambda: go(row))
        row.on_click = lambda: row.show()
        setattr(table, row.name, later)
        twice = at * 2
        calls.insert(0, ('x', lambda: twice))
    return [lambda: i for i in range(3)], {k: lambda: k for k in rows}
";
        let expected = ["row", "row", "row", "row", "row", "twice", "i", "k"];
        assert_eq!(found("late-binding-closure", source), expected);
    }

    #[test]
    fn the_default_is_put_where_it_may_stand() {
        let source = "\
def work(rows, calls):
    for row in rows:
        def one(): return row
        def two(a, *, b=1,): return row
        def three(a, **rest): return row
        calls.extend([one, two, three, lambda: row, lambda x, *y: row, lambda **z: row])
";
        let expected = "\
def work(rows, calls):
    for row in rows:
        def one(row=row): return row
        def two(a, *, b=1, row=row): return row
        def three(a, row=row, **rest): return row
        calls.extend([one, two, three, lambda row=row: row, lambda x, *y, row=row: row, lambda row=row, **z: row])
";
        assert_eq!(fixed("late-binding-closure", source), expected);
    }
}
