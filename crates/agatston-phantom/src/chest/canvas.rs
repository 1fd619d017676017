//! One plane of the chest: bodies are filled row by row, the later over the earlier. Pixels that an outline
//! cuts are mixed along the row; across the rows the point spread smooths the steps.

use super::solid::{Ellipsoid, Part, Solid, Stack, Tube};
use crate::volume::as_f64;

/// The pixels of a slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grid {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Distance between rows and between columns in mm.
    pub(super) spacing_mm: [f64; 2],
    /// Centre of the first pixel, x and y in mm.
    pub(super) origin_mm: [f64; 2],
}

impl Grid {
    fn row_mm(&self, row: usize) -> f64 {
        self.origin_mm[1] + as_f64(row) * self.spacing_mm[0]
    }

    /// The rows whose middle lies between two heights.
    fn rows_between(&self, low: f64, high: f64) -> std::ops::Range<usize> {
        let at = |y: f64| (y - self.origin_mm[1]) / self.spacing_mm[0];
        let first = at(low).ceil().max(0.0);
        let end = (at(high).floor() + 1.0).min(as_f64(self.rows));
        if first < end { index_of(first)..index_of(end) } else { 0..0 }
    }
}

/// A plane that is being painted, in HU, row by row.
pub(super) struct Canvas {
    pub(super) grid: Grid,
    pub(super) pixels: Vec<f32>,
}

impl Canvas {
    pub(super) fn new(grid: Grid) -> Self {
        Self { grid, pixels: vec![0.0; grid.rows * grid.columns] }
    }

    /// Paints the section of a part at height z.
    pub(super) fn paint(&mut self, part: &Part, z: f64) {
        match &part.solid {
            Solid::Ellipsoid(ellipsoid) => self.ellipsoid(ellipsoid, z, part.hu),
            Solid::Tube(tube) => self.tube(tube, z, part.hu),
            Solid::Stack(stack) => self.stack(stack, z, part),
        }
    }

    fn ellipsoid(&mut self, ellipsoid: &Ellipsoid, z: f64, hu: f64) {
        let dz = z - ellipsoid.centre[2];
        let [xx, xy, xz, yy, yz, zz] = ellipsoid.form();
        let ([cx, cy, _], reach) = (ellipsoid.centre, ellipsoid.reach(1));
        for row in self.grid.rows_between(cy - reach, cy + reach) {
            let y = self.grid.row_mm(row) - cy;
            let middle = -(xy * y + xz * dz) / xx;
            let rest = yy * y * y + zz * dz * dz + 2.0 * yz * y * dz - 1.0;
            let square = middle * middle - rest / xx;
            if square > 0.0 {
                let half = square.sqrt();
                self.span(row, [cx + middle - half, cx + middle + half], hu);
            }
        }
    }

    fn tube(&mut self, tube: &Tube, z: f64, hu: f64) {
        for [x, y, height, radius] in &tube.beads {
            let square = radius * radius - (z - height) * (z - height);
            if square > 0.0 {
                self.disc([*x, *y], square.sqrt(), hu);
            }
        }
    }

    fn disc(&mut self, [x, y]: [f64; 2], radius: f64, hu: f64) {
        for row in self.grid.rows_between(y - radius, y + radius) {
            let dy = self.grid.row_mm(row) - y;
            let half = (radius * radius - dy * dy).max(0.0).sqrt();
            self.span(row, [x - half, x + half], hu);
        }
    }

    fn stack(&mut self, stack: &Stack, z: f64, part: &Part) {
        let height = ((z - stack.lowest) / stack.step).clamp(0.0, as_f64(stack.outlines.len() - 1));
        let below = index_of(height.floor()).min(stack.outlines.len() - 2);
        let share = height - as_f64(below);
        let (lower, upper) = (&stack.outlines[below], &stack.outlines[below + 1]);
        let mix = |axis: usize, corner: usize| {
            lower[corner][axis] + share * (upper[corner][axis] - lower[corner][axis])
        };
        let corners: Vec<[f64; 2]> =
            (0..lower.len()).map(|corner| [mix(0, corner), mix(1, corner)]).collect();
        for [(row, from), (_, to)] in self.crossings(&corners) {
            self.span(row, [from, to], part.hu + part.hu_per_mm * self.grid.row_mm(row));
        }
    }

    /// Where the rows enter and leave a closed outline.
    fn crossings(&self, corners: &[[f64; 2]]) -> Vec<[(usize, f64); 2]> {
        let mut crossings = Vec::with_capacity(2 * self.grid.rows);
        for (index, from) in corners.iter().enumerate() {
            let to = corners[(index + 1) % corners.len()];
            let (low, high) = if from[1] <= to[1] { (*from, to) } else { (to, *from) };
            for row in self.grid.rows_between(low[1], high[1]) {
                let y = self.grid.row_mm(row);
                if low[1] < y && y <= high[1] {
                    crossings.push((row, low[0] + (y - low[1]) / (high[1] - low[1]) * (high[0] - low[0])));
                }
            }
        }
        crossings.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        crossings.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()
    }

    /// Fills a row from x to x in mm and mixes the pixels at its ends.
    fn span(&mut self, row: usize, [from, to]: [f64; 2], hu: f64) {
        let edge = |x: f64| {
            let column = (x - self.grid.origin_mm[0]) / self.grid.spacing_mm[1] + 0.5;
            column.clamp(0.0, as_f64(self.grid.columns))
        };
        let (from, to, hu) = (edge(from), edge(to), single(hu));
        if from >= to {
            return;
        }
        let pixels = &mut self.pixels[row * self.grid.columns..][..self.grid.columns];
        let (first, last) = (index_of(from.floor()), index_of(to.floor()));
        if first == last {
            pixels[first] += single(to - from) * (hu - pixels[first]);
            return;
        }
        pixels[first] += single(as_f64(first) + 1.0 - from) * (hu - pixels[first]);
        pixels[first + 1..last].fill(hu);
        if let Some(pixel) = pixels.get_mut(last) {
            *pixel += single(to - as_f64(last)) * (hu - *pixel);
        }
    }
}

/// A whole number that is not negative as an index.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within a grid")]
pub(super) fn index_of(whole: f64) -> usize {
    whole as usize
}

/// In single precision, as pixels are painted: HU need no more than seven digits.
#[expect(clippy::cast_possible_truncation, reason = "rounded on purpose")]
pub(super) fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canvas() -> Canvas {
        Canvas::new(Grid { rows: 5, columns: 5, spacing_mm: [1.0, 1.0], origin_mm: [-2.0, -2.0] })
    }

    /// A square from -1 to 1.25 covers half of the pixel at -1, all of that at 0 and three quarters of that at 1.
    #[test]
    fn ends_of_a_row_are_mixed() {
        let mut canvas = canvas();
        let square = vec![[-1.0, -1.5], [1.25, -1.5], [1.25, 0.5], [-1.0, 0.5]];
        canvas.paint(&Part::stack(Stack::prism(square, [0.0, 1.0]), 100.0), 0.5);
        assert_eq!(canvas.pixels[5..10], [0.0, 50.0, 100.0, 75.0, 0.0]);
        assert_eq!(canvas.pixels[15..20], [0.0; 5]);
    }

    /// A ball of radius 2 and the bead of a tube of radius 2 are the same disc.
    #[test]
    fn balls_and_beads_agree() {
        let (mut ball, mut bead) = (canvas(), canvas());
        ball.paint(&Part::ellipsoid(&Ellipsoid::upright([0.0; 3], [2.0; 3]), 40.0), 1.0);
        bead.paint(&Part::tube(&Tube { beads: vec![[0.0, 0.0, 0.0, 2.0]] }, 40.0), 1.0);
        assert!(ball.pixels.iter().zip(&bead.pixels).all(|(a, b)| (a - b).abs() < 1e-4));
        assert_eq!(ball.pixels[12], 40.0);
    }
}
