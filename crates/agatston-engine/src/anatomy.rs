//! Level `anatomy`: the image itself says what is coronary, and how sure that is.
//!
//! ```text
//! WorkGrid --agatston_anatomy--> Anatomy --findings--> gates
//! all foci, those in the region of the heart --score--> lesions with their Agatston score
//! a crop around each --features--> artery, tier, reasons   --> Assignment: confident and likely lesions
//! ```

mod findings;
mod record;

pub(crate) use findings::{findings, settled_contrast, too_thick};
pub(crate) use record::{document, record};

use crate::{
    Assignment, Nominal, Outcome, PixelCutoffs,
    assign::{by_anatomy, everything},
    crops::each_crop,
    metal::Metal,
    outcome::score_candidates,
    scan::{Scanned, Unscanned},
};
use agatston_anatomy::{Anatomy, Judged, Reason, Tier, Whole, crop_box};
use agatston_core::{
    Assigned, Candidates, Comparison, CropBox, Finding, Foci, FocusId, Lesion, Protocol, Region, Segment,
    SmallestFocus, foci,
};
use agatston_dicom::{Series, Workers};
use std::collections::BTreeMap;

/// What was found, and what became of each lesion in the region of the heart.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) anatomy: Anatomy,
    /// Ordered by seed; none unless they were judged.
    pub(crate) lesions: Vec<Candidate>,
}

/// A lesion in the region of the heart.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) lesion: Lesion,
    /// Its Agatston score.
    pub(crate) agatston: f64,
    pub(crate) judged: Judged,
}

/// The lesions of a heart, and the assignment that they come to.
pub(crate) struct Judgement {
    pub(crate) lesions: Vec<Candidate>,
    /// Where their foci are.
    pub(crate) foci: Foci,
    pub(crate) assignment: Assignment,
    /// What is said of metal.
    pub(crate) metal: Option<Finding>,
}

/// Where voxels are judged, and by what.
pub(crate) struct Judge<'a> {
    pub(crate) series: &'a Series,
    pub(crate) scanned: &'a Scanned,
    pub(crate) protocol: &'a Protocol,
    pub(crate) cutoffs: &'a PixelCutoffs,
    pub(crate) workers: Workers,
}

impl Judge<'_> {
    /// Judges every lesion in the region of the heart.
    ///
    /// # Errors
    ///
    /// As [`scan_series`](crate::scan_series): the files may have changed since.
    pub(crate) fn judge(&self, whole: &Whole<'_>) -> Result<Judgement, Unscanned> {
        let candidates = &self.scanned.candidates;
        let all = foci(candidates, &Assigned::everything(), self.protocol);
        let in_region = by_anatomy(whole.in_region(candidates, &all));
        let thickness_mm = candidates.geometry.increment_mm;
        let nominal = Nominal { mass_factor: None, thickness_mm, blood_sd_hu: None };
        let outcome = score_candidates(candidates, &in_region, self.protocol, nominal);
        let judged = self.looks(whole, &outcome)?;
        let everything = everything();
        let metal = Metal::find(candidates, &everything, &self.series.planes, self.cutoffs)
            .only(|part| whole.is_at_heart([part.slice, part.row, part.start].map(usize::from)));
        let holding = metal.lesions(&outcome);
        let candidate = |(index, judged): (usize, Judged)| {
            let scored = &outcome.score.lesions[index];
            Candidate {
                lesion: scored.lesion.clone(),
                agatston: scored.tally.measures(&outcome.scale).agatston,
                judged: if holding.contains(&index) { withheld(judged) } else { judged },
            }
        };
        let lesions: Vec<Candidate> = judged.into_iter().enumerate().map(candidate).collect();
        let assigned = self.assigned(&outcome.foci, &lesions);
        let metal = findings::metal(metal.parts(), holding.len(), self.cutoffs);
        Ok(Judgement { lesions, foci: outcome.foci, assignment: by_anatomy(assigned), metal })
    }

    /// A look at each lesion of a score.
    fn looks(&self, whole: &Whole<'_>, outcome: &Outcome) -> Result<Vec<Judged>, Unscanned> {
        let lesions = &outcome.score.lesions;
        let boxes: Vec<CropBox> =
            lesions.iter().map(|scored| crop_box(&scored.lesion, &outcome.geometry)).collect();
        each_crop(self.series, &boxes, self.workers, |index, crop| {
            whole.judge(whole.features(&lesions[index].lesion, &outcome.foci, crop))
        })
    }

    /// Which voxels belong to what: those of a lesion to where it lies, if it is in the value.
    fn assigned(&self, foci: &Foci, lesions: &[Candidate]) -> Assigned {
        let candidates = &self.scanned.candidates;
        let regions: BTreeMap<FocusId, Region> =
            lesions.iter().flat_map(|c| c.lesion.foci.iter().map(|&id| (id, region(&c.judged)))).collect();
        let region_of = |slice: u16, segment: &Segment| regions[&FocusId { slice, index: segment.focus }];
        let slices = || foci.slices.iter().zip(0_u16..);
        let Some(volume_hu) = self.protocol.volume_threshold_hu else {
            let stretches = slices().flat_map(|(found, slice)| {
                found.segments.iter().map(move |segment| (slice, segment, region_of(slice, segment)))
            });
            return Assigned::by_segment(candidates, Vec::new(), stretches);
        };
        let wide = wide(candidates, self.protocol, volume_hu);
        let homes: Vec<Vec<Option<Region>>> = slices()
            .map(|(found, slice)| {
                homes(&wide.slices[usize::from(slice)].segments, &found.segments, |s| region_of(slice, s))
            })
            .collect();
        let stretches = wide.slices.iter().zip(0_u16..).flat_map(|(found, slice)| {
            let homes = &homes[usize::from(slice)];
            found.segments.iter().filter_map(move |s| Some((slice, s, homes[s.focus as usize]?)))
        });
        Assigned::by_segment(candidates, Vec::new(), stretches)
    }
}

/// The components that volume is counted in, where its bound is lower.
fn wide(candidates: &Candidates, protocol: &Protocol, volume_hu: f64) -> Foci {
    let lower = Protocol {
        threshold_hu: volume_hu,
        comparison: Comparison::AtLeast,
        smallest_focus: SmallestFocus::None,
        volume_threshold_hu: None,
        ..protocol.clone()
    };
    foci(candidates, &Assigned::everything(), &lower)
}

/// The region of each wide component that holds a lesion: of several the one in the value, so that no voxel of it is lost.
fn homes(
    wide: &[Segment],
    lesions: &[Segment],
    region_of: impl Fn(&Segment) -> Region,
) -> Vec<Option<Region>> {
    let components = wide.iter().map(|s| s.focus as usize + 1).max().unwrap_or(0);
    let mut homes: Vec<Option<Region>> = vec![None; components];
    for segment in lesions {
        let behind = wide.partition_point(|w| (w.row(), w.start()) <= (segment.row(), segment.start()));
        let Some(holder) = behind.checked_sub(1).map(|i| wide[i].focus as usize) else { continue };
        let region = region_of(segment);
        // Regions of the value come before the one of what is not coronary.
        homes[holder] = Some(homes[holder].map_or(region, |known| known.min(region)));
    }
    homes
}

/// Where a lesion counts.
fn region(judged: &Judged) -> Region {
    match judged.tier {
        Tier::Confident | Tier::Likely => judged.vessel.region(),
        Tier::Unlikely | Tier::Excluded => Region::NotCoronary,
    }
}

/// What holds metal is no calcium.
fn withheld(judged: Judged) -> Judged {
    Judged { tier: Tier::Excluded, reasons: vec![Reason::Metal], ..judged }
}
