//! DICOM files of people who mean harm, and files that were damaged on their way: a refusal, never a panic, never much
//! memory, never fewer labels than were drawn.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use proptest::prelude::*;

use super::{dicom_file::*, *};

fn segmentation() -> Object {
    Seg::binary(&[(1, LOWER, "1... .... ...."), (2, UPPER, ".... .... ...1")]).object()
}

fn structure_set() -> Object {
    let roi = object([text(tags::ROI_NUMBER, VR::IS, "2"), text(tags::ROI_NAME, VR::LO, "LAD")]);
    let contour = object([
        text(tags::CONTOUR_GEOMETRIC_TYPE, VR::CS, "CLOSED_PLANAR"),
        text(tags::NUMBER_OF_CONTOUR_POINTS, VR::IS, "3"),
        text(tags::CONTOUR_DATA, VR::DS, "10\\20\\32\\10\\22\\32\\12\\22\\32"),
    ]);
    let of_roi = object([
        sequence(tags::CONTOUR_SEQUENCE, vec![contour]),
        text(tags::REFERENCED_ROI_NUMBER, VR::IS, "2"),
    ]);
    object([
        text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 100"),
        text(tags::SOP_CLASS_UID, VR::UI, uids::RT_STRUCTURE_SET_STORAGE),
        sequence(tags::STRUCTURE_SET_ROI_SEQUENCE, vec![roi]),
        sequence(tags::ROI_CONTOUR_SEQUENCE, vec![of_roi]),
    ])
}

/// The files that are damaged.
fn files() -> Vec<Vec<u8>> {
    let mut packed = Seg { bits: 8, ..Seg::binary(&[(2, LOWER, "1... .... ....")]) }.object();
    packed.put(fragments(vec![0], vec![deflated(&[1; 12])]));
    vec![
        file(&segmentation(), uids::EXPLICIT_VR_LITTLE_ENDIAN),
        file(&segmentation(), uids::IMPLICIT_VR_LITTLE_ENDIAN),
        file(&structure_set(), uids::EXPLICIT_VR_LITTLE_ENDIAN),
        file(&structure_set(), "1.2.840.10008.1.2.2"),
        file(&packed, "1.2.840.10008.1.2.8.1"),
        deflated_file(&segmentation()),
        deflated_file(&structure_set()),
    ]
}

fn pictures(bytes: &[u8]) -> Result<Vec<String>, Error> {
    let all = everything(geometry(), 2);
    read_dicom(bytes)?.assign(&all).map(|labelled| painted(&labelled, &all))
}

#[test]
fn a_file_cut_short_is_refused_or_whole() {
    for (i, bytes) in files().into_iter().enumerate() {
        let whole = pictures(&bytes).unwrap();
        for end in 0..bytes.len() {
            match pictures(&bytes[..end]) {
                Ok(found) => assert_eq!(found, whole, "file {i}, {end} of {} bytes", bytes.len()),
                Err(error) => assert!(error.code().is_some(), "{error}"),
            }
        }
    }
}

/// As PS3.10 has it, up to the data set.
fn begun() -> Vec<u8> {
    let bytes = file(&segmentation(), uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let end = bytes.windows(6).position(|w| w == b"\x08\0\x05\0CS").unwrap();
    bytes[..end].to_vec()
}

#[test]
fn nesting_does_not_overflow_the_stack() {
    let item = [0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
    let open: &[u8] = b"\x40\x00\x30\xA7SQ\0\0\xFF\xFF\xFF\xFF";
    let nested = [open, &item].concat().repeat(2_000);
    assert_eq!(code(read_dicom(&[begun(), nested.clone()].concat())), "labels_invalid");
    // The same with all its delimiters.
    let close = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0].repeat(2_000);
    let error = read_dicom(&[begun(), nested, close].concat()).unwrap_err();
    assert!(error.to_string().contains("nested more than 16 deep"), "{error}");
}

#[test]
fn lengths_are_held_against_the_file() {
    for element in [
        &b"\x08\x00\x16\x00UN\0\0\xFE\xFF\xFF\xFF"[..],
        b"\x08\x00\x16\x00UT\0\0\x00\x00\x00\x80abc",
        b"\x08\x00\x16\x00UI\xFF\xFFabc",
        b"\xE0\x7F\x10\x00OW\0\0\xFE\xFF\xFF\xFF",
        b"\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF",
        b"\x08\x00\x16\x00??\0\0\x00\x00\x00\x00",
    ] {
        assert_eq!(code(read_dicom(&[&begun(), element].concat())), "labels_invalid", "{element:?}");
    }
    // In group 2 too.
    let mut meta = b"DICM".to_vec();
    meta.extend(b"\x02\x00\x10\x00UT\0\0\xFE\xFF\xFF\xFF");
    assert_eq!(code(read_dicom(&meta)), "labels_invalid");
}

#[test]
fn an_element_that_is_there_twice_is_refused() {
    let bytes = file(&segmentation(), uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let pixels = bytes.windows(4).position(|w| w == [0xE0, 0x7F, 0x10, 0x00]).unwrap();
    let error = read_dicom(&[&bytes, &bytes[pixels..]].concat()).unwrap_err();
    assert!(error.to_string().contains("(7FE0,0010) is there twice"), "{error}");
}

#[test]
fn zeros_after_the_data_set_do_no_harm() {
    let bytes = [file(&structure_set(), uids::EXPLICIT_VR_LITTLE_ENDIAN), vec![0; 100]].concat();
    assert_eq!(pictures(&bytes).unwrap(), [".... .... ....", "A... AA.. AAA."]);
}

#[test]
fn other_texts_and_images_are_no_dicom() {
    for (start, is_dicom) in [
        (&b"\x08\x00\x05\x00CS\x0A\x00ISO_IR 100"[..], true),
        (b"\x08\x00\x05\x00\x0A\x00\x00\x00ISO_IR 100", true),
        (b"\x00\x08\x00\x05CS\x00\x0AISO_IR 100", true),
        (b"\x02\x00\x00\x00UL\x04\x00\x00\x00\x00\x00", true),
        (b"DICM\x02\x00", true),
        (b"\x08\x00\x05\x00\xFF\xFF\xFF\xFF", false),
        (b"\x08\x00\x22\x00DA\x00\x00", false),
        (b"NRRD0004\n", false),
        (b"<?xml version", false),
        (b"ObjectType = Image", false),
        (b"", false),
    ] {
        assert_eq!(crate::dicom::starts(start), is_dicom, "{start:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the bytes are, the answer is an assignment or a refusal.
    #[test]
    fn damaged_bytes_never_panic(
        which in 0_usize..7,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = files().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Err(error) = pictures(&bytes) {
            prop_assert!(error.code().is_some(), "{}", error);
        }
    }

    /// Bytes that are lost or repeated.
    #[test]
    fn spliced_files_never_panic(
        which in 0_usize..7,
        cut in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
    ) {
        let bytes = files().swap_remove(which);
        let (cut, from) = (cut.index(bytes.len()), from.index(bytes.len()));
        let spliced = [&bytes[..cut], &bytes[from..]].concat();
        if let Err(error) = pictures(&spliced) {
            prop_assert!(error.code().is_some(), "{}", error);
        }
    }
}
