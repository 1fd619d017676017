//! Where bytes are: a file, an entry of a zip archive, or memory. The set is closed; object storage prefetches.
//!
//! A source knows its length and hands out ranges of itself. Nothing is read that was not checked against the
//! length first, so a claim in a header costs nothing.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use flate2::read::DeflateDecoder;

use crate::text;

/// Where the bytes of one DICOM file are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    len: u64,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    File(Arc<Path>),
    ZipEntry(Arc<ZipEntry>),
    Bytes(Arc<[u8]>),
    Nowhere,
}

/// The place of one entry in a zip archive.
#[derive(Clone, Debug)]
pub(crate) struct ZipEntry {
    /// A file or memory.
    pub(crate) archive: Source,
    pub(crate) offset: u64,
    pub(crate) compressed_len: u64,
    pub(crate) deflated: bool,
}

impl Source {
    /// A file, named in messages as `name`; its length is taken now.
    ///
    /// # Errors
    /// When the file's length cannot be read.
    pub fn file(path: impl Into<PathBuf>, name: &str) -> io::Result<Self> {
        let path = path.into();
        let len = std::fs::metadata(&path)?.len();
        Ok(Self::file_of_length(path, name, len))
    }

    /// The folder that holds the file, or the archive with the entry; nothing for bytes in memory.
    pub fn folder_path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => path.parent(),
            Place::ZipEntry(entry) => entry.archive.folder_path(),
            Place::Bytes(_) | Place::Nowhere => None,
        }
    }

    /// A file whose length is known.
    pub(crate) fn file_of_length(path: PathBuf, name: &str, len: u64) -> Self {
        Self { name: text::clean_path(name).into(), len, place: Place::File(path.into()) }
    }

    /// A pipe, socket or device: known by name, never opened.
    pub(crate) fn no_file(name: &str) -> Self {
        Self { name: text::clean_path(name).into(), len: 0, place: Place::Nowhere }
    }

    /// Whether this is a pipe, socket or device.
    pub(crate) fn is_no_file(&self) -> bool {
        matches!(self.place, Place::Nowhere)
    }

    /// Whether two sources are one and the same; names need not be unique.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Place::File(a), Place::File(b)) => Arc::ptr_eq(a, b),
            (Place::ZipEntry(a), Place::ZipEntry(b)) => Arc::ptr_eq(a, b),
            (Place::Bytes(a), Place::Bytes(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Bytes that are already in memory.
    pub fn bytes(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { name: text::clean_path(name).into(), len: bytes.len() as u64, place: Place::Bytes(bytes) }
    }

    pub(crate) fn zip_entry(name: &str, len: u64, entry: ZipEntry) -> Self {
        Self { name: text::clean_path(name).into(), len, place: Place::ZipEntry(Arc::new(entry)) }
    }

    /// The name in messages: relative to the input it belongs to, `/` between folders, never an absolute path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The folder part of the name, empty at the top.
    pub fn folder(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Length in bytes; of a zip entry, its uncompressed length as the archive states it.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Bytes that the source takes where it is: of a zip entry, its packed ones.
    pub(crate) fn packed_len(&self) -> u64 {
        match &self.place {
            Place::ZipEntry(entry) => entry.compressed_len,
            Place::File(_) | Place::Bytes(_) | Place::Nowhere => self.len,
        }
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The path, where the source is a plain file.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::ZipEntry(_) | Place::Bytes(_) | Place::Nowhere => None,
        }
    }

    /// Whether reading a range costs unpacking everything before it.
    pub(crate) fn is_packed(&self) -> bool {
        matches!(&self.place, Place::ZipEntry(entry) if entry.deflated)
    }

    /// Reads exactly the bytes `range` into `into`, whose former content is lost.
    ///
    /// # Errors
    /// `UnexpectedEof` when the range ends behind the source, and whatever the system says.
    pub fn read_range(&self, range: Range<u64>, into: &mut Vec<u8>) -> io::Result<()> {
        let wanted = range.end.checked_sub(range.start).filter(|_| range.end <= self.len);
        let wanted = wanted.and_then(|n| usize::try_from(n).ok()).ok_or_else(outside)?;
        into.resize(wanted, 0); // a buffer that is reused: only what it grows by is zeroed
        self.read_exact(range.start, into)
    }

    /// Reads the bytes from `start` on that fill `into`.
    ///
    /// # Errors
    /// `UnexpectedEof` when there are fewer, and whatever the system says.
    pub(crate) fn read_exact(&self, start: u64, into: &mut [u8]) -> io::Result<()> {
        let end = start.checked_add(into.len() as u64).filter(|end| *end <= self.len).ok_or_else(outside)?;
        match &self.place {
            Place::Bytes(bytes) => {
                let at = |offset| usize::try_from(offset).map_err(|_| outside());
                into.copy_from_slice(bytes.get(at(start)?..at(end)?).ok_or_else(outside)?);
                Ok(())
            }
            Place::File(path) => file_at(path, start)?.read_exact(into),
            Place::ZipEntry(entry) if !entry.deflated => entry.archive.read_exact(entry.offset + start, into),
            Place::ZipEntry(_) => self.reader(start)?.read_exact(into),
            Place::Nowhere => Ok(()),
        }
    }

    /// A stream of the bytes from `start` on.
    pub(crate) fn reader(&self, start: u64) -> io::Result<Box<dyn Read + Send>> {
        match &self.place {
            Place::File(path) => Ok(Box::new(file_at(path, start)?.take(self.len.saturating_sub(start)))),
            Place::Nowhere => Ok(Box::new(io::empty())),
            Place::Bytes(bytes) => {
                let mut cursor = Cursor::new(Arc::clone(bytes));
                cursor.set_position(start);
                Ok(Box::new(cursor))
            }
            Place::ZipEntry(entry) if !entry.deflated => {
                let left = entry.compressed_len.saturating_sub(start);
                Ok(Box::new(entry.archive.reader(entry.offset + start)?.take(left)))
            }
            Place::ZipEntry(entry) => {
                let packed = entry.archive.reader(entry.offset)?.take(entry.compressed_len);
                let mut unpacked: Box<dyn Read + Send> = Box::new(DeflateDecoder::new(packed).take(self.len));
                io::copy(&mut unpacked.by_ref().take(start), &mut io::sink())?;
                Ok(unpacked)
            }
        }
    }
}

fn outside() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "range outside the source")
}

/// Opens a file at an offset.
fn file_at(path: &Path, offset: u64) -> io::Result<File> {
    let mut file = File::open(path)?;
    if offset > 0 {
        file.seek(SeekFrom::Start(offset))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_memory() {
        let source = Source::bytes("a/b/c", [0u8, 1, 2, 3, 4].as_slice());
        let mut into = vec![9; 9];
        source.read_range(1..4, &mut into).unwrap();
        assert_eq!(into, [1, 2, 3]);
        assert_eq!(source.folder(), "a/b");
        assert!(source.read_range(3..6, &mut into).is_err());
        let mut all = Vec::new();
        source.reader(2).unwrap().read_to_end(&mut all).unwrap();
        assert_eq!(all, [2, 3, 4]);
    }
}
