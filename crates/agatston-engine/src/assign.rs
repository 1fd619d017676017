//! Whose decision it is which candidates are coronary: the one place that knows every source.

use crate::{code, outcome::region_name, request::refusal_of};
use agatston_core::{Artery, Assigned, Candidates, Finding, Protocol, Severity};
use agatston_labels::{Edited, Edits, LabelKind, Labelled, Labels, LmPolicy, Series, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

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

impl Scope {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coronary => "coronary",
            Self::Regions => "regions",
            Self::Everything => "everything",
        }
    }
}

/// Whose decision an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AssignedBy {
    /// Nobody's: every candidate counts.
    Everything,
    /// Nobody's either: rules about the anatomy in the image.
    Anatomy,
    /// A label map's or a regions file's.
    Labels,
    /// A reader's: contours that were drawn, or decisions lesion by lesion.
    Reader,
}

impl AssignedBy {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Everything => "everything",
            Self::Anatomy => "anatomy",
            Self::Labels => "labels",
            Self::Reader => "reader",
        }
    }

    fn of(kind: LabelKind) -> Self {
        if kind.is_of_a_reader() { Self::Reader } else { Self::Labels }
    }
}

/// An assignment and where it came from.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Pieces of runs with their regions.
    pub assigned: Assigned,
    /// What the total speaks of.
    pub scope: Scope,
    /// Whose decision it was; a reader's when some of it was.
    pub assigned_by: AssignedBy,
    /// Whose decision it was where no edit says otherwise.
    pub unless_edited: AssignedBy,
    /// Where edits decided.
    pub edited: Vec<Span>,
    /// How many edits stand in the end; nothing without a log.
    pub edits: Option<u64>,
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

impl Assignment {
    /// xxh3-128 over every piece, slice, row and columns, with the name of its region, and the regions that are told apart;
    /// `None` where everything counts.
    pub(crate) fn hash(&self, candidates: &Candidates) -> Option<String> {
        let mut hash = XxHash3_128::new();
        for piece in self.assigned.listed()? {
            let run = &candidates.slices[usize::from(piece.slice)].runs[piece.run as usize];
            [piece.slice, run.row, piece.start, piece.end].iter().for_each(|n| hash.write(&n.to_le_bytes()));
            hash.write(region_name(self, piece.region).as_bytes());
            hash.write(&[0]); // ends the text
        }
        let told_apart = self.separated.iter().chain([&self.unnamed]).map(|told| u8::from(*told));
        hash.write(&told_apart.collect::<Vec<_>>());
        self.assigned.names.iter().for_each(|name| hash.write(format!("{name}\0").as_bytes()));
        Some(format!("{:032x}", hash.finish_128()))
    }
}

/// Assigns the candidates by labels, and by what a reader decided over them; `protocol` says what is joined, for edits.
///
/// # Errors
///
/// The refusal of labels or edits that do not fit the series.
pub(crate) fn by_labels(
    series: Series<'_>,
    labels: &Labels,
    edits: Option<&Edits>,
    protocol: &Protocol,
) -> Result<Assignment, Box<Finding>> {
    let base = labels.assign(series).map_err(refusal)?;
    match edits {
        Some(edits) => edits.replay(series, Some(base), protocol).map(edited).map_err(refusal),
        None => Ok(labelled(base)),
    }
}

/// Assigns the candidates by what a reader decided, and by nothing else.
///
/// # Errors
///
/// The refusal of edits that do not fit the series.
pub(crate) fn by_edits(
    series: Series<'_>,
    edits: &Edits,
    protocol: &Protocol,
) -> Result<Assignment, Box<Finding>> {
    edits.replay(series, None, protocol).map(edited).map_err(refusal)
}

/// What the anatomy says of the candidates.
pub(crate) fn by_anatomy(assigned: Assigned) -> Assignment {
    Assignment {
        assigned,
        scope: Scope::Coronary,
        assigned_by: AssignedBy::Anatomy,
        unless_edited: AssignedBy::Anatomy,
        edited: Vec::new(),
        edits: None,
        source: "anatomy",
        scheme: None,
        lm_policy: LmPolicy::NotSeparated,
        separated: Artery::ALL.map(|artery| artery != Artery::Lm),
        unnamed: true,
        whole: true,
        findings: Vec::new(),
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

/// The refusal of an assignment that is less than what was asked for.
pub(crate) fn not_required(by: AssignedBy, least: AssignedBy) -> Finding {
    let message = "the assignment is not the decision of whom it was required to be";
    Finding::new(code::ASSIGNMENT_LEVEL, Severity::Refusal, message)
        .seen(format!("assigned by {}", by.as_str()))
        .expected(format!("--require {}", least.as_str()))
        .next_step("give --labels, or --edits of a reader, or leave out --require")
}

pub(crate) fn everything() -> Assignment {
    Assignment {
        assigned: Assigned::everything(),
        scope: Scope::Everything,
        assigned_by: AssignedBy::Everything,
        unless_edited: AssignedBy::Everything,
        edited: Vec::new(),
        edits: None,
        source: "everything",
        scheme: None,
        lm_policy: LmPolicy::NotSeparated,
        separated: [false; 4],
        unnamed: false,
        whole: true,
        findings: Vec::new(),
    }
}

fn edited(edited: Edited) -> Assignment {
    let Edited { labelled: base, decided, standing } = edited;
    let base = labelled(base);
    let assigned_by = if standing > 0 { AssignedBy::Reader } else { base.assigned_by };
    Assignment { assigned_by, edited: decided, edits: Some(standing), ..base }
}

fn labelled(labelled: Labelled) -> Assignment {
    let by = AssignedBy::of(labelled.source);
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
        assigned_by: by,
        unless_edited: by,
        edited: Vec::new(),
        edits: None,
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
