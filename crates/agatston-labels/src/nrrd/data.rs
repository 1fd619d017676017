//! The voxels: in the file of the header or beside it, after what is to be skipped, unpacked.

use std::{fs::File, io::BufReader};

use flate2::bufread::MultiGzDecoder;

use super::{Header, Shape, shape::Encoding};
use crate::{
    code::LABELS_INVALID,
    error::{Refusal, Trouble, refusal},
    shown::shown,
    source::Input,
    stream::DEFLATE_RATIO_MAX,
    text_header::{Detached, skip_bytes, skip_lines, volume_of_text},
    volume::Volume,
};

/// Bytes to skip before the voxels.
#[derive(Clone, Copy)]
enum Skip {
    Bytes(u64),
    /// All but the voxels, which end with the file.
    UpToVoxels,
}

pub(super) fn read(input: Input<'_>, header: &Header, shape: &Shape) -> Result<Volume, Trouble> {
    let (mut reader, bytes) = match header.field("data file") {
        None => (input.reader, input.bytes.saturating_sub(header.bytes)),
        Some(name) => {
            let detached = Detached::open(name, input.path)?;
            (detached.reader, detached.bytes)
        }
    };
    let lines = count(header, "line skip")?;
    let skip = match header.field("byte skip") {
        Some("-1") if shape.encoding == Encoding::Raw => Skip::UpToVoxels,
        _ => Skip::Bytes(count(header, "byte skip")?),
    };
    let left = bytes.saturating_sub(skip_lines(&mut reader, lines)?);
    unpacked(reader, left, skip, shape)
}

/// Lines are skipped in what is packed, bytes in what is unpacked.
fn unpacked(mut reader: BufReader<File>, left: u64, skip: Skip, shape: &Shape) -> Result<Volume, Trouble> {
    let layout = &shape.layout;
    let possible =
        if shape.encoding == Encoding::Gzip { left.saturating_mul(DEFLATE_RATIO_MAX) } else { left };
    let skip = match skip {
        Skip::Bytes(bytes) => bytes,
        Skip::UpToVoxels => possible.saturating_sub(layout.bytes()?),
    };
    let possible = possible.saturating_sub(skip);
    match shape.encoding {
        Encoding::Raw => {
            layout.bytes_of(possible)?;
            skip_bytes(&mut reader, skip)?;
            Volume::read(&mut reader, layout)
        }
        Encoding::Gzip => {
            layout.bytes_of(possible)?;
            let mut unpacked = MultiGzDecoder::new(reader);
            skip_bytes(&mut unpacked, skip)?;
            Volume::read(&mut unpacked, layout)
        }
        Encoding::Text => {
            skip_bytes(&mut reader, skip)?;
            volume_of_text(reader, possible, layout)
        }
    }
}

fn count(header: &Header, field: &str) -> Result<u64, Refusal> {
    let Some(text) = header.field(field) else { return Ok(0) };
    text.parse().map_err(|_| {
        refusal(LABELS_INVALID, "what is to be skipped before the voxels cannot be read")
            .seen(format!("{field} {}", shown(text)))
            .expected("a number from 0 on; -1 for bytes before raw voxels alone")
    })
}
