//! What truly happened between two scans, in words a judge can check: the verdicts that are right and the fate of
//! every plaque. What a scorer must measure is not said here.

use super::Plaque;

/// The truth of a pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Verdicts any of which is right for the total of all arteries.
    pub verdicts: &'static [&'static str],
    /// What happened, and why these verdicts are right, in a sentence.
    pub about: &'static str,
    /// How far the patient lay from the first place at the second scan, LPS mm, `[x, y, z]`.
    pub shift_mm: [f64; 3],
    /// Every plaque of either scan.
    pub plaques: Vec<PlaqueTruth>,
    /// Which plaques belong together over time. Every plaque is in exactly one.
    pub relations: Vec<Relation>,
}

/// One plaque at both times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaqueTruth {
    /// `LM`, `LAD`, `LCX` or `RCA`.
    pub artery: &'static str,
    /// At the first scan, if it was there.
    pub baseline: Option<Plaque>,
    /// At the second scan, if it was there, where the patient lay then.
    pub followup: Option<Plaque>,
}

/// Plaques that are one node of a matching of lesions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// What became of them.
    pub fate: Fate,
    /// Lesions of the first scan, each the plaques it holds, by their index in [`Truth::plaques`].
    pub baseline: Vec<Vec<usize>>,
    /// Lesions of the second scan, likewise.
    pub followup: Vec<Vec<usize>>,
}

/// What becomes of lesions from one scan to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// One lesion before, the same after.
    Persistent,
    /// None before, one after.
    New,
    /// One before, none after.
    Vanished,
    /// Two before, one after.
    Merged,
}

impl Fate {
    /// The fate in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Persistent => "persistent",
            Self::New => "new",
            Self::Vanished => "vanished",
            Self::Merged => "merged",
        }
    }
}
