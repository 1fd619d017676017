//! Segments: the parts of runs that pass a bound, with their region, and which of them touch.

use crate::{Piece, Region, Run, assignment::Share, scan::SliceScan, simd::peak_and_sum};
use std::ops::Range;

/// Neighbouring voxels of one row that belong together.
///
/// Its ends are places in reading order, `row * 65,536 + column`: whether segments touch is then one comparison, and
/// rows need none of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    from: u32,
    to: u32,
    /// Index of its focus within the slice.
    pub focus: u32,
}

impl Segment {
    /// Columns `start..end` of a row.
    pub fn new(row: u16, start: u16, end: u16) -> Self {
        Self { from: place(row, start), to: place(row, end), focus: 0 }
    }

    /// The same voxels, in another focus.
    pub(crate) fn in_focus(self, focus: u32) -> Self {
        Self { focus, ..self }
    }

    /// Row of the slice.
    pub fn row(self) -> u16 {
        halves(self.from)[0]
    }

    /// First column.
    pub fn start(self) -> u16 {
        halves(self.from)[1]
    }

    /// Column after the last.
    pub fn end(self) -> u16 {
        halves(self.to)[1]
    }

    /// Number of voxels.
    pub(crate) fn len(self) -> u16 {
        self.end() - self.start()
    }
}

fn place(row: u16, column: u16) -> u32 {
    (u32::from(row) << 16) | u32::from(column)
}

/// Row and column of a place.
fn halves(place: u32) -> [u16; 2] {
    let [a, b, c, d] = place.to_be_bytes();
    [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
}

/// What the voxels of a segment add to its focus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) region: Region,
    pub(crate) peak_stored: i16,
    pub(crate) sum_stored: i32,
}

/// Segments before they belong to foci, ordered by row and start, each with its part; the focus of each is its index.
#[derive(Debug, Default)]
pub(crate) struct Loose {
    pub(crate) segments: Vec<Segment>,
    pub(crate) parts: Vec<Part>,
}

impl Loose {
    /// Cuts what a slice shares out where voxels fall below `bound`.
    pub(crate) fn cut(&mut self, scan: &SliceScan, share: Share<'_>, bound: i16) {
        self.segments.clear();
        self.parts.clear();
        let all_pass = scan.all_reach(bound);
        let bound = (!all_pass).then_some(bound);
        match share {
            Share::All(region) if all_pass => {
                self.segments.extend(scan.runs.iter().zip(0..).map(|(run, i)| segment(run).in_focus(i)));
                self.parts.extend(scan.runs.iter().map(|run| part(run, region)));
            }
            Share::All(region) => scan.runs.iter().zip(0..).for_each(|(run, i)| {
                // The slice of a piece is not looked at any more.
                self.take(scan, Piece { slice: 0, run: i, start: run.start, end: run.end, region }, bound);
            }),
            Share::Listed(pieces) => pieces.iter().for_each(|piece| self.take(scan, *piece, bound)),
        }
    }

    /// Appends the passing stretches of a piece; without a bound all of it passes.
    fn take(&mut self, scan: &SliceScan, piece: Piece, bound: Option<i16>) {
        let run = &scan.runs[piece.run as usize];
        if bound.is_none() && (piece.start, piece.end) == (run.start, run.end) {
            return self.push(segment(run), part(run, piece.region));
        }
        debug_assert!(run.start <= piece.start && piece.start < piece.end && piece.end <= run.end);
        let first = run.first_value as usize + usize::from(piece.start - run.start);
        let values = &scan.values[first..first + usize::from(piece.end - piece.start)];
        for passing in stretches(values, bound.unwrap_or(i16::MIN)) {
            let column = |i| piece.start + u16::try_from(i).expect("an index within a row");
            let (peak_stored, sum_stored) = peak_and_sum(&values[passing.clone()]);
            let segment = Segment::new(run.row, column(passing.start), column(passing.end));
            self.push(segment, Part { region: piece.region, peak_stored, sum_stored });
        }
    }

    /// Appends a segment, or extends the one before when both are one stretch of one region.
    fn push(&mut self, segment: Segment, part: Part) {
        if let (Some(last), Some(known)) = (self.segments.last_mut(), self.parts.last_mut())
            && (last.to, known.region) == (segment.from, part.region)
        {
            last.to = segment.to;
            known.peak_stored = known.peak_stored.max(part.peak_stored);
            known.sum_stored += part.sum_stored;
            return;
        }
        let index = u32::try_from(self.segments.len()).expect("fewer than 2^32 segments in a slice");
        self.segments.push(segment.in_focus(index));
        self.parts.push(part);
    }
}

fn segment(run: &Run) -> Segment {
    Segment::new(run.row, run.start, run.end)
}

fn part(run: &Run, region: Region) -> Part {
    Part { region, peak_stored: run.peak_stored, sum_stored: run.sum_stored }
}

/// Maximal index ranges of values at or over `bound`.
fn stretches(values: &[i16], bound: i16) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + values[from..].iter().position(|&v| v >= bound)?;
        let length = values[start..].iter().position(|&v| v < bound).unwrap_or(values.len() - start);
        from = start + length;
        Some(start..from)
    })
}

/// Calls `touch` with the foci of each `a[i]`, `b[j]` with `b[j].row = a[i].row + row_step` whose columns overlap
/// or, with `reach` 1, are next to each other. Segments that are still loose are their own foci.
///
/// Both are ordered by row and start, and segments of one row do not overlap: so their ends are in order too, and the
/// cost is linear in segments and contacts.
///
/// In reading order, `a` shifted by `row_step` touches `b` when it ends after the start of `b` and starts before its
/// end. A reach over either edge is the border of a row: nothing ends after the last place of the row before (columns
/// end at 65,535 at most) or starts before the first of the row behind.
pub(crate) fn contacts(
    a: &[Segment],
    b: &[Segment],
    row_step: i64,
    reach: i64,
    mut touch: impl FnMut(u32, u32),
) {
    let shift = row_step << 16;
    let mut left = a; // from the first that can still touch this or a later one of `b`
    for s in b {
        let start = i64::from(s.from) - shift - reach;
        let end = i64::from(s.to) - shift + reach;
        while let [t, after @ ..] = left
            && i64::from(t.to) <= start
        {
            left = after;
        }
        for t in left {
            if i64::from(t.from) >= end {
                break;
            }
            touch(t.focus, s.focus);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn touching(a: &[(u16, u16, u16)], b: &[(u16, u16, u16)], step: i64, reach: i64) -> Vec<(u32, u32)> {
        let segments = |list: &[(u16, u16, u16)]| {
            let segment = |(i, &(row, start, end))| Segment::new(row, start, end).in_focus(i);
            (0..).zip(list).map(segment).collect::<Vec<_>>()
        };
        let mut found = Vec::new();
        contacts(&segments(a), &segments(b), step, reach, |i, j| found.push((i, j)));
        found
    }

    /// Never quadratic: a million segments are compared with each other in an instant, in rows and along a row; each
    /// with each would be 10^12 comparisons.
    #[test]
    fn the_cost_is_linear() {
        let rows: Vec<Segment> = (0..60_000u16)
            .flat_map(|row| (0..16u16).map(move |i| Segment::new(row, 2 * i, 2 * i + 1)))
            .collect();
        let along = |row| (0..32_767u16).map(move |i| Segment::new(row, 2 * i, 2 * i + 1));
        for (list, contacts_of_rows) in
            [(rows, 59_999 * 16), ((0..30).flat_map(along).collect(), 29 * 32_767)]
        {
            let mut touches = 0;
            contacts(&list, &list, 1, 0, |_, _| touches += 1);
            assert_eq!(touches, contacts_of_rows);
        }
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

    /// Columns at both edges of the widest row.
    fn column() -> impl Strategy<Value = u16> {
        prop_oneof![0u16..7, 65_529u16..=65_535]
    }

    prop_compose! {
        /// Segments in order that do not overlap within a row.
        fn lists()(cuts in prop::collection::btree_set((0u16..4, column()), 0..20)) -> Vec<(u16, u16, u16)> {
            let cuts: Vec<(u16, u16)> = cuts.into_iter().collect();
            let pairs = cuts.windows(2).step_by(2);
            pairs.filter(|p| p[0].0 == p[1].0).map(|p| (p[0].0, p[0].1, p[1].1)).collect()
        }
    }

    proptest! {
        #[test]
        fn equals_all_pairs(a in lists(), b in lists(), step in -1i64..=1, reach in 0i64..=1) {
            let mut all = Vec::new();
            for (j, &(row, start, end)) in (0u32..).zip(&b) {
                for (i, &(other, from, to)) in (0u32..).zip(&a) {
                    let columns = i64::from(from) < i64::from(end) + reach && i64::from(to) + reach > i64::from(start);
                    if i64::from(other) + step == i64::from(row) && columns {
                        all.push((i, j));
                    }
                }
            }
            prop_assert_eq!(touching(&a, &b, step, reach), all);
        }
    }
}
