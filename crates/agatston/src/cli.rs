//! The command line as typed: clap and nothing else.

mod batch;
pub(crate) mod calibration;
mod compare;
mod files;
mod risk;
mod summary;

pub(crate) use batch::{BatchArgs, BatchScoringArgs, LogFormat, MergeArgs, MergeRowsArg, ProgressArg};
pub(crate) use compare::{CompareArgs, CompareFormat, ScoringArgs, SideArgs};
pub(crate) use files::{FilesArgs, PicturesArgs};
pub(crate) use risk::RiskArgs;
pub(crate) use summary::SummaryArgs;

use self::calibration::CalibrationArgs;
use crate::exit;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Coronary artery calcium scores from CT, exact and explained. For research; it gives no advice.
#[derive(Debug, Parser)]
#[command(name = "agatston", version, after_help = exit::HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Number of threads that compute; all processors unless given. Files are read by twice as many, at least 4
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Score one series: a folder, file, zip or DICOMDIR
    Score(Box<ScoreArgs>),
    /// Score every series below a folder, as one table; stopped or killed it goes on
    Batch(Box<BatchArgs>),
    /// Put the parts of a batch together: the same bytes as of one batch
    Merge(MergeArgs),
    /// Say how calcium changed between two scans: growth, density, noise or reversal
    Compare(Box<CompareArgs>),
    /// Say what is in here: series, geometry, suitability, findings; scores nothing
    Inspect(InspectArgs),
    /// Compute every sum of a result again, and say where it does not add up
    Validate(ValidateArgs),
    /// Sum up a table of scores on one page: distributions, refusals, findings, scans
    Summary(SummaryArgs),
    /// Phantoms with known truth
    #[command(subcommand)]
    Phantom(PhantomCommand),
    /// Protocols: named sets of choices
    #[command(subcommand)]
    Protocols(ListCommand),
    /// Label schemes: which id means which artery
    #[command(subcommand)]
    Schemes(ListCommand),
    /// Print every cut-off of the checks as TOML, to be edited and given back with `--cutoffs`
    Cutoffs,
    /// Print the JSON Schema of a document
    Schema {
        /// Which document
        #[arg(value_enum)]
        document: Document,
    },
    /// Print completions for a shell
    Completions {
        /// Which shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Folder (any depth), file, .zip or DICOMDIR; `-` reads a list of paths from standard input
    #[arg(required_unless_present = "files_from", value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Also read the paths listed in this file, one a line
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Replace an existing output file
    #[arg(long)]
    pub(crate) overwrite: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CheckArgs {
    /// Turn the refusal of this code into a warning that stays in the result (may be given again)
    #[arg(long, value_name = "CODE")]
    pub(crate) allow: Vec<String>,
    /// Warnings refuse too
    #[arg(long)]
    pub(crate) strict: bool,
    /// TOML file of cut-offs that differ from those of `agatston cutoffs`
    #[arg(long, value_name = "FILE")]
    pub(crate) cutoffs: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without --labels, --labels-pattern, --edits or --region rules about the anatomy in the image say what is coronary. Such a
score is provisional, with a lower and an upper bound: the rules were set on eleven public scans and fit them (the truth
lies within the bounds of ten); a version frozen before it was tried had three of seven. What is no chest with a whole
heart and without contrast agent is refused.

Examples:
  agatston score scan/
  agatston score scan/ --require labels
  agatston score scan/ --labels arteries.nii.gz --label-scheme agatston
  agatston score scan/ --labels segmentation.dcm --edits reader1.jsonl
  agatston score study/ --series all --labels-pattern 'labels/{series_uid}.seg.nrrd' --format csv
  agatston score scan/ --labels arteries.nii.gz --format parquet --rows lesions -o lesions.parquet
  agatston score scan/ --labels arteries.nii.gz --age 61 --sex f --race white
  agatston score scan/ --labels arteries.nii.gz --report scan.html --seg scan.seg.dcm --sr scan.sr.dcm
  agatston score phantom/ --labels regions.json --protocol fqm --format json
  agatston score phantom/ --labels regions.json --references rods.json
  agatston score phantom/ --region everything --sensitivity")]
pub(crate) struct ScoreArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Which candidates belong to which artery: a regions file (JSON, TOML), a label map (NIfTI, NRRD, .seg.nrrd,
    /// MetaImage, DICOM SEG), contours (RTSTRUCT, COCA XML), or a folder with one of these or with a mask for each artery
    #[arg(long, value_name = "FILE", conflicts_with_all = ["region", "labels_pattern"], help_heading = "Assignment")]
    pub(crate) labels: Option<PathBuf>,
    /// The label file of each series: a path with {series_uid}, {study_uid}, {folder} (of the series' files) or
    /// {folder_name} in it; a series without its file is refused
    #[arg(long, value_name = "PATTERN", conflicts_with = "region", help_heading = "Assignment")]
    pub(crate) labels_pattern: Option<String>,
    /// What the ids of a label map mean: a name of `agatston schemes list`, or a TOML file
    #[arg(long, value_name = "NAME|FILE", help_heading = "Assignment")]
    pub(crate) label_scheme: Option<String>,
    /// From which fraction on, over 0 and up to 1, a voxel of a fractional DICOM SEG belongs; such are refused without
    #[arg(long, value_name = "F", help_heading = "Assignment")]
    pub(crate) fractional_threshold: Option<f64>,
    /// A reader's decisions, lesion by lesion, over the labels or alone: an append-only log, JSON Lines
    #[arg(long, value_name = "FILE", conflicts_with = "region", help_heading = "Assignment")]
    pub(crate) edits: Option<PathBuf>,
    /// Refuse an assignment that is not at least the decision of labels, or of a reader
    #[arg(long, value_enum, default_value = "any", help_heading = "Assignment")]
    pub(crate) require: RequireArg,
    /// Count every candidate; the total is never called coronary
    #[arg(long, value_enum, help_heading = "Assignment")]
    pub(crate) region: Option<RegionArg>,
    /// Which series to score when there are several: a SeriesInstanceUID, `auto` or `all`
    #[arg(long, value_name = "UID|auto|all")]
    pub(crate) series: Option<String>,
    /// The choices of the score: a name of `agatston protocols list`, or a TOML file
    #[arg(long, value_name = "NAME|FILE", default_value = "standard")]
    pub(crate) protocol: String,
    /// What to do when the tube voltage is not 120 kV
    #[arg(long, value_enum, default_value = "as-120")]
    pub(crate) kvp_mode: KvpArg,
    #[command(flatten)]
    pub(crate) calibration: CalibrationArgs,
    /// Also print the score under neighbouring choices
    #[arg(long)]
    pub(crate) sensitivity: bool,
    /// List every focus that was not counted, and why
    #[arg(long)]
    pub(crate) withheld: bool,
    #[command(flatten)]
    pub(crate) checks: CheckArgs,
    /// Form of the result; `--series all` makes JSON Lines of json
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
    /// What csv and parquet have a row of; `arteries` unless given
    #[arg(long, value_enum)]
    pub(crate) rows: Option<RowsArg>,
    /// What is listed below the totals; foci unless --region everything, then totals, or lesions for `--rows lesions`
    #[arg(long, value_enum)]
    pub(crate) detail: Option<DetailArg>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    // The last two: their headings hold for all that follows.
    #[command(flatten)]
    pub(crate) files: FilesArgs,
    #[command(flatten)]
    pub(crate) risk: RiskArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  agatston inspect scan/
  agatston inspect archive.zip --format json")]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) checks: CheckArgs,
    /// Form of the answer
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: InspectFormat,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  agatston score scan/ --labels arteries.nii.gz --format json -o result.json
  agatston validate result.json")]
pub(crate) struct ValidateArgs {
    /// What `score --format json` wrote: one result, or JSON Lines of several
    #[arg(value_name = "RESULT")]
    pub(crate) result: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhantomCommand {
    /// List the phantoms
    List,
    /// Write a phantom as a DICOM series, with its regions file and label map where it has them
    Write {
        /// Name of the phantom
        name: String,
        /// Folder to write into; made when missing
        #[arg(short, long, value_name = "FOLDER")]
        output: PathBuf,
        /// Replace existing files
        #[arg(long)]
        overwrite: bool,
    },
    /// Damage a good series in every known way and print what came of it: the table of docs/validation.md
    Faults {
        /// Damage the series in this folder instead of a generated one
        #[arg(long, value_name = "FOLDER")]
        series: Option<PathBuf>,
    },
    /// Compare pairs of scans between which calcium changed in a known way, or did not, and print what came of each kind:
    /// the table of docs/validation.md
    Pairs {
        /// Kinds of change; all unless given
        kinds: Vec<String>,
        /// At most so many pairs of each kind; all unless given
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        most: Option<u32>,
    },
    /// Score chests without labels, by their anatomy, and print what came of each kind: the table of docs/validation.md
    Chests {
        /// Seed of the first chest
        #[arg(long, value_name = "SEED", default_value_t = 1)]
        from: u64,
        /// Chests as the seeds draw them
        #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000))]
        most: u64,
        /// Chests of every other kind, at most as many as are drawn
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=100_000))]
        others: u64,
    },
    /// Score phantoms and print truth, expected and measured values
    Check {
        /// Names of the phantoms; all unless given
        names: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ListCommand {
    /// List the names
    List,
    /// Print one as a table that can be edited and given back as a file
    Show {
        /// Its name
        name: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RegionArg {
    /// Every candidate of the image: bone, valves and all
    Everything,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RequireArg {
    /// Labels, regions, or a reader
    Labels,
    /// A reader: contours or edits
    Reader,
    /// Anybody
    Any,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KvpArg {
    /// Score with the bounds of 120 kV, flagged
    #[value(name = "as-120")]
    As120,
    /// Multiply all bounds by the factor of the voltage (70, 80, 100, 135 kV)
    Scale,
    /// Refuse
    Refuse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, on 80 columns
    Table,
    /// The whole document, see `agatston schema`
    Json,
    /// One row an artery or region, and the total; or one a lesion, with `--rows lesions`
    Csv,
    /// The same rows with types and nulls, for pandas, DuckDB, R and the like; to a file or a pipe
    Parquet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowsArg {
    /// Arteries or regions, and the total
    Arteries,
    /// Lesions
    Lesions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// For people, on 80 columns
    Table,
    /// For programs
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DetailArg {
    /// Totals only
    Totals,
    /// Lesions without their foci
    Lesions,
    /// Lesions and their foci
    Foci,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Document {
    /// What `score` writes
    Result,
    /// What `inspect` writes
    Inspection,
    /// What `compare` writes
    Compare,
    /// The run.json of `batch`
    Run,
    /// What `summary` writes
    Summary,
}
