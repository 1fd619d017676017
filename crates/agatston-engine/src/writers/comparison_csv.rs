//! The comparison as CSV: one row a part. Empty cells are unknown, never 0.

use crate::{
    compare::record::{ChangeRecord, Comparison, PartRecord},
    writers::text::csv_cell,
};

/// What stands before the measures.
const HEAD: [&str; 7] =
    ["baseline_series_uid", "followup_series_uid", "interval_days", "comparable", "kind", "part", "verdict"];

/// The measures, each with its value at both scans, the difference and the limit.
const MEASURES: [&str; 4] = ["agatston", "volume_mm3", "mass_mg", "volume_half_maximum_mm3"];

/// What stands after them.
const TAIL: [&str; 7] = ["by_area", "by_density", "existing", "new", "vanished", "reasons", "findings"];

/// The header line.
pub fn header() -> String {
    let of =
        |measure: &&str| ["baseline", "followup", "difference", "limit"].map(|c| format!("{measure}_{c}"));
    let measures: Vec<String> = MEASURES.iter().flat_map(of).collect();
    let (head, tail) = (HEAD.map(str::to_owned), TAIL.map(str::to_owned));
    [&head[..], &measures, &tail].concat().join(",") + "\n"
}

/// The rows of one comparison.
pub fn rows(comparison: &Comparison) -> String {
    comparison.parts.iter().map(|part| row(comparison, part)).collect()
}

fn row(c: &Comparison, part: &PartRecord) -> String {
    let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
    let measured = |change: &ChangeRecord| {
        [change.baseline, change.followup, change.difference, change.limit].map(number).to_vec()
    };
    let codes = |all: Vec<&String>| all.into_iter().cloned().collect::<Vec<_>>().join(" ");
    let gate = &c.comparability;
    let mut cells = vec![
        c.baseline.series_uid.clone().unwrap_or_default(),
        c.followup.series_uid.clone().unwrap_or_default(),
        c.interval.days.map(|d| d.to_string()).unwrap_or_default(),
        gate.comparable.to_string(),
        part.kind.as_str().to_owned(),
        part.name.clone(),
        part.verdict.verdict.as_str().to_owned(),
    ];
    let changes = &part.changes;
    for change in [&changes.agatston, &changes.volume_mm3, &changes.mass_mg, &changes.volume_half_maximum_mm3]
    {
        cells.extend(measured(change));
    }
    let (d, l) = (part.decomposition.as_ref(), part.by_lesion.as_ref());
    cells.extend([d.map(|d| d.by_area), d.map(|d| d.by_density)].map(number));
    cells.extend([l.map(|l| l.existing), l.map(|l| l.new), l.map(|l| l.vanished)].map(number));
    cells.push(codes(gate.reasons.iter().chain(&gate.warnings).map(|r| &r.code).collect()));
    cells.push(codes(c.findings.iter().map(|f| &f.code).collect()));
    cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",") + "\n"
}
