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
    batch::{DoneEntry, Finished, IndexEntry, Ledger, SeriesKey, Stamp, hash, is_failed},
    writers::json,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read, Seek, Write},
    ops::ControlFlow,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
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
    keeping: Keeping,
    state: Mutex<State>,
    /// To the threads that write; nothing before they begin and after they end.
    to_write: Mutex<Option<SyncSender<Outcome>>>,
    /// What went wrong first when a result was written.
    failure: Mutex<Option<io::Error>>,
}

/// Which results stand.
#[derive(Clone, Debug)]
pub(crate) struct Keeping {
    /// Hash of the settings: a result stands that was made with the same.
    pub(crate) settings: String,
    pub(crate) trust: Trust,
}

/// By what files are known to be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// By their names, sizes and times.
    Times,
    /// By what comes of them: a result stands that comes out again.
    Nothing,
}

/// The series of a batch that came to its end.
pub(crate) struct Ended {
    /// The hash of the result of each.
    pub(crate) results: BTreeMap<SeriesKey, String>,
    /// Results of others, which stay: a folder that cannot be had today may be there tomorrow.
    pub(crate) others: usize,
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
        keeping: Keeping,
        mut done_file: File,
    ) -> Result<Self, Failure> {
        let unread = |source| Failure::Read { path: folder.path().to_owned(), source };
        let done = read_done(&mut done_file).map_err(unread)?;
        let index = Replacing::new(&folder.file(INDEX)).map_err(unread)?;
        let state = Mutex::new(State { done, done_file, index, mine: BTreeSet::new() });
        let (to_write, failure) = (Mutex::new(None), Mutex::new(None));
        Ok(Self { folder, progress, stop, keeping, state, to_write, failure })
    }

    /// Does work that finishes series; all of them are kept when it ends.
    pub(crate) fn keeping<T>(&self, work: impl FnOnce() -> T) -> io::Result<T> {
        let (sender, receiver) = sync_channel(WAITING);
        *locked(&self.to_write) = Some(sender);
        let done = thread::scope(|scope| {
            let _closed = Closed(&self.to_write); // also when `work` panics: the threads wait for what comes
            let receiver = Arc::new(Mutex::new(receiver)); // gone with the last thread, so that nobody waits to send
            for _ in 0..WRITERS {
                let receiver = receiver.clone();
                thread::Builder::new().spawn_scoped(scope, move || self.write_all(&receiver))?;
            }
            drop(receiver);
            Ok(work())
        });
        locked(&self.failure).take().map_or(done, Err)
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
                self.state().done_file.sync_data()?; // or a loss of power could undo this alone
            }
            self.folder.put(&self.folder.result(entry.key), result.as_bytes())?;
        }
        self.state().note(if is_failed { entry.withdrawn() } else { entry })
    }

    /// Ends a batch that came to its end.
    pub(crate) fn finish(self) -> io::Result<Ended> {
        let State { done, index, mine, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        index.commit()?;
        let lines: String = done.values().map(DoneEntry::line).collect();
        self.folder.put_done(&lines)?;
        let others = self.folder.keys()?.difference(&mine).count();
        let mine = done.into_iter().filter(|(key, _)| mine.contains(key));
        Ok(Ended { results: mine.map(|(key, entry)| (key, entry.result)).collect(), others })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

/// Lets nothing more come when it is dropped.
struct Closed<'a>(&'a Mutex<Option<SyncSender<Outcome>>>);

impl Drop for Closed<'_> {
    fn drop(&mut self) {
        *locked(self.0) = None;
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

    fn wants_count(&self) -> bool {
        self.progress.is_shown()
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

    fn is_done(&self, key: SeriesKey, stamp: &Stamp) -> bool {
        self.keeping.trust == Trust::Times && self.standing(key).is_some_and(|entry| entry.stamp == *stamp)
    }

    fn finished(&self, finished: Finished<'_>) -> io::Result<()> {
        let result =
            finished.document.map(json::pretty).filter(|result| !self.came_out_again(&finished, result));
        let is_kept = || self.state().done.get(&finished.key).map(|entry| entry.result.clone());
        let entry = DoneEntry {
            key: finished.key,
            stamp: finished.stamp.clone(),
            settings: self.keeping.settings.clone(),
            result: result.as_ref().map(|text| hash(text.as_bytes())).or_else(is_kept).unwrap_or_default(),
        };
        let is_failed = finished.document.is_some_and(is_failed);
        let document = finished.document.filter(|_| result.is_some());
        self.progress.finished(&Finished { document, ..finished });
        let sender = locked(&self.to_write).clone();
        let send = |to: SyncSender<Outcome>| to.send(Outcome { entry, result, is_failed }).is_ok();
        let is_taken = locked(&self.failure).is_none() && sender.is_some_and(send);
        // Why is told when the work has ended.
        if is_taken { Ok(()) } else { Err(io::Error::other("results can no longer be kept")) }
    }
}

impl Journal<'_> {
    /// Whether a series that was scored again, because nothing is trusted, has the result that is there.
    fn came_out_again(&self, finished: &Finished<'_>, result: &str) -> bool {
        self.keeping.trust == Trust::Nothing
            && self.standing(finished.key).is_some_and(|entry| entry.result == hash(result.as_bytes()))
    }

    /// What is known of a series that has a result of the same settings, which is still what was written.
    fn standing(&self, key: SeriesKey) -> Option<DoneEntry> {
        let entry = self.state().done.get(&key).cloned();
        let entry = entry.filter(|entry| entry.settings == self.keeping.settings)?;
        let kept = fs::read(self.folder.result(key)).ok()?;
        (hash(&kept) == entry.result).then_some(entry)
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
    Ok(DoneEntry::read_all(&String::from_utf8_lossy(&bytes[..whole])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Said;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// A bug while series are scored ends the program: nobody waits for results that never come.
    #[test]
    fn a_panic_goes_on() {
        let root = tempfile::tempdir().unwrap();
        let folder = BatchFolder::new(root.path().to_owned());
        let (done, _lock) = folder.open(true).unwrap();
        let (progress, stop) = (BatchProgress::new(Said::Nothing), Stop::default());
        let keeping = Keeping { settings: String::new(), trust: Trust::Times };
        let journal = Journal::new(&folder, (&progress, &stop), keeping, done).unwrap();
        let ended = catch_unwind(AssertUnwindSafe(|| journal.keeping(|| panic!("a bug"))));
        assert!(ended.is_err());
    }
}
