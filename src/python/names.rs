//! Facts about names: symbols, members of known classes, keywords of known functions, special methods.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::context::{Context, Lookup, Node};
use super::fact::FactKind;
use super::table::{ClassInfo, ModuleBinding, ModuleBindingKind};
use super::walk::Sink;
use super::{canonical, stdlib};

/// Names that a statement itself introduces: imports, special methods.
pub(super) fn statement(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    match stmt {
        Stmt::Import(import) => {
            for alias in &import.names {
                symbol(sink, alias.name.range(), alias.name.as_str());
                if let Some(asname) = &alias.asname {
                    symbol(sink, asname.range(), alias.name.as_str());
                }
            }
        }
        Stmt::ImportFrom(import) if import.level == 0 => {
            let Some(module) = &import.module else { return };
            symbol(sink, module.range(), module.as_str());
            for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
                let qualified = format!("{}.{}", module.as_str(), alias.name.as_str());
                symbol(sink, alias.name.range(), &qualified);
                if let Some(asname) = &alias.asname {
                    symbol(sink, asname.range(), &qualified);
                }
            }
        }
        Stmt::FunctionDef(def)
            if is_special(def.name.as_str()) || is_dunder(def.name.as_str()) && context.in_class_body() =>
        {
            sink.add(def.name.range(), FactKind::Dunder(def.name.id.clone()));
        }
        Stmt::ClassDef(class) => {
            // `class Model(Base, keyword=value)`: keywords of the class statement.
            for keyword in class.arguments.iter().flat_map(|arguments| arguments.keywords.iter()) {
                if let (Some(name), Some(base)) = (&keyword.arg, class.arguments.as_ref().and_then(|a| a.args.first()))
                    && let Some(callee) = context.resolve(base)
                {
                    self::keyword(sink, name, &canonical::public(&callee));
                }
            }
        }
        _ => {}
    }
}

/// Names in an expression.
pub(super) fn expression(context: &Context<'_>, expr: &Expr, sink: &mut Sink) {
    match expr {
        Expr::Name(name) if name.ctx == ExprContext::Load || name.ctx == ExprContext::Del => {
            // The root of a dotted name is told with the whole of it.
            if is_root_of_resolved(context) {
                return;
            }
            match context.resolve(expr) {
                Some(qualified) => symbol(sink, name.range(), &qualified),
                // `__repr__(self)` in a sketch, `__slots__` in a class body.
                None if is_special(name.id.as_str()) => {
                    sink.add(name.range(), FactKind::Dunder(name.id.clone()));
                }
                // `run = subprocess.run`, then `run(...)`
                None => {
                    if let Some(object) = context.object_behind(name) {
                        symbol(sink, name.range(), &object);
                    }
                }
            }
        }
        Expr::Attribute(attribute) => self::attribute(context, attribute, sink),
        Expr::Call(call) => keywords(context, call, sink),
        Expr::StringLiteral(literal) if is_quoted_annotation(context) => quoted(context, literal, sink),
        _ => {}
    }
}

/// Whether a string stands for a type: as an annotation, or as an argument of one (`list["Path"]`).
fn is_quoted_annotation(context: &Context<'_>) -> bool {
    match context.parent() {
        Some(Node::Annotation) => true,
        Some(Node::Expr(Expr::Subscript(subscript))) if context.annotations > 0 => {
            let class = context.resolve(&subscript.value).map(canonical::public_name);
            !class.is_none_or(|class| matches!(class.as_str(), "typing.Literal" | "typing.Annotated"))
        }
        _ => false,
    }
}

/// Names in an annotation in quotes, when it is written in one piece and as it is read.
fn quoted(context: &Context<'_>, literal: &ast::ExprStringLiteral, sink: &mut Sink) {
    let [part] = literal.value.as_slice() else { return };
    let inside = part.content_range();
    if context.source[inside] != *part.value {
        return;
    }
    let Ok(parsed) = ruff_python_parser::parse_expression_range(context.source, inside) else { return };
    let mut open = vec![parsed.expr()];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Some(qualified) = context.resolve_any(expr) {
                    symbol(sink, expr.range(), &qualified);
                }
            }
            Expr::Subscript(subscript) => open.extend([subscript.value.as_ref(), subscript.slice.as_ref()]),
            Expr::BinOp(union) => open.extend([union.left.as_ref(), union.right.as_ref()]),
            Expr::Tuple(tuple) => open.extend(&tuple.elts),
            _ => {}
        }
    }
}

/// Whether the name or attribute at hand is the left part of a longer dotted name that resolves as a whole.
fn is_root_of_resolved(context: &Context<'_>) -> bool {
    matches!(context.parent(), Some(Node::Expr(Expr::Attribute(_))))
        && context.parent().is_some_and(|parent| match parent {
            Node::Expr(Expr::Attribute(attribute)) => tail_of(context, attribute).is_none(),
            _ => false,
        })
}

/// The class and name of a member that hangs on a symbol with a known type (`sys.argv.append`, `Path.home().x`): such an
/// attribute is no part of the dotted name before it.
fn tail_of(context: &Context<'_>, attribute: &ast::ExprAttribute) -> Option<Name> {
    let qualified = context.resolve(&attribute.value)?;
    let ty = stdlib::variable(&canonical::public(&qualified))?;
    let class = ty.split('[').next().unwrap_or(ty);
    Some(Name::new(class))
}

fn attribute(context: &Context<'_>, attribute: &ast::ExprAttribute, sink: &mut Sink) {
    let name = &attribute.attr;
    if is_dunder(name.as_str()) {
        sink.add(name.range(), FactKind::Dunder(name.id.clone()));
    }
    if is_root_of_resolved(context) && context.resolve_attribute(attribute).is_some() {
        return;
    }
    if tail_of(context, attribute).is_none()
        && let Some(qualified) = context.resolve_attribute(attribute)
    {
        symbol(sink, attribute.range(), &qualified);
        return;
    }
    if let Some(qualified) = of_unimported(context, attribute) {
        symbol(sink, attribute.range(), &qualified);
        return;
    }
    let Some(class) = class_with(context, attribute) else { return };
    if stdlib::lacks(&class, name.as_str()) {
        return;
    }
    sink.add(name.range(), FactKind::Member { class, name: name.id.clone() });
}

/// The class, of another module, that an attribute of an instance comes from, or one of a class of this file.
fn class_with(context: &Context<'_>, attribute: &ast::ExprAttribute) -> Option<Name> {
    let name = attribute.attr.as_str();
    let inherited = |info: &ClassInfo| {
        let own = info.methods.contains_key(name) || info.attributes.contains_key(name);
        if own { None } else { context.external_base(info) }
    };
    if let Some(receiver) = context.infer(&attribute.value) {
        return match receiver.local_class() {
            // `P.home()` after `P = Path`
            None => receiver.object().or(Some(receiver.class)),
            Some(local) => inherited(context.local_class(local)?),
        };
    }
    // `User.model_validate(row)`, by the class's name; `User.mro()`.
    let Expr::Name(class) = attribute.value.as_ref() else { return None };
    let Lookup::Module(ModuleBinding { kind: ModuleBindingKind::Class(info), .. }) =
        context.lookup(class.id.as_str(), class.start())
    else {
        return None;
    };
    if name == "mro" && !info.methods.contains_key(name) {
        return Some(Name::new("builtins.type"));
    }
    inherited(info)
}

/// The name in a module of the standard library that is not imported yet: `asyncio.gather` while the line is being typed.
fn of_unimported(context: &Context<'_>, attribute: &ast::ExprAttribute) -> Option<Name> {
    let Expr::Name(root) = attribute.value.as_ref() else { return None };
    let unbound = matches!(context.lookup(root.id.as_str(), root.start()), Lookup::Unbound);
    (unbound && context.table.star_imports(context.limit).is_empty() && stdlib::is_module(root.id.as_str()))
        .then(|| Name::concat(&[root.id.as_str(), ".", attribute.attr.as_str()]))
}

fn keywords(context: &Context<'_>, call: &ast::ExprCall, sink: &mut Sink) {
    if !call.arguments.keywords.iter().any(|keyword| keyword.arg.is_some()) {
        return;
    }
    let Some(callee) = context.callee(call) else { return };
    for argument in &call.arguments.keywords {
        if let Some(name) = &argument.arg {
            keyword(sink, name, &callee);
        }
    }
}

fn keyword(sink: &mut Sink, name: &ast::Identifier, callee: &str) {
    if !callee.starts_with('.') {
        let kind = FactKind::Keyword { callee: Name::new(callee), keyword: name.id.clone() };
        sink.add(name.range(), kind);
    }
}

/// Notes a symbol under its public name; names of the project itself (relative imports) are no symbols.
fn symbol(sink: &mut Sink, range: TextRange, qualified: &str) {
    if !qualified.is_empty() && !qualified.starts_with('.') {
        sink.add(range, FactKind::Symbol(Name::new(canonical::public(qualified))));
    }
}

/// `__name__`, but not `__` or `____`.
pub fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// The range of the first `len` bytes from an offset.
pub(super) fn span(start: TextSize, len: usize) -> TextRange {
    TextRange::at(start, TextSize::new(len as u32))
}

/// Whether the language, or the standard library, gives the name a meaning: `__enter__`, not `__tablename__`.
pub fn is_special(name: &str) -> bool {
    SPECIAL.binary_search(&name).is_ok()
}

/// Sorted.
const SPECIAL: [&str; 146] = [
    "__abs__",
    "__add__",
    "__aenter__",
    "__aexit__",
    "__aiter__",
    "__and__",
    "__anext__",
    "__annotate__",
    "__annotations__",
    "__await__",
    "__bool__",
    "__buffer__",
    "__bytes__",
    "__call__",
    "__ceil__",
    "__class__",
    "__class_getitem__",
    "__closure__",
    "__code__",
    "__complex__",
    "__contains__",
    "__copy__",
    "__deepcopy__",
    "__defaults__",
    "__del__",
    "__delattr__",
    "__delete__",
    "__delitem__",
    "__dict__",
    "__dir__",
    "__divmod__",
    "__doc__",
    "__enter__",
    "__eq__",
    "__exit__",
    "__file__",
    "__float__",
    "__floor__",
    "__floordiv__",
    "__format__",
    "__fspath__",
    "__func__",
    "__ge__",
    "__get__",
    "__getattr__",
    "__getattribute__",
    "__getformat__",
    "__getinitargs__",
    "__getitem__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__getstate__",
    "__globals__",
    "__gt__",
    "__hash__",
    "__iadd__",
    "__iand__",
    "__ifloordiv__",
    "__ilshift__",
    "__imatmul__",
    "__imod__",
    "__import__",
    "__imul__",
    "__index__",
    "__init__",
    "__init_subclass__",
    "__instancecheck__",
    "__int__",
    "__invert__",
    "__ior__",
    "__ipow__",
    "__irshift__",
    "__isub__",
    "__iter__",
    "__itruediv__",
    "__ixor__",
    "__kwdefaults__",
    "__le__",
    "__len__",
    "__length_hint__",
    "__lshift__",
    "__lt__",
    "__match_args__",
    "__matmul__",
    "__missing__",
    "__mod__",
    "__module__",
    "__mro__",
    "__mro_entries__",
    "__mul__",
    "__name__",
    "__ne__",
    "__neg__",
    "__new__",
    "__next__",
    "__objclass__",
    "__or__",
    "__orig_bases__",
    "__pos__",
    "__post_init__",
    "__pow__",
    "__prepare__",
    "__qualname__",
    "__radd__",
    "__rand__",
    "__rdivmod__",
    "__reduce__",
    "__reduce_ex__",
    "__release_buffer__",
    "__replace__",
    "__repr__",
    "__reversed__",
    "__rfloordiv__",
    "__rlshift__",
    "__rmatmul__",
    "__rmod__",
    "__rmul__",
    "__ror__",
    "__round__",
    "__rpow__",
    "__rrshift__",
    "__rshift__",
    "__rsub__",
    "__rtruediv__",
    "__rxor__",
    "__self__",
    "__set__",
    "__set_name__",
    "__setattr__",
    "__setitem__",
    "__setstate__",
    "__sizeof__",
    "__slotnames__",
    "__slots__",
    "__str__",
    "__sub__",
    "__subclasscheck__",
    "__subclasses__",
    "__subclasshook__",
    "__text_signature__",
    "__truediv__",
    "__trunc__",
    "__type_params__",
    "__weakref__",
    "__wrapped__",
    "__xor__",
];

#[cfg(test)]
mod tests {
    use super::{SPECIAL, is_special};

    #[test]
    fn special_names_are_sorted_and_found() {
        assert!(SPECIAL.is_sorted());
        assert!(is_special("__enter__") && is_special("__post_init__") && is_special("__matmul__"));
        assert!(!is_special("__tablename__") && !is_special("__version__"));
    }
}
