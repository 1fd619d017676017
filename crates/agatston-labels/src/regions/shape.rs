//! The shapes. A voxel belongs to a shape when its centre does, and the boundary belongs to the shape.
//!
//! Shapes in pixels are compared exactly. In patient space a millionth of a millimetre is allowed, so that the
//! rounding of positions does not decide what lies on a boundary.

use agatston_core::Geometry;

use crate::{
    polygon::{Extent, Polygon},
    vector::{Vector, dot, length, minus},
};

const ROUNDING_MM: f64 = 1e-6;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Circle { column: f64, row: f64, radius: f64 },
    Box { columns: [f64; 2], rows: [f64; 2] },
    Polygon(Polygon),
    SphereMm { center: Vector, radius: f64 },
    BoxMm { min: Vector, max: Vector },
    CylinderMm { from: Vector, to: Vector, radius: f64 },
}

impl Shape {
    /// The extent of a shape in pixels; nothing for a shape in patient space.
    pub(super) fn extent_px(&self) -> Option<Extent> {
        match self {
            Self::Circle { column, row, radius } => Some(Extent {
                columns: [column - radius, column + radius],
                rows: [row - radius, row + radius],
            }),
            Self::Box { columns, rows } => Some(Extent { columns: *columns, rows: *rows }),
            Self::Polygon(polygon) => Some(polygon.extent()),
            Self::SphereMm { .. } | Self::BoxMm { .. } | Self::CylinderMm { .. } => None,
        }
    }

    /// Extent `[slices, rows, columns]` in indices of a series of a shape in patient space: it may be too large.
    pub(super) fn extent_in(&self, series: &Geometry) -> Option<[[f64; 2]; 3]> {
        let (points, radius) = match self {
            Self::SphereMm { center, radius } => (vec![*center], *radius),
            Self::CylinderMm { from, to, radius } => (vec![*from, *to], *radius),
            Self::BoxMm { min, max } => {
                let corner =
                    |bits: usize| std::array::from_fn(|i| if bits >> i & 1 == 1 { max[i] } else { min[i] });
                ((0..8).map(corner).collect(), 0.0)
            }
            Self::Circle { .. } | Self::Box { .. } | Self::Polygon(_) => return None,
        };
        let step_mm = [series.increment_mm, series.spacing_mm[0], series.spacing_mm[1]];
        let mut extent = [[f64::INFINITY, f64::NEG_INFINITY]; 3];
        for at in points.into_iter().map(|p| series.index_of(p)) {
            for ((reach, v), step) in extent.iter_mut().zip(at).zip(step_mm) {
                let around = (radius + 2.0 * ROUNDING_MM) / step;
                *reach = [reach[0].min(v - around), reach[1].max(v + around)];
            }
        }
        Some(extent)
    }

    /// Whether a shape in pixels holds the centre of a pixel.
    pub(super) fn holds_pixel(&self, row: f64, column: f64) -> bool {
        match self {
            Self::Circle { column: c, row: r, radius } => {
                (column - c) * (column - c) + (row - r) * (row - r) <= radius * radius
            }
            Self::Box { columns, rows } => {
                (columns[0]..=columns[1]).contains(&column) && (rows[0]..=rows[1]).contains(&row)
            }
            Self::Polygon(polygon) => polygon.holds(column, row),
            Self::SphereMm { .. } | Self::BoxMm { .. } | Self::CylinderMm { .. } => false,
        }
    }

    /// Whether a shape in patient space holds a position.
    pub(super) fn holds_position(&self, p: Vector) -> bool {
        match self {
            Self::SphereMm { center, radius } => length(minus(p, *center)) <= radius + ROUNDING_MM,
            Self::BoxMm { min, max } => {
                p.iter().zip(min).zip(max).all(|((v, a), b)| *v >= a - ROUNDING_MM && *v <= b + ROUNDING_MM)
            }
            Self::CylinderMm { from, to, radius } => {
                let axis = minus(*to, *from);
                let whole = length(axis);
                let along = dot(minus(p, *from), axis) / whole;
                let foot = std::array::from_fn(|i| from[i] + along / whole * axis[i]);
                (-ROUNDING_MM..=whole + ROUNDING_MM).contains(&along)
                    && length(minus(p, foot)) <= radius + ROUNDING_MM
            }
            Self::Circle { .. } | Self::Box { .. } | Self::Polygon(_) => false,
        }
    }
}
