//! What is in an EPUB, and in which order it is read: the container, and the package document that it names.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::page::{attribute, reader};
use crate::book::manuscript::Fault;

/// The paths of the pages, in reading order.
pub(super) fn pages(archive: &mut Archive<'_>) -> Result<Vec<String>, Fault> {
    if is_protected(archive)? {
        return Err(Fault::Protected);
    }
    let container = archive.text("META-INF/container.xml")?;
    let container = container.ok_or(Fault::NoEpub("META-INF/container.xml is missing"))?;
    let package =
        first(&container, "rootfile", "full-path").ok_or(Fault::Damaged("its container names no contents"))?;
    let text = archive.text(&package)?.ok_or(Fault::Damaged("its list of contents is missing"))?;
    let pages = in_order(&text, package.rsplit_once('/').map_or("", |(folder, _)| folder));
    if !pages.iter().any(|page| archive.has(page)) {
        return Err(Fault::Damaged("it lists no pages"));
    }
    Ok(pages)
}

/// Whether pages are encrypted. Fonts often are, in a way that anybody may read.
fn is_protected(archive: &mut Archive<'_>) -> Result<bool, Fault> {
    const FONTS: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];
    let Some(encryption) = archive.text("META-INF/encryption.xml")? else { return Ok(false) };
    let mut protected = false;
    each(&encryption, |name, start| {
        if name == "EncryptionMethod" {
            protected |= attribute(start, "Algorithm").is_none_or(|algorithm| !FONTS.contains(&&*algorithm));
        }
    });
    Ok(protected)
}

/// The pages in the order of the spine. Pages that only list contents are left out.
fn in_order(package: &str, folder: &str) -> Vec<String> {
    let mut listed: HashMap<String, String> = HashMap::new();
    let mut order = Vec::new();
    each(package, |name, start| match name {
        "item" => {
            let (Some(id), Some(href)) = (attribute(start, "id"), attribute(start, "href")) else { return };
            let kind = attribute(start, "media-type").unwrap_or_default();
            let is_page = !["image/", "audio/", "video/"].iter().any(|other| kind.starts_with(other));
            let is_list = attribute(start, "properties").is_some_and(|it| it.split(' ').any(|word| word == "nav"));
            if let Some(path) = inside(folder, &href).filter(|_| is_page && !is_list) {
                listed.insert(id, path);
            }
        }
        "itemref" => order.extend(attribute(start, "idref")),
        _ => {}
    });
    order.iter().filter_map(|id| listed.get(id).cloned()).collect()
}

/// The path in the archive that a link leads to; `None` where it leads out of it.
fn inside(folder: &str, href: &str) -> Option<String> {
    let href = percent_decoded(href.split('#').next()?);
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in href.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(path.pop()?),
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%').then(|| u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok()).flatten();
        decoded.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The first value of an attribute of elements with this name.
fn first(text: &str, element: &str, name: &str) -> Option<String> {
    let mut found = None;
    each(text, |known, start| {
        if known == element && found.is_none() {
            found = attribute(start, name);
        }
    });
    found
}

/// Every element: its name without prefix, and its start.
fn each(text: &str, mut tell: impl FnMut(&str, &BytesStart<'_>)) {
    let mut reader = reader(text);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) | Event::Empty(start) => tell(start.local_name().into_inner(), &start),
            Event::Eof => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn links_stay_in_the_archive() {
        for (folder, href, path) in [
            ("OEBPS", "text/a%20b.xhtml#top", Some("OEBPS/text/a b.xhtml")),
            ("OEBPS/package", "../a.xhtml", Some("OEBPS/a.xhtml")),
            ("", "./a.xhtml", Some("a.xhtml")),
            ("OEBPS", "../../etc/passwd", None),
            ("OEBPS", "%2e%2e/%2e%2e/a", None),
            ("OEBPS", "100%", Some("OEBPS/100%")),
        ] {
            assert_eq!(inside(folder, href).as_deref(), path, "{href}");
        }
    }
}
