//! Lesions and their foci.

use crate::{
    AssignedBy,
    result::{ClassWord, MeasuresRecord, TierWord},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One lesion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LesionRecord {
    /// Seed voxel, the first pixel of its lowest focus: `SOPInstanceUID/frame/row/column`, with `slice-N` for a SOPInstanceUID that is missing or not unique.
    pub id: String,
    /// The artery or region.
    pub artery: String,
    /// Whose decision the artery is.
    pub assigned_by: AssignedBy,
    /// How sure it is that it is coronary; null unless the anatomical pipeline assigned it.
    pub tier: Option<TierWord>,
    /// Whether a reader should look at it: what the anatomical pipeline is not confident of.
    pub needs_review: bool,
    /// What speaks against it, `anatomy.candidates` has its numbers.
    pub reasons: Vec<String>,
    /// Size class: `micro` or `macro`.
    pub class: ClassWord,
    /// Part of the class: `punctate` or `spotty` of micro, `dense` of macro; null for the rest of macro.
    pub part: Option<String>,
    /// `z_unresolved` (one slice), `noise_suspect` (no focus over 2 mm2, or a peak under the threshold + 2 SD of a reference region of blood), `metal` (holds joined voxels too bright for calcium), `metal_suspect` (peak of 1500 HU or more, by default).
    pub flags: Vec<String>,
    /// Its measures, beside the other keys.
    #[serde(flatten)]
    pub measures: MeasuresRecord,
    /// Median HU of the tissue 2 to 4 mm around it in its slices; null where none can be told.
    pub background_hu: Option<f64>,
    /// Centroid of its voxels, LPS, mm.
    pub centroid_lps_mm: [f64; 3],
    /// First and last voxel in each direction.
    pub bounding_box: BoundingBoxRecord,
    /// Largest distance between pixel corners, projected on the slice plane, mm.
    pub caliper_mm: f64,
    /// Lower and upper bound of the extent along the normal, mm.
    pub z_extent_mm: [f64; 2],
    /// Number of slices from its first to its last.
    pub slices: u64,
    /// Diameter of the ball that has its volume, mm.
    pub equivalent_diameter_mm: f64,
    /// Longest over shortest principal axis of its voxels in the slice plane, 1 and more.
    pub elongation: f64,
    /// Its foci, with `--detail foci`.
    pub foci: Vec<FocusRecord>,
}

/// First and last voxel, inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BoundingBoxRecord {
    /// Slices.
    pub slices: [u16; 2],
    /// Rows.
    pub rows: [u16; 2],
    /// Columns.
    pub columns: [u16; 2],
}

/// One focus: a 2D component in one slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FocusRecord {
    /// Index of the slice.
    pub slice: u64,
    /// First and last row.
    pub rows: [u16; 2],
    /// First and last column.
    pub columns: [u16; 2],
    /// Number of pixels.
    pub pixels: u64,
    /// Number of pixels that count for volume and mass; `pixels` unless the protocol has a volume threshold.
    pub volume_pixels: u64,
    /// Area, mm2.
    pub area_mm2: f64,
    /// Its part of the volume, mm3.
    pub volume_mm3: f64,
    /// Its part of the mass, mg; null without a calibration factor.
    pub mass_mg: Option<f64>,
    /// Largest HU.
    pub peak_hu: f64,
    /// Mean HU of the pixels that count for volume; null when another focus has them.
    pub mean_hu: Option<f64>,
    /// Standard deviation of the HU of its pixels.
    pub sd_hu: f64,
    /// Weight, 1 to 4.
    pub weight: u8,
    /// Its part of the Agatston score.
    pub agatston: f64,
}
