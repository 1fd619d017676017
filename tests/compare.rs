//! Two scans of phantoms with a known change between them, through the binary: verdicts, inputs, formats, exit codes.

use crate::support::{Said, cases, fixture, near, number, root, run, shared_data, text, write_series};
use agatston_phantom::{Header, Volume};
use ndarray::s;
use serde_json::Value;
use std::{fs, ops::Range};

/// Coronary regions that name all four arteries.
const ARTERIES: &str = r#"{"regions": [
  {"name": "LM", "box_px": {"column": [0, 3], "row": [0, 3]}},
  {"name": "LAD", "box_px": {"column": [5, 58], "row": [5, 58]}},
  {"name": "LCX", "box_px": {"column": [70, 110], "row": [10, 50]}},
  {"name": "RCA", "box_px": {"column": [70, 110], "row": [60, 100]}}]}"#;

/// A box of calcium: slices, rows, columns, HU.
type Plaque = (Range<usize>, Range<usize>, Range<usize>, f64);

/// A scan of a body with plaques, scored, and the folder that holds series, regions and result.
struct Scan {
    _folder: tempfile::TempDir,
    input: String,
    regions: String,
    result: String,
}

fn scan(name: &str, plaques: &[Plaque]) -> Scan {
    scan_as(&Header::named(name), plaques)
}

fn scan_as(header: &Header, plaques: &[Plaque]) -> Scan {
    let mut volume = Volume::filled([24, 128, 128], [3.0, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(s![.., 4..124, 4..124]).fill(40.0);
    for (slices, rows, columns, hu) in plaques.iter().cloned() {
        volume.hu.slice_mut(s![slices, rows, columns]).fill(hu);
    }
    let folder = write_series(&volume, header);
    let [regions, result] = ["arteries.json", "result.json"].map(|name| text(folder.path().join(name)));
    fs::write(&regions, ARTERIES).unwrap();
    let input = text(folder.path());
    let said = run(&["score", &input, "--labels", &regions, "--format", "json", "-o", &result]);
    assert_eq!(said.code, 0, "{said:?}");
    Scan { _folder: folder, input, regions, result }
}

/// The comparison of two results, and the other way round, whose differences must all have changed their sign.
fn compared(baseline: &Scan, followup: &Scan) -> Value {
    let json = |a: &Scan, b: &Scan| {
        let said = run(&["compare", &a.result, &b.result, "--format", "json", "--interval-days", "731"]);
        assert_eq!(said.code, 0, "{said:?}");
        said.json()
    };
    let (there, back) = (json(baseline, followup), json(followup, baseline));
    assert_eq!(differences(&there), differences(&back).into_iter().map(|d| -d).collect::<Vec<_>>());
    there
}

/// Every `difference` of the changes of every part.
fn differences(comparison: &Value) -> Vec<f64> {
    let parts = comparison["parts"].as_array().unwrap();
    let changes = parts.iter().flat_map(|p| p["changes"].as_object().unwrap().values());
    let all: Vec<f64> = changes.filter_map(|c| c["difference"].as_f64()).collect();
    assert!(all.len() > 30, "{all:?}");
    all
}

fn verdict(comparison: &Value) -> &str {
    comparison["verdict"].as_str().unwrap()
}

fn part<'a>(comparison: &'a Value, name: &str) -> &'a Value {
    comparison["parts"].as_array().unwrap().iter().find(|p| p["name"] == name).unwrap()
}

/// A box of 16 x 16 pixels in three slices: 64 mm2 each.
const PLAQUE: Plaque = (8..11, 20..36, 20..36, 350.0);

/// The same box at 150 and at 350 HU: 192 mm2 of weight 1, then of weight 3, and the same size.
#[test]
fn a_denser_plaque_is_no_larger_one() {
    let c = compared(&scan("soft", &[(8..11, 20..36, 20..36, 150.0)]), &scan("hard", &[PLAQUE]));
    assert_eq!(verdict(&c), "densification");
    let lad = part(&c, "LAD");
    assert_eq!(lad["verdict"]["verdict"], "densification");
    assert_eq!(number(lad, "/changes/agatston/difference"), 384.0);
    assert_eq!(number(lad, "/decomposition/by_density"), 384.0);
    assert_eq!(number(lad, "/changes/volume_half_maximum_mm3/difference"), 0.0);
    assert_eq!(part(&c, "RCA")["verdict"]["verdict"], "no_calcium");
}

/// 16 x 16 becomes 24 x 24: 192 mm2 become 432 mm2, all at weight 3.
#[test]
fn a_larger_plaque_is_growth() {
    let c = compared(&scan("small", &[PLAQUE]), &scan("large", &[(8..11, 16..40, 16..40, 350.0)]));
    assert_eq!(verdict(&c), "growth");
    let total = part(&c, "total");
    assert_eq!(number(total, "/changes/agatston/difference"), 720.0);
    assert!(near(number(total, "/decomposition/by_area"), 720.0, 1e-12));
    assert_eq!((number(total, "/by_lesion/existing"), number(total, "/by_lesion/new")), (720.0, 0.0));
    assert_eq!(c["lesion_counts"]["persistent"], 1);
}

/// A plaque in RCA that was not there; the patient lies 3 mm to the side.
#[test]
fn a_new_plaque_is_new_where_the_patient_lies_otherwise() {
    let other = (14..16, 30..38, 80..88, 350.0);
    let before = [PLAQUE, other.clone()];
    let moved = |(z, y, x, hu): &Plaque| (z.clone(), y.clone(), x.start + 6..x.end + 6, *hu);
    let after = [moved(&PLAQUE), moved(&other), (14..17, 70..86, 80..96, 350.0)];
    let c = compared(&scan("before", &before), &scan("after", &after));
    assert_eq!((verdict(&c), c["lesion_counts"]["new"].as_u64()), ("growth", Some(1)));
    assert_eq!(part(&c, "RCA")["verdict"]["verdict"], "incident");
    assert_eq!(part(&c, "LAD")["verdict"]["verdict"], "within_scan_rescan_noise");
    assert_eq!(number(&c, "/registration/translation_mm/0"), 3.0);
    assert_eq!(number(part(&c, "total"), "/by_lesion/new"), 576.0);
}

/// 24 x 24 becomes 16 x 16: a fall of 720 mm3 from 1296 mm3, over 1.5 times 124 mm3.
#[test]
fn a_fall_needs_a_reader_and_nothing_unknown() {
    let large = [(8..11, 16..40, 16..40, 350.0)];
    let (before, after) = (scan("large", &large), scan("small", &[PLAQUE]));
    let c = compared(&before, &after);
    assert_eq!(verdict(&c), "apparent_reversal");
    assert!(part(&c, "total")["verdict"]["sentence"].as_str().unwrap().contains("needs a reader"));
    // Without the maker's model nobody knows whether the scanner is the same.
    let unknown = scan_as(&Header { model: String::new(), ..Header::named("unknown") }, &[PLAQUE]);
    let c = compared(&before, &unknown);
    assert_eq!(verdict(&c), "changed_unclassified");
    assert_eq!(c["comparability"]["warnings"][0]["code"], "scanner_unknown");
}

/// Two plaques that became one, and a total that hides what two arteries did.
#[test]
fn merged_plaques_and_mixed_arteries() {
    let two = [(8..11, 20..30, 20..30, 350.0), (8..11, 20..30, 34..44, 350.0)];
    let c = compared(&scan("two", &two), &scan("one", &[(8..11, 20..30, 20..44, 350.0)]));
    assert_eq!(c["lesion_counts"]["merged"], 1);
    assert_eq!(c["lesions"][0]["baseline"].as_array().unwrap().len(), 2);
    let rca = |side: usize| (14..17, 70..70 + side, 80..80 + side, 350.0);
    let lad = |side: usize| (8..11, 20..20 + side, 20..20 + side, 350.0);
    let c = compared(&scan("a", &[lad(24), rca(16)]), &scan("b", &[lad(16), rca(24)]));
    assert_eq!(verdict(&c), "mixed");
    assert_eq!(part(&c, "LAD")["verdict"]["verdict"], "apparent_reversal");
    assert_eq!(part(&c, "RCA")["verdict"]["verdict"], "growth");
}

#[test]
fn another_voltage_is_not_comparable() {
    let other = scan_as(&Header { kvp: 100.0, ..Header::named("kv") }, &[PLAQUE]);
    let c = compared(&scan("plain", &[PLAQUE]), &other);
    assert_eq!(verdict(&c), "not_comparable");
    assert_eq!(c["comparability"]["reasons"][0]["code"], "kvp_differs");
    assert_eq!(c["comparability"]["reasons"][0]["followup"], "100 kV");
    assert!(c["parts"].as_array().unwrap().iter().all(|p| p["verdict"]["verdict"] == "not_comparable"));
    let everything = ["compare", &other.input, &other.input, "--region", "everything", "--format", "json"];
    let c = run(&everything).json();
    assert_eq!((verdict(&c), c["parts"].as_array().unwrap().len()), ("not_comparable", 1));
}

/// The same verdicts and numbers from results, from series, and from one of each.
#[test]
fn results_and_series_say_the_same() {
    let (before, after) = (scan("before", &[PLAQUE]), scan("after", &[(8..11, 16..40, 16..40, 350.0)]));
    let run_with = |arguments: &[&str]| {
        let said = run(&[arguments, &["--interval-days", "731", "--format", "json"]].concat());
        assert_eq!(said.code, 0, "{said:?}");
        said.json()
    };
    let results = run_with(&["compare", &before.result, &after.result]);
    let labels = ["--labels-baseline", &before.regions, "--labels-followup", &after.regions];
    let series = run_with(&[&["compare", &before.input, &after.input], &labels[..]].concat());
    let mixed = run_with(&["compare", &before.result, &after.input, "--labels-followup", &after.regions]);
    for other in [&series, &mixed] {
        for key in ["verdict", "parts", "lesions", "registration", "published", "comparability"] {
            assert_eq!(results[key], other[key], "{key}");
        }
    }
    assert!(near(number(&results, "/interval/years"), 731.0 / 365.25, 1e-12));
    // Totals alone have verdicts too, but no lesions.
    let totals = text(before._folder.path().join("totals.json"));
    let score =
        ["score", &before.input, "--labels", &before.regions, "--detail", "totals", "--format", "json"];
    assert_eq!(run(&[&score[..], &["-o", &totals]].concat()).code, 0);
    let without = run_with(&["compare", &totals, &after.result]);
    assert_eq!(verdict(&without), "growth");
    assert!(without["lesion_counts"].is_null() && without["lesions"].as_array().unwrap().is_empty());
    assert!(without["findings"].as_array().unwrap().iter().any(|f| f["code"] == "lesions_not_listed"));
}

#[test]
fn formats_for_people_and_programs() {
    let (before, after) = (scan("before", &[PLAQUE]), scan("after", &[(8..11, 16..40, 16..40, 350.0)]));
    let said = |format: &str| {
        run(&[
            "compare",
            &before.result,
            &after.result,
            "--bmi",
            "27",
            "--format",
            format,
            "--interval-days",
            "365",
        ])
    };
    let table = said("table");
    assert!(table.stdout.lines().all(|l| l.chars().count() <= 80), "{}", table.stdout);
    for words in [
        "VERDICT: growth",
        "Limits of MESA",
        "CT shows no true",
        "For research. Not for clinical use.",
        "1 persistent",
    ] {
        assert!(table.stdout.contains(words), "no {words:?} in\n{}", table.stdout);
    }
    let csv = said("csv").stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 6, "a header, the total and four arteries: {csv}");
    assert!(lines.iter().all(|l| l.split(',').count() == lines[0].split(',').count()));
    assert!(lines[1].contains(",true,total,total,growth,576,1296,720,"), "{}", lines[1]);
    let (schema, json) = (run::<&str>(&["schema", "compare"]).json(), said("json").json());
    for key in json.as_object().unwrap().keys() {
        assert!(schema["properties"][key].is_object(), "{key} is not in the schema");
    }
    assert!(number(part(&json, "total"), "/mesa/agatston_limit") > 0.0);
    assert_eq!(said("json").stdout, said("json").stdout, "the same bytes");
}

fn check_code(said: &Said, code: i32, words: &str) {
    assert_eq!(said.code, code, "{said:?}");
    assert!(said.stderr.contains(words) || said.stdout.contains(words), "no {words:?}: {said:?}");
}

#[test]
fn exit_codes() {
    let scan = scan("one", &[PLAQUE]);
    let (result, coronary) = (scan.result.as_str(), text(fixture("coronary")));
    let with = |more: &[&str]| run(&[&["compare", result], more].concat());
    check_code(&with(&[result, "--protocol", "mesa"]), 2, "--protocol");
    check_code(&with(&[result, "--labels-followup", &scan.regions]), 2, "FOLLOWUP");
    check_code(&with(&[result, "--interval-days", "0"]), 2, "--interval-days");
    check_code(&with(&[result, "--bmi", "500"]), 2, "--bmi");
    check_code(&with(&[&scan.regions]), 3, "result_unreadable");
    check_code(&with(&[&coronary, "--series-followup", "all"]), 2, "FOLLOWUP");
    check_code(&with(&["no-such-file"]), 4, "no-such-file");
    check_code(&with(&[result, "-o", result]), 6, "--overwrite");
    check_code(&with(&[result, "-o", result, "--overwrite"]), 2, "cannot be its output");
    let refused = with(&[&coronary, "--format", "json"]);
    check_code(&refused, 3, "follow-up");
    assert_eq!(refused.json()["refusal"]["code"], "no_lungs");
    check_code(&with(&[&coronary]), 3, "NOT SCORED");
}

/// No kind has more pairs.
const ALL_OF_A_KIND: usize = 200;

/// Simulated pairs with known change, through the whole engine: all of them with `AGATSTON_FULL=1`, else the first eight of
/// each kind. The program itself holds the table against the truth: no reversal among unchanged pairs, at most 5 % of their
/// totals outside noise, every other verdict right, at least 95 % of lesions found again, sums that add up, and the
/// opposite the other way round.
#[test]
fn simulated_pairs_come_to_what_they_must() {
    let most = cases(8, ALL_OF_A_KIND);
    let said = run(&["phantom", "pairs", "--most", &most.to_string()]);
    assert_eq!(said.code, 0, "{}", said.stdout);
    let rows = said.stdout.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| kind"));
    assert_eq!(rows.count(), 9, "{}", said.stdout);
    if most == ALL_OF_A_KIND {
        let written = fs::read_to_string(root().join("docs/validation.md")).unwrap();
        for line in said.stdout.lines().filter(|line| line.starts_with("| ")) {
            assert!(written.contains(line), "docs/validation.md has not: {line}");
        }
    }
}

/// Inserts of the real QRM phantom, each called LAD in turn: of one size, the denser one is a densification and not growth.
/// From 3 mm at 400 to 3 mm at 800 mg/cm3 the score changes by less than the repeatability limit: no verdict but noise.
#[test]
fn denser_inserts_of_the_real_phantom_are_no_growth() {
    let Some(folder) = shared_data("qrm_canon_large_rep1") else { return };
    let regions: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("regions.json")).unwrap()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let result = |insert: &str| {
        let all = regions["regions"].as_array().unwrap();
        let mut one = all.iter().find(|r| r["name"] == insert).unwrap().clone();
        one["name"] = "LAD".into();
        let labels = place.path().join(format!("{insert}.regions.json"));
        fs::write(&labels, serde_json::json!({ "regions": [one] }).to_string()).unwrap();
        let out = place.path().join(format!("{insert}.json"));
        let said = run(&[
            "score",
            &text(&folder),
            "--labels",
            &text(&labels),
            "--format",
            "json",
            "-o",
            &text(&out),
            "--overwrite",
        ]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        text(&out)
    };
    for (size, less, more, expected) in [
        ("Large", "LD", "MD", "densification"),
        ("Large", "MD", "HD", "densification"),
        ("Large", "LD", "HD", "densification"),
        ("Medium", "LD", "MD", "densification"),
        ("Medium", "MD", "HD", "within_scan_rescan_noise"),
        ("Medium", "LD", "HD", "densification"),
    ] {
        let [a, b] = [less, more].map(|density| result(&format!("{size}_{density}")));
        let said = run(&["compare", &a, &b, "--format", "json"]);
        assert_eq!(said.json()["verdict"], expected, "{size} {less} {more}");
    }
}
