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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use agatston_anatomy::{Disc, Heart, Hull, Layout, Root, WorkGrid};
    use ndarray::{Array3, s};

    /// A trunk of 10 slices of 40 x 40 voxels of 2.5 mm, each a block, stored to the left or to the right: a lung, bone, a disc
    /// with the root point, lesions of two tiers. The core of the heart is as the lung, its region as the bone.
    pub(crate) fn small(turned: bool) -> Anatomical {
        let geometry = Geometry {
            rows: 40,
            columns: 40,
            spacing_mm: [2.5; 2],
            increment_mm: 2.5,
            origin_lps_mm: [if turned { 97.5 } else { 0.0 }, 10.0, -20.0],
            row_dir: [if turned { -1.0 } else { 1.0 }, 0.0, 0.0],
            column_dir: [0.0, 1.0, 0.0],
            normal: [0.0, 0.0, 1.0],
        };
        let mut mean = Array3::from_elem((10, 40, 40), 40.0);
        mean.slice_mut(s![.., 10..30, 8..18]).fill(-850.0);
        mean.slice_mut(s![.., 31..35, 20..30]).fill(400.0);
        let sd = Array3::zeros(mean.dim());
        let mut anatomy = Anatomy::of(WorkGrid { layout: Layout::new(&geometry, 10), mean, sd });
        assert_eq!((anatomy.lungs.count(), anatomy.bone.count()), (2000, 400));
        let disc = Disc { row: 15, column: 25, radius_mm: 5.0, score: 0.9 };
        anatomy.aorta.ascending.insert(5, disc);
        let root = Root { slice: 5, row: 15, column: 25, radius_mm: 5.0, score: 0.9, ends: true };
        anatomy.aorta.root = Some(root);
        anatomy.heart = Some(Heart {
            hulls: vec![Hull::default(); 10],
            core: anatomy.lungs.clone(),
            region: anatomy.bone.clone(),
            area_cm2: 50.0,
        });
        let span = |start: u16, end: u16, tier| {
            let (start, end) = if turned { (40 - end, 40 - start) } else { (start, end) };
            TierSpan { row: 20, start, end, tier }
        };
        let mut slices = vec![Vec::new(); 10];
        slices[5] = vec![span(20, 22, Tier::Likely), span(34, 35, Tier::Excluded)];
        Anatomical { anatomy, geometry, slices }
    }
}
