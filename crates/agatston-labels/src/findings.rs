//! What sources of every form may have to say about a series. `what` is the noun: label, contour, region.

use agatston_core::{Finding, Severity};

use crate::{
    code::{LABELS_OVERLAP, LABELS_TOUCH_NOTHING, LABELS_WITHOUT_CANDIDATES},
    error::{Refusal, refusal},
    shown::listed,
};

/// Two of them, as messages name them, claim a voxel that counts: its slice, row and column.
pub(crate) fn overlap(what: &str, [a, b]: [String; 2], [slice, row, column]: [usize; 3]) -> Refusal {
    refusal(LABELS_OVERLAP, format!("{what}s {a} and {b} overlap"))
        .at_slice(slice)
        .seen(format!("both hold the voxel of slice {slice}, row {row}, column {column}"))
        .expected(format!("every candidate in one {what} at most"))
        .next_step(format!("decide for one of them in the program that drew the {what}s"))
}

pub(crate) fn touch_nothing(what: &str) -> Finding {
    let message = format!("no {what} lies on a candidate, so nothing is counted");
    Finding::new(LABELS_TOUCH_NOTHING, Severity::Warning, message)
        .next_step(format!("check that the {what}s belong to this series"))
}

/// Some lie on no candidate while others do: which, and how large each is. Nothing where there are none.
pub(crate) fn without_candidates(what: &str, missed: &[String]) -> Option<Finding> {
    let message =
        format!("some {what}s lie on no candidate: there is no calcium in them, or they lie elsewhere");
    let finding = Finding::new(LABELS_WITHOUT_CANDIDATES, Severity::Info, message);
    (!missed.is_empty()).then(|| finding.seen(listed(missed.iter())))
}
