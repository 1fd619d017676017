//! How far a batch is: a line on a terminal, or lines of JSON; both on standard error.

use crate::output;
use agatston_engine::{
    batch::{Finished, is_failed},
    writers::batch::{log_event, log_series},
};
use std::{
    io::{self, IsTerminal},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Time between two lines.
const PERIOD: Duration = Duration::from_millis(250);

/// What is said while a batch runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Nothing,
    /// One line that is written again and again.
    Line,
    /// A line of JSON for each series.
    Json,
}

impl Said {
    /// What a terminal or a file is told; `is_wanted` where progress was not switched off.
    pub(crate) fn new(is_json: bool, is_wanted: bool) -> Self {
        match (is_json, is_wanted && io::stderr().is_terminal()) {
            (true, _) => Self::Json,
            (false, true) => Self::Line,
            (false, false) => Self::Nothing,
        }
    }
}

/// Counts what is done, and says it.
#[derive(Debug)]
pub(crate) struct BatchProgress {
    said: Said,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    began: Instant,
    last: Instant,
    any: bool,
    /// Folders in all; nothing while they are counted.
    folders: Option<u64>,
    looked: u64,
    found: u64,
    done: u64,
    /// Results that were there already.
    kept: u64,
    refused: u64,
    failed: u64,
}

impl BatchProgress {
    pub(crate) fn new(said: Said) -> Self {
        let now = Instant::now();
        let counts = Counts {
            began: now,
            last: now,
            any: false,
            folders: None,
            looked: 0,
            found: 0,
            done: 0,
            kept: 0,
            refused: 0,
            failed: 0,
        };
        Self { said, counts: Mutex::new(counts) }
    }

    /// Whether anybody is told how far the batch is.
    pub(super) fn is_shown(&self) -> bool {
        self.said != Said::Nothing
    }

    pub(super) fn counted(&self, folders: u64) {
        self.lock().folders = Some(folders);
        if self.said == Said::Json {
            output::note(&log_event("counted", &[("folders", folders)]));
        }
    }

    pub(super) fn looked(&self) {
        let mut counts = self.lock();
        counts.looked += 1;
        self.show(&mut counts);
    }

    pub(super) fn found(&self) {
        self.lock().found += 1;
    }

    pub(super) fn finished(&self, finished: &Finished<'_>) {
        let mut counts = self.lock();
        counts.done += 1;
        match finished.document {
            None => counts.kept += 1,
            Some(document) if is_failed(document) => counts.failed += 1,
            Some(document) => counts.refused += u64::from(!document.status.has_score()),
        }
        if self.said == Said::Json {
            output::note(&log_series(finished, counts.done));
        }
        self.show(&mut counts);
    }

    /// Wipes the line; the log gets its last one.
    pub(crate) fn end(&self, how: &str) {
        let counts = self.lock();
        match self.said {
            Said::Json => {
                let facts = [
                    ("series", counts.done),
                    ("kept", counts.kept),
                    ("refused", counts.refused),
                    ("failed", counts.failed),
                    ("seconds", counts.began.elapsed().as_secs()),
                ];
                output::note(&log_event(how, &facts));
            }
            Said::Line if counts.any => output::note("\r\x1b[K"),
            _ => {}
        }
    }

    fn show(&self, counts: &mut Counts) {
        if self.said == Said::Line && counts.last.elapsed() >= PERIOD {
            (counts.last, counts.any) = (Instant::now(), true);
            output::note(&format!("\r\x1b[K{}", counts.line()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// `123 series, 4.1/s, 2 refused, 1 failed, 40 % of folders, 12 min left`
    fn line(&self) -> String {
        let mut parts = vec![format!("{} series", self.done)];
        let seconds = self.began.elapsed().as_secs_f64();
        let scored = self.done - self.kept;
        if scored > 0 && seconds > 0.0 {
            parts.push(format!("{:.1}/s", number(scored) / seconds));
        }
        for (n, what) in [(self.kept, "kept"), (self.refused, "refused"), (self.failed, "failed")] {
            parts.extend((n > 0).then(|| format!("{n} {what}")));
        }
        match self.folders {
            None => parts.push("counting folders".to_owned()),
            Some(of) => {
                parts.push(format!("folder {} of {of}", self.looked.min(of)));
                parts.extend(self.left(of, seconds).map(|left| format!("{} left", in_words(left))));
            }
        }
        parts.join(", ")
    }

    /// Seconds that are left, if the folders to come are as those that were.
    fn left(&self, of: u64, seconds: f64) -> Option<f64> {
        let open = self.found.saturating_sub(self.done);
        if self.done == 0 || self.looked == 0 {
            return None;
        }
        let to_come = number(of.saturating_sub(self.looked)) * number(self.found) / number(self.looked);
        Some((to_come + number(open)) * seconds / number(self.done))
    }
}

fn number(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// A span of time as people say it.
fn in_words(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 10 of 20 folders looked into, 40 series found and 30 done in 60 s; 40 to come and 10 open at 2 s each.
    #[test]
    fn the_time_that_is_left() {
        let progress = BatchProgress::new(Said::Nothing);
        let mut counts = progress.lock();
        (counts.looked, counts.found, counts.done) = (10, 40, 30);
        assert_eq!(counts.left(20, 60.0), Some(100.0));
        assert_eq!(
            (in_words(100.0), in_words(12.4), in_words(7200.0)),
            ("2 min".into(), "12 s".into(), "2.0 h".into())
        );
        assert!(counts.line().ends_with("counting folders"));
    }
}
