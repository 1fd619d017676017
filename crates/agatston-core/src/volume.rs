//! A whole volume in memory, for callers that have one: phantoms, tests, bindings.

use crate::{
    Padding, Plane, Protocol, Rescale,
    scan::{ScanSpec, Scratch, SliceScan, scan},
};
use ndarray::{ArrayView3, Axis};
use rayon::prelude::*;

/// Scans a volume of stored values, axes `[z, y, x]` with slice 0 the most inferior, slices in parallel.
///
/// One rescale and one padding for all slices. The outcome does not depend on the number of threads.
///
/// ```
/// use agatston_core::{Protocol, Rescale, scan_volume};
///
/// let mut hu = ndarray::Array3::<i16>::from_elem((1, 8, 8), 30);
/// hu.slice_mut(ndarray::s![0, 2..4, 3..6]).fill(150);
/// let rescale = Rescale::new(1.0, 0.0, 0).expect("a positive slope");
/// let slices = scan_volume(hu.view(), rescale, None, &Protocol::STANDARD);
/// assert_eq!(slices[0].runs.len(), 2); // two rows ...
/// assert_eq!(slices[0].values, [150; 6]); // ... of three candidates
/// ```
pub fn scan_volume(
    stored: ArrayView3<'_, i16>,
    rescale: Rescale,
    padding: Option<Padding>,
    protocol: &Protocol,
) -> Vec<SliceScan> {
    let bound = protocol.scan_bound(rescale);
    (0..stored.len_of(Axis(0)))
        .into_par_iter()
        .map_init(Scratch::new, |scratch, z| {
            let plane = Plane { stored: stored.index_axis(Axis(0), z), padding };
            scan(&plane, bound, &ScanSpec::default(), scratch)
        })
        .collect()
}
