//! Tests: which functions they are, and what stands in for the real thing in them.

use ruff_python_ast::{self as ast, AnyNodeRef, Expr};

use super::support::{is_name, symbol};
use crate::python::Context;

/// Whether a function is a test by its name and place.
pub(super) fn is_test(context: &Context<'_>, def: &ast::StmtFunctionDef) -> bool {
    let name = def.name.as_str();
    name.starts_with("test_") || context.in_test() && name.starts_with("test")
}

/// Whether a call makes a stand-in: `patch(...)`, `Mock()`, and the same of pytest-mock's `mocker`.
///
/// The context may stand outside the function that the call is in: its names are those of the module.
pub(super) fn makes_stand_in(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    is_patch(context, call) || is_mock(context, call)
}

/// `patch(...)`, `patch.object(...)`, `mocker.patch(...)`.
pub(super) fn is_patch(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let name = of_mock(context, &call.func);
    name.as_deref().is_some_and(|name| matches!(name, "patch" | "patch.object" | "patch.dict" | "patch.multiple"))
}

fn is_mock(context: &Context<'_>, call: &ast::ExprCall) -> bool {
    let name = of_mock(context, &call.func);
    name.as_deref().is_some_and(|name| {
        matches!(
            name,
            "Mock"
                | "MagicMock"
                | "AsyncMock"
                | "NonCallableMock"
                | "PropertyMock"
                | "create_autospec"
                | "stub"
                | "spy"
        )
    })
}

/// The name of a function of `unittest.mock`, `mock` or `mocker`: `patch.object`.
fn of_mock(context: &Context<'_>, function: &Expr) -> Option<String> {
    // pytest hands `mocker` in as an argument.
    if let Expr::Attribute(last) = function {
        match last.value.as_ref() {
            Expr::Name(root) if root.id == "mocker" => return Some(last.attr.to_string()),
            Expr::Attribute(patch) if patch.attr.as_str() == "patch" && is_name(&patch.value, "mocker") => {
                return Some(format!("patch.{}", last.attr));
            }
            _ => {}
        }
    }
    let symbol = symbol(context, function)?;
    symbol.strip_prefix("unittest.mock.").or_else(|| symbol.strip_prefix("mock.")).map(str::to_owned)
}

/// Whether a node asks a mock how it was called, and fails when it was called otherwise: `mock.assert_called_once()`.
pub(super) fn asserts_calls(node: AnyNodeRef<'_>) -> bool {
    match node {
        AnyNodeRef::ExprCall(call) => match call.func.as_ref() {
            Expr::Attribute(method) => matches!(
                method.attr.as_str(),
                "assert_called"
                    | "assert_called_once"
                    | "assert_called_with"
                    | "assert_called_once_with"
                    | "assert_any_call"
                    | "assert_has_calls"
                    | "assert_not_called"
                    | "assert_awaited"
                    | "assert_awaited_once"
                    | "assert_awaited_with"
                    | "assert_awaited_once_with"
                    | "assert_any_await"
                    | "assert_has_awaits"
                    | "assert_not_awaited"
            ),
            _ => false,
        },
        _ => false,
    }
}

/// The call of `pytest.fixture` that makes a function a fixture, when it has arguments.
pub(super) fn fixture<'a>(context: &Context<'_>, def: &'a ast::StmtFunctionDef) -> Option<&'a ast::ExprCall> {
    def.decorator_list.iter().find_map(|decorator| match &decorator.expression {
        Expr::Call(call) => symbol(context, &call.func)
            .is_some_and(|symbol| matches!(symbol.as_str(), "pytest.fixture" | "pytest_asyncio.fixture"))
            .then_some(call),
        _ => None,
    })
}
