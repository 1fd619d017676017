//! One test for each mistake that was found in the program, with a sentence on what went wrong.

use crate::support::{codes, fixture, number, run, text};
use agatston_phantom::{Header, Volume, damage::good_volume, dicom};
use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use serde_json::Value;
use std::{fs, path::Path};

/// Score of `good_volume(8, 32)`, by hand (see `agatston_phantom::damage`).
const GOOD: f64 = 80.0;

type Slices = Vec<agatston_phantom::dicom::Object>;

fn good(name: &str) -> Slices {
    dicom::slice_objects(&good_volume(8, 32), &Header::named(name))
}

/// A folder with the slices, and a regions file that names all arteries around the calcium.
fn folder(slices: &Slices) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    dicom::write_objects(folder.path(), slices).unwrap();
    let arteries = r#"{"regions": [
        {"name": "LM", "box_px": {"column": [0, 2], "row": [0, 2]}},
        {"name": "LAD", "box_px": {"column": [5, 28], "row": [5, 28]}},
        {"name": "LCX", "box_px": {"column": [29, 31], "row": [0, 2]}},
        {"name": "RCA", "box_px": {"column": [0, 2], "row": [29, 31]}}]}"#;
    fs::write(folder.path().join("arteries.json"), arteries).unwrap();
    folder
}

fn score(folder: &Path, more: &[&str]) -> crate::support::Said {
    let (input, labels) = (text(folder), text(folder.join("arteries.json")));
    run(&[&["score", &input, "--labels", &labels, "--format", "json"], more].concat())
}

fn refusal(result: &Value) -> &str {
    result["refusal"]["code"].as_str().unwrap_or("none")
}

/// Empty files at the end of the stack were left out without a word, and the rest was scored.
#[test]
fn an_empty_slice_is_not_silent() {
    let folder = folder(&good("empty-slice"));
    fs::write(folder.path().join("IM0008.dcm"), "").unwrap();
    let said = score(folder.path(), &[]);
    let finding =
        said.json()["findings"].as_array().unwrap().iter().find(|f| f["code"] == "files_left_out").cloned();
    assert_eq!(finding.unwrap()["severity"], "warning");
    assert_eq!(score(folder.path(), &["--strict"]).code, 3);
}

/// A slice cut short in its file meta, or with a damaged prefix or SOP class, was skipped and the rest was scored.
#[test]
fn a_lost_end_slice_is_never_scored_around() {
    let folder = folder(&good("lost-slice"));
    let path = folder.path().join("IM0008.dcm");
    let whole = fs::read(&path).unwrap();
    for length in [133, 140, 144, 158, 200, 400, 700, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        let said = score(folder.path(), &[]);
        assert_eq!(said.code, 3, "{length} bytes: {}", said.stdout);
    }
    let mut prefix = whole.clone();
    prefix[128] ^= 1;
    let class = whole.windows(25).position(|w| w == b"1.2.840.10008.5.1.4.1.1.2");
    let mut other = whole.clone();
    let meta = class.unwrap();
    other[meta + 24] = b'7'; // secondary capture in the file meta ...
    let own =
        meta + 25 + whole[meta + 25..].windows(25).position(|w| w == b"1.2.840.10008.5.1.4.1.1.2").unwrap();
    other[own + 24] = b'7'; // ... and in the data set
    for (what, bytes) in [("prefix", prefix), ("SOP class", other)] {
        fs::write(&path, bytes).unwrap();
        let said = score(folder.path(), &[]);
        let same = said.code == 0 && number(&said.json(), "/total/agatston") == GOOD;
        assert!(same || said.code == 3, "{what}: {}", said.stdout);
    }
}

/// The voltage of the lowest slice decided for all: `refuse` scored and `scale` scaled the wrong slices.
#[test]
fn mixed_voltages_are_no_voltage() {
    let mut slices = good("mixed-kvp");
    for slice in slices.iter_mut().take(3) {
        slice.put(DataElement::new(tags::KVP, VR::DS, PrimitiveValue::from("100")));
    }
    let folder = folder(&slices);
    assert_eq!(score(folder.path(), &["--kvp-mode", "refuse"]).code, 3);
    assert_eq!(score(folder.path(), &["--kvp-mode", "scale"]).code, 3);
    let plain = score(folder.path(), &[]).json();
    assert!(codes(&plain).contains(&"nonstandard_kvp".to_owned()) && plain["series"]["kvp"].is_null());
    assert!(plain["total"]["category"].is_null());
}

/// A padding range that reaches into tissue took the calcium away and gave category 0.
#[test]
fn padding_cannot_swallow_tissue() {
    let mut slices = good("swallow");
    for slice in &mut slices {
        slice.put(DataElement::new(tags::PIXEL_PADDING_VALUE, VR::US, PrimitiveValue::from(0u16)));
        slice.put(DataElement::new(tags::PIXEL_PADDING_RANGE_LIMIT, VR::US, PrimitiveValue::from(4095u16)));
    }
    assert_eq!(refusal(&score(folder(&slices).path(), &[]).json()), "padding_unclear");
}

/// `-o X --overwrite` replaced a slice, or the labels that had just been read.
#[test]
fn an_output_never_destroys_an_input() {
    let folder = folder(&good("destroy"));
    let slice = folder.path().join("IM0001.dcm");
    let labels = folder.path().join("arteries.json");
    for target in [&slice, &labels] {
        let before = fs::read(target).unwrap();
        let said = score(folder.path(), &["-o", &text(target), "--overwrite"]);
        assert_eq!(said.code, 2, "{said:?}");
        assert_eq!(fs::read(target).unwrap(), before);
    }
    // A result of ours beside the slices may be replaced.
    let result = text(folder.path().join("result.json"));
    assert_eq!(score(folder.path(), &["-o", &result]).code, 0);
    assert_eq!(score(folder.path(), &["-o", &result, "--overwrite"]).code, 0);
}

/// A flipped bit in a zip archive changed the score; its checksum was never looked at.
#[test]
fn a_damaged_archive_is_refused_with_a_code() {
    let folder = folder(&good("archive"));
    let archive = folder.path().join("series.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for i in 1..=8 {
        let name = format!("IM{i:04}.dcm");
        zip.start_file(&name, stored).unwrap();
        std::io::Write::write_all(&mut zip, &fs::read(folder.path().join(name)).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    let good = fs::read(&archive).unwrap();
    let whole = run(&["score", &text(&archive), "--region", "everything", "--format", "json"]);
    assert_eq!(number(&whole.json(), "/total/agatston"), GOOD);
    for damage in [good.len() / 2, 3000] {
        let mut bytes = good.clone();
        bytes[damage] ^= 0x10;
        fs::write(&archive, bytes).unwrap();
        let said = run(&["score", &text(&archive), "--region", "everything", "--format", "json"]);
        assert_eq!(said.code, 3, "{said:?}");
        assert_eq!(refusal(&said.json()), "archive_unreadable");
    }
    fs::write(&archive, &good[..good.len() / 2]).unwrap();
    let cut = run(&["score", &text(&archive), "--region", "everything", "--format", "json"]);
    assert_eq!((cut.code, refusal(&cut.json())), (3, "archive_unreadable"));
}

/// Functional groups in a classic image overruled what the image itself says.
#[test]
fn a_classic_image_has_no_functional_groups() {
    use dicom_object::{InMemDicomObject, mem::InMemElement};
    let mut slices = good("groups");
    for slice in &mut slices {
        let ds = |tag, value: &str| InMemElement::new(tag, VR::DS, PrimitiveValue::from(value));
        let rescale = [ds(tags::RESCALE_SLOPE, "2"), ds(tags::RESCALE_INTERCEPT, "-2000")];
        let transform = InMemDicomObject::from_element_iter(rescale);
        let group = InMemDicomObject::from_element_iter([InMemElement::new(
            tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE,
            VR::SQ,
            dicom_core::value::DataSetSequence::from(vec![transform]),
        )]);
        let shared = dicom_core::value::DataSetSequence::from(vec![group]);
        slice.put(InMemElement::new(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, shared));
    }
    assert_eq!(number(&score(folder(&slices).path(), &[]).json(), "/total/agatston"), GOOD);
}

/// The content hash left out spacing, so different scores had the same hash.
#[test]
fn the_content_hash_says_what_was_scored() {
    let hash = |volume: &Volume| {
        let folder = tempfile::tempdir().unwrap();
        dicom::write_series(folder.path(), volume, &Header::named("hash")).unwrap();
        let said = run(&["score", &text(folder.path()), "--region", "everything", "--format", "json"]);
        said.json()["series"]["content_hash"].as_str().unwrap().to_owned()
    };
    let mut other = good_volume(8, 32);
    let (first, again) = (hash(&other), hash(&good_volume(8, 32)));
    assert_eq!(first, again);
    let origin = other.origin_lps_mm;
    other.spacing_mm[1] = 0.6;
    other.origin_lps_mm = origin;
    assert_ne!(first, hash(&other));
}

/// Slices of two acquisitions that alternate made one thin series without a word.
#[test]
fn alternating_acquisitions_are_told() {
    let mut volume = good_volume(16, 32);
    volume.spacing_mm[0] = 1.5;
    let mut slices = dicom::slice_objects(&volume, &Header::named("alternate"));
    for (i, slice) in slices.iter_mut().enumerate() {
        let number = if i % 2 == 0 { "1" } else { "2" };
        slice.put(DataElement::new(tags::ACQUISITION_NUMBER, VR::IS, PrimitiveValue::from(number)));
    }
    let said = score(folder(&slices).path(), &[]);
    assert!(said.codes().contains(&"acquisitions_interleaved".to_owned()), "{:?}", said.codes());
}

/// A label map that names one artery was given a coronary total with a category, like one of the whole tree.
#[test]
fn a_label_map_of_one_artery_has_no_category() {
    let scheme = tempfile::tempdir().unwrap();
    let file = scheme.path().join("one.toml");
    let shown = run::<&str>(&["schemes", "show", "agatston"]).stdout;
    fs::write(&file, shown).unwrap();
    let labels = text(fixture("coronary/labels.nii.gz"));
    let coronary = text(fixture("coronary"));
    let all =
        run(&["score", &coronary, "--labels", &labels, "--label-scheme", &text(&file), "--format", "json"]);
    assert_eq!(all.json()["total"]["category"], "[100,300)");
    // The same ids, of which only one is called an artery.
    let one = r#"
        source = "this test"
        lm_policy = "not_separated"
        label = [
            { id = 1, name = "a", region = "region" }, { id = 2, name = "b", region = "region" },
            { id = 3, name = "LCX", region = "LCX" }, { id = 4, name = "d", region = "region" },
        ]"#;
    fs::write(&file, one).unwrap();
    let said =
        run(&["score", &coronary, "--labels", &labels, "--label-scheme", &text(&file), "--format", "json"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(number(&said.json(), "/total/agatston"), 74.25);
    assert!(said.json()["total"]["category"].is_null());
    assert!(said.codes().contains(&"arteries_not_named".to_owned()));
}

/// Lesion ids of slices without a SOPInstanceUID of their own were the same for different lesions.
#[test]
fn lesion_ids_are_unique() {
    let mut slices = good("same-uid");
    for slice in &mut slices {
        slice.put(DataElement::new(tags::SOP_INSTANCE_UID, VR::UI, PrimitiveValue::from("2.25.1")));
    }
    // Calcium in every second slice only: four lesions at the same row and column.
    let mut volume = good_volume(8, 32);
    for z in (1..8).step_by(2) {
        volume.hu.slice_mut(ndarray::s![z, 3..29, 3..29]).fill(40.0);
    }
    let plain = dicom::slice_objects(&volume, &Header::named("same-uid"));
    for (slice, other) in slices.iter_mut().zip(plain) {
        slice.put(other.element(tags::PIXEL_DATA).unwrap().clone());
    }
    let result = score(folder(&slices).path(), &[]).json();
    let ids: Vec<&Value> = result["lesions"].as_array().unwrap().iter().map(|l| &l["id"]).collect();
    let distinct: std::collections::BTreeSet<String> = ids.iter().map(|id| id.to_string()).collect();
    assert_eq!((ids.len(), distinct.len()), (4, 4), "{ids:?}");
}

/// A protocol file called like a shipped one passed for it, and sizes of its own were not told.
#[test]
fn a_protocol_file_does_not_pass_for_a_shipped_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mesa.toml");
    fs::write(&file, "base = 'mesa'\n[size_bounds]\nspotty_mm = 20.0\n").unwrap();
    let said =
        run(&["score", &text(fixture("coronary")), "--region", "everything", "--protocol", &text(&file)]);
    assert!(said.stdout.contains("protocol file:mesa"), "{}", said.stdout);
    assert!(said.stdout.contains("sizes from 2, 20 mm"), "{}", said.stdout);
}

/// A series with every slice twice had no coverage, as if it had been refused.
#[test]
fn coverage_of_a_doubled_series() {
    let slices = good("doubled");
    let folder = folder(&slices);
    for i in 1..=8 {
        let name = format!("IM{i:04}.dcm");
        fs::copy(folder.path().join(&name), folder.path().join(format!("copy-{name}"))).unwrap();
    }
    let result = score(folder.path(), &[]).json();
    assert_eq!(number(&result, "/total/agatston"), GOOD);
    assert_eq!(number(&result, "/series/z_coverage_mm"), 24.0);
}

/// In a multi-frame object the voltage of the first frame stood for all frames.
#[test]
fn mixed_voltages_of_frames_are_no_voltage() {
    use agatston_phantom::multiframe::{MultiFrame, multiframe_object};
    use dicom_object::{InMemDicomObject, mem::InMemElement};
    let mut object =
        multiframe_object(&good_volume(8, 32), &Header::named("frames-kvp"), MultiFrame::Enhanced);
    object.remove_element(tags::KVP);
    let groups = object.element(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).unwrap();
    let mut items = groups.items().unwrap().to_vec();
    for (frame, item) in items.iter_mut().enumerate() {
        let kvp = PrimitiveValue::from(if frame == 0 { "120" } else { "100" });
        let details = InMemDicomObject::from_element_iter([InMemElement::new(tags::KVP, VR::DS, kvp)]);
        let sequence = dicom_core::value::DataSetSequence::from(vec![details]);
        item.put(InMemElement::new(tags::CTX_RAY_DETAILS_SEQUENCE, VR::SQ, sequence));
    }
    let sequence = dicom_core::value::DataSetSequence::from(items);
    object.put(InMemElement::new(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, VR::SQ, sequence));
    let folder = folder(&vec![object]);
    let plain = score(folder.path(), &[]).json();
    assert!(codes(&plain).contains(&"nonstandard_kvp".to_owned()), "{:?}", codes(&plain));
    assert!(plain["total"]["category"].is_null());
    assert_eq!(score(folder.path(), &["--kvp-mode", "refuse"]).code, 3);
}

/// One bit in a length or in the prefix took an intact end slice away with no more than an info.
#[test]
fn one_bit_does_not_take_a_slice_away() {
    let folder = folder(&good("one-bit"));
    let path = folder.path().join("IM0008.dcm");
    let whole = fs::read(&path).unwrap();
    for bit in (128 * 8..600 * 8).step_by(crate::support::cases(7, 1)) {
        let mut bytes = whole.clone();
        bytes[..128].copy_from_slice(&[b'I'; 128]); // a preamble that is not empty
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, bytes).unwrap();
        let said = score(folder.path(), &["--threads", "1"]);
        let same = said.code == 0 && number(&said.json(), "/total/agatston") == GOOD;
        assert!(same || said.code == 3, "byte {} bit {}: {}", bit / 8, bit % 8, said.stdout);
    }
}

/// A large file of zeros beside the slices, as a mask has, was taken for a damaged slice and refused the series.
#[test]
fn other_binary_files_do_not_refuse_a_series() {
    let folder = folder(&good("beside"));
    let mut iso = vec![0u8; 40_000];
    iso[32_769..32_774].copy_from_slice(b"CD001");
    for (name, bytes) in [("mask.raw", vec![0; 100_000]), ("disc.iso", iso), ("noise.bin", vec![7; 5000])] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let said = score(folder.path(), &[]);
    assert_eq!((said.code, number(&said.json(), "/total/agatston")), (0, GOOD));
    assert!(said.codes().contains(&"files_left_out".to_owned()));
}

/// The check of padding read unextended signed values as others than the loader does.
#[test]
fn padding_is_checked_as_it_is_used() {
    let header =
        Header { signed: true, bits_stored: 12, slope: -1.0, intercept: 0.0, ..Header::named("pad-signed") };
    let mut slices = dicom::slice_objects(&good_volume(8, 32), &header);
    for slice in &mut slices {
        slice.put(DataElement::new(tags::PIXEL_PADDING_VALUE, VR::US, PrimitiveValue::from(2048u16)));
        slice.put(DataElement::new(tags::PIXEL_PADDING_RANGE_LIMIT, VR::US, PrimitiveValue::from(4095u16)));
    }
    assert_eq!(refusal(&score(folder(&slices).path(), &[]).json()), "padding_unclear");
}

/// Stacks of one series in two frames of reference: the part that was chosen did not say that it is one.
#[test]
fn a_chosen_part_says_that_there_is_more() {
    let mut slices = good("parts");
    for slice in slices.iter_mut().skip(5) {
        slice.put(DataElement::new(tags::FRAME_OF_REFERENCE_UID, VR::UI, PrimitiveValue::from("2.25.7")));
    }
    let folder = folder(&slices);
    assert_eq!(score(folder.path(), &[]).code, 3);
    let all = score(folder.path(), &["--series", "all"]);
    for line in all.stdout.lines() {
        let result: Value = serde_json::from_str(line).unwrap();
        assert!(codes(&result).contains(&"mixed_series".to_owned()), "{:?}", codes(&result));
    }
    let uid = Header::named("parts").series_uid();
    let chosen = score(folder.path(), &["--series", &format!("{uid}#1")]);
    assert!(chosen.codes().contains(&"other_series".to_owned()), "{:?}", chosen.codes());
}
