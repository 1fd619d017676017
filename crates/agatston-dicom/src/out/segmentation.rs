//! Segmentations (PS3.3 A.51): which voxels are calcium of which artery or region.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::{
    Concept, Encoded, OutError, Program, SourceContext, concepts,
    frames::{Frames, dimensions, per_frame_groups, shared_groups},
    item::Item,
    modules::{SeriesOfOurs, common},
    object::Draft,
    references,
};

/// What a segmentation says.
#[derive(Clone, Debug)]
pub struct Segmentation {
    /// What is segmented; at least one.
    pub segments: Vec<Segment>,
    /// Which voxels belong to which segment.
    pub spans: Vec<VoxelSpan>,
    /// Whether nobody decided what is calcium of what.
    pub is_provisional: bool,
    /// The program.
    pub program: Program,
    /// All that decides the content beside what is given here, in any form: it goes into the UIDs.
    pub seed: Vec<u8>,
}

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// SegmentLabel, at most 64 characters.
    pub label: String,
    /// SegmentedPropertyType.
    pub property: Concept,
    /// Where in the body it is.
    pub anatomy: Option<Concept>,
    /// RecommendedDisplayCIELabValue, as PS3.3 C.10.7.1.1 scales it.
    pub cielab: [u16; 3],
    /// TrackingUID.
    pub tracking_uid: String,
}

/// Voxels beside each other in a row, of one segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoxelSpan {
    /// Index into the segments.
    pub segment: u16,
    /// Index of the slice; 0 is the most inferior.
    pub slice: u16,
    /// Row.
    pub row: u16,
    /// First column.
    pub start: u16,
    /// Column after the last.
    pub end: u16,
}

/// How segments came about: a program, within what a person drew or gave to be used.
const WITHIN_LABELS: &str = "SEMIAUTOMATIC";
/// A program alone.
const ALONE: &str = "AUTOMATIC";

/// What tells the series.
const SERIES: SeriesOfOurs = SeriesOfOurs {
    sop_class_uid: uids::SEGMENTATION_STORAGE,
    modality: "SEG",
    number: "9801",
    description: "Calcium (agatston)",
    provisional: "PROVISIONAL calcium (agatston)",
};

impl Segmentation {
    /// The file.
    ///
    /// # Errors
    ///
    /// When a span lies outside of the series, or there is more than an object can hold.
    pub fn encode(&self, context: &SourceContext) -> Result<Encoded, OutError> {
        let frames = Frames::of(self, context)?;
        let mut set = common(context, &self.program, &SERIES.marked(self.is_provisional));
        image(context, &frames, &mut set);
        set.text(tags::CONTENT_DESCRIPTION, VR::LO, self.description());
        let segments = (1u16..).zip(&self.segments);
        let segments = segments.map(|(number, segment)| self.segment(number, segment, context)).collect();
        set.sequence(tags::SEGMENT_SEQUENCE, segments);
        self.refer(context, &mut set);
        set.one(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, shared_groups(context));
        set.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, per_frame_groups(&frames, context)?);
        let pixels = Some(frames.pixels(self, context)?);
        let (sop_class_uid, seed) = (SERIES.sop_class_uid, self.seed.clone());
        Draft { sop_class_uid, kind: "segmentation", seed, set, pixels }.encode()
    }

    /// At most 64 characters.
    fn description(&self) -> &'static str {
        if self.is_provisional {
            "PROVISIONAL: voxels that the calcium volume counts"
        } else {
            "Voxels that the calcium volume counts"
        }
    }

    fn segment(&self, number: u16, segment: &Segment, context: &SourceContext) -> Item {
        let label = context.own_text(&segment.label, 64);
        let mut item = Item::new();
        item.u16s(tags::SEGMENT_NUMBER, &[number]);
        item.text(tags::SEGMENT_LABEL, VR::LO, &label);
        let algorithm = if self.is_provisional { ALONE } else { WITHIN_LABELS };
        item.text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, algorithm);
        let name = context.own_text(&format!("agatston {}", self.program.version), 64);
        item.text(tags::SEGMENT_ALGORITHM_NAME, VR::LO, &name);
        let category = concepts::MORPHOLOGICALLY_ABNORMAL.item();
        item.one(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, category);
        item.one(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, segment.property.item());
        if let Some(anatomy) = segment.anatomy {
            item.one(tags::ANATOMIC_REGION_SEQUENCE, anatomy.item());
        }
        item.u16s(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, &segment.cielab);
        item.text(tags::TRACKING_ID, VR::UT, &label);
        item.text(tags::TRACKING_UID, VR::UI, &segment.tracking_uid);
        item
    }

    /// Frame of reference, and every image of the series.
    fn refer(&self, context: &SourceContext, set: &mut Item) {
        context.repeat(tags::FRAME_OF_REFERENCE_UID, set);
        context.repeat(tags::POSITION_REFERENCE_INDICATOR, set);
        let mut series = Item::new();
        series.sequence(tags::REFERENCED_INSTANCE_SEQUENCE, references::instances(context));
        series.text(tags::SERIES_INSTANCE_UID, VR::UI, &context.series_uid);
        set.one(tags::REFERENCED_SERIES_SEQUENCE, series);
        dimensions(&self.seed, set);
    }
}

/// The pixels, but for themselves.
fn image(context: &SourceContext, frames: &Frames, set: &mut Item) {
    set.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY");
    set.text(tags::CONTENT_LABEL, VR::CS, "CALCIUM");
    set.text(tags::CONTENT_CREATOR_NAME, VR::PN, "");
    set.text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
    set.text(tags::SEGMENTS_OVERLAP, VR::CS, "NO");
    set.text(tags::NUMBER_OF_FRAMES, VR::IS, &frames.len().to_string());
    set.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    for (tag, value) in [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, context.geometry.rows),
        (tags::COLUMNS, context.geometry.columns),
        (tags::BITS_ALLOCATED, 1),
        (tags::BITS_STORED, 1),
        (tags::HIGH_BIT, 0),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        set.u16s(tag, &[value]);
    }
    let lossy = context.get(tags::LOSSY_IMAGE_COMPRESSION) == Some(b"01");
    set.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, if lossy { "01" } else { "00" });
    if lossy {
        context.repeat_if_any(tags::LOSSY_IMAGE_COMPRESSION_RATIO, set);
        context.repeat_if_any(tags::LOSSY_IMAGE_COMPRESSION_METHOD, set);
    }
}
