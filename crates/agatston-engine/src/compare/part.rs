//! The parts of a comparison: the total, arteries and regions that both results tell apart, and how each measure changed.

use super::{
    CompareRequest,
    decomposition::decomposition,
    limits,
    matching::{Matched, by_lesion},
    record::{
        ChangeRecord, ChangesRecord, ComparabilityRecord, CountChangeRecord, MassRecord, MesaRecord,
        PartKind, PartRecord,
    },
    verdict::{of_total, verdict},
};
use crate::{
    Scope,
    outcome::is_coronary_name,
    result::{CountsRecord, MeasuresRecord, ResultDocument},
};

/// What every part is judged with.
pub(super) struct Judge<'a> {
    pub(super) gate: &'a ComparabilityRecord,
    pub(super) mass: &'a MassRecord,
    pub(super) request: &'a CompareRequest,
    /// Lesions that belong together, where they are known.
    pub(super) matched: Option<&'a [Matched<'a>]>,
}

/// How the mass of both is had: calibrated only when both are, with the same factor.
pub(super) fn mass(baseline: &ResultDocument, followup: &ResultDocument) -> MassRecord {
    let factors = (baseline.mass_factor.mg_cm3_per_hu, followup.mass_factor.mg_cm3_per_hu);
    let factor = factors.0.filter(|_| factors.0 == factors.1);
    MassRecord {
        calibrated: factor.is_some(),
        factor: factor.unwrap_or(limits::MASS_FACTOR),
        limit_source: limits::MASS_SOURCE.to_owned(),
    }
}

/// The total, then arteries, then regions.
pub(super) fn parts(
    baseline: &ResultDocument,
    followup: &ResultDocument,
    judge: &Judge<'_>,
) -> Vec<PartRecord> {
    let mut arteries: Vec<PartRecord> = Vec::new();
    for b in baseline.arteries.iter().filter(|a| a.separated) {
        if let Some(f) = followup.arteries.iter().find(|f| f.separated && f.artery == b.artery) {
            arteries.push(judge.part((PartKind::Artery, &b.artery), &b.sums, &f.sums));
        }
    }
    let mut out = Vec::new();
    if let (Some(b), Some(f)) = (&baseline.total, &followup.total)
        && b.scope == f.scope
        && b.scope != Scope::Regions
    {
        let mut total = judge.part((PartKind::Total, "total"), &b.sums, &f.sums);
        let own: Vec<_> = arteries.iter().map(|a| a.verdict.verdict).collect();
        total.verdict = of_total(total.verdict.verdict, &own).record();
        out.push(total);
    }
    out.extend(arteries);
    for b in &baseline.regions {
        if let Some(f) = followup.regions.iter().find(|f| f.name == b.name) {
            out.push(judge.part((PartKind::Region, &b.name), &b.sums, &f.sums));
        }
    }
    out
}

impl Judge<'_> {
    fn part(&self, (kind, name): (PartKind, &str), b: &CountsRecord, f: &CountsRecord) -> PartRecord {
        let matched = self.matched.map(|all| {
            let is_own = |m: &&Matched<'_>| {
                kind == PartKind::Total && is_coronary_name(m.artery()) || m.artery() == name
            };
            all.iter().filter(is_own).collect::<Vec<_>>()
        });
        let changes = self.changes(b, f);
        let decomposition = decomposition(&b.measures, &f.measures);
        PartRecord {
            kind,
            name: name.to_owned(),
            verdict: verdict(self.gate, &changes, decomposition.as_ref(), matched.as_deref()).record(),
            decomposition,
            by_lesion: matched.as_deref().map(by_lesion),
            mesa: self.request.bmi.and_then(|bmi| mesa(&changes, bmi)),
            changes,
        }
    }

    fn changes(&self, b: &CountsRecord, f: &CountsRecord) -> ChangesRecord {
        let both = |of: fn(&MeasuresRecord) -> Option<f64>| [of(&b.measures), of(&f.measures)];
        let limited = |both: [Option<f64>; 2], limit: fn(f64, f64) -> f64| {
            let bound = both[0].zip(both[1]).map(|(b, f)| limit(b, f));
            change(both, bound)
        };
        let mass = [self.mass_mg(&b.measures), self.mass_mg(&f.measures)];
        ChangesRecord {
            agatston: limited(both(|m| m.agatston), limits::agatston),
            volume_mm3: limited(both(|m| m.volume_mm3), limits::volume_mm3),
            mass_mg: limited(mass, limits::mass_mg),
            volume_half_maximum_mm3: change(both(|m| m.volume_half_maximum_mm3), None),
            area_mm2: change(both(|m| m.area_mm2), None),
            density: change(both(|m| m.density), None),
            mean_hu: change(both(|m| m.mean_hu), None),
            lesions: count_change(b.lesions, f.lesions),
        }
    }

    /// Mass by the common factor; 0 without calcium.
    fn mass_mg(&self, measures: &MeasuresRecord) -> Option<f64> {
        if self.mass.calibrated {
            return measures.mass_mg;
        }
        let volume_mm3 = measures.volume_mm3?;
        let mean_hu = if volume_mm3 == 0.0 { 0.0 } else { measures.mean_hu? };
        Some(mean_hu * volume_mm3 * self.mass.factor / 1000.0)
    }
}

fn mesa(changes: &ChangesRecord, bmi: f64) -> Option<MesaRecord> {
    let both = |change: &ChangeRecord| change.baseline.zip(change.followup);
    let ((ab, af), (vb, vf)) = (both(&changes.agatston)?, both(&changes.volume_mm3)?);
    Some(MesaRecord {
        agatston_limit: limits::mesa_agatston(ab, af, bmi),
        volume_limit_mm3: limits::mesa_volume_mm3(vb, vf, bmi),
        source: limits::MESA_SOURCE.to_owned(),
    })
}

/// A change from baseline to follow-up.
pub(super) fn change([baseline, followup]: [Option<f64>; 2], limit: Option<f64>) -> ChangeRecord {
    let difference = followup.zip(baseline).map(|(f, b)| f - b);
    let mean = followup.zip(baseline).map(|(f, b)| (f + b) / 2.0).filter(|mean| *mean != 0.0);
    ChangeRecord {
        baseline,
        followup,
        difference,
        relative: difference.zip(mean).map(|(difference, mean)| difference / mean),
        limit,
        beyond: difference.zip(limit).map(|(difference, limit)| difference.abs() > limit),
    }
}

fn count_change(baseline: Option<u64>, followup: Option<u64>) -> CountChangeRecord {
    let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let difference = followup.zip(baseline).map(|(f, b)| signed(f).saturating_sub(signed(b)));
    CountChangeRecord { baseline, followup, difference }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30 to 50: 20 over 40 is one half; the other way round the same with the other sign.
    #[test]
    fn a_relative_change_is_of_the_mean() {
        let there = change([Some(30.0), Some(50.0)], Some(20.0));
        let back = change([Some(50.0), Some(30.0)], Some(19.9));
        assert_eq!((there.difference, there.relative, there.beyond), (Some(20.0), Some(0.5), Some(false)));
        assert_eq!((back.difference, back.relative, back.beyond), (Some(-20.0), Some(-0.5), Some(true)));
        assert_eq!(change([Some(0.0), Some(0.0)], None).relative, None);
        assert_eq!(change([None, Some(1.0)], Some(1.0)).beyond, None);
    }
}
