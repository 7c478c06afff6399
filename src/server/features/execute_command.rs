//! `workspace/executeCommand`.

use std::sync::Arc;

use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{Command, ExecuteCommandParams, LSPAny, MessageType, Position, Range, ShowDocumentParams};

use crate::book::SectionNumber;
use crate::knowledge::Volume;
use crate::server::links::Link;
use crate::server::session::Session;

/// Opens the page of a section: its number, and the book's short name where it is not the first book.
pub const OPEN_SECTION: &str = "marginalia.openSection";

/// Carries a command out. The client shows what is opened, after the answer.
pub async fn execute(session: &Arc<Session>, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
    if params.command != OPEN_SECTION {
        return Err(Error::invalid_params(format!("there is no command `{}`", params.command)));
    }
    let [number, book] = [0, 1].map(|at| params.arguments.get(at).and_then(LSPAny::as_str).map(str::to_owned));
    let number = number.ok_or_else(|| Error::invalid_params("the number of a section is missing"))?;
    let number: SectionNumber = number.parse().map_err(|fault| Error::invalid_params(format!("{fault}")))?;
    let link = session.in_pool(move |session| {
        let applied = session.config.workspace();
        // Who asks to read can wait for the copy; that it cannot be read is said elsewhere.
        let _read = applied.copy.as_ref().map(|copy| copy.read().is_ok());
        let Some(book) = book else { return session.link(&applied, applied.knowledge().first_volume(), number) };
        let knowledge = session.config.with_book(&book)?;
        let volume = knowledge.volumes().iter().find(|volume| volume.book().id == book)?;
        session.link(&applied, volume, number)
    });
    match link.await? {
        Some(link) => show(session, link),
        None => return Err(Error::invalid_params(format!("section {number} cannot be opened"))),
    }
    Ok(None)
}

/// The command that opens a section, with the title of a menu entry.
pub fn open_section(volume: &Volume, number: SectionNumber) -> Command {
    let book = volume.book();
    let title = book.section(number).map_or("", |section| &section.title);
    let mut arguments = vec![LSPAny::from(number.to_string())];
    if !volume.is_first() {
        arguments.push(LSPAny::from(&*book.id));
    }
    Command {
        title: format!("Read {} {title}", book.reference(number)).trim_end().to_owned(),
        command: OPEN_SECTION.to_owned(),
        arguments: Some(arguments),
    }
}

/// Has the client open a page: in the editor where it is a file. Spawned: the answer may never come.
fn show(session: &Arc<Session>, link: Link) {
    if !session.capabilities().show_document {
        session.outbox.say(MessageType::INFO, format!("Marginalia: {}", link.with_fragment().as_str()));
        return;
    }
    let client = session.client.clone();
    let Link { uri, line } = link;
    let external = !uri.scheme().as_str().eq_ignore_ascii_case("file");
    let selection = line.map(|line| Position::new(line.saturating_sub(1), 0)).map(|start| Range::new(start, start));
    tokio::spawn(async move {
        let params = ShowDocumentParams { uri, external: Some(external), take_focus: Some(true), selection };
        match client.show_document(params).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the client did not show the page"),
            Err(error) => tracing::warn!("the client did not show the page: {error}"),
        }
    });
}
