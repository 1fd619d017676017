//! Findings below a table, the worst first, and why there is no score.

use crate::{
    result::{FindingRecord, ResultDocument, SeverityRecord},
    writers::{
        page::{Ink, Page},
        text::hanging,
    },
};

/// Severities, the worst first.
const WORST_FIRST: [(SeverityRecord, Ink); 3] = [
    (SeverityRecord::Refusal, Ink::Refusal),
    (SeverityRecord::Warning, Ink::Warning),
    (SeverityRecord::Info, Ink::Info),
];

/// Every finding, under a heading; empty without one.
pub(crate) fn findings(findings: &[FindingRecord]) -> Page {
    let mut out = Page::default();
    if !findings.is_empty() {
        out.add(Ink::Heading, "\nFindings\n");
    }
    for (severity, ink) in WORST_FIRST {
        for f in findings.iter().filter(|f| f.severity == severity) {
            let slice = f.slice.map_or_else(String::new, |s| format!(" (slice {s})"));
            out.hang(
                ink,
                &format!("  {:<9}", severity.as_str()),
                &format!("{}{slice}: {}", f.code, f.message),
            );
            let seen = f.seen.as_ref().map(|s| format!("seen {s}"));
            let expected = f.expected.as_ref().map(|e| format!("needed {e}"));
            let facts: Vec<String> = seen.into_iter().chain(expected).collect();
            if severity != SeverityRecord::Info {
                out += &hanging("           ", &facts.join("; "));
                out += &f.next_step.as_ref().map_or_else(String::new, |n| hanging("           -> ", n));
            }
        }
    }
    out
}

/// Why a document holds no score; empty when it holds one.
pub(crate) fn refused(document: &ResultDocument) -> Page {
    let mut out = Page::default();
    if let Some(refusal) = &document.refusal {
        out.hang(Ink::Refusal, "NOT SCORED: ", &format!("{} ({})", refusal.message, refusal.code));
        out += &refusal.next_step.as_ref().map_or_else(String::new, |next| hanging("Next step:  ", next));
    }
    out
}
