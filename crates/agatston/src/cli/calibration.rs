//! Options of `score` that calibrate: mass, the scores without a threshold, the noise of blood.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct CalibrationArgs {
    /// Calibration factor for mass, mg/cm3 per HU (0.0004 to 0.0012 is taken for g/cm3); else that of the header for the
    /// patient, of the reference rods, or of the header for the size of the body
    #[arg(long, value_name = "F", allow_negative_numbers = true, help_heading = "Calibration")]
    pub(crate) mass_factor: Option<f64>,
    /// A regions file (JSON, TOML) whose regions say what they hold: `ha_mg_cm3` (a rod of hydroxyapatite; 0 is water) or
    /// `blood = true`
    #[arg(long, value_name = "FILE", help_heading = "Calibration")]
    pub(crate) references: Option<PathBuf>,
    /// How wide the body is: under 320 mm, up to 380 mm, over; measured unless given, where the whole body is in the field
    #[arg(long, value_enum, value_name = "SIZE", help_heading = "Calibration")]
    pub(crate) body_size: Option<BodySizeArg>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum BodySizeArg {
    /// Under 320 mm
    Small,
    /// 320 to 380 mm
    Medium,
    /// Over 380 mm
    Large,
}
