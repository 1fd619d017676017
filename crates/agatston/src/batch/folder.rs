//! The folder of a batch: what is called how, and what may be there when a batch begins.

use crate::{failure::Failure, output::Replacing};
use agatston_engine::batch::{DoneEntry, SeriesKey};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Tables and records that are made at the end: they are there when a batch is complete, and only then.
const MADE_AT_THE_END: [&str; 6] = [SCORES_PARQUET, SCORES_CSV, LESIONS_PARQUET, FAILURES_CSV, INDEX, RUN];
pub(crate) const SCORES_PARQUET: &str = "scores.parquet";
pub(crate) const SCORES_CSV: &str = "scores.csv";
pub(crate) const LESIONS_PARQUET: &str = "lesions.parquet";
pub(crate) const FAILURES_CSV: &str = "failures.csv";
pub(crate) const INDEX: &str = "index.jsonl";
pub(crate) const RUN: &str = "run.json";
const DONE: &str = "done.jsonl";
const LOCK: &str = "batch.lock";
const RESULTS: &str = "results";

/// The folder of a batch.
#[derive(Clone, Debug)]
pub(crate) struct BatchFolder {
    path: PathBuf,
}

/// Held as long as a batch writes to its folder. It is a file of its own that is never replaced, so that all lock the same one.
#[derive(Debug)]
pub(crate) struct BatchLock(#[expect(dead_code, reason = "the lock ends when the file is closed")] File);

impl BatchFolder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file of the batch is.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Where the result of a series is.
    pub(crate) fn result(&self, key: SeriesKey) -> PathBuf {
        self.path.join(RESULTS).join(format!("{key}.json"))
    }

    /// Makes the folder ready for a batch that begins, or goes on: half-written files go, and what is made at the end, because
    /// it is no longer true. Gives the list of what is done, and a lock: one batch at a time writes to a folder.
    pub(crate) fn open(&self, begins: bool) -> Result<(File, BatchLock), Failure> {
        let wrong = |source| Failure::Write { path: self.path.clone(), source };
        fs::create_dir_all(&self.path).map_err(wrong)?;
        let lock = open_to_append(&self.file(LOCK)).map_err(wrong)?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(Failure::Busy(self.path.clone())); // a file system without locks has none to wait for
        }
        let done = open_to_append(&self.file(DONE)).map_err(wrong)?;
        fs::create_dir_all(self.path.join(RESULTS)).map_err(wrong)?;
        self.withdraw_tables().map_err(wrong)?;
        for folder in [self.path.clone(), self.path.join(RESULTS)] {
            for entry in fs::read_dir(folder).map_err(wrong)? {
                let path = entry.map_err(wrong)?.path();
                if Replacing::is_part(&path) || begins && key_of(&path).is_some() {
                    gone(&path).map_err(wrong)?;
                }
            }
        }
        if begins {
            done.set_len(0).map_err(wrong)?;
        }
        Ok((done, BatchLock(lock)))
    }

    /// Removes what is made at the end, because it is no longer true; first of all what says that it is complete.
    pub(crate) fn withdraw_tables(&self) -> io::Result<()> {
        MADE_AT_THE_END.iter().rev().try_for_each(|name| gone(&self.file(name)))
    }

    /// Whether a batch was begun here.
    pub(crate) fn holds_a_batch(&self) -> bool {
        self.file(DONE).exists()
    }

    /// Whether an index was made here and nothing was scored.
    pub(crate) fn holds_an_index_alone(&self) -> bool {
        !self.holds_a_batch() && self.file(INDEX).exists() && !self.file(RUN).exists()
    }

    /// Whether there is something that is no batch.
    pub(crate) fn holds_something_else(&self) -> bool {
        // The lock alone is what a batch leaves that was killed before anything else.
        let is_other = |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|entry| entry.file_name() != LOCK);
        let has_others = fs::read_dir(&self.path).is_ok_and(|mut entries| entries.any(is_other));
        has_others && !self.holds_a_batch() && !self.holds_an_index_alone()
    }

    /// Whether there are results of series, and not tables of them alone.
    pub(crate) fn holds_results(&self) -> bool {
        self.path.join(RESULTS).is_dir()
    }

    /// Writes a file of the batch whole.
    pub(crate) fn put(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = Replacing::new(path)?;
        file.write_all(bytes)?;
        file.commit()
    }

    /// Writes the list of what is done.
    pub(crate) fn put_done(&self, lines: &str) -> io::Result<()> {
        self.put(&self.file(DONE), lines.as_bytes())
    }

    /// The list of what is done.
    pub(crate) fn done(&self) -> io::Result<BTreeMap<SeriesKey, DoneEntry>> {
        Ok(DoneEntry::read_all(&fs::read_to_string(self.file(DONE))?))
    }

    /// The index of a batch that came to its end.
    pub(crate) fn index(&self) -> io::Result<Vec<u8>> {
        fs::read(self.file(INDEX))
    }

    /// Leaves the index and nothing else: no series was scored.
    pub(crate) fn leave_index_alone(&self) -> io::Result<()> {
        gone(&self.file(DONE))?;
        fs::remove_dir(self.path.join(RESULTS))?;
        gone(&self.file(LOCK))
    }

    /// The series that have a result.
    pub(crate) fn keys(&self) -> io::Result<BTreeSet<SeriesKey>> {
        let entries = fs::read_dir(self.path.join(RESULTS))?.collect::<io::Result<Vec<_>>>()?;
        Ok(entries.iter().filter_map(|entry| key_of(&entry.path())).collect())
    }
}

/// Opens a file that is made when missing.
fn open_to_append(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).read(true).open(path)
}

/// The series whose result a file is called as.
fn key_of(path: &Path) -> Option<SeriesKey> {
    path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()
}

/// Removes a file that may be there.
fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lock holds after the list of what is done was replaced, which happens before the tables are written.
    #[test]
    fn one_batch_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let folder = BatchFolder::new(root.path().join("out"));
        let (done, lock) = folder.open(true).unwrap();
        folder.put_done("").unwrap();
        drop(done);
        assert!(matches!(folder.open(false), Err(Failure::Busy(_))));
        drop(lock);
        assert!(folder.open(false).is_ok());
    }

    /// A batch that was killed before anything else was there is begun again.
    #[test]
    fn a_lock_alone_is_no_other_file() {
        let root = tempfile::tempdir().unwrap();
        let folder = BatchFolder::new(root.path().to_owned());
        fs::write(folder.file(LOCK), "").unwrap();
        assert!(!folder.holds_something_else());
        fs::write(folder.file("notes.txt"), "").unwrap();
        assert!(folder.holds_something_else());
    }
}
