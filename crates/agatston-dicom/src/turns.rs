//! Turns at what keeps a processor busy, among readers that are more than the processors.

use std::sync::{Condvar, Mutex, PoisonError};

/// Turns at a processor, fewer than there are readers.
#[derive(Debug)]
pub struct Turns {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Turns {
    pub(crate) fn new(turns: usize) -> Self {
        Self { free: Mutex::new(turns), freed: Condvar::new() }
    }

    /// Waits for a turn; it ends when the outcome is dropped.
    pub(crate) fn wait(&self) -> Turn<'_> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
        Turn { of: self }
    }
}

/// A turn at a processor.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    of: &'a Turns,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.of.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.of.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use crate::Workers;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
    };

    #[test]
    fn no_more_take_turns_than_there_are_threads() {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Workers::new(2).each(
            200,
            || (),
            |(), turns, _| {
                let _turn = turns.wait();
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
            },
        );
        assert!(most.into_inner() <= 2);
    }
}
