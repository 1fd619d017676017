//! Outlines of pixels along their edges: what a picture draws and a report cites.
//!
//! Pixels that meet only at a corner have outlines of their own, and two holes that meet so have one. Left out: which
//! hole belongs to which outer outline, and anything between slices.
//!
//! ```text
//! every edge between a pixel and a neighbour that is none becomes an arrow with the pixel on its right
//! from the topmost, leftmost corner left, follow arrows to the start; where two leave, turn right
//! ```
//! The arrow on the right stays with the pixel that the outline came along, so two pixels at one corner stay apart. As
//! many arrows enter a corner as leave it, so that an outline always closes.

use std::collections::BTreeMap;

/// Pixels of one row, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stretch {
    /// Row.
    pub(crate) row: u16,
    /// First column.
    pub(crate) start: u16,
    /// Column behind the last.
    pub(crate) end: u16,
}

/// A corner of pixels. Column 0 and row 0 are the left and the upper edge of the first pixel, not its centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corner {
    /// Edge between columns, in pixels.
    pub(crate) column: u32,
    /// Edge between rows, in pixels.
    pub(crate) row: u32,
}

/// A closed outline: its corners in order, each a turn; the last is joined to the first, which is not repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Clockwise as seen around pixels, the other way around a hole; from the topmost, leftmost corner.
    pub(crate) corners: Vec<Corner>,
    /// Whether it goes around a hole.
    pub(crate) is_hole: bool,
}

/// The outlines of the pixels of one slice, ordered by their first corners from top to bottom and left to right. The
/// stretches may come in any order, touch and overlap.
pub(crate) fn outlines(stretches: &[Stretch]) -> Vec<Outline> {
    let mut arrows = Arrows::around(&joined(stretches));
    let mut found = Vec::new();
    while let Some(start) = arrows.first() {
        found.push(arrows.follow(start));
    }
    found
}

/// Row, then column, so that corners are ordered as they are read.
type Place = (u32, u32);

/// Arrows along edges, by the corner that they leave.
struct Arrows(BTreeMap<Place, Vec<Place>>);

impl Arrows {
    /// The arrows around stretches in reading order that do not touch.
    fn around(stretches: &[Stretch]) -> Self {
        let mut arrows = Self(BTreeMap::new());
        let mut rows: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
        for stretch in stretches {
            let (row, start, end) =
                (u32::from(stretch.row), u32::from(stretch.start), u32::from(stretch.end));
            arrows.add((row + 1, start), (row, start));
            arrows.add((row, end), (row + 1, end));
            rows.entry(row).or_default().push((start, end));
        }
        let of = |row: Option<u32>| row.and_then(|row| rows.get(&row)).map_or(&[][..], Vec::as_slice);
        for (&row, own) in &rows {
            for (start, end) in without(own, of(row.checked_sub(1))) {
                arrows.add((row, start), (row, end));
            }
            for (start, end) in without(own, of(row.checked_add(1))) {
                arrows.add((row + 1, end), (row + 1, start));
            }
        }
        arrows
    }

    fn add(&mut self, from: Place, to: Place) {
        self.0.entry(from).or_default().push(to);
    }

    /// The topmost, leftmost corner that an arrow still leaves.
    fn first(&self) -> Option<Place> {
        self.0.keys().next().copied()
    }

    /// Takes the arrows from `start` until they are back there.
    fn follow(&mut self, start: Place) -> Outline {
        // Above the topmost corner is nothing, so that the outline comes to it from the right or from below.
        let mut corners = vec![corner(start)];
        let mut from = start;
        let mut to = self.take(start, (0, -1));
        let is_hole = to.0 != start.0;
        while to != start {
            let heading = heading(from, to);
            let next = self.take(to, heading);
            if self::heading(to, next) != heading {
                corners.push(corner(to));
            }
            (from, to) = (to, next);
        }
        Outline { corners, is_hole }
    }

    /// Takes an arrow away from a corner: of two, the one on the right of `heading`.
    fn take(&mut self, at: Place, heading: (i64, i64)) -> Place {
        let leaving = self.0.get_mut(&at).expect("as many arrows leave a corner as enter it");
        let is_right = |to: &Place| {
            let next = self::heading(at, *to);
            heading.1 * next.0 - heading.0 * next.1 > 0
        };
        let taken = leaving.swap_remove(leaving.iter().position(is_right).unwrap_or(0));
        if leaving.is_empty() {
            self.0.remove(&at);
        }
        taken
    }
}

/// The direction from one place to another on the same row or column: steps of rows, of columns.
fn heading(from: Place, to: Place) -> (i64, i64) {
    let step = |a: u32, b: u32| (i64::from(b) - i64::from(a)).signum();
    (step(from.0, to.0), step(from.1, to.1))
}

fn corner((row, column): Place) -> Corner {
    Corner { column, row }
}

/// The same pixels in reading order, in stretches that do not touch.
fn joined(stretches: &[Stretch]) -> Vec<Stretch> {
    let mut sorted: Vec<Stretch> = stretches.iter().filter(|s| s.start < s.end).copied().collect();
    sorted.sort_unstable();
    let mut joined: Vec<Stretch> = Vec::with_capacity(sorted.len());
    for stretch in sorted {
        match joined.last_mut() {
            Some(last) if last.row == stretch.row && stretch.start <= last.end => {
                last.end = last.end.max(stretch.end);
            }
            _ => joined.push(stretch),
        }
    }
    joined
}

/// What of ordered ranges lies in none of `others`, which are ordered too.
fn without(ranges: &[(u32, u32)], others: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut left = Vec::new();
    let mut others = others;
    for &(start, end) in ranges {
        let mut from = start;
        while let [(_, to), rest @ ..] = others
            && *to <= start
        {
            others = rest;
        }
        for &(cut, to) in others.iter().take_while(|(cut, _)| *cut < end) {
            if from < cut {
                left.push((from, cut));
            }
            from = to;
        }
        if from < end {
            left.push((from, end));
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every `#` of a grid as a stretch of its own.
    fn pixels(grid: &[&str]) -> Vec<Stretch> {
        let row = |(row, line): (u16, &&str)| {
            let hits = (0u16..).zip(line.bytes()).filter(|(_, b)| *b == b'#');
            hits.map(|(column, _)| Stretch { row, start: column, end: column + 1 }).collect::<Vec<_>>()
        };
        (0u16..).zip(grid).flat_map(row).collect()
    }

    /// Outlines as typed: whether it is a hole, and (column, row) of each corner.
    fn check(grid: &[&str], expected: &[(bool, &[(u32, u32)])]) {
        let found = outlines(&pixels(grid));
        let found: Vec<(bool, Vec<(u32, u32)>)> = found
            .into_iter()
            .map(|o| (o.is_hole, o.corners.into_iter().map(|c| (c.column, c.row)).collect()))
            .collect();
        let expected: Vec<(bool, Vec<(u32, u32)>)> =
            expected.iter().map(|(hole, corners)| (*hole, corners.to_vec())).collect();
        assert_eq!(found, expected, "{grid:#?}");
    }

    #[test]
    fn pixels_and_blocks() {
        check(&[], &[]);
        check(&["...", ".#."], &[(false, &[(1, 1), (2, 1), (2, 2), (1, 2)])]);
        check(&["###", "###"], &[(false, &[(0, 0), (3, 0), (3, 2), (0, 2)])]);
        check(
            &[".#.", "###"], // a step on either side
            &[(false, &[(1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (0, 2), (0, 1), (1, 1)])],
        );
        check(
            &["#.#", "###"], // a bay
            &[(false, &[(0, 0), (1, 0), (1, 1), (2, 1), (2, 0), (3, 0), (3, 2), (0, 2)])],
        );
    }

    #[test]
    fn pixels_that_meet_at_a_corner_stay_apart() {
        let (upper_left, lower_right) = ([(0, 0), (1, 0), (1, 1), (0, 1)], [(1, 1), (2, 1), (2, 2), (1, 2)]);
        check(&["#.", ".#"], &[(false, &upper_left), (false, &lower_right)]);
        let (upper_right, lower_left) = ([(1, 0), (2, 0), (2, 1), (1, 1)], [(0, 1), (1, 1), (1, 2), (0, 2)]);
        check(&[".#", "#."], &[(false, &upper_right), (false, &lower_left)]);
    }

    #[test]
    fn holes_go_the_other_way_round() {
        let around: &[(u32, u32)] = &[(0, 0), (3, 0), (3, 3), (0, 3)];
        check(&["###", "#.#", "###"], &[(false, around), (true, &[(1, 1), (1, 2), (2, 2), (2, 1)])]);
        // An island in a hole is outside of it.
        let (outer, hole): (&[_], &[_]) =
            (&[(0, 0), (5, 0), (5, 5), (0, 5)], &[(1, 1), (1, 4), (4, 4), (4, 1)]);
        check(
            &["#####", "#...#", "#.#.#", "#...#", "#####"],
            &[(false, outer), (true, hole), (false, &[(2, 2), (3, 2), (3, 3), (2, 3)])],
        );
    }

    /// The centre touches the outside at a corner, and holes are joined over corners: it is outside.
    #[test]
    fn a_hole_open_at_a_corner_is_outside() {
        let corners: &[(u32, u32)] =
            &[(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (2, 2), (2, 1), (3, 1), (3, 3), (0, 3)];
        check(&["##.", "#.#", "###"], &[(false, corners)]);
    }

    #[test]
    fn the_last_row_and_column_have_edges_too() {
        let last = Stretch { row: u16::MAX, start: u16::MAX - 1, end: u16::MAX };
        let corners = outlines(&[last])[0].corners.clone();
        assert_eq!(corners[2], Corner { column: 65_535, row: 65_536 });
    }

    /// Twice the signed area, positive when clockwise with rows going down.
    fn doubled_area(outline: &Outline) -> i64 {
        let corners = &outline.corners;
        let next = corners.iter().cycle().skip(1);
        corners
            .iter()
            .zip(next)
            .map(|(a, b)| i64::from(a.column) * i64::from(b.row) - i64::from(b.column) * i64::from(a.row))
            .sum()
    }

    proptest! {
        /// Areas inside minus holes are the pixels, and a pixel's centre has an odd number of outlines left of it.
        #[test]
        fn outlines_enclose_the_pixels(grid in prop::collection::vec(prop::collection::vec(any::<bool>(), 9), 8)) {
            let pixels: Vec<Stretch> = (0u16..)
                .zip(&grid)
                .flat_map(|(row, line)| {
                    let hits = (0u16..).zip(line).filter(|(_, hit)| **hit);
                    hits.map(move |(start, _)| Stretch { row, start, end: start + 1 })
                })
                .collect();
            let found = outlines(&pixels);
            let doubled: i64 = found.iter().map(doubled_area).sum();
            prop_assert_eq!(doubled, 2 * i64::try_from(pixels.len()).unwrap());
            for outline in &found {
                prop_assert_eq!(outline.is_hole, doubled_area(outline) < 0);
            }
            for (row, line) in (0u32..).zip(&grid) {
                for (column, &hit) in (0u32..).zip(line) {
                    let crossed = found.iter().map(|outline| {
                        let corners = &outline.corners;
                        let sides = corners.iter().zip(corners.iter().cycle().skip(1));
                        sides.filter(|(a, b)| {
                            a.column == b.column && a.column <= column && (a.row <= row) != (b.row <= row)
                        }).count()
                    });
                    prop_assert_eq!(crossed.sum::<usize>() % 2 == 1, hit);
                }
            }
            let mut shuffled = pixels.clone();
            shuffled.reverse();
            shuffled.extend(joined(&pixels));
            prop_assert_eq!(outlines(&shuffled), found);
        }
    }
}
