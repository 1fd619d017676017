//! Where the calcium of a scored series is, and the way back to its pixels: what segmentations and pictures are made of.
//!
//! Kept only when asked for; a score needs none of it.

use crate::{
    Assignment, Outcome, Scope,
    assign::AssignedBy,
    outcome::{named_regions, region_name},
};
use agatston_anatomy::LEFT_STEM;
use agatston_core::{Artery, Candidates, FocusId, Protocol, Region, measured_segments};
use agatston_dicom::Series;
use std::collections::BTreeMap;

/// A scored series and its calcium, voxel by voxel.
#[derive(Debug)]
pub struct Traced {
    /// The series, ordered and checked.
    pub(crate) series: Series,
    /// Its calcium.
    pub(crate) calcium: Calcium,
}

/// Every voxel whose volume counts, by slice, lesion and region.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Calcium {
    /// Every region that the source tells apart, also without calcium: arteries, what is coronary of none, others.
    pub(crate) regions: Vec<TracedRegion>,
    /// Index into `regions` of each lesion, in the order of the lesions of the result.
    pub(crate) lesions: Vec<usize>,
    /// The voxels of each slice, by row and start. No two overlap.
    pub(crate) slices: Vec<Vec<Span>>,
    /// Whether no label and no reader decided what is coronary.
    pub(crate) is_provisional: bool,
}

/// A region and its name in every output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TracedRegion {
    pub(crate) region: Region,
    pub(crate) name: String,
}

/// Voxels of one lesion beside each other: columns `start..end` of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) row: u16,
    pub(crate) start: u16,
    /// Column after the last.
    pub(crate) end: u16,
    /// Index of the lesion in the result.
    pub(crate) lesion: usize,
}

impl Calcium {
    /// The voxels that an outcome rests on.
    pub(crate) fn of(
        candidates: &Candidates,
        assignment: &Assignment,
        protocol: &Protocol,
        outcome: &Outcome,
    ) -> Self {
        let mut regions = regions(assignment);
        let mut place = |region: Region| {
            let known = regions.iter().position(|r| r.region == region);
            known.unwrap_or_else(|| {
                regions.push(TracedRegion { region, name: region_name(assignment, region) });
                regions.len() - 1
            })
        };
        let lesions = outcome.score.lesions.iter().map(|l| place(l.lesion.region)).collect();
        let lesion_of = lesion_of_focus(outcome);
        let segments = measured_segments(candidates, &assignment.assigned, protocol);
        let spans = |(slice, segments): (u16, Vec<agatston_core::Segment>)| {
            let span = |s: &agatston_core::Segment| Span {
                row: s.row(),
                start: s.start(),
                end: s.end(),
                lesion: lesion_of[&FocusId { slice, index: s.focus }],
            };
            segments.iter().map(span).collect()
        };
        Self {
            lesions,
            slices: (0..=u16::MAX).zip(segments).map(spans).collect(),
            regions,
            is_provisional: assignment.assigned_by == AssignedBy::Anatomy,
        }
    }

    /// What a region is called in a file that may be given back as labels. What is provisional is called so, or given back
    /// it would be taken for what somebody had decided.
    pub(crate) fn label(&self, region: &TracedRegion) -> String {
        let name = self.called(region);
        if self.is_provisional { agatston_labels::provisional(name) } else { name.to_owned() }
    }

    /// What a region is called in a file. What is coronary beside arteries that are told apart is a vessel that is none of
    /// them, or lies around the left main; called coronary only, it would say of all of them that their artery is not known.
    pub(crate) fn called<'r>(&self, region: &'r TracedRegion) -> &'r str {
        let told_apart = self.regions.iter().any(|r| matches!(r.region, Region::Artery(_)));
        let is_unnamed = region.region == Region::Coronary && region.name != LEFT_STEM;
        if is_unnamed && told_apart { OTHER_CORONARY } else { &region.name }
    }

    /// Index into `regions` of a span.
    pub(crate) fn region_of(&self, span: &Span) -> usize {
        self.lesions[span.lesion]
    }
}

/// A coronary vessel that is none of the four arteries, as labels that are read know it.
const OTHER_CORONARY: &str = "other coronary";

/// The lesion that each accepted focus is part of.
fn lesion_of_focus(outcome: &Outcome) -> BTreeMap<FocusId, usize> {
    let lesions = outcome.score.lesions.iter().enumerate();
    lesions.flat_map(|(index, l)| l.lesion.foci.iter().map(move |id| (*id, index))).collect()
}

fn regions(assignment: &Assignment) -> Vec<TracedRegion> {
    let arteries = Artery::ALL.iter().zip(assignment.separated).filter(|(_, separated)| *separated);
    let arteries = arteries.map(|(artery, _)| Region::Artery(*artery));
    let unnamed = assignment.unnamed.then_some(Region::Coronary);
    let coronary = arteries.chain(unnamed).filter(|_| assignment.scope == Scope::Coronary);
    let traced = |region| TracedRegion { region, name: region_name(assignment, region) };
    coronary.chain(named_regions(assignment)).map(traced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A label file of a provisional score calls the stem what the result calls it.
    #[test]
    fn names_of_what_is_no_single_artery() {
        let lad = TracedRegion { region: Region::Artery(Artery::Lad), name: "LAD".to_owned() };
        let coronary = |name: &str| TracedRegion { region: Region::Coronary, name: name.to_owned() };
        let label = |regions: &[TracedRegion]| {
            let calcium = Calcium {
                regions: regions.to_vec(),
                lesions: Vec::new(),
                slices: Vec::new(),
                is_provisional: false,
            };
            calcium.called(&regions[0]).to_owned()
        };
        assert_eq!(label(&[coronary("LM/LAD/LCX"), lad.clone()]), "LM/LAD/LCX");
        assert_eq!(label(&[coronary("coronary"), lad]), "other coronary");
        assert_eq!(label(&[coronary("coronary")]), "coronary");
    }
}
