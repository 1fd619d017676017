//! Zip archives: every entry is read once for its checksum; then entries become sources that read their own bytes.
//!
//! Nothing is ever written where an entry's name says, so a name can lead nowhere; it is only shown, and cleaned
//! before that.

use std::{
    fs::File,
    io::{self, Cursor, Read},
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

/// The files of an archive that is in memory; `name` is that of the archive in messages.
///
/// # Errors
///
/// [`Error::Archive`] when it cannot be read in full.
pub fn entries_of_bytes(name: &str, bytes: Arc<[u8]>) -> Result<Vec<Source>, Error> {
    let source = Source::bytes(name, Arc::clone(&bytes));
    let mut found = Vec::new();
    add(Cursor::new(bytes), &source, (name, ""), &mut found)?;
    Ok(found)
}

/// Adds every file of an archive to `found`.
pub(crate) fn entries(
    path: &Path,
    (name, prefix): (&str, &str),
    found: &mut Vec<Source>,
) -> Result<(), Error> {
    let file = File::open(path).map_err(|e| Error::io(name, e))?;
    let bytes = file.metadata().map_err(|e| Error::io(name, e))?.len();
    let source = Source::file_of_length(path.to_owned(), name, bytes);
    add(io::BufReader::new(file), &source, (name, prefix), found)
}

/// Adds every file of an archive to `found`; `source` is where it lies, `reader` a way through it.
fn add<R: io::Read + io::Seek>(
    reader: R,
    source: &Source,
    (name, prefix): (&str, &str),
    found: &mut Vec<Source>,
) -> Result<(), Error> {
    let mut archive = ZipArchive::new(reader).map_err(|e| Error::archive(name, &e.to_string()))?;
    let places = places(&mut archive, source).map_err(|reason| Error::archive(name, &reason))?;
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
    source: &Source,
) -> Result<Vec<Result<ZipEntry, &'static str>>, String> {
    if archive.len() > FILES_MAX {
        return Err(format!("it has {} entries, more than {FILES_MAX}", archive.len()));
    }
    // Of entries with one name, only the last would be seen: a slice could go missing.
    if archive.has_duplicate_names() {
        return Err("two entries have the same name".to_owned());
    }
    let (mut spans, mut places) = (Vec::with_capacity(archive.len()), Vec::with_capacity(archive.len()));
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| e.to_string())?;
        let end = entry.data_start().unwrap_or(0).saturating_add(entry.compressed_size());
        spans.push((entry.header_start(), end));
        unpacked = unpacked.saturating_add(entry.size());
        places.push(entry_place(&entry, source));
    }
    if unpacked > UNPACKED_FREE.max(source.len().saturating_mul(UNPACKED_RATIO)) {
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
    archive: &Source,
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
    Ok(ZipEntry { archive: archive.clone(), offset, compressed_len: packed, deflated })
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

    #[test]
    fn an_archive_in_memory_is_read_like_one_in_a_file() {
        use std::io::Write;
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, method) in [("a/1", CompressionMethod::Stored), ("a/2", CompressionMethod::Deflated)] {
            let options = zip::write::SimpleFileOptions::default().compression_method(method);
            writer.start_file(name, options).unwrap();
            writer.write_all(format!("bytes of {name}, bytes of {name}").as_bytes()).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.zip");
        std::fs::write(&path, &bytes).unwrap();
        let mut of_file = Vec::new();
        entries(&path, ("x.zip", ""), &mut of_file).unwrap();
        let of_bytes = entries_of_bytes("x.zip", bytes.clone().into()).unwrap();
        for sources in [&of_file, &of_bytes] {
            let read = |source: &Source| {
                let mut into = Vec::new();
                source.read_range(6..12, &mut into).unwrap();
                (source.name().to_owned(), String::from_utf8(into).unwrap())
            };
            let expected = [("a/1", "of a/1"), ("a/2", "of a/2")].map(|(n, b)| (n.to_owned(), b.to_owned()));
            assert_eq!(sources.iter().map(read).collect::<Vec<_>>(), expected);
        }
        assert_eq!(of_file[0].folder_path(), Some(folder.path()));
        assert_eq!(of_bytes[0].folder_path(), None);
        let cut = entries_of_bytes("x.zip", bytes[..bytes.len() - 30].into()).unwrap_err().to_string();
        assert!(cut.starts_with("x.zip could not be opened as a zip archive"), "{cut}");
    }
}
