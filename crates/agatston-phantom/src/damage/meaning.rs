//! Series whose numbers can be trusted and which are no plain calcium scan, or say so.

use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::Tag;

use super::{Class, Damage, NamedFile, Outcome, edit_all};
use crate::dicom::put_text;

pub(super) const DAMAGES: &[Damage] = &[
    coronary("contrast_agent", &["contrast_agent"], Outcome::Refused, |files| {
        set(files, tags::CONTRAST_BOLUS_AGENT, VR::LO, "OMNIPAQUE 350");
    }),
    coronary("mip", &["derived_image"], Outcome::Refused, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\AXIAL\\MIP");
    }),
    coronary("reformatted", &["reformatted"], Outcome::Finding, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\MPR");
    }),
    coronary("kvp_100", &["nonstandard_kvp"], Outcome::Finding, |files| set(files, tags::KVP, VR::DS, "100")),
    coronary("kvp_missing", &["kvp_missing"], Outcome::Finding, kvp_missing),
    coronary("thickness_5", &["nonstandard_thickness"], Outcome::Finding, |files| {
        set(files, tags::SLICE_THICKNESS, VR::DS, "5");
    }),
    coronary("lossy", &["lossy_pixels"], Outcome::Finding, |files| {
        set(files, tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "01");
    }),
    coronary("burned_in", &["burned_in"], Outcome::Finding, |files| {
        set(files, tags::BURNED_IN_ANNOTATION, VR::CS, "YES");
    }),
    Damage {
        name: "contrast_none",
        codes: &[],
        outcome: Outcome::SameScore,
        class: Class::Coronary,
        apply: |files| set(files, tags::CONTRAST_BOLUS_AGENT, VR::LO, "W/O"),
    },
];

const fn coronary(
    name: &'static str,
    codes: &'static [&'static str],
    outcome: Outcome,
    apply: fn(&mut Vec<NamedFile>),
) -> Damage {
    Damage { name, codes, outcome, class: Class::Coronary, apply }
}

fn set(files: &mut [NamedFile], tag: Tag, vr: VR, text: &str) {
    edit_all(files, |_, object| put_text(object, tag, vr, text));
}

fn kvp_missing(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        object.remove_element(tags::KVP);
    });
}
