//! What was held against each other, and what did not agree.

/// Relative difference up to which two sums are the same: sums of the same numbers in another order.
const TOLERANCE: f64 = 1e-9;

/// What came of computing a result again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// How many numbers were computed again.
    pub checked: u64,
    /// Where the result does not add up.
    pub mismatches: Vec<Mismatch>,
    /// What could not be computed again, and why.
    pub not_checked: Vec<String>,
}

/// A number of a result that is not what its parts make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where in the document.
    pub at: String,
    /// What its parts make it.
    pub expected: String,
    /// What is written.
    pub seen: String,
}

/// A [`Validation`] in the making.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    outcome: Validation,
}

impl Ledger {
    pub(super) fn finish(self) -> Validation {
        self.outcome
    }

    /// Two numbers, either of which may be unknown.
    pub(super) fn number(&mut self, at: &str, expected: Option<f64>, seen: Option<f64>) {
        let same = match (expected, seen) {
            (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0),
            (a, b) => a.is_none() && b.is_none(),
        };
        let words = |x: Option<f64>| x.map_or_else(|| "null".to_owned(), |x| x.to_string());
        self.held(same, at, || (words(expected), words(seen)));
    }

    pub(super) fn count(&mut self, at: &str, expected: Option<u64>, seen: Option<u64>) {
        let words = |x: Option<u64>| x.map_or_else(|| "null".to_owned(), |x| x.to_string());
        self.held(expected == seen, at, || (words(expected), words(seen)));
    }

    pub(super) fn word(&mut self, at: &str, expected: &str, seen: &str) {
        self.held(expected == seen, at, || (expected.to_owned(), seen.to_owned()));
    }

    /// Something that must be so, in words.
    pub(super) fn truth(&mut self, at: &str, expected: &str, holds: bool) {
        self.held(holds, at, || (expected.to_owned(), "not so".to_owned()));
    }

    pub(super) fn not_checked(&mut self, what: &str) {
        self.outcome.not_checked.push(what.to_owned());
    }

    fn held(&mut self, same: bool, at: &str, words: impl FnOnce() -> (String, String)) {
        self.outcome.checked += 1;
        if !same {
            let (expected, seen) = words();
            self.outcome.mismatches.push(Mismatch { at: at.to_owned(), expected, seen });
        }
    }
}
