//! Two results in, one comparison out: is calcium growing, getting denser, within noise, or receding?
//!
//! ```text
//! both sides --gate-->                  reasons against, warnings      what differs must not, what is not known
//!            --register, groups-->      which lesions are which        in an order that does not know the baseline
//!            --parts-->                 changes, limits, verdicts      total, arteries, regions
//!            --published-->             definitions from papers        beside it, deciding nothing
//! ```
//!
//! Comparing the other way round changes the sign of every difference and nothing else about it: differences are follow-up
//! less baseline, registration and matching are made in an order that the contents of the two results fix.

mod decomposition;
mod findings;
mod gate;
mod interval;
mod limits;
mod matching;
mod part;
mod placed;
mod published;
pub mod record;
mod registration;
mod rotation;
mod side;
mod verdict;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod sample;

pub use record::Comparison;
pub use side::{PrivateFacts, Side};
pub use verdict::Verdict;

use crate::{
    Scope,
    result::{EngineRecord, ResultDocument},
};
use gate::gate;
use matching::{Group, Matched, counts, groups};
use part::{Judge, mass, parts};
use placed::{Placed, increment_mm, placed};
use published::published;
use record::{COMPARE_SCHEMA, ComparedRecord, PartKind, RegistrationRecord};
use registration::{Registration, register};

/// What is asked of a comparison beside its two sides.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CompareRequest {
    /// Days between the scans; the dates of the headers where it is not given.
    pub interval_days: Option<u32>,
    /// Body mass index, kg/m2, for the limits of MESA.
    pub bmi: Option<f64>,
}

/// Compares two results of one patient.
///
/// A pair that must not be compared has its reasons in the comparison, and no verdict but `not_comparable`.
pub fn compare(baseline: &Side, followup: &Side, request: &CompareRequest) -> Comparison {
    let (b, f) = (&baseline.document, &followup.document);
    let comparability = gate(baseline, followup);
    let (interval, of_interval) = interval::interval(baseline, followup, request);
    let (placed_b, placed_f) = (placed(b), placed(f));
    let followed = (lists_lesions(b) && lists_lesions(f)).then(|| follow([b, f], [&placed_b, &placed_f]));
    let matched: Option<Vec<Matched<'_>>> = followed
        .as_ref()
        .map(|(_, groups)| groups.iter().map(|g| Matched::new(g, &placed_b, &placed_f)).collect());
    let mass = mass(b, f);
    let judge = Judge { gate: &comparability, mass: &mass, request, matched: matched.as_deref() };
    let parts = parts(b, f, &judge);
    let total = parts.iter().find(|part| part.kind == PartKind::Total);
    let mut findings = findings::of_pair(baseline, followup);
    findings.extend(of_interval);
    findings.extend(matched.is_none().then(findings::not_listed));
    let of_total = total.map(|t| t.verdict.verdict);
    Comparison {
        schema: COMPARE_SCHEMA.to_owned(),
        verdict: if comparability.comparable { of_total } else { Some(Verdict::NotComparable) },
        engine: EngineRecord::this(),
        baseline: compared(b),
        followup: compared(f),
        bmi: request.bmi,
        registration: followed.and_then(|(registration, _)| registration),
        lesion_counts: matched.as_deref().map(counts),
        lesions: matched.as_deref().map(by_change).unwrap_or_default(),
        published: total
            .filter(|_| is_coronary(b))
            .map_or_else(Vec::new, |t| published(&t.changes, &interval)),
        interval,
        comparability,
        mass,
        parts,
        findings,
    }
}

fn is_coronary(document: &ResultDocument) -> bool {
    document.total.as_ref().is_some_and(|t| t.scope == Scope::Coronary)
}

/// Whether every lesion of the totals is in the list.
fn lists_lesions(document: &ResultDocument) -> bool {
    let counted = document.total.as_ref().and_then(|t| t.sums.lesions);
    let everything = document.total.as_ref().is_none_or(|t| t.scope == Scope::Everything);
    let in_regions = document.regions.iter().filter_map(|r| r.sums.lesions).sum::<u64>();
    !everything && document.lesions.len() as u64 == counted.unwrap_or(0) + in_regions
}

/// Lays the lesions on each other and groups them; the result with the smaller content comes first, whichever is the
/// baseline.
fn follow(
    documents: [&ResultDocument; 2],
    [baseline, followup]: [&[Placed<'_>]; 2],
) -> (Option<RegistrationRecord>, Vec<Group>) {
    let exchanged = comes_before(documents[1], documents[0]);
    let (first, second) = if exchanged { (followup, baseline) } else { (baseline, followup) };
    let found = register(first, second);
    let increment = increment_mm(documents[0]).max(increment_mm(documents[1]));
    let groups = groups(first, second, &found.motion, increment);
    let groups = groups.into_iter().map(|g| if exchanged { g.exchanged() } else { g }).collect();
    (registration(&found, exchanged), groups)
}

/// Whether one result comes before another in an order that only their contents make.
fn comes_before(one: &ResultDocument, other: &ResultDocument) -> bool {
    let hash = |d: &ResultDocument| d.series.as_ref().and_then(|s| s.content_hash.clone());
    let bytes = |d: &ResultDocument| serde_json::to_vec(d).expect("numbers and words can always be written");
    hash(one).cmp(&hash(other)).then_with(|| bytes(one).cmp(&bytes(other))).is_lt()
}

fn registration(found: &Registration, exchanged: bool) -> Option<RegistrationRecord> {
    (found.pairs > 0).then(|| RegistrationRecord {
        translation_mm: found.motion.translation.map(|mm| if exchanged { -mm } else { mm }),
        rotation_deg: found.motion.rotation.degrees(),
        pairs: found.pairs as u64,
        rms_mm: found.rms_mm,
    })
}

/// The groups, the largest change first; of equal changes in the order in which they were found.
fn by_change(matched: &[Matched<'_>]) -> Vec<record::MatchRecord> {
    let mut records: Vec<_> = matched.iter().map(Matched::record).collect();
    records.sort_by(|a, b| b.agatston_difference.abs().total_cmp(&a.agatston_difference.abs()));
    records
}

fn compared(document: &ResultDocument) -> ComparedRecord {
    let series = document.series.as_ref();
    ComparedRecord {
        study_uid: series.and_then(|s| s.study_uid.clone()),
        series_uid: series.and_then(|s| s.series_uid.clone()),
        content_hash: series.and_then(|s| s.content_hash.clone()),
        acquisition_year: series.and_then(|s| s.acquisition_year),
        version: document.engine.version.clone(),
        protocol: document.protocol.name.clone(),
        protocol_hash: document.protocol.hash.clone(),
        scope: document.total.as_ref().map(|t| t.scope),
        assigned_by: document.assignment.as_ref().map(|a| a.assigned_by),
    }
}
