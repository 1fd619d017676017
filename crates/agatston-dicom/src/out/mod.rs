//! Writing DICOM: segmentations and structured reports of the same patient and study as a series.
//!
//! ```text
//! Series --SourceContext::of-->  patient, study, dates and references of the series, read once more from a header
//! spans + segments  --Segmentation::encode-->  a SEG
//! groups of measurements  --Report::encode-->  an SR, TID 1500
//! ```
//!
//! What they say comes from the caller; there is no clock, and the same content gives the same bytes. Nothing that a
//! reader needs is guessed: what the source does not say is an [`OutError`]. This is the one way for the name of a
//! patient to leave this crate, into an object that must have it.

mod bits;
mod concept;
mod context;
mod date_time;
mod decimal;
mod error;
mod frames;
mod item;
mod modules;
mod object;
mod references;
mod report;
mod report_content;
mod segmentation;
mod uid;

pub use concept::{Concept, concepts};
pub use context::SourceContext;
pub use date_time::DateTime;
pub use error::OutError;
pub use modules::Program;
pub use object::Encoded;
pub use report::{Group, Measurement, Outline, Region, Report, SegmentReference};
pub use segmentation::{Segment, Segmentation, VoxelSpan};
pub use uid::derived_uid;
