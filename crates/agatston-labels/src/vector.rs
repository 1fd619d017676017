//! Positions and directions in the patient, and floats that are whole numbers.

use std::ops::RangeInclusive;

/// A position or a direction: LPS, mm, or indices where a name says so.
pub(crate) type Vector = [f64; 3];

/// The integers from `low` to `high`, both inclusive, that are indices of `size` things.
pub(crate) fn whole_range(low: f64, high: f64, size: usize) -> Option<RangeInclusive<usize>> {
    let index = |v: f64| exact_u32(v).and_then(|v| usize::try_from(v).ok());
    let last = float(size) - 1.0;
    let (low, high) = (low.ceil().max(0.0), high.floor().min(last));
    if low <= high { Some(index(low)?..=index(high)?) } else { None }
}

/// A float that is exactly a 32-bit unsigned integer.
pub(crate) fn exact_u32(value: f64) -> Option<u32> {
    if value.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&value) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be exact just above"
    )]
    let exact = value as u32;
    Some(exact)
}

/// An index or a size as a coordinate: exact, since none reaches 2^53.
pub(crate) fn float(index: usize) -> f64 {
    index as f64
}

pub(crate) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn minus(a: Vector, b: Vector) -> Vector {
    std::array::from_fn(|i| a[i] - b[i])
}

pub(crate) fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

pub(crate) fn times(a: Vector, by: f64) -> Vector {
    a.map(|v| v * by)
}

pub(crate) fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
