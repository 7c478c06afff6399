//! Makes EPUBs and other zip archives.

use std::fs;
use std::io::Write;
use std::path::Path;

use miniz_oxide::deflate::compress_to_vec;
use rawzip::{CompressionMethod, ZipArchiveWriter};

/// A zip archive of these files.
pub fn zip<T: AsRef<[u8]>>(files: &[(&str, T)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        // The file that says what the archive is comes unpacked.
        let packed = *name != "mimetype";
        let method = if packed { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
        let name = rawzip::path::EntryPath::verbatim(name.as_bytes());
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        let content = content.as_ref();
        let data = if packed { compress_to_vec(content, 6) } else { content.to_vec() };
        entry.write_all(&data).unwrap();
        let mut counted = config.wrap(std::io::sink());
        counted.write_all(content).unwrap();
        let (_, about) = counted.finish().unwrap();
        entry.finish(about).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// An EPUB of pages: names, and XHTML.
pub fn of_pages<T: AsRef<str>>(pages: &[(&str, T)]) -> Vec<u8> {
    let items: String = pages
        .iter()
        .map(|(name, _)| format!("<item id='{name}' href='{name}' media-type='application/xhtml+xml'/>"))
        .collect();
    let order: String = pages.iter().map(|(name, _)| format!("<itemref idref='{name}'/>")).collect();
    let package = format!("<package><manifest>{items}</manifest><spine>{order}</spine></package>");
    let mut files =
        vec![("mimetype", "application/epub+zip"), ("META-INF/container.xml", CONTAINER), ("book.opf", &*package)];
    files.extend(pages.iter().map(|(name, page)| (*name, page.as_ref())));
    zip(&files)
}

/// Names `book.opf`.
pub const CONTAINER: &str = "<container><rootfiles><rootfile full-path='book.opf'/></rootfiles></container>";

/// The small book of our own.
pub fn small() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/book_copy/epub");
    let file = |name: &str| fs::read(folder.join(name)).unwrap();
    zip(&[
        ("mimetype", b"application/epub+zip".to_vec()),
        ("META-INF/container.xml", file("container.xml")),
        ("OEBPS/package.opf", file("package.opf")),
        ("OEBPS/nav.xhtml", b"<html><body><nav><ol><li>2.1 Words</li></ol></nav></body></html>".to_vec()),
        ("OEBPS/text/chapter 2.xhtml", file("chapter-2.xhtml")),
        ("OEBPS/text/chapter-16.xhtml", file("chapter-16.xhtml")),
    ])
}
