//! `crawl-delay-none`: a pause that the site may not ask for.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::Ranged;

use super::support::{function_text, is_call_of, is_symbol, occurrences, value_of};
use super::{Detector, Hook, Report};
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector = Detector { rule: "crawl-delay-none", hooks: &[Hook::Call(check)] };

const CRAWL_DELAY: [&str; 1] = ["urllib.robotparser.RobotFileParser.crawl_delay"];

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(delay) = call.arguments.args.first() else { return };
    if !is_symbol(context, &call.func, &["time.sleep", "asyncio.sleep"]) {
        return;
    }
    let made = value_of(context, delay);
    if !is_call_of(context, made, &CRAWL_DELAY) {
        return;
    }
    // A name that is looked at elsewhere may have been tested.
    if let Expr::Name(name) = delay
        && function_text(context).is_none_or(|text| occurrences(text, &name.id) != 2)
    {
        return;
    }
    report.at(delay.range(), &[("sleep", context.text(call.func.as_ref()))]).fix = Some(Fix {
        title: "Do not wait where no delay is asked for".to_owned(),
        safe: false,
        edits: vec![Edit::insert(delay.end(), " or 0")],
        imports: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn a_delay_that_is_tested_is_fine() {
        let quiet = "\
import time
from urllib.robotparser import RobotFileParser
def wait(robots: RobotFileParser):
    time.sleep(robots.crawl_delay('*') or 1)
    delay = robots.crawl_delay('*')
    if delay is not None:
        time.sleep(delay)
    time.sleep(other.crawl_delay('*'))
";
        assert!(found("crawl-delay-none", quiet).is_empty());
    }

    #[test]
    fn a_delay_by_name_is_found_too() {
        let source = "\
import time
from urllib.robotparser import RobotFileParser
def wait():
    robots = RobotFileParser()
    delay = robots.crawl_delay('*')
    time.sleep(delay)
    time.sleep(robots.crawl_delay('*'))
";
        assert_eq!(found("crawl-delay-none", source), ["delay", "robots.crawl_delay('*')"]);
        let expected = source.replace("sleep(delay)", "sleep(delay or 0)").replace("'*'))", "'*') or 0)");
        assert_eq!(fixed("crawl-delay-none", source), expected);
    }
}
