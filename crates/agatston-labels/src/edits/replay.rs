//! Replaying the log: which voxels a decision is about, and what stands in the end.

use std::collections::{BTreeMap, BTreeSet};

use agatston_core::{
    Artery, Assigned, Candidates, Comparison, Finding, Foci, FocusId, Piece, Pieces, Protocol, Region,
    Segment, Severity, SmallestFocus, foci, lesions,
};

use super::{Edit, Edits, Extent};
use crate::{
    LabelKind, Labelled, LmPolicy, Series,
    code::{
        EDITS_NEW_ARTERY, EDITS_NO_CANDIDATE, EDITS_OTHER_SERIES, EDITS_OVERRULED, EDITS_TIME_ORDER,
        LABELS_ARTERY_UNDETERMINED,
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
    let candidates = series.candidates;
    let base = base.unwrap_or_else(nobody);
    let joined = Joined::new(candidates, &base.assigned, protocol);
    let mut decisions: BTreeMap<FocusId, (usize, Region)> = BTreeMap::new();
    let mut overruled = 0;
    for (number, edit) in log.edits.iter().enumerate() {
        let focus =
            joined.focus_at(voxel(edit, number, series)?).ok_or_else(|| no_candidate(edit, number))?;
        for id in joined.reached(focus, edit.extent) {
            let before = decisions.remove(&id);
            let by_another = |(earlier, _): &(usize, Region)| log.edits[*earlier].reader != edit.reader;
            overruled += u64::from(id == focus && before.as_ref().is_some_and(by_another));
            decisions.extend(edit.region.map(|region| (id, (number, region))));
        }
    }
    let mut edited = joined.decide(base, &decisions);
    let findings =
        [(overruled > 0).then(|| overruled_by_others(overruled)), log.is_out_of_order.then(out_of_order)];
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

/// The voxel of an edit in the series: slice, row, column.
fn voxel(edit: &Edit, number: usize, series: Series<'_>) -> Result<[u16; 3], Refusal> {
    let is_it = |i: &crate::Instance| i.sop_instance_uid == edit.sop_instance_uid && i.frame == edit.frame;
    let mut slices = series.instances.iter().enumerate().filter(|(_, instance)| is_it(instance));
    let slice = slices.next().and_then(|(slice, _)| u16::try_from(slice).ok());
    let Some(slice) = slice else {
        let message =
            format!("edit {} of the log is about a slice that the series does not have", number + 1);
        return Err(refusal(EDITS_OTHER_SERIES, message)
            .seen(format!("SOPInstanceUID {}, frame {}", edit.sop_instance_uid, edit.frame))
            .expected("a slice of this series")
            .next_step("take the log of this series"));
    };
    if slices.next().is_some() {
        let message = format!("edit {} of the log names a slice that the series has twice", number + 1);
        return Err(refusal(EDITS_OTHER_SERIES, message)
            .seen(format!("SOPInstanceUID {}", edit.sop_instance_uid))
            .expected("a SOPInstanceUID of its own for each slice"));
    }
    Ok([slice, edit.row, edit.column])
}

/// What is joined before any decision: by slices and through them, within one region of the base.
struct Joined<'a> {
    candidates: &'a Candidates,
    protocol: &'a Protocol,
    foci: Foci,
    lesion_of: BTreeMap<FocusId, usize>,
    lesions: Vec<Vec<FocusId>>,
}

impl<'a> Joined<'a> {
    fn new(candidates: &'a Candidates, base: &Assigned, protocol: &'a Protocol) -> Self {
        // Every candidate belongs to something joined, whatever becomes of it: nothing is too small to be decided about.
        let threshold_hu = protocol.volume_threshold_hu.unwrap_or(f64::INFINITY).min(protocol.threshold_hu);
        let all = Protocol {
            threshold_hu,
            comparison: Comparison::AtLeast,
            smallest_focus: SmallestFocus::None,
            volume_threshold_hu: None,
            ..protocol.clone()
        };
        let foci = foci(candidates, &partition(candidates, base), &all);
        let lesions = lesions(&foci, &all, &candidates.geometry, candidates.geometry.increment_mm);
        let lesions: Vec<Vec<FocusId>> = lesions.into_iter().map(|lesion| lesion.foci).collect();
        let lesion_of =
            lesions.iter().enumerate().flat_map(|(i, foci)| foci.iter().map(move |id| (*id, i))).collect();
        Self { candidates, protocol, foci, lesion_of, lesions }
    }

    fn focus_at(&self, [slice, row, column]: [u16; 3]) -> Option<FocusId> {
        let segments = &self.foci.slices.get(usize::from(slice))?.segments;
        // Segments are in reading order: the last that begins at or before the voxel.
        let after = segments.partition_point(|s| (s.row(), s.start()) <= (row, column));
        let segment = segments.get(after.checked_sub(1)?)?;
        let covers = segment.row() == row && column < segment.end();
        covers.then_some(FocusId { slice, index: segment.focus })
    }

    fn reached(&self, focus: FocusId, extent: Extent) -> Vec<FocusId> {
        let lesion = self.lesion_of.get(&focus).and_then(|i| self.lesions.get(*i));
        match (extent, lesion) {
            (Extent::Lesion, Some(lesion)) => lesion.clone(),
            (Extent::Lesion, None) | (Extent::Focus, _) => vec![focus],
        }
    }

    fn decide(&self, base: Labelled, decisions: &BTreeMap<FocusId, (usize, Region)>) -> Edited {
        let before = Lookup::new(&base.assigned, self.candidates);
        let names = base.assigned.names.clone();
        let mut assigned = Assigned::by_voxel(self.candidates, names, |slice, row, column| {
            let slice = u16::try_from(slice).ok()?;
            let decided = self.focus_at([slice, row, column]).and_then(|id| decisions.get(&id));
            decided.map_or_else(|| before.region([slice, row, column]), |(_, region)| Some(*region))
        });
        let named: BTreeSet<Region> = decisions.values().map(|(_, region)| *region).collect();
        // What is too small to count may stay without a name.
        let counts_unnamed =
            foci(self.candidates, &assigned, self.protocol).iter().any(|f| f.region == Region::Coronary);
        let (cover, findings) = Covered::after(&base, &named, counts_unnamed, &mut assigned);
        let mut standing: Vec<usize> = decisions.values().map(|(number, _)| *number).collect();
        standing.sort_unstable();
        standing.dedup();
        let is_decided =
            |slice: u16, s: &&Segment| decisions.contains_key(&FocusId { slice, index: s.focus });
        let spans = (0..).zip(&self.foci.slices).flat_map(|(slice, foci)| {
            let segments = foci.segments.iter().filter(move |s| is_decided(slice, s));
            segments.map(move |s| Span { slice, row: s.row(), start: s.start(), end: s.end() })
        });
        let decided = spans.collect();
        let findings = base.findings.into_iter().chain(findings).collect();
        let Covered { separated, unnamed, lm_policy } = cover;
        let labelled = Labelled { assigned, separated, unnamed, lm_policy, coronary: true, findings, ..base };
        Edited { labelled, decided, standing: standing.len() as u64 }
    }
}

/// Which arteries have a score of their own after the decisions.
struct Covered {
    separated: [bool; 4],
    unnamed: bool,
    lm_policy: LmPolicy,
}

impl Covered {
    /// Where some calcium stays coronary without an artery, no artery is complete, and all is called coronary.
    fn after(
        base: &Labelled,
        decided: &BTreeSet<Region>,
        counts_unnamed: bool,
        assigned: &mut Assigned,
    ) -> (Self, Vec<Finding>) {
        let was_unnamed = base.coronary && base.separated == [false; 4];
        let names_one = decided.iter().any(|region| matches!(region, Region::Artery(_)));
        let undetermined = decided.contains(&Region::Coronary) || (was_unnamed && counts_unnamed);
        if undetermined {
            if let Pieces::Listed(pieces) = &mut assigned.pieces {
                let in_artery = pieces.iter_mut().filter(|p| matches!(p.region, Region::Artery(_)));
                in_artery.for_each(|piece| piece.region = Region::Coronary);
            }
            let told = names_one || base.separated != [false; 4];
            let cover = Self { separated: [false; 4], unnamed: true, lm_policy: LmPolicy::NotSeparated };
            return (cover, told.then(artery_undetermined).into_iter().collect());
        }
        if was_unnamed || !base.coronary {
            // The reader named every vessel that the labels left without a name, or all that is coronary.
            let cover = Self { separated: [true; 4], unnamed: false, lm_policy: LmPolicy::Separate };
            return (cover, Vec::new());
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
        (Self { separated, unnamed: base.unnamed, lm_policy }, findings)
    }
}

/// Every candidate in some region, so that all of it is joined to its like: the unassigned, and what was found not to be
/// coronary, in regions of their own.
fn partition(candidates: &Candidates, base: &Assigned) -> Assigned {
    let before = Lookup::new(base, candidates);
    let mut names = base.names.clone();
    let count = u16::try_from(names.len()).unwrap_or(u16::MAX - 2);
    names.extend(["unassigned".to_owned(), "not coronary".to_owned()]);
    Assigned::by_voxel(candidates, names, |slice, row, column| {
        Some(match before.region([u16::try_from(slice).ok()?, row, column]) {
            None => Region::Named(count),
            Some(Region::NotCoronary) => Region::Named(count + 1),
            Some(region) => region,
        })
    })
}

/// The region of a voxel under an assignment.
struct Lookup<'a> {
    all: Option<Region>,
    pieces: &'a [Piece],
    candidates: &'a Candidates,
}

impl<'a> Lookup<'a> {
    fn new(assigned: &'a Assigned, candidates: &'a Candidates) -> Self {
        match &assigned.pieces {
            Pieces::All(region) => Self { all: Some(*region), pieces: &[], candidates },
            Pieces::Listed(pieces) => Self { all: None, pieces, candidates },
        }
    }

    fn region(&self, [slice, row, column]: [u16; 3]) -> Option<Region> {
        if self.all.is_some() {
            return self.all;
        }
        let runs = &self.candidates.slices[usize::from(slice)].runs;
        let place = |p: &Piece| (p.slice, runs_row(runs, p), p.start);
        let after = self
            .pieces
            .partition_point(|p| p.slice < slice || (p.slice == slice && place(p) <= (slice, row, column)));
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        let covers = piece.slice == slice && runs_row(runs, piece) == row && column < piece.end;
        covers.then_some(piece.region)
    }
}

/// Row of a piece of a slice, whose runs are given.
fn runs_row(runs: &[agatston_core::Run], piece: &Piece) -> u16 {
    runs[piece.run as usize].row
}

fn no_candidate(edit: &Edit, number: usize) -> Refusal {
    refusal(EDITS_NO_CANDIDATE, format!("edit {} of the log is about a voxel that is no calcium", number + 1))
        .seen(format!("row {}, column {} of {}", edit.row, edit.column, edit.sop_instance_uid))
        .expected("a voxel at or over the threshold")
        .next_step("take the log of this series, and the protocol under which it was written")
}

fn overruled_by_others(count: u64) -> Finding {
    let message = "readers decided differently about the same calcium; the last decision stands";
    Finding::new(EDITS_OVERRULED, Severity::Info, message)
        .seen(format!("{count} decisions of others replaced"))
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
