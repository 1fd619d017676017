//! What formats share that have a header in text before their voxels, in one file or in two: NRRD and MetaImage.

mod detached;
mod lines;
mod numbers;
mod shape;
mod skip;

pub(crate) use self::{
    detached::Detached,
    lines::Lines,
    numbers::volume_of_text,
    shape::{order, sizes},
    skip::{skip_bytes, skip_lines},
};
