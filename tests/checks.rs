//! Checks of pixels, metal and kernels, and their cut-offs, as a person meets them.

use crate::support::{codes, run, text, write_series};
use agatston_phantom::{Header, Volume};
use ndarray::s;
use serde_json::Value;
use std::fs;

/// A body in air: 24 slices of 3 mm with pixels of 0.5 mm.
fn body() -> Volume {
    let mut volume = Volume::filled([24, 32, 32], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(s![.., 4..28, 4..28]).fill(40.0);
    volume
}

/// The body with 4 x 4 pixels of 450 HU, of which `bright` in the upper row have another value.
fn plaque(bright: usize, hu: f64) -> Volume {
    let mut volume = body();
    volume.hu.slice_mut(s![12, 10..14, 10..14]).fill(450.0);
    volume.hu.slice_mut(s![12, 10, 10..10 + bright]).fill(hu);
    volume
}

const WHOLE_IMAGE: &str = r#"{"regions": [{"name": "LAD", "box_px": {"column": [0, 31], "row": [0, 31]}}]}"#;

/// Scores a volume with the whole image as LAD; the folder beside the series takes files that are named.
fn score(volume: &Volume, header: &Header, more: &[&str]) -> (i32, Value) {
    let series = write_series(volume, header);
    let beside = tempfile::tempdir().unwrap();
    let regions = beside.path().join("regions.json");
    fs::write(&regions, WHOLE_IMAGE).unwrap();
    let (series, regions) = (text(series.path()), text(&regions));
    let said = run(&[&["score", &series, "--labels", &regions, "--format", "json"], more].concat());
    let result = said.json();
    (said.code, result)
}

fn flags(result: &Value) -> Vec<String> {
    let flags = result["lesions"][0]["flags"].as_array().unwrap();
    flags.iter().map(|f| f.as_str().unwrap().to_owned()).collect()
}

/// Three joined voxels at 2500 HU are metal, two are a very dense plaque, 1500 HU is suspect; the score stays with the
/// person who drew the region: 4 mm2 x 4.
#[test]
fn metal_is_told_and_kept() {
    let check = |bright, hu, flag: Option<&str>, told: bool| {
        let (code, result) = score(&plaque(bright, hu), &Header::named("metal"), &[]);
        assert_eq!((code, result["total"]["agatston"].as_f64()), (0, Some(16.0)), "{bright} x {hu}");
        assert_eq!(codes(&result).contains(&"metal".to_owned()), told, "{bright} x {hu}");
        let own: Vec<String> = flags(&result).into_iter().filter(|f| f.starts_with("metal")).collect();
        assert_eq!(own, flag.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{bright} x {hu}");
    };
    check(3, 2500.0, Some("metal"), true);
    check(3, 2499.0, Some("metal_suspect"), false);
    check(2, 3000.0, Some("metal_suspect"), false);
    check(3, 1499.0, None, false);
    // A thin lead that runs aslant: three voxels that touch at corners.
    let mut volume = plaque(0, 0.0);
    (0..3).for_each(|i| volume.hu[[12, 10 + i, 10 + i]] = 3000.0);
    let (_, result) = score(&volume, &Header::named("lead"), &[]);
    assert_eq!(flags(&result).last().map(String::as_str), Some("metal"));
}

/// 12 bits from -3072 HU on end at 1023 HU: what is there was brighter, nobody knows by how much.
#[test]
fn values_at_the_end_of_the_bits_are_metal() {
    let header = Header { intercept: -3072.0, ..Header::named("saturated") };
    let (_, result) = score(&plaque(3, 1023.0), &header, &[]);
    assert_eq!(flags(&result).last().map(String::as_str), Some("metal"));
    let (_, result) = score(&plaque(3, 1022.0), &header, &[]);
    assert!(!codes(&result).contains(&"metal".to_owned()), "{:?}", codes(&result));
}

/// A file sets some cut-offs, the result tells which, and what is out of range is named.
#[test]
fn cut_offs_come_from_a_file_and_are_told() {
    let beside = tempfile::tempdir().unwrap();
    let file = beside.path().join("cutoffs.toml");
    fs::write(&file, "metal_voxels = 4\ncoverage_mm = 100\n").unwrap();
    let (_, result) = score(&plaque(3, 2500.0), &Header::named("cut-offs"), &["--cutoffs", &text(&file)]);
    assert_eq!(result["options"]["cutoffs"], serde_json::json!({"coverage_mm": 100.0, "metal_voxels": 4.0}));
    assert!(!codes(&result).contains(&"metal".to_owned()), "three voxels are fewer than four");
    assert!(codes(&result).contains(&"short_coverage".to_owned()), "72 mm are fewer than 100");

    fs::write(&file, "missing_slice_ratio = 100\n").unwrap();
    let said = run(&["inspect", &text(beside.path()), "--cutoffs", &text(&file)]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("1.05 to 1.9") && said.stderr.contains("agatston cutoffs"), "{said:?}");

    fs::write(&file, run(&["cutoffs"]).stdout).unwrap();
    let (code, result) = score(&plaque(0, 0.0), &Header::named("all"), &["--cutoffs", &text(&file)]);
    assert_eq!((code, &result["options"]["cutoffs"]), (0, &serde_json::json!({})));
}

/// A sharp kernel is a warning, with `--strict` a refusal, and not when it is allowed.
#[test]
fn kernels() {
    let header = Header { manufacturer: "SIEMENS".into(), kernel: "B70f".into(), ..Header::named("kernel") };
    let (code, result) = score(&plaque(0, 0.0), &header, &[]);
    assert_eq!((code, &result["series"]["kernel_class"]), (0, &Value::from("sharp")));
    assert!(codes(&result).contains(&"sharp_kernel".to_owned()));
    let (code, result) = score(&plaque(0, 0.0), &header, &["--strict"]);
    assert_eq!((code, &result["refusal"]["code"]), (3, &Value::from("sharp_kernel")));
    let (_, result) = score(&plaque(0, 0.0), &header, &["--strict", "--allow", "sharp_kernel"]);
    let all = result["findings"].as_array().unwrap();
    let kernel = all.iter().find(|f| f["code"] == "sharp_kernel").unwrap();
    assert_eq!(kernel["severity"], "warning");
    // What score refuses, inspect does not call scorable.
    let series = write_series(&plaque(0, 0.0), &header);
    for (more, scorable) in [(&[][..], true), (&["--strict", "--allow", "short_coverage"][..], false)] {
        let said = run(&[&["inspect", &text(series.path()), "--format", "json"], more].concat());
        assert_eq!(said.json()["series"][0]["scorable"], scorable, "{said:?}");
    }
}

/// The first voxel of what is joined lies in a focus below the minimum; the lesion above it is flagged all the same.
#[test]
fn metal_that_begins_in_a_focus_too_small() {
    let mut volume = plaque(0, 0.0);
    volume.hu[[11, 11, 11]] = 3000.0;
    volume.hu.slice_mut(s![12, 10..14, 10..14]).fill(3000.0);
    let (_, result) = score(&volume, &Header::named("seed"), &[]);
    assert_eq!(flags(&result).last().map(String::as_str), Some("metal"));
    let said = result["findings"].as_array().unwrap().iter().find(|f| f["code"] == "metal").unwrap().clone();
    assert_eq!(said["seen"], "1 lesion of LAD, the first at row 10, column 10");
}

/// Metal in a region that is in no total is no warning of the coronary score; metal in no lesion is nothing at all.
#[test]
fn metal_beside_the_arteries() {
    let mut volume = plaque(0, 0.0);
    volume.hu.slice_mut(s![5, 20..24, 20..24]).fill(3000.0);
    let series = write_series(&volume, &Header::named("clip"));
    let beside = tempfile::tempdir().unwrap();
    let severity = |regions: &str| {
        let file = beside.path().join("regions.json");
        fs::write(&file, regions).unwrap();
        let said = run(&["score", &text(series.path()), "--labels", &text(&file), "--format", "json"]);
        let result = said.json();
        result["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|f| f["code"] == "metal")
            .map(|f| f["severity"].clone())
    };
    let lad = r#"{"name": "LAD", "box_px": {"column": [5, 16], "row": [5, 16]}}"#;
    let clip = r#"{"name": "clip", "box_px": {"column": [18, 27], "row": [18, 27]}}"#;
    assert_eq!(severity(&format!(r#"{{"regions": [{lad}]}}"#)), None);
    assert_eq!(severity(&format!(r#"{{"regions": [{lad}, {clip}]}}"#)), Some("info".into()));
    assert_eq!(severity(&format!(r#"{{"regions": [{clip}]}}"#)), Some("warning".into()));
}

/// A block without air is refused where an artery is meant, and what was not looked at then is listed.
#[test]
fn a_block_without_air() {
    let mut volume = plaque(0, 0.0);
    volume.hu.mapv_inplace(|hu| hu.max(0.0));
    let (code, result) = score(&volume, &Header::named("block"), &[]);
    assert_eq!((code, &result["refusal"]["code"]), (3, &Value::from("no_air")));
    assert_eq!(
        result["not_checked"],
        serde_json::json!(["metal", "high_noise", "clipped_field", "coverage_cut"])
    );
    let (code, result) = score(&volume, &Header::named("block"), &["--allow", "no_air"]);
    assert_eq!((code, result["total"]["agatston"].as_f64()), (0, Some(16.0)));
    let warned = result["findings"]
        .as_array()
        .unwrap()
        .iter()
        .any(|f| f["code"] == "no_air" && f["severity"] == "warning");
    assert!(warned, "{:?}", codes(&result));
}

/// A series that is refused before its pixels are read says which checks that leaves open.
#[test]
fn what_a_refused_series_leaves_open() {
    let said = run(&["score", &text(crate::support::fixture("refused/missing_slice")), "--format", "json"]);
    let open = said.json()["not_checked"].clone();
    let all = [
        "no_air",
        "no_soft_tissue",
        "hu_offset",
        "blank_slice",
        "repeated_pixels",
        "metal",
        "high_noise",
        "clipped_field",
        "coverage_cut",
    ];
    assert_eq!(open, serde_json::json!(all));
}
