//! Headers as real archives hold them: without preamble, meta or UIDs, with zeros and character sets of every kind.
//! Each gives the voxels of the plain series, or the refusal that it must.

use agatston_dicom::{Group, Rules, Series, Source, Unwatched, Workers, group, index};
use agatston_phantom::{
    Header,
    damage::{NamedFile, good_volume},
    dicom::{Object, encode, slice_objects},
    multiframe::{MultiFrame, multiframe_object},
};
use dicom_core::{DataElement, PrimitiveValue, VR, value::DataSetSequence};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{InMemDicomObject, Tag};

use crate::support::{codes, files, good, groups, hu, indexed, passes, refusals, refused, series, text};

const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";

/// Groups of files that are named `0`, `1`, ...
fn of_bytes(files: Vec<Vec<u8>>) -> Vec<Group> {
    let sources = files.into_iter().enumerate().map(|(i, b)| Source::bytes(&i.to_string(), b)).collect();
    group(index(sources, Workers::default(), &Unwatched).unwrap())
}

/// The objects in a transfer syntax.
fn written_as(objects: &[Object], syntax: &str) -> Vec<Vec<u8>> {
    let write = |object: &Object| {
        let mut object = object.clone();
        object.update_meta(|meta| meta.transfer_syntax = syntax.into());
        encode(&object).unwrap()
    };
    objects.iter().map(write).collect()
}

/// The series must have the voxels of the good one.
fn same(series: &Series) {
    assert_eq!(series.planes.len(), 8);
    assert_eq!(hu(series).unwrap(), hu(&crate::support::series(&good("plain"))).unwrap());
}

/// Bytes of the preamble, the prefix and the file meta.
fn meta_bytes(file: &[u8]) -> usize {
    144 + usize::try_from(u32::from_le_bytes(file[140..144].try_into().unwrap())).unwrap()
}

/// Every encoding, whole, without preamble, without preamble and prefix, and as a bare data set.
#[test]
fn whatever_lies_before_the_data_set() {
    let objects = good("beginnings");
    for syntax in [uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN, BIG_ENDIAN] {
        let whole = written_as(&objects, syntax);
        let cuts: [fn(&[u8]) -> usize; 4] = [|_| 0, |_| 128, |_| 132, meta_bytes];
        for (which, cut) in cuts.iter().enumerate() {
            let files = whole.iter().map(|file| file[cut(file)..].to_vec()).collect();
            let series = passes(of_bytes(files));
            same(&series);
            assert_eq!(codes(&series), ["short_coverage"], "{syntax}, {which}");
            assert_eq!(series.facts.transfer_syntaxes, [syntax], "{which}");
        }
        let noisy = whole.iter().map(|file| [&[0x5A; 128], &file[128..]].concat()).collect();
        same(&passes(of_bytes(noisy)));
    }
}

/// Takes an element out of an object, and with it its twin in the file meta.
fn without(object: &mut Object, tag: Tag) {
    object.remove_element(tag);
    object.update_meta(|meta| match tag {
        tags::SOP_INSTANCE_UID => meta.media_storage_sop_instance_uid.clear(),
        tags::SOP_CLASS_UID => meta.media_storage_sop_class_uid.clear(),
        _ => {}
    });
}

const UIDS: [Tag; 5] = [
    tags::SERIES_INSTANCE_UID,
    tags::SOP_INSTANCE_UID,
    tags::SOP_CLASS_UID,
    tags::FRAME_OF_REFERENCE_UID,
    tags::STUDY_INSTANCE_UID,
];

#[test]
fn every_uid_may_be_missing() {
    for missing in UIDS.iter().map(std::slice::from_ref).chain([&UIDS[..]]) {
        let mut objects = good("no-uids");
        for object in &mut objects {
            missing.iter().for_each(|tag| without(object, *tag));
        }
        same(&series(&objects));
        // Empty is as good as missing.
        for object in &mut objects {
            missing.iter().for_each(|tag| text(object, *tag, VR::UI, ""));
        }
        same(&series(&objects));
    }
}

/// One end slice without a UID: found to belong, or held against the series, never left out of the score.
#[test]
fn a_uid_that_one_slice_lost() {
    for (tag, refusal) in [
        (tags::SERIES_INSTANCE_UID, Some("geometry_missing")),
        (tags::FRAME_OF_REFERENCE_UID, Some("mixed_series")),
        (tags::SOP_INSTANCE_UID, None),
        (tags::SOP_CLASS_UID, None),
    ] {
        let mut objects = good("one-lost");
        without(&mut objects[7], tag);
        match refusal {
            None => same(&series(&objects)),
            Some(code) => {
                for group in groups(&objects) {
                    let refusal = group.check(&Rules::default()).unwrap_err();
                    assert!(refusals(&refusal).contains(&code), "{tag}: {:?}", refusals(&refusal));
                }
            }
        }
    }
}

/// A UID with a zero in front of every component.
fn zeroed(uid: &str) -> String {
    uid.split('.').map(|part| format!("0{part}")).collect::<Vec<_>>().join(".")
}

/// Leading zeros are against PS3.5 9.1 and occur in public data: they are told, and change nothing.
#[test]
fn leading_zeros_in_every_uid() {
    let class = "1.2.840.10008.05.1.4.1.001.2";
    for (tag, uid) in [
        (tags::SERIES_INSTANCE_UID, zeroed("1.2.3")),
        (tags::STUDY_INSTANCE_UID, zeroed("1.2.3")),
        (tags::FRAME_OF_REFERENCE_UID, zeroed("1.2.3")),
        (tags::SOP_CLASS_UID, class.into()),
    ] {
        for in_meta in [false, true] {
            let mut objects = good("zeros");
            for object in &mut objects {
                text(object, tag, VR::UI, &uid);
                if in_meta && tag == tags::SOP_CLASS_UID {
                    object.update_meta(|meta| meta.media_storage_sop_class_uid = uid.clone());
                }
            }
            let series = series(&objects);
            same(&series);
            assert!(codes(&series).contains(&"uid_invalid"), "{tag}: {:?}", codes(&series));
        }
    }
    let mut objects = good("zeros");
    for (slice, object) in objects.iter_mut().enumerate() {
        text(object, tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.{slice:04}"));
    }
    same(&series(&objects));
    let syntax = written_as(&good("zeros"), uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let changed = syntax.into_iter().map(|mut file| {
        let at = file.windows(20).position(|w| w == b"1.2.840.10008.1.2.1\0").unwrap();
        file[at..at + 20].copy_from_slice(b"1.2.840.10008.1.2.01");
        file
    });
    let series = passes(of_bytes(changed.collect()));
    same(&series);
    assert!(codes(&series).contains(&"uid_invalid"));
}

/// UIDs that are too long and differ only behind their 64th character were one UID.
#[test]
fn long_uids_are_compared_whole() {
    let long = |end: &str| format!("1.{}{end}", "2345678901.".repeat(6));
    let mut objects = good("long");
    for (slice, object) in objects.iter_mut().enumerate() {
        text(object, tags::SOP_INSTANCE_UID, VR::UI, &long(&slice.to_string()));
    }
    let series = series(&objects);
    same(&series);
    let told: Vec<_> = series.findings.iter().map(|f| f.message.as_str()).collect();
    assert!(told.contains(&"SOPInstanceUID (0008,0018) is not a valid identifier"), "{told:?}");
    assert!(!told.iter().any(|message| message.contains("share")), "{told:?}");
    for object in &mut objects[4..] {
        text(object, tags::SERIES_INSTANCE_UID, VR::UI, &long("8"));
    }
    objects[..4].iter_mut().for_each(|object| text(object, tags::SERIES_INSTANCE_UID, VR::UI, &long("9")));
    assert_eq!(planes(&groups(&objects)), [4, 4]);
}

/// A private report whose class has a leading zero refused the whole series, because its class was taken for damage.
#[test]
fn a_private_report_with_zeros_lies_beside() {
    let mut objects = good("beside");
    let mut report = objects[0].clone();
    for tag in [tags::PIXEL_DATA, tags::ROWS, tags::IMAGE_POSITION_PATIENT] {
        report.remove_element(tag);
    }
    let class = "1.3.12.2.1107.5.9.01";
    text(&mut report, tags::SOP_CLASS_UID, VR::UI, class);
    text(&mut report, tags::SOP_INSTANCE_UID, VR::UI, "1.3.12.2.02");
    text(&mut report, tags::MODALITY, VR::CS, "SR");
    report.update_meta(|meta| meta.media_storage_sop_class_uid = class.into());
    objects.push(report.clone());
    let found = indexed(&files(&objects));
    assert_eq!(found.skipped.iter().map(|(_, s)| s.to_string()).collect::<Vec<_>>(), ["not a CT image (SR)"]);
    same(&passes(group(found)));
    // What calls itself CT and lies in the series may be a slice that was damaged.
    text(&mut report, tags::MODALITY, VR::CS, "CT");
    objects[8] = report.clone();
    assert_eq!(refused(groups(&objects)), ["foreign_object"]);
    text(&mut report, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3");
    objects[8] = report;
    same(&passes(group(indexed(&files(&objects)))));
}

/// A SOP class that damage turned into something with zeros: the slice is read or the series refused.
#[test]
fn a_damaged_class_is_not_taken_for_one_with_zeros() {
    let objects = good("class-damage");
    let files: Vec<Vec<u8>> = objects.iter().map(|o| encode(o).unwrap()).collect();
    let class = uids::CT_IMAGE_STORAGE.as_bytes();
    let last = files[7].clone();
    let places: Vec<usize> =
        (0..last.len() - class.len()).filter(|at| &last[*at..at + class.len()] == class).collect();
    assert_eq!(places.len(), 2, "in the file meta and in the data set");
    for damaged in [&places[..1], &places[1..], &places[..]] {
        for at in 0..class.len() {
            for byte in [b'0', b'.', b'7', b'X'] {
                let mut files = files.clone();
                damaged.iter().for_each(|place| files[7][place + at] = byte);
                for group in of_bytes(files) {
                    if let Ok(series) = group.check(&Rules::default()) {
                        same(&series);
                    }
                }
            }
        }
    }
}

/// The file meta names other things than the data set: the data set holds, and the contradiction is told.
#[test]
fn meta_that_disagrees() {
    let mut objects = good("disagrees");
    for object in &mut objects {
        object.update_meta(|meta| meta.media_storage_sop_class_uid = uids::MR_IMAGE_STORAGE.into());
    }
    let other_class = series(&objects);
    same(&other_class);
    assert!(codes(&other_class).contains(&"meta_mismatch"));
    let mut objects = good("disagrees");
    for object in &mut objects {
        object.update_meta(|meta| meta.media_storage_sop_instance_uid = "2.25.9".into());
    }
    let other_instance = series(&objects);
    same(&other_instance);
    assert!(codes(&other_instance).contains(&"meta_mismatch"));
    // A data set that calls itself something else, while the file meta says CT, may be a slice.
    let mut objects = good("disagrees");
    text(&mut objects[7], tags::SOP_CLASS_UID, VR::UI, uids::MR_IMAGE_STORAGE);
    assert_eq!(refused(groups(&objects)), ["decode_failed"]);
}

/// A transfer syntax that is not the one of the pixels is refused; one that only names another encoding is read.
#[test]
fn a_transfer_syntax_that_disagrees() {
    let put = |file: &mut Vec<u8>, uid: &[u8; 22]| {
        let at = file.windows(19).position(|w| w == b"1.2.840.10008.1.2.1").unwrap();
        let end = at + 20;
        file.splice(at..end, *uid);
        // The element and the group are two bytes longer than they were.
        file[at - 2] += 2;
        file[140] += 2;
    };
    for (uid, code) in
        [(b"1.2.840.10008.1.2.4.90", "decode_failed"), (b"1.2.840.10008.1.2.9.90", "unsupported_syntax")]
    {
        let mut files = written_as(&good("syntax"), uids::EXPLICIT_VR_LITTLE_ENDIAN);
        files.iter_mut().for_each(|file| put(file, uid));
        assert_eq!(refused(of_bytes(files)), [code]);
    }
}

/// Written in big endian and called little endian: samples of 16 bits were read with their bytes swapped.
#[test]
fn a_byte_order_that_disagrees() {
    let header = Header { signed: true, bits_stored: 16, intercept: 0.0, ..Header::named("order") };
    let mut files = written_as(&slice_objects(&good_volume(8, 32), &header), BIG_ENDIAN);
    for file in &mut files {
        let at = file.windows(19).position(|w| w == b"1.2.840.10008.1.2.2").unwrap();
        file[at + 18] = b'1';
    }
    let explicit = passes(of_bytes(files.clone()));
    same(&explicit);
    assert!(codes(&explicit).contains(&"meta_mismatch"));
    for file in &mut files {
        let at = file.windows(19).position(|w| w == b"1.2.840.10008.1.2.1").unwrap();
        file[at + 17..at + 19].fill(0); // implicit little endian
    }
    same(&passes(of_bytes(files)));
}

/// No patient in any slice is no contradiction; a patient in some is one, and never passes.
#[test]
fn empty_identifiers() {
    let cleared = |slices: std::ops::Range<usize>, wanted: &[Tag]| {
        let mut objects = good("empty");
        for object in &mut objects[slices] {
            for tag in wanted {
                text(object, *tag, if *tag == tags::PATIENT_ID { VR::LO } else { VR::PN }, "");
            }
        }
        groups(&objects)
    };
    for wanted in [&[tags::PATIENT_ID][..], &[tags::PATIENT_NAME], &[tags::PATIENT_ID, tags::PATIENT_NAME]] {
        same(&passes(cleared(0..8, wanted)));
        assert_eq!(refused(cleared(7..8, wanted)), ["patient_mixed"]);
        assert_eq!(refused(cleared(1..8, wanted)), ["patient_mixed"]);
    }
    // "^^" and nothing are both no name.
    let mut objects = good("carets");
    text(&mut objects[0], tags::PATIENT_NAME, VR::PN, "^^");
    objects[1..].iter_mut().for_each(|o| text(o, tags::PATIENT_NAME, VR::PN, ""));
    same(&series(&objects));
}

/// Character sets with names in them, two of equal length: Müller and Möller, Иванов and Петров, 山田 and 川田, ...
const NAMES: [(&str, &[u8], &[u8]); 5] = [
    ("ISO_IR 100", b"M\xFCller^Jos\xE9", b"M\xF6ller^Jos\xE9"),
    ("ISO_IR 144", b"\xB8\xD2\xD0\xDD\xDE\xD2", b"\xBF\xD5\xE2\xE0\xDE\xD2"),
    ("ISO_IR 192", "山田^太郎".as_bytes(), "川田^太郎".as_bytes()),
    ("\\ISO 2022 IR 87", b"Yamada=\x1B$B;3ED\x1B(B", b"Yamada=\x1B$B@nED\x1B(B"),
    ("GB18030", b"\xCD\xF5^\xD0\xA1\xB6\xAB", b"\xC1\xF5^\xD0\xA1\xB6\xAB"),
];

/// Bytes of a value in the place of a text of equal length that was written.
fn replace(file: &mut NamedFile, written: &[u8], value: &[u8]) {
    let at = file.bytes.windows(written.len()).position(|w| w == written).expect("it was written");
    let mut padded = value.to_vec();
    padded.resize(written.len().max(value.len()), b' ');
    file.bytes[at..at + padded.len()].copy_from_slice(&padded);
}

/// Identity is compared byte by byte, whatever the character set, and nothing of it is shown.
#[test]
fn names_in_any_script() {
    for (set, name, other) in NAMES {
        let mut objects = good("scripts");
        for object in &mut objects {
            text(object, tags::PATIENT_NAME, VR::PN, &"N".repeat(32));
            text(object, tags::SERIES_DESCRIPTION, VR::LO, &"D".repeat(32));
            text(object, tags::CONVOLUTION_KERNEL, VR::SH, &"K".repeat(32));
            text(object, tags::SPECIFIC_CHARACTER_SET, VR::CS, &"C".repeat(20));
        }
        let mut all = files(&objects);
        for file in &mut all {
            replace(file, &[b'C'; 20], set.as_bytes());
            for placeholder in [b'N', b'D', b'K'] {
                replace(file, &[placeholder; 32], name);
            }
        }
        let series = passes(group(indexed(&all)));
        same(&series);
        assert!(format!("{:?}", series.facts).is_ascii(), "{set}");
        let head = [0x10, 0, 0x10, 0, b'P', b'N', 32, 0];
        let [name, other] = [name, other].map(|value| [&head, value].concat());
        replace(&mut all[7], &name, &other);
        assert_eq!(refused(group(indexed(&all))), ["patient_mixed"], "{set}");
    }
}

/// Gives each frame an element of its frame content: StackID or TemporalPositionIndex.
fn frame_content(object: &mut Object, element: impl Fn(usize) -> DataElement<InMemDicomObject>) {
    let groups = object.element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).unwrap();
    let mut items = groups.items().unwrap().to_vec();
    for (frame, item) in items.iter_mut().enumerate() {
        let content = InMemDicomObject::from_element_iter([element(frame)]);
        let sequence = DataSetSequence::from(vec![content]);
        item.put(DataElement::new(tags::FRAME_CONTENT_SEQUENCE, VR::SQ, sequence));
    }
    let sequence = DataSetSequence::from(items);
    object.put(DataElement::new(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, sequence));
}

fn planes(groups: &[Group]) -> Vec<usize> {
    groups.iter().map(Group::planes).collect()
}

/// Frames 1 to 3 and 4 to 8 are two stacks although they lie on one line: the standard says that they are two.
#[test]
fn stacks_of_an_enhanced_image_are_series() {
    let enhanced = || multiframe_object(&good_volume(8, 32), &Header::named("stacks"), MultiFrame::Enhanced);
    let stack = |name: &str| DataElement::new(tags::STACK_ID, VR::SH, PrimitiveValue::from(name));
    let mut one = enhanced();
    frame_content(&mut one, |_| stack("1"));
    same(&series(&[one]));
    let mut two = enhanced();
    frame_content(&mut two, |frame| stack(if frame < 3 { "1" } else { "2" }));
    let groups = groups(&[two]);
    assert_eq!(planes(&groups), [3, 5]);
    for group in groups {
        assert!(refusals(&group.check(&Rules::default()).unwrap_err()).contains(&"mixed_series"));
    }
}

/// Frames at the same four places at two times: two series, each of its own calcium.
#[test]
fn temporal_positions_of_an_enhanced_image_are_series() {
    let mut volume = good_volume(8, 32);
    volume.hu.slice_mut(ndarray::s![4.., .., ..]).mapv_inplace(|hu| if hu > 130.0 { hu + 50.0 } else { hu });
    let mut object = multiframe_object(&volume, &Header::named("times"), MultiFrame::Enhanced);
    let sequence = object.element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).unwrap();
    let mut items = sequence.items().unwrap().to_vec();
    for frame in 0..4 {
        let position = items[frame].element(tags::PLANE_POSITION_SEQUENCE).unwrap().clone();
        items[frame + 4].put(position);
    }
    let sequence = DataSetSequence::from(items);
    object.put(DataElement::new(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, sequence));
    assert_eq!(
        refused(groups(std::slice::from_ref(&object))),
        ["duplicate_slice"],
        "which is meant is not said"
    );
    frame_content(&mut object, |frame| {
        let time = if frame < 4 { 1u32 } else { 2 };
        DataElement::new(tags::TEMPORAL_POSITION_INDEX, VR::UL, PrimitiveValue::from(time))
    });
    let groups = groups(&[object]);
    assert_eq!(planes(&groups), [4, 4]);
    let chosen = Rules { chosen: true, ..Rules::default() };
    let peaks = groups.into_iter().map(|group| {
        let slices = hu(&group.check(&chosen).unwrap()).unwrap();
        slices.iter().flatten().flatten().copied().fold(f64::MIN, f64::max)
    });
    assert_eq!(peaks.collect::<Vec<_>>(), [450.0, 500.0]);
}
