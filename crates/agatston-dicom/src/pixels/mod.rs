//! From the bytes of one plane to signed 16-bit stored values.
//!
//! ```text
//! fetch      exactly the bytes of the frame, from file, memory or what is packed
//! decode     the codec's own decoder, under guard; size and bits of the picture against the header
//! normalise  sign, mask, padding, top bit, negative slope: core sees one type
//! ```

mod codestream;
mod fetch;
mod guard;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod normalise;
mod rle;

use agatston_core::{Code, Finding, Plane, Severity};
use ndarray::ArrayView2;

pub(crate) use normalise::Format;

use crate::{Error, PlaneError, PlaneRef, code, header::tags, syntax::Codec};

/// Buffers of one thread, grown once and reused for every plane.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    stored: Vec<i16>,
    unpacked: fetch::Unpacked,
}

impl Buffer {
    /// Empty buffers.
    pub fn new() -> Self {
        Self::default()
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
            }
        };
        PlaneError::Refused(Box::new(finding))
    }
}

/// Reads, decodes and normalises a plane.
pub(crate) fn load<'b>(plane: &PlaneRef, buffer: &'b mut Buffer) -> Result<Plane<'b>, Fault> {
    let format = &plane.format;
    fetch::fetch(plane, buffer)?;
    decode(plane.codec, format, &buffer.bytes, &mut buffer.stored)?;
    let padding = normalise::normalise(format, &mut buffer.stored)?;
    let shape = (usize::from(format.rows), usize::from(format.columns));
    let stored = ArrayView2::from_shape(shape, buffer.stored.as_slice())
        .map_err(|_| Fault::Length(buffer.bytes.len()))?;
    Ok(Plane { stored, padding })
}

/// Decodes the bytes of a frame into the 16 bits of each sample, in row-major order.
fn decode(codec: Codec, format: &Format, bytes: &[u8], into: &mut Vec<i16>) -> Result<(), Fault> {
    match codec {
        Codec::Native { big_endian } => native(format, bytes, big_endian, into),
        Codec::Rle => rle::decode(format, bytes, into),
        Codec::Jpeg => jpeg::decode(format, bytes, into),
        Codec::JpegLs => jpeg_ls::decode(format, bytes, into),
        Codec::Jpeg2000 => jpeg2000::decode(format, bytes, into),
    }
}

/// Plain samples of 16 bits.
fn native(format: &Format, bytes: &[u8], big_endian: bool, into: &mut Vec<i16>) -> Result<(), Fault> {
    let (samples, rest) = bytes.as_chunks::<2>();
    if samples.len() != format.pixels() || !rest.is_empty() {
        return Err(Fault::Length(bytes.len()));
    }
    into.clear();
    if big_endian {
        into.extend(samples.iter().map(|b| i16::from_be_bytes(*b)));
    } else {
        into.extend(samples.iter().map(|b| i16::from_le_bytes(*b)));
    }
    Ok(())
}
