//! Which candidate voxels belong to which artery, read from files: label maps and regions files.
//!
//! ```text
//! path -> source: what kind of file is this, by its content
//!      -> regions::parse            named shapes (JSON or TOML)
//!       | nifti::read -> legend     ids, names and the scheme settle what each label means
//!      -> Labels                    checked in itself; no series is known yet
//! Labels + Candidates -> fit: patient space, off the grid, overlap
//!                     -> Labelled   core's Assigned, and what the result must say about its origin
//! ```
//!
//! Only candidates are asked about, by their position in the patient (LPS, mm). Nothing is guessed: an unknown id
//! or name, labels off the series, or two regions on one voxel are refusals with a code. What is odd but usable
//! is a finding. Scores are not known here.

pub mod code;
mod error;
mod grid;
mod label_map;
mod labels;
mod legend;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod nifti;
mod regions;
mod scheme;
#[warn(clippy::indexing_slicing)] // bytes of strangers
mod source;
#[cfg(test)]
mod tests;
mod vessel;

pub use error::Error;
pub use labels::{LabelKind, Labelled, Labels, read, regions_from_json};
pub use scheme::{LmPolicy, Meaning, Scheme, SchemeEntry};
