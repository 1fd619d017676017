//! NIfTI-1 and NIfTI-2 label maps in one file, plain or gzipped, of either byte order.
//!
//! Our own reader, because a label map comes from anywhere and the `nifti` crate (0.18) knows no NIfTI-2, reserves
//! what the header claims before it has seen a byte of it, keeps listing extensions of size 0, and leaves behind
//! volumes that are shorter or longer than the file. Here every claim is checked first: against 2^30 voxels, then
//! against what the file can hold; and what follows the volume must be nothing.

mod extension;
mod header;
mod volume;

use std::{collections::BTreeMap, io::Read};

use agatston_core::Finding;

pub(crate) use self::volume::Volume;
use self::{extension::label_table, header::Header};
use crate::{
    code::LABELS_INVALID,
    error::{Trouble, refusal},
    grid::Grid,
};

/// Names of labels by id, as the file gives them.
pub(crate) type Names = BTreeMap<u32, String>;

/// A label map as its file has it.
#[derive(Debug)]
pub(crate) struct Nifti {
    pub(crate) grid: Grid,
    pub(crate) volume: Volume,
    pub(crate) names: Option<Names>,
    pub(crate) findings: Vec<Finding>,
}

/// Whether a file starts like a NIfTI header: its size of 348 or 540 bytes, in either byte order.
pub(crate) fn starts(bytes: &[u8]) -> bool {
    header::size_and_order(bytes).is_some()
}

/// Reads a label map; `capacity` is the number of bytes that the stream can hold at most.
pub(crate) fn read(stream: &mut dyn Read, capacity: u64) -> Result<Nifti, Trouble> {
    let (header, findings) = Header::read(stream)?;
    let claimed = header.data_offset.saturating_add(header.volume_bytes()?);
    if claimed > capacity {
        let finding = refusal(LABELS_INVALID, "the header claims more voxels than the file can hold");
        let seen = format!("{claimed} bytes claimed, {capacity} possible");
        return Err(finding.seen(seen).next_step("write or transfer the file again").into());
    }
    let names = label_table(stream, &header)?;
    let volume = Volume::read(stream, &header)?;
    Ok(Nifti { grid: header.grid, volume, names, findings })
}

/// Fills a buffer from the stream; a stream that ends or decompresses wrongly is the fault of the file.
fn fill(stream: &mut dyn Read, buffer: &mut [u8], what: &str) -> Result<(), Trouble> {
    stream.read_exact(buffer).map_err(|e| broken(e, what))
}

fn broken(error: std::io::Error, what: &str) -> Trouble {
    use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
    let message = match error.kind() {
        UnexpectedEof => format!("the file ends within its {what}"),
        InvalidData | InvalidInput => format!("the compressed data are damaged within the {what}"),
        _ => return Trouble::Io(error),
    };
    refusal(LABELS_INVALID, message).next_step("write or transfer the file again").into()
}
