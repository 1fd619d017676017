//! The journal of a batch: each result a file, whole or not there, and a line that says of which files it is.
//!
//! ```text
//! series done --> results/KEY.json (beside, synced, renamed) --> line of done.jsonl
//! ```
//!
//! Killed between the two, a batch scores that series again. Nothing else is needed to go on, so nothing can disagree.
//! Threads of their own write, because a disk takes milliseconds to say that a file is safe, and jobs have better to do.

use super::{BatchFolder, BatchProgress, INDEX, Stop};
use crate::{failure::Failure, output::Replacing};
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
    sync::{
        Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// Threads that write results, and results that may wait for them.
const WRITERS: usize = 4;
const WAITING: usize = 16;

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
    /// To the threads that write; nothing before they begin and after they end.
    to_write: Mutex<Option<SyncSender<Outcome>>>,
    /// What went wrong first when a result was written.
    failure: Mutex<Option<io::Error>>,
}

/// What came of a series, to be kept.
struct Outcome {
    entry: DoneEntry,
    /// The result; nothing where the one that is there stands.
    result: Option<String>,
    /// Whether the series is to be scored again by the next run.
    is_failed: bool,
}

struct State {
    done: BTreeMap<SeriesKey, DoneEntry>,
    done_file: File,
    /// Written as series are found, in their order.
    index: Replacing,
    /// The series of this run.
    mine: BTreeSet<SeriesKey>,
}

impl State {
    /// Adds a line, unless it says what is known.
    fn note(&mut self, entry: DoneEntry) -> io::Result<()> {
        if self.done.get(&entry.key) != Some(&entry) {
            self.done_file.write_all(entry.line().as_bytes())?;
            self.done.insert(entry.key, entry);
        }
        Ok(())
    }
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
        let (to_write, failure) = (Mutex::new(None), Mutex::new(None));
        Ok(Self { folder, progress, stop, settings, verify, state, to_write, failure })
    }

    /// Does work that finishes series; all of them are kept when it ends.
    pub(crate) fn keeping<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        let (sender, receiver) = sync_channel(WAITING);
        *locked(&self.to_write) = Some(sender);
        let receiver = Mutex::new(receiver);
        let done = thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| self.write_all(&receiver));
            }
            let done = work();
            *locked(&self.to_write) = None; // the threads end when nothing waits any more
            done
        });
        locked(&self.failure).take().map_or(Ok(done), Err)
    }

    /// Writes what comes until nothing does. After a failure nothing more is written: the disk may be full.
    fn write_all(&self, receiver: &Mutex<Receiver<Outcome>>) {
        loop {
            let next = locked(receiver).recv();
            let Ok(outcome) = next else { return };
            if locked(&self.failure).is_none()
                && let Err(error) = self.write(outcome)
            {
                locked(&self.failure).get_or_insert(error);
            }
        }
    }

    /// The line of an older result goes before the result does: killed between the two, it would vouch for the new one.
    fn write(&self, Outcome { entry, result, is_failed }: Outcome) -> io::Result<()> {
        if let Some(result) = result {
            let older = self.state().done.get(&entry.key).cloned();
            if let Some(older) = older.filter(|older| *older != entry) {
                self.state().note(older.withdrawn())?;
            }
            self.folder.put(&self.folder.result(entry.key), result.as_bytes())?;
        }
        self.state().note(if is_failed { entry.withdrawn() } else { entry })
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
        locked(&self.state)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        let content_hash = match finished.document {
            Some(document) => document.series.as_ref().and_then(|series| series.content_hash.clone()),
            None => self.state().done.get(&finished.key).and_then(|entry| entry.content_hash.clone()),
        };
        let outcome = Outcome {
            entry: DoneEntry {
                key: finished.key,
                stamp: finished.stamp.clone(),
                settings: self.settings.clone(),
                content_hash,
            },
            result: finished.document.map(json::pretty),
            is_failed: finished.document.is_some_and(is_failed),
        };
        self.progress.finished(&finished);
        let sender = locked(&self.to_write).clone();
        let is_taken = locked(&self.failure).is_none() && sender.is_some_and(|to| to.send(outcome).is_ok());
        // Why is told when the work has ended.
        if is_taken { Ok(()) } else { Err(io::Error::other("results can no longer be kept")) }
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
