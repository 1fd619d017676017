//! The few slices around lesions are read once more, for what needs the tissue around.

use crate::{
    Outcome,
    planes::{PLANES_AT_ONCE, read},
    scan::Unscanned,
};
use agatston_core::{Crop, CropBasis, CropBox, CropMeasures, Protocol};
use agatston_dicom::{Series, Workers};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// What every lesion measures in its crop, in the order of the lesions.
///
/// # Errors
///
/// As [`scan_series`](crate::scan_series): the files may have changed since.
pub(crate) fn crops(
    series: &Series,
    outcome: &Outcome,
    protocol: &Protocol,
    workers: Workers,
) -> Result<Vec<CropMeasures>, Unscanned> {
    let planes = u16::try_from(series.planes.len()).unwrap_or(u16::MAX);
    let (geometry, foci) = (&series.geometry, &outcome.foci);
    let basis = CropBasis { foci, geometry, protocol, rods: &outcome.rods };
    let lesions = &outcome.score.lesions;
    let boxes: Vec<CropBox> = lesions.iter().map(|l| CropBox::around(&l.lesion, geometry, planes)).collect();
    let needed: BTreeSet<u16> = boxes.iter().flat_map(|b| b.slices[0]..=b.slices[1]).collect();
    let needed: Vec<u16> = needed.into_iter().collect();
    let mut open: Vec<Option<Crop>> = boxes.iter().map(|_| None).collect();
    let mut measures: Vec<Option<CropMeasures>> = vec![None; boxes.len()];
    for slices in needed.chunks(PLANES_AT_ONCE) {
        let read = read(series, slices, workers)?;
        let last = slices.last().copied().unwrap_or_default();
        let crops = open.par_iter_mut().zip(&mut measures).zip(&boxes).zip(lesions);
        crops.for_each(|(((crop, measures), bounds), lesion)| {
            if measures.is_some() || bounds.slices[0] > last {
                return;
            }
            let filled = crop.get_or_insert_with(|| Crop::new(*bounds, &outcome.foci.rescale));
            read.iter().zip(slices).for_each(|(plane, slice)| filled.take(*slice, &plane.plane()));
            if bounds.slices[1] <= last {
                let found = filled.measure(&lesion.lesion, &basis);
                *measures = Some(found);
                *crop = None;
            }
        });
    }
    Ok(measures.into_iter().map(|m| m.expect("every slice of every box was read")).collect())
}
