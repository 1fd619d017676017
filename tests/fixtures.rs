//! Fixtures are what the phantoms write, byte for byte, and score what they are derived to score.
//!
//! `AGATSTON_WRITE_FIXTURES=1 cargo test fixtures` writes them anew after a phantom was changed on purpose.

use crate::support::{fixture, near, number, root, run, text};
use agatston_phantom::{catalog, dicom, nifti, refused};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// Series fixtures: names of the catalogue.
const SERIES: [&str; 2] = ["coronary", "staircase"];

/// Largest fixture folder and file, bytes.
const ALL_FIXTURES: u64 = 2_000_000;

/// Content of every file below a folder, by its path in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            out.extend(contents(&path).into_iter().map(|(n, bytes)| (format!("{name}/{n}"), bytes)));
        } else {
            out.insert(name, fs::read(&path).unwrap());
        }
    }
    out
}

fn write_series(name: &str, folder: &Path) {
    let phantom = catalog::build(name).unwrap();
    dicom::write_series(folder, &phantom.volume, &phantom.header).unwrap();
    fs::write(folder.join("regions.json"), phantom.regions_json.unwrap()).unwrap();
    if let Some(labels) = &phantom.labels {
        nifti::write(&folder.join("labels.nii.gz"), labels, &phantom.volume, nifti::LabelDepth::U8).unwrap();
    }
}

fn wants_writing() -> bool {
    std::env::var_os("AGATSTON_WRITE_FIXTURES").is_some()
}

#[test]
fn series_are_what_the_phantoms_write() {
    for name in SERIES {
        if wants_writing() {
            write_series(name, &fixture(name));
        }
        let folder = tempfile::tempdir().unwrap();
        write_series(name, folder.path());
        let (written, kept) = (contents(folder.path()), contents(&fixture(name)));
        assert_eq!(written.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>(), "{name}");
        for (file, bytes) in &written {
            // How gzip packs may change with its library; the labels inside may not, and are compared elsewhere.
            assert!(file.ends_with(".gz") || bytes == &kept[file], "{name}/{file} differs");
        }
    }
}

#[test]
fn refused_series_are_what_the_phantoms_write() {
    let folder = tempfile::tempdir().unwrap();
    let written = refused::write_refused(folder.path()).unwrap();
    assert!(written.len() >= 12, "{} ways to be refused", written.len());
    let expected: BTreeMap<String, &str> = written.into_iter().collect();
    let list = serde_json::to_string_pretty(&expected).unwrap() + "\n";
    if wants_writing() {
        refused::write_refused(&fixture("refused")).unwrap();
        fs::write(fixture("refused/expected.json"), &list).unwrap();
    }
    let mut kept = contents(&fixture("refused"));
    assert_eq!(kept.remove("expected.json").as_deref(), Some(list.as_bytes()), "expected.json");
    assert_eq!(contents(folder.path()), kept);
}

/// Each folder of `fixtures/refused/` fails with the code that `expected.json` names.
#[test]
fn each_refused_series_fails_with_its_code() {
    let list = fs::read_to_string(fixture("refused/expected.json")).unwrap();
    let expected: BTreeMap<String, String> = serde_json::from_str(&list).unwrap();
    for (name, code) in expected {
        let folder = text(fixture("refused").join(&name));
        let said = run(&["score", &folder, "--region", "everything", "--format", "json"]);
        assert_eq!(said.code, 3, "{name}: {said:?}");
        let refusals: Vec<Value> = said.json()["findings"].as_array().unwrap().clone();
        let has = refusals.iter().any(|f| f["severity"] == "refusal" && f["code"] == *code);
        assert!(has, "{name}: expected {code}, got {:?}", said.codes());
    }
}

/// `fixtures/expected.json` holds hand arithmetic, written out in `fixtures/README.md`.
#[test]
fn scores_are_the_derived_ones() {
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(fixture("expected.json")).unwrap()).unwrap();
    for (name, values) in expected.as_object().unwrap() {
        let labels = text(fixture(name).join("regions.json"));
        let said = run(&["score", &text(fixture(name)), "--labels", &labels, "--format", "json"]);
        assert_eq!(said.code, 0, "{name}: {said:?}");
        let result = said.json();
        for (region, agatston) in values.as_object().unwrap() {
            let find = |list: &str, key: &str| {
                let all = result[list].as_array().unwrap();
                all.iter().find(|r| r[key] == **region).cloned()
            };
            let found = match region.as_str() {
                "total" => Some(result["total"].clone()),
                _ => find("arteries", "artery").or_else(|| find("regions", "name")),
            };
            let got = number(&found.unwrap_or_else(|| panic!("{name}: no {region}")), "/agatston");
            assert!(near(got, agatston.as_f64().unwrap(), 1e-9), "{name} {region}: {got}, not {agatston}");
        }
    }
}

/// Eleven transfer syntaxes of the same four slices: one score, one hash of the content.
#[test]
fn codecs_give_one_score() {
    let mut hashes = std::collections::BTreeSet::new();
    for folder in fs::read_dir(fixture("codecs")).unwrap() {
        let folder = text(folder.unwrap().path());
        let said = run(&["score", &folder, "--region", "everything", "--format", "json"]);
        assert_eq!(said.code, 0, "{folder}: {said:?}");
        assert_eq!(number(&said.json(), "/total/agatston"), 210.5, "{folder}");
        hashes.insert(said.json()["series"]["content_hash"].to_string());
    }
    assert_eq!(hashes.len(), 1, "{hashes:?}");
}

/// The label map of the coronary fixture says the same as its regions.
#[test]
fn labels_and_regions_agree() {
    let series = fixture("coronary");
    let labels = text(series.join("labels.nii.gz"));
    let said = run(&[
        "score",
        &text(&series),
        "--labels",
        &labels,
        "--label-scheme",
        "agatston",
        "--format",
        "json",
    ]);
    let regions = text(series.join("regions.json"));
    let by_regions = run(&["score", &text(&series), "--labels", &regions, "--format", "json"]);
    assert_eq!(said.json()["arteries"], by_regions.json()["arteries"]);
    assert_eq!(said.json()["lesions"], by_regions.json()["lesions"]);
}

#[test]
fn fixtures_are_small() {
    let sizes: u64 = contents(&root().join("fixtures")).values().map(|b| b.len() as u64).sum();
    assert!(sizes < ALL_FIXTURES, "{sizes} bytes");
}
