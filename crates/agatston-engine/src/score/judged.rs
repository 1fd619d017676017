//! A series without labels: the anatomy is asked, or the series is refused with what was found of it.

use super::{draft::Draft, recorded::seed_id};
use crate::{
    AssignedBy, Assignment, Detail,
    anatomical::Anatomical,
    anatomy::{self, Found, Judge, Judgement},
    assign::not_required,
    result::{AnatomyRecord, ResultDocument},
    scan::{Scanned, Unscanned},
    series::{has_unique_instances, slices},
};
use agatston_anatomy::Anatomy;
use agatston_core::Finding;
use agatston_dicom::{Series, code as dicom_code};

impl Draft<'_> {
    /// What refuses a series at level `anatomy` before a pixel is seen.
    pub(super) fn not_for_anatomy(&mut self, series: &Series) -> Option<Finding> {
        let least = self.request.require.filter(|least| *least > AssignedBy::Anatomy);
        if let Some(least) = least {
            return Some(not_required(AssignedBy::Anatomy, least));
        }
        let finding = anatomy::too_thick(series.geometry.increment_mm)?;
        if self.request.allow.contains(finding.code.name()) {
            self.findings.push(finding); // a warning, once it is settled
            return None;
        }
        Some(finding)
    }

    /// Asks the anatomy which candidates are coronary. Refuses with what was found so far where a gate is closed.
    pub(super) fn judged(&mut self, series: &Series, scanned: &mut Scanned) -> Result<Assignment, Unscanned> {
        let grid = scanned.grid.take().expect("the scan was asked for blocks");
        let found = Anatomy::of(grid);
        let is_allowed = self.request.allow.contains(dicom_code::CONTRAST_AGENT.name());
        anatomy::settled_contrast(&mut self.findings, &found, is_allowed);
        self.findings.extend(anatomy::findings(&found));
        let refuses = self.settle(true);
        let judge = Judge {
            series,
            scanned,
            protocol: &self.protocol,
            cutoffs: &self.request.checks.pixels,
            workers: self.request.workers,
        };
        let told = !refuses || self.request.withheld;
        let wanted = told || self.request.trace_anatomy;
        let judgement = found.whole().filter(|_| wanted).map(|whole| judge.judge(&whole)).transpose()?;
        if self.request.trace_anatomy {
            self.anatomical = Some(Anatomical::of(&found, judgement.as_ref(), &series.geometry));
        }
        let Judgement { lesions, assignment, metal, .. } = match judgement.filter(|_| told) {
            Some(judgement) => judgement,
            None => {
                self.found = Some(Found { anatomy: found, lesions: Vec::new() });
                return Err(Unscanned::Refused(Vec::new()));
            }
        };
        self.findings.extend(metal);
        self.found = Some(Found { anatomy: found, lesions });
        if refuses { Err(Unscanned::Refused(Vec::new())) } else { Ok(assignment) }
    }

    /// Makes a scored document a provisional one, where the anatomy assigned.
    pub(super) fn with_anatomy(&self, series: &Series, document: ResultDocument) -> ResultDocument {
        let Some(found) = &self.found else { return document };
        let listed = self.request.detail != Detail::Totals || self.request.withheld;
        anatomy::document(document, found, record_of(found, series, listed))
    }

    /// The refused result with what the anatomy was found to be.
    pub(super) fn refused_with_anatomy(mut self, series: &Series, findings: Vec<Finding>) -> ResultDocument {
        let listed = self.request.withheld;
        let record = self.found.take().map(|found| record_of(&found, series, listed));
        // Candidates point to slices.
        let is_pointed_to = record.as_ref().is_some_and(|record| !record.candidates.is_empty());
        let slices = if is_pointed_to { slices(series, self.request) } else { Vec::new() };
        ResultDocument { anatomy: record, slices, ..self.refused(findings) }
    }

    /// The noise in the blood of the heart, where the anatomy found it.
    pub(super) fn noise_hu(&self) -> Option<f64> {
        Some(self.found.as_ref()?.anatomy.blood?.noise_hu)
    }
}

fn record_of(found: &Found, series: &Series, listed: bool) -> AnatomyRecord {
    let unique = has_unique_instances(series);
    anatomy::record(found, &series.geometry, listed, |voxel| seed_id(series, unique, voxel))
}
