//! Connected parts of a mask, by runs and union-find.

use crate::mask::{Mask, stretches};
use agatston_core::Union;
use std::ops::Range;

/// Which voxels touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Neighbours {
    /// Those that share a side.
    Six,
    /// Those that share a corner too.
    TwentySix,
}

/// A stretch of one row.
#[derive(Clone, Debug)]
struct Run {
    z: usize,
    y: usize,
    columns: Range<usize>,
}

/// The parts of a mask, numbered in the order of their first voxels.
#[derive(Debug)]
pub(crate) struct Parts {
    shape: [usize; 3],
    runs: Vec<Run>,
    part_of: Vec<u32>,
    sizes: Vec<usize>,
}

impl Parts {
    /// Divides a mask.
    pub(crate) fn of(mask: &Mask, neighbours: Neighbours) -> Self {
        let [slices, rows, _] = mask.shape();
        let mut runs = Vec::new();
        let mut begins = Vec::with_capacity(slices * rows + 1); // of each row
        for (z, y, row) in mask.all_rows() {
            begins.push(runs.len());
            runs.extend(stretches(row).map(|columns| Run { z, y, columns }));
        }
        begins.push(runs.len());
        let of_row = |z: usize, y: usize| begins[z * rows + y]..begins[z * rows + y + 1];
        let mut union = Union::new(runs.len());
        for (z, y) in (0..slices).flat_map(|z| (0..rows).map(move |y| (z, y))) {
            for (dz, dy) in behind(neighbours) {
                let (Some(from_z), Some(from_y)) = (z.checked_sub(dz), y.checked_add_signed(dy)) else {
                    continue;
                };
                if from_y < rows {
                    let reach = usize::from(neighbours == Neighbours::TwentySix);
                    touching(&runs, of_row(from_z, from_y), of_row(z, y), reach, &mut union);
                }
            }
        }
        let (numbers, count) = union.numbered();
        let part_of = numbers.to_vec();
        let mut sizes = vec![0; count];
        runs.iter().zip(&part_of).for_each(|(run, &part)| sizes[part as usize] += run.columns.len());
        Self { shape: mask.shape(), runs, part_of, sizes }
    }

    /// Voxels of each part.
    pub(crate) fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The largest part, the first of equals; empty when there is none.
    pub(crate) fn largest(&self) -> Mask {
        let most = self.sizes.iter().max();
        let first = self.sizes.iter().position(|size| Some(size) == most);
        self.chosen(|part| Some(part) == first)
    }

    /// The voxels of the parts for which `is_chosen` says so.
    pub(crate) fn chosen(&self, is_chosen: impl Fn(usize) -> bool) -> Mask {
        let mut mask = Mask::empty(self.shape);
        for (_, z, y, columns) in self.stretches().filter(|(part, ..)| is_chosen(*part)) {
            mask.set(z, y, columns);
        }
        mask
    }

    /// Every stretch of a row with its part, slice and row.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = (usize, usize, usize, Range<usize>)> {
        let runs = self.runs.iter().zip(&self.part_of);
        runs.map(|(run, &part)| (part as usize, run.z, run.y, run.columns.clone()))
    }
}

/// Steps to the rows before one that its voxels may touch: slices down, rows.
fn behind(neighbours: Neighbours) -> impl Iterator<Item = (usize, isize)> {
    let steps: &[(usize, isize)] = match neighbours {
        Neighbours::Six => &[(0, -1), (1, 0)],
        Neighbours::TwentySix => &[(0, -1), (1, -1), (1, 0), (1, 1)],
    };
    steps.iter().copied()
}

/// Joins the runs of two rows that overlap, or with `reach` 1 are next to each other; both are in order.
fn touching(runs: &[Run], a: Range<usize>, b: Range<usize>, reach: usize, union: &mut Union) {
    let number = |i: usize| u32::try_from(i).expect("fewer than 2^32 runs");
    let (mut i, mut j) = (a.start, b.start);
    while i < a.end && j < b.end {
        let (one, other) = (&runs[i].columns, &runs[j].columns);
        if one.start < other.end + reach && other.start < one.end + reach {
            union.join(number(i), number(j));
        }
        if one.end <= other.end {
            i += 1;
        } else {
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::tests::typed;

    #[test]
    fn sides_and_corners() {
        let mask = typed(&[&["##...", "..#..", "...#."], &[".....", ".....", "....#"]]);
        assert_eq!(Parts::of(&mask, Neighbours::Six).sizes(), [2, 1, 1, 1]);
        assert_eq!(Parts::of(&mask, Neighbours::TwentySix).sizes(), [5]);
    }

    #[test]
    fn the_first_of_equal_parts_is_the_largest() {
        let mask = typed(&[&["##.##"], &["....."], &["#...."]]);
        let parts = Parts::of(&mask, Neighbours::Six);
        assert_eq!(parts.largest(), typed(&[&["##..."], &["....."], &["....."]]));
        assert!(Parts::of(&Mask::empty([2, 2, 2]), Neighbours::Six).largest().is_empty());
    }

    /// Two arms that meet in the last row are one part, with its number from the first.
    #[test]
    fn parts_that_meet_late() {
        let mask = typed(&[&["#.#.#", "#.#.#", "###.#"]]);
        let parts = Parts::of(&mask, Neighbours::Six);
        assert_eq!(parts.sizes(), [7, 3]);
        assert_eq!(parts.chosen(|part| part == 1), typed(&[&["....#", "....#", "....#"]]));
    }
}
