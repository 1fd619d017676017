//! The traps of the input specification, each with a series that would fall into it.

use agatston_dicom::{Rules, Source, Unwatched, Workers, group, index};
use agatston_phantom::{
    Header, Volume,
    damage::good_volume,
    dicom::{Object, encode, slice_objects},
    multiframe::{MultiFrame, multiframe_object},
};
use dicom_core::{
    DataElement, PrimitiveValue, VR,
    value::{DataSetSequence, PixelFragmentSequence},
};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use proptest::prelude::*;

use crate::support::{
    codes, files, good, groups, hu, indexed, number, passes, plane_code, refusals, refused, series, text,
};

/// 1. A rescale that is missing or no number never becomes (1, 0).
#[test]
fn no_rescale_is_assumed() {
    for (tag, value) in
        [(tags::RESCALE_INTERCEPT, "-1,02"), (tags::RESCALE_SLOPE, ""), (tags::RESCALE_SLOPE, "1\\1")]
    {
        let mut objects = good("rescale");
        text(&mut objects[5], tag, VR::DS, value);
        assert_eq!(refused(groups(&objects)), ["rescale_missing"], "{value:?}");
    }
}

/// 2. Stored 5296 under 12 bits is 4272 HU or refused, never 176; old overlays in the high bits are masked.
#[test]
fn high_bits_are_not_cut_in_silence() {
    let mut objects = good("high-bits");
    let words = |object: &Object| object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
    let put = |object: &mut Object, words: Vec<u16>| {
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.into())));
    };
    let clean = hu(&series(&objects)).unwrap();
    for object in &mut objects {
        let mut marked = words(object);
        marked[40] |= 0x1000;
        put(object, marked);
    }
    assert_eq!(plane_code(&series(&objects)), Some("bits"));
    for object in &mut objects {
        number(object, dicom_object::Tag(0x6000, 0x0102), 12);
    }
    let masked = series(&objects);
    assert!(codes(&masked).contains(&"bits"), "the overlay is told");
    assert_eq!(hu(&masked).unwrap(), clean);
    for object in &mut objects {
        number(object, tags::HIGH_BIT, 15);
    }
    assert_eq!(refused(groups(&objects)), ["bits"], "stored bits that are not the lowest");
}

/// 3. A frame without its own rescale does not take another's.
#[test]
fn frames_do_not_borrow_a_rescale() {
    let mut object = multiframe_object(&good_volume(8, 32), &Header::named("frames"), MultiFrame::Enhanced);
    // A rescale at the top level must not stand in for the one that is lost.
    text(&mut object, tags::RESCALE_SLOPE, VR::DS, "1");
    text(&mut object, tags::RESCALE_INTERCEPT, VR::DS, "0");
    assert_eq!(series(std::slice::from_ref(&object)).planes.len(), 8);
    let mut frame = 0;
    object.update_value(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, |value| {
        for item in value.items_mut().unwrap() {
            if frame == 3 {
                item.remove_element(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE);
            }
            frame += 1;
        }
    });
    assert_eq!(refused(groups(&[object])), ["rescale_missing"]);
}

/// A file whose only fragment is `stream`.
fn encapsulated(mut object: Object, syntax: &str, fragments: Vec<Vec<u8>>, offsets: Vec<u32>) -> Object {
    let fragments = fragments.into_iter().map(|mut f| {
        f.resize(f.len().next_multiple_of(2), 0);
        f
    });
    let sequence = PixelFragmentSequence::new(offsets, fragments.collect::<Vec<_>>());
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, sequence));
    object.update_meta(|meta| meta.transfer_syntax = syntax.into());
    object
}

/// The samples of an object as JPEG-LS.
fn jpeg_ls(object: &Object, rows: u32, columns: u32) -> Vec<u8> {
    let words = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
    let size = usize::try_from(rows * columns).unwrap();
    encode_jpeg_ls(&words[..size], columns, rows)
}

fn encode_jpeg_ls(samples: &[u16], columns: u32, rows: u32) -> Vec<u8> {
    let mut stream = Vec::new();
    jpegls::encode(samples, columns, rows, &mut stream).unwrap();
    stream
}

fn compressed(objects: &[Object], rows: u32) -> Vec<Object> {
    let pack =
        |o: &Object| encapsulated(o.clone(), uids::JPEGLS_LOSSLESS, vec![jpeg_ls(o, rows, 32)], vec![]);
    objects.iter().map(pack).collect()
}

/// 4. Rows and Columns are those of the picture; a smaller one would leave air below.
#[test]
fn the_picture_has_the_size_of_the_header() {
    let objects = good("size");
    let whole = series(&compressed(&objects, 32));
    assert_eq!(hu(&whole).unwrap(), hu(&series(&objects)).unwrap());
    assert_eq!(plane_code(&series(&compressed(&objects, 16))), Some("matrix_mismatch"));
}

/// 5. Signed samples in a stream that knows no sign: J2K_pixelrep_mismatch among the real files; here JPEG-LS.
#[test]
fn streams_without_a_sign_are_extended() {
    let header = Header { signed: true, bits_stored: 13, intercept: 0.0, ..Header::named("sign") };
    let objects = slice_objects(&good_volume(8, 32), &header);
    let read = hu(&series(&compressed(&objects, 32))).unwrap();
    assert_eq!(read, hu(&series(&objects)).unwrap());
    assert_eq!(read[0][0], Some(-1000.0));
}

/// 6. Ordinary 16-bit signed CT, unsigned data over 32767 and fractional slopes keep every HU.
#[test]
fn stored_values_are_never_rounded_to_hu() {
    for (signed, bits_stored, slope, intercept) in [
        (true, 16, 1.0, -1024.0),
        (false, 16, 0.05, -1024.0),
        (true, 12, 2.0, 0.0),
        (false, 16, -0.05, 2000.0),
    ] {
        let header = Header { signed, bits_stored, slope, intercept, ..Header::named("forms") };
        let expected = good_volume(8, 32);
        let read = hu(&series(&slice_objects(&expected, &header))).unwrap();
        for (read, expected) in read.iter().flatten().zip(&expected.hu) {
            let hu = read.unwrap();
            assert!((hu - expected).abs() <= slope.abs() / 2.0 + 1e-9, "{hu}, {expected}, {header:?}");
        }
    }
}

/// 7. Pixel data that are too short or too long are refused before they are read.
#[test]
fn pixel_data_have_their_length() {
    for length in [32 * 32 - 1, 32 * 32 + 1] {
        let mut objects = good("length");
        let words = vec![1000u16; length];
        objects[1].put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words.into())));
        assert_eq!(refused(groups(&objects)), ["pixel_length"]);
    }
}

/// 8. Lengths are claims: an element that claims 4 GB in a small file ends the walk.
#[test]
fn claims_cost_nothing() {
    let objects = good("claims");
    let mut all = files(&objects);
    let at = all[2].bytes.windows(6).position(|w| w == [0x08, 0x00, 0x70, 0x00, b'L', b'O']).unwrap();
    // Manufacturer as UT of 4,294,967,294 bytes.
    all[2].bytes.splice(at..at + 8, [0x08, 0, 0x70, 0, b'U', b'T', 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
    assert!(refused(group(indexed(&all))).contains(&"truncated_file"));
}

/// 9. Nested sequences do not recurse, whether they are explicit or hidden in UN.
#[test]
fn nests_are_walked() {
    for open in [b"SQ", b"UN"] {
        let mut all = files(&good("nests"));
        let pixels = [0xE0, 0x7F, 0x10, 0x00, b'O', b'W'];
        let at = all[3].bytes.windows(6).rposition(|w| w == pixels).unwrap();
        let mut nest = Vec::new();
        for depth in 0..100_000 {
            nest.extend([0x00, 0x54, 0x00, 0x01]);
            if depth == 0 || open == b"SQ" {
                nest.extend([open[0], open[1], 0, 0]);
            }
            nest.extend([0xFF; 4]);
            nest.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
        }
        all[3].bytes.splice(at..at, nest);
        assert!(refused(group(indexed(&all))).contains(&"limits"));
    }
}

/// 12. Fragments of one frame are joined; frames of several are told apart by table or marker, or refused.
#[test]
fn fragments_find_their_frames() {
    let volume = good_volume(8, 32);
    let object = multiframe_object(&volume, &Header::named("fragments"), MultiFrame::Enhanced);
    let expected = hu(&series(std::slice::from_ref(&object))).unwrap();
    let words = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
    let (mut halves, mut offsets, mut at) = (Vec::new(), Vec::new(), 0);
    for frame in words.chunks_exact(32 * 32) {
        let stream = encode_jpeg_ls(frame, 32, 32);
        let (a, b) = stream.split_at(stream.len() / 4 * 2);
        offsets.push(at);
        at += u32::try_from(16 + a.len() + b.len().next_multiple_of(2)).unwrap();
        halves.extend([a.to_vec(), b.to_vec()]);
    }
    let pack = |halves: Vec<Vec<u8>>, offsets: Vec<u32>| {
        encapsulated(object.clone(), uids::JPEGLS_LOSSLESS, halves, offsets)
    };
    for table in [offsets.clone(), Vec::new()] {
        let read = series(&[pack(halves.clone(), table)]);
        assert_eq!(hu(&read).unwrap(), expected);
    }
    // In a packed archive the fragments are found in one pass, with a table and without.
    for table in [offsets.clone(), Vec::new()] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.zip");
        let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("1", options.compression_method(zip::CompressionMethod::Deflated)).unwrap();
        let bytes = encode(&pack(halves.clone(), table)).unwrap();
        std::io::Write::write_all(&mut archive, &bytes).unwrap();
        archive.finish().unwrap();
        let sources = agatston_dicom::discover(&[path]).unwrap();
        let read = passes(group(index(sources, Workers::default(), &Unwatched).unwrap()));
        assert_eq!(hu(&read).unwrap(), expected);
    }
    let first = offsets.clone();
    let mut wrong = offsets.clone();
    wrong[3] += 2;
    assert_eq!(refused(groups(&[pack(halves.clone(), wrong)])), ["decode_failed"]);
    let mut lost = halves.clone();
    lost.truncate(15);
    assert_eq!(plane_code(&series(&[pack(lost, offsets)])), Some("decode_failed"));
    // The extended offset table holds the same offsets in 64 bits; the basic one is empty then.
    for shift in [0, 2] {
        let mut extended = pack(halves.clone(), Vec::new());
        let table: Vec<u8> = (0..8).flat_map(|i| u64::from(first[i] + shift).to_le_bytes()).collect();
        extended.put(DataElement::new(tags::EXTENDED_OFFSET_TABLE, VR::OV, PrimitiveValue::U8(table.into())));
        let groups = groups(&[extended]);
        if shift == 0 {
            assert_eq!(hu(&passes(groups)).unwrap(), expected);
        } else {
            assert_eq!(refused(groups), ["decode_failed"]);
        }
    }
}

/// 13. Frames of single bits are a segmentation's; they are skipped, and refused if they call themselves CT.
#[test]
fn single_bits_are_no_ct() {
    let mut objects = good("single-bits");
    for object in &mut objects {
        number(object, tags::BITS_ALLOCATED, 1);
        number(object, tags::BITS_STORED, 1);
        number(object, tags::HIGH_BIT, 0);
    }
    assert!(refused(groups(&objects)).contains(&"bits"));
}

/// 14. An error says one line, without a backtrace or a path of this machine.
#[test]
fn errors_are_one_line() {
    let missing = std::path::PathBuf::from("/no/such/place/here");
    let error = agatston_dicom::discover(&[missing]).unwrap_err();
    let told = error.to_string();
    assert!(told.lines().count() == 1 && !told.contains("/no/"), "{told}");
}

/// Padding of -2000 written as 63536, in a signed picture of 12 bits: never a candidate, never tissue of 2096.
#[test]
fn padding_is_no_tissue() {
    let mut volume = good_volume(8, 32);
    volume.hu.slice_mut(ndarray::s![.., 0..3, ..]).fill(f64::NAN);
    let header = Header {
        signed: true,
        bits_stored: 12,
        padding: Some(-2000),
        intercept: 0.0,
        ..Header::named("pad")
    };
    let read = hu(&series(&slice_objects(&volume, &header))).unwrap();
    assert!(read.iter().all(|slice| slice[..96].iter().all(Option::is_none)));
    assert!(read.iter().all(|slice| slice[96..].iter().all(Option::is_some)));
}

/// A functional group stands in one place and once (PS3.3 C.7.6.16.2). Where a frame says otherwise than the shared groups,
/// or says it twice, either may be meant: neither is taken.
#[test]
fn groups_that_contradict_each_other() {
    let object = multiframe_object(&good_volume(4, 16), &Header::named("groups"), MultiFrame::Enhanced);
    let item = |intercept: &str| {
        let mut item = InMemDicomObject::new_empty();
        item.put(DataElement::new(tags::RESCALE_INTERCEPT, VR::DS, intercept.to_owned()));
        item.put(DataElement::new(tags::RESCALE_SLOPE, VR::DS, "1".to_owned()));
        item
    };
    let group = |items: Vec<InMemDicomObject>| {
        DataElement::new(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, VR::SQ, DataSetSequence::from(items))
    };
    let changed = |sequence, group: DataElement<InMemDicomObject>| {
        let mut object = object.clone();
        let mut items = object.element(sequence).unwrap().items().unwrap().to_vec();
        items[0].put(group);
        object.put(DataElement::new(sequence, VR::SQ, DataSetSequence::from(items)));
        object
    };
    let shared = tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE;
    let frames = tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE;
    passes(groups(&[changed(shared, group(vec![item("-1024")]))]));
    for object in
        [changed(shared, group(vec![item("0")])), changed(frames, group(vec![item("-1024"), item("0")]))]
    {
        let refusal = groups(&[object]).remove(0).check(&Rules::default()).unwrap_err();
        assert!(refusals(&refusal).contains(&"geometry_missing"), "{:?}", refusal.findings);
    }
}

/// Every way of writing 40 HU is 40 HU.
#[test]
fn a_plain_volume_is_plain() {
    let volume = Volume::filled([25, 16, 16], [3.0, 0.5, 0.5], 40.0);
    let read = passes(groups(&slice_objects(&volume, &Header::named("plain"))));
    assert!(hu(&read).unwrap().iter().flatten().all(|v| *v == Some(40.0)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever byte of a header or a stream is damaged: read, refused or skipped, never a panic.
    #[test]
    fn damaged_bytes_never_panic(at in 0usize..4000, value: u8, packed: bool, cut in 0usize..4000) {
        let objects = &good("bytes")[..3];
        let objects = if packed { compressed(objects, 32) } else { objects.to_vec() };
        let mut all: Vec<Vec<u8>> = objects.iter().map(|o| encode(o).unwrap()).collect();
        let at = at % all[1].len();
        all[1][at] = value;
        if cut < all[2].len() {
            all[2].truncate(cut);
        }
        let sources = all.into_iter().map(|b| Source::bytes("x", b)).collect();
        for group in group(index(sources, Workers::default(), &Unwatched).unwrap()) {
            if let Ok(series) = group.check(&Rules::default()) {
                let _ = hu(&series);
            }
        }
    }
}
