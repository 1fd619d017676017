//! The journal of a batch: each result a file, whole or not there, and a line that says of which files it is.
//!
//! ```text
//! series done --> results/KEY.json (beside, synced, renamed) --> line of done.jsonl
//! ```
//!
//! Killed between the two, a batch scores that series again. Nothing else is needed to go on, so nothing can disagree.

use super::{BatchFolder, BatchProgress, Stop, folder::INDEX, folder::Replacing};
use crate::failure::Failure;
use agatston_engine::{
    Event, Watch,
    batch::{DoneEntry, Finished, IndexEntry, Ledger, SeriesKey, Stamp, Standing, is_failed},
    writers::json,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read, Seek, Write},
    ops::ControlFlow,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Keeps what a batch finds and makes in its folder.
pub(crate) struct Journal<'a> {
    folder: &'a BatchFolder,
    progress: &'a BatchProgress,
    stop: &'a Stop,
    /// Hash of the settings.
    settings: String,
    /// Whether results stand by the content of files and not by their times.
    verify: bool,
    state: Mutex<State>,
}

struct State {
    done: BTreeMap<SeriesKey, DoneEntry>,
    done_file: File,
    /// Written as series are found, in their order.
    index: Replacing,
    /// The series of this run.
    mine: BTreeSet<SeriesKey>,
}

impl<'a> Journal<'a> {
    /// Begins or goes on; `done_file` is the list of what is done.
    pub(crate) fn new(
        folder: &'a BatchFolder,
        (progress, stop): (&'a BatchProgress, &'a Stop),
        (settings, verify): (String, bool),
        mut done_file: File,
    ) -> Result<Self, Failure> {
        let unread = |source| Failure::Read { path: folder.path().to_owned(), source };
        let done = read_done(&mut done_file).map_err(unread)?;
        let index = Replacing::new(&folder.file(INDEX)).map_err(unread)?;
        let state = Mutex::new(State { done, done_file, index, mine: BTreeSet::new() });
        Ok(Self { folder, progress, stop, settings, verify, state })
    }

    /// Ends a batch that came to its end: gives the series of this run, whose results and lines alone are kept.
    pub(crate) fn finish(self) -> io::Result<BTreeSet<SeriesKey>> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.index.commit()?;
        self.folder.keep(&state.mine)?;
        let lines = state.done.iter().filter(|(key, _)| state.mine.contains(key));
        let lines: String = lines.map(|(_, entry)| entry.line()).collect();
        self.folder.put_done(&lines)?;
        Ok(state.mine)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Journal<'_> {
    fn event(&self, _: Event) -> ControlFlow<()> {
        if self.stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Ledger for Journal<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.is_asked()
    }

    fn counted(&self, folders: u64) {
        self.progress.counted(folders);
    }

    fn looked(&self) {
        self.progress.looked();
    }

    fn found(&self, entry: &IndexEntry, is_mine: bool) -> io::Result<()> {
        let mut state = self.state();
        state.index.write_all(entry.line().as_bytes())?;
        if is_mine {
            state.mine.insert(entry.key);
            self.progress.found();
        }
        Ok(())
    }

    fn standing(&self, key: SeriesKey, stamp: &Stamp) -> Standing {
        let state = self.state();
        let same = state.done.get(&key).filter(|entry| entry.settings == self.settings);
        let Some(entry) = same.filter(|_| self.folder.result(key).is_file()) else { return Standing::Open };
        match (&entry.content_hash, self.verify) {
            (Some(hash), true) => Standing::DoneIfContent(hash.clone()),
            (None, true) => Standing::Open,
            (_, false) if entry.stamp == *stamp => Standing::Done,
            _ => Standing::Open,
        }
    }

    fn finished(&self, finished: Finished<'_>) -> io::Result<()> {
        let before = self.state().done.get(&finished.key).cloned();
        let content_hash = match finished.document {
            Some(document) => {
                self.folder.put(&self.folder.result(finished.key), json::pretty(document).as_bytes())?;
                document.series.as_ref().and_then(|series| series.content_hash.clone())
            }
            None => before.as_ref().and_then(|entry| entry.content_hash.clone()),
        };
        let entry = DoneEntry {
            key: finished.key,
            stamp: finished.stamp.clone(),
            settings: self.settings.clone(),
            content_hash,
        };
        let mut state = self.state();
        if finished.document.is_some_and(is_failed) {
            state.done.remove(&finished.key);
        } else if before.as_ref() != Some(&entry) {
            state.done_file.write_all(entry.line().as_bytes())?;
            state.done.insert(finished.key, entry);
        }
        drop(state);
        self.progress.finished(&finished);
        Ok(())
    }
}

/// Reads what was done; a last line that was not written to its end goes.
fn read_done(file: &mut File) -> io::Result<BTreeMap<SeriesKey, DoneEntry>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    if whole < bytes.len() {
        file.set_len(whole as u64)?;
    }
    let text = String::from_utf8_lossy(&bytes[..whole]);
    // A later line of a series is what holds.
    Ok(text.lines().filter_map(DoneEntry::read).map(|entry| (entry.key, entry)).collect())
}
