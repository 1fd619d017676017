//! What can go wrong outside the input's content: files that cannot be read, requests that cannot be met.
//!
//! Left out: what is wrong with a series. That is a [`Finding`](agatston_core::Finding), never an error.

use std::io;

use crate::text::clean_path;

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
    /// A DICOMDIR cannot be read, names no files, or names one that cannot be had.
    #[error("a DICOMDIR cannot be used: {name}: {reason}")]
    Directory {
        /// The DICOMDIR, or the file that it names.
        name: String,
        /// Why.
        reason: String,
    },
    /// An input of more files than any scan has.
    #[error("the input holds more than {most} files")]
    TooManyFiles {
        /// As many as are read.
        most: usize,
    },
    /// The [`Watch`](crate::Watch) asked to stop.
    #[error("stopped on request")]
    Stopped,
}

impl Error {
    /// An archive, or an entry of it, that cannot be used.
    pub(crate) fn archive(name: &str, reason: &str) -> Self {
        Self::Archive { name: clean_path(name), reason: reason.into() }
    }

    /// A DICOMDIR, or a file that it names, that cannot be used.
    pub(crate) fn directory(name: &str, reason: &str) -> Self {
        Self::Directory { name: clean_path(name), reason: reason.into() }
    }

    /// What went wrong, without the name of a file or folder: it may be that of a person.
    pub fn without_name(&self) -> String {
        match self {
            Self::Io { source, .. } => format!("a file or folder could not be read: {source}"),
            Self::Archive { reason, .. } => format!("a zip archive could not be opened: {reason}"),
            Self::Directory { reason, .. } => format!("a DICOMDIR cannot be used: {reason}"),
            Self::TooManyFiles { .. } | Self::Stopped => self.to_string(),
        }
    }

    /// An IO error of a named file, folder or object; the name is made printable.
    pub fn io(name: impl Into<String>, source: io::Error) -> Self {
        Self::Io { name: clean_path(&name.into()), source }
    }
}
