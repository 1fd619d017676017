//! What the anatomical pipeline found: why a lesion counts, and how far the total may be wrong.

use agatston_anatomy::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the anatomical pipeline found. Its numbers are provisional: it has seen eleven scans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnatomyRecord {
    /// Version of its parameters (`agatston protocols show anatomy`).
    pub parameters: u32,
    /// What its gates look at.
    pub measured: AnatomyMeasuredRecord,
    /// The root point, about the level of the left main ostium; null where none was found.
    pub root: Option<RootRecord>,
    /// All of the coronary arteries but RCA; null when refused.
    pub left: Option<BoundsRecord>,
    /// Lesions in the region of the heart by how sure it is that they are coronary: `confident` and `likely` are the value, `unlikely` is in the upper bound alone.
    pub tiers: Vec<TierRecord>,
    /// Every lesion in the region of the heart, ordered by seed voxel, counted or not; with `--detail foci` or `lesions`, and with `--withheld`.
    pub candidates: Vec<CandidateRecord>,
}

/// What the gates look at; null where the search ended before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnatomyMeasuredRecord {
    /// Volume of the lungs, ml.
    pub lungs_ml: f64,
    /// Share of the slices where the front of the spine was found.
    pub spine_found: Option<f64>,
    /// Share of the lungs on the side of the spine where there is less of them, 0 to 0.5.
    pub lesser_lung: Option<f64>,
    /// How much the ascending aorta looks like one, 0 to 1.
    pub aorta_score: Option<f64>,
    /// Median area of the heart below the root point, cm2.
    pub heart_area_cm2: Option<f64>,
    /// Median HU of blood in the heart.
    pub blood_hu: Option<f64>,
    /// Noise in it: median standard deviation within blocks of 2.5 mm, HU; null where pixels are too large to tell.
    pub noise_hu: Option<f64>,
    /// From the first slice to the root point, mm.
    pub below_root_mm: Option<f64>,
    /// From the root point to the last slice, mm.
    pub above_root_mm: Option<f64>,
}

/// The root point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RootRecord {
    /// Where it is, LPS, mm.
    pub position_lps_mm: [f64; 3],
    /// Radius of the ascending aorta, mm.
    pub radius_mm: f64,
}

/// A score with its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BoundsRecord {
    /// Agatston score of the confident and likely lesions.
    pub agatston: f64,
    /// Lower bound.
    pub lower: f64,
    /// Upper bound.
    pub upper: f64,
}

/// Lesions of one tier.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TierRecord {
    /// How sure it is that they are coronary.
    pub tier: TierWord,
    /// Number of lesions.
    pub lesions: u64,
    /// Agatston score.
    pub agatston: f64,
}

/// How sure it is that a lesion is coronary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierWord {
    /// Nothing speaks against it.
    Confident,
    /// Something does, but less: it is in the value.
    Likely,
    /// It is not in the value, only in the upper bound.
    Unlikely,
    /// Its tissue says that it is not.
    Excluded,
}

impl TierWord {
    /// The word used in every output.
    pub fn as_str(self) -> &'static str {
        Tier::from(self).as_str()
    }

    /// Whether its lesions are in the value.
    pub const fn is_counted(self) -> bool {
        matches!(self, Self::Confident | Self::Likely)
    }
}

impl From<Tier> for TierWord {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Confident => Self::Confident,
            Tier::Likely => Self::Likely,
            Tier::Unlikely => Self::Unlikely,
            Tier::Excluded => Self::Excluded,
        }
    }
}

impl From<TierWord> for Tier {
    fn from(word: TierWord) -> Self {
        match word {
            TierWord::Confident => Self::Confident,
            TierWord::Likely => Self::Likely,
            TierWord::Unlikely => Self::Unlikely,
            TierWord::Excluded => Self::Excluded,
        }
    }
}

/// A lesion in the region of the heart. Distances in mm; null where there is nothing to be distant from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CandidateRecord {
    /// Seed voxel, as of a lesion.
    pub id: String,
    /// In which artery it would lie: `LAD`, `LCX`, `RCA` or `LM/LAD/LCX`, where they cannot be told apart.
    pub artery: String,
    /// How sure it is that it is coronary.
    pub tier: TierWord,
    /// What speaks against it; of an excluded one what excluded it.
    pub reasons: Vec<String>,
    /// Its Agatston score.
    pub agatston: f64,
    /// Centroid of its voxels, LPS, mm.
    pub centroid_lps_mm: [f64; 3],
    /// Largest HU.
    pub peak_hu: f64,
    /// Number of slices from its first to its last.
    pub slices: u64,
    /// Peak over the median of the tissue around it, in standard deviations of the noise; null without noise.
    pub contrast_sds: Option<f64>,
    /// Share of the ring 1.5 to 4.5 mm around it that is fat, 0 to 1.
    pub fat: f64,
    /// Share that is lung.
    pub lung: f64,
    /// Share that is as bright as blood.
    pub blood: f64,
    /// From the root point to the patient's left, mm.
    pub left_mm: f64,
    /// From the root point to the back, mm.
    pub back_mm: f64,
    /// From the root point to the head, mm.
    pub up_mm: f64,
    /// To bone, mm; null over 20 mm.
    pub bone_mm: Option<f64>,
    /// From the front of the spine forward, mm.
    pub spine_mm: f64,
    /// From the front of the hull of the lungs backward, mm.
    pub front_mm: Option<f64>,
    /// To the wall of the ascending aorta, mm; negative within.
    pub ascending_mm: Option<f64>,
    /// To the wall of the descending aorta, mm; negative within.
    pub descending_mm: Option<f64>,
    /// To the wall of the root below the root point, mm; negative within.
    pub root_mm: Option<f64>,
}
