//! Replaying the log: what stands in the end, and which arteries have a score of their own then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use agatston_core::{Artery, Assigned, Finding, FocusId, Pieces, Protocol, Region, Segment, Severity, foci};

use super::{Edit, Edits, decisions::Decisions, joined::Joined};
use crate::{
    LabelKind, Labelled, LmPolicy, Series,
    code::{
        EDITS_EMPTY, EDITS_NEW_ARTERY, EDITS_NO_CANDIDATE, EDITS_OTHER_SERIES, EDITS_OVERRULED,
        EDITS_TIME_ORDER, LABELS_ARTERY_UNDETERMINED, LABELS_EMPTY, LABELS_TOUCH_NOTHING,
    },
    error::{Refusal, Trouble, refusal},
    labels::place,
};

/// An assignment after a reader's decisions.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// The assignment, and what is known of its source; without a label source the kind is [`LabelKind::Edits`].
    pub labelled: Labelled,
    /// Where a reader decided, in reading order.
    pub decided: Vec<Span>,
    /// How many decisions stand in the end.
    pub standing: u64,
}

/// Neighbouring voxels of a row, columns `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Index of the slice.
    pub slice: u16,
    /// Row.
    pub row: u16,
    /// First column.
    pub start: u16,
    /// Column after the last.
    pub end: u16,
}

pub(super) fn replay(
    log: &Edits,
    series: Series<'_>,
    base: Option<Labelled>,
    protocol: &Protocol,
) -> Result<Edited, Trouble> {
    let has_base = base.is_some();
    let base = base.unwrap_or_else(nobody);
    let joined = Joined::new(series.candidates, &base.assigned, protocol);
    let slices = Slices::of(series);
    let mut decisions = Decisions::default();
    for edit in &log.edits {
        let focus = joined.focus_at(slices.voxel(edit)?).ok_or_else(|| no_candidate(edit))?;
        decisions.take(edit, focus, &joined);
    }
    let mut standing: BTreeMap<FocusId, (Region, usize)> = BTreeMap::new();
    let mut overruled = 0;
    for focus in all_foci(&joined) {
        standing.extend(decisions.of(focus, &joined).map(|word| (focus, word)));
        overruled += u64::from(decisions.is_overruled(focus, &joined));
    }
    let findings = [
        (log.edits.is_empty() && !has_base).then(no_decision),
        (overruled > 0).then(|| overruled_by_others(overruled)),
        log.is_out_of_order.then(out_of_order),
    ];
    let mut edited = decided(&joined, &standing, &base, series, protocol);
    edited.labelled.findings.extend(findings.into_iter().flatten());
    Ok(edited)
}

/// Nobody assigned anything before the reader, who then speaks for all arteries.
fn nobody() -> Labelled {
    Labelled {
        assigned: Assigned { pieces: Pieces::Listed(Vec::new()), names: Vec::new() },
        source: LabelKind::Edits,
        scheme: None,
        lm_policy: LmPolicy::Separate,
        separated: [true; 4],
        unnamed: false,
        coronary: true,
        findings: Vec::new(),
    }
}

fn all_foci(joined: &Joined<'_>) -> impl Iterator<Item = FocusId> {
    let slices = (0..).zip(&joined.foci().slices);
    slices.flat_map(|(slice, foci)| (0..).zip(&foci.foci).map(move |(index, _)| FocusId { slice, index }))
}

/// The slices of a series by the names that files give them; nothing for a name that two slices have.
struct Slices<'a>(HashMap<(&'a str, u32), Option<u16>>);

impl<'a> Slices<'a> {
    fn of(series: Series<'a>) -> Self {
        let mut slices = HashMap::new();
        for (slice, instance) in (0..).zip(series.instances) {
            let name = (instance.sop_instance_uid.as_str(), instance.frame);
            slices.entry(name).and_modify(|known| *known = None).or_insert(Some(slice));
        }
        Self(slices)
    }

    /// The voxel of an edit: slice, row, column.
    fn voxel(&self, edit: &Edit) -> Result<[u16; 3], Refusal> {
        let seen = format!("SOPInstanceUID {}, frame {}", edit.sop_instance_uid, edit.frame);
        let line = edit.line;
        match self.0.get(&(edit.sop_instance_uid.as_str(), edit.frame)) {
            Some(Some(slice)) => Ok([*slice, edit.row, edit.column]),
            Some(None) => {
                let message = format!("line {line} of the log names a slice that the series has twice");
                let refused = refusal(EDITS_OTHER_SERIES, message).seen(seen);
                Err(refused.expected("a SOPInstanceUID of its own for each slice"))
            }
            None => {
                let message =
                    format!("line {line} of the log is about a slice that the series does not have");
                let refused = refusal(EDITS_OTHER_SERIES, message).seen(seen);
                Err(refused.expected("a slice of this series").next_step("take the log of this series"))
            }
        }
    }
}

/// The assignment in which the decisions that stand are followed. Where none does, it is that of the base.
fn decided(
    joined: &Joined<'_>,
    standing: &BTreeMap<FocusId, (Region, usize)>,
    base: &Labelled,
    series: Series<'_>,
    protocol: &Protocol,
) -> Edited {
    if standing.is_empty() {
        return Edited { labelled: base.clone(), decided: Vec::new(), standing: 0 };
    }
    let candidates = series.candidates;
    let mut assigned = Assigned::by_voxel(candidates, base.assigned.names.clone(), |slice, row, column| {
        let voxel = [u16::try_from(slice).ok()?, row, column];
        let decided = joined.focus_at(voxel).and_then(|id| standing.get(&id));
        decided.map_or_else(|| joined.region_before(voxel), |(region, _)| Some(*region))
    });
    let named: BTreeSet<Region> = standing.values().map(|(region, _)| *region).collect();
    // What is too small to count may stay without a name.
    let counts_unnamed = foci(candidates, &assigned, protocol).iter().any(|f| f.region == Region::Coronary);
    let (cover, new) = Covered::after(base, &named, counts_unnamed, &mut assigned);
    let is_decided = |slice: u16, s: &&Segment| standing.contains_key(&FocusId { slice, index: s.focus });
    let spans = (0..).zip(&joined.foci().slices).flat_map(|(slice, foci)| {
        let segments = foci.segments.iter().filter(move |s| is_decided(slice, s));
        segments.map(move |s| Span { slice, row: s.row(), start: s.start(), end: s.end() })
    });
    let decided = spans.collect();
    let lines: BTreeSet<usize> = standing.values().map(|(_, line)| *line).collect();
    let counts_something = named.iter().any(|region| *region != Region::NotCoronary);
    let still_holds = |f: &&Finding| match f.code {
        LABELS_ARTERY_UNDETERMINED => false, // said anew
        LABELS_EMPTY | LABELS_TOUCH_NOTHING => !counts_something,
        _ => true,
    };
    let kept = base.findings.iter().filter(still_holds).cloned();
    let findings = kept.chain(new).collect();
    let Covered { separated, unnamed, lm_policy, coronary } = cover;
    let labelled = Labelled { assigned, separated, unnamed, lm_policy, coronary, findings, ..base.clone() };
    Edited { labelled, decided, standing: lines.len() as u64 }
}

/// Which arteries have a score of their own after the decisions.
struct Covered {
    separated: [bool; 4],
    unnamed: bool,
    lm_policy: LmPolicy,
    coronary: bool,
}

impl Covered {
    /// Where some calcium stays coronary without an artery, no artery is complete, and all is called coronary.
    fn after(
        base: &Labelled,
        decided: &BTreeSet<Region>,
        counts_unnamed: bool,
        assigned: &mut Assigned,
    ) -> (Self, Vec<Finding>) {
        let is_unnamed = base.coronary && base.separated == [false; 4];
        let names_one = decided.iter().any(|region| matches!(region, Region::Artery(_)));
        let coronary = base.coronary || names_one || decided.contains(&Region::Coronary);
        if decided.contains(&Region::Coronary) || (is_unnamed && counts_unnamed) {
            if let Pieces::Listed(pieces) = &mut assigned.pieces {
                let in_artery = pieces.iter_mut().filter(|p| matches!(p.region, Region::Artery(_)));
                in_artery.for_each(|piece| piece.region = Region::Coronary);
            }
            let before = base.findings.iter().any(|f| f.code == LABELS_ARTERY_UNDETERMINED);
            let told = before || names_one || base.separated != [false; 4];
            let (separated, lm_policy) = ([false; 4], LmPolicy::NotSeparated);
            let cover = Self { separated, unnamed: true, lm_policy, coronary };
            return (cover, told.then(artery_undetermined).into_iter().collect());
        }
        if is_unnamed || (coronary && !base.coronary) {
            // The reader named every vessel that the labels left without a name, or all that is coronary.
            let (separated, lm_policy) = ([true; 4], LmPolicy::Separate);
            return (Self { separated, unnamed: false, lm_policy, coronary }, Vec::new());
        }
        let mut separated = base.separated;
        let mut new = Vec::new();
        for artery in Artery::ALL.into_iter().filter(|a| decided.contains(&Region::Artery(*a))) {
            if !std::mem::replace(&mut separated[place(artery)], true) {
                new.push(artery.as_str());
            }
        }
        let lm_policy = if separated[place(Artery::Lm)] { LmPolicy::Separate } else { base.lm_policy };
        let findings = (!new.is_empty()).then(|| new_artery(&new)).into_iter().collect();
        (Self { separated, unnamed: base.unnamed, lm_policy, coronary }, findings)
    }
}

fn no_candidate(edit: &Edit) -> Refusal {
    refusal(EDITS_NO_CANDIDATE, format!("line {} of the log is about a voxel that is no calcium", edit.line))
        .seen(format!("row {}, column {} of {}", edit.row, edit.column, edit.sop_instance_uid))
        .expected("a voxel at or over the threshold")
        .next_step("take the log of this series, and the protocol under which it was written")
}

fn no_decision() -> Finding {
    let message = "the log of edits holds no decision, and there are no labels: nothing is counted";
    Finding::new(EDITS_EMPTY, Severity::Warning, message)
        .next_step("check that the reading of this series is done")
}

fn overruled_by_others(foci: u64) -> Finding {
    let message = "readers decided differently about the same calcium; the last decision stands";
    Finding::new(EDITS_OVERRULED, Severity::Info, message).seen(format!("{foci} foci"))
}

fn out_of_order() -> Finding {
    let message = "the times in the log of edits go backwards; the order of the lines was followed";
    Finding::new(EDITS_TIME_ORDER, Severity::Warning, message)
        .expected("a log that is only appended to")
        .next_step("check that the log was not put together from parts")
}

fn new_artery(names: &[&str]) -> Finding {
    let message =
        "a reader named arteries that the labels do not separate: they hold only what the reader assigned";
    Finding::new(EDITS_NEW_ARTERY, Severity::Warning, message)
        .seen(names.join(", "))
        .next_step("decide about every lesion of these arteries, or read only the total")
}

fn artery_undetermined() -> Finding {
    let message =
        "some calcium is coronary without an artery, so no artery is complete: all is counted as coronary";
    Finding::new(LABELS_ARTERY_UNDETERMINED, Severity::Warning, message)
        .next_step("name the artery of every lesion if scores per artery are needed")
}
