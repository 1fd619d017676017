//! Why an object cannot be written. Each says what is missing and what to do.

use crate::Error;

/// What stands against an object of the same patient and study as a series.
#[derive(Debug, thiserror::Error)]
pub enum OutError {
    /// The series lacks something that the object must refer to.
    #[error("no DICOM object can be written about this series: {what} is missing or no UID; {next_step}")]
    Missing {
        /// The element.
        what: &'static str,
        /// What to do.
        next_step: &'static str,
    },
    /// Two slices go by the same name.
    #[error(
        "no DICOM object can be written about this series: several slices have the same SOPInstanceUID and frame \
         ({uid}); give the images UIDs of their own, or write the other outputs only"
    )]
    NotUnique {
        /// The SOPInstanceUID that they share.
        uid: String,
    },
    /// No date to give the object, and a clock would be a lie about it.
    #[error(
        "the series has no date of acquisition, content, series or study, and the object must have one; give it with \
         --date YYYYMMDD or YYYYMMDDHHMMSS"
    )]
    NoDate,
    /// A date that is none.
    #[error("{given:?} is no date; write YYYYMMDD or YYYYMMDDHHMMSS")]
    Date {
        /// What was given.
        given: String,
    },
    /// The file is not the one that was read before.
    #[error("{name} is no longer the file that was scored; score the series again")]
    Changed {
        /// The file, relative to the input it belongs to.
        name: String,
    },
    /// More than an object can hold.
    #[error("the object would be too large: {what}")]
    TooLarge {
        /// Of what there is too much.
        what: String,
    },
    /// A number that is none: no measure of ours is.
    #[error("a measurement is not finite: {of}")]
    NotFinite {
        /// What was measured.
        of: String,
    },
    /// The encoder failed.
    #[error("the object could not be encoded: {reason}")]
    Encoding {
        /// What it said.
        reason: String,
    },
    /// The outside failed.
    #[error(transparent)]
    Input(#[from] Error),
}
