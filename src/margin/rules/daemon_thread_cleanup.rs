//! `daemon-thread-cleanup`: clean-up that the end of the program leaves out.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use super::support::{argument, is_true};
use super::threads::{Target, started, target};
use super::{Detector, Hook, Report};
use crate::python::{Context, effects};

pub(super) const DETECTOR: Detector = Detector { rule: "daemon-thread-cleanup", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(daemon) = argument(call, "daemon", None).given().filter(|value| is_true(value)) else { return };
    let Some(started) = started(context, call) else { return };
    let cleans_up = match target(context, started.function) {
        Some(Target::Here(def)) => effects::cleans_up(def),
        Some(Target::Module(info)) => info.cleans_up,
        None => false,
    };
    if cleans_up {
        report.at(daemon.range(), &[("function", context.text(started.function))]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn threads_with_nothing_to_close_are_fine() {
        let quiet = "\
import threading
from contextlib import suppress
def watch():
    with lock, suppress(OSError):
        look()
def save(path):
    with open(path) as file:
        file.write('x')
threading.Thread(target=watch, daemon=True).start()
threading.Thread(target=save).start()
threading.Thread(target=save, daemon=False).start()
threading.Thread(target=other.save, daemon=True).start()
";
        assert!(found("daemon-thread-cleanup", quiet).is_empty());
    }

    #[test]
    fn threads_that_clean_up_are_found() {
        let source = "\
from threading import Thread
def save(path):
    with open(path) as file:
        file.write('x')
Thread(target=save, daemon=True).start()
class Worker:
    def run(self):
        try:
            work()
        finally:
            self.close()
    def start(self):
        self.thread = Thread(None, self.run, daemon=True)
";
        assert_eq!(found("daemon-thread-cleanup", source), ["True", "True"]);
    }
}
