//! What the jobs of a batch do next: series that were found before folders that were not looked into, so that few folders
//! are open at a time.

use super::{place::Place, stock::Task};
use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Something to do.
pub(super) enum Work<'a> {
    /// Look into the folder of this number.
    Folder(u64, Place<'a>),
    /// Score a series.
    Series(Box<Task>),
}

/// Work for any number of jobs.
pub(super) struct Queue<I> {
    /// With a lock of its own: the next folder may take long to be found, and who ends a job must not wait for it.
    folders: Mutex<Numbered<I>>,
    state: Mutex<State>,
    changed: Condvar,
}

struct Numbered<I> {
    folders: I,
    number: u64,
}

#[derive(Default)]
struct State {
    series: VecDeque<Task>,
    /// Jobs that look for a folder or into one, and may find series.
    looking: usize,
    /// Whether no more folders are wanted, or there are none.
    is_enough: bool,
    /// Whether no more work is given out, whatever jobs may still find.
    is_closed: bool,
}

impl<'a, I: Iterator<Item = Place<'a>>> Queue<I> {
    pub(super) fn new(folders: I) -> Self {
        let folders = Mutex::new(Numbered { folders, number: 0 });
        Self { folders, state: Mutex::default(), changed: Condvar::new() }
    }

    /// The next piece of work; nothing when all is done. Waits while another job may find more.
    pub(super) fn next(&self) -> Option<Work<'a>> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(task) = state.series.pop_front() {
                return Some(Work::Series(Box::new(task)));
            }
            if !state.is_enough {
                state.looking += 1;
                drop(state);
                if let Some(folder) = self.next_folder() {
                    return Some(folder);
                }
                state = self.lock();
                state.looking -= 1;
                state.is_enough = true;
                self.changed.notify_all();
            } else if state.looking == 0 {
                return None;
            } else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn next_folder(&self) -> Option<Work<'a>> {
        let mut numbered = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let place = numbered.folders.next()?;
        numbered.number += 1;
        Some(Work::Folder(numbered.number - 1, place))
    }

    /// What was found in a folder that [`next`](Self::next) gave.
    pub(super) fn found(&self, series: Vec<Task>) {
        let mut state = self.lock();
        state.looking -= 1;
        state.series.extend(series);
        self.changed.notify_all();
    }

    /// Looks into no more folders.
    pub(super) fn enough(&self) {
        self.lock().is_enough = true;
    }

    /// Gives out no more work.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
