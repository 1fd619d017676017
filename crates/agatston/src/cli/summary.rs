//! `agatston summary` as typed.

use super::{InspectFormat, OutputArgs};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Scores that are scored, provisional, or of everything over the threshold are never in one distribution. What is not known
is counted as such, never as 0.

Examples:
  agatston score study/ --series all --format parquet -o scores.parquet
  agatston summary scores.parquet --report cohort.html
  agatston summary scores.csv --format json -o cohort.json")]
pub(crate) struct SummaryArgs {
    /// A table of scores, as `score --format parquet` or `--format csv` writes it; told by what is in it
    #[arg(value_name = "SCORES")]
    pub(crate) scores: PathBuf,
    /// Form of the summary
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: InspectFormat,
    /// The summary for people as one HTML file, which prints on one page
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
