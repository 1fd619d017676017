//! What the anatomical pipeline found: tiers of a provisional score, what its gates looked at, and every candidate.

use super::{
    number::{cell, counted, fixed},
    page::{facts, folded, scroll},
};
use crate::{
    result::{AnatomyRecord, CandidateRecord, ResultDocument, TierWord},
    shown_text::{BOUNDS, SETTLED_BY},
    writers::anatomy::measured,
};
use maud::{Markup, html};

/// Candidates that a page lists.
const CANDIDATES_MAX: usize = 500;

/// The tiers of a provisional score, the left system, and what would settle it.
pub(super) fn tiers(document: &ResultDocument) -> Markup {
    let Some(anatomy) = &document.anatomy else { return html! {} };
    let review = document.assignment.as_ref().map_or(0, |a| a.needs_review);
    let table = html! {
        table {
            caption { span { "Lesions in the region of the heart by how sure it is that they are coronary." } }
            thead { tr {
                th scope="col" { "Tier" }
                th.n scope="col" { "Lesions" } th.n scope="col" { "Agatston" }
                th scope="col" { "Counts in" }
            } }
            tbody { @for row in &anatomy.tiers { tr {
                th scope="row" { (row.tier.as_str()) }
                (cell(&row.lesions.to_string())) (cell(&fixed(Some(row.agatston), 2)))
                td { (counts_in(row.tier)) }
            } } }
        }
    };
    html! {
        (scroll("Tiers", &table))
        @if let Some(left) = anatomy.left {
            p {
                "All arteries but RCA: " b { (fixed(Some(left.agatston), 2)) } ", between "
                (fixed(Some(left.lower), 2)) " and " (fixed(Some(left.upper), 2)) "."
            }
        }
        p { b { (counted(review, "lesion needs", "lesions need")) " review" } ": those that are likely and unlikely." }
        p.next { b { "Settled by: " } (SETTLED_BY) "." }
        p.note { (BOUNDS) }
    }
}

fn counts_in(tier: TierWord) -> &'static str {
    match tier {
        TierWord::Confident | TierWord::Likely => "the value",
        TierWord::Unlikely => "the upper bound alone",
        TierWord::Excluded => "nothing",
    }
}

/// What was measured, and the candidates where they are listed.
pub(super) fn anatomy(found: &AnatomyRecord) -> Markup {
    let mut pairs = measured(&found.measured);
    if let Some(root) = found.root {
        let [x, y, z] = root.position_lps_mm;
        pairs.push(("aortic root, LPS", format!("{x:.1}, {y:.1}, {z:.1} mm")));
    }
    pairs.push(("version of the rules", found.parameters.to_string()));
    html! {
        (facts(&pairs))
        @if !found.candidates.is_empty() { (candidates(&found.candidates)) }
    }
}

fn candidates(all: &[CandidateRecord]) -> Markup {
    let heads = ["Agatston", "Peak, HU", "Slices", "Contrast, SD", "Fat", "Lung", "Blood", "Centre, LPS, mm"];
    let table = html! {
        table.long {
            caption { span { "Lesions in the region of the heart by their lowest voxel, whether they count or not." } }
            thead { tr {
                th scope="col" { "Artery" } th scope="col" { "Tier" } th scope="col" { "What speaks against it" }
                @for head in heads { th.n scope="col" { (head) } }
            } }
            tbody { @for candidate in all.iter().take(CANDIDATES_MAX) { (row(candidate)) } }
        }
    };
    let left_out = all.len().saturating_sub(CANDIDATES_MAX);
    let body = html! {
        @if left_out > 0 { p.note { "The first " (CANDIDATES_MAX) "; " (left_out) " more are in the result as JSON." } }
        (scroll("Candidates", &table))
    };
    folded("Each candidate", &body)
}

fn row(c: &CandidateRecord) -> Markup {
    let [x, y, z] = c.centroid_lps_mm;
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    html! {
        tr {
            th.artery scope="row" { (c.artery) }
            td { (c.tier.as_str()) }
            td { (c.reasons.join(", ").replace('_', " ")) }
            (cell(&fixed(Some(c.agatston), 2)))
            (cell(&fixed(Some(c.peak_hu), 1)))
            (cell(&c.slices.to_string()))
            (cell(&fixed(c.contrast_sds, 1)))
            (cell(&percent(c.fat))) (cell(&percent(c.lung))) (cell(&percent(c.blood)))
            (cell(&format!("{x:.1}, {y:.1}, {z:.1}")))
        }
    }
}
