//! Whether the planes are of one person, one series, and what their identifiers look like.

use std::collections::BTreeSet;

use agatston_core::{Finding, Severity};

use super::by_slice;
use crate::{Group, Rules, code, group::Member, text};

/// Longest list of the same refusal.
const TOLD_MAX: usize = 8;

/// Files of the series, or of the input, that cannot be placed in any stack.
pub(super) fn misfits(group: &Group) -> Vec<Finding> {
    let mut told: Vec<(Finding, usize)> = Vec::new();
    for misfit in &group.misfits {
        let known = told.iter_mut().find(|(other, _)| *other == misfit.finding);
        if let Some((_, count)) = known {
            *count += 1;
        } else if told.len() < TOLD_MAX {
            told.push((misfit.finding.clone(), 1));
        }
    }
    let counted = |(mut finding, count): (Finding, usize)| {
        if count > 1 {
            finding.message = format!("{} ({count} files)", finding.message);
        }
        finding
    };
    let mut all: Vec<Finding> = told.into_iter().map(counted).collect();
    if group.planes.is_empty() && all.is_empty() {
        all.push(Finding::refusal(code::GEOMETRY_MISSING, "there is no plane that can be placed"));
    }
    all
}

/// Other stacks under the same SeriesInstanceUID: only told when this one was chosen.
pub(super) fn siblings(group: &Group, rules: &Rules) -> Option<Finding> {
    (group.siblings > 0).then(|| {
        let stacks = group.siblings + 1;
        let severity = if rules.chosen { Severity::Warning } else { Severity::Refusal };
        let message = "one SeriesInstanceUID holds stacks of different orientation, matrix, spacing, frame of \
                       reference, kernel, stack number or time";
        Finding::new(code::MIXED_SERIES, severity, message)
            .expected("1 stack")
            .seen(format!("{stacks} stacks"))
            .next_step("choose one of them, or separate the files into folders")
    })
}

/// Patient, identifiers, file meta.
pub(super) fn check(planes: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(patients(planes));
    findings.extend(repeated_instances(planes));
    findings.extend(by_slice(planes, damage));
    findings.extend(by_slice(planes, missing_uid));
    findings.extend(by_slice(planes, invalid_uid));
    findings.extend(by_slice(planes, meta));
    findings
}

/// Damage of a file whose header is complete.
fn damage(plane: &Member) -> Option<Finding> {
    plane.header.damage.clone()
}

/// One patient in all slices, or none in any: an empty identifier among others may be another patient's slice.
fn patients(planes: &[Member]) -> Option<Finding> {
    let identity = |plane: &Member| (plane.header.identity.patient_id, plane.header.identity.patient_name);
    let first = identity(planes.first()?);
    if planes.iter().all(|plane| identity(plane) == first) {
        return None;
    }
    let named = |of: fn(&Member) -> Option<u64>| planes.iter().filter_map(of).collect::<BTreeSet<_>>().len();
    let ids = named(|plane| plane.header.identity.patient_id);
    let names = named(|plane| plane.header.identity.patient_name);
    let finding = if ids > 1 || names > 1 {
        Finding::refusal(code::PATIENT_MIXED, "the slices belong to more than one patient")
            .next_step("separate the files by patient")
    } else {
        let text = "some slices name a patient and others do not: they may belong to two";
        Finding::refusal(code::PATIENT_MIXED, text)
            .next_step("take the files of one patient, or remove the identifiers from all files alike")
    };
    Some(
        finding
            .expected("one PatientID (0010,0020) and one PatientName (0010,0010), or none in any slice")
            .seen(format!("{ids} patient identifiers, {names} names")),
    )
}

/// One SOPInstanceUID in several files that are different slices: a mistake of anonymisers.
fn repeated_instances(planes: &[Member]) -> Option<Finding> {
    let mut seen = BTreeSet::new();
    let uid = |plane: &Member| (plane.header.identity.sop_instance.clone(), plane.frame);
    let repeated = planes
        .iter()
        .filter(|plane| !plane.header.identity.sop_instance.is_empty() && !seen.insert(uid(plane)))
        .count();
    (repeated > 0).then(|| {
        Finding::info(code::UID_INVALID, "different slices share a SOPInstanceUID (0008,0018)")
            .seen(format!("{repeated} slices"))
    })
}

/// Public data has whole series without identifiers; each has a stand-in, which the finding names.
fn missing_uid(plane: &Member) -> Option<Finding> {
    let (identity, notes) = (&plane.header.identity, &plane.header.notes);
    let uids = [
        ("StudyInstanceUID (0020,000D)", identity.study.is_empty()),
        ("SeriesInstanceUID (0020,000E)", identity.series.is_empty()),
        ("FrameOfReferenceUID (0020,0052)", identity.frame_of_reference.is_empty()),
        ("SOPInstanceUID (0008,0018)", notes.no_sop_instance),
        ("SOPClassUID (0008,0016)", notes.no_sop_class),
    ];
    let lacking: Vec<&str> = uids.iter().filter(|(_, lacks)| *lacks).map(|(name, _)| *name).collect();
    (!lacking.is_empty()).then(|| {
        let text = format!("the headers lack {}", lacking.join(", "));
        Finding::info(code::UID_MISSING, text)
            .expected("identifiers in every file; the file meta, the folder, the study and the patient stand in for them")
            .next_step("see that the folder holds one scan, and that nothing was left out")
    })
}

fn invalid_uid(plane: &Member) -> Option<Finding> {
    let identity = &plane.header.identity;
    let uids = [
        ("StudyInstanceUID (0020,000D)", &identity.study),
        ("SeriesInstanceUID (0020,000E)", &identity.series),
        ("FrameOfReferenceUID (0020,0052)", &identity.frame_of_reference),
        ("SOPInstanceUID (0008,0018)", &identity.sop_instance),
        ("SOPClassUID (0008,0016)", &identity.sop_class),
        ("TransferSyntaxUID (0002,0010)", &plane.header.syntax_uid),
    ];
    let (name, _) = uids.into_iter().find(|(_, uid)| !uid.is_empty() && !text::is_uid(uid))?;
    Some(Finding::info(code::UID_INVALID, format!("{name} is not a valid identifier")))
}

/// File meta that contradicts the data set.
fn meta(plane: &Member) -> Option<Finding> {
    let notes = plane.header.notes;
    let what = if notes.other_encoding {
        "the data set is encoded otherwise than TransferSyntaxUID (0002,0010) says"
    } else if notes.other_sop_class {
        "the file meta names another SOP class than the data set"
    } else if notes.other_sop_instance {
        "the file meta names another SOP instance than the data set"
    } else {
        return None;
    };
    Some(Finding::info(code::META_MISMATCH, what))
}
