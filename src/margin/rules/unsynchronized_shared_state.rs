//! `unsynchronized-shared-state`: threads that overwrite each other's changes.

use ruff_python_ast as ast;
use ruff_python_ast::name::Name;
use ruff_text_size::Ranged;

use super::threads::{Target, started, target};
use super::{Detector, Hook, Report};
use crate::python::{Context, effects};

pub(super) const DETECTOR: Detector = Detector { rule: "unsynchronized-shared-state", hooks: &[Hook::Call(check)] };

fn check<'a>(context: &Context<'a>, call: &'a ast::ExprCall, report: &mut Report<'_>) {
    let Some(started) = started(context, call).filter(|started| started.by_many) else { return };
    let Some(target) = target(context, started.function) else { return };
    let changed = match target {
        Target::Here(def) => effects::unguarded(def).first().map(|target| context.text(*target)),
        Target::Module(info) => info.unguarded.first().map(Name::as_str),
    };
    if let Some(changed) = changed {
        report.at(started.function.range(), &[("function", context.text(started.function)), ("changed", changed)]);
    }
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::found;

    #[test]
    fn guarded_and_lonely_changes_are_fine() {
        let quiet = "\
import threading
from concurrent.futures import ThreadPoolExecutor
total = 0
lock = threading.Lock()
def guarded():
    global total
    with lock:
        total += 1
def by_hand():
    global total
    lock.acquire()
    total += 1
    lock.release()
def own():
    total = 0
    total += 1
def bare():
    global total
    total += 1
threading.Thread(target=bare).start()
for _ in range(3):
    threading.Thread(target=guarded).start()
    threading.Thread(target=by_hand).start()
    threading.Thread(target=own).start()
    threading.Thread(target=other.bare).start()
with ThreadPoolExecutor(max_workers=1) as pool:
    pool.map(bare, items)
";
        assert!(found("unsynchronized-shared-state", quiet).is_empty());
    }

    #[test]
    fn changes_by_several_threads_are_found() {
        let source = "\
import threading
from concurrent.futures import ThreadPoolExecutor
class Crawler:
    def work(self):
        self.count += 1
    def start(self):
        return [threading.Thread(target=self.work) for _ in range(4)]
def main(urls):
    done = 0
    def fetch(url):
        nonlocal done
        done += 1
    with ThreadPoolExecutor() as pool:
        for url in urls:
            pool.submit(fetch, url)
def count():
    global total
    if True:
        total = total + 1
with ThreadPoolExecutor() as pool:
    pool.map(count, [])
";
        assert_eq!(found("unsynchronized-shared-state", source), ["self.work", "fetch", "count"]);
    }
}
