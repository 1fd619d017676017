//! What calibrates, validated, and the file of reference regions read.

use crate::{
    cli::calibration::{BodySizeArg, CalibrationArgs},
    failure::Failure,
};
use agatston_engine::{BodySize, Calibration, ReferenceRegions, is_mass_factor};

/// What the user says about the calibration.
pub(super) fn calibration(args: &CalibrationArgs) -> Result<Calibration, Failure> {
    Ok(Calibration {
        mass_factor: args.mass_factor.map(mass_factor).transpose()?,
        references: match &args.references {
            Some(file) => ReferenceRegions::from_file(file)?,
            None => ReferenceRegions::None,
        },
        body_size: args.body_size.map(|size| match size {
            BodySizeArg::Small => BodySize::Small,
            BodySizeArg::Medium => BodySize::Medium,
            BodySizeArg::Large => BodySize::Large,
        }),
    })
}

fn mass_factor(factor: f64) -> Result<f64, Failure> {
    if is_mass_factor(factor) {
        return Ok(factor);
    }
    let problem = format!("{factor:e} is no calibration factor in mg/cm3 per HU; expected about 0.7 to 0.9");
    Err(Failure::Usage { option: "--mass-factor", problem })
}
