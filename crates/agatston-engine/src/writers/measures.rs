//! The table's second block: measures beside the score, for each artery or region and the total.

use crate::{
    Scope,
    result::{MeasuresRecord, ResultDocument},
    writers::{
        page::{Ink, Page},
        table::clip,
        text::hanging,
    },
};

/// One measure of a column and its digits.
type Column = (fn(&MeasuresRecord) -> Option<f64>, usize, usize);

/// Measure, width, digits.
const COLUMNS: [Column; 8] = [
    (|m| m.density, 7, 2),
    (|m| m.sd_hu, 6, 1),
    (|m| m.volume_interpolated_mm3, 8, 2),
    (|m| m.volume_half_maximum_mm3, 8, 2),
    (|m| m.volume_by_weight_mm3.map(|v| v[0]), 7, 1),
    (|m| m.volume_by_weight_mm3.map(|v| v[1]), 7, 1),
    (|m| m.volume_by_weight_mm3.map(|v| v[2]), 7, 1),
    (|m| m.volume_by_weight_mm3.map(|v| v[3]), 7, 1),
];

/// The block; empty where nothing but sums of everything is known.
pub(crate) fn measures(document: &ResultDocument) -> Page {
    let Some(total) = document.total.as_ref().filter(|t| t.scope != Scope::Everything) else {
        return Page::default();
    };
    let bounds = document.protocol.weight_bounds_hu.map(|hu| format!("{hu:.0}"));
    let [two, three, four] = &bounds;
    let head = format!(
        "\n{:<14} {:>7} {:>6} {:>8} {:>8} {:>31}\n{:<14} {:>7} {:>6} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7}\n",
        "",
        "density",
        "SD",
        "volume",
        "volume",
        "volume by HU, mm3",
        "",
        "1 to 4",
        "HU",
        "interp.",
        "half max",
        format!("< {two}"),
        format!("< {three}"),
        format!("< {four}"),
        format!(">= {four}")
    );
    let mut out = Page::of(Ink::Heading, &head);
    let arteries = document.arteries.iter().filter(|a| a.separated).map(|a| (&a.artery, &a.sums.measures));
    let regions = document.regions.iter().map(|r| (&r.name, &r.sums.measures));
    for (name, m) in arteries.chain(regions) {
        out += &row(name, m);
    }
    if total.scope == Scope::Coronary {
        out.add(Ink::Total, &row("total", &total.sums.measures));
    }
    if let Some(diffusivity) = total.diffusivity {
        out += &format!("diffusivity {diffusivity:.2}: 1 less the share of the most affected artery\n");
    }
    out += &partial_volume(document);
    out
}

fn row(name: &str, m: &MeasuresRecord) -> String {
    let cell = |(of, width, digits): &Column| {
        let text = of(m).map_or_else(|| "-".to_owned(), |x| format!("{x:.digits$}"));
        format!(" {text:>width$}")
    };
    let cells: String = COLUMNS.iter().map(cell).collect();
    format!("{:<14}{cells}\n", clip(name, 14))
}

/// What reference rods make possible.
fn partial_volume(document: &ResultDocument) -> String {
    let arteries = document.arteries.iter().filter(|a| a.separated).map(|a| (&a.artery, &a.sums.measures));
    let regions = document.regions.iter().map(|r| (&r.name, &r.sums.measures));
    let known: Vec<String> = arteries
        .chain(regions)
        .filter_map(|(name, m)| m.mass_integrated_mg.map(|mg| format!("{} {mg:.2} mg", clip(name, 14))))
        .collect();
    if known.is_empty() {
        String::new()
    } else {
        hanging("By rods, without a threshold: ", &known.join(", "))
    }
}
