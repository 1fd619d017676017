//! The region of the heart: the mediastinum between the lungs around the root point, and its blood and noise.
//!
//! ```text
//! med  = tissue within the hull of the lungs, off bone and spine
//! core = med near its largest compact part
//! ext  = core, below R - 30 mm with what lies under the slice above it (the diaphragm ends the lungs, not the heart)
//! region = ext and 3 mm around, without lung and bone, from R - 85 to R + 25 mm
//! ```

use crate::{
    aorta::Root,
    bone::Spine,
    component::{Neighbours, Parts},
    grid::WorkGrid,
    hull::Hull,
    mask::Mask,
    morphology::{dilated, eroded},
    parameters::Parameters,
    stats::median,
    voxels::{count, whole},
};
use rayon::prelude::*;

/// Where the heart is.
#[derive(Clone, Debug)]
pub struct Heart {
    /// Hull of the lungs in each slice.
    pub hulls: Vec<Hull>,
    /// The compact mediastinum.
    pub core: Mask,
    /// Where coronary calcium may be.
    pub region: Mask,
    /// Median area of the core around the root, cm2.
    pub area_cm2: f64,
}

/// What is known before the heart is looked for.
pub(crate) struct Chest<'a> {
    pub(crate) grid: &'a WorkGrid,
    pub(crate) lungs: &'a Mask,
    pub(crate) bone: &'a Mask,
    pub(crate) spine: &'a Spine,
    pub(crate) root: &'a Root,
}

/// Finds the region of the heart.
pub(crate) fn heart(chest: &Chest<'_>, p: &Parameters) -> Heart {
    let spacing_mm = chest.grid.layout.spacing_mm();
    let [slices, _, _] = chest.grid.layout.shape();
    let rules = &p.heart;
    let hulls: Vec<Hull> =
        (0..slices).into_par_iter().map(|z| Hull::of(chest.lungs, z, spacing_mm)).collect();
    let tissue = tissue(chest, p);
    let mut med = Mask::empty(tissue.shape());
    hulls.iter().enumerate().for_each(|(z, hull)| hull.fill(&mut med, z, spacing_mm));
    let med = med.and(&tissue);
    let compact = Parts::of(&eroded(&med, rules.core_erosion_mm, spacing_mm), Neighbours::Six).largest();
    let core = dilated(&compact, rules.core_dilation_mm, spacing_mm).and(&med);
    let down = |mm: f64| chest.root.slice.saturating_sub(whole(mm / spacing_mm[0]));
    let (carried_from, lowest) = (down(rules.carry_from_mm), down(rules.carry_to_mm));
    let mut extended = core.clone();
    for z in (lowest..carried_from).rev() {
        let above = extended.slice(z + 1).to_vec();
        let below = extended.slice_mut(z).iter_mut().zip(above).zip(tissue.slice(z));
        below.for_each(|((word, above), tissue)| *word |= above & tissue);
    }
    let highest = chest.root.slice + whole(rules.up_to_mm / spacing_mm[0]);
    let region = dilated(&extended, rules.region_dilation_mm, spacing_mm)
        .without(chest.lungs)
        .without(&dilated(chest.bone, rules.region_off_bone_mm, spacing_mm))
        .only_slices(lowest..highest + 1);
    let area_cm2 = area_cm2(&core, carried_from..=chest.root.slice, spacing_mm);
    Heart { hulls, core, region, area_cm2 }
}

/// Tissue of the trunk off bone, lung and spine.
fn tissue(chest: &Chest<'_>, p: &Parameters) -> Mask {
    let spacing_mm = chest.grid.layout.spacing_mm();
    let rules = &p.heart;
    let mut tissue = Mask::of(chest.grid.layout.shape(), chest.grid.means(), |hu| hu > rules.tissue_over_hu)
        .without(&dilated(chest.bone, rules.off_bone_mm, spacing_mm))
        .without(chest.lungs);
    let [slices, rows, _] = tissue.shape();
    for z in 0..slices {
        let end = chest.spine.front[z] - rules.off_spine_mm / spacing_mm[1];
        (0..rows).filter(|&y| count(y) >= end).for_each(|y| tissue.row_mut(z, y).fill(0));
    }
    tissue
}

/// Median area of slices, cm2.
fn area_cm2(core: &Mask, slices: std::ops::RangeInclusive<usize>, spacing_mm: [f64; 3]) -> f64 {
    let areas = slices.map(|z| count(core.count_in(z)) * spacing_mm[1] * spacing_mm[2] / 100.0);
    median(areas.collect()).unwrap_or(0.0)
}

/// The blood within the heart, HU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blood {
    /// Median of the means of its blocks.
    pub hu: f64,
    /// Median of the standard deviations within its blocks: the noise; infinite where pixels are too large to tell.
    pub noise_hu: f64,
}

impl Blood {
    /// Whether it is as dark as without contrast agent, whatever a tag says.
    pub fn is_plain(&self) -> bool {
        self.hu <= Parameters::shipped().blood.plain_below_hu
    }
}

/// Voxels of a block whose spread tells of the noise: two by two.
const NOISE_LEAST_VOXELS: usize = 4;

/// Measures blood deep in the core, from the root down; `None` where there is none.
pub(crate) fn blood(grid: &WorkGrid, heart: &Heart, root: &Root, p: &Parameters) -> Option<Blood> {
    let spacing_mm = grid.layout.spacing_mm();
    let lowest = root.slice.saturating_sub(whole(p.blood.below_root_mm / spacing_mm[0]));
    let inner = eroded(&heart.core, p.blood.inner_mm, spacing_mm).only_slices(lowest..root.slice.max(1));
    let median_of = |values: &[f32]| median(inner.values(values).map(f64::from).collect());
    let noise_hu = median_of(grid.sds())?;
    // Of a block of one pixel, or one slice of a line of them, nothing is known of the noise.
    let is_measured = grid.layout.block().iter().product::<usize>() >= NOISE_LEAST_VOXELS;
    Some(Blood { hu: median_of(grid.means())?, noise_hu: if is_measured { noise_hu } else { f64::INFINITY } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::tests::{geometry, work_grid};
    use ndarray::{Array3, s};

    /// Two lungs with a box of blood between them, a diaphragm under which the lungs end, bone behind.
    ///
    /// Blocks are voxels: 3 x 2 x 2 mm, 50 slices of 80 x 120.
    fn chest() -> (WorkGrid, Mask, Mask) {
        let shape = [50, 80, 120];
        let mut hu = Array3::from_elem(shape, -100_i16); // one voxel a block
        hu.slice_mut(s![15.., 10..70, 10..110]).fill(-850);
        hu.slice_mut(s![.., 20..60, 40..80]).fill(40);
        hu.slice_mut(s![.., 62..75, 52..68]).fill(400);
        let grid = work_grid(hu.view(), &geometry(shape, [3.0, 2.0, 2.0]));
        let lungs = Mask::of(shape, grid.means(), |hu| hu < -500.0);
        let bone = Mask::of(shape, grid.means(), |hu| hu > 130.0);
        (grid, lungs, bone)
    }

    #[test]
    fn the_region_lies_between_the_lungs_and_goes_on_below_them() {
        let (grid, lungs, bone) = chest();
        let spine = Spine { column: 60, front: vec![62.0; 50], found: 1.0 };
        let root = Root { slice: 35, row: 30, column: 60, radius_mm: 16.0, score: 0.9, ends: true };
        let chest = Chest { grid: &grid, lungs: &lungs, bone: &bone, spine: &spine, root: &root };
        let heart = heart(&chest, Parameters::shipped());
        // In the middle slices the core is the box of blood off the spine: rows 20 to 57 (8 mm before 62), 40 columns.
        assert!((heart.area_cm2 - 38.0 * 40.0 * 4.0 / 100.0).abs() < 4.0, "{}", heart.area_cm2);
        // 85 mm down are 28 slices: slice 7, where there are no lungs any more; 25 mm up are 8.
        let held = heart.region.slices().unwrap();
        assert_eq!(held, 7..44);
        assert!(heart.region.holds([8, 40, 60]) && !heart.region.holds([20, 40, 30]));
        assert!(!heart.region.holds([20, 61, 60]), "bone is 3 mm away");
        let blood = blood(&grid, &heart, &root, Parameters::shipped()).unwrap();
        assert_eq!((blood.hu, blood.noise_hu), (40.0, f64::INFINITY), "one voxel tells of no noise");
    }
}
