//! A comparison as a page for people: the verdict first, what speaks against it, the numbers, and both scans side by side.

use super::{
    changes::{decomposition, lesions, parts, published, signed, words},
    findings::findings,
    number::{UNKNOWN, fixed},
    page::{Section, facts, folded, page},
};
use crate::{
    Scope, Verdict,
    comparison::{ComparedRecord, Comparison, IntervalSource, PartKind, ReasonRecord},
    pictures::{CloseUp, PairPictures, Picture, Pictures},
};
use maud::{Markup, html};

/// The names of the sides, the baseline first.
const SIDES: [&str; 2] = ["Baseline", "Follow-up"];

/// The report of a comparison, with pictures where there are some.
pub fn comparison_report(c: &Comparison, pictures: Option<&PairPictures>) -> String {
    let mut sections = vec![
        Section::new("verdict", "Verdict", verdict(c)),
        Section::new("findings", "Findings", comparability(c)),
        Section::new("parts", "Change by part", parts(c)),
        Section::new("made-of", "What the change is made of", decomposition(c)),
        Section::new("projections", "Projections", projections(pictures)),
        Section::new("lesions", "Lesions", html! { (lesions(c)) (close_ups(c, pictures)) }),
    ];
    if !c.published.is_empty() && c.verdict != Some(Verdict::NotComparable) {
        sections.push(Section::new("published", "Published definitions", published(c)));
    }
    let both = html! {
        @for (name, side) in SIDES.into_iter().zip([&c.baseline, &c.followup]) { h3 { (name) } (facts(&side_facts(side))) }
    };
    sections.push(Section::new("provenance", "Provenance", folded("Both scans", &both)));
    page(title(c), &format!("Protocol {}.", c.baseline.protocol), &sections)
}

fn title(c: &Comparison) -> &'static str {
    match c.baseline.scope {
        Some(Scope::Coronary) => "Change of coronary calcium",
        Some(Scope::Regions) => "Change of calcium by region",
        Some(Scope::Everything) => "Change of everything over the threshold",
        None => "Change of calcium",
    }
}

fn verdict(c: &Comparison) -> Markup {
    let total = c.parts.iter().find(|part| part.kind == PartKind::Total);
    let is_comparable = c.comparability.comparable;
    html! {
        div.verdict.refused[!is_comparable] {
            @match c.verdict {
                Some(verdict) => {
                    p.figure.word { (words(verdict.as_str())) }
                    p.reason { (verdict.sentence()) }
                }
                None => p.figure.none { "No total: each region has a verdict of its own" },
            }
            @let change = total.map(|t| &t.changes.agatston);
            @let between = change.map(|a| format!("{} to {}", fixed(a.baseline, 2), fixed(a.followup, 2)));
            (facts(&[
                ("Agatston score, total", between.unwrap_or_else(|| UNKNOWN.to_owned())),
                ("Change", change.map_or_else(|| UNKNOWN.to_owned(), |a| signed(a.difference, 2))),
                ("Limit of unchanged calcium", change.map_or_else(|| UNKNOWN.to_owned(), |a| fixed(a.limit, 2))),
                ("Time between the scans", interval(c)),
            ]))
        }
    }
}

fn interval(c: &Comparison) -> String {
    let by = match c.interval.source {
        Some(IntervalSource::Option) => "as given",
        Some(IntervalSource::Headers) => "by the headers",
        None => "",
    };
    match (c.interval.days, c.interval.years) {
        (Some(days), Some(years)) => format!("{days} days ({years:.2} years), {by}"),
        _ => "not known".to_owned(),
    }
}

/// What differs, what is not known to be the same, and what else was noticed.
fn comparability(c: &Comparison) -> Markup {
    let gate = &c.comparability;
    html! {
        @if !gate.reasons.is_empty() { h3 { "Why the scans cannot be compared" } (reasons(&gate.reasons)) }
        @if !gate.warnings.is_empty() { h3 { "Not known to be the same" } (reasons(&gate.warnings)) }
        @if gate.reasons.is_empty() && gate.warnings.is_empty() {
            p { "Nothing differs that must be the same, and nothing of that is unknown." }
        }
        @if !c.findings.is_empty() { h3 { "What else was noticed" } (findings(&c.findings)) }
    }
}

fn reasons(reasons: &[ReasonRecord]) -> Markup {
    let seen = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
    html! {
        ul {
            @for r in reasons {
                li {
                    code { (r.code) } ": " (r.message) "."
                    @if r.baseline.is_some() || r.followup.is_some() {
                        span.facts-line { " Baseline: " (seen(&r.baseline)) "; follow-up: " (seen(&r.followup)) "." }
                    }
                }
            }
        }
    }
}

/// Both scans side by side, in one scale.
fn projections(pictures: Option<&PairPictures>) -> Markup {
    let Some(pair) = pictures.filter(|pair| pair.scans.iter().any(Option::is_some)) else {
        return html! { p { "There are no pictures: both sides are saved results, which have no pixels." } };
    };
    let kinds: [fn(&Pictures) -> &Picture; 2] = [|p| &p.axial, |p| &p.coronal];
    html! {
        p.note { "Both scans in one scale. What is the same lesion in both has the same number, that of the table below." }
        @for of in kinds {
            @let shown = pair.scans.each_ref().map(|scan| scan.as_ref().map(of));
            @let widest = shown.iter().flatten().map(|p| p.size_mm()[1]).fold(0.0, f64::max);
            div.pictures.pair {
                @for (name, picture) in SIDES.into_iter().zip(shown) {
                    @match picture {
                        Some(picture) => (scaled(name, picture, widest)),
                        None => (missing(name, "a saved result: it has no pixels")),
                    }
                }
            }
        }
    }
}

/// A picture as wide as its share of the widest.
fn scaled(side: &str, picture: &Picture, widest_mm: f64) -> Markup {
    let share = picture.size_mm()[1] / widest_mm * 100.0;
    html! {
        figure {
            div style=(format!("width:{share:.2}%")) { (picture.svg()) }
            figcaption { b { (side) ", " (picture.kind.title()) ". " } (picture.caption) (picture.unlabelled()) }
        }
    }
}

fn missing(side: &str, why: &str) -> Markup {
    html! { figure.missing { p { b { (side) } ": " (why) "." } } }
}

/// Lesions from near, the same place in both scans.
fn close_ups(c: &Comparison, pictures: Option<&PairPictures>) -> Markup {
    let pairs = pictures.map(|pair| pair.close_ups.as_slice()).unwrap_or_default();
    let has_pixels = pictures.is_some_and(|pair| pair.scans.iter().any(Option::is_some));
    let left_out = c.lesions.len().saturating_sub(pairs.len());
    html! {
        @if has_pixels && !pairs.is_empty() {
            h3 { "Side by side" }
            p.note {
                "The slice through the middle of each, in one scale; of new and vanished lesions the place in the other scan, where it is known, by how far scans moved and not by how they turned."
                @if left_out > 0 { " These are the " (pairs.len()) " with the largest change; " (left_out) " more are in the table alone." }
            }
            @for (number, (group, pair)) in (1..).zip(c.lesions.iter().zip(pairs)) {
                div.lesion {
                    h4 {
                        (group.artery) " " (number) ", " (group.kind.as_str()) ": "
                        (signed(Some(group.agatston_difference), 2)) " Agatston"
                    }
                    div.pictures.pair {
                        @for (name, shown) in SIDES.into_iter().zip(pair) {
                            @match shown {
                                CloseUp::Shown(picture) => (scaled(name, picture, picture.size_mm()[1])),
                                CloseUp::NoPixels => (missing(name, "a saved result: it has no pixels")),
                                CloseUp::NoPlace => (missing(name, "-, its place is not known, or not in this scan")),
                            }
                        }
                    }
                }
            }
        }
    }
}

fn side_facts(side: &ComparedRecord) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "not known".to_owned());
    vec![
        ("Study UID", text(&side.study_uid)),
        ("Series UID", text(&side.series_uid)),
        ("Content hash", text(&side.content_hash)),
        ("Year", side.acquisition_year.map_or_else(|| "not known".to_owned(), |year| year.to_string())),
        ("Program", format!("agatston {}", side.version)),
        ("Protocol", side.protocol.clone()),
        ("Hash of its choices", side.protocol_hash.clone()),
        ("Assigned by", side.assigned_by.map_or_else(|| "nobody".to_owned(), |by| by.as_str().to_owned())),
    ]
}
