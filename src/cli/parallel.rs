//! Work on many things at once, with results in order and few of them in memory.

use std::num::NonZero;
use std::sync::mpsc::sync_channel;
use std::thread::{available_parallelism, scope};

use super::failure::Failure;
use super::stack::spawn;

/// How many results a thread may be ahead of the one that takes them.
const AHEAD: usize = 64;

/// Does `work` on each item, on as many threads as there are cores, and gives the results to `take` in the items' order.
///
/// Each thread has every n-th item and a short queue of its own. So a slow item holds the others up only when they are
/// far ahead.
pub(super) fn in_order<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let threads = available_parallelism().map_or(1, NonZero::get).min(items.len());
    scope(|scope| {
        let mut queues = Vec::with_capacity(threads);
        for first in 0..threads {
            let (results, queue) = sync_channel(AHEAD);
            let work = &work;
            spawn(scope, move || {
                for item in items.iter().skip(first).step_by(threads) {
                    // Nobody takes any more: the output is closed.
                    if results.send(work(item)).is_err() {
                        return;
                    }
                }
            })?;
            queues.push(queue);
        }
        for at in 0..items.len() {
            let Ok(result) = queues[at % threads].recv() else { break };
            take(result)?;
        }
        Ok(())
    })
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
