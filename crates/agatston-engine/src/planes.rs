//! The way back to the pixels: a few whole planes of a series, read once more after the one pass over it.

use crate::scan::Unscanned;
use agatston_core::{Padding, Plane};
use agatston_dicom::{Buffer, PlaneError, Series, Workers};
use ndarray::Array2;

/// Planes held at a time.
pub(crate) const PLANES_AT_ONCE: usize = 16;

/// A plane that was kept.
pub(crate) struct Kept {
    stored: Array2<i16>,
    padding: Option<Padding>,
}

impl Kept {
    pub(crate) fn plane(&self) -> Plane<'_> {
        Plane { stored: self.stored.view(), padding: self.padding }
    }
}

/// The planes of these slices, in their order.
///
/// # Errors
///
/// As [`scan_series`](crate::scan_series): the files may have changed since.
pub(crate) fn read(series: &Series, slices: &[u16], workers: Workers) -> Result<Vec<Kept>, Unscanned> {
    let first = Buffer::new();
    let read = workers.each(
        slices.len(),
        || first.beside(),
        |buffer, _, i| {
            let plane = series.plane(usize::from(slices[i]), buffer)?;
            Ok(Kept { stored: plane.stored.to_owned(), padding: plane.padding })
        },
    );
    read.into_iter().map(|plane| plane.map_err(unscanned)).collect()
}

fn unscanned(error: PlaneError) -> Unscanned {
    match error {
        PlaneError::Refused(finding) => Unscanned::Refused(vec![*finding]),
        PlaneError::Outside(error) => Unscanned::Failed(error.into()),
    }
}
