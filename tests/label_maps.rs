//! Label maps that the program writes: given back as labels they give the same score, and they hold what was counted.

use crate::support::{fixture, run};
use serde_json::Value;
use std::{fs, path::Path};

/// Scores a series with labels and writes a label map beside the result.
fn scored(series: &Path, labels: &Path, map: Option<&Path>, protocol: &str) -> Value {
    let mut arguments = vec!["score", series.to_str().unwrap(), "--labels", labels.to_str().unwrap()];
    arguments.extend(["--protocol", protocol, "--format", "json", "-q"]);
    arguments.extend(map.iter().flat_map(|map| ["--labelmap", map.to_str().unwrap()]));
    let said = run(&arguments);
    assert_eq!(said.code, 0, "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// Sources of three kinds, three forms, and a protocol whose volume reaches beyond the foci.
#[test]
fn a_label_map_given_back_as_labels_gives_the_same_score() {
    let folder = tempfile::tempdir().unwrap();
    let series = fixture("coronary");
    for labels in ["coronary/regions.json", "labels/slicer_codes.seg.nrrd", "labels/seg_binary.dcm"] {
        for (form, protocol) in [
            ("nii.gz", "standard"),
            ("nii", "standard"),
            ("seg.nrrd", "standard"),
            ("nrrd", "philips-like"),
            ("nii.gz", "philips-like"),
        ] {
            let stem = format!("{labels}-{protocol}-{form}").replace(['/', '.'], "_");
            let map = folder.path().join(format!("{stem}.{form}"));
            let first = scored(&series, &fixture(labels), Some(&map), protocol);
            let again = scored(&series, &map, None, protocol);
            for part in ["total", "arteries", "lesions"] {
                assert_eq!(first[part], again[part], "{labels} {form} {protocol} {part}");
            }
            assert!(first["total"]["agatston"].as_f64().unwrap() > 0.0);
        }
    }
}

/// The plain file is a header of 352 bytes with its extension, and then a byte a voxel: those of LM (id 1) are as many as
/// its volume is voxels of 0.75 x 0.75 x 3 mm, and so on.
#[test]
fn a_label_map_holds_the_voxels_whose_volume_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("arteries.nii");
    let result = scored(&fixture("coronary"), &fixture("coronary/regions.json"), Some(&map), "standard");
    let bytes = fs::read(&map).unwrap();
    let voxels = &bytes[bytes.len() - 24 * 96 * 96..];
    let begin = f32::from_le_bytes(bytes[108..112].try_into().unwrap());
    assert_eq!(f64::from(begin), (bytes.len() - voxels.len()) as f64);
    for (id, artery) in (1u8..).zip(["LM", "LAD", "LCX", "RCA"]) {
        let count = voxels.iter().filter(|v| **v == id).count() as f64;
        let arteries = result["arteries"].as_array().unwrap();
        let volume = arteries.iter().find(|a| a["artery"] == artery).unwrap()["volume_mm3"].as_f64().unwrap();
        assert_eq!(count * 0.75 * 0.75 * 3.0, volume, "{artery}");
    }
    let table = fs::read_to_string(folder.path().join("arteries.ctbl")).unwrap();
    let ids: Vec<&str> = table.lines().skip(2).map(|line| line.rsplitn(5, ' ').last().unwrap()).collect();
    assert_eq!(ids, ["0 Background", "1 LM", "2 LAD", "3 LCX", "4 RCA"]);
}

#[test]
fn what_cannot_be_written_is_said_before_the_series_is_scored() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (series, labels) = (fixture("coronary"), fixture("coronary/regions.json"));
    let check = |more: &[&str], code: i32, word: &str| {
        let mut arguments = vec!["score", series.to_str().unwrap()];
        arguments.extend(more);
        let said = run(&arguments);
        assert_eq!(said.code, code, "{}", said.stderr);
        assert!(said.stderr.contains(word), "{}", said.stderr);
        assert_eq!(said.stdout, "");
    };
    let labels = ["--labels", labels.to_str().unwrap()];
    check(&[&labels[..], &["--labelmap", &path("map.mha")]].concat(), 2, "--labelmap");
    check(&["--region", "everything", "--labelmap", &path("map.nii")], 2, "--labelmap");
    check(&[&labels[..], &["--series", "all", "--labelmap", &path("map.nii")]].concat(), 2, "--series all");
    check(&[&labels[..], &["--labelmap", &path("map.nii"), "-o", &path("map.ctbl")]].concat(), 2, "another");
    fs::write(path("map.ctbl"), "mine").unwrap();
    check(&[&labels[..], &["--labelmap", &path("map.nii")]].concat(), 6, "--overwrite");
    assert_eq!(fs::read_to_string(path("map.ctbl")).unwrap(), "mine");
    assert!(!Path::new(&path("map.nii")).exists());
}

/// A series that is refused has no voxels that count: no file that looks like a scan without calcium.
#[test]
fn a_refused_series_has_no_label_map() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("map.nii.gz");
    let series = fixture("refused/gap_large");
    let labels = fixture("coronary/regions.json");
    let arguments = ["score", series.to_str().unwrap(), "--labels", labels.to_str().unwrap()];
    let said = run(&[&arguments[..], &["--labelmap", map.to_str().unwrap()]].concat());
    assert_eq!(said.code, 3);
    assert!(said.stderr.contains("not written"), "{}", said.stderr);
    assert!(!map.exists() && !folder.path().join("map.ctbl").exists());
}
