//! What can go wrong when a phantom is written. Building one in memory cannot fail.

use std::path::PathBuf;

/// A phantom could not be encoded or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The DICOM encoder refused an object, for example for a transfer syntax it cannot write.
    #[error("cannot encode the DICOM object as transfer syntax {transfer_syntax}: {source}")]
    Encode {
        /// UID of the transfer syntax in the object's file meta group.
        transfer_syntax: String,
        /// The encoder's own reason.
        source: Box<dicom_object::WriteError>,
    },
    /// A file of a series to be damaged is no DICOM image with a position.
    #[error("{name} cannot be damaged: {reason}")]
    Decode {
        /// The file.
        name: String,
        /// Why.
        reason: String,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// A label volume has more voxels along an axis than NIfTI-1 can say.
    #[error("a NIfTI-1 file holds at most 32767 voxels along an axis, this label volume has {voxels}")]
    TooLarge {
        /// Voxels along the offending axis.
        voxels: usize,
    },
}
