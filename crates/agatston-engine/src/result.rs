//! The result, `agatston.result/1`: everything a score rests on, in one document.
//!
//! Floats are written in shortest round-trip form, keys and rows in fixed order, no clock and no host name: the
//! same input gives the same bytes. Left out by design: any identity of the patient.

mod anatomy;
mod calibration;
mod lesion;
mod measures;
mod read;

pub use anatomy::{
    AnatomyMeasuredRecord, AnatomyRecord, BoundsRecord, CandidateRecord, RootRecord, TierRecord, TierWord,
};
pub use calibration::{MassFactorCandidateRecord, MassFactorRecord, ReferenceKind, ReferenceRecord};
pub use lesion::{BoundingBoxRecord, FocusRecord, LesionRecord};
pub use measures::{
    ArteryRecord, ClassRecord, ClassWord, CountsRecord, MeasuresRecord, RegionRecord, TotalRecord,
};
pub use read::read;

use crate::{
    AssignedBy, BodySize, Detail, KernelClass, KvpMode, RiskRecord, protocol_record::ProtocolRecord,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the form of this document.
pub const RESULT_SCHEMA: &str = "agatston.result/1";

/// The result of scoring one series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResultDocument {
    /// `agatston.result/1`.
    pub schema: String,
    /// Whether there is a score.
    pub status: Status,
    /// Why there is none; null when scored. Every reason is among the findings.
    pub refusal: Option<RefusalRecord>,
    /// The program.
    pub engine: EngineRecord,
    /// Every choice of the protocol, as applied.
    pub protocol: ProtocolRecord,
    /// What else was asked for.
    pub options: OptionsRecord,
    /// What was scored; null when no series could be told.
    pub series: Option<SeriesRecord>,
    /// Files of the input.
    pub files: FilesRecord,
    /// Everything noticed.
    pub findings: Vec<FindingRecord>,
    /// Codes of checks that this version does not make, or could not make here.
    pub not_checked: Vec<String>,
    /// Reference regions as measured, in the order of their file; empty without one.
    pub references: Vec<ReferenceRecord>,
    /// Where the mass factor came from.
    pub mass_factor: MassFactorRecord,
    /// Where the assignment to arteries came from; null when refused before it.
    pub assignment: Option<AssignmentRecord>,
    /// What the anatomical pipeline found; null where it was not asked.
    pub anatomy: Option<AnatomyRecord>,
    /// The total; null when refused.
    pub total: Option<TotalRecord>,
    /// Categories, percentile and risk, for research; null unless scored and coronary.
    pub risk: Option<RiskRecord>,
    /// LM, LAD, LCX, RCA, and `coronary` for what is coronary of no named artery (`LM/LAD/LCX` from the anatomical pipeline); empty unless scope is coronary.
    pub arteries: Vec<ArteryRecord>,
    /// Regions that are no coronary artery, in the order of the source; never in the total.
    pub regions: Vec<RegionRecord>,
    /// Micro- and macrocalcification by apparent size; micro + macro = total.
    pub classes: Vec<ClassRecord>,
    /// Every slice, with `--detail foci` or `lesions`.
    pub slices: Vec<SliceRecord>,
    /// Lesions ordered by seed voxel, with `--detail foci` or `lesions`.
    pub lesions: Vec<LesionRecord>,
    /// What was not counted, and why.
    pub withheld: WithheldRecord,
    /// The score under neighbouring choices; null unless asked for.
    pub sensitivity: Option<Vec<SensitivityRecord>>,
}

/// Whether there is a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is one.
    Scored,
    /// There is one with bounds, from the anatomical pipeline: no person and no label decided what is coronary.
    Provisional,
    /// There is none.
    Refused,
}

impl Status {
    /// Whether there is a score, final or provisional.
    pub const fn has_score(self) -> bool {
        !matches!(self, Self::Refused)
    }

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Provisional => "provisional",
            Self::Refused => "refused",
        }
    }
}

/// The first reason for a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusalRecord {
    /// Its stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What the user can do.
    pub next_step: Option<String>,
}

/// The program that made the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EngineRecord {
    /// `agatston`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl EngineRecord {
    /// This program.
    pub(crate) fn this() -> Self {
        Self { name: "agatston".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// What was asked for beside the protocol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OptionsRecord {
    /// What to do at another tube voltage.
    pub kvp_mode: KvpMode,
    /// Factor on every HU bound that the tube voltage asked for; 1 unless scaled.
    pub kvp_factor: f64,
    /// Calibration factor as the user typed it; `mass_factor` of the result is what was used.
    pub mass_factor: Option<f64>,
    /// Body size given by the user: `small`, `medium` or `large`.
    pub body_size: Option<BodySize>,
    /// Codes whose refusal the user turned into a warning.
    pub allow: Vec<String>,
    /// Whether warnings refuse too.
    pub strict: bool,
    /// How much of the foci is listed.
    pub detail: Detail,
    /// Cut-offs of the checks that differ from the default, by name (`agatston cutoffs`).
    pub cutoffs: BTreeMap<String, f64>,
    /// From which fraction on a voxel of a fractional segmentation belongs; null: such a segmentation is refused.
    pub fractional_threshold: Option<f64>,
    /// Whose decision an assignment had to be at least; null: anybody's.
    pub require: Option<AssignedBy>,
}

/// What was scored. UIDs are the keys; nothing identifies the patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeriesRecord {
    /// StudyInstanceUID.
    pub study_uid: Option<String>,
    /// SeriesInstanceUID.
    pub series_uid: Option<String>,
    /// FrameOfReferenceUID.
    pub frame_of_reference_uid: Option<String>,
    /// Manufacturer.
    pub manufacturer: Option<String>,
    /// ManufacturerModelName.
    pub model: Option<String>,
    /// Tube voltage, kV.
    pub kvp: Option<f64>,
    /// ConvolutionKernel, all values.
    pub kernel: Vec<String>,
    /// How sharp that kernel is: `smooth`, `medium` or `sharp`; null when the table does not know it.
    pub kernel_class: Option<KernelClass>,
    /// Whether the scan was gated to the heartbeat; null when nothing says so.
    pub gating: Option<bool>,
    /// SliceThickness, mm.
    pub slice_thickness_mm: Option<f64>,
    /// Distance of neighbouring slices from their positions, mm; null when refused.
    pub increment_mm: Option<f64>,
    /// Distance of neighbouring rows, and of neighbouring columns, mm.
    pub pixel_spacing_mm: Option<[f64; 2]>,
    /// Rows of each slice.
    pub rows: u16,
    /// Columns of each slice.
    pub columns: u16,
    /// Number of slices.
    pub slices: u64,
    /// From the first to the last slice plane plus one increment, mm; null when refused.
    pub z_coverage_mm: Option<f64>,
    /// Year of the acquisition; no day or month.
    pub acquisition_year: Option<u16>,
    /// Transfer syntaxes of the files.
    pub transfer_syntaxes: Vec<String>,
    /// xxh3-128 over spacing and directions and, slice by slice, SOPInstanceUID, frame, position, rescale, padding and
    /// the digest of the stored values; null when refused. It says what was scored; it is no security claim.
    pub content_hash: Option<String>,
}

/// Files of the input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilesRecord {
    /// Files looked at.
    pub read: u64,
    /// Files whose pixels were scored.
    pub used: u64,
    /// Files left out, by reason.
    pub skipped: BTreeMap<String, u64>,
}

/// Something noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRecord {
    /// Its stable code.
    pub code: String,
    /// How much it matters.
    pub severity: SeverityRecord,
    /// One sentence.
    pub message: String,
    /// Index of the slice it concerns; 0 is the most inferior.
    pub slice: Option<u64>,
    /// What was needed.
    pub expected: Option<String>,
    /// What was seen.
    pub seen: Option<String>,
    /// What the user can do.
    pub next_step: Option<String>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityRecord {
    /// Worth recording; the score stands.
    Info,
    /// The score stands, but a reader must know this.
    Warning,
    /// No score is given.
    Refusal,
}

impl SeverityRecord {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Refusal => "refusal",
        }
    }
}

/// Where the assignment came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssignmentRecord {
    /// Whose decision it was: `reader` when some of it was a reader's, see `assigned_by` of the lesions.
    pub assigned_by: AssignedBy,
    /// `regions`, `nifti`, `nrrd`, `seg_nrrd`, `metaimage`, `dicom_seg`, `rtstruct`, `coca_xml`, `edits`, `anatomy` or `everything`.
    pub source: String,
    /// How many edits stand in the end; null without a log of edits.
    pub edits: Option<u64>,
    /// The label scheme, where one was needed.
    pub label_scheme: Option<String>,
    /// Whether the left main has a score of its own: `separate`, `merged_into_lad` or `not_separated`.
    pub lm_policy: String,
    /// xxh3-128 of which candidates belong to which region: the same for every source that decides the same; null where everything counts.
    pub labels_hash: Option<String>,
    /// Lesions that a reader should look at.
    pub needs_review: u64,
}

/// Where a slice is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SliceRecord {
    /// Index; 0 is the most inferior.
    pub index: u64,
    /// SOPInstanceUID of its object.
    pub sop_instance_uid: Option<String>,
    /// Frame within the object, from 1.
    pub frame: u64,
    /// Distance from slice 0 along the normal, mm.
    pub position_mm: f64,
}

/// What was not counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithheldRecord {
    /// Foci under the smallest focus.
    pub below_smallest_focus: u64,
    /// Foci that the source says are not coronary.
    pub not_coronary: u64,
    /// Candidate voxels in no artery or region.
    pub unassigned_voxels: u64,
    /// Each focus that was not counted; null unless asked for.
    pub list: Option<Vec<WithheldFocusRecord>>,
}

/// Why a focus was not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithheldReason {
    /// It is smaller than the smallest focus.
    BelowSmallestFocus,
    /// The source says that it is not coronary.
    NotCoronary,
}

/// A focus that was not counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WithheldFocusRecord {
    /// Why.
    pub reason: WithheldReason,
    /// The artery or region.
    pub artery: String,
    /// Index of the slice.
    pub slice: u64,
    /// Row of its first pixel.
    pub row: u16,
    /// Column of its first pixel.
    pub column: u16,
    /// Number of pixels.
    pub pixels: u64,
    /// Area, mm2.
    pub area_mm2: f64,
    /// Largest HU.
    pub peak_hu: f64,
}

/// The score under one neighbouring choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensitivityRecord {
    /// Which choice was made otherwise.
    pub choice: String,
    /// The artery or region; null for the total.
    pub region: Option<String>,
    /// Agatston score.
    pub agatston: f64,
    /// Difference from the score under the protocol.
    pub difference: f64,
    /// Category; null where the result has none.
    pub category: Option<String>,
    /// Whether the category differs from the one under the protocol.
    pub category_changes: bool,
}
