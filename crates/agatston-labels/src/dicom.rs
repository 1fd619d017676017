//! DICOM files that hold labels: segmentations (PS3.3 A.51) and RT structure sets (PS3.3 A.19).
//!
//! ```text
//! file  -> file: into memory, unpacked, its transfer syntax
//!       -> data_set: one level at a time, borrowed from those bytes
//!       -> segmentation:  segments + frames -> planes;  pixels -> voxels
//!        | structure_set: regions, contours
//! ```
//!
//! Our own reader, because an object of dicom-rs (0.10.1) takes every length on trust, recurses into sequences until
//! the stack ends, and holds each number of a contour as a string of its own. Here nothing is built but what is asked
//! for, lengths are held against the bytes that are there, and levels are a list with an end. The tests write their
//! files with dicom-rs.
//!
//! Of a header, messages show the names of segments and regions, types and UIDs: nothing that names a patient.

mod class;
mod coded;
mod data_set;
mod file;
mod fragments;
mod frames;
mod pixels;
mod planes;
mod rle;
mod segmentation;
mod segments;
mod structure_set;
mod syntax;
mod tag;
mod value;

use self::file::Bytes;
pub(crate) use self::file::starts;
use crate::{
    ReadOptions,
    code::{LABELS_FORMAT, LABELS_INVALID},
    error::{Refusal, Trouble, refusal},
    source::{Input, Opened},
};

/// Reads a segmentation or a structure set.
pub(crate) fn read(input: Input<'_>, options: &ReadOptions) -> Result<Opened, Trouble> {
    let bytes = Bytes::read(input)?;
    Ok(opened(&bytes, options)?)
}

fn opened(bytes: &Bytes, options: &ReadOptions) -> Result<Opened, Refusal> {
    let file = bytes.file()?;
    let class = file.data_set.uid(tag::SOP_CLASS_UID)?;
    match class.as_deref() {
        Some(class::SEGMENTATION | class::LABEL_MAP_SEGMENTATION) => {
            Ok(segmentation::read(&file, options)?.into())
        }
        Some(class::RT_STRUCTURE_SET) => Ok(Opened::Contours(structure_set::read(&file.data_set)?)),
        other => Err(refusal(LABELS_FORMAT, "the DICOM file holds neither a segmentation nor contours")
            .seen(class::named(other))
            .expected("a segmentation (SEG) or an RT structure set")
            .next_step("name the file that holds the labels, not the image")),
    }
}

/// What the file says of itself cannot be.
fn damaged(message: impl Into<String>) -> Refusal {
    refusal(LABELS_INVALID, message)
}
