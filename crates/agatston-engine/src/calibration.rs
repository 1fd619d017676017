//! What calibrates a score: the mass factor, the reference rods, and the noise in blood.

use crate::{
    body,
    mass_factor::{self, BodySize, Known},
    references::{Measured, ReferenceRegions},
    result::MassFactorRecord,
    scan::Unscanned,
};
use agatston_core::Finding;
use agatston_dicom::{Series, Workers};

/// What the user says about the calibration.
#[derive(Clone, Debug, Default)]
pub struct Calibration {
    /// Mass factor, mg/cm3 per HU; 0.0004 to 0.0012 is taken for g/cm3 per HU.
    pub mass_factor: Option<f64>,
    /// Regions of known content.
    pub references: ReferenceRegions,
    /// How large the body is: what chooses among the mass factors of a device.
    pub body_size: Option<BodySize>,
}

/// What calibrates a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Calibrated {
    pub(crate) references: Measured,
    pub(crate) mass_factor: MassFactorRecord,
    /// What was noticed; severities as without any request.
    pub(crate) findings: Vec<Finding>,
}

impl Calibration {
    /// Settles everything for a series: reads the reference regions, and the body where its width decides.
    ///
    /// # Errors
    ///
    /// When the regions are refused or a plane cannot be read.
    pub(crate) fn of(&self, series: &Series, workers: Workers) -> Result<Calibrated, Unscanned> {
        let references = self.references.measure(series, workers)?;
        let rods = mass_factor::of_rods(&references.calibration_points())
            .map_err(|finding| Unscanned::Refused(vec![self.references.named(finding)]))?;
        let known = Known {
            typed: self.mass_factor,
            facts: &series.facts,
            rods: rods.as_ref().map(|(factor, _)| *factor),
            body_size: self.body_size,
        };
        let (mass_factor, of_factor) = mass_factor::resolve(&known, || body::width_of(series, workers))?;
        let alone = rods.and_then(|(_, alone)| alone);
        let alone = alone.filter(|_| mass_factor.source == Some(mass_factor::MassFactorSource::Rods));
        let findings = references.findings.iter().cloned().chain(alone).chain(of_factor).collect();
        Ok(Calibrated { references, mass_factor, findings })
    }
}
