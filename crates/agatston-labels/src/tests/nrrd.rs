//! NRRD files as they come, and what is refused of them. Left out: segmentations of 3D Slicer.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::{LabelKind, source::Opened};

/// The grid of [`geometry`], without the voxels.
pub(super) const HEAD: &str = "NRRD0004
# drawn by hand
type: unsigned char
dimension: 3
space: left-posterior-superior
sizes: 4 3 2
space directions: (1,0,0) (0,1,0) (0,0,2)
kinds: domain domain domain
encoding: raw
space origin: (10,20,30)

";
const ROWS: [&str; 2] = ["0000 0120 0000", "0000 0000 0003"];
const EXPECTED: [&str; 2] = [".... .AX. ....", ".... .... ...R"];

pub(super) fn ids(slices: &[&str]) -> Vec<u8> {
    let digits = slices.iter().flat_map(|slice| slice.chars()).filter_map(|c| c.to_digit(10));
    digits.map(|id| id as u8).collect()
}

pub(super) fn file(head: &str, voxels: &[u8]) -> Vec<u8> {
    [head.as_bytes(), voxels].concat()
}

/// A header with one line or word put in the place of another.
pub(super) fn with(head: &str, from: &str, to: &str) -> String {
    assert!(head.contains(from), "{from}");
    head.replace(from, to)
}

pub(super) fn on_series(labels: &Labels) -> (Vec<String>, Labelled) {
    let all = everything(geometry(), 2);
    let labelled = labels.assign(&all).unwrap();
    (painted(&labelled, &all), labelled)
}

fn check(bytes: &[u8]) {
    let labels = read_bytes("map.nrrd", bytes, Scheme::named("orcascore")).unwrap();
    let (picture, labelled) = on_series(&labels);
    assert_eq!(
        (picture.as_slice(), labelled.source),
        (EXPECTED.map(str::to_owned).as_slice(), LabelKind::Nrrd)
    );
    assert_eq!(codes(&labelled), [""; 0]);
}

/// The code of a refusal; its text must name the file and no folder.
pub(super) fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    let error = outcome.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("map.") && !text.contains("tmp"), "{text}");
    error.code().unwrap_or_else(|| panic!("no refusal: {text}")).name()
}

fn code_of(head: &str, voxels: &[u8]) -> &'static str {
    refused(read_bytes("map.nrrd", &file(head, voxels), Scheme::named("orcascore")))
}

/// A header and a file beside it.
fn read_pair(head: &str, name: &str, voxels: &[u8]) -> Result<Labels, Error> {
    let folder = tempfile::tempdir().unwrap();
    let within = folder.path().join("map");
    fs::create_dir(&within).unwrap();
    fs::write(within.join("map.nhdr"), head).unwrap();
    fs::write(within.join(name), voxels).unwrap();
    fs::write(folder.path().join("map.raw"), voxels).unwrap();
    read(&within.join("map.nhdr"), &options(Scheme::named("orcascore")))
}

#[test]
fn every_packing_says_the_same() {
    let voxels = ids(&ROWS);
    check(&file(HEAD, &voxels));
    check(&file(&with(HEAD, "raw", "RAW"), &voxels));
    let (front, back) = voxels.split_at(7);
    for word in ["gzip", "gz"] {
        let head = with(HEAD, "raw", word);
        check(&file(&head, &gzipped(&voxels)));
        check(&file(&head, &[gzipped(front), gzipped(back)].concat()));
    }
    let text = |between: &str| voxels.iter().map(u8::to_string).collect::<Vec<_>>().join(between);
    for word in ["ascii", "text", "txt"] {
        for between in [" ", "\n", ", ", ",\r\n"] {
            check(&file(&with(HEAD, "raw", word), format!(" {}\n", text(between)).as_bytes()));
        }
    }
    check(&file(&with(HEAD, "raw", "ascii"), text(".0 ").as_bytes()));
}

#[test]
fn a_header_may_be_written_in_many_ways() {
    let voxels = ids(&ROWS);
    for (from, to) in [
        ("\n", "\r\n"),
        ("NRRD0004", "NRRD0001"),
        ("NRRD0004", "NRRD0005"),
        ("type: unsigned char", "TYPE: Unsigned  Char"),
        ("space directions", "spacedirections"),
        ("space origin", "Space Origin"),
        ("(1,0,0) (0,1,0) (0,0,2)", "( 1 , 0, 0)(0,1e0,0) (0,-0,+2.0)  "),
        ("left-posterior-superior", "LPS"),
        ("kinds: domain domain domain\n", ""),
        ("kinds", "space units: \"mm\" \"mm\" \"mm\"\nmeasurement frame: (1,0,0) (0,1,0) (0,0,1)\nkinds"),
        ("kinds", "content: type: of heart\nsome key:=a: b:=c\n#comment: x\nkinds"),
    ] {
        check(&file(&with(HEAD, from, to), &voxels));
    }
}

#[test]
fn it_says_the_same_as_nifti() {
    let nifti = on_series(&Map::drawn(&ROWS).read("orcascore").unwrap()).1;
    let nrrd = read_bytes("map.nrrd", &file(HEAD, &ids(&ROWS)), Scheme::named("orcascore")).unwrap();
    assert_eq!(nifti, Labelled { source: LabelKind::Nifti, ..on_series(&nrrd).1 });
}

#[test]
fn every_type_that_holds_integers_is_read_in_either_order() {
    let stored = |bytes: fn(u8) -> Vec<u8>| move || ids(&ROWS).into_iter().map(bytes).collect::<Vec<_>>();
    let one = stored(|v| vec![v]);
    let two = stored(|v| u16::from(v).to_le_bytes().to_vec());
    let four = stored(|v| u32::from(v).to_le_bytes().to_vec());
    let eight = stored(|v| u64::from(v).to_le_bytes().to_vec());
    let names: [(&[&str], Vec<Vec<u8>>); 6] = [
        (&["signed char", "int8", "int8_t", "uchar", "unsigned char", "uint8", "uint8_t"], one()),
        (&["short", "short int", "signed short", "signed short int", "int16", "int16_t"], two()),
        (&["ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"], two()),
        (&["int", "signed int", "int32", "int32_t", "uint", "unsigned int", "uint32", "uint32_t"], four()),
        (&["longlong", "long long", "long long int", "signed long long", "signed long long int"], eight()),
        (
            &["int64", "int64_t", "ulonglong", "unsigned long long", "unsigned long long int", "uint64"],
            eight(),
        ),
    ];
    let float = (&["float"][..], stored(|v| f32::from(v).to_le_bytes().to_vec())());
    let double = (&["double"][..], stored(|v| f64::from(v).to_le_bytes().to_vec())());
    for (names, values) in names.into_iter().chain([float, double]) {
        let turned: Vec<u8> = values.iter().flat_map(|v| v.iter().rev().copied()).collect();
        for name in names {
            let head = with(HEAD, "unsigned char", name);
            check(&file(&with(&head, "kinds", "endian: little\nkinds"), &values.concat()));
            check(&file(&with(&head, "kinds", "endian: big\nkinds"), &turned));
            if values[0].len() > 1 {
                assert_eq!(code_of(&head, &values.concat()), "labels_invalid", "no endian");
                assert_eq!(code_of(&with(&head, "kinds", "endian: middle\nkinds"), &[]), "labels_invalid");
                let text = values.iter().zip(ids(&ROWS)).map(|(_, id)| format!("{id} ")).collect::<String>();
                check(&file(&with(&head, "raw", "ascii"), text.as_bytes()));
            }
        }
    }
}

/// Signs by hand; SimpleITK 2.5.7 puts voxel (1, 2, 3) of LAS with origin (1, 2, 3) and steps of 1 at (2, -4, 6), of
/// RAS at (-2, -4, 6).
#[test]
fn the_space_gives_the_signs() {
    let voxels = ids(&ROWS);
    for (space, directions, origin) in [
        ("right-anterior-superior", "(-1,0,0) (0,-1,0) (0,0,2)", "(-10,-20,30)"),
        ("RAS", "(-1,0,0) (0,-1,0) (0,0,2)", "(-10,-20,30)"),
        ("left-anterior-superior", "(1,0,0) (0,-1,0) (0,0,2)", "(10,-20,30)"),
        ("las", "(1,0,0) (0,-1,0) (0,0,2)", "(10,-20,30)"),
    ] {
        let head = with(HEAD, "left-posterior-superior", space);
        let head = with(&head, "(1,0,0) (0,1,0) (0,0,2)", directions);
        check(&file(&with(&head, "(10,20,30)", origin), &voxels));
    }
}

/// Written by SimpleITK 2.5.7, which puts voxel (1, 2, 3) of this image at LPS (15.8, 18.6, 37).
#[test]
fn an_oblique_grid_lies_where_itk_puts_it() {
    let head = with(HEAD, "4 3 2", "4 5 6");
    let directions = "(0.39999999999999997,0.39999999999999997,-0.19999999999999998) \
                      (-0.29999999999999999,0.59999999999999998,0.59999999999999998) (2,-1,2)";
    let head = with(&head, "(1,0,0) (0,1,0) (0,0,2)", directions);
    let grid = opened(&file(&with(&head, "(10,20,30)", "(10,20,30)"), &[0; 120])).grid;
    let at = grid.position_lps_mm([1.0, 2.0, 3.0]);
    for (found, expected) in at.into_iter().zip([15.8, 18.6, 37.0]) {
        assert!((found - expected).abs() < 1e-9, "{at:?}");
    }
}

pub(super) fn opened(bytes: &[u8]) -> crate::label_file::LabelFile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.nrrd");
    fs::write(&path, bytes).unwrap();
    let Opened::Voxels(file) = crate::source::open(&path, &ReadOptions::default()).unwrap() else {
        panic!("no label map");
    };
    *file
}

#[test]
fn headers_that_are_no_label_map_in_the_patient_are_refused() {
    let voxels = ids(&ROWS);
    let directions = "space directions: (1,0,0) (0,1,0) (0,0,2)\n";
    for (code, from, to) in [
        ("labels_format", "NRRD0004", "NRRD0006"),
        ("labels_format", "NRRD0004", "NRRD00.01"),
        ("labels_datatype", "unsigned char", "block"),
        ("labels_datatype", "unsigned char", "char"),
        ("labels_datatype", "unsigned char", "long"),
        ("labels_dimensions", "dimension: 3\n", "dimension: 2\n"),
        ("labels_dimensions", "(1,0,0) (0,1,0) (0,0,2)", "none (0,1,0) (0,0,2)"),
        ("labels_orientation", "space: left-posterior-superior\n", ""),
        ("labels_orientation", "space: left-posterior-superior", "space dimension: 3"),
        ("labels_orientation", "left-posterior-superior", "scanner-xyz"),
        ("labels_orientation", "left-posterior-superior", "left-posterior-superior-time"),
        ("labels_orientation", "left-posterior-superior", "right-posterior-superior"),
        ("labels_orientation", directions, "spacings: 1 1 2\n"),
        ("labels_orientation", "space origin: (10,20,30)\n", ""),
        ("labels_orientation", "(10,20,30)", "(10,20)"),
        ("labels_orientation", "(10,20,30)", "10 20 30"),
        ("labels_orientation", "(10,20,30)", "(10,20,nan)"),
        ("labels_orientation", "(0,0,2)", "(0,0,2"),
        ("labels_orientation", "(0,0,2)", "(0,0,two)"),
        ("labels_orientation", "(0,0,2)", "(0,0,0)"),
        ("labels_orientation", "(0,0,2)", "(0,1,2)"),
        ("labels_orientation", "(0,0,2)", "nonesuch"),
        ("labels_invalid", "(0,0,2)", ""),
        ("labels_invalid", "kinds", "space units: \"cm\" \"cm\" \"cm\"\nkinds"),
        ("labels_encoding", "raw", "bzip2"),
        ("labels_encoding", "raw", "hex"),
        ("labels_encoding", "raw", "zip"),
        ("labels_invalid", "sizes: 4 3 2", "sizes: 4 3"),
        ("labels_invalid", "sizes: 4 3 2", "sizes: 4 3 0"),
        ("labels_invalid", "sizes: 4 3 2", "sizes: 4 3 -2"),
        ("labels_invalid", "sizes: 4 3 2", "sizes: 4 3 2 1"),
        ("labels_invalid", "sizes: 4 3 2\n", ""),
        ("labels_invalid", "type: unsigned char\n", ""),
        ("labels_invalid", "encoding: raw\n", ""),
        ("labels_invalid", "dimension: 3\n", ""),
        ("labels_invalid", "kinds", "sizes: 4 3 2\nkinds"),
        ("labels_invalid", "kinds", "a:=b\na:=c\nkinds"),
        ("labels_invalid", "kinds", "space direction: (1,0,0)\nkinds"),
        ("labels_invalid", "kinds", "no field\nkinds"),
        ("labels_invalid", "\nkinds", "\n kinds"),
        ("labels_invalid", "kinds", "byte skip: -2\nkinds"),
        ("labels_invalid", "kinds", "byte skip: one\nkinds"),
        ("labels_invalid", "kinds", "line skip: -1\nkinds"),
        ("labels_invalid", "kinds", "line skip: 99999999999999\nkinds"),
        ("labels_invalid", "kinds", "byte skip: 99999999999999\nkinds"),
        ("labels_invalid", "kinds", "byte skip: 1\nkinds"),
    ] {
        let head = with(HEAD, from, to);
        let head = if to == "dimension: 2\n" { with(&head, "4 3 2", "4 6") } else { head };
        assert_eq!(code_of(&head, &voxels), code, "{to}");
    }
    let long = with(HEAD, "kinds", &format!("content: {}\nkinds", "x".repeat(1 << 20)));
    assert_eq!(code_of(&long, &voxels), "labels_invalid");
}

#[test]
fn values_that_are_no_ids_are_refused() {
    let text = with(HEAD, "raw", "ascii");
    for (word, code) in [
        ("0.5", "labels_not_integer"),
        ("-1", "labels_not_integer"),
        ("nan", "labels_not_integer"),
        ("4294967296", "labels_not_integer"),
        ("one", "labels_invalid"),
        ("0x1", "labels_invalid"),
        ("\u{e9}", "labels_invalid"),
    ] {
        let voxels = format!("{word}{}", " 0".repeat(23));
        assert_eq!(code_of(&text, voxels.as_bytes()), code, "{word}");
    }
    assert_eq!(code_of(&text, format!("{}1", "0".repeat(80)).as_bytes()), "labels_invalid");
    assert_eq!(code_of(&with(HEAD, "unsigned char", "int8"), &[255; 24]), "labels_not_integer");
}

#[test]
fn files_that_are_cut_off_or_damaged_are_refused_wherever_it_is() {
    let voxels = ids(&ROWS);
    let text: String = voxels.iter().map(|id| format!("{id} ")).collect();
    for (encoding, packed) in
        [("raw", voxels.clone()), ("gzip", gzipped(&voxels)), ("ascii", text.trim_end().as_bytes().to_vec())]
    {
        let whole = file(&with(HEAD, "raw", encoding), &packed);
        check(&whole);
        for end in 6..whole.len() {
            let code = refused(read_bytes("map.nrrd", &whole[..end], Scheme::named("orcascore")));
            assert!(["labels_invalid", "labels_format"].contains(&code), "{encoding}, {end} bytes: {code}");
            assert!(code == "labels_invalid" || end < 8, "{encoding}, {end} bytes: {code}");
        }
        for more in [&b"0"[..], b" 0", b"\0\0\0\0"] {
            let longer = [whole.clone(), more.to_vec()].concat();
            let code = refused(read_bytes("map.nrrd", &longer, Scheme::named("orcascore")));
            let glued = encoding == "ascii" && more == b"0"; // the last 3 becomes 30
            assert_eq!(code, if glued { "labels_unknown_id" } else { "labels_invalid" }, "{encoding}");
        }
    }
    let mut checksum = file(&with(HEAD, "raw", "gzip"), &gzipped(&voxels));
    let at = checksum.len() - 5;
    checksum[at] ^= 1;
    assert_eq!(refused(read_bytes("map.nrrd", &checksum, None)), "labels_invalid");
}

#[test]
fn claims_are_checked_before_memory_is_taken() {
    for encoding in ["raw", "gzip", "ascii"] {
        let head = with(HEAD, "raw", encoding);
        for sizes in ["1048576 1048576 1", "1099511627776 1 1", "4611686018427387904 4 4", "1073741824 1 1"] {
            let packed = if encoding == "gzip" { gzipped(&[0; 24]) } else { b"0 0 0 0".to_vec() };
            let head = with(&head, "4 3 2", sizes);
            assert_eq!(code_of(&head, &packed), "labels_invalid", "{encoding} {sizes}");
            let more = with(&head, "kinds", "byte skip: 18446744073709551615\nkinds");
            assert_eq!(code_of(&more, &packed), "labels_invalid", "{encoding} {sizes}");
        }
    }
    // A megabyte of zeros packs into a kilobyte: unpacking stops where the claim ends.
    assert_eq!(code_of(&with(HEAD, "raw", "gzip"), &gzipped(&vec![0; 1 << 20])), "labels_invalid");
}

/// As SimpleITK 2.5.7 reads them: lines are skipped before unpacking, bytes after it.
#[test]
fn lines_and_bytes_may_be_skipped() {
    let voxels = ids(&ROWS);
    let both = with(HEAD, "kinds", "line skip: 2\nbyteskip: 3\nkinds");
    check(&file(&both, &[b"a\nbc\nxyz", voxels.as_slice()].concat()));
    let packed = gzipped(&[b"xyz", voxels.as_slice()].concat());
    check(&file(&with(&both, "raw", "gzip"), &[b"a\n\n", packed.as_slice()].concat()));
    let end = with(HEAD, "kinds", "byte skip: -1\nkinds");
    check(&file(&end, &[b"whatever comes first", voxels.as_slice()].concat()));
    check(&file(&end, &voxels));
    assert_eq!(code_of(&end, &voxels[1..]), "labels_invalid");
    assert_eq!(code_of(&with(&end, "raw", "gzip"), &gzipped(&voxels)), "labels_invalid");
}

#[test]
fn voxels_may_be_in_a_file_of_the_same_folder_and_no_other() {
    let voxels = ids(&ROWS);
    let naming = |name: &str| with(HEAD, "kinds", &format!("data file: {name}\nkinds"));
    for (head, name, stored) in [
        (naming("map.raw"), "map.raw", voxels.clone()),
        (naming("./map.raw"), "map.raw", voxels.clone()),
        (naming("a map.raw"), "a map.raw", voxels.clone()),
        (with(&naming("map.raw"), "data file", "datafile"), "map.raw", voxels.clone()),
        (naming("map.raw").trim_end().to_owned(), "map.raw", voxels.clone()),
        (with(&naming("map.gz"), "raw", "gzip"), "map.gz", gzipped(&voxels)),
        (
            with(&naming("map.raw"), "kinds", "line skip: 1\nkinds"),
            "map.raw",
            [b"P5\n", voxels.as_slice()].concat(),
        ),
    ] {
        let (picture, labelled) = on_series(&read_pair(&head, name, &stored).unwrap());
        assert_eq!((picture, codes(&labelled)), (EXPECTED.map(str::to_owned).to_vec(), vec![]), "{head}");
    }
    for name in [
        "../map.raw",
        "..\\map.raw",
        "/etc/hostname",
        "./../map.raw",
        ".//map.raw",
        "map/map.raw",
        "../map/map.raw",
        "C:map.raw",
        "..",
        ".",
        "",
        "LIST",
        "LIST 2",
        "map%03d.raw 1 2 1",
        "map.raw\0",
    ] {
        let outcome = read_pair(&naming(name), "map.raw", &voxels);
        assert_eq!(refused(outcome), "labels_invalid", "{name:?}");
    }
    assert_eq!(refused(read_pair(&naming("other.raw"), "map.raw", &voxels)), "labels_missing");
    assert_eq!(refused(read_pair(&naming("map.raw"), "map.raw", &voxels[1..])), "labels_invalid");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.nhdr");
    fs::create_dir(folder.path().join("map.raw")).unwrap();
    fs::write(&path, naming("map.raw")).unwrap();
    assert_eq!(refused(read(Path::new(&path), &options(None))), "labels_invalid");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in the header, the answer is an assignment or a refusal, never a panic.
    #[test]
    fn damaged_headers_never_panic(
        layered in any::<bool>(),
        encoding in prop::sample::select(vec!["raw", "gzip", "ascii"]),
        changes in prop::collection::vec((0_usize..900, prop::sample::select(b"0123456789-+.,()x: \n\r=#\\\xff\0e".to_vec())), 1..12),
    ) {
        let head = with(if layered { super::slicer::LAYERED } else { HEAD }, "raw", encoding);
        let voxels = vec![1; if layered { 48 } else { 24 }];
        let voxels = match encoding {
            "gzip" => gzipped(&voxels),
            "ascii" => "1 ".repeat(voxels.len()).into_bytes(),
            _ => voxels,
        };
        let mut bytes = file(&head, &voxels);
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        if let Ok(labels) = read_bytes("map.nrrd", &bytes, Scheme::named("orcascore")) {
            let _ = labels.assign(&everything(geometry(), 2));
        }
    }
}
