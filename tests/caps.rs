//! Limits: a file that claims or holds more than any scan is refused by name, with what to do, and costs little memory.

use crate::support::{Said, run, score_within, text};
use agatston_phantom::{
    Header, Volume,
    damage::{good_series, good_volume},
    dicom::{Object, encode, slice_objects},
    multiframe::{MultiFrame, multiframe_object},
};
use dicom_core::{
    DataElement, PrimitiveValue, VR,
    value::{DataSetSequence, PixelFragmentSequence},
};
use dicom_dictionary_std::{tags, uids};
use flate2::{Compression, write::DeflateEncoder};
use std::{fs, io::Write, path::Path};

/// What a run may take beyond twice its files, kB: the program, its threads and its buffers.
const BUDGET_KB: u64 = 100_000;

fn score(input: &Path) -> Said {
    run(&["score", &text(input), "--region", "everything", "--format", "json"])
}

/// The refusal must have the code, name the limit and say what to do.
fn refused(said: &Said, code: &str, words: &str) {
    assert_eq!(said.code, 3, "{said:?}");
    let result = said.json();
    let findings = result["findings"].as_array().unwrap();
    let told =
        findings.iter().find(|f| f["code"] == code).unwrap_or_else(|| panic!("no {code}: {findings:#?}"));
    let message = format!("{} {} {}", told["message"], told["expected"], told["seen"]);
    assert!(message.contains(words), "{words:?} is not in {message}");
    assert!(told["next_step"].as_str().is_some_and(|step| step.len() > 10), "{told}");
}

/// Scores in an address space of twice the files and a fixed budget, where a claim that was believed would abort.
fn frugal(input: &Path) -> Said {
    let mut bytes = 0;
    for entry in fs::read_dir(input).unwrap() {
        bytes += entry.unwrap().metadata().unwrap().len();
    }
    if cfg!(target_os = "linux") {
        score_within(input, &["--region", "everything"], BUDGET_KB + 2 * bytes / 1024)
    } else {
        score(input)
    }
}

/// The good series with another file in the place of its second.
fn with(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (i, file) in good_series("caps", 8, 32).unwrap().into_iter().enumerate() {
        fs::write(folder.path().join(file.name), if i == 1 { bytes } else { &file.bytes }).unwrap();
    }
    folder
}

/// Files alone in a folder.
fn only(files: &[Vec<u8>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (i, bytes) in files.iter().enumerate() {
        fs::write(folder.path().join(i.to_string()), bytes).unwrap();
    }
    folder
}

fn second() -> Object {
    slice_objects(&good_volume(8, 32), &Header::named("caps")).remove(1)
}

/// A file with some bytes before its PixelData, in implicit little endian.
fn implicit(mut object: Object, extra: &[u8]) -> Vec<u8> {
    object.update_meta(|meta| meta.transfer_syntax = uids::IMPLICIT_VR_LITTLE_ENDIAN.into());
    before_pixels(encode(&object).unwrap(), extra)
}

fn before_pixels(mut bytes: Vec<u8>, extra: &[u8]) -> Vec<u8> {
    let at = bytes.windows(4).rposition(|w| w == [0xE0, 0x7F, 0x10, 0x00]).unwrap();
    bytes.splice(at..at, extra.iter().copied());
    bytes
}

/// An element in implicit little endian.
fn element(group: u16, element: u16, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap();
    [&group.to_le_bytes()[..], &element.to_le_bytes(), &length.to_le_bytes(), value].concat()
}

/// The file with its data set packed as a whole.
fn deflated(file: &[u8]) -> Vec<u8> {
    let end = 144 + usize::try_from(u32::from_le_bytes(file[140..144].try_into().unwrap())).unwrap();
    let mut head = file[..end].to_vec();
    let at = head.windows(20).position(|w| w == b"1.2.840.10008.1.2.1\0").unwrap();
    head.splice(at..at + 20, *b"1.2.840.10008.1.2.1.99");
    head[at - 2] += 2;
    head[140] += 2;
    let mut packer = DeflateEncoder::new(head, Compression::fast());
    packer.write_all(&file[end..]).unwrap();
    packer.finish().unwrap()
}

#[test]
fn what_a_header_may_hold() {
    let long = implicit(second(), &element(0x0020, 0x4000, &[b'x'; 70_000]));
    assert_eq!(frugal(with(&long).path()).code, 0, "a long value that nobody asks for is jumped over");
    let name = {
        let mut object = second();
        object.remove_element(tags::PHOTOMETRIC_INTERPRETATION);
        implicit(object, &element(0x0028, 0x1054, &[b'x'; 70_000]))
    };
    refused(&frugal(with(&name).path()), "limits", "longer than 64 kB");
    // Twenty MB of values that count.
    let many = implicit(second(), &element(0x0028, 0x1054, &[b'H'; 60_000]).repeat(350));
    refused(&frugal(with(&many).path()), "limits", "longer than 16 MB together");
    let deep = [
        [0x00, 0x54, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]
            .repeat(33),
        [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0].repeat(33),
    ];
    refused(&frugal(with(&implicit(second(), &deep.concat())).path()), "limits", "nested more than 32 deep");
    let less = [&deep[0][..32 * 16], &deep[1][..32 * 16]].concat();
    assert_eq!(frugal(with(&implicit(second(), &less)).path()).code, 0, "32 are read");
}

/// A small packed file that unpacks to more header than any image has.
#[test]
fn what_a_packed_header_may_hold() {
    let private = |bytes: usize| {
        let head = [0x29, 0x00, 0x10, 0x10, b'O', b'B', 0, 0];
        let length = u32::try_from(bytes).unwrap().to_le_bytes();
        let file = encode(&second()).unwrap();
        deflated(&before_pixels(file, &[&head[..], &length, &vec![0; bytes]].concat()))
    };
    assert_eq!(frugal(with(&private(20 << 20)).path()).code, 0);
    let bomb = private(70 << 20);
    assert!(bomb.len() < 500_000);
    refused(&frugal(with(&bomb).path()), "limits", "longer than 64 MB");
}

fn frames(rows: usize, frames: usize) -> Object {
    let volume = Volume::filled([frames, rows, rows], [3.0, 0.5, 0.5], 40.0);
    multiframe_object(&volume, &Header::named("frames"), MultiFrame::Enhanced)
}

#[test]
fn how_many_frames() {
    for (number, code, words) in [
        ("65536", "limits", "at most 65535"),
        ("99999999999", "limits", "at most 65535"),
        ("-1", "geometry_missing", "NumberOfFrames"),
        ("4000", "geometry_missing", "4000 frames, 8 functional groups"),
    ] {
        let mut object = frames(16, 8);
        object.put(DataElement::new(tags::NUMBER_OF_FRAMES, VR::IS, PrimitiveValue::from(number)));
        refused(&frugal(only(&[encode(&object).unwrap()]).path()), code, words);
    }
}

/// A sequence of frames that are empty items.
fn empty_frames(count: usize) -> Vec<u8> {
    let open = [0x00, 0x52, 0x30, 0x92, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF];
    let item = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0].repeat(count);
    [&open[..], &item, &[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]].concat()
}

/// All frames at one place, complete by what all share.
fn at_one_place(mut object: Object) -> Object {
    let first = |object: &Object, tag| object.element(tag).unwrap().items().unwrap()[0].clone();
    let mut groups = first(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    for group in first(&frames(16, 1), tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE) {
        groups.put(group);
    }
    let shared = DataSetSequence::from(vec![groups]);
    object.put(DataElement::new(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, shared));
    object.remove_element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    object
}

/// An image that claims 65,535 frames and has no functional groups for them yet.
fn claims_65535_frames() -> Object {
    let mut object = frames(16, 1);
    object.put(DataElement::new(tags::NUMBER_OF_FRAMES, VR::IS, PrimitiveValue::from("65535")));
    object.remove_element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    object
}

/// Millions of empty items in the place of frames, plain and packed.
#[test]
fn frames_that_are_nothing() {
    let file = encode(&claims_65535_frames()).unwrap();
    for (count, words) in [(65_535, "lacks"), (7_000_000, "65536 functional groups")] {
        let plain = before_pixels(file.clone(), &empty_frames(count));
        for bytes in [deflated(&plain), plain] {
            refused(&frugal(only(&[bytes]).path()), "geometry_missing", words);
        }
    }
}

/// As many frames as are read, packed into two thousand bytes, each complete by what all share.
#[test]
fn frames_that_share_everything() {
    let object = at_one_place(claims_65535_frames());
    let bytes = deflated(&before_pixels(encode(&object).unwrap(), &empty_frames(65_535)));
    assert!(bytes.len() < 5000, "{}", bytes.len());
    refused(&frugal(only(&[bytes]).path()), "pixel_length", "bytes");
}

/// As many stacks as frames, and a million fragments: each took time by its square, or a read of its own.
#[test]
fn how_many_stacks_and_fragments() {
    let mut object = frames(16, 1500);
    let sequence = object.element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).unwrap();
    let mut items = sequence.items().unwrap().to_vec();
    for (frame, item) in items.iter_mut().enumerate() {
        let stack = PrimitiveValue::from(frame.to_string());
        let content = [DataElement::new(tags::STACK_ID, VR::SH, stack)];
        let content = DataSetSequence::from(vec![dicom_object::InMemDicomObject::from_element_iter(content)]);
        item.put(DataElement::new(tags::FRAME_CONTENT_SEQUENCE, VR::SQ, content));
    }
    object.put(DataElement::new(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        VR::SQ,
        DataSetSequence::from(items),
    ));
    refused(&frugal(only(&[encode(&object).unwrap()]).path()), "limits", "at most 1000 stacks");
    let mut object = second();
    let fragments = PixelFragmentSequence::new_fragments(vec![Vec::<u8>::new(); (1 << 20) + 1]);
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, fragments));
    object.update_meta(|meta| meta.transfer_syntax = uids::RLE_LOSSLESS.into());
    refused(&frugal(with(&encode(&object).unwrap()).path()), "limits", "more than 1,048,576 fragments");
}

#[test]
fn how_large_a_picture() {
    let mut object = second();
    for tag in [tags::ROWS, tags::COLUMNS] {
        object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(u16::MAX)));
    }
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PixelFragmentSequence::new_fragments(vec![vec![0_u8; 64]]),
    ));
    object.update_meta(|meta| meta.transfer_syntax = uids::RLE_LOSSLESS.into());
    // Twice at one place: copies are compared by their pixels, but not when these cannot be.
    let file = encode(&object).unwrap();
    refused(&frugal(only(&[file.clone(), file]).path()), "limits", "at most 4096 rows and columns");
}

/// Copies are compared two by two: of frames that are packed together, each pair was unpacked anew, for minutes.
#[test]
fn many_copies_in_a_packed_file() {
    let object = at_one_place(frames(16, 3000));
    let bytes = deflated(&before_pixels(encode(&object).unwrap(), &empty_frames(3000)));
    let said = frugal(only(&[bytes]).path());
    refused(&said, "single_slice", "1 slice");
    assert!(said.codes().contains(&"duplicate_slice".to_owned()));
}

/// A packed file that holds what it claims, and far more than is packed in it.
#[test]
fn how_much_is_unpacked() {
    let small = deflated(&encode(&frames(256, 8)).unwrap());
    assert_eq!(frugal(only(&[small]).path()).code, 0);
    let bomb = deflated(&encode(&frames(2048, 20)).unwrap());
    assert!(bomb.len() < 2_000_000, "{}", bomb.len());
    refused(&frugal(only(&[bomb]).path()), "limits", "more than 128 MB and more than 20 times the file");
    // What deflate could not hold is no claim to look at: 4 GB in 10 kB.
    let mut file = encode(&second()).unwrap();
    let at = file.windows(4).rposition(|w| w == [0xE0, 0x7F, 0x10, 0x00]).unwrap();
    file[at + 8..at + 12].copy_from_slice(&0xFFFF_FFF0_u32.to_le_bytes());
    refused(&frugal(with(&deflated(&file)).path()), "truncated_file", "(7FE0,0010)");
}

/// A gzip file of 1 MB that claims, and holds, a label map of more voxels than any scan has.
#[test]
fn how_large_a_label_map() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.nii.gz");
    let mut header = vec![0_u8; 352];
    header[..4].copy_from_slice(&348_i32.to_le_bytes());
    for (i, dim) in [3_i16, 2048, 2048, 512, 1, 1, 1, 1].into_iter().enumerate() {
        header[40 + 2 * i..42 + 2 * i].copy_from_slice(&dim.to_le_bytes());
    }
    header[70..72].copy_from_slice(&2_i16.to_le_bytes());
    header[72..74].copy_from_slice(&8_i16.to_le_bytes());
    for i in 0..4 {
        header[76 + 4 * i..80 + 4 * i].copy_from_slice(&1_f32.to_le_bytes());
    }
    header[108..112].copy_from_slice(&352_f32.to_le_bytes());
    header[123] = 2;
    header[254..256].copy_from_slice(&1_i16.to_le_bytes());
    for row in 0..3 {
        let at = 280 + 16 * row + 4 * row;
        header[at..at + 4].copy_from_slice(&1_f32.to_le_bytes());
    }
    header[344..348].copy_from_slice(b"n+1\0");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&header).unwrap();
    fs::write(&path, packer.finish().unwrap()).unwrap();
    let series = text(crate::support::fixture("coronary"));
    let said =
        run(&["score", &series, "--labels", &text(&path), "--label-scheme", "agatston", "--format", "json"]);
    refused(&said, "labels_invalid", "at most 1073741824 voxels");
}
