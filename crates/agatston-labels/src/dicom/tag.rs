//! The tags that are asked for (PS3.6), by their keywords.

use std::fmt;

/// Group and element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag(pub(super) u16, pub(super) u16);

/// As the standard writes it.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({:04X},{:04X})", self.0, self.1)
    }
}

pub(super) const ITEM: Tag = Tag(0xFFFE, 0xE000);
pub(super) const ITEM_DELIMITATION: Tag = Tag(0xFFFE, 0xE00D);
pub(super) const SEQUENCE_DELIMITATION: Tag = Tag(0xFFFE, 0xE0DD);

pub(super) const TRANSFER_SYNTAX_UID: Tag = Tag(0x0002, 0x0010);
pub(super) const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008, 0x0005);
pub(super) const SOP_CLASS_UID: Tag = Tag(0x0008, 0x0016);
pub(super) const CODE_VALUE: Tag = Tag(0x0008, 0x0100);
pub(super) const CODING_SCHEME_DESIGNATOR: Tag = Tag(0x0008, 0x0102);
pub(super) const LONG_CODE_VALUE: Tag = Tag(0x0008, 0x0119);
pub(super) const REFERENCED_SERIES_SEQUENCE: Tag = Tag(0x0008, 0x1115);
pub(super) const REFERENCED_SOP_INSTANCE_UID: Tag = Tag(0x0008, 0x1155);
pub(super) const ANATOMIC_REGION_SEQUENCE: Tag = Tag(0x0008, 0x2218);
pub(super) const ANATOMIC_REGION_MODIFIER_SEQUENCE: Tag = Tag(0x0008, 0x2220);
pub(super) const PRIMARY_ANATOMIC_STRUCTURE_SEQUENCE: Tag = Tag(0x0008, 0x2228);
pub(super) const PRIMARY_ANATOMIC_STRUCTURE_MODIFIER_SEQUENCE: Tag = Tag(0x0008, 0x2230);
pub(super) const SLICE_THICKNESS: Tag = Tag(0x0018, 0x0050);
pub(super) const SPACING_BETWEEN_SLICES: Tag = Tag(0x0018, 0x0088);
pub(super) const SERIES_INSTANCE_UID: Tag = Tag(0x0020, 0x000E);
pub(super) const IMAGE_POSITION_PATIENT: Tag = Tag(0x0020, 0x0032);
pub(super) const IMAGE_ORIENTATION_PATIENT: Tag = Tag(0x0020, 0x0037);
pub(super) const FRAME_OF_REFERENCE_UID: Tag = Tag(0x0020, 0x0052);
pub(super) const PLANE_POSITION_SEQUENCE: Tag = Tag(0x0020, 0x9113);
pub(super) const PLANE_ORIENTATION_SEQUENCE: Tag = Tag(0x0020, 0x9116);
pub(super) const CONCATENATION_UID: Tag = Tag(0x0020, 0x9161);
pub(super) const SAMPLES_PER_PIXEL: Tag = Tag(0x0028, 0x0002);
pub(super) const NUMBER_OF_FRAMES: Tag = Tag(0x0028, 0x0008);
pub(super) const ROWS: Tag = Tag(0x0028, 0x0010);
pub(super) const COLUMNS: Tag = Tag(0x0028, 0x0011);
pub(super) const PIXEL_SPACING: Tag = Tag(0x0028, 0x0030);
pub(super) const BITS_ALLOCATED: Tag = Tag(0x0028, 0x0100);
pub(super) const BITS_STORED: Tag = Tag(0x0028, 0x0101);
pub(super) const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);
pub(super) const PIXEL_PADDING_VALUE: Tag = Tag(0x0028, 0x0120);
pub(super) const PIXEL_MEASURES_SEQUENCE: Tag = Tag(0x0028, 0x9110);
pub(super) const SEGMENTATION_TYPE: Tag = Tag(0x0062, 0x0001);
pub(super) const SEGMENT_SEQUENCE: Tag = Tag(0x0062, 0x0002);
pub(super) const SEGMENT_NUMBER: Tag = Tag(0x0062, 0x0004);
pub(super) const SEGMENT_LABEL: Tag = Tag(0x0062, 0x0005);
pub(super) const SEGMENT_DESCRIPTION: Tag = Tag(0x0062, 0x0006);
pub(super) const SEGMENT_IDENTIFICATION_SEQUENCE: Tag = Tag(0x0062, 0x000A);
pub(super) const REFERENCED_SEGMENT_NUMBER: Tag = Tag(0x0062, 0x000B);
pub(super) const MAXIMUM_FRACTIONAL_VALUE: Tag = Tag(0x0062, 0x000E);
pub(super) const SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE: Tag = Tag(0x0062, 0x000F);
pub(super) const SEGMENTED_PROPERTY_TYPE_MODIFIER_CODE_SEQUENCE: Tag = Tag(0x0062, 0x0011);
pub(super) const REFERENCED_FRAME_OF_REFERENCE_SEQUENCE: Tag = Tag(0x3006, 0x0010);
pub(super) const RT_REFERENCED_STUDY_SEQUENCE: Tag = Tag(0x3006, 0x0012);
pub(super) const RT_REFERENCED_SERIES_SEQUENCE: Tag = Tag(0x3006, 0x0014);
pub(super) const CONTOUR_IMAGE_SEQUENCE: Tag = Tag(0x3006, 0x0016);
pub(super) const STRUCTURE_SET_ROI_SEQUENCE: Tag = Tag(0x3006, 0x0020);
pub(super) const ROI_NUMBER: Tag = Tag(0x3006, 0x0022);
pub(super) const REFERENCED_FRAME_OF_REFERENCE_UID: Tag = Tag(0x3006, 0x0024);
pub(super) const ROI_NAME: Tag = Tag(0x3006, 0x0026);
pub(super) const ROI_CONTOUR_SEQUENCE: Tag = Tag(0x3006, 0x0039);
pub(super) const CONTOUR_SEQUENCE: Tag = Tag(0x3006, 0x0040);
pub(super) const CONTOUR_GEOMETRIC_TYPE: Tag = Tag(0x3006, 0x0042);
pub(super) const NUMBER_OF_CONTOUR_POINTS: Tag = Tag(0x3006, 0x0046);
pub(super) const CONTOUR_DATA: Tag = Tag(0x3006, 0x0050);
pub(super) const RT_ROI_OBSERVATIONS_SEQUENCE: Tag = Tag(0x3006, 0x0080);
pub(super) const REFERENCED_ROI_NUMBER: Tag = Tag(0x3006, 0x0084);
pub(super) const ROI_OBSERVATION_LABEL: Tag = Tag(0x3006, 0x0085);
pub(super) const RT_ROI_IDENTIFICATION_CODE_SEQUENCE: Tag = Tag(0x3006, 0x0086);
pub(super) const EXTENDED_OFFSET_TABLE: Tag = Tag(0x7FE0, 0x0001);
pub(super) const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);
