//! Measures of a total, of arteries and regions, and of size classes.

use crate::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Measures of a total, artery, region or lesion; `docs/measures.md` defines each. Null where an input is missing or the
/// source does not tell the artery apart; never 0 for unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeasuresRecord {
    /// Agatston score.
    pub agatston: Option<f64>,
    /// Agatston score without slice scaling.
    pub agatston_unscaled: Option<f64>,
    /// Sum of the focus areas, mm2.
    pub area_mm2: Option<f64>,
    /// Volume: accepted voxels times pixel area times increment, mm3.
    pub volume_mm3: Option<f64>,
    /// Volume after linear interpolation along the patient to cubic voxels, mm3.
    pub volume_interpolated_mm3: Option<f64>,
    /// Volume of the voxels half-way and more from the background to the peak of their lesion, mm3.
    pub volume_half_maximum_mm3: Option<f64>,
    /// Mass, mg; null without a calibration factor.
    pub mass_mg: Option<f64>,
    /// Mean HU; null without calcium.
    pub mean_hu: Option<f64>,
    /// Standard deviation of the HU of the accepted voxels; null without calcium.
    pub sd_hu: Option<f64>,
    /// Largest HU; null without calcium.
    pub peak_hu: Option<f64>,
    /// Unscaled Agatston score per area, 1 to 4; null without calcium.
    pub density: Option<f64>,
    /// Volume of the accepted voxels by the weight that their own HU would have, 1 to 4, mm3.
    pub volume_by_weight_mm3: Option<[f64; 4]>,
    /// Volume of the accepted voxels from 1000 HU on, mm3.
    pub volume_from_1000_hu_mm3: Option<f64>,
    /// Volume that calcium of the density of the reference rod would fill, mm3; null without a rod.
    pub volume_fraction_mm3: Option<f64>,
    /// Mass by integrated intensity against the reference rod, mg; null without a rod.
    pub mass_integrated_mg: Option<f64>,
    /// Spatially weighted score; null without a reference rod of 100 mg/cm3.
    pub spatially_weighted: Option<f64>,
}

/// Measures and how many foci and lesions they are of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CountsRecord {
    /// The measures, beside the keys below.
    #[serde(flatten)]
    pub measures: MeasuresRecord,
    /// Number of lesions.
    pub lesions: Option<u64>,
    /// Number of foci.
    pub foci: Option<u64>,
}

/// The total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TotalRecord {
    /// `coronary`, `regions` (no total: every measure is null) or `everything` (not coronary).
    pub scope: Scope,
    /// Its measures, beside the keys above.
    #[serde(flatten)]
    pub sums: CountsRecord,
    /// Lower bound of a provisional Agatston score; null otherwise. No confidence interval.
    pub lower: Option<f64>,
    /// Upper bound of a provisional Agatston score; null otherwise.
    pub upper: Option<f64>,
    /// Arteries with a score over 0; null unless all four are separated.
    pub arteries_with_calcium: Option<u64>,
    /// Share of the most affected artery in the total score; null at zero or unless all four are separated.
    pub largest_share: Option<f64>,
    /// Diffusivity index: 1 less that share; null as it is.
    pub diffusivity: Option<f64>,
    /// Category of a coronary total by the bounds of CAC-DRS: `0`, `(0,100)`, `[100,300)` or `[300,inf)`; null where a finding takes its ground away.
    pub category: Option<String>,
    /// Category of the lower bound; null as `lower` and `category` are.
    pub category_lower: Option<String>,
    /// Category of the upper bound; null as `upper` and `category` are.
    pub category_upper: Option<String>,
}

/// One artery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArteryRecord {
    /// `LM`, `LAD`, `LCX`, `RCA`, and `coronary` or `LM/LAD/LCX`.
    pub artery: String,
    /// Whether the source tells it apart; if not, every measure is null, never 0.
    pub separated: bool,
    /// Its measures, beside the keys above.
    #[serde(flatten)]
    pub sums: CountsRecord,
    /// Lower bound of a provisional Agatston score; null otherwise.
    pub lower: Option<f64>,
    /// Upper bound of a provisional Agatston score; null otherwise. Those of LAD and LCX hold what lies where they and LM cannot be told apart, so arteries may add up to more than the total's.
    pub upper: Option<f64>,
}

/// A named region that is no coronary artery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegionRecord {
    /// Its name in the source.
    pub name: String,
    /// Its measures, beside the keys above.
    #[serde(flatten)]
    pub sums: CountsRecord,
}

/// Lesions of one size class. Sizes are apparent ones at the threshold, blooming included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClassRecord {
    /// `micro` (under `spotty_mm`), `macro`, or `below_minimum` (foci under the smallest focus: in no total).
    pub class: ClassWord,
    /// The artery or region; null for all that the total holds.
    pub artery: Option<String>,
    /// Number of lesions; null for `below_minimum`, whose foci join no lesion.
    pub lesions: Option<u64>,
    /// Lesions of the parts of a class: `punctate` and `spotty` of micro, `dense` of macro.
    pub parts: BTreeMap<String, u64>,
    /// Number of foci.
    pub foci: u64,
    /// Agatston score; null for `below_minimum`.
    pub agatston: Option<f64>,
    /// Area, mm2.
    pub area_mm2: f64,
    /// Volume, mm3.
    pub volume_mm3: f64,
    /// Mass, mg; null without a calibration factor.
    pub mass_mg: Option<f64>,
    /// Mean HU; null without a lesion.
    pub mean_hu: Option<f64>,
}

/// A size class, or what is too small for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClassWord {
    /// Apparent size under `spotty_mm`.
    Micro,
    /// Apparent size from `spotty_mm` on.
    Macro,
    /// Foci under the smallest focus.
    BelowMinimum,
}

impl ClassWord {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Macro => "macro",
            Self::BelowMinimum => "below_minimum",
        }
    }
}
