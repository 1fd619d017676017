//! The real QRM phantom on a Canon scanner: 27 published numbers, to the printed five decimals.

use crate::support::{near, number, run, shared_data, text};
use serde_json::Value;

fn scored(protocol: &str) -> Option<(Value, Value)> {
    let folder = shared_data("qrm_canon_large_rep1")?;
    let regions = text(folder.join("regions.json"));
    let arguments = ["score", &text(&folder), "--labels", &regions, "--protocol", protocol, "--mass-factor"];
    let said = run(&[&arguments[..], &["0.7220477104423333", "--format", "json"]].concat());
    assert_eq!(said.code, 0, "{}", said.stderr);
    let inserts =
        std::fs::read_to_string(folder.join("inserts.json")).expect("inserts.json lies beside the slices");
    Some((said.json(), serde_json::from_str(&inserts).expect("JSON")))
}

fn region<'a>(result: &'a Value, name: &Value) -> &'a Value {
    let regions = result["regions"].as_array().expect("regions");
    regions.iter().find(|r| &r["name"] == name).unwrap_or_else(|| panic!("no region {name}"))
}

/// Published by the FQM program (MolloiLab/CAC-stanford-data), an independent scorer.
#[test]
fn all_published_numbers_to_five_decimals() {
    let Some((result, inserts)) = scored("fqm") else { return };
    let mut compared = 0;
    for insert in inserts["inserts"].as_array().expect("inserts") {
        let region = region(&result, &insert["name"]);
        for measure in ["agatston", "volume_mm3", "mass_mg"] {
            let got = number(region, &format!("/{measure}"));
            let published = number(&insert["published_fqm"], &format!("/{measure}"));
            assert_eq!(format!("{got:.5}"), format!("{published:.5}"), "{} {measure}", insert["name"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 27);
    assert!(result["total"]["agatston"].is_null(), "these regions are no coronary arteries");
}

/// From an independent numpy and scipy script.
#[test]
fn four_connected_under_standard() {
    let Some((result, inserts)) = scored("standard") else { return };
    let mut total = 0.0;
    for insert in inserts["inserts"].as_array().expect("inserts") {
        let got = number(region(&result, &insert["name"]), "/agatston");
        let expected = number(&insert["independent_oracle"], "/four_connected_ge_130_min_1mm2");
        assert!(near(got, expected, 1e-9), "{}: {got}, not {expected}", insert["name"]);
        total += got;
    }
    assert!(near(total, 962.81619, 1e-8), "{total}");
}

/// From the same script: no minimum, and `>` instead of `>=`, both 8-connected.
#[test]
fn neighbouring_conventions() {
    let Some((fqm, inserts)) = scored("fqm") else { return };
    let Some(folder) = shared_data("qrm_canon_large_rep1") else { return };
    let file = tempfile::tempdir().expect("a folder");
    for (toml, key) in [
        ("smallest_focus = 'none'", "eight_connected_ge_130_no_minimum"),
        ("comparison = '>'", "eight_connected_gt_130_min_1mm2"),
    ] {
        let protocol = file.path().join("choice.toml");
        std::fs::write(&protocol, format!("base = 'fqm'\n{toml}\n")).expect("writable");
        let regions = text(folder.join("regions.json"));
        let said = run(&[
            "score",
            &text(&folder),
            "--labels",
            &regions,
            "--protocol",
            &text(&protocol),
            "--format",
            "json",
        ]);
        for insert in inserts["inserts"].as_array().expect("inserts") {
            let got = number(region(&said.json(), &insert["name"]), "/agatston");
            let expected = number(&insert["independent_oracle"], &format!("/{key}"));
            assert!(near(got, expected, 1e-9), "{} {toml}: {got}, not {expected}", insert["name"]);
        }
    }
    assert_eq!(
        fqm["findings"].as_array().map(|f| f.iter().filter(|f| f["code"] == "reformatted").count()),
        Some(1)
    );
}
