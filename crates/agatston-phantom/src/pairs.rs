//! Pairs of scans of one patient between whom the calcium changed in a known way, or did not: what a comparison of
//! two scans is judged by.
//!
//! ```text
//! Kind, index -> Recipe -> story (what happened to each plaque) -> Truth
//!                                 chest, two settings           -> baseline and follow-up
//! ```
//!
//! A recipe is a few numbers, and the same recipe gives the same bytes on every platform. Left out: two scans that
//! differ in how the patient lay beyond a shift, motion, and calcium that gets less dense.

use crate::{Header, Volume};

mod chest;
mod draw;
mod plaque;
mod story;
mod truth;

pub use plaque::{Form, Plaque};
pub use truth::{Fate, PlaqueTruth, Relation, Truth};

/// What lies between the two scans of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing but noise, the start of the slab and the place of the patient.
    Unchanged,
    /// Plaques grew at the same density.
    Grown,
    /// Plaques became denser at the same size.
    Denser,
    /// Two neighbouring plaques grew together.
    Merged,
    /// Plaques are gone.
    Removed,
    /// Plaques appeared.
    New,
    /// The second scan has another tube voltage.
    OtherVoltage,
    /// The second scan has a kernel of another class.
    OtherKernel,
    /// The second scan has slices of another thickness.
    OtherThickness,
}

impl Kind {
    /// All kinds, in the order of [`all`].
    pub const ALL: [Self; 9] = [
        Self::Unchanged,
        Self::Grown,
        Self::Denser,
        Self::Merged,
        Self::Removed,
        Self::New,
        Self::OtherVoltage,
        Self::OtherKernel,
        Self::OtherThickness,
    ];

    /// The kind in one word, as in the names of its pairs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Grown => "grown",
            Self::Denser => "denser",
            Self::Merged => "merged",
            Self::Removed => "removed",
            Self::New => "new",
            Self::OtherVoltage => "other-voltage",
            Self::OtherKernel => "other-kernel",
            Self::OtherThickness => "other-thickness",
        }
    }

    /// What happened between the scans, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Unchanged => {
                "the same plaques, other noise, another start of the slab, half of them shifted"
            }
            Self::Grown => "plaques of 5 mm and more grown by 40 % in diameter and more, and some small ones",
            Self::Denser => {
                "plaques of 5 mm and more that became denser at the same size, and some small ones"
            }
            Self::Merged => "two neighbouring plaques of one artery grown together",
            Self::Removed => "the only plaque or several large ones gone, and some small ones",
            Self::New => "plaques where none were or beside others, and some tiny ones",
            Self::OtherVoltage => "unchanged plaques, the second scan at 100 kVp",
            Self::OtherKernel => "unchanged plaques, the second scan with a smoother or sharper kernel",
            Self::OtherThickness => "unchanged plaques, the second scan in slices of another thickness",
        }
    }

    /// How many pairs of this kind [`all`] has.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Unchanged => 200,
            Self::Grown | Self::Denser => 26,
            Self::Merged => 20,
            Self::Removed | Self::New => 28,
            Self::OtherVoltage | Self::OtherKernel | Self::OtherThickness => 6,
        }
    }
}

/// One scan of a pair, ready to be written by [`crate::dicom::write_series`].
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// The image.
    pub volume: Volume,
    /// What its DICOM header says. Both scans of a pair have one PatientID; study, series and frame of reference
    /// are each scan's own, and the follow-up is a year later.
    pub header: Header,
    /// A regions file (JSON) with boxes for LM, LAD, LCX and RCA in LPS mm, moved with the patient.
    pub regions_json: String,
}

/// Two scans of one patient and what truly lies between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Kind and number, for example `grown-007`.
    pub name: String,
    /// What lies between the scans.
    pub kind: Kind,
    /// The first scan.
    pub baseline: Scan,
    /// The second scan, one year later.
    pub followup: Scan,
    /// What truly happened.
    pub truth: Truth,
}

/// A pair that can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// What lies between the scans.
    pub kind: Kind,
    /// Number among its kind. Any number gives a pair.
    pub index: usize,
}

/// The first `count` recipes of a kind.
pub fn recipes(kind: Kind, count: usize) -> impl Iterator<Item = Recipe> {
    (0..count).map(move |index| Recipe { kind, index })
}

/// All recipes, kind by kind, as many of each as [`Kind::count`] says. Build one at a time: a pair takes 10 MB.
///
/// ```
/// use agatston_phantom::pairs::{self, Kind};
/// let recipe = pairs::all().find(|recipe| recipe.kind == Kind::Denser).expect("every kind is there");
/// let pair = recipe.build();
/// assert_eq!((pair.name.as_str(), pair.truth.verdicts), ("denser-000", ["densification"].as_slice()));
/// assert_eq!(pair.baseline.header.patient_id, pair.followup.header.patient_id);
/// ```
pub fn all() -> impl Iterator<Item = Recipe> {
    Kind::ALL.into_iter().flat_map(|kind| recipes(kind, kind.count()))
}

impl Recipe {
    /// Kind and number, for example `grown-007`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{:03}", self.kind.as_str(), self.index)
    }

    /// The truth of the pair without its images.
    #[must_use]
    pub fn truth(&self) -> Truth {
        self.plan().0
    }

    /// Scans both times.
    #[must_use]
    pub fn build(&self) -> Pair {
        let (truth, [baseline, followup]) = self.plan();
        let name = self.name();
        let before = truth.plaques.iter().filter_map(|plaque| plaque.baseline);
        let after = truth.plaques.iter().filter_map(|plaque| plaque.followup);
        Pair {
            kind: self.kind,
            baseline: baseline.scan(&name, before),
            followup: followup.scan(&name, after),
            name,
            truth,
        }
    }

    /// What happened, and how each scan is made.
    fn plan(&self) -> (Truth, [chest::Setting; 2]) {
        let mut draw = draw::Draw::new(self.seed());
        let story = story::of(*self, &mut draw);
        let settings = chest::settings(*self, &mut draw);
        (story.seen_after(settings[1].shift_mm), settings)
    }

    /// A seed of its own for each recipe.
    fn seed(&self) -> u64 {
        (self.kind as u64) << 40 | u64::try_from(self.index).expect("an index fits 64 bits")
    }
}

#[cfg(test)]
mod tests;
