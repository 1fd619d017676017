//! What `compare` does: which side is a result and which a series to be scored, and how.

use super::{PictureFiles, ScoreConfig, target};
use crate::{
    cli::{
        CheckArgs, CompareArgs, CompareFormat, FilesArgs, Format, InputArgs, KvpArg, OutputArgs, RequireArg,
        RiskArgs, ScoreArgs, ScoringArgs, SideArgs, calibration::CalibrationArgs,
    },
    failure::Failure,
    output::Target,
    result_file,
};
use agatston_engine::{Choice, CompareRequest, Side, Workers};
use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// Body mass indices that a person can have, kg/m2.
const BMI: std::ops::RangeInclusive<f64> = 10.0..=100.0;

/// What `compare` does.
#[derive(Debug)]
pub(crate) struct CompareConfig {
    pub(crate) baseline: SideConfig,
    pub(crate) followup: SideConfig,
    pub(crate) request: CompareRequest,
    pub(crate) format: CompareFormat,
    pub(crate) target: Target,
    pub(crate) pictures: PictureFiles,
    pub(crate) workers: Workers,
}

/// One of the two.
#[derive(Debug)]
pub(crate) enum SideConfig {
    /// It was scored before.
    Result(Box<Side>),
    /// It is to be scored.
    Series(Box<ScoreConfig>),
}

/// What is typed for one side.
struct Typed {
    name: &'static str,
    path: PathBuf,
    labels: Option<PathBuf>,
    edits: Option<PathBuf>,
    series: Option<String>,
}

impl CompareConfig {
    pub(crate) fn new(args: CompareArgs, workers: Workers) -> Result<Self, Failure> {
        if args.bmi.is_some_and(|bmi| !BMI.contains(&bmi)) {
            let problem = format!("needs {} to {} kg/m2", BMI.start(), BMI.end());
            return Err(Failure::Usage { option: "--bmi", problem });
        }
        let request = CompareRequest { interval_days: args.interval_days, bmi: args.bmi };
        let pictures = PictureFiles::new(args.pictures, args.output.overwrite);
        let target = target(args.output);
        let reads = named(&args.baseline, &args.followup, &args.sides, &args.scoring, &args.checks);
        target.check("--output", &reads)?;
        pictures.check(&target, &reads)?;
        let sides = typed([args.baseline, args.followup], args.sides);
        let are_results = [is_json(&sides[0].path)?, is_json(&sides[1].path)?];
        if are_results == [true; 2] {
            unused(&args.scoring, &args.checks)?;
        }
        let [baseline, followup] = sides;
        let side = |typed: Typed, is_result: bool| {
            if is_result {
                return result(&typed);
            }
            let mut score = series(typed, &args.scoring, &args.checks, workers)?;
            score.request.trace = !pictures.is_empty();
            Ok(SideConfig::Series(Box::new(score)))
        };
        let (baseline, followup) = (side(baseline, are_results[0])?, side(followup, are_results[1])?);
        Ok(Self { baseline, followup, request, format: args.format, target, pictures, workers })
    }
}

/// Every file that the command reads.
fn named(b: &Path, f: &Path, sides: &SideArgs, scoring: &ScoringArgs, checks: &CheckArgs) -> Vec<PathBuf> {
    let of_sides =
        [&sides.labels_baseline, &sides.labels_followup, &sides.edits_baseline, &sides.edits_followup];
    let names = [&scoring.label_scheme, &scoring.protocol].into_iter().flatten().map(PathBuf::from);
    let files = of_sides.into_iter().flatten().chain(&checks.cutoffs).cloned();
    [b.to_owned(), f.to_owned()].into_iter().chain(files).chain(names).collect()
}

fn typed([baseline, followup]: [PathBuf; 2], sides: SideArgs) -> [Typed; 2] {
    [
        Typed {
            name: "BASELINE",
            path: baseline,
            labels: sides.labels_baseline,
            edits: sides.edits_baseline,
            series: sides.series_baseline,
        },
        Typed {
            name: "FOLLOWUP",
            path: followup,
            labels: sides.labels_followup,
            edits: sides.edits_followup,
            series: sides.series_followup,
        },
    ]
}

/// Whether a path is a file that begins as JSON does: no DICOM file and no archive does.
fn is_json(path: &Path) -> Result<bool, Failure> {
    let unread = |source| Failure::Read { path: path.to_path_buf(), source };
    if !fs::metadata(path).map_err(unread)?.is_file() {
        return Ok(false);
    }
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(64).read_to_end(&mut start)).map_err(unread)?;
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start);
    Ok(text.trim_ascii_start().starts_with(b"{"))
}

fn result(typed: &Typed) -> Result<SideConfig, Failure> {
    let wrong = |problem: &str| Failure::Usage { option: typed.name, problem: problem.to_owned() };
    if typed.labels.is_some() || typed.edits.is_some() || typed.series.is_some() {
        return Err(wrong(
            "it is a result already: its labels, edits and series are those it was scored with",
        ));
    }
    Ok(SideConfig::Result(Box::new(result_file::read_one(&typed.path)?.into())))
}

/// How a series is scored, as `score` would with the same options.
fn series(
    typed: Typed,
    scoring: &ScoringArgs,
    checks: &CheckArgs,
    workers: Workers,
) -> Result<ScoreConfig, Failure> {
    let args = ScoreArgs {
        input: InputArgs { inputs: vec![typed.path], files_from: None },
        labels: typed.labels,
        edits: typed.edits,
        series: typed.series,
        ..score_args(scoring, checks)
    };
    let config = ScoreConfig::new(args, workers)?;
    if config.choice == Choice::All {
        let problem = "a comparison is of one series: give its UID, or auto".to_owned();
        return Err(Failure::Usage { option: typed.name, problem });
    }
    Ok(config)
}

/// The options of `score` for series of which nobody named one.
pub(super) fn score_args(scoring: &ScoringArgs, checks: &CheckArgs) -> ScoreArgs {
    ScoreArgs {
        input: InputArgs { inputs: Vec::new(), files_from: None },
        labels: None,
        labels_pattern: scoring.labels_pattern.clone(),
        label_scheme: scoring.label_scheme.clone(),
        fractional_threshold: scoring.fractional_threshold,
        edits: None,
        require: scoring.require.unwrap_or(RequireArg::Any),
        region: scoring.region,
        series: None,
        protocol: scoring.protocol.clone().unwrap_or_else(|| "standard".to_owned()),
        kvp_mode: scoring.kvp_mode.unwrap_or(KvpArg::As120),
        // A file of reference regions fits one series.
        calibration: CalibrationArgs { mass_factor: scoring.mass_factor, references: None, body_size: None },
        files: FilesArgs::default(),
        risk: RiskArgs::default(),
        sensitivity: false,
        withheld: false,
        checks: checks.clone(),
        format: Format::Json,
        rows: None,
        detail: None,
        output: OutputArgs { output: None, overwrite: false },
    }
}

/// Fails on an option that has nothing to do, because both sides are results.
fn unused(scoring: &ScoringArgs, checks: &CheckArgs) -> Result<(), Failure> {
    let given = [
        ("--labels-pattern", scoring.labels_pattern.is_some()),
        ("--label-scheme", scoring.label_scheme.is_some()),
        ("--fractional-threshold", scoring.fractional_threshold.is_some()),
        ("--require", scoring.require.is_some()),
        ("--region", scoring.region.is_some()),
        ("--protocol", scoring.protocol.is_some()),
        ("--kvp-mode", scoring.kvp_mode.is_some()),
        ("--mass-factor", scoring.mass_factor.is_some()),
        ("--allow", !checks.allow.is_empty()),
        ("--strict", checks.strict),
        ("--cutoffs", checks.cutoffs.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        None => Ok(()),
        Some((option, _)) => {
            let problem = "both sides are results, which were scored before".to_owned();
            Err(Failure::Usage { option, problem })
        }
    }
}
