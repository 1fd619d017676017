//! From an input to results: select, check, scan, assign, score, record.

use crate::{
    AssignedBy, Assignment, Choice, Detail, Error, Request, RiskRecord, Scope,
    anatomical::Anatomical,
    anatomy::{self, Found, Judge, Judgement},
    assign::{by_edits, by_labels, everything, not_required},
    calibration::Calibrated,
    code,
    compare::{PrivateFacts, Side},
    crops::crops,
    input::{files, left_out, unusable},
    kvp,
    metal::Metal,
    outcome::{
        self, Nominal, Outcome, arteries_with_calcium, category, region_name, score_candidates, sensitivity,
    },
    protocol_record::ProtocolRecord,
    record,
    request::Settled,
    result::{
        EngineRecord, FilesRecord, LesionRecord, OptionsRecord, RESULT_SCHEMA, RefusalRecord, ResultDocument,
        SensitivityRecord, SeriesRecord, Status, WithheldRecord,
    },
    risk::{self, Basis},
    scan::{ScanRequest, Scanned, Unscanned, scan_series},
    select::select,
    series::{coverage_mm, files_of, frame_number, has_unique_instances, instances, series_record, slices},
    traced::{Calcium, Traced},
};
use agatston_anatomy::Anatomy;
use agatston_core::{Code, Finding, Protocol, Region, Severity, looks, withheld_foci};
use agatston_dicom::{
    Refusal, Rules, Series, SeriesFacts, Source, Watch, code as dicom_code, discover, group, index,
};
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
    Ok(documents(score_sides(inputs, choice, request, watch)?))
}

/// As [`score`], each result as one side of a comparison: with what only serves to be compared.
///
/// # Errors
///
/// As [`score`].
pub fn score_sides(
    inputs: &[PathBuf],
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<Side>, Error> {
    match discover(inputs) {
        Ok(sources) => score_source_sides(sources, choice, request, watch),
        Err(error) => match unusable(&error) {
            Some(finding) => {
                let document = Draft::new(request, FilesRecord::default()).refused(vec![finding]);
                Ok(vec![Side::from(document)])
            }
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
    Ok(documents(score_source_sides(sources, choice, request, watch)?))
}

fn documents(sides: Vec<Side>) -> Vec<ResultDocument> {
    sides.into_iter().map(|side| side.document).collect()
}

/// As [`score_sides`], from sources.
///
/// # Errors
///
/// As [`score`].
pub fn score_source_sides(
    sources: Vec<Source>,
    choice: &Choice,
    request: &Request,
    watch: &dyn Watch,
) -> Result<Vec<Side>, Error> {
    let index = index(sources, request.workers, watch)?;
    let files = files(&index);
    let left_out = left_out(&index);
    match select(group(index), choice, request) {
        Err(finding) => {
            let mut draft = Draft::new(request, files);
            draft.findings.extend(left_out);
            Ok(vec![Side::from(draft.refused(vec![*finding]))])
        }
        Ok(selection) => selection
            .series
            .into_iter()
            .map(|checked| {
                let mut draft = Draft::new(request, files.clone());
                draft.findings.extend(selection.findings.iter().chain(&left_out).cloned());
                let private = Some(PrivateFacts::of(match &checked {
                    Ok(series) => &series.facts,
                    Err(refusal) => &refusal.facts,
                }));
                let (told, series) = match checked {
                    Ok(series) => (draft.score(&series, watch)?, Some(series)),
                    Err(refusal) => (draft.refused_unseen(refusal).into(), None),
                };
                let traced = series.zip(told.calcium).map(|(series, calcium)| Traced { series, calcium });
                Ok(Side { document: told.document, private, traced, anatomical: told.anatomical })
            })
            .collect(),
    }
}

/// A result, and where its calcium is and what the anatomy was found to be when that was asked for.
struct Told {
    document: ResultDocument,
    calcium: Option<Calcium>,
    anatomical: Option<Anatomical>,
}

impl From<ResultDocument> for Told {
    fn from(document: ResultDocument) -> Self {
        Self { document, calcium: None, anatomical: None }
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
    calibrated: Calibrated,
    /// What the anatomy was found to be, where it was asked.
    found: Option<Found>,
    /// The same with every voxel, when asked for.
    anatomical: Option<Anatomical>,
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
            calibrated: Calibrated::default(),
            found: None,
            anatomical: None,
        }
    }

    /// The refused result of a series whose headers are not good enough for a look at its pixels.
    fn refused_unseen(mut self, refusal: Refusal) -> ResultDocument {
        self.series = Some(series_record(&refusal.facts));
        self.refused(refusal.findings)
    }

    fn score(mut self, series: &Series, watch: &dyn Watch) -> Result<Told, Error> {
        self.series = Some(series_record(&series.facts));
        self.findings.extend(series.findings.iter().cloned());
        self.findings.extend(risk::findings(self.request, &series.facts));
        if let Some(finding) = self.adapt(&series.facts) {
            return Ok(self.refused(vec![finding]).into());
        }
        let settled = match self.request.assign.settled(series)? {
            Ok(settled) => settled,
            Err(finding) => return Ok(self.refused(vec![*finding]).into()),
        };
        let by_anatomy = matches!(settled, Settled::Anatomy);
        if let Some(finding) = by_anatomy.then(|| self.not_for_anatomy(series)).flatten() {
            return Ok(self.refused(vec![finding]).into());
        }
        let cutoffs = &self.request.checks.pixels;
        let asked = ScanRequest { protocol: &self.protocol, cutoffs, anatomy: by_anatomy };
        let mut scanned = match scan_series(series, asked, self.request.workers, watch) {
            Ok(scanned) => scanned,
            Err(Unscanned::Refused(findings)) => return Ok(self.refused(findings).into()),
            Err(Unscanned::Failed(error)) => return Err(error),
        };
        self.findings.extend(scanned.findings.iter().cloned());
        self.not_checked = [&[code::METAL], code::OF_HEART].concat();
        if self.settle(settled.is_coronary()) {
            return Ok(self.refused(Vec::new()).into());
        }
        let assignment = match &settled {
            Settled::Anatomy => self.judged(series, &mut scanned),
            _ => self.assigned(series, &scanned, &settled).map_err(|f| Unscanned::Refused(vec![*f])),
        };
        let anatomical = self.anatomical.take();
        let told = match assignment {
            Ok(assignment) => self.scored(series, &scanned, &assignment)?,
            Err(Unscanned::Refused(findings)) => self.refused_with_anatomy(series, findings).into(),
            Err(Unscanned::Failed(error)) => return Err(error),
        };
        Ok(Told { anatomical, ..told })
    }

    /// What refuses a series at level `anatomy` before a pixel is seen.
    fn not_for_anatomy(&self, series: &Series) -> Option<Finding> {
        let least = self.request.require.filter(|least| *least > AssignedBy::Anatomy);
        if let Some(least) = least {
            return Some(not_required(AssignedBy::Anatomy, least));
        }
        let finding = anatomy::too_thick(series.geometry.increment_mm)?;
        (!self.request.allow.contains(finding.code.name())).then_some(finding)
    }

    /// Asks the anatomy which candidates are coronary. Refuses with what was found so far where a gate is closed.
    fn judged(&mut self, series: &Series, scanned: &mut Scanned) -> Result<Assignment, Unscanned> {
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
        let is_whole = found.whole().is_some();
        if self.request.trace_anatomy {
            self.anatomical = Some(Anatomical::of(&found, judgement.as_ref(), &series.geometry));
        }
        let Judgement { lesions, assignment, metal, .. } = match judgement.filter(|_| told) {
            Some(judgement) => judgement,
            None => {
                self.found = Some(Found { anatomy: found, lesions: Vec::new() });
                self.nothing_to_go_on(is_whole);
                return Err(Unscanned::Refused(Vec::new()));
            }
        };
        self.findings.extend(metal);
        self.found = Some(Found { anatomy: found, lesions });
        if refuses { Err(Unscanned::Refused(Vec::new())) } else { Ok(assignment) }
    }

    /// Where the search ended early no one can overrule the gate that ended it.
    fn nothing_to_go_on(&mut self, is_whole: bool) {
        let gates = [code::NO_LUNGS, code::NO_SPINE, code::NO_ASCENDING_AORTA, code::HEART_REGION_SIZE];
        let ended = self.findings.iter_mut().filter(|f| !is_whole && gates.contains(&f.code));
        ended.for_each(|finding| finding.severity = Severity::Refusal);
    }

    /// The refused result with what the anatomy was found to be.
    fn refused_with_anatomy(mut self, series: &Series, findings: Vec<Finding>) -> ResultDocument {
        let (listed, unique) = (self.request.withheld, has_unique_instances(series));
        let record = self.found.take().map(|found| {
            anatomy::record(&found, &series.geometry, listed, |voxel| seed_id(series, unique, voxel))
        });
        ResultDocument { anatomy: record, slices: slices(series, self.request), ..self.refused(findings) }
    }

    /// Assigns the candidates, and holds whose decision that was against what is required.
    fn assigned(
        &self,
        series: &Series,
        scanned: &Scanned,
        how: &Settled<'_>,
    ) -> Result<Assignment, Box<Finding>> {
        let facts = &series.facts;
        let labelled = agatston_labels::Series {
            candidates: &scanned.candidates,
            instances: &instances(series),
            frame_of_reference_uid: Some(&*facts.frame_of_reference_uid).filter(|uid| !uid.is_empty()),
            series_uid: Some(&*facts.series_uid).filter(|uid| !uid.is_empty()),
        };
        let assignment = match how {
            Settled::Labels { labels, edits } => by_labels(labelled, labels, *edits, &self.protocol)?,
            Settled::Edits(edits) => by_edits(labelled, edits, &self.protocol)?,
            Settled::Everything | Settled::Anatomy => everything(),
        };
        match self.request.require {
            Some(least) if assignment.assigned_by < least => {
                Err(Box::new(not_required(assignment.assigned_by, least)))
            }
            _ => Ok(assignment),
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

    /// Gives every finding the severity that the request leaves to it; says whether any refuses.
    fn settle(&mut self, coronary: bool) -> bool {
        let rules = Rules { coronary, allow: self.request.allow.clone(), ..self.request.rules(true) };
        self.findings.iter_mut().for_each(|finding| rules.settle(finding));
        self.findings.iter().any(|finding| finding.severity == Severity::Refusal)
    }

    fn scored(mut self, series: &Series, scanned: &Scanned, assignment: &Assignment) -> Result<Told, Error> {
        let (candidates, cutoffs) = (&scanned.candidates, &self.request.checks.pixels);
        self.calibrated = match self.request.calibration.of(series, self.request.workers) {
            Ok(calibrated) => calibrated,
            Err(Unscanned::Refused(findings)) => return Ok(self.refused(findings).into()),
            Err(Unscanned::Failed(error)) => return Err(error),
        };
        self.findings.extend(self.calibrated.findings.iter().cloned());
        // Without a nominal thickness the extent of a lesion is as uncertain as the slices are apart.
        let thickness_mm = series.facts.slice_thickness_mm.unwrap_or(candidates.geometry.increment_mm);
        let nominal = Nominal {
            mass_factor: self.calibrated.mass_factor.mg_cm3_per_hu,
            thickness_mm,
            blood_sd_hu: self.calibrated.references.blood_sd_hu().or(self.noise_hu()),
        };
        let mut outcome = score_candidates(candidates, assignment, &self.protocol, nominal);
        outcome.rods = self.calibrated.references.rods();
        let metal = Metal::find(candidates, assignment, &series.planes, cutoffs);
        self.findings.extend(assignment.findings.iter().cloned());
        self.findings.extend(metal.finding(&outcome, assignment, cutoffs));
        self.not_checked = if self.found.is_some() { Vec::new() } else { code::OF_HEART.to_vec() };
        if self.settle(assignment.scope == Scope::Coronary) {
            return Ok(self.refused(Vec::new()).into());
        }
        match self.look_again(series, scanned, assignment.scope, &mut outcome) {
            Ok(()) => {
                let mut document = self.recorded(series, scanned, assignment, &outcome);
                metal.flag(&mut document.lesions, &outcome, cutoffs);
                if let Some(found) = &self.found {
                    let listed = self.request.detail != Detail::Totals || self.request.withheld;
                    let unique = has_unique_instances(series);
                    let id = |voxel| seed_id(series, unique, voxel);
                    let record = anatomy::record(found, &series.geometry, listed, id);
                    document = anatomy::document(document, found, record);
                }
                let trace = self.request.trace;
                let calcium = trace.then(|| Calcium::of(candidates, assignment, &self.protocol, &outcome));
                Ok(Told { document, calcium, anatomical: None })
            }
            Err(Unscanned::Refused(findings)) => Ok(self.refused(findings).into()),
            Err(Unscanned::Failed(error)) => Err(error),
        }
    }

    /// Measures what sums of candidates do not tell. Of everything over the threshold, bone and all, only the list of
    /// foci asks for it, and no crop is read: that would be the whole image once more.
    fn look_again(
        &self,
        series: &Series,
        scanned: &Scanned,
        scope: Scope,
        outcome: &mut Outcome,
    ) -> Result<(), Unscanned> {
        if scope != Scope::Everything || self.request.detail != Detail::Totals {
            outcome.looks = Some(looks(&scanned.candidates, &outcome.foci, &self.protocol));
        }
        if scope != Scope::Everything {
            let crops = crops(series, outcome, &self.protocol, self.request.workers)?;
            outcome.crops = Some(crops);
        }
        Ok(())
    }

    fn recorded(
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
    fn lesions(&self, series: &Series, assignment: &Assignment, outcome: &Outcome) -> Vec<LesionRecord> {
        let unique = has_unique_instances(series);
        record::lesions(outcome, assignment, self.request.detail, |voxel| seed_id(series, unique, voxel))
    }

    /// The noise in the blood of the heart, where the anatomy found it.
    fn noise_hu(&self) -> Option<f64> {
        Some(self.found.as_ref()?.anatomy.blood?.noise_hu)
    }

    /// The category of a coronary total; none when the voltage takes its ground away or arteries are left out.
    fn category(&self, outcome: &Outcome, assignment: &Assignment) -> Option<&'static str> {
        let voltage = [dicom_code::NONSTANDARD_KVP, dicom_code::KVP_MISSING];
        let unadapted = self.kvp_factor == 1.0 && self.findings.iter().any(|f| voltage.contains(&f.code));
        let whole = assignment.scope == Scope::Coronary && assignment.whole;
        let total = outcome::total(&outcome.score.regions, assignment.scope)?;
        (whole && !unadapted).then(|| category(total.measures(&outcome.scale).agatston))
    }

    /// What research reads from a coronary total.
    fn risk(&self, facts: &SeriesFacts, outcome: &Outcome, assignment: &Assignment) -> Option<RiskRecord> {
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
fn seed_id(series: &Series, unique: bool, [slice, row, column]: [u16; 3]) -> String {
    let plane = &series.planes[usize::from(slice)];
    let instance = if unique { plane.sop_instance_uid.clone() } else { format!("slice-{slice}") };
    format!("{instance}/{}/{row}/{column}", frame_number(plane))
}
