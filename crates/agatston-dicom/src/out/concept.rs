//! Coded concepts: a value, its scheme, and what it means in English.

use super::item::Item;
use dicom_core::VR;
use dicom_dictionary_std::tags;

/// A code of a terminology.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concept {
    /// CodeValue, at most 16 characters.
    pub value: &'static str,
    /// CodingSchemeDesignator.
    pub scheme: &'static str,
    /// CodeMeaning, at most 64 characters.
    pub meaning: &'static str,
}

impl Concept {
    pub(super) const fn new(value: &'static str, scheme: &'static str, meaning: &'static str) -> Self {
        Self { value, scheme, meaning }
    }

    /// An item of a code sequence.
    pub(super) fn item(self) -> Item {
        let mut item = Item::new();
        item.text(tags::CODE_VALUE, VR::SH, self.value);
        item.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, self.scheme);
        item.text(tags::CODE_MEANING, VR::LO, self.meaning);
        item
    }
}

/// The concepts that these objects use, with the meanings of PS3.16.
pub mod concepts {
    use super::Concept;

    const fn dcm(value: &'static str, meaning: &'static str) -> Concept {
        Concept::new(value, "DCM", meaning)
    }

    const fn sct(value: &'static str, meaning: &'static str) -> Concept {
        Concept::new(value, "SCT", meaning)
    }

    const fn ucum(value: &'static str, meaning: &'static str) -> Concept {
        Concept::new(value, "UCUM", meaning)
    }

    /// Left main.
    pub const LEFT_MAIN: Concept = sct("3227004", "Left Main Coronary Artery");
    /// Left anterior descending.
    pub const LEFT_ANTERIOR_DESCENDING: Concept = sct("59438005", "Left Anterior Descending Coronary Artery");
    /// Left circumflex.
    pub const CIRCUMFLEX: Concept = sct("57396003", "Circumflex Coronary Artery");
    /// Right coronary artery.
    pub const RIGHT_CORONARY: Concept = sct("13647002", "Right Coronary Artery");
    /// The coronary arteries, or one that is not said.
    pub const CORONARY_ARTERY: Concept = sct("41801008", "Coronary Artery");
    /// Calcium of a vessel.
    pub const VASCULAR_CALCIFICATION: Concept = sct("237897009", "Vascular Calcification");
    /// Calcium of anything.
    pub const PATHOLOGIC_CALCIFICATION: Concept = sct("18115005", "Pathologic calcification");
    /// Category of both.
    pub const MORPHOLOGICALLY_ABNORMAL: Concept = sct("49755003", "Morphologically Abnormal Structure");

    /// The Agatston score.
    pub const CALCIUM_SCORE: Concept = sct("450360000", "Coronary artery calcium score");
    /// Its method.
    pub const AGATSTON_METHOD: Concept = dcm("112055", "Agatston scoring method");
    /// Volume.
    pub const CALCIFICATION_VOLUME: Concept = dcm("112197", "Volume of Vascular Calcification");
    /// Its method.
    pub const VOLUME_METHOD: Concept = dcm("112056", "Volume scoring method");
    /// Mass.
    pub const CALCIFICATION_MASS: Concept = dcm("112199", "Mass of Vascular Calcification");
    /// Its method.
    pub const MASS_METHOD: Concept = dcm("112057", "Mass scoring method");
    /// An Agatston score of what is no coronary artery: no terminology has one.
    pub const AGATSTON_SCORE: Concept = Concept::new("AGATSTON", "99AGATSTON", "Agatston score");
    /// Volume of anything.
    pub const VOLUME: Concept = sct("118565006", "Volume");
    /// Mass of anything.
    pub const MASS: Concept = sct("118538004", "Mass");
    /// HU.
    pub const ATTENUATION: Concept = dcm("112031", "Attenuation Coefficient");
    /// Mean of several values.
    pub const MEAN: Concept = sct("373098007", "Mean");
    /// Largest of several values.
    pub const MAXIMUM: Concept = sct("56851009", "Maximum");

    /// A number without a unit.
    pub const NO_UNITS: Concept = ucum("1", "no units");
    /// mm3.
    pub const CUBIC_MILLIMETRE: Concept = ucum("mm3", "cubic millimeter");
    /// mg.
    pub const MILLIGRAM: Concept = ucum("mg", "milligram");
    /// HU.
    pub const HOUNSFIELD_UNIT: Concept = ucum("[hnsf'U]", "Hounsfield unit");

    pub(in crate::out) const ENGLISH: Concept = Concept::new("en-US", "RFC5646", "English (United States)");
    pub(in crate::out) const LANGUAGE: Concept = dcm("121049", "Language of Content Item and Descendants");
    pub(in crate::out) const OBSERVER_TYPE: Concept = dcm("121005", "Observer Type");
    pub(in crate::out) const DEVICE: Concept = dcm("121007", "Device");
    pub(in crate::out) const DEVICE_UID: Concept = dcm("121012", "Device Observer UID");
    pub(in crate::out) const DEVICE_NAME: Concept = dcm("121013", "Device Observer Name");
    pub(in crate::out) const DEVICE_MANUFACTURER: Concept = dcm("121014", "Device Observer Manufacturer");
    pub(in crate::out) const DEVICE_MODEL: Concept = dcm("121015", "Device Observer Model Name");
    pub(in crate::out) const DEVICE_SERIAL: Concept = dcm("121016", "Device Observer Serial Number");
    pub(in crate::out) const PROCEDURE_REPORTED: Concept = dcm("121058", "Procedure reported");
    pub(in crate::out) const COMPUTED_TOMOGRAPHY: Concept = sct("77477000", "Computed Tomography");
    pub(in crate::out) const REPORT: Concept = dcm("126000", "Imaging Measurement Report");
    pub(in crate::out) const MEASUREMENTS: Concept = dcm("126010", "Imaging Measurements");
    pub(in crate::out) const EVALUATIONS: Concept =
        Concept::new("C0034375", "UMLS", "Qualitative Evaluations");
    pub(in crate::out) const COMMENT: Concept = dcm("121106", "Comment");
    pub(in crate::out) const GROUP: Concept = dcm("125007", "Measurement Group");
    pub(in crate::out) const TRACKING_ID: Concept = dcm("112039", "Tracking Identifier");
    pub(in crate::out) const TRACKING_UID: Concept = dcm("112040", "Tracking Unique Identifier");
    pub(in crate::out) const FINDING_CATEGORY: Concept = sct("276214006", "Finding category");
    pub(in crate::out) const FINDING: Concept = dcm("121071", "Finding");
    pub(in crate::out) const FINDING_SITE: Concept = sct("363698007", "Finding Site");
    pub(in crate::out) const IMAGE_REGION: Concept = dcm("111030", "Image Region");
    pub(in crate::out) const SOURCE_IMAGE: Concept = dcm("121324", "Source Image");
    pub(in crate::out) const REFERENCED_SEGMENT: Concept = dcm("121191", "Referenced Segment");
    pub(in crate::out) const SOURCE_SERIES: Concept = dcm("121232", "Source series for segmentation");
    pub(in crate::out) const METHOD: Concept = sct("370129005", "Measurement Method");
    pub(in crate::out) const DERIVATION: Concept = dcm("121401", "Derivation");
    pub(in crate::out) const SEGMENTED: Concept = dcm("113076", "Segmentation");
    pub(in crate::out) const SOURCE_OF_PROCESSING: Concept =
        dcm("121322", "Source image for image processing operation");
}
