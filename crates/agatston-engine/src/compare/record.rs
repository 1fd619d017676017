//! The comparison, `agatston.compare/1`: how calcium changed between two scans, and what can be said of it.
//!
//! A difference is follow-up less baseline, so that comparing the other way round changes the sign of every one and nothing
//! else about it. Left out by design: any identity of the patient, and the days of the scans.

use crate::{
    AssignedBy, Scope,
    compare::verdict::Verdict,
    result::{ClassWord, EngineRecord, FindingRecord},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name and version of the form of this document.
pub const COMPARE_SCHEMA: &str = "agatston.compare/1";

/// How calcium changed from one scan to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// `agatston.compare/1`.
    pub schema: String,
    /// The verdict on the total; null where there is no total, but `not_comparable` in any case where it holds.
    pub verdict: Option<Verdict>,
    /// The program.
    pub engine: EngineRecord,
    /// The earlier scan.
    pub baseline: ComparedRecord,
    /// The later scan.
    pub followup: ComparedRecord,
    /// The time between them.
    pub interval: IntervalRecord,
    /// Whether the two can be compared at all.
    pub comparability: ComparabilityRecord,
    /// How mass was had.
    pub mass: MassRecord,
    /// Body mass index that was given, kg/m2; it decides nothing.
    pub bmi: Option<f64>,
    /// The total, then the arteries, then the regions that both scans tell apart.
    pub parts: Vec<PartRecord>,
    /// How lesions of the baseline were moved onto those of the follow-up; null where no lesion was found again.
    pub registration: Option<RegistrationRecord>,
    /// How many lesions were found again and how; null where the results do not list them.
    pub lesion_counts: Option<LesionCountsRecord>,
    /// Which lesions belong together, the largest change of the Agatston score first.
    pub lesions: Vec<MatchRecord>,
    /// Definitions of progression from papers, of the coronary total. They decide nothing.
    pub published: Vec<PublishedRecord>,
    /// Everything noticed.
    pub findings: Vec<FindingRecord>,
}

/// One of the two results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparedRecord {
    /// StudyInstanceUID.
    pub study_uid: Option<String>,
    /// SeriesInstanceUID.
    pub series_uid: Option<String>,
    /// What was scored, as in its result.
    pub content_hash: Option<String>,
    /// Year of the acquisition; no day or month.
    pub acquisition_year: Option<u16>,
    /// Version of the program that scored it.
    pub version: String,
    /// Name of its protocol.
    pub protocol: String,
    /// Hash of the choices of that protocol, as applied.
    pub protocol_hash: String,
    /// What its total speaks of; null when refused.
    pub scope: Option<Scope>,
    /// Whose decision its assignment was; null when refused.
    pub assigned_by: Option<AssignedBy>,
}

/// The time between the scans.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IntervalRecord {
    /// Days; null where it is not known, or no rate can rest on it.
    pub days: Option<u32>,
    /// The same in years of 365.25 days.
    pub years: Option<f64>,
    /// Where it came from: `option` or `headers`; null where it is not known.
    pub source: Option<IntervalSource>,
}

/// Where the time between the scans came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum IntervalSource {
    /// The user gave it.
    Option,
    /// The dates of the headers, which are in no output.
    Headers,
}

/// Whether the two can be compared at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComparabilityRecord {
    /// Whether nothing differs that must be the same.
    pub comparable: bool,
    /// What differs and must not: there are numbers, and no verdict.
    pub reasons: Vec<ReasonRecord>,
    /// What is not known to be the same: a fall is never called `apparent_reversal`.
    pub warnings: Vec<ReasonRecord>,
}

/// Why two scans cannot be compared, or may not be comparable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonRecord {
    /// Its stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What was seen in the baseline; null where it is unknown or never shown.
    pub baseline: Option<String>,
    /// What was seen in the follow-up; null where it is unknown or never shown.
    pub followup: Option<String>,
}

/// How mass was had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MassRecord {
    /// Whether both results are calibrated, with the same factor.
    pub calibrated: bool,
    /// The factor, mg/cm3 per HU; 0.75 where they are not.
    pub factor: f64,
    /// Where the limit of a change comes from.
    pub limit_source: String,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// All that the totals hold.
    Total,
    /// One artery, or what is coronary of no named artery.
    Artery,
    /// A named region that is no coronary artery.
    Region,
}

impl PartKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Artery => "artery",
            Self::Region => "region",
        }
    }
}

/// The change of the total, of an artery or of a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartRecord {
    /// `total`, `artery` or `region`.
    pub kind: PartKind,
    /// `total`, or the name of the artery or region.
    pub name: String,
    /// What can be said of the change.
    pub verdict: VerdictRecord,
    /// How each measure changed.
    pub changes: ChangesRecord,
    /// The change of the Agatston score by area and density; null where neither scan has calcium.
    pub decomposition: Option<DecompositionRecord>,
    /// The change of the Agatston score by lesions; null where the results do not list them.
    pub by_lesion: Option<ByLesionRecord>,
    /// Limits of MESA; null unless a body mass index was given. They decide nothing.
    pub mesa: Option<MesaRecord>,
}

/// What can be said of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VerdictRecord {
    /// The verdict.
    pub verdict: Verdict,
    /// What it means, in a sentence.
    pub sentence: String,
    /// The keys of `changes` that it rests on, with their limits.
    pub rests_on: Vec<String>,
}

/// How each measure changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangesRecord {
    /// Agatston score.
    pub agatston: ChangeRecord,
    /// Volume, mm3.
    pub volume_mm3: ChangeRecord,
    /// Mass, mg; see `mass` for how it was had.
    pub mass_mg: ChangeRecord,
    /// Volume at half maximum, mm3: size that does not grow just because a lesion gets denser.
    pub volume_half_maximum_mm3: ChangeRecord,
    /// Area, mm2.
    pub area_mm2: ChangeRecord,
    /// Unscaled Agatston score per area, 1 to 4.
    pub density: ChangeRecord,
    /// Mean HU.
    pub mean_hu: ChangeRecord,
    /// Number of lesions.
    pub lesions: CountChangeRecord,
}

/// How one measure changed; null where a scan does not have it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangeRecord {
    /// At the baseline.
    pub baseline: Option<f64>,
    /// At the follow-up.
    pub followup: Option<f64>,
    /// Follow-up less baseline.
    pub difference: Option<f64>,
    /// The difference over the mean of the two, so that it changes its sign with the order; null where both are 0.
    pub relative: Option<f64>,
    /// Up to which difference the two may be of unchanged calcium; null where no limit is known.
    pub limit: Option<f64>,
    /// Whether the difference is beyond it, in either direction.
    pub beyond: Option<bool>,
}

/// How a count changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CountChangeRecord {
    /// At the baseline.
    pub baseline: Option<u64>,
    /// At the follow-up.
    pub followup: Option<u64>,
    /// Follow-up less baseline.
    pub difference: Option<i64>,
}

/// The change of the Agatston score in two parts that add up to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecompositionRecord {
    /// What the change of the area makes of it, at the mean density of the two.
    pub by_area: f64,
    /// The rest: what the change of the density makes of it.
    pub by_density: f64,
}

/// The change of the Agatston score in three parts that add up to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ByLesionRecord {
    /// What lesions that are in both scans make of it.
    pub existing: f64,
    /// What new lesions add.
    pub new: f64,
    /// What vanished lesions take away.
    pub vanished: f64,
}

/// Limits of MESA: the bound that 95 % of repeated scans stay under, at the larger of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MesaRecord {
    /// Of the Agatston score; null at zero.
    pub agatston_limit: Option<f64>,
    /// Of the volume, mm3; null at zero.
    pub volume_limit_mm3: Option<f64>,
    /// Where it comes from.
    pub source: String,
}

/// How lesions of the baseline were moved onto those of the follow-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RegistrationRecord {
    /// Translation in the middle of the lesions, LPS, mm.
    pub translation_mm: [f64; 3],
    /// Angle of the rotation, degrees; the same both ways round.
    pub rotation_deg: f64,
    /// Pairs of lesions that it rests on.
    pub pairs: u64,
    /// Root mean square distance of these pairs, mm.
    pub rms_mm: f64,
}

/// How lesions were found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchKind {
    /// One lesion is one lesion.
    Persistent,
    /// There was none.
    New,
    /// There is none.
    Vanished,
    /// Several became one.
    Merged,
    /// One became several.
    Split,
    /// Several became several others.
    Regrouped,
}

impl MatchKind {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Persistent => "persistent",
            Self::New => "new",
            Self::Vanished => "vanished",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Regrouped => "regrouped",
        }
    }
}

/// How many lesions were found again and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LesionCountsRecord {
    /// Lesions that are one lesion in both scans.
    pub persistent: u64,
    /// Lesions of the follow-up alone.
    pub new: u64,
    /// Lesions of the baseline alone.
    pub vanished: u64,
    /// Times that several became one.
    pub merged: u64,
    /// Times that one became several.
    pub split: u64,
    /// Times that several became several others.
    pub regrouped: u64,
    /// Of what is in both scans: times that micro became macro. Foci below the minimum are not followed.
    pub micro_to_macro: u64,
    /// Of what is in both scans: times that macro became micro.
    pub macro_to_micro: u64,
}

/// Lesions that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MatchRecord {
    /// `persistent`, `new`, `vanished`, `merged`, `split` or `regrouped`.
    pub kind: MatchKind,
    /// The artery or region of all of them.
    pub artery: String,
    /// Ids of the lesions of the baseline.
    pub baseline: Vec<String>,
    /// Ids of the lesions of the follow-up.
    pub followup: Vec<String>,
    /// Agatston score, follow-up less baseline.
    pub agatston_difference: f64,
    /// Volume, follow-up less baseline, mm3.
    pub volume_difference_mm3: f64,
    /// Volume at half maximum at the baseline, mm3; null where one of them has none.
    pub baseline_half_maximum_mm3: Option<f64>,
    /// Volume at half maximum at the follow-up, mm3; null where one of them has none.
    pub followup_half_maximum_mm3: Option<f64>,
    /// `macro` when one of them was macro at the baseline, else `micro`; null without a lesion.
    pub baseline_class: Option<ClassWord>,
    /// The same at the follow-up.
    pub followup_class: Option<ClassWord>,
}

/// A definition of progression from a paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedRecord {
    /// `sqrt_volume`, `percent_a_year`, `absolute_a_year` or `berry`.
    pub definition: String,
    /// What it looks at; null where it cannot be had. Relative ones are relative to the baseline, as published.
    pub value: Option<f64>,
    /// Unit of value and bound.
    pub unit: String,
    /// From which value on it calls the change progression; null where it names none.
    pub bound: Option<f64>,
    /// Whether it does.
    pub met: Option<bool>,
    /// Why there is no value; null where there is one.
    pub reason: Option<String>,
    /// The paper.
    pub source: String,
}
