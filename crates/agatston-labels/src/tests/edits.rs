//! Reader edits on small series: how far a decision reaches, and that no line depends on another.

use super::*;
use crate::{Edited, Edits, Instance, Series};
use agatston_core::Protocol;

/// Slices are called s0, s1, ...
fn instances(count: usize) -> Vec<Instance> {
    (0..count).map(|i| Instance { sop_instance_uid: format!("s{i}"), frame: 1 }).collect()
}

/// Lines as `slice row column artery [extent]`.
fn replayed(candidates: &Candidates, base: Option<Labelled>, lines: &[&str]) -> Result<Edited, Error> {
    let line = |text: &&str| {
        let [slice, row, column, artery, extent] = {
            let words: Vec<&str> = text.split_whitespace().chain(["lesion"]).take(5).collect();
            <[&str; 5]>::try_from(words).unwrap()
        };
        let artery = if artery == "null" { artery.to_owned() } else { format!("{artery:?}") };
        format!(
            r#"{{"sop_instance_uid": "s{slice}", "row": {row}, "column": {column}, "artery": {artery},
               "extent": "{extent}", "reader": "R", "time": "2026-01-31T09:30:00Z"}}"#
        )
        .replace('\n', " ")
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    fs::write(&path, lines.iter().map(line).collect::<Vec<_>>().join("\n")).unwrap();
    let instances = instances(candidates.slices.len());
    let series = Series { instances: &instances, ..Series::from(candidates) };
    Edits::read(&path).unwrap().replay(series, base, &Protocol::STANDARD)
}

fn picture(candidates: &Candidates, base: Option<Labelled>, lines: &[&str]) -> Vec<String> {
    painted(&replayed(candidates, base, lines).unwrap().labelled, candidates)
}

#[test]
fn a_decision_reaches_as_far_as_calcium_is_joined() {
    // A plaque through both slices on the left, another on the right.
    let two = candidates(geometry(), &["##.# .... ....", "#..# .... ...."]);
    assert_eq!(picture(&two, None, &["0 0 1 LAD"]), ["AA.. .... ....", "A... .... ...."]);
    assert_eq!(picture(&two, None, &["0 0 1 LAD focus"]), ["AA.. .... ....", ".... .... ...."]);
    let lines = ["0 0 1 LAD", "1 0 0 RCA focus", "1 0 3 LCX"];
    assert_eq!(picture(&two, None, &lines), ["AA.X .... ....", "R..X .... ...."]);
}

#[test]
fn what_a_decision_is_about_does_not_depend_on_earlier_ones() {
    // Labels cut one plaque between LM and LAD: each part can be decided about, also when both were called LAD before.
    let row = candidates(geometry(), &["#### .... ...."]);
    let base = || {
        let labels = Map::drawn(&["1122 0000 0000"]).read("agatston").unwrap();
        Some(labels.assign(&row).unwrap())
    };
    assert_eq!(picture(&row, base(), &[]), ["MMAA .... ...."]);
    assert_eq!(picture(&row, base(), &["0 0 0 LAD"]), ["AAAA .... ...."]);
    assert_eq!(picture(&row, base(), &["0 0 0 LAD", "0 0 3 RCA"]), ["AARR .... ...."]);
    assert_eq!(picture(&row, base(), &["0 0 0 LAD", "0 0 1 null"]), ["MMAA .... ...."]);
    assert_eq!(picture(&row, base(), &["0 0 0 not_coronary"]), ["nnAA .... ...."]);
}

/// An artery that the labels merge into another is told when a reader takes it apart.
#[test]
fn a_new_artery_is_told() {
    let row = candidates(geometry(), &["#.## .... ...."]);
    let labels = Map::drawn(&["1011 0000 0000"]).read("orcascore").unwrap();
    let edited = replayed(&row, Some(labels.assign(&row).unwrap()), &["0 0 0 LM"]).unwrap();
    assert_eq!(codes(&edited.labelled), ["edits_new_artery"]);
    assert_eq!(edited.labelled.separated, [true; 4]);
    assert_eq!(edited.standing, 1);
}

#[test]
fn the_spans_of_decisions_are_told() {
    let two = candidates(geometry(), &["##.# .... ....", "#..# .... ...."]);
    let edited = replayed(&two, None, &["0 0 1 LAD"]).unwrap();
    let spans: Vec<_> = edited.decided.iter().map(|s| [s.slice, s.row, s.start, s.end]).collect();
    assert_eq!(spans, [[0, 0, 0, 2], [1, 0, 0, 1]]);
}

#[test]
fn slices_and_voxels_that_are_not_there_are_refused() {
    let one = candidates(geometry(), &["#... .... ...."]);
    let refused = |line: &str| replayed(&one, None, &[line]).unwrap_err().code().unwrap().name();
    assert_eq!(refused("7 0 0 LAD"), "edits_other_series");
    assert_eq!(refused("0 0 1 LAD"), "edits_no_candidate");
    assert_eq!(refused("0 60000 0 LAD"), "edits_no_candidate");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    /// Whatever was decided before: the last decisions about every lesion settle all.
    #[test]
    fn the_last_decisions_settle_all(
        earlier in proptest::collection::vec((0_usize..2, 0_usize..3, 0_usize..4), 0..20),
        filled in proptest::collection::vec(proptest::bool::weighted(0.5), 24),
    ) {
        let letter = |i: usize| if filled[i] { '#' } else { '.' };
        let slice = |z: usize| (0..3).map(|y| (0..4).map(|x| letter(12 * z + 4 * y + x)).collect::<String>())
            .collect::<Vec<_>>().join(" ");
        let texts = [slice(0), slice(1)];
        let all = candidates(geometry(), &[&texts[0], &texts[1]]);
        let is_candidate = |&(z, y, x): &(usize, usize, usize)| filled[12 * z + 4 * y + x];
        let words = ["LAD", "RCA", "not_coronary", "null"];
        let mut lines: Vec<String> = earlier.iter().filter(|v| is_candidate(v)).enumerate()
            .map(|(i, (z, y, x))| format!("{z} {y} {x} {}", words[i % 4])).collect();
        for i in (0..24).filter(|i| filled[*i]) {
            lines.push(format!("{} {} {} LCX", i / 12, i % 12 / 4, i % 4));
        }
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let expected: Vec<String> = texts.iter().map(|t| t.replace('#', "X")).collect();
        proptest::prop_assert_eq!(picture(&all, None, &lines), expected);
    }
}
