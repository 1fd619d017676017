//! The geometry of a stack of planes: normals, projections, distances. Left out: judgement (`checks`).

/// Largest difference of direction cosines that are the same direction.
const DIRECTION_TOLERANCE: f64 = 1e-3;

/// Largest difference of pixel spacings that are the same spacing, mm.
const SPACING_TOLERANCE: f64 = 1e-4;

/// Planes that are this close along the normal share a position, mm.
pub(crate) const SAME_POSITION_MM: f64 = 0.01;

/// Normal of an orientation: row direction times column direction.
pub(crate) fn normal(o: [f64; 6]) -> [f64; 3] {
    let [a, b, c, d, e, f] = o;
    [b * f - c * e, c * d - a * f, a * e - b * d]
}

/// The normal of unit length, pointing to the head where it can.
pub(crate) fn superior_normal(o: [f64; 6]) -> [f64; 3] {
    let n = normal(o);
    let length = dot(n, n).sqrt();
    let sign = if n[2] < 0.0 { -1.0 } else { 1.0 };
    n.map(|v| sign * v / length)
}

/// Whether row and column direction are unit vectors at a right angle.
pub(crate) fn is_orthonormal(o: [f64; 6]) -> bool {
    let [a, b, c, d, e, f] = o;
    let (row, column) = ([a, b, c], [d, e, f]);
    let near = |value: f64, wanted: f64| (value - wanted).abs() <= DIRECTION_TOLERANCE;
    near(dot(row, row), 1.0) && near(dot(column, column), 1.0) && near(dot(row, column), 0.0)
}

/// Whether two orientations are the same.
pub(crate) fn same_orientation(a: [f64; 6], b: [f64; 6]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= DIRECTION_TOLERANCE)
}

/// Whether two spacings are the same.
pub(crate) fn same_spacing(a: [f64; 2], b: [f64; 2]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SPACING_TOLERANCE)
}

pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Distances of neighbours; `z` is sorted.
pub(crate) fn distances(z: &[f64]) -> Vec<f64> {
    z.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

/// Median; `None` of nothing. The mean of the middle two when their number is even.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_point_to_the_head() {
        assert_eq!(superior_normal([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]);
        assert_eq!(superior_normal([1.0, 0.0, 0.0, 0.0, -1.0, 0.0]), [0.0, 0.0, 1.0]);
        assert!(is_orthonormal([0.0, 1.0, 0.0, -1.0, 0.0, 0.0]));
        assert!(!is_orthonormal([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]));
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
