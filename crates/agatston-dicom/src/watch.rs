//! Progress and cancellation: the one thing that a caller may do while the loader works.

use std::ops::ControlFlow;

/// Something happened that a progress bar may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The header of one more file was read.
    Indexed {
        /// Files read so far.
        done: usize,
        /// Files to read.
        of: usize,
    },
    /// One more slice was scanned.
    Scanned {
        /// Slices scanned so far.
        done: usize,
        /// Slices of the series.
        of: usize,
    },
}

/// Is told what happens and may stop it. Called from many threads.
pub trait Watch: Sync {
    /// `Break` stops the work at the next file or slice.
    fn event(&self, event: Event) -> ControlFlow<()>;
}

/// Watches nothing and never stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn event(&self, _: Event) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
