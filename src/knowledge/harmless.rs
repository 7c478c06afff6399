//! Markdown that anybody may have written, such as a book that came with other people's code: only text and formatting are
//! left of it.
//!
//! Editors show hovers of a server that the user trusts, and some run what stands in them: no HTML, no image that is fetched
//! from somewhere, no link but to a page.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser, Tag};

use super::format::Contents;
use super::render::{escaped, first_sentence};
use crate::book::{Book, Text};

/// How often what is left is looked at again: taking markup away can make other markup of what stood in it.
const ROUNDS: usize = 8;

/// Takes away from a book what is no text.
pub(super) fn disarm(contents: &mut Contents) {
    disarm_names(&mut contents.book);
    for note in &mut contents.notes {
        disarm_told(&mut note.summary);
        for text in [&mut note.key_points, &mut note.pitfalls, &mut note.erratum] {
            disarm_text(text);
        }
    }
    for rule in &mut contents.rules {
        disarm_told(&mut rule.docs.what);
        disarm_text(&mut rule.docs.why);
    }
}

/// A reference begins with the mark, also in the text of a link.
fn disarm_names(book: &mut Book) {
    let markup = |letter: char| letter.is_control() || "[]()<>`*\\!|".contains(letter);
    book.mark = Text::Owned(book.mark.replace(markup, ""));
}

fn disarm_text(text: &mut Text) {
    if let Cow::Owned(other) = harmless(text) {
        *text = Text::Owned(other);
    }
}

/// As [`disarm_text`], for a text whose first sentence is told behind other words: what is code at the start of a line may
/// be none there.
fn disarm_told(text: &mut Text) {
    disarm_text(text);
    if let Cow::Owned(_) = harmless(&format!("x {}", first_sentence(text))) {
        *text = Text::Owned(escaped(text));
    }
}

/// The Markdown with its HTML, its images and its doubtful links as the text that they are written with.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let control = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
    let mut text = if text.contains(control) { Cow::Owned(text.replace(control, "")) } else { Cow::Borrowed(text) };
    for _ in 0..ROUNDS {
        let marks = marks(&text);
        if marks.is_empty() {
            if stands_alone(&text) {
                return text;
            }
            break;
        }
        let mut escaped = String::with_capacity(text.len() + marks.len());
        let mut done = 0;
        for at in marks {
            escaped.push_str(&text[done..at]);
            escaped.push('\\');
            done = at;
        }
        escaped.push_str(&text[done..]);
        text = Cow::Owned(escaped);
    }
    Cow::Owned(super::render::fenced("text", &text))
}

/// The bytes that make markup of what follows, where it is markup that a book has no need of. In order.
fn marks(text: &str) -> Vec<usize> {
    let mut marks = Vec::new();
    let parser = Parser::new(text);
    // What is put beside the text may refer to its definitions.
    let definitions = parser.reference_definitions().iter();
    marks.extend(definitions.filter(|(_, there)| !is_page(&there.dest)).map(|(_, there)| there.span.start));
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                marks.extend(text[range.clone()].match_indices('<').map(|(at, _)| range.start + at));
            }
            // `![`: the bracket.
            Event::Start(Tag::Image { .. }) => marks.push(range.start + 1),
            Event::Start(Tag::Link { dest_url, .. }) if !is_page(&dest_url) => marks.push(range.start),
            _ => {}
        }
    }
    marks.sort_unstable();
    marks.dedup();
    marks
}

/// Whether what is put behind the text is read as it is alone: no code block is left open.
fn stands_alone(text: &str) -> bool {
    let behind = format!("{text}\n\n<i>");
    marks(&behind) == [behind.len() - "<i>".len()]
}

/// Whether a link leads to a page of the web, or to one beside this one.
fn is_page(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    let known = scheme.is_none_or(|(name, _)| ["https", "http"].iter().any(|page| name.eq_ignore_ascii_case(page)));
    known && !url.contains(|letter: char| letter.is_control() || letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Knowledge;

    /// What a renderer makes of it.
    fn events(text: &str) -> Vec<Event<'_>> {
        Parser::new(text).collect()
    }

    fn is_harmless(text: &str) -> bool {
        events(text).iter().all(|event| match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. } | Tag::HtmlBlock) => false,
            Event::Start(Tag::Link { dest_url, .. }) => is_page(dest_url),
            _ => true,
        })
    }

    const HARMFUL: [&str; 20] = [
        "<script>alert(1)</script>",
        "Text <img src=x onerror=alert(1)> text.",
        "<div>\n\n![x](https://example.org/pixel.png)\n\n</div>",
        "<div>\n![x](https://example.org/pixel.png)\n</div>",
        "![pixel](https://example.org/p.png)",
        "![a [b](command:c)](https://example.org/p.png)",
        "[run](command:workbench.action.terminal.new)",
        "[run](<command:a b>)",
        "[run](JavaScript:alert)",
        "[run](&#106;avascript:alert)",
        "[run](vscode://publisher.extension/do)",
        "[run](file:///etc/passwd)",
        "[run][there]\n\n[there]: command:x",
        "<command:x>",
        "\\<script>\\\\<script>",
        "- one\n  <b>\n- two\n\n      <code> in a block\n",
        "<!-- \n [run](command:x) \n-->",
        "<![CDATA[ ]]> <?php ?> <!DOCTYPE html>",
        "[![x](https://example.org/p.png)](command:y)",
        "`code` <a href=\"command:x\">`<b>`</a>",
    ];

    #[test]
    fn no_markup_comes_alive_behind_other_words() {
        for text in
            ["```\nTalk <b>to</b> it", "    <b>now</b>", "~~~\n[run](command:x)", "Use ``a `. <i>`` now.", "`a` b."]
        {
            let mut told = Text::Owned(text.to_owned());
            disarm_told(&mut told);
            let behind = format!("- H §1.1: {}", first_sentence(&told));
            assert!(is_harmless(&told) && is_harmless(&behind), "{text} -> {told}");
        }
        let mut plain = Text::Owned("Use `a`, *b*. Then <i>.".to_owned());
        disarm_told(&mut plain);
        assert_eq!(plain, "Use `a`, *b*. Then \\<i>.", "no more is done than has to be");
    }

    #[test]
    fn no_markup_that_does_something_is_left() {
        for text in HARMFUL {
            assert!(!is_harmless(text), "{text}");
            let harmless = harmless(text);
            assert!(is_harmless(&harmless), "{text} -> {harmless}");
        }
    }

    #[test]
    fn the_text_stays_as_it_was_written() {
        assert_eq!(harmless("a <b>bold</b> claim"), "a \\<b>bold\\</b> claim");
        assert_eq!(harmless("![pixel](https://example.org/p.png)"), "!\\[pixel](https://example.org/p.png)");
        assert_eq!(
            harmless("[run](command:x) or [read](https://example.org)"),
            "\\[run](command:x) or [read](https://example.org)"
        );
        assert_eq!(harmless("\u{1b}[31mred\u{7}"), "[31mred");
    }

    #[test]
    fn texts_that_are_put_together_stay_harmless() {
        for (first, second) in [
            ("[run][there]", "[there]: command:x"),
            ("[there]: command:x", "[run][there]"),
            ("- point\n\n  ```", "```\n<script>\n```\n"),
            ("~~~", "~~~~\n<b>\n~~~~\n~~~\n~~~"),
            ("<!--", "--> <b>"),
        ] {
            let together = format!("{}\n\n## Label\n\n{}", harmless(first), harmless(second));
            assert!(is_harmless(&together), "{together}");
        }
    }

    #[test]
    fn what_does_nothing_is_left_alone() {
        for text in [
            "`List<int>` and a < b, **bold**, *more*.",
            "```html\n<script>\n```",
            "- [there](https://example.org/a?b=c:d#e)\n- [beside](16.8.md)\n- ![ is no image",
        ] {
            assert!(matches!(harmless(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn mixtures_of_markup_are_harmless_too() {
        // Every pair, in every order, run together.
        for first in HARMFUL {
            for second in HARMFUL {
                for text in [format!("{first}{second}"), format!("{first}\n{second}"), format!("[{first}]({second})")] {
                    let harmless = harmless(&text);
                    assert!(is_harmless(&harmless), "{text} -> {harmless}");
                }
            }
        }
    }

    #[test]
    fn the_built_in_book_is_harmless_as_it_is() {
        let knowledge = Knowledge::builtin();
        for (_, note) in knowledge.notes() {
            for text in [&note.summary, &note.key_points, &note.pitfalls, &note.erratum] {
                assert!(is_harmless(text), "§{}: {text}", note.section);
            }
        }
        for (_, rule) in knowledge.rules() {
            assert!(is_harmless(&rule.docs.what) && is_harmless(&rule.docs.why), "{}", rule.name);
        }
    }
}
