//! What was noticed, the worst first. How much it matters is a word and a shape, and a colour only beside them.

use crate::result::{FindingRecord, SeverityRecord};
use maud::{Markup, html};

/// Severities, the worst first, each with its shape in a box of 16. Its word is the name of its style too.
const SEVERITIES: [(SeverityRecord, &str); 3] = [
    (SeverityRecord::Refusal, "M5 1h6l4 4v6l-4 4H5l-4-4V5z"),
    (SeverityRecord::Warning, "M8 1l7.5 14H.5z"),
    (SeverityRecord::Info, "M8 1a7 7 0 1 0 0 14a7 7 0 1 0 0-14z"),
];

/// The findings, or that there is none.
pub(super) fn findings(findings: &[FindingRecord]) -> Markup {
    html! {
        @if findings.is_empty() {
            p { "Nothing was noticed." }
        } @else {
            ul.findings {
                @for (severity, shape) in SEVERITIES {
                    @for finding in findings.iter().filter(|f| f.severity == severity) {
                        li class=(severity.as_str()) { (item(finding, severity.as_str(), shape)) }
                    }
                }
            }
        }
    }
}

fn item(f: &FindingRecord, word: &str, shape: &str) -> Markup {
    html! {
        svg viewBox="0 0 16 16" aria-hidden="true" { path d=(shape) {} }
        div {
            p {
                b { (word) } " " code { (f.code) }
                @if let Some(slice) = f.slice { " slice " (slice) }
            }
            p { (f.message) "." }
            @if f.seen.is_some() || f.expected.is_some() {
                p.facts-line {
                    @if let Some(seen) = &f.seen { span { "Seen: " (seen) ". " } }
                    @if let Some(expected) = &f.expected { span { "Needed: " (expected) "." } }
                }
            }
            @if let Some(next) = &f.next_step { p.next { b { "Next step: " } (next) "." } }
        }
    }
}
