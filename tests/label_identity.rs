//! Nothing that a label file says of a person leaves the program: only the names of labels that nothing explains are
//! shown, because a refusal must name them.

use crate::support::{Said, fixture, run, text};
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::open_file;
use std::{fs, path::Path};

/// A name that occurs nowhere else, and a day.
const PERSON: &str = "Qzworth";
const DAY: &str = "19170319";

/// Elements of segmentations and structure sets that may hold a person, a place or a day.
const TELLING: [(Tag, VR); 16] = [
    (tags::PATIENT_NAME, VR::PN),
    (tags::PATIENT_ID, VR::LO),
    (tags::PATIENT_BIRTH_DATE, VR::DA),
    (tags::STUDY_DATE, VR::DA),
    (tags::ACCESSION_NUMBER, VR::SH),
    (tags::INSTITUTION_NAME, VR::LO),
    (tags::OPERATORS_NAME, VR::PN),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
    (tags::SERIES_DESCRIPTION, VR::LO),
    (tags::CONTENT_CREATOR_NAME, VR::PN),
    (tags::CONTENT_DESCRIPTION, VR::LO),
    (tags::CONTENT_LABEL, VR::CS),
    (tags::STRUCTURE_SET_LABEL, VR::SH),
    (tags::STRUCTURE_SET_NAME, VR::LO),
    (tags::STRUCTURE_SET_DESCRIPTION, VR::ST),
    (tags::STRUCTURE_SET_DATE, VR::DA),
];

/// Everything said of a label file, in every form, scored and refused.
fn is_clean(labels: &Path, more: &[&str]) {
    let (series, labels) = (text(fixture("coronary")), text(labels));
    let other = text(fixture("staircase"));
    for (series, is_own) in [(&series, true), (&other, false)] {
        for format in ["table", "json", "csv"] {
            let mut arguments = vec!["score", series, "--labels", &labels, "--format", format, "--withheld"];
            arguments.extend(more);
            let Said { code, stdout, stderr } = run(&arguments);
            assert_eq!(code == 0, is_own, "{arguments:?}: {stdout}{stderr}");
            let all = format!("{stdout}{stderr}").to_lowercase();
            for word in [PERSON, DAY, "1917-03-19"] {
                assert!(!all.contains(&word.to_lowercase()), "{word} of {labels} in {format}: {all}");
            }
        }
    }
}

#[test]
fn dicom_label_files_tell_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["seg_named.dcm", "seg_labelmap.dcm", "rtstruct_named.dcm"] {
        let mut object = open_file(fixture("labels").join(name)).unwrap();
        for (tag, vr) in TELLING {
            let value = if vr == VR::DA { DAY } else { PERSON };
            object.put(DataElement::new(tag, vr, PrimitiveValue::from(value)));
        }
        object.put(DataElement::new(Tag(0x0011, 0x0010), VR::LO, PrimitiveValue::from(PERSON)));
        let path = folder.path().join(name);
        object.write_to_file(&path).unwrap();
        is_clean(&path, &[]);
    }
}

#[test]
fn headers_in_text_tell_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let plant = |name: &str, after: &str, planted: &str| {
        let bytes = fs::read(fixture("labels").join(name)).unwrap();
        let at = bytes.windows(after.len()).position(|w| w == after.as_bytes()).unwrap() + after.len();
        let (before, rest) = bytes.split_at(at);
        let path = folder.path().join(name);
        fs::write(&path, [before, planted.as_bytes(), rest].concat()).unwrap();
        path
    };
    let scheme = ["--label-scheme", "agatston"];
    let told = format!("# {PERSON} {DAY}\nPatientName:={PERSON}\ncontent: {PERSON}\n");
    is_clean(&plant("nrrd_sitk.nrrd", "NRRD0004\n", &told), &scheme);
    let told = format!("# {PERSON} {DAY}\nSegment0_Creator:={PERSON}\n");
    is_clean(&plant("slicer_codes.seg.nrrd", "NRRD0005\n", &told), &[]);
    let told = format!("Comment = {PERSON} {DAY}\nPatientName = {PERSON}\n");
    is_clean(&plant("meta.mha", "NDims = 3\n", &told), &scheme);
    let told = format!("<key>PatientName</key><string>{PERSON} {DAY}</string>");
    is_clean(&plant("coca_lowest_first.xml", "<dict>", &told), &[]);
}
