//! The time between the scans: what the user says, else what the dates of the headers say, else nothing.

use super::{
    CompareRequest, Side,
    findings::{info, warning},
    record::{IntervalRecord, IntervalSource},
};
use crate::{code, result::FindingRecord};

/// 1975-01-01, counted from 1970-01-01: there were no scans of the heart before, only dates that stand for none.
const FIRST_DAY: i32 = 1826;

/// Days of a year, leap days included.
const DAYS_A_YEAR: f64 = 365.25;

/// The time between the scans, and what is to be said of it.
pub(super) fn interval(
    baseline: &Side,
    followup: &Side,
    request: &CompareRequest,
) -> (IntervalRecord, Option<FindingRecord>) {
    if let Some(days) = request.interval_days.filter(|days| *days > 0) {
        // Rates rest on what the user says; that the sides may be swapped is told all the same.
        let told = day(baseline).zip(day(followup)).filter(|(b, f)| f < b && *f >= FIRST_DAY);
        let reversed = told.and_then(|(b, f)| between(b, f).err());
        return (of(days, IntervalSource::Option), reversed.map(|finding| *finding));
    }
    match (day(baseline), day(followup)) {
        (Some(b), Some(f)) => match between(b, f) {
            Ok(days) => (of(days, IntervalSource::Headers), None),
            Err(finding) => (IntervalRecord::default(), Some(*finding)),
        },
        _ => {
            let message =
                "the time between the scans is not known: a result holds no dates, and there are no rates";
            let finding = info(code::INTERVAL_UNKNOWN, message).next_step("give --interval-days");
            (IntervalRecord::default(), Some(finding.0))
        }
    }
}

fn day(side: &Side) -> Option<i32> {
    side.private.and_then(|p| p.acquisition_day)
}

fn of(days: u32, source: IntervalSource) -> IntervalRecord {
    let years = f64::from(days) / DAYS_A_YEAR;
    IntervalRecord { days: Some(days), years: Some(years), source: Some(source) }
}

fn between(baseline: i32, followup: i32) -> Result<u32, Box<FindingRecord>> {
    let (code, message) = if baseline.min(followup) < FIRST_DAY {
        (code::DATES_IMPLAUSIBLE, "a date of the headers is before 1975: there are no rates")
    } else if baseline == followup {
        (code::DATES_EQUAL, "both scans are of the same day: there are no rates")
    } else if followup < baseline {
        (code::DATES_REVERSED, "the follow-up is older than the baseline by the dates of the headers")
    } else {
        return Ok(followup.abs_diff(baseline));
    };
    let finding = warning(code, message).next_step("see which scan is which, or give --interval-days");
    Err(Box::new(finding.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_carry_no_rate() {
        let check = |b, f, code: &str| assert_eq!(between(b, f).unwrap_err().code, code, "{b} {f}");
        check(1825, 19_000, "dates_implausible");
        check(19_000, 0, "dates_implausible");
        check(19_000, 19_000, "dates_equal");
        check(19_001, 19_000, "dates_reversed");
        assert_eq!(between(18_000, 18_731), Ok(731));
    }

    /// 1461 days are four years, one of them with a leap day.
    #[test]
    fn a_year_has_a_quarter_of_a_leap_day() {
        assert_eq!(of(1461, IntervalSource::Option).years, Some(4.0));
    }
}
