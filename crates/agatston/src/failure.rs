//! Why a command could not do its work: each failure with its words and its exit code.

use crate::exit::Exit;
use agatston_engine::{
    Error, LabelsError,
    writers::{
        dicom::{NotWritten, OutError},
        label_map::TooManySlices,
    },
};
use std::{
    io,
    path::{Path, PathBuf},
};

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
    #[error("{} is read by this command, or among what it reads, and cannot be its output; name a file outside of the input", named(.0))]
    OutputIsInput(PathBuf),
    /// An output is there already.
    #[error("{} exists already; give --overwrite to replace it", named(.0))]
    Exists(PathBuf),
    /// A batch is there already.
    #[error("{} holds a batch already; give --resume to go on with it, or --overwrite to begin anew", named(.0))]
    BatchExists(PathBuf),
    /// Another batch is at work.
    #[error("{} is written to by another batch; wait for it, or name another folder", named(.0))]
    Busy(PathBuf),
    /// A manifest names no series.
    #[error("{name} cannot be used as a manifest: {problem}")]
    NoManifest { name: String, problem: String },
    /// A folder is no part of a batch.
    #[error(
        "{} {}", named(.path),
        if *.is_begun { "is a batch that did not come to its end; run it again with --resume" }
        else { "is no folder that `agatston batch` filled: it has no run.json" }
    )]
    NoPart { path: PathBuf, is_begun: bool },
    /// Parts do not make a whole.
    #[error("the parts do not go together: {0}")]
    Parts(String),
    /// A batch of nothing.
    #[error("no CT series was found; give the folder that holds the scans, and look whether it is mounted")]
    NothingFound,
    /// Somebody asked to stop.
    #[error("stopped; what is done is kept: run it again with --resume")]
    Stopped,
    /// Signals cannot be listened for.
    #[error("signals cannot be listened for: {0}")]
    Signals(io::Error),
    /// A file could not be read.
    #[error("{}: {source}", named(.path))]
    Read { path: PathBuf, source: io::Error },
    /// An output could not be written.
    #[error("{}: {source}", named(.path))]
    Write { path: PathBuf, source: io::Error },
    /// A file is no result of this program.
    #[error(
        "{name} is no result that this version reads (result_unreadable): {problem}; give what `agatston score --format json` wrote"
    )]
    NoResult { name: String, problem: String },
    /// A file in a batch is not the result that was written there.
    #[error("{} is not what the batch wrote; run that batch again with --resume", named(.0))]
    ResultChanged(PathBuf),
    /// A file is no table of scores.
    #[error(
        "{name} is no table of scores that this version reads (table_unreadable): {problem}; give what `agatston score --format parquet` or `--format csv` wrote"
    )]
    NoTable { name: String, problem: String },
    /// A list of inputs is too long to be one.
    #[error("{name}: the list is longer than {most}; give the folders that hold the files")]
    LongList { name: String, most: String },
    /// A label map cannot hold the series.
    #[error("--labelmap: {0}")]
    LabelMap(#[from] TooManySlices),
    /// The pixels are no longer what was scored.
    #[error("the series changed while it was read ({code}): {message}; score it again")]
    Changed { code: &'static str, message: String },
    /// A DICOM object cannot be made of the result.
    #[error("not written: {}: {source}", named(.path))]
    Object { path: PathBuf, source: NotWritten },
    /// A table cannot be written in its format.
    #[error("the table could not be made: {0}")]
    Table(io::Error),
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
    Threads(String),
}

impl Failure {
    /// The exit code of this failure.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } | Self::Unknown { .. } | Self::OutputIsInput(_) | Self::LongList { .. } => {
                Exit::Usage
            }
            Self::Phantom(agatston_phantom::Error::Decode { .. }) => Exit::Usage,
            Self::NoManifest { .. } => Exit::Usage,
            Self::Exists(_) | Self::BatchExists(_) => Exit::Exists,
            Self::NoPart { .. } | Self::Parts(_) | Self::ResultChanged(_) | Self::NothingFound => {
                Exit::Refused
            }
            Self::Stopped => Exit::Stopped,
            Self::Busy(_) | Self::Signals(_) => Exit::Outside,
            // It is made in memory: nothing outside can be at fault.
            Self::Table(_) => Exit::Bug,
            Self::Object { source: NotWritten::Object(OutError::Input(_)), .. } => Exit::Outside,
            Self::NoResult { .. } | Self::NoTable { .. } | Self::LabelMap(_) | Self::Object { .. } => {
                Exit::Refused
            }
            Self::Changed { .. }
            | Self::Read { .. }
            | Self::Write { .. }
            | Self::Stream(_)
            | Self::Threads(_)
            | Self::Phantom(_) => Exit::Outside,
            Self::Engine(error) => engine_exit(error),
        }
    }
}

/// A path as it may be said: a relative one as it was typed, of an absolute one the last part. The folders above tell of
/// the machine, and in an archive often of a person.
pub(crate) fn named(path: &Path) -> String {
    let shown = if path.is_absolute() { path.file_name().map_or(path, Path::new) } else { path };
    shown.display().to_string()
}

fn engine_exit(error: &Error) -> Exit {
    match error {
        Error::UnknownProtocol { .. }
        | Error::Protocol { .. }
        | Error::Allow { .. }
        | Error::Pattern { .. }
        | Error::EditsOfEverything
        | Error::Covariates { .. }
        | Error::Cutoffs { .. } => Exit::Usage,
        Error::Labels(LabelsError::UnknownScheme { .. } | LabelsError::InvalidScheme { .. }) => Exit::Usage,
        Error::Labels(LabelsError::Refused { .. }) => Exit::Refused,
        Error::Read { source, .. } if source.kind() == io::ErrorKind::IsADirectory => Exit::Usage,
        Error::Read { .. } | Error::Labels(_) | Error::Input(_) => Exit::Outside,
    }
}
