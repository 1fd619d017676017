//! A polygon in pixels. A pixel belongs to it when its centre does, and the drawn outline belongs to it.

mod rings;

pub(crate) use self::rings::{Effort, Exhausted, Rings};

/// Least and greatest column and row that a shape in pixels reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) columns: [f64; 2],
    pub(crate) rows: [f64; 2],
}

impl Extent {
    fn holds(&self, [column, row]: Corner) -> bool {
        (self.columns[0]..=self.columns[1]).contains(&column) && (self.rows[0]..=self.rows[1]).contains(&row)
    }
}

/// A corner as `[column, row]`.
pub(crate) type Corner = [f64; 2];

/// A polygon of one or more closed rings. Where rings lie within each other or cross themselves, the even-odd rule
/// holds, so that a ring within a ring is a hole; its outline belongs to the polygon.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Polygon {
    rings: Vec<Vec<Corner>>,
    /// How far from the outline the centre of a pixel is still on it.
    width_px: f64,
    extent: Extent,
}

impl Polygon {
    /// A ring whose corners are exact: only the centres that it passes through are on it.
    pub(crate) fn exact(ring: Vec<Corner>) -> Self {
        Self::drawn(vec![ring], 0.0)
    }

    /// Rings whose corners were rounded: a centre up to `width_px` beside the outline is on it.
    pub(crate) fn drawn(rings: Vec<Vec<Corner>>, width_px: f64) -> Self {
        let reach = |axis: usize| {
            let along = rings.iter().flatten().map(|c| c[axis]);
            let [low, high] =
                along.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
            [low - width_px, high + width_px]
        };
        let extent = Extent { columns: reach(0), rows: reach(1) };
        Self { rings, width_px, extent }
    }

    /// Polygons of one region as one: where one lies within another, it is a hole.
    pub(crate) fn joined(polygons: Vec<Self>, width_px: f64) -> Self {
        Self::drawn(polygons.into_iter().flat_map(|polygon| polygon.rings).collect(), width_px)
    }

    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether it holds the centre of a pixel.
    pub(crate) fn holds(&self, column: f64, row: f64) -> bool {
        self.extent.holds([column, row]) && self.side([column, row]) != Side::Outside
    }

    /// What decides about the pixels of one row.
    pub(crate) fn cut(&self, row: f64) -> Cut {
        let Extent { columns, rows: [low, high] } = self.extent;
        let meets = |edge: &Edge| edge.may_decide(row, self.width_px);
        let edges =
            if (low..=high).contains(&row) { self.edges().filter(meets).collect() } else { Vec::new() };
        Cut { row, columns, edges, width_px: self.width_px }
    }

    fn side(&self, point: Corner) -> Side {
        side(self.edges(), point, self.width_px)
    }

    fn corners(&self) -> impl Iterator<Item = Corner> {
        self.rings.iter().flatten().copied()
    }

    /// Every edge, those that close the rings included.
    fn edges(&self) -> impl Iterator<Item = Edge> {
        self.rings.iter().flat_map(|ring| {
            let ends = ring.iter().cycle().skip(1);
            ring.iter().zip(ends).map(|(from, to)| Edge { from: *from, to: *to })
        })
    }
}

/// A row of pixels through a polygon. A polygon has many edges and few of them near one row, so a caller that asks along
/// rows asks this.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    row: f64,
    columns: [f64; 2],
    edges: Vec<Edge>,
    width_px: f64,
}

impl Cut {
    /// Whether the polygon holds the centre of a pixel of the row.
    pub(crate) fn holds(&self, column: f64) -> bool {
        let [low, high] = self.columns;
        let edges = self.edges.iter().copied();
        (low..=high).contains(&column) && side(edges, [column, self.row], self.width_px) != Side::Outside
    }
}

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Outside,
    Outline,
    Inside,
}

/// Even-odd: a ray along the row leaves the polygon as often as it enters it, unless it starts inside.
fn side(edges: impl Iterator<Item = Edge>, point: Corner, width_px: f64) -> Side {
    let mut side = Side::Outside;
    for edge in edges.filter(|edge| edge.may_decide(point[1], width_px)) {
        if edge.has(point, width_px) {
            return Side::Outline;
        }
        if edge.is_passed_by_ray(point) {
            side = if side == Side::Inside { Side::Outside } else { Side::Inside };
        }
    }
    side
}

/// A part of an outline.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Edge {
    from: Corner,
    to: Corner,
}

impl Edge {
    /// Whether it can have a say about points of a row.
    fn may_decide(&self, row: f64, width_px: f64) -> bool {
        let (a, b) = (self.from[1], self.to[1]);
        a.min(b) - width_px <= row && row <= a.max(b) + width_px
    }

    /// Twice the area between it and a point: the sign tells on which side the point lies.
    fn turn(&self, [x, y]: Corner) -> f64 {
        let ([ax, ay], [bx, by]) = (self.from, self.to);
        (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    }

    /// Whether a point is on it.
    fn has(&self, [x, y]: Corner, width_px: f64) -> bool {
        let ([ax, ay], [bx, by]) = (self.from, self.to);
        if width_px == 0.0 {
            let beside = x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by);
            return beside && self.turn([x, y]) == 0.0;
        }
        let square = (bx - ax).powi(2) + (by - ay).powi(2);
        let along = if square > 0.0 { ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square } else { 0.0 };
        let along = along.clamp(0.0, 1.0);
        let (dx, dy) = (x - ax - along * (bx - ax), y - ay - along * (by - ay));
        dx * dx + dy * dy <= width_px * width_px
    }

    /// Whether the ray from a point towards higher columns passes it. An end belongs to the edge that goes down from it,
    /// so that a ray through a corner passes once or twice as it should.
    fn is_passed_by_ray(&self, point: Corner) -> bool {
        let (ay, by) = (self.from[1], self.to[1]);
        (ay > point[1]) != (by > point[1]) && (self.turn(point) < 0.0) == (by < ay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Corner; 4] = [[1.0, 1.0], [5.0, 1.0], [5.0, 5.0], [1.0, 5.0]];
    const INNER: [Corner; 4] = [[2.0, 2.0], [4.0, 2.0], [4.0, 4.0], [2.0, 4.0]];

    fn picture(polygon: &Polygon) -> Vec<String> {
        let letter = |x, y| if polygon.holds(f64::from(x), f64::from(y)) { '#' } else { '.' };
        (0..7).map(|y| (0..7).map(|x| letter(x, y)).collect()).collect()
    }

    #[test]
    fn the_outline_belongs_to_it_also_around_a_hole() {
        let ring = Polygon::drawn(vec![SQUARE.to_vec(), INNER.to_vec()], 0.01);
        let rows = [".......", ".#####.", ".#####.", ".##.##.", ".#####.", ".#####.", "......."];
        assert_eq!(picture(&ring), rows);
    }

    /// A contour of one or two points is all outline.
    #[test]
    fn a_speck_is_its_outline() {
        let speck = Polygon::drawn(vec![vec![[3.0, 2.0]]], 0.01);
        let pair = Polygon::drawn(vec![vec![[3.0, 2.0], [4.0, 2.0]]], 0.01);
        let of = |polygon: &Polygon| picture(polygon)[2].clone();
        assert_eq!([of(&speck), of(&pair)], ["...#...", "...##.."]);
    }

    #[test]
    fn rounding_leaves_a_centre_on_the_outline() {
        let off = SQUARE.map(|[x, y]| [x + 0.004, y + 0.004]).to_vec();
        assert_eq!(picture(&Polygon::drawn(vec![off], 0.01)), picture(&Polygon::exact(SQUARE.to_vec())));
    }

    /// A caller that asks along rows gets the same answers, also where the outline is off the centres.
    #[test]
    fn a_cut_says_what_the_polygon_says() {
        let slanted = vec![[0.3, 1.2], [5.7, 0.4], [4.1, 5.9], [2.2, 2.9]];
        for polygon in [Polygon::drawn(vec![SQUARE.to_vec(), INNER.to_vec()], 0.02), Polygon::exact(slanted)]
        {
            for row in (-1..8).map(f64::from) {
                let cut = polygon.cut(row);
                for column in (-2..16).map(|c| f64::from(c) / 2.0) {
                    assert_eq!(cut.holds(column), polygon.holds(column, row), "{column}, {row}");
                }
            }
        }
    }

    #[test]
    fn a_ray_through_corners_is_counted_right() {
        // A diamond: the row through its left and right corner passes both; above and below nothing is hit.
        let diamond = Polygon::exact(vec![[3.0, 1.0], [5.0, 3.0], [3.0, 5.0], [1.0, 3.0]]);
        let rows = [".......", "...#...", "..###..", ".#####.", "..###..", "...#...", "......."];
        assert_eq!(picture(&diamond), rows);
        // A notch that comes down to a corner on row 3: the ray of row 3 touches it and passes on.
        let notched = vec![[1.0, 1.0], [3.0, 3.0], [5.0, 1.0], [5.0, 5.0], [1.0, 5.0]];
        let rows = [".......", ".#...#.", ".##.##.", ".#####.", ".#####.", ".#####.", "......."];
        assert_eq!(picture(&Polygon::exact(notched)), rows);
    }
}
