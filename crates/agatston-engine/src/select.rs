//! Which of several series to score: never a silent choice.

use crate::{
    Choice, KernelClass, Request, code, kernel_class,
    series::{Checked, check},
};
use agatston_core::{Finding, Severity};
use agatston_dicom::{Group, SeriesFacts, code as dicom_code};
use std::{cmp::Reverse, collections::BTreeMap};

/// What there is to score, and what must be said about the choice.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) series: Vec<Checked>,
    pub(crate) findings: Vec<Finding>,
}

/// Chooses among the groups of an input.
///
/// # Errors
///
/// The refusal when there is nothing, several, or not the one that was asked for.
pub(crate) fn select(
    groups: Vec<Group>,
    choice: &Choice,
    request: &Request,
) -> Result<Selection, Box<Finding>> {
    if groups.is_empty() {
        return Err(Box::new(nothing()));
    }
    let named = name_groups(groups);
    let mut findings = Vec::new();
    let (wanted, chosen): (Vec<(String, Group)>, bool) = match choice {
        Choice::Uid(uid) => {
            let all: Vec<String> = named.iter().map(|(name, g)| line(name, g.facts())).collect();
            let is_asked = |(name, g): &(String, Group)| name == uid || g.facts().series_uid == *uid;
            let (found, rest): (Vec<_>, Vec<_>) = named.into_iter().partition(is_asked);
            if found.is_empty() {
                return Err(Box::new(not_found(&all)));
            }
            let rest: Vec<String> = rest.iter().map(|(name, g)| line(name, g.facts())).collect();
            findings.extend((!rest.is_empty()).then(|| left_unchosen(&rest)));
            let exact = found.len() == 1;
            (found, exact)
        }
        Choice::Only => (named, false),
        Choice::Auto | Choice::All => (named, true),
    };
    let rules = request.rules(chosen);
    let checked: Vec<Candidate> =
        wanted.into_iter().map(|(name, g)| Candidate { name, checked: check(g, &rules) }).collect();
    if *choice == Choice::All || checked.len() == 1 {
        return Ok(Selection { series: checked.into_iter().map(|c| c.checked).collect(), findings });
    }
    one_of(checked, choice)
}

/// A checked series with the name by which it can be chosen.
struct Candidate {
    name: String,
    checked: Checked,
}

impl Candidate {
    fn facts(&self) -> &SeriesFacts {
        match &self.checked {
            Ok(series) => &series.facts,
            Err(refusal) => &refusal.facts,
        }
    }

    fn line(&self) -> String {
        line(&self.name, self.facts())
    }

    /// The line, and the first reason why it cannot be scored.
    fn line_with_reason(&self) -> String {
        let refusals = self.checked.as_ref().err().map(|r| r.findings.iter());
        let first = refusals.and_then(|mut all| all.find(|f| f.severity == Severity::Refusal));
        first.map_or_else(|| self.line(), |f| format!("{} ({})", self.line(), f.code.name()))
    }
}

/// Names each group: its SeriesInstanceUID, with `#1`, `#2`, ... where several stacks share one.
pub(crate) fn name_groups(groups: Vec<Group>) -> Vec<(String, Group)> {
    let mut of_uid: BTreeMap<String, usize> = BTreeMap::new();
    for group in &groups {
        *of_uid.entry(group.facts().series_uid.clone()).or_default() += 1;
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut name = |uid: &String| {
        let number = seen.entry(uid.clone()).or_default();
        *number += 1;
        let shared = of_uid.get(uid).is_some_and(|groups| *groups > 1);
        if shared { format!("{uid}#{number}") } else { uid.clone() }
    };
    groups.into_iter().map(|g| (name(&g.facts().series_uid.clone()), g)).collect()
}

/// The one scorable series of several, the best of them, or a refusal that lists them.
fn one_of(candidates: Vec<Candidate>, choice: &Choice) -> Result<Selection, Box<Finding>> {
    let (mut good, bad): (Vec<Candidate>, Vec<Candidate>) =
        candidates.into_iter().partition(|c| c.checked.is_ok());
    good.sort_by_key(|c| Reverse(rank(c)));
    match (good.len(), choice) {
        (0, _) => Err(Box::new(none_scorable(&bad))),
        (1, _) | (_, Choice::Auto) => {
            let mut rest = good.split_off(1);
            rest.extend(bad);
            let others = other_series(&good, &rest, choice);
            Ok(Selection { series: good.into_iter().map(|c| c.checked).collect(), findings: vec![others] })
        }
        _ => Err(Box::new(several(&good))),
    }
}

/// The facts that speak for a series, best first: all are read from its headers.
fn merits(f: &SeriesFacts) -> [(bool, &'static str); 8] {
    let within = |x: Option<f64>, low: f64, high: f64| x.is_some_and(|x| (low..=high).contains(&x));
    [
        (!f.contrast_agent, "no contrast"),
        (f.axial, "axial"),
        (within(f.slice_thickness_mm, 2.45, 3.05), "2.5-3 mm slices"),
        (within(f.coverage_mm, 90.0, 180.0), "covers 90-180 mm"),
        (within(f.kvp, 119.5, 120.5), "120 kV"),
        (
            matches!(kernel_class(f), Some(KernelClass::Smooth | KernelClass::Medium)),
            "medium or smooth kernel",
        ),
        (f.image_type.iter().any(|v| v == "CARDIAC_CASCORE"), "CARDIAC_CASCORE"),
        (f.gating == Some(true), "gated"),
    ]
}

/// Number of merits, then each merit by weight, number of slices, and the UID: a fixed order for any input order.
fn rank(c: &Candidate) -> (usize, [bool; 8], usize, Reverse<String>) {
    let merits = merits(c.facts()).map(|(has, _)| has);
    let count = merits.iter().filter(|has| **has).count();
    (count, merits, c.facts().planes, Reverse(c.name.clone()))
}

fn why(f: &SeriesFacts) -> String {
    let words: Vec<&str> = merits(f).into_iter().filter(|(has, _)| *has).map(|(_, word)| word).collect();
    if words.is_empty() { "nothing speaks for it".to_owned() } else { words.join(", ") }
}

/// A series on one line, for choosing.
fn line(name: &str, f: &SeriesFacts) -> String {
    let mm = |word: &str, x: Option<f64>| {
        x.map_or_else(String::new, |x| format!(" {word} {} mm", (x * 1000.0).round() / 1000.0))
    };
    let name = if name.is_empty() { "(no SeriesInstanceUID)" } else { name };
    let slices = if f.planes == 1 { "slice" } else { "slices" };
    format!("{name}: {} {slices}{}{}", f.planes, mm("of", f.slice_thickness_mm), mm("every", f.increment_mm))
}

fn nothing() -> Finding {
    Finding::new(code::NO_CT_SERIES, Severity::Refusal, "there is no CT series in the input")
        .expected("DICOM CT images (classic, enhanced or legacy converted)")
        .seen("none")
        .next_step("give the folder, file, zip or DICOMDIR that holds the CT slices")
}

fn not_found(all: &[String]) -> Finding {
    Finding::new(code::SERIES_NOT_FOUND, Severity::Refusal, "the series asked for is not in the input")
        .seen(all.join("; "))
        .next_step("give --series one of these UIDs")
}

fn several(good: &[Candidate]) -> Finding {
    let list: Vec<String> = good.iter().map(|c| format!("{} ({})", c.line(), why(c.facts()))).collect();
    Finding::new(
        dicom_code::MIXED_SERIES,
        Severity::Refusal,
        format!("{} series can be scored, and none was chosen", good.len()),
    )
    .expected("one series, or --series")
    .seen(list.join("; "))
    .next_step("give --series UID, --series auto for the first of this list, or --series all")
}

fn none_scorable(bad: &[Candidate]) -> Finding {
    let list: Vec<String> = bad.iter().map(Candidate::line_with_reason).collect();
    let mixed = |c: &Candidate| {
        c.checked.as_ref().is_err_and(|r| r.findings.iter().any(|f| f.code == dicom_code::MIXED_SERIES))
    };
    let (code, message) = if bad.iter().any(mixed) {
        let message =
            "one SeriesInstanceUID holds several stacks of slices that do not belong together".to_owned();
        (dicom_code::MIXED_SERIES, message)
    } else {
        let message = format!("none of the {} series in the input can be scored", bad.len());
        (code::NO_SCORABLE_SERIES, message)
    };
    Finding::new(code, Severity::Refusal, message)
        .seen(list.join("; "))
        .next_step("give --series with one of these names to see every reason, or to score it knowingly")
}

/// The series beside the one that was asked for.
fn left_unchosen(rest: &[String]) -> Finding {
    let message = format!("the input holds {} more series, which were not asked for", rest.len());
    Finding::info(code::OTHER_SERIES, message).seen(rest.join("; "))
}

fn other_series(chosen: &[Candidate], others: &[Candidate], choice: &Choice) -> Finding {
    let equal = others
        .iter()
        .filter(|c| c.checked.is_ok() && rank(c).1 == chosen.first().map_or([false; 8], |c| rank(c).1));
    let how = match (choice, equal.count()) {
        (Choice::Auto, 0) => "auto chose the best by its facts".to_owned(),
        (Choice::Auto, n) => {
            format!("auto found {n} more as good by their facts, and took the longest, or the first by UID")
        }
        _ => "it is the only scorable one".to_owned(),
    };
    let reasons: Vec<String> = chosen.iter().map(|c| why(c.facts())).collect();
    let list: Vec<String> = others.iter().map(Candidate::line_with_reason).collect();
    Finding::new(
        code::OTHER_SERIES,
        Severity::Warning,
        format!("one of {} series was scored: {how} ({})", others.len() + 1, reasons.join("; ")),
    )
    .seen(format!("not scored: {}", list.join("; ")))
    .next_step("give --series with one of these names to score it, or to see why it cannot be")
}
