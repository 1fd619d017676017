//! Points in mm, and smooth curves through them. Only sums, products, quotients and square roots, so that
//! every platform comes to the same bits.

/// A point or a direction, `[x, y, z]` in mm: to the left, to the back, to the head.
pub(super) type Point = [f64; 3];

pub(super) fn add(a: Point, b: Point) -> Point {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(super) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn times(a: Point, factor: f64) -> Point {
    a.map(|value| value * factor)
}

/// `a + factor * b`.
pub(super) fn along(a: Point, b: Point, factor: f64) -> Point {
    add(a, times(b, factor))
}

pub(super) fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Point, b: Point) -> Point {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(super) fn length(a: Point) -> f64 {
    dot(a, a).sqrt()
}

/// The direction of `a`, which is not null.
pub(super) fn unit(a: Point) -> Point {
    times(a, 1.0 / length(a))
}

/// Cosine and sine of an angle in turns of 128, `0..128`, by halving a quarter turn: no function of a library.
pub(super) fn direction(step: usize) -> [f64; 2] {
    let (quarter, within) = (step / 32 % 4, step % 32);
    let mut angle = [1.0, 0.0];
    let mut half = [0.0, 1.0];
    for bit in [16, 8, 4, 2, 1] {
        let [c, _] = half;
        half = [((1.0 + c) / 2.0_f64).sqrt(), ((1.0 - c) / 2.0_f64).sqrt()];
        if within & bit != 0 {
            angle = [angle[0] * half[0] - angle[1] * half[1], angle[0] * half[1] + angle[1] * half[0]];
        }
    }
    match quarter {
        0 => angle,
        1 => [-angle[1], angle[0]],
        2 => [-angle[0], -angle[1]],
        _ => [angle[1], -angle[0]],
    }
}

/// A Catmull-Rom spline through the knots, sampled at least every `step` units. The first three numbers of a
/// knot are a point; what follows (a radius) is carried along.
pub(super) fn spline<const N: usize>(knots: &[[f64; N]], step: f64) -> Vec<[f64; N]> {
    let mut samples = Vec::new();
    for (index, pair) in knots.windows(2).enumerate() {
        let (from, to) = (pair[0], pair[1]);
        let before = knots[index.saturating_sub(1)];
        let after = knots[(index + 2).min(knots.len() - 1)];
        let distance = length([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
        let mut walked = 0.0;
        while walked < distance {
            let t = walked / distance;
            samples.push(std::array::from_fn(|axis| {
                let [a, b, c, d] = [before[axis], from[axis], to[axis], after[axis]];
                let (square, cube) = (t * t, t * t * t);
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * square
                    + (3.0 * b - a - 3.0 * c + d) * cube)
            }));
            walked += step;
        }
    }
    samples.extend(knots.last());
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the library that may differ in the last bit.
    #[test]
    fn directions_go_round() {
        for step in 0..128_u32 {
            let angle = f64::from(step) * std::f64::consts::TAU / 128.0;
            let [c, s] = direction(usize::try_from(step).unwrap());
            assert!((c - angle.cos()).abs() < 1e-12 && (s - angle.sin()).abs() < 1e-12, "{step}");
        }
    }

    /// A spline goes through its knots and along a straight line stays on it.
    #[test]
    fn splines_pass_through_their_knots() {
        let samples = spline(&[[0.0, 0.0, 0.0], [3.0, 0.0, 0.0], [6.0, 0.0, 0.0]], 1.0);
        assert_eq!(samples.len(), 7);
        assert!(samples.iter().all(|[_, y, z]| *y == 0.0 && *z == 0.0));
        assert_eq!((samples[0][0], samples[3][0], samples[6][0]), (0.0, 3.0, 6.0));
    }
}
