//! The convex hull of the lungs in a slice, as edges: how deep a point lies within it.

use crate::{
    mask::Mask,
    voxels::{count, whole},
};
use std::cmp::Ordering;

/// A centre so far outside of an edge lies on it, mm: what sums of corners are rounded by.
const ROUNDED_MM: f64 = 1e-6;

/// One edge: a point on it and its unit normal to the inside, mm, `[x, y]`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Edge {
    point: [f64; 2],
    inward: [f64; 2],
}

/// A convex hull; without edges where the slice holds less than two rows of the mask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hull {
    edges: Vec<Edge>,
}

impl Hull {
    /// The hull of the voxel centres of a slice; `spacing_mm` `[z, y, x]`.
    pub(crate) fn of(mask: &Mask, z: usize, spacing_mm: [f64; 3]) -> Self {
        let mut points = Vec::new();
        let mut rows = 0;
        for y in 0..mask.shape()[1] {
            let Some(extent) = mask.extent(z, y) else { continue };
            rows += 1;
            points.extend([[count(extent.start), count(y)], [count(extent.end - 1), count(y)]]);
        }
        if rows < 2 {
            return Self::default();
        }
        points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        points.dedup();
        let mut corners = chain(points.iter().copied());
        corners.extend(chain(points.iter().rev().copied()));
        let corners: Vec<[f64; 2]> =
            corners.iter().map(|[x, y]| [x * spacing_mm[2], y * spacing_mm[1]]).collect();
        let following = corners.iter().cycle().skip(1);
        Self { edges: corners.iter().zip(following).map(|(&from, &to)| Edge::new(from, to)).collect() }
    }

    /// Its corners `[x, y]` in turn, mm from the first voxel's centre.
    pub fn corners_mm(&self) -> impl Iterator<Item = [f64; 2]> {
        self.edges.iter().map(|edge| edge.point)
    }

    /// Distance to the nearest edge, mm; negative outside, and infinitely so where there is no hull. `x`, `y` in mm from the first voxel's centre.
    pub(crate) fn depth_mm(&self, x: f64, y: f64) -> f64 {
        self.nearest(x, y, |_| true)
    }

    /// The same to the edges at the patient's front alone.
    pub(crate) fn front_depth_mm(&self, x: f64, y: f64) -> f64 {
        self.nearest(x, y, |edge| edge.inward[1] > 0.0)
    }

    fn nearest(&self, x: f64, y: f64, is_asked: impl Fn(&Edge) -> bool) -> f64 {
        if self.edges.is_empty() {
            return f64::NEG_INFINITY;
        }
        let asked = self.edges.iter().filter(|edge| is_asked(edge));
        asked.map(|edge| edge.depth_mm(x, y)).fold(f64::INFINITY, f64::min)
    }

    /// Adds the voxels of a slice whose centres lie within.
    pub(crate) fn fill(&self, mask: &mut Mask, z: usize, spacing_mm: [f64; 3]) {
        let [_, rows, columns] = mask.shape();
        for y in 0..rows {
            let y_mm = count(y) * spacing_mm[1];
            let is_in = |x: &usize| self.depth_mm(count(*x) * spacing_mm[2], y_mm) >= -ROUNDED_MM;
            let [low, high] = self.across(y_mm).map(|x_mm| x_mm / spacing_mm[2]);
            // A voxel more on each side, since these were rounded; `is_in` decides.
            let near = whole(low - 1.0).min(columns)..whole(high + 2.0).min(columns);
            let Some(first) = near.clone().find(is_in) else { continue };
            let last = near.clone().rfind(is_in).unwrap_or(first);
            mask.set(z, y, first..last + 1);
        }
    }

    /// From where to where a row lies within it, mm; the second before the first where it does not.
    fn across(&self, y_mm: f64) -> [f64; 2] {
        let allowed = self.edges.iter().map(|edge| edge.allowed_mm(y_mm));
        let all = [f64::NEG_INFINITY, f64::INFINITY];
        allowed.fold(all, |[low, high], [from, to]| [low.max(from), high.min(to)])
    }
}

impl Edge {
    fn new(from: [f64; 2], to: [f64; 2]) -> Self {
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = dx.hypot(dy).max(1e-9);
        Self { point: from, inward: [-dy / length, dx / length] }
    }

    fn depth_mm(&self, x: f64, y: f64) -> f64 {
        (x - self.point[0]) * self.inward[0] + (y - self.point[1]) * self.inward[1]
    }

    /// From where to where a row lies on its inner side, mm.
    fn allowed_mm(&self, y: f64) -> [f64; 2] {
        let [across, along] = self.inward;
        let x = self.point[0] - (y - self.point[1]) * along / across;
        match across.partial_cmp(&0.0) {
            Some(Ordering::Greater) => [x, f64::INFINITY],
            Some(Ordering::Less) => [f64::NEG_INFINITY, x],
            _ if self.depth_mm(0.0, y) < -ROUNDED_MM => [f64::INFINITY, f64::NEG_INFINITY],
            _ => [f64::NEG_INFINITY, f64::INFINITY],
        }
    }
}

/// Half of the hull of points in order (monotone chain), without its last point.
fn chain(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    let mut hull: Vec<[f64; 2]> = Vec::new();
    for point in points {
        while let [.., before, last] = hull[..]
            && cross(before, last, point) <= 0.0
        {
            hull.pop();
        }
        hull.push(point);
    }
    hull.pop();
    hull
}

/// Twice the area of a triangle, positive where the way turns from x to y.
fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::tests::typed;

    /// A square of 5 x 5 voxels of 2 mm: its middle lies 4 mm deep, its corner on the edge, a voxel outside at -2 mm.
    #[test]
    fn depth_in_a_square() {
        let mask = typed(&[&["#...#", ".....", "..#..", ".....", "#...#"]]);
        let hull = Hull::of(&mask, 0, [3.0, 2.0, 2.0]);
        assert_eq!(hull.edges.len(), 4);
        let depth = |x, y| hull.depth_mm(x, y);
        assert_eq!((depth(4.0, 4.0), depth(0.0, 0.0), depth(4.0, 10.0)), (4.0, 0.0, -2.0));
        // Only the front edge, at y = 0: the back and the sides do not count.
        assert_eq!((hull.front_depth_mm(1.0, 6.0), hull.front_depth_mm(1.0, -1.0)), (6.0, -1.0));
    }

    #[test]
    fn between_two_lungs_is_within_and_what_is_left_of_them_is_not() {
        let mask = typed(&[&[".......", ".##.##.", ".##.##.", "......."]]);
        let mut within = Mask::empty(mask.shape());
        Hull::of(&mask, 0, [3.0, 2.0, 2.0]).fill(&mut within, 0, [3.0, 2.0, 2.0]);
        assert_eq!(within, typed(&[&[".......", ".#####.", ".#####.", "......."]]));
    }

    /// Of slanted, level and upright edges, every voxel of the slice is asked in turn.
    #[test]
    fn a_filled_hull_is_every_voxel_within() {
        let mask =
            typed(&[&["..........", "...##.....", ".#.......#", "......#...", "....##....", ".........."]]);
        for spacing_mm in [[3.0, 0.7, 1.3], [3.0, 2.0, 0.31], [3.0, 1.0, 1.0]] {
            let hull = Hull::of(&mask, 0, spacing_mm);
            let mut filled = Mask::empty(mask.shape());
            hull.fill(&mut filled, 0, spacing_mm);
            for (y, x) in (0..6).flat_map(|y| (0..10).map(move |x| (y, x))) {
                let depth = hull.depth_mm(count(x) * spacing_mm[2], count(y) * spacing_mm[1]);
                assert_eq!(filled.holds([0, y, x]), depth >= -ROUNDED_MM, "{y}, {x}: {depth}");
            }
            assert_eq!(filled.extent(0, 2), Some(1..10));
        }
    }

    #[test]
    fn one_row_has_no_hull() {
        let mask = typed(&[&["...", ".##"]]);
        let hull = Hull::of(&mask, 0, [3.0, 2.0, 2.0]);
        assert_eq!(hull.depth_mm(2.0, 2.0), f64::NEG_INFINITY);
        let mut within = Mask::empty(mask.shape());
        hull.fill(&mut within, 0, [3.0, 2.0, 2.0]);
        assert!(within.is_empty());
    }
}
