//! The lungs: air within the body, not as empty as the air of the room.

use crate::{
    component::{Neighbours, Parts},
    grid::WorkGrid,
    mask::Mask,
    morphology::eroded_in_plane,
    parameters::Parameters,
    voxels::count,
};

/// The lungs of a work grid.
pub(crate) fn lungs(grid: &WorkGrid, p: &Parameters) -> Mask {
    let p = &p.lungs;
    let [_, _, columns] = grid.layout.shape();
    let spacing_mm = grid.layout.spacing_mm();
    let shape = grid.layout.shape();
    let tissue = Mask::of(shape, grid.means(), |hu| hu > p.body_over_hu);
    let mut body =
        Parts::of(&eroded_in_plane(&tissue, p.body_erosion_mm, spacing_mm), Neighbours::Six).largest();
    if count(columns) * spacing_mm[2] < p.small_field_mm {
        add_edges(&mut body);
    }
    let inside = between(&body);
    let air = Parts::of(&Mask::of(shape, grid.means(), |hu| hu < p.air_below_hu), Neighbours::Six);
    let voxel_ml = spacing_mm.iter().product::<f64>() / 1000.0;
    let looks = looks(&air, &inside, grid.means());
    let is_lung = |part: usize| {
        let size = count(air.sizes()[part]);
        let Look { inside, sum_hu } = looks[part];
        size * voxel_ml > p.least_part_ml
            && count(inside) > p.inside_share * size
            && sum_hu / size > p.mean_over_hu
    };
    air.chosen(is_lung)
}

/// Volume of a mask, ml.
pub(crate) fn volume_ml(mask: &Mask, spacing_mm: [f64; 3]) -> f64 {
    count(mask.count()) * spacing_mm.iter().product::<f64>() / 1000.0
}

/// Share of a mask on the side of a column where there is less of it, 0 to 0.5.
pub(crate) fn lesser_side(mask: &Mask, column: usize) -> f64 {
    let right: usize = mask.all_rows().map(|(_, _, row)| crate::mask::count_between(row, 0..column)).sum();
    let all = mask.count().max(1);
    count(right.min(all - right)) / count(all)
}

/// Adds the edge of every slice.
fn add_edges(body: &mut Mask) {
    let [slices, rows, columns] = body.shape();
    for (z, y) in (0..slices).flat_map(|z| (0..rows).map(move |y| (z, y))) {
        if y == 0 || y + 1 == rows {
            body.set(z, y, 0..columns);
        }
        body.set(z, y, 0..1);
        body.set(z, y, columns - 1..columns);
    }
}

/// Voxels that have the body on all four sides of their slice, or are part of it.
fn between(body: &Mask) -> Mask {
    let [slices, rows, _] = body.shape();
    let mut inside = Mask::empty(body.shape());
    for z in 0..slices {
        for y in 0..rows {
            if let Some(extent) = body.extent(z, y) {
                inside.set(z, y, extent);
            }
        }
        behind_body(body, &mut inside, z, 0..rows);
        behind_body(body, &mut inside, z, (0..rows).rev());
    }
    inside
}

/// Leaves of a slice what has the body in a row before it, as the rows come, or in its own.
fn behind_body(body: &Mask, inside: &mut Mask, z: usize, rows: impl Iterator<Item = usize>) {
    let mut seen: Vec<u64> = Vec::new();
    for y in rows {
        seen.resize(body.row(z, y).len(), 0);
        seen.iter_mut().zip(body.row(z, y)).for_each(|(seen, row)| *seen |= row);
        inside.row_mut(z, y).iter_mut().zip(&seen).for_each(|(row, seen)| *row &= seen);
    }
}

/// What a part of the air looks like.
#[derive(Clone, Copy, Default)]
struct Look {
    inside: usize,
    sum_hu: f64,
}

fn looks(air: &Parts, inside: &Mask, means: &[f32]) -> Vec<Look> {
    let [_, rows, columns] = inside.shape();
    let mut looks = vec![Look::default(); air.sizes().len()];
    for (part, z, y, stretch) in air.stretches() {
        let look = &mut looks[part];
        look.inside += crate::mask::count_between(inside.row(z, y), stretch.clone());
        let first = (z * rows + y) * columns;
        look.sum_hu +=
            means[first + stretch.start..first + stretch.end].iter().map(|&hu| f64::from(hu)).sum::<f64>();
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::tests::{geometry, work_grid};
    use crate::mask::tests::typed;
    use ndarray::{Array3, s};

    #[test]
    fn inside_has_the_body_on_four_sides() {
        let body = typed(&[&[".####.", ".#..#.", ".#.##.", ".#....", ".####."]]);
        let inside = typed(&[&[".####.", ".####.", ".####.", ".#....", ".####."]]);
        assert_eq!(between(&body), inside);
    }

    /// A body of 40 HU, 320 mm wide in a field of 400, with two boxes of air: one of lung, one as empty as the room.
    #[test]
    fn lung_is_no_hole_and_no_room() {
        let mut hu = Array3::from_elem((10, 200, 200), -1000_i16);
        hu.slice_mut(s![.., 40..160, 20..180]).fill(40);
        hu.slice_mut(s![.., 60..140, 40..90]).fill(-850);
        hu.slice_mut(s![.., 60..140, 110..160]).fill(-960);
        let grid = work_grid(hu.view(), &geometry([10, 200, 200], [3.0, 2.0, 2.0]));
        let lungs = lungs(&grid, Parameters::shipped());
        assert_eq!(lungs.count(), 10 * 80 * 50);
        assert!((volume_ml(&lungs, grid.layout.spacing_mm()) - 480.0).abs() < 1e-9);
    }

    /// In a field that the body overflows, the edge is body: the same lung open to the edge is still within.
    #[test]
    fn a_small_field_cuts_the_body() {
        let mut hu = Array3::from_elem((10, 100, 100), 40_i16);
        hu.slice_mut(s![.., 20..80, 0..40]).fill(-850);
        let grid = |spacing| work_grid(hu.view(), &geometry([10, 100, 100], [3.0, spacing, spacing]));
        assert_eq!(lungs(&grid(2.0), Parameters::shipped()).count(), 10 * 60 * 40);
        // The same pixels 3.1 mm wide: the field holds the body, and what opens to its edge is outside.
        assert_eq!(lungs(&grid(3.1), Parameters::shipped()).count(), 0);
    }
}
