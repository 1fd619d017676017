//! A moving window over the bytes of a file: 16 kB first, then more as the walk needs it, forward only.
//!
//! Skipped values of a plain file are jumped over; of a packed one they are unpacked and dropped. The bytes that
//! may be loaded or unpacked for one header are bounded.

use std::io::{self, Read};

use crate::sources::Source;

/// First read of each file: nearly every CT header fits into it.
const FIRST: usize = 16 << 10;

/// Largest read at a time.
const CHUNK_MAX: usize = 1 << 20;

/// Most bytes loaded or unpacked for one header.
pub(crate) const HEADER_MAX: u64 = 64 << 20;

/// Where a window begins that has shown nothing yet: its buffer holds the bytes of another file.
const NOTHING: u64 = u64::MAX;

/// Why a window cannot show what was asked for.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The outside failed.
    Io(io::Error),
    /// Packed data cannot be unpacked.
    Corrupt,
    /// The header needs more than [`HEADER_MAX`].
    TooMuch,
}

impl From<io::Error> for Fault {
    fn from(e: io::Error) -> Self {
        match e.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::Corrupt
            }
            _ => Self::Io(e),
        }
    }
}

/// The window. Offsets are those of the data set's bytes, unpacked.
pub(crate) struct Window<'a> {
    input: Input<'a>,
    base: u64,
    bytes: &'a mut Vec<u8>,
    loaded: u64,
    chunk: usize,
}

enum Input<'a> {
    Direct(&'a Source),
    /// A stream, and the most bytes that it can have.
    Stream(Box<dyn Read + Send>, u64),
}

impl<'a> Window<'a> {
    /// A window at the start of a source; `bytes` is a buffer to reuse.
    pub(crate) fn new(source: &'a Source, bytes: &'a mut Vec<u8>) -> io::Result<Self> {
        if source.is_packed() {
            return Ok(Self::stream(source.reader(0)?, source.len(), bytes));
        }
        Ok(Self { input: Input::Direct(source), base: NOTHING, bytes, loaded: 0, chunk: FIRST })
    }

    /// A window over a stream whose first byte has offset 0, and which has at most `most` bytes.
    pub(crate) fn stream(reader: Box<dyn Read + Send>, most: u64, bytes: &'a mut Vec<u8>) -> Self {
        bytes.clear();
        Self { input: Input::Stream(reader, most), base: 0, bytes, loaded: 0, chunk: FIRST }
    }

    /// Length of the whole; of what is packed, the most that it can be.
    pub(crate) fn most(&self) -> u64 {
        match &self.input {
            Input::Direct(source) => source.len(),
            Input::Stream(_, most) => *most,
        }
    }

    /// The `wanted` bytes at `at`, or as many as there are before the end. Never call it with an earlier `at`.
    pub(crate) fn up_to(&mut self, at: u64, wanted: usize) -> Result<&[u8], Fault> {
        if !self.covers(at, wanted) {
            self.load(at, wanted)?;
        }
        let start = usize::try_from(at - self.base).unwrap_or(usize::MAX).min(self.bytes.len());
        let end = start.saturating_add(wanted).min(self.bytes.len());
        Ok(self.bytes.get(start..end).unwrap_or_default())
    }

    /// What is loaded from `at` on.
    pub(crate) fn shown(&self, at: u64) -> &[u8] {
        let start = at.checked_sub(self.base).and_then(|n| usize::try_from(n).ok());
        start.and_then(|start| self.bytes.get(start..)).unwrap_or_default()
    }

    fn covers(&self, at: u64, wanted: usize) -> bool {
        let end = at.saturating_add(wanted as u64);
        at >= self.base && end <= self.base + self.bytes.len() as u64
    }

    fn load(&mut self, at: u64, wanted: usize) -> Result<(), Fault> {
        let size = wanted.max(self.chunk) as u64;
        self.chunk = (self.chunk * 2).min(CHUNK_MAX);
        match &mut self.input {
            Input::Direct(source) => {
                let start = at.min(source.len());
                let end = at.saturating_add(size).min(source.len());
                source.read_range(start..end, self.bytes).map_err(Fault::Io)?;
                self.base = start;
                self.loaded += end - start;
            }
            Input::Stream(reader, _) => {
                let have = self.base + self.bytes.len() as u64;
                let keep = usize::try_from(at.saturating_sub(self.base)).unwrap_or(usize::MAX);
                self.bytes.drain(..keep.min(self.bytes.len()));
                let skip = at.saturating_sub(have);
                if self.loaded.saturating_add(skip) > HEADER_MAX {
                    return Err(Fault::TooMuch);
                }
                let skipped = io::copy(&mut reader.by_ref().take(skip), &mut io::sink())?;
                self.base = if skip > 0 { have + skipped } else { at };
                let missing = size.saturating_sub(self.bytes.len() as u64);
                let read = reader.by_ref().take(missing).read_to_end(self.bytes)?;
                self.loaded += skipped + read as u64;
            }
        }
        if self.loaded > HEADER_MAX { Err(Fault::TooMuch) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_shows_what_a_file_shows() {
        let bytes: Vec<u8> = (0..100_000u32).map(|i| (i % 251) as u8).collect();
        let source = Source::bytes("x", bytes.clone());
        let (mut a, mut b) = (Vec::new(), Vec::new());
        let mut direct = Window::new(&source, &mut a).unwrap();
        let mut stream = Window::stream(source.reader(0).unwrap(), 100_000, &mut b);
        for (at, wanted) in
            [(0, 12), (10, 12), (16_380, 12), (40_000, 20), (40_010, 30_000), (99_995, 12), (100_000, 8)]
        {
            let start = usize::try_from(at).unwrap();
            let expected = &bytes[start..(start + wanted).min(bytes.len())];
            assert_eq!(direct.up_to(at, wanted).unwrap(), expected);
            assert_eq!(stream.up_to(at, wanted).unwrap(), expected);
        }
        assert!(stream.up_to(100_500, 8).unwrap().is_empty());
        assert!(direct.up_to(100_500, 8).unwrap().is_empty());
    }
}
