//! From an input to results: select, check, scan, assign, score, record.

use crate::{
    Assign, Assignment, Choice, Error, Request, Scope,
    assign::{assign, nobody},
    code,
    input::{files, left_out, unusable},
    kernel, kvp,
    metal::metal,
    outcome::{self, Nominal, Outcome, category, region_name, score_candidates, sensitivity},
    protocol_record::ProtocolRecord,
    record,
    result::{
        EngineRecord, FilesRecord, OptionsRecord, RESULT_SCHEMA, RefusalRecord, ResultDocument,
        SensitivityRecord, SeriesRecord, Status, WithheldRecord,
    },
    scan::{Scanned, Unscanned, scan_series},
    select::{Checked, select},
    series::{coverage_mm, files_of, frame_number, has_unique_instances, series_record, slices},
};
use agatston_core::{Class, Code, Finding, Protocol, Severity, withheld_foci};
use agatston_dicom::{Series, SeriesFacts, Source, Watch, code as dicom_code, discover, group, index};
use std::path::PathBuf;

/// Scores what the paths hold: one result a series, refused ones included. At least one.
///
/// # Errors
///
/// When the outside fails, or the watch says stop. What is wrong with an input is a refused result.
pub fn score(
    inputs: &[PathBuf],
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<ResultDocument>, Error> {
    match discover(inputs) {
        Ok(sources) => score_sources(sources, choice, request, watch),
        Err(error) => match unusable(&error) {
            Some(finding) => Ok(vec![Draft::new(request, FilesRecord::default()).refused(vec![finding])]),
            None => Err(error.into()),
        },
    }
}

/// As [`score`], from sources: files, entries of archives, or bytes in memory.
///
/// # Errors
///
/// As [`score`].
pub fn score_sources(
    sources: Vec<Source>,
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<ResultDocument>, Error> {
    let index = index(sources, request.workers, watch)?;
    let files = files(&index);
    let left_out = left_out(&index);
    match select(group(index), choice, request) {
        Err(finding) => {
            let mut draft = Draft::new(request, files);
            draft.findings.extend(left_out);
            Ok(vec![draft.refused(vec![*finding])])
        }
        Ok(selection) => selection
            .series
            .into_iter()
            .map(|checked| {
                let mut draft = Draft::new(request, files.clone());
                draft.findings.extend(selection.findings.iter().chain(&left_out).cloned());
                draft.score(checked, watch)
            })
            .collect(),
    }
}

/// A result in the making: what is known so far, so that a refusal at any point tells all of it.
struct Draft<'a> {
    request: &'a Request,
    protocol: Protocol,
    kvp_factor: f64,
    files: FilesRecord,
    series: Option<SeriesRecord>,
    findings: Vec<Finding>,
    not_checked: Vec<Code>,
}

impl<'a> Draft<'a> {
    fn new(request: &'a Request, files: FilesRecord) -> Self {
        Self {
            request,
            protocol: request.protocol.protocol.clone(),
            kvp_factor: 1.0,
            files,
            series: None,
            findings: Vec::new(),
            not_checked: [code::OF_PIXELS, code::OF_HEART].concat(),
        }
    }

    fn score(mut self, checked: Checked, watch: &dyn Watch) -> Result<ResultDocument, Error> {
        let series = match checked {
            Ok(series) => series,
            Err(refusal) => {
                self.series = Some(series_record(&refusal.facts));
                return Ok(self.refused(refusal.findings));
            }
        };
        self.series = Some(series_record(&series.facts));
        self.findings.extend(series.findings.iter().cloned());
        self.findings.extend(self.settled(kernel::findings(&series.facts)));
        if let Some(finding) = self.adapt(&series.facts) {
            return Ok(self.refused(vec![finding]));
        }
        match &self.request.assign {
            Assign::Nobody => return Ok(self.refused(vec![nobody()])),
            Assign::Unusable(finding) => return Ok(self.refused(vec![(**finding).clone()])),
            Assign::Everything | Assign::Labels(_) => {}
        }
        let cutoffs = &self.request.checks.pixels;
        let scanned = match scan_series(&series, &self.protocol, cutoffs, self.request.workers, watch) {
            Ok(scanned) => scanned,
            Err(Unscanned::Refused(findings)) => return Ok(self.refused(findings)),
            Err(Unscanned::Failed(error)) => return Err(error),
        };
        let seen = self.settled(scanned.findings.clone());
        self.not_checked = [&[code::METAL], code::OF_HEART].concat();
        if seen.iter().any(|f| f.severity == Severity::Refusal) {
            return Ok(self.refused(seen));
        }
        self.findings.extend(seen);
        match assign(&scanned.candidates, &self.request.assign) {
            Ok(assignment) => Ok(self.scored(&series, &scanned, &assignment)),
            Err(finding) => Ok(self.refused(vec![*finding])),
        }
    }

    /// Adapts the bounds to the tube voltage; a finding that refuses comes back.
    fn adapt(&mut self, facts: &SeriesFacts) -> Option<Finding> {
        let tin = self.findings.iter().any(|f| f.code == dicom_code::TIN_FILTER);
        let (factor, finding) = kvp::factor(facts.kvp, tin, self.request.kvp_mode);
        if finding.as_ref().is_some_and(|f| f.severity == Severity::Refusal) {
            return finding;
        }
        self.findings.extend(finding);
        self.kvp_factor = factor;
        if factor != 1.0 {
            self.protocol = self.protocol.scaled(factor);
        }
        None
    }

    /// Findings of class C refuse nothing where the user allowed it, or where the score is not called coronary.
    fn settled(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        let Request { allow, assign, .. } = self.request;
        for finding in findings.iter_mut().filter(|f| f.severity == Severity::Refusal) {
            let coronary = finding.code.class() == Class::Coronary;
            if coronary && (!assign.is_coronary() || allow.contains(finding.code.name())) {
                finding.severity = Severity::Warning;
            }
        }
        findings
    }

    /// Makes refusals of the warnings, as `--strict` asks; says whether there were any. A refusal that was allowed
    /// stays a warning, and so does one about coronary meaning where the scope has none.
    fn harden(&mut self, scope: Scope) -> bool {
        let allow = &self.request.allow;
        let hardens = |f: &Finding| {
            f.severity == Severity::Warning
                && !allow.contains(f.code.name())
                && (scope == Scope::Coronary || f.code.class() != Class::Coronary)
        };
        let mut any = false;
        for finding in self.findings.iter_mut().filter(|f| hardens(f)) {
            (finding.severity, any) = (Severity::Refusal, true);
        }
        any
    }

    fn scored(mut self, series: &Series, scanned: &Scanned, assignment: &Assignment) -> ResultDocument {
        self.findings.extend(assignment.findings.iter().cloned());
        let cutoffs = &self.request.checks.pixels;
        let metal = metal(&scanned.candidates, assignment, &series.planes, cutoffs);
        self.findings.extend(metal.finding(cutoffs));
        self.not_checked = code::OF_HEART.to_vec();
        if self.request.strict && self.harden(assignment.scope) {
            return self.refused(Vec::new());
        }
        let geometry = &scanned.candidates.geometry;
        // Without a nominal thickness the extent of a lesion is as uncertain as the slices are apart.
        let thickness_mm = series.facts.slice_thickness_mm.unwrap_or(geometry.increment_mm);
        let nominal = Nominal { mass_factor: self.request.mass_factor, thickness_mm };
        let outcome = score_candidates(&scanned.candidates, assignment, &self.protocol, nominal);
        let category = self.category(&outcome, assignment);
        let unique = has_unique_instances(series);
        let seed_id = |[slice, row, column]: [u16; 3]| {
            let plane = &series.planes[usize::from(slice)];
            let instance = if unique { plane.sop_instance_uid.clone() } else { format!("slice-{slice}") };
            format!("{instance}/{}/{row}/{column}", frame_number(plane))
        };
        let mut lesions = record::lesions(&outcome, assignment, geometry, self.request.detail, seed_id);
        metal.flag(&mut lesions, &outcome, cutoffs);
        let sensitivity = self.request.sensitivity.then(|| self.sensitivity(scanned, assignment, &outcome));
        let mut document = self.document(Status::Scored);
        document.files.used = files_of(series);
        if let Some(record) = &mut document.series {
            record.increment_mm = Some(geometry.increment_mm);
            record.z_coverage_mm = Some(coverage_mm(series));
            record.slices = series.planes.len() as u64;
            record.content_hash = Some(scanned.content_hash.clone());
        }
        document.assignment = Some(record::assignment(assignment));
        document.total = Some(record::total_record(&outcome, assignment, category));
        document.arteries = record::arteries(&outcome, assignment);
        document.regions = record::regions(&outcome, assignment);
        document.classes = record::classes(&outcome, assignment);
        document.slices = slices(series, self.request);
        document.lesions = lesions;
        document.withheld = record::withheld(&outcome);
        document.withheld.list = self.request.withheld.then(|| {
            let foci = withheld_foci(&scanned.candidates, &assignment.assigned, &self.protocol);
            record::withheld_list(&foci, assignment, &scanned.candidates)
        });
        document.sensitivity = sensitivity;
        document
    }

    /// The category of a coronary total; none when the voltage takes its ground away or arteries are left out.
    fn category(&self, outcome: &Outcome, assignment: &Assignment) -> Option<&'static str> {
        let voltage = [dicom_code::NONSTANDARD_KVP, dicom_code::KVP_MISSING];
        let unadapted = self.kvp_factor == 1.0 && self.findings.iter().any(|f| voltage.contains(&f.code));
        let whole = assignment.scope == Scope::Coronary && assignment.whole;
        let total = outcome::total(&outcome.score.regions, assignment.scope)?;
        (whole && !unadapted).then(|| category(total.measures(&outcome.scale).agatston))
    }

    fn sensitivity(
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
    fn refused(mut self, findings: Vec<Finding>) -> ResultDocument {
        self.findings.extend(findings);
        let first = self.findings.iter().find(|f| f.severity == Severity::Refusal);
        let refusal = first.map(|f| RefusalRecord {
            code: f.code.name().to_owned(),
            message: f.message.clone(),
            next_step: f.next_step.clone(),
        });
        ResultDocument { refusal, ..self.document(Status::Refused) }
    }

    fn document(&self, status: Status) -> ResultDocument {
        let r = self.request;
        ResultDocument {
            schema: RESULT_SCHEMA.to_owned(),
            status,
            refusal: None,
            engine: EngineRecord {
                name: "agatston".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            protocol: ProtocolRecord::new(&r.protocol, &self.protocol),
            options: OptionsRecord {
                kvp_mode: r.kvp_mode,
                kvp_factor: self.kvp_factor,
                mass_factor: r.mass_factor,
                allow: r.allow.iter().cloned().collect(),
                strict: r.strict,
                detail: r.detail,
                cutoffs: r.checks.changed(),
            },
            series: self.series.clone(),
            files: self.files.clone(),
            findings: self.findings.iter().map(record::finding).collect(),
            not_checked: self.not_checked.iter().map(|c| c.name().to_owned()).collect(),
            assignment: None,
            total: None,
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
