//! What is fuzzed. A target takes any bytes and panics when something is not as it must be.
//!
//! Used by `tests/it/fuzz.rs`, which mutates a kept corpus in every run of the tests, and by `fuzz/`, where libFuzzer looks
//! for more with the coverage as its guide.

use std::io::Write;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use marginalia::book::copy::BookCopy;
use marginalia::book::manuscript::{Content, Format, Manuscript};
use marginalia::book::outline::Outline;
use marginalia::knowledge::format::{self, SourceFile};
use marginalia::knowledge::{Knowledge, render};
use marginalia::margin::proposal::{passages, propose};
use marginalia::margin::refactor::rewrites;
use marginalia::margin::{Analysis, Engine, Options};
use marginalia::server::{Environment, serve};
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};
use rawzip::ZipArchiveWriter;
use rawzip::path::EntryPath;
use ruff_text_size::{TextRange, TextSize};
use serde_json::Value;
use tokio::io::{AsyncReadExt, duplex};

/// Parts an input into records.
pub const SEPARATOR: u8 = 0x1e;

/// A target.
pub type Target = fn(&[u8]);

/// All of them, by the names of their corpora.
pub const TARGETS: [(&str, Target); 6] = [
    ("edits", edits),
    ("book", book),
    ("markdown", markdown),
    ("epub", epub),
    ("knowledge", knowledge),
    ("protocol", protocol),
];

static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Engine::new(Knowledge::builtin()));

/// A document, then edits of it: an analysis that follows them is the analysis of the text. An edit is a place and how
/// much is deleted there (two bytes and one), and what is put in.
pub fn edits(data: &[u8]) {
    let mut records = data.split(|&byte| byte == SEPARATOR);
    let mut text = String::from_utf8_lossy(records.next().unwrap_or_default()).into_owned();
    if text.len() > 8_192 {
        return;
    }
    let options = Options::default();
    let mut analysis = Analysis::new(Arc::from(text.as_str()), &options, &ENGINE);
    check_ranges(&analysis);
    for part in 0..16 {
        check_place(&analysis, text.len() * part / 16);
    }
    for record in records.take(12) {
        let [high, low, deleted, inserted @ ..] = record else { continue };
        let at = text.floor_char_boundary(usize::from(u16::from_be_bytes([*high, *low])) % (text.len() + 1));
        let end = text.ceil_char_boundary((at + usize::from(*deleted)).min(text.len()));
        text.replace_range(at..end, &String::from_utf8_lossy(inserted));
        let followed = analysis.update(Arc::from(text.as_str()), &options, &ENGINE);
        let anew = Analysis::new(Arc::from(text.as_str()), &options, &ENGINE);
        assert_eq!(followed.module().statements, anew.module().statements, "{text:?}");
        assert_eq!(followed.module().table, anew.module().table, "{text:?}");
        assert_eq!(followed.findings(), anew.findings(), "{text:?}");
        check_ranges(&followed);
        check_place(&followed, at);
        analysis = followed;
    }
}

/// Every range lies in the text, on character boundaries.
fn check_ranges(analysis: &Analysis) {
    let text = analysis.text();
    let inside = |range: TextRange| text.get(range.start().to_usize()..range.end().to_usize()).is_some();
    assert!(analysis.references().iter().all(|reference| inside(reference.range)), "{text:?}");
    for finding in analysis.findings() {
        assert!(inside(finding.range), "{text:?}");
        assert!(finding.fix.iter().flat_map(|fix| analysis.edits(fix)).all(|edit| inside(edit.range)), "{text:?}");
    }
}

/// What is offered and said around a place lies in the text, too.
fn check_place(analysis: &Analysis, at: usize) {
    let text = analysis.text();
    let at = text.floor_char_boundary(at);
    let end = text.ceil_char_boundary((at + 40).min(text.len()));
    let inside = |range: TextRange| text.get(range.start().to_usize()..range.end().to_usize()).is_some();
    let size = |at: usize| TextSize::new(at as u32);
    assert!(analysis.at(size(at)).is_none_or(|at| inside(at.range)), "{at} of {text:?}");
    for end in [at, end] {
        for rewrite in rewrites(analysis, TextRange::new(size(at), size(end))) {
            assert!(rewrite.edits.iter().all(|edit| inside(edit.range)), "{} at {at} of {text:?}", rewrite.name);
        }
    }
}

/// A reader's own copy, as text.
pub fn book(data: &[u8]) {
    drop(copy(data, Format::Text));
}

/// A reader's own copy, as Markdown.
pub fn markdown(data: &[u8]) {
    drop(copy(data, Format::Markdown));
}

/// A reader's own copy, as an EPUB: an archive, or else each record is a file in one, its first line the path. Its text is
/// written down as Markdown that does nothing, and says the same when it is read again.
pub fn epub(data: &[u8]) {
    let archive = if data.starts_with(b"PK") { data.to_vec() } else { archive(data) };
    let Some(found) = copy(&archive, Format::Epub) else { return };
    for event in Parser::new_ext(&found.text, Extensions::ENABLE_TABLES | Extensions::ENABLE_HEADING_ATTRIBUTES) {
        let harmful = matches!(
            &event,
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. } | Tag::Link { .. } | Tag::Table(_))
        );
        assert!(!harmful, "{event:?} in {}", found.text);
    }
    if let Some(again) = copy(found.text.as_bytes(), Format::Markdown)
        .filter(|again| again.text == found.text && again.format == Format::Markdown)
    {
        assert_eq!(again.blocks, found.blocks, "{}", found.text);
    }
}

/// The files in an archive, as they are.
fn archive(data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for record in data.split(|&byte| byte == SEPARATOR) {
        let end = record.iter().position(|&byte| byte == b'\n').unwrap_or(record.len());
        let (path, content) = record.split_at(end);
        let Ok((mut entry, config)) = archive.new_file(EntryPath::verbatim(path)).start() else { continue };
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content.get(1..).unwrap_or_default()).expect("a vector takes it");
        let (_, about) = writer.finish().expect("a vector takes it");
        entry.finish(about).expect("a vector takes it");
    }
    archive.finish().expect("a vector takes it");
    bytes
}

/// Reads a copy: what is found in it lies in it.
fn copy(data: &[u8], format: Format) -> Option<Manuscript> {
    let manuscript = Manuscript::read(data, format).ok()?;
    let Manuscript { text, blocks, .. } = &manuscript;
    let lines = text.split(['\n', '\r']).count();
    let (mut line, mut end) = (1, 0);
    for block in blocks {
        assert!(block.line >= line && block.line as usize <= lines, "line {} in {text:?}", block.line);
        assert!(block.range.start >= end && text.get(block.range.clone()).is_some(), "{:?} in {text:?}", block.range);
        (line, end) = (block.line, block.range.end);
        if let Content::Code(code) = &block.content {
            assert!(code.line >= block.line && code.line as usize <= lines + 1, "line {} in {text:?}", code.line);
        }
    }
    import(&manuscript);
    let Ok(copy) = BookCopy::of(manuscript.clone(), ENGINE.knowledge().first_volume().book()) else {
        return Some(manuscript);
    };
    for section in &copy.sections {
        assert!(!copy.heading(section).is_empty() && !copy.heading_text(section).is_empty());
        let has_words = copy.excerpt(section).is_some();
        assert!(!has_words || !copy.body(section).trim().is_empty(), "{section:?} in {:?}", copy.manuscript.text);
    }
    assert!(copy.sections.windows(2).all(|two| two[0].line < two[1].line), "in the order of the file");
    Some(manuscript)
}

/// Proposes triggers for what becomes the sections of an imported book: each number stands once, each trigger is one, and
/// what speaks for it is in the text.
fn import(manuscript: &Manuscript) {
    let outline = Outline::of(manuscript);
    let mut numbers: Vec<_> = outline.sections.iter().map(|section| section.number).collect();
    numbers.sort();
    assert!(numbers.windows(2).all(|two| two[0] != two[1]), "{numbers:?}");
    for section in &outline.sections {
        assert!(!section.title.is_empty() && !section.title.contains(char::is_control), "{section:?}");
        assert!(outline.chapters.iter().any(|chapter| chapter.number == section.number.chapter), "{section:?}");
    }
    if manuscript.text.len() > 8_192 {
        return;
    }
    let lines = manuscript.text.split(['\n', '\r']).count() as u32 + 1;
    let passages = passages(manuscript, &outline);
    for proposal in propose(&passages, &|| {}).iter().flatten() {
        assert_eq!(proposal.trigger.to_string().parse(), Ok(proposal.trigger.clone()));
        assert!((1..=lines).contains(&proposal.line), "{proposal:?} in {:?}", manuscript.text);
    }
}

/// A folder of knowledge: each record is a file, its first line the path. What is read of it can be shown, and is harmless.
pub fn knowledge(data: &[u8]) {
    let file = |record: &[u8]| {
        let text = String::from_utf8_lossy(record);
        let (path, text) = text.split_once('\n').unwrap_or((&text, ""));
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    };
    let files: Vec<_> = data.split(|&byte| byte == SEPARATOR).map(file).collect();
    let (contents, problems) = format::read(&files);
    for problem in problems {
        // Two files may have one path.
        let named = files.iter().filter(|file| file.path == problem.path);
        let lines = named.map(|file| file.text.lines().count()).max().unwrap_or_default().max(1);
        assert!((1..=lines + 1).contains(&problem.line), "{problem}");
    }
    let (knowledge, _) = Knowledge::with_books([contents]);
    let link: render::Link<'_> = &|number| Some(format!("{number}.md"));
    let volume = &knowledge.volumes()[1];
    for section in &*volume.book().sections {
        let page = render::volume_page(volume, section.number, link).expect("it is in the book");
        assert_harmless(&page);
    }
    for (id, _) in volume.notes() {
        assert_harmless(&render::full(&knowledge, id, link));
        assert_harmless(&render::one_line(&knowledge, id, link));
    }
    for (id, _) in volume.rules() {
        let _page = render::rule_page(&knowledge, id, link);
    }
    let code = "import os, till\ntill.force(1, x=2)\nos.system('a')\nclass A(till.B):\n    pass\n";
    let own = |name: &str| volume.rule_named(name).is_some();
    let engine = Engine::with_rules(Arc::clone(&knowledge), |_, rule| own(&rule.name));
    check_ranges(&Analysis::new(Arc::from(code), &Options::default(), &engine));
}

fn assert_harmless(markdown: &str) {
    for event in Parser::new(markdown) {
        let harmful = match &event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. }) => true,
            Event::Start(Tag::Link { dest_url, .. }) => dest_url.starts_with("command:"),
            _ => false,
        };
        assert!(!harmful, "{event:?} in {markdown}");
    }
}

/// A client: each record is a message, or bytes as they are behind a 0x1f. The server ends, and what it says is whole.
pub fn protocol(data: &[u8]) {
    let mut input = Vec::new();
    for record in data.split(|&byte| byte == SEPARATOR) {
        match record {
            [0x1f, raw @ ..] => input.extend_from_slice(raw),
            body => {
                input.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
                input.extend_from_slice(body);
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let said = runtime.block_on(async {
        let (mut ours, theirs) = duplex(1 << 16);
        // No folder can be made below a file, so that nothing is written.
        let environment = Environment { cache: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into()) };
        let mut said = Vec::new();
        let session = async { tokio::join!(serve(&input[..], theirs, environment), ours.read_to_end(&mut said)) };
        let ended = tokio::time::timeout(Duration::from_mins(2), session).await;
        ended.expect("the server ends").0.expect("threads can be started");
        said
    });
    let mut rest = &said[..];
    while !rest.is_empty() {
        let header = rest.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a header");
        let length = std::str::from_utf8(&rest[..header]).ok().and_then(|text| text.strip_prefix("Content-Length: "));
        let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
        let (body, further) = rest[header + 4..].split_at(length);
        let message: Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(message["jsonrpc"], "2.0");
        rest = further;
    }
}
