//! A phantom ready to be scored: image, header, regions, labels and what a scorer must find.

use crate::{Header, LabelVolume, Volume};

/// Name of the region that is the whole image.
pub const EVERYTHING: &str = "everything";

/// An image with known calcium.
#[derive(Clone, Debug, PartialEq)]
pub struct Phantom {
    /// Name in the catalogue.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// The image.
    pub volume: Volume,
    /// What its DICOM header says.
    pub header: Header,
    /// A regions file (JSON) that names the calcium.
    pub regions_json: Option<String>,
    /// The same as a label volume, where regions are arteries.
    pub labels: Option<LabelVolume>,
    /// Calcium mass factor in mg/cm3 per HU that belongs to the simulated tube voltage, where mass is checked.
    pub mass_factor: Option<f64>,
    /// What a scorer must find under the protocol `standard` with the bounds of 120 kVp.
    pub checks: Vec<Check>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Agatston score.
    Agatston,
    /// Volume of the accepted voxels in mm3.
    VolumeMm3,
    /// Mass of hydroxyapatite in mg.
    MassMg,
}

/// Inclusive bounds of a measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Smallest value that passes.
    pub low: f64,
    /// Largest value that passes.
    pub high: f64,
}

impl Tolerance {
    /// The value itself, but for the rounding of sums: 1e-9.
    #[must_use]
    pub fn exact(value: f64) -> Self {
        Self { low: value - 1e-9, high: value + 1e-9 }
    }

    /// Whether a measurement passes.
    #[must_use]
    pub fn holds(&self, measured: f64) -> bool {
        (self.low..=self.high).contains(&measured)
    }
}

/// One number that a scorer must find.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Region as named in the regions file, or [`EVERYTHING`].
    pub region: String,
    /// What is measured there.
    pub measure: Measure,
    /// What the object has: physical truth for volume and mass. No object has a true score: there it is the
    /// exact arithmetic, or the mean of the ideal slab model.
    pub truth: f64,
    /// What an ideal scanner and scorer find.
    pub expected: f64,
    /// What passes.
    pub tolerance: Tolerance,
    /// Where the expectation and the tolerance come from.
    pub reason: String,
}

impl Check {
    /// A check whose truth, expectation and only accepted value are one number.
    #[must_use]
    pub fn exact(region: &str, measure: Measure, value: f64, reason: &str) -> Self {
        Self {
            region: region.into(),
            measure,
            truth: value,
            expected: value,
            tolerance: Tolerance::exact(value),
            reason: reason.into(),
        }
    }
}
