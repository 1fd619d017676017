//! Writes the seeds of every target into `fuzz/corpus/`, made of phantoms and fixtures alone: no pixel of a person.
//!
//! `cargo run --manifest-path fuzz/Cargo.toml --bin seeds`, from the root of the main workspace. What a fuzzer adds to
//! them is minimised before it is committed (README).

use std::{
    fs,
    io::{self, Cursor, Write},
    path::{Path, PathBuf},
};

use agatston_fuzz::{AMONG, TARGETS};
use agatston_phantom::{
    Header, LabelVolume,
    damage::{NamedFile, damages, good_series, good_volume},
    dicom::encode,
    multiframe::{MultiFrame, multiframe_object},
    nifti::{self, LabelDepth},
};
use flate2::{Compression, write::DeflateEncoder};
use ndarray::{Array3, s};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A seed: the target, its name there, its bytes.
type Seed = (&'static str, String, Vec<u8>);

fn main() -> io::Result<()> {
    let mut seeds = Vec::new();
    files(&mut seeds);
    decoders(&mut seeds)?;
    containers(&mut seeds)?;
    labels(&mut seeds);
    tables(&mut seeds)?;
    volumes(&mut seeds);
    for (target, name, bytes) in seeds {
        assert!(TARGETS.iter().any(|(known, _)| *known == target), "{target} is no target");
        let folder = root().join("fuzz/corpus").join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

/// The main workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Multi-frame objects, and a slice with every damage of the fault matrix.
fn files(seeds: &mut Vec<Seed>) {
    let plain = Header::named("fuzz-file");
    let signed = Header {
        signed: true,
        bits_stored: 16,
        slope: -1.0,
        intercept: 0.0,
        padding: Some(-2000),
        ..plain.clone()
    };
    for (name, header) in [("plain", plain), ("signed", signed)] {
        for class in [MultiFrame::Enhanced, MultiFrame::LegacyConverted] {
            let object = multiframe_object(&good_volume(3, 14), &header, class);
            let bytes = encode(&object).expect("explicit little endian can be written");
            let data_set = after_meta(&bytes).to_vec();
            let name = format!("{name}-{class:?}").to_lowercase();
            for target in ["dicom_file", "header"] {
                seeds.push((target, name.clone(), bytes.clone()));
            }
            seeds.push(("deflated", format!("{name}-packed"), [&[1][..], &deflate(&data_set)].concat()));
            seeds.push(("deflated", name, [&[0][..], &data_set].concat()));
        }
    }
    for damage in damages() {
        let mut files = good();
        let good = files.clone();
        (damage.apply)(&mut files);
        let changed = files.iter().find(|file| !good.contains(file)).map(|file| &file.bytes);
        let middle = files.get(1).filter(|file| !good.contains(file)).map(|file| &file.bytes);
        let Some(bytes) = middle.or(changed).filter(|bytes| bytes.len() < 8000) else { continue };
        for target in ["dicom_among", "header"] {
            seeds.push((target, damage.name.to_owned(), bytes.clone()));
        }
    }
    seeds.push(("dicom_among", "whole".to_owned(), good().swap_remove(1).bytes));
}

/// The good series of which the target `dicom_among` replaces the slice in the middle.
fn good() -> Vec<NamedFile> {
    good_series(AMONG, 3, 14).expect("explicit little endian can be written")
}

/// The data set of a file: what follows the file meta group, whose length is its first element.
fn after_meta(file: &[u8]) -> &[u8] {
    let length = file[140..144].try_into().map(u32::from_le_bytes).expect("four bytes");
    &file[144 + usize::try_from(length).expect("a short group")..]
}

/// Compressed frames of the fixtures, and two of a decoder's test of its own: 8 and 12 bits, lossy.
fn decoders(seeds: &mut Vec<Seed>) -> io::Result<()> {
    let fixtures = [
        ("rle", "rle", 0),
        ("jpeg", "jpeg_lossless_57", 2),
        ("jpeg", "jpeg_lossless_70", 3),
        ("jpeg_ls", "jpeg_ls_80", 0),
        ("jpeg_2000", "jpeg_2000_90", 0),
        ("jpeg_2000", "jpeg_2000_91", 1),
        ("jpeg_2000", "htj2k_201", 2),
        ("jpeg_2000", "htj2k_203", 4),
    ];
    for (target, folder, syntax) in fixtures {
        let file = fs::read(root().join("fixtures/codecs").join(folder).join("IM0012.dcm"))?;
        // 80 rows and columns of 12 unsigned bits, two frames, a basic offset table, one fragment.
        let head = [79, 79, 11, 0, 1, syntax, 0];
        seeds.push((target, folder.to_owned(), [&head, frame(&file)].concat()));
        if target == "rle" {
            seeds.push((
                target,
                "fragments".to_owned(),
                [&[79, 79, 27, 1, 2, syntax, 2], frame(&file)].concat(),
            ));
        }
    }
    for (name, syntax, bits) in [("baseline", 0, 8), ("extended", 1, 12)] {
        seeds.push((
            "jpeg",
            name.to_owned(),
            [&[15, 15, bits - 1, 0, 1, syntax, 0], &sequential_jpeg(bits)[..]].concat(),
        ));
    }
    Ok(())
}

/// The only fragment of a file.
fn frame(file: &[u8]) -> &[u8] {
    let pixels = [0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0x00, 0xE0];
    let found = file.windows(pixels.len()).position(|window| window == pixels);
    let table = found.expect("the fixtures are encapsulated") + pixels.len();
    let long = |at: usize| {
        let four = file[at..at + 4].try_into().expect("four bytes");
        usize::try_from(u32::from_le_bytes(four)).expect("a small file")
    };
    let fragment = table + 4 + long(table) + 4;
    &file[fragment + 4..fragment + 4 + long(fragment)]
}

/// A sequential JPEG of 16 x 16 pixels (ITU-T T.81 annexes B and C): four blocks, each a new mean and no detail.
fn sequential_jpeg(bits: u8) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0];
    out.extend([1; 64]);
    out.extend([0xFF, if bits == 8 { 0xC0 } else { 0xC1 }, 0, 11, bits, 0, 16, 0, 16, 1, 1, 0x11, 0]);
    // Means: the categories 0 to 7, each a code of four bits. Details: only "end of block", a code of two bits.
    out.extend([
        0xFF, 0xC4, 0, 27, 0x00, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7,
    ]);
    out.extend([0xFF, 0xC4, 0, 20, 0x10, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend([0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0]);
    // 0111 1100100 00 (mean +100), 0000 00 (the same), 0101 10110 00 (+22), 0010 01 00 (-2).
    let text = concat!("0111110010000", "000000", "01011011000", "00100100", "11");
    out.extend(text.as_bytes().chunks(8).map(|byte| byte.iter().fold(0, |b, digit| (b << 1) | (digit & 1))));
    out.extend([0xFF, 0xD9]);
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes everything");
    encoder.finish().expect("memory takes everything")
}

/// Archives and directories of discs.
fn containers(seeds: &mut Vec<Seed>) -> io::Result<()> {
    for (name, method) in [("stored", CompressionMethod::Stored), ("deflated", CompressionMethod::Deflated)] {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        archive.add_directory("series", options)?;
        for file in good().iter().take(2) {
            archive.start_file(format!("series/{}", file.name), options)?;
            archive.write_all(&file.bytes)?;
        }
        archive.start_file("empty", options)?;
        seeds.push(("zip", name.to_owned(), archive.finish()?.into_inner()));
    }
    for (name, ids) in [
        ("both", &[&b"IM1"[..], b"IMAGES\\IM2"][..]),
        ("outside", &[b"..\\secret"]),
        ("missing", &[b"IM3"]),
        ("none", &[]),
    ] {
        seeds.push(("dicomdir", name.to_owned(), dicomdir(ids)));
    }
    Ok(())
}

/// A DICOMDIR that names files (PS3.3 annex F), in explicit VR little endian.
fn dicomdir(ids: &[&[u8]]) -> Vec<u8> {
    let short = |tag: [u8; 4], vr: &[u8; 2], value: &[u8]| {
        let odd = value.len() % 2;
        let length = u16::try_from(value.len() + odd).expect("a short value").to_le_bytes();
        [&tag[..], vr, &length, value, &b" "[..odd]].concat()
    };
    let uid = |tag, value: &str| {
        let mut value = value.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        short(tag, b"UI", &value)
    };
    let long = |bytes: &[u8]| u32::try_from(bytes.len()).expect("a small file").to_le_bytes();
    let group = [
        uid([2, 0, 2, 0], "1.2.840.10008.1.3.10"),
        uid([2, 0, 3, 0], "2.25.9"),
        uid([2, 0, 0x10, 0], "1.2.840.10008.1.2.1"),
    ]
    .concat();
    let mut records = Vec::new();
    for id in ids {
        let record = [short([4, 0, 0x30, 0x14], b"CS", b"IMAGE"), short([4, 0, 0, 0x15], b"CS", id)].concat();
        records.extend([&[0xFE, 0xFF, 0x00, 0xE0], &long(&record)[..], &record].concat());
    }
    [
        &[0; 128],
        &b"DICM"[..],
        &short([2, 0, 0, 0], b"UL", &long(&group)),
        &group,
        &short([4, 0, 0x30, 0x11], b"CS", b"AGATSTON"),
        &[4, 0, 0x20, 0x12],
        b"SQ\0\0",
        &long(&records),
        &records,
    ]
    .concat()
}

/// Label maps and regions on the series that the targets fit them to.
fn labels(seeds: &mut Vec<Seed>) {
    let volume = good_volume(4, 16);
    let mut labels = Array3::zeros([4, 16, 16]);
    labels.slice_mut(s![1.., 6..14, 5..9]).fill(2);
    labels.slice_mut(s![2.., 6..14, 8..12]).fill(4);
    let labels = LabelVolume { labels, scheme: "agatston" };
    for (depth, name) in [(LabelDepth::U8, "u8"), (LabelDepth::U16, "u16")] {
        let bytes = nifti::encode(&labels, &volume, depth).expect("a small label map");
        // The low bit asks for compression; the rest chooses a scheme, of which none has the last number.
        for (choice, scheme) in [(0, "agatston"), (1, "packed"), (6, "measures"), (255, "bare")] {
            seeds.push(("nifti", format!("{name}-{scheme}"), [&[choice][..], &bytes].concat()));
        }
    }
    label_files(seeds);
    for (name, json, toml) in REGIONS {
        seeds.push(("regions_json", name.to_owned(), format!("{{\"regions\": [{json}]}}").into_bytes()));
        seeds.push(("regions_toml", name.to_owned(), toml.as_bytes().to_vec()));
    }
}

/// Files of other programs on the small chest, and a log of edits. The low bit of the first byte gives fractions a
/// threshold; the rest chooses the first scheme, which is that of the ids, or none.
fn label_files(seeds: &mut Vec<Seed>) {
    let folder = root().join("fixtures/labels");
    for (target, choice, names) in [
        (
            "label_dicom",
            255,
            &[
                "seg_binary_deflated.dcm",
                "seg_all_frames.dcm",
                "seg_labelmap_rle.dcm",
                "seg_fractional.dcm",
                "seg_dcmqi_labelmap.dcm",
                "seg_dcmqi_palette.dcm",
                "rtstruct_named.dcm",
            ][..],
        ),
        ("nrrd", 0, &["nrrd_sitk.nrrd", "nrrd_ras.nrrd", "nrrd_big_endian.nrrd"]),
        ("nrrd", 255, &["slicer_codes.seg.nrrd", "slicer_two_layers.seg.nrrd", "slicer_old.seg.nrrd"]),
        ("metaimage", 0, &["meta.mha", "meta_permuted.mha"]),
        ("coca", 255, &["coca_unknown_name.xml", "coca_contradicting.xml", "coca_no_rois.xml"]),
    ] {
        for name in names {
            let bytes = fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
            seeds.push((target, (*name).to_owned(), [&[choice][..], &bytes].concat()));
        }
    }
    let line = |slice: u8, artery: &str, extent: &str| {
        format!(
            r#"{{"sop_instance_uid": "1.{slice}", "row": 8, "column": 8, "extent": "{extent}", "artery": {artery}, "reader": "R", "time": "2026-01-31T09:30:00Z"}}"#
        )
    };
    let log = [line(1, "\"LAD\"", "lesion"), line(2, "\"RCA\"", "focus"), line(2, "null", "focus")];
    seeds.push(("edits", "log".to_owned(), log.join("\n").into_bytes()));
    seeds.push(("edits", "coronary".to_owned(), line(3, "\"coronary\"", "lesion").into_bytes()));
}

/// A region of every shape, in both forms.
const REGIONS: [(&str, &str, &str); 6] = [
    (
        "circle",
        r#"{"name": "LAD", "circle_px": {"column": 8, "row": 9, "radius": 2.5}, "slices": [0, 1]}"#,
        "[[regions]]\nname = \"LAD\"\ncircle_px = { column = 8, row = 9, radius = 2.5 }\nslices = [0, 1]\n",
    ),
    (
        "box",
        r#"{"name": "RCA", "box_px": {"column": [5, 9], "row": [6.5, 12]}}, {"name": "LM", "box_px": {"column": [0, 1], "row": [0, 1]}}"#,
        "[[regions]]\nname = \"RCA\"\nbox_px = { column = [5, 9], row = [6.5, 12] }\n",
    ),
    (
        "polygon",
        r#"{"name": "valve", "polygon_px": [[5, 7], [10, 7], [7.5, 13]]}"#,
        "[[regions]]\nname = \"valve\"\npolygon_px = [[5, 7], [10, 7], [7.5, 13]]\n",
    ),
    (
        "sphere",
        r#"{"name": "LCX", "sphere_lps_mm": {"center": [0, 0.5, 3], "radius": 4}}"#,
        "[[regions]]\nname = \"LCX\"\nsphere_lps_mm = { center = [0, 0.5, 3], radius = 4 }\n",
    ),
    (
        "box_mm",
        r#"{"name": "insert", "box_lps_mm": {"min": [-2, -2, 0], "max": [2, 3, 9]}}"#,
        "[[regions]]\nname = \"insert\"\nbox_lps_mm = { min = [-2, -2, 0], max = [2, 3, 9] }\n",
    ),
    (
        "cylinder",
        r#"{"name": "insert", "cylinder_lps_mm": {"from": [0, 0, -1], "to": [0, 0, 10], "radius": 3}}"#,
        "[[regions]]\nname = \"insert\"\ncylinder_lps_mm = { from = [0, 0, -1], to = [0, 0, 10], radius = 3 }\n",
    ),
];

/// The tables that ship.
fn tables(seeds: &mut Vec<Seed>) -> io::Result<()> {
    for (target, folder) in [("scheme", "agatston-labels/schemes"), ("protocol", "agatston-engine/protocols")]
    {
        for entry in fs::read_dir(root().join("crates").join(folder))? {
            let path = entry?.path();
            let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            seeds.push((target, name, fs::read(&path)?));
        }
    }
    Ok(())
}

/// Volumes for the scorer and the oracle: bytes of a linear congruential generator (Knuth's MMIX constants).
fn volumes(seeds: &mut Vec<Seed>) {
    let mut state = 1u64;
    for name in ["a", "b", "c", "d"] {
        let byte = |_: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        seeds.push(("kernel", name.to_owned(), (0..600).map(byte).collect()));
    }
}
