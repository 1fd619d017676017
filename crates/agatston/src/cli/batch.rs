//! `agatston batch` and `agatston merge` as typed.

use super::{CheckArgs, DetailArg, OutputArgs, ScoringArgs, calibration::BodySizeArg};
use agatston_engine::batch::Shard;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Every CT series below ROOT is one row of scores.parquet: a score, or the reason why there is none. FOLDER is filled as
follows; a batch that was stopped or killed goes on with --resume, and ends with the same bytes.
  scores.parquet, scores.csv   a row a series and artery, and `total`
  lesions.parquet              a row a lesion
  failures.csv                 series without a score, each with its reason
  results/KEY.json             the whole result of each series
  index.jsonl                  what the keys are: series and folders; give it as MANIFEST to shards
  done.jsonl, run.json         of which files and settings the results are

Examples:
  agatston batch scans/ -o out
  agatston batch scans/ -o out --resume
  agatston batch scans/ -o out --labels-pattern '{folder}/arteries.seg.nrrd' --require labels
  agatston batch scans/ -o index --only-index
  agatston batch index/index.jsonl --root scans/ -o part1 --shard 1/4
  agatston merge part1 part2 part3 part4 -o out")]
pub(crate) struct BatchArgs {
    /// Folder below which every CT series is scored (zip archives too), or a manifest: an index.jsonl of an earlier batch, or
    /// a list of folders, one a line; both relative to --root
    #[arg(value_name = "ROOT|MANIFEST")]
    pub(crate) root: String,
    /// Folder for everything that is written; made when missing
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
    /// Folder to which the names of a manifest are relative
    #[arg(long = "root", value_name = "ROOT")]
    pub(crate) root_of_manifest: Option<String>,
    /// Series that are scored at a time; as many as --threads unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Score part I of N only: series belong to a part by their key
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// Score at most so many series, the first in the order of folders
    #[arg(long, value_name = "N", conflicts_with = "shard", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Only find series and write index.jsonl
    #[arg(long, conflicts_with_all = ["shard", "resume"])]
    pub(crate) only_index: bool,
    /// Go on in a folder that holds a batch: series whose files (names, sizes, times), program, protocol and options are the
    /// same are not scored again
    #[arg(long, conflicts_with = "overwrite")]
    pub(crate) resume: bool,
    /// With --resume, trust no times of files: score every series again, and replace the results that come out otherwise
    #[arg(long, requires = "resume")]
    pub(crate) verify: bool,
    /// Begin anew in a folder that holds a batch
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// What standard error says: a line of progress on a terminal, or JSON Lines
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Whether a terminal shows progress
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) progress: ProgressArg,
    #[command(flatten)]
    pub(crate) checks: CheckArgs,
    // The last two: their heading holds for all that follows.
    #[command(flatten)]
    pub(crate) scoring: ScoringArgs,
    #[command(flatten)]
    pub(crate) more: BatchScoringArgs,
}

/// What only a batch is asked of a series.
#[derive(Debug, Args)]
#[command(next_help_heading = "How series are scored")]
pub(crate) struct BatchScoringArgs {
    /// How wide every body is; measured unless given
    #[arg(long, value_enum, value_name = "SIZE")]
    pub(crate) body_size: Option<BodySizeArg>,
    /// CSV with a row for each series_uid or study_uid: age, sex, race and so on
    #[arg(long, value_name = "CSV")]
    pub(crate) covariates: Option<PathBuf>,
    /// What is in every heart that is no calcium, with commas: stent, bypass, device
    #[arg(long, value_name = "WORDS")]
    pub(crate) history: Option<String>,
    /// What results list below the totals; lesions.parquet has rows from `lesions` on
    #[arg(long, value_enum)]
    pub(crate) detail: Option<DetailArg>,
    /// Results list every focus that was not counted, and why
    #[arg(long)]
    pub(crate) withheld: bool,
    /// Results hold the score under neighbouring choices
    #[arg(long)]
    pub(crate) sensitivity: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For programs: one object a line, for each series and for how far the batch is
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressArg {
    /// On a terminal
    Auto,
    /// Never
    Never,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agatston merge part1 part2 part3 part4 -o out
  agatston merge part*/ -o scores.parquet
  agatston merge part*/ --rows lesions -o lesions.parquet")]
pub(crate) struct MergeArgs {
    /// Folders that `agatston batch` filled, all with the same program, protocol and options
    #[arg(required = true, value_name = "PART")]
    pub(crate) parts: Vec<PathBuf>,
    /// What a table file has a row of; a folder gets all tables
    #[arg(long, value_enum)]
    pub(crate) rows: Option<MergeRowsArg>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MergeRowsArg {
    /// Series and arteries
    Arteries,
    /// Lesions
    Lesions,
}
