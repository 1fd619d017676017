//! A zlib stream that ends with its file.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::ZlibDecoder;

/// Unpacks a zlib stream, and takes offence at what follows it: the decoder alone would leave that behind.
pub(super) struct Inflate<T> {
    decoder: ZlibDecoder<T>,
}

impl<T: BufRead> Inflate<T> {
    pub(super) fn of(packed: T) -> Self {
        Self { decoder: ZlibDecoder::new(packed) }
    }
}

impl<T: BufRead> Read for Inflate<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.decoder.read(buffer)?;
        let is_over = bytes == 0 && !buffer.is_empty();
        if is_over && !self.decoder.get_mut().fill_buf()?.is_empty() {
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(bytes)
    }
}
