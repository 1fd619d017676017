//! Lines of a header in text that comes before voxels. Left out: what they say.

use std::io::{BufRead, Read};

use crate::{
    code::LABELS_INVALID,
    error::{Trouble, refusal},
    stream::broken,
};

/// A segmentation of a hundred segments has some 50 kB of header.
const BYTES_MAX: u64 = 1 << 20;

/// The lines of a header, and how long they were.
pub(crate) struct Lines<'a> {
    reader: &'a mut dyn BufRead,
    bytes: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(reader: &'a mut dyn BufRead) -> Self {
        Self { reader, bytes: 0 }
    }

    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line without its end of either kind; nothing at the end of the file.
    pub(crate) fn next_line(&mut self) -> Result<Option<String>, Trouble> {
        let mut line = Vec::new();
        let mut rest = (&mut *self.reader).take(BYTES_MAX + 1 - self.bytes);
        let read = rest.read_until(b'\n', &mut line).map_err(|e| broken(e, "header"))?;
        self.bytes += read as u64;
        if self.bytes > BYTES_MAX {
            return Err(refusal(LABELS_INVALID, "the header is over 1 MiB").expected("some kB").into());
        }
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        Ok((read > 0).then(|| String::from_utf8_lossy(line).into_owned()))
    }
}
