//! Bone, and the spine in it: the middle of the vertebrae and their front edge.

use crate::{
    component::{Neighbours, Parts},
    grid::WorkGrid,
    mask::{Mask, count_between},
    parameters::Parameters,
    stats::median,
    voxels::{count, whole},
};

/// Bone of a work grid: what is bright and larger than any plaque.
pub(crate) fn bone(grid: &WorkGrid, p: &Parameters) -> Mask {
    let bright = Mask::of(grid.layout.shape(), grid.means(), |hu| hu >= p.bone.from_hu);
    let parts = Parts::of(&bright, Neighbours::TwentySix);
    let voxel_ml = grid.layout.spacing_mm().iter().product::<f64>() / 1000.0;
    parts.chosen(|part| count(parts.sizes()[part]) * voxel_ml > p.bone.least_part_ml)
}

/// Where the spine is.
#[derive(Clone, Debug, PartialEq)]
pub struct Spine {
    /// Column of its middle.
    pub column: usize,
    /// Row of the front edge of the vertebrae in each slice; not whole between those that were found.
    pub front: Vec<f64>,
    /// Share of the slices where the front edge was found.
    pub found: f64,
}

impl Spine {
    /// Row of the front edge in the middle of all slices.
    pub(crate) fn median_front(&self) -> f64 {
        median(self.front.clone()).unwrap_or(0.0)
    }
}

/// Looks for the spine behind the middle of the lungs; `None` without lungs or bone there.
pub(crate) fn spine(bone: &Mask, lungs: &Mask, spacing_mm: [f64; 3], p: &Parameters) -> Option<Spine> {
    let [slices, rows, _] = bone.shape();
    let of_lungs = lungs.rows()?;
    let first_row = (of_lungs.start + of_lungs.end - 1) / 2;
    let column = middle(bone, first_row, p.bone.spine_window_mm / spacing_mm[2]);
    let half = whole(p.bone.spine_half_mm / spacing_mm[2]).max(1);
    let window = column.saturating_sub(half)..column + half + 1;
    let is_front = |z: usize, y: &usize| count_between(bone.row(z, *y), window.clone()) >= half;
    let fronts: Vec<Option<usize>> =
        (0..slices).map(|z| (first_row..rows).find(|y| is_front(z, y))).collect();
    let found = count(fronts.iter().flatten().count()) / count(slices);
    let reach = (p.bone.spine_median_mm / spacing_mm[0]).round_ties_even();
    let front = interpolated(&running_median(&fronts, reach))?;
    Some(Spine { column, front, found })
}

/// The column around which, in a window so many columns wide, there is most bone from a row on.
fn middle(bone: &Mask, first_row: usize, window: f64) -> usize {
    let [_, _, columns] = bone.shape();
    let mut bone_of = vec![0_usize; columns];
    for (_, _, row) in bone.all_rows().filter(|(_, y, _)| *y >= first_row) {
        crate::mask::columns(row).for_each(|x| bone_of[x] += 1);
    }
    let length = whole(window).max(1);
    let (before, behind) = (length / 2, (length - 1) / 2);
    let sum =
        |x: usize| bone_of[x.saturating_sub(before)..(x + behind + 1).min(columns)].iter().sum::<usize>();
    let most = (0..columns).map(sum).max();
    (0..columns).find(|&x| Some(sum(x)) == most).unwrap_or(0)
}

/// Median of what was found in at most so many slices above and below.
fn running_median(found: &[Option<usize>], reach: f64) -> Vec<Option<f64>> {
    let within = |a: usize, b: usize| count(a.abs_diff(b)) <= reach;
    let around = |at: usize| {
        let near = found.iter().enumerate().filter(|(i, _)| within(at, *i));
        near.filter_map(|(_, row)| row.map(count)).collect::<Vec<_>>()
    };
    (0..found.len()).map(|at| median(around(at))).collect()
}

/// Fills gaps between neighbours, and beyond the last ones with them; `None` when there is nothing.
fn interpolated(values: &[Option<f64>]) -> Option<Vec<f64>> {
    let known: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(i, v)| v.map(|v| (i, v))).collect();
    let (first, last) = (*known.first()?, *known.last()?);
    let at = |i: usize| {
        let above = known.iter().copied().find(|(k, _)| *k >= i).unwrap_or(last);
        let below = known.iter().copied().rfind(|(k, _)| *k <= i).unwrap_or(first);
        if above.0 == below.0 {
            return above.1;
        }
        let share = (count(i) - count(below.0)) / (count(above.0) - count(below.0));
        if above.0 < below.0 { above.1 } else { below.1 + share * (above.1 - below.1) }
    };
    Some((0..values.len()).map(at).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, s};

    #[test]
    fn gaps_are_filled() {
        let values = [None, Some(2.0), None, None, Some(5.0), None];
        assert_eq!(interpolated(&values), Some(vec![2.0, 2.0, 3.0, 4.0, 5.0, 5.0]));
        assert_eq!(interpolated(&[None]), None);
        let found = [Some(10), None, Some(30), Some(11)];
        assert_eq!(running_median(&found, 1.0), [Some(10.0), Some(20.0), Some(20.5), Some(20.5)]);
    }

    /// Vertebrae 40 mm wide at column 40 behind lungs of rows 10 to 60, ribs aside; slice 2 has a disc of no bone.
    #[test]
    fn the_spine_is_the_bone_behind_the_lungs() {
        let mut lungs = Array3::from_elem((5, 100, 90), 0.0_f32);
        lungs.slice_mut(s![.., 10..60, 20..60]).fill(1.0);
        let mut bones = Array3::from_elem((5, 100, 90), 0.0_f32);
        bones.slice_mut(s![.., 62..80, 30..51]).fill(1.0);
        bones.slice_mut(s![2, 62..80, 30..51]).fill(0.0);
        bones.slice_mut(s![.., 40..44, 70..74]).fill(1.0);
        bones.slice_mut(s![.., 5..9, 30..51]).fill(1.0);
        let mask = |a: &Array3<f32>| Mask::of([5, 100, 90], a.as_slice().unwrap(), |v| v > 0.5);
        let spacing = [3.0, 2.0, 2.0];
        let spine = spine(&mask(&bones), &mask(&lungs), spacing, Parameters::shipped()).unwrap();
        assert_eq!((spine.found, spine.front), (0.8, vec![62.0; 5]));
        // Of the columns whose window of 25 holds all 21 the first: 51 - 13.
        assert_eq!(spine.column, 38);
        assert!(
            super::spine(&mask(&bones), &Mask::empty([5, 100, 90]), spacing, Parameters::shipped()).is_none()
        );
    }
}
