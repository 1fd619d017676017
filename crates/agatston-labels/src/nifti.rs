//! NIfTI-1 and NIfTI-2 label maps in one file, plain or gzipped, of either byte order.
//!
//! Our own reader, because a label map comes from anywhere and the `nifti` crate (0.18) knows no NIfTI-2, reserves
//! what the header claims before it has seen a byte of it, keeps listing extensions of size 0, and leaves behind
//! volumes that are shorter or longer than the file. Here every claim is checked first: against 2^30 voxels, then
//! against what the file can hold; and what follows the volume must be nothing.

mod extension;
mod header;

use std::io::Read;

use self::{extension::label_table, header::Header};
use crate::{error::Trouble, label_file::LabelFile, labels::LabelKind, volume::Volume};

/// Whether a file starts like a NIfTI header: its size of 348 or 540 bytes, in either byte order.
pub(crate) fn starts(bytes: &[u8]) -> bool {
    header::size_and_order(bytes).is_some()
}

/// Reads a label map; `capacity` is the number of bytes that the stream can hold at most.
pub(crate) fn read(stream: &mut dyn Read, capacity: u64) -> Result<LabelFile, Trouble> {
    let (header, findings) = Header::read(stream)?;
    header.layout.bytes_of(capacity.saturating_sub(header.data_offset))?;
    let names = label_table(stream, &header)?;
    let volume = Volume::read(stream, &header.layout)?;
    Ok(LabelFile { findings, ..LabelFile::on_grid(LabelKind::Nifti, header.grid, volume, names) })
}
