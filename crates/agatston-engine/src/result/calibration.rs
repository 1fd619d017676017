//! What calibrates a scan: reference regions as measured, and where the mass factor came from.

use crate::{BodySize, MassFactorSource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A reference region as measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReferenceRecord {
    /// Its name in the file.
    pub name: String,
    /// What it holds: `rod`, `water` or `blood`.
    pub kind: ReferenceKind,
    /// Density of hydroxyapatite, mg/cm3: 0 of water, null of blood.
    pub ha_mg_cm3: Option<f64>,
    /// Number of voxels whose centre it holds, padding left out.
    pub voxels: u64,
    /// Their mean HU.
    pub mean_hu: f64,
    /// Standard deviation of their HU, the estimate from a sample (n - 1).
    pub sd_hu: f64,
}

/// What a reference region holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceKind {
    /// Hydroxyapatite.
    Rod,
    /// Water.
    Water,
    /// Blood.
    Blood,
}

/// The factor that turns HU into mass, and where it came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MassFactorRecord {
    /// The factor, mg/cm3 per HU; null: nothing gives one, or several could be it, and there is no mass.
    pub mg_cm3_per_hu: Option<f64>,
    /// Where it came from: `option`, `header_patient` (0018,9351), `rods` or `header_device` (0018,9352); null without one.
    pub source: Option<MassFactorSource>,
    /// The body size that chose among the factors of the device, `small`, `medium` or `large`; null where none did.
    pub body_size: Option<BodySize>,
    /// Largest lateral width of the body on the middle slice, mm; null unless it was needed and the body lies wholly in the field.
    pub body_width_mm: Option<f64>,
    /// Every factor that there is, in the order in which they are asked; the first that is certain is taken.
    pub candidates: Vec<MassFactorCandidateRecord>,
}

/// A factor that may be the one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MassFactorCandidateRecord {
    /// The factor, mg/cm3 per HU.
    pub mg_cm3_per_hu: f64,
    /// Where it comes from, as above.
    pub source: MassFactorSource,
    /// Of a factor of the device: for which body size; null where the header does not tell three of them apart.
    pub body_size: Option<BodySize>,
}
