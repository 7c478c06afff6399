//! The files of an imported book: its table of contents, and a note to write for each section with triggers.

use std::fmt::Write;

use super::Import;
use crate::book::SectionKind;
use crate::book::manuscript::Content;
use crate::book::outline::{OutlineChapter, OutlineSection};
use crate::cli::escape;
use crate::margin::proposal::{Passage, Proposal, is_whole};

/// A summary has at most 320 characters; marks and escapes need some.
const LONGEST_EXCERPT: usize = 240;

/// Longer code is no example, in lines.
const LONGEST_EXAMPLE: usize = 40;

/// The words of a title in a file's name, in bytes.
const LONGEST_NAME: usize = 48;

/// The files: the path below the folder, and the text. `book.toml` is the first, the others are notes. Must run on a
/// thread with a large stack.
pub(super) fn files(import: &Import, excerpts: bool) -> Vec<(String, String)> {
    let mut files = vec![("book.toml".to_owned(), contents(import))];
    for ((section, passage), proposals) in import.outline.sections.iter().zip(&import.passages).zip(&import.proposals) {
        let chapter = import.outline.chapters.iter().find(|chapter| chapter.number == section.number.chapter);
        if let Some(chapter) = chapter.filter(|_| !proposals.is_empty()) {
            let name = [section.number.to_string(), slug(&section.title)];
            let path = format!("{}/{}.md", folder_of(chapter), joined(&name));
            files.push((path, note(import, section, passage, proposals, excerpts)));
        }
    }
    files
}

fn contents(import: &Import) -> String {
    let source = &import.source;
    let mut text = format!(
        "# The table of contents, made from the headings of {}. Every section that a note or a rule is about\n\
         # must be listed here; sections without a note lead nowhere yet.\n\n\
         id = {}\ntitle = {}\n# What a reference begins with\nmark = {}\n",
        source.escape_default(),
        quoted(&import.id),
        quoted(&import.title),
        quoted(&import.mark)
    );
    for chapter in &import.outline.chapters {
        let (title, folder) = (quoted(&chapter.title), quoted(&folder_of(chapter)));
        let head =
            format!("\n[[chapters]]\nnumber = {}\ntitle = {title}\nfolder = {folder}\nsections = [\n", chapter.number);
        text += &head;
        let of_chapter = |section: &&OutlineSection| section.number.chapter == chapter.number;
        for section in import.outline.sections.iter().filter(of_chapter) {
            let kind = match section.kind {
                SectionKind::Concept => String::new(),
                kind => format!(", kind = {}", quoted(kind.name())),
            };
            let number = quoted(&section.number.to_string());
            text += &format!("    {{ number = {number}, title = {}{kind} }},\n", quoted(&section.title));
        }
        text += "]\n";
    }
    text
}

fn note(
    import: &Import,
    section: &OutlineSection,
    passage: &Passage,
    proposals: &[Proposal],
    excerpts: bool,
) -> String {
    let mut text = format!(
        "+++\nsection = {}\ntitle = {}\n# Proposed from the section's code; keep what fits.\ntriggers = [\n",
        quoted(&section.number.to_string()),
        quoted(&section.title)
    );
    for proposal in proposals {
        let trigger = quoted(&proposal.trigger.to_string());
        text += &format!("    {trigger}, # {}\n", import.evidence(proposal));
    }
    text += "]\n+++\n";
    let source = escape::markdown(&import.source);
    let place = if import.has_lines { format!("line {} of {source}", section.line) } else { source };
    let said = excerpts.then(|| excerpt(import, section)).flatten();
    let shown = excerpts.then(|| example(passage)).flatten();
    let said = said.unwrap_or_else(|| format!("TODO: what this section says, in your words. It begins in {place}."));
    let shown = shown.unwrap_or("# TODO: a small program of your own that shows it.\n");
    let fence = if shown.contains("```") { "`".repeat(longest_run(shown) + 1) } else { "```".to_owned() };
    let rest = "## Key points\n- TODO: what to do.\n- TODO: what happens otherwise.";
    text += &format!("{said}\n\n{rest}\n\n## Example\n{fence}python\n{shown}{fence}\n");
    text
}

/// The first sentences of a section, as text and nothing else.
fn excerpt(import: &Import, section: &OutlineSection) -> Option<String> {
    let prose = import.manuscript.blocks[section.blocks.clone()].iter().find_map(|block| match &block.content {
        Content::Prose(text) if text.chars().any(char::is_alphabetic) => Some(text),
        _ => None,
    })?;
    let words: Vec<_> = prose.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let words = words.trim_start_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let mut said = String::new();
    for word in words.split(' ') {
        let escaped = escape::markdown(word);
        if said.chars().count() + escaped.chars().count() >= LONGEST_EXCERPT {
            said += " …";
            break;
        }
        let gap = if said.is_empty() { "" } else { " " };
        said.extend([gap, &*escaped]);
    }
    Some(said).filter(|said| said.chars().any(char::is_alphabetic))
}

/// The first code of a section that is short and whole.
fn example(passage: &Passage) -> Option<&str> {
    let is_short = |text: &str| text.lines().count() <= LONGEST_EXAMPLE && !text.contains('\r');
    let code = passage.code.iter().map(|code| code.text.as_str());
    code.filter(|text| text.ends_with('\n') && is_short(text)).find(|text| is_whole(text))
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}

/// `03-working-with-files`
fn folder_of(chapter: &OutlineChapter) -> String {
    joined(&[format!("{:02}", chapter.number), slug(&chapter.title)])
}

fn joined(parts: &[String]) -> String {
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join("-")
}

/// The words of a title as a part of a file's name.
fn slug(title: &str) -> String {
    let title = title.to_ascii_lowercase();
    let mut slug = String::new();
    for word in title.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST_NAME {
            break;
        }
        let gap = if slug.is_empty() { "" } else { "-" };
        slug.extend([gap, word]);
    }
    slug
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(letter))),
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}
