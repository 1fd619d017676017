//! `agatston compare` as typed.

use super::{CheckArgs, KvpArg, OutputArgs, PicturesArgs, RegionArg, RequireArg};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agatston compare 2021.json 2024.json --interval-days 1096
  agatston compare scan2021/ scan2024/ --labels-baseline 2021.nii.gz --labels-followup 2024.nii.gz \\
      --label-scheme agatston
  agatston compare 2021.json scan2024/ --labels-followup 2024.seg.nrrd --bmi 27 --format json")]
pub(crate) struct CompareArgs {
    /// The earlier scan: a result of `score --format json`, or a series (folder, file, zip) that is scored first
    #[arg(value_name = "BASELINE")]
    pub(crate) baseline: PathBuf,
    /// The later scan, likewise
    #[arg(value_name = "FOLLOWUP")]
    pub(crate) followup: PathBuf,
    /// Days between the scans, 1 to 36525; by the dates of the headers unless given, which results do not hold
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=36525))]
    pub(crate) interval_days: Option<u32>,
    /// Body mass index, kg/m2: prints the limits of MESA beside the others
    #[arg(long, value_name = "B")]
    pub(crate) bmi: Option<f64>,
    #[command(flatten)]
    pub(crate) sides: SideArgs,
    #[command(flatten)]
    pub(crate) scoring: ScoringArgs,
    #[command(flatten)]
    pub(crate) checks: CheckArgs,
    /// Form of the comparison
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: CompareFormat,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    // The last: its heading holds for all that follows.
    #[command(flatten)]
    pub(crate) pictures: PicturesArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people, on 80 columns
    Table,
    /// The whole document, see `agatston schema`
    Json,
    /// One row for the total and each artery or region
    Csv,
}

/// What each side has of its own.
#[derive(Debug, Args)]
#[command(next_help_heading = "Of a side that is a series")]
pub(crate) struct SideArgs {
    /// Labels of the baseline, as for `score --labels`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["region", "labels_pattern"])]
    pub(crate) labels_baseline: Option<PathBuf>,
    /// Labels of the follow-up
    #[arg(long, value_name = "FILE", conflicts_with_all = ["region", "labels_pattern"])]
    pub(crate) labels_followup: Option<PathBuf>,
    /// A reader's decisions on the baseline, as for `score --edits`
    #[arg(long, value_name = "FILE", conflicts_with = "region")]
    pub(crate) edits_baseline: Option<PathBuf>,
    /// A reader's decisions on the follow-up
    #[arg(long, value_name = "FILE", conflicts_with = "region")]
    pub(crate) edits_followup: Option<PathBuf>,
    /// Which series of the baseline: a SeriesInstanceUID or `auto`
    #[arg(long, value_name = "UID|auto")]
    pub(crate) series_baseline: Option<String>,
    /// Which series of the follow-up
    #[arg(long, value_name = "UID|auto")]
    pub(crate) series_followup: Option<String>,
}

/// How series are scored that are not given as results: both of a comparison, every one of a batch.
#[derive(Debug, Args)]
#[command(next_help_heading = "How series are scored")]
pub(crate) struct ScoringArgs {
    /// The label file of each series: a path with {series_uid}, {study_uid}, {folder} or {folder_name} in it
    #[arg(long, value_name = "PATTERN", conflicts_with = "region")]
    pub(crate) labels_pattern: Option<String>,
    /// What the ids of a label map mean: a name of `agatston schemes list`, or a TOML file
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) label_scheme: Option<String>,
    /// From which fraction on, over 0 and up to 1, a voxel of a fractional DICOM SEG belongs
    #[arg(long, value_name = "F")]
    pub(crate) fractional_threshold: Option<f64>,
    /// Refuse an assignment that is not at least the decision of labels, or of a reader
    #[arg(long, value_enum)]
    pub(crate) require: Option<RequireArg>,
    /// Count every candidate; no total is called coronary, and a comparison gives no verdict
    #[arg(long, value_enum)]
    pub(crate) region: Option<RegionArg>,
    /// The choices of the score: a name of `agatston protocols list`, or a TOML file; `standard` unless given
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) protocol: Option<String>,
    /// What to do when the tube voltage is not 120 kV; `as-120` unless given
    #[arg(long, value_enum)]
    pub(crate) kvp_mode: Option<KvpArg>,
    /// Calibration factor for mass, mg/cm3 per HU
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    pub(crate) mass_factor: Option<f64>,
}
