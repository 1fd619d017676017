//! Which files belong together, and which of several stacks is meant.

use agatston_dicom::Rules;
use agatston_phantom::{Header, dicom::slice_objects};
use dicom_core::VR;
use dicom_dictionary_std::tags;

use crate::support::{
    codes, files, good, groups, hu, indexed, passes, refusals, refused, series, text, volume,
};

/// Every gated step-and-shoot scan at hand holds 4-5 acquisition numbers: they are one series.
#[test]
fn step_and_shoot_is_one_series() {
    let mut objects = slice_objects(&volume(), &Header::named("step"));
    for (slice, object) in objects.iter_mut().enumerate() {
        text(object, tags::ACQUISITION_NUMBER, VR::IS, &(1 + slice / 5).to_string());
        text(object, tags::ACQUISITION_TIME, VR::TM, &format!("03040{}", slice / 5));
        text(object, tags::CONTENT_TIME, VR::TM, &format!("0304{slice:02}"));
    }
    let series = series(&objects);
    assert_eq!(series.planes.len(), 25);
    assert_eq!(codes(&series), Vec::<&str>::new(), "a good scan has no findings");
}

/// Two phases of the heart share every position: the temporal position tells them apart.
#[test]
fn phases_are_two_stacks() {
    let header = Header::named("phases");
    let mut objects = slice_objects(&volume(), &header);
    for (slice, mut object) in slice_objects(&volume(), &header).into_iter().enumerate() {
        text(&mut object, tags::SOP_INSTANCE_UID, VR::UI, &format!("2.25.{}", slice + 1));
        text(&mut object, tags::ACQUISITION_NUMBER, VR::IS, "2");
        objects.push(object);
    }
    let groups = groups(&objects);
    assert_eq!(groups.iter().map(agatston_dicom::Group::planes).collect::<Vec<_>>(), [25, 25]);
    for group in groups {
        let refusal = group.clone().check(&Rules::default()).unwrap_err();
        assert_eq!(refusals(&refusal), ["mixed_series"]);
        assert!(group.check(&Rules { chosen: true, ..Rules::default() }).is_ok(), "the user chose it");
    }
}

/// Two acquisitions that overlap in one slice are no two phases, and no one knows which slice is meant.
#[test]
fn half_an_overlap_is_refused() {
    let header = Header::named("overlap");
    let mut objects = slice_objects(&volume(), &header);
    let mut twice = objects[12].clone();
    text(&mut twice, tags::SOP_INSTANCE_UID, VR::UI, "2.25.1");
    text(&mut twice, tags::ACQUISITION_NUMBER, VR::IS, "2");
    text(&mut twice, tags::RESCALE_INTERCEPT, VR::DS, "-1000");
    objects.push(twice);
    assert_eq!(refused(groups(&objects)), ["duplicate_slice"]);
}

/// Two reconstructions under one SeriesInstanceUID are two series.
#[test]
fn kernels_are_two_stacks() {
    let mut objects = slice_objects(&volume(), &Header::named("kernels"));
    for mut object in objects.clone() {
        text(&mut object, tags::CONVOLUTION_KERNEL, VR::SH, "B70f");
        objects.push(object);
    }
    let kernels: Vec<_> = groups(&objects).iter().map(|g| g.facts().kernel.clone()).collect();
    assert_eq!(kernels, [["B35f"], ["B70f"]]);
}

/// Public data has whole series without UIDs and with empty PatientID: the folder stands in.
#[test]
fn a_series_without_identifiers_is_read() {
    let mut objects = slice_objects(&volume(), &Header::named("bare"));
    for object in &mut objects {
        for tag in [
            tags::SERIES_INSTANCE_UID,
            tags::STUDY_INSTANCE_UID,
            tags::SOP_INSTANCE_UID,
            tags::SOP_CLASS_UID,
            tags::PATIENT_NAME,
        ] {
            object.remove_element(tag);
        }
        text(object, tags::PATIENT_ID, VR::LO, "");
        object.update_meta(|meta| {
            meta.media_storage_sop_class_uid = String::new();
            meta.media_storage_sop_instance_uid = String::new();
        });
    }
    let mut both = files(&objects);
    assert_eq!(passes(agatston_dicom::group(indexed(&both))).planes.len(), 25);
    for file in &mut both {
        file.name.insert_str(0, "a/");
    }
    both.extend(files(&objects));
    let planes: Vec<_> =
        agatston_dicom::group(indexed(&both)).iter().map(agatston_dicom::Group::planes).collect();
    assert_eq!(planes, [25, 25], "two folders are two series");
}

/// A whole series copied twice is the series, once.
#[test]
fn copies_are_dropped() {
    let objects = good("twice");
    let twice = [objects.clone(), objects.clone()].concat();
    let (once, doubled) = (series(&objects), series(&twice));
    assert_eq!(doubled.planes.len(), 8);
    assert!(codes(&doubled).contains(&"duplicate_slice"));
    assert_eq!(hu(&once).unwrap(), hu(&doubled).unwrap());
}

/// Scouts lie beside every scan; they are no slices and no reason to refuse.
#[test]
fn localizers_are_skipped() {
    let mut objects = slice_objects(&volume(), &Header::named("scout"));
    let mut scout = objects[0].clone();
    text(&mut scout, tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\LOCALIZER");
    text(&mut scout, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\0\\-1");
    text(&mut scout, tags::SOP_INSTANCE_UID, VR::UI, "2.25.9");
    objects.push(scout.clone());
    let found = indexed(&files(&objects));
    assert_eq!(found.skipped.len(), 1);
    assert_eq!(found.skipped[0].1.to_string(), "a localizer");
    assert_eq!(passes(agatston_dicom::group(found)).planes.len(), 25);
    // An axial image that calls itself a localizer might be a slice of the scan.
    text(&mut scout, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0");
    objects.pop();
    objects[0] = scout;
    assert!(refused(groups(&objects)).contains(&"derived_image"));
}

/// Stored from the head down or from the feet up, with any sign of the normal: slice 0 is the lowest.
#[test]
fn slice_0_is_the_most_inferior() {
    let mut objects = good("down");
    objects.reverse();
    for (i, object) in objects.iter_mut().enumerate() {
        text(object, tags::INSTANCE_NUMBER, VR::IS, &(i + 1).to_string());
        // Rows from left to right, columns from back to front: the normal points to the feet.
        text(object, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\-1\\0");
    }
    let series = series(&objects);
    assert_eq!(series.geometry.normal, [0.0, 0.0, 1.0]);
    assert_eq!(series.geometry.origin_lps_mm[2], 0.0);
    assert_eq!((series.geometry.increment_mm, series.geometry.column_dir), (3.0, [0.0, -1.0, 0.0]));
    assert_eq!(series.planes[0].sop_instance_uid, Header::named("down").slice_uid(0));
}

/// Positions rounded to 0.1 mm: 10/7 mm steps look uneven, and are not.
#[test]
fn rounded_positions_pass() {
    let mut objects = slice_objects(&volume(), &Header::named("rounded"));
    for (slice, object) in objects.iter_mut().enumerate() {
        let z = (slice as f64 * 100.0 / 7.0).round() / 10.0;
        text(object, tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("0\\0\\{z}"));
    }
    let increment = series(&objects).geometry.increment_mm;
    assert!((increment - 10.0 / 7.0).abs() < 0.005, "{increment}");
}

/// Nothing about the person: not in the facts, not in a finding.
#[test]
fn no_identity_leaves() {
    let mut objects = good("secret");
    for object in &mut objects {
        text(object, tags::PATIENT_NAME, VR::PN, "SECRETNAME^X");
        text(object, tags::PATIENT_ID, VR::LO, "SECRETID");
        text(object, tags::ACCESSION_NUMBER, VR::SH, "SECRETACC");
        text(object, tags::STUDY_DESCRIPTION, VR::LO, "SECRETTEXT");
        text(object, tags::CONTRAST_BOLUS_AGENT, VR::LO, "SECRETAGENT");
        text(object, tags::KVP, VR::DS, "80");
    }
    text(&mut objects[3], tags::PATIENT_ID, VR::LO, "SECRETOTHER");
    let refusal = groups(&objects).remove(0).check(&Rules::default()).unwrap_err();
    assert_eq!(refusals(&refusal), ["patient_mixed", "contrast_agent"]);
    assert!(!format!("{refusal:?}").contains("SECRET"));
    assert_eq!(refusal.facts.acquisition_year, Some(2020));
}
