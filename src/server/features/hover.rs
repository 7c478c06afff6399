//! `textDocument/hover`: what the book says about the token under the cursor.

use std::sync::Arc;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind, Position};

use crate::book::copy::Excerpt;
use crate::knowledge::{NoteId, RuleId, render};
use crate::margin::citations::Citation;
use crate::margin::reader;
use crate::margin::settings::HoverDetail;
use crate::margin::suppress::name_at;
use crate::server::checked::Checked;
use crate::server::config::Applied;
use crate::server::documents::View;
use crate::server::session::Session;

/// Answers for the token under the cursor, not for what encloses it; nothing where there is nothing to say.
pub async fn hover(session: &Arc<Session>, params: HoverParams) -> Result<Option<Hover>> {
    let at = params.text_document_position_params;
    let position = at.position;
    session.on_document(&at.text_document.uri, move |session, view| answer(session, view, position)).await
}

fn answer(session: &Arc<Session>, view: &View, position: Position) -> Option<Hover> {
    let checked = session.check(view)?;
    let Checked { applied, analysis, .. } = checked;
    let settings = &applied.settings;
    if settings.hover.detail == HoverDetail::Off {
        return None;
    }
    let converter = view.converter(session.capabilities().encoding);
    let offset = converter.offset(position);
    let (range, value) = if let Some((range, name)) = name_at(&view.text, offset) {
        (range, about_rule(session, applied, applied.knowledge().rule_named(name)?))
    } else if let Some(citation) = checked.citation_at(offset) {
        (citation.range, about_citation(session, applied, &citation)?)
    } else {
        let at = analysis.at(offset).filter(|at| settings.hover.keywords || !at.keyword_only)?;
        let mut notes = at.notes;
        reader::in_readers_order(applied.knowledge(), path(applied), &mut notes);
        (at.range, text(session, applied, &notes)?)
    };
    let kind = if session.capabilities().markdown_hovers { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let contents = HoverContents::Markup(MarkupContent { kind, value });
    Some(Hover { contents, range: Some(converter.range(range)) })
}

/// What a rule is about that a comment silences.
fn about_rule(session: &Arc<Session>, applied: &Applied, id: RuleId) -> String {
    let (rule, volume) = (applied.knowledge().rule(id), applied.knowledge().rule_volume(id));
    let section = rule.sections[0];
    let reference = volume.book().reference(section);
    let reference = match session.link(applied, volume, section) {
        Some(link) => format!("[Open {reference}]({})", link.with_fragment().as_str()),
        None => reference,
    };
    format!("**{}** · {}\n\n{}\n\n{reference}", rule.name, rule.group, rule.docs.what)
}

/// What a section is about that a comment names; its title where there is no note.
fn about_citation(session: &Arc<Session>, applied: &Applied, citation: &Citation) -> Option<String> {
    let volume = &applied.knowledge().volumes()[citation.volume];
    if let Some(note) = volume.note_of(citation.number) {
        return text(session, applied, &[note]);
    }
    let section = volume.book().section(citation.number)?;
    let reference = volume.book().reference(citation.number);
    let link = session.link(applied, volume, citation.number)?.with_fragment();
    let title = render::without_version(&section.title).0;
    Some(format!("**{reference} {title}**\n\n[Open {reference}]({})", link.as_str()))
}

/// The first note as the settings say, the others as one line each.
fn text(session: &Arc<Session>, applied: &Applied, notes: &[NoteId]) -> Option<String> {
    let (&first, others) = notes.split_first()?;
    let knowledge = applied.knowledge();
    let link = |id| {
        let volume = knowledge.note_volume(id);
        move |number| session.link(applied, volume, number).map(|link| link.with_fragment().as_str().to_owned())
    };
    let tell = if applied.settings.hover.detail == HoverDetail::Full { render::full } else { render::short };
    let mut text = with_badge(applied, first, tell(knowledge, first, &link(first)).trim_end());
    if applied.settings.hover.excerpt
        && let Some(excerpt) = excerpt(applied, first)
    {
        text += &format!("\n\n{}", quoted(&excerpt, session.capabilities().markdown_hovers));
    }
    for (at, &id) in others.iter().enumerate() {
        text += if at == 0 { "\n\n- " } else { "\n- " };
        text += &with_badge(applied, id, render::one_line(knowledge, id, &link(id)).trim_end());
    }
    Some(text)
}

/// How the section begins in the reader's own copy.
fn excerpt(applied: &Applied, id: NoteId) -> Option<Excerpt<'_>> {
    let copy = applied.copy.as_ref().filter(|_| applied.knowledge().note_volume(id).is_first())?.text()?;
    copy.excerpt(copy.section(applied.knowledge().note(id).section)?)
}

/// A quotation: of a paragraph as much as fits, and of code the first lines.
fn quoted(excerpt: &Excerpt<'_>, markdown: bool) -> String {
    const LENGTH: usize = 320;
    const LINES: usize = 8;
    let mut lines = Vec::new();
    if !excerpt.prose.is_empty() {
        let mut paragraph = excerpt.prose.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = paragraph.char_indices().nth(LENGTH) {
            let end = paragraph[..end].rfind(' ').unwrap_or(end);
            paragraph.truncate(end);
            paragraph += " …";
        }
        lines.push(if markdown { literal(&paragraph) } else { paragraph });
    }
    if let Some(code) = excerpt.code {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let ticks = code.text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(ticks.max(2) + 1);
        let language = Some(&*code.language).filter(|name| name.chars().all(|letter| letter.is_ascii_alphanumeric()));
        if markdown {
            lines.push(fence.clone() + language.unwrap_or_default());
        }
        let shown = code.text.lines().take(LINES);
        lines.extend(shown.map(|line| line.chars().filter(|letter| *letter == '\t' || !letter.is_control()).collect()));
        if code.text.lines().nth(LINES).is_some() {
            lines.push("…".to_owned());
        }
        if markdown {
            lines.push(fence);
        }
    }
    lines.iter().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A text as it stands, where Markdown is read: no markup of its own, no links, no HTML.
fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if letter.is_ascii_punctuation() && !"'\",.;:?()/%".contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The name of the reader's path; empty when none is set.
fn path(applied: &Applied) -> &str {
    applied.settings.reading_path.as_deref().unwrap_or_default()
}

/// Adds to the first line, the title, which path the section belongs to when it lies beyond the reader's.
fn with_badge(applied: &Applied, id: NoteId, text: &str) -> String {
    let Some(badge) = reader::beyond(applied.knowledge(), path(applied), id) else { return text.to_owned() };
    match text.split_once('\n') {
        Some((title, rest)) => format!("{title} · {badge}\n{rest}"),
        None => format!("{text} · {badge}"),
    }
}
