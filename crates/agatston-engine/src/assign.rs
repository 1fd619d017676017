//! Whose decision it is which candidates are coronary: the one place that knows every source.

use crate::{Assign, code, request::refusal_of};
use agatston_core::{Artery, Assigned, Candidates, Finding, Severity};
use agatston_labels::{Labelled, LmPolicy};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the total speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Coronary arteries.
    Coronary,
    /// Named regions; there is no total.
    Regions,
    /// Every candidate of the image.
    Everything,
}

/// Whose decision an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AssignedBy {
    /// A label map's or a regions file's.
    Labels,
    /// Nobody's: every candidate counts.
    Everything,
}

/// An assignment and where it came from.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Pieces of runs with their regions.
    pub assigned: Assigned,
    /// What the total speaks of.
    pub scope: Scope,
    /// Whose decision it was.
    pub assigned_by: AssignedBy,
    /// The kind of the source.
    pub source: &'static str,
    /// The label scheme, where one was used.
    pub scheme: Option<String>,
    /// What the source does with the left main.
    pub lm_policy: LmPolicy,
    /// Which arteries the source tells apart, in the order of [`Artery::ALL`].
    pub separated: [bool; 4],
    /// Whether the source holds what is coronary of no named artery.
    pub unnamed: bool,
    /// Whether the coronary total holds all coronary arteries, not only some that the source names.
    pub whole: bool,
    /// What was noticed.
    pub findings: Vec<Finding>,
}

/// Assigns the candidates as asked.
///
/// # Errors
///
/// The label source's refusal, or that nobody assigns ([`code::ASSIGNMENT_MISSING`]).
pub fn assign(candidates: &Candidates, how: &Assign) -> Result<Assignment, Box<Finding>> {
    match how {
        Assign::Nobody => Err(Box::new(nobody())),
        Assign::Everything => Ok(everything()),
        Assign::Unusable(finding) => Err(finding.clone()),
        Assign::Labels(labels) => labels.assign(candidates).map(labelled).map_err(refusal),
    }
}

/// The refusal of a label source that does not fit.
fn refusal(error: agatston_labels::Error) -> Box<Finding> {
    match error {
        agatston_labels::Error::Refused { file, finding } => refusal_of(&file, finding),
        // Labels are read by now; fitting them to a series reads nothing more.
        other => Box::new(Finding::new(
            agatston_labels::code::LABELS_INVALID,
            Severity::Refusal,
            other.to_string(),
        )),
    }
}

/// The refusal when nothing says which candidates are coronary: never a silent "everything".
pub(crate) fn nobody() -> Finding {
    Finding::new(
        code::ASSIGNMENT_MISSING,
        Severity::Refusal,
        "nothing says which candidates are coronary, and bone and valves pass the threshold first",
    )
    .expected("--labels FILE or --region everything")
    .next_step(
        "give --labels with a regions file (JSON or TOML) or a NIfTI label map (with --label-scheme), \
         or --region everything for a phantom: a total that is never called coronary",
    )
}

fn everything() -> Assignment {
    Assignment {
        assigned: Assigned::everything(),
        scope: Scope::Everything,
        assigned_by: AssignedBy::Everything,
        source: "everything",
        scheme: None,
        lm_policy: LmPolicy::NotSeparated,
        separated: [false; 4],
        unnamed: false,
        whole: true,
        findings: Vec::new(),
    }
}

fn labelled(labelled: Labelled) -> Assignment {
    let mut findings = labelled.findings;
    let missing = unnamed(&labelled.separated);
    // A source that tells no artery apart covers the coronary tree as one; another covers just what it names.
    let whole = missing.is_empty() || labelled.separated == [false; 4];
    if labelled.coronary && !whole {
        findings.push(not_named(&missing));
    }
    Assignment {
        assigned: labelled.assigned,
        scope: if labelled.coronary { Scope::Coronary } else { Scope::Regions },
        assigned_by: AssignedBy::Labels,
        source: labelled.source.as_str(),
        scheme: labelled.scheme,
        lm_policy: labelled.lm_policy,
        separated: labelled.separated,
        unnamed: labelled.unnamed || labelled.separated == [false; 4],
        whole,
        findings,
    }
}

/// Arteries other than LM that are not told apart; LM is often drawn as part of LAD.
fn unnamed(separated: &[bool; 4]) -> Vec<&'static str> {
    let arteries = Artery::ALL.iter().zip(separated);
    arteries.filter(|(a, named)| **a != Artery::Lm && !**named).map(|(a, _)| a.as_str()).collect()
}

fn not_named(missing: &[&str]) -> Finding {
    Finding::new(
        code::ARTERIES_NOT_NAMED,
        Severity::Warning,
        "the labels do not cover every artery: the total holds only those they cover, and has no category",
    )
    .expected("labels for LM, LAD, LCX and RCA")
    .seen(format!("none for {}", missing.join(", ")))
    .next_step("label the missing arteries, also where they hold no calcium")
}
