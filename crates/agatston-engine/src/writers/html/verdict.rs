//! What a report says first: the score and what it speaks of, or why there is none.

use super::{
    number::{UNKNOWN, counted, fixed, range_words},
    page::facts,
};
use crate::{
    Scope,
    result::{ResultDocument, SeverityRecord, Status, TotalRecord},
    shown_text::{ELEVEN_SCANS, PROVISIONAL},
    writers::anatomy::another_category,
};
use maud::{Markup, html};

/// The title of a page.
pub(super) fn title(document: &ResultDocument) -> &'static str {
    match document.total.as_ref().map(|t| t.scope) {
        Some(Scope::Coronary) if document.status == Status::Provisional => {
            "Provisional coronary calcium score"
        }
        Some(Scope::Coronary) => "Coronary calcium score",
        Some(Scope::Regions) => "Calcium score by region",
        Some(Scope::Everything) => "Calcium score of everything over the threshold",
        None => "Calcium score",
    }
}

/// The verdict.
pub(super) fn verdict(document: &ResultDocument) -> Markup {
    match (&document.total, document.status) {
        (Some(total), Status::Scored) => scored(document, total),
        (Some(total), Status::Provisional) => provisional(document, total),
        _ => refused(document),
    }
}

fn refused(document: &ResultDocument) -> Markup {
    html! {
        div.verdict.refused {
            p.figure { "NOT SCORED" }
            @if let Some(refusal) = &document.refusal {
                p.reason { (refusal.message) " " code { (refusal.code) } }
                @if let Some(next) = &refusal.next_step {
                    p.next { b { "Next step: " } (next) }
                }
            }
            p { "There are no numbers: the series was not scored." }
        }
    }
}

fn scored(document: &ResultDocument, total: &TotalRecord) -> Markup {
    let has_total = total.scope != Scope::Regions;
    html! {
        div.verdict {
            @if has_total {
                p.figure { span.value { (fixed(total.sums.measures.agatston, 2)) } " " span.unit { "Agatston" } }
            } @else {
                p.figure.none { "No total" }
            }
            p.reason { (scope_words(total.scope)) }
            @if total.scope == Scope::Coronary { p.reason { (category(total)) } }
            p.status { (status(document)) }
            @if has_total { (facts(&sums(total))) }
        }
    }
}

fn provisional(document: &ResultDocument, total: &TotalRecord) -> Markup {
    let review = document.assignment.as_ref().map_or(0, |a| a.needs_review);
    html! {
        div.verdict.provisional {
            p.banner { b { "PROVISIONAL" } ": " (PROVISIONAL) "." }
            p.figure {
                span.value { (fixed(total.sums.measures.agatston, 2)) } " " span.unit { "Agatston" }
            }
            p.reason {
                "Between " b { (fixed(total.lower, 2)) } " and " b { (fixed(total.upper, 2)) }
                ", by rules about the anatomy in the image."
            }
            p.reason { (category(total)) @if let Some(other) = another_category(total) { " " (other) ": "
                (bounds_words(total)) "." } }
            p.status { (counted(review, "lesion needs", "lesions need")) " review. " (status(document)) }
            p { (ELEVEN_SCANS) }
            (facts(&sums(total)))
        }
    }
}

/// The categories of both bounds.
fn bounds_words(total: &TotalRecord) -> String {
    let words =
        |category: &Option<String>| category.as_deref().map_or_else(|| UNKNOWN.to_owned(), range_words);
    format!("the lower {}, the upper {}", words(&total.category_lower), words(&total.category_upper))
}

fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::Coronary => "Calcium of the coronary arteries, as assigned by the source named below.",
        Scope::Regions => {
            "None of these regions is a coronary artery, so there is no total; each has a score of its own."
        }
        Scope::Everything => {
            "This counts bone, valves and everything else over the threshold. It is not a coronary score."
        }
    }
}

fn category(total: &TotalRecord) -> Markup {
    html! {
        @match &total.category {
            Some(category) => { "Category by the bounds of CAC-DRS: " b { (range_words(category)) } "." }
            None => { b { "No category" } ": see the warnings on voltage or arteries." }
        }
    }
}

fn status(document: &ResultDocument) -> String {
    let of = |severity| document.findings.iter().filter(|f| f.severity == severity).count() as u64;
    match (of(SeverityRecord::Warning), of(SeverityRecord::Info)) {
        (0, 0) => "Scored; nothing was noticed.".to_owned(),
        (0, n) => format!("Scored without warnings; {}.", counted(n, "note", "notes")),
        (n, _) => format!("Scored, with {} to be read first.", counted(n, "warning", "warnings")),
    }
}

fn sums(total: &TotalRecord) -> Vec<(&'static str, String)> {
    let m = &total.sums.measures;
    let with_unit =
        |x: Option<f64>, unit: &str| x.map_or_else(|| UNKNOWN.to_owned(), |x| format!("{x:.2} {unit}"));
    let mut out = vec![
        ("Volume", with_unit(m.volume_mm3, "mm³")),
        ("Mass", m.mass_mg.map_or_else(|| "not calibrated".to_owned(), |mg| format!("{mg:.2} mg"))),
        ("Lesions", total.sums.lesions.map_or_else(|| UNKNOWN.to_owned(), |n| n.to_string())),
    ];
    if total.scope == Scope::Coronary {
        let arteries = total.arteries_with_calcium;
        out.push((
            "Arteries with calcium",
            arteries.map_or_else(|| "not known".to_owned(), |n| format!("{n} of 4")),
        ));
    }
    out
}
