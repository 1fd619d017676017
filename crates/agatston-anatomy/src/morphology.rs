//! Dilation and erosion by balls of millimetres, exact: the same voxels as a Euclidean distance transform gives.
//!
//! ```text
//! grow every row sideways, once for each half-width that the ball has
//! a row of the outcome = OR of the grown rows that the ball reaches
//! ```
//!
//! A ball of 12 mm has some 75 rows of 3 words each, so no transform is needed. Outside the grid nothing is known: it neither
//! grows inwards nor eats.

use crate::mask::Mask;

/// The rows of a ball: how far each reaches.
struct BallRow {
    slices: isize,
    rows: isize,
    half_width: usize,
}

/// What a distance counts up to.
#[derive(Clone, Copy)]
enum Reach {
    /// Voxels at the distance too.
    Within(f64),
    /// Only nearer ones.
    Nearer(f64),
}

impl Reach {
    fn holds(self, distance_mm: f64) -> bool {
        match self {
            Self::Within(mm) => distance_mm <= mm,
            Self::Nearer(mm) => distance_mm < mm,
        }
    }

    fn mm(self) -> f64 {
        match self {
            Self::Within(mm) | Self::Nearer(mm) => mm,
        }
    }
}

/// Voxels at most so far from a voxel of the mask; distances between centres, `spacing_mm` `[z, y, x]`.
pub(crate) fn dilated(mask: &Mask, mm: f64, spacing_mm: [f64; 3]) -> Mask {
    grown(mask, Reach::Within(mm), spacing_mm)
}

/// Voxels nearer than that to a voxel of the mask.
pub(crate) fn nearer(mask: &Mask, mm: f64, spacing_mm: [f64; 3]) -> Mask {
    grown(mask, Reach::Nearer(mm), spacing_mm)
}

/// Voxels of the mask further than that from every voxel that is not in it.
pub(crate) fn eroded(mask: &Mask, mm: f64, spacing_mm: [f64; 3]) -> Mask {
    dilated(&mask.clone().not(), mm, spacing_mm).not()
}

/// As [`eroded`], each slice by itself.
pub(crate) fn eroded_in_plane(mask: &Mask, mm: f64, spacing_mm: [f64; 3]) -> Mask {
    eroded(mask, mm, [f64::INFINITY, spacing_mm[1], spacing_mm[2]])
}

fn grown(mask: &Mask, reach: Reach, spacing_mm: [f64; 3]) -> Mask {
    let [slices, rows, _] = mask.shape();
    let ball = ball(reach, spacing_mm);
    let widest = ball.iter().map(|row| row.half_width).max().unwrap_or(0);
    let mut wider = vec![mask.clone()];
    for w in 0..widest {
        let next = one_wider(&wider[w]);
        wider.push(next);
    }
    let mut out = Mask::empty(mask.shape());
    for (z, y) in (0..slices).flat_map(|z| (0..rows).map(move |y| (z, y))) {
        let into = out.row_mut(z, y);
        for step in &ball {
            let (from_z, from_y) = (z.checked_add_signed(step.slices), y.checked_add_signed(step.rows));
            if let (Some(from_z), Some(from_y)) = (from_z, from_y)
                && from_z < slices
                && from_y < rows
            {
                let row = wider[step.half_width].row(from_z, from_y);
                into.iter_mut().zip(row).for_each(|(to, from)| *to |= from);
            }
        }
    }
    out
}

/// The rows of a ball around a voxel; none where a distance is not reached even there.
fn ball(reach: Reach, spacing_mm: [f64; 3]) -> Vec<BallRow> {
    let steps = |spacing: f64| (1..).take_while(|&n| reach.holds(f64::from(n) * spacing)).last().unwrap_or(0);
    let [most_z, most_y]: [i32; 2] = [steps(spacing_mm[0]), steps(spacing_mm[1])];
    let along = |n: i32, spacing: f64| if n == 0 { 0.0 } else { f64::from(n) * spacing };
    let mut rows = Vec::new();
    for (z, y) in (-most_z..=most_z).flat_map(|z| (-most_y..=most_y).map(move |y| (z, y))) {
        let beside = along(z, spacing_mm[0]).powi(2) + along(y, spacing_mm[1]).powi(2);
        let reached = |x: i32| reach.holds((beside + along(x, spacing_mm[2]).powi(2)).sqrt());
        if reach.mm() >= 0.0 && reached(0) {
            let half_width = (1..).take_while(|&x| reached(x)).count();
            rows.push(BallRow { slices: z as isize, rows: y as isize, half_width });
        }
    }
    rows
}

/// Every row one column wider on both sides.
fn one_wider(mask: &Mask) -> Mask {
    let [slices, rows, columns] = mask.shape();
    let mut out = mask.clone();
    for (z, y) in (0..slices).flat_map(|z| (0..rows).map(move |y| (z, y))) {
        let from = mask.row(z, y);
        let into = out.row_mut(z, y);
        for i in 0..from.len() {
            let before = if i > 0 { from[i - 1] >> 63 } else { 0 };
            let behind = from.get(i + 1).map_or(0, |next| next << 63);
            into[i] = from[i] | from[i] << 1 | before | from[i] >> 1 | behind;
        }
        if columns % 64 != 0
            && let Some(last) = into.last_mut()
        {
            *last &= (1 << (columns % 64)) - 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::tests::typed;
    use proptest::prelude::*;

    /// By hand: 2 mm rows, 1 mm columns; 2 mm reach one row up and two columns aside.
    #[test]
    fn a_ball_of_two_spacings() {
        let point = typed(&[&[".......", "...#...", "......."]]);
        let ball = dilated(&point, 2.0, [9.0, 2.0, 1.0]);
        assert_eq!(ball, typed(&[&["...#...", ".#####.", "...#..."]]));
        assert_eq!(nearer(&point, 2.0, [9.0, 2.0, 1.0]), typed(&[&[".......", "..###..", "......."]]));
    }

    #[test]
    fn the_edge_of_the_grid_does_not_eat() {
        let half = typed(&[&["####...", "####...", "####..."]]);
        assert_eq!(eroded(&half, 1.0, [1.0; 3]), typed(&[&["###....", "###....", "###...."]]));
        let full = typed(&[&["###", "###"]]);
        assert_eq!(eroded(&full, 9.0, [1.0; 3]), full);
    }

    proptest! {
        /// Against the definition, voxel by voxel.
        #[test]
        fn equals_all_distances(
            values in prop::collection::vec(0u8..12, 3 * 4 * 70),
            spacing in (1.0f64..4.0, 0.8f64..2.5, 0.8f64..2.5),
            mm in 0.0f64..7.0,
        ) {
            let (shape, spacing) = ([3, 4, 70], [spacing.0, spacing.1, spacing.2]);
            let values: Vec<f32> = values.into_iter().map(f32::from).collect();
            let mask = Mask::of(shape, &values, |v| v < 0.5);
            let places: Vec<[usize; 3]> =
                (0..3).flat_map(|z| (0..4).flat_map(move |y| (0..70).map(move |x| [z, y, x]))).collect();
            let distance = |a: [usize; 3], b: [usize; 3]| {
                (0..3).map(|i| (a[i].abs_diff(b[i]) as f64 * spacing[i]).powi(2)).sum::<f64>().sqrt()
            };
            let (wide, narrow) = (dilated(&mask, mm, spacing), eroded(&mask, mm, spacing));
            for &at in &places {
                let near = |inside: bool| {
                    places.iter().filter(|&&p| mask.holds(p) == inside).any(|&p| distance(at, p) <= mm)
                };
                prop_assert_eq!(wide.holds(at), near(true));
                prop_assert_eq!(narrow.holds(at), !near(false));
            }
        }
    }
}
