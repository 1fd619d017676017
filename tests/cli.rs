//! Formats, exit codes, series choice, outputs, protocols and voltages as a person types them.

use crate::support::{codes, fixture, near, number, run, text, write_series};
use agatston_phantom::{Header, Volume, dicom, multiframe};
use dicom_dictionary_std::tags;
use ndarray::s;
use serde_json::Value;
use std::fs;

/// A body in air with one plaque of 4 x 4 pixels at the given HU: 4 mm2 times its weight.
fn plaque(hu: f64) -> Volume {
    let mut volume = Volume::filled([24, 32, 32], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(s![.., 4..28, 4..28]).fill(40.0);
    volume.hu.slice_mut(s![12, 10..14, 10..14]).fill(hu);
    volume
}

/// Coronary regions that name all four arteries; the plaque lies in LAD.
const ARTERIES: &str = r#"{"regions": [
  {"name": "LM", "box_px": {"column": [0, 3], "row": [0, 3]}},
  {"name": "LAD", "box_px": {"column": [5, 20], "row": [5, 20]}},
  {"name": "LCX", "box_px": {"column": [25, 31], "row": [0, 3]}},
  {"name": "RCA", "box_px": {"column": [0, 3], "row": [25, 31]}}]}"#;

/// A series with its regions file; the guard keeps the folder.
fn series(volume: &Volume, header: &Header) -> (tempfile::TempDir, String, String) {
    let folder = write_series(volume, header);
    let regions = folder.path().join("arteries.json");
    fs::write(&regions, ARTERIES).unwrap();
    let (input, regions) = (text(folder.path()), text(&regions));
    (folder, input, regions)
}

#[test]
fn the_readme_table() {
    let said =
        run(&["score", &text(fixture("coronary")), "--labels", &text(fixture("coronary/regions.json"))]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stderr.is_empty(), "{}", said.stderr);
    let widest = said.stdout.lines().map(|l| l.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?} columns");
    for words in [
        "LM                  15.75",
        "total              262.12",
        "category        [100,300)",
        "Not counted: ",
    ] {
        assert!(said.stdout.contains(words), "no {words:?} in\n{}", said.stdout);
    }
    let readme = fs::read_to_string(crate::support::root().join("README.md")).unwrap();
    assert!(readme.contains(said.stdout.trim_end()), "README shows another table than the program prints");
}

/// Arteries add up to the total, lesions to their artery, foci to their lesion, micro and macro to the total.
#[test]
fn parts_add_up() {
    let labels = text(fixture("coronary/regions.json"));
    let arguments = [
        "score",
        &text(fixture("coronary")),
        "--labels",
        &labels,
        "--mass-factor",
        "0.8",
        "--format",
        "json",
    ];
    let result = run(&arguments).json();
    let sum = |list: &Value, key: &str| {
        list.as_array().unwrap().iter().filter_map(|x| x[key].as_f64()).sum::<f64>()
    };
    for key in ["agatston", "volume_mm3", "mass_mg", "area_mm2", "lesions", "foci"] {
        assert!(
            near(sum(&result["arteries"], key), number(&result["total"], &format!("/{key}")), 1e-12),
            "{key}"
        );
    }
    for artery in result["arteries"].as_array().unwrap().iter().filter(|a| a["separated"] == true) {
        let own: Vec<Value> = result["lesions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| l["artery"] == artery["artery"])
            .cloned()
            .collect();
        let own = Value::from(own);
        for key in ["agatston", "volume_mm3", "mass_mg", "area_mm2"] {
            assert!(near(sum(&own, key), artery[key].as_f64().unwrap(), 1e-12), "{} {key}", artery["artery"]);
        }
    }
    for lesion in result["lesions"].as_array().unwrap() {
        assert!(
            near(sum(&lesion["foci"], "agatston"), number(lesion, "/agatston"), 1e-12),
            "{}",
            lesion["id"]
        );
    }
    let whole: Vec<Value> =
        result["classes"].as_array().unwrap().iter().filter(|c| c["artery"].is_null()).cloned().collect();
    assert!(near(sum(&Value::from(whole), "agatston"), number(&result, "/total/agatston"), 1e-12));
}

#[test]
fn csv_has_a_row_an_artery_and_the_total() {
    let said = run(&[
        "score",
        &text(fixture("coronary")),
        "--labels",
        &text(fixture("coronary/regions.json")),
        "--format",
        "csv",
    ]);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines.len(), 7, "a header, LM, LAD, LCX, RCA, coronary, total");
    let mut table = csv::Reader::from_reader(said.stdout.as_bytes());
    assert!(table.records().all(|row| row.is_ok()), "each row has a cell a column: {lines:#?}");
    assert!(lines[2].contains(",LAD,true,93.375,") && lines[6].contains(",total,,262.125,"), "{lines:#?}");
    assert!(lines[5].contains(",coronary,false,,"), "what is not separated is empty, not 0: {}", lines[5]);
}

#[test]
fn the_result_follows_its_schema() {
    let schema: Value = serde_json::from_str(&run(&["schema", "result"]).stdout).unwrap();
    let result =
        run(&["score", &text(fixture("coronary")), "--region", "everything", "--format", "json"]).json();
    let properties = schema["properties"].as_object().unwrap();
    for key in result.as_object().unwrap().keys() {
        let property = properties.get(key).unwrap_or_else(|| panic!("{key} is not in the schema"));
        let described = property["description"].is_string()
            || property["$ref"].is_string()
            || property["anyOf"].is_array();
        assert!(described, "{key} has no description");
    }
    assert!(run(&["schema", "inspection"]).json()["properties"]["series"].is_object());
}

#[test]
fn exit_codes_of_wrong_use() {
    let input = text(fixture("coronary"));
    let check = |arguments: &[&str], words: &str| {
        let said = run(&[&["score", &input], arguments].concat());
        assert_eq!(said.code, 2, "{arguments:?}: {said:?}");
        assert!(said.stderr.contains(words) && said.stdout.is_empty(), "{arguments:?}: {}", said.stderr);
    };
    check(&["--region", "everything", "--protocol", "nonesuch"], "nonesuch");
    check(&["--region", "everything", "--allow", "missing_slice"], "missing_slice");
    check(&["--region", "everything", "--allow", "no_such_code"], "no_such_code");
    check(&["--region", "everything", "--mass-factor", "700"], "--mass-factor");
    check(&["--region", "everything", "--threads", "0"], "--threads");
    check(&["--region", "somewhere"], "somewhere");
    check(&["--labels", "x.json", "--region", "everything"], "--labels");
    let nii = text(fixture("coronary/labels.nii.gz"));
    check(&["--labels", &nii, "--label-scheme", "nonesuch"], "nonesuch");
    assert_eq!(run::<&str>(&["protocols", "show", "nonesuch"]).code, 2);
    assert_eq!(run::<&str>(&["phantom", "write", "nonesuch", "-o", "x"]).code, 2);
}

#[test]
fn nothing_is_overwritten_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(folder.path().join("result.json"));
    let input = text(fixture("coronary"));
    let arguments = ["score", &input, "--region", "everything", "--format", "json", "-o", &out];
    assert_eq!(run(&arguments).code, 0);
    let first = fs::read_to_string(&out).unwrap();
    assert!(first.contains("\"status\": \"scored\""));
    let again = run(&arguments);
    assert_eq!(again.code, 6, "{again:?}");
    assert!(again.stderr.contains("--overwrite"));
    assert_eq!(run(&[&arguments[..], &["--overwrite"]].concat()).code, 0);
    assert_eq!(fs::read_to_string(&out).unwrap(), first);
}

/// Without labels the anatomy is asked, and where there is no chest there is no score and no silent "everything".
#[test]
fn nobody_assigns() {
    let said = run(&["score", &text(fixture("coronary")), "--format", "json"]);
    assert_eq!(said.code, 3);
    assert_eq!(said.json()["refusal"]["code"], "no_lungs");
    let required = run(&["score", &text(fixture("coronary")), "--require", "labels", "--format", "json"]);
    assert_eq!((required.code, &required.json()["refusal"]["code"]), (3, &"assignment_level".into()));
    // No one can allow what leaves nothing to go on.
    let allowed = run(&["score", &text(fixture("coronary")), "--allow", "no_lungs"]);
    assert_eq!(allowed.code, 2, "{}", allowed.stdout);
    assert!(allowed.stderr.contains("give labels"), "{}", allowed.stderr);
    assert!(
        said.stderr.contains("--labels") && said.stderr.contains("--region everything"),
        "{}",
        said.stderr
    );
}

/// An artery that the source does not separate is null, never 0.
#[test]
fn arteries_that_are_not_told_apart() {
    let (folder, input, _) = series(&plaque(450.0), &Header::named("not-separated"));
    let regions = folder.path().join("lad.json");
    fs::write(&regions, r#"{"regions": [{"name": "LAD", "box_px": {"column": [5, 20], "row": [5, 20]}}]}"#)
        .unwrap();
    let result = run(&["score", &input, "--labels", &text(&regions), "--format", "json"]).json();
    assert_eq!(number(&result, "/total/agatston"), 16.0);
    assert!(result["total"]["category"].is_null(), "the total is only part of the coronary tree");
    assert!(codes(&result).contains(&"arteries_not_named".to_owned()));
    let lcx = &result["arteries"][2];
    assert_eq!((lcx["artery"].as_str(), lcx["separated"].as_bool()), (Some("LCX"), Some(false)));
    assert!(lcx["agatston"].is_null() && lcx["lesions"].is_null());
}

/// 100 kV: flagged without a category; scaled by 147 / 130 with one; refused on request.
#[test]
fn another_tube_voltage() {
    let header = Header { kvp: 100.0, ..Header::named("kv") };
    let (_folder, input, regions) = series(&plaque(210.0), &header);
    let score =
        |mode: &str| run(&["score", &input, "--labels", &regions, "--format", "json", "--kvp-mode", mode]);
    let plain = score("as-120").json();
    assert_eq!(number(&plain, "/total/agatston"), 8.0, "210 HU weighs 2 with the bounds of 120 kV");
    assert!(plain["total"]["category"].is_null() && codes(&plain).contains(&"nonstandard_kvp".to_owned()));
    let scaled = score("scale").json();
    assert_eq!(number(&scaled, "/total/agatston"), 4.0, "the bound of weight 2 is 226.2 HU");
    assert_eq!(scaled["total"]["category"], "(0,100)");
    assert!(codes(&scaled).contains(&"kvp_scaled".to_owned()));
    let refused = score("refuse");
    assert_eq!((refused.code, refused.json()["refusal"]["code"].as_str()), (3, Some("nonstandard_kvp")));
}

#[test]
fn a_scan_with_contrast_is_refused_and_may_be_allowed() {
    let volume = plaque(450.0);
    let mut slices = dicom::slice_objects(&volume, &Header::named("contrast"));
    for slice in &mut slices {
        slice.put_str(tags::CONTRAST_BOLUS_AGENT, dicom_core::VR::LO, "IOHEXOL");
    }
    let folder = tempfile::tempdir().unwrap();
    dicom::write_objects(folder.path(), &slices).unwrap();
    let regions = folder.path().join("arteries.json");
    fs::write(&regions, ARTERIES).unwrap();
    let (input, regions) = (text(folder.path()), text(&regions));
    let refused = run(&["score", &input, "--labels", &regions, "--format", "json"]);
    assert_eq!((refused.code, refused.json()["refusal"]["code"].as_str()), (3, Some("contrast_agent")));
    let allowed =
        run(&["score", &input, "--labels", &regions, "--format", "json", "--allow", "contrast_agent"]);
    assert_eq!(allowed.code, 0, "{allowed:?}");
    let result = allowed.json();
    let finding =
        result["findings"].as_array().unwrap().iter().find(|f| f["code"] == "contrast_agent").cloned();
    assert_eq!(finding.unwrap()["severity"], "warning", "an allowed refusal stays in the result");
    assert_eq!(result["options"]["allow"][0], "contrast_agent");
}

/// Two series in one folder: refused with a list, chosen by UID, by `auto`, or all of them.
#[test]
fn several_series() {
    let folder = tempfile::tempdir().unwrap();
    let thick = Header::named("several/three");
    let thin = Header { slice_thickness_mm: 1.5, ..Header::named("several/one-and-a-half") };
    dicom::write_series(&folder.path().join("a"), &plaque(450.0), &thick).unwrap();
    let mut half = plaque(250.0);
    half.spacing_mm[0] = 1.5;
    dicom::write_series(&folder.path().join("b"), &half, &thin).unwrap();
    let input = text(folder.path());
    let score = |choice: &[&str]| {
        run(&[&["score", &input, "--region", "everything", "--format", "json"], choice].concat())
    };
    let none = score(&[]);
    assert_eq!((none.code, none.json()["refusal"]["code"].as_str()), (3, Some("mixed_series")));
    let seen = none.json()["findings"][0]["seen"].as_str().unwrap().to_owned();
    let (first, second) = (seen.find(&thick.series_uid()), seen.find(&thin.series_uid()));
    assert!(first.is_some() && first < second, "the better one first: {seen}");
    let auto = score(&["--series", "auto"]).json();
    assert_eq!(auto["series"]["series_uid"], *thick.series_uid());
    assert!(codes(&auto).contains(&"other_series".to_owned()));
    let by_uid = score(&["--series", &thin.series_uid()]).json();
    assert_eq!(number(&by_uid, "/total/agatston"), 4.0, "4 mm2 x 2 x 1.5 / 3");
    let all = score(&["--series", "all"]);
    let lines: Vec<Value> = all.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), 2, "JSON Lines");
    assert_eq!(score(&["--series", "1.2.3"]).json()["refusal"]["code"], "series_not_found");
}

/// A multi-frame object scores like the slices it holds.
#[test]
fn multi_frame_objects() {
    for class in [multiframe::MultiFrame::Enhanced, multiframe::MultiFrame::LegacyConverted] {
        let object = multiframe::multiframe_object(&plaque(450.0), &Header::named("frames"), class);
        let folder = tempfile::tempdir().unwrap();
        dicom::write_objects(folder.path(), &[object]).unwrap();
        let said = run(&[
            "score",
            &text(folder.path()),
            "--region",
            "everything",
            "--format",
            "json",
            "--detail",
            "foci",
        ]);
        assert_eq!(said.code, 0, "{class:?}: {said:?}");
        let result = said.json();
        assert_eq!(number(&result, "/total/agatston"), 16.0, "{class:?}");
        assert_eq!((number(&result, "/series/slices"), number(&result, "/files/used")), (24.0, 1.0));
        assert_eq!(number(&result["slices"][12], "/frame"), 13.0, "slice 12 is frame 13");
    }
}

/// A step-and-shoot scan has an acquisition number for each table position: still one series.
#[test]
fn five_acquisition_numbers_are_one_series() {
    let mut slices = dicom::slice_objects(&plaque(450.0), &Header::named("steps"));
    for (i, slice) in slices.iter_mut().enumerate() {
        slice.put_str(tags::ACQUISITION_NUMBER, dicom_core::VR::IS, (i / 5 + 1).to_string());
        slice.put_str(tags::ACQUISITION_TIME, dicom_core::VR::TM, format!("1010{:02}", i / 5));
    }
    let folder = tempfile::tempdir().unwrap();
    dicom::write_objects(folder.path(), &slices).unwrap();
    let said = run(&["score", &text(folder.path()), "--region", "everything", "--format", "json"]);
    assert_eq!(number(&said.json(), "/total/agatston"), 16.0, "{said:?}");
    assert_eq!(number(&said.json(), "/series/slices"), 24.0);
}

/// A reformatted axial series is scored with a warning, like the golden phantom.
#[test]
fn an_axial_reformat_is_scored_with_a_warning() {
    let header = Header { image_type: "DERIVED\\PRIMARY\\MPR".into(), ..Header::named("mpr") };
    let (_folder, input, regions) = series(&plaque(450.0), &header);
    let said = run(&["score", &input, "--labels", &regions, "--format", "json"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.codes().contains(&"reformatted".to_owned()));
    let strict = run(&["score", &input, "--labels", &regions, "--format", "json", "--strict"]);
    assert_eq!(strict.code, 3, "{strict:?}");
}

#[test]
fn zip_and_list_inputs() {
    let (_folder, input, _) = series(&plaque(450.0), &Header::named("zip"));
    let folder = tempfile::tempdir().unwrap();
    let (archive, list) = (folder.path().join("series.zip"), folder.path().join("list.txt"));
    let mut zip = zip::ZipWriter::new(fs::File::create(&archive).unwrap());
    let mut paths = Vec::new();
    for (i, entry) in fs::read_dir(&input).unwrap().enumerate() {
        let path = entry.unwrap().path();
        let method =
            if i % 2 == 0 { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        zip.start_file(
            format!("deep/{i}"),
            zip::write::SimpleFileOptions::default().compression_method(method),
        )
        .unwrap();
        std::io::Write::write_all(&mut zip, &fs::read(&path).unwrap()).unwrap();
        paths.push(text(path));
    }
    zip.finish().unwrap();
    fs::write(&list, paths.join("\n")).unwrap();
    let plain = run(&["score", &input, "--region", "everything", "--format", "json"]);
    assert_eq!(number(&plain.json(), "/total/agatston"), 16.0);
    let zipped = run(&["score", &text(&archive), "--region", "everything", "--format", "json"]);
    assert_eq!(plain.stdout, zipped.stdout);
    let listed = run(&["score", "--files-from", &text(&list), "--region", "everything", "--format", "json"]);
    assert_eq!(plain.stdout, listed.stdout);
}

#[test]
fn inspect_tells_without_scoring() {
    let said = run(&["inspect", &text(fixture("coronary"))]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.contains("24 slices of 3 mm every 3 mm") && said.stdout.contains("scorable"),
        "{}",
        said.stdout
    );
    let json = run(&["inspect", &text(fixture("refused")), "--format", "json"]).json();
    let series = json["series"].as_array().unwrap();
    assert!(series.len() >= 12 && series.iter().any(|s| s["scorable"] == false));
}

/// What `show` prints can be given back as a file and means the same.
#[test]
fn shown_protocols_and_schemes_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let (protocol, scheme) = (folder.path().join("mesa.toml"), folder.path().join("mine.toml"));
    fs::write(&protocol, run::<&str>(&["protocols", "show", "mesa"]).stdout).unwrap();
    fs::write(&scheme, run::<&str>(&["schemes", "show", "agatston"]).stdout).unwrap();
    let (input, labels) = (text(fixture("coronary")), text(fixture("coronary/labels.nii.gz")));
    let score = |protocol: &str, scheme: &str| {
        let head = ["score", &input, "--labels", &labels, "--label-scheme", scheme, "--protocol", protocol];
        run(&[&head[..], &["--format", "json"]].concat()).json()
    };
    let (named, shown) = (score("mesa", "agatston"), score(&text(&protocol), &text(&scheme)));
    assert_eq!(named["protocol"]["hash"], shown["protocol"]["hash"]);
    assert_eq!(named["total"], shown["total"]);
    for list in ["protocols", "schemes", "phantom"] {
        assert_eq!(run(&[list, "list"]).code, 0, "{list}");
    }
    assert!(run::<&str>(&["completions", "bash"]).stdout.contains("agatston"));
}

/// Every command's help has an exit code table or an example, and none is wider than it must be.
#[test]
fn help_helps() {
    let help = run::<&str>(&["--help"]);
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Exit codes:") && help.stdout.contains("gives no advice"));
    for command in ["score", "compare", "inspect"] {
        assert!(run(&[command, "--help"]).stdout.contains("Examples:"), "{command}");
    }
}

/// Phantoms pass their own checks through the loader.
#[test]
fn phantoms_check_out() {
    let said = run::<&str>(&["phantom", "check"]);
    assert_eq!(said.code, 0, "{}", said.stdout);
    assert!(said.stdout.contains("all within tolerance") && !said.stdout.contains("MISS"));
    assert!(said.stdout.lines().all(|l| l.chars().count() <= 90), "the table fits a terminal");
}
