//! A result in the making: the way of one series from its checks to its score.

use crate::{
    Assignment, Detail, Error, Request, Scope,
    anatomical::Anatomical,
    anatomy::Found,
    assign::{by_edits, by_labels, everything, not_required},
    calibration::Calibrated,
    code,
    crops::crops,
    kvp,
    metal::Metal,
    outcome::{Nominal, Outcome, score_candidates},
    request::Settled,
    result::{FilesRecord, ResultDocument, SeriesRecord},
    risk::{self},
    scan::{ScanRequest, Scanned, Unscanned, scan_series},
    series::{instances, series_record},
    traced::Calcium,
};
use agatston_core::{Code, Finding, Protocol, Severity, looks};
use agatston_dicom::{Refusal, Rules, Series, SeriesFacts, Watch, code as dicom_code};

/// A result, and where its calcium is and what the anatomy was found to be when that was asked for.
pub(super) struct Told {
    pub(super) document: ResultDocument,
    pub(super) calcium: Option<Calcium>,
    pub(super) anatomical: Option<Anatomical>,
}

impl From<ResultDocument> for Told {
    fn from(document: ResultDocument) -> Self {
        Self { document, calcium: None, anatomical: None }
    }
}

/// A result in the making: what is known so far, so that a refusal at any point tells all of it.
pub(super) struct Draft<'a> {
    pub(super) request: &'a Request,
    pub(super) protocol: Protocol,
    pub(super) kvp_factor: f64,
    pub(super) files: FilesRecord,
    pub(super) series: Option<SeriesRecord>,
    pub(super) findings: Vec<Finding>,
    pub(super) not_checked: Vec<Code>,
    pub(super) calibrated: Calibrated,
    /// What the anatomy was found to be, where it was asked.
    pub(super) found: Option<Found>,
    /// The same with every voxel, when asked for.
    pub(super) anatomical: Option<Anatomical>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(request: &'a Request, files: FilesRecord) -> Self {
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
    pub(super) fn refused_unseen(mut self, refusal: Refusal) -> ResultDocument {
        self.series = Some(series_record(&refusal.facts));
        self.refused(refusal.findings)
    }

    pub(super) fn score(mut self, series: &Series, watch: &dyn Watch) -> Result<Told, Error> {
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

    /// Assigns the candidates, and holds whose decision that was against what is required.
    pub(super) fn assigned(
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
    pub(super) fn adapt(&mut self, facts: &SeriesFacts) -> Option<Finding> {
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
    pub(super) fn settle(&mut self, coronary: bool) -> bool {
        let rules = Rules { coronary, allow: self.request.allow.clone(), ..self.request.rules(true) };
        self.findings.iter_mut().for_each(|finding| rules.settle(finding));
        self.findings.iter().any(|finding| finding.severity == Severity::Refusal)
    }

    pub(super) fn scored(
        mut self,
        series: &Series,
        scanned: &Scanned,
        assignment: &Assignment,
    ) -> Result<Told, Error> {
        let (candidates, cutoffs) = (&scanned.candidates, &self.request.checks.pixels);
        self.calibrated = match self.request.calibration.of(series, self.request.workers) {
            Ok(calibrated) => calibrated,
            Err(Unscanned::Refused(findings)) => {
                return Ok(self.refused_with_anatomy(series, findings).into());
            }
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
            return Ok(self.refused_with_anatomy(series, Vec::new()).into());
        }
        match self.look_again(series, scanned, assignment.scope, &mut outcome) {
            Ok(()) => {
                let mut document = self.recorded(series, scanned, assignment, &outcome);
                metal.flag(&mut document.lesions, &outcome, cutoffs);
                document = self.with_anatomy(series, document);
                let trace = self.request.trace;
                let calcium = trace.then(|| Calcium::of(candidates, assignment, &self.protocol, &outcome));
                Ok(Told { document, calcium, anatomical: None })
            }
            Err(Unscanned::Refused(findings)) => Ok(self.refused_with_anatomy(series, findings).into()),
            Err(Unscanned::Failed(error)) => Err(error),
        }
    }

    /// Measures what sums of candidates do not tell. Of everything over the threshold, bone and all, only the list of
    /// foci asks for it, and no crop is read: that would be the whole image once more.
    pub(super) fn look_again(
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
}
