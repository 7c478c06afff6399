//! `xmlrpc-keyword-arguments`: names for arguments that the protocol sends by place.

use ruff_python_ast::{self as ast, Expr};

use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "xmlrpc-keyword-arguments", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(keyword) = call.arguments.keywords.first() else { return };
    let Expr::Attribute(callee) = call.func.as_ref() else { return };
    // `server.system.listMethods`: the proxy is somewhere below.
    let mut receiver = &*callee.value;
    for _ in 0..4 {
        if context.infer(receiver).is_some_and(|ty| ty.class == "xmlrpc.client.ServerProxy") {
            report.at(keyword, &[("call", context.text(call.func.as_ref()))]);
            return;
        }
        match receiver {
            Expr::Attribute(inner) => receiver = &inner.value,
            _ => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn only_remote_methods_are_found() {
        let source = "\
import xmlrpc.client
def f(other):
    server = xmlrpc.client.ServerProxy('https://rpc.example', allow_none=True)
    server.add(1, 2)
    server.add(x=1, y=2)
    server.system.methodHelp(name='add')
    other.add(x=1)
    with xmlrpc.client.ServerProxy('https://rpc.example') as proxy:
        proxy.add(1, right=2)
";
        assert_eq!(found("xmlrpc-keyword-arguments", source), ["x=1", "name='add'", "right=2"]);
    }
}
