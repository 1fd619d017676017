//! The voxels: in the file of the header or beside it, unpacked.

use super::{Header, Shape, inflate::Inflate, shape::Packing};
use crate::{
    code::LABELS_INVALID,
    error::{Refusal, Trouble, refusal},
    shown::shown,
    source::Input,
    stream::DEFLATE_RATIO_MAX,
    text_header::{Detached, skip_bytes, volume_of_text},
    volume::Volume,
};

pub(super) fn read(input: Input<'_>, header: &Header, shape: &Shape) -> Result<Volume, Trouble> {
    let name = header.needed("ElementDataFile")?;
    let is_local = name.eq_ignore_ascii_case("local");
    let (mut reader, bytes) = if is_local {
        (input.reader, input.bytes.saturating_sub(header.bytes))
    } else {
        let detached = Detached::open(name, input.path)?;
        (detached.reader, detached.bytes)
    };
    let layout = &shape.layout;
    let skip = match header.value("HeaderSize") {
        None | Some("0") => 0,
        // The voxels are the end of the file.
        Some("-1") if shape.packing == Packing::Raw => bytes.saturating_sub(layout.bytes()?),
        Some(size) => foreign_header(size, is_local)?,
    };
    let left = bytes.saturating_sub(skip);
    skip_bytes(&mut reader, skip)?;
    match shape.packing {
        Packing::Raw => {
            layout.bytes_of(left)?;
            Volume::read(&mut reader, layout)
        }
        Packing::Deflated => {
            check_packed_size(header, left)?;
            layout.bytes_of(left.saturating_mul(DEFLATE_RATIO_MAX))?;
            Volume::read(&mut Inflate::of(reader), layout)
        }
        Packing::Text => volume_of_text(reader, left, layout),
    }
}

/// Bytes of another format's header before voxels in a file of their own.
fn foreign_header(size: &str, is_local: bool) -> Result<u64, Refusal> {
    size.parse().ok().filter(|_| !is_local).ok_or_else(|| {
        refusal(LABELS_INVALID, "what is to be skipped before the voxels cannot be read")
            .seen(format!("HeaderSize {}", shown(size)))
            .expected("0, or the bytes before voxels in another file; -1 for raw voxels alone")
    })
}

fn check_packed_size(header: &Header, left: u64) -> Result<(), Refusal> {
    match header.value("CompressedDataSize") {
        None => Ok(()),
        Some(size) if size.parse() == Ok(left) => Ok(()),
        Some(size) => Err(refusal(LABELS_INVALID, "the header claims another size of the compressed voxels")
            .seen(format!("{} bytes claimed, {left} there", shown(size)))
            .next_step("write or transfer the file again")),
    }
}
