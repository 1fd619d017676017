//! Segments: the parts of runs that pass a bound, with their region, and which of them touch.

use crate::{Piece, Region, scan::SliceScan};
use std::ops::Range;

/// Neighbouring voxels of one row that belong together: columns `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Row of the slice.
    pub row: u16,
    /// First column.
    pub start: u16,
    /// Column after the last.
    pub end: u16,
    /// Index of its focus within the slice.
    pub focus: u32,
}

/// A segment before it belongs to a focus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loose {
    pub(crate) segment: Segment,
    pub(crate) region: Region,
    /// Where its values begin in [`SliceScan::values`]; they are contiguous.
    pub(crate) values: usize,
}

impl Loose {
    /// The stored values of its voxels.
    pub(crate) fn values(self, scan: &SliceScan) -> &[i16] {
        &scan.values[self.values..self.values + usize::from(self.segment.end - self.segment.start)]
    }
}

/// Cuts the pieces of a slice where voxels fall below `bound`; ordered by row and start.
pub(crate) fn cut(scan: &SliceScan, pieces: &[Piece], bound: i16) -> Vec<Loose> {
    let mut out: Vec<Loose> = Vec::with_capacity(pieces.len());
    let (mut run_index, mut offset) = (0, 0); // offset: where the values of run `run_index` begin
    for piece in pieces {
        while run_index < piece.run as usize {
            offset += scan.runs[run_index].len();
            run_index += 1;
        }
        let run = scan.runs[run_index];
        debug_assert!(run.start <= piece.start && piece.start < piece.end && piece.end <= run.end);
        let first = offset + usize::from(piece.start - run.start);
        let values = &scan.values[first..first + usize::from(piece.end - piece.start)];
        for passing in stretches(values, bound) {
            let column = |i| piece.start + u16::try_from(i).expect("an index within a row");
            let segment =
                Segment { row: run.row, start: column(passing.start), end: column(passing.end), focus: 0 };
            push(&mut out, Loose { segment, region: piece.region, values: first + passing.start });
        }
    }
    out
}

/// Appends a segment, or extends the one before when both are one stretch of one region.
fn push(out: &mut Vec<Loose>, next: Loose) {
    match out.last_mut() {
        Some(last)
            if last.region == next.region
                && last.segment.row == next.segment.row
                && last.segment.end == next.segment.start =>
        {
            last.segment.end = next.segment.end;
        }
        _ => out.push(next),
    }
}

/// Maximal index ranges of values at or over `bound`.
fn stretches(values: &[i16], bound: i16) -> impl Iterator<Item = Range<usize>> {
    let all_pass = values.iter().fold(i16::MAX, |a, &v| a.min(v)) >= bound; // the usual case, in one sweep
    let mut from = 0;
    std::iter::from_fn(move || {
        if all_pass {
            return (std::mem::replace(&mut from, values.len()) == 0).then_some(0..values.len());
        }
        let start = from + values[from..].iter().position(|&v| v >= bound)?;
        let length = values[start..].iter().position(|&v| v < bound).unwrap_or(values.len() - start);
        from = start + length;
        Some(start..from)
    })
}

/// Calls `touch(i, j)` for each `a[i]`, `b[j]` with `b[j].row = a[i].row + row_step` whose columns overlap, or,
/// with `reach` 1, meet at a corner. Both ordered by row and start; the cost is linear in segments and contacts.
pub(crate) fn contacts<T>(
    (a, b): (&[T], &[T]),
    segment: impl Fn(&T) -> Segment,
    row_step: i32,
    reach: u16,
    mut touch: impl FnMut(usize, usize),
) {
    let reach = u32::from(reach);
    let mut first = 0; // the first of `a` that can still touch this or a later one of `b`
    for (j, s) in b.iter().map(&segment).enumerate() {
        let row = |t: Segment| i32::from(t.row) + row_step;
        let (s_row, s_start, s_end) = (i32::from(s.row), u32::from(s.start), u32::from(s.end));
        while a
            .get(first)
            .map(&segment)
            .is_some_and(|t| row(t) < s_row || (row(t) == s_row && u32::from(t.end) + reach <= s_start))
        {
            first += 1;
        }
        for (i, t) in a.iter().enumerate().skip(first).map(|(i, t)| (i, segment(t))) {
            if row(t) != s_row || u32::from(t.start) >= s_end + reach {
                break;
            }
            touch(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_of_passing_values() {
        let check = |values: &[i16], expected: &[(usize, usize)]| {
            let found: Vec<_> = stretches(values, 130).map(|r| (r.start, r.end)).collect();
            assert_eq!(found, expected, "{values:?}");
        };
        check(&[130, 200], &[(0, 2)]);
        check(&[129], &[]);
        check(&[130, 1, 140, 150], &[(0, 1), (2, 4)]);
        check(&[1, 130, 1], &[(1, 2)]);
    }

    /// All contacts between two lists typed as (row, start, end).
    fn touching(a: &[(u16, u16, u16)], b: &[(u16, u16, u16)], step: i32, reach: u16) -> Vec<(usize, usize)> {
        let segments = |list: &[(u16, u16, u16)]| {
            list.iter().map(|&(row, start, end)| Segment { row, start, end, focus: 0 }).collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        contacts((&segments(a), &segments(b)), |s| *s, step, reach, |i, j| found.push((i, j)));
        found
    }

    /// Segments are looked at a few times each, however many there are: never quadratic.
    #[test]
    fn the_cost_is_linear() {
        let list: Vec<Segment> = (0..2000u16)
            .flat_map(|row| (0..8u16).map(move |i| Segment { row, start: 2 * i, end: 2 * i + 1, focus: 0 }))
            .collect();
        let looks = std::cell::Cell::new(0usize);
        let look = |s: &Segment| {
            looks.set(looks.get() + 1);
            *s
        };
        contacts((&list, &list), look, 1, 1, |_, _| {});
        assert!(looks.get() < 8 * list.len(), "{} looks at {} segments", looks.get(), list.len());
    }

    #[test]
    fn sides_and_corners() {
        let (a, b) = ([(0, 0, 3), (0, 4, 6)], [(1, 3, 4), (1, 5, 9)]);
        assert_eq!(touching(&a, &b, 1, 0), [(1, 1)]);
        assert_eq!(touching(&a, &b, 1, 1), [(0, 0), (1, 0), (1, 1)]);
        assert_eq!(touching(&a, &b, 0, 1), []);
        assert_eq!(touching(&a, &a, 0, 0), [(0, 0), (1, 1)]);
    }

    #[test]
    fn four_segments_at_one_corner_all_touch() {
        // Two cuts at the same column in both rows: every pair meets at least at the corner.
        let (a, b) = ([(0, 0, 3), (0, 3, 5)], [(1, 1, 3), (1, 3, 4)]);
        assert_eq!(touching(&a, &b, 1, 1), [(0, 0), (1, 0), (0, 1), (1, 1)]);
    }
}
