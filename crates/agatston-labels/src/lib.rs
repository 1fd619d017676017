//! Which candidate voxels belong to which artery, read from files: label maps, contours, regions files.
//!
//! ```text
//! path -> source: what kind of file is this, by its content
//!      -> regions::parse                               named shapes (JSON or TOML)
//!       | nifti, nrrd, metaimage, dicom -> LabelFile   voxels on a grid in the patient
//!       | coca, dicom                   -> Drawing     contours that a reader drew
//!      -> legend                    codes, names, ids and the scheme settle what each label means
//!      -> Labels                    checked in itself; no series is known yet
//! Labels + Series -> fit: patient space, off the grid, overlap
//!                 -> Labelled   core's Assigned, and what the result must say about its origin
//! Labelled + Edits -> replay    a reader's decisions about lesions, the last one stands
//! ```
//!
//! Only candidates are asked about, by their position in the patient (LPS, mm). Nothing is guessed: an unknown id
//! or name, labels off the series, or two regions on one voxel are refusals with a code. What is odd but usable
//! is a finding. Scores are not known here.

#[warn(clippy::indexing_slicing)] // bytes of strangers
mod coca;
pub mod code;
mod contours;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod dicom;
mod edits;
mod error;
mod findings;
mod folder;
mod grid;
mod label_file;
mod label_map;
mod labels;
mod legend;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod metaimage;
mod names;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod nifti;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod nrrd;
mod polygon;
mod references;
mod regions;
mod sampler;
mod scheme;
mod series;
mod shown;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod source;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod stream;
#[cfg(test)]
mod tests;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod text_header;
mod vector;
mod vessel;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod volume;

pub use edits::{Edited, Edits, Span};
pub use error::Error;
pub use labels::{LabelKind, Labelled, Labels, ReadOptions, read, regions_from_json};
pub use references::{Content, PlacedReference, References};
pub use scheme::{LmPolicy, Meaning, Scheme, SchemeEntry};
pub use series::{Instance, Series};
pub use vessel::provisional;
