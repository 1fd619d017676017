//! The one place that writes: results to standard output or a file, everything else to standard error.

use crate::{exit::Exit, failure::Failure};
use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Where a result goes.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// `None`: standard output.
    pub(crate) path: Option<PathBuf>,
    /// Whether an existing file may be replaced.
    pub(crate) overwrite: bool,
}

impl Target {
    /// Fails early when the output exists and may not be replaced: before minutes of work, not after.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        match &self.path {
            Some(path) if !self.overwrite && path.exists() => Err(Failure::Exists(path.clone())),
            _ => Ok(()),
        }
    }

    /// Writes the bytes.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        match &self.path {
            None => stdout(bytes).map(|_| ()),
            Some(path) => file(path, bytes, self.overwrite),
        }
    }
}

/// Writes to standard output; a closed pipe is a success, because the reader has seen enough.
pub(crate) fn stdout(bytes: &[u8]) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Failure::Stream(e)),
        _ => Ok(Exit::Done),
    }
}

/// Writes a file whole: first beside it, then renamed, so that nobody reads half of it.
pub(crate) fn file(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), Failure> {
    let wrong = |source| Failure::Write { path: path.to_path_buf(), source };
    if !overwrite {
        return match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(mut file) => file.write_all(bytes).map_err(wrong),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Err(Failure::Exists(path.to_path_buf())),
            Err(e) => Err(wrong(e)),
        };
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path)).map_err(wrong)
}

/// Makes a folder and those above it.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|source| Failure::Write { path: path.to_path_buf(), source })
}

/// Says why a command could not do its work.
pub(crate) fn error(failure: &Failure) {
    note(&format!("error: {failure}\n"));
}

/// Writes to standard error; when even that is closed there is nobody to tell.
pub(crate) fn note(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
