//! NRRD label maps, in one file or with their voxels beside it, and the segmentations of 3D Slicer (`.seg.nrrd`).
//!
//! Our own reader of the format that the teem library defines (<http://teem.sourceforge.net/nrrd/format.html>,
//! versions 1 to 5): three axes in the patient, and before them, fastest, an axis of layers if segments overlap.
//! Left out, and refused by name: bzip2 and hex, blocks, voxels in several files or in another folder.

mod data;
mod header;
mod place;
mod segments;
mod shape;

use self::{header::Header, shape::Shape};
use crate::{
    code::LABELS_DIMENSIONS,
    error::{Trouble, refusal},
    label_file::LabelFile,
    labels::LabelKind,
    source::Input,
};

/// Whether a file starts with the magic word; its version is a matter of the header.
pub(crate) fn starts(start: &[u8]) -> bool {
    start.starts_with(b"NRRD0")
}

/// Reads a label map or a segmentation.
pub(crate) fn read(mut input: Input<'_>) -> Result<LabelFile, Trouble> {
    let header = Header::read(&mut input.reader)?;
    let shape = Shape::of(&header)?;
    let grid = place::grid(&header, &shape)?;
    let names = segments::names(&header, shape.layout.layers)?;
    if shape.is_layered && names.is_empty() {
        return Err(refusal(LABELS_DIMENSIONS, "the label map has layers, and layers need names")
            .seen(format!("four dimensions, {} layers, no SegmentN_Name", shape.layout.layers))
            .expected("three dimensions, or a segmentation of 3D Slicer")
            .next_step("write one label map with one id a label")
            .into());
    }
    let volume = data::read(input, &header, &shape)?;
    let ids_mean = names.is_empty();
    let kind = if ids_mean { LabelKind::Nrrd } else { LabelKind::SlicerSegmentation };
    Ok(LabelFile { ids_mean, ..LabelFile::on_grid(kind, grid, volume, names) })
}
