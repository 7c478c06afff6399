//! How far a long piece of work has come, on standard error, for people.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Fewer files, or what else is counted, are done before a bar could be read.
const WORTH_A_BAR: usize = 100;

/// A bar that fills; nothing where standard error is no terminal, or the work is short.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// For work on so many things: `files`.
    pub fn new(count: usize, things: &str) -> Self {
        Self::when(count >= WORTH_A_BAR, count, things)
    }

    /// For work that is long, or is not, whatever the number of things.
    pub fn when(is_long: bool, count: usize, things: &str) -> Self {
        let target = if is_long { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(count as u64), target);
        // A template that cannot be read would be a fault of this line; the default bar is no worse.
        let style = ProgressStyle::with_template(&format!("{{bar:30}} {{pos}} of {{len}} {things}"));
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    /// One more file is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Does something that prints, with the bar out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
