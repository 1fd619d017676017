//! The fault matrix: a good series, damaged in every way that the phantoms know, scored by the whole engine, once with
//! everything counted and once with an artery meant.
//!
//! ```text
//! same score        the score of the good series
//! finding           the same, and a finding of an expected code; another score only where values that count changed
//! refused, class G  a refusal of an expected code, both times
//! refused, class C  the same where an artery is meant; a warning where everything counts
//! ```
//!
//! Never another score that no finding tells of, and never more than a few times the time of the good series.

use crate::failure::Failure;
use agatston_engine::{
    Assign, Choice, Request, ResultDocument, Source, Status, Unwatched, result::SeverityRecord, score_sources,
};
use agatston_phantom::damage::{Class, Damage, NamedFile, Outcome, damages, good_series};
use std::time::{Duration, Instant};

/// Slices, rows and columns of the generated series.
const GOOD_SERIES: (usize, usize) = (8, 32);

/// How much longer than the good series a damaged one may take, and what no busy machine is to be held to.
const SLOWER: (u32, Duration) = (5, Duration::from_secs(1));

/// A good series and what it scores undamaged.
pub(crate) struct Matrix {
    good: Vec<NamedFile>,
    /// The whole image as an artery.
    artery: Assign,
    score: f64,
    time: Duration,
    /// Damages that know the values of the generated series are done to no other.
    damages: Vec<Damage>,
}

/// What came of one damage.
pub(crate) struct Row {
    damage: Damage,
    everything: Seen,
    artery: Seen,
    /// What is wrong; nothing, if the damage came to what it must.
    wrong: Vec<String>,
}

/// What came of a series, scored one way.
struct Seen {
    status: Status,
    same_score: bool,
    /// Code of the weightiest finding that was expected.
    told: Option<(String, SeverityRecord)>,
    /// Refusals that say neither what was seen nor what to do.
    mute: Vec<String>,
    time: Duration,
}

impl Matrix {
    /// The good series of the phantoms, and every damage.
    pub(crate) fn generated() -> Result<Self, Failure> {
        let good = good_series("faults", GOOD_SERIES.0, GOOD_SERIES.1)?;
        Ok(Self { damages: damages(), ..Self::of(good)? })
    }

    /// A series of others, and the damages that any series can take.
    pub(crate) fn of(good: Vec<NamedFile>) -> Result<Self, Failure> {
        let (result, time) = score(&good, &Assign::Everything)?;
        let (Some(score), Some(series)) = (agatston(&result), &result.series) else {
            let problem = "needs a series that can be scored with --region everything".to_owned();
            return Err(Failure::Usage { option: "--series", problem });
        };
        let artery = Assign::from_regions_json(&format!(
            r#"{{"regions": [{{"name": "LAD", "box_px": {{"column": [0, {}], "row": [0, {}]}}}}]}}"#,
            series.columns.saturating_sub(1),
            series.rows.saturating_sub(1)
        ))?;
        let damages = damages().into_iter().filter(|damage| !damage.of_good_series).collect();
        Ok(Self { good, artery, score, time, damages })
    }

    /// The score of the undamaged series.
    pub(crate) fn score(&self) -> f64 {
        self.score
    }

    /// Does every damage.
    pub(crate) fn rows(&self) -> Result<Vec<Row>, Failure> {
        self.damages.iter().map(|damage| self.row(*damage)).collect()
    }

    fn row(&self, damage: Damage) -> Result<Row, Failure> {
        let mut files = self.good.clone();
        (damage.apply)(&mut files);
        let everything = self.look(&files, &Assign::Everything, &damage)?;
        let artery = self.look(&files, &self.artery, &damage)?;
        let refused = damage.outcome == Outcome::Refused;
        let mut wrong = judge(&everything, &damage, refused && damage.class == Class::Geometry);
        wrong.extend(judge(&artery, &damage, refused).into_iter().map(|what| format!("{what} (an artery)")));
        if everything.time > self.time * SLOWER.0 + SLOWER.1 {
            wrong.push(format!("it took {:.1?}, the good series {:.1?}", everything.time, self.time));
        }
        Ok(Row { damage, everything, artery, wrong })
    }

    fn look(&self, files: &[NamedFile], assign: &Assign, damage: &Damage) -> Result<Seen, Failure> {
        let (result, time) = score(files, assign)?;
        let told = result.findings.iter().filter(|f| damage.codes.contains(&f.code.as_str()));
        let told = told.max_by_key(|f| rank(f.severity)).map(|f| (f.code.clone(), f.severity));
        let refusals = result.findings.iter().filter(|f| f.severity == SeverityRecord::Refusal);
        let mute = refusals.filter(|f| f.next_step.is_none() && f.seen.is_none());
        Ok(Seen {
            status: result.status,
            same_score: agatston(&result).is_some_and(|x| (x - self.score).abs() <= 1e-9 * self.score),
            told,
            mute: mute.map(|f| f.code.clone()).collect(),
            time,
        })
    }
}

/// Holds what came of a damage against what must come of it.
fn judge(seen: &Seen, damage: &Damage, must_refuse: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let scored = seen.status.has_score();
    let refuses = seen.told.as_ref().is_some_and(|(_, severity)| *severity == SeverityRecord::Refusal);
    if must_refuse && (scored || !refuses) {
        wrong.push("it was not refused by an expected code".to_owned());
    }
    if !must_refuse && !scored {
        wrong.push("it was refused".to_owned());
    }
    if damage.outcome != Outcome::SameScore && seen.told.is_none() {
        wrong.push("no finding tells of it".to_owned());
    }
    if scored && !seen.same_score && (damage.keeps_score || seen.told.is_none()) {
        wrong.push("it has another score".to_owned());
    }
    wrong.extend(seen.mute.iter().map(|code| format!("{code} says neither what was seen nor what to do")));
    wrong
}

impl Row {
    /// Whether the damage came to what it must.
    pub(crate) fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The row as a line of a table.
    fn line(&self) -> String {
        let wrong =
            if self.is_right() { String::new() } else { format!(" WRONG: {}", self.wrong.join("; ")) };
        let told = self.artery.told.as_ref().map_or_else(String::new, |(code, _)| format!("`{code}`"));
        format!(
            "| {} | {} | {} | {told}{wrong} |\n",
            self.damage.name.replace('_', " "),
            self.everything.words(),
            self.artery.words()
        )
    }
}

impl Seen {
    fn words(&self) -> String {
        let severity = match self.told {
            None => "",
            Some((_, SeverityRecord::Info)) => ", info",
            Some((_, SeverityRecord::Warning)) => ", warning",
            Some((_, SeverityRecord::Refusal)) => "",
        };
        match (self.status, self.same_score) {
            (Status::Refused, _) => "refused".to_owned(),
            (Status::Scored | Status::Provisional, true) => format!("the same score{severity}"),
            (Status::Scored | Status::Provisional, false) => format!("another score{severity}"),
        }
    }
}

/// The rows as a table of Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let head = "| damage | `--region everything` | an artery | code |\n|---|---|---|---|\n";
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
    result.total.as_ref().and_then(|total| total.sums.measures.agatston)
}

/// Scores files in memory; how long that took.
fn score(files: &[NamedFile], assign: &Assign) -> Result<(ResultDocument, Duration), Failure> {
    let sources = files.iter().map(|f| Source::bytes(&f.name, f.bytes.clone())).collect();
    let request = Request { assign: assign.clone(), ..Request::default() };
    let start = Instant::now();
    let mut results = score_sources(sources, &Choice::Only, &request, &Unwatched)?;
    Ok((results.remove(0), start.elapsed())) // there is at least one
}
