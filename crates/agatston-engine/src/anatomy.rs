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
        let assigned = self.assigned(&all, &outcome.foci, &lesions);
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

    /// Which voxels belong to what: those of a lesion to where it lies, if it is in the value. `all` are the foci of all candidates.
    fn assigned(&self, all: &Foci, foci: &Foci, lesions: &[Candidate]) -> Assigned {
        let candidates = &self.scanned.candidates;
        let regions: BTreeMap<FocusId, Region> =
            lesions.iter().flat_map(|c| c.lesion.foci.iter().map(|&id| (id, region(&c.judged)))).collect();
        let own = |slice: u16| {
            let segments = &foci.slices[usize::from(slice)].segments;
            let region_of = |s: &Segment| regions[&FocusId { slice, index: s.focus }];
            segments.iter().map(|s| (*s, region_of(s))).collect::<Vec<_>>()
        };
        let slices = || (0_u16..).zip(&all.slices).map(|(slice, _)| slice);
        let stretches: Vec<(u16, Segment, Region)> = match self.protocol.volume_threshold_hu {
            None => {
                slices().flat_map(|z| own(z).into_iter().map(move |(s, region)| (z, s, region))).collect()
            }
            Some(volume_hu) => {
                let wide = wide(candidates, self.protocol, volume_hu);
                let found = |z: u16| {
                    let at = usize::from(z);
                    let bright = Bright { all: &all.slices[at].segments, own: &own(z) };
                    bright.cut(&wide.slices[at].segments)
                };
                slices().flat_map(|z| found(z).into_iter().map(move |(s, region)| (z, s, region))).collect()
            }
        };
        let stretches = stretches.iter().map(|(slice, segment, region)| (*slice, segment, *region));
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

/// What of a slice reaches the threshold of the score.
struct Bright<'a> {
    /// Every focus.
    all: &'a [Segment],
    /// Those of lesions that were judged, with where each counts.
    own: &'a [(Segment, Region)],
}

impl Bright<'_> {
    /// Divides wide components: a lesion keeps its region, other foci have none, and what lies between goes with the lesion that
    /// is in the value, if there is one.
    fn cut(&self, wide: &[Segment]) -> Vec<(Segment, Region)> {
        let homes = self.homes(wide);
        let mut pieces = Vec::new();
        for segment in wide {
            let home = homes[segment.focus as usize];
            let mut from = segment.start();
            let first = self.all.partition_point(|s| (s.row(), s.start()) < (segment.row(), segment.start()));
            let within = self.all[first..].iter();
            for bright in within.take_while(|s| s.row() == segment.row() && s.start() < segment.end()) {
                pieces.extend(piece(segment.row(), [from, bright.start()], home));
                pieces.extend(piece(segment.row(), [bright.start(), bright.end()], self.region(bright)));
                from = bright.end();
            }
            pieces.extend(piece(segment.row(), [from, segment.end()], home));
        }
        pieces
    }

    /// The region of each wide component that holds a lesion: of several that in the value.
    fn homes(&self, wide: &[Segment]) -> Vec<Option<Region>> {
        let components = wide.iter().map(|s| s.focus as usize + 1).max().unwrap_or(0);
        let mut homes: Vec<Option<Region>> = vec![None; components];
        for (segment, region) in self.own {
            let behind = wide.partition_point(|w| (w.row(), w.start()) <= (segment.row(), segment.start()));
            let Some(holder) = behind.checked_sub(1).map(|i| wide[i].focus as usize) else { continue };
            // Regions of the value come before the one of what is not coronary.
            homes[holder] = Some(homes[holder].map_or(*region, |known| known.min(*region)));
        }
        homes
    }

    fn region(&self, bright: &Segment) -> Option<Region> {
        let place = |s: &Segment| (s.row(), s.start());
        let at = self.own.binary_search_by_key(&place(bright), |(own, _)| place(own)).ok()?;
        Some(self.own[at].1)
    }
}

/// Columns of a row with their region; none without columns or region.
fn piece(row: u16, [start, end]: [u16; 2], region: Option<Region>) -> Option<(Segment, Region)> {
    region.filter(|_| start < end).map(|region| (Segment::new(row, start, end), region))
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

#[cfg(test)]
mod tests {
    use super::*;
    use agatston_core::Artery;

    /// One row: a plaque of the LAD, an excluded focus and a rib, joined by voxels between the two bounds. Each focus keeps what it
    /// is, the rib is nobody's, and what lies between goes with the plaque.
    #[test]
    fn a_lower_bound_of_the_volume_joins_no_lesions() {
        let lad = Region::Artery(Artery::Lad);
        let segment = |start, end| Segment::new(7, start, end);
        let all = [segment(12, 15), segment(17, 19), segment(22, 30)];
        let own = [(segment(12, 15), lad), (segment(17, 19), Region::NotCoronary)];
        let cut = Bright { all: &all, own: &own }.cut(&[segment(10, 30)]);
        let expected = [
            (segment(10, 12), lad),
            (segment(12, 15), lad),
            (segment(15, 17), lad),
            (segment(17, 19), Region::NotCoronary),
            (segment(19, 22), lad),
        ];
        assert_eq!(cut, expected);
        let only_excluded = [(segment(17, 19), Region::NotCoronary)];
        let cut = Bright { all: &all, own: &only_excluded }.cut(&[segment(10, 30)]);
        assert!(cut.iter().all(|(_, region)| *region == Region::NotCoronary));
    }
}
