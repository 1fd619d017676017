//! How an axial slice is turned for a reader: the patient's right on the left of the picture, the front on top.
//!
//! Rows and columns may be stored in any direction, of patients on their back or not, head or feet first: what counts
//! is which way they run in the patient. Left out: what of a slice is shown.

use agatston_core::Geometry;

/// Where each stored pixel is in the picture. A picture has rows `down` and columns `across`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    /// Rows and columns of the whole picture.
    pub(super) size: [u32; 2],
    /// Distance from row to row and from column to column of the picture, mm.
    pub(super) pixel_mm: [f64; 2],
    /// Whether stored columns run along the picture's rows, from top to bottom or the other way.
    is_transposed: bool,
    /// Whether what is stored last along each direction of the picture comes first.
    is_reversed: [bool; 2],
}

impl View {
    /// The view of the slices of a grid.
    pub(super) fn of(g: &Geometry) -> Self {
        let stored = [u32::from(g.rows), u32::from(g.columns)];
        let [row_x, row_y, _] = g.row_dir;
        let [column_x, column_y, _] = g.column_dir;
        let is_transposed = row_y.abs() > row_x.abs();
        let swap = |[a, b]: [u32; 2]| if is_transposed { [b, a] } else { [a, b] };
        let [row_mm, column_mm] = g.spacing_mm;
        let (down, across) = if is_transposed { (row_y, column_x) } else { (column_y, row_x) };
        Self {
            size: swap(stored),
            pixel_mm: if is_transposed { [column_mm, row_mm] } else { [row_mm, column_mm] },
            is_transposed,
            // The patient's left and back are +x and +y, the right and the lower side of the picture.
            is_reversed: [down < 0.0, across < 0.0],
        }
    }

    /// Row and column in the picture of a stored pixel.
    pub(super) fn place(&self, row: u16, column: u16) -> [u32; 2] {
        let stored = [u32::from(row), u32::from(column)];
        let [a, b] = stored;
        self.reversed(if self.is_transposed { [b, a] } else { stored })
    }

    /// Stored row and column of a pixel of the picture.
    pub(super) fn source(&self, place: [u32; 2]) -> [usize; 2] {
        let [a, b] = self.reversed(place).map(|x| x as usize);
        if self.is_transposed { [b, a] } else { [a, b] }
    }

    /// Whether pixels that are stored side by side in a row are side by side in the picture.
    pub(super) fn keeps_rows(&self) -> bool {
        !self.is_transposed
    }

    fn reversed(&self, [down, across]: [u32; 2]) -> [u32; 2] {
        let ([rows, columns], [from_below, from_right]) = (self.size, self.is_reversed);
        let down = if from_below { rows - 1 - down } else { down };
        [down, if from_right { columns - 1 - across } else { across }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of three columns, row and column spacing 0.5 and 0.75 mm.
    fn view(row_dir: [f64; 3], column_dir: [f64; 3]) -> View {
        View::of(&Geometry {
            rows: 2,
            columns: 3,
            spacing_mm: [0.5, 0.75],
            increment_mm: 3.0,
            origin_lps_mm: [0.0; 3],
            row_dir,
            column_dir,
            normal: [0.0, 0.0, 1.0],
        })
    }

    /// Where the first stored pixel is in the picture, and where the one to its right is.
    fn check(row_dir: [f64; 3], column_dir: [f64; 3], expected: [[u32; 2]; 2]) {
        let view = view(row_dir, column_dir);
        assert_eq!([view.place(0, 0), view.place(0, 1)], expected, "{row_dir:?} {column_dir:?}");
        for row in 0..2 {
            for column in 0..3 {
                let source = view.source(view.place(row, column));
                assert_eq!(source, [usize::from(row), usize::from(column)]);
            }
        }
    }

    const LEFT: [f64; 3] = [1.0, 0.0, 0.0];
    const RIGHT: [f64; 3] = [-1.0, 0.0, 0.0];
    const BACK: [f64; 3] = [0.0, 1.0, 0.0];
    const FRONT: [f64; 3] = [0.0, -1.0, 0.0];

    #[test]
    fn pixels_come_to_where_radiology_puts_them() {
        check(LEFT, BACK, [[0, 0], [0, 1]]); // on the back, as most are stored
        check(RIGHT, FRONT, [[1, 2], [1, 1]]); // on the front: the first pixel is left and posterior
        check(RIGHT, BACK, [[0, 2], [0, 1]]); // mirrored
        check(LEFT, FRONT, [[1, 0], [1, 1]]); // upside down
        check(BACK, LEFT, [[0, 0], [1, 0]]); // columns stored as rows
        check(FRONT, RIGHT, [[2, 1], [1, 1]]); // on a side: both reversed
    }

    #[test]
    fn spacing_follows_the_turn() {
        assert_eq!((view(LEFT, BACK).size, view(LEFT, BACK).pixel_mm), ([2, 3], [0.5, 0.75]));
        assert_eq!((view(BACK, LEFT).size, view(BACK, LEFT).pixel_mm), ([3, 2], [0.75, 0.5]));
    }
}
