//! Progress on a terminal: one line on standard error that is wiped when the work is done.

use crate::output;
use agatston_engine::{Event, Watch};
use std::{
    io::{self, IsTerminal},
    ops::ControlFlow,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Time before the first line and between lines: quick work shows nothing.
const PERIOD: Duration = Duration::from_millis(250);

/// Shows how far reading and scanning are.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: Option<Mutex<Shown>>,
}

#[derive(Debug)]
struct Shown {
    last: Instant,
    any: bool,
}

impl Progress {
    /// Shows nothing when asked to be quiet or when standard error is no terminal.
    pub(crate) fn new(quiet: bool) -> Self {
        let show = !quiet && io::stderr().is_terminal();
        Self { shown: show.then(|| Mutex::new(Shown { last: Instant::now(), any: false })) }
    }

    fn line(&self, text: &str) {
        let Some(shown) = &self.shown else { return };
        let Ok(mut shown) = shown.lock() else { return };
        if shown.last.elapsed() >= PERIOD {
            (shown.last, shown.any) = (Instant::now(), true);
            output::note(&format!("\r\x1b[K{text}"));
        }
    }

    /// Wipes the line, so that what follows starts clean.
    pub(crate) fn done(&self) {
        let Some(shown) = &self.shown else { return };
        if shown.lock().is_ok_and(|mut s| std::mem::take(&mut s.any)) {
            output::note("\r\x1b[K");
        }
    }
}

impl Watch for Progress {
    fn event(&self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Indexed { done, of } => self.line(&format!("reading headers {done}/{of}")),
            Event::Scanned { done, of } => self.line(&format!("scanning slices {done}/{of}")),
        }
        ControlFlow::Continue(())
    }
}
