//! The tags that the loader reads, and where each may stand. Nothing else of a header is kept for a score.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

/// A tag as one number, group first.
pub(crate) type Key = u32;

/// A tag of the dictionary as one number.
pub(crate) const fn key(tag: Tag) -> Key {
    ((tag.0 as u32) << 16) | tag.1 as u32
}

/// `(gggg,eeee)`, as messages write it.
pub(crate) fn shown(key: Key) -> String {
    format!("({:04X},{:04X})", key >> 16, key & 0xFFFF)
}

macro_rules! keys {
    ($($name:ident),+ $(,)?) => { $(pub(crate) const $name: Key = key(tags::$name);)+ };
}

keys!(
    MEDIA_STORAGE_SOP_CLASS_UID,
    MEDIA_STORAGE_SOP_INSTANCE_UID,
    TRANSFER_SYNTAX_UID,
    DIRECTORY_RECORD_SEQUENCE,
    REFERENCED_FILE_ID,
    IMAGE_TYPE,
    SOP_CLASS_UID,
    SOP_INSTANCE_UID,
    ACQUISITION_DATE,
    SERIES_DATE,
    STUDY_DATE,
    CONTENT_TIME,
    ACQUISITION_TIME,
    MODALITY,
    MANUFACTURER,
    MANUFACTURER_MODEL_NAME,
    FRAME_TYPE,
    PATIENT_NAME,
    PATIENT_ID,
    PATIENT_SEX,
    PATIENT_AGE,
    CONTRAST_BOLUS_AGENT,
    CONTRAST_BOLUS_AGENT_SEQUENCE,
    SCAN_OPTIONS,
    SLICE_THICKNESS,
    KVP,
    CONTRAST_BOLUS_ROUTE,
    TRIGGER_TIME,
    NOMINAL_INTERVAL,
    GANTRY_DETECTOR_TILT,
    FILTER_TYPE,
    CONVOLUTION_KERNEL,
    RECONSTRUCTION_ALGORITHM,
    FILTER_MATERIAL,
    CARDIAC_SYNCHRONIZATION_TECHNIQUE,
    CALCIUM_SCORING_MASS_FACTOR_PATIENT,
    CALCIUM_SCORING_MASS_FACTOR_DEVICE,
    STUDY_INSTANCE_UID,
    SERIES_INSTANCE_UID,
    ACQUISITION_NUMBER,
    INSTANCE_NUMBER,
    IMAGE_POSITION_PATIENT,
    IMAGE_ORIENTATION_PATIENT,
    FRAME_OF_REFERENCE_UID,
    TEMPORAL_POSITION_IDENTIFIER,
    TEMPORAL_POSITION_INDEX,
    FRAME_ACQUISITION_NUMBER,
    STACK_ID,
    SAMPLES_PER_PIXEL,
    PHOTOMETRIC_INTERPRETATION,
    NUMBER_OF_FRAMES,
    ROWS,
    COLUMNS,
    PIXEL_SPACING,
    BITS_ALLOCATED,
    BITS_STORED,
    HIGH_BIT,
    PIXEL_REPRESENTATION,
    PIXEL_PADDING_VALUE,
    PIXEL_PADDING_RANGE_LIMIT,
    BURNED_IN_ANNOTATION,
    RESCALE_INTERCEPT,
    RESCALE_SLOPE,
    RESCALE_TYPE,
    LOSSY_IMAGE_COMPRESSION,
    MODALITY_LUT_SEQUENCE,
    SHARED_FUNCTIONAL_GROUPS_SEQUENCE,
    PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
    PLANE_POSITION_SEQUENCE,
    PLANE_ORIENTATION_SEQUENCE,
    PIXEL_MEASURES_SEQUENCE,
    PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
    FRAME_CONTENT_SEQUENCE,
    CT_IMAGE_FRAME_TYPE_SEQUENCE,
    CTX_RAY_DETAILS_SEQUENCE,
    CT_RECONSTRUCTION_SEQUENCE,
    CT_ACQUISITION_DETAILS_SEQUENCE,
    UNASSIGNED_SHARED_CONVERTED_ATTRIBUTES_SEQUENCE,
    UNASSIGNED_PER_FRAME_CONVERTED_ATTRIBUTES_SEQUENCE,
    EXTENDED_OFFSET_TABLE,
    EXTENDED_OFFSET_TABLE_LENGTHS,
    PIXEL_DATA,
);

/// Items and delimiters of sequences.
pub(crate) const ITEM: Key = 0xFFFE_E000;
/// End of an item of undefined length.
pub(crate) const ITEM_END: Key = 0xFFFE_E00D;
/// End of a sequence of undefined length.
pub(crate) const SEQUENCE_END: Key = 0xFFFE_E0DD;

/// Overlay bit position (60xx,0102) and overlay data (60xx,3000), whatever the repeating group.
pub(crate) const OVERLAY_BIT_POSITION: Key = 0x6000_0102;
/// See [`OVERLAY_BIT_POSITION`].
pub(crate) const OVERLAY_DATA: Key = 0x6000_3000;

/// Takes the repeating part out of an overlay tag.
pub(crate) fn overlay(key: Key) -> Key {
    key & 0xFF00_FFFF
}

/// Whether an element of the top level is kept.
pub(crate) fn kept_at_top(key: Key) -> bool {
    matches!(
        key,
        MEDIA_STORAGE_SOP_CLASS_UID
            | MEDIA_STORAGE_SOP_INSTANCE_UID
            | TRANSFER_SYNTAX_UID
            | IMAGE_TYPE
            | SOP_CLASS_UID
            | SOP_INSTANCE_UID
            | ACQUISITION_DATE
            | SERIES_DATE
            | STUDY_DATE
            | CONTENT_TIME
            | ACQUISITION_TIME
            | MODALITY
            | MANUFACTURER
            | MANUFACTURER_MODEL_NAME
            | PATIENT_NAME
            | PATIENT_ID
            | PATIENT_SEX
            | PATIENT_AGE
            | STUDY_INSTANCE_UID
            | SERIES_INSTANCE_UID
            | FRAME_OF_REFERENCE_UID
            | SAMPLES_PER_PIXEL
            | PHOTOMETRIC_INTERPRETATION
            | NUMBER_OF_FRAMES
            | ROWS
            | COLUMNS
            | BITS_ALLOCATED
            | BITS_STORED
            | HIGH_BIT
            | PIXEL_REPRESENTATION
            | PIXEL_PADDING_VALUE
            | PIXEL_PADDING_RANGE_LIMIT
            | BURNED_IN_ANNOTATION
            | LOSSY_IMAGE_COMPRESSION
            | EXTENDED_OFFSET_TABLE
            | EXTENDED_OFFSET_TABLE_LENGTHS
    ) || movable(key)
        || frame_plane(key)
}

/// Attributes of the acquisition that stand at the top of a classic image and in functional groups otherwise.
fn movable(key: Key) -> bool {
    acquired(key)
        || matches!(
            key,
            GANTRY_DETECTOR_TILT | ACQUISITION_NUMBER | INSTANCE_NUMBER | TEMPORAL_POSITION_IDENTIFIER
        )
}

/// Those of them that say how an image came about, and not which of several images it is.
fn acquired(key: Key) -> bool {
    matches!(
        key,
        CONTRAST_BOLUS_AGENT
            | CONTRAST_BOLUS_ROUTE
            | SCAN_OPTIONS
            | KVP
            | TRIGGER_TIME
            | NOMINAL_INTERVAL
            | FILTER_TYPE
            | FILTER_MATERIAL
            | CONVOLUTION_KERNEL
            | RECONSTRUCTION_ALGORITHM
            | CARDIAC_SYNCHRONIZATION_TECHNIQUE
            | CALCIUM_SCORING_MASS_FACTOR_PATIENT
            | CALCIUM_SCORING_MASS_FACTOR_DEVICE
    )
}

/// Whether an element of a classic image says how it came about.
pub(crate) fn of_acquisition(key: Key) -> bool {
    acquired(key)
        || matches!(
            key,
            MANUFACTURER
                | MANUFACTURER_MODEL_NAME
                | IMAGE_TYPE
                | LOSSY_IMAGE_COMPRESSION
                | BURNED_IN_ANNOTATION
                | ACQUISITION_DATE
                | SERIES_DATE
                | STUDY_DATE
        )
}

/// Attributes of one plane that stand at the top of a classic image and in a macro of their own otherwise.
pub(crate) fn frame_plane(key: Key) -> bool {
    matches!(
        key,
        SLICE_THICKNESS
            | IMAGE_POSITION_PATIENT
            | IMAGE_ORIENTATION_PATIENT
            | PIXEL_SPACING
            | RESCALE_INTERCEPT
            | RESCALE_SLOPE
            | RESCALE_TYPE
    )
}

/// Whether an element of a functional group is kept: the macro it stands in must be its own (PS3.3 C.7.6.16, C.8.15).
pub(crate) fn kept_in_macro(group: Key, key: Key) -> bool {
    match group {
        PLANE_POSITION_SEQUENCE => key == IMAGE_POSITION_PATIENT,
        PLANE_ORIENTATION_SEQUENCE => key == IMAGE_ORIENTATION_PATIENT,
        PIXEL_MEASURES_SEQUENCE => matches!(key, PIXEL_SPACING | SLICE_THICKNESS),
        PIXEL_VALUE_TRANSFORMATION_SEQUENCE => {
            matches!(key, RESCALE_INTERCEPT | RESCALE_SLOPE | RESCALE_TYPE)
        }
        FRAME_CONTENT_SEQUENCE => {
            matches!(key, TEMPORAL_POSITION_INDEX | FRAME_ACQUISITION_NUMBER | STACK_ID)
        }
        CT_IMAGE_FRAME_TYPE_SEQUENCE => key == FRAME_TYPE,
        CTX_RAY_DETAILS_SEQUENCE
        | CT_RECONSTRUCTION_SEQUENCE
        | CT_ACQUISITION_DETAILS_SEQUENCE
        | UNASSIGNED_SHARED_CONVERTED_ATTRIBUTES_SEQUENCE
        | UNASSIGNED_PER_FRAME_CONVERTED_ATTRIBUTES_SEQUENCE => movable(key),
        _ => false,
    }
}

/// Whether a sequence of a functional group is one that [`kept_in_macro`] reads.
pub(crate) fn is_macro(key: Key) -> bool {
    is_macro_of_one(key)
        || matches!(
            key,
            FRAME_CONTENT_SEQUENCE
                | CT_IMAGE_FRAME_TYPE_SEQUENCE
                | CTX_RAY_DETAILS_SEQUENCE
                | CT_RECONSTRUCTION_SEQUENCE
                | CT_ACQUISITION_DETAILS_SEQUENCE
                | UNASSIGNED_SHARED_CONVERTED_ATTRIBUTES_SEQUENCE
                | UNASSIGNED_PER_FRAME_CONVERTED_ATTRIBUTES_SEQUENCE
        )
}

/// Whether a functional group has one item: where a frame is, how large its pixels are, and what they mean (PS3.3
/// C.7.6.16.2).
pub(crate) fn is_macro_of_one(key: Key) -> bool {
    matches!(
        key,
        PLANE_POSITION_SEQUENCE
            | PLANE_ORIENTATION_SEQUENCE
            | PIXEL_MEASURES_SEQUENCE
            | PIXEL_VALUE_TRANSFORMATION_SEQUENCE
    )
}

/// Whether a sequence of the top level is entered.
pub(crate) fn is_entered_at_top(key: Key) -> bool {
    matches!(
        key,
        SHARED_FUNCTIONAL_GROUPS_SEQUENCE
            | PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE
            | DIRECTORY_RECORD_SEQUENCE
            | CONTRAST_BOLUS_AGENT_SEQUENCE
            | MODALITY_LUT_SEQUENCE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_standard() {
        assert_eq!(PIXEL_DATA, 0x7FE0_0010);
        assert_eq!(shown(RESCALE_SLOPE), "(0028,1053)");
        assert_eq!(CTX_RAY_DETAILS_SEQUENCE, 0x0018_9325);
        assert_eq!(overlay(0x6004_0102), OVERLAY_BIT_POSITION);
    }
}
