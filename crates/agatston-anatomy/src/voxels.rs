//! Numbers of voxels and numbers of millimetres: the conversions between them, each in one place.

/// A number of voxels as a float; exact, axes are far shorter than 2^52.
#[expect(clippy::cast_precision_loss, reason = "axes and counts of voxels stay below 2^52")]
pub(crate) fn count(n: usize) -> f64 {
    n as f64
}

/// The whole part of a number of voxels; 0 of a negative one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the whole part is asked for")]
pub(crate) fn whole(voxels: f64) -> usize {
    voxels.max(0.0) as usize
}

/// The nearest whole number of voxels, to the even of two.
#[expect(clippy::cast_possible_truncation, reason = "distances are a few centimetres")]
pub(crate) fn nearest(voxels: f64) -> isize {
    voxels.round_ties_even() as isize
}

/// A cost or a mean with seven digits.
#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough")]
pub(crate) fn single(value: f64) -> f32 {
    value as f32
}
