//! DICOM: a scored series as a segmentation and as a structured report, for archives and viewers.
//!
//! ```text
//! Traced --segmentation-->  SEG: a segment a region, the voxels whose volume counts
//! ResultDocument, Traced --report-->  SR: lesions, arteries or regions, total; it may refer to the segmentation
//! ```
//!
//! Both hold the patient module of the series: writing them is a decision of its own. UIDs are made of everything that
//! decides the content, so that the same input gives the same bytes. Left out: how the objects are encoded
//! (`agatston_dicom::out`).

mod measured;
mod report;
mod segmentation;
mod subject;

pub use agatston_dicom::out::{DateTime, Encoded, OutError};
pub use report::report;
pub use segmentation::segmentation;

/// Why a result is not written as a DICOM object.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// There is no score.
    #[error("the series was refused, and a DICOM object would tell a score; see its findings")]
    Refused,
    /// Nobody said what is coronary.
    #[error(
        "everything over the threshold was counted, which is no coronary artery and no region that has a name; \
         give --labels for a DICOM object"
    )]
    Everything,
    /// The object cannot be made of this series.
    #[error(transparent)]
    Object(#[from] OutError),
}
