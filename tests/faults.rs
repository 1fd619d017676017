//! The fault matrix: a good series, damaged in every way that the phantoms know, through the whole engine.
//!
//! The same score, a finding of the expected code, or a refusal of the expected code; never another score.

use agatston_engine::result::SeverityRecord;
use agatston_engine::{Assign, Choice, Request, ResultDocument, Source, Status, Unwatched, score_sources};
use agatston_phantom::damage::{Class, Damage, NamedFile, Outcome, damages, good_series};

/// Score of the good series: by hand 4 mm2 x (1 + 2 + 3 + 4), twice (see `agatston_phantom::damage`).
const GOOD: f64 = 80.0;

fn score(files: &[NamedFile], assign: Assign) -> ResultDocument {
    let sources = files.iter().map(|f| Source::bytes(&f.name, f.bytes.clone())).collect();
    let request = Request { assign, ..Request::default() };
    let mut results =
        score_sources(sources, &Choice::Only, &request, &Unwatched).expect("nothing outside fails");
    results.remove(0)
}

fn damaged(damage: &Damage) -> Vec<NamedFile> {
    let mut files = good_series(damage.name, 8, 32).expect("a good series");
    (damage.apply)(&mut files);
    files
}

fn has_code(result: &ResultDocument, damage: &Damage) -> bool {
    result.findings.iter().any(|f| damage.codes.contains(&f.code.as_str()))
}

fn agatston(result: &ResultDocument) -> f64 {
    result.total.as_ref().and_then(|t| t.measures.agatston).unwrap_or(f64::NAN)
}

#[test]
fn every_damage_has_its_outcome() {
    let mut wrong = Vec::new();
    for damage in damages() {
        let result = score(&damaged(&damage), Assign::Everything);
        let scored = result.status == Status::Scored;
        let same = scored && (agatston(&result) - GOOD).abs() < 1e-9;
        let right = match (damage.outcome, damage.class) {
            (Outcome::SameScore, _) => same,
            (Outcome::Finding, _) | (Outcome::Refused, Class::Coronary) => same && has_code(&result, &damage),
            (Outcome::Refused, Class::Geometry) => !scored && has_code(&result, &damage),
        };
        if !right {
            let codes: Vec<&str> = result.findings.iter().map(|f| f.code.as_str()).collect();
            wrong.push(format!("{}: {:?} {} {codes:?}", damage.name, result.status, agatston(&result)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Class C refuses where the score would be called coronary: here a regions file that names an artery.
#[test]
fn class_c_refuses_where_arteries_are_meant() {
    let lad = r#"{"regions": [{"name": "LAD", "box_px": {"column": [0, 31], "row": [0, 31]}}]}"#;
    let mut seen = 0;
    for damage in damages().iter().filter(|d| (d.outcome, d.class) == (Outcome::Refused, Class::Coronary)) {
        let result = score(&damaged(damage), Assign::from_regions_json(lad).expect("a regions file"));
        assert_eq!(result.status, Status::Refused, "{}", damage.name);
        let code = &result.refusal.as_ref().expect("a reason").code;
        assert!(damage.codes.contains(&code.as_str()), "{}: {code}", damage.name);
        seen += 1;
    }
    assert!(seen >= 2, "contrast agent and derived images at least");
}

/// A refusal names a next step or what was seen, so that a person can act on it.
#[test]
fn every_refusal_can_be_acted_on() {
    for damage in damages().iter().filter(|d| d.outcome == Outcome::Refused) {
        let result = score(&damaged(damage), Assign::Nobody);
        assert_eq!(result.status, Status::Refused, "{}", damage.name);
        for finding in result.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal) {
            assert!(finding.next_step.is_some() || finding.seen.is_some(), "{}: {finding:?}", damage.name);
        }
    }
}
