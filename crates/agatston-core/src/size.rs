//! How large a lesion looks at the threshold, and the classes micro and macro.
//!
//! CT sees none of the true microcalcifications (< 50 um); these are apparent sizes, blooming included.

use crate::{AREA_TOLERANCE, Geometry, Segment, SizeBounds};

/// Apparent size of a lesion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Largest distance between corners of its pixels, projected on the axial plane, mm.
    pub caliper_mm: f64,
    /// Lower and upper bound of the extent along the patient, mm: slices have a thickness of their own.
    pub z_extent_mm: [f64; 2],
    /// Number of slices.
    pub slices: u16,
    /// Longest over shortest principal axis of its pixels in the plane, 1 and more.
    pub elongation: f64,
}

impl Size {
    /// The size that decides the class: caliper or the lower bound of the extent, whichever is larger, mm.
    pub fn apparent_mm(&self) -> f64 {
        self.caliper_mm.max(self.z_extent_mm[0])
    }
}

/// Class of a lesion by apparent size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SizeClass {
    /// Micro, smallest: below [`SizeBounds::punctate_mm`].
    Punctate,
    /// Micro: below [`SizeBounds::spotty_mm`].
    Spotty,
    /// Macro, peak below [`SizeBounds::dense_hu`].
    Macro,
    /// Macro with a peak from [`SizeBounds::dense_hu`] on.
    MacroDense,
}

impl SizeClass {
    /// The class of a lesion of the given size and peak.
    pub fn of(size: &Size, peak_hu: f64, bounds: &SizeBounds) -> Self {
        // Sums of decimal millimetres end a few digits beside the bound they mean.
        let under = |mm: f64, bound: f64| mm < bound * (1.0 - AREA_TOLERANCE);
        match size.apparent_mm() {
            mm if under(mm, bounds.punctate_mm) => Self::Punctate,
            mm if under(mm, bounds.spotty_mm) => Self::Spotty,
            _ if peak_hu >= bounds.dense_hu => Self::MacroDense,
            _ => Self::Macro,
        }
    }

    /// Whether the class is one of the micro ones.
    pub fn is_micro(self) -> bool {
        matches!(self, Self::Punctate | Self::Spotty)
    }

    /// `micro` or `macro`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Punctate | Self::Spotty => "micro",
            Self::Macro | Self::MacroDense => "macro",
        }
    }

    /// The part of the class, where it has a name.
    pub const fn part(self) -> Option<&'static str> {
        match self {
            Self::Punctate => Some("punctate"),
            Self::Spotty => Some("spotty"),
            Self::Macro => None,
            Self::MacroDense => Some("dense"),
        }
    }
}

/// Measures the union of the segments of a lesion, projected on the axial plane.
pub(crate) fn apparent_size(
    segments: &[Segment],
    [first, last]: [u16; 2],
    geometry: &Geometry,
    thickness_mm: f64,
) -> Size {
    let span_mm = f64::from(last - first) * geometry.increment_mm;
    Size {
        caliper_mm: caliper_mm(segments, geometry.spacing_mm),
        z_extent_mm: [(span_mm - thickness_mm).max(0.0), span_mm + thickness_mm],
        slices: last - first + 1,
        elongation: elongation(segments, geometry.spacing_mm),
    }
}

/// Square root of the ratio of the principal second moments of the pixels in the plane, each pixel a rectangle.
fn elongation(segments: &[Segment], spacing_mm: [f64; 2]) -> f64 {
    let top = segments.iter().map(|s| s.row()).min().unwrap_or_default();
    let left = segments.iter().map(|s| s.start()).min().unwrap_or_default();
    let [mut n, mut sum_r, mut sum_c, mut sum_rr, mut sum_cc, mut sum_rc] = [0.0_f64; 6];
    for s in segments {
        let (row, count) = (f64::from(s.row() - top), f64::from(s.len()));
        let middle = 0.5 * (f64::from(s.start() - left) + f64::from(s.end() - 1 - left));
        n += count;
        sum_r += count * row;
        sum_c += count * middle;
        sum_rr += count * row * row;
        // Columns next to each other scatter about their middle by (count^2 - 1) / 12.
        sum_cc += count * (middle * middle + (count * count - 1.0) / 12.0);
        sum_rc += count * row * middle;
    }
    let [row_mm, column_mm] = spacing_mm;
    let scatter = |sum: f64, a: f64, b: f64| sum / n - (a / n) * (b / n);
    // A pixel itself scatters about its centre by a twelfth.
    let a = (scatter(sum_rr, sum_r, sum_r) + 1.0 / 12.0) * row_mm * row_mm;
    let b = (scatter(sum_cc, sum_c, sum_c) + 1.0 / 12.0) * column_mm * column_mm;
    let c = scatter(sum_rc, sum_r, sum_c) * row_mm * column_mm;
    let half_gap = (0.5 * (a - b)).hypot(c);
    let middle = 0.5 * (a + b);
    ((middle + half_gap) / (middle - half_gap)).sqrt()
}

/// Largest distance between pixel corners, mm.
///
/// Only the convex hull of the outline can hold the two ends, and of each row only its first and last column
/// can be on the hull: so the corners come out ordered by row and the hull needs no sorting.
fn caliper_mm(segments: &[Segment], spacing_mm: [f64; 2]) -> f64 {
    let hull = hull(&corners(segments));
    let mut largest = 0.0_f64;
    for (i, a) in hull.iter().enumerate() {
        for b in &hull[i + 1..] {
            let row_mm = difference(a[0], b[0]) * spacing_mm[0];
            let column_mm = difference(a[1], b[1]) * spacing_mm[1];
            largest = largest.max(row_mm * row_mm + column_mm * column_mm);
        }
    }
    largest.sqrt()
}

#[expect(clippy::cast_precision_loss, reason = "pixel corners are at most 65,536 apart")]
fn difference(a: i64, b: i64) -> f64 {
    (a - b) as f64
}

/// Outermost pixel corners `[row, column]` of each line of corners, ordered by row, then column.
fn corners(segments: &[Segment]) -> Vec<[i64; 2]> {
    let top = segments.iter().map(|s| s.row()).min().unwrap_or_default();
    let bottom = segments.iter().map(|s| s.row()).max().unwrap_or_default();
    let mut lines: Vec<Option<[i64; 2]>> = vec![None; usize::from(bottom - top) + 2];
    for segment in segments {
        let (start, end) = (i64::from(segment.start()), i64::from(segment.end()));
        let line = usize::from(segment.row() - top);
        for line in &mut lines[line..=line + 1] {
            let [first, last] = line.get_or_insert([start, end]);
            (*first, *last) = ((*first).min(start), (*last).max(end));
        }
    }
    lines
        .into_iter()
        .zip(i64::from(top)..)
        .filter_map(|(line, row)| line.map(|[first, last]| [[row, first], [row, last]]))
        .flatten()
        .collect()
}

/// Convex hull of ordered points (Andrew's monotone chain), in integers.
fn hull(points: &[[i64; 2]]) -> Vec<[i64; 2]> {
    let mut hull = half_hull(points.iter().copied());
    hull.extend(half_hull(points.iter().rev().copied()));
    hull
}

fn half_hull(points: impl Iterator<Item = [i64; 2]>) -> Vec<[i64; 2]> {
    let mut half: Vec<[i64; 2]> = Vec::new();
    for p in points {
        while let [.., a, b] = half[..]
            && (b[0] - a[0]) * (p[1] - a[1]) <= (b[1] - a[1]) * (p[0] - a[0])
        {
            half.pop();
        }
        half.push(p);
    }
    half
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(list: &[(u16, u16, u16)], spacing_mm: [f64; 2], expected_mm: f64) {
        let segments: Vec<Segment> =
            list.iter().map(|&(row, start, end)| Segment::new(row, start, end)).collect();
        let mm = caliper_mm(&segments, spacing_mm);
        assert!((mm - expected_mm).abs() < 1e-12, "{list:?}: {mm}, not {expected_mm}");
    }

    #[test]
    fn caliper_is_measured_between_corners() {
        check(&[(7, 7, 8)], [1.0, 1.0], 2f64.sqrt()); // one pixel: its diagonal
        check(&[(7, 7, 10)], [3.0, 0.5], (9.0_f64 + 2.25).sqrt()); // three columns of 0.5 mm, one row of 3 mm
        check(&[(0, 0, 3), (3, 0, 1)], [1.0, 1.0], 5.0); // corner (0, 3) to (4, 0): 3-4-5
    }

    #[test]
    fn elongation_of_rectangles_and_a_diagonal() {
        let check = |list: &[(u16, u16, u16)], spacing_mm, expected: f64| {
            let segments: Vec<Segment> = list.iter().map(|&(r, s, e)| Segment::new(r, s, e)).collect();
            let found = elongation(&segments, spacing_mm);
            assert!((found - expected).abs() < 1e-9, "{list:?}: {found}, not {expected}");
        };
        check(&[(7, 7, 8)], [0.5, 0.5], 1.0);
        check(&[(7, 7, 8)], [1.0, 0.5], 2.0);
        check(&[(0, 0, 6), (1, 0, 6)], [1.0, 1.0], 3.0); // a rectangle of 6 by 2: variances 36/12 and 4/12
        // Two pixels at a corner: variances (1/4 + 1/12) both, covariance 1/4: (1/3 + 1/4) / (1/3 - 1/4) = 7
        check(&[(0, 0, 1), (1, 1, 2)], [1.0, 1.0], 7f64.sqrt());
    }

    proptest! {
        /// The hull loses nothing: comparing every corner with every other gives the same.
        #[test]
        fn equals_all_pairs(list in prop::collection::vec((0u16..12, 0u16..12, 1u16..5), 1..15)) {
            let segments: Vec<Segment> = list.iter().map(|&(r, s, n)| Segment::new(r, s, s + n)).collect();
            let all: Vec<[f64; 2]> = segments.iter().flat_map(|s| {
                let (r, a, b) = (f64::from(s.row()), f64::from(s.start()), f64::from(s.end()));
                [[r, a], [r + 1.0, a], [r, b], [r + 1.0, b]]
            }).collect();
            let mut largest = 0.0_f64;
            for a in &all { for b in &all {
                largest = largest.max(((a[0] - b[0]) * 0.7).hypot((a[1] - b[1]) * 0.4));
            } }
            prop_assert!((caliper_mm(&segments, [0.7, 0.4]) - largest).abs() < 1e-9);
        }
    }

    #[test]
    fn classes_at_their_bounds() {
        let class = |caliper_mm, lower, peak| {
            let size = Size { caliper_mm, z_extent_mm: [lower, 9.0], slices: 1, elongation: 1.0 };
            SizeClass::of(&size, peak, &crate::SIZE_BOUNDS)
        };
        assert_eq!(class(1.99, 0.0, 500.0), SizeClass::Punctate);
        assert_eq!(class(2.0, 0.0, 500.0), SizeClass::Spotty);
        assert_eq!(class(3.0, 0.0, 399.9), SizeClass::Macro);
        assert_eq!(class(1.0, 3.0, 400.0), SizeClass::MacroDense);
        let seven_slices_of_0_6_mm = 6.0 * 0.6 - 0.6; // 2.9999999999999996
        assert_eq!(class(1.0, seven_slices_of_0_6_mm, 200.0), SizeClass::Macro);
    }
}
