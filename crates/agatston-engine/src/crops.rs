//! The few slices around lesions are read once more, for what needs the tissue around.

use crate::{
    Outcome,
    planes::{PLANES_AT_ONCE, read},
    scan::Unscanned,
};
use agatston_core::{Crop, CropBasis, CropBox, CropMeasures, Protocol, Rescale};
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
    each_crop(series, &boxes, workers, |index, crop| crop.measure(&lesions[index].lesion, &basis))
}

/// What is made of the crop of each box, in their order. Planes are read in order, each once; a crop is dropped when it was
/// looked at.
///
/// # Errors
///
/// As [`crops`].
pub(crate) fn each_crop<T: Clone + Send>(
    series: &Series,
    boxes: &[CropBox],
    workers: Workers,
    look: impl Fn(usize, &Crop) -> T + Sync,
) -> Result<Vec<T>, Unscanned> {
    let rescale: Vec<Rescale> = series.rescales();
    let needed: BTreeSet<u16> = boxes.iter().flat_map(|b| b.slices[0]..=b.slices[1]).collect();
    let needed: Vec<u16> = needed.into_iter().collect();
    let mut open: Vec<Option<Crop>> = boxes.iter().map(|_| None).collect();
    let mut seen: Vec<Option<T>> = vec![None; boxes.len()];
    for slices in needed.chunks(PLANES_AT_ONCE) {
        let read = read(series, slices, workers)?;
        let last = slices.last().copied().unwrap_or_default();
        let crops = open.par_iter_mut().zip(&mut seen).zip(boxes).enumerate();
        crops.for_each(|(index, ((crop, seen), bounds))| {
            if seen.is_some() || bounds.slices[0] > last {
                return;
            }
            let filled = crop.get_or_insert_with(|| Crop::new(*bounds, &rescale));
            read.iter().zip(slices).for_each(|(plane, slice)| filled.take(*slice, &plane.plane()));
            if bounds.slices[1] <= last {
                *seen = Some(look(index, filled));
                *crop = None;
            }
        });
    }
    Ok(seen.into_iter().map(|seen| seen.expect("every slice of every box was read")).collect())
}
