//! `futures-in-submission-order`: results that wait for slower ones before them.

use ruff_python_ast::{AnyNodeRef, Expr, NodeKind, Stmt};
use ruff_text_size::Ranged;

use super::local_uses::list_elements;
use super::support::{any_in_own, is_call_of, is_name};
use super::{Detector, Hook, Report};
use crate::margin::fix::spelling;
use crate::margin::{Edit, Fix};
use crate::python::Context;

pub(super) const DETECTOR: Detector =
    Detector { rule: "futures-in-submission-order", hooks: &[Hook::Stmt(&[NodeKind::StmtFor], check)] };

/// Looks at `for future in futures:` with `future.result()` in the body.
fn check<'a>(context: &Context<'a>, stmt: &'a Stmt, report: &mut Report<'_>) {
    let Stmt::For(each) = stmt else { return };
    let (Expr::Name(future), Expr::Name(futures)) = (each.target.as_ref(), each.iter.as_ref()) else { return };
    let asks = any_in_own(&each.body, |node| match node {
        AnyNodeRef::ExprAttribute(attribute) => {
            attribute.attr.as_str() == "result" && is_name(&attribute.value, &future.id)
        }
        _ => false,
    });
    if !asks || each.is_async || !is_submitted(context, &each.iter) {
        return;
    }
    let fix = spelling(context, "concurrent.futures.as_completed", each.iter.start()).map(|(name, import)| Fix {
        title: format!("Take them as they are done: `{name}`"),
        safe: false,
        edits: vec![Edit::replace(each.iter.range(), format!("{name}({})", futures.id))],
        imports: import.into_iter().collect(),
    });
    report.at(each.iter.range(), &[("futures", &futures.id)]).fix = fix;
}

/// Whether a list holds what an executor's `submit` gave.
fn is_submitted<'a>(context: &Context<'a>, futures: &'a Expr) -> bool {
    list_elements(context, futures).is_some_and(|elements| {
        elements.iter().all(|element| is_call_of(context, element, &["concurrent.futures.Executor.submit"]))
    })
}

#[cfg(test)]
mod tests {
    use crate::margin::rules::tests::{fixed, found};

    #[test]
    fn other_lists_and_collected_results_are_fine() {
        let quiet = "\
from concurrent.futures import ThreadPoolExecutor, as_completed
def run(jobs, given):
    with ThreadPoolExecutor() as pool:
        futures = [pool.submit(job) for job in jobs]
        for future in as_completed(futures):
            print(future.result())
        results = [future.result() for future in futures]
        for future in given:
            future.result()
        for future in futures:
            future.cancel()
        mixed = [pool.submit(job) for job in jobs]
        mixed = given
        for future in mixed:
            future.result()
";
        assert!(found("futures-in-submission-order", quiet).is_empty());
    }

    #[test]
    fn appended_futures_are_known() {
        let source = "\
from concurrent.futures import ThreadPoolExecutor
def run(jobs):
    futures = []
    with ThreadPoolExecutor() as pool:
        for job in jobs:
            futures.append(pool.submit(job))
        for future in futures:
            print(future.result())
";
        assert_eq!(found("futures-in-submission-order", source), ["futures"]);
        let after = fixed("futures-in-submission-order", source);
        assert!(after.contains("for future in as_completed(futures):"), "{after}");
    }
}
