//! What research reads from a coronary total: categories, percentile, ten-year risk and arterial age. No advice.
//!
//! ```text
//! options, else the covariates CSV, else age and sex of the header --known--> Covariates
//! what was declared or not found                                  --findings--> findings
//! total + Covariates + findings                                   --record--> RiskRecord
//! ```
//!
//! Nothing is guessed and nothing is clamped: what is missing, withheld or outside a table is null, with the reason.

mod arterial_age;
mod chd;
mod covariate_table;
mod covariates;
mod history;
mod percentile;
mod record;

pub use covariate_table::CovariateTable;
pub use covariates::{Covariate, CovariateSource, Covariates, Given, Race, Sex};
pub use history::Declared;
pub use record::{CacDrsRecord, CategoriesRecord, ChdRecord, PercentileRecord, RiskRecord};

use crate::{AssignedBy, NamedProtocol, Request, Status, code};
use agatston_core::{Category, Code, Finding, FiveCategory, RumbergerCategory, cac_drs_grade, is_trace};
use agatston_dicom::{SeriesFacts, code as dicom_code};
use percentile::Group;
use std::collections::BTreeSet;

/// Where covariates come from, beside the header.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CovariateSources {
    /// Given for every series; they beat the table.
    pub given: Covariates,
    /// A table with a row for each series or study.
    pub table: Option<CovariateTable>,
}

/// Findings for which percentile, risk and arterial age are withheld: they take away the ground of the score, or of the
/// comparison with people who have neither stent nor bypass.
const WITHHOLDING: [Code; 6] = [
    dicom_code::NONSTANDARD_KVP,
    dicom_code::KVP_MISSING,
    dicom_code::NONSTANDARD_THICKNESS,
    code::ARTERIES_NOT_NAMED,
    code::DECLARED_STENT,
    code::DECLARED_BYPASS,
];

/// What a risk record rests on.
pub(crate) struct Basis<'a> {
    /// The coronary total.
    pub(crate) agatston: f64,
    /// Whose decision it is what is coronary; a total of the anatomical pipeline is provisional.
    pub(crate) assigned_by: AssignedBy,
    /// Whether the total has a category.
    pub(crate) has_category: bool,
    /// How many of the four arteries hold calcium, where that is known.
    pub(crate) arteries: Option<u64>,
    /// Whether the scan was gated, where that is known.
    pub(crate) gating: Option<bool>,
    /// Everything noticed.
    pub(crate) findings: &'a [Finding],
    /// Codes whose refusal the user overruled.
    pub(crate) allow: &'a BTreeSet<String>,
    /// How the score was read.
    pub(crate) protocol: &'a NamedProtocol,
}

impl Basis<'_> {
    fn is_provisional(&self) -> bool {
        self.assigned_by == AssignedBy::Anatomy
    }
}

/// What is known of the person of a series.
pub(crate) fn known(sources: &CovariateSources, facts: &SeriesFacts) -> Covariates {
    let of_table = sources.table.as_ref().and_then(|table| table.row(facts)).map(|row| row.covariates);
    sources.given.or(of_table.unwrap_or_default()).or(Covariates::of_header(facts))
}

/// What is said of the person of a series before it is scored.
pub(crate) fn findings(request: &Request, facts: &SeriesFacts) -> Vec<Finding> {
    let mut declared: BTreeSet<Declared> = request.history.clone();
    let mut findings = Vec::new();
    if let Some(table) = &request.covariates.table {
        match table.row(facts) {
            Some(_) => declared.extend(table.rows(facts).flat_map(|row| &row.history)),
            None => findings.push(
                Finding::info(
                    code::COVARIATES_NOT_FOUND,
                    "the covariates file has no row for this series or its study",
                )
                .next_step("give the series_uid or study_uid of the result as it stands there"),
            ),
        }
        if table.ignored_columns() > 0 {
            let left_out = table.ignored_columns();
            let message = format!("columns of the covariates file were left out: {left_out}");
            findings.push(Finding::info(code::COVARIATES_COLUMNS_IGNORED, message));
        }
    }
    findings.extend(declared.into_iter().map(Declared::finding));
    findings
}

/// What takes the ground away: that the total is provisional, the findings of the list above in its order, and every refusal
/// that was overruled.
fn withheld(basis: &Basis<'_>) -> Vec<String> {
    let is_found = |name: &str| basis.findings.iter().any(|f| f.code.name() == name);
    let listed = WITHHOLDING.iter().map(|code| code.name()).filter(|name| is_found(name));
    let provisional = basis.is_provisional().then_some(Status::Provisional.as_str());
    let mut codes: Vec<String> = provisional.into_iter().chain(listed).map(str::to_owned).collect();
    codes.extend(
        basis
            .allow
            .iter()
            .filter(|name| is_found(name) && !codes.contains(name))
            .cloned()
            .collect::<Vec<_>>(),
    );
    codes
}

/// The record of a coronary total.
pub(crate) fn record(basis: &Basis<'_>, known: &Covariates) -> RiskRecord {
    let withheld = withheld(basis);
    let missing = known.missing();
    let percentile = percentile_record(basis, known, &withheld);
    let chd = chd_record(basis, known, &withheld);
    let covariates = if chd.with_cac.is_some() {
        *known
    } else if percentile.probability_of_calcium_percent.is_some() {
        known.of_percentile()
    } else {
        Covariates::default()
    };
    let ground = withheld.is_empty() && basis.has_category;
    RiskRecord {
        categories: categories(basis),
        trace: is_trace(basis.agatston),
        cac_drs: cac_drs(basis),
        covariates,
        percentile,
        chd_10_year_percent: chd,
        arterial_age_years: ground.then(|| rounded(arterial_age::arterial_age_years(basis.agatston))),
        withheld,
        missing: missing.into_iter().map(|covariate| covariate.as_str().to_owned()).collect(),
    }
}

fn categories(basis: &Basis<'_>) -> CategoriesRecord {
    let named = |name: &str| basis.has_category.then(|| name.to_owned());
    CategoriesRecord {
        cac_drs: named(Category::of(basis.agatston).as_str()),
        five: named(FiveCategory::of(basis.agatston).as_str()),
        rumberger: named(RumbergerCategory::of(basis.agatston).as_str()),
    }
}

fn cac_drs(basis: &Basis<'_>) -> CacDrsRecord {
    let none = |reason: &str| CacDrsRecord { grade: None, reason: Some(reason.to_owned()) };
    if !basis.has_category {
        return none("the total has no category");
    }
    if basis.is_provisional() {
        return none("the total is provisional");
    }
    match basis.gating {
        Some(true) => {}
        Some(false) => return none("the scan was not gated"),
        None => return none("nothing says whether the scan was gated"),
    }
    match cac_drs_grade(Category::of(basis.agatston), basis.arteries) {
        Some(grade) => CacDrsRecord { grade: Some(grade), reason: None },
        None => none("the number of arteries with calcium is not known"),
    }
}

/// Why a number is not given, before its own table is asked.
fn no_ground(basis: &Basis<'_>, withheld: &[String], missing: &[Covariate]) -> Option<String> {
    if !withheld.is_empty() {
        return Some(format!("withheld: {}", withheld.join(", ")));
    }
    if !basis.has_category {
        return Some("withheld: the total has no category".to_owned());
    }
    let names: Vec<&str> = missing.iter().map(|covariate| covariate.as_str()).collect();
    (!names.is_empty()).then(|| format!("missing: {}", names.join(", ")))
}

fn percentile_record(basis: &Basis<'_>, known: &Covariates, withheld: &[String]) -> PercentileRecord {
    let record = PercentileRecord { reference: percentile::REFERENCE.to_owned(), ..Default::default() };
    let none = |reason: String| PercentileRecord { reason: Some(reason), ..record.clone() };
    let missing = known.missing().into_iter().filter(|c| Covariate::OF_PERCENTILE.contains(c));
    if let Some(reason) = no_ground(basis, withheld, &missing.collect::<Vec<_>>()) {
        return none(reason);
    }
    match Group::of(known).and_then(|group| percentile::standing(basis.agatston, group)) {
        None => none(outside(&percentile::AGES_YEARS)),
        Some(standing) => PercentileRecord {
            value: standing.percentile,
            probability_of_calcium_percent: Some(standing.probability_of_calcium_percent),
            note: reading_note(basis.protocol),
            reason: standing.percentile.is_none().then(|| "a score of 0 has no percentile".to_owned()),
            ..record
        },
    }
}

fn chd_record(basis: &Basis<'_>, known: &Covariates, withheld: &[String]) -> ChdRecord {
    let record = ChdRecord { reference: chd::REFERENCE.to_owned(), ..ChdRecord::default() };
    let none = |reason: String| ChdRecord { reason: Some(reason), ..record.clone() };
    if let Some(reason) = no_ground(basis, withheld, &known.missing()) {
        return none(reason);
    }
    match chd::Person::of(known).and_then(|person| chd::risks_percent(&person, basis.agatston)) {
        None => none(outside(&chd::AGES_YEARS)),
        Some(risks) => ChdRecord {
            with_cac: Some(rounded(risks.with_cac)),
            without_cac: Some(rounded(risks.without_cac)),
            ..record
        },
    }
}

/// How the score was read otherwise than those that it is compared with.
fn reading_note(protocol: &NamedProtocol) -> Option<String> {
    let same = NamedProtocol::load("mesa").is_ok_and(|mesa| mesa.protocol == protocol.protocol);
    let note = format!("MESA read by protocol mesa, this score was read by {}", protocol.name);
    (!same).then_some(note)
}

/// Why an age has no number. The age itself is not repeated: it may be a header's.
fn outside(ages: &std::ops::RangeInclusive<u16>) -> String {
    format!("outside the ages of the reference, {} to {} years", ages.start(), ages.end())
}

/// Rounded to 0.001, far finer than any of these numbers is known: the last digits of a logarithm are the machine's.
fn rounded(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

/// A table of the shared facts, beside the shared data; `None` says on standard error that the test skips.
#[cfg(test)]
fn shared_table(name: &str) -> Option<Vec<u8>> {
    let beside = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("AGATSTON_DATA").map_or_else(beside, std::path::PathBuf::from);
    let bytes = std::fs::read(data.join("../tables").join(name)).ok();
    if bytes.is_none() {
        // Past the test harness, which keeps what passing tests print.
        let said = format!("SKIPPED: no tables/{name} beside the shared data (AGATSTON_DATA)\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
