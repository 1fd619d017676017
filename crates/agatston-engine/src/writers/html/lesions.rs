//! The table of lesions, with the numbers that pictures show.

use super::{
    number::{UNKNOWN, cell, fixed},
    page::scroll,
};
use crate::result::{LesionRecord, ResultDocument, TierWord};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Lesions that a page lists.
const LESIONS_MAX: usize = 500;

/// The lesions with the largest scores, in the order of the result.
pub(super) fn lesions(document: &ResultDocument) -> Markup {
    let all = &document.lesions;
    let has_tiers = all.iter().any(|l| l.tier.is_some());
    let shown = largest(all);
    let left_out = all.len() - shown.len();
    let heads = [
        "Agatston",
        "Volume, mm³",
        "Mass, mg",
        "Peak, HU",
        "Mean, HU",
        "SD, HU",
        "Caliper, mm",
        "Slices",
        "Centre, LPS, mm",
    ];
    let table = html! {
        table.long {
            caption { span { "Lesions by their lowest voxel. Centre: millimetres to the patient's left, back and head." } }
            thead { tr {
                th scope="col" { "Lesion" }
                th scope="col" { "Size class" }
                @for head in heads { th.n scope="col" { (head) } }
                th scope="col" { "Assigned by" }
                th scope="col" { "Flags" }
                @if has_tiers { th scope="col" { "How sure" } }
            } }
            tbody { @for (number, lesion) in shown { (row(number, lesion, has_tiers)) } }
        }
    };
    html! {
        @if all.is_empty() {
            p { "There is no lesion." }
        } @else {
            @if left_out > 0 {
                p.note { "The " (LESIONS_MAX) " lesions with the largest scores; " (left_out) " more are in the result as JSON." }
            }
            (scroll("Lesions", &table))
        }
    }
}

/// Each with its number, from 1.
fn largest(all: &[LesionRecord]) -> Vec<(usize, &LesionRecord)> {
    let agatston = |i: usize| all[i].measures.agatston.unwrap_or_default();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| agatston(b).total_cmp(&agatston(a)));
    let kept: BTreeSet<usize> = order.into_iter().take(LESIONS_MAX).collect();
    kept.into_iter().map(|i| (i + 1, &all[i])).collect()
}

fn row(number: usize, l: &LesionRecord, has_tiers: bool) -> Markup {
    let m = &l.measures;
    let [x, y, z] = l.centroid_lps_mm;
    let [first, last] = l.bounding_box.slices;
    let slices = if first == last { first.to_string() } else { format!("{first} to {last}") };
    html! {
        tr {
            th scope="row" { (l.artery) " " (number) }
            td { (class(l)) }
            (cell(&fixed(m.agatston, 2)))
            (cell(&fixed(m.volume_mm3, 2)))
            (cell(&fixed(m.mass_mg, 2)))
            (cell(&fixed(m.peak_hu, 1)))
            (cell(&fixed(m.mean_hu, 1)))
            (cell(&fixed(m.sd_hu, 1)))
            (cell(&fixed(Some(l.caliper_mm), 1)))
            (cell(&slices))
            (cell(&format!("{x:.1}, {y:.1}, {z:.1}")))
            td { (l.assigned_by.as_str()) }
            td { (l.flags.join(", ").replace('_', " ")) }
            @if has_tiers { td { (l.tier.map_or(UNKNOWN, TierWord::as_str)) } }
        }
    }
}

fn class(l: &LesionRecord) -> String {
    let class = l.class.as_str();
    l.part.as_ref().map_or_else(|| class.to_owned(), |part| format!("{class}, {part}"))
}
