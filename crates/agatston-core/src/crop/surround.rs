//! How far pixels are from a lesion in the plane, and what the tissue around it looks like.

use super::{Crop, Mark};
use ndarray::{Array2, Array3, Axis};

/// The ring around a lesion whose median is its background, mm from the nearest of its pixels.
const RING_MM: [f64; 2] = [2.0, 4.0];

/// Distance up to which a voxel may still show calcium of the lesion, mm: where the ring begins.
pub(super) const REACH_MM: f64 = RING_MM[0];

/// Distance of each pixel of a crop from the nearest pixel of the lesion, all its slices projected on one plane, mm;
/// infinite beyond the ring. Axes `[y, x]`.
pub(super) fn distances(marks: &Array3<Mark>, spacing_mm: [f64; 2]) -> Array2<f64> {
    let own = marks.map_axis(Axis(0), |column| column.iter().any(|mark| *mark == Mark::Own));
    let (rows, columns) = own.dim();
    let mut squared = Array2::from_elem((rows, columns), f64::INFINITY);
    let reach = spacing_mm.map(|mm| steps(RING_MM[1], mm));
    for ((y, x), _) in own.indexed_iter().filter(|(_, is_own)| **is_own) {
        squared[[y, x]] = 0.0;
        let inside = (1..rows - 1).contains(&y) && (1..columns - 1).contains(&x);
        if inside && [[y - 1, x], [y + 1, x], [y, x - 1], [y, x + 1]].iter().all(|at| own[*at]) {
            continue; // a pixel of the outline is nearer to whatever is outside
        }
        for row in y.saturating_sub(reach[0])..=(y + reach[0]).min(rows - 1) {
            let down = mm_between(row, y, spacing_mm[0]);
            for column in x.saturating_sub(reach[1])..=(x + reach[1]).min(columns - 1) {
                let across = mm_between(column, x, spacing_mm[1]);
                let nearest = &mut squared[[row, column]];
                *nearest = nearest.min(down * down + across * across);
            }
        }
    }
    squared.mapv(f64::sqrt)
}

/// Pixels within a distance.
fn steps(mm: f64, spacing_mm: f64) -> usize {
    (0..usize::from(u16::MAX)).take_while(|&n| mm_between(n + 1, 0, spacing_mm) <= mm).count()
}

#[expect(clippy::cast_precision_loss, reason = "pixel indices are small")]
fn mm_between(a: usize, b: usize, spacing_mm: f64) -> f64 {
    a.abs_diff(b) as f64 * spacing_mm
}

/// The median HU of the ring in the slices of the lesion, of what is below `below_hu` and in no lesion: calcium and bone
/// nearby are no background. `None` when nothing is left.
pub(super) fn background(
    crop: &Crop,
    marks: &Array3<Mark>,
    distances: &Array2<f64>,
    below_hu: f64,
) -> Option<f64> {
    let mut ring = Vec::new();
    for (z, plane) in marks.axis_iter(Axis(0)).enumerate() {
        if !plane.iter().any(|mark| *mark == Mark::Own) {
            continue;
        }
        for ((y, x), mark) in plane.indexed_iter() {
            let mm = distances[[y, x]];
            if *mark == Mark::Free && mm > RING_MM[0] && mm <= RING_MM[1] {
                ring.extend(crop.hu([z, y, x]).filter(|hu| *hu < below_hu));
            }
        }
    }
    median(ring)
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_of_two_pixels() {
        let mut marks = Array3::from_elem((2, 7, 9), Mark::Free);
        marks[[0, 3, 4]] = Mark::Own;
        marks[[1, 3, 5]] = Mark::Own;
        let mm = distances(&marks, [1.0, 0.5]);
        assert_eq!(mm[[3, 4]], 0.0);
        assert_eq!(mm[[3, 5]], 0.0);
        assert_eq!(mm[[0, 4]], 3.0);
        assert_eq!(mm[[3, 0]], 2.0);
        assert_eq!(mm[[6, 5]], 3.0);
        assert!((mm[[2, 7]] - 2f64.sqrt()).abs() < 1e-12, "one row and two columns of half a millimetre");
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
