//! What a reader's own copy costs: read as text, as Markdown, and as an EPUB.
//!
//! `MARGINALIA_BOOK` names the copy, a text; without it there is nothing to measure. Its other forms are made of it.

use std::fs;
use std::io::Write;
use std::sync::LazyLock;

use divan::Bencher;
use marginalia::book::copy::BookCopy;
use marginalia::book::manuscript::{Content, Format, Manuscript};
use marginalia::knowledge::Knowledge;
use miniz_oxide::deflate::compress_to_vec;
use rawzip::{CompressionMethod, ZipArchiveWriter};

#[allow(clippy::print_stdout, reason = "a benchmark talks to people")]
fn main() {
    match &*COPY {
        Some(_) => divan::main(),
        None => println!("MARGINALIA_BOOK is not set: there is no copy to read"),
    }
}

static COPY: LazyLock<Option<Vec<u8>>> = LazyLock::new(|| {
    let path = std::env::var_os("MARGINALIA_BOOK")?;
    Some(fs::read(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display())))
});

fn bytes() -> &'static [u8] {
    COPY.as_deref().expect("main has looked")
}

fn manuscript() -> Manuscript {
    Manuscript::read(bytes(), Format::Text).expect("it is a text")
}

fn read(bencher: Bencher, bytes: &[u8], format: Format) {
    let knowledge = Knowledge::builtin();
    let book = knowledge.first_volume().book();
    bencher.bench(|| BookCopy::read(bytes, format, book).expect("it has sections"));
}

#[divan::bench]
fn read_a_text(bencher: Bencher) {
    read(bencher, bytes(), Format::Text);
}

#[divan::bench]
fn read_markdown(bencher: Bencher) {
    let mut text = String::new();
    for block in manuscript().blocks {
        match block.content {
            Content::Heading(heading) => text += &format!("{} {}\n\n", "#".repeat(heading.level.into()), heading.text),
            Content::Prose(prose) => text += &format!("{prose}\n"),
            Content::Code(code) => text += &format!("```{}\n{}```\n\n", code.language, code.text),
        }
    }
    read(bencher, text.as_bytes(), Format::Markdown);
}

#[divan::bench]
fn read_an_epub(bencher: Bencher) {
    let xml = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut page = String::from("<html><body>");
    for block in manuscript().blocks {
        match block.content {
            Content::Heading(heading) => page += &format!("<h{0}>{1}</h{0}>", heading.level, xml(&heading.text)),
            Content::Prose(prose) => page += &format!("<p>{}</p>", xml(&prose)),
            Content::Code(code) => page += &format!("<pre class='{}'>{}</pre>", code.language, xml(&code.text)),
        }
    }
    page += "</body></html>";
    let epub = zip(&[
        ("META-INF/container.xml", "<container><rootfile full-path='book.opf'/></container>"),
        (
            "book.opf",
            "<package><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>\
             <spine><itemref idref='a'/></spine></package>",
        ),
        ("a.xhtml", &page),
    ]);
    read(bencher, &epub, Format::Epub);
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        let builder = archive.new_file(*name).compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = builder.start().expect("a name");
        entry.write_all(&compress_to_vec(content.as_bytes(), 6)).expect("a vector takes it");
        let mut counted = config.wrap(std::io::sink());
        counted.write_all(content.as_bytes()).expect("it is only counted");
        let (_, about) = counted.finish().expect("it is only counted");
        entry.finish(about).expect("a vector takes it");
    }
    archive.finish().expect("a vector takes it");
    bytes
}
