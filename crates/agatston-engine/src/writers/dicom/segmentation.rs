//! The segmentation: a segment for every region that the source tells apart, with the voxels whose volume counts.

use super::{DateTime, Encoded, NotWritten, subject::Subject};
use crate::{
    palette::{cielab, colour},
    result::ResultDocument,
    terminology::{finding, site},
    traced::{Traced, TracedRegion},
};
use agatston_dicom::out::{OutError, Segment, Segmentation, VoxelSpan};

/// The segmentation of a scored series. `date` stands in for the dates of the source.
///
/// # Errors
///
/// When there is no score, no region has a name, or the series lacks what such an object refers to.
pub fn segmentation(
    document: &ResultDocument,
    traced: &Traced,
    date: Option<DateTime>,
) -> Result<Encoded, NotWritten> {
    let subject = Subject::new(document, traced, date)?;
    let segment = |region: &TracedRegion| Segment {
        label: traced.calcium.label(region),
        property: finding(region.region),
        anatomy: site(region.region),
        cielab: cielab(colour(region.region)),
        tracking_uid: subject.tracking_uid("region", &region.name),
    };
    let segmentation = Segmentation {
        segments: traced.calcium.regions.iter().map(segment).collect(),
        spans: spans(traced)?,
        is_provisional: subject.is_provisional(),
        program: subject.program(),
        seed: subject.seed.clone(),
    };
    Ok(segmentation.encode(&subject.context)?)
}

fn spans(traced: &Traced) -> Result<Vec<VoxelSpan>, OutError> {
    let calcium = &traced.calcium;
    let too_large = |_| OutError::TooLarge { what: format!("{} segments", calcium.regions.len()) };
    let mut spans = Vec::new();
    for (slice, of_slice) in (0..=u16::MAX).zip(&calcium.slices) {
        for span in of_slice {
            let segment = u16::try_from(calcium.region_of(span)).map_err(too_large)?;
            spans.push(VoxelSpan { segment, slice, row: span.row, start: span.start, end: span.end });
        }
    }
    Ok(spans)
}
