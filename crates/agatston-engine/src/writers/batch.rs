//! A batch as it is told: rows of `failures.csv`, lines of the log, the few lines at its end.

use super::text::csv_cell;
use crate::{
    ResultDocument,
    batch::{Finished, RunRecord, SeriesCounts, SeriesKey, is_failed},
    result::SeverityRecord,
};
use serde_json::json;

/// The header line of `failures.csv`.
pub const FAILURES_HEAD: &str = "series_key,series_uid,outcome,code,message,seen,next_step,other_codes\n";

/// The row of a series without a score; nothing where it has one.
pub fn failure(key: SeriesKey, document: &ResultDocument) -> Option<String> {
    let refusal = document.refusal.as_ref()?;
    let first = document.findings.iter().find(|f| f.code == refusal.code);
    let series_uid = document.series.as_ref().and_then(|s| s.series_uid.as_deref()).unwrap_or_default();
    let others = document.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal);
    let mut others: Vec<&str> =
        others.map(|f| f.code.as_str()).filter(|code| *code != refusal.code).collect();
    others.dedup();
    let (key, others) = (key.to_string(), others.join(" "));
    let cells = [
        key.as_str(),
        series_uid,
        if is_failed(document) { "failed" } else { "refused" },
        &refusal.code,
        &refusal.message,
        first.and_then(|f| f.seen.as_deref()).unwrap_or_default(),
        refusal.next_step.as_deref().unwrap_or_default(),
        &others,
    ];
    Some(cells.map(csv_cell).join(",") + "\n")
}

/// A line of the log: a series is done.
pub fn log_series(finished: &Finished<'_>, done: u64) -> String {
    let document = finished.document;
    let line = json!({
        "event": "series",
        "key": finished.key,
        "status": document.map(|d| d.status.as_str()),
        "kept": document.is_none(),
        "code": document.and_then(|d| d.refusal.as_ref()).map(|r| r.code.as_str()),
        "agatston": document.and_then(|d| d.total.as_ref()).and_then(|t| t.sums.measures.agatston),
        "seconds": (finished.seconds * 1000.0).round() / 1000.0,
        "done": done,
    });
    format!("{line}\n")
}

/// A line of the log: how far the batch is.
pub fn log_event(event: &str, facts: &[(&str, u64)]) -> String {
    let mut line = json!({ "event": event });
    for (name, value) in facts {
        line[*name] = json!(value);
    }
    format!("{line}\n")
}

/// What came of a batch, in a few lines.
pub fn told(run: &RunRecord) -> String {
    let SeriesCounts { all, scored, provisional, refused, failed, duplicates, split } = run.series;
    let mut lines = vec![match all {
        0 if run.shard.is_some() => "no series of this part".to_owned(),
        0 => "no CT series was found".to_owned(),
        1 => "1 series".to_owned(),
        n => format!("{n} series"),
    }];
    let mut add = |n: u64, what: &str| lines.extend((n > 0).then(|| format!("  {n} {what}")));
    add(scored, "scored");
    add(provisional, "provisional: no label and no reader decided what is coronary");
    add(refused, "refused");
    add(failed, "failed, for what may pass: see failures.csv, and run it again with --resume");
    for (code, n) in &run.refusals {
        lines.push(format!("      {n} {code}"));
    }
    if duplicates > 0 {
        lines.push(format!("  {duplicates} of them lie in another folder too (duplicate_series)"));
    }
    if split > 0 {
        lines.push(format!(
            "  {split} of them have other slices in another folder: parts of a scan (series_split)"
        ));
    }
    lines.join("\n") + "\n"
}
