//! Why a command could not do its work: each failure with its words and its exit code.

use crate::exit::Exit;
use agatston_engine::{Error, LabelsError};
use std::{io, path::PathBuf};

/// What stops a command. What is wrong with an input is no failure but a refused result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// An option has a value that cannot be.
    #[error("{option}: {problem}")]
    Usage { option: &'static str, problem: String },
    /// A name that does not exist.
    #[error("no {what} is called {name:?}; known: {known}")]
    Unknown { what: &'static str, name: String, known: String },
    /// An output would destroy what the command reads.
    #[error("{} is read by this command and cannot be its output", .0.display())]
    OutputIsInput(PathBuf),
    /// An output is there already.
    #[error("{} exists already; give --overwrite to replace it", .0.display())]
    Exists(PathBuf),
    /// A file could not be read.
    #[error("{}: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    /// An output could not be written.
    #[error("{}: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    /// Standard input or output failed.
    #[error("standard stream: {0}")]
    Stream(io::Error),
    /// A phantom could not be made or written.
    #[error(transparent)]
    Phantom(#[from] agatston_phantom::Error),
    /// The engine could not begin.
    #[error(transparent)]
    Engine(#[from] Error),
    /// Threads could not be started.
    #[error("threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl Failure {
    /// The exit code of this failure.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } | Self::Unknown { .. } | Self::OutputIsInput(_) => Exit::Usage,
            Self::Exists(_) => Exit::Exists,
            Self::Read { .. }
            | Self::Write { .. }
            | Self::Stream(_)
            | Self::Threads(_)
            | Self::Phantom(_) => Exit::Outside,
            Self::Engine(error) => engine_exit(error),
        }
    }
}

fn engine_exit(error: &Error) -> Exit {
    match error {
        Error::UnknownProtocol { .. }
        | Error::Protocol { .. }
        | Error::Allow { .. }
        | Error::Cutoffs { .. } => Exit::Usage,
        Error::Labels(LabelsError::UnknownScheme { .. } | LabelsError::InvalidScheme { .. }) => Exit::Usage,
        Error::Labels(LabelsError::Refused { .. }) => Exit::Refused,
        Error::Read { source, .. } if source.kind() == io::ErrorKind::IsADirectory => Exit::Usage,
        Error::Read { .. } | Error::Labels(_) | Error::Input(_) => Exit::Outside,
    }
}
