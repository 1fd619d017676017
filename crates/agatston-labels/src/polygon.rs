//! A polygon in pixels. A pixel belongs to it when its centre does, and the drawn outline belongs to it.

/// Least and greatest column and row that a shape in pixels reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) columns: [f64; 2],
    pub(crate) rows: [f64; 2],
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

    pub(crate) fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether it holds the centre of a pixel.
    pub(crate) fn holds(&self, column: f64, row: f64) -> bool {
        let (x, y) = (column, row);
        let Extent { columns, rows } = self.extent;
        if !(columns[0]..=columns[1]).contains(&x) || !(rows[0]..=rows[1]).contains(&y) {
            return false;
        }
        let mut inside = false;
        for ([ax, ay], [bx, by]) in self.edges() {
            let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            if self.is_on(side, [x, y], [ax, ay], [bx, by]) {
                return true;
            }
            if (ay > y) != (by > y) && (side < 0.0) == (by < ay) {
                inside = !inside;
            }
        }
        inside
    }

    /// Every edge, those that close the rings included.
    fn edges(&self) -> impl Iterator<Item = (Corner, Corner)> {
        let of_ring = |ring: &Vec<Corner>| {
            let ends = ring.iter().copied().cycle().skip(1);
            ring.clone().into_iter().zip(ends.take(ring.len()).collect::<Vec<_>>())
        };
        self.rings.iter().flat_map(of_ring)
    }

    /// Whether a point is on the edge from `a` to `b`, of which it lies to a `side` (twice the area between them).
    fn is_on(&self, side: f64, [x, y]: Corner, [ax, ay]: Corner, [bx, by]: Corner) -> bool {
        if self.width_px == 0.0 {
            let beside = x >= ax.min(bx) && x <= ax.max(bx) && y >= ay.min(by) && y <= ay.max(by);
            return beside && side == 0.0;
        }
        let square = (bx - ax).powi(2) + (by - ay).powi(2);
        let along = if square > 0.0 { ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square } else { 0.0 };
        let along = along.clamp(0.0, 1.0);
        let (dx, dy) = (x - ax - along * (bx - ax), y - ay - along * (by - ay));
        dx.hypot(dy) <= self.width_px
    }
}

/// How two rings of one region lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rings {
    /// Neither reaches into the other.
    Apart,
    /// One lies within the other.
    Nested,
    /// Their outlines cross.
    Crossing,
}

/// How two rings lie to each other. Points that they share count for neither side.
pub(crate) fn compared(a: &[Corner], b: &[Corner]) -> Rings {
    let within = |points: &[Corner], ring: &[Corner]| {
        let ring = Polygon::exact(ring.to_vec());
        let on_edge = |p: &Corner| {
            ring.edges().any(|(from, to)| {
                let side = (to[0] - from[0]) * (p[1] - from[1]) - (to[1] - from[1]) * (p[0] - from[0]);
                ring.is_on(side, *p, from, to)
            })
        };
        let free: Vec<&Corner> = points.iter().filter(|p| !on_edge(p)).collect();
        let inside = free.iter().filter(|p| ring.holds(p[0], p[1])).count();
        (inside, free.len())
    };
    let (inside_a, free_a) = within(a, b);
    let (inside_b, free_b) = within(b, a);
    match (inside_a, inside_b) {
        (0, 0) if free_a == 0 && free_b == 0 => Rings::Nested,
        (0, 0) => Rings::Apart,
        (n, 0) if n == free_a => Rings::Nested,
        (0, n) if n == free_b => Rings::Nested,
        _ => Rings::Crossing,
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

    #[test]
    fn rings_are_compared() {
        let moved = |by: f64| SQUARE.map(|[x, y]| [x + by, y + by]);
        assert_eq!(compared(&SQUARE, &INNER), Rings::Nested);
        assert_eq!(compared(&INNER, &SQUARE), Rings::Nested);
        assert_eq!(compared(&SQUARE, &moved(2.0)), Rings::Crossing);
        assert_eq!(compared(&SQUARE, &moved(9.0)), Rings::Apart);
        assert_eq!(compared(&SQUARE, &SQUARE), Rings::Nested);
    }
}
