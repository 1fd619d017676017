//! Any number of series, each scored or refused with its reason: nothing is dropped, nothing waits for all to be found.
//!
//! ```text
//! places --one after the other--> folder --headers--> Stock     jobs in parallel, each on folders and series of its own
//! Stock --in the order of folders--> Register                   keys, duplicates, lines of the index
//!       --> Task, a series each --> document                    scored on the threads of one job
//! document --> Ledger                                           the journal and the progress, which the caller keeps
//! ```
//!
//! A job holds the headers of one folder and the candidates of one series at a time: memory grows by some bytes a series, of
//! its key, and no more.
//! What comes of a series depends on nothing but its folder and the folders before it: not on jobs, threads or time.

mod entry;
mod key;
mod place;
mod queue;
mod record;
mod register;
mod stamp;
mod stock;
mod work;

#[cfg(test)]
mod tests;

pub use entry::IndexEntry;
pub use key::{NoKey, NoShard, SeriesKey, Shard};
pub use place::Places;
pub use record::{DoneEntry, RUN_SCHEMA, RunRecord, SeriesCounts, Settings, hash, is_failed};
pub use stamp::Stamp;
pub use work::run;

use crate::{Request, ResultDocument};
use agatston_dicom::{Tree, Watch};
use std::io;

/// A batch to be done.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// Where the folders are.
    pub tree: &'a dyn Tree,
    /// Which of them.
    pub places: &'a Places,
    /// How each series is scored; its workers are those of one job.
    pub request: &'a Request,
    /// How many series are scored at a time.
    pub jobs: usize,
    /// The part of the series that is scored; all of them without.
    pub shard: Option<Shard>,
    /// At most so many series, the first of them in the order of folders.
    pub limit: Option<u64>,
    /// Whether series are only found, not scored.
    pub only_index: bool,
}

/// A series that is done.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// Its key.
    pub key: SeriesKey,
    /// From which files.
    pub stamp: &'a Stamp,
    /// What came of it; nothing where the result that was there stands.
    pub document: Option<&'a ResultDocument>,
    /// How long it took.
    pub seconds: f64,
}

/// Keeps what a batch finds and makes. Called from many threads; an error stops the batch.
pub trait Ledger: Watch {
    /// Whether to stop.
    fn is_stopped(&self) -> bool;

    /// Whether to say how many folders there are, which costs a second walk through all of them.
    fn wants_count(&self) -> bool;

    /// There are so many folders in all.
    fn counted(&self, folders: u64);

    /// One more folder was looked into.
    fn looked(&self);

    /// A series was found; called in the order of folders. `is_mine` where it will be scored.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    fn found(&self, entry: &IndexEntry, is_mine: bool) -> io::Result<()>;

    /// Whether a series has a result that stands.
    fn is_done(&self, key: SeriesKey, stamp: &Stamp) -> bool;

    /// A series is done.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    fn finished(&self, finished: Finished<'_>) -> io::Result<()>;
}

/// Why a batch did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// What was found or made could not be kept.
    #[error("what came of a series could not be kept: {0}")]
    Ledger(#[from] io::Error),
    /// Asked to stop.
    #[error("stopped on request")]
    Stopped,
    /// Threads could not be started.
    #[error("threads could not be started: {0}")]
    Threads(String),
}
