//! Things that can be scanned: simple shapes with a material, painted one over another in mm.
//! How a scanner sees them is in [`crate::scanner`].

/// What an object is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Material {
    /// A fixed HU at every tube voltage: air, lung, water, soft tissue, and bone where it does not matter.
    Hu(f64),
    /// Hydroxyapatite of this density in mg/cm3; its HU depends on the tube voltage.
    Hydroxyapatite(f64),
}

/// A shape in LPS mm. All cylinders run along z.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A cylinder of elliptic cross-section, semi-axes `[x, y]`.
    Cylinder {
        /// Axis, `[x, y]`.
        axis: [f64; 2],
        /// Semi-axes of the cross-section, `[x, y]`.
        semi_axes: [f64; 2],
        /// Lower and upper end; infinite for a body that leaves the field.
        z: [f64; 2],
    },
    /// A ball.
    Sphere {
        /// Centre, `[x, y, z]`.
        centre: [f64; 3],
        /// Radius.
        radius: f64,
    },
    /// An ellipsoid along the axes.
    Ellipsoid {
        /// Centre, `[x, y, z]`.
        centre: [f64; 3],
        /// Semi-axes, `[x, y, z]`.
        semi_axes: [f64; 3],
    },
    /// A box along the axes.
    Box {
        /// Lowest corner, `[x, y, z]`.
        min: [f64; 3],
        /// Highest corner, `[x, y, z]`.
        max: [f64; 3],
    },
}

/// A shape made of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Object {
    /// Where it is.
    pub shape: Shape,
    /// What it is.
    pub material: Material,
}

/// A cylinder without ends.
#[must_use]
pub fn column(axis: [f64; 2], semi_axes: [f64; 2], hu: f64) -> Object {
    let z = [f64::NEG_INFINITY, f64::INFINITY];
    Object { shape: Shape::Cylinder { axis, semi_axes, z }, material: Material::Hu(hu) }
}

impl Shape {
    /// The part of the line through `(x, y)` along z that is inside, if any: `[lower, upper]`.
    #[must_use]
    pub fn chord(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        match *self {
            Self::Cylinder { axis, semi_axes, z } => {
                let [u, v] = [(x - axis[0]) / semi_axes[0], (y - axis[1]) / semi_axes[1]];
                (u * u + v * v <= 1.0).then_some(z)
            }
            Self::Sphere { centre, radius } => {
                let [u, v] = [x - centre[0], y - centre[1]];
                let half = (radius * radius - u * u - v * v).max(0.0).sqrt();
                (half > 0.0).then_some([centre[2] - half, centre[2] + half])
            }
            Self::Ellipsoid { centre, semi_axes } => {
                let [u, v] = [(x - centre[0]) / semi_axes[0], (y - centre[1]) / semi_axes[1]];
                let half = semi_axes[2] * (1.0 - u * u - v * v).max(0.0).sqrt();
                (half > 0.0).then_some([centre[2] - half, centre[2] + half])
            }
            Self::Box { min, max } => {
                let inside = (min[0]..max[0]).contains(&x) && (min[1]..max[1]).contains(&y);
                inside.then_some([min[2], max[2]])
            }
        }
    }

    /// The rectangle `[[x low, x high], [y low, y high]]` that holds the shape.
    #[must_use]
    pub fn outline(&self) -> [[f64; 2]; 2] {
        let around = |centre: f64, half: f64| [centre - half, centre + half];
        match *self {
            Self::Cylinder { axis, semi_axes, .. } => {
                [around(axis[0], semi_axes[0]), around(axis[1], semi_axes[1])]
            }
            Self::Sphere { centre, radius } => [around(centre[0], radius), around(centre[1], radius)],
            Self::Ellipsoid { centre, semi_axes } => {
                [around(centre[0], semi_axes[0]), around(centre[1], semi_axes[1])]
            }
            Self::Box { min, max } => [[min[0], max[0]], [min[1], max[1]]],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ball of radius 5: 3 off its axis the half chord is 4 (the 3-4-5 triangle), and 0.8 of the
    /// third semi-axis when 0.6 of the first off the axis of an ellipsoid.
    #[test]
    fn chords() {
        let ball = Shape::Sphere { centre: [1.0, 0.0, 10.0], radius: 5.0 };
        assert_eq!(ball.chord(4.0, 0.0), Some([6.0, 14.0]));
        assert_eq!(ball.chord(6.5, 0.0), None);
        let egg = Shape::Ellipsoid { centre: [1.0, 0.0, 10.0], semi_axes: [10.0, 5.0, 2.5] };
        assert_eq!(egg.chord(7.0, 0.0), Some([8.0, 12.0]));
        assert_eq!(egg.chord(1.0, 5.0), None);
        assert_eq!(egg.outline(), [[-9.0, 11.0], [-5.0, 5.0]]);
        let tube = Shape::Cylinder { axis: [0.0, 0.0], semi_axes: [2.0, 1.0], z: [0.0, 3.0] };
        assert_eq!(tube.chord(1.9, 0.0), Some([0.0, 3.0]));
        assert_eq!(tube.chord(0.0, 1.1), None);
        let brick = Shape::Box { min: [0.0; 3], max: [1.0, 2.0, 3.0] };
        assert_eq!(brick.chord(0.5, 1.5), Some([0.0, 3.0]));
        assert_eq!(brick.chord(1.0, 1.5), None, "half-open");
        assert_eq!(brick.outline(), [[0.0, 1.0], [0.0, 2.0]]);
    }
}
