//! The date and time of an object: those of its source, or given. Never those of now.

use std::str::FromStr;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::OutError;
use crate::header::Context;

/// A day and a time of day.
#[derive(Clone, PartialEq, Eq)]
pub struct DateTime {
    /// `YYYYMMDD`.
    date: String,
    /// `HHMMSS`, perhaps with a fraction.
    time: String,
}

/// A day and a time are facts about a patient.
impl std::fmt::Debug for DateTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DateTime(..)")
    }
}

impl FromStr for DateTime {
    type Err = OutError;

    /// From `YYYYMMDD` or `YYYYMMDDHHMMSS`; a day alone begins at midnight.
    fn from_str(given: &str) -> Result<Self, OutError> {
        let wrong = || OutError::Date { given: given.to_owned() };
        let (day, rest) = given.split_at_checked(8).ok_or_else(wrong)?;
        let date = date(day.as_bytes()).ok_or_else(wrong)?;
        if rest.is_empty() {
            return Ok(Self { date, time: MIDNIGHT.to_owned() });
        }
        let time =
            time(rest.as_bytes()).filter(|time| rest.len() == 6 && time.len() == 6).ok_or_else(wrong)?;
        Ok(Self { date, time })
    }
}

/// Stands for a time that nothing says.
const MIDNIGHT: &str = "000000";

impl DateTime {
    /// That of a source: of the acquisition, else of the content, the series, the study. One that has a time comes first.
    pub(super) fn of(context: &Context) -> Option<Self> {
        let pairs = [
            (tags::ACQUISITION_DATE, tags::ACQUISITION_TIME),
            (tags::CONTENT_DATE, tags::CONTENT_TIME),
            (tags::SERIES_DATE, tags::SERIES_TIME),
            (tags::STUDY_DATE, tags::STUDY_TIME),
        ];
        let read = |(day, hour): (Tag, Tag)| {
            let date = date(context.get(day)?)?;
            Some((date, context.get(hour).and_then(time)))
        };
        let [acquired, later @ ..] = pairs.map(read);
        let both = context.get(tags::ACQUISITION_DATE_TIME).and_then(date_time);
        let found: Vec<_> = [acquired, both].into_iter().chain(later).flatten().collect();
        let timed = found.iter().find_map(|(date, time)| Some((date.clone(), time.clone()?)));
        let (date, time) =
            timed.or_else(|| found.first().map(|(date, _)| (date.clone(), MIDNIGHT.to_owned())))?;
        Some(Self { date, time })
    }

    /// `YYYYMMDD`.
    pub(super) fn date(&self) -> &str {
        &self.date
    }

    /// `HHMMSS`, perhaps with a fraction.
    pub(super) fn time(&self) -> &str {
        &self.time
    }
}

/// A date (VR DA), also as it was written before 1993, with points.
fn date(value: &[u8]) -> Option<String> {
    let text: String = std::str::from_utf8(value).ok()?.split('.').collect();
    let number = |from: usize, to: usize| -> Option<u32> { digits(text.get(from..to)?)?.parse().ok() };
    if text.len() != 8 {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (year > 0 && (1..=days).contains(&day)).then_some(text)
}

/// A time (VR TM): hours at least; also as it was written before 1993, with colons.
fn time(value: &[u8]) -> Option<String> {
    let text: String = std::str::from_utf8(value).ok()?.split(':').collect();
    let (whole, fraction) = text.split_once('.').map_or((&*text, None), |(whole, rest)| (whole, Some(rest)));
    if !matches!(whole.len(), 2 | 4 | 6) || (fraction.is_some() && whole.len() != 6) {
        return None;
    }
    let part = |from: usize| whole.get(from..from + 2).map_or(Some(0), |two| digits(two)?.parse::<u8>().ok());
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let fraction = match fraction {
        Some(fraction) if (1..=6).contains(&fraction.len()) => format!(".{}", digits(fraction)?),
        Some(_) => return None,
        None => String::new(),
    };
    Some(format!("{whole:0<6}{fraction}"))
}

/// A date and time (VR DT); a day at least. What it says of the time zone is left out: dates and times of other elements
/// have none either.
fn date_time(value: &[u8]) -> Option<(String, Option<String>)> {
    let (day, rest) = value.split_at_checked(8)?;
    let rest = rest.split(|b| matches!(b, b'+' | b'-')).next().unwrap_or_default();
    Some((date(day)?, time(rest)))
}

fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|b| b.is_ascii_digit()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_dates_are_days_that_exist() {
        let check = |given: &str, expected: Option<(&str, &str)>| {
            let read = given.parse::<DateTime>().ok();
            let read = read.as_ref().map(|d| (d.date(), d.time()));
            assert_eq!(read, expected, "{given}");
        };
        check("20240229", Some(("20240229", "000000")));
        check("20000229235960", Some(("20000229", "235960")));
        for wrong in [
            "20230229",
            "19000229",
            "20241301",
            "20240400",
            "20240431",
            "00000101",
            "2024022",
            "202402290",
            "",
            "2024022912",
            "20240229246000",
            "20240229120000.5",
            "2024-2-29",
            "２０２４０２２９",
            "20240229 12000",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn times_as_headers_have_them() {
        let check = |value: &str, expected: Option<&str>| {
            assert_eq!(time(value.as_bytes()).as_deref(), expected, "{value}");
        };
        check("07", Some("070000"));
        check("0709", Some("070900"));
        check("070907", Some("070907"));
        check("070907.0705", Some("070907.0705"));
        check("07:09:07", Some("070907"));
        for wrong in ["", "7", "240000", "0760", "070961", "07.5", "070907.", "070907.1234567", "07090a"] {
            check(wrong, None);
        }
        assert_eq!(date(b"2024.02.29").as_deref(), Some("20240229"));
        let both = date_time(b"20240229070907.5-0500");
        assert_eq!(both, Some(("20240229".to_owned(), Some("070907.5".to_owned()))));
        assert_eq!(date_time(b"20240229"), Some(("20240229".to_owned(), None)));
    }
}
