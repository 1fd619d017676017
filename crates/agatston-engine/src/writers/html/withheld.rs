//! What was not counted, what was not checked, and what another choice would have made of the score.

use super::{
    number::{cell, counted, range_words},
    page::{folded, scroll},
};
use crate::result::{ResultDocument, SensitivityRecord, Status, WithheldFocusRecord, WithheldReason};
use maud::{Markup, html};

/// Foci that a page lists.
const FOCI_MAX: usize = 500;

/// What was not counted, and why.
pub(super) fn withheld(document: &ResultDocument) -> Markup {
    let w = &document.withheld;
    let bound = document.protocol.smallest_focus.words();
    let below = counted(w.below_smallest_focus, "focus", "foci");
    let other = counted(w.not_coronary, "focus", "foci");
    let voxels = counted(w.unassigned_voxels, "candidate voxel", "candidate voxels");
    let [by, place] = match document.status {
        Status::Provisional => ["the rules do not take for coronary", "outside of what was judged"],
        Status::Scored | Status::Refused => ["the source calls not coronary", "in no labelled region"],
    };
    html! {
        ul {
            li { (below) " below the smallest focus (" (bound) ")." }
            li { (other) " that " (by) "." }
            li { (voxels) " " (place) "." }
        }
        @if !document.not_checked.is_empty() {
            p { "Not checked: " @for (i, code) in document.not_checked.iter().enumerate() {
                @if i > 0 { ", " } code { (code) }
            } "." }
        }
        @if let Some(list) = w.list.as_ref().filter(|list| !list.is_empty()) { (foci(list)) }
    }
}

fn foci(list: &[WithheldFocusRecord]) -> Markup {
    let table = html! {
        table.long {
            caption { span { "Foci that were not counted." } }
            thead { tr {
                th scope="col" { "Reason" } th scope="col" { "Region" }
                @for head in ["Slice", "Row", "Column", "Area, mm²", "Peak, HU"] { th.n scope="col" { (head) } }
            } }
            tbody { @for f in list.iter().take(FOCI_MAX) { tr {
                td { (match f.reason {
                    WithheldReason::BelowSmallestFocus => "below the smallest focus",
                    WithheldReason::NotCoronary => "not coronary",
                }) }
                td { (f.artery) }
                (cell(&f.slice.to_string())) (cell(&f.row.to_string())) (cell(&f.column.to_string()))
                (cell(&format!("{:.2}", f.area_mm2))) (cell(&format!("{:.1}", f.peak_hu)))
            } } }
        }
    };
    let left_out = list.len().saturating_sub(FOCI_MAX);
    let body = html! {
        @if left_out > 0 { p.note { "The first " (FOCI_MAX) "; " (left_out) " more are in the result as JSON." } }
        (scroll("Foci that were not counted", &table))
    };
    folded("Each focus that was not counted", &body)
}

/// The score under neighbouring choices.
pub(super) fn sensitivity(rows: &[SensitivityRecord]) -> Markup {
    let table = html! {
        table {
            caption { span { "Had one choice been made otherwise." } }
            thead { tr {
                th scope="col" { "Choice" } th scope="col" { "Part" }
                th.n scope="col" { "Agatston" } th.n scope="col" { "Difference" } th scope="col" { "Category" }
            } }
            tbody { @for row in rows { tr {
                th scope="row" { (row.choice) }
                td { (row.region.as_deref().unwrap_or("total")) }
                (cell(&format!("{:.2}", row.agatston))) (cell(&format!("{:+.2}", row.difference)))
                td {
                    (row.category.as_deref().map(range_words).unwrap_or_default())
                    @if row.category_changes { " " b { "changes" } }
                }
            } } }
        }
    };
    scroll("Sensitivity", &table)
}
