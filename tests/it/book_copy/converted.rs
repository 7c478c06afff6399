//! The copy as somebody would convert it: to Markdown, and to an EPUB. All that was found in the text is found in these.

use std::fmt::Write;

use marginalia::book::copy::BookCopy;
use marginalia::book::manuscript::{Content, Format, Heading, HeadingNumber};

use super::{excerpt, read, the_copy};
use crate::support::epub;

/// The text as Markdown, with every kind of heading and of code that there is.
fn as_markdown(copy: &BookCopy) -> String {
    let mut text = String::from("---\ntitle: 1.1 Front matter\n---\n\n");
    for (at, block) in copy.manuscript.blocks.iter().enumerate() {
        let written = match &block.content {
            Content::Heading(heading) => {
                let title = escaped(&heading.text, '\\', |letter| letter.is_ascii_punctuation() && letter != '.');
                match (heading.level, at % 4) {
                    (1, 0) => format!("{title}\n===="),
                    (2, 0) => format!("{title}\n----"),
                    (level, 1) => format!("{} [{title}](https://example.org/{at})", "#".repeat(level.into())),
                    (level, 2) => format!("{} {} {{#a-{at}}}", "#".repeat(level.into()), title.replacen(' ', ". ", 1)),
                    (level, _) => format!("{0} {title} {0}", "#".repeat(level.into())),
                }
            }
            Content::Prose(prose) => {
                let lines =
                    prose.trim_end().lines().map(|line| escaped(line.trim(), '\\', |it| it.is_ascii_punctuation()));
                let lines: Vec<_> = lines.map(|line| guarded(&line)).collect();
                lines.join("\n")
            }
            Content::Code(code) if at % 2 == 0 => format!("````{}\n{}````", code.language, code.text),
            Content::Code(code) => format!("~~~~ {{.{}}}\n{}~~~~", code.language, code.text),
        };
        let _written = write!(text, "{written}\n\n");
    }
    text
}

/// With a sign before letters that would be markup.
fn escaped(text: &str, sign: char, is_markup: impl Fn(char) -> bool) -> String {
    text.chars().flat_map(|letter| [Some(sign).filter(|_| is_markup(letter)), Some(letter)]).flatten().collect()
}

/// A tab that begins a cell is no code.
fn guarded(line: &str) -> String {
    line.replace('\t', " &nbsp; ")
}

/// The text as an EPUB, a page for each chapter.
fn as_epub(copy: &BookCopy) -> Vec<u8> {
    let mut pages: Vec<String> = vec![String::new()];
    for (at, block) in copy.manuscript.blocks.iter().enumerate() {
        let written = match &block.content {
            Content::Heading(heading) => {
                if heading.level == 1 {
                    pages.push(String::new());
                }
                let level = heading.level;
                match (&heading.number, at % 2) {
                    (Some(HeadingNumber::Section(number)), 0) => {
                        format!("<h{level}><span>{number}</span>\n<a href='#'>{}</a></h{level}>", xml(&heading.title))
                    }
                    _ => format!("<h{level} class='h'>{}</h{level}>", xml(&heading.text)),
                }
            }
            Content::Prose(prose) => format!("<p>{}</p>", xml(prose.trim_end()).replace('\n', "<br/>\n")),
            Content::Code(code) => {
                format!("<div><pre class='{}'>\n<code>{}</code></pre></div>", code.language, xml(&code.text))
            }
        };
        pages.last_mut().unwrap().push_str(&written);
    }
    let pages: Vec<_> = pages
        .iter()
        .enumerate()
        .map(|(at, page)| {
            (format!("{at}.xhtml"), format!("<html><head><title>1.2 x</title></head><body>{page}</body></html>"))
        })
        .collect();
    epub::of_pages(&pages.iter().map(|(name, page)| (name.as_str(), page.as_str())).collect::<Vec<_>>())
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('—', "&mdash;")
        .replace('’', "&#8217;")
        .replace('→', "&rarr;")
}

#[test]
fn what_is_found_in_the_text_is_found_in_its_conversions() {
    let (bytes, known) = the_copy();
    let original = read("book.txt", &bytes).unwrap();
    let numbers = |copy: &BookCopy| copy.sections.iter().map(|section| section.number.to_string()).collect::<Vec<_>>();
    assert_eq!(original.sections.len(), known.sections);
    for (name, format, converted) in [
        ("book.md", Format::Markdown, as_markdown(&original).into_bytes()),
        ("book.markdown", Format::Markdown, damaged(&as_markdown(&original)).into_bytes()),
        // The content has the last word.
        ("markdown.txt", Format::Markdown, as_markdown(&original).into_bytes()),
        ("text.md", Format::Text, bytes.clone()),
        ("book.epub", Format::Epub, as_epub(&original)),
        ("epub.zip", Format::Epub, as_epub(&original)),
    ] {
        let copy = read(name, &converted).unwrap();
        assert_eq!(copy.manuscript.format, format, "{name}");
        assert_eq!(numbers(&copy), numbers(&original), "{name}");
        assert_eq!(copy.report.missing, original.report.missing, "{name}");
        assert_eq!(copy.report.duplicates, original.report.duplicates, "{name}");
        let repairs = if name == "book.markdown" || name == "text.md" { known.repairs } else { 0 };
        assert_eq!(copy.report.repairs, repairs, "{name}");
        assert_eq!(headings(&copy), headings(&original), "{name}");
        for number in numbers(&original) {
            assert_eq!(excerpt(&copy, &number), excerpt(&original, &number), "{name}: {number}");
        }
        for section in &original.sections {
            let has_body = !original.body(section).trim().is_empty();
            let excerpt = excerpt(&copy, &section.number.to_string());
            assert_eq!(has_body, excerpt != Default::default(), "{name}: {}", section.number);
        }
    }
}

/// What the headings say behind their numbers.
fn headings(copy: &BookCopy) -> Vec<String> {
    let title = |section: &marginalia::book::copy::CopySection| {
        let block = &copy.manuscript.blocks[section.blocks.start - 1];
        let Content::Heading(Heading { title, .. }) = &block.content else { panic!("{block:?}") };
        title.clone()
    };
    copy.sections.iter().map(title).collect()
}

/// Damages a text as the copies are damaged.
fn damaged(text: &str) -> String {
    const UPPER: &str = "€?‚ƒ„…†‡ˆ‰Š‹Œ?Ž??‘’“”•–—˜™š›œ?žŸ";
    let letter = |byte: u8| match byte {
        0x81 | 0x8D | 0x8F | 0x90 | 0x9D => None,
        0x80..=0x9F => UPPER.chars().nth(usize::from(byte) - 0x80),
        other => Some(char::from(other)),
    };
    text.bytes().filter_map(letter).collect()
}
