//! `isinstance-runtime-protocol`: a check at run time that a protocol cannot give, or gives by names alone.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::expects_error;
use super::{Detector, Hook, Report};
use crate::python::{ClassInfo, Context, Lookup, ModuleBindingKind};

pub(super) const DETECTOR: Detector =
    Detector { rule: "isinstance-runtime-protocol", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let [_, classes] = call.arguments.args.as_ref() else { return };
    if !context.is_builtin(&call.func, "isinstance") && !context.is_builtin(&call.func, "issubclass") {
        return;
    }
    let classes = match classes {
        Expr::Tuple(tuple) => tuple.elts.as_slice(),
        single => std::slice::from_ref(single),
    };
    for class in classes {
        let Some(info) = protocol(context, class) else { continue };
        let checkable = info
            .decorators
            .iter()
            .any(|decorator| matches!(decorator.as_str(), "typing.runtime_checkable" | "typing.runtime"));
        let problem = if checkable {
            "only looks whether the names exist, so unrelated classes pass"
        } else {
            "raises `TypeError`: the protocol is not `@runtime_checkable`"
        };
        if checkable || !expects_error(context) {
            report.at(class, &[("problem", problem), ("protocol", info.name.as_str())]);
        }
    }
}

/// The class of this file that a name means, if it is a protocol itself.
fn protocol<'c>(context: &'c Context<'_>, class: &Expr) -> Option<&'c ClassInfo> {
    let Expr::Name(name) = class else { return None };
    let Lookup::Module(binding) = context.lookup(name.id.as_str(), name.start()) else { return None };
    let ModuleBindingKind::Class(info) = &binding.kind else { return None };
    info.bases.iter().any(|base| *base == "typing.Protocol").then_some(info.as_ref())
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_protocols_are_found() {
        let source = "
from typing import Protocol, runtime_checkable
class P(Protocol):
    def close(self): ...
@runtime_checkable
class Q(Protocol[int]):
    def close(self): ...
class C(P): ...
isinstance(x, P)
isinstance(x, (int, Q))
isinstance(x, C)
issubclass(x, int)
with raises(TypeError):
    isinstance(x, P)
";
        assert_eq!(found("isinstance-runtime-protocol", source), ["P", "Q"]);
    }
}
