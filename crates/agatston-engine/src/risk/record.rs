//! The risk part of a result: categories, percentile, risk and arterial age, or why they are not given.

use super::Covariates;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What research reads from a coronary total. It is no advice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RiskRecord {
    /// Categories of the unrounded total; each null where `total.category` is.
    pub categories: CategoriesRecord,
    /// Whether the total is over 0 and under 1.
    pub trace: bool,
    /// The CAC-DRS grade, or why there is none.
    pub cac_drs: CacDrsRecord,
    /// The covariates that a number below rests on, each with its source; null where it was not given or not used.
    pub covariates: Covariates,
    /// Percentile among people of the same age, sex and race.
    pub percentile: PercentileRecord,
    /// Ten-year risk of coronary heart disease, percent.
    pub chd_10_year_percent: ChdRecord,
    /// Age at which this score is the expected one, years, rounded to 0.001 (McClelland et al., 2009); null when withheld.
    pub arterial_age_years: Option<f64>,
    /// For what percentile, risk and arterial age are not given: `provisional` for such a total, and codes of findings.
    pub withheld: Vec<String>,
    /// Covariates that are not given, by the names of the columns of a covariates CSV.
    pub missing: Vec<String>,
}

/// Categories of the total.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CategoriesRecord {
    /// By the bounds of CAC-DRS: `0`, `(0,100)`, `[100,300)` or `[300,inf)`; the same as `total.category`.
    pub cac_drs: Option<String>,
    /// In five steps: `0`, `(0,100)`, `[100,300)`, `[300,1000)` or `[1000,inf)`.
    pub five: Option<String>,
    /// Of Rumberger et al., 1999: `0`, `(0,10]`, `(10,100]`, `(100,400]` or `(400,inf)`.
    pub rumberger: Option<String>,
}

/// The CAC-DRS grade.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CacDrsRecord {
    /// `A0/N0` to `A3/N4`: the category, and how many of LM, LAD, LCX and RCA hold calcium.
    pub grade: Option<String>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// A percentile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PercentileRecord {
    /// Percentile, 0 to 99.
    pub value: Option<u8>,
    /// Share of the same people with a score over 0, percent.
    pub probability_of_calcium_percent: Option<u8>,
    /// Where the percentiles are from.
    pub reference: String,
    /// How the score was read otherwise than those of the reference; null when it was read the same way.
    pub note: Option<String>,
    /// Why there is no percentile.
    pub reason: Option<String>,
}

/// A ten-year risk, not clipped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChdRecord {
    /// With the score, percent, rounded to 0.001.
    pub with_cac: Option<f64>,
    /// Without it, percent, rounded to 0.001.
    pub without_cac: Option<f64>,
    /// Where the model is from.
    pub reference: String,
    /// Why there is none.
    pub reason: Option<String>,
}
