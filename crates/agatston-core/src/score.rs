//! The score: what the foci of each lesion and of each region add up to.

use crate::{
    Foci, FocusId, Geometry, Lesion, Protocol, Region, Tally, Withheld, protocol::Peak, size::SizeClass,
};
use std::collections::BTreeMap;

/// Largest focus area up to which a lesion may be noise, mm2 (Bielak et al., 1994).
pub const NOISE_SUSPECT_AREA_MM2: f64 = 2.0;

/// How many standard deviations of the HU of blood a peak must be over the threshold (Bielak et al., 1994).
pub const NOISE_SUSPECT_SDS: f64 = 2.0;

/// What a reader should know about a lesion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LesionFlag {
    /// In one slice only: its extent along the patient is not resolved.
    ZUnresolved,
    /// No focus over [`NOISE_SUSPECT_AREA_MM2`], or a peak that noise in the blood may reach.
    NoiseSuspect,
}

impl LesionFlag {
    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ZUnresolved => "z_unresolved",
            Self::NoiseSuspect => "noise_suspect",
        }
    }
}

/// A lesion with its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoredLesion {
    /// Which one, and where.
    pub lesion: Lesion,
    /// Its counts.
    pub tally: Tally,
    /// Its foci with the weight that the protocol gives each.
    pub foci: Vec<ScoredFocus>,
    /// Its size class.
    pub class: SizeClass,
    /// What a reader should know about it.
    pub flags: Vec<LesionFlag>,
}

/// A focus with the weight it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoredFocus {
    /// Which one.
    pub id: FocusId,
    /// Its weight under the protocol (of its own peak or of its lesion's).
    pub weight: u8,
}

/// Everything that was counted, and everything that was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Accepted foci by region.
    pub regions: BTreeMap<Region, Tally>,
    /// The lesions, ordered by seed.
    pub lesions: Vec<ScoredLesion>,
    /// What is in no sum.
    pub withheld: Withheld,
}

impl Score {
    /// The accepted foci of a region.
    pub fn region(&self, region: Region) -> Tally {
        self.regions.get(&region).copied().unwrap_or_default()
    }

    /// Flags the lesions whose peak is under the threshold plus [`NOISE_SUSPECT_SDS`] standard deviations of the HU of
    /// blood: noise may reach as far. Without a sample of blood nobody can tell.
    pub fn suspect_noise(&mut self, threshold_hu: f64, blood_sd_hu: f64) {
        let level_hu = threshold_hu + NOISE_SUSPECT_SDS * blood_sd_hu;
        for lesion in self.lesions.iter_mut().filter(|l| l.lesion.peak_hu < level_hu) {
            lesion.flags.push(LesionFlag::NoiseSuspect);
            lesion.flags.sort_unstable();
            lesion.flags.dedup();
        }
    }
}

/// The sums of accepted foci by region without making lesions (so none are counted): for a protocol that weighs each
/// focus by its own peak, lesions change no score.
pub fn focus_sums(foci: &Foci) -> BTreeMap<Region, Tally> {
    let mut regions: BTreeMap<Region, Tally> = BTreeMap::new();
    for focus in foci.iter() {
        regions.entry(focus.region).or_default().add(&foci.tally(focus, focus.weight));
    }
    regions
}

/// Whether a region is in the coronary total.
pub fn is_coronary(region: Region) -> bool {
    matches!(region, Region::Artery(_) | Region::Coronary)
}

/// Adds everything up. Lesions in their order, so every sum is the same on every run.
pub fn score(foci: &Foci, lesions: Vec<Lesion>, geometry: &Geometry, protocol: &Protocol) -> Score {
    let scored: Vec<ScoredLesion> =
        lesions.into_iter().map(|l| score_lesion(l, foci, geometry, protocol)).collect();
    let mut regions: BTreeMap<Region, Tally> = BTreeMap::new();
    for lesion in &scored {
        regions.entry(lesion.lesion.region).or_default().add(&lesion.tally);
    }
    Score { regions, lesions: scored, withheld: foci.withheld.clone() }
}

fn score_lesion(lesion: Lesion, foci: &Foci, geometry: &Geometry, protocol: &Protocol) -> ScoredLesion {
    let own = || lesion.foci.iter().map(|&id| (id, foci.get(id)));
    // Weights grow with HU, so the weight of the lesion's peak is the largest weight of its foci.
    let heaviest = own().map(|(_, f)| f.weight).max().unwrap_or(1);
    let mut tally = Tally { lesions: 1, ..Tally::default() };
    let mut scored = Vec::with_capacity(lesion.foci.len());
    for (id, focus) in own() {
        let weight = match protocol.peak {
            Peak::Focus => focus.weight,
            Peak::Lesion => heaviest,
        };
        tally.add(&foci.tally(focus, weight));
        scored.push(ScoredFocus { id, weight });
    }
    let largest = own().map(|(_, f)| f.pixels).max().unwrap_or(0);
    let small = f64::from(largest) * geometry.pixel_area_mm2() <= NOISE_SUSPECT_AREA_MM2;
    let mut flags = Vec::new();
    flags.extend((lesion.size.slices == 1).then_some(LesionFlag::ZUnresolved));
    flags.extend(small.then_some(LesionFlag::NoiseSuspect));
    ScoredLesion {
        tally,
        foci: scored,
        class: SizeClass::of(&lesion.size, lesion.peak_hu, &protocol.size_bounds),
        flags,
        lesion,
    }
}
