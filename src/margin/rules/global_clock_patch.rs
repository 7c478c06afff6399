//! `global-clock-patch`: a clock that stops for everybody.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{is_name, string, symbol};
use super::testing::is_patch;
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "global-clock-patch", hooks: &[Hook::Call(check)] };

const CLOCKS: [&str; 11] = [
    "time.time",
    "time.time_ns",
    "time.sleep",
    "time.monotonic",
    "time.monotonic_ns",
    "time.perf_counter",
    "time.localtime",
    "time.gmtime",
    "asyncio.sleep",
    "datetime.datetime",
    "datetime.date",
];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(target) = call.arguments.args.first() else { return };
    let replaces = is_patch(context, call)
        || matches!(call.func.as_ref(), Expr::Attribute(method)
            if method.attr.as_str() == "setattr" && is_name(&method.value, "monkeypatch"));
    if !replaces {
        return;
    }
    let clock = match (string(target), call.arguments.args.get(1).and_then(string)) {
        (Some(clock), _) => clock.to_owned(),
        // `patch.object(time, "sleep")`
        (None, Some(name)) => match symbol(context, target) {
            Some(module) => format!("{module}.{name}"),
            None => return,
        },
        (None, None) => return,
    };
    if CLOCKS.iter().any(|known| clock == *known || clock.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))) {
        report.at(target.range(), &[("clock", &clock)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn the_clock_of_one_module_is_fine() {
        let quiet = "\
import time
from unittest.mock import patch
import shop
def test_all(monkeypatch, mocker):
    patch('shop.clock.time')
    patch('shop.orders.sleep')
    monkeypatch.setattr(shop, 'time', fake)
    monkeypatch.setenv('time.time', 'x')
    patch.object(shop.time, 'sleep')
    other('time.time')
";
        assert!(found("global-clock-patch", quiet).is_empty());
    }

    #[test]
    fn the_clock_of_all_is_found() {
        let source = "\
import time
from unittest import mock
@mock.patch('time.time', return_value=3)
def test_all(now, monkeypatch, mocker):
    monkeypatch.setattr(time, 'sleep', lambda s: None)
    monkeypatch.setattr('asyncio.sleep', None)
    mocker.patch('datetime.datetime.now')
    with mock.patch.object(time, 'monotonic'):
        pass
";
        let expected = ["'time.time'", "time", "'asyncio.sleep'", "'datetime.datetime.now'", "time"];
        assert_eq!(found("global-clock-patch", source), expected);
    }
}
