//! The log: to standard error or a file, never to standard output, which belongs to the protocol.

use std::backtrace::Backtrace;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Registry, fmt, reload};

use super::pool;
use crate::disk::from_home;
use crate::margin::settings::{LogLevel, Settings};

static LEVEL: OnceLock<reload::Handle<LevelFilter, Registry>> = OnceLock::new();

/// The file in use; `None` for standard error.
static TARGET: Mutex<Option<(PathBuf, File)>> = Mutex::new(None);

/// Begins to log, as the defaults say. Only the process that is a server does this; nothing happens the second time.
pub(super) fn start() {
    let (filter, level) = reload::Layer::new(filter(Settings::default().log_level));
    let lines = fmt::layer().with_writer(|| Writer).with_ansi(io::stderr().is_terminal()).with_target(false);
    let subscriber = Registry::default().with(filter).with(lines);
    if tracing::subscriber::set_global_default(subscriber).is_ok() {
        let _first = LEVEL.set(level);
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// Where a panic happened. Who runs the analysis threads' work catches their panics and says in a line what it cost.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    if thread::current().name().is_some_and(|name| name.starts_with(pool::THREADS)) {
        tracing::debug!("{panic}\n{backtrace}");
    } else {
        tracing::error!("{panic}\n{backtrace}");
    }
}

/// Logs as the settings say from here on. The error names a file that cannot be written.
pub(super) fn apply(settings: &Settings) -> Result<(), String> {
    let Some(level) = LEVEL.get() else { return Ok(()) };
    // Fails only when the subscriber is gone, which lives as long as the process.
    let _gone = level.modify(|level| *level = filter(settings.log_level));
    let mut target = TARGET.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = settings.log_file.as_deref().map(from_home);
    if target.as_ref().map(|(path, _)| path) != wanted.as_ref() {
        *target = match wanted {
            Some(path) => Some((path.clone(), open(&path)?)),
            None => None,
        };
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, String> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.map_err(|error| format!("`log.file` {} cannot be written: {error}", path.display()))
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// Writes to wherever the log goes at the moment.
struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *TARGET.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((_, file)) => file.write(bytes),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
