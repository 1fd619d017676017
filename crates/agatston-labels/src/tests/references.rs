//! Reference regions: what they hold, and which voxels; expected voxels are counted by hand.

use super::*;
use crate::{Content, References, Span};

fn references(regions: &str) -> Result<References, Error> {
    References::from_json(&format!(r#"{{"regions": [{regions}]}}"#), "refs.json")
}

fn refusal(result: Result<References, Error>) -> &'static str {
    result.unwrap_err().code().unwrap().name()
}

const ROD: &str =
    r#"{"name": "rod", "ha_mg_cm3": 200, "box_px": {"column": [1, 2], "row": [0, 1]}, "slices": [1, 1]}"#;

#[test]
fn every_voxel_of_a_region_counts() {
    let file = format!(
        r#"{ROD}, {{"name": "blood", "blood": true, "circle_px": {{"column": 3, "row": 2, "radius": 0}}}},
        {{"name": "rod", "ha_mg_cm3": 200, "box_px": {{"column": [2, 3], "row": [1, 1]}}, "slices": [1, 1]}}"#
    );
    let file = references(&file).unwrap();
    let (regions, findings) = file.on(&geometry(), 2).unwrap();
    assert!(findings.is_empty());
    let span = |slice, row, start, end| Span { slice, row, start, end };
    assert_eq!(regions.len(), 2, "shapes of one name are one region");
    assert_eq!(regions[0].name, "rod");
    assert_eq!(regions[0].content, Content::Hydroxyapatite { mg_cm3: 200.0 });
    // Column 2 of row 1 lies in both shapes of the rod and counts once.
    assert_eq!(regions[0].voxels, [span(1, 0, 1, 3), span(1, 1, 1, 4)]);
    assert_eq!(regions[1].content, Content::Blood);
    assert_eq!(regions[1].voxels, [span(0, 2, 3, 4), span(1, 2, 3, 4)]);
}

#[test]
fn shapes_in_patient_space_and_toml() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("refs.toml");
    let text = "[[regions]]\nname = 'water'\nha_mg_cm3 = 0\nbox_lps_mm = { min = [10, 20, 32], max = [11, 20, 32] }\n";
    fs::write(&path, text).unwrap();
    let file = References::read(&path).unwrap();
    let (regions, _) = file.on(&geometry(), 2).unwrap();
    assert_eq!(regions[0].voxels, [Span { slice: 1, row: 0, start: 0, end: 2 }]);
}

#[test]
fn what_a_region_holds_must_be_said_and_possible() {
    let shape = r#""box_px": {"column": [0, 1], "row": [0, 1]}"#;
    for content in [
        "",
        r#", "blood": false"#,
        r#", "blood": true, "ha_mg_cm3": 200"#,
        r#", "ha_mg_cm3": -1"#,
        r#", "ha_mg_cm3": 200000"#,
    ] {
        let file = references(&format!(r#"{{"name": "a", {shape}{content}}}"#));
        assert_eq!(refusal(file), "references_invalid", "{content}");
    }
    let other = ROD.replace("200", "400");
    assert_eq!(refusal(references(&format!("{ROD}, {other}"))), "references_invalid");
    assert_eq!(refusal(references(&ROD.replace("box_px", "cube_px"))), "labels_invalid");
    let many = vec![ROD; 101].join(", ");
    assert_eq!(refusal(references(&many)), "labels_invalid");
}

#[test]
fn a_region_off_the_series_or_on_another_is_refused() {
    let refused = |regions: &str| {
        references(regions).unwrap().on(&geometry(), 2).map(|_| ()).unwrap_err().code().unwrap().name()
    };
    assert_eq!(refused(&ROD.replace("[1, 1]}", "[1, 2]}")), "labels_off_grid");
    assert_eq!(refused(&ROD.replace("[1, 2]", "[7, 8]")), "labels_off_grid");
    let over = ROD.replace("\"rod\"", "\"other\"");
    assert_eq!(refused(&format!("{ROD}, {over}")), "labels_overlap");
    // In patient space only the voxels tell.
    let ball =
        r#"{"name": "blood", "blood": true, "sphere_lps_mm": {"center": [11, 20, 32], "radius": 0.5}}"#;
    assert_eq!(refused(&format!("{ROD}, {ball}")), "labels_overlap");
}

#[test]
fn labels_say_nothing_of_contents() {
    let file = format!(r#"{{"regions": [{ROD}]}}"#);
    let error = crate::regions_from_json(&file, "labels.json").unwrap_err();
    assert_eq!(error.code().unwrap().name(), "labels_invalid");
    assert!(error.to_string().contains("--references"), "{error}");
}

#[test]
fn only_a_regions_file_holds_references() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(refusal(References::read(folder.path())), "labels_format");
    let path = folder.path().join("map.nrrd");
    assert_eq!(refusal(References::read(&path)), "labels_missing");
    fs::write(&path, "NRRD0004\n").unwrap();
    assert_eq!(refusal(References::read(&path)), "labels_format");
    let error = References::read(&folder.path().join("gone.json")).unwrap_err();
    assert!(error.to_string().starts_with("gone.json: "), "{error}");
}
