//! The jobs of a batch: each takes the next piece of work until there is none.

use super::{
    Batch, BatchError, Finished, IndexEntry, Ledger, SeriesKey, Stamp,
    place::{Place, PlaceIter, Walk},
    queue::{Queue, Work},
    register::{Register, Seen},
    stock::{Found, Stock, Task, read_failed},
};
use crate::{
    Error, Places, Request, ResultDocument, code,
    score::{refused, score_checked},
    series::{Checked, check},
};
use agatston_core::{Finding, Severity};
use agatston_dicom::{Error as DicomError, Event, Refusal, Watch};
use rayon::ThreadPoolBuilder;
use std::{
    io,
    ops::ControlFlow,
    panic::{self, AssertUnwindSafe},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

/// Does a batch: every series that is found is told to the ledger, and what came of each.
///
/// # Errors
///
/// When the ledger fails or says stop. What was kept until then is whole.
pub fn run(batch: &Batch<'_>, ledger: &dyn Ledger) -> Result<(), BatchError> {
    let pools: Vec<_> = (0..batch.jobs.max(1))
        .map(|_| pool(batch.request).map_err(|e| BatchError::Threads(e.to_string())))
        .collect::<Result<_, _>>()?;
    let shared = Shared {
        batch,
        ledger,
        queue: Queue::new(PlaceIter::new(batch.tree, batch.places)),
        register: Register::default(),
        is_over: AtomicBool::new(false),
        failure: Mutex::new(None),
    };
    thread::scope(|scope| -> Result<(), BatchError> {
        let _end = End(&shared); // of counting, and of the jobs that began where another could not
        if ledger.wants_count() {
            started(scope, || count(batch, ledger, &shared.is_over))?;
        }
        let jobs = pools.iter().map(|pool| started(scope, || pool.install(|| shared.work())));
        // A panic of a job is one of ours, outside of any series: it goes on when all have ended.
        jobs.collect::<Result<Vec<_>, _>>()?.into_iter().for_each(|job| match job.join() {
            Ok(()) => {}
            Err(panic) => panic::resume_unwind(panic),
        });
        Ok(())
    })?;
    let failure = shared.failure.into_inner().unwrap_or_else(PoisonError::into_inner);
    match failure {
        Some(error) => Err(BatchError::Ledger(error)),
        None if ledger.is_stopped() => Err(BatchError::Stopped),
        None => Ok(()),
    }
}

/// Starts a thread.
fn started<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    work: impl FnOnce() + Send + 'scope,
) -> Result<thread::ScopedJoinHandle<'scope, ()>, BatchError> {
    thread::Builder::new().spawn_scoped(scope, work).map_err(|e| BatchError::Threads(e.to_string()))
}

/// The threads of one job: none takes work of another, which would have two series open at once.
fn pool(request: &Request) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(request.workers.threads()).build()
}

/// Counts the folders to come, so that progress knows how many are left.
fn count(batch: &Batch<'_>, ledger: &dyn Ledger, is_over: &AtomicBool) {
    match batch.places {
        Places::Indexed(entries) => {
            ledger.counted(entries.chunk_by(|a, b| a.folder == b.folder).count() as u64);
        }
        Places::Below(folders) => {
            let mut walk = Walk::new(batch.tree, folders);
            let mut counted = 0;
            while walk.next().is_some() {
                if is_over.load(Ordering::Relaxed) || ledger.is_stopped() {
                    return;
                }
                counted += 1;
            }
            ledger.counted(counted);
        }
    }
}

/// What all jobs share.
struct Shared<'a> {
    batch: &'a Batch<'a>,
    ledger: &'a dyn Ledger,
    queue: Queue<PlaceIter<'a>>,
    register: Register,
    is_over: AtomicBool,
    /// The first failure of the ledger.
    failure: Mutex<Option<io::Error>>,
}

impl Watch for Shared<'_> {
    fn event(&self, event: Event) -> ControlFlow<()> {
        if self.is_over.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { self.ledger.event(event) }
    }
}

impl Shared<'_> {
    /// Works until nothing is left.
    fn work(&self) {
        let end = End(self); // also when something panics, so that nobody waits for this job
        while let Some(work) = self.queue.next() {
            if self.is_over.load(Ordering::Relaxed) || self.ledger.is_stopped() {
                return;
            }
            let done = match work {
                Work::Folder(number, place) => {
                    let found = self.look(number, place);
                    found.map(|series| self.queue.found(series))
                }
                Work::Series(task) => self.score(*task),
            };
            match done {
                Ok(()) => {}
                Err(Interrupted::Stopped) => return,
                Err(Interrupted::Failed(error)) => {
                    let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                    failure.get_or_insert(error);
                    return;
                }
            }
        }
        std::mem::forget(end);
    }

    /// Looks into a folder and registers what it holds; gives what is to be scored.
    fn look(&self, number: u64, place: Place<'_>) -> Result<Vec<Task>, Interrupted> {
        let Batch { tree, request, limit, .. } = *self.batch;
        let holds_mine = |all: &[IndexEntry]| all.iter().any(|entry| self.is_wanted(entry.key));
        if let Some(others) = place.expected.filter(|all| !holds_mine(all)) {
            return self.pass_by(number, others);
        }
        let (folder, expected) = (place.folder.clone(), place.expected);
        let stock = match guarded(|| Stock::take(place, tree, request, self)) {
            Ok(stock) => stock.map_err(|_| Interrupted::Stopped)?,
            Err(bug) => Stock::refused(folder, expected, *bug),
        };
        let entered = self.register.in_turn(number, |seen| {
            let mut wanted = Vec::new();
            for task in stock.tasks(seen) {
                if limit.is_some_and(|limit| seen.taken >= limit) {
                    self.queue.enough();
                    break;
                }
                let is_mine = self.is_wanted(task.entry.key);
                self.ledger.found(&task.entry, is_mine)?;
                if is_mine {
                    seen.taken += 1;
                    wanted.push(task);
                }
            }
            Ok(wanted)
        });
        self.ledger.looked();
        let mut wanted: Vec<Task> = entered.ok_or(Interrupted::Stopped)?.map_err(Interrupted::Failed)?;
        wanted.retain(|_| !self.batch.only_index);
        Ok(wanted)
    }

    /// Registers a folder of an index that holds no series of this part, without a look into it.
    fn pass_by(&self, number: u64, others: &[IndexEntry]) -> Result<Vec<Task>, Interrupted> {
        let enter = |_: &mut Seen| others.iter().try_for_each(|entry| self.ledger.found(entry, false));
        let entered = self.register.in_turn(number, enter);
        self.ledger.looked();
        entered.ok_or(Interrupted::Stopped)?.map_err(Interrupted::Failed)?;
        Ok(Vec::new())
    }

    /// Whether a series is of the part that is scored.
    fn is_wanted(&self, key: SeriesKey) -> bool {
        self.batch.shard.is_none_or(|shard| shard.holds(key))
    }

    /// Scores a series and tells what came of it.
    fn score(&self, task: Task) -> Result<(), Interrupted> {
        let began = Instant::now();
        let key = task.entry.key;
        let mut stamp = task.of_folder.stamp.clone().with_earlier(&task.entry);
        let done = guarded(|| self.document(&task, &mut stamp));
        let document = match done {
            Ok(Ok(document)) => document,
            Ok(Err(_)) => return Err(Interrupted::Stopped),
            Err(bug) => Some(refused(self.batch.request, task.of_folder.files.clone(), None, vec![*bug])),
        };
        let finished = Finished {
            key,
            stamp: &stamp,
            document: document.as_ref(),
            seconds: began.elapsed().as_secs_f64(),
        };
        self.ledger.finished(finished).map_err(Interrupted::Failed)
    }

    /// What comes of a series; nothing where the result that is there stands. The error is that of a stop.
    fn document(&self, task: &Task, stamp: &mut Stamp) -> Result<Option<ResultDocument>, Error> {
        let (request, folder) = (self.batch.request, &task.of_folder);
        let group = match &task.found {
            Found::Series(group) => (**group).clone(),
            Found::Nothing(reason) => {
                return Ok(Some(refused(request, folder.files.clone(), None, vec![(**reason).clone()])));
            }
        };
        let mut findings = folder.findings.clone();
        findings.extend(task.entry.duplicate_of.map(duplicate));
        findings.extend(task.entry.split_from.map(split));
        let checked = check(group, &request.rules(true));
        let checked = match &folder.unread {
            Some(unread) => Err(unreadable(checked, unread)),
            None => checked,
        };
        if let Ok(series) = &checked {
            *stamp = stamp.clone().with_labels(&request.assign, series);
        }
        if folder.unread.is_none() && self.ledger.is_done(task.entry.key, stamp) {
            return Ok(None);
        }
        let facts = match &checked {
            Ok(series) => series.facts.clone(),
            Err(refusal) => (*refusal.facts).clone(),
        };
        match score_checked(checked, folder.files.clone(), findings, request, self) {
            Ok(side) => Ok(Some(side.document)),
            Err(Error::Input(DicomError::Stopped)) => Err(DicomError::Stopped.into()),
            Err(error) => {
                let reason = match &error {
                    Error::Input(error) => error.without_name(),
                    error => error.to_string(),
                };
                let finding = read_failed(&reason, 1);
                Ok(Some(refused(request, folder.files.clone(), Some(&facts), vec![finding])))
            }
        }
    }
}

/// Ends the batch for all jobs when it is dropped.
struct End<'a, 'b>(&'a Shared<'b>);

impl Drop for End<'_, '_> {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
        self.0.register.close();
        self.0.queue.close();
    }
}

/// Why a job does no more.
enum Interrupted {
    Stopped,
    Failed(io::Error),
}

/// Does something with a series or a folder; a panic in it is a finding, because one series must not end a batch.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Box<Finding>> {
    let bug = |_| {
        Finding::new(code::INTERNAL_ERROR, Severity::Refusal, "a bug in the program; the series may be fine")
            .next_step("report it with what stands on standard error; the other series are not affected")
    };
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Box::new(bug(panic)))
}

/// A series while a file of its folder could not be read: that comes first, since what else is amiss may come of it.
fn unreadable(checked: Checked, unread: &Finding) -> Refusal {
    let (facts, findings) = match checked {
        Ok(series) => (Box::new(series.facts), series.findings),
        Err(refusal) => (refusal.facts, refusal.findings),
    };
    Refusal { facts, findings: [vec![unread.clone()], findings].concat() }
}

/// The same series was found before.
fn duplicate(first: SeriesKey) -> Finding {
    let message = "the same series lies in another folder too, and has a row of its own there";
    Finding::new(code::DUPLICATE_SERIES, Severity::Warning, message)
        .seen(format!("series {first} of the index"))
        .next_step("count one of the two, or remove a copy")
}

/// Other slices of the same series were found before.
fn split(first: SeriesKey) -> Finding {
    let message = "other slices with the same SeriesInstanceUID lie in another folder, and have a row of their own there";
    Finding::new(code::SERIES_SPLIT, Severity::Warning, message)
        .seen(format!("series {first} of the index"))
        .expected("a series in one folder")
        .next_step("put the slices into one folder, or trust neither of the two rows: each may be a part of the scan")
}
