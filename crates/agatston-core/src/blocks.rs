//! Sums over blocks of pixels: the mean and spread of small squares of a plane, gathered while it is scanned.
//!
//! They are what the anatomy looks at, since pixels are dropped. Left out: what the blocks of several slices come to, and what
//! they show.

use crate::{Plane, Rescale};
use ndarray::ArrayView1;

/// Lowest HU that is told apart: 12-bit CT begins here, and what is below is air or padding.
const LOWEST_HU: f64 = -1024.0;

/// Highest HU that is told apart: 12-bit CT ends here, and what is above is metal.
const HIGHEST_HU: f64 = 3071.0;

/// No scanner measures less: what is below was never measured, declared as padding or not.
pub const LEAST_MEASURED_HU: f64 = -1500.0;

/// HU of water, which stands where nothing was measured: neither air nor bone, so that a lung ends at the edge of the
/// reconstructed circle.
const NOTHING_HU: f64 = 0.0;

/// How a plane is divided into blocks; what is left over at its edges is in none. All in pixels, `[rows, columns]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockGrid {
    /// Size of a block, at least one.
    pub size: [u16; 2],
    /// First pixel of the first block.
    pub first: [u16; 2],
    /// Number of blocks.
    pub count: [u16; 2],
}

impl BlockGrid {
    /// Number of pixels of a block.
    pub fn pixels(&self) -> u32 {
        self.size.iter().map(|&n| u32::from(n)).product()
    }

    /// First pixel and the one after the last, along an axis.
    fn span(&self, axis: usize) -> std::ops::Range<usize> {
        let first = usize::from(self.first[axis]);
        first..first + usize::from(self.size[axis]) * usize::from(self.count[axis])
    }
}

/// The sums of the blocks of one plane, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocks {
    /// How the plane was divided.
    pub grid: BlockGrid,
    /// Stored value that is counted as 0: about -1024 HU. Values below count as it, those over 3071 HU as 3071 HU; padding and what no scanner measures count
    /// as water.
    pub low: i16,
    /// Sum over the pixels of a block of what they are over `low`, in stored units.
    pub sums: Vec<u32>,
    /// Sum of the squares of the same.
    pub squares: Vec<u64>,
}

/// Blocks in the making.
#[derive(Debug)]
pub(crate) struct BlockSums {
    blocks: Blocks,
    levels: Levels,
    /// So many rows can be added before the sum of the squares of a column might overflow.
    rows_at_once: usize,
}

/// Stored values between which a pixel is told apart.
#[derive(Clone, Copy, Debug)]
struct Levels {
    low: i16,
    high: i16,
    /// Smallest value that can have been measured.
    measured: i16,
    /// What water is over `low`.
    water: u16,
}

/// Sums of columns since they were last given to the blocks: working memory.
#[derive(Debug, Default)]
pub(crate) struct ColumnSums {
    sums: Vec<u32>,
    squares: Vec<u32>,
    over: Vec<u16>,
    rows: usize,
}

impl Levels {
    fn new(rescale: Rescale) -> Self {
        let low = rescale.at_least(LOWEST_HU).unwrap_or(i16::MAX);
        let high = rescale.above(HIGHEST_HU).map_or(i16::MAX, |above| above.saturating_sub(1)).max(low);
        let measured = rescale.at_least(LEAST_MEASURED_HU).unwrap_or(i16::MAX);
        let water = rescale.at_least(NOTHING_HU).unwrap_or(i16::MAX).clamp(low, high);
        Self { low, high, measured, water: water.abs_diff(low) }
    }

    /// What a pixel is over `low`.
    #[inline]
    fn over(self, stored: i16) -> u16 {
        let over = stored.clamp(self.low, self.high).wrapping_sub(self.low).cast_unsigned();
        if stored < self.measured { self.water } else { over }
    }
}

impl BlockSums {
    pub(crate) fn new(grid: BlockGrid, rescale: Rescale, columns: &mut ColumnSums) -> Self {
        let levels = Levels::new(rescale);
        let blocks = grid.count.iter().map(|&n| usize::from(n)).product();
        columns.clear(grid.span(1).len());
        let most = u32::from(levels.high.abs_diff(levels.low)).max(1);
        Self {
            blocks: Blocks { grid, low: levels.low, sums: vec![0; blocks], squares: vec![0; blocks] },
            levels,
            rows_at_once: (u32::MAX / (most * most)).max(1) as usize,
        }
    }

    /// Takes the next rows of a plane, the first of which has index `first`.
    pub(crate) fn take(&mut self, plane: &Plane<'_>, first: usize, columns: &mut ColumnSums) {
        let rows = self.blocks.grid.span(0);
        let height = usize::from(self.blocks.grid.size[0]);
        for (row, index) in plane.stored.rows().into_iter().zip(first..).filter(|(_, i)| rows.contains(i)) {
            self.row(row, plane, columns);
            let done = index - rows.start + 1;
            if done.is_multiple_of(height) || columns.rows == self.rows_at_once {
                self.give((done - 1) / height, columns);
            }
        }
    }

    fn row(&self, row: ArrayView1<'_, i16>, plane: &Plane<'_>, columns: &mut ColumnSums) {
        let levels = self.levels;
        let wanted = self.blocks.grid.span(1);
        match (row.as_slice(), plane.padding) {
            // Slices of one length, so that many pixels are done at once.
            (Some(row), None) => {
                columns
                    .over
                    .iter_mut()
                    .zip(&row[wanted])
                    .for_each(|(over, &stored)| *over = levels.over(stored));
            }
            (_, padding) => {
                let value = |&stored: &i16| match padding {
                    Some(padding) if padding.contains(stored) => levels.water,
                    _ => levels.over(stored),
                };
                let values = row.iter().skip(wanted.start).map(value);
                columns.over.iter_mut().zip(values).for_each(|(over, value)| *over = value);
            }
        }
        columns.add();
    }

    /// Gives the sums of the columns to the blocks of a row.
    fn give(&mut self, row: usize, columns: &mut ColumnSums) {
        let (size, count) = (usize::from(self.blocks.grid.size[1]), usize::from(self.blocks.grid.count[1]));
        let of_row = row * count..(row + 1) * count;
        for (block, own) in self.blocks.sums[of_row.clone()].iter_mut().zip(columns.sums.chunks_exact(size)) {
            *block += own.iter().sum::<u32>();
        }
        for (block, own) in self.blocks.squares[of_row].iter_mut().zip(columns.squares.chunks_exact(size)) {
            *block += own.iter().map(|&squares| u64::from(squares)).sum::<u64>();
        }
        columns.clear(columns.sums.len());
    }

    /// The sums; rows that never came count as air.
    pub(crate) fn finish(self) -> Blocks {
        self.blocks
    }
}

impl ColumnSums {
    fn clear(&mut self, columns: usize) {
        self.sums.clear();
        self.sums.resize(columns, 0);
        self.squares.clear();
        self.squares.resize(columns, 0);
        self.over.resize(columns, 0);
        self.rows = 0;
    }

    /// Adds the row that stands in `over`.
    fn add(&mut self) {
        for ((&over, sum), squares) in self.over.iter().zip(&mut self.sums).zip(&mut self.squares) {
            let over = u32::from(over);
            *sum += over;
            *squares += over * over;
        }
        self.rows += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Padding, ScanSpec, Scratch, scan};
    use ndarray::{Array2, s};

    fn blocks(stored: &Array2<i16>, grid: BlockGrid, rescale: Rescale, padding: Option<Padding>) -> Blocks {
        let spec = ScanSpec { blocks: Some((grid, rescale)), ..ScanSpec::default() };
        let plane = Plane { stored: stored.view(), padding };
        scan(&plane, None, &spec, &mut Scratch::new()).blocks.unwrap()
    }

    /// By hand, blocks of 2 x 3 from pixel (1, 1) of a plane of 4 x 8: two blocks, the row 3 and the column 7 are in none. HU are stored
    /// less 1000, so that -24 stored is -1024 HU.
    #[test]
    fn sums_of_squares_by_hand() {
        let rescale = Rescale::new(1.0, -1000.0, 0).unwrap();
        let mut stored = Array2::from_elem((4, 8), 5000);
        stored.slice_mut(s![1..3, 1..4]).assign(&ndarray::array![[-24, -23, -22], [-21, -20, -499]]);
        stored.slice_mut(s![1..3, 4..7]).assign(&ndarray::array![[-24, -24, -24], [-501, 4071, 30_000]]);
        let grid = BlockGrid { size: [2, 3], first: [1, 1], count: [1, 2] };
        let found = blocks(&stored, grid, rescale, None);
        assert_eq!((found.low, grid.pixels()), (-24, 6));
        // 0, 1, 2, 3, 4 and what is below; twice the highest, 3071 + 1024, and water for what no scanner measures.
        assert_eq!(found.sums, [10, 2 * 4095 + 1024]);
        assert_eq!(found.squares, [30, 2 * 4095 * 4095 + 1024 * 1024]);
    }

    /// Padding is water, whatever its value; a plane that is no slice in memory gives the same.
    #[test]
    fn padding_is_water() {
        let rescale = Rescale::new(1.0, 0.0, 0).unwrap();
        let stored = Array2::from_shape_fn((4, 6), |(r, c)| if r == c { 32_000 } else { -1000 });
        let grid = BlockGrid { size: [2, 2], first: [0, 0], count: [2, 3] };
        let padding = Some(Padding { low: 32_000, high: 32_000 });
        let found = blocks(&stored, grid, rescale, padding);
        // Of four pixels, 24 over -1024 each, two are padding in the blocks on the diagonal: 1024 over it.
        let (plain, padded) = (96, 48 + 2048);
        assert_eq!(found.sums, [padded, plain, plain, plain, padded, plain]);
        let mut turned = Array2::zeros((6, 4));
        turned.assign(&stored.t());
        let spec = ScanSpec { blocks: Some((grid, rescale)), ..ScanSpec::default() };
        let plane = Plane { stored: turned.t(), padding };
        assert_eq!(scan(&plane, None, &spec, &mut Scratch::new()).blocks, Some(found));
    }

    /// The sums at the ends of what a stored value and a slope can be.
    #[test]
    fn the_widest_values_fit() {
        let grid = BlockGrid { size: [16, 16], first: [0, 0], count: [1, 1] };
        let stored = Array2::from_elem((16, 16), i16::MAX);
        let fine = blocks(&stored, grid, Rescale::new(0.05, 0.0, 0).unwrap(), None);
        let over = i16::MAX.abs_diff(fine.low);
        assert_eq!(fine.sums, [256 * u32::from(over)]);
        assert_eq!(fine.squares, [256 * u64::from(over).pow(2)]);
        let none = blocks(&stored, grid, Rescale::new(0.001, -3000.0, 0).unwrap(), None);
        assert_eq!((none.low, none.sums[0]), (i16::MAX, 0));
    }
}
