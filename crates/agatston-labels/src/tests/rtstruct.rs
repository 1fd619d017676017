//! RT structure sets: what they draw, and what is wrong with them.

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};

use super::{dicom_file::*, *};

/// Retired, and still written.
const ROI_OBSERVATION_LABEL: Tag = Tag(0x3006, 0x0085);

/// A square around the centres of columns 1 to 2 and rows 0 to 1 of the lower slice.
const SQUARE: &str = "10.6\\19.6\\30\\12.4\\19.6\\30\\12.4\\21.4\\30\\10.6\\21.4\\30";

/// A structure set with these regions and contours.
fn structure_set(rois: &[(u32, &str)], contours: &[(u32, Vec<Object>)]) -> Object {
    let roi = |(number, name): &(u32, &str)| {
        object([
            text(tags::ROI_NUMBER, VR::IS, &number.to_string()),
            text(tags::REFERENCED_FRAME_OF_REFERENCE_UID, VR::UI, FRAME_OF_REFERENCE),
            text(tags::ROI_NAME, VR::LO, name),
        ])
    };
    let of_roi = |(number, contours): &(u32, Vec<Object>)| {
        let mut item = object([text(tags::REFERENCED_ROI_NUMBER, VR::IS, &number.to_string())]);
        if !contours.is_empty() {
            item.put(sequence(tags::CONTOUR_SEQUENCE, contours.clone()));
        }
        item
    };
    let series = object([text(tags::SERIES_INSTANCE_UID, VR::UI, SERIES)]);
    let study = object([sequence(tags::RT_REFERENCED_SERIES_SEQUENCE, vec![series])]);
    let frame = object([
        text(tags::FRAME_OF_REFERENCE_UID, VR::UI, FRAME_OF_REFERENCE),
        sequence(tags::RT_REFERENCED_STUDY_SEQUENCE, vec![study]),
    ]);
    object([
        text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100"),
        text(tags::SOP_CLASS_UID, VR::UI, uids::RT_STRUCTURE_SET_STORAGE),
        text(tags::PATIENT_NAME, VR::PN, "Secret^Name"),
        sequence(tags::REFERENCED_FRAME_OF_REFERENCE_SEQUENCE, vec![frame]),
        sequence(tags::STRUCTURE_SET_ROI_SEQUENCE, rois.iter().map(roi).collect()),
        sequence(tags::ROI_CONTOUR_SEQUENCE, contours.iter().map(of_roi).collect()),
    ])
}

fn contour(kind: &str, data: &str) -> Object {
    object([
        text(tags::CONTOUR_GEOMETRIC_TYPE, VR::CS, kind),
        text(tags::NUMBER_OF_CONTOUR_POINTS, VR::IS, &(data.split('\\').count() / 3).to_string()),
        text(tags::CONTOUR_DATA, VR::DS, data),
    ])
}

fn closed(data: &str) -> Object {
    contour("CLOSED_PLANAR", data)
}

fn one(contour: Object) -> Object {
    structure_set(&[(2, "LAD")], &[(2, vec![contour])])
}

fn drawn(object: &Object) -> Vec<String> {
    let all = everything(geometry(), 2);
    painted(&read_object(object).unwrap().assign(&all).unwrap(), &all)
}

fn code_of(object: &Object) -> &'static str {
    let error = read_object(object).map(|labels| format!("{labels:?}")).unwrap_err();
    assert!(!error.to_string().contains("Secret"), "{error}");
    code(Err::<(), _>(error))
}

#[test]
fn contours_are_drawn() {
    let triangle = "10\\20\\32\\10\\22\\32\\12\\22\\32";
    let object = structure_set(
        &[(2, "LAD"), (0, "right coronary artery"), (9, "LM")],
        &[(2, vec![closed(SQUARE)]), (0, vec![closed(triangle)]), (9, vec![])],
    );
    for syntax in [uids::IMPLICIT_VR_LITTLE_ENDIAN, uids::EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.2"] {
        let all = everything(geometry(), 2);
        let found = read_dicom(&file(&object, syntax)).unwrap().assign(&all).unwrap();
        assert_eq!(painted(&found, &all), [".AA. .AA. ....", "R... RR.. RRR."]);
        assert_eq!((found.source, found.separated), (LabelKind::RtStruct, [true, true, false, true]));
        assert_eq!(codes(&found), [""; 0]);
    }
}

#[test]
fn a_contour_within_another_is_a_hole() {
    let geometry = Geometry { rows: 5, columns: 5, ..geometry() };
    let ring = |low: f64, high: f64| {
        let (x, y) = (10.0 + low, 20.0 + low);
        let (far_x, far_y) = (10.0 + high, 20.0 + high);
        format!("{x}\\{y}\\30\\{far_x}\\{y}\\30\\{far_x}\\{far_y}\\30\\{x}\\{far_y}\\30")
    };
    let all = everything(geometry, 1);
    for kind in ["CLOSED_PLANAR", "CLOSEDPLANAR_XOR"] {
        let contours = vec![contour(kind, &ring(-0.4, 4.4)), contour(kind, &ring(1.4, 2.6))];
        let labels = read_object(&structure_set(&[(2, "LAD")], &[(2, contours)])).unwrap();
        let found = labels.assign(&all).unwrap();
        assert_eq!(painted(&found, &all), ["AAAAA AAAAA AA.AA AAAAA AAAAA"]);
        assert_eq!(codes(&found), ["labels_holes"]);
    }
}

#[test]
fn long_contours_are_written_with_a_long_length() {
    // 9,000 points take 160 kB, which the 16 bits of a DS cannot say: programs write UN or UT.
    let points: Vec<String> = (0..9_000)
        .map(|i| {
            let (sin, cos) = (f64::from(i) * std::f64::consts::TAU / 9_000.0).sin_cos();
            format!("{:.4}\\{:.4}\\30", 11.0 + 1.2 * cos, 21.0 + 1.2 * sin)
        })
        .collect();
    for vr in [VR::UN, VR::UT] {
        let mut contour = closed(SQUARE);
        contour.remove_element(tags::NUMBER_OF_CONTOUR_POINTS);
        contour.put(DataElement::new(tags::CONTOUR_DATA, vr, PrimitiveValue::from(points.join("\\"))));
        assert_eq!(drawn(&one(contour)), [".A.. AAA. .A..", ".... .... ...."]);
    }
}

#[test]
fn regions_without_contours_were_looked_at() {
    let object = structure_set(&[(1, "LM"), (2, "LAD")], &[(1, vec![]), (2, vec![])]);
    let all = everything(geometry(), 2);
    let found = read_object(&object).unwrap().assign(&all).unwrap();
    assert_eq!((codes(&found), found.separated), (vec!["labels_empty"], [true, true, false, false]));
    // A file that ends before its contours is no such answer.
    let mut cut = object;
    cut.remove_element(tags::ROI_CONTOUR_SEQUENCE);
    assert_eq!(code_of(&cut), "labels_invalid");
}

#[test]
fn observations_name_regions_too() {
    let observed = |name: &str, label: &str, codes: Vec<Object>| {
        let mut object = structure_set(&[(2, name)], &[(2, vec![closed(SQUARE)])]);
        let observation = dicom_file::object([
            text(tags::REFERENCED_ROI_NUMBER, VR::IS, "2"),
            text(ROI_OBSERVATION_LABEL, VR::SH, label),
            sequence(tags::RTROI_IDENTIFICATION_CODE_SEQUENCE, codes),
        ]);
        object.put(sequence(tags::RTROI_OBSERVATIONS_SEQUENCE, vec![observation]));
        object
    };
    assert_eq!(drawn(&observed("any", "", vec![coded("SCT", "57396003")]))[0], ".XX. .XX. ....");
    assert_eq!(drawn(&observed("", "RCA", vec![]))[0], ".RR. .RR. ....");
    assert_eq!(code_of(&observed("LAD", "", vec![coded("SCT", "57396003")])), "labels_names_contradict");
    assert_eq!(code_of(&observed("any", "RCA", vec![])), "labels_unknown_name");
}

#[test]
fn what_is_not_closed_is_refused_by_name() {
    for kind in ["POINT", "OPEN_PLANAR", "OPEN_NONPLANAR", "closed", ""] {
        let error = read_object(&one(contour(kind, SQUARE))).unwrap_err();
        assert!(error.to_string().contains(r#""LAD""#) && error.to_string().contains(kind), "{error}");
        assert_eq!(code(Err::<(), _>(error)), "labels_invalid");
    }
}

#[test]
fn coordinates_that_are_none_are_refused() {
    for data in [
        "",
        "10.6\\19.6\\30\\12.4",
        "10.6\\19.6\\30\\12.4\\19.6",
        "10.6\\19.6\\30\\",
        "10,6\\19.6\\30",
        "nan\\19.6\\30",
        "inf\\19.6\\30",
        "1e999\\19.6\\30",
        "10.6\\\\30",
        "Secret\\19.6\\30",
    ] {
        let mut contour = closed(SQUARE);
        contour.remove_element(tags::NUMBER_OF_CONTOUR_POINTS);
        contour.put(text(tags::CONTOUR_DATA, VR::DS, data));
        assert_eq!(code_of(&one(contour)), "labels_invalid", "{data}");
    }
    let spaced = " 1.06E+1\\+19.6 \\30 \\12.4\\19.6\\30\\12.4\\21.4\\30\\10.6\\21.4\\ 30 ";
    assert_eq!(drawn(&one(closed(spaced)))[0], ".AA. .AA. ....");
}

#[test]
fn what_does_not_go_together_is_refused() {
    let mut counted = closed(SQUARE);
    counted.put(text(tags::NUMBER_OF_CONTOUR_POINTS, VR::IS, "5"));
    let nameless = structure_set(&[], &[(2, vec![closed(SQUARE)])]);
    let of_nobody = structure_set(&[(2, "LAD")], &[(3, vec![closed(SQUARE)])]);
    let twice = structure_set(&[(2, "LAD"), (2, "RCA")], &[]);
    let mut negative = one(closed(SQUARE));
    negative.update_value(tags::STRUCTURE_SET_ROI_SEQUENCE, |value| {
        value.items_mut().unwrap()[0].put(text(tags::ROI_NUMBER, VR::IS, "-2"));
    });
    for object in [one(counted), nameless, of_nobody, twice, negative] {
        assert_eq!(code_of(&object), "labels_invalid");
    }
}

#[test]
fn the_patient_coordinates_must_be_those_of_the_series() {
    let all = everything(geometry(), 2);
    let labels = read_object(&one(closed(SQUARE))).unwrap();
    let series = |frame, uid| Series {
        frame_of_reference_uid: Some(frame),
        series_uid: Some(uid),
        ..Series::from(&all)
    };
    assert_eq!(codes(&labels.assign(series(FRAME_OF_REFERENCE, SERIES)).unwrap()), [""; 0]);
    let other = labels.assign(series(FRAME_OF_REFERENCE, "1.2.9")).unwrap();
    assert_eq!(codes(&other), ["labels_other_series"]);
    assert_eq!(code(labels.assign(series("1.2.9", SERIES))), "labels_frame_of_reference");
    // Two regions in two coordinates: that of a region without contours does not matter.
    let two = |contours: Vec<Object>| {
        let mut object = structure_set(&[(1, "LM"), (2, "LAD")], &[(1, contours), (2, vec![closed(SQUARE)])]);
        object.update_value(tags::STRUCTURE_SET_ROI_SEQUENCE, |value| {
            let roi = &mut value.items_mut().unwrap()[0];
            roi.put(text(tags::REFERENCED_FRAME_OF_REFERENCE_UID, VR::UI, "1.2.9"));
        });
        object
    };
    assert_eq!(drawn(&two(vec![]))[0], ".AA. .AA. ....");
    assert_eq!(code_of(&two(vec![closed("10\\22\\32")])), "labels_frame_of_reference");
}

#[test]
fn a_contour_must_lie_in_the_image_that_it_names() {
    let all = everything(geometry(), 2);
    let instances = ["1.2.8.1", "1.2.8.2"].map(|uid| Instance { sop_instance_uid: uid.to_owned(), frame: 1 });
    let on = |uids: &[&str]| {
        let image = |uid: &&str| object([text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, uid)]);
        let mut contour = closed(SQUARE);
        contour.put(sequence(tags::CONTOUR_IMAGE_SEQUENCE, uids.iter().map(image).collect()));
        let labels = read_object(&one(contour)).unwrap();
        labels.assign(Series { instances: &instances, ..Series::from(&all) })
    };
    for right in [&["1.2.8.1"][..], &["1.2.9"], &["1.2.8.2", "1.2.8.1"], &[]] {
        assert_eq!(painted(&on(right).unwrap(), &all)[0], ".AA. .AA. ....", "{right:?}");
    }
    assert_eq!(code(on(&["1.2.8.2"])), "labels_invalid");
}
