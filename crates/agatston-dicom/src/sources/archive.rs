//! Zip archives: every entry is read once for its checksum; then entries become sources that read their own bytes.
//!
//! Nothing is ever written where an entry's name says, so a name can lead nowhere; it is only shown, and cleaned
//! before that.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use zip::{CompressionMethod, ZipArchive};

use super::{DEFLATE_RATIO_MAX, FILES_MAX, Source, source::ZipEntry};
use crate::Error;

/// Most bytes that the entries of an archive may have together, unless they are packed less than a hundredfold:
/// slices are packed two- to tenfold.
const UNPACKED_FREE: u64 = 1 << 30;
const UNPACKED_RATIO: u64 = 100;

/// Whether a source begins as a zip archive does.
pub(crate) fn is_archive(source: &Source) -> io::Result<bool> {
    let mut start = Vec::new();
    source.read_range(0..source.len().min(4), &mut start)?;
    Ok(start == b"PK\x03\x04" || start == b"PK\x05\x06")
}

/// Adds every file of an archive to `found`.
pub(crate) fn entries(
    path: &Path,
    (name, prefix): (&str, &str),
    found: &mut Vec<Source>,
) -> Result<(), Error> {
    let file = File::open(path).map_err(|e| Error::io(name, e))?;
    let bytes = file.metadata().map_err(|e| Error::io(name, e))?.len();
    let mut archive =
        ZipArchive::new(io::BufReader::new(file)).map_err(|e| Error::archive(name, &e.to_string()))?;
    let places = places(&mut archive, path, bytes).map_err(|reason| Error::archive(name, &reason))?;
    for (index, place) in places.into_iter().enumerate() {
        let entry = archive.by_index_raw(index).map_err(|e| Error::archive(name, &e.to_string()))?;
        let (entry_name, is_dir, size) = (inside(entry.name_raw()), entry.is_dir(), entry.size());
        drop(entry);
        let failed = |reason: &str| Error::archive(&format!("{name}: {entry_name}"), reason);
        let place = place.map_err(failed)?;
        verify(&mut archive, index, size).map_err(|reason| failed(&reason))?;
        if !is_dir {
            let shown = if prefix.is_empty() { entry_name } else { format!("{prefix}/{entry_name}") };
            found.push(Source::zip_entry(&shown, size, place));
        }
    }
    Ok(())
}

/// The name of an entry as a name inside the archive: of an absolute one, which tells of the machine it was packed
/// on, only the last part; without steps up.
fn inside(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name).replace('\\', "/");
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let mut parts: Vec<&str> = name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
    if drive || name.starts_with('/') {
        parts.drain(..parts.len().saturating_sub(1));
    }
    parts.join("/")
}

/// Where the bytes of all entries are, after a look at what the archive claims of them.
fn places<R: io::Read + io::Seek>(
    archive: &mut ZipArchive<R>,
    path: &Path,
    bytes: u64,
) -> Result<Vec<Result<ZipEntry, &'static str>>, String> {
    if archive.len() > FILES_MAX {
        return Err(format!("it has {} entries, more than {FILES_MAX}", archive.len()));
    }
    // Of entries with one name, only the last would be seen: a slice could go missing.
    if archive.has_duplicate_names() {
        return Err("two entries have the same name".to_owned());
    }
    let shared: Arc<Path> = path.into();
    let (mut spans, mut places) = (Vec::with_capacity(archive.len()), Vec::with_capacity(archive.len()));
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| e.to_string())?;
        let end = entry.data_start().unwrap_or(0).saturating_add(entry.compressed_size());
        spans.push((entry.header_start(), end));
        unpacked = unpacked.saturating_add(entry.size());
        places.push(entry_place(&entry, &shared));
    }
    if unpacked > UNPACKED_FREE.max(bytes.saturating_mul(UNPACKED_RATIO)) {
        return Err(format!(
            "its entries are over {} MB and over {UNPACKED_RATIO} times its size when unpacked",
            UNPACKED_FREE >> 20
        ));
    }
    // Entries that share bytes are a bomb: a small archive that takes hours to unpack.
    spans.sort_unstable();
    let overlap = spans.iter().zip(spans.iter().skip(1)).any(|(a, b)| b.0 < a.1);
    if overlap { Err("entries overlap".to_owned()) } else { Ok(places) }
}

/// Reads an entry once, so that its checksum (CRC-32) is compared: a flipped bit in a slice moves a score. It must be
/// as long as it claims; of a longer one no more is unpacked than tells.
fn verify<R: io::Read + io::Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    size: u64,
) -> Result<(), String> {
    let entry = archive.by_index(index).map_err(|e| e.to_string())?;
    let mut entry = entry.take(size.saturating_add(1));
    let read = io::copy(&mut entry, &mut io::sink()).map_err(|e| e.to_string())?;
    if read == size { Ok(()) } else { Err("it has another length than it claims".to_owned()) }
}

/// Where an entry's bytes are, after a look at what it claims.
fn entry_place<R: io::Read>(
    entry: &zip::read::ZipFile<'_, R>,
    archive: &Arc<Path>,
) -> Result<ZipEntry, &'static str> {
    if entry.encrypted() {
        return Err("it is encrypted");
    }
    let deflated = match entry.compression() {
        CompressionMethod::Stored => false,
        CompressionMethod::Deflated => true,
        _ => return Err("its compression method is not supported"),
    };
    let (packed, size) = (entry.compressed_size(), entry.size());
    let possible = if deflated { packed.saturating_mul(DEFLATE_RATIO_MAX) >= size } else { packed == size };
    if !possible {
        return Err("it claims a size that it cannot have");
    }
    let offset = entry.data_start().ok_or("its place is unknown")?;
    Ok(ZipEntry { archive: Arc::clone(archive), offset, compressed_len: packed, deflated })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_and_tell_of_no_machine() {
        for (name, shown) in [
            ("a/b/1", "a/b/1"),
            ("a\\b\\1", "a/b/1"),
            ("../../etc/1", "etc/1"),
            ("./a/.././1", "a/1"),
            ("/home/someone/1", "1"),
            ("C:\\Users\\someone\\1", "1"),
            ("\\\\server\\share\\1", "1"),
            ("/", ""),
        ] {
            assert_eq!(inside(name.as_bytes()), shown, "{name}");
        }
    }
}
