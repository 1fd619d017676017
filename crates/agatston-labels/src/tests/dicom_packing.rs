//! DICOM files in every way that they are written: transfer syntaxes, packings, fragments, missing heads.

use dicom_dictionary_std::uids;

use super::{dicom_file::*, *};

#[test]
fn every_transfer_syntax_says_the_same() {
    let all = everything(geometry(), 2);
    let pictures = [(LOWER, "1... .... ...2"), (UPPER, ".... .34. ...4")];
    let eight_bits = Seg { bits: 8, ..whole() };
    for seg in [whole(), eight_bits, Seg::label_map(8, &pictures), Seg::label_map(16, &pictures)] {
        let object = seg.object();
        let plain = |syntax| file(&object, syntax);
        for bytes in [
            plain(uids::IMPLICIT_VR_LITTLE_ENDIAN),
            plain(uids::EXPLICIT_VR_LITTLE_ENDIAN),
            plain("1.2.840.10008.1.2.2"),
            deflated_file(&object),
        ] {
            let found = labelled(read_dicom(&bytes), &all);
            assert_eq!(painted(&found, &all), WHOLE, "{} {}", seg.kind, seg.bits);
            assert_eq!((found.source, codes(&found)), (LabelKind::DicomSeg, vec![]));
        }
    }
}

#[test]
fn files_without_preamble_or_meta_are_read() {
    let all = everything(geometry(), 2);
    let object = whole().object();
    for (syntax, has_meta) in [
        (uids::IMPLICIT_VR_LITTLE_ENDIAN, false),
        (uids::EXPLICIT_VR_LITTLE_ENDIAN, false),
        ("1.2.840.10008.1.2.2", false),
        (uids::IMPLICIT_VR_LITTLE_ENDIAN, true),
    ] {
        let bytes = file(&object, syntax);
        let (no_preamble, no_prefix) = (&bytes[128..], &bytes[132..]);
        let group_8 = |w: &[u8]| w == [8, 0, 5, 0] || w == [0, 8, 0, 5];
        let bare = &bytes[bytes.windows(4).position(group_8).unwrap()..];
        for cut in if has_meta { vec![no_preamble, no_prefix] } else { vec![bare] } {
            assert_eq!(painted(&labelled(read_dicom(cut), &all), &all), WHOLE, "{syntax}");
        }
    }
}

#[test]
fn packed_frames_are_unpacked() {
    let all = everything(geometry(), 2);
    let check = |seg: &Seg<'_>, frames: Vec<Vec<u8>>, syntax: &str| {
        let mut object = seg.object();
        object.put(fragments(vec![], frames));
        assert_eq!(painted(&labelled(read_dicom(&file(&object, syntax)), &all), &all), WHOLE, "{syntax}");
    };
    // Each frame of single bits begins with a byte of its own.
    let seg = whole();
    let frames = seg.samples().iter().map(|frame| deflated(&bits(frame))).collect();
    check(&seg, frames, DEFLATED_FRAMES);
    for bits in [8, 16] {
        let seg = Seg::label_map(bits, &[(LOWER, "1... .... ...2"), (UPPER, ".... .34. ...4")]);
        let bytes = |frame: &Vec<u16>| -> Vec<u8> {
            let all = frame.iter().flat_map(|v| v.to_le_bytes());
            all.step_by(if bits == 8 { 2 } else { 1 }).collect()
        };
        let samples = seg.samples();
        check(&seg, samples.iter().map(|frame| deflated(&bytes(frame))).collect(), DEFLATED_FRAMES);
        check(&seg, samples.iter().map(|frame| run_length(frame, bits)).collect(), uids::RLE_LOSSLESS);
    }
}

const DEFLATED_FRAMES: &str = "1.2.840.10008.1.2.8.1";

/// RLE of 12 samples below 256, as literal runs (PS3.5 annex G).
fn run_length(frame: &[u16], bits: u16) -> Vec<u8> {
    let low: Vec<u8> = frame.iter().map(|v| *v as u8).collect();
    let literal = |bytes: &[u8]| [&[bytes.len() as u8 - 1], bytes].concat();
    let segments = if bits == 8 { vec![literal(&low)] } else { vec![literal(&[0; 12]), literal(&low)] };
    let mut header = vec![0; 64];
    header[0] = segments.len() as u8;
    for i in 0..segments.len() {
        header[4 + 4 * i] = 64 + 13 * i as u8;
    }
    [header, segments.concat()].concat()
}

#[test]
fn frames_in_several_fragments_need_offsets() {
    let all = everything(geometry(), 2);
    let seg = Seg::label_map(8, &[(LOWER, "1... .... ...2"), (UPPER, ".... .34. ...4")]);
    let [a, b] = [0, 1].map(|i| run_length(&seg.samples()[i], 8));
    let parts = || vec![a[..40].to_vec(), a[40..].to_vec(), b[..70].to_vec(), b[70..].to_vec()];
    // 40 + 37 + 1 bytes in two items of 8 bytes more.
    let mut object = seg.object();
    object.put(fragments(vec![0, 40 + 38 + 16], parts()));
    assert_eq!(painted(&labelled(read_dicom(&file(&object, uids::RLE_LOSSLESS)), &all), &all), WHOLE);
    for table in [vec![], vec![0, 7], vec![0], vec![0, 48, 94]] {
        object.put(fragments(table.clone(), parts()));
        assert_eq!(code_of_bytes(&file(&object, uids::RLE_LOSSLESS)), "labels_invalid", "{table:?}");
    }
}

#[test]
fn other_packings_are_refused_by_name() {
    let mut object = Seg { bits: 8, ..whole() }.object();
    object.put(fragments(vec![], vec![vec![0; 4]; 4]));
    for (syntax, name) in [
        (uids::JPEG_BASELINE8_BIT, "JPEG Baseline"),
        (uids::JPEG2000, "JPEG 2000"),
        (uids::HTJ2K_LOSSLESS, "HTJ2K Lossless"),
    ] {
        let error = read_dicom(&file(&object, syntax)).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!(code(Err::<(), _>(error)), "labels_encoding");
    }
    assert_eq!(code_of_bytes(&file(&object, uids::MPEG2MPML)), "labels_encoding");
    // A packed frame that is too short, or no stream at all.
    assert_eq!(code_of_bytes(&file(&object, uids::RLE_LOSSLESS)), "labels_invalid");
    assert_eq!(code_of_bytes(&file(&object, DEFLATED_FRAMES)), "labels_invalid");
}

#[test]
fn frames_that_unpack_to_more_than_they_should_are_refused() {
    let seg = Seg { bits: 8, ..Seg::binary(&[(2, LOWER, "1... .... ....")]) };
    let mut object = seg.object();
    object.put(fragments(vec![], vec![deflated(&[1; 1 << 20])]));
    assert_eq!(code_of_bytes(&file(&object, DEFLATED_FRAMES)), "labels_invalid");
    object.put(fragments(vec![], vec![deflated(&[1; 11])]));
    assert_eq!(code_of_bytes(&file(&object, DEFLATED_FRAMES)), "labels_invalid");
}

#[test]
fn a_sequence_of_unknown_type_is_written_in_implicit_vr() {
    // PS3.5 6.2.2: some programs pass on what they do not know as UN.
    let mut bytes = file(&whole().object(), uids::IMPLICIT_VR_LITTLE_ENDIAN);
    let at = bytes.windows(4).position(|w| w == [0x00, 0x52, 0x29, 0x92]).unwrap();
    let tail = bytes.split_off(at);
    let explicit = file(&whole().object(), uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let cut = explicit.windows(4).position(|w| w == [0x00, 0x52, 0x29, 0x92]).unwrap();
    let pixels = explicit.windows(4).position(|w| w == [0xE0, 0x7F, 0x10, 0x00]).unwrap();
    let own = tail.windows(4).position(|w| w == [0x00, 0x52, 0x30, 0x92]).unwrap();
    let end = tail.windows(4).position(|w| w == [0xE0, 0x7F, 0x10, 0x00]).unwrap();
    let unknown = |bytes: &[u8]| [&bytes[..4], b"UN\0\0", &bytes[4..]].concat();
    let file =
        [&explicit[..cut], &unknown(&tail[..own]), &unknown(&tail[own..end]), &explicit[pixels..]].concat();
    let all = everything(geometry(), 2);
    assert_eq!(painted(&labelled(read_dicom(&file), &all), &all), WHOLE);
}
