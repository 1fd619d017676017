//! The frames of a segmentation: one a segment and slice with voxels, their functional groups and their pixels.

use std::collections::BTreeMap;

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::{
    OutError, Segmentation, SourceContext, VoxelSpan, bits::Bits, concepts, decimal::decimals, item::Item,
    references, uid::derived_uid,
};

/// Most frames and segments of one object.
const FRAMES_MAX: usize = 65_535;

/// Frames by segment and slice, in this order.
pub(super) struct Frames(BTreeMap<(u16, u16), usize>);

impl Frames {
    /// Those that have voxels; of a segment without any, an empty frame of the lowest slice: a segment needs a frame.
    pub(super) fn of(segmentation: &Segmentation, context: &SourceContext) -> Result<Self, OutError> {
        let too_large = |what: String| Err(OutError::TooLarge { what });
        let segments = match u16::try_from(segmentation.segments.len()) {
            Ok(segments) if segments > 0 => segments,
            _ => return too_large(format!("{} segments", segmentation.segments.len())),
        };
        let geometry = &context.geometry;
        let mut frames = BTreeMap::new();
        for span in &segmentation.spans {
            context.image(span.slice)?;
            let fits = span.row < geometry.rows && span.start <= span.end && span.end <= geometry.columns;
            if !fits || span.segment >= segments {
                return too_large(format!("a span outside of the slice or of no segment: {span:?}"));
            }
            frames.insert((span.segment, span.slice), 0);
        }
        for segment in 0..segments {
            if frames.range((segment, 0)..=(segment, u16::MAX)).next().is_none() {
                frames.insert((segment, 0), 0);
            }
        }
        frames.values_mut().zip(0..).for_each(|(place, index)| *place = index);
        if frames.len() > FRAMES_MAX {
            return too_large(format!("{} frames", frames.len()));
        }
        Ok(Self(frames))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The pixels of all frames.
    pub(super) fn pixels(
        &self,
        segmentation: &Segmentation,
        context: &SourceContext,
    ) -> Result<Vec<u8>, OutError> {
        let columns = usize::from(context.geometry.columns);
        let samples = usize::from(context.geometry.rows) * columns;
        let length = samples * self.len();
        // The length of an element has 32 bits, and those that are all 1 mean another thing.
        if length / 8 >= u32::MAX as usize - 2 {
            return Err(OutError::TooLarge { what: format!("{length} pixels") });
        }
        let mut bits = Bits::zeros(length);
        for VoxelSpan { segment, slice, row, start, end } in &segmentation.spans {
            let first = self.0[&(*segment, *slice)] * samples + usize::from(*row) * columns;
            bits.set(first + usize::from(*start)..first + usize::from(*end));
        }
        Ok(bits.into_bytes())
    }
}

/// Frames are ordered by segment, then along the patient (PS3.3 C.7.6.17).
pub(super) fn dimensions(seed: &[u8], set: &mut Item) {
    let organization = derived_uid("dimension organization", &[seed]);
    let dimension = |pointer, group, label: &str| {
        let mut item = Item::new();
        item.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &organization);
        item.tag(tags::DIMENSION_INDEX_POINTER, pointer);
        item.tag(tags::FUNCTIONAL_GROUP_POINTER, group);
        item.text(tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, label);
        item
    };
    let mut own = Item::new();
    own.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, &organization);
    set.one(tags::DIMENSION_ORGANIZATION_SEQUENCE, own);
    set.sequence(
        tags::DIMENSION_INDEX_SEQUENCE,
        vec![
            dimension(tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE, "Segment"),
            dimension(tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE, "Position"),
        ],
    );
}

/// What holds for every frame: pixel measures and orientation.
pub(super) fn shared_groups(context: &SourceContext) -> Item {
    let geometry = &context.geometry;
    let mut measures = Item::new();
    measures.text(tags::SLICE_THICKNESS, VR::DS, &decimals(&[context.thickness_mm]));
    measures.text(tags::SPACING_BETWEEN_SLICES, VR::DS, &decimals(&[geometry.increment_mm]));
    measures.text(tags::PIXEL_SPACING, VR::DS, &decimals(&geometry.spacing_mm));
    let mut orientation = Item::new();
    let directions = [geometry.row_dir, geometry.column_dir].concat();
    orientation.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, &decimals(&directions));
    let mut groups = Item::new();
    groups.one(tags::PIXEL_MEASURES_SEQUENCE, measures);
    groups.one(tags::PLANE_ORIENTATION_SEQUENCE, orientation);
    groups
}

/// What each frame is: its place, its segment, and the image that it was made from.
pub(super) fn per_frame_groups(frames: &Frames, context: &SourceContext) -> Result<Vec<Item>, OutError> {
    // Places are counted from 1 among those that occur.
    let mut places: BTreeMap<u16, u32> = frames.0.keys().map(|(_, slice)| (*slice, 0)).collect();
    places.values_mut().zip(1..).for_each(|(place, index)| *place = index);
    let group = |(segment, slice): &(u16, u16)| {
        let (number, image) = (segment + 1, context.image(*slice)?);
        let mut content = Item::new();
        content.u32s(tags::DIMENSION_INDEX_VALUES, &[u32::from(number), places[slice]]);
        let mut position = Item::new();
        position.text(tags::IMAGE_POSITION_PATIENT, VR::DS, &decimals(&image.position_lps_mm));
        let mut identification = Item::new();
        identification.u16s(tags::REFERENCED_SEGMENT_NUMBER, &[number]);
        let mut source = references::image(image);
        source.one(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, concepts::SOURCE_OF_PROCESSING.item());
        source.text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
        let mut derivation = Item::new();
        derivation.one(tags::SOURCE_IMAGE_SEQUENCE, source);
        derivation.one(tags::DERIVATION_CODE_SEQUENCE, concepts::SEGMENTED.item());
        let mut groups = Item::new();
        groups.one(tags::FRAME_CONTENT_SEQUENCE, content);
        groups.one(tags::PLANE_POSITION_SEQUENCE, position);
        groups.one(tags::SEGMENT_IDENTIFICATION_SEQUENCE, identification);
        groups.one(tags::DERIVATION_IMAGE_SEQUENCE, derivation);
        Ok(groups)
    };
    frames.0.keys().map(group).collect()
}
