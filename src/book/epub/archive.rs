//! The files in a zip archive, unpacked one by one.

use std::collections::BTreeMap;

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use crate::book::manuscript::{Fault, MAX_BYTES};

/// Archives with more files are refused; a large book has some hundreds.
const MAX_ENTRIES: usize = 20_000;

/// Text becomes a tenth of its length at best; what becomes less is made to fill memory.
const MAX_RATIO: usize = 200;

/// Files of this many bytes may be as repetitive as they like.
const SMALL: usize = 1 << 20;

/// An archive, and what is in it.
pub(super) struct Archive<'a> {
    zip: ZipSliceArchive<&'a [u8]>,
    entries: BTreeMap<String, Entry>,
    /// How many bytes may still be unpacked.
    left: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    at: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    encrypted: bool,
}

impl<'a> Archive<'a> {
    /// Reads the list of files.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Fault> {
        let damaged = |_| Fault::Damaged("its end is missing");
        let zip = ZipArchive::from_slice(bytes).map_err(damaged)?;
        if zip.entries_hint() > MAX_ENTRIES as u64 {
            return Err(Fault::Bomb);
        }
        let mut entries = BTreeMap::new();
        let mut listed = zip.entries();
        while let Some(entry) = listed.next_entry().map_err(|_| Fault::Damaged("its list of files cannot be read"))? {
            if entries.len() == MAX_ENTRIES {
                return Err(Fault::Bomb);
            }
            let path = entry.file_path();
            let path = String::from_utf8_lossy(path.as_bytes()).into_owned();
            let (at, method, encrypted) = (entry.wayfinder(), entry.compression_method(), entry.flags().is_encrypted());
            entries.insert(path, Entry { at, method, encrypted });
        }
        Ok(Self { zip, entries, left: MAX_BYTES })
    }

    /// Whether there is such a file.
    pub fn has(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// A file as text; `None` where there is none. UTF-8, or UTF-16 with a byte order mark.
    pub fn text(&mut self, path: &str) -> Result<Option<String>, Fault> {
        let Some(bytes) = self.bytes(path)? else { return Ok(None) };
        let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
            let units: Vec<_> = bytes.as_chunks::<2>().0.iter().map(|two| unit(*two)).collect();
            String::from_utf16_lossy(&units)
        };
        Ok(Some(match &*bytes {
            [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
            [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
            [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
            _ => {
                String::from_utf8(bytes).unwrap_or_else(|fault| String::from_utf8_lossy(fault.as_bytes()).into_owned())
            }
        }))
    }

    fn bytes(&mut self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        const DAMAGED: Fault = Fault::Damaged("a page cannot be unpacked");
        let Some(entry) = self.entries.get(path).copied() else { return Ok(None) };
        if entry.encrypted {
            return Err(Fault::Protected);
        }
        let found = self.zip.get_entry(entry.at).map_err(|_| DAMAGED)?;
        let packed = found.data();
        let limit = self.left.min(packed.len().saturating_mul(MAX_RATIO).max(SMALL));
        let bytes = match entry.method {
            CompressionMethod::STORE if packed.len() > limit => return Err(Fault::Bomb),
            CompressionMethod::STORE => packed.to_vec(),
            CompressionMethod::DEFLATE => {
                decompress_to_vec_with_limit(packed, limit).map_err(|fault| match fault.status {
                    TINFLStatus::HasMoreOutput => Fault::Bomb,
                    _ => DAMAGED,
                })?
            }
            _ => return Err(Fault::Damaged("a page is packed in a way that EPUB does not know")),
        };
        if rawzip::crc32(&bytes) != found.claim_verifier().crc {
            return Err(DAMAGED);
        }
        self.left -= bytes.len();
        Ok(Some(bytes))
    }
}
