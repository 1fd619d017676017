//! What is in an input: series, geometry, suitability, findings. Scores nothing and reads no pixels but those of
//! duplicates.

use crate::{
    Error, InspectRequest, code,
    input::{files, unusable},
    record,
    result::{FilesRecord, FindingRecord, SeriesRecord},
    select::name_groups,
    series::{check, coverage_mm, series_record},
};
use agatston_core::Severity;
use agatston_dicom::{Group, Rules, Watch, discover, group, index};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Name and version of the form of this document.
pub const INSPECTION_SCHEMA: &str = "agatston.inspection/1";

/// What is in an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inspection {
    /// `agatston.inspection/1`.
    pub schema: String,
    /// Files of the input.
    pub files: FilesRecord,
    /// What is wrong with the input as a whole.
    pub findings: Vec<FindingRecord>,
    /// Its CT series, in a fixed order.
    pub series: Vec<InspectedSeries>,
}

/// One CT series of an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InspectedSeries {
    /// The name by which `--series` chooses it: its UID, with `#1`, `#2`, ... where several stacks share one.
    pub name: String,
    /// Whether it can be scored as a coronary calcium scan.
    pub scorable: bool,
    /// Its facts.
    pub series: SeriesRecord,
    /// ImageType of its lowest slice.
    pub image_type: Vec<String>,
    /// Calibration factor of the patient (0018,9351), as the scanner wrote it; the second choice of `score`, after `--mass-factor`.
    pub mass_factor_patient: Option<f64>,
    /// Calibration factors of the device (0018,9352) for small, medium and large patients.
    pub mass_factor_device: Vec<f64>,
    /// Everything noticed.
    pub findings: Vec<FindingRecord>,
    /// Codes of checks that were not made.
    pub not_checked: Vec<String>,
}

/// Inspects what the paths hold.
///
/// # Errors
///
/// When the outside fails, or the watch says stop.
pub fn inspect(inputs: &[PathBuf], request: &InspectRequest, watch: &dyn Watch) -> Result<Inspection, Error> {
    let sources = match discover(inputs) {
        Ok(sources) => sources,
        Err(error) => return unusable_input(error),
    };
    let index = index(sources, request.workers, watch)?;
    let files = files(&index);
    let rules = Rules {
        allow: request.allow.clone(),
        strict: request.strict,
        cutoffs: request.checks.series,
        ..Rules::default()
    };
    let named = name_groups(group(index));
    let series = named.into_iter().map(|(name, g)| inspect_group(name, g, &rules)).collect();
    Ok(Inspection { schema: INSPECTION_SCHEMA.to_owned(), files, findings: Vec::new(), series })
}

/// An input that cannot even be listed, and why.
fn unusable_input(error: agatston_dicom::Error) -> Result<Inspection, Error> {
    let finding = unusable(&error).ok_or(error)?;
    Ok(Inspection {
        schema: INSPECTION_SCHEMA.to_owned(),
        files: FilesRecord::default(),
        findings: vec![record::finding(&finding)],
        series: Vec::new(),
    })
}

fn inspect_group(name: String, group: Group, rules: &Rules) -> InspectedSeries {
    let facts = group.facts().clone();
    let mut record = series_record(&facts);
    let findings = match check(group, rules) {
        Ok(series) => {
            record.increment_mm = Some(series.geometry.increment_mm);
            record.z_coverage_mm = Some(coverage_mm(&series));
            record.slices = series.planes.len() as u64;
            series.findings
        }
        Err(refusal) => refusal.findings,
    };
    InspectedSeries {
        name,
        scorable: !findings.iter().any(|f| f.severity == Severity::Refusal),
        series: record,
        image_type: facts.image_type,
        mass_factor_patient: facts.mass_factor_patient,
        mass_factor_device: facts.mass_factor_device,
        findings: findings.iter().map(record::finding).collect(),
        not_checked: [code::OF_PIXELS, code::OF_HEART].concat().iter().map(|c| c.name().to_owned()).collect(),
    }
}
