//! From what was typed to what is done: validated and resolved, files named on the command line read.

mod batch;
mod calibration;
mod compare;
mod files;
mod risk;
mod rows;
mod summary;

pub(crate) use batch::{BatchConfig, MergeConfig, MergeTarget};
pub(crate) use compare::{CompareConfig, SideConfig};
pub(crate) use files::{ANATOMY_MAP, Files, PictureFiles};
pub(crate) use summary::SummaryConfig;

use self::calibration::calibration;
use crate::{
    cli::{
        Format, InputArgs, InspectArgs, InspectFormat, KvpArg, OutputArgs, RegionArg, RequireArg, ScoreArgs,
    },
    failure::{Failure, named},
    list,
    output::Target,
};
use agatston_engine::{
    Assign, AssignedBy, Checks, Choice, Error, InspectRequest, KvpMode, LabelsPattern, NamedProtocol,
    ReadOptions, Request, Scheme, Workers, writers::tables::Table,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What `score` does.
#[derive(Debug)]
pub(crate) struct ScoreConfig {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) choice: Choice,
    pub(crate) request: Request,
    pub(crate) format: Format,
    /// The table of csv and parquet.
    pub(crate) rows: Table,
    pub(crate) target: Target,
    pub(crate) files: Files,
}

impl ScoreConfig {
    pub(crate) fn new(args: ScoreArgs, workers: Workers) -> Result<Self, Failure> {
        let rows = rows::table(&args)?;
        let detail = rows::detail(&args);
        let assign = assign(&args)?;
        let files = Files::new(args.files, args.output.overwrite)?;
        let request = Request {
            covariates: risk::covariates(&args.risk)?,
            history: risk::history(&args.risk)?,
            protocol: NamedProtocol::load(&args.protocol)?,
            kvp_mode: match args.kvp_mode {
                KvpArg::As120 => KvpMode::As120,
                KvpArg::Scale => KvpMode::Scale,
                KvpArg::Refuse => KvpMode::Refuse,
            },
            calibration: calibration(&args.calibration)?,
            assign,
            require: match args.require {
                RequireArg::Labels => Some(AssignedBy::Labels),
                RequireArg::Reader => Some(AssignedBy::Reader),
                RequireArg::Any => None,
            },
            allow: agatston_engine::allowed(&args.checks.allow)?,
            strict: args.checks.strict,
            checks: checks(args.checks.cutoffs.as_deref())?,
            detail,
            withheld: args.withheld,
            sensitivity: args.sensitivity,
            trace: !files.is_empty(),
            trace_anatomy: files.anatomy.is_some(),
            workers,
        };
        if args.series.as_deref().is_some_and(str::is_empty) {
            return Err(Failure::Usage {
                option: "--series",
                problem: "needs a UID, auto or all".to_owned(),
            });
        }
        let target = target(args.output);
        if args.format == Format::Parquet && target.is_terminal() {
            let problem = "parquet is nothing that a terminal can show; give -o FILE".to_owned();
            return Err(Failure::Usage { option: "--format", problem });
        }
        let scheme = args.label_scheme.iter().map(PathBuf::from);
        let named = args.labels.iter().chain(&args.edits).chain(&args.checks.cutoffs).cloned().chain(scheme);
        let named = named.chain(args.risk.covariates.clone());
        let named = named.chain(args.calibration.references.clone()).chain([PathBuf::from(&args.protocol)]);
        let inputs = inputs(args.input)?;
        let reads: Vec<PathBuf> = named.chain(inputs.iter().cloned()).collect();
        let choice = args.series.map_or(Choice::Only, |s| Choice::from_word(&s));
        target.check("--output", &reads)?;
        files.check(&choice, &target, &reads)?;
        Ok(Self { inputs, choice, request, format: args.format, rows, target, files })
    }
}

/// Who assigns, files that say so read.
fn assign(args: &ScoreArgs) -> Result<Assign, Failure> {
    let has_labels = args.labels.is_some() || args.labels_pattern.is_some();
    for (option, is_given) in [
        ("--label-scheme", args.label_scheme.is_some()),
        ("--fractional-threshold", args.fractional_threshold.is_some()),
    ] {
        if is_given && !has_labels {
            let problem = "explains labels, and none are given; give --labels or --labels-pattern".to_owned();
            return Err(Failure::Usage { option, problem });
        }
    }
    let options = ReadOptions {
        scheme: args.label_scheme.as_deref().map(Scheme::open).transpose().map_err(Error::from)?,
        fractional_threshold: args.fractional_threshold.map(fraction).transpose()?,
    };
    let assign = match (&args.labels, &args.labels_pattern, args.region) {
        (Some(labels), _, _) => Assign::from_labels(labels, &options)?,
        (None, Some(pattern), _) => Assign::from_pattern(LabelsPattern::new(pattern)?, options),
        (None, None, Some(RegionArg::Everything)) => Assign::Everything,
        (None, None, None) => Assign::Anatomy,
    };
    Ok(match &args.edits {
        Some(log) => assign.with_edits(log)?,
        None => assign,
    })
}

fn fraction(fraction: f64) -> Result<f64, Failure> {
    if fraction > 0.0 && fraction <= 1.0 {
        return Ok(fraction);
    }
    let problem = format!("{fraction} is no fraction over 0 and up to 1");
    Err(Failure::Usage { option: "--fractional-threshold", problem })
}

/// What `inspect` does.
#[derive(Debug)]
pub(crate) struct InspectConfig {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) request: InspectRequest,
    pub(crate) format: InspectFormat,
    pub(crate) target: Target,
}

impl InspectConfig {
    pub(crate) fn new(args: InspectArgs, workers: Workers) -> Result<Self, Failure> {
        let target = target(args.output);
        let inputs = inputs(args.input)?;
        let named = args.checks.cutoffs.iter().chain(&inputs).cloned();
        target.check("--output", &named.collect::<Vec<_>>())?;
        let request = InspectRequest {
            allow: agatston_engine::allowed(&args.checks.allow)?,
            strict: args.checks.strict,
            checks: checks(args.checks.cutoffs.as_deref())?,
            workers,
        };
        Ok(Self { inputs, request, format: args.format, target })
    }
}

/// Most threads: more only wait for each other.
const MOST_THREADS: usize = 256;

/// Builds the one pool of threads that compute, and says how many of all kinds there are.
pub(crate) fn build_pool(threads: Option<usize>) -> Result<Workers, Failure> {
    if threads.is_some_and(|n| !(1..=MOST_THREADS).contains(&n)) {
        let problem = format!("needs 1 to {MOST_THREADS}");
        return Err(Failure::Usage { option: "--threads", problem });
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build_global()
        .map_err(|e| Failure::Threads(e.to_string()))?;
    Ok(Workers::new(rayon::current_num_threads()))
}

fn checks(path: Option<&Path>) -> Result<Checks, Failure> {
    Ok(path.map(Checks::load).transpose()?.unwrap_or_default())
}

fn target(args: OutputArgs) -> Target {
    Target { path: args.output, overwrite: args.overwrite }
}

/// The input paths: those typed, those listed on standard input for `-`, those listed in a file.
fn inputs(args: InputArgs) -> Result<Vec<PathBuf>, Failure> {
    let mut out = Vec::new();
    for input in args.inputs {
        if input.as_os_str() == "-" {
            out.extend(list::read("standard input", io::stdin()).map_err(|e| e.or(Failure::Stream))?);
        } else {
            out.push(input);
        }
    }
    if let Some(path) = args.files_from {
        let unread = |source| Failure::Read { path: path.clone(), source };
        let file = fs::File::open(&path).map_err(unread)?;
        out.extend(list::read(&named(&path), file).map_err(|e| e.or(unread))?);
    }
    Ok(out)
}
