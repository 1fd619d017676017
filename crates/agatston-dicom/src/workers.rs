//! Who works: threads that read, more than there are processors because they wait for disks.
//!
//! Worker after worker takes the next number; what it makes of it goes to the place of that number. So no outcome
//! depends on how many there are.

use std::{
    num::NonZero,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crate::Turns;

/// How many threads compute, and how many read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    threads: usize,
    /// Threads that read.
    readers: usize,
}

impl Workers {
    /// Workers for a number of threads that compute, at least one.
    pub fn new(threads: usize) -> Self {
        // Four readers were best when the files were in memory, eight from a cold disk.
        Self { threads: threads.max(1), readers: (2 * threads).clamp(4, 16) }
    }

    /// Workers for one of several jobs: while it waits for a disk, another computes, so two readers are enough.
    pub fn of_a_job(threads: usize) -> Self {
        Self { threads: threads.max(1), readers: (2 * threads).clamp(2, 16) }
    }

    /// Threads that compute.
    pub fn threads(self) -> usize {
        self.threads
    }

    /// Does `work` for each of `0..count`, and returns what came of it in their order. Each reader makes a state of its
    /// own once, for buffers that are reused.
    pub fn each<S, T: Send>(
        self,
        count: usize,
        state: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, &Turns, usize) -> T + Sync,
    ) -> Vec<T> {
        let (next, turns) = (AtomicUsize::new(0), Turns::new(self.threads));
        let reader = || {
            let (mut state, mut done) = (state(), Vec::new());
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                if i >= count {
                    return done;
                }
                done.push((i, work(&mut state, &turns, i)));
            }
        };
        let done = thread::scope(|scope| {
            let others: Vec<_> = (1..self.readers.min(count)).map(|_| scope.spawn(reader)).collect();
            let mut done = reader();
            for other in others {
                done.append(&mut other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            done
        });
        in_order(done, count)
    }
}

impl Default for Workers {
    /// As many as there are processors.
    fn default() -> Self {
        Self::new(thread::available_parallelism().map_or(1, NonZero::get))
    }
}

/// Puts everything at its place.
fn in_order<T>(done: Vec<(usize, T)>, count: usize) -> Vec<T> {
    let mut places: Vec<Option<T>> = Vec::new();
    places.resize_with(count, || None);
    for (i, value) in done {
        places[i] = Some(value);
    }
    places.into_iter().map(|place| place.expect("each number was taken once")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_to_its_place() {
        for threads in [1, 2, 9] {
            let squares = Workers::new(threads).each(100, || 0, |_, _, i| i * i);
            assert_eq!(squares, (0..100).map(|i| i * i).collect::<Vec<_>>());
        }
        assert!(Workers::new(3).each(0, || (), |(), _, i| i).is_empty());
    }
}
