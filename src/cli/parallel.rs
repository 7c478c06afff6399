//! Work on many things at once, with results in order and few of them in memory.

use std::collections::HashMap;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{available_parallelism, scope};

use super::failure::Failure;
use super::stack::spawn;

/// Items are handed out in bundles of at most so many: to hand something over wakes a thread, which costs what a small file
/// costs.
const BUNDLE: usize = 8;

/// How many bundles for each thread may be under way or wait to be taken.
const AHEAD: usize = 8;

/// Does `work` on each item, on as many threads as there are cores, and gives the results to `take` in the items' order.
///
/// Whoever is free takes the next bundle, so that a slow item holds up nobody; but no further ones are handed out while too
/// many results wait behind it.
pub(super) fn in_order<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let threads = available_parallelism().map_or(1, NonZero::get).min(items.len());
    if threads == 0 {
        return Ok(());
    }
    // Few items are spread evenly.
    let bundles: Vec<&[T]> = items.chunks((items.len() / (threads * AHEAD)).clamp(1, BUNDLE)).collect();
    let (handed_out, to_do) = channel();
    let to_do = Mutex::new(to_do);
    scope(|scope| {
        // Gone when this ends, however it ends: then nobody waits for more.
        let handed_out = handed_out;
        let (done, results) = channel();
        for _ in 0..threads {
            let (to_do, bundles, work, done) = (&to_do, &bundles, &work, done.clone());
            spawn(scope, move || {
                while let Some(at) = next(to_do) {
                    let bundle: &[T] = bundles[at];
                    let result = catch_unwind(AssertUnwindSafe(|| bundle.iter().map(work).collect::<Vec<R>>()));
                    // Nobody takes any more: the output is closed.
                    if done.send((at, result)).is_err() {
                        return;
                    }
                }
            })?;
        }
        drop(done);
        let mut upcoming = 0..bundles.len();
        for at in upcoming.by_ref().take(threads * AHEAD) {
            let _all_ended = handed_out.send(at);
        }
        let mut waiting = HashMap::new();
        for at in 0..bundles.len() {
            let bundle = loop {
                if let Some(bundle) = waiting.remove(&at) {
                    break bundle;
                }
                let Ok((other, result)) = results.recv() else { return Ok(()) };
                waiting.insert(other, result.unwrap_or_else(|panic| resume_unwind(panic)));
            };
            if let Some(next) = upcoming.next() {
                let _all_ended = handed_out.send(next);
            }
            bundle.into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    })
}

/// The next bundle; `None` when there are no more.
fn next(to_do: &Mutex<Receiver<usize>>) -> Option<usize> {
    to_do.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let items: Vec<u64> = (0..500).collect();
        let slow_at_first = |item: &u64| {
            let rounds = if item.is_multiple_of(100) { 200_000 } else { 10 };
            (0..rounds).fold(*item, |sum, round| std::hint::black_box(sum ^ round) ^ round)
        };
        let mut taken = Vec::new();
        in_order(&items, slow_at_first, |result| {
            taken.push(result);
            Ok(())
        })
        .unwrap();
        assert_eq!(taken, items);
    }

    #[test]
    fn a_failure_to_take_ends_the_work() {
        let items: Vec<usize> = (0..100_000).collect();
        let mut taken = 0;
        let result = in_order(
            &items,
            |item| *item,
            |_| {
                taken += 1;
                if taken == 10 { Err(Failure::new("full")) } else { Ok(()) }
            },
        );
        assert!(result.is_err());
        assert_eq!(taken, 10);
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        in_order(&[], |item: &u8| *item, |_| Err(Failure::new("called"))).unwrap();
    }
}
