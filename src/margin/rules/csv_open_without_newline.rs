//! `csv-open-without-newline`: a CSV file whose line ends Python changes on the way.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::file_mode::opened;
use super::support::{argument, symbol, with_argument};
use super::{Detector, Hook, Report};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "csv-open-without-newline", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(symbol) = symbol(context, &call.func) else { return };
    if !["csv.reader", "csv.writer", "csv.DictReader", "csv.DictWriter"].contains(&symbol.as_str()) {
        return;
    }
    let Some(file) = call.arguments.args.first().and_then(|file| opened(context, file)) else { return };
    if !file.is_binary && argument(file.call, "newline", Some(file.newline)).is_absent() {
        let fix = with_argument(context, file.call, "newline=\"\"", false);
        let finding = report.at(file.call.func.range(), &[("function", context.text(file.call.func.as_ref()))]);
        finding.fix = fix;
        finding.related.push((call.func.range(), format!("`{symbol}` takes line ends as they are")));
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_sources_are_fine() {
        let quiet = "\
import csv, io
def f(lines, path):
    csv.reader(lines)
    csv.writer(io.StringIO())
    with open(path, newline='') as file:
        csv.reader(file)
    with open(path, **options) as file:
        csv.reader(file)
    with open(path) as other:
        csv.reader(line for line in other)
    file = open(path)
    file = io.StringIO()
    csv.reader(file)
";
        assert!(found("csv-open-without-newline", quiet).is_empty());
    }

    #[test]
    fn the_call_that_opens_gets_the_argument() {
        let source = "\
import csv, pathlib
from csv import DictWriter
with open(path, 'w', encoding='utf-8') as file:
    DictWriter(file, ['a']).writeheader()
def f(path: pathlib.Path):
    with path.open() as file:
        return list(csv.reader(file))
rows = list(csv.reader(open(path)))
";
        assert_eq!(found("csv-open-without-newline", source), ["open", "path.open", "open"]);
        let expected = "\
import csv, pathlib
from csv import DictWriter
with open(path, 'w', encoding='utf-8', newline=\"\") as file:
    DictWriter(file, ['a']).writeheader()
def f(path: pathlib.Path):
    with path.open(newline=\"\") as file:
        return list(csv.reader(file))
rows = list(csv.reader(open(path, newline=\"\")))
";
        assert_eq!(fixed("csv-open-without-newline", source), expected);
    }
}
