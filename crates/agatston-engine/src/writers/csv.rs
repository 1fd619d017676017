//! CSV: one row an artery or region, and `total`. Empty cells are unknown, never 0.

use crate::{
    result::{CountsRecord, ResultDocument, SeverityRecord, Status},
    writers::text::csv_cell,
};

/// The columns, in order.
pub const COLUMNS: [&str; 30] = [
    "series_uid",
    "status",
    "protocol",
    "scope",
    "kind",
    "region",
    "separated",
    "agatston",
    "agatston_unscaled",
    "area_mm2",
    "volume_mm3",
    "volume_interpolated_mm3",
    "volume_half_maximum_mm3",
    "mass_mg",
    "mean_hu",
    "sd_hu",
    "peak_hu",
    "density",
    "volume_weight_1_mm3",
    "volume_weight_2_mm3",
    "volume_weight_3_mm3",
    "volume_weight_4_mm3",
    "volume_from_1000_hu_mm3",
    "volume_fraction_mm3",
    "mass_integrated_mg",
    "spatially_weighted",
    "percentile",
    "lesions",
    "foci",
    "findings",
];

/// The header line.
pub fn header() -> String {
    COLUMNS.join(",") + "\n"
}

/// The rows of one document: arteries, regions, then `total`. A refused one has a single row.
pub fn rows(document: &ResultDocument) -> String {
    let mut out = String::new();
    for artery in &document.arteries {
        out += &row(document, ("artery", &artery.artery), Some(artery.separated), &artery.sums);
    }
    for region in &document.regions {
        out += &row(document, ("region", &region.name), None, &region.sums);
    }
    let sums = document.total.as_ref().map(|t| t.sums.clone()).unwrap_or_default();
    out + &row(document, ("total", "total"), None, &sums)
}

fn row(
    document: &ResultDocument,
    (kind, region): (&str, &str),
    separated: Option<bool>,
    sums: &CountsRecord,
) -> String {
    let m = &sums.measures;
    let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
    let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let by_weight = |i: usize| number(m.volume_by_weight_mm3.map(|volumes| volumes[i]));
    let risk = document.risk.as_ref().filter(|_| kind == "total");
    let percentile = count(risk.and_then(|r| r.percentile.value).map(u64::from));
    // Severity with each code, because a warning read as an info is how numbers get misused.
    let findings: Vec<String> =
        document.findings.iter().map(|f| format!("{}:{}", severity(f.severity), f.code)).collect();
    let cells = [
        document.series.as_ref().and_then(|s| s.series_uid.clone()).unwrap_or_default(),
        match document.status {
            Status::Scored => "scored".to_owned(),
            Status::Refused => "refused".to_owned(),
        },
        document.protocol.name.clone(),
        document.total.as_ref().map(|t| t.scope.as_str()).unwrap_or_default().to_owned(),
        kind.to_owned(),
        region.to_owned(),
        separated.map(|s| s.to_string()).unwrap_or_default(),
        number(m.agatston),
        number(m.agatston_unscaled),
        number(m.area_mm2),
        number(m.volume_mm3),
        number(m.volume_interpolated_mm3),
        number(m.volume_half_maximum_mm3),
        number(m.mass_mg),
        number(m.mean_hu),
        number(m.sd_hu),
        number(m.peak_hu),
        number(m.density),
        by_weight(0),
        by_weight(1),
        by_weight(2),
        by_weight(3),
        number(m.volume_from_1000_hu_mm3),
        number(m.volume_fraction_mm3),
        number(m.mass_integrated_mg),
        number(m.spatially_weighted),
        percentile,
        count(sums.lesions),
        count(sums.foci),
        findings.join(" "),
    ];
    cells.map(|c| csv_cell(&c)).join(",") + "\n"
}

fn severity(severity: SeverityRecord) -> &'static str {
    match severity {
        SeverityRecord::Info => "info",
        SeverityRecord::Warning => "warning",
        SeverityRecord::Refusal => "refusal",
    }
}
