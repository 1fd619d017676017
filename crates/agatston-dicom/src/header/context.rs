//! Patient, study and dates of one file, as they stand: what an object of the same patient and study repeats.
//!
//! Nothing of this is read for a score. It is read again when such an object is asked for, and goes nowhere else.

use std::io;

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::{
    elements::Elements,
    read::read_into,
    tag::{self, Key},
};
use crate::{sources::Source, text};

/// The elements, each with its value representation.
pub(crate) const CONTEXT: [(Tag, VR); 30] = [
    (tags::SPECIFIC_CHARACTER_SET, VR::CS),
    (tags::SOP_INSTANCE_UID, VR::UI),
    (tags::STUDY_DATE, VR::DA),
    (tags::SERIES_DATE, VR::DA),
    (tags::ACQUISITION_DATE, VR::DA),
    (tags::CONTENT_DATE, VR::DA),
    (tags::ACQUISITION_DATE_TIME, VR::DT),
    (tags::STUDY_TIME, VR::TM),
    (tags::SERIES_TIME, VR::TM),
    (tags::ACQUISITION_TIME, VR::TM),
    (tags::CONTENT_TIME, VR::TM),
    (tags::ACCESSION_NUMBER, VR::SH),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
    (tags::STUDY_DESCRIPTION, VR::LO),
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_ID, VR::LO),
    (tags::ISSUER_OF_PATIENT_ID, VR::LO),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::PATIENT_SEX, VR::CS),
    (tags::PATIENT_AGE, VR::AS),
    (tags::PATIENT_SIZE, VR::DS),
    (tags::PATIENT_WEIGHT, VR::DS),
    (tags::STUDY_INSTANCE_UID, VR::UI),
    (tags::SERIES_INSTANCE_UID, VR::UI),
    (tags::STUDY_ID, VR::SH),
    (tags::FRAME_OF_REFERENCE_UID, VR::UI),
    (tags::POSITION_REFERENCE_INDICATOR, VR::LO),
    (tags::LOSSY_IMAGE_COMPRESSION, VR::CS),
    (tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS),
    (tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS),
];

/// Whether an element is one of these. The file meta tells how to read the rest.
pub(super) fn is_kept(key: Key) -> bool {
    let is_meta = matches!(
        key,
        tag::TRANSFER_SYNTAX_UID | tag::MEDIA_STORAGE_SOP_CLASS_UID | tag::MEDIA_STORAGE_SOP_INSTANCE_UID
    );
    is_meta || CONTEXT.iter().any(|(known, _)| tag::key(*known) == key)
}

/// The elements of one file, in the bytes that they stand in.
pub(crate) struct Context(Elements);

/// Reads the elements of a source; `None` when it is no DICOM file, or is damaged in them.
///
/// # Errors
/// When the source cannot be read.
pub(crate) fn read_context(source: &Source) -> io::Result<Option<Context>> {
    // The last of them is in group 0028, before the pixels.
    let until = |_: &Elements, key: Key| key >> 16 > 0x28;
    let content = read_into(Elements::of_context(), source, &mut Vec::new(), until)?;
    Ok(content.dicom().filter(|raw| raw.damage.is_none()).map(|raw| Context(raw.elements)))
}

impl Context {
    /// The value of an element without its padding; `None` when it is missing or empty.
    pub(crate) fn get(&self, element: Tag) -> Option<&[u8]> {
        self.0.top.get(tag::key(element)).map(text::trim).filter(|value| !value.is_empty())
    }

    /// The SOPInstanceUID, or the one of the file meta.
    pub(crate) fn sop_instance_uid(&self) -> String {
        let own = self.get(tags::SOP_INSTANCE_UID);
        own.or_else(|| self.0.top.get(tag::MEDIA_STORAGE_SOP_INSTANCE_UID))
            .map(text::whole)
            .unwrap_or_default()
    }
}
