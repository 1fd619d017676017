//! NIfTI files as they come, also from people who mean harm.

use proptest::prelude::*;

use super::*;

const ROWS: [&str; 2] = ["0000 0120 0000", "0000 0000 0003"];
const EXPECTED: [&str; 2] = [".... .AX. ....", ".... .... ...R"];

fn check(name: &str, bytes: &[u8]) {
    let all = everything(geometry(), 2);
    let labelled = read_bytes(name, bytes, Scheme::named("orcascore")).unwrap().assign(&all).unwrap();
    assert_eq!(painted(&labelled, &all), EXPECTED, "{name}");
    assert_eq!(codes(&labelled), [""; 0]);
}

#[test]
fn every_version_order_and_packing_says_the_same() {
    for version in [1, 2] {
        for big in [false, true] {
            let bytes = Map { version, big, ..Map::drawn(&ROWS) }.bytes();
            check("map.nii", &bytes);
            check("map.nii.gz", &gzipped(&bytes));
            let (front, back) = bytes.split_at(200);
            check("map.nii.gz", &[gzipped(front), gzipped(back)].concat());
        }
    }
}

#[test]
fn every_type_that_holds_integers_is_read() {
    let drawn = |stored: fn(i16) -> Vec<u8>| -> Vec<u8> {
        let ids = ROWS.join(" ").chars().filter_map(|c| c.to_digit(10)).collect::<Vec<_>>();
        ids.into_iter().flat_map(|id| stored(id as i16)).collect()
    };
    let wide = |datatype, bitpix, values| Map { datatype, bitpix, values, ..Map::drawn(&ROWS) };
    for map in [
        wide(2, 8, drawn(|v| vec![v.to_le_bytes()[0]])),
        wide(256, 8, drawn(|v| vec![v.to_le_bytes()[0]])),
        wide(512, 16, drawn(|v| v.to_le_bytes().to_vec())),
        wide(8, 32, drawn(|v| i32::from(v).to_le_bytes().to_vec())),
        wide(768, 32, drawn(|v| i32::from(v).to_le_bytes().to_vec())),
        wide(1024, 64, drawn(|v| i64::from(v).to_le_bytes().to_vec())),
        wide(1280, 64, drawn(|v| i64::from(v).to_le_bytes().to_vec())),
        wide(16, 32, drawn(|v| f32::from(v).to_le_bytes().to_vec())),
        wide(64, 64, drawn(|v| f64::from(v).to_le_bytes().to_vec())),
    ] {
        check("map.nii", &map.bytes());
        check("map.nii", &Map { big: true, ..map }.bytes());
    }
}

#[test]
fn more_than_255_labels_need_two_bytes_a_voxel() {
    let values: Vec<i16> = (0..600).collect();
    let map = Map::of(&values, [600, 1, 1]);
    let crate::source::Opened::Voxels(file) = opened(&map.bytes()) else { panic!("not a NIfTI") };
    for (at, id) in (0..600).zip(0_u32..) {
        let number = file.volume.number_at(at);
        let key = (id > 0).then_some(crate::names::Key::of(id));
        assert_eq!(file.volume.combinations().nth(number), Some((&key.into_iter().collect(), 1)));
    }
}

fn opened(bytes: &[u8]) -> crate::source::Opened {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.nii");
    fs::write(&path, bytes).unwrap();
    crate::source::open(&path, &ReadOptions::default()).unwrap()
}

#[test]
fn scaling_is_applied_when_it_is_exact() {
    // Stored 2, 4, 6 with slope 0.5 are 1, 2, 3.
    let twice = Map { scaling: [0.5, 0.0], ..Map::drawn(&["0000 0240 0000", "0000 0000 0006"]) };
    check("map.nii", &twice.bytes());
    // Slope and intercept that are no numbers, or slope 0, or the identity: values are what is stored.
    for scaling in [[f64::NAN, f64::NAN], [0.0, 7.0], [1.0, 0.0]] {
        check("map.nii", &Map { scaling, ..Map::drawn(&ROWS) }.bytes());
    }
    // A slope of 1e-20 makes every id the intercept.
    for scaling in [[0.1, 0.0], [1.0, 0.5], [1.0, -1.0], [1.0, f64::INFINITY], [1e-20, 1.0]] {
        let map = Map { scaling, ..Map::drawn(&ROWS) };
        assert_eq!(code(map.read("orcascore")), "labels_not_integer", "{scaling:?}");
    }
}

#[test]
fn values_that_are_no_ids_are_refused() {
    let float = |v: f32| Map {
        datatype: 16,
        bitpix: 32,
        values: v.to_le_bytes().to_vec(),
        dim: vec![1; 3],
        ..Map::of(&[], [1; 3])
    };
    for value in [0.5, -1.0, f32::NAN, f32::INFINITY, 1e10] {
        assert_eq!(code(float(value).read("binary")), "labels_not_integer", "{value}");
    }
    assert_eq!(code(Map::of(&[-1], [1; 3]).read("binary")), "labels_not_integer");
    let huge = Map { datatype: 1280, bitpix: 64, values: vec![0xff; 8], ..Map::of(&[], [1; 3]) };
    assert_eq!(code(huge.read("binary")), "labels_not_integer");
}

#[test]
fn types_and_shapes_that_hold_no_label_map_are_refused() {
    for (datatype, bitpix) in [(32, 64), (128, 24), (2304, 32), (1, 1), (1536, 128), (3, 8)] {
        let map = Map { datatype, bitpix, ..Map::drawn(&ROWS) };
        assert_eq!(code(map.read("binary")), "labels_datatype", "{datatype}");
    }
    let wrong_width = Map { bitpix: 8, ..Map::drawn(&ROWS) };
    assert_eq!(code(wrong_width.read("binary")), "labels_invalid");
    for dim in [vec![4, 3], vec![4, 3, 1, 2], vec![4, 3, 2, 1, 2]] {
        let map = Map { dim: dim.clone(), ..Map::drawn(&ROWS) };
        assert_eq!(code(map.read("binary")), "labels_dimensions", "{dim:?}");
    }
    check("map.nii", &Map { dim: vec![4, 3, 2, 1, 1], ..Map::drawn(&ROWS) }.bytes());
    for dim in [vec![4, 0, 2], vec![4, -3, 2], vec![]] {
        let map = Map { dim: dim.clone(), ..Map::drawn(&ROWS) };
        assert_eq!(code(map.read("binary")), "labels_invalid", "{dim:?}");
    }
    assert_eq!(code(Map { unit: 1, ..Map::drawn(&ROWS) }.read("binary")), "labels_invalid");
}

#[test]
fn files_that_are_cut_off_or_damaged_are_refused_wherever_it_is() {
    let plain = Map::drawn(&ROWS).with_names(&[(1, "LAD"), (2, "LCX"), (3, "RCA")]).bytes();
    let packed = gzipped(&plain);
    for end in 0..plain.len() {
        let outcome = read_bytes("map.nii", &plain[..end], None);
        assert_eq!(code(outcome), "labels_invalid", "{end} bytes");
    }
    for end in 0..packed.len() {
        let outcome = read_bytes("map.nii.gz", &packed[..end], None);
        assert_eq!(code(outcome), "labels_invalid", "{end} packed bytes");
    }
    let mut checksum = packed;
    let at = checksum.len() - 5;
    checksum[at] ^= 1;
    assert_eq!(code(read_bytes("map.nii.gz", &checksum, None)), "labels_invalid");
    let longer = Map { tail: vec![0], ..Map::drawn(&ROWS) };
    assert_eq!(code(longer.read("binary")), "labels_invalid");
}

#[test]
fn claims_are_checked_before_memory_is_taken() {
    let claim = |dim: [i64; 3]| Map { version: 2, dim: dim.to_vec(), ..Map::drawn(&ROWS) }.bytes();
    for dim in [[1 << 20, 1 << 20, 1], [1 << 40, 1, 1], [1 << 62, 1 << 62, 1 << 62], [1 << 30, 1, 1]] {
        let bytes = claim(dim);
        assert_eq!(code(read_bytes("map.nii", &bytes, Scheme::named("binary"))), "labels_invalid");
        assert_eq!(
            code(read_bytes("map.nii.gz", &gzipped(&bytes), Scheme::named("binary"))),
            "labels_invalid"
        );
    }
}

#[test]
fn extensions_with_impossible_sizes_are_refused() {
    let bytes = Map::drawn(&ROWS).with_names(&[(1, "LAD")]).bytes();
    for size in [0_i32, 4, -16, i32::MAX] {
        let mut bytes = bytes.clone();
        bytes[352..356].copy_from_slice(&size.to_le_bytes());
        assert_eq!(code(read_bytes("map.nii", &bytes, None)), "labels_invalid", "{size}");
    }
    let mut late = bytes.clone();
    late[108..112].copy_from_slice(&1e9_f32.to_le_bytes());
    assert_eq!(code(read_bytes("map.nii", &late, None)), "labels_invalid");
    let mut early = bytes;
    early[108..112].copy_from_slice(&348_f32.to_le_bytes());
    assert_eq!(code(read_bytes("map.nii", &early, None)), "labels_invalid");
}

#[test]
fn label_tables_that_cannot_be_read_are_refused() {
    let table = |text: &str| Map { extension: Some(text.to_owned()), ..Map::drawn(&ROWS) };
    for text in [
        "<LabelTable><Label Key='1'>LAD</Label>",
        "<LabelTable><Label Key='x'>LAD</Label></LabelTable>",
        "<LabelTable><Label>LAD</Label></LabelTable>",
        "<LabelTable><Label Key='1'>LAD</Label><Label Key='1'>RCA</Label></LabelTable>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><LabelTable><Label Key='1'>&b;</Label></LabelTable>",
        "<a><LabelTable/><LabelTable/></a>",
    ] {
        assert_eq!(code(table(text).read("orcascore")), "labels_invalid", "{text}");
    }
    // Another extension, without names, is no concern of ours.
    check("map.nii", &table("AFNI attributes").bytes());
}

#[test]
fn other_files_are_told_apart() {
    assert_eq!(code(read_bytes("map.nii", b"", None)), "labels_invalid");
    assert_eq!(code(read_bytes("map.nii", b"not a header", None)), "labels_invalid");
    assert_eq!(code(read_bytes("map.nii.zip", b"PK\x03\x04", None)), "labels_format");
    assert_eq!(code(read_bytes("regions.json", b"\xff\xfe", None)), "labels_invalid");
    let mut pair = Map::drawn(&ROWS).bytes();
    pair[344..348].copy_from_slice(b"ni1\0");
    assert_eq!(code(read_bytes("map.nii", &pair, None)), "labels_invalid");
    let missing = read(std::path::Path::new("no/such/map.nii"), &options(None)).unwrap_err();
    assert_eq!(missing.code().unwrap().name(), "labels_missing");
    assert!(missing.to_string().starts_with("map.nii: "), "{missing}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in the header, the answer is an assignment or a refusal, never a panic.
    #[test]
    fn damaged_headers_never_panic(
        version in 1_u8..=2,
        changes in prop::collection::vec((0_usize..800, any::<u8>()), 1..12),
        packed in any::<bool>(),
    ) {
        let names = [(1, "LAD"), (2, "LCX"), (3, "RCA")];
        let mut bytes = Map { version, ..Map::drawn(&ROWS).with_names(&names) }.bytes();
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        let bytes = if packed { gzipped(&bytes) } else { bytes };
        if let Ok(labels) = read_bytes("map.nii", &bytes, Scheme::named("orcascore")) {
            let _ = labels.assign(&everything(geometry(), 2));
        }
    }
}
