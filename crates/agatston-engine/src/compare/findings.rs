//! Findings of a comparison: about the pair, never about one of its sides.

use super::{Side, record::IntervalRecord};
use crate::{
    code,
    result::{FindingRecord, SeverityRecord},
};

/// A finding in the making.
pub(super) struct Said(pub(super) FindingRecord);

impl Said {
    /// What the user can do.
    pub(super) fn next_step(mut self, step: &str) -> Self {
        self.0.next_step = Some(step.to_owned());
        self
    }
}

/// Worth recording.
pub(super) fn info(code: &str, message: &str) -> Said {
    said(code, SeverityRecord::Info, message)
}

/// A reader must know this.
pub(super) fn warning(code: &str, message: &str) -> Said {
    said(code, SeverityRecord::Warning, message)
}

fn said(code: &str, severity: SeverityRecord, message: &str) -> Said {
    Said(FindingRecord {
        code: code.to_owned(),
        severity,
        message: message.to_owned(),
        slice: None,
        expected: None,
        seen: None,
        next_step: None,
    })
}

/// What is to be said of the two as a pair.
pub(super) fn of_pair(baseline: &Side, followup: &Side) -> Vec<FindingRecord> {
    let mut out = Vec::new();
    let (b, f) = (&baseline.document, &followup.document);
    let hash = |side: &Side| side.document.series.as_ref().and_then(|s| s.content_hash.clone());
    if hash(baseline).is_some() && hash(baseline) == hash(followup) {
        out.push(info(code::SAME_SCAN, "both are the same scan: a change is that of labels or choices").0);
    }
    let patient = |side: &Side| side.private.and_then(|p| p.patient);
    if patient(baseline).is_none() || patient(followup).is_none() {
        let message = "whether both scans are of one patient was not compared: a result holds no identity, and a series may lack it";
        out.push(info(code::PATIENT_NOT_COMPARED, message).0);
    }
    if b.engine.version != f.engine.version {
        let message = "the two were scored by different versions of the program";
        out.push(info(code::ENGINE_DIFFERS, message).next_step("score both anew").0);
    }
    out
}

/// That lesions could not be followed.
pub(super) fn not_listed() -> FindingRecord {
    let message =
        "lesions are not followed from scan to scan: a result does not list them, or counts everything";
    info(code::LESIONS_NOT_LISTED, message).next_step("score with --detail foci").0
}

/// Whether a rate can be told.
pub(super) fn why_no_rate(interval: &IntervalRecord) -> Option<&'static str> {
    interval.years.is_none().then_some("the time between the scans is not known")
}
