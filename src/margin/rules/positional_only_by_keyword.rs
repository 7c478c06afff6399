//! `positional-only-by-keyword`: an argument that can only be given by position, given by its name.

use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::support::expects_error;
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::{Binding, BindingKind, Context, FunctionInfo, Lookup, ModuleBindingKind};

pub(super) const DETECTOR: Detector =
    Detector { rule: "positional-only-by-keyword", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    if call.arguments.keywords.is_empty() {
        return;
    }
    let Some(positional) = positional_only(context, call) else { return };
    let given = |name: &str| positional.iter().any(|parameter| parameter == name);
    let wrong: Vec<&ast::Keyword> = call
        .arguments
        .keywords
        .iter()
        .filter(|keyword| keyword.arg.as_ref().is_some_and(|arg| given(arg.as_str())))
        .collect();
    if wrong.is_empty() || expects_error(context) {
        return;
    }
    let fix = by_position(&positional, call);
    for keyword in wrong {
        let Some(arg) = &keyword.arg else { continue };
        let function = context.text(call.func.as_ref());
        report.at(arg, &[("parameter", arg.as_str()), ("function", function)]).fix.clone_from(&fix);
    }
}

/// The positional-only parameters of what is called, where its definition is surely the one in this file.
fn positional_only(context: &Context<'_>, call: &ast::ExprCall) -> Option<Vec<Name>> {
    let of = |info: &FunctionInfo, bound: usize| {
        let plain = info.decorators.is_empty() && !info.var_keyword;
        let count = info.positional_only as usize;
        (plain && count > bound).then(|| info.parameters[bound..count].to_vec())
    };
    match call.func.as_ref() {
        Expr::Name(name) => match context.lookup(name.id.as_str(), name.start()) {
            Lookup::Module(binding) if context.table.bindings_of(&name.id).count() == 1 => match &binding.kind {
                ModuleBindingKind::Function(info) => of(info, 0),
                _ => None,
            },
            Lookup::Local { bindings: [Binding { kind: BindingKind::Function(def), .. }], .. } => {
                let plain = def.decorator_list.is_empty() && def.parameters.kwarg.is_none();
                plain.then(|| def.parameters.posonlyargs.iter().map(|parameter| parameter.name().id.clone()).collect())
            }
            _ => None,
        },
        Expr::Attribute(attribute) => {
            let receiver = context.infer(&attribute.value)?;
            let class = context.local_class(receiver.local_class()?)?;
            of(class.methods.get(attribute.attr.as_str())?, 1)
        }
        _ => None,
    }
}

/// The arguments without their names, where they stand in the order of the parameters.
fn by_position(positional: &[Name], call: &ast::ExprCall) -> Option<Fix> {
    let arguments = &call.arguments;
    if arguments.args.iter().any(Expr::is_starred_expr) {
        return None;
    }
    let mut expected = positional.iter().skip(arguments.args.len());
    let mut edits = Vec::new();
    let mut in_order = true;
    for keyword in &arguments.keywords {
        let name = keyword.arg.as_ref().map_or("", ast::Identifier::as_str);
        if !positional.iter().any(|parameter| parameter == name) {
            in_order = false;
        } else if in_order && expected.next().is_some_and(|parameter| parameter == name) {
            edits.push(Edit::delete(TextRange::new(keyword.start(), keyword.value.start())));
        } else {
            return None;
        }
    }
    Some(Fix { title: "Pass it by position".to_owned(), safe: false, edits, imports: Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    const RULE: &str = "positional-only-by-keyword";

    #[test]
    fn calls_of_functions_of_the_file_are_checked() {
        let source = "
def f(a, b, /, c): pass
class C:
    def g(self, x, /): pass
    def h(self):
        self.g(x=1)
f(1, b=2, c=3)
f(a=1, b=2, c=3)
f(b=2, a=1, c=3)
C().g(x=1)
";
        assert_eq!(found(RULE, source), ["x", "b", "a", "b", "b", "a", "x"]);
        let after = fixed(RULE, source);
        assert!(after.contains("f(1, 2, c=3)\nf(1, 2, c=3)\nf(b=2, a=1, c=3)\nC().g(1)\n"), "{after}");
    }

    #[test]
    fn names_that_go_elsewhere_are_not() {
        let source = "
def f(a, /, **more): pass
def g(a, /, b): pass
@decorated
def h(a, /): pass
if x:
    def i(a, /): pass
else:
    def i(a): pass
f(1, a=2)
g(1, b=2)
h(a=1)
i(a=1)
";
        assert!(found(RULE, source).is_empty());
    }
}
