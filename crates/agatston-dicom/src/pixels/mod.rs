//! From the bytes of one plane to signed 16-bit stored values.
//!
//! ```text
//! fetch      exactly the bytes of the frame, from file, memory or what is packed
//! decode     the codec's own decoder, under guard; size and bits of the picture against the header
//! normalise  sign, mask, padding, top bit, negative slope: core sees one type
//! ```

mod codestream;
mod entropy;
mod fetch;
mod guard;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod normalise;
mod rle;

use std::{
    io::Read,
    sync::{Arc, Mutex},
};

use agatston_core::{Code, Finding, Plane, Severity};
use ndarray::ArrayView2;

pub use guard::quietly;
pub(crate) use normalise::Format;

use crate::{Error, PlaneError, PlaneRef, Turns, code, header::tags, syntax::Codec};

/// Buffers of one reader, grown once and reused for every plane.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    stored: Vec<i16>,
    /// Shared by readers side by side: a file of many frames is unpacked once.
    unpacked: Arc<Mutex<fetch::Unpacked>>,
}

impl Buffer {
    /// Empty buffers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Empty buffers for a reader beside this one.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { unpacked: Arc::clone(&self.unpacked), ..Self::default() }
    }
}

/// Why the pixels of a plane cannot be had.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The outside failed.
    Io(std::io::Error),
    /// The file ends before the pixels do.
    Truncated,
    /// The decoder gave up.
    Decode(String),
    /// The decoder does not know this kind of picture.
    Unsupported(String),
    /// Rows and columns of the picture.
    Matrix(usize, usize),
    /// Bits where none may be.
    Bits(String),
    /// Number of bytes that are there.
    Length(usize),
    /// Beyond a limit.
    Limit(&'static str),
}

impl Fault {
    /// The fault as it is told.
    pub(crate) fn into_error(self, plane: &PlaneRef, slice: usize) -> PlaneError {
        let format = &plane.format;
        let refused =
            |code: Code, message: String| Finding::new(code, Severity::Refusal, message).at_slice(slice);
        let copy = "get a complete copy of the series";
        let finding = match self {
            Self::Io(e) => return PlaneError::Outside(Error::io(plane.source.name(), e)),
            Self::Truncated => {
                refused(code::TRUNCATED_FILE, "the file ends before its pixels do".into()).next_step(copy)
            }
            Self::Decode(why) => {
                refused(code::DECODE_FAILED, format!("the pixels cannot be decoded: {why}")).next_step(copy)
            }
            Self::Unsupported(what) => {
                refused(code::UNSUPPORTED_SYNTAX, format!("there is no decoder for these pixels: {what}"))
                    .next_step("export the series uncompressed")
            }
            Self::Matrix(rows, columns) => refused(
                code::MATRIX_MISMATCH,
                "the compressed picture has another size than the header".into(),
            )
            .expected(format!("{} x {} (0028,0010), (0028,0011)", format.rows, format.columns))
            .seen(format!("{rows} x {columns}")),
            Self::Bits(seen) => refused(
                code::BITS,
                "samples have bits outside BitsStored, and no overlay explains them".into(),
            )
            .expected(format!("{} bits {}", format.bits_stored, tags::shown(tags::BITS_STORED)))
            .seen(seen)
            .next_step("ask the source of the data for BitsStored and HighBit as they were scanned"),
            Self::Length(seen) => refused(
                code::PIXEL_LENGTH,
                "the pixels have another length than rows and columns ask for".into(),
            )
            .expected(format!("{} bytes", format.pixels() * 2))
            .seen(format!("{seen} bytes")),
            Self::Limit(what) => {
                refused(code::LIMITS, format!("the pixels go beyond a limit of the reader: {what}"))
                    .next_step("export the series uncompressed, or one image a file")
            }
        };
        PlaneError::Refused(Box::new(finding))
    }
}

/// Bytes of native samples that are read and handed on together: they stay in the cache of one processor.
const STRIP: usize = 128 << 10;

/// Reads, decodes and normalises a plane.
pub(crate) fn load<'b>(plane: &PlaneRef, buffer: &'b mut Buffer) -> Result<Plane<'b>, Fault> {
    if plane.is_read_in_place() {
        let rows = usize::from(plane.format.rows);
        return read_rows(plane, &mut *fetch::open_plain(plane)?, rows, &mut buffer.stored);
    }
    fetch::fetch(plane, buffer)?;
    decode(plane, buffer)
}

/// Hands on a plane in strips of whole rows, from the top: native samples in small ones as they are read, what is
/// packed or compressed in one. Unpacking and decoding wait for a turn.
pub(crate) fn strips(
    plane: &PlaneRef,
    buffer: &mut Buffer,
    turns: &Turns,
    mut take: impl FnMut(Plane<'_>),
) -> Result<(), Fault> {
    if !plane.is_read_in_place() {
        let unpacking = fetch::is_packed(plane).then(|| turns.wait());
        fetch::fetch(plane, buffer)?;
        let _turn = unpacking.unwrap_or_else(|| turns.wait());
        take(decode(plane, buffer)?);
        return Ok(());
    }
    let mut reader = fetch::open_plain(plane)?;
    let (mut left, columns) = (usize::from(plane.format.rows), usize::from(plane.format.columns));
    let at_once = (STRIP / 2 / columns.max(1)).max(1);
    while left > 0 {
        let rows = left.min(at_once);
        take(read_rows(plane, &mut *reader, rows, &mut buffer.stored)?);
        left -= rows;
    }
    Ok(())
}

/// Reads and normalises rows of native samples, which go to their place at once.
fn read_rows<'b>(
    plane: &PlaneRef,
    reader: &mut dyn Read,
    rows: usize,
    stored: &'b mut Vec<i16>,
) -> Result<Plane<'b>, Fault> {
    let columns = usize::from(plane.format.columns);
    stored.resize(rows * columns, 0);
    reader.read_exact(bytemuck::cast_slice_mut(stored)).map_err(fetch::fault)?;
    in_host_order(stored, plane.codec == Codec::Native { big_endian: true });
    let padding = normalise::normalise(&plane.format, stored)?;
    Ok(Plane { stored: view(rows, columns, stored)?, padding })
}

/// Decodes and normalises a plane whose bytes were fetched.
fn decode<'b>(plane: &PlaneRef, buffer: &'b mut Buffer) -> Result<Plane<'b>, Fault> {
    let Buffer { bytes, stored, .. } = buffer;
    let format = &plane.format;
    match plane.codec {
        Codec::Native { .. } if bytes.len() != 2 * format.pixels() => return Err(Fault::Length(bytes.len())),
        Codec::Native { .. } => return read_rows(plane, &mut &bytes[..], format.rows.into(), stored),
        Codec::Rle => rle::decode(format, bytes, stored)?,
        Codec::Jpeg => jpeg::decode(format, bytes, stored)?,
        Codec::JpegLs => jpeg_ls::decode(format, bytes, stored)?,
        Codec::Jpeg2000 => jpeg2000::decode(format, bytes, stored)?,
    }
    let padding = normalise::normalise(format, stored)?;
    Ok(Plane { stored: view(format.rows.into(), format.columns.into(), stored)?, padding })
}

fn view(rows: usize, columns: usize, stored: &[i16]) -> Result<ArrayView2<'_, i16>, Fault> {
    ArrayView2::from_shape((rows, columns), stored).map_err(|_| Fault::Length(2 * stored.len()))
}

impl PlaneRef {
    /// Whether reading puts the samples where they belong, so that nothing has to be decoded.
    fn is_read_in_place(&self) -> bool {
        matches!(self.codec, Codec::Native { .. }) && fetch::is_plain(self)
    }
}

/// Samples as this machine reads them; nothing is done where it reads them as they are.
fn in_host_order(samples: &mut [i16], big_endian: bool) {
    if big_endian {
        samples.iter_mut().for_each(|s| *s = i16::from_be(*s));
    } else {
        samples.iter_mut().for_each(|s| *s = i16::from_le(*s));
    }
}
