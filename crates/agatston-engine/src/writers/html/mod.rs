//! A result, a comparison or a summary as a page for people: one self-contained HTML file, the verdict first and everything that it rests on after it.
//!
//! Left out: what the result does not hold. Texts from files are escaped where they are set, and no control character of
//! theirs is left in a page.

mod anatomy;
mod changes;
mod classes;
mod comparison;
mod figures;
mod findings;
mod lesions;
mod number;
mod page;
mod protocol;
mod provenance;
mod risk;
mod scores;
mod summary;
mod verdict;
mod withheld;

#[cfg(test)]
mod tests;

pub use comparison::comparison_report;
pub use summary::summary_page;

use crate::{
    Scope,
    pictures::Pictures,
    result::{ResultDocument, Status},
};
use maud::{Markup, html};
use page::{Section, folded, page};

/// The report of a result, with pictures where there are some.
pub fn report(document: &ResultDocument, pictures: Option<&Pictures>) -> String {
    let mut sections = vec![
        Section::new("verdict", "Verdict", verdict::verdict(document)),
        Section::new("findings", "Findings", findings::findings(&document.findings)),
    ];
    if document.status.has_score() {
        sections.extend(scored(document, pictures));
    }
    if let Some(found) = &document.anatomy {
        sections.push(Section::new("anatomy", "Anatomy", anatomy::anatomy(found)));
    }
    let choices = folded("Every choice", &protocol::protocol(&document.protocol));
    sections.push(Section::new("protocol", "Protocol", html! { (protocol_line(document)) (choices) }));
    let rest = folded("Series, assignment, mass, request", &provenance::provenance(document));
    sections.push(Section::new("provenance", "Provenance", html! { (series_line(document)) (rest) }));
    page(verdict::title(document), &subtitle(document), &sections)
}

/// The sections that only a score has.
fn scored(document: &ResultDocument, pictures: Option<&Pictures>) -> Vec<Section> {
    let is_everything = document.total.as_ref().is_some_and(|t| t.scope == Scope::Everything);
    let mut out = vec![Section::new("scores", "Scores", scores::scores(document))];
    if document.status == Status::Provisional {
        out.push(Section::new("tiers", "How sure it is", anatomy::tiers(document)));
    }
    out.push(Section::new("sizes", "Sizes", classes::classes(document)));
    match pictures {
        Some(pictures) => {
            out.push(Section::new("projections", "Projections", figures::projections(pictures)));
            if !is_everything {
                out.push(Section::new("slices", "Slices", figures::slices(pictures)));
            }
        }
        None => out.push(Section::new("projections", "Projections", no_pictures())),
    }
    if !document.lesions.is_empty() || counts_none(document) {
        out.push(Section::new("lesions", "Lesions", lesions::lesions(document)));
    }
    if !is_everything {
        out.push(Section::new("measures", "Measures", scores::measures(document)));
    }
    if let Some(risk) = &document.risk {
        out.push(Section::new("risk", "Risk", risk::risk(risk)));
    }
    if let Some(rows) = &document.sensitivity {
        out.push(Section::new("sensitivity", "Sensitivity", withheld::sensitivity(rows)));
    }
    out.push(Section::new("not-counted", "Not counted", withheld::withheld(document)));
    out
}

fn no_pictures() -> Markup {
    html! { p { "There are no pictures: this report was made from a result, without the pixels of the series." } }
}

/// Whether no part has a lesion.
fn counts_none(document: &ResultDocument) -> bool {
    let total = document.total.as_ref().and_then(|t| t.sums.lesions).unwrap_or(0);
    total == 0 && document.regions.iter().all(|r| r.sums.lesions.unwrap_or(0) == 0)
}

fn subtitle(document: &ResultDocument) -> String {
    let device = document.series.as_ref().map(|s| {
        let name: Vec<&str> = [&s.manufacturer, &s.model].into_iter().flatten().map(String::as_str).collect();
        let kvp = s.kvp.map_or_else(String::new, |kv| format!(", {kv} kV"));
        format!("{}{kvp}. ", name.join(" "))
    });
    format!("{}Protocol {}.", device.unwrap_or_default(), document.protocol.name)
}

fn protocol_line(document: &ResultDocument) -> Markup {
    let differences = document.protocol.differences();
    html! {
        p {
            b { (document.protocol.name) } ": "
            @if differences.is_empty() { "as the standard protocol." } @else { (differences.join(", ")) "." }
        }
    }
}

fn series_line(document: &ResultDocument) -> Markup {
    html! {
        @match &document.series {
            None => p { "No series could be told." },
            Some(s) => p {
                (s.slices) " slices of " (s.rows) " x " (s.columns) " pixels"
                @if let Some(mm) = s.increment_mm { ", every " (mm) " mm" }
                @if let Some(mm) = s.slice_thickness_mm { ", " (mm) " mm thick" }
                "."
                @if let Some(hash) = &s.content_hash { " Content hash " code { (hash) } "." }
            },
        }
    }
}
