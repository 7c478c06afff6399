//! The classes of a file and the order in which Python looks through them.

use ruff_python_ast::name::Name;

use crate::python::{ClassInfo, Context, ModuleBindingKind, stdlib};

const OBJECT: &str = "builtins.object";

/// How many classes are looked through for one.
const MOST: usize = 64;

/// A class among those of its file: `@Name`, or the qualified name of another.
pub(super) type ClassName = Name;

/// What is known of a class of the file by its name with `@`; `None` when the name is bound more than once.
pub(super) fn class_of<'c>(context: &'c Context<'_>, name: &str) -> Option<&'c ClassInfo> {
    let name = name.strip_prefix('@')?;
    let mut bound = context.table.bindings_before(name, None);
    match (bound.next(), bound.next()) {
        (Some(binding), None) => match &binding.kind {
            ModuleBindingKind::Class(info) => Some(info),
            _ => None,
        },
        _ => None,
    }
}

/// The order in which Python looks through a class and its ancestors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// As far as the classes are known; one of another file stands for itself alone.
    Known(Vec<ClassName>),
    /// There is none: Python refuses the class.
    None,
    /// A base cannot be told, or changes the order itself.
    Unknown,
}

/// The order for a class of the file, by its name with `@`.
pub(super) fn order(context: &Context<'_>, name: &str) -> Order {
    let mut fuel = MOST;
    linearize(context, name, &mut fuel)
}

fn linearize(context: &Context<'_>, name: &str, fuel: &mut usize) -> Order {
    if *fuel == 0 {
        return Order::Unknown;
    }
    *fuel -= 1;
    if !name.starts_with('@') {
        // `Generic[T]` steps aside when a later base is generic as well.
        let special = name.is_empty() || name.ends_with(".Generic") || name.ends_with(".Protocol");
        let object = Name::new_static(OBJECT);
        return match name {
            _ if special => Order::Unknown,
            OBJECT => Order::Known(vec![object]),
            _ => Order::Known(vec![Name::new(name), object]),
        };
    }
    let Some(info) = class_of(context, name) else { return Order::Unknown };
    // Python takes no base twice.
    if info.bases.iter().enumerate().any(|(at, base)| !base.is_empty() && info.bases[..at].contains(base)) {
        return Order::None;
    }
    let mut lists: Vec<Vec<ClassName>> = Vec::with_capacity(info.bases.len() + 2);
    for base in &info.bases {
        match linearize(context, base, fuel) {
            Order::Known(order) => lists.push(order),
            other => return other,
        }
    }
    lists.push(info.bases.clone());
    lists.push(vec![Name::new_static(OBJECT)]);
    match merge(lists) {
        Some(mut order) => {
            order.insert(0, Name::new(name));
            Order::Known(order)
        }
        None => Order::None,
    }
}

/// C3: the first class that is in no tail is next.
fn merge(mut lists: Vec<Vec<ClassName>>) -> Option<Vec<ClassName>> {
    let mut order = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(order);
        }
        let in_tail = |class: &ClassName| lists.iter().any(|list| list[1..].contains(class));
        let next = lists.iter().map(|list| &list[0]).find(|class| !in_tail(class))?.clone();
        for list in &mut lists {
            list.retain(|class| *class != next);
        }
        order.push(next);
    }
}

/// Whether an ancestor may have a member: it has it, or is not known well enough to say no.
pub(super) fn may_have(context: &Context<'_>, class: &str, member: &str) -> bool {
    match class_of(context, class) {
        Some(info) => info.methods.contains_key(member) || info.attributes.contains_key(member),
        None => class.starts_with('@') || !stdlib::lacks(class, member),
    }
}
