//! How wide the body is, where all of it is in the field: what chooses among the mass factors of a device.
//!
//! ```text
//! middle slice -> voxels over -300 HU -> largest set that is joined by sides = body
//! a body that touches the edge of the image, its circle, or padding is cut: nobody knows its width
//! width = widest row in the middle half of its height: a table that it lies on is at the end of it
//! ```

use crate::{planes::read, scan::Unscanned};
use agatston_core::{Geometry, Plane, Rescale};
use agatston_dicom::{Series, Workers};
use ndarray::Array2;

/// What is brighter is body: skin, fat and muscle are, air, lung and the foam of a table are not.
const BODY_HU: f64 = -300.0;

/// What is darker than any air is padding, whatever the header says, HU.
const PADDING_HU: f64 = -1100.0;

/// How near to the edge, or to the circle that a scanner reconstructs, a pixel touches it.
const EDGE_PIXELS: f64 = 1.5;

/// Least cosine between the rows of the image and the left-right axis of the patient.
const LATERAL_MIN: f64 = 0.9;

/// Largest lateral width of the body on the middle slice of a series, mm; `None` when it is not wholly in the field.
///
/// # Errors
///
/// As [`scan_series`](crate::scan_series): the files may have changed since.
pub(crate) fn width_of(series: &Series, workers: Workers) -> Result<Option<f64>, Unscanned> {
    let middle = series.planes.len() / 2;
    let slice = u16::try_from(middle).unwrap_or(u16::MAX);
    let planes = read(series, &[slice], workers)?;
    let width = |plane: &Plane<'_>| width_mm(plane, series.planes[middle].rescale, &series.geometry);
    Ok(planes.first().and_then(|kept| width(&kept.plane())))
}

/// Largest lateral width of the body on a plane, mm; `None` when it is not wholly in the field, or there is none.
fn width_mm(plane: &Plane<'_>, rescale: Rescale, geometry: &Geometry) -> Option<f64> {
    if geometry.row_dir[0].abs() < LATERAL_MIN {
        return None;
    }
    let kinds = Array2::from_shape_fn(plane.stored.raw_dim(), |at| kind(plane, rescale, plane.stored[at]));
    let body = largest(&kinds)?;
    if is_cut(&body, &kinds) {
        return None;
    }
    let first = body.iter().map(|at| at.0).min()?;
    let last = body.iter().map(|at| at.0).max()?;
    let quarter = (last - first) / 4;
    let mut reach = vec![[usize::MAX, 0]; kinds.nrows()];
    for &(row, column) in body.iter().filter(|at| (first + quarter..=last - quarter).contains(&at.0)) {
        reach[row] = [reach[row][0].min(column), reach[row][1].max(column)];
    }
    let pixels = reach.iter().filter(|[a, b]| a <= b).map(|[a, b]| b - a + 1).max()?;
    Some(f64::from(u16::try_from(pixels).ok()?) * geometry.spacing_mm[1])
}

/// What a pixel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Body,
    Air,
    Padding,
}

fn kind(plane: &Plane<'_>, rescale: Rescale, stored: i16) -> Kind {
    let hu = rescale.hu(stored);
    if plane.padding.is_some_and(|padding| padding.contains(stored)) || hu < PADDING_HU {
        Kind::Padding
    } else if hu > BODY_HU {
        Kind::Body
    } else {
        Kind::Air
    }
}

/// The pixels `(row, column)` of the largest set of body that is joined by sides; of equals the first.
fn largest(kinds: &Array2<Kind>) -> Option<Vec<(usize, usize)>> {
    let mut seen = Array2::from_elem(kinds.raw_dim(), false);
    let mut best: Vec<(usize, usize)> = Vec::new();
    for (at, kind) in kinds.indexed_iter() {
        if *kind != Kind::Body || seen[at] {
            continue;
        }
        seen[at] = true;
        let mut set = vec![at];
        let mut next = 0;
        while let Some(&at) = set.get(next) {
            next += 1;
            for side in sides(at) {
                if kinds.get(side) == Some(&Kind::Body) && !seen[side] {
                    seen[side] = true;
                    set.push(side);
                }
            }
        }
        if set.len() > best.len() {
            best = set;
        }
    }
    (!best.is_empty()).then_some(best)
}

/// The four pixels beside one; some may lie outside the image.
fn sides((row, column): (usize, usize)) -> [(usize, usize); 4] {
    [(row.wrapping_sub(1), column), (row + 1, column), (row, column.wrapping_sub(1)), (row, column + 1)]
}

/// Whether the body goes on where the image does not.
fn is_cut(body: &[(usize, usize)], kinds: &Array2<Kind>) -> bool {
    let (rows, columns) = kinds.dim();
    let float = |n: usize| u16::try_from(n).map_or(f64::INFINITY, f64::from);
    let (middle_row, middle_column) = (0.5 * (float(rows) - 1.0), 0.5 * (float(columns) - 1.0));
    let radius = 0.5 * float(rows.min(columns)) - EDGE_PIXELS;
    body.iter().any(|&at| {
        let from_middle = (float(at.0) - middle_row).hypot(float(at.1) - middle_column);
        from_middle > radius || sides(at).iter().any(|side| kinds.get(*side) == Some(&Kind::Padding))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry() -> Geometry {
        Geometry {
            rows: 100,
            columns: 100,
            spacing_mm: [4.0, 4.0],
            increment_mm: 3.0,
            origin_lps_mm: [0.0; 3],
            row_dir: [1.0, 0.0, 0.0],
            column_dir: [0.0, 1.0, 0.0],
            normal: [0.0, 0.0, 1.0],
        }
    }

    /// Air with a body of 81 columns and 41 rows (an ellipse, hollow as a chest is) whose middle is in `column`.
    fn body(column: i32) -> Array2<i16> {
        Array2::from_shape_fn((100, 100), |(y, x)| {
            let (y, x) = (i32::try_from(y).unwrap() - 49, i32::try_from(x).unwrap() - column);
            let at = |a: i32, b: i32| x * x * b * b + y * y * a * a <= a * a * b * b;
            if at(36, 16) {
                -850
            } else if at(40, 20) {
                20
            } else {
                -1000
            }
        })
    }

    fn width(stored: &Array2<i16>, geometry: &Geometry) -> Option<f64> {
        let rescale = Rescale::new(1.0, 0.0, 0).unwrap();
        width_mm(&Plane { stored: stored.view(), padding: None }, rescale, geometry)
    }

    #[test]
    fn a_body_in_the_field_is_measured() {
        assert_eq!(width(&body(49), &geometry()), Some(324.0));
        // A table that the back touches is wider than the body and does not count.
        let mut on_a_table = body(49);
        on_a_table.slice_mut(ndarray::s![69..73, 11..88]).fill(100);
        on_a_table.slice_mut(ndarray::s![20..22, 30..34]).fill(100); // an arm rest: another, smaller set
        assert_eq!(width(&on_a_table, &geometry()), Some(324.0));
    }

    #[test]
    fn a_body_that_is_cut_has_no_width() {
        assert_eq!(width(&body(35), &geometry()), None, "it leaves the image");
        assert_eq!(width(&body(41), &geometry()), None, "it touches the circle");
        let mut padded = body(49);
        padded.slice_mut(ndarray::s![.., ..12]).fill(-2000);
        assert_eq!(width(&padded, &geometry()), None, "it touches padding");
        assert_eq!(width(&Array2::from_elem((100, 100), -1000), &geometry()), None, "nobody is there");
        let lying_on_the_side =
            Geometry { row_dir: [0.0, 1.0, 0.0], column_dir: [-1.0, 0.0, 0.0], ..geometry() };
        assert_eq!(width(&body(49), &lying_on_the_side), None, "rows do not run from side to side");
    }
}
