//! `loop-iterator-mutation`: a collection that changes while a loop runs over it.

use ruff_python_ast::comparable::ComparableExpr;
use ruff_python_ast::{self as ast, AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::loops::{each_statement, heads, target_names};
use super::support::{Go, any_in_expr, expects_error, is_name, literal_number, walk_expr};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "loop-iterator-mutation", hooks: &[Hook::Stmt(&[NodeKind::StmtFor], check)] };

/// How long the way to a collection may be: `a.b["c"]` has three steps.
const MAX_PATH: u8 = 8;

/// What a loop runs over.
struct Collection<'a> {
    /// The collection itself.
    expr: &'a Expr,
    /// Seen through `.items()`, `.keys()` or `.values()`: it is a dict.
    is_dict: bool,
    /// Its class without the module, where it is known.
    class: Option<String>,
    /// The name that the loop gives the element or, of a dict, the key.
    key: Option<&'a str>,
    /// The name that the loop gives the number of the element: `enumerate`.
    index: Option<&'a str>,
}

fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    let Some(collection) = collection(context, each) else { return };
    let mut changes: Vec<TextRange> = Vec::new();
    let mut rebound = false;
    let mut later: Vec<&str> = Vec::new();
    each_statement(&each.body, &mut |stmt, over| {
        rebound |= rebinds(stmt, collection.expr);
        later.extend(collection.counts_on(stmt));
        if !over && !deletes_at(stmt, &later) {
            changes_of(&collection, stmt, &mut changes);
        }
    });
    // A test may wait for the error about it.
    if rebound || expects_error(context) {
        return;
    }
    for change in changes {
        let fix = over_copy(context, &each.iter);
        let shown = context.text(collection.expr);
        let finding = report.at(change, &[("change", context.text(change)), ("collection", shown)]);
        finding.related.push((collection.expr.range(), format!("the loop runs over `{}`", first_line(shown))));
        finding.fix = fix;
    }
}

/// `del items[j]`, for one of these numbers: what the loop has not come to yet.
fn deletes_at(stmt: &Stmt, numbers: &[&str]) -> bool {
    match stmt {
        Stmt::Delete(delete) => delete.targets.iter().all(|target| match target {
            Expr::Subscript(item) => numbers.iter().any(|number| is_name(&item.slice, number)),
            _ => false,
        }),
        _ => false,
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn collection<'a>(context: &Context<'_>, each: &'a ast::StmtFor) -> Option<Collection<'a>> {
    let mut iterated = each.iter.as_ref();
    let mut element = Some(each.target.as_ref());
    let mut index = None;
    if let Expr::Call(call) = iterated
        && context.is_builtin(&call.func, "enumerate")
    {
        iterated = call.arguments.args.first()?;
        if call.arguments.len() == 1 {
            index = first(element).and_then(Expr::as_name_expr).map(|name| name.id.as_str());
        }
        element = second(element);
    }
    let mut is_dict = false;
    if let Expr::Call(call) = iterated {
        let Expr::Attribute(view) = call.func.as_ref() else { return None };
        if !call.arguments.is_empty() {
            return None;
        }
        element = match view.attr.as_str() {
            "items" => first(element),
            "keys" => element,
            "values" => None,
            _ => return None,
        };
        is_dict = true;
        iterated = &view.value;
    }
    if !is_place(iterated, MAX_PATH) {
        return None;
    }
    // Most loops do not speak of what they run over. Asked before anything is looked for.
    let body = TextRange::new(each.body.first()?.start(), each.body.last()?.end());
    if !context.text(body).contains(root(iterated)?) {
        return None;
    }
    let class = context.infer(iterated).map(|ty| ty.class.to_string());
    let known = ["builtins.list", "builtins.dict", "builtins.set", "builtins.bytearray", "collections.deque",
        "collections.defaultdict", "collections.OrderedDict", "collections.Counter"];
    // Another class may hand out a copy to run over.
    if class.as_deref().is_some_and(|class| !known.contains(&class)) {
        return None;
    }
    let class = class.map(|class| class.rsplit('.').next().unwrap_or_default().to_owned());
    let key = match element {
        Some(Expr::Name(name)) => Some(name.id.as_str()),
        _ => None,
    };
    Some(Collection { expr: iterated, is_dict, class, key, index })
}

fn first(target: Option<&Expr>) -> Option<&Expr> {
    element(target, 0)
}

fn second(target: Option<&Expr>) -> Option<&Expr> {
    element(target, 1)
}

fn element(target: Option<&Expr>, at: usize) -> Option<&Expr> {
    match target? {
        Expr::Tuple(tuple) => tuple.elts.get(at),
        Expr::List(list) => list.elts.get(at),
        _ => None,
    }
}

/// A name, an attribute of one, an item of one: something that is the same object each time it is looked at.
fn is_place(expr: &Expr, steps: u8) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return false };
    match expr {
        Expr::Name(name) => name.id != "self",
        Expr::Attribute(attribute) => matches!(attribute.value.as_ref(), Expr::Name(_)) || is_place(&attribute.value, steps),
        Expr::Subscript(subscript) => {
            is_place(&subscript.value, steps) && (subscript.slice.is_literal_expr() || subscript.slice.is_name_expr())
        }
        _ => false,
    }
}

/// The name that a place begins with.
fn root(place: &Expr) -> Option<&str> {
    match place {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => root(&attribute.value),
        Expr::Subscript(subscript) => root(&subscript.value),
        _ => None,
    }
}

fn same(a: &Expr, b: &Expr) -> bool {
    // Only short paths are compared: a comparison follows the whole tree.
    is_place(a, MAX_PATH) && is_place(b, MAX_PATH) && ComparableExpr::from(a) == ComparableExpr::from(b)
}

/// Whether a statement gives the collection's name (or a name in its path) to something else.
fn rebinds(stmt: &Stmt, collection: &Expr) -> bool {
    let targets: Vec<&Expr> = match stmt {
        Stmt::Assign(assign) => assign.targets.iter().collect(),
        Stmt::AnnAssign(assign) if assign.value.is_some() => vec![&assign.target],
        Stmt::For(each) => vec![&each.target],
        Stmt::With(with) => with.items.iter().filter_map(|item| item.optional_vars.as_deref()).collect(),
        _ => return false,
    };
    targets.into_iter().any(|target| {
        let names = target_names(target);
        same(target, collection)
            || any_in_expr(collection, |node| matches!(node, AnyNodeRef::ExprName(name) if names.contains(&name.id.as_str())))
    })
}

/// Notes where a statement changes the size of the collection.
fn changes_of(collection: &Collection<'_>, stmt: &Stmt, changes: &mut Vec<TextRange>) {
    match stmt {
        Stmt::Delete(delete) => {
            for target in &delete.targets {
                if let Expr::Subscript(item) = target
                    && same(&item.value, collection.expr)
                {
                    changes.push(target.range());
                }
            }
        }
        Stmt::Assign(assign) => {
            for target in &assign.targets {
                if let Expr::Subscript(item) = target
                    && collection.gets_new_key(item)
                {
                    changes.push(target.range());
                }
            }
        }
        _ => {}
    }
    for head in heads(stmt) {
        walk_expr(head, |node| match node {
            AnyNodeRef::ExprLambda(_) => Go::Over,
            AnyNodeRef::ExprCall(call) => {
                if let Expr::Attribute(method) = call.func.as_ref()
                    && collection.is_changed_by(method.attr.as_str(), call)
                    && same(&method.value, collection.expr)
                {
                    changes.push(method.range());
                }
                Go::In
            }
            _ => Go::In,
        });
    }
}

impl Collection<'_> {
    /// The name in `for j in range(i + 1, ...)` where the loop counts with `i`: the number of a later element.
    fn counts_on<'b>(&self, stmt: &'b Stmt) -> Option<&'b str> {
        let Stmt::For(inner) = stmt else { return None };
        let (Expr::Name(number), Expr::Call(range)) = (inner.target.as_ref(), inner.iter.as_ref()) else { return None };
        let ([from, _], Expr::Name(function)) = (range.arguments.args.as_ref(), range.func.as_ref()) else { return None };
        let starts_behind = match from {
            Expr::BinOp(sum) if sum.op == ast::Operator::Add => {
                let is_positive = literal_number(&sum.right).is_some_and(|step| step > 0.0);
                is_positive && self.index.is_some_and(|index| is_name(&sum.left, index))
            }
            _ => false,
        };
        (function.id == "range" && starts_behind).then_some(number.id.as_str())
    }

    /// Whether a method changes the number or the order of the elements.
    fn is_changed_by(&self, method: &str, call: &ast::ExprCall) -> bool {
        let class = if self.is_dict { Some("dict") } else { self.class.as_deref() };
        let arguments = call.arguments.len();
        match class {
            Some("list" | "bytearray") => match method {
                "remove" | "insert" | "pop" | "clear" | "sort" | "reverse" => true,
                // Appending is well defined: the loop comes to the new elements, too.
                _ => false,
            },
            Some("deque") => matches!(
                method,
                "append" | "appendleft" | "clear" | "extend" | "extendleft" | "insert" | "pop" | "popleft" | "remove"
            ),
            Some("set") => matches!(method, "add" | "discard" | "remove" | "pop" | "clear" | "update"),
            Some(_) => match method {
                "pop" | "popitem" | "clear" | "update" => true,
                "setdefault" => !self.is_key(call.arguments.args.first()),
                _ => false,
            },
            // The names tell what it is likely to be; `add` and `update` are too common elsewhere.
            None => match method {
                "remove" | "discard" => arguments == 1,
                "insert" => arguments == 2,
                "popitem" | "popleft" | "clear" => arguments == 0,
                "pop" => arguments <= 2,
                _ => false,
            },
        }
    }

    fn is_key(&self, index: Option<&Expr>) -> bool {
        matches!((index, self.key), (Some(Expr::Name(name)), Some(key)) if name.id == key)
    }

    /// Whether an item of a dict is set under a key that is made from the one at hand: a new one, most of the time.
    fn gets_new_key(&self, item: &ast::ExprSubscript) -> bool {
        let is_dict = self.is_dict || matches!(self.class.as_deref(), Some("dict" | "defaultdict" | "OrderedDict" | "Counter"));
        let Some(key) = self.key.filter(|_| is_dict) else { return false };
        same(&item.value, self.expr)
            && !self.is_key(Some(&item.slice))
            && any_in_expr(&item.slice, |node| matches!(node, AnyNodeRef::ExprName(name) if name.id == key))
    }
}

/// `list(...)` around what the loop runs over.
fn over_copy(context: &Context<'_>, iterated: &Expr) -> Option<Fix> {
    let (list, _) = spelling(context, "builtins.list", iterated.start())?;
    Some(Fix {
        title: format!("Run over a copy: `{list}(...)`"),
        safe: false,
        edits: vec![Edit::insert(iterated.start(), format!("{list}(")), Edit::insert(iterated.end(), ")")],
        imports: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_change_after_which_the_loop_ends_does_no_harm() {
        let quiet = "\
def drop(items, wanted):
    for item in items:
        if item == wanted:
            items.remove(item)
            break
    for item in items:
        if item == wanted:
            items.remove(item)
            return True
    for item in items:
        while item:
            if item.bad:
                items.remove(item)
                break
        else:
            continue
        return
    for item in items:
        with lock:
            items.remove(item)
        raise Done
    for item in items:
        if item == wanted:
            return items.pop(0)
";
        assert!(found("loop-iterator-mutation", quiet).is_empty());
    }

    #[test]
    fn a_change_after_which_the_loop_may_go_on_is_found() {
        let source = "\
def drop(items, wanted):
    for item in items:
        items.remove(item)
        if item:
            continue
        break
    for item in items:
        for other in wanted:
            items.remove(other)
            break
    for at, item in enumerate(items):
        try:
            del items[at]
        finally:
            log()
    for item in items['x']:
        items['x'].pop(0)
";
        let expected = ["items.remove", "items.remove", "del items[at]", "items['x'].pop"];
        assert_eq!(found("loop-iterator-mutation", source), expected.map(|text| text.trim_start_matches("del ")));
    }

    #[test]
    fn copies_and_other_collections_may_change() {
        let quiet = "\
def drop(self, items, table: dict, other, jobs: list):
    for item in list(items):
        items.remove(item)
    for item in items.copy():
        items.remove(item)
    for item in items[:]:
        items.remove(item)
    for item in items:
        other.remove(item)
        item.remove(items)
    for key in table:
        table[key] = 1
        table['total'] = 2
    for key, value in table.items():
        table[key] = value + 1
    for job in jobs:
        jobs.append(job.next)
    for item in items:
        items = items.next()
        items.clear()
    for child in self:
        self.remove(child)
    for i, item in enumerate(items):
        for j in range(i + 1, len(items)):
            if items[j] == item:
                del items[j]
                break
    for step in bar:
        bar.update(1)
";
        assert!(found("loop-iterator-mutation", quiet).is_empty());
    }

    #[test]
    fn what_the_loop_has_come_to_may_not_be_deleted() {
        let source = "\
def unify(items):
    for i, item in enumerate(items):
        for j in range(i, len(items)):
            if items[j] == item:
                del items[j]
                break
    for i, item in enumerate(items, 1):
        for j in range(i + 1, len(items)):
            del items[j]
            break
";
        assert_eq!(found("loop-iterator-mutation", source), ["items[j]"; 2]);
    }

    #[test]
    fn a_dict_must_keep_its_keys() {
        let source = "\
def clean(table: dict[str, int]):
    for key in table:
        del table[key]
    for key, value in table.items():
        table[key.lower()] = value
    for key in table.keys():
        table.pop(key)
";
        assert_eq!(found("loop-iterator-mutation", source), ["table[key]", "table[key.lower()]", "table.pop"]);
        assert!(fixed("loop-iterator-mutation", source).contains("for key, value in list(table.items()):"));
    }
}
