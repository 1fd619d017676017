//! What the jobs of a batch do next: series that were found before folders that were not looked into, so that few folders
//! are open at a time.

use super::{place::Place, stock::Task};
use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Something to do.
pub(super) enum Work {
    /// Look into the folder of this number.
    Folder(u64, Place),
    /// Score a series.
    Series(Box<Task>),
}

/// Work for any number of jobs.
pub(super) struct Queue<I> {
    state: Mutex<State<I>>,
    changed: Condvar,
}

struct State<I> {
    /// Nothing once no more are wanted.
    folders: Option<I>,
    number: u64,
    series: VecDeque<Task>,
    /// Jobs that look into a folder, and may find series.
    looking: usize,
    /// Whether no more work is given out, whatever jobs may still find.
    is_closed: bool,
}

impl<I: Iterator<Item = Place>> Queue<I> {
    pub(super) fn new(folders: I) -> Self {
        let state = State {
            folders: Some(folders),
            number: 0,
            series: VecDeque::new(),
            looking: 0,
            is_closed: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The next piece of work; nothing when all is done. Waits while another job may find more.
    pub(super) fn next(&self) -> Option<Work> {
        let mut state = self.lock();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(task) = state.series.pop_front() {
                return Some(Work::Series(Box::new(task)));
            }
            match state.folders.as_mut().and_then(Iterator::next) {
                Some(place) => {
                    state.looking += 1;
                    state.number += 1;
                    return Some(Work::Folder(state.number - 1, place));
                }
                None => state.folders = None,
            }
            if state.looking == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
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
        self.lock().folders = None;
    }

    /// Gives out no more work.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
