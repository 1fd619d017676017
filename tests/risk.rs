//! The risk layer through the program: options, table and header, what is withheld, and what is said of a person.

use crate::support::{Said, run, text};
use agatston_phantom::{Header, Volume, dicom};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use ndarray::s;
use serde_json::Value;
use std::{fs, path::PathBuf};

/// Coronary regions that name all four arteries; the plaque lies in LAD.
const ARTERIES: &str = r#"{"regions": [
  {"name": "LM", "box_px": {"column": [0, 3], "row": [0, 3]}},
  {"name": "LAD", "box_px": {"column": [5, 20], "row": [5, 20]}},
  {"name": "LCX", "box_px": {"column": [25, 31], "row": [0, 3]}},
  {"name": "RCA", "box_px": {"column": [0, 3], "row": [25, 31]}}]}"#;

/// Everything that can be given, but age and sex.
const REST: [&str; 18] = [
    "--race",
    "white",
    "--total-cholesterol",
    "200",
    "--hdl",
    "45",
    "--sbp",
    "130",
    "--bp-medication",
    "no",
    "--lipid-medication",
    "no",
    "--smoker",
    "no",
    "--diabetes",
    "no",
    "--family-history",
    "no",
];

/// A gated series of a person with one plaque in LAD that scores 16, and its regions file.
struct Scan {
    folder: tempfile::TempDir,
    input: String,
    regions: String,
    header: Header,
}

impl Scan {
    fn new(header: Header, age: &str, sex: &str) -> Self {
        Self::with(header, age, sex, 450.0)
    }

    fn with(header: Header, age: &str, sex: &str, hu: f64) -> Self {
        let mut volume = Volume::filled([24, 32, 32], [header.slice_thickness_mm, 0.5, 0.5], -1000.0);
        volume.hu.slice_mut(s![.., 4..28, 4..28]).fill(40.0);
        volume.hu.slice_mut(s![12, 10..14, 10..14]).fill(hu);
        let mut slices = dicom::slice_objects(&volume, &header);
        for slice in &mut slices {
            slice.put_str(tags::PATIENT_AGE, VR::AS, age);
            slice.put_str(tags::PATIENT_SEX, VR::CS, sex);
            slice.put_str(tags::CARDIAC_SYNCHRONIZATION_TECHNIQUE, VR::CS, "PROSPECTIVE");
        }
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("scan");
        fs::create_dir(&input).unwrap();
        dicom::write_objects(&input, &slices).unwrap();
        let scan = Self { input: text(&input), regions: String::new(), folder, header };
        let regions = text(scan.file("arteries.json", ARTERIES));
        Self { regions, ..scan }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn said(&self, more: &[&str]) -> Said {
        run(&[&["score", &self.input, "--labels", &self.regions], more].concat())
    }

    /// The whole result.
    fn result(&self, more: &[&str]) -> Value {
        let said = self.said(&[more, &["--format", "json"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        said.json()
    }

    /// The risk record.
    fn risk(&self, more: &[&str]) -> Value {
        self.result(more)["risk"].clone()
    }
}

fn woman_of_61() -> Scan {
    Scan::new(Header::named("risk/woman"), "061Y", "F")
}

#[test]
fn a_header_gives_age_and_sex_and_says_so() {
    let scan = woman_of_61();
    let risk = scan.risk(&["--race", "white"]);
    assert_eq!(risk["covariates"]["age_years"], serde_json::json!({"value": 61, "source": "header"}));
    assert_eq!(risk["covariates"]["sex"], serde_json::json!({"value": "f", "source": "header"}));
    assert_eq!(risk["covariates"]["race"]["source"], "option");
    assert!(risk["percentile"]["value"].is_u64() && risk["percentile"]["reason"].is_null(), "{risk}");
    assert_eq!(risk["cac_drs"]["grade"], "A1/N1");
    assert_eq!(risk["categories"]["rumberger"], "(10,100]");
    assert!(risk["chd_10_year_percent"]["with_cac"].is_null());
    // What no lookup used is not repeated.
    let alone = scan.risk(&[]);
    assert!(alone["covariates"].as_object().unwrap().values().all(Value::is_null), "{alone}");
    assert_eq!(alone["percentile"]["reason"], "missing: race");
    assert_eq!(alone["arterial_age_years"], 59.641, "39.1 + 7.25 ln 17");
}

/// The man of 60 of the shared facts, with options that beat the header: 16 is at percentile 43, by the row of the table.
#[test]
fn options_beat_the_header() {
    let scan = woman_of_61();
    let risk = scan.risk(&[&REST[..], &["--age", "60", "--sex", "m"]].concat());
    assert_eq!(risk["covariates"]["age_years"], serde_json::json!({"value": 60, "source": "option"}));
    assert_eq!(risk["percentile"]["value"], 43);
    assert_eq!(risk["percentile"]["probability_of_calcium_percent"], 68);
    assert!(risk["percentile"]["reference"].as_str().unwrap().contains("Circulation 2006"));
    assert!(risk["percentile"]["note"].as_str().unwrap().contains("protocol mesa"));
    assert_eq!(risk["missing"], serde_json::json!([]));
    let with = risk["chd_10_year_percent"]["with_cac"].as_f64().unwrap();
    assert!(4.442 < with && with < 8.008, "between a score of 10 and of 100: {with}");
}

#[test]
fn a_table_beats_the_header_and_is_beaten_by_options() {
    let scan = woman_of_61();
    let row = |uid: &str| format!("name,series_uid,age,race\nDoe,{uid},70,black\n");
    let own = text(scan.file("own.csv", &row(&scan.header.series_uid())));
    let result = scan.result(&["--covariates", &own]);
    let covariates = &result["risk"]["covariates"];
    assert_eq!(covariates["age_years"], serde_json::json!({"value": 70, "source": "csv"}));
    assert_eq!(
        (covariates["race"]["value"].as_str(), covariates["sex"]["source"].as_str()),
        (Some("black"), Some("header"))
    );
    assert!(result.to_string().contains("columns of the covariates file were left out: 1"));
    let options = scan.risk(&["--covariates", &own, "--race", "chinese"]);
    assert_eq!(options["covariates"]["race"], serde_json::json!({"value": "chinese", "source": "option"}));
    let study = format!("study-uid,race\n{},hispanic\n", scan.header.study_uid());
    let study = scan.risk(&["--covariates", &text(scan.file("study.csv", &study))]);
    assert_eq!(study["covariates"]["race"]["value"], "hispanic");
    let other = scan.result(&["--covariates", &text(scan.file("other.csv", &row("1.2.3")))]);
    assert!(crate::support::codes(&other).contains(&"covariates_not_found".to_owned()));
    assert!(other["risk"]["percentile"]["value"].is_null());
}

#[test]
fn a_table_that_is_none_is_wrong_use_and_its_cells_stay_in_it() {
    let scan = woman_of_61();
    for (content, words) in [
        ("series_uid,age,name\n1.2,61,Doe\n1.3,Roe,Doe\n", "line 3, column age: needs completed years"),
        ("name,age\nDoe,61\n", "neither a column series_uid nor study_uid"),
    ] {
        let said = scan.said(&["--covariates", &text(scan.file("wrong.csv", content))]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.stderr.contains(words) && !said.stderr.contains("oe"), "{}", said.stderr);
    }
    let gone = scan.said(&["--covariates", &text(scan.folder.path().join("gone.csv"))]);
    assert_eq!(gone.code, 4, "{gone:?}");
    let own = text(scan.file("own.csv", "series_uid\n"));
    let over = scan.said(&["--covariates", &own, "-o", &own, "--overwrite"]);
    assert!(over.code == 2 && over.stderr.contains("cannot be its output"), "{over:?}");
}

#[test]
fn values_out_of_range_name_their_option() {
    let scan = woman_of_61();
    for (option, value, needs) in [
        ("--age", "-3", "completed years"),
        ("--age", "60.5", "completed years"),
        ("--sex", "x", "f or m"),
        ("--race", "asian", "white, black"),
        ("--total-cholesterol", "5.2", "mg/dL"),
        ("--hdl", "1.1", "mg/dL"),
        ("--sbp", "13", "mmHg"),
        ("--bp-medication", "1", "yes or no"),
        ("--lipid-medication", "true", "yes or no"),
        ("--smoker", "former", "yes or no"),
        ("--diabetes", "", "yes or no"),
        ("--family-history", "unknown", "yes or no"),
        ("--history", "stents", "stent, bypass or device"),
        ("--history", "", "stent, bypass or device"),
    ] {
        let said = scan.said(&[option, value]);
        assert_eq!(said.code, 2, "{option} {value}: {said:?}");
        assert!(
            said.stderr.contains(&format!("{option}: ")) && said.stderr.contains(needs),
            "{}",
            said.stderr
        );
    }
}

/// Voltage, thickness in either direction, arteries left out, a stent and a bypass: the reason and no number.
#[test]
fn what_takes_the_ground_away_withholds() {
    let thick = |mm| Header { slice_thickness_mm: mm, ..Header::named(&format!("risk/{mm}")) };
    let kv = Header { kvp: 100.0, ..Header::named("risk/kv") };
    let given = [&REST[..], &["--age", "60", "--sex", "m"]].concat();
    let check = |scan: &Scan, more: &[&str], withheld: &[&str]| {
        let risk = scan.risk(&[&given[..], more].concat());
        assert_eq!(risk["withheld"], serde_json::json!(withheld), "{more:?}");
        let is_given = withheld.is_empty();
        for number in ["/percentile/value", "/chd_10_year_percent/with_cac", "/arterial_age_years"] {
            assert_eq!(risk.pointer(number).unwrap().is_null(), !is_given, "{more:?} {number}: {risk}");
        }
        risk
    };
    let scan = woman_of_61();
    check(&scan, &[], &[]);
    check(&scan, &["--history", "device"], &[]);
    check(&scan, &["--history", "stent,device"], &["declared_stent"]);
    check(&scan, &["--history", "bypass"], &["declared_bypass"]);
    check(&Scan::new(thick(5.0), "061Y", "F"), &[], &["nonstandard_thickness"]);
    check(&Scan::new(thick(1.5), "061Y", "F"), &[], &["nonstandard_thickness"]);
    let kv = Scan::new(kv, "061Y", "F");
    let flagged = check(&kv, &[], &["nonstandard_kvp"]);
    assert!(flagged["categories"]["five"].is_null() && flagged["cac_drs"]["grade"].is_null());
    let scaled = check(&kv, &["--kvp-mode", "scale"], &["nonstandard_kvp"]);
    assert_eq!(scaled["categories"]["five"], "(0,100)");
    let strict = scan.said(&["--history", "stent", "--strict", "--format", "json"]);
    assert!(strict.code == 3 && strict.codes().contains(&"declared_stent".to_owned()), "{strict:?}");
}

#[test]
fn only_a_coronary_total_has_a_risk() {
    let scan = woman_of_61();
    let said = run(&["score", &scan.input, "--region", "everything", "--race", "white", "--format", "json"]);
    assert!(said.code == 0 && said.json()["risk"].is_null(), "{said:?}");
    let refused = run(&["score", &scan.input, "--race", "white", "--format", "json"]);
    assert!(refused.code == 3 && refused.json()["risk"].is_null(), "{refused:?}");
}

/// A score of 0 has the probability of calcium and no percentile; without calcium the grade needs no arteries.
#[test]
fn a_score_of_0() {
    let scan = Scan::with(Header::named("risk/zero"), "061Y", "F", 40.0);
    let risk = scan.risk(&["--race", "white"]);
    assert_eq!(
        (risk["percentile"]["value"].is_null(), risk["cac_drs"]["grade"].as_str()),
        (true, Some("A0/N0"))
    );
    assert!(risk["percentile"]["probability_of_calcium_percent"].is_u64());
}

/// An age of over 89 of a header is in no output; nor is any age or sex that no number rests on.
#[test]
fn ages_stay_where_nothing_rests_on_them() {
    for (age, more) in [("093Y", &REST[..]), ("061Y", &[])] {
        let scan = Scan::new(Header::named("risk/age"), age, "M");
        let digits = &age[1..3];
        for format in ["json", "table", "csv"] {
            let said = scan.said(&[more, &["--format", format]].concat());
            assert_eq!(said.code, 0, "{said:?}");
            for shown in [format!("of {digits}"), format!("\"value\":{digits}"), age.to_owned()] {
                let plain = said.stdout.replace(": ", ":");
                assert!(!plain.contains(&shown), "{format} shows {shown}: {}", said.stdout);
            }
        }
    }
    // 000Y is how an age is taken out, and O no sex.
    let scan = Scan::new(Header::named("risk/none"), "000Y", "O");
    assert_eq!(scan.risk(&["--race", "white"])["percentile"]["reason"], "missing: age, sex");
}

#[test]
fn the_table_has_a_line_a_number_on_80_columns() {
    let scan = woman_of_61();
    let short = Scan::new(Header::named("risk/short"), "000Y", "O").said(&[]).stdout;
    assert!(short.contains("CAC-DRS           A1/N1") && !short.contains("arterial age"), "{short}");
    let full = scan.said(&[&REST[..], &["--history", "device"]].concat()).stdout;
    for words in ["percentile ", "10-year CHD risk", "arterial age", "MESA", "by the header", "no advice"] {
        assert!(full.contains(words), "no {words:?} in\n{full}");
    }
    let withheld = scan.said(&["--history", "stent"]).stdout;
    assert!(withheld.contains("none: withheld: declared_stent"), "{withheld}");
    for out in [short, full, withheld] {
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    }
}
