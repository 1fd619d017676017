//! The score: integer counts of foci and lesions, and millimetres once, at the end.

use crate::{
    Foci, FocusId, Geometry, Lesion, Protocol, Region, Standing,
    lesion::focus,
    protocol::{Peak, REFERENCE_INCREMENT_MM, SliceScaling},
    size::SizeClass,
};
use std::collections::BTreeMap;

/// Largest focus area up to which a lesion may be noise, mm2 (Bielak et al., 1994).
pub const NOISE_SUSPECT_AREA_MM2: f64 = 2.0;

/// What turns counts into millimetres and milligrams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Area of a pixel, mm2.
    pub pixel_area_mm2: f64,
    /// Distance of neighbouring slices, mm.
    pub increment_mm: f64,
    /// What the sum over slices is multiplied by: increment / 3 mm, or 1.
    pub slice_factor: f64,
    /// Calibration factor, mg/cm3 per HU; without one there is no mass.
    pub mass_factor: Option<f64>,
}

impl Scale {
    /// The scale of a series under a protocol.
    pub fn new(geometry: &Geometry, protocol: &Protocol, mass_factor: Option<f64>) -> Self {
        let slice_factor = match protocol.slice_scaling {
            SliceScaling::IncrementOver3Mm => geometry.increment_mm / REFERENCE_INCREMENT_MM,
            SliceScaling::None => 1.0,
        };
        Self {
            pixel_area_mm2: geometry.pixel_area_mm2(),
            increment_mm: geometry.increment_mm,
            slice_factor,
            mass_factor,
        }
    }
}

/// Counts over some foci: all that a measure is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Number of lesions.
    pub lesions: u64,
    /// Number of foci.
    pub foci: u64,
    /// Number of pixels.
    pub pixels: u64,
    /// Sum over foci of pixels times weight.
    pub weighted_pixels: u64,
    /// Voxels that count for volume and mass.
    pub volume_voxels: u64,
    /// Sum of the HU of those voxels.
    pub sum_hu: f64,
    /// Largest HU; `None` without a focus.
    pub peak_hu: Option<f64>,
}

impl Tally {
    /// Adds what another tally counted.
    pub fn add(&mut self, other: &Self) {
        self.lesions += other.lesions;
        self.foci += other.foci;
        self.pixels += other.pixels;
        self.weighted_pixels += other.weighted_pixels;
        self.volume_voxels += other.volume_voxels;
        self.sum_hu += other.sum_hu;
        self.peak_hu = match (self.peak_hu, other.peak_hu) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
    }

    /// The tally of several tallies, added in their order.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        parts.into_iter().for_each(|part| sum.add(part));
        sum
    }

    /// The measures of what was counted.
    #[expect(clippy::cast_precision_loss, reason = "counts of voxels stay far below 2^53")]
    pub fn measures(&self, scale: &Scale) -> Measures {
        let area_mm2 = self.pixels as f64 * scale.pixel_area_mm2;
        let agatston_unscaled = self.weighted_pixels as f64 * scale.pixel_area_mm2;
        let volume_mm3 = self.volume_voxels as f64 * scale.pixel_area_mm2 * scale.increment_mm;
        let mean_hu = (self.volume_voxels > 0).then(|| self.sum_hu / self.volume_voxels as f64);
        Measures {
            agatston: agatston_unscaled * scale.slice_factor,
            agatston_unscaled,
            area_mm2,
            volume_mm3,
            mass_mg: scale.mass_factor.map(|f| mean_hu.unwrap_or(0.0) * volume_mm3 * f / 1000.0),
            mean_hu,
            density: (self.pixels > 0).then(|| self.weighted_pixels as f64 / self.pixels as f64),
        }
    }
}

/// Measures of a focus, lesion, artery, region or total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Agatston score.
    pub agatston: f64,
    /// Agatston score without slice scaling: sum of focus area times weight.
    pub agatston_unscaled: f64,
    /// Sum of the focus areas, mm2.
    pub area_mm2: f64,
    /// Voxels times pixel area times increment, mm3.
    pub volume_mm3: f64,
    /// Mean HU times volume times calibration factor, mg; `None` without a factor.
    pub mass_mg: Option<f64>,
    /// Mean HU of the voxels of the volume; `None` without any.
    pub mean_hu: Option<f64>,
    /// Unscaled Agatston score per area, 1 to 4 (Criqui et al., 2014); `None` at zero.
    pub density: Option<f64>,
}

/// What a reader should know about a lesion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LesionFlag {
    /// In one slice only: its extent along the patient is not resolved.
    ZUnresolved,
    /// No focus over [`NOISE_SUSPECT_AREA_MM2`].
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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredFocus {
    /// Which one.
    pub id: FocusId,
    /// Its weight under the protocol (of its own peak or of its lesion's).
    pub weight: u8,
    /// Its counts.
    pub tally: Tally,
}

/// Everything that was counted, and everything that was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Accepted foci by region.
    pub regions: BTreeMap<Region, Tally>,
    /// The lesions, ordered by seed.
    pub lesions: Vec<ScoredLesion>,
    /// Foci below the smallest focus by region: in no sum.
    pub below_minimum: BTreeMap<Region, Tally>,
    /// Foci assigned to no coronary artery.
    pub not_coronary: Tally,
    /// Candidate voxels that were assigned to nothing.
    pub unassigned_voxels: u64,
}

impl Score {
    /// The accepted foci of a region.
    pub fn region(&self, region: Region) -> Tally {
        self.regions.get(&region).copied().unwrap_or_default()
    }
}

/// The sums of accepted foci by region without making lesions (so none are counted): for a protocol that weighs each
/// focus by its own peak, lesions change no score.
pub fn focus_sums(foci: &Foci) -> BTreeMap<Region, Tally> {
    let mut regions: BTreeMap<Region, Tally> = BTreeMap::new();
    for focus in foci.iter().filter(|f| f.standing == Standing::Accepted) {
        regions.entry(focus.region).or_default().add(&tally(foci, focus, focus.weight));
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
    let mut below_minimum: BTreeMap<Region, Tally> = BTreeMap::new();
    let mut not_coronary = Tally::default();
    for focus in foci.iter() {
        match focus.standing {
            Standing::Accepted => {}
            Standing::BelowMinimum => {
                below_minimum.entry(focus.region).or_default().add(&tally(foci, focus, focus.weight));
            }
            Standing::NotCoronary => not_coronary.add(&tally(foci, focus, focus.weight)),
        }
    }
    Score { regions, lesions: scored, below_minimum, not_coronary, unassigned_voxels: foci.unassigned_voxels }
}

fn score_lesion(lesion: Lesion, foci: &Foci, geometry: &Geometry, protocol: &Protocol) -> ScoredLesion {
    let own = || lesion.foci.iter().map(|&id| (id, focus(foci, id)));
    // Weights grow with HU, so the weight of the lesion's peak is the largest weight of its foci.
    let heaviest = own().map(|(_, f)| f.weight).max().unwrap_or(1);
    let scored: Vec<ScoredFocus> = own()
        .map(|(id, f)| {
            let weight = match protocol.peak {
                Peak::Focus => f.weight,
                Peak::Lesion => heaviest,
            };
            ScoredFocus { id, weight, tally: tally(foci, f, weight) }
        })
        .collect();
    let largest = own().map(|(_, f)| f.pixels).max().unwrap_or(0);
    let small = f64::from(largest) * geometry.pixel_area_mm2() <= NOISE_SUSPECT_AREA_MM2;
    let mut flags = Vec::new();
    flags.extend((lesion.size.slices == 1).then_some(LesionFlag::ZUnresolved));
    flags.extend(small.then_some(LesionFlag::NoiseSuspect));
    ScoredLesion {
        tally: Tally { lesions: 1, ..Tally::sum(scored.iter().map(|f| &f.tally)) },
        foci: scored,
        class: SizeClass::of(&lesion.size, lesion.peak_hu, &protocol.size_bounds),
        flags,
        lesion,
    }
}

/// The counts of one focus, which is no lesion by itself.
fn tally(foci: &Foci, focus: &crate::Focus, weight: u8) -> Tally {
    Tally {
        lesions: 0,
        foci: 1,
        pixels: u64::from(focus.pixels),
        weighted_pixels: u64::from(focus.pixels) * u64::from(weight),
        volume_voxels: u64::from(focus.volume_pixels),
        sum_hu: foci.volume_sum_hu(focus),
        peak_hu: Some(foci.peak_hu(focus)),
    }
}
