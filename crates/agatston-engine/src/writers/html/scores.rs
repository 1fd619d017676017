//! Scores of each artery or region and the total, and the measures beside them.

use super::{
    number::{cell, count, fixed},
    page::scroll,
};
use crate::{
    Scope,
    outcome::UNNAMED,
    pictures::{colour_of_artery, hex},
    result::{CountsRecord, MeasuresRecord, ResultDocument, Status},
};
use maud::{Markup, html};

/// What a row is of.
struct Part<'a> {
    sums: &'a CountsRecord,
    /// Lower and upper bound of a provisional score.
    bounds: [Option<f64>; 2],
}

/// The table of scores, of a provisional one with its bounds.
pub(super) fn scores(document: &ResultDocument) -> Markup {
    let bounds = if document.status == Status::Provisional { &["Lower", "Upper"][..] } else { &[] };
    let rest = ["Volume, mm³", "Mass, mg", "Lesions", "Foci", "Peak, HU", "Mean, HU"];
    let heads = [&["Agatston"], bounds, &rest].concat();
    let cells = |part: &Part<'_>| {
        let mut cells = score_cells(part.sums);
        let bounds = part.bounds.iter().take(bounds.len()).map(|bound| fixed(*bound, 2));
        cells.splice(1..1, bounds);
        cells
    };
    let table = html! {
        table {
            caption { span { "Scores. Agatston scores have no unit; a dash is not known, never 0." } }
            thead { tr {
                th scope="col" { "Part" }
                @for head in &heads { th.n scope="col" { (head) } }
            } }
            tbody { (rows(document, heads.len(), &cells)) }
        }
    };
    scroll("Scores", &table)
}

fn score_cells(sums: &CountsRecord) -> Vec<String> {
    let m = &sums.measures;
    vec![
        fixed(m.agatston, 2),
        fixed(m.volume_mm3, 2),
        fixed(m.mass_mg, 2),
        count(sums.lesions),
        count(sums.foci),
        fixed(m.peak_hu, 1),
        fixed(m.mean_hu, 1),
    ]
}

/// The table of measures beside the score.
pub(super) fn measures(document: &ResultDocument) -> Markup {
    let [two, three, four] = document.protocol.weight_bounds_hu;
    let heads = [
        "Area, mm²".to_owned(),
        "Density, 1 to 4".to_owned(),
        "SD, HU".to_owned(),
        "Volume interpolated, mm³".to_owned(),
        "Volume at half maximum, mm³".to_owned(),
        format!("Volume under {two:.0} HU, mm³"),
        format!("to {three:.0} HU, mm³"),
        format!("to {four:.0} HU, mm³"),
        format!("from {four:.0} HU, mm³"),
        "Volume from 1000 HU, mm³".to_owned(),
    ];
    let table = html! {
        table.wide {
            caption { span { "Measures beside the score." } }
            thead { tr {
                th scope="col" { "Part" }
                @for head in &heads { th.n scope="col" { (head) } }
            } }
            tbody { (rows(document, heads.len(), &|part| measure_cells(&part.sums.measures))) }
        }
    };
    let total = document.total.as_ref();
    html! {
        (scroll("Measures", &table))
        @if let Some(diffusivity) = total.and_then(|t| t.diffusivity) {
            p { "Diffusivity " b { (format!("{diffusivity:.2}")) } ": 1 less the share of the most affected artery." }
        }
        (by_rods(document))
    }
}

fn measure_cells(m: &MeasuresRecord) -> Vec<String> {
    let by_weight = |i: usize| fixed(m.volume_by_weight_mm3.map(|v| v[i]), 2);
    vec![
        fixed(m.area_mm2, 2),
        fixed(m.density, 2),
        fixed(m.sd_hu, 1),
        fixed(m.volume_interpolated_mm3, 2),
        fixed(m.volume_half_maximum_mm3, 2),
        by_weight(0),
        by_weight(1),
        by_weight(2),
        by_weight(3),
        fixed(m.volume_from_1000_hu_mm3, 2),
    ]
}

/// What reference rods make possible; nothing without one.
fn by_rods(document: &ResultDocument) -> Markup {
    let is_known = |m: &MeasuresRecord| m.volume_fraction_mm3.is_some() || m.spatially_weighted.is_some();
    let arteries = document.arteries.iter().map(|a| &a.sums.measures);
    let regions = document.regions.iter().map(|r| &r.sums.measures);
    let any = arteries.chain(regions).any(is_known);
    let table = html! {
        table {
            caption { span { "By reference rods, without a threshold." } }
            thead { tr {
                th scope="col" { "Part" }
                @for head in ["Volume fraction, mm³", "Mass by integrated intensity, mg", "Spatially weighted score"] {
                    th.n scope="col" { (head) }
                }
            } }
            tbody { (rows(document, 3, &|part| {
                let m = &part.sums.measures;
                vec![fixed(m.volume_fraction_mm3, 2), fixed(m.mass_integrated_mg, 2), fixed(m.spatially_weighted, 2)]
            })) }
        }
    };
    html! { @if any { (scroll("By reference rods", &table)) } }
}

/// A row for each artery, the total, and each region; `cells` are those behind its name.
fn rows(document: &ResultDocument, columns: usize, cells: &dyn Fn(&Part<'_>) -> Vec<String>) -> Markup {
    let total = document.total.as_ref();
    let cells = |sums, bounds| cells(&Part { sums, bounds });
    let is_coronary = total.is_some_and(|t| t.scope == Scope::Coronary);
    html! {
        @for artery in &document.arteries {
            @if artery.separated {
                tr { (name(&artery.artery)) @for text in cells(&artery.sums, [artery.lower, artery.upper]) { (cell(&text)) } }
            } @else if artery.artery != UNNAMED {
                tr { (name(&artery.artery)) td.none colspan=(columns) { "not told apart by the source" } }
            }
        }
        @if let Some(total) = total.filter(|t| t.scope != Scope::Regions) {
            tr.total {
                th scope="row" { @if is_coronary { "Total" } @else { "Everything" } }
                @for text in cells(&total.sums, [total.lower, total.upper]) { (cell(&text)) }
            }
        }
        @if is_coronary && !document.regions.is_empty() {
            tr { th.group scope="rowgroup" colspan=(columns + 1) { "Not coronary, in no total" } }
        }
        @for region in &document.regions {
            tr { th scope="row" { (region.name) } @for text in cells(&region.sums, [None; 2]) { (cell(&text)) } }
        }
    }
}

/// The name of an artery, with the colour of its outlines.
fn name(artery: &str) -> Markup {
    let text = if artery == UNNAMED { "coronary, no artery named" } else { artery };
    html! {
        th.artery scope="row" {
            @if let Some(colour) = colour_of_artery(artery) {
                svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect width="10" height="10" fill=(hex(colour)) {} }
            }
            (text)
        }
    }
}
