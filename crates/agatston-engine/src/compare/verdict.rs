//! What can be said of a change: one verdict, the first that holds.
//!
//! ```text
//! not_comparable           something differs that must be the same
//! no_calcium               none in either scan
//! incident                 from zero beyond its limit; else incident_within_noise
//! apparent_reversal        to zero from a score over 1.5 limits; else within_scan_rescan_noise
//! within_scan_rescan_noise score and volume within their limits
//! on a rise of score or volume beyond its limit, neither falling beyond it:
//!     growth               new lesions carry the rise, and mass up
//!     densification        size at half maximum within 25 %, and denser
//!     growth_or_densification  denser or not larger, and the lesions that carry it are too small to tell, or not listed
//!     growth               size up by more, and mass up
//! apparent_reversal        volume and mass fall beyond 1.5 limits, with a lesion found again that is no noise
//! changed_unclassified     the rest
//! ```
//!
//! 1. A denser lesion passes 130 HU in more voxels, so that plain volume grows without growth; the volume at half maximum
//!    does not. Of six pairs of inserts volume was beyond its limit in five, the volume at half maximum within -18 to +8 %.
//! 2. A new lesion is growth, however small beside the old ones: the volume at half maximum of all of them would hide it.
//! 3. What is small is blurred to a size of its own, so that it is asked before a change of the size at half maximum: of a
//!    simulated plaque that got denser at the same 3 mm that size rose by 79 %.
//! 4. A large score is beyond its limit long before its size is up by 25 %: what did not get denser is no densification then.
//! 5. A fall is the claim that a reader must check, so nothing may be unknown about the pair.

use super::{
    limits::{AGATSTON_FROM_ZERO, OF_A_FALL, VOLUME_FROM_ZERO_MM3},
    matching::Matched,
    record::{
        ChangeRecord, ChangesRecord, ComparabilityRecord, DecompositionRecord, MatchKind, VerdictRecord,
    },
};
use crate::result::LesionRecord;
use agatston_core::LesionFlag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Up to this share of the baseline the volume at half maximum is the same size.
const SAME_SIZE: f64 = 0.25;

/// Lesions under this caliper are too small to tell growth from density, mm.
const SMALL_MM: f64 = 4.0;

/// Lesions that make up this share of a rise carry it.
const CARRIES: f64 = 0.5;

/// From this share of a rise on the density makes it.
const DENSER_SHARE: f64 = 0.5;

/// From this rise of the mean HU on calcium is denser, share of the baseline: where every focus weighs 4 already, no score
/// tells.
const DENSER_HU: f64 = 0.10;

/// What can be said of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Something differs that must be the same.
    NotComparable,
    /// No calcium in either scan.
    NoCalcium,
    /// Calcium where there was none, beyond what noise makes.
    Incident,
    /// Calcium where there was none, no more than noise makes.
    IncidentWithinNoise,
    /// No more than repeated scans differ.
    WithinScanRescanNoise,
    /// Arteries changed, and their sum did not.
    Mixed,
    /// Denser, and not larger.
    Densification,
    /// Larger.
    Growth,
    /// More, of lesions too small to tell which.
    GrowthOrDensification,
    /// Less, beyond what repeated scans differ.
    ApparentReversal,
    /// Changed, in no way that has a name here.
    ChangedUnclassified,
}

impl Verdict {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotComparable => "not_comparable",
            Self::NoCalcium => "no_calcium",
            Self::Incident => "incident",
            Self::IncidentWithinNoise => "incident_within_noise",
            Self::WithinScanRescanNoise => "within_scan_rescan_noise",
            Self::Mixed => "mixed",
            Self::Densification => "densification",
            Self::Growth => "growth",
            Self::GrowthOrDensification => "growth_or_densification",
            Self::ApparentReversal => "apparent_reversal",
            Self::ChangedUnclassified => "changed_unclassified",
        }
    }

    /// What it means, for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotComparable => "The scans differ in something that changes scores by itself: no verdict.",
            Self::NoCalcium => "Neither scan has calcium over the threshold.",
            Self::Incident => "Calcium where there was none, more than noise makes of zero.",
            Self::IncidentWithinNoise => {
                "Calcium where there was none, but no more than noise may make of zero."
            }
            Self::WithinScanRescanNoise => {
                "No more than two scans of the same calcium may differ; a fall to zero counts from 1.5 limits."
            }
            Self::Mixed => "The total is within noise, but arteries changed beyond their limits.",
            Self::Densification => {
                "Denser, not larger: the size at half maximum changed by no more than 25 %."
            }
            Self::Growth => "Larger: the size at half maximum or new lesions carry the rise, and mass rose.",
            Self::GrowthOrDensification => "More calcium, in lesions too small to tell size from density.",
            Self::ApparentReversal => {
                "Less calcium than noise explains. It needs a reader before it is believed."
            }
            Self::ChangedUnclassified => {
                "Changed beyond noise, in no way that can be called growth, density or reversal."
            }
        }
    }

    /// Whether nothing happened that noise does not explain.
    fn is_quiet(self) -> bool {
        matches!(self, Self::NoCalcium | Self::IncidentWithinNoise | Self::WithinScanRescanNoise)
    }

    /// The keys of the changes that it rests on.
    const fn rests_on(self) -> &'static [&'static str] {
        match self {
            Self::NotComparable => &[],
            Self::NoCalcium => &["agatston"],
            Self::Densification | Self::Growth | Self::GrowthOrDensification => {
                &["agatston", "volume_mm3", "volume_half_maximum_mm3", "mass_mg"]
            }
            Self::ApparentReversal | Self::ChangedUnclassified => &["agatston", "volume_mm3", "mass_mg"],
            Self::Incident | Self::IncidentWithinNoise | Self::WithinScanRescanNoise | Self::Mixed => {
                &["agatston", "volume_mm3"]
            }
        }
    }

    /// The verdict as the comparison prints it.
    pub(super) fn record(self) -> VerdictRecord {
        VerdictRecord {
            verdict: self,
            sentence: self.sentence().to_owned(),
            rests_on: self.rests_on().iter().map(|key| (*key).to_owned()).collect(),
        }
    }
}

/// The verdict on one part; `decomposition` is that of its change, `matched` are its lesions, where they are known.
pub(super) fn verdict(
    gate: &ComparabilityRecord,
    changes: &ChangesRecord,
    decomposition: Option<&DecompositionRecord>,
    matched: Option<&[&Matched<'_>]>,
) -> Verdict {
    if !gate.comparable {
        return Verdict::NotComparable;
    }
    let (Some(score), Some(volume)) = (Held::new(&changes.agatston), Held::new(&changes.volume_mm3)) else {
        return Verdict::NotComparable;
    };
    let reversal = |holds: bool, else_: Verdict| match holds {
        true if gate.warnings.is_empty() => Verdict::ApparentReversal,
        true => Verdict::ChangedUnclassified,
        false => else_,
    };
    match (score.baseline == 0.0, score.followup == 0.0) {
        (true, true) => return Verdict::NoCalcium,
        (true, false) if score.followup > AGATSTON_FROM_ZERO || volume.followup > VOLUME_FROM_ZERO_MM3 => {
            return Verdict::Incident;
        }
        (true, false) => return Verdict::IncidentWithinNoise,
        (false, true) => return reversal(score.falls_by(OF_A_FALL), Verdict::WithinScanRescanNoise),
        (false, false) => {}
    }
    if score.is_within() && volume.is_within() {
        return Verdict::WithinScanRescanNoise;
    }
    let rises = (score.rises() || volume.rises()) && !score.falls_by(1.0) && !volume.falls_by(1.0);
    if rises {
        return on_a_rise(changes, is_denser(changes, decomposition), matched);
    }
    let mass_falls = Held::new(&changes.mass_mg).is_some_and(|mass| mass.falls_by(OF_A_FALL));
    let found_again = matched.is_some_and(|all| all.iter().any(|m| is_found_again(m)));
    reversal(volume.falls_by(OF_A_FALL) && mass_falls && found_again, Verdict::ChangedUnclassified)
}

/// Growth, density, or too small to tell.
fn on_a_rise(changes: &ChangesRecord, denser: bool, matched: Option<&[&Matched<'_>]>) -> Verdict {
    let new = matched.is_some_and(new_lesions_carry);
    let size = &changes.volume_half_maximum_mm3;
    let change = size.difference.zip(size.baseline).filter(|(_, baseline)| *baseline > 0.0);
    let same_size = change.is_some_and(|(by, baseline)| by.abs() <= SAME_SIZE * baseline);
    let larger = change.is_some_and(|(by, baseline)| by > SAME_SIZE * baseline);
    let mass_up = changes.mass_mg.difference.is_some_and(|by| by > 0.0);
    if new && mass_up {
        Verdict::Growth
    } else if same_size && denser && !new {
        Verdict::Densification
    } else if (denser || !larger) && matched.map_or(larger, small_lesions_carry) {
        // Without lesions nobody knows how small they are. What is larger and not denser has grown at any size.
        Verdict::GrowthOrDensification
    } else if larger && mass_up {
        Verdict::Growth
    } else {
        Verdict::ChangedUnclassified
    }
}

/// Whether density makes half of the rise of the score or more, or the mean HU rose by a tenth.
fn is_denser(changes: &ChangesRecord, parts: Option<&DecompositionRecord>) -> bool {
    let of_rise = |p: &DecompositionRecord| {
        let rise = p.by_area + p.by_density;
        rise > 0.0 && p.by_density >= DENSER_SHARE * rise
    };
    let hu = changes.mean_hu.difference.zip(changes.mean_hu.baseline);
    parts.is_some_and(of_rise) || hu.is_some_and(|(by, baseline)| by >= DENSER_HU * baseline)
}

/// Whether new lesions carry the rise, are more than noise makes of nothing, and are larger than what vanished: one that is
/// only denser than another that was not found again has not grown.
fn new_lesions_carry(matched: &[&Matched<'_>]) -> bool {
    let is_noise = |m: &Matched<'_>| m.followup.iter().all(|l| is_noise_suspect(l));
    let new = || matched.iter().filter(|m| m.kind == MatchKind::New && !is_noise(m));
    let score: f64 = new().map(|m| m.agatston_difference()).sum();
    let volume: f64 = new().map(|m| m.volume_difference_mm3()).sum();
    let all: f64 = matched.iter().map(|m| m.agatston_difference()).sum();
    let size = |kind| -> Option<f64> {
        matched.iter().filter(|m| m.kind == kind).map(|m| m.half_maximum_mm3()).sum()
    };
    let sizes = size(MatchKind::New).zip(size(MatchKind::Vanished));
    let is_larger = sizes.is_some_and(|(new, vanished)| new > (1.0 + SAME_SIZE) * vanished);
    let is_more = score > AGATSTON_FROM_ZERO || volume > VOLUME_FROM_ZERO_MM3;
    is_more && all > 0.0 && score >= CARRIES * all && is_larger
}

/// Whether the largest rises, which together carry the rise, are of lesions that were or are small.
fn small_lesions_carry(matched: &[&Matched<'_>]) -> bool {
    let mut rises: Vec<(f64, &Matched<'_>)> =
        matched.iter().map(|m| (m.agatston_difference(), *m)).filter(|(by, _)| *by > 0.0).collect();
    rises.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = rises.iter().map(|(by, _)| by).sum();
    let mut sum = 0.0;
    let carriers = rises.iter().take_while(|(by, _)| {
        let is_needed = sum < CARRIES * all;
        sum += by;
        is_needed
    });
    let mut carriers = carriers.map(|(_, m)| is_small(&m.baseline) || is_small(&m.followup)).peekable();
    carriers.peek().is_some() && carriers.all(|is_small| is_small)
}

/// Whether lesions that belong together were too small in a scan, so that their size there is that of the blur.
fn is_small(lesions: &[&LesionRecord]) -> bool {
    !lesions.is_empty() && lesions.iter().all(|l| l.caliper_mm < SMALL_MM || l.slices == 1)
}

/// Whether a lesion that is more than noise is in both scans.
fn is_found_again(matched: &Matched<'_>) -> bool {
    matched.is_in_both() && matched.baseline.iter().any(|l| !is_noise_suspect(l))
}

fn is_noise_suspect(lesion: &LesionRecord) -> bool {
    lesion.flags.iter().any(|flag| flag == LesionFlag::NoiseSuspect.as_str())
}

/// A total within noise whose arteries are not.
pub(super) fn of_total(own: Verdict, arteries: &[Verdict]) -> Verdict {
    let disagree = arteries.iter().any(|v| !v.is_quiet() && *v != Verdict::NotComparable);
    if own == Verdict::WithinScanRescanNoise && disagree { Verdict::Mixed } else { own }
}

/// A change that is known and has a limit.
#[derive(Clone, Copy, Debug)]
struct Held {
    baseline: f64,
    followup: f64,
    difference: f64,
    limit: f64,
}

impl Held {
    fn new(change: &ChangeRecord) -> Option<Self> {
        let ChangeRecord { baseline, followup, difference, limit, .. } = *change;
        Some(Self { baseline: baseline?, followup: followup?, difference: difference?, limit: limit? })
    }

    fn is_within(self) -> bool {
        self.difference.abs() <= self.limit
    }

    fn rises(self) -> bool {
        self.difference > self.limit
    }

    fn falls_by(self, limits: f64) -> bool {
        -self.difference > limits * self.limit
    }
}

#[cfg(test)]
mod tests;
