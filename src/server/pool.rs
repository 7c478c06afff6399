//! The threads that analyse: few, with large stacks, never the ones that read and write messages.
//!
//! Requests are served first, in order. Work that nobody waits for is keyed (by document): a newer piece replaces the
//! one that has not begun.
//!
//! When the last document is closed the threads end, until there is work again: each keeps freed memory at hand for the next job, which an idle server
//! should not hold on to.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::guard::panic_message;

/// Walking and dropping a deep tree recurses; address space costs nothing until it is used.
const STACK_SIZE: usize = 256 * 1024 * 1024;

/// How the names of the threads begin.
pub(super) const THREADS: &str = "analysis-";

type Job = Box<dyn FnOnce() + Send>;

/// A handle on the threads, which end when it is dropped.
#[derive(Debug)]
pub(super) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
    /// How many threads there are while there is work.
    threads: usize,
}

#[derive(Default)]
struct Queue {
    requests: VecDeque<Job>,
    background: VecDeque<(String, Job)>,
    /// Threads that have been started and have not decided to end.
    running: usize,
    /// The threads end when nothing is left to do.
    resting: bool,
    closed: bool,
}

impl Pool {
    /// Starts the threads.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { queue: Mutex::default(), work: Condvar::new(), threads });
        let pool = Self { shared };
        pool.start()?;
        Ok(pool)
    }

    /// Starts the threads that are missing.
    fn start(&self) -> std::io::Result<()> {
        while let Some(number) = self.shared.lock().one_more(self.shared.threads) {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name(format!("{THREADS}{number}")).stack_size(STACK_SIZE);
            if let Err(error) = thread.spawn(move || shared.work()) {
                self.shared.lock().running -= 1;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Runs `job` for somebody who waits. The answer is an error when the job panicked; a job whose receiver is gone by
    /// the time a thread is free does not run.
    pub fn request<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (answer, receiver) = oneshot::channel();
        let job = move || {
            if !answer.is_closed() {
                let _cancelled = answer.send(job());
            }
        };
        self.put(|queue| queue.requests.push_back(Box::new(job)));
        receiver
    }

    /// Runs `job` when no request waits. Replaces the job with the same key that has not begun.
    pub fn background(&self, key: &str, job: impl FnOnce() + Send + 'static) {
        self.put(|queue| match queue.background.iter_mut().find(|(waiting, _)| waiting == key) {
            Some((_, waiting)) => *waiting = Box::new(job),
            None => queue.background.push_back((key.to_owned(), Box::new(job))),
        });
    }

    /// Has the threads end when all is done that was asked for. The next job starts new ones.
    pub fn rest(&self) {
        self.shared.lock().resting = true;
        self.shared.work.notify_all();
    }

    /// Puts a job down, and has a thread look for it.
    fn put(&self, put: impl FnOnce(&mut Queue)) {
        let missing = {
            let mut queue = self.shared.lock();
            put(&mut queue);
            queue.resting = false;
            queue.running < self.shared.threads
        };
        if missing && let Err(error) = self.start() {
            tracing::error!("cannot start a thread: {error}");
            let mut queue = self.shared.lock();
            if queue.running == 0 {
                // Nobody will do it. Who waits is told, and the next job tries again.
                queue.requests.clear();
                queue.background.clear();
            }
        }
        self.shared.work.notify_one();
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        queue.requests.clear();
        queue.background.clear();
        drop(queue);
        self.shared.work.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Jobs run outside the lock, so a poisoned queue is a whole queue.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(job) = self.next() {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(job)) {
                tracing::error!("analysis panicked: {}", panic_message(&*panic));
            }
        }
    }

    /// Waits for a job; `None` when the pool is gone.
    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            let background = |queue: &mut Queue| queue.background.pop_front().map(|(_, job)| job);
            if let Some(job) = queue.requests.pop_front().or_else(|| background(&mut queue)) {
                return Some(job);
            }
            if queue.resting {
                queue.running -= 1;
                return None;
            }
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Queue {
    /// Counts one more thread, when there are fewer than `threads`. Its number, from 0.
    fn one_more(&mut self, threads: usize) -> Option<usize> {
        let number = self.running;
        (number < threads).then(|| {
            self.running += 1;
            number
        })
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Keeps a pool's only thread busy until the returned sender is dropped.
    fn occupy(pool: &Pool) -> mpsc::Sender<()> {
        let (release, blocked) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        drop(pool.request(|| ()));
        pool.background("blocker", move || {
            begun.send(()).unwrap();
            let _released = blocked.recv();
        });
        begins.recv().unwrap();
        release
    }

    #[test]
    fn only_the_newest_background_job_of_a_key_runs() {
        let pool = Pool::new(1).unwrap();
        let release = occupy(&pool);
        let (ran, runs) = mpsc::channel();
        for (key, version) in [("a", 1), ("b", 1), ("a", 2), ("a", 3)] {
            let ran = ran.clone();
            pool.background(key, move || ran.send((key, version)).unwrap());
        }
        drop((release, ran));
        assert_eq!(runs.iter().collect::<Vec<_>>(), [("a", 3), ("b", 1)]);
    }

    #[test]
    fn requests_come_before_background_jobs() {
        let pool = Pool::new(1).unwrap();
        let release = occupy(&pool);
        let (ran, runs) = mpsc::channel();
        let background = ran.clone();
        pool.background("a", move || background.send("background").unwrap());
        let _answer = pool.request(move || ran.send("request").unwrap());
        drop(release);
        assert_eq!(runs.iter().collect::<Vec<_>>(), ["request", "background"]);
    }

    #[test]
    fn a_cancelled_request_does_not_run() {
        let pool = Pool::new(1).unwrap();
        let release = occupy(&pool);
        let (ran, runs) = mpsc::channel();
        drop(pool.request(move || ran.send(()).unwrap()));
        drop(release);
        assert!(runs.recv().is_err());
    }

    #[test]
    fn the_pool_survives_a_panic() {
        let pool = Pool::new(1).unwrap();
        assert!(pool.request(|| panic!("in a job")).blocking_recv().is_err());
        assert_eq!(pool.request(|| 7).blocking_recv(), Ok(7));
    }

    #[test]
    fn threads_that_rest_finish_first_and_come_back_for_the_next_job() {
        let pool = Pool::new(2).unwrap();
        let (release, (ran, runs)) = (occupy(&pool), mpsc::channel());
        for number in 0..10 {
            let ran = ran.clone();
            pool.background(&number.to_string(), move || ran.send(number).unwrap());
        }
        pool.rest();
        assert_eq!(runs.iter().take(10).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        drop(release);
        while pool.shared.lock().running > 0 {
            std::thread::yield_now();
        }
        assert_eq!(pool.request(|| 7).blocking_recv(), Ok(7));
        assert_eq!(pool.shared.lock().running, 2);
    }

    #[test]
    fn the_stack_is_large() {
        fn depth(levels: u32) -> u32 {
            let frame = std::hint::black_box([0u8; 1024]);
            if levels == 0 { u32::from(frame[0]) } else { 1 + depth(levels - 1) }
        }
        let pool = Pool::new(1).unwrap();
        assert_eq!(pool.request(|| depth(50_000)).blocking_recv(), Ok(50_000));
    }
}
