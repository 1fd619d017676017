//! Metal: joined voxels too bright for calcium, where calcium was counted.
//!
//! Where a person or a label said that they are calcium they stay in the score, and the result says which lesions they
//! are in; the anatomy leaves them out. Many stents stay below these bounds: what a patient has in the heart must be asked, not guessed.

use crate::{Assignment, Outcome, PixelCutoffs, Scope, code, outcome::region_name, result::LesionRecord};
use agatston_core::{
    Candidates, Comparison, Connectivity, Finding, FocusId, Lesion, LesionConnectivity, Protocol, Rescale,
    Severity, SliceScan, SmallestFocus, foci, is_coronary, lesions,
};
use agatston_dicom::PlaneRef;
use agatston_labels::Span;
use std::collections::BTreeSet;

/// What was found of metal among the assigned candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metal {
    /// The first voxel of each slice's part of what is joined.
    parts: Vec<Span>,
}

impl Metal {
    /// Looks for metal in every region of an assignment.
    pub(crate) fn find(
        candidates: &Candidates,
        assignment: &Assignment,
        planes: &[PlaneRef],
        cutoffs: &PixelCutoffs,
    ) -> Self {
        let bound_hu = bound_hu(planes, cutoffs);
        let is_reached = |(slice, rescale): (&SliceScan, &Rescale)| {
            let bound = rescale.at_least(bound_hu);
            bound.is_some_and(|bound| slice.runs.iter().any(|run| run.peak_stored >= bound))
        };
        if !candidates.slices.iter().zip(&candidates.rescale).any(is_reached) {
            return Self::default();
        }
        let bright = Protocol {
            threshold_hu: bound_hu,
            comparison: Comparison::AtLeast,
            // A lead or a strut runs where it will: corners touch.
            connectivity: Connectivity::Eight,
            smallest_focus: SmallestFocus::None,
            lesion_connectivity: LesionConnectivity::TwentySix,
            volume_threshold_hu: None,
            ..Protocol::STANDARD
        };
        let foci = foci(candidates, &assignment.assigned, &bright);
        let joined =
            |lesion: &Lesion| lesion.foci.iter().map(|&id| u64::from(foci.get(id).pixels)).sum::<u64>();
        let first_voxel = |id: FocusId| {
            let (row, column) = foci.get(id).seed;
            Span { slice: id.slice, row, start: column, end: column + 1 }
        };
        let all = lesions(&foci, &bright, &candidates.geometry, 0.0);
        let metal = all.iter().filter(|lesion| joined(lesion) >= cutoffs.metal_voxels);
        Self { parts: metal.flat_map(|lesion| &lesion.foci).map(|&id| first_voxel(id)).collect() }
    }

    /// Those parts for which `is_asked` says so.
    pub(crate) fn only(mut self, is_asked: impl Fn(&Span) -> bool) -> Self {
        self.parts.retain(is_asked);
        self
    }

    /// The first voxel of each slice's part.
    pub(crate) fn parts(&self) -> &[Span] {
        &self.parts
    }

    /// What is said of it, where it is in a lesion: in one that the total holds, a warning.
    pub(crate) fn finding(
        &self,
        outcome: &Outcome,
        assignment: &Assignment,
        cutoffs: &PixelCutoffs,
    ) -> Option<Finding> {
        let held: Vec<&Lesion> =
            self.lesions(outcome).into_iter().map(|i| &outcome.score.lesions[i].lesion).collect();
        let first = held.first()?;
        let in_total = |lesion: &&Lesion| assignment.scope != Scope::Coronary || is_coronary(lesion.region);
        let severity = if held.iter().any(in_total) { Severity::Warning } else { Severity::Info };
        let regions: BTreeSet<String> = held.iter().map(|l| region_name(assignment, l.region)).collect();
        let [slice, row, column] = first.seed;
        Some(
            Finding::new(code::METAL, severity, "voxels as bright as metal are counted as calcium")
                .at_slice(usize::from(slice))
                .expected(format!(
                    "fewer than {} joined voxels at or over {} HU or at the largest stored value",
                    cutoffs.metal_voxels, cutoffs.metal_hu
                ))
                .seen(format!(
                    "{} {} of {}, the first at row {row}, column {column}",
                    held.len(),
                    if held.len() == 1 { "lesion" } else { "lesions" },
                    regions.into_iter().collect::<Vec<_>>().join(", ")
                ))
                .next_step(
                    "look whether it is a stent, a clip, a lead or a valve; such a score is no calcium score",
                ),
        )
    }

    /// Flags the lesions that hold metal, and those that are bright enough to be some; `lesions` are those of `outcome`.
    pub(crate) fn flag(&self, lesions: &mut [LesionRecord], outcome: &Outcome, cutoffs: &PixelCutoffs) {
        let held = self.lesions(outcome);
        for (index, lesion) in lesions.iter_mut().enumerate() {
            if held.contains(&index) {
                lesion.flags.push("metal".to_owned());
            } else if lesion.measures.peak_hu >= Some(cutoffs.metal_suspect_hu) {
                lesion.flags.push("metal_suspect".to_owned());
            }
        }
    }

    /// Which lesions of a score hold it, by index.
    pub(crate) fn lesions(&self, outcome: &Outcome) -> BTreeSet<usize> {
        outcome.lesions_on(&self.parts)
    }
}

/// HU from which a voxel is metal: the cut-off, or less where the stored values of every slice end below it.
fn bound_hu(planes: &[PlaneRef], cutoffs: &PixelCutoffs) -> f64 {
    cutoffs.metal_hu.min(planes.iter().map(PlaneRef::largest_hu).fold(f64::NEG_INFINITY, f64::max))
}
