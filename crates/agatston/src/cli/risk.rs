//! Options of the risk layer as typed; what they must be is the engine's to say.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Risk (research only)")]
pub(crate) struct RiskArgs {
    /// Age in completed years; without it, that of the header. Nothing else but sex is taken from there
    #[arg(long, value_name = "YEARS", allow_negative_numbers = true)]
    pub(crate) age: Option<String>,
    /// Sex; without it, that of the header
    #[arg(long, value_name = "f|m")]
    pub(crate) sex: Option<String>,
    /// Race or ethnic group as MESA asked for it: white, black, chinese or hispanic
    #[arg(long, value_name = "RACE")]
    pub(crate) race: Option<String>,
    /// Total cholesterol, mg/dL
    #[arg(long, value_name = "MG/DL", allow_negative_numbers = true)]
    pub(crate) total_cholesterol: Option<String>,
    /// HDL cholesterol, mg/dL
    #[arg(long, value_name = "MG/DL", allow_negative_numbers = true)]
    pub(crate) hdl: Option<String>,
    /// Systolic blood pressure, mmHg
    #[arg(long, value_name = "MMHG", allow_negative_numbers = true)]
    pub(crate) sbp: Option<String>,
    /// Whether blood pressure is treated
    #[arg(long, value_name = "yes|no")]
    pub(crate) bp_medication: Option<String>,
    /// Whether lipids are treated
    #[arg(long, value_name = "yes|no")]
    pub(crate) lipid_medication: Option<String>,
    /// Whether the person smokes
    #[arg(long, value_name = "yes|no")]
    pub(crate) smoker: Option<String>,
    /// Whether the person has diabetes
    #[arg(long, value_name = "yes|no")]
    pub(crate) diabetes: Option<String>,
    /// Whether parents, siblings or children had a heart attack
    #[arg(long, value_name = "yes|no")]
    pub(crate) family_history: Option<String>,
    /// CSV with a row for each series_uid or study_uid, and columns called as these options, with `_`; options beat it
    #[arg(long, value_name = "CSV")]
    pub(crate) covariates: Option<PathBuf>,
    /// What is in the heart that is no calcium, with commas: stent, bypass, device. It is declared, never detected
    #[arg(long, value_name = "WORDS")]
    pub(crate) history: Option<String>,
}
