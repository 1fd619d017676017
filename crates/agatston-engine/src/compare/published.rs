//! Definitions of progression from papers, beside the verdict: they decide nothing.
//!
//! They look at the baseline as their papers do, so that they alone do not change their sign with the order of the scans.

use super::{
    findings::why_no_rate,
    record::{ChangeRecord, ChangesRecord, IntervalRecord, PublishedRecord},
};

/// Difference of the roots of two volumes in mm3 (Hokanson et al., 2004).
const SQRT_VOLUME: f64 = 2.5;
/// Percent a year (Raggi et al., 2004).
const PERCENT_A_YEAR: f64 = 15.0;
/// Points a year from a score over 0 and under 100, percent a year from 100 on (Berry et al., 2009).
const BERRY_A_YEAR: f64 = 10.0;
/// From this score on Berry counts percent.
const BERRY_PERCENT_FROM: f64 = 100.0;

const HOKANSON: &str = "Hokanson et al., 2004";
const RAGGI: &str = "Raggi et al., 2004";
const BERRY: &str = "Berry et al., 2009";

/// Every definition, of the total of a pair.
pub(super) fn published(changes: &ChangesRecord, interval: &IntervalRecord) -> Vec<PublishedRecord> {
    let score = Score::new(&changes.agatston, interval);
    vec![sqrt_volume(&changes.volume_mm3), score.percent_a_year(), score.absolute_a_year(), score.berry()]
}

/// A value, its unit and its bound, or why there is none.
struct Value {
    value: Result<f64, String>,
    unit: &'static str,
    bound: Option<f64>,
}

impl Value {
    fn record(self, definition: &str, source: &str) -> PublishedRecord {
        let (value, reason) = match self.value {
            Ok(value) => (Some(value), None),
            Err(reason) => (None, Some(reason)),
        };
        PublishedRecord {
            definition: definition.to_owned(),
            value,
            unit: self.unit.to_owned(),
            bound: self.bound,
            met: value.zip(self.bound).map(|(value, bound)| value >= bound),
            reason,
            source: source.to_owned(),
        }
    }
}

fn sqrt_volume(volume: &ChangeRecord) -> PublishedRecord {
    let both = volume.baseline.zip(volume.followup).ok_or_else(|| "the volume is not known".to_owned());
    let value = both.map(|(b, f)| f.sqrt() - b.sqrt());
    Value { value, unit: "mm1.5", bound: Some(SQRT_VOLUME) }.record("sqrt_volume", HOKANSON)
}

/// Scores of both scans, or why they are not known, and the years between.
struct Score {
    both: Result<(f64, f64), String>,
    years: Result<f64, String>,
}

impl Score {
    fn new(score: &ChangeRecord, interval: &IntervalRecord) -> Self {
        let both = score.baseline.zip(score.followup).ok_or_else(|| "the score is not known".to_owned());
        let why = || why_no_rate(interval).unwrap_or_default().to_owned();
        Self { both, years: interval.years.ok_or_else(why) }
    }

    fn a_year(&self) -> Result<f64, String> {
        let ((baseline, followup), years) = (self.both.clone()?, self.years.clone()?);
        Ok((followup - baseline) / years)
    }

    fn percent(&self) -> Result<f64, String> {
        let (baseline, _) = self.both.clone()?;
        if baseline == 0.0 {
            return Err("the baseline is 0, of which there is no percentage".to_owned());
        }
        Ok(100.0 * self.a_year()? / baseline)
    }

    fn percent_a_year(&self) -> PublishedRecord {
        let (value, bound) = (self.percent(), Some(PERCENT_A_YEAR));
        Value { value, unit: "%/year", bound }.record("percent_a_year", RAGGI)
    }

    fn absolute_a_year(&self) -> PublishedRecord {
        Value { value: self.a_year(), unit: "1/year", bound: None }
            .record("absolute_a_year", "no bound is agreed on")
    }

    /// From 0: any calcium. From over 0 and under 100: 10 points a year. From 100 on: 10 % a year.
    fn berry(&self) -> PublishedRecord {
        let value = match self.both.clone() {
            Ok((0.0, followup)) => {
                let value = Value { value: Ok(followup), unit: "1", bound: None };
                return PublishedRecord { met: Some(followup > 0.0), ..value.record("berry", BERRY) };
            }
            Ok((baseline, _)) if baseline >= BERRY_PERCENT_FROM => {
                Value { value: self.percent(), unit: "%/year", bound: Some(BERRY_A_YEAR) }
            }
            _ => Value { value: self.a_year(), unit: "1/year", bound: Some(BERRY_A_YEAR) },
        };
        value.record("berry", BERRY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::part::change;

    fn score(baseline: f64, followup: f64, years: Option<f64>) -> Score {
        let interval = IntervalRecord { years, ..IntervalRecord::default() };
        Score::new(&change([Some(baseline), Some(followup)], None), &interval)
    }

    fn check(record: &PublishedRecord, value: Option<f64>, met: Option<bool>) {
        assert_eq!((record.value, record.met), (value, met), "{record:?}");
        assert_eq!(record.reason.is_some(), value.is_none(), "{record:?}");
    }

    /// The root of 36 is 6, of 72.25 8.5: a difference of just 2.5.
    #[test]
    fn roots_of_volumes() {
        let volume = |b: f64, f: f64| sqrt_volume(&change([Some(b), Some(f)], None));
        check(&volume(36.0, 72.25), Some(2.5), Some(true));
        check(&volume(36.0, 64.0), Some(2.0), Some(false));
        check(&volume(0.0, 6.25), Some(2.5), Some(true));
    }

    /// 200 to 260 in two years: 30 a year, 15 %.
    #[test]
    fn rates() {
        let two = score(200.0, 260.0, Some(2.0));
        check(&two.percent_a_year(), Some(15.0), Some(true));
        check(&two.absolute_a_year(), Some(30.0), None);
        check(&score(200.0, 250.0, Some(2.0)).percent_a_year(), Some(12.5), Some(false));
        check(&score(0.0, 60.0, Some(2.0)).percent_a_year(), None, None);
        check(&score(200.0, 260.0, None).percent_a_year(), None, None);
    }

    #[test]
    fn berry_counts_presence_then_points_then_percent() {
        check(&score(0.0, 0.5, None).berry(), Some(0.5), Some(true));
        check(&score(0.0, 0.0, None).berry(), Some(0.0), Some(false));
        check(&score(50.0, 70.0, Some(2.0)).berry(), Some(10.0), Some(true));
        check(&score(50.0, 69.0, Some(2.0)).berry(), Some(9.5), Some(false));
        check(&score(100.0, 119.0, Some(2.0)).berry(), Some(9.5), Some(false));
        check(&score(200.0, 240.0, Some(2.0)).berry(), Some(10.0), Some(true));
        check(&score(200.0, 240.0, None).berry(), None, None);
    }
}
