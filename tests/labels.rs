//! Label files of every format, written by other programs, and a reader's log: through the program.

use crate::support::{codes, fixture, run, text};
use serde_json::Value;
use std::{fs, path::PathBuf};

/// Scores of `fixtures/coronary` by hand (fixtures/README.md): LM, LAD, LCX, RCA.
const BY_HAND: [f64; 4] = [15.75, 93.375, 74.25, 78.75];

fn coronary() -> String {
    text(fixture("coronary"))
}

/// The scores of the four arteries; nothing where one is not separated.
fn arteries(result: &Value) -> [Option<f64>; 4] {
    let all = result["arteries"].as_array().expect("arteries");
    std::array::from_fn(|i| all[i]["agatston"].as_f64())
}

/// What a result says of calcium: everything but where the assignment came from.
fn calcium(result: &Value) -> Value {
    let mut lesions = result["lesions"].clone();
    for lesion in lesions.as_array_mut().expect("lesions") {
        lesion.as_object_mut().expect("a lesion").remove("assigned_by");
    }
    let keys = ["total", "arteries", "regions", "classes"].map(|key| result[key].clone());
    Value::Array(keys.into_iter().chain([lesions]).collect())
}

/// The arteries add up to the total, and lesions to their artery: in eighths of a square millimetre, exactly.
fn sums_hold(result: &Value, of: &str) {
    let agatston = |v: &Value| v["agatston"].as_f64();
    let all = result["arteries"].as_array().expect("arteries");
    let sum: f64 = all.iter().filter_map(agatston).sum();
    assert_eq!(Some(sum), agatston(&result["total"]), "{of}");
    for artery in all {
        let name = &artery["artery"];
        let lesions = result["lesions"].as_array().expect("lesions").iter();
        let sum: f64 = lesions.filter(|l| &l["artery"] == name).filter_map(agatston).sum();
        assert_eq!(sum, agatston(artery).unwrap_or(0.0), "{of}: {name}");
    }
}

/// What must come of each file is in `expected.json`, beside the program that wrote it.
#[test]
fn files_of_other_programs() {
    let expected = fs::read_to_string(fixture("labels/expected.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&expected).unwrap();
    assert!(expected.len() > 70);
    let series = coronary();
    let regions = run(&["score", &series, "--labels", &format!("{series}/regions.json"), "--format", "json"]);
    let regions = calcium(&regions.json());
    for entry in &expected {
        let file = entry["file"].as_str().unwrap();
        let labels = text(fixture("labels").join(file));
        let mut arguments = vec!["score", &series, "--format", "json", "--labels", &labels];
        arguments.extend(entry["scheme"].as_str().into_iter().flat_map(|scheme| ["--label-scheme", scheme]));
        let threshold = entry["fractional_threshold"].as_f64().map(|f| f.to_string());
        arguments.extend(threshold.iter().flat_map(|f| ["--fractional-threshold", f.as_str()]));
        let said = run(&arguments);
        let result = said.json();
        let has = |code: &Value| codes(&result).iter().any(|c| c == code);
        let told = || format!("{file}: {:?} {:#?}", result["refusal"], result["findings"]);
        match entry["outcome"].as_str().unwrap() {
            "same" => {
                assert_eq!(said.code, 0, "{}", told());
                assert_eq!(arteries(&result), BY_HAND.map(Some), "{}", told());
                assert_eq!(calcium(&result), regions, "{}", told());
                assert_eq!(result["assignment"]["lm_policy"], entry["lm"], "{file}");
            }
            "refused" => {
                assert_eq!(said.code, 3, "{}", told());
                assert_eq!(result["refusal"]["code"], entry["code"], "{}", told());
                assert!(result["refusal"]["message"].as_str().unwrap().starts_with(file), "{}", told());
            }
            "empty" => {
                assert_eq!(arteries(&result), [Some(0.0); 4], "{}", told());
                assert!(has(&entry["code"]), "{}", told());
            }
            "finding" => assert!(said.code == 0 && has(&entry["code"]), "{}", told()),
            other => panic!("{file}: outcome {other}"),
        }
        if said.code == 0 {
            sums_hold(&result, file);
        }
    }
}

/// A mask that is alone in its folder is its artery's, whatever its id means in a scheme, and what is missing is not 0.
#[test]
fn masks_are_called_after_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let input = text(folder.path());
    let score = || {
        run(&["score", &coronary(), "--labels", &input, "--label-scheme", "agatston", "--format", "json"])
            .json()
    };
    let copy = |name: &str| fs::copy(fixture("labels/masks").join(name), folder.path().join(name)).unwrap();
    copy("RCA.nii.gz");
    assert_eq!(arteries(&score()), [None, None, None, Some(BY_HAND[3])]);
    copy("LAD.nii.gz");
    let two = score();
    assert_eq!(arteries(&two), [None, Some(BY_HAND[1]), None, Some(BY_HAND[3])]);
    assert!(two["total"]["category"].is_null() && codes(&two).contains(&"arteries_not_named".to_owned()));
}

/// A folder to write logs into, and the seeds of the lesions of the coronary fixture by artery.
struct Logs {
    folder: tempfile::TempDir,
    lesions: Vec<(String, String)>,
}

impl Logs {
    fn new() -> Self {
        let series = coronary();
        let said =
            run(&["score", &series, "--labels", &format!("{series}/regions.json"), "--format", "json"]);
        let all = said.json()["lesions"].clone();
        let word = |lesion: &Value, key: &str| lesion[key].as_str().unwrap().to_owned();
        let lesions = all.as_array().unwrap().iter().map(|l| (word(l, "artery"), word(l, "id"))).collect();
        Self { folder: tempfile::tempdir().unwrap(), lesions }
    }

    /// The seed voxel of a lesion of an artery, as the keys of an edit.
    fn seed(&self, artery: &str, nth: usize) -> String {
        let (_, id) = self.lesions.iter().filter(|(a, _)| a == artery).nth(nth).unwrap();
        let [uid, frame, row, column] = id.split('/').collect::<Vec<_>>().try_into().unwrap();
        format!(r#""sop_instance_uid": "{uid}", "frame": {frame}, "row": {row}, "column": {column}"#)
    }

    fn write(&self, lines: &[String]) -> PathBuf {
        let path = self.folder.path().join("log.jsonl");
        fs::write(&path, lines.join("\n")).unwrap();
        path
    }

    fn score(&self, lines: &[String], more: &[&str]) -> Value {
        let (series, log) = (coronary(), text(self.write(lines)));
        let mut arguments = vec!["score", &series, "--edits", &log, "--format", "json"];
        arguments.extend(more);
        run(&arguments).json()
    }
}

fn edit(voxel: &str, artery: &str, reader: &str) -> String {
    let artery = if artery == "null" { artery.to_owned() } else { format!("{artery:?}") };
    format!(r#"{{{voxel}, "artery": {artery}, "reader": "{reader}", "time": "2026-01-31T09:30:00Z"}}"#)
}

/// Every lesion of the fixture named by a reader alone. To a reader the plaque that crosses from LM into LAD is one, of 16
/// pixels and weight 4: named LAD, that artery has 64 + 72 + 36 + 18 + 8 = 198 times 0.5625 mm2, and LM keeps its spotty
/// lesion, 4 times that.
#[test]
fn a_reader_alone_scores_what_calcium_is_there() {
    let logs = Logs::new();
    let number = |artery: &str| logs.lesions.iter().filter(|(a, _)| a == artery).count();
    let all = ["LM", "LAD", "LCX", "RCA"].into_iter().flat_map(|a| (0..number(a)).map(move |n| (a, n)));
    let lines: Vec<String> = all.map(|(a, n)| edit(&logs.seed(a, n), a, "R1")).collect();
    let result = logs.score(&lines, &[]);
    assert_eq!(arteries(&result), [2.25, 111.375, 74.25, 78.75].map(Some));
    let assignment = &result["assignment"];
    assert_eq!((&assignment["assigned_by"], &assignment["source"]), (&"reader".into(), &"edits".into()));
    // The line that called the crossing plaque LM does not stand.
    assert_eq!(assignment["edits"], lines.len() - 1);
    sums_hold(&result, "edits");
}

/// A log in which nothing stands makes nobody's labels a reader's, and a phantom no heart.
#[test]
fn a_log_without_decisions_decides_nothing() {
    let logs = Logs::new();
    let regions = format!("{}/regions.json", coronary());
    let spotty = logs.seed("LCX", 0);
    let taken_back = [edit(&spotty, "RCA", "R1"), edit(&spotty, "null", "R1")];
    for lines in [&[][..], &taken_back] {
        let result = logs.score(lines, &["--labels", &regions]);
        assert_eq!(arteries(&result), BY_HAND.map(Some));
        assert_eq!(result["assignment"]["assigned_by"], "labels");
        let refused = logs.score(lines, &["--labels", &regions, "--require", "reader"]);
        assert_eq!(refused["refusal"]["code"], "assignment_level");
    }
    let alone = logs.score(&[], &[]);
    assert_eq!(arteries(&alone), [Some(0.0); 4]);
    assert!(codes(&alone).contains(&"edits_empty".to_owned()));
    let boxes = logs.folder.path().join("boxes.json");
    let text_of_boxes = r#"{"regions": [{"name": "insert", "box_px": {"column": [0, 95], "row": [0, 95]}}]}"#;
    fs::write(&boxes, text_of_boxes).unwrap();
    let phantom = logs.score(&[], &["--labels", &text(&boxes)]);
    assert_eq!(
        (&phantom["total"]["scope"], &phantom["total"]["agatston"]),
        (&"regions".into(), &Value::Null)
    );
    let none = logs.score(&[edit(&spotty, "not_coronary", "R1")], &["--labels", &text(&boxes)]);
    assert_eq!(none["total"]["scope"], "regions");
    let named = logs.score(&[edit(&spotty, "LCX", "R1")], &["--labels", &text(&boxes)]);
    assert_eq!(arteries(&named), [0.0, 0.0, 6.75, 0.0].map(Some));
}

/// Two readers who say the same do not overrule each other; one who takes a lesion from another's focus does.
#[test]
fn readers_who_agree_are_not_told_apart() {
    let logs = Logs::new();
    let regions = format!("{}/regions.json", coronary());
    let overruled = |lines: &[String]| {
        codes(&logs.score(lines, &["--labels", &regions])).contains(&"edits_overruled".to_owned())
    };
    let plaque = logs.seed("RCA", 1);
    assert!(!overruled(&[edit(&plaque, "LCX", "R1"), edit(&plaque, "LCX", "R2")]));
    assert!(overruled(&[edit(&plaque, "LCX", "R1"), edit(&plaque, "LAD", "R2")]));
    let focus = edit(&plaque, "LCX", "R1").replace("\"artery\"", "\"extent\": \"focus\", \"artery\"");
    assert!(overruled(&[focus.clone(), edit(&plaque, "LAD", "R2")]));
    assert!(!overruled(&[edit(&plaque, "LAD", "R1"), focus]));
}

/// By hand: the spotty lesion of LCX (6 pixels of 0.5625 mm2 at 299 HU, weight 2) is 6.75; moved to RCA, then taken back.
#[test]
fn the_last_decision_stands_and_can_be_taken_back() {
    let logs = Logs::new();
    let labels = ["--labels", &format!("{}/regions.json", coronary())].map(str::to_owned);
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let spotty = logs.seed("LCX", 0);
    let to = |artery: &str, reader: &str| edit(&spotty, artery, reader);
    let moved = logs.score(&[to("LAD", "R1"), to("RCA", "R2")], &labels);
    assert_eq!(arteries(&moved), [Some(15.75), Some(93.375), Some(67.5), Some(85.5)]);
    assert_eq!(moved["assignment"]["edits"], 1);
    assert!(codes(&moved).contains(&"edits_overruled".to_owned()));
    let by: Vec<&str> =
        moved["lesions"].as_array().unwrap().iter().map(|l| l["assigned_by"].as_str().unwrap()).collect();
    assert_eq!(by.iter().filter(|by| **by == "reader").count(), 1, "{by:?}");
    sums_hold(&moved, "moved");
    let out = logs.score(&[to("not_coronary", "R1")], &labels);
    assert_eq!(arteries(&out), [Some(15.75), Some(93.375), Some(67.5), Some(78.75)]);
    let back = logs.score(&[to("RCA", "R1"), to("null", "R1")], &labels);
    assert_eq!(arteries(&back), BY_HAND.map(Some));
    assert_eq!(back["assignment"]["edits"], 0);
    let empty = logs.score(&[], &labels);
    assert_eq!(arteries(&empty), BY_HAND.map(Some));
}

/// Replayed with any number of threads, from files in any order: the same bytes. Over any source of the same labels, and
/// with every line twice: the same calcium.
#[test]
fn a_replayed_log_gives_the_same_bytes() {
    let logs = Logs::new();
    let lines = [edit(&logs.seed("LCX", 0), "RCA", "R1"), edit(&logs.seed("LAD", 0), "not_coronary", "R1")];
    let log = text(logs.write(&lines));
    let series = coronary();
    let regions = format!("{series}/regions.json");
    let score = |threads: &str| {
        let said = run(&[
            "score",
            &series,
            "--labels",
            &regions,
            "--edits",
            &log,
            "--format",
            "json",
            "--threads",
            threads,
        ]);
        assert_eq!(said.code, 0, "{said:?}");
        said.stdout
    };
    let first = score("1");
    for threads in ["1", "2", "8"] {
        assert_eq!(score(threads), first, "{threads}");
    }
    let shuffled = tempfile::tempdir().unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(&series).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "dcm"));
    files.sort();
    for (number, file) in files.iter().rev().enumerate() {
        fs::copy(file, shuffled.path().join(format!("{number:03}.dcm"))).unwrap();
    }
    let other =
        run(&["score", &text(shuffled.path()), "--labels", &regions, "--edits", &log, "--format", "json"]);
    let same = calcium(&serde_json::from_str(&first).unwrap());
    assert_eq!(calcium(&other.json()), same, "files in another order");
    for (labels, scheme) in [("seg_binary.dcm", None), ("nifti_ras.nii.gz", Some("agatston"))] {
        let labels = text(fixture("labels").join(labels));
        let mut arguments = vec!["score", &series, "--labels", &labels, "--edits", &log, "--format", "json"];
        arguments.extend(scheme.into_iter().flat_map(|scheme| ["--label-scheme", scheme]));
        assert_eq!(calcium(&run(&arguments).json()), same, "{labels}");
    }
    let twice: Vec<String> = lines.iter().chain(&lines).cloned().collect();
    let again = text(logs.write(&twice));
    let said = run(&["score", &series, "--labels", &regions, "--edits", &again, "--format", "json"]);
    assert_eq!(said.stdout, first, "a log that says everything twice");
}

/// Where labels say only "coronary", no artery has a score until a reader has named every lesion.
#[test]
fn a_reader_names_what_labels_leave_open() {
    let logs = Logs::new();
    let binary = text(fixture("coronary/labels.nii.gz"));
    let scheme = logs.folder.path().join("one.toml");
    let label = |id: u8| format!(r#"{{ id = {id}, name = "calcium {id}", region = "coronary" }}"#);
    let all: Vec<String> = (1..=4).map(label).collect();
    fs::write(
        &scheme,
        format!("source = \"a test\"\nlm_policy = \"not_separated\"\nlabel = [{}]", all.join(", ")),
    )
    .unwrap();
    let scheme = text(&scheme);
    let more = ["--labels", &binary, "--label-scheme", &scheme];
    // In such labels the plaque that crosses from LM into LAD is one lesion, and its first pixel is that of LM.
    let known: Vec<&(String, String)> = logs.lesions.iter().collect();
    let mut lines: Vec<String> = Vec::new();
    for artery in ["LM", "LAD", "LCX", "RCA"] {
        let count = known.iter().filter(|(a, _)| a == artery).count();
        lines.extend((0..count).map(|n| edit(&logs.seed(artery, n), artery, "R1")));
    }
    let some = logs.score(&lines[..1], &more);
    assert_eq!(arteries(&some), [None; 4]);
    // The crossing plaque is one focus: 16 pixels of weight 4 instead of 8 of 3 and 8 of 4, so 8 x 0.5625 more.
    assert_eq!(some["total"]["agatston"], 266.625);
    assert!(codes(&some).contains(&"labels_artery_undetermined".to_owned()), "{:?}", codes(&some));
    sums_hold(&some, "some");
    let every = logs.score(&lines, &more);
    // LM keeps its spotty lesion; the crossing plaque went to LAD with the later line.
    assert_eq!(arteries(&every), [2.25, 111.375, 74.25, 78.75].map(Some), "{:#?}", every["findings"]);
    sums_hold(&every, "every");
}

#[test]
fn a_log_that_does_not_fit_is_refused() {
    let logs = Logs::new();
    let voxel = logs.seed("LCX", 0);
    let refused =
        |lines: &[String]| logs.score(lines, &[])["refusal"]["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(refused(&["{".to_owned()]), "edits_invalid");
    assert_eq!(refused(&[edit(&voxel, "Left", "R1")]), "edits_invalid");
    let elsewhere = r#""sop_instance_uid": "1.2.3", "row": 1, "column": 1"#;
    assert_eq!(refused(&[edit(elsewhere, "LAD", "R1")]), "edits_other_series");
    let (uid, _) = voxel.split_once(", \"row\"").unwrap();
    assert_eq!(
        refused(&[edit(&format!("{uid}, \"row\": 0, \"column\": 0"), "LAD", "R1")]),
        "edits_no_candidate"
    );
    let said = run(&["score", &coronary(), "--edits", "/no/such/log.jsonl", "--format", "json"]);
    assert_eq!((said.code, &said.json()["refusal"]["code"]), (3, &"labels_missing".into()));
}

#[test]
fn an_assignment_can_be_required_of_a_reader() {
    let series = coronary();
    let regions = format!("{series}/regions.json");
    let coca = text(fixture("labels/coca_lowest_first.xml"));
    let code = |more: &[&str]| {
        let mut arguments = vec!["score", &series, "--format", "json"];
        arguments.extend(more);
        let said = run(&arguments);
        (said.code, said.json()["refusal"]["code"].as_str().unwrap_or_default().to_owned())
    };
    let refused = (3, "assignment_level".to_owned());
    assert_eq!(code(&["--labels", &regions, "--require", "reader"]), refused);
    assert_eq!(code(&["--region", "everything", "--require", "labels"]), refused);
    assert_eq!(code(&["--labels", &regions, "--require", "labels"]).0, 0);
    assert_eq!(code(&["--labels", &coca, "--require", "reader"]).0, 0);
}

/// Two series in one folder, a label file for one of them: that one scores, the other is refused, never 0.
#[test]
fn a_pattern_finds_the_labels_of_each_series() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["coronary", "staircase"] {
        for entry in fs::read_dir(fixture(name)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "dcm") {
                let own = format!("{name}-{}", path.file_name().unwrap().to_str().unwrap());
                fs::copy(&path, folder.path().join(own)).unwrap();
            }
        }
    }
    let said = run(&["score", &coronary(), "--region", "everything", "--format", "json"]);
    let uid = said.json()["series"]["series_uid"].as_str().unwrap().to_owned();
    fs::copy(fixture("coronary/regions.json"), folder.path().join(format!("{uid}.json"))).unwrap();
    let input = text(folder.path());
    let pattern = "{folder}/{series_uid}.json";
    let said = run(&["score", &input, "--series", "all", "--labels-pattern", pattern, "--format", "json"]);
    assert_eq!(said.code, 3, "{said:?}");
    let results: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(results.len(), 2);
    for result in &results {
        if result["series"]["series_uid"] == *uid {
            assert_eq!(arteries(result), BY_HAND.map(Some));
        } else {
            assert_eq!(result["refusal"]["code"], "labels_missing", "{:#?}", result["findings"]);
        }
    }
    let said = run(&["score", &input, "--labels-pattern", "{patient}.json"]);
    assert_eq!(said.code, 2, "{said:?}");
}
