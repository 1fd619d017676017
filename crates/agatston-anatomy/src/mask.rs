//! A set of voxels of the work grid, a bit a voxel: 64 columns a word, so that in-plane steps are shifts.

use std::{iter, ops::Range};

/// Voxels of a grid `[z, y, x]`; bits beyond the last column are never set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    shape: [usize; 3],
    words_a_row: usize,
    words: Vec<u64>,
}

impl Mask {
    /// No voxel of a grid of this shape.
    pub fn empty(shape: [usize; 3]) -> Self {
        let words_a_row = shape[2].div_ceil(64);
        Self { shape, words_a_row, words: vec![0; shape[0] * shape[1] * words_a_row] }
    }

    /// The voxels for which `is_in` says so; `values` in the order of the grid.
    pub(crate) fn of(shape: [usize; 3], values: &[f32], is_in: impl Fn(f32) -> bool) -> Self {
        let mut mask = Self::empty(shape);
        let width = mask.words_a_row;
        for (row, words) in values.chunks_exact(shape[2]).zip(mask.words.chunks_exact_mut(width)) {
            for (values, word) in row.chunks(64).zip(words) {
                *word = values.iter().rev().fold(0, |word, &value| word << 1 | u64::from(is_in(value)));
            }
        }
        mask
    }

    /// Slices, rows and columns.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Whether a voxel `[z, y, x]` is in it.
    pub fn holds(&self, [z, y, x]: [usize; 3]) -> bool {
        self.row(z, y)[x / 64] >> (x % 64) & 1 == 1
    }

    /// The words of a row.
    pub(crate) fn row(&self, z: usize, y: usize) -> &[u64] {
        let from = (z * self.shape[1] + y) * self.words_a_row;
        &self.words[from..from + self.words_a_row]
    }

    pub(crate) fn row_mut(&mut self, z: usize, y: usize) -> &mut [u64] {
        let from = (z * self.shape[1] + y) * self.words_a_row;
        &mut self.words[from..from + self.words_a_row]
    }

    /// Columns of a row from its first voxel to its last.
    pub(crate) fn extent(&self, z: usize, y: usize) -> Option<Range<usize>> {
        let mut stretches = stretches(self.row(z, y));
        let first = stretches.next()?;
        let end = stretches.last().map_or(first.end, |last| last.end);
        Some(first.start..end)
    }

    /// The words of a slice.
    pub(crate) fn slice(&self, z: usize) -> &[u64] {
        let length = self.shape[1] * self.words_a_row;
        &self.words[z * length..][..length]
    }

    pub(crate) fn slice_mut(&mut self, z: usize) -> &mut [u64] {
        let length = self.shape[1] * self.words_a_row;
        &mut self.words[z * length..][..length]
    }

    /// Adds columns of a row.
    pub(crate) fn set(&mut self, z: usize, y: usize, columns: Range<usize>) {
        let row = self.row_mut(z, y);
        for (word, first) in row.iter_mut().zip((0..).step_by(64)) {
            *word |= bits(columns.start.saturating_sub(first), columns.end.saturating_sub(first));
        }
    }

    /// Number of voxels.
    pub fn count(&self) -> usize {
        ones(&self.words)
    }

    /// Number of voxels of a slice.
    pub(crate) fn count_in(&self, z: usize) -> usize {
        ones(self.slice(z))
    }

    /// Whether there is no voxel.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Leaves the voxels that are in the other too.
    #[must_use]
    pub(crate) fn and(self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    /// Leaves the voxels that are not in the other.
    #[must_use]
    pub(crate) fn without(self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    /// The voxels that are not in it.
    #[must_use]
    pub(crate) fn not(mut self) -> Self {
        let last = bits(0, self.shape[2] - 64 * (self.words_a_row - 1));
        for row in self.words.chunks_exact_mut(self.words_a_row) {
            row.iter_mut().for_each(|word| *word = !*word);
            row[row.len() - 1] &= last;
        }
        self
    }

    /// Leaves these slices.
    #[must_use]
    pub(crate) fn only_slices(mut self, slices: Range<usize>) -> Self {
        for z in (0..self.shape[0]).filter(|z| !slices.contains(z)) {
            self.slice_mut(z).fill(0);
        }
        self
    }

    fn with(mut self, other: &Self, both: impl Fn(u64, u64) -> u64) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a = both(*a, *b));
        self
    }

    /// Slices that hold a voxel, from the first to the last.
    pub(crate) fn slices(&self) -> Option<Range<usize>> {
        let held = |z: &usize| self.slice(*z).iter().any(|&word| word != 0);
        Some((0..self.shape[0]).find(held)?..(0..self.shape[0]).rfind(held)? + 1)
    }

    /// Rows that hold a voxel in any slice, from the first to the last.
    pub(crate) fn rows(&self) -> Option<Range<usize>> {
        let held = |y: &usize| (0..self.shape[0]).any(|z| self.row(z, *y).iter().any(|&word| word != 0));
        Some((0..self.shape[1]).find(held)?..(0..self.shape[1]).rfind(held)? + 1)
    }

    /// The values of its voxels, in the order of the grid.
    pub(crate) fn values<'a>(&'a self, values: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        let rows = self.words.chunks_exact(self.words_a_row).zip(values.chunks_exact(self.shape[2]));
        rows.flat_map(|(words, values)| columns(words).map(|x| values[x]))
    }

    /// Every row with its slice and number.
    pub(crate) fn all_rows(&self) -> impl Iterator<Item = (usize, usize, &[u64])> {
        let rows = self.words.chunks_exact(self.words_a_row);
        rows.enumerate().map(|(i, row)| (i / self.shape[1], i % self.shape[1], row))
    }
}

fn ones(words: &[u64]) -> usize {
    words.iter().map(|word| word.count_ones() as usize).sum()
}

/// Bits `from..to`, both cut at 64.
fn bits(from: usize, to: usize) -> u64 {
    let below = |end: usize| if end >= 64 { u64::MAX } else { (1 << end) - 1 };
    below(to) & !below(from)
}

/// Columns of a row, in order.
pub(crate) fn columns(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().zip((0..).step_by(64)).flat_map(|(&word, first)| {
        let mut left = word;
        iter::from_fn(move || {
            let next = (left != 0).then(|| first + left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            next
        })
    })
}

/// Stretches of neighbouring columns of a row, in order.
pub(crate) fn stretches(words: &[u64]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    iter::from_fn(move || {
        let start = find(words, from, true)?;
        from = find(words, start, false).unwrap_or(64 * words.len());
        Some(start..from)
    })
}

/// The first column at or after `from` whose bit is `set`.
fn find(words: &[u64], from: usize, set: bool) -> Option<usize> {
    let first = from / 64;
    words.iter().enumerate().skip(first).find_map(|(i, &word)| {
        let word = if set { word } else { !word };
        let word = if i == first { word & !bits(0, from % 64) } else { word };
        (word != 0).then(|| 64 * i + word.trailing_zeros() as usize)
    })
}

/// Number of columns of a row in a range.
pub(crate) fn count_between(words: &[u64], columns: Range<usize>) -> usize {
    let of = |(&word, first): (&u64, usize)| {
        let within = bits(columns.start.saturating_sub(first), columns.end.saturating_sub(first));
        (word & within).count_ones() as usize
    };
    words.iter().zip((0..).step_by(64)).map(of).sum()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A mask typed as text: slices of rows, `#` is in.
    pub(crate) fn typed(slices: &[&[&str]]) -> Mask {
        let shape = [slices.len(), slices[0].len(), slices[0][0].len()];
        let text: String = slices.iter().flat_map(|rows| rows.iter()).copied().collect();
        let values: Vec<f32> = text.chars().map(|c| f32::from(u8::from(c == '#'))).collect();
        Mask::of(shape, &values, |v| v > 0.5)
    }

    #[test]
    fn stretches_and_columns_cross_words() {
        let mut mask = Mask::empty([1, 1, 150]);
        mask.set(0, 0, 60..70);
        mask.set(0, 0, 127..129);
        mask.set(0, 0, 149..150);
        assert_eq!(stretches(mask.row(0, 0)).collect::<Vec<_>>(), [60..70, 127..129, 149..150]);
        assert_eq!(columns(mask.row(0, 0)).count(), 13);
        assert_eq!(count_between(mask.row(0, 0), 65..128), 6);
        assert_eq!(mask.clone().not().count(), 150 - 13);
    }

    proptest! {
        #[test]
        fn bits_are_what_was_asked(values in prop::collection::vec(0u8..2, 3 * 2 * 130)) {
            let shape = [3, 2, 130];
            let values: Vec<f32> = values.into_iter().map(f32::from).collect();
            let mask = Mask::of(shape, &values, |v| v > 0.5);
            let at = |z: usize, y: usize, x: usize| values[(z * 2 + y) * 130 + x] > 0.5;
            for (z, y, x) in (0..3).flat_map(|z| (0..2).flat_map(move |y| (0..130).map(move |x| (z, y, x)))) {
                prop_assert_eq!(mask.holds([z, y, x]), at(z, y, x));
                prop_assert_eq!(mask.clone().not().holds([z, y, x]), !at(z, y, x));
            }
            let ones = values.iter().filter(|v| **v > 0.5).count();
            prop_assert_eq!(mask.count(), ones);
            prop_assert_eq!(mask.values(&values).count(), ones);
            let runs: usize = mask.all_rows().flat_map(|(_, _, row)| stretches(row)).map(|s| s.len()).sum();
            prop_assert_eq!(runs, ones);
        }
    }
}
