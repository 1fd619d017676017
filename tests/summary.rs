//! `agatston summary`: the same from CSV and Parquet, counts known from the fixtures, and a refusal of what is no such table.

use crate::support::{Said, fixture, number, run, text};
use serde_json::Value;
use std::{fs, path::Path};

/// Writes a table of scores in both forms.
fn tables(folder: &Path, score: &[String]) -> [String; 2] {
    ["csv", "parquet"].map(|format| {
        let path = text(folder.join(format!("table.{format}")));
        let said = run(&[score, &["--format", format, "-o", &path].map(str::to_owned)].concat());
        assert!([0, 3].contains(&said.code), "{said:?}");
        path
    })
}

fn everything() -> Vec<String> {
    ["score", &text(fixture("")), "--series", "all", "--region", "everything"].map(str::to_owned).into()
}

fn coronary() -> Vec<String> {
    let folder = fixture("coronary");
    ["score", &text(&folder), "--labels", &text(folder.join("regions.json"))].map(str::to_owned).into()
}

fn summary(table: &str, more: &[&str]) -> Said {
    run(&[&["summary", table], more].concat())
}

fn json(table: &str) -> Value {
    let said = summary(table, &["--format", "json"]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:?}");
    said.json()
}

/// Every form of the summary is made of the same numbers, whichever form the table has.
#[test]
fn csv_and_parquet_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for score in [everything(), coronary()] {
        let [csv, parquet] = tables(folder.path(), &score);
        for format in ["table", "json"] {
            let of = |table: &str| summary(table, &["--format", format]).stdout;
            assert_eq!(of(&csv), of(&parquet), "{format}");
            assert_eq!(of(&csv), of(&csv), "{format}, once more");
        }
        let page = |table: &str, name: &str| {
            let path = folder.path().join(name);
            assert_eq!(summary(table, &["--report", &text(&path), "--overwrite"]).code, 0);
            fs::read(path).unwrap()
        };
        assert_eq!(page(&csv, "a.html"), page(&parquet, "b.html"));
        for table in [csv, parquet] {
            fs::remove_file(table).unwrap();
        }
    }
}

/// 27 series, of which the rows say how many are scored; the refusals add up, and the text is 80 columns wide.
#[test]
fn what_the_rows_say_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let [csv, _] = tables(folder.path(), &everything());
    let mut reader = csv::Reader::from_path(&csv).unwrap();
    let at = reader.headers().unwrap().iter().position(|name| name == "status").unwrap();
    let statuses: Vec<String> = reader.records().map(|row| row.unwrap()[at].to_owned()).collect();
    let of = |status: &str| statuses.iter().filter(|s| *s == status).count() as u64;
    let found = json(&csv);
    let series = &found["series"];
    assert_eq!(series["all"], statuses.len(), "everything has a row a series");
    for status in ["scored", "provisional", "refused"] {
        assert_eq!(series[status], of(status), "{status}");
    }
    assert!(of("scored") >= 2 && of("refused") > 10, "{series}");
    let refusals = series["refusals"].as_array().unwrap();
    let sum: u64 = refusals.iter().map(|r| r["series"].as_u64().unwrap()).sum();
    assert_eq!(sum, of("refused"));
    assert_eq!(found["groups"].as_array().unwrap().len(), 1);
    assert_eq!(found["groups"][0]["group"], "everything");
    assert_eq!(found["groups"][0]["categories"], Value::Array(Vec::new()));
    let text = summary(&csv, &[]).stdout;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("Noise of blood   not measured in any series."), "{text}");
}

/// 262.125 from the derivation beside the fixtures, in four arteries of 15.75, 93.375, 74.25 and 78.75.
#[test]
fn the_fixture_has_its_score_and_its_arteries() {
    let folder = tempfile::tempdir().unwrap();
    let [_, parquet] = tables(folder.path(), &coronary());
    let found = json(&parquet);
    assert_eq!(found["schema"], "agatston.summary/1");
    let group = &found["groups"][0];
    assert_eq!((&group["group"], &group["series"]), (&"scored".into(), &1.into()));
    for key in ["minimum", "median", "percentile_90", "maximum"] {
        assert_eq!(group["agatston"][key], 262.125, "{key}");
    }
    let medians: Vec<f64> = (0..4).map(|i| number(group, &format!("/arteries/{i}/median"))).collect();
    assert_eq!(medians, [15.75, 93.375, 74.25, 78.75]);
    let of = |name: &str, counts: &Value| {
        let all = counts.as_array().unwrap();
        all.iter().find(|c| c["category"] == name).map(|c| c["series"].as_u64().unwrap())
    };
    assert_eq!(of("[100,300)", &group["categories"]), Some(1));
    assert_eq!(of("(100,400]", &group["categories_rumberger"]), Some(1));
    assert_eq!(group["bounds"], Value::Null);
    let result = run(&[&coronary()[..], &["--format", "json"].map(str::to_owned)].concat()).json();
    let micro = result["classes"].as_array().unwrap().iter().find(|c| c["class"] == "micro").unwrap();
    let share = number(micro, "/agatston") / 262.125;
    assert_eq!(number(group, "/sizes/micro_share_pooled"), share);
    assert_eq!(group["sizes"]["micro_lesions"], micro["lesions"]);
}

/// No path, no UID and no clock: a summary of another file of the same rows is the same.
#[test]
fn nothing_of_the_machine_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let [csv, _] = tables(folder.path(), &coronary());
    let other = text(folder.path().join("renamed.parquet"));
    fs::copy(&csv, &other).unwrap();
    let page = folder.path().join("page.html");
    let said = summary(&other, &["--report", &text(&page)]);
    assert_eq!(said.stdout, summary(&csv, &[]).stdout, "told by what is in it, not by its name");
    let page = fs::read_to_string(page).unwrap();
    for text in [&said.stdout, &page, &summary(&other, &["--format", "json"]).stdout] {
        assert!(!text.contains("renamed") && !text.contains(&*folder.path().to_string_lossy()));
        assert!(!text.contains("2.25.") && !text.contains("1.2.826"), "{text}");
    }
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("<script"));
}

#[test]
fn what_is_no_table_of_scores_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let lesions = text(folder.path().join("lesions.parquet"));
    let more = ["--format", "parquet", "--rows", "lesions", "-o", &lesions].map(str::to_owned);
    assert_eq!(run(&[coronary(), more.into()].concat()).code, 0);
    let [csv, parquet] = tables(folder.path(), &coronary());
    let whole = fs::read(&parquet).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = text(folder.path().join(name));
        fs::write(&path, bytes).unwrap();
        path
    };
    let older = fs::read_to_string(&csv).unwrap().replacen("micro_lesions", "small_lesions", 1);
    let mut broken = whole.clone();
    let middle = whole.len() / 3;
    broken[4..middle].fill(0xff);
    for (path, says) in [
        (lesions, "scores.parquet"),
        (text(fixture("coronary/IM0001.dcm")), "neither Parquet nor CSV"),
        (file("empty.csv", b""), "neither Parquet nor CSV"),
        (file("half.parquet", &whole[..whole.len() / 2]), "damaged"),
        (file("start.parquet", b"PAR1"), "damaged"),
        (file("broken.parquet", &broken), "Parquet"),
        (file("older.csv", older.as_bytes()), "the column micro_lesions is missing"),
    ] {
        let said = summary(&path, &[]);
        assert_eq!((said.code, said.stdout.as_str()), (3, ""), "{path}: {said:?}");
        for part in [says, "table_unreadable", "agatston score --format parquet"] {
            assert!(said.stderr.contains(part), "{part}: {}", said.stderr);
        }
        assert!(!said.stderr.contains("panicked"), "{}", said.stderr);
        assert!(!said.stderr.contains(&*folder.path().to_string_lossy()), "{}", said.stderr);
    }
    assert_eq!(summary(&text(folder.path()), &[]).code, 2);
    assert_eq!(summary(&text(folder.path().join("none.csv")), &[]).code, 4);
}

#[test]
fn outputs_are_written_as_those_of_other_commands() {
    let folder = tempfile::tempdir().unwrap();
    let [csv, _] = tables(folder.path(), &coronary());
    let out = text(folder.path().join("out.txt"));
    let page = text(folder.path().join("page.html"));
    let write = |more: &[&str]| summary(&csv, &[&["-o", &out, "--report", &page], more].concat()).code;
    assert_eq!(write(&[]), 0);
    assert_eq!(fs::read_to_string(&out).unwrap(), summary(&csv, &[]).stdout);
    assert_eq!(write(&[]), 6);
    assert_eq!(write(&["--overwrite"]), 0);
    let before = fs::read(&csv).unwrap();
    assert_eq!(summary(&csv, &["-o", &csv, "--overwrite"]).code, 2, "it is what is read");
    assert_eq!(summary(&csv, &["--report", &csv, "--overwrite"]).code, 2);
    assert_eq!(fs::read(&csv).unwrap(), before);
    let schema = run(&["schema", "summary"]);
    assert_eq!(schema.code, 0);
    let keys = schema.json()["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys, json(&csv).as_object().unwrap().keys().cloned().collect::<Vec<_>>());
}
