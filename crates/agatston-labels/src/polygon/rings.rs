//! How two rings of one region lie to each other: beside, within, or across. Left out: what that means for the region.

use super::{Corner, Edge, Extent, Polygon, Side};

/// For each edge of two rings a corner and a middle are held against each edge of the other, both ways round; and a pair
/// may cross.
const POINTS_OF_AN_EDGE: usize = 5;

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

/// How many more pairs of edges may be compared. Rings that touch along their whole length cost the product of their
/// edges.
#[derive(Debug)]
pub(crate) struct Effort {
    left: u64,
}

/// There was more to compare than the effort allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Effort {
    pub(crate) fn of(pairs: u64) -> Self {
        Self { left: pairs }
    }

    fn spend(&mut self, some: usize, others: usize) -> Result<(), Exhausted> {
        let pairs = (some as u64).saturating_mul(others as u64);
        self.left = self.left.checked_sub(pairs).ok_or(Exhausted)?;
        Ok(())
    }
}

impl Polygon {
    /// How this ring and another lie to each other. Points of an outline that lie on the other, to within its width, count
    /// for neither side, so outlines that touch do not cross.
    ///
    /// # Errors
    ///
    /// When that takes more than the effort that is left.
    pub(crate) fn compared(&self, other: &Self, effort: &mut Effort) -> Result<Rings, Exhausted> {
        effort.spend(1, 1)?;
        if !self.extent.meets(other.extent) {
            return Ok(Rings::Apart);
        }
        let (own, others) = (self.edges_within(other.extent), other.edges_within(self.extent));
        effort.spend(1, self.corners().count() + other.corners().count())?;
        effort.spend(own.len(), others.len())?;
        let is_near = |edge: &Edge| {
            let around = edge.extent().widened(2.0 * self.width_px);
            others.iter().any(|o| around.meets(o.extent()))
        };
        // Outlines that come nowhere near each other lie on one side of each other, and a point tells on which.
        let points = if own.iter().any(is_near) {
            let all = self.corners().count().saturating_mul(other.corners().count());
            effort.spend(POINTS_OF_AN_EDGE, all)?;
            if self.crosses(&own, &others) {
                return Ok(Rings::Crossing);
            }
            usize::MAX
        } else {
            1
        };
        Ok(match (self.share_within(other, points), other.share_within(self, points)) {
            ((0, 0), (0, 0)) => Rings::Same,
            ((0, _), (0, _)) => Rings::Apart,
            ((inside, free), (0, _)) | ((0, _), (inside, free)) if inside == free => Rings::Nested,
            _ => Rings::Crossing,
        })
    }

    /// The edges that reach into an extent, with what is around them for the width of the outline.
    fn edges_within(&self, extent: Extent) -> Vec<Edge> {
        self.edges().filter(|edge| edge.extent().widened(self.width_px).meets(extent)).collect()
    }

    /// Whether an edge crosses one of the other and no end lies on the other: where ends do, they tell.
    fn crosses(&self, own: &[Edge], others: &[Edge]) -> bool {
        own.iter().any(|edge| {
            let extent = edge.extent();
            others.iter().any(|o| extent.meets(o.extent()) && edge.crosses(o, self.width_px))
        })
    }

    /// How many of so many points of this outline lie inside the other, and how many lie on either side of its outline.
    /// The points are the corners, and the middles of the edges: an edge may go from outline to outline.
    fn share_within(&self, other: &Self, points: usize) -> (usize, usize) {
        let middles = self.edges().map(|edge| middle(edge.from, edge.to));
        let (mut inside, mut free) = (0, 0);
        for point in self.corners().chain(middles).take(points) {
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
    fn widened(self, by: f64) -> Self {
        let [columns, rows] = [self.columns, self.rows].map(|[low, high]| [low - by, high + by]);
        Self { columns, rows }
    }

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
        let compared = |a: &[Corner], b: &[Corner]| ring(a).compared(&ring(b), &mut Effort::of(1_000));
        let mut turned = b.to_vec();
        turned.rotate_left(1);
        let back: Vec<Corner> = b.iter().rev().copied().collect();
        for b in [b, &turned, &back] {
            assert_eq!(compared(a, b), Ok(expected), "{a:?} {b:?}");
            assert_eq!(compared(b, a), Ok(expected), "{b:?} {a:?}");
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

    /// By hand: 1 for the pair of rings, 8 edges to look through, 4 x 4 pairs that may be near, 5 x 16 that are.
    #[test]
    fn effort_is_spent_over_all_comparisons() {
        let ring = |points: [Corner; 4]| Polygon::drawn(vec![points.to_vec()], 0.02);
        let (square, inner, far) = (ring(SQUARE), ring(INNER), ring(moved([9.0, 9.0])));
        let mut effort = Effort::of(2 * (1 + 8 + 16 + 80) + 1);
        for _ in 0..2 {
            assert_eq!(square.compared(&square, &mut effort), Ok(Rings::Same));
        }
        assert_eq!(square.compared(&far, &mut effort), Ok(Rings::Apart));
        assert_eq!(square.compared(&far, &mut effort), Err(Exhausted));
        // An edge of the outer ring reaches into no hole that it does not touch.
        assert_eq!(square.compared(&inner, &mut Effort::of(9)), Ok(Rings::Nested));
        assert_eq!(inner.compared(&square, &mut Effort::of(9)), Ok(Rings::Nested));
    }
}
