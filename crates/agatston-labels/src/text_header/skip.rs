//! What a header says is to be skipped before voxels.

use std::io::{self, BufRead, ErrorKind, Read};

use crate::{error::Trouble, stream::broken};

/// Skips lines; returns how many bytes they had.
pub(crate) fn skip_lines(reader: &mut dyn BufRead, lines: u64) -> Result<u64, Trouble> {
    let mut bytes = 0;
    for _ in 0..lines {
        match reader.skip_until(b'\n').map_err(|e| broken(e, "skipped lines"))? {
            0 => return Err(broken(ErrorKind::UnexpectedEof.into(), "skipped lines")),
            line => bytes += line as u64,
        }
    }
    Ok(bytes)
}

/// Skips bytes, which must be there.
pub(crate) fn skip_bytes(stream: &mut dyn Read, bytes: u64) -> Result<(), Trouble> {
    let skipped = io::copy(&mut stream.take(bytes), &mut io::sink());
    match skipped.map_err(|e| broken(e, "skipped bytes"))? {
        all if all == bytes => Ok(()),
        _ => Err(broken(ErrorKind::UnexpectedEof.into(), "skipped bytes")),
    }
}
