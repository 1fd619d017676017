//! Lesions in patient space: where each is, and the boxes of its foci around its centroid.
//!
//! A result tells the centroid of a lesion in millimetres and its foci in indices. Which way rows and columns run is told by
//! the lesions themselves where there are several, else as of a patient on the back, head first. A scan whose rows run
//! from head to foot is refused long before.

use crate::result::{FocusRecord, LesionRecord, ResultDocument, SeriesRecord};

/// A box with sides along the patient's axes, LPS, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Block {
    pub(super) low: [f64; 3],
    pub(super) high: [f64; 3],
}

/// A lesion and where it is.
#[derive(Clone, Debug)]
pub(super) struct Placed<'a> {
    pub(super) lesion: &'a LesionRecord,
    /// Boxes of its foci, from its centroid; none without a voxel grid.
    pub(super) blocks: Vec<Block>,
    /// What holds all of them, and the centroid.
    pub(super) hull: Block,
}

/// The voxel grid of a result.
#[derive(Clone, Copy, Debug)]
struct Grid {
    /// From column to column, from row to row, from slice to slice, with the sign of the patient's axis, mm.
    step_mm: [f64; 3],
}

/// The lesions of a result.
pub(super) fn placed(document: &ResultDocument) -> Vec<Placed<'_>> {
    let grid = document.series.as_ref().and_then(|series| Grid::new(series, &document.lesions));
    document.lesions.iter().map(|lesion| Placed::new(lesion, grid)).collect()
}

/// How far apart slices are, mm.
pub(super) fn increment_mm(document: &ResultDocument) -> f64 {
    document.series.as_ref().and_then(|s| s.increment_mm).unwrap_or(0.0)
}

impl Block {
    /// Whether two boxes, this one moved, are at most `gap_mm` apart along each axis.
    pub(super) fn meets(&self, by: [f64; 3], other: &Self, gap_mm: [f64; 3]) -> bool {
        let along = |((((low, high), by), (other_low, other_high)), gap): Axis| {
            low + by <= other_high + gap && other_low <= high + by + gap
        };
        let sides = self.low.into_iter().zip(self.high).zip(by);
        sides.zip(other.low.into_iter().zip(other.high)).zip(gap_mm).all(along)
    }

    fn with(&self, other: &Self) -> Self {
        let each = |f: fn(f64, f64) -> f64, a: [f64; 3], b: [f64; 3]| {
            let ([x, y, z], [u, v, w]) = (a, b);
            [f(x, u), f(y, v), f(z, w)]
        };
        Self { low: each(f64::min, self.low, other.low), high: each(f64::max, self.high, other.high) }
    }
}

/// Low and high, how far they move, low and high of the other, gap.
type Axis = ((((f64, f64), f64), (f64, f64)), f64);

impl Grid {
    fn new(series: &SeriesRecord, lesions: &[LesionRecord]) -> Option<Self> {
        let [row_mm, column_mm] = series.pixel_spacing_mm?;
        let [x, y] = signs(lesions);
        Some(Self { step_mm: [x * column_mm, y * row_mm, series.increment_mm?] })
    }

    /// From one index `[column, row, slice]` to another, mm.
    fn offset(&self, from: [f64; 3], to: [f64; 3]) -> [f64; 3] {
        let ([a, b, c], [x, y, z], [i, j, k]) = (from, to, self.step_mm);
        [(x - a) * i, (y - b) * j, (z - c) * k]
    }
}

/// Whether columns run to the patient's left, and rows to the back: 1, else -1.
fn signs(lesions: &[LesionRecord]) -> [f64; 2] {
    let count = lesions.len().max(1) as f64;
    let sign = |position: fn(&LesionRecord) -> f64, index: fn(&LesionRecord) -> f64| {
        let mean = |of: fn(&LesionRecord) -> f64| lesions.iter().map(of).sum::<f64>() / count;
        let (p, i) = (mean(position), mean(index));
        let together: f64 = lesions.iter().map(|l| (position(l) - p) * (index(l) - i)).sum();
        if together < 0.0 { -1.0 } else { 1.0 }
    };
    let x = sign(|l| l.centroid_lps_mm[0], |l| middle(l.bounding_box.columns));
    let y = sign(|l| l.centroid_lps_mm[1], |l| middle(l.bounding_box.rows));
    [x, y]
}

fn middle([first, last]: [u16; 2]) -> f64 {
    (f64::from(first) + f64::from(last)) / 2.0
}

impl<'a> Placed<'a> {
    fn new(lesion: &'a LesionRecord, grid: Option<Grid>) -> Self {
        let blocks = grid.map(|grid| blocks(lesion, grid)).unwrap_or_default();
        let point = Block { low: [0.0; 3], high: [0.0; 3] };
        let hull = blocks.iter().fold(point, |hull, block| hull.with(block));
        Self { lesion, blocks, hull }
    }

    /// Centroid, LPS, mm.
    pub(super) fn centroid(&self) -> [f64; 3] {
        self.lesion.centroid_lps_mm
    }

    /// Volume, mm3.
    pub(super) fn volume_mm3(&self) -> f64 {
        self.lesion.measures.volume_mm3.unwrap_or_default()
    }
}

/// The boxes of the foci; of all voxels at once where the result does not list foci.
fn blocks(lesion: &LesionRecord, grid: Grid) -> Vec<Block> {
    if lesion.foci.is_empty() {
        let b = &lesion.bounding_box;
        let centre = [middle(b.columns), middle(b.rows), middle(b.slices)];
        return vec![block(grid, centre, [b.columns, b.rows], b.slices.map(f64::from))];
    }
    // The centroid in indices: foci are small, so that the middle of each box stands for its voxels.
    let pixels: f64 = lesion.foci.iter().map(weight).sum();
    let mean =
        |of: fn(&FocusRecord) -> f64| lesion.foci.iter().map(|f| of(f) * weight(f)).sum::<f64>() / pixels;
    let centre = [mean(|f| middle(f.columns)), mean(|f| middle(f.rows)), mean(|f| f.slice as f64)];
    lesion.foci.iter().map(|f| block(grid, centre, [f.columns, f.rows], [f.slice as f64; 2])).collect()
}

fn weight(focus: &FocusRecord) -> f64 {
    (focus.pixels as f64).max(1.0)
}

/// From the outer edges of the first voxels to those of the last.
fn block(grid: Grid, centre: [f64; 3], [columns, rows]: [[u16; 2]; 2], slices: [f64; 2]) -> Block {
    let corner = |i: fn([f64; 2]) -> f64, half: f64| {
        let [c, r] = [columns, rows].map(|range| i(range.map(f64::from)) + half);
        grid.offset(centre, [c, r, i(slices) + half])
    };
    let (a, b) = (corner(|[first, _]| first, -0.5), corner(|[_, last]| last, 0.5));
    let point = |p| Block { low: p, high: p };
    point(a).with(&point(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::sample::{lesion, side};

    /// Pixels of 0.5 mm, slices of 3 mm: a focus of 8 x 8 pixels in one slice is 4 x 4 x 3 mm.
    #[test]
    fn the_box_of_one_focus() {
        let side = side(&[lesion("LAD", [10.0, 20.0, 30.0], 4.0)]);
        let lesions = placed(&side.document);
        let expected = Block { low: [-2.0, -2.0, -1.5], high: [2.0, 2.0, 1.5] };
        assert_eq!(lesions[0].blocks, [expected]);
        assert_eq!(lesions[0].hull, expected);
    }

    #[test]
    fn boxes_that_nearly_touch() {
        let a = Block { low: [-1.0; 3], high: [1.0; 3] };
        let gap = [1.0, 1.0, 1.5];
        assert!(a.meets([2.9, 0.0, 0.0], &a, gap) && a.meets([3.0, 0.0, 0.0], &a, gap));
        assert!(!a.meets([3.1, 0.0, 0.0], &a, gap) && !a.meets([0.0, -3.1, 0.0], &a, gap));
        assert!(a.meets([0.0, 0.0, -3.5], &a, gap) && !a.meets([0.0, 0.0, -3.6], &a, gap));
    }

    /// Of a patient on the belly rows and columns run the other way; two lesions tell.
    #[test]
    fn which_way_rows_run() {
        let mut side = side(&[lesion("LAD", [0.0, 0.0, 0.0], 4.0), lesion("LAD", [30.0, 20.0, 0.0], 4.0)]);
        assert_eq!(signs(&side.document.lesions), [1.0, 1.0]);
        side.document.lesions.iter_mut().for_each(|l| l.centroid_lps_mm = l.centroid_lps_mm.map(|x| -x));
        assert_eq!(signs(&side.document.lesions), [-1.0, -1.0]);
        assert_eq!(signs(&[]), [1.0, 1.0]);
    }
}
