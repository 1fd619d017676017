//! The form of the log: what a line must say.

use std::{fs::File, io::Read, path::Path};

use agatston_core::{Artery, Region};
use serde::Deserialize;
use toml::value::Datetime;

use super::{Edit, Edits, Extent};
use crate::{
    code::{EDITS_INVALID, LABELS_MISSING},
    error::{Refusal, Trouble, refusal},
    source::check_is_file,
};

/// A reader who decides every second for a working day writes some 5 MB.
const BYTES_MAX: u64 = 16 << 20;

/// A line that is right.
const EXAMPLE: &str = r#"{"sop_instance_uid": "1.2.3", "row": 220, "column": 180, "artery": "LAD", "reader": "R1", "time": "2026-01-31T09:30:00Z"}"#;

/// A line of the log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sop_instance_uid: String,
    #[serde(default = "first_frame")]
    frame: u32,
    row: u16,
    column: u16,
    #[serde(default)]
    extent: Extent,
    #[serde(deserialize_with = "must_stand")]
    artery: Option<String>,
    reader: String,
    time: String,
}

fn first_frame() -> u32 {
    1
}

/// A key that may be null, but must be there: a line that forgot it is no decision.
fn must_stand<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(value)
}

pub(super) fn read(path: &Path, file: &str) -> Result<Edits, Trouble> {
    let unopened = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => missing().into(),
        _ => Trouble::Io(error),
    };
    check_is_file(&path.metadata().map_err(unopened)?)?;
    let opened = File::open(path).map_err(unopened)?;
    let mut bytes = Vec::new();
    opened.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(Trouble::Io)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(refusal(EDITS_INVALID, "the log is over 16 MiB").expected("some kB").into());
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| refusal(EDITS_INVALID, "the log is no text").expected("UTF-8"))?;
    Ok(parse(text.trim_start_matches('\u{feff}'), file)?)
}

fn missing() -> Refusal {
    refusal(LABELS_MISSING, "there is no such log of edits")
        .expected(format!("JSON Lines, each as {EXAMPLE}"))
        .next_step("correct the name; a reading without edits needs none")
}

fn parse(text: &str, file: &str) -> Result<Edits, Refusal> {
    let mut edits = Vec::new();
    let mut times: Vec<Datetime> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let (edit, time) = edit(number, line).map_err(|wrong| {
            refusal(EDITS_INVALID, format!("line {number} of the log is no edit"))
                .seen(wrong)
                .expected(EXAMPLE)
                .next_step("correct that line; to take a decision back, append one with \"artery\": null")
        })?;
        edits.push(edit);
        times.push(time);
    }
    let is_out_of_order = times.windows(2).any(|pair| instant(&pair[1]) < instant(&pair[0]));
    Ok(Edits { file: file.to_owned(), edits, is_out_of_order })
}

fn edit(number: usize, line: &str) -> Result<(Edit, Datetime), String> {
    if !line.trim_start().starts_with('{') {
        return Err("no object".to_owned());
    }
    let line: Line = serde_json::from_str(line).map_err(|e| within_line(&e))?;
    // When somebody worked is nobody's business: a time is not repeated.
    let time: Datetime = line.time.parse().map_err(|_| "a time that is none".to_owned())?;
    if time.date.is_none() || time.time.is_none() || time.offset.is_none() {
        return Err("a time without date, time of day or time zone".to_owned());
    }
    if line.reader.trim().is_empty() {
        return Err("no reader".to_owned());
    }
    let region = line.artery.as_deref().map(region).transpose()?;
    let Line { sop_instance_uid, frame, row, column, extent, reader, .. } = line;
    Ok((Edit { line: number, sop_instance_uid, frame, row, column, extent, region, reader }, time))
}

/// What is wrong, and where in the line: serde_json counts lines within what it is given.
fn within_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

/// Spelled as in the result: a reader's file is written by a program.
fn region(word: &str) -> Result<Region, String> {
    let artery = Artery::ALL.into_iter().find(|a| a.as_str() == word);
    match (artery, word) {
        (Some(artery), _) => Ok(Region::Artery(artery)),
        (None, "coronary") => Ok(Region::Coronary),
        (None, "not_coronary") => Ok(Region::NotCoronary),
        (None, _) => {
            Err(format!("artery {word:?}, which is none of LM, LAD, LCX, RCA, coronary, not_coronary, null"))
        }
    }
}

/// Minutes since a day before the year 0, in UTC, and nanoseconds of the minute.
fn instant(time: &Datetime) -> (i64, u64) {
    use toml::value::Offset;
    let (Some(date), Some(clock)) = (time.date, time.time) else { return (0, 0) };
    // Years begin in March, so that the day that may be missing is the last; months of 30.6 days from then on.
    let before_march = i64::from(date.month <= 2);
    let (year, month) = (i64::from(date.year) - before_march, i64::from(date.month) + 12 * before_march - 3);
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + i64::from(date.day);
    let ahead = match time.offset {
        Some(Offset::Custom { minutes }) => i64::from(minutes),
        Some(Offset::Z) | None => 0,
    };
    let minutes = (days * 24 + i64::from(clock.hour)) * 60 + i64::from(clock.minute) - ahead;
    let second = u64::from(clock.second.unwrap_or(0));
    (minutes, second * 1_000_000_000 + u64::from(clock.nanosecond.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(line: &str) -> String {
        let told = parse(line, "log.jsonl").unwrap_err();
        let Trouble::Refused(finding) = told.into() else { panic!("{line}") };
        assert_eq!(finding.code.name(), "edits_invalid", "{line}");
        finding.seen.unwrap_or_default()
    }

    #[test]
    fn the_example_is_right() {
        let log = parse(&format!("{EXAMPLE}\n\n{EXAMPLE}\n"), "log.jsonl").unwrap();
        assert_eq!((log.edits.len(), log.is_out_of_order), (2, false));
        assert_eq!([log.edits[0].line, log.edits[1].line], [1, 3]);
        assert_eq!(log.edits[0].region, Some(Region::Artery(Artery::Lad)));
        assert!(parse("", "log.jsonl").unwrap().edits.is_empty());
    }

    #[test]
    fn a_line_that_says_too_little_or_too_much_is_no_edit() {
        let with = |from: &str, to: &str| {
            assert!(EXAMPLE.contains(from));
            EXAMPLE.replace(from, to)
        };
        assert!(seen(&with("\"LAD\"", "\"lad\"")).contains("lad"));
        assert!(seen(&with("\"artery\": \"LAD\", ", "")).contains("artery"));
        assert!(seen(&with("220", "-1")).contains("-1"));
        assert!(seen(&with("\"R1\"", "\" \"")).contains("reader"));
        assert!(seen(&with("\"reader\"", "\"reeder\"")).contains("reeder"));
        assert!(seen(&with("T09:30:00Z", "")).contains("without"));
        assert!(seen(&with("2026-01-31", "yesterday")).contains("time that is none"));
        assert!(
            seen(r#"["1.2.3", 1, 220, 180, "lesion", "LAD", "R1", "2026-01-31T09:30:00Z"]"#)
                .contains("object")
        );
        assert!(seen(&EXAMPLE[..40]).contains("EOF"));
    }

    /// 10:00 in Berlin is half an hour before 09:30 in London.
    #[test]
    fn the_order_of_times_is_that_of_their_zones() {
        let later = EXAMPLE.replace("09:30:00Z", "10:00:00+01:00");
        let log = parse(&format!("{EXAMPLE}\n{later}"), "log.jsonl").unwrap();
        assert!(log.is_out_of_order);
        let log = parse(&format!("{later}\n{EXAMPLE}"), "log.jsonl").unwrap();
        assert!(!log.is_out_of_order);
        // Half past midnight of 1 March in Berlin is 23:30 of 28 February in London, a leap day apart in 2028.
        for (day, is_earlier) in [("2026-02-28", true), ("2028-02-28", false), ("2028-02-29", true)] {
            let at = |time: &str| EXAMPLE.replace("2026-01-31T09:30:00Z", time);
            let first = at(&format!("{day}T23:45:00Z"));
            let second = at(&format!("{}-03-01T00:30:00+01:00", &day[..4]));
            let log = parse(&format!("{first}\n{second}"), "log.jsonl").unwrap();
            assert_eq!(log.is_out_of_order, is_earlier, "{day}");
        }
    }
}
