//! The table of scores: a row a series and artery or region, and `total`.

use super::{
    column::{Column, float, int, never_null, text, yes_no},
    measures::{Measured, measures},
};
use crate::result::{
    ClassRecord, ClassWord, CountsRecord, FindingRecord, MeasuresRecord, ResultDocument, SeriesRecord,
};

/// An artery, a region or the total of one series.
#[derive(Clone, Copy)]
pub(super) struct ScoreRow<'a> {
    key: Option<&'a str>,
    document: &'a ResultDocument,
    kind: &'static str,
    region: &'a str,
    separated: Option<bool>,
    /// None of a series that was refused.
    sums: Option<&'a CountsRecord>,
    /// Lower and upper bound of a provisional score.
    bounds: [Option<f64>; 2],
}

/// The rows of one document: arteries, regions, then `total`. A refused one has `total` alone.
pub(super) fn rows<'a>(key: Option<&'a str>, document: &'a ResultDocument) -> Vec<ScoreRow<'a>> {
    let total = ScoreRow {
        key,
        document,
        kind: TOTAL,
        region: TOTAL,
        separated: None,
        sums: document.total.as_ref().map(|t| &t.sums),
        bounds: document.total.as_ref().map_or([None; 2], |t| [t.lower, t.upper]),
    };
    let arteries = document.arteries.iter().map(|a| ScoreRow {
        kind: "artery",
        region: &a.artery,
        separated: Some(a.separated),
        sums: Some(&a.sums),
        bounds: [a.lower, a.upper],
        ..total
    });
    let regions = document.regions.iter().map(|r| ScoreRow {
        kind: "region",
        region: &r.name,
        sums: Some(&r.sums),
        bounds: [None; 2],
        ..total
    });
    arteries.chain(regions).chain([total]).collect()
}

const TOTAL: &str = "total";

impl<'a> ScoreRow<'a> {
    /// The columns, in order: what was scored and how, the numbers, the scan, what to know of it.
    pub(super) fn columns() -> Vec<Column<'a, Self>> {
        let mut all: Vec<Column<'a, Self>> = keys().into();
        all.extend(measures());
        all.extend(bounds());
        all.extend(counts());
        all.extend(sizes());
        all.extend(scan());
        all
    }

    fn series(self) -> Option<&'a SeriesRecord> {
        self.document.series.as_ref()
    }

    fn is_total(self) -> bool {
        self.kind == TOTAL
    }

    /// Its lesions of a size class; none without a score.
    fn class(self, class: ClassWord) -> Option<&'a ClassRecord> {
        self.sums?.measures.agatston?;
        let artery = (!self.is_total()).then_some(self.region);
        self.document.classes.iter().find(|c| c.class == class && c.artery.as_deref() == artery)
    }
}

impl<'a> Measured<'a> for ScoreRow<'a> {
    fn measures(self) -> Option<&'a MeasuresRecord> {
        self.sums.map(|sums| &sums.measures)
    }
}

fn keys<'a>() -> [Column<'a, ScoreRow<'a>>; 14] {
    [
        text("series_key", super::KEY_MEANING, |r| Some(r.key?.into())),
        text("series_uid", "SeriesInstanceUID; null when no series could be told.", |r| {
            Some(r.series()?.series_uid.as_deref()?.into())
        }),
        text("study_uid", "StudyInstanceUID.", |r| Some(r.series()?.study_uid.as_deref()?.into())),
        text("content_hash", "Hash of what was scored; null when refused.", |r| {
            Some(r.series()?.content_hash.as_deref()?.into())
        }),
        never_null(text("status", "`scored`, `provisional` or `refused`.", |r| {
            Some(r.document.status.as_str().into())
        })),
        text("refusal_code", "Code of the first reason for a refusal; null when scored.", |r| {
            Some(r.document.refusal.as_ref()?.code.as_str().into())
        }),
        never_null(text("engine_version", "Version of the program.", |r| {
            Some(r.document.engine.version.as_str().into())
        })),
        never_null(text("protocol", "Name of the protocol.", |r| {
            Some(r.document.protocol.name.as_str().into())
        })),
        never_null(text("protocol_hash", "Hash of the choices of the protocol, as applied.", |r| {
            Some(r.document.protocol.hash.as_str().into())
        })),
        text("scope", "`coronary`, `regions` or `everything`; null when refused.", |r| {
            Some(r.document.total.as_ref()?.scope.as_str().into())
        }),
        text(
            "assigned_by",
            "Whose decision the arteries are: `reader` when some of it was, `labels`, `anatomy` or `everything`.",
            |r| Some(r.document.assignment.as_ref()?.assigned_by.as_str().into()),
        ),
        never_null(text("kind", "`artery`, `region` (in no total) or `total`.", |r| Some(r.kind.into()))),
        never_null(text("region", "Name of the artery or region, or `total`.", |r| Some(r.region.into()))),
        yes_no(
            "separated",
            "Whether the source tells the artery apart; if not, all measures are null.",
            |r| r.separated,
        ),
    ]
}

fn bounds<'a>() -> [Column<'a, ScoreRow<'a>>; 2] {
    [
        float("lower", "", "Lower bound of a provisional Agatston score; null otherwise.", |r| r.bounds[0]),
        float("upper", "", "Upper bound of a provisional Agatston score; null otherwise.", |r| r.bounds[1]),
    ]
}

fn counts<'a>() -> [Column<'a, ScoreRow<'a>>; 6] {
    [
        text("category", "Category of a coronary total; null where a finding takes its ground away.", |r| {
            Some(r.document.total.as_ref().filter(|_| r.is_total())?.category.as_deref()?.into())
        }),
        text(
            "category_lower",
            "Category of the lower bound of a total; null as it and the category are.",
            |r| Some(r.document.total.as_ref().filter(|_| r.is_total())?.category_lower.as_deref()?.into()),
        ),
        text(
            "category_upper",
            "Category of the upper bound of a total; null as it and the category are.",
            |r| Some(r.document.total.as_ref().filter(|_| r.is_total())?.category_upper.as_deref()?.into()),
        ),
        int("percentile", "Percentile of a coronary total, 0 to 99, for research.", |r| {
            r.document.risk.as_ref().filter(|_| r.is_total())?.percentile.value.map(u64::from)
        }),
        int("lesions", "Number of lesions.", |r| r.sums?.lesions),
        int("foci", "Number of foci.", |r| r.sums?.foci),
    ]
}

fn sizes<'a>() -> [Column<'a, ScoreRow<'a>>; 4] {
    [
        int("micro_lesions", "Number of lesions of the size class `micro`.", |r| {
            r.class(ClassWord::Micro)?.lesions
        }),
        float("micro_agatston", "", "Agatston score of the lesions of the size class `micro`.", |r| {
            r.class(ClassWord::Micro)?.agatston
        }),
        int("macro_lesions", "Number of lesions of the size class `macro`.", |r| {
            r.class(ClassWord::Macro)?.lesions
        }),
        float("macro_agatston", "", "Agatston score of the lesions of the size class `macro`.", |r| {
            r.class(ClassWord::Macro)?.agatston
        }),
    ]
}

fn scan<'a>() -> [Column<'a, ScoreRow<'a>>; 9] {
    [
        text("manufacturer", "Manufacturer.", |r| Some(r.series()?.manufacturer.as_deref()?.into())),
        text("model", "ManufacturerModelName.", |r| Some(r.series()?.model.as_deref()?.into())),
        float("kvp", "kV", "Tube voltage; null where unknown or mixed.", |r| r.series()?.kvp),
        text("kernel", "ConvolutionKernel, all values joined by `+`.", |r| {
            Some(r.series()?.kernel.join("+").into())
        }),
        float("slice_thickness_mm", "mm", "SliceThickness.", |r| r.series()?.slice_thickness_mm),
        float("increment_mm", "mm", "Distance of neighbouring slices; null when refused.", |r| {
            r.series()?.increment_mm
        }),
        float(
            "mass_factor_mg_cm3_per_hu",
            "mg/cm3 per HU",
            "Factor that mass rests on; null without one.",
            |r| r.document.mass_factor.mg_cm3_per_hu,
        ),
        float(
            "noise_hu",
            "HU",
            "Noise in the blood of the heart; null where the anatomy was not asked, or not found.",
            |r| r.document.anatomy.as_ref()?.measured.noise_hu,
        ),
        text(
            "findings",
            "Everything noticed, `severity:code`, joined by blanks; null without anything.",
            |r| Some(r.document.findings.iter().map(finding).collect::<Vec<_>>().join(" ").into()),
        ),
    ]
}

/// Severity with each code, because a warning read as an info is how numbers get misused.
fn finding(f: &FindingRecord) -> String {
    format!("{}:{}", f.severity.as_str(), f.code)
}
