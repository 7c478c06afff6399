//! `unhashable-key`: a list, dict or set where only what has a hash can stand.

use ruff_python_ast::{self as ast, Expr, NodeKind};

use super::support::{expects_error, has_comment};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector {
    rule: "unhashable-key",
    hooks: &[
        Hook::Expr(&[NodeKind::ExprDict, NodeKind::ExprSet, NodeKind::ExprSubscript, NodeKind::ExprDictComp], check_expr),
        Hook::Call(check_call),
    ],
};

const HASHING: [&str; 9] = [
    "builtins.set.add",
    "builtins.set.discard",
    "builtins.set.remove",
    "builtins.dict.get",
    "builtins.dict.pop",
    "builtins.dict.setdefault",
    "builtins.hash",
    "collections.defaultdict.get",
    "collections.Counter.get",
];

fn check_expr<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    match expr {
        Expr::Dict(dict) => dict.items.iter().filter_map(|item| item.key.as_ref()).for_each(|key| check(context, key, report)),
        Expr::DictComp(comp) => comp.key.iter().for_each(|key| check(context, key, report)),
        Expr::Set(set) if is_placeholder(context, set) => {}
        Expr::Set(set) => set.elts.iter().for_each(|element| check(context, element, report)),
        Expr::Subscript(subscript) if is_display(&subscript.slice).is_some() => {
            const MAPPINGS: [&str; 4] =
                ["builtins.dict", "collections.defaultdict", "collections.OrderedDict", "collections.Counter"];
            let mapping = context.infer(&subscript.value).is_some_and(|ty| MAPPINGS.contains(&ty.class.as_str()));
            if mapping && !context.in_annotation() {
                check(context, &subscript.slice, report);
            }
        }
        _ => {}
    }
}

fn check_call<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(first) = call.arguments.args.first() else { return };
    // `dict.get({}, key)`: the first argument is the dictionary itself.
    let unbound = matches!(call.func.as_ref(), Expr::Attribute(method) if context.resolve(&method.value).is_some());
    if !unbound && is_display(first).is_some() && context.callee(call).is_some_and(|callee| HASHING.contains(&callee.as_str())) {
        check(context, first, report);
    }
}

fn check(context: &Context<'_>, key: &Expr, report: &mut Report<'_>) {
    let Some(culprit) = is_display(key) else { return };
    let kind = match culprit {
        Expr::List(_) | Expr::ListComp(_) => "a list",
        Expr::Set(_) | Expr::SetComp(_) => "a set",
        _ => "a dict",
    };
    if expects_error(context) {
        return;
    }
    let text = context.text(culprit);
    let replacement = match culprit {
        Expr::List(list) if !has_comment(context, culprit) => text.get(1..text.len() - 1).map(|inner| {
            let comma = if list.elts.len() == 1 && !inner.trim_end().ends_with(',') { "," } else { "" };
            format!("({inner}{comma})")
        }),
        Expr::ListComp(_) => text.get(1..text.len() - 1).map(|inner| format!("tuple({inner})")),
        Expr::Set(_) | Expr::SetComp(_) => Some(format!("frozenset({text})")),
        _ => None,
    };
    let finding = report.at(culprit, &[("kind", kind)]);
    finding.fix = replacement.map(|text| Fix {
        title: "Use a kind that has a hash".to_owned(),
        safe: false,
        edits: vec![Edit::replace(culprit, text)],
        imports: Vec::new(),
    });
}

/// `{{ name }}`: to be filled in before it is Python.
fn is_placeholder(context: &Context<'_>, set: &ast::ExprSet) -> bool {
    let [Expr::Set(inner)] = set.elts.as_slice() else { return false };
    let text = context.text(set);
    inner.elts.len() == 1 && text.starts_with("{{") && text.ends_with("}}")
}

/// The part of a key that has no hash, where it is written out.
fn is_display(key: &Expr) -> Option<&Expr> {
    match key {
        Expr::List(_) | Expr::Dict(_) | Expr::Set(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) => Some(key),
        Expr::Tuple(tuple) => tuple.elts.iter().find_map(is_display),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "unhashable-key";

    #[test]
    fn keys_and_members_without_a_hash_are_found() {
        let source = "
def f(d: dict[str, int]):
    a = {[1]: 2, (1, {2}): 3}
    b = {[1, 2]}
    d[[1]] = 4
    s = set()
    s.add([x for x in d])
    return d.get({}), {[k]: v for k, v in d.items()}
";
        assert_eq!(found(RULE, source), ["[1]", "{2}", "[1, 2]", "[1]", "[x for x in d]", "{}", "[k]"]);
        let after = fixed(RULE, source);
        assert!(after.contains("a = {(1,): 2, (1, frozenset({2})): 3}"), "{after}");
        assert!(after.contains("s.add(tuple(x for x in d))"), "{after}");
    }

    #[test]
    fn other_subscripts_and_collections_are_not() {
        let source = "
import pandas as pd
def f(frame: pd.DataFrame, x, d: dict[str, list[int]]):
    frame[['a', 'b']]
    x[[1]]
    y: Callable[[int], str]
    return {(1, 2): [3], 'a': {}}, {1, (2, 3)}, d['a'], x.add([1])
with raises(TypeError):
    {[]: 1}
{{ install }}
name = {{cookiecutter.name}}
";
        assert!(found(RULE, source).is_empty(), "{:?}", found(RULE, source));
    }
}
