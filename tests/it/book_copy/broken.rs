//! Files that are no copies of a book, or mean harm: one message each.

use marginalia::book::manuscript::Content;

use super::read;
use crate::support::epub::{CONTAINER, small, zip};

fn said(name: &str, bytes: &[u8]) -> String {
    read(name, bytes).map(|copy| copy.sections.len()).unwrap_err().to_string()
}

const PACKAGE: &str = "<package><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>\
                       <spine><itemref idref='a'/></spine></package>";

const PAGE: &str = "<html><body><h2>16.7.4 A group</h2><p>Words.</p></body></html>";

/// An EPUB of one page, and more files.
fn with(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut all: Vec<(&str, &[u8])> = vec![
        ("META-INF/container.xml", CONTAINER.as_bytes()),
        ("book.opf", PACKAGE.as_bytes()),
        ("a.xhtml", PAGE.as_bytes()),
    ];
    all.retain(|(name, _)| files.iter().all(|(other, _)| other != name));
    all.extend_from_slice(files);
    zip(&all)
}

fn encrypted(algorithm: &str) -> Vec<u8> {
    format!(
        "<encryption xmlns='urn:oasis:names:tc:opendocument:xmlns:container' xmlns:enc='http://www.w3.org/2001/04/xmlenc#'>\
         <enc:EncryptedData><enc:EncryptionMethod Algorithm='{algorithm}'/></enc:EncryptedData></encryption>"
    )
    .into_bytes()
}

#[test]
fn what_is_no_epub_is_said() {
    let whole = small();
    let mut flipped = whole.clone();
    let middle = whole.windows(4).rposition(|bytes| bytes == b"PK\x03\x04").unwrap() + 120;
    flipped[middle] ^= 0x55;
    let aes = encrypted("http://www.w3.org/2001/04/xmlenc#aes256-cbc");
    let cases: [(&str, Vec<u8>, &str); 14] = [
        ("cut.epub", whole[..whole.len() / 2].to_vec(), "the EPUB is damaged or cut off: its end is missing"),
        ("start.epub", whole[..30].to_vec(), "the EPUB is damaged or cut off"),
        ("flipped.epub", flipped, "the EPUB is damaged or cut off: a page cannot be unpacked"),
        ("word.docx", zip(&[("word/document.xml", "<a/>")]), "the file is a zip archive and no EPUB"),
        ("empty.zip", zip::<&str>(&[]), "the file is a zip archive and no EPUB"),
        ("drm.epub", with(&[("META-INF/encryption.xml", &aes)]), "the EPUB is protected (DRM)"),
        ("no-list.epub", with(&[("META-INF/container.xml", b"<container/>")]), "its container names no contents"),
        ("no-pages.epub", with(&[("book.opf", b"<package/>")]), "it lists no pages"),
        (
            "outside.epub",
            with(&[("book.opf", PACKAGE.replace("a.xhtml", "../../a.xhtml").as_bytes())]),
            "it lists no pages",
        ),
        ("blank.epub", with(&[("a.xhtml", b"<html><body><p> &#32; </p></body></html>")]), "the file is empty"),
        ("letter.epub", with(&[("a.xhtml", b"<p>Dear Ann,</p>")]), "none of the book's numbered sections"),
        ("book.epub", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), "the file is not text (byte 0)"),
        ("book.pdf", b"%PDF-1.7\n1.1 Title\n".to_vec(), "the file is a PDF; a copy is"),
        ("book.mobi", [&[0; 60][..], b"BOOKMOBI", &[0; 60]].concat(), "the file is a Kindle book; a copy is"),
    ];
    for (name, bytes, reason) in cases {
        let message = said(name, &bytes);
        assert!(message.contains(reason) && !message.contains('\n'), "{name}: {message}");
    }
}

#[test]
fn what_is_odd_is_read_all_the_same() {
    let fonts = encrypted("http://www.idpf.org/2008/embedding");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(PAGE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let lines: [(&str, Vec<u8>); 7] = [
        ("fonts are hidden", with(&[("META-INF/encryption.xml", &fonts)])),
        ("text is not UTF-8", with(&[("a.xhtml", &wide)])),
        ("a path leads out, and is nobody's", with(&[("../../../tmp/evil.sh", b"rm")])),
        ("elements are not closed", with(&[("a.xhtml", b"<body><div><h2>16.7.4 A group<p>Words.</body>")])),
        (
            "more is closed than was open",
            with(&[("a.xhtml", b"</p></p><h2>16.7.4 A group</h2></div><p>Words.</p></li></ul>")]),
        ),
        ("a heading has parts", with(&[("a.xhtml", b"<h2><div>16.7.4</div><div>A group</div></h2><p>Words.</p>")])),
        ("the extension is wrong", with(&[])),
    ];
    for (name, bytes) in lines {
        let copy = read("book.txt", &bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let number = copy.sections.first().unwrap().number;
        assert_eq!(super::excerpt(&copy, &number.to_string()).0, "Words.", "{name}");
    }
}

#[test]
fn what_looks_like_markup_in_an_epub_is_text() {
    let lines = [
        "# 16.8 no heading",
        "#",
        "16.9 no heading",
        "---",
        "===",
        "1. no item",
        "23) no item",
        "- no item",
        "+ no item",
        "* no item",
        "> no quotation",
        "```",
        "~~~",
        "`no code`",
        "*no* stress_",
        "__no__ stress",
        "[no link](command:x)",
        "![no picture](x.png)",
        "<b>no markup</b>",
        "<!-- no remark -->",
        "&amp; no letter",
        "| no | table |",
        "|----|-------|",
        "~~no~~",
        "[a]: command:x",
        "back\\slash \\",
        "\u{a0}# no heading",
        "+++",
        ": no",
        "{#no}",
        "https://example.org/_a_",
        "2 < 3 & 4 > 1",
    ];
    let xml = lines.map(|line| line.replace('&', "&amp;").replace('<', "&lt;"));
    let heading = |text: &str| format!("<h2>16.7.4 {text}</h2>");
    for (kind, written) in
        [("p", xml.join("</p><p>")), ("line", xml.join("<br/>")), ("li", xml.join("</p><ul><li>x</li></ul><p>"))]
    {
        let page = format!("{}<p>{written}</p>", heading("A group"));
        let copy = read("book.epub", &with(&[("a.xhtml", page.as_bytes())])).unwrap();
        assert_eq!(copy.sections.len(), 1, "{kind}");
        let said = copy.manuscript.blocks[1..].iter().flat_map(|block| match &block.content {
            Content::Prose(prose) => prose.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>(),
            other => panic!("{kind}: {other:?} in {}", copy.manuscript.text),
        });
        let said: Vec<_> = said.filter(|line| line != "x").collect();
        assert_eq!(said, lines.map(|line| line.trim().to_owned()), "{kind}: {}", copy.manuscript.text);
    }
    for text in lines {
        let title = text.trim().replace('&', "&amp;").replace('<', "&lt;");
        let copy = read("book.epub", &with(&[("a.xhtml", heading(&title).as_bytes())])).unwrap();
        assert_eq!(copy.heading_text(&copy.sections[0]), format!("16.7.4 {}", text.trim()), "{}", copy.manuscript.text);
    }
}

/// Converters that know no headings leave paragraphs.
#[test]
fn a_book_without_headings_is_read_as_a_text() {
    let page = "<h1>Chapter 16: *Ours*</h1><p>16.7 Naps</p><p>They say *how*:</p><p>class A:<br/>&nbsp; &nbsp; def __len__(self): ...</p><pre>a\\_b</pre>\
                <p>16.7.4 A group_of_ <b>naps</b></p><p>Words.</p>";
    let copy = read("book.epub", &with(&[("a.xhtml", page.as_bytes())])).unwrap();
    let found: Vec<_> = copy.sections.iter().map(|section| copy.heading_text(section)).collect();
    assert_eq!(found, ["16.7 Naps", "16.7.4 A group_of_ naps"]);
    assert!(matches!(&copy.manuscript.blocks[0].content, Content::Heading(chapter) if chapter.title == "*Ours*"));
    let (prose, code) = super::excerpt(&copy, "16.7");
    assert_eq!((&*prose, &*code), ("They say *how*:", "class A:\n    def __len__(self): ..."));
    assert_eq!(super::excerpt(&copy, "16.7.4").0, "Words.");
}

#[test]
fn an_archive_that_would_fill_the_memory_is_refused() {
    const REFUSED: &str = "the EPUB unpacks to far more than a book has, and is not read";
    let bomb = vec![b' '; 8 << 20];
    assert_eq!(said("bomb.epub", &with(&[("a.xhtml", &bomb)])), REFUSED);
    assert!(read("picture.epub", &with(&[("picture.png", &bomb)])).is_ok(), "only pages are unpacked");
    // The page is small enough, but listed again and again.
    let again = PACKAGE.replace("<itemref idref='a'/>", &"<itemref idref='a'/>".repeat(70));
    let page = format!("{PAGE}<!-- {} -->", " ".repeat(1 << 20));
    let archive = with(&[("book.opf", again.as_bytes()), ("a.xhtml", page.as_bytes())]);
    assert_eq!(said("again.epub", &archive), REFUSED);
}

#[test]
fn an_archive_with_too_many_files_is_refused() {
    let names: Vec<_> = (0..20_001).map(|at| at.to_string()).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert!(said("many.epub", &zip(&files)).starts_with("the EPUB unpacks to far more than a book has"));
}

#[test]
fn entities_are_letters_and_no_more() {
    let laughs = "<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>\
                  <!ENTITY file SYSTEM 'file:///etc/passwd'>]>\
                  <html><body><h2>16.7.4 A group</h2><p>&c;&file; &eacute;&hellip;&#x2014;&amp;lt; R&D &nosuch; &#0; AT&T;</p></body></html>";
    let copy = read("book.epub", &with(&[("a.xhtml", laughs.as_bytes())])).unwrap();
    assert_eq!(super::excerpt(&copy, "16.7.4").0, "&c;&file; é…—&lt; R&D &nosuch; � AT&T;");
}

#[test]
fn nesting_is_no_trouble() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<ul><li>", "</li></ul>"),
        ("<code>", "</code>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<b>", ""),
    ] {
        let deep = 20_000;
        let page = format!("<body><h2>16.7.4 A group</h2>{}Words.{}</body>", open.repeat(deep), close.repeat(deep));
        let copy = read("book.epub", &with(&[("a.xhtml", page.as_bytes())])).unwrap();
        assert_eq!(super::excerpt(&copy, "16.7.4").0, "Words.", "{open}");
    }
    for mark in ["> ", "- ", "[", "*", "`", "1. "] {
        let text = format!("## 16.7.4 A group\n\nWords.\n\n{}\n", mark.repeat(50_000));
        let copy = read("book.md", text.as_bytes()).unwrap();
        assert_eq!(super::excerpt(&copy, "16.7.4").0, "Words.", "{mark}");
    }
}
