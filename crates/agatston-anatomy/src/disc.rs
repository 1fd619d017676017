//! How much a place looks like a cross-section of the aorta: a disc of blood with a rim of fat or lung.
//!
//! ```text
//! for 16 rays from the centre: least of the samples within the wall, sample half-way, least of those beyond
//! ring = how far the HU drops over the wall, 0 to 1, mean of the rays
//! hole = share of samples that are no blood
//! score = ring - hole, 0 at least
//! ```
//!
//! Rows of centres are scored at once, so that the samples of a ray are neighbours in memory.

use crate::{parameters::Parameters, voxels::nearest};
use ndarray::ArrayView2;
use std::ops::Range;

/// Candidate centres and radii of discs.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Slices of the work grid.
    pub(crate) slices: Range<usize>,
    /// Rows of the centres.
    pub(crate) rows: Range<usize>,
    /// Columns of the centres.
    pub(crate) columns: Range<usize>,
    /// Radii, mm.
    pub(crate) radii: Vec<f64>,
}

impl Window {
    /// Number of scores of a slice.
    pub(crate) fn scores(&self) -> usize {
        self.radii.len() * self.rows.len() * self.columns.len()
    }
}

/// Where the samples of a ray lie from the centre: two within the wall, one half-way, three beyond; rows and columns.
type Ray = [[isize; 2]; 6];

/// The samples of every radius.
pub(crate) struct Rays {
    of_radius: Vec<Vec<Ray>>,
    margin: usize,
}

impl Rays {
    /// For radii in mm on slices of this spacing, `[rows, columns]`.
    pub(crate) fn new(radii: &[f64], spacing_mm: [f64; 2], p: &Parameters) -> Self {
        let ray = |radius: f64, turn: u16| {
            let angle = std::f64::consts::TAU * f64::from(turn) / f64::from(p.disc.rays);
            let at = |mm: f64| {
                [nearest(mm * angle.sin() / spacing_mm[0]), nearest(mm * angle.cos() / spacing_mm[1])]
            };
            let [inner, near] = p.disc.ray_inside_mm;
            let [a, b, c] = p.disc.ray_outside_mm;
            [radius - inner, radius - near, 0.5 * radius, radius + a, radius + b, radius + c].map(at)
        };
        let of_radius: Vec<Vec<Ray>> =
            radii.iter().map(|&radius| (0..p.disc.rays).map(|turn| ray(radius, turn)).collect()).collect();
        let steps = of_radius.iter().flatten().flatten().flatten();
        let margin = steps.map(|step| step.unsigned_abs()).max().unwrap_or(0);
        Self { of_radius, margin }
    }

    /// Scores every centre and radius of a slice, ordered by radius, row, column.
    pub(crate) fn score(&self, slice: ArrayView2<'_, f32>, window: &Window, p: &Parameters) -> Vec<f32> {
        let padded = self.padded(slice, window, p);
        let mut scores = vec![0.0; window.scores()];
        let (rows, columns) = (window.rows.len(), window.columns.len());
        let mut ring = vec![0.0_f32; columns];
        let mut hole = vec![0.0_f32; columns];
        for (rays, scores) in self.of_radius.iter().zip(scores.chunks_exact_mut(rows * columns)) {
            for (row, scores) in scores.chunks_exact_mut(columns).enumerate() {
                ring.fill(0.0);
                hole.fill(0.0);
                for ray in rays {
                    let samples = ray.map(|step| self.samples(&padded, row, step, columns));
                    add(samples, &mut ring, &mut hole, p);
                }
                let rays = f32::from(p.disc.rays);
                for ((score, ring), hole) in scores.iter_mut().zip(&ring).zip(&hole) {
                    *score = (ring / rays - hole / rays).max(0.0);
                }
            }
        }
        scores
    }

    /// The clipped HU of a window and of what rays reach beyond it; the edge of the slice is repeated outwards.
    fn padded(&self, slice: ArrayView2<'_, f32>, window: &Window, p: &Parameters) -> Padded {
        let (rows, columns) = slice.dim();
        let m = self.margin;
        let [low, high] = p.disc.clip_hu;
        let (height, width) = (window.rows.len() + 2 * m, window.columns.len() + 2 * m);
        let at = |first: usize, i: usize, last: usize| (first + i).saturating_sub(m).min(last - 1);
        let mut values = Vec::with_capacity(height * width);
        for y in 0..height {
            let row = slice.row(at(window.rows.start, y, rows));
            let clipped = |x: usize| row[at(window.columns.start, x, columns)].clamp(low, high);
            values.extend((0..width).map(clipped));
        }
        Padded { values, width }
    }

    /// The samples one step away from the centres of a row.
    fn samples<'a>(&self, padded: &'a Padded, row: usize, step: [isize; 2], columns: usize) -> &'a [f32] {
        let y = (row + self.margin).strict_add_signed(step[0]);
        let x = self.margin.strict_add_signed(step[1]);
        &padded.values[y * padded.width + x..][..columns]
    }
}

/// A window and what is around it, row by row.
struct Padded {
    values: Vec<f32>,
    width: usize,
}

/// Adds one ray of every centre.
fn add([inner, near, middle, a, b, c]: [&[f32]; 6], ring: &mut [f32], hole: &mut [f32], p: &Parameters) {
    let most = p.disc.inside_most_hu;
    let (below, over) = (p.disc.hole_below_hu, p.disc.hole_over_hu);
    for i in 0..ring.len() {
        let within = lesser(lesser(inner[i], near[i]), most);
        let beyond = lesser(lesser(a[i], b[i]), c[i]);
        ring[i] += ((lesser(within, middle[i]) - beyond) / p.disc.contrast_hu).clamp(0.0, 1.0);
        let holes = [within < below, middle[i] < below, middle[i] > over];
        hole[i] += holes.iter().map(|&is_hole| if is_hole { 1.0 } else { 0.0 }).sum::<f32>();
    }
}

/// The lesser of two numbers, neither NaN: one instruction, where `f32::min` needs four.
fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voxels::count;
    use ndarray::Array2;

    fn score_of(hu: impl Fn(f64) -> f32, radius: f64) -> f32 {
        let p = Parameters::shipped();
        let slice = Array2::from_shape_fn((81, 81), |(y, x)| {
            let (y, x) = (count(y) - 40.0, count(x) - 40.0);
            hu((y * y + x * x).sqrt())
        });
        let window = Window { slices: 0..1, rows: 40..41, columns: 40..41, radii: vec![radius] };
        Rays::new(&window.radii, [1.0, 1.0], p).score(slice.view(), &window, p)[0]
    }

    /// Blood of 40 HU to the radius, then fat: the drop of 140 HU counts in full on every ray.
    #[test]
    fn a_disc_of_blood_in_fat_is_perfect_and_one_in_blood_is_nothing() {
        assert_eq!(score_of(|mm| if mm <= 16.0 { 40.0 } else { -100.0 }, 16.0), 1.0);
        assert_eq!(score_of(|_| 40.0, 16.0), 0.0);
    }

    /// By hand: a drop from 40 to 20 HU is half of what counts in full; blood of 100 HU half-way is a hole in each of 16 rays.
    #[test]
    fn half_a_drop_and_a_hole() {
        assert_eq!(score_of(|mm| if mm <= 16.0 { 40.0 } else { 20.0 }, 16.0), 0.5);
        let contrast = |mm: f64| if mm <= 16.0 { 95.0 } else { -100.0 };
        assert_eq!(score_of(contrast, 16.0), 0.0);
        // A rim of fat 2 mm thin is seen by the sample 1 mm beyond the wall, though there is blood again behind it.
        let rim = |mm: f64| if (16.5..18.5).contains(&mm) { -100.0 } else { 40.0 };
        assert_eq!(score_of(rim, 16.0), 1.0);
    }

    /// Centres at the corner: beyond the slice its edge goes on.
    #[test]
    fn the_edge_is_repeated() {
        let p = Parameters::shipped();
        let slice = Array2::from_elem((30, 30), 40.0);
        let window = Window { slices: 0..1, rows: 0..3, columns: 27..30, radii: vec![12.0, 24.0] };
        let scores = Rays::new(&window.radii, [2.0, 2.0], p).score(slice.view(), &window, p);
        assert_eq!(scores, vec![0.0; 18]);
    }
}
