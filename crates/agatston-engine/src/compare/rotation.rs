//! The rotation that brings points nearest to others, by least squares.
//!
//! Horn (1987): with sums of products S = sum of from x to, the unit quaternion of the rotation is the eigenvector of the
//! largest eigenvalue of a symmetric 4 x 4 matrix made of S. It cannot come out as a mirror image, and of points in one plane
//! it is as good as of any. Points on one line leave the turn about it open: [`spread_mm`] tells.

type Vector = [f64; 3];

/// Sweeps after which Jacobi's method has converged, with room to spare: the error falls with the square of each.
const SWEEPS: usize = 20;

/// A rotation, row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rotation([Vector; 3]);

impl Rotation {
    /// None.
    pub(super) const NONE: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// Turns a vector.
    pub(super) fn turn(&self, v: Vector) -> Vector {
        self.0.map(|row| dot(row, v))
    }

    /// Its angle, degrees.
    pub(super) fn degrees(&self) -> f64 {
        let [[a, _, _], [_, b, _], [_, _, c]] = self.0;
        ((a + b + c - 1.0) / 2.0).clamp(-1.0, 1.0).acos().to_degrees()
    }

    /// The rotation about the origin that brings each `from` nearest to its `to`.
    pub(super) fn fit(pairs: &[(Vector, Vector)]) -> Self {
        let mut s = [[0.0; 3]; 3];
        for (from, to) in pairs {
            for (row, f) in s.iter_mut().zip(from) {
                row.iter_mut().zip(to).for_each(|(sum, t)| *sum += f * t);
            }
        }
        let [[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]] = s;
        let matrix = [
            [xx + yy + zz, yz - zy, zx - xz, xy - yx],
            [yz - zy, xx - yy - zz, xy + yx, zx + xz],
            [zx - xz, xy + yx, yy - xx - zz, yz + zy],
            [xy - yx, zx + xz, yz + zy, zz - xx - yy],
        ];
        let largest = eigen(matrix).into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
        largest.map_or(Self::NONE, |(_, quaternion)| Self::of_quaternion(quaternion))
    }

    fn of_quaternion([w, x, y, z]: [f64; 4]) -> Self {
        Self([
            [w * w + x * x - y * y - z * z, 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
            [2.0 * (x * y + w * z), w * w - x * x + y * y - z * z, 2.0 * (y * z - w * x)],
            [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), w * w - x * x - y * y + z * z],
        ])
    }
}

/// How far points around the origin spread along the second of their principal axes, standard deviation, mm: small where
/// they lie on a line.
pub(super) fn spread_mm(points: impl Iterator<Item = Vector> + Clone) -> f64 {
    let mut s = [[0.0; 3]; 3];
    for point in points.clone() {
        for (row, a) in s.iter_mut().zip(point) {
            row.iter_mut().zip(point).for_each(|(sum, b)| *sum += a * b);
        }
    }
    let mut values = eigen(s).map(|(value, _)| value);
    values.sort_by(f64::total_cmp);
    let [_, second, _] = values;
    (second.max(0.0) / points.count().max(1) as f64).sqrt()
}

fn dot([a, b, c]: Vector, [x, y, z]: Vector) -> f64 {
    a * x + b * y + c * z
}

/// Eigenvalues of a symmetric matrix, each with its unit eigenvector: Jacobi's method, which turns the matrix until nothing
/// is left beside its diagonal.
fn eigen<const N: usize>(mut m: [[f64; N]; N]) -> [(f64, [f64; N]); N] {
    let mut vectors: [[f64; N]; N] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(i == j)));
    for _ in 0..SWEEPS {
        for p in 0..N {
            for q in p + 1..N {
                turn_away(&mut m, &mut vectors, p, q);
            }
        }
    }
    std::array::from_fn(|i| (m[i][i], vectors[i]))
}

/// One turn, in the plane of axes p and q, that makes the element of both zero. Rows of `vectors` are the eigenvectors.
fn turn_away<const N: usize>(m: &mut [[f64; N]; N], vectors: &mut [[f64; N]; N], p: usize, q: usize) {
    if m[p][q] == 0.0 {
        return;
    }
    let theta = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in m.iter_mut() {
        (row[p], row[q]) = (cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]);
    }
    for rows in [m, vectors] {
        let (a, b) = (rows[p], rows[q]);
        rows[p] = std::array::from_fn(|i| cosine * a[i] - sine * b[i]);
        rows[q] = std::array::from_fn(|i| sine * a[i] + cosine * b[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: [Vector; 5] =
        [[30.0, 0.0, 0.0], [-10.0, 20.0, 5.0], [0.0, -25.0, 10.0], [-20.0, 5.0, -15.0], [7.0, 8.0, 9.0]];

    fn rotation_about_z(degrees: f64) -> Rotation {
        let (s, c) = degrees.to_radians().sin_cos();
        Rotation([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    }

    fn check(points: &[Vector], known: Rotation) {
        let pairs: Vec<(Vector, Vector)> = points.iter().map(|p| (*p, known.turn(*p))).collect();
        let found = Rotation::fit(&pairs);
        for (a, b) in found.0.iter().flatten().zip(known.0.iter().flatten()) {
            assert!((a - b).abs() < 1e-12, "{found:?} {known:?}");
        }
    }

    /// Rotations that are known come back, also of points in one plane, where a mirror image would fit as well.
    #[test]
    fn a_known_rotation_comes_back() {
        check(&POINTS, rotation_about_z(7.0));
        check(&POINTS, Rotation::NONE);
        check(&POINTS, rotation_about_z(-90.0));
        check(&POINTS, Rotation::of_quaternion([0.5, 0.5, -0.5, 0.5]));
        let flat: Vec<Vector> = POINTS.iter().map(|[x, y, _]| [*x, *y, 0.0]).collect();
        check(&flat, rotation_about_z(7.0));
        assert!((rotation_about_z(7.0).degrees() - 7.0).abs() < 1e-9);
    }

    #[test]
    fn points_on_a_line_have_no_spread() {
        let line = [[1.0, 2.0, 3.0], [-1.0, -2.0, -3.0], [10.0, 20.0, 30.0]];
        assert!(spread_mm(line.into_iter()) < 1e-6);
        // Along x 3 mm, along y 2 mm, along z 1 mm on either side of the origin: 2 mm, and two points of six carry it.
        let cross = [
            [3.0, 0.0, 0.0],
            [-3.0, 0.0, 0.0],
            [0.0, 2.0, 0.0],
            [0.0, -2.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.0, 0.0, -1.0],
        ];
        assert!((spread_mm(cross.into_iter()) - (8.0_f64 / 6.0).sqrt()).abs() < 1e-12);
    }

    /// 2 and 1 on the diagonal, 2 beside it... by hand: the eigenvalues of [[2, 2], [2, -1]] are 3 and -2.
    #[test]
    fn eigenvalues_by_hand() {
        let mut values = eigen([[2.0, 2.0], [2.0, -1.0]]).map(|(value, _)| value);
        values.sort_by(f64::total_cmp);
        assert!((values[0] + 2.0).abs() < 1e-12 && (values[1] - 3.0).abs() < 1e-12, "{values:?}");
    }
}
