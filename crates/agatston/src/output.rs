//! The one place that writes results: to standard output or a file; everything else goes to standard error.

use crate::{
    exit::Exit,
    failure::{Failure, named},
};
use agatston_engine::writers::Page;
use anstream::{AutoStream, ColorChoice};
use std::{
    fs::{self, File},
    io::{self, BufWriter, ErrorKind, IsTerminal, Read, Write},
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
    /// Fails early, before minutes of work and not after, when the output may not be replaced: because it exists,
    /// or because it is one of the files that the command reads.
    /// `option` named it.
    pub(crate) fn check(&self, option: &'static str, reads: &[PathBuf]) -> Result<(), Failure> {
        let Some(path) = self.path.as_ref().filter(|p| p.exists()) else { return Ok(()) };
        if path.is_dir() {
            return Err(Failure::Usage { option, problem: "is a folder; name a file".to_owned() });
        }
        if !self.overwrite {
            return Err(Failure::Exists(path.clone()));
        }
        if reads.iter().any(|read| would_destroy(path, read)) {
            return Err(Failure::OutputIsInput(path.clone()));
        }
        Ok(())
    }

    /// Whether what is written goes to a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.path.is_none() && io::stdout().is_terminal()
    }

    /// Writes a page, in colour where standard output wants it; a file never does.
    pub(crate) fn show(&self, page: &Page) -> Result<(), Failure> {
        match &self.path {
            None => paint(page).map(|_| ()),
            Some(_) => self.write(page.plain().as_bytes()),
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

/// How a PNG file begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Files of a folder that are called as pictures are, of which `is_named` tells.
fn pictures_in(path: &Path, is_named: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    let named = entries.into_iter().filter(|entry| entry.file_name().to_str().is_some_and(&is_named));
    Ok(named.map(|entry| entry.path()).collect())
}

/// Fails early when pictures may not be put into a folder: because it is a file, holds something already, or something that
/// is called as a picture is and is none.
pub(crate) fn check_folder(
    option: &'static str,
    path: &Path,
    overwrite: bool,
    is_named: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(());
    }
    let unread = |source| Failure::Read { path: path.to_path_buf(), source };
    if !path.is_dir() {
        return Err(Failure::Usage { option, problem: "is a file; name a folder".to_owned() });
    }
    let is_empty = fs::read_dir(path).map_err(unread)?.next().is_none();
    if !is_empty && !overwrite {
        return Err(Failure::Exists(path.to_path_buf()));
    }
    match pictures_in(path, is_named).map_err(unread)?.iter().find(|file| !begins_with(file, &[PNG])) {
        None => Ok(()),
        Some(file) => {
            let problem = format!("holds {}, which is no picture; name another folder", named(file));
            Err(Failure::Usage { option, problem })
        }
    }
}

/// Removes the pictures of a folder, after [`check_folder`]: those of an earlier run would be taken for those of this one.
pub(crate) fn clear(path: &Path, is_named: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let wrong = |source| Failure::Write { path: path.to_path_buf(), source };
    pictures_in(path, is_named).map_err(wrong)?.iter().try_for_each(fs::remove_file).map_err(wrong)
}

/// Whether a file begins in one of these ways.
fn begins_with(path: &Path, beginnings: &[&[u8]]) -> bool {
    let mut start = [0; 32];
    let length = fs::File::open(path).and_then(|mut f| f.read(&mut start)).unwrap_or(0);
    beginnings.iter().any(|own| start[..length].starts_with(own))
}

/// How the files begin that this program writes: only these may be replaced inside a folder of inputs.
const OWN_BEGINNINGS: [&[u8]; 10] = [
    b"{\n  \"schema\": \"agatston.",
    b"{\"schema\":\"agatston.",
    b"Coronary calcium score",
    b"Calcium score",
    b"series_uid,",
    b"Change of ",
    b"Summary of calcium scores",
    b"baseline_series_uid,",
    b"<!DOCTYPE html><html lang=\"en\"><",
    b"PAR1", // no slice and no archive begins so
];

/// Whether writing to `path` would destroy `read`, or something in the folder `read` that is no result of ours.
fn would_destroy(path: &Path, read: &Path) -> bool {
    let (Ok(path), Ok(read)) = (fs::canonicalize(path), fs::canonicalize(read)) else { return false };
    if path == read {
        return true;
    }
    path.starts_with(&read) && !begins_with(&path, &OWN_BEGINNINGS)
}

/// Writes a page to standard output, in colour if that is a terminal and neither `NO_COLOR` nor `CLICOLOR=0` is set, or
/// if `CLICOLOR_FORCE` is.
fn paint(page: &Page) -> Result<Exit, Failure> {
    match AutoStream::choice(&io::stdout()) {
        ColorChoice::Never => stdout(page.plain().as_bytes()),
        choice => write(AutoStream::new(io::stdout().lock(), choice), page.painted().as_bytes()),
    }
}

/// Writes to standard output.
pub(crate) fn stdout(bytes: &[u8]) -> Result<Exit, Failure> {
    write(io::stdout().lock(), bytes)
}

/// Writes everything; a closed pipe is a success, because the reader has seen enough.
fn write(mut out: impl Write, bytes: &[u8]) -> Result<Exit, Failure> {
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Failure::Stream(e)),
        _ => Ok(Exit::Done),
    }
}

/// Writes a file whole.
pub(crate) fn file(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), Failure> {
    let placed = Replacing::new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        if overwrite { file.commit() } else { file.commit_new() }
    });
    placed.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => Failure::Exists(path.to_path_buf()),
        _ => Failure::Write { path: path.to_path_buf(), source },
    })
}

/// A file that is written under a name of its own beside its place, and put there when it is whole, so that nobody reads half
/// of it and nothing is lost when the disk is full. Dropped before, it leaves nothing.
#[derive(Debug)]
pub(crate) struct Replacing {
    file: Option<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
}

/// How a file ends that is not whole yet.
const PART: &str = "part";

impl Replacing {
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        let mut part = path.as_os_str().to_owned();
        part.push(format!(".{}.{PART}", std::process::id()));
        let part = PathBuf::from(part);
        Ok(Self { file: Some(BufWriter::new(File::create(&part)?)), part, path: path.to_owned() })
    }

    /// Whether a file was being written when its writer was killed.
    pub(crate) fn is_part(path: &Path) -> bool {
        path.extension().is_some_and(|ending| ending == PART)
    }

    /// Puts the file in its place, whatever was there.
    pub(crate) fn commit(self) -> io::Result<()> {
        self.place(|part, path| fs::rename(part, path))
    }

    /// Puts the file in its place, where nothing may be.
    fn commit_new(self) -> io::Result<()> {
        self.place(|part, path| fs::hard_link(part, path))
    }

    fn place(mut self, put: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let written = file.into_inner().map_err(io::IntoInnerError::into_error);
        written.and_then(|file| file.sync_all()).and_then(|()| put(&self.part, &self.path))
    }
}

impl Write for Replacing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Replacing {
    fn drop(&mut self) {
        drop(self.file.take());
        let _ = fs::remove_file(&self.part); // what could not be put in place is of no use; after a rename it is not there
    }
}

/// Makes a folder and those above it.
pub(crate) fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|source| Failure::Write { path: path.to_path_buf(), source })
}

/// Says what is wrong with the command line, or the help or version that was asked for. Absolute paths that were typed
/// are cut to their last part.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        let _ = error.print(); // a reader who has seen enough is no failure
        return Exit::Done;
    }
    let mut text = error.render().to_string();
    for typed in std::env::args_os().skip(1) {
        let typed = typed.to_string_lossy();
        let value = typed.split_once('=').map_or(&*typed, |(_, value)| value);
        if Path::new(value).is_absolute() {
            text = text.replace(value, &named(Path::new(value)));
        }
    }
    note(&text);
    Exit::Usage
}

/// Says why a command could not do its work.
pub(crate) fn error(failure: &Failure) {
    note(&format!("error: {failure}\n"));
}

/// Writes to standard error; when even that is closed there is nobody to tell.
pub(crate) fn note(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
