//! A [`Volume`] as one multi-frame object: Enhanced CT or Legacy Converted Enhanced CT, with the shared
//! and per-frame functional groups that a reader needs to place and rescale each frame.

use dicom_core::{DataElement, Length, VR, value::DataSetSequence};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{InMemDicomObject, Tag};

use crate::{
    Header, Volume,
    dicom::{Object, put_decimals, put_text, put_words, shared_elements, stored_words, with_meta},
    uid::uid_of,
};

/// Which of the two multi-frame CT classes to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultiFrame {
    /// Enhanced CT Image Storage.
    Enhanced,
    /// Legacy Converted Enhanced CT Image Storage.
    LegacyConverted,
}

/// The whole volume as one object; frame 1 is the lowest slice.
///
/// Orientation and pixel measures are shared, positions and rescale are given frame by frame.
#[must_use]
pub fn multiframe_object(volume: &Volume, header: &Header, class: MultiFrame) -> Object {
    let sop_class = match class {
        MultiFrame::Enhanced => uids::ENHANCED_CT_IMAGE_STORAGE,
        MultiFrame::LegacyConverted => uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE,
    };
    let sop_instance = uid_of(&format!("{}/multi-frame", header.name));
    let mut set = shared_elements(volume, header, sop_class);
    put_text(&mut set, tags::SOP_INSTANCE_UID, VR::UI, &sop_instance);
    put_text(&mut set, tags::INSTANCE_NUMBER, VR::IS, "1");
    put_text(&mut set, tags::NUMBER_OF_FRAMES, VR::IS, &volume.hu.dim().0.to_string());
    put_sequence(&mut set, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared_groups(volume, header)]);
    let frames = (0..volume.hu.dim().0).map(|slice| frame_groups(volume, header, slice)).collect();
    put_sequence(&mut set, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames);
    let words = volume.hu.outer_iter().flat_map(|plane| stored_words(plane, header)).collect();
    put_words(&mut set, words);
    with_meta(set, sop_class, &sop_instance)
}

/// Orientation and pixel measures, the same for all frames.
fn shared_groups(volume: &Volume, header: &Header) -> InMemDicomObject {
    let mut orientation = InMemDicomObject::new_empty();
    put_decimals(&mut orientation, tags::IMAGE_ORIENTATION_PATIENT, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    let mut measures = InMemDicomObject::new_empty();
    put_decimals(&mut measures, tags::SLICE_THICKNESS, &[header.slice_thickness_mm]);
    put_decimals(&mut measures, tags::PIXEL_SPACING, &volume.spacing_mm[1..]);
    let mut groups = InMemDicomObject::new_empty();
    put_sequence(&mut groups, tags::PLANE_ORIENTATION_SEQUENCE, vec![orientation]);
    put_sequence(&mut groups, tags::PIXEL_MEASURES_SEQUENCE, vec![measures]);
    groups
}

/// Position and rescale of one frame.
fn frame_groups(volume: &Volume, header: &Header, slice: usize) -> InMemDicomObject {
    let mut position = InMemDicomObject::new_empty();
    put_decimals(&mut position, tags::IMAGE_POSITION_PATIENT, &volume.centre_lps_mm([slice, 0, 0]));
    let mut rescale = InMemDicomObject::new_empty();
    put_decimals(&mut rescale, tags::RESCALE_INTERCEPT, &[header.intercept]);
    put_decimals(&mut rescale, tags::RESCALE_SLOPE, &[header.slope]);
    put_text(&mut rescale, tags::RESCALE_TYPE, VR::LO, "HU");
    let mut groups = InMemDicomObject::new_empty();
    put_sequence(&mut groups, tags::PLANE_POSITION_SEQUENCE, vec![position]);
    put_sequence(&mut groups, tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, vec![rescale]);
    groups
}

/// Puts a sequence of items.
pub(crate) fn put_sequence(set: &mut InMemDicomObject, tag: Tag, items: Vec<InMemDicomObject>) {
    set.put(DataElement::new(tag, VR::SQ, DataSetSequence::new(items, Length::UNDEFINED)));
}

#[cfg(test)]
mod tests {
    use dicom_object::from_reader;

    use super::*;
    use crate::dicom::encode;

    /// Read back with dicom-rs: two frames of 2 x 3 pixels, positions 3 mm apart.
    #[test]
    fn frames_have_their_own_position() {
        let volume = Volume::filled([2, 2, 3], [3.0, 0.5, 0.5], 40.0);
        let object = multiframe_object(&volume, &Header::named("frames"), MultiFrame::LegacyConverted);
        let read = from_reader(encode(&object).unwrap().as_slice()).unwrap();
        assert_eq!(read.meta().media_storage_sop_class_uid(), "1.2.840.10008.5.1.4.1.1.2.2");
        assert_eq!(read.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap().len(), 2 * 2 * 3 * 2);
        let frames = read.element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).unwrap().items().unwrap();
        let z: Vec<f64> = frames.iter().map(lowest_corner_z).collect();
        assert_eq!(z, [0.0, 3.0]);
    }

    fn lowest_corner_z(frame: &InMemDicomObject) -> f64 {
        let item = &frame.element(tags::PLANE_POSITION_SEQUENCE).unwrap().items().unwrap()[0];
        item.element(tags::IMAGE_POSITION_PATIENT).unwrap().to_multi_float64().unwrap()[2]
    }
}
