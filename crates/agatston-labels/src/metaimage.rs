//! MetaImage label maps: `.mha`, or `.mhd` with its voxels beside it.
//!
//! Our own reader of what the MetaIO library of ITK writes. A header of `Key = value` lines ends with the key
//! `ElementDataFile`; positions are LPS, as everywhere in ITK. Left out, and refused by name: several channels,
//! voxels in several files or in another folder, other objects than images.

mod data;
mod header;
mod inflate;
mod place;
mod shape;

use self::{header::Header, shape::Shape};
use crate::{error::Trouble, label_file::LabelFile, labels::LabelKind, names::Names, source::Input};

/// Whether a file starts with a line of a key of MetaIO. There is no magic word.
pub(crate) fn starts(start: &[u8]) -> bool {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let key = line.split(|byte| *byte == b'=').next().filter(|key| key.len() < line.len());
    key.and_then(|key| std::str::from_utf8(key).ok()).is_some_and(|key| header::KEYS.contains(&key.trim()))
}

/// Reads a label map.
pub(crate) fn read(mut input: Input<'_>) -> Result<LabelFile, Trouble> {
    let header = Header::read(&mut input.reader)?;
    let shape = Shape::of(&header)?;
    let grid = place::grid(&header, &shape)?;
    let volume = data::read(input, &header, &shape)?;
    Ok(LabelFile::on_grid(LabelKind::MetaImage, grid, volume, Names::new()))
}
