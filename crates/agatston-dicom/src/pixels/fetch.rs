//! Exactly the bytes of one frame.
//!
//! Of what is packed as a whole (a deflated data set, a compressed zip entry), everything up to the frame has to
//! be unpacked; with several frames the result is kept, for all readers, until another file is asked for.

use std::{
    io::{self, Read},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use flate2::read::DeflateDecoder;

use super::{Buffer, Fault};
use crate::{PlaneRef, Source, header::Pixels};

/// Most bytes that are unpacked of one file.
const UNPACKED_MAX: u64 = 2 << 30;

/// Most bytes that are unpacked of one file when they are more than so many times what is packed: CT is packed two- to
/// tenfold, and a small file must not take all memory.
const UNPACKED_FREE: u64 = 128 << 20;
const UNPACKED_RATIO: u64 = 20;

/// The unpacked start of a file with several frames.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    source: Option<Source>,
    bytes: Arc<Vec<u8>>,
}

/// Whether a frame can only be had by unpacking what is before it.
pub(crate) fn is_packed(plane: &PlaneRef) -> bool {
    plane.pixels.deflated_from.is_some() || plane.source.is_packed()
}

/// Whether the frame lies in the source as it is needed: neither packed nor in fragments.
pub(crate) fn is_plain(plane: &PlaneRef) -> bool {
    plane.pixels.frames.is_none() && !is_packed(plane)
}

/// The stream of a plain frame's bytes, and what follows them.
pub(crate) fn open_plain(plane: &PlaneRef) -> Result<Box<dyn Read + Send>, Fault> {
    plane.source.reader(native_range(plane).start).map_err(fault)
}

/// Where the samples of a frame are that is not encapsulated.
fn native_range(plane: &PlaneRef) -> Range<u64> {
    let length = plane.format.pixels() as u64 * 2;
    let start = plane.pixels.offset + plane.frame as u64 * length;
    start..start + length
}

/// Reads the bytes of the plane's frame into `buffer.bytes`.
pub(crate) fn fetch(plane: &PlaneRef, buffer: &mut Buffer) -> Result<(), Fault> {
    match &plane.pixels.frames {
        None => range(plane, native_range(plane), buffer),
        Some(frames) => match frames.get(plane.frame).map(Vec::as_slice) {
            Some([one]) => range(plane, one.clone(), buffer),
            Some(several) => {
                let mut all = Vec::new();
                for fragment in several {
                    range(plane, fragment.clone(), buffer)?;
                    all.extend_from_slice(&buffer.bytes);
                }
                buffer.bytes = all;
                Ok(())
            }
            None => Err(Fault::Truncated),
        },
    }
}

fn range(plane: &PlaneRef, range: Range<u64>, buffer: &mut Buffer) -> Result<(), Fault> {
    let (source, pixels) = (&plane.source, &plane.pixels);
    if !is_packed(plane) {
        return source.read_range(range, &mut buffer.bytes).map_err(fault);
    }
    if range.end > UNPACKED_MAX {
        return Err(Fault::Limit("more than 2 GB unpacked"));
    }
    let packed = source.packed_len();
    if end_of(pixels) > UNPACKED_FREE.max(packed.saturating_mul(UNPACKED_RATIO)) {
        return Err(Fault::Limit("more than 128 MB and more than 20 times the file when unpacked"));
    }
    if is_single(pixels, &range) {
        let mut reader = reader(source, pixels)?;
        io::copy(&mut reader.by_ref().take(range.start), &mut io::sink()).map_err(fault)?;
        return read(&mut reader, range.end - range.start, &mut buffer.bytes);
    }
    let unpacked = unpack(plane, &buffer.unpacked)?;
    let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
    let bytes = unpacked.get(at(range.start)..at(range.end)).ok_or(Fault::Truncated)?;
    buffer.bytes.clear();
    buffer.bytes.extend_from_slice(bytes);
    Ok(())
}

/// The unpacked start of a plane's file up to the end of its pixels; readers that want the same file wait for it.
fn unpack(plane: &PlaneRef, shared: &Mutex<Unpacked>) -> Result<Arc<Vec<u8>>, Fault> {
    let mut unpacked = shared.lock().unwrap_or_else(PoisonError::into_inner);
    if !unpacked.source.as_ref().is_some_and(|known| known.is_same(&plane.source)) {
        *unpacked = Unpacked::default();
        let mut bytes = Vec::new();
        let end = end_of(&plane.pixels).min(UNPACKED_MAX);
        read(&mut reader(&plane.source, &plane.pixels)?, end, &mut bytes)?;
        *unpacked = Unpacked { source: Some(plane.source.clone()), bytes: Arc::new(bytes) };
    }
    Ok(Arc::clone(&unpacked.bytes))
}

/// Whether the range is all that the file has of pixels.
fn is_single(pixels: &Pixels, range: &Range<u64>) -> bool {
    // Pixel data of odd length are padded by a byte.
    range.start <= pixels.offset + 8 + 8 && end_of(pixels) <= range.end + 1
}

/// Offset at which the last pixel ends.
fn end_of(pixels: &Pixels) -> u64 {
    match &pixels.frames {
        None => pixels.offset + pixels.length.unwrap_or(0),
        Some(frames) => frames.iter().flatten().map(|fragment| fragment.end).max().unwrap_or(pixels.offset),
    }
}

/// The stream in which the offsets of the pixels count.
fn reader(source: &Source, pixels: &Pixels) -> Result<Box<dyn Read + Send>, Fault> {
    match pixels.deflated_from {
        Some(start) => Ok(Box::new(DeflateDecoder::new(source.reader(start).map_err(fault)?))),
        None => source.reader(0).map_err(fault),
    }
}

/// Reads exactly `length` bytes; the buffer grows with what comes, not with what is claimed.
fn read(reader: &mut dyn Read, length: u64, into: &mut Vec<u8>) -> Result<(), Fault> {
    into.clear();
    let got = reader.take(length).read_to_end(into).map_err(fault)?;
    if got as u64 == length { Ok(()) } else { Err(Fault::Truncated) }
}

pub(crate) fn fault(e: io::Error) -> Fault {
    match e.kind() {
        io::ErrorKind::UnexpectedEof => Fault::Truncated,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            Fault::Decode("packed data are damaged".into())
        }
        _ => Fault::Io(e),
    }
}
