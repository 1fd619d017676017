//! What was found, in the order of the folders, whichever job looked into them first: so that the second of two equal series
//! is always the same one.

use super::key::{Identity, SeriesKey};
use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Takes what is found in each folder in turn.
#[derive(Default)]
pub(super) struct Register {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The folder whose turn it is.
    turn: u64,
    closed: bool,
    seen: Seen,
}

/// The series so far.
#[derive(Default)]
pub(super) struct Seen {
    series: HashMap<Identity, SeriesKey>,
    /// By the UID that slices of one series share: its folder and its key, where it was seen first.
    uids: HashMap<Identity, (Identity, SeriesKey)>,
    /// Series that are to be scored.
    pub(super) taken: u64,
}

impl Seen {
    /// The key of the same series in an earlier folder.
    pub(super) fn earlier(&mut self, identity: Identity, key: SeriesKey) -> Option<SeriesKey> {
        let first = *self.series.entry(identity).or_insert(key);
        (first != key).then_some(first)
    }

    /// The key of other slices of the same UID in an earlier folder; slices without one have nothing in common.
    pub(super) fn split(&mut self, uid: &str, folder: &str, key: SeriesKey) -> Option<SeriesKey> {
        if uid.is_empty() {
            return None;
        }
        let [uid, folder] = [uid, folder].map(|name| Identity::of(name, &[]));
        let (holder, first) = *self.uids.entry(uid).or_insert((folder, key));
        (holder != folder).then_some(first)
    }
}

impl Register {
    /// Does something when all folders before this one are registered; nothing when the register was closed.
    pub(super) fn in_turn<T>(&self, number: u64, enter: impl FnOnce(&mut Seen) -> T) -> Option<T> {
        let mut state = self.lock();
        while state.turn != number && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return None;
        }
        let entered = enter(&mut state.seen);
        state.turn += 1;
        self.changed.notify_all();
        Some(entered)
    }

    /// Lets nobody wait any longer.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
