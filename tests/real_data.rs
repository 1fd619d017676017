//! Whole-image totals and transfer syntaxes of the shared real series.

use crate::support::{near, number, run, shared_data, shared_json, text};
use agatston_engine::{Assign, Choice, Request, Unwatched, result::SeverityRecord, score};
use serde_json::Value;

/// Totals of an independent numpy and scipy script, for every series with regular slices.
#[test]
fn everything_totals_agree_with_the_reference() {
    let Some(reference) = shared_json("cases/whole_image_reference.json") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let choices = [
        ("c8", "connectivity = 8"),
        ("c4", ""),
        ("c8_noarea", "connectivity = 8\nsmallest_focus = 'none'"),
        ("c4_noarea", "smallest_focus = 'none'"),
        ("c8_strict_gt130", "connectivity = 8\ncomparison = '>'"),
    ];
    let mut compared = 0;
    for (name, facts) in reference["series"].as_object().expect("series") {
        let set = name.split('/').next().expect("a set name");
        let Some(data) = shared_data(series_folder(set)) else { continue };
        let regular = number(facts, "/gap_max") - number(facts, "/gap_min") < 0.01;
        if !regular {
            let said = run(&["score", &text(&data), "--region", "everything", "--format", "json"]);
            assert_eq!(said.code, 3, "{name}: an irregular gap is refused");
            continue;
        }
        for (key, toml) in choices {
            let protocol = folder.path().join("choice.toml");
            std::fs::write(&protocol, toml).expect("writable");
            let arguments = ["score", &text(&data), "--region", "everything", "--protocol", &text(&protocol)];
            let said = run(&[&arguments[..], &["--format", "json"]].concat());
            assert_eq!(said.code, 0, "{name}: {}", said.stderr);
            check(&said.json(), &facts[key], &format!("{name} {key}"));
            compared += 1;
        }
    }
    assert!(compared == 0 || compared == 20, "four regular series under five conventions: {compared}");
}

fn check(result: &Value, expected: &Value, what: &str) {
    for (ours, theirs) in [
        ("/total/agatston", "/agatston_x_gap_over3"),
        ("/total/agatston_unscaled", "/sum_area_weight_mm2"),
        ("/total/volume_mm3", "/volume_mm3_gap"),
        ("/total/area_mm2", "/area_mm2"),
        ("/total/foci", "/components"),
    ] {
        let (got, expected) = (number(result, ours), number(expected, theirs));
        assert!(near(got, expected, 1e-6), "{what} {ours}: {got}, not {expected}");
    }
}

/// The folder of a set that holds just the series of the reference.
fn series_folder(set: &str) -> &str {
    match set {
        "dcmqi_ct3slice" => "dcmqi_ct3slice/ct-3slice",
        "dicom4qi_1" => "dicom4qi_1/image",
        "totalseg_example" => "totalseg_example/example_ct_dicom",
        other => other,
    }
}

/// Nine slices in seven transfer syntaxes: the same bytes of JSON but for the transfer syntax.
#[test]
fn seven_transfer_syntaxes_give_one_result() {
    let folders =
        ["implicit_le", "explicit_le", "explicit_be", "deflated", "rle", "j2k_lossless", "jpegls_lossless"];
    let Some(reference) = shared_json("cases/whole_image_reference.json") else { return };
    let mut seen: Option<String> = None;
    for folder in folders {
        let name = format!("derived_transcoded_qrm/{folder}");
        let Some(data) = shared_data(&name) else { return };
        let said =
            run(&["score", &text(&data), "--region", "everything", "--format", "json", "--detail", "foci"]);
        assert_eq!(said.code, 0, "{folder}: {}", said.stderr);
        let result = said.json();
        let expected = number(&reference["transcoded_qrm"][&name], "/c4");
        assert!(near(number(&result, "/total/agatston"), expected, 1e-9), "{folder}");
        let bytes = without_transfer_syntax(&said.stdout, &result);
        match &seen {
            None => seen = Some(bytes),
            Some(first) => assert_eq!(&bytes, first, "{folder}"),
        }
    }
}

/// The document's text with the transfer syntaxes cut out.
fn without_transfer_syntax(text: &str, result: &Value) -> String {
    let mut out = text.to_owned();
    for syntax in result["series"]["transfer_syntaxes"].as_array().expect("transfer syntaxes") {
        out = out.replace(syntax.as_str().expect("text"), "");
    }
    out
}

/// Each small file by itself: what is no CT image is named as such, what lacks pixels or a decoder is refused for that,
/// and of a good slice nothing is said but that it is alone, or what its own header says of tilt and units. That the
/// pixels are those of pydicom is shown by the loader's own test of this list.
#[test]
fn every_small_file_is_refused_for_what_it_is() {
    let (Some(list), Some(data)) = (shared_json("cases/dicom_files.json"), shared_data("")) else { return };
    let (mut seen, mut wrong) = (0, Vec::new());
    for facts in list["files"].as_array().expect("files") {
        let text = |key: &str| facts[key].as_str().expect("text");
        let path = data.join(text("set")).join(text("file"));
        if !path.exists() {
            continue; // two text files of the list are not among the data
        }
        let request = Request { assign: Assign::Everything, ..Request::default() };
        let results = score(&[path], &Choice::Only, &request, &Unwatched).expect("nothing outside fails");
        let refusals = results[0].findings.iter().filter(|f| f.severity == SeverityRecord::Refusal);
        let codes: Vec<&str> = refusals.map(|f| f.code.as_str()).collect();
        let only = |allowed: &[&str]| !codes.is_empty() && codes.iter().all(|c| allowed.contains(c));
        let modality = if text("sop").contains("CT Image") { "CT" } else { text("modality") };
        let right = match (modality, text("ts"), &facts["has_px"], facts["ba"].as_u64()) {
            ("CT", _, Value::Bool(false), _) => only(&["truncated_file"]),
            ("CT", "1.2.840.10008.1.2.4.53" | "1.2.840.10008.1.2.4.55", ..) => {
                codes.contains(&"unsupported_syntax")
            }
            ("CT", _, _, Some(8)) => codes.contains(&"bits"),
            // A localizer is no slice.
            ("CT", ..) => {
                only(&["no_ct_series"])
                    || only(&["single_slice", "not_axial", "gantry_tilt", "not_hu", "range_cut"])
            }
            // A DICOMDIR stands for the files it names; some of these name CT, one without pixels.
            _ if text("file").contains("DICOMDIR") => {
                codes.is_empty() || only(&["dicomdir_unusable", "truncated_file"])
            }
            // Neither class nor modality: it may be a slice that lost its header.
            ("None", ..) if text("sop").is_empty() => only(&["no_ct_series", "truncated_file"]),
            _ => only(&["no_ct_series"]),
        };
        seen += 1;
        if !right {
            wrong.push(format!("{} {}: {codes:?}", text("set"), text("file")));
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}: {wrong:#?}", wrong.len());
    assert!(seen == 0 || seen > 330, "{seen}");
}

/// Without any UID the folder, study and patient stand in, and the result says what is missing.
#[test]
fn a_series_without_identifiers_is_scored_and_says_so() {
    let Some(data) = shared_data("totalseg_example/example_ct_dicom") else { return };
    let result = run(&["score", &text(&data), "--region", "everything", "--format", "json"]).json();
    let findings = result["findings"].as_array().expect("findings");
    let missing = findings.iter().find(|f| f["code"] == "uid_missing").expect("a finding");
    for name in ["SeriesInstanceUID", "SOPClassUID"] {
        assert!(missing["message"].as_str().is_some_and(|m| m.contains(name)), "{missing}");
    }
}
