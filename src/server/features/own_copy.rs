//! The reader's own copy of the book, read while everything else works.

use std::sync::Arc;

use crate::disk::OwnCopy;
use crate::server::session::Session;

/// Reads the copies that settings name and that are new. For the background.
pub fn read(session: &Arc<Session>) {
    let new: Vec<_> = session.config.copies().into_iter().filter(|copy| copy.is_news()).collect();
    if new.is_empty() {
        return;
    }
    let work = session.capabilities().work_done_progress.then(|| session.outbox.work("Marginalia: reading the book"));
    let mut any = false;
    for copy in new {
        any |= read_one(session, &copy);
    }
    if any {
        // Links lead into the copy from here on.
        session.settings_changed();
    }
    session.say_problems();
    drop(work);
}

fn read_one(session: &Session, copy: &OwnCopy) -> bool {
    match copy.read() {
        Ok(text) => {
            let path = copy.path.display();
            tracing::info!("{path}: {} sections, {} repairs", text.sections.len(), text.report.repairs);
            true
        }
        Err(fault) => {
            session.config.report(copy.path.display().to_string(), fault.to_owned());
            false
        }
    }
}
