//! Modules that both objects have: patient, study, series, equipment, SOP common (PS3.3 C.7 and C.12).

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::{SourceContext, item::Item};

/// Who is responsible for the program.
pub(super) const MANUFACTURER: &str = "Agatston project";
/// The program, as a model of equipment.
pub(super) const MODEL: &str = "agatston";

/// The program that makes an object, as far as it differs from run to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its version.
    pub version: String,
}

/// What tells a series of ours.
#[derive(Clone, Copy)]
pub(super) struct SeriesOfOurs {
    pub(super) sop_class_uid: &'static str,
    pub(super) modality: &'static str,
    pub(super) number: &'static str,
    pub(super) description: &'static str,
    /// The description where nobody decided what is calcium of what.
    pub(super) provisional: &'static str,
}

impl SeriesOfOurs {
    /// The same, described as provisional where it is.
    pub(super) fn marked(&self, is_provisional: bool) -> Self {
        let description = if is_provisional { self.provisional } else { self.description };
        Self { description, ..*self }
    }
}

/// A data set with all of these modules but for UIDs of its own.
pub(super) fn common(context: &SourceContext, program: &Program, series: &SeriesOfOurs) -> Item {
    let mut set = Item::new();
    context.put_character_set(&mut set);
    set.text(tags::SOP_CLASS_UID, VR::UI, series.sop_class_uid);
    patient_and_study(context, &mut set);
    set.text(tags::MODALITY, VR::CS, series.modality);
    set.text(tags::SERIES_NUMBER, VR::IS, series.number);
    set.text(tags::SERIES_DESCRIPTION, VR::LO, series.description);
    set.text(tags::INSTANCE_NUMBER, VR::IS, "1");
    set.text(tags::CONTENT_DATE, VR::DA, context.date_time.date());
    set.text(tags::CONTENT_TIME, VR::TM, context.date_time.time());
    equipment(context, program, &mut set);
    set
}

fn patient_and_study(context: &SourceContext, set: &mut Item) {
    for needed in [
        tags::PATIENT_NAME,
        tags::PATIENT_ID,
        tags::PATIENT_BIRTH_DATE,
        tags::PATIENT_SEX,
        tags::STUDY_INSTANCE_UID,
        tags::STUDY_DATE,
        tags::STUDY_TIME,
        tags::REFERRING_PHYSICIAN_NAME,
        tags::STUDY_ID,
        tags::ACCESSION_NUMBER,
    ] {
        context.repeat(needed, set);
    }
    for optional in [
        tags::ISSUER_OF_PATIENT_ID,
        tags::PATIENT_AGE,
        tags::PATIENT_SIZE,
        tags::PATIENT_WEIGHT,
        tags::STUDY_DESCRIPTION,
    ] {
        context.repeat_if_any(optional, set);
    }
}

fn equipment(context: &SourceContext, program: &Program, set: &mut Item) {
    let version = context.own_text(&program.version, 64);
    set.text(tags::MANUFACTURER, VR::LO, MANUFACTURER);
    set.text(tags::MANUFACTURER_MODEL_NAME, VR::LO, MODEL);
    // A program has no serial number, and the module demands one.
    set.text(tags::DEVICE_SERIAL_NUMBER, VR::LO, &version);
    set.text(tags::SOFTWARE_VERSIONS, VR::LO, &version);
}
