//! The frames of a segmentation (PS3.3 C.7.6.16): where each is and whose it is, from functional groups that frames have
//! for themselves or share.

use super::{
    damaged,
    data_set::DataSet,
    tag::{
        IMAGE_ORIENTATION_PATIENT, IMAGE_POSITION_PATIENT, PIXEL_MEASURES_SEQUENCE, PIXEL_SPACING,
        PLANE_ORIENTATION_SEQUENCE, PLANE_POSITION_SEQUENCE, REFERENCED_SEGMENT_NUMBER,
        SEGMENT_IDENTIFICATION_SEQUENCE, SLICE_THICKNESS, SPACING_BETWEEN_SLICES, Tag,
    },
};
use crate::{
    code::LABELS_ORIENTATION,
    error::{Refusal, refusal},
    vector::Vector,
};

/// Functional groups of all frames.
const SHARED_FUNCTIONAL_GROUPS_SEQUENCE: Tag = Tag(0x5200, 0x9229);
/// Functional groups of each frame.
const PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE: Tag = Tag(0x5200, 0x9230);

/// What a frame says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Centre of its first pixel, LPS mm.
    pub(super) position: Vector,
    /// Direction along a row, then along a column.
    pub(super) orientation: [f64; 6],
    pub(super) measures: PixelMeasures,
    /// Its segment, where frames have one.
    pub(super) segment: Option<u16>,
}

/// Sizes, mm.
#[derive(Clone, Copy, Debug)]
pub(super) struct PixelMeasures {
    /// From row to row, then from column to column.
    pub(super) pixel_spacing: [f64; 2],
    pub(super) slice_thickness: Option<f64>,
    pub(super) spacing_between_slices: Option<f64>,
}

/// The frames in the order of their pixels, which must be so many.
pub(super) fn frames(data_set: &DataSet<'_>, count: usize) -> Result<Vec<Frame>, Refusal> {
    let shared = data_set.first_item(SHARED_FUNCTIONAL_GROUPS_SEQUENCE)?;
    let mut frames = Vec::new();
    for own in data_set.items(PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE) {
        frames.push(Groups { own: own?, shared: shared.as_ref() }.frame()?);
        if frames.len() > count {
            break;
        }
    }
    match frames.len() {
        0 => Err(nowhere()),
        found if found == count => Ok(frames),
        found => Err(damaged("the functional groups are not as many as the frames")
            .seen(format!("{found} items, {count} frames"))
            .next_step("write the segmentation again")),
    }
}

/// The functional groups of a frame.
struct Groups<'a> {
    own: DataSet<'a>,
    shared: Option<&'a DataSet<'a>>,
}

impl<'a> Groups<'a> {
    fn frame(&self) -> Result<Frame, Refusal> {
        let position = self.group(PLANE_POSITION_SEQUENCE)?.ok_or_else(nowhere)?;
        let orientation = self.group(PLANE_ORIENTATION_SEQUENCE)?.ok_or_else(nowhere)?;
        let segment = match self.group(SEGMENT_IDENTIFICATION_SEQUENCE)? {
            Some(group) => group.u16(REFERENCED_SEGMENT_NUMBER)?,
            None => None,
        };
        Ok(Frame {
            position: position.decimals(IMAGE_POSITION_PATIENT)?.ok_or_else(nowhere)?,
            orientation: orientation.decimals(IMAGE_ORIENTATION_PATIENT)?.ok_or_else(nowhere)?,
            measures: self.measures()?,
            segment,
        })
    }

    fn measures(&self) -> Result<PixelMeasures, Refusal> {
        let sizeless = || refusal(LABELS_ORIENTATION, "a frame does not say how large its pixels are");
        let measures = self.group(PIXEL_MEASURES_SEQUENCE)?.ok_or_else(sizeless)?;
        let length = |tag| Ok(measures.decimals(tag)?.map(|[mm]| mm).filter(|mm| *mm > 0.0));
        Ok(PixelMeasures {
            pixel_spacing: measures.decimals(PIXEL_SPACING)?.ok_or_else(sizeless)?,
            slice_thickness: length(SLICE_THICKNESS)?,
            spacing_between_slices: length(SPACING_BETWEEN_SLICES)?,
        })
    }

    /// A functional group of the frame, or else of all frames.
    fn group(&self, sequence: Tag) -> Result<Option<DataSet<'a>>, Refusal> {
        match (self.own.first_item(sequence)?, self.shared) {
            (None, Some(shared)) => shared.first_item(sequence),
            (own, _) => Ok(own),
        }
    }
}

fn nowhere() -> Refusal {
    refusal(LABELS_ORIENTATION, "the frames have no position in the patient")
        .expected("PlanePositionSequence and PlaneOrientationSequence, as on CT")
        .next_step("name the segmentation of this series, not one of a projection or a slide")
}
