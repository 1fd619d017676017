//! Bodies of the chest: ellipsoids in any direction, tubes round a curve, and stacks of outlines. What a slice
//! through them looks like is in [`super::canvas`].

use super::vector::{Point, add, cross, dot, length, minus, spline, times};

/// A body.
#[derive(Clone, Debug)]
pub(super) enum Solid {
    Ellipsoid(Ellipsoid),
    Tube(Tube),
    Stack(Stack),
}

/// A body made of something.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) solid: Solid,
    /// HU where y is 0.
    pub(super) hu: f64,
    /// Change in HU per mm to the back: what lies deeper in a lung holds more blood.
    pub(super) hu_per_mm: f64,
}

impl Part {
    pub(super) fn new(solid: Solid, hu: f64) -> Self {
        Self { solid, hu, hu_per_mm: 0.0 }
    }

    pub(super) fn ellipsoid(ellipsoid: &Ellipsoid, hu: f64) -> Self {
        Self::new(Solid::Ellipsoid(ellipsoid.clone()), hu)
    }

    pub(super) fn tube(tube: &Tube, hu: f64) -> Self {
        Self::new(Solid::Tube(tube.clone()), hu)
    }

    pub(super) fn stack(stack: Stack, hu: f64) -> Self {
        Self::new(Solid::Stack(stack), hu)
    }
}

/// An ellipsoid: a ball whose three axes were stretched and turned.
#[derive(Clone, Debug)]
pub(super) struct Ellipsoid {
    pub(super) centre: Point,
    /// The semi-axes as vectors.
    pub(super) axes: [Point; 3],
}

impl Ellipsoid {
    /// Along the axes of the body.
    pub(super) fn upright(centre: Point, semi: Point) -> Self {
        Self { centre, axes: [[semi[0], 0.0, 0.0], [0.0, semi[1], 0.0], [0.0, 0.0, semi[2]]] }
    }

    /// Semi-axis `semi[0]` along `axis`, `semi[1]` level, `semi[2]` across both; `axis` is a unit and not upright.
    pub(super) fn directed(centre: Point, axis: Point, semi: Point) -> Self {
        let level = super::vector::unit([-axis[1], axis[0], 0.0]);
        let across = cross(axis, level);
        Self { centre, axes: [times(axis, semi[0]), times(level, semi[1]), times(across, semi[2])] }
    }

    /// Longer by `margin` mm on every side.
    pub(super) fn grown(&self, margin: f64) -> Self {
        Self { centre: self.centre, axes: self.axes.map(|axis| times(axis, 1.0 + margin / length(axis))) }
    }

    /// Half the extent along an axis of the body, 0 is x.
    pub(super) fn reach(&self, axis: usize) -> f64 {
        self.axes.iter().map(|semi| semi[axis] * semi[axis]).sum::<f64>().sqrt()
    }

    /// Coefficients `[xx, xy, xz, yy, yz, zz]` of the form that is 1 on the surface, around the centre.
    pub(super) fn form(&self) -> [f64; 6] {
        let [a, b, c] = self.axes;
        // Rows of the inverse of the matrix whose columns are the axes.
        let volume = dot(a, cross(b, c));
        let rows = [cross(b, c), cross(c, a), cross(a, b)].map(|row| times(row, 1.0 / volume));
        let term = |i: usize, j: usize| rows.iter().map(|row| row[i] * row[j]).sum::<f64>();
        [term(0, 0), term(0, 1), term(0, 2), term(1, 1), term(1, 2), term(2, 2)]
    }

    /// 1 on the surface, less inside: the square of how far out a point is.
    pub(super) fn depth(&self, point: Point) -> f64 {
        let [x, y, z] = minus(point, self.centre);
        let [xx, xy, xz, yy, yz, zz] = self.form();
        xx * x * x + yy * y * y + zz * z * z + 2.0 * (xy * x * y + xz * x * z + yz * y * z)
    }
}

/// A row of balls so close that they make a tube.
#[derive(Clone, Debug, Default)]
pub(super) struct Tube {
    /// Centre and radius.
    pub(super) beads: Vec<[f64; 4]>,
}

impl Tube {
    /// A smooth tube through knots of centre and radius.
    pub(super) fn through(knots: &[[f64; 4]], step: f64) -> Self {
        Self { beads: spline(knots, step) }
    }

    /// Thicker by `margin` mm on every side, or thinner; beads that vanish are dropped.
    pub(super) fn grown(&self, margin: f64) -> Self {
        let grow =
            |[x, y, z, radius]: &[f64; 4]| (*radius + margin > 0.0).then_some([*x, *y, *z, radius + margin]);
        Self { beads: self.beads.iter().filter_map(grow).collect() }
    }
}

/// Outlines at even heights, straight between them; each has the same number of corners.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    pub(super) lowest: f64,
    pub(super) step: f64,
    pub(super) outlines: Vec<Vec<[f64; 2]>>,
}

impl Stack {
    /// One outline from `z[0]` to `z[1]`.
    pub(super) fn prism(outline: Vec<[f64; 2]>, z: [f64; 2]) -> Self {
        Self { lowest: z[0], step: z[1] - z[0], outlines: vec![outline.clone(), outline] }
    }

    pub(super) fn highest(&self) -> f64 {
        self.lowest + self.step * crate::volume::as_f64(self.outlines.len() - 1)
    }
}

impl Solid {
    /// Lowest and highest point.
    pub(super) fn extent(&self) -> [f64; 2] {
        match self {
            Self::Ellipsoid(ellipsoid) => {
                let reach = ellipsoid.reach(2);
                [ellipsoid.centre[2] - reach, ellipsoid.centre[2] + reach]
            }
            Self::Tube(tube) => tube
                .beads
                .iter()
                .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], [_, _, z, radius]| {
                    [low.min(z - radius), high.max(z + radius)]
                }),
            Self::Stack(stack) => [stack.lowest, stack.highest()],
        }
    }
}

/// Where the straight line from a point inside leaves all the ellipsoids, `reach` mm away at most.
pub(super) fn exit(ellipsoids: &[Ellipsoid], from: Point, towards: Point, reach: f64) -> f64 {
    let inside = |distance: f64| {
        let point = add(from, times(towards, distance));
        ellipsoids.iter().any(|ellipsoid| ellipsoid.depth(point) <= 1.0)
    };
    let mut distance = reach;
    while distance > 0.0 && !inside(distance) {
        distance -= 0.5;
    }
    distance.max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ball of radius 5 is left 5 mm from its centre; an egg along a diagonal has depth 1 at its tip.
    #[test]
    fn surfaces() {
        let ball = Ellipsoid::upright([1.0, 2.0, 3.0], [5.0; 3]);
        let left = exit(&[ball], [1.0, 2.0, 3.0], [1.0, 0.0, 0.0], 20.0);
        assert!((4.5..=5.0).contains(&left), "in steps of half a millimetre: {left}");
        let egg = Ellipsoid::directed([0.0; 3], [0.6, 0.0, 0.8], [10.0, 4.0, 3.0]);
        assert!((egg.depth([6.0, 0.0, 8.0]) - 1.0).abs() < 1e-12);
        assert!((egg.depth([0.0, 4.0, 0.0]) - 1.0).abs() < 1e-12);
        assert!((egg.grown(2.0).depth([0.0, 6.0, 0.0]) - 1.0).abs() < 1e-12);
    }
}
