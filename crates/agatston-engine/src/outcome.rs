//! From candidates and an assignment to a score: pure, in milliseconds, as often as asked.
//!
//! Sensitivity, another protocol and reader edits repeat only this.

use crate::{AssignedBy, Assignment, Scope, shown_text::one_line};
use agatston_anatomy::LEFT_STEM;
use agatston_core::{
    Artery, Candidates, Category, CropMeasures, Foci, FocusId, FocusLook, Geometry, Peak, Protocol, Region,
    Rods, Scale, Score, Segment, Tally, foci, focus_sums, is_coronary, lesions, neighbours, score,
};
use agatston_labels::Span;
use std::collections::{BTreeMap, BTreeSet};

/// A score with what is needed to print it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The accepted foci.
    pub foci: Foci,
    /// The sums.
    pub score: Score,
    /// What turns counts into millimetres.
    pub scale: Scale,
    /// The voxel grid.
    pub geometry: Geometry,
    /// The values of the accepted foci, where they were looked at.
    pub looks: Option<Vec<Vec<FocusLook>>>,
    /// What each lesion measures in its crop, where crops were read.
    pub crops: Option<Vec<CropMeasures>>,
    /// The reference rods of the scan.
    pub rods: Rods,
}

impl Outcome {
    /// Which lesions hold some of the voxels, by index.
    pub(crate) fn lesions_on(&self, spans: &[Span]) -> BTreeSet<usize> {
        let on = |span: &Span| {
            let Span { slice, row, start, end } = *span;
            let segments = &self.foci.slices[usize::from(slice)].segments;
            // Segments are in reading order, and those of a row do not overlap.
            let first = segments.partition_point(|s| (s.row(), s.end()) <= (row, start));
            let touches = move |s: &&Segment| s.row() == row && s.start() < end;
            segments[first..].iter().take_while(touches).map(move |s| FocusId { slice, index: s.focus })
        };
        let foci: BTreeSet<FocusId> = spans.iter().flat_map(on).collect();
        if foci.is_empty() {
            return BTreeSet::new();
        }
        let lesions = self.score.lesions.iter().enumerate();
        lesions.filter(|(_, l)| l.lesion.foci.iter().any(|id| foci.contains(id))).map(|(i, _)| i).collect()
    }
}

/// The score under one neighbouring choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbouring {
    /// Which choice was made otherwise.
    pub choice: &'static str,
    /// The region; `None` for the total.
    pub region: Option<Region>,
    /// Agatston score under that choice.
    pub agatston: f64,
    /// Agatston score under the protocol.
    pub own: f64,
}

/// What a score needs beside voxels and choices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nominal {
    /// Calibration factor, mg/cm3 per HU; without one there is no mass.
    pub mass_factor: Option<f64>,
    /// Nominal slice thickness, mm; it enters no score, only the extent of lesions.
    pub thickness_mm: f64,
    /// Standard deviation of the HU of blood; without it no peak is held against noise.
    pub blood_sd_hu: Option<f64>,
}

/// Scores assigned candidates.
pub fn score_candidates(
    candidates: &Candidates,
    assignment: &Assignment,
    protocol: &Protocol,
    nominal: Nominal,
) -> Outcome {
    let geometry = &candidates.geometry;
    let foci = foci(candidates, &assignment.assigned, protocol);
    let lesions = lesions(&foci, protocol, geometry, nominal.thickness_mm);
    let mut score = score(&foci, lesions, geometry, protocol);
    if let Some(sd_hu) = nominal.blood_sd_hu {
        score.suspect_noise(protocol.threshold_hu, sd_hu);
    }
    Outcome {
        foci,
        score,
        scale: Scale::new(geometry, protocol, nominal.mass_factor),
        geometry: geometry.clone(),
        looks: None,
        crops: None,
        rods: Rods::default(),
    }
}

/// Sums of accepted foci by region.
type Sums = BTreeMap<Region, Tally>;

/// The tally that the total is made of; `None` where there is no total.
pub(crate) fn total(regions: &Sums, scope: Scope) -> Option<Tally> {
    match scope {
        Scope::Coronary => Some(Tally::sum(regions.iter().filter(|(r, _)| is_coronary(**r)).map(|(_, t)| t))),
        Scope::Everything => Some(Tally::sum(regions.values())),
        Scope::Regions => None,
    }
}

/// Scores the same candidates under every neighbouring protocol: the total, or each region where there is none.
pub fn sensitivity(
    candidates: &Candidates,
    assignment: &Assignment,
    protocol: &Protocol,
    own: &Outcome,
) -> Vec<Neighbouring> {
    let mut out = Vec::new();
    for neighbour in neighbours(protocol) {
        let sums = sums(candidates, assignment, &neighbour.protocol);
        let scale = Scale::new(&candidates.geometry, &neighbour.protocol, None);
        let mut push = |region, own_tally: Tally, tally: Tally| {
            out.push(Neighbouring {
                choice: neighbour.choice,
                region,
                agatston: tally.measures(&scale).agatston,
                own: own_tally.measures(&own.scale).agatston,
            });
        };
        match (total(&own.score.regions, assignment.scope), total(&sums, assignment.scope)) {
            (Some(own_tally), Some(tally)) => push(None, own_tally, tally),
            _ => {
                for region in named_regions(assignment) {
                    push(
                        Some(region),
                        own.score.region(region),
                        sums.get(&region).copied().unwrap_or_default(),
                    );
                }
            }
        }
    }
    out
}

/// The sums under a protocol; lesions are made only where their peak decides.
fn sums(candidates: &Candidates, assignment: &Assignment, protocol: &Protocol) -> Sums {
    match protocol.peak {
        Peak::Focus => focus_sums(&foci(candidates, &assignment.assigned, protocol)),
        Peak::Lesion => {
            let nominal = Nominal { mass_factor: None, thickness_mm: 0.0, blood_sd_hu: None };
            score_candidates(candidates, assignment, protocol, nominal).score.regions
        }
    }
}

/// The regions of the source that are no coronary artery, in its order.
pub(crate) fn named_regions(assignment: &Assignment) -> impl Iterator<Item = Region> {
    (0..=u16::MAX).zip(&assignment.assigned.names).map(|(i, _)| Region::Named(i))
}

/// What is called coronary and no named artery.
pub(crate) const UNNAMED: &str = "coronary";

/// What is coronary of no named artery, as this assignment has it.
pub(crate) fn unnamed(assignment: &Assignment) -> &'static str {
    match assignment.unless_edited {
        AssignedBy::Anatomy => LEFT_STEM,
        _ => UNNAMED,
    }
}

/// Whether a name is that of what a coronary total holds.
pub(crate) fn is_coronary_name(name: &str) -> bool {
    [UNNAMED, LEFT_STEM].contains(&name) || Artery::ALL.iter().any(|artery| artery.as_str() == name)
}

/// What a region is called in every output.
pub(crate) fn region_name(assignment: &Assignment, region: Region) -> String {
    match region {
        Region::Artery(artery) => artery.as_str().to_owned(),
        Region::Coronary => unnamed(assignment).to_owned(),
        Region::NotCoronary => "not coronary".to_owned(),
        Region::Named(i) => {
            let name = assignment.assigned.names.get(usize::from(i));
            name.map(|name| one_line(name)).unwrap_or_default()
        }
    }
}

/// Arteries with a score over 0; `None` unless all four are told apart.
pub(crate) fn arteries_with_calcium(score: &Score, assignment: &Assignment) -> Option<u64> {
    let all = assignment.scope == Scope::Coronary && assignment.separated == [true; 4];
    let with = |a: &&Artery| score.region(Region::Artery(**a)).foci > 0;
    all.then(|| Artery::ALL.iter().filter(with).map(|_| 1).sum())
}

/// Category of a coronary total.
pub(crate) fn category(agatston: f64) -> &'static str {
    Category::of(agatston).as_str()
}
