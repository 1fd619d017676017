//! From millimetres to whole pixels.

/// How many pixels of a size make up a length, to the nearest; never below 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
pub(super) fn pixels(length_mm: f64, pixel_mm: f64) -> u32 {
    (length_mm / pixel_mm).round().clamp(0.0, f64::from(u32::MAX)) as u32
}
