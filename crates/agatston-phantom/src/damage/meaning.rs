//! Series whose numbers can be trusted and which are no plain calcium scan, or say so.

use dicom_core::{DataElement, Length, VR, value::DataSetSequence};
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};

use super::{Damage, NamedFile, Outcome, UNHARMED, edit_all};
use crate::dicom::put_text;

pub(super) const DAMAGES: &[Damage] = &[
    coronary("contrast_agent", &["contrast_agent"], Outcome::Refused, |files| {
        set(files, tags::CONTRAST_BOLUS_AGENT, VR::LO, "OMNIPAQUE 350");
    }),
    coronary("mip", &["derived_image"], Outcome::Refused, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\AXIAL\\MIP");
    }),
    coronary("cardiac_cta", &["contrast_agent"], Outcome::Refused, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL\\CARDIAC_CTA");
    }),
    coronary("contrast_sequence", &["contrast_agent"], Outcome::Refused, |files| {
        edit_all(files, |_, object| {
            let agents = DataSetSequence::new(vec![InMemDicomObject::new_empty()], Length::UNDEFINED);
            object.put(DataElement::new(tags::CONTRAST_BOLUS_AGENT_SEQUENCE, VR::SQ, agents));
        });
    }),
    coronary("contrast_oral", &[], Outcome::SameScore, |files| {
        set(files, tags::CONTRAST_BOLUS_AGENT, VR::LO, "BARIUM");
        set(files, tags::CONTRAST_BOLUS_ROUTE, VR::LO, "ORAL");
    }),
    coronary("average", &["derived_image"], Outcome::Refused, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\AXIAL\\AVERAGE");
    }),
    coronary("subtraction", &["derived_image"], Outcome::Refused, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY\\SUBTRACTION");
    }),
    coronary("virtual_non_contrast", &["derived_image"], Outcome::Refused, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\AXIAL\\VNC");
    }),
    coronary("derived", &["derived_image"], Outcome::Finding, |files| {
        set(files, tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY\\AXIAL");
    }),
    coronary("kvp_of_one_slice", &["nonstandard_kvp"], Outcome::Finding, |files| {
        files[1].edit(|object| put_text(object, tags::KVP, VR::DS, "100"));
    }),
    coronary("sharp_kernel", &["sharp_kernel"], Outcome::Finding, |files| {
        set(files, tags::MANUFACTURER, VR::LO, "SIEMENS");
        set(files, tags::CONVOLUTION_KERNEL, VR::SH, "B70f");
    }),
    coronary("kernel_missing", &["kernel_unknown"], Outcome::Finding, |files| {
        set(files, tags::CONVOLUTION_KERNEL, VR::SH, "");
    }),
    coronary("iterative_kernel", &["iterative_reconstruction"], Outcome::Finding, |files| {
        set(files, tags::MANUFACTURER, VR::LO, "SIEMENS");
        set(files, tags::CONVOLUTION_KERNEL, VR::SH, "Br36d\\3");
    }),
    coronary("tin_filter", &["tin_filter"], Outcome::Finding, |files| {
        set(files, tags::FILTER_MATERIAL, VR::CS, "TIN");
    }),
    coronary("ungated", &["ungated"], Outcome::Finding, |files| {
        set(files, tags::CARDIAC_SYNCHRONIZATION_TECHNIQUE, VR::CS, "NONE");
    }),
    coronary("gating_unknown", &["gating_unknown"], Outcome::Finding, |files| {
        set(files, tags::SCAN_OPTIONS, VR::CS, "");
    }),
    coronary("two_acquisitions_alternate", &["acquisitions_interleaved"], Outcome::Finding, |files| {
        edit_all(files, |slice, object| {
            put_text(object, tags::ACQUISITION_NUMBER, VR::IS, &(slice % 2 + 1).to_string());
        });
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
    coronary("contrast_none", &[], Outcome::SameScore, |files| {
        set(files, tags::CONTRAST_BOLUS_AGENT, VR::LO, "W/O");
    }),
];

const fn coronary(
    name: &'static str,
    codes: &'static [&'static str],
    outcome: Outcome,
    apply: fn(&mut Vec<NamedFile>),
) -> Damage {
    Damage { name, codes, outcome, apply, ..UNHARMED }.coronary()
}

fn set(files: &mut [NamedFile], tag: Tag, vr: VR, text: &str) {
    edit_all(files, |_, object| put_text(object, tag, vr, text));
}

fn kvp_missing(files: &mut Vec<NamedFile>) {
    edit_all(files, |_, object| {
        object.remove_element(tags::KVP);
    });
}
