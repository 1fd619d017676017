//! What the anatomy was found to be, and the voxels of each lesion by tier: what pictures of its steps and a map of its masks
//! are made of.
//!
//! Kept only when asked for, also of a series that a gate refuses; a score needs none of it.

use crate::anatomy::Judgement;
use agatston_anatomy::{Anatomy, Tier};
use agatston_core::{FocusId, Geometry};
use std::collections::BTreeMap;

/// The anatomy of a series, as far as the search came, and the lesions in the region of the heart.
#[derive(Clone, Debug)]
pub struct Anatomical {
    pub(crate) anatomy: Anatomy,
    pub(crate) geometry: Geometry,
    /// Voxels of the lesions in each slice of the series; none where lesions were not judged.
    pub(crate) slices: Vec<Vec<TierSpan>>,
}

/// Voxels beside each other of lesions of one tier: columns `start..end` of a row of the series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TierSpan {
    pub(crate) row: u16,
    pub(crate) start: u16,
    /// Column after the last.
    pub(crate) end: u16,
    pub(crate) tier: Tier,
}

impl Anatomical {
    /// A copy of what was found.
    pub(crate) fn of(anatomy: &Anatomy, judgement: Option<&Judgement>, geometry: &Geometry) -> Self {
        Self {
            anatomy: anatomy.clone(),
            geometry: geometry.clone(),
            slices: judgement.map(spans).unwrap_or_default(),
        }
    }
}

fn spans(judgement: &Judgement) -> Vec<Vec<TierSpan>> {
    let lesions = judgement.lesions.iter();
    let tiers: BTreeMap<FocusId, Tier> =
        lesions.flat_map(|c| c.lesion.foci.iter().map(|&id| (id, c.judged.tier))).collect();
    let slices = judgement.foci.slices.iter().zip(0_u16..);
    let of_slice = |(found, slice): (&agatston_core::SliceFoci, u16)| {
        let span = |s: &agatston_core::Segment| {
            let tier = *tiers.get(&FocusId { slice, index: s.focus })?;
            Some(TierSpan { row: s.row(), start: s.start(), end: s.end(), tier })
        };
        found.segments.iter().filter_map(span).collect()
    };
    slices.map(of_slice).collect()
}
