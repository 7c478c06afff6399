//! Assignments: what they are on the `=`, what they bind on the name where the name is special.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::{calls, secrets};
use crate::python::Construct;
use crate::python::context::{Context, Lookup};
use crate::python::fact::FactKind;
use crate::python::names::is_dunder;
use crate::python::scope::{BindingKind, FEW, any_is};
use crate::python::table::ModuleBindingKind;
use crate::python::walk::Sink;

pub(super) fn note(context: &Context<'_>, stmt: &Stmt, sink: &mut Sink) {
    match stmt {
        Stmt::Assign(assign) => {
            for (at, target) in assign.targets.iter().enumerate() {
                let next = assign.targets.get(at + 1).map_or(assign.value.start(), Ranged::start);
                let equal = context.token_in(TextRange::new(target.end(), next), TokenKind::Equal);
                single(context, target, &assign.value, equal, sink);
                unpacking(context, target, sink);
            }
        }
        Stmt::AnnAssign(assign) => {
            let Some(value) = &assign.value else { return };
            let between = TextRange::new(assign.annotation.end(), value.start());
            let equal = context.token_in(between, TokenKind::Equal);
            single(context, &assign.target, value, equal, sink);
        }
        Stmt::AugAssign(assign) => {
            if is_global(context, &assign.target) {
                sink.construct_at(operator(context, assign), Construct::AugassignGlobal);
            }
            if let Expr::Name(name) = assign.target.as_ref() {
                special_name(context, name, sink);
            }
        }
        Stmt::For(stmt) => unpacking(context, &stmt.target, sink),
        _ => {}
    }
}

/// One target that is given one value.
fn single(context: &Context<'_>, target: &Expr, value: &Expr, equal: Option<TextRange>, sink: &mut Sink) {
    if let Some(name) = secrets::name_of(target) {
        secrets::bound(name, value, sink);
    }
    match target {
        Expr::Name(name) => {
            special_name(context, name, sink);
            if context.in_class_body() {
                if is_shared(context, name) {
                    sink.construct(name.range, Construct::AttrClassLevel);
                    sink.construct_at(equal, Construct::AttrClassLevel);
                }
            } else if is_second_name(context, value) {
                sink.construct_at(equal, Construct::AssignAlias);
            }
        }
        Expr::Attribute(attribute) if is_receiver(context, &attribute.value) => {
            let init = in_init(context);
            if init {
                sink.construct(attribute.attr.range, Construct::AttrInstanceAssign);
            }
            sink.construct_at(equal, Construct::AttrInstanceAssign);
            if init
                && let Expr::Call(call) = value
                && calls::is_project_class(context, &call.func)
            {
                sink.construct(attribute.attr.range, Construct::AttrComposed);
                sink.construct_at(equal, Construct::AttrComposed);
                if calls::makes_collaborator(context, call) {
                    sink.construct(call.func.range(), Construct::InitConstructsDependency);
                }
            }
        }
        _ => {}
    }
}

/// Names that mean something to Python or its tools, at module level and in class bodies.
fn special_name(context: &Context<'_>, name: &ast::ExprName, sink: &mut Sink) {
    let id = name.id.as_str();
    if context.at_module_level() {
        match id {
            "__all__" => sink.construct(name.range, Construct::ModuleAttrAll),
            "__version__" => sink.construct(name.range, Construct::ModuleAttrVersion),
            _ => {}
        }
    } else if context.in_class_body() {
        match id {
            "__slots__" => sink.construct(name.range, Construct::ClassAttrSlots),
            "__match_args__" => sink.construct(name.range, Construct::ClassAttrMatchArgs),
            // `__hash__ = None`, `__radd__ = __add__`
            _ if is_dunder(id) => sink.add(name.range, FactKind::Dunder(name.id.clone())),
            _ => {}
        }
    }
}

/// Whether a name in a class body is an attribute that all instances share: fields of data classes and models are not.
fn is_shared(context: &Context<'_>, name: &ast::ExprName) -> bool {
    let Some(scope) = context.scopes().last() else { return false };
    let is_enum = scope.class_info.as_ref().is_some_and(|info| info.bases.iter().any(|base| base.starts_with("enum.")));
    if is_dunder(name.id.as_str()) || is_enum {
        return false;
    }
    let annotation = scope.get(name.id.as_str()).iter().take(FEW).find_map(|binding| match binding.kind {
        BindingKind::Annotated(annotation, _) => Some(annotation),
        _ => None,
    });
    let Some(annotation) = annotation else { return true };
    let class_var = match annotation {
        Expr::Subscript(subscript) => subscript.value.as_ref(),
        other => other,
    };
    if context.resolve(class_var).is_some_and(|symbol| symbol.ends_with("typing.ClassVar")) {
        return true;
    }
    scope.class_info.as_ref().is_some_and(|info| info.decorators.is_empty() && info.bases.is_empty())
}

/// Whether a value is a variable, so that assigning it gives one object a second name.
fn is_second_name(context: &Context<'_>, value: &Expr) -> bool {
    let Expr::Name(name) = value else { return false };
    match context.lookup(name.id.as_str(), name.start()) {
        Lookup::Local { bindings, .. } => {
            !any_is(bindings, |kind| matches!(kind, BindingKind::Function(_) | BindingKind::Class(_)))
        }
        Lookup::Module(binding) => matches!(binding.kind, ModuleBindingKind::Value(_)),
        Lookup::Symbol(_) | Lookup::Unbound => false,
    }
}

/// Whether an expression is the first parameter of the method around the place.
fn is_receiver(context: &Context<'_>, expr: &Expr) -> bool {
    let Expr::Name(name) = expr else { return false };
    let [.., class, method] = context.scopes() else { return false };
    match (class.kind, method.kind) {
        (crate::python::ScopeKind::Class(_), crate::python::ScopeKind::Function(def)) => {
            let first = def.parameters.posonlyargs.first().or(def.parameters.args.first());
            // In a class method the receiver is the class.
            name.id != "cls" && first.is_some_and(|first| first.name().as_str() == name.id.as_str())
        }
        _ => false,
    }
}

fn in_init(context: &Context<'_>) -> bool {
    context.enclosing_function().is_some_and(|def| def.name.as_str() == "__init__")
}

/// Whether an augmented assignment changes a variable of the module from inside a function, or one of another module.
fn is_global(context: &Context<'_>, target: &Expr) -> bool {
    if context.enclosing_function().is_none() {
        return false;
    }
    match target {
        Expr::Name(name) => context
            .scopes()
            .iter()
            .rev()
            .find(|scope| scope.is_frame())
            .is_some_and(|scope| scope.globals.contains(name.id.as_str())),
        Expr::Attribute(attribute) => {
            context.resolve(&attribute.value).is_some_and(|symbol| !symbol.starts_with("builtins."))
        }
        _ => false,
    }
}

fn operator(context: &Context<'_>, assign: &ast::StmtAugAssign) -> Option<TextRange> {
    let between = TextRange::new(assign.target.end(), assign.value.start());
    let tokens = context.tokens_in(between).iter();
    tokens.map(|token| (token.kind(), token.range())).find(|(kind, _)| is_augmented(*kind)).map(|(_, range)| range)
}

fn is_augmented(kind: TokenKind) -> bool {
    !kind.is_trivia() && !matches!(kind, TokenKind::Lpar | TokenKind::Rpar)
}

/// The first comma of a target that takes a value apart.
fn unpacking(context: &Context<'_>, target: &Expr, sink: &mut Sink) {
    let (Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })) = target else { return };
    let Some(first) = elts.first() else { return };
    let after = TextRange::new(first.end(), elts.get(1).map_or(target.end(), Ranged::start));
    sink.construct_at(context.token_in(after, TokenKind::Comma), Construct::UnpackAssign);
}
