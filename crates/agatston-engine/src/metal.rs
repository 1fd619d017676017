//! Metal: joined voxels too bright for calcium, where calcium was counted.
//!
//! A person or a label said that they are calcium, so they stay in the score; the result says which lesions they
//! are in. Many stents stay below these bounds: what a patient has in the heart must be asked, not guessed.

use crate::{Assignment, Outcome, PixelCutoffs, code, result::LesionRecord};
use agatston_core::{
    Candidates, Comparison, Finding, FocusId, Lesion, LesionConnectivity, Protocol, Rescale, Segment,
    SliceScan, SmallestFocus, foci, lesions,
};
use agatston_dicom::PlaneRef;
use std::collections::BTreeSet;

/// What was found of metal among the assigned candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metal {
    /// Seed voxels of the joined voxels: slice, row, column.
    seeds: Vec<[u16; 3]>,
    voxels: u64,
}

/// Looks for metal in every region of an assignment.
pub(crate) fn metal(
    candidates: &Candidates,
    assignment: &Assignment,
    planes: &[PlaneRef],
    cutoffs: &PixelCutoffs,
) -> Metal {
    let bound_hu = bound_hu(planes, cutoffs);
    let is_reached = |(slice, rescale): (&SliceScan, &Rescale)| {
        let bound = rescale.at_least(bound_hu);
        bound.is_some_and(|bound| slice.runs.iter().any(|run| run.peak_stored >= bound))
    };
    if !candidates.slices.iter().zip(&candidates.rescale).any(is_reached) {
        return Metal::default();
    }
    let bright = Protocol {
        threshold_hu: bound_hu,
        comparison: Comparison::AtLeast,
        smallest_focus: SmallestFocus::None,
        lesion_connectivity: LesionConnectivity::TwentySix,
        volume_threshold_hu: None,
        ..Protocol::STANDARD
    };
    let foci = foci(candidates, &assignment.assigned, &bright);
    let voxels = |lesion: &Lesion| lesion.foci.iter().map(|&id| u64::from(foci.get(id).pixels)).sum::<u64>();
    let mut metal = Metal::default();
    for lesion in lesions(&foci, &bright, &candidates.geometry, 0.0) {
        let joined = voxels(&lesion);
        if joined >= cutoffs.metal_voxels {
            metal.seeds.push(lesion.seed);
            metal.voxels += joined;
        }
    }
    metal
}

/// HU from which a voxel is metal: the cut-off, or less where the stored values end below it.
fn bound_hu(planes: &[PlaneRef], cutoffs: &PixelCutoffs) -> f64 {
    planes.iter().map(PlaneRef::largest_hu).fold(cutoffs.metal_hu, f64::min)
}

impl Metal {
    /// What is said of it.
    pub(crate) fn finding(&self, cutoffs: &PixelCutoffs) -> Option<Finding> {
        let first = self.seeds.first()?;
        let (places, voxels) = (self.seeds.len(), self.voxels);
        Some(
            Finding::warning(code::METAL, "voxels as bright as metal are counted as calcium")
                .at_slice(usize::from(first[0]))
                .expected(format!(
                    "fewer than {} joined voxels at or over {} HU or at the largest stored value",
                    cutoffs.metal_voxels, cutoffs.metal_hu
                ))
                .seen(format!(
                    "{voxels} voxels in {places} {}, the first at row {}, column {}",
                    if places == 1 { "place" } else { "places" },
                    first[1],
                    first[2]
                ))
                .next_step(
                    "look whether it is a stent, a clip, a lead or a valve; such a score is no calcium score",
                ),
        )
    }

    /// Which lesions of a score hold it, by index.
    fn lesions(&self, outcome: &Outcome) -> BTreeSet<usize> {
        let at = |&[slice, row, column]: &[u16; 3]| {
            let covers = |s: &&Segment| s.row() == row && (s.start()..s.end()).contains(&column);
            let segment = outcome.foci.slices[usize::from(slice)].segments.iter().find(covers)?;
            Some(FocusId { slice, index: segment.focus })
        };
        let foci: BTreeSet<FocusId> = self.seeds.iter().filter_map(at).collect();
        if foci.is_empty() {
            return BTreeSet::new();
        }
        let lesions = outcome.score.lesions.iter().enumerate();
        lesions.filter(|(_, l)| l.lesion.foci.iter().any(|id| foci.contains(id))).map(|(i, _)| i).collect()
    }

    /// Flags the lesions that hold metal, and those that are bright enough to be some; `lesions` are those of `outcome`.
    pub(crate) fn flag(&self, lesions: &mut [LesionRecord], outcome: &Outcome, cutoffs: &PixelCutoffs) {
        let held = self.lesions(outcome);
        for (index, lesion) in lesions.iter_mut().enumerate() {
            if held.contains(&index) {
                lesion.flags.push("metal".to_owned());
            } else if lesion.peak_hu >= cutoffs.metal_suspect_hu {
                lesion.flags.push("metal_suspect".to_owned());
            }
        }
    }
}
