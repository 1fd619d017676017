//! How two rings of one region lie to each other: beside, within, or across. Left out: what that means for the region.

use super::{Corner, Edge, Extent, Polygon, Side};

/// How two rings of one region lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rings {
    /// Neither reaches into the other.
    Apart,
    /// One lies within the other.
    Nested,
    /// They are the same outline, whatever corners they were drawn with.
    Same,
    /// Their outlines cross.
    Crossing,
}

impl Polygon {
    /// How this ring and another lie to each other. Points of an outline that lie on the other, to within its width, count
    /// for neither side, so outlines that touch do not cross.
    pub(crate) fn compared(&self, other: &Self) -> Rings {
        if !self.extent.meets(other.extent) {
            return Rings::Apart;
        }
        if self.crosses(other) {
            return Rings::Crossing;
        }
        match (self.share_within(other), other.share_within(self)) {
            ((0, 0), (0, 0)) => Rings::Same,
            ((0, _), (0, _)) => Rings::Apart,
            ((inside, free), (0, _)) | ((0, _), (inside, free)) if inside == free => Rings::Nested,
            _ => Rings::Crossing,
        }
    }

    /// Whether an edge crosses one of the other and no end lies on the other: where ends do, they tell.
    fn crosses(&self, other: &Self) -> bool {
        let near: Vec<Edge> = other.edges().filter(|edge| edge.extent().meets(self.extent)).collect();
        self.edges().filter(|edge| edge.extent().meets(other.extent)).any(|edge| {
            let extent = edge.extent();
            near.iter().any(|o| extent.meets(o.extent()) && edge.crosses(o, self.width_px))
        })
    }

    /// How many of the points of this outline lie inside the other, and how many lie on either side of its outline. The
    /// points are the corners, and the middles of the edges: an edge may go from outline to outline.
    fn share_within(&self, other: &Self) -> (usize, usize) {
        let middles = self.edges().map(|edge| middle(edge.from, edge.to));
        let (mut inside, mut free) = (0, 0);
        for point in self.corners().chain(middles) {
            match if other.extent.holds(point) { other.side(point) } else { Side::Outside } {
                Side::Outline => {}
                Side::Outside => free += 1,
                Side::Inside => {
                    free += 1;
                    inside += 1;
                }
            }
        }
        (inside, free)
    }
}

impl Extent {
    fn meets(&self, other: Self) -> bool {
        let meet =
            |[low, high]: [f64; 2], [other_low, other_high]: [f64; 2]| low <= other_high && other_low <= high;
        meet(self.columns, other.columns) && meet(self.rows, other.rows)
    }
}

impl Edge {
    fn extent(&self) -> Extent {
        let ([ax, ay], [bx, by]) = (self.from, self.to);
        Extent { columns: [ax.min(bx), ax.max(bx)], rows: [ay.min(by), ay.max(by)] }
    }

    fn crosses(&self, other: &Self, width_px: f64) -> bool {
        let parts = |edge: &Self, by: &Self| edge.turn(by.from) * edge.turn(by.to) < 0.0;
        let has_end = |edge: &Self, of: &Self| edge.has(of.from, width_px) || edge.has(of.to, width_px);
        parts(self, other) && parts(other, self) && !has_end(self, other) && !has_end(other, self)
    }
}

fn middle([ax, ay]: Corner, [bx, by]: Corner) -> Corner {
    [(ax + bx) / 2.0, (ay + by) / 2.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Corner; 4] = [[1.0, 1.0], [5.0, 1.0], [5.0, 5.0], [1.0, 5.0]];
    const INNER: [Corner; 4] = [[2.0, 2.0], [4.0, 2.0], [4.0, 4.0], [2.0, 4.0]];

    /// The answer must not depend on which ring comes first, nor on where it starts or which way round it goes.
    fn check(a: &[Corner], b: &[Corner], expected: Rings) {
        let ring = |points: &[Corner]| Polygon::drawn(vec![points.to_vec()], 0.02);
        let mut turned = b.to_vec();
        turned.rotate_left(1);
        let back: Vec<Corner> = b.iter().rev().copied().collect();
        for b in [b, &turned, &back] {
            assert_eq!(ring(a).compared(&ring(b)), expected, "{a:?} {b:?}");
            assert_eq!(ring(b).compared(&ring(a)), expected, "{b:?} {a:?}");
        }
    }

    fn moved(by: Corner) -> [Corner; 4] {
        SQUARE.map(|[x, y]| [x + by[0], y + by[1]])
    }

    #[test]
    fn rings_are_compared() {
        check(&SQUARE, &INNER, Rings::Nested);
        check(&SQUARE, &moved([2.0, 2.0]), Rings::Crossing);
        check(&SQUARE, &moved([9.0, 9.0]), Rings::Apart);
        check(&SQUARE, &SQUARE, Rings::Same);
    }

    /// No corner of either lies in the other.
    #[test]
    fn bars_that_form_a_cross_do_cross() {
        let bar = [[0.0, 2.0], [6.0, 2.0], [6.0, 3.0], [0.0, 3.0]];
        check(&bar, &[[2.0, 0.0], [3.0, 0.0], [3.0, 6.0], [2.0, 6.0]], Rings::Crossing);
        // Also when it has corners where it passes the other.
        let with_corners =
            [[2.0, 0.0], [3.0, 0.0], [3.0, 2.0], [3.0, 3.0], [3.0, 6.0], [2.0, 6.0], [2.0, 3.0], [2.0, 2.0]];
        check(&bar, &with_corners, Rings::Crossing);
    }

    #[test]
    fn rings_that_touch_do_not_cross() {
        check(&SQUARE, &moved([4.0, 0.0]), Rings::Apart); // along a side
        check(&SQUARE, &moved([4.0, 2.0]), Rings::Apart); // along half a side
        check(&SQUARE, &moved([4.0, 4.0]), Rings::Apart); // at a corner
        check(&SQUARE, &moved([3.99, 0.0]), Rings::Apart); // with rounded points
        check(&SQUARE, &[[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]], Rings::Nested); // from within
        check(&SQUARE, &[[3.0, 1.0], [4.0, 3.0], [2.0, 3.0]], Rings::Nested);
    }

    #[test]
    fn the_same_outline_may_have_other_corners() {
        let more = [[1.0, 1.0], [3.0, 1.01], [5.0, 1.0], [5.0, 1.0], [5.0, 5.0], [1.0, 5.0], [1.0, 2.0]];
        check(&SQUARE, &more, Rings::Same);
    }

    #[test]
    fn a_speck_is_within_or_apart() {
        check(&SQUARE, &[[3.0, 3.0]], Rings::Nested);
        check(&SQUARE, &[[0.0, 3.0]], Rings::Apart);
        check(&SQUARE, &[[5.0, 3.0]], Rings::Apart); // on the outline, and so adds nothing
        check(&SQUARE, &[[0.0, 3.0], [3.0, 3.0]], Rings::Crossing);
    }
}
