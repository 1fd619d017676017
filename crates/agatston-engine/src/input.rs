//! What is said of an input as a whole: what cannot be listed, and which files are no part of any CT series.

use crate::{code, result::FilesRecord};
use agatston_core::{Finding, Severity};
use agatston_dicom::{Index, Skip, code as dicom_code};
use std::collections::BTreeMap;

/// The refusal of an input that cannot even be listed; `None` for a failure of the outside.
pub(crate) fn unusable(error: &agatston_dicom::Error) -> Option<Finding> {
    let (code, next) = match error {
        agatston_dicom::Error::Archive { .. } => {
            (code::ARCHIVE_UNREADABLE, "get a complete copy, or unpack it and give the folder")
        }
        agatston_dicom::Error::TooManyFiles { .. } => {
            (dicom_code::LIMITS, "give the folder or folders of one scan")
        }
        agatston_dicom::Error::Directory { .. } => {
            (code::DICOMDIR_UNUSABLE, "get a complete copy, or give the folder that holds the slices")
        }
        _ => return None,
    };
    Some(Finding::new(code, Severity::Refusal, error.to_string()).next_step(next))
}

/// What to say of files that are no part of any CT series. An empty one may be a slice that never arrived.
pub(crate) fn left_out(index: &Index) -> Option<Finding> {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for (_, reason) in &index.skipped {
        *reasons.entry(reason.to_string()).or_default() += 1;
    }
    if reasons.is_empty() {
        return None;
    }
    let empty = index.skipped.iter().any(|(_, reason)| *reason == Skip::Empty);
    let severity = if empty { Severity::Warning } else { Severity::Info };
    let list: Vec<String> = reasons.iter().map(|(reason, n)| format!("{n} x {reason}")).collect();
    let finding =
        Finding::new(code::FILES_LEFT_OUT, severity, format!("files were left out: {}", list.join("; ")));
    Some(if empty {
        finding
            .next_step("an empty file may be a slice that was not copied: get a complete copy, or remove it")
    } else {
        finding
    })
}

/// Files of an input by what became of them.
pub(crate) fn files(index: &Index) -> FilesRecord {
    let mut files = FilesRecord { read: index.read as u64, ..FilesRecord::default() };
    for (_, reason) in &index.skipped {
        *files.skipped.entry(reason.to_string()).or_default() += 1;
    }
    files
}
