//! The fault matrix: a good series, damaged in every way that the phantoms know, scored by the whole engine.
//!
//! ```text
//! everything counts     the same score, or a finding of an expected code, or a refusal of one (class G)
//! an artery is meant    class C refuses, too
//! time                  a few times that of the good series
//! ```
//!
//! Never another score without a finding: what changes a value that counts must be told.

use crate::failure::Failure;
use agatston_engine::{
    Assign, Choice, Request, ResultDocument, Source, Status, Unwatched, result::SeverityRecord, score_sources,
};
use agatston_phantom::damage::{Class, Damage, NamedFile, Outcome, damages};
use std::time::{Duration, Instant};

/// How much longer than the good series a damaged one may take, and what no machine is to be held to.
const SLOWER: (u32, Duration) = (5, Duration::from_millis(200));

/// What came of one damage.
pub(crate) struct Row {
    damage: Damage,
    /// Code of the first finding that was expected, with its severity.
    told: Option<(String, SeverityRecord)>,
    status: Status,
    same_score: bool,
    /// What is wrong; nothing, if the damage came to what it must.
    wrong: Vec<String>,
}

/// A good series and what it scores undamaged.
pub(crate) struct Matrix {
    good: Vec<NamedFile>,
    whole_image: String,
    score: f64,
    time: Duration,
    /// Whether it is the one of the phantoms, whose values some damages know.
    generated: bool,
}

impl Matrix {
    /// Scores the good series.
    pub(crate) fn new(good: Vec<NamedFile>, generated: bool) -> Result<Self, Failure> {
        let (result, time) = score(&good, Assign::Everything)?;
        let (Some(score), Some(series)) = (agatston(&result), &result.series) else {
            return Err(Failure::Usage {
                option: "--series",
                problem: "needs a series that can be scored with --region everything".to_owned(),
            });
        };
        let whole_image = format!(
            r#"{{"regions": [{{"name": "LAD", "box_px": {{"column": [0, {}], "row": [0, {}]}}}}]}}"#,
            series.columns.saturating_sub(1),
            series.rows.saturating_sub(1)
        );
        Ok(Self { good, whole_image, score, time, generated })
    }

    /// The score of the undamaged series.
    pub(crate) fn score(&self) -> f64 {
        self.score
    }

    /// Does every damage.
    pub(crate) fn rows(&self) -> Result<Vec<Row>, Failure> {
        let fits = |damage: &Damage| self.generated || !damage.of_good_series;
        damages().into_iter().filter(fits).map(|damage| self.row(damage)).collect()
    }

    fn row(&self, damage: Damage) -> Result<Row, Failure> {
        let mut files = self.good.clone();
        (damage.apply)(&mut files);
        let (result, time) = score(&files, Assign::Everything)?;
        let expected = |code: &str| damage.codes.contains(&code);
        let told = result.findings.iter().filter(|f| expected(&f.code)).max_by_key(|f| rank(f.severity));
        let told = told.map(|f| (f.code.clone(), f.severity));
        let same_score =
            agatston(&result).is_some_and(|score| (score - self.score).abs() <= 1e-9 * self.score);
        let mut row = Row { damage, told, status: result.status, same_score, wrong: Vec::new() };
        row.judge();
        if time > self.time * SLOWER.0 + SLOWER.1 {
            row.wrong.push(format!("it took {time:.1?}, the good series {:.1?}", self.time));
        }
        if (damage.outcome, damage.class) == (Outcome::Refused, Class::Coronary) {
            let (result, _) = score(&files, Assign::from_regions_json(&self.whole_image)?)?;
            let refusals = result.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal);
            if result.status == Status::Scored || !refusals.into_iter().any(|f| expected(&f.code)) {
                row.wrong.push("it was not refused where an artery was meant".to_owned());
            }
        }
        for finding in result.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal) {
            if finding.next_step.is_none() && finding.seen.is_none() {
                row.wrong.push(format!("{} says neither what was seen nor what to do", finding.code));
            }
        }
        Ok(row)
    }
}

impl Row {
    /// Holds what came of the damage against what must come of it.
    fn judge(&mut self) {
        let scored = self.status == Status::Scored;
        let refuses = (self.damage.outcome, self.damage.class) == (Outcome::Refused, Class::Geometry);
        if refuses && scored {
            self.wrong.push("it was scored".to_owned());
        }
        if !refuses && !scored {
            self.wrong.push("it was refused".to_owned());
        }
        if self.damage.outcome != Outcome::SameScore && self.told.is_none() {
            self.wrong.push("no finding tells of it".to_owned());
        }
        if scored && !self.same_score && (self.damage.keeps_score || self.told.is_none()) {
            self.wrong.push("it has another score".to_owned());
        }
    }

    /// Whether the damage came to what it must.
    pub(crate) fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The row as a line of a table: what came with `--region everything`, what where an artery is meant, by which code.
    fn line(&self) -> String {
        let everything = match (self.status, self.same_score) {
            (Status::Refused, _) => "refused",
            (Status::Scored, true) => "the same score",
            (Status::Scored, false) => "another score, told",
        };
        let artery = match self.damage.outcome {
            Outcome::Refused => "refused",
            Outcome::Finding | Outcome::SameScore => everything,
        };
        let told = self.told.as_ref().map_or_else(String::new, |(code, severity)| {
            let word = match severity {
                SeverityRecord::Info => "info",
                SeverityRecord::Warning => "warning",
                SeverityRecord::Refusal => "refusal",
            };
            format!("`{code}` ({word})")
        });
        let wrong =
            if self.is_right() { String::new() } else { format!(" WRONG: {}", self.wrong.join("; ")) };
        format!("| {} | {everything} | {artery} | {told}{wrong} |\n", self.damage.name.replace('_', " "))
    }
}

/// The rows as a table of Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let head = "| damage | `--region everything` | an artery | by |\n|---|---|---|---|\n";
    rows.iter().fold(head.to_owned(), |out, row| out + &row.line())
}

/// Severities in the order of their weight.
fn rank(severity: SeverityRecord) -> u8 {
    match severity {
        SeverityRecord::Info => 0,
        SeverityRecord::Warning => 1,
        SeverityRecord::Refusal => 2,
    }
}

fn agatston(result: &ResultDocument) -> Option<f64> {
    result.total.as_ref().and_then(|total| total.measures.agatston)
}

/// Scores files in memory; how long that took.
fn score(files: &[NamedFile], assign: Assign) -> Result<(ResultDocument, Duration), Failure> {
    let sources = files.iter().map(|f| Source::bytes(&f.name, f.bytes.clone())).collect();
    let request = Request { assign, ..Request::default() };
    let start = Instant::now();
    let mut results = score_sources(sources, &Choice::Only, &request, &Unwatched)?;
    Ok((results.remove(0), start.elapsed())) // there is at least one
}
