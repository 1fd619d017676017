//! What can go wrong outside the input's content: files that cannot be read, requests that cannot be met.
//!
//! Left out: what is wrong with a series. That is a [`Finding`](agatston_core::Finding), never an error.

use std::io;

/// A failure of the outside or of the request; no statement about any series.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error("{name} could not be read: {source}")]
    Io {
        /// The file or folder, relative to the input it belongs to.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A zip archive could not be opened, or an entry cannot be unpacked.
    #[error("{name} could not be opened as a zip archive: {reason}")]
    Archive {
        /// The archive, or the entry in it.
        name: String,
        /// Why.
        reason: String,
    },
    /// A DICOMDIR names no files, or cannot be read.
    #[error("{name} names no files that can be read: {reason}")]
    Directory {
        /// The DICOMDIR.
        name: String,
        /// Why.
        reason: String,
    },
    /// The [`Watch`](crate::Watch) asked to stop.
    #[error("stopped on request")]
    Stopped,
}

impl Error {
    /// An IO error of a named file.
    pub(crate) fn io(name: impl Into<String>, source: io::Error) -> Self {
        Self::Io { name: name.into(), source }
    }
}
