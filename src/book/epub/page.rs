//! A page of an EPUB, XHTML, written down as Markdown.
//!
//! Elements may be nested as deep as they like, and need not be closed in order. Entities are characters and nothing else: what
//! a document type declares is not read.

use std::fmt::Write;

use pulldown_cmark::Parser;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::book::manuscript::{Fault, MAX_BYTES};

/// Elements further down are taken for what is around them.
const MAX_DEPTH: usize = 512;

/// A reader that is as lenient as programs that show books.
pub(super) fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

/// The value of an attribute, by its name without prefix.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.html_attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().into_inner() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).unwrap_or(found.value.clone()).into_owned())
}

/// What an element means for the text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    /// Its text is not the book's.
    Hidden,
    Heading(u8),
    Paragraph,
    OrderedList,
    List,
    Item,
    Table,
    Row,
    Cell,
    /// Code with lines of its own.
    Preformatted,
    /// Code in a line.
    Code,
    Inline,
}

impl Element {
    fn new(name: &str) -> Self {
        match name {
            "script" | "style" | "head" | "nav" | "svg" | "math" | "template" | "rt" | "rp" => Self::Hidden,
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "ol" => Self::OrderedList,
            "ul" => Self::List,
            "li" => Self::Item,
            "table" => Self::Table,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "pre" => Self::Preformatted,
            "code" | "kbd" | "samp" | "tt" | "var" => Self::Code,
            "p" | "div" | "section" | "article" | "aside" | "header" | "footer" | "main" | "body" | "blockquote"
            | "figure" | "figcaption" | "dl" | "dt" | "dd" | "hr" | "address" | "details" | "summary" | "caption" => {
                Self::Paragraph
            }
            _ => Self::Inline,
        }
    }
}

/// Writes pages down, one after the other.
#[derive(Debug, Default)]
pub(super) struct Writer {
    markdown: String,
    /// The elements that are open: name and meaning.
    open: Vec<(String, Element)>,
    /// Elements that are open and too deep to be listed.
    deeper: usize,
    /// The paragraph so far, as Markdown.
    inline: String,
    /// Code in a line so far, and how many elements say that it is code.
    code: String,
    codes: usize,
    /// Preformatted text so far, and its language.
    block: Option<(String, String)>,
    /// How the paragraph begins: as an item of a list.
    marker: String,
    /// Whether the last paragraph was an item of a list without numbers.
    after_item: bool,
    /// For each list that is open, the number of its last item; 0 in lists without numbers.
    lists: Vec<Option<usize>>,
    hidden: usize,
    tables: usize,
    heading: Option<u8>,
}

impl Writer {
    /// Adds a page. What is not well-formed ends it.
    pub fn read(&mut self, page: &str) -> Result<(), Fault> {
        let mut reader = reader(page);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(start) => self.start(&start),
                Event::Empty(start) => {
                    self.start(&start);
                    self.end(start.local_name().into_inner());
                }
                Event::End(end) => self.end(end.local_name().into_inner()),
                Event::Text(text) => self.text(&text.html_content()),
                Event::CData(text) => self.text(&text.html_content()),
                Event::GeneralRef(entity) => self.text(&character(&entity)),
                Event::Eof => break,
                _ => {}
            }
            if self.markdown.len() > MAX_BYTES {
                return Err(Fault::Bomb);
            }
        }
        while let Some((name, _)) = self.open.last() {
            let name = name.clone();
            self.end(&name);
        }
        self.deeper = 0;
        self.end_paragraph();
        Ok(())
    }

    /// All that was written.
    pub fn finish(self) -> String {
        self.markdown
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        let name = start.local_name().into_inner().to_ascii_lowercase();
        if name == "br" {
            return self.text_in_place("\n");
        }
        let element = Element::new(&name);
        if self.open.len() >= MAX_DEPTH {
            self.deeper += 1;
            return;
        }
        let is_p = name == "p";
        self.open.push((name, element));
        match element {
            Element::Hidden => self.hidden += 1,
            _ if self.hidden > 0 => {}
            Element::Heading(level) => {
                self.end_paragraph();
                self.heading = Some(level);
            }
            // A heading may have parts; a paragraph is none: the heading was not closed.
            Element::Paragraph if self.tables > 0 || self.heading.is_some() && !is_p => self.text_in_place(" "),
            Element::Paragraph => {
                self.end_heading();
            }
            Element::OrderedList | Element::List => {
                self.end_paragraph();
                self.lists.push((element == Element::OrderedList).then_some(0));
            }
            Element::Item => {
                self.end_paragraph();
                self.marker = match self.lists.last_mut() {
                    Some(Some(count)) => {
                        *count += 1;
                        format!("{count}. ")
                    }
                    _ => "- ".to_owned(),
                };
            }
            Element::Table => {
                self.end_paragraph();
                self.tables += 1;
            }
            Element::Row if !self.inline.is_empty() => self.text_in_place("\n"),
            Element::Cell if !self.inline.is_empty() && !self.inline.ends_with('\n') => self.inline += " | ",
            Element::Preformatted => {
                self.end_paragraph();
                self.block = Some((String::new(), language(start)));
            }
            Element::Code => match &mut self.block {
                // The language is said here as often as on what is around.
                Some((_, known)) if known.is_empty() => *known = language(start),
                Some(_) => {}
                None => self.codes += 1,
            },
            Element::Row | Element::Cell | Element::Inline => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let name = name.to_ascii_lowercase();
        let Some(at) = self.open.iter().rposition(|(open, _)| *open == name) else { return };
        // What was left open inside ends, too.
        while self.open.len() > at {
            let Some((_, element)) = self.open.pop() else { return };
            self.end_element(element);
        }
    }

    fn end_element(&mut self, element: Element) {
        match element {
            Element::Hidden => self.hidden -= 1,
            _ if self.hidden > 0 => {}
            Element::Heading(_) => {
                self.end_paragraph();
                self.heading = None;
            }
            Element::Paragraph if self.tables > 0 || self.heading.is_some() => self.text_in_place(" "),
            Element::Paragraph | Element::Item => {
                self.end_paragraph();
                self.marker.clear();
            }
            Element::OrderedList | Element::List => {
                self.end_paragraph();
                self.lists.pop();
            }
            Element::Table => {
                self.end_paragraph();
                self.tables = self.tables.saturating_sub(1);
            }
            Element::Preformatted => self.end_block(),
            Element::Code if self.block.is_none() => {
                self.codes = self.codes.saturating_sub(1);
                if self.codes == 0 {
                    self.end_code();
                }
            }
            Element::Code | Element::Row | Element::Cell | Element::Inline => {}
        }
    }

    /// Text as it stands on the page: outside of code, white space of any kind is one space.
    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if let Some((block, _)) = &mut self.block {
            *block += text;
            return;
        }
        let mut words = String::with_capacity(text.len());
        let before = if self.codes > 0 { &self.code } else { &self.inline };
        let mut space = before.is_empty() || before.ends_with([' ', '\n']);
        for letter in text.chars() {
            // Other kinds of white space may be part of a letter that is yet to be made whole: here and below, only ASCII is.
            let is_space = letter.is_ascii_whitespace();
            if !(is_space && space) {
                words.push(if is_space { ' ' } else { letter });
            }
            space = is_space;
        }
        if self.codes > 0 {
            self.code += &words;
        } else {
            escape(&words, &mut self.inline);
        }
    }

    /// Text that stands for markup: the end of a line, the space between cells.
    fn text_in_place(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if let Some((block, _)) = &mut self.block {
            *block += text;
        } else if self.codes > 0 {
            self.code.push(' ');
        } else if self.inline.ends_with([' ', '\n']) || self.inline.is_empty() {
            if text == "\n" && !self.inline.is_empty() {
                self.inline.truncate(self.inline.trim_ascii_end().len());
                self.inline.push('\n');
            }
        } else {
            self.inline += text;
        }
    }

    /// Writes code in a line down, as far as it goes.
    fn end_code(&mut self) {
        let code = std::mem::take(&mut self.code);
        let code = code.trim_ascii();
        if code.is_empty() {
            return;
        }
        let ticks = "`".repeat(longest_run(code) + 1);
        let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
        // Two pieces that touch would be read as one.
        let apart = if self.inline.ends_with('`') { " " } else { "" };
        let _written = write!(self.inline, "{apart}{ticks}{pad}{code}{pad}{ticks}");
    }

    fn end_block(&mut self) {
        let Some((text, language)) = self.block.take() else { return };
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.strip_prefix('\n').unwrap_or(&text).trim_ascii_end();
        if text.is_empty() {
            return;
        }
        let fence = "`".repeat(longest_run(text).max(2) + 1);
        self.part();
        let _written = writeln!(self.markdown, "{fence}{language}\n{text}\n{fence}");
        self.after_item = false;
    }

    /// Writes what was begun down; what has been said of the heading is all there is.
    fn end_heading(&mut self) {
        let said = !self.inline.trim_ascii().is_empty() || !self.code.is_empty();
        self.end_paragraph();
        if said {
            self.heading = None;
        }
    }

    /// Writes the paragraph down, if there is one.
    fn end_paragraph(&mut self) {
        self.end_code();
        let inline = std::mem::take(&mut self.inline);
        let inline = inline.trim_ascii();
        if inline.is_empty() {
            return;
        }
        if let Some(level) = self.heading {
            self.part();
            let words: Vec<_> = inline.split_ascii_whitespace().collect();
            // At the end, `#` would be lost, and braces taken for attributes, with a backslash or without.
            let title = words.join(" ");
            let (title, close) = match title.as_bytes().last() {
                Some(b'#') => (&title[..title.len() - 1], "\\#"),
                Some(b'}') => (&title[..title.len() - 1], "&#125;"),
                _ => (&*title, ""),
            };
            let _written = writeln!(self.markdown, "{} {title}{close}", "#".repeat(usize::from(level)));
            self.after_item = false;
            return;
        }
        let marker = std::mem::take(&mut self.marker);
        let is_item = marker == "- ";
        if !(is_item && self.after_item) {
            self.part();
        }
        self.markdown += &marker;
        for (at, line) in inline.lines().enumerate() {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if at > 0 {
                self.markdown += &" ".repeat(marker.len());
            }
            // A space that does not break will be one that does.
            let words = line.trim_start_matches('\u{a0}');
            let guard = markup_at(words).map(|at| line.len() - words.len() + at);
            let (before, behind) = line.split_at(guard.unwrap_or(0));
            let sign = if guard.is_some() { "\\" } else { "" };
            let _written = writeln!(self.markdown, "{before}{sign}{behind}");
        }
        self.after_item = is_item;
    }

    /// A blank line between what was written and what follows.
    fn part(&mut self) {
        if !self.markdown.is_empty() {
            self.markdown.push('\n');
        }
    }
}

/// Adds text so that no letter of it is markup.
fn escape(text: &str, markdown: &mut String) {
    let mut letters = text.chars().peekable();
    let mut before = markdown.chars().next_back();
    while let Some(letter) = letters.next() {
        let next = letters.peek();
        let markup = match letter {
            '\\' | '`' | '*' | '[' | ']' | '|' => true,
            '_' => {
                !(before.is_some_and(|before| before.is_ascii_alphanumeric())
                    && next.is_some_and(char::is_ascii_alphanumeric))
            }
            '<' => next.is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(*next)),
            '&' => next.is_none_or(|next| next.is_ascii_alphanumeric() || *next == '#'),
            '~' => next == Some(&'~') || before == Some('~'),
            _ => false,
        };
        if markup {
            markdown.push('\\');
        }
        if !letter.is_control() || letter == '\n' {
            markdown.push(letter);
        }
        before = Some(letter);
    }
}

/// Where a line needs a backslash, lest it begin something else than a paragraph, or end one.
fn markup_at(line: &str) -> Option<usize> {
    let alone = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let is_markup = match line.bytes().next()? {
        b'0'..=b'9' => line[digits..].strip_prefix(['.', ')']).is_some_and(alone),
        b'#' => alone(line.trim_start_matches('#')),
        b'>' => true,
        b'+' | b'-' | b'=' | b':' | b'~' => alone(&line[1..]) || !line.contains(char::is_alphanumeric),
        _ => false,
    };
    is_markup.then_some(digits)
}

/// The language that the classes of an element name.
fn language(start: &BytesStart<'_>) -> String {
    const KNOWN: [&str; 24] = [
        "python",
        "python3",
        "py",
        "pycon",
        "ipython",
        "bash",
        "sh",
        "shell",
        "console",
        "powershell",
        "toml",
        "yaml",
        "json",
        "ini",
        "cfg",
        "sql",
        "xml",
        "html",
        "css",
        "javascript",
        "c",
        "rust",
        "dockerfile",
        "text",
    ];
    let said = ["data-code-language", "data-lang", "data-language"].iter().find_map(|name| attribute(start, name));
    if let Some(said) = said.map(|said| said.to_ascii_lowercase()).filter(|said| KNOWN.contains(&&**said)) {
        return said;
    }
    let classes = attribute(start, "class").unwrap_or_default().to_ascii_lowercase();
    let named = classes.split_whitespace().find_map(|class| {
        let name = class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")).unwrap_or(class);
        KNOWN.contains(&name).then(|| name.to_owned())
    });
    named.unwrap_or_default()
}

/// What an entity stands for. Names are those of HTML, which Markdown knows, too.
fn character(entity: &quick_xml::events::BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = entity.resolve_char_ref() {
        return letter.to_string();
    }
    if let Some(text) = resolve_xml_entity(entity) {
        return text.to_owned();
    }
    let written = format!("&{};", &**entity);
    let known = Parser::new(&written).find_map(|event| match event {
        pulldown_cmark::Event::Text(text) => Some(text.into_string()),
        _ => None,
    });
    known.unwrap_or(written)
}

/// How many backticks stand in a row at most.
fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0)
}
