//! A zlib stream that must be whole: it ends with its checksum, and its file with it.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// Unpacks a zlib stream. The decoder of flate2 (1.1) takes the end of the file for the end of the stream, so one that is
/// cut within its checksum would pass.
pub(super) struct Inflate<T> {
    packed: T,
    state: Decompress,
    is_over: bool,
}

impl<T: BufRead> Inflate<T> {
    pub(super) fn of(packed: T) -> Self {
        Self { packed, state: Decompress::new(true), is_over: false }
    }
}

impl<T: BufRead> Read for Inflate<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while !self.is_over {
            let packed = self.packed.fill_buf()?;
            if packed.is_empty() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let before = [self.state.total_in(), self.state.total_out()];
            let status = self.state.decompress(packed, buffer, FlushDecompress::None);
            let status = status.map_err(|e| io::Error::new(ErrorKind::InvalidData, e))?;
            let taken = difference(self.state.total_in(), before[0]);
            let given = difference(self.state.total_out(), before[1]);
            self.packed.consume(taken);
            self.is_over = status == Status::StreamEnd;
            if given > 0 {
                return Ok(given);
            }
            if taken == 0 && !self.is_over {
                return Err(ErrorKind::InvalidData.into());
            }
        }
        if self.packed.fill_buf()?.is_empty() { Ok(0) } else { Err(ErrorKind::InvalidData.into()) }
    }
}

/// What one call took or gave: no more than a buffer.
fn difference(after: u64, before: u64) -> usize {
    usize::try_from(after - before).expect("a call takes and gives no more than its buffers hold")
}
