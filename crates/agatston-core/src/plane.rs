//! One plane of stored values as the loader hands it over. No file, no DICOM, no clock.

use ndarray::ArrayView2;

/// Stored values that mean "no measurement here", both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Padding {
    /// Lowest padding value.
    pub low: i16,
    /// Highest padding value; at or over `low`.
    pub high: i16,
}

impl Padding {
    /// Whether a stored value is padding.
    pub fn contains(self, stored: i16) -> bool {
        (self.low..=self.high).contains(&stored)
    }
}

/// One plane: signed 16-bit stored values in standard layout, axes `[row, column]`.
#[derive(Clone, Copy, Debug)]
pub struct Plane<'a> {
    /// The stored values; `hu = slope * (stored + bias) + intercept` with the slice's [`Rescale`](crate::Rescale).
    pub stored: ArrayView2<'a, i16>,
    /// Values that are never candidates, in the same units.
    pub padding: Option<Padding>,
}
