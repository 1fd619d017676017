//! The lungs: air within the body, not as empty as the air of the room.

use crate::{
    component::{Neighbours, Parts},
    grid::{WorkGrid, count},
    mask::Mask,
    morphology::eroded_in_plane,
    parameters::Parameters,
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
    let [slices, rows, columns] = body.shape();
    let mut inside = body.clone();
    for z in 0..slices {
        let mut in_front = vec![0; columns.div_ceil(64)];
        for y in 0..rows {
            in_front.iter_mut().zip(body.row(z, y)).for_each(|(sum, row)| *sum |= row);
            let row = inside.row_mut(z, y);
            let sides = since_first(row).zip(until_last(row)).map(|(left, right)| left & right);
            let sides: Vec<u64> = sides.collect();
            row.iter_mut().zip(&in_front).zip(sides).for_each(|((row, front), sides)| *row = front & sides);
        }
        let mut behind = vec![0; columns.div_ceil(64)];
        for y in (0..rows).rev() {
            behind.iter_mut().zip(body.row(z, y)).for_each(|(sum, row)| *sum |= row);
            inside.row_mut(z, y).iter_mut().zip(&behind).for_each(|(row, behind)| *row &= behind);
        }
    }
    inside
}

/// The words of a row with every bit from the first set one on.
fn since_first(row: &[u64]) -> impl Iterator<Item = u64> {
    let first = row.iter().position(|&word| word != 0);
    let bits = |word: u64| u64::MAX << word.trailing_zeros();
    let words: Vec<u64> = row
        .iter()
        .enumerate()
        .map(|(i, &word)| match first {
            Some(first) if i == first => bits(word),
            Some(first) if i > first => u64::MAX,
            _ => 0,
        })
        .collect();
    words.into_iter()
}

/// The words of a row with every bit up to the last set one.
fn until_last(row: &[u64]) -> impl Iterator<Item = u64> {
    let last = row.iter().rposition(|&word| word != 0);
    let bits = |word: u64| u64::MAX >> word.leading_zeros();
    let words: Vec<u64> = row
        .iter()
        .enumerate()
        .map(|(i, &word)| match last {
            Some(last) if i == last => bits(word),
            Some(last) if i < last => u64::MAX,
            _ => 0,
        })
        .collect();
    words.into_iter()
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
