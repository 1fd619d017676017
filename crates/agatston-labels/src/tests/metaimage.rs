//! MetaImage files as they come, and what is refused of them.

use proptest::prelude::*;

use super::*;
use crate::{LabelKind, source::Opened};

/// The grid of [`geometry`], without the voxels.
const HEAD: &str = "ObjectType = Image
NDims = 3
BinaryData = True
BinaryDataByteOrderMSB = False
CompressedData = False
TransformMatrix = 1 0 0 0 1 0 0 0 1
Offset = 10 20 30
CenterOfRotation = 0 0 0
AnatomicalOrientation = RAI
ElementSpacing = 1 1 2
DimSize = 4 3 2
ElementType = MET_UCHAR
ElementDataFile = LOCAL
";
/// The ids of two slices, each a byte.
const VOXELS: [u8; 24] = [0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3];
const EXPECTED: [&str; 2] = [".... .AX. ....", ".... .... ...R"];

fn file(head: &str, voxels: &[u8]) -> Vec<u8> {
    [head.as_bytes(), voxels].concat()
}

/// A header with one line or word put in the place of another.
fn with(head: &str, from: &str, to: &str) -> String {
    assert!(head.contains(from), "{from}");
    head.replace(from, to)
}

fn on_series(labels: &Labels) -> (Vec<String>, Labelled) {
    let all = everything(geometry(), 2);
    let labelled = labels.assign(&all).unwrap();
    (painted(&labelled, &all), labelled)
}

fn read_whole(head: &str, voxels: &[u8]) -> Result<Labels, Error> {
    read_bytes("map.mha", &file(head, voxels), Scheme::named("orcascore"))
}

#[track_caller]
fn check(head: &str, voxels: &[u8]) {
    let (picture, labelled) = on_series(&read_whole(head, voxels).unwrap());
    assert_eq!((picture, labelled.source), (EXPECTED.map(str::to_owned).to_vec(), LabelKind::MetaImage));
    assert_eq!(codes(&labelled), [""; 0]);
}

/// The code of a refusal; its text must name the file and no folder.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    let error = outcome.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("map.") && !text.contains("tmp"), "{text}");
    error.code().unwrap_or_else(|| panic!("no refusal: {text}")).name()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A header that says that its voxels are compressed, and to how many bytes.
fn compressed(size: Option<usize>) -> String {
    let size = size.map(|size| format!("\nCompressedDataSize = {size}")).unwrap_or_default();
    with(HEAD, "CompressedData = False", &format!("CompressedData = True{size}"))
}

#[test]
fn every_packing_says_the_same() {
    check(HEAD, &VOXELS);
    let packed = deflated(&VOXELS);
    check(&compressed(Some(packed.len())), &packed);
    check(&compressed(None), &packed);
    let text = with(HEAD, "BinaryData = True", "BinaryData = False");
    let numbers = |between: &str| VOXELS.map(|id| id.to_string()).join(between);
    for between in [" ", "\n", ",", ", "] {
        check(&text, numbers(between).as_bytes());
        check(&text, format!("{}\r\n", numbers(between)).as_bytes());
    }
    let wide = with(&text, "MET_UCHAR", "MET_SHORT");
    check(&with(&wide, "BinaryDataByteOrderMSB = False\n", ""), numbers(" ").as_bytes());
}

#[test]
fn a_header_may_be_written_in_many_ways() {
    for (from, to) in [
        ("\n", "\r\n"),
        (" = ", "="),
        ("ObjectType = Image\n", ""),
        ("ObjectType = Image\n", "Comment = a = b\n"),
        ("BinaryData = True\n", ""),
        ("BinaryData = True", "BinaryData = 1"),
        ("CompressedData = False\n", ""),
        ("BinaryDataByteOrderMSB = False\n", ""),
        ("BinaryDataByteOrderMSB", "ElementByteOrderMSB"),
        ("CenterOfRotation = 0 0 0\n", ""),
        ("AnatomicalOrientation = RAI", "AnatomicalOrientation = LPS\nDistanceUnits = mm"),
        ("Offset", "Position"),
        ("Offset", "Origin"),
        ("Offset = 10 20 30", "Offset = 10 20 30\nPosition = 10 20 30"),
        ("TransformMatrix", "Rotation"),
        ("TransformMatrix", "Orientation"),
        ("ElementType", "ElementSize = 2 2 2\nElementType"),
        ("ElementType", "ElementNumberOfChannels = 1\nHeaderSize = 0\nITK_InputFilterName = x\nElementType"),
        (
            "ElementType",
            "ElementToIntensityFunctionSlope = 1.0\nElementToIntensityFunctionOffset = 0\nElementType",
        ),
        ("LOCAL", "Local"),
    ] {
        check(&with(HEAD, from, to), &VOXELS);
    }
}

#[test]
fn a_fourth_axis_of_one_voxel_is_no_matter() {
    let four = with(HEAD, "NDims = 3", "NDims = 4");
    let four = with(&four, "1 0 0 0 1 0 0 0 1", "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1");
    let four = with(&four, "10 20 30", "10 20 30 0");
    let four = with(&with(&four, "1 1 2", "1 1 2 1"), "4 3 2", "4 3 2 1");
    check(&four, &VOXELS);
    let series = with(&four, "4 3 2 1", "4 3 1 2");
    assert_eq!(refused(read_whole(&series, &VOXELS)), "labels_dimensions");
}

#[test]
fn it_says_the_same_as_nifti() {
    let nifti = on_series(&Map::drawn(&["0000 0120 0000", "0000 0000 0003"]).read("orcascore").unwrap()).1;
    let other = on_series(&read_whole(HEAD, &VOXELS).unwrap()).1;
    assert_eq!(nifti, Labelled { source: LabelKind::Nifti, ..other });
}

/// The sizes are those that SimpleITK 2.5.7 reads; a `MET_LONG` has 4 bytes there too.
#[test]
fn every_type_that_holds_integers_is_read_in_either_order() {
    let stored = |bytes: fn(u8) -> Vec<u8>| VOXELS.into_iter().map(bytes).collect::<Vec<_>>();
    let two = stored(|v| u16::from(v).to_le_bytes().to_vec());
    let four = stored(|v| u32::from(v).to_le_bytes().to_vec());
    let eight = stored(|v| u64::from(v).to_le_bytes().to_vec());
    for (name, values) in [
        ("MET_CHAR", stored(|v| vec![v])),
        ("MET_UCHAR", stored(|v| vec![v])),
        ("MET_SHORT", two.clone()),
        ("MET_USHORT", two),
        ("MET_INT", four.clone()),
        ("MET_UINT", four.clone()),
        ("MET_LONG", four.clone()),
        ("MET_ULONG", four),
        ("MET_LONG_LONG", eight.clone()),
        ("MET_ULONG_LONG", eight),
        ("MET_FLOAT", stored(|v| f32::from(v).to_le_bytes().to_vec())),
        ("MET_DOUBLE", stored(|v| f64::from(v).to_le_bytes().to_vec())),
    ] {
        let head = with(HEAD, "MET_UCHAR", name);
        check(&head, &values.concat());
        let turned: Vec<u8> = values.iter().flat_map(|v| v.iter().rev().copied()).collect();
        check(&with(&head, "MSB = False", "MSB = True"), &turned);
        let silent = with(&head, "BinaryDataByteOrderMSB = False\n", "");
        let code = (values[0].len() > 1).then(|| refused(read_whole(&silent, &values.concat())));
        assert!(code.is_none_or(|code| code == "labels_invalid"), "{name}");
    }
}

/// Written by SimpleITK 2.5.7, which puts voxel (1, 2, 3) of this image at LPS (15.8, 18.6, 37). Its first axis points
/// along (2, 2, -1) / 3: the matrix is written axis by axis.
#[test]
fn an_oblique_grid_lies_where_itk_puts_it() {
    let matrix = "0.66666666666666663 0.66666666666666663 -0.33333333333333331 \
                  -0.33333333333333331 0.66666666666666663 0.66666666666666663 \
                  0.66666666666666663 -0.33333333333333331 0.66666666666666663";
    let head = with(HEAD, "1 0 0 0 1 0 0 0 1", matrix);
    let head = with(&head, "Spacing = 1 1 2", "Spacing = 0.59999999999999998 0.90000000000000002 3");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.mha");
    fs::write(&path, file(&with(&head, "4 3 2", "4 5 6"), &[0; 120])).unwrap();
    let Opened::Voxels(map) = crate::source::open(&path, &ReadOptions::default()).unwrap() else {
        panic!("no label map");
    };
    let at = map.grid.position_lps_mm([1.0, 2.0, 3.0]);
    for (found, expected) in at.into_iter().zip([15.8, 18.6, 37.0]) {
        assert!((found - expected).abs() < 1e-9, "{at:?}");
    }
}

#[test]
fn headers_that_are_no_label_map_in_the_patient_are_refused() {
    for (code, from, to) in [
        ("labels_format", "ObjectType = Image", "ObjectType = Tube"),
        ("labels_format", "ObjectType = Image", "Object Type = Image"),
        ("labels_datatype", "MET_UCHAR", "MET_UCHAR_ARRAY"),
        ("labels_datatype", "MET_UCHAR", "MET_STRING"),
        ("labels_datatype", "MET_UCHAR", "MET_OTHER"),
        ("labels_datatype", "ElementType", "ElementNumberOfChannels = 3\nElementType"),
        ("labels_not_integer", "ElementType", "ElementToIntensityFunctionSlope = 2\nElementType"),
        ("labels_not_integer", "ElementType", "ElementToIntensityFunctionOffset = -1024\nElementType"),
        ("labels_dimensions", "NDims = 3\n", "NDims = 2\n"),
        ("labels_orientation", "Offset = 10 20 30\n", ""),
        ("labels_orientation", "TransformMatrix = 1 0 0 0 1 0 0 0 1\n", ""),
        ("labels_orientation", "ElementSpacing = 1 1 2\n", ""),
        ("labels_orientation", "ElementSpacing", "ElementSize"),
        ("labels_orientation", "ElementSpacing = 1 1 2", "ElementSpacing = 1 1 -2"),
        ("labels_orientation", "ElementSpacing = 1 1 2", "ElementSpacing = 1 1 0"),
        ("labels_orientation", "ElementSpacing = 1 1 2", "ElementSpacing = 1 1 nan"),
        ("labels_orientation", "ElementSpacing = 1 1 2", "ElementSpacing = 1 1"),
        ("labels_orientation", "10 20 30", "10 20 inf"),
        ("labels_orientation", "10 20 30", "10 20 thirty"),
        ("labels_orientation", "10 20 30", "10 20 30 0"),
        ("labels_orientation", "1 0 0 0 1 0 0 0 1", "1 0 0 0 1 0 0 1 1"),
        ("labels_orientation", "1 0 0 0 1 0 0 0 1", "1 0 0 0 1 0 0 0 0"),
        ("labels_orientation", "1 0 0 0 1 0 0 0 1", "1 0 0 1"),
        ("labels_orientation", "CenterOfRotation = 0 0 0", "CenterOfRotation = 5 6 7"),
        ("labels_invalid", "AnatomicalOrientation = RAI", "DistanceUnits = cm"),
        ("labels_invalid", "Offset = 10 20 30", "Offset = 10 20 30\nPosition = 10 20 31"),
        ("labels_invalid", "Offset = 10 20 30", "Offset = 10 20 30\nOffset = 10 20 30"),
        ("labels_invalid", "CompressedData", "ElementByteOrderMSB = True\nCompressedData"),
        ("labels_invalid", "BinaryData = True", "BinaryData = perhaps"),
        ("labels_invalid", "BinaryData = True", "BinaryData = False"),
        ("labels_invalid", "CompressedData = False", "CompressedData = True"),
        ("labels_invalid", "NDims = 3\n", ""),
        ("labels_invalid", "NDims = 3", "NDims = 4"),
        ("labels_invalid", "DimSize = 4 3 2\n", ""),
        ("labels_invalid", "DimSize = 4 3 2", "DimSize = 4 3 0"),
        ("labels_invalid", "DimSize = 4 3 2", "DimSize = 4 3 -2"),
        ("labels_invalid", "DimSize = 4 3 2", "DimSize = 4 3"),
        ("labels_invalid", "ElementType = MET_UCHAR\n", ""),
        ("labels_invalid", "ElementDataFile = LOCAL\n", ""),
        ("labels_invalid", "ElementType", "no key\nElementType"),
        ("labels_invalid", "ElementType", "HeaderSize = 1\nElementType"),
        ("labels_invalid", "ElementType", "HeaderSize = -2\nElementType"),
    ] {
        let head = with(HEAD, from, to);
        let head = if to == "NDims = 2\n" { with(&head, "4 3 2", "4 6") } else { head };
        assert_eq!(refused(read_whole(&head, &VOXELS)), code, "{to}");
    }
    let packed_text = with(&compressed(None), "BinaryData = True", "BinaryData = False");
    assert_eq!(refused(read_whole(&packed_text, &VOXELS)), "labels_invalid");
    let long = with(HEAD, "ElementType", &format!("Comment = {}\nElementType", "x".repeat(1 << 20)));
    assert_eq!(refused(read_whole(&long, &VOXELS)), "labels_invalid");
}

#[test]
fn files_that_are_cut_off_or_damaged_are_refused_wherever_it_is() {
    let packed = deflated(&VOXELS);
    for (head, voxels) in [
        (HEAD.to_owned(), VOXELS.to_vec()),
        (compressed(Some(packed.len())), packed.clone()),
        (compressed(None), packed.clone()),
    ] {
        let whole = file(&head, &voxels);
        for end in "ObjectType =".len()..whole.len() {
            let outcome = read_bytes("map.mha", &whole[..end], Scheme::named("orcascore"));
            let cut_name = head.len() - 6 < end && end < head.len() - 1; // such as "LOC", a file that is not there
            let code = if cut_name { "labels_missing" } else { "labels_invalid" };
            assert_eq!(refused(outcome), code, "{end} bytes");
        }
        assert_eq!(refused(read_whole(&head, &[voxels, vec![0]].concat())), "labels_invalid");
    }
    let mut checksum = packed.clone();
    *checksum.last_mut().unwrap() ^= 1;
    assert_eq!(refused(read_whole(&compressed(None), &checksum)), "labels_invalid");
    assert_eq!(refused(read_whole(&compressed(None), &gzipped(&VOXELS))), "labels_invalid");
    for size in [0, packed.len() - 1, packed.len() + 1, usize::MAX] {
        assert_eq!(refused(read_whole(&compressed(Some(size)), &packed)), "labels_invalid", "{size}");
    }
}

#[test]
fn claims_are_checked_before_memory_is_taken() {
    let text = with(HEAD, "BinaryData = True", "BinaryData = False");
    for (head, voxels) in
        [(HEAD.to_owned(), vec![48; 24]), (compressed(None), deflated(&VOXELS)), (text, vec![48; 24])]
    {
        for sizes in ["1048576 1048576 1", "1099511627776 1 1", "4611686018427387904 4 4", "1073741824 1 1"] {
            let head = with(&head, "4 3 2", sizes);
            assert_eq!(refused(read_whole(&head, &voxels)), "labels_invalid", "{sizes}");
            let end = with(&head, "ElementType", "HeaderSize = -1\nElementType");
            assert_eq!(refused(read_whole(&end, &voxels)), "labels_invalid", "{sizes}");
        }
    }
    // A megabyte of zeros packs into a kilobyte: unpacking stops where the claim ends.
    let bomb = deflated(&vec![0; 1 << 20]);
    assert_eq!(refused(read_whole(&compressed(Some(bomb.len())), &bomb)), "labels_invalid");
}

fn read_pair(head: &str, name: &str, voxels: &[u8]) -> Result<Labels, Error> {
    let folder = tempfile::tempdir().unwrap();
    let within = folder.path().join("map");
    fs::create_dir(&within).unwrap();
    fs::write(within.join("map.mhd"), head).unwrap();
    fs::write(within.join(name), voxels).unwrap();
    fs::write(folder.path().join("map.raw"), voxels).unwrap();
    read(&within.join("map.mhd"), &options(Scheme::named("orcascore")))
}

#[test]
fn voxels_may_be_in_a_file_of_the_same_folder_and_no_other() {
    let naming = |head: &str, name: &str| with(head, "LOCAL", name);
    let skipping = |size: i64| with(HEAD, "ElementType", &format!("HeaderSize = {size}\nElementType"));
    let late = [b"head", VOXELS.as_slice()].concat();
    let packed = deflated(&VOXELS);
    for (head, name, stored) in [
        (naming(HEAD, "map.raw"), "map.raw", VOXELS.to_vec()),
        (naming(HEAD, "a map.raw").trim_end().to_owned(), "a map.raw", VOXELS.to_vec()),
        (naming(&compressed(Some(packed.len())), "map.zraw"), "map.zraw", packed),
        (naming(&skipping(4), "map.raw"), "map.raw", late.clone()),
        (naming(&skipping(-1), "map.raw"), "map.raw", late.clone()),
    ] {
        let (picture, labelled) = on_series(&read_pair(&head, name, &stored).unwrap());
        assert_eq!((picture, codes(&labelled)), (EXPECTED.map(str::to_owned).to_vec(), vec![]), "{head}");
    }
    check(&skipping(-1), &late);
    for name in [
        "../map.raw",
        "..\\map.raw",
        "/etc/hostname",
        "map/map.raw",
        "..",
        "",
        "LIST",
        "LIST 2D",
        "map%03d.raw 1 2 1",
    ] {
        assert_eq!(refused(read_pair(&naming(HEAD, name), "map.raw", &VOXELS)), "labels_invalid", "{name:?}");
    }
    assert_eq!(refused(read_pair(&naming(HEAD, "other.raw"), "map.raw", &VOXELS)), "labels_missing");
    let outcome = read_pair(&naming(&skipping(99), "map.raw"), "map.raw", &VOXELS);
    assert_eq!(refused(outcome), "labels_invalid");
    let outcome = read_pair(&naming(&skipping(5), "map.raw"), "map.raw", &late);
    assert_eq!(refused(outcome), "labels_invalid");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in the file, the answer is an assignment or a refusal, never a panic.
    #[test]
    fn damaged_files_never_panic(
        packed in any::<bool>(),
        changes in prop::collection::vec((0_usize..400, prop::sample::select(b"0123456789-+. \n\r=e\xff\0".to_vec())), 1..12),
    ) {
        let mut bytes = if packed { file(&compressed(None), &deflated(&VOXELS)) } else { file(HEAD, &VOXELS) };
        for (at, value) in changes {
            let at = at % bytes.len();
            bytes[at] = value;
        }
        if let Ok(labels) = read_bytes("map.mha", &bytes, Scheme::named("orcascore")) {
            let _ = labels.assign(&everything(geometry(), 2));
        }
    }
}
