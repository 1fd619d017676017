//! A result as its document, scored or refused.

use super::draft::Draft;
use crate::{
    Assignment, RiskRecord, Scope,
    outcome::{self, Outcome, arteries_with_calcium, category, region_name, sensitivity},
    protocol_record::ProtocolRecord,
    record,
    result::{
        EngineRecord, LesionRecord, OptionsRecord, RESULT_SCHEMA, RefusalRecord, ResultDocument,
        SensitivityRecord, Status, WithheldRecord,
    },
    risk::{self, Basis},
    scan::Scanned,
    series::{coverage_mm, files_of, frame_number, has_unique_instances, slices},
};
use agatston_core::{Finding, Region, Severity, withheld_foci};
use agatston_dicom::{Series, SeriesFacts, code as dicom_code};

impl Draft<'_> {
    pub(super) fn recorded(
        &self,
        series: &Series,
        scanned: &Scanned,
        assignment: &Assignment,
        outcome: &Outcome,
    ) -> ResultDocument {
        let candidates = &scanned.candidates;
        let mut document = self.document(Status::Scored);
        document.lesions = self.lesions(series, assignment, outcome);
        document.files.used = files_of(series);
        if let Some(record) = &mut document.series {
            record.increment_mm = Some(candidates.geometry.increment_mm);
            record.z_coverage_mm = Some(coverage_mm(series));
            record.slices = series.planes.len() as u64;
            record.content_hash = Some(scanned.content_hash.clone());
        }
        document.assignment = Some(record::assignment(assignment, candidates));
        let category = self.category(outcome, assignment);
        document.total = Some(record::total_record(outcome, assignment, category));
        document.risk = self.risk(&series.facts, outcome, assignment);
        document.arteries = record::arteries(outcome, assignment);
        document.regions = record::regions(outcome, assignment);
        document.classes = record::classes(outcome, assignment);
        document.slices = slices(series, self.request);
        document.withheld = record::withheld(outcome);
        document.withheld.list = self.request.withheld.then(|| {
            let foci = withheld_foci(candidates, &assignment.assigned, &self.protocol);
            record::withheld_list(&foci, assignment, candidates)
        });
        document.sensitivity =
            self.request.sensitivity.then(|| self.sensitivity(scanned, assignment, outcome));
        document
    }

    /// The lesions as far as the detail asks for them, each named by its seed voxel.
    pub(super) fn lesions(
        &self,
        series: &Series,
        assignment: &Assignment,
        outcome: &Outcome,
    ) -> Vec<LesionRecord> {
        let unique = has_unique_instances(series);
        record::lesions(outcome, assignment, self.request.detail, |voxel| seed_id(series, unique, voxel))
    }

    /// The category of a coronary total; none when the voltage takes its ground away or arteries are left out.
    pub(super) fn category(&self, outcome: &Outcome, assignment: &Assignment) -> Option<&'static str> {
        let voltage = [dicom_code::NONSTANDARD_KVP, dicom_code::KVP_MISSING];
        let unadapted = self.kvp_factor == 1.0 && self.findings.iter().any(|f| voltage.contains(&f.code));
        let whole = assignment.scope == Scope::Coronary && assignment.whole;
        let total = outcome::total(&outcome.score.regions, assignment.scope)?;
        (whole && !unadapted).then(|| category(total.measures(&outcome.scale).agatston))
    }

    /// What research reads from a coronary total.
    pub(super) fn risk(
        &self,
        facts: &SeriesFacts,
        outcome: &Outcome,
        assignment: &Assignment,
    ) -> Option<RiskRecord> {
        let total = outcome::total(&outcome.score.regions, assignment.scope)?;
        // Calcium of no named artery may be in any of the four.
        let is_told_apart = outcome.score.region(Region::Coronary).foci == 0;
        let basis = Basis {
            agatston: total.measures(&outcome.scale).agatston,
            assigned_by: assignment.assigned_by,
            has_category: self.category(outcome, assignment).is_some(),
            arteries: arteries_with_calcium(&outcome.score, assignment).filter(|_| is_told_apart),
            gating: facts.gating,
            findings: &self.findings,
            allow: &self.request.allow,
            protocol: &self.request.protocol,
        };
        let known = risk::known(&self.request.covariates, facts);
        (assignment.scope == Scope::Coronary).then(|| risk::record(&basis, &known))
    }

    pub(super) fn sensitivity(
        &self,
        scanned: &Scanned,
        assignment: &Assignment,
        own: &Outcome,
    ) -> Vec<SensitivityRecord> {
        let has_category = self.category(own, assignment).is_some();
        sensitivity(&scanned.candidates, assignment, &self.protocol, own)
            .into_iter()
            .map(|n| SensitivityRecord {
                choice: n.choice.to_owned(),
                region: n.region.map(|r| region_name(assignment, r)),
                agatston: n.agatston,
                difference: n.agatston - n.own,
                category: has_category.then(|| category(n.agatston).to_owned()),
                category_changes: has_category && category(n.agatston) != category(n.own),
            })
            .collect()
    }

    /// The refused result: every reason is among the findings, the first is the refusal.
    pub(super) fn refused(mut self, findings: Vec<Finding>) -> ResultDocument {
        self.findings.extend(findings);
        let first = self.findings.iter().find(|f| f.severity == Severity::Refusal);
        let refusal = first.map(|f| RefusalRecord {
            code: f.code.name().to_owned(),
            message: f.message.clone(),
            next_step: f.next_step.clone(),
        });
        ResultDocument { refusal, ..self.document(Status::Refused) }
    }

    pub(super) fn document(&self, status: Status) -> ResultDocument {
        let r = self.request;
        ResultDocument {
            schema: RESULT_SCHEMA.to_owned(),
            status,
            refusal: None,
            engine: EngineRecord::this(),
            protocol: ProtocolRecord::new(&r.protocol, &self.protocol),
            options: OptionsRecord {
                kvp_mode: r.kvp_mode,
                kvp_factor: self.kvp_factor,
                mass_factor: r.calibration.mass_factor,
                body_size: r.calibration.body_size,
                allow: r.allow.iter().cloned().collect(),
                strict: r.strict,
                detail: r.detail,
                cutoffs: r.checks.changed(),
                fractional_threshold: r.assign.fractional_threshold(),
                require: r.require,
            },
            series: self.series.clone(),
            files: self.files.clone(),
            findings: self.findings.iter().map(record::finding).collect(),
            not_checked: self.not_checked.iter().map(|c| c.name().to_owned()).collect(),
            references: self.calibrated.references.regions.clone(),
            mass_factor: self.calibrated.mass_factor.clone(),
            assignment: None,
            anatomy: None,
            total: None,
            risk: None,
            arteries: Vec::new(),
            regions: Vec::new(),
            classes: Vec::new(),
            slices: Vec::new(),
            lesions: Vec::new(),
            withheld: WithheldRecord::default(),
            sensitivity: None,
        }
    }
}

/// The name of a voxel.
pub(super) fn seed_id(series: &Series, unique: bool, [slice, row, column]: [u16; 3]) -> String {
    let plane = &series.planes[usize::from(slice)];
    let instance = if unique { plane.sop_instance_uid.clone() } else { format!("slice-{slice}") };
    format!("{instance}/{}/{row}/{column}", frame_number(plane))
}
