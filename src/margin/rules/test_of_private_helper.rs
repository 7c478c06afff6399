//! `test-of-private-helper`: a test that knows how the code is built inside.

use ruff_python_ast::{Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::{Detector, Hook, Report};
use crate::python::{Context, stdlib};

pub(super) const DETECTOR: Detector = Detector {
    rule: "test-of-private-helper",
    hooks: &[
        Hook::Stmt(&[NodeKind::StmtImportFrom], check_import),
        Hook::Expr(&[NodeKind::ExprAttribute], check_attribute),
    ],
};

fn check_import<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::ImportFrom(import) = stmt else { return };
    let root = import.module.as_ref().map_or("", |module| module.as_str());
    if !context.environment.test_file || import.level == 0 && stdlib::is_module(first(root)) {
        return;
    }
    for alias in &import.names {
        if is_private(alias.name.as_str()) {
            report.at(alias.name.range(), &[("name", alias.name.as_str())]);
        }
    }
}

/// `cart._round_price` of an imported module or class.
fn check_attribute<'a>(context: &Context<'a>, expr: &'a Expr, report: &mut Report<'_>) {
    let Expr::Attribute(attribute) = expr else { return };
    if !context.environment.test_file || !is_private(attribute.attr.as_str()) {
        return;
    }
    let Some(owner) = context.resolve(&attribute.value) else { return };
    if first(&owner) != "builtins" && !stdlib::is_module(first(&owner)) {
        report.at(attribute.attr.range(), &[("name", attribute.attr.as_str())]);
    }
}

fn first(module: &str) -> &str {
    module.split('.').next().unwrap_or_default()
}

/// One underscore in front, and something behind it.
fn is_private(name: &str) -> bool {
    name.strip_prefix('_').is_some_and(|rest| !rest.is_empty() && !rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use crate::margin::Options;
    use crate::margin::rules::tests::{found, found_with};

    const RULE: &str = "test-of-private-helper";

    fn in_test(source: &str) -> Vec<String> {
        found_with(RULE, source, &Options { file_name: "test_shop.py".to_owned(), ..Options::default() })
    }

    #[test]
    fn public_names_and_the_standard_library_are_fine() {
        let quiet = "\
import os, sys, shop
from gettext import gettext as _
from shop import cart, __version__
from _thread import allocate_lock
sys._getframe()
os._exit(1)
shop.cart.total()
self._cart = 1
shop.__path__
";
        assert!(in_test(quiet).is_empty());
        assert!(found(RULE, "from shop.cart import _round\n").is_empty());
    }

    #[test]
    fn private_names_are_found_however_they_are_reached() {
        let source = "\
import shop.cart
from shop import orders
from .helpers import _clean
shop.cart._round(1)
orders.Order._price(1)
";
        assert_eq!(in_test(source), ["_clean", "_round", "_price"]);
    }
}
