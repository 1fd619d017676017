//! Zip archives: only the directory is read here; entries become sources that read their own bytes.

use std::{fs::File, io, path::Path, sync::Arc};

use zip::{CompressionMethod, ZipArchive};

use super::{Source, source::ZipEntry};
use crate::Error;

/// Most entries of one archive.
const ENTRIES_MAX: usize = 1 << 20;

/// Bytes that deflate can make of one (RFC 1951: 258 bytes from two bits, at best).
const DEFLATE_RATIO_MAX: u64 = 1032;

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
    let unusable = |name: &str, reason: &str| Error::Archive { name: name.into(), reason: reason.into() };
    let mut archive =
        ZipArchive::new(io::BufReader::new(file)).map_err(|e| unusable(name, &e.to_string()))?;
    if archive.len() > ENTRIES_MAX {
        return Err(unusable(name, "too many entries"));
    }
    apart(&mut archive).map_err(|reason| unusable(name, &reason))?;
    verify(&mut archive).map_err(|(entry, reason)| unusable(&format!("{name}: {entry}"), &reason))?;
    let shared: Arc<Path> = path.into();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| unusable(name, &e.to_string()))?;
        if entry.is_dir() {
            continue;
        }
        let entry_name = String::from_utf8_lossy(entry.name_raw()).replace('\\', "/");
        let in_archive = format!("{name}: {entry_name}");
        let place = entry_place(&entry, &shared).map_err(|reason| unusable(&in_archive, reason))?;
        let shown = if prefix.is_empty() { entry_name } else { format!("{prefix}/{entry_name}") };
        found.push(Source::zip_entry(&shown, entry.size(), place));
    }
    Ok(())
}

/// Entries that share bytes are a bomb: a small archive that takes hours to unpack.
fn apart<R: io::Read + io::Seek>(archive: &mut ZipArchive<R>) -> Result<(), String> {
    let mut places = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| e.to_string())?;
        let end = entry.data_start().unwrap_or(0).saturating_add(entry.compressed_size());
        places.push((entry.header_start(), end));
    }
    places.sort_unstable();
    let overlap = places.iter().zip(places.iter().skip(1)).any(|(a, b)| b.0 < a.1);
    if overlap { Err("entries overlap".to_owned()) } else { Ok(()) }
}

/// Reads every entry once, so that its checksum (CRC-32) is compared: a flipped bit in a slice moves a score. Its length
/// must be the one that the directory states, which the checksum does not cover.
fn verify<R: io::Read + io::Seek>(archive: &mut ZipArchive<R>) -> Result<(), (String, String)> {
    for index in 0..archive.len() {
        let name = format!("entry {}", index + 1);
        let mut entry = archive.by_index(index).map_err(|e| (name.clone(), e.to_string()))?;
        let stated = entry.size();
        match io::copy(&mut entry, &mut io::sink()) {
            Ok(length) if length == stated => {}
            Ok(length) => return Err((name, format!("it has {length} bytes, not the {stated} it claims"))),
            Err(e) => return Err((name, e.to_string())),
        }
    }
    Ok(())
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
