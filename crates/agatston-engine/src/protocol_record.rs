//! A protocol as every result prints it, and the words that its choices are written in.

use crate::NamedProtocol;
use agatston_core::{
    Comparison, Connectivity, LesionConnectivity, Peak, Protocol, SliceScaling, SmallestFocus,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) const COMPARISONS: [(&str, Comparison); 2] =
    [(">=", Comparison::AtLeast), (">", Comparison::Above)];
pub(crate) const CONNECTIVITIES: [(u32, Connectivity); 2] =
    [(4, Connectivity::Four), (8, Connectivity::Eight)];
pub(crate) const PEAKS: [(&str, Peak); 2] = [("focus", Peak::Focus), ("lesion", Peak::Lesion)];
pub(crate) const SCALINGS: [(&str, SliceScaling); 2] =
    [("increment_over_3mm", SliceScaling::IncrementOver3Mm), ("none", SliceScaling::None)];
pub(crate) const LESION_CONNECTIVITIES: [(u32, LesionConnectivity); 3] =
    [(6, LesionConnectivity::Six), (18, LesionConnectivity::Eighteen), (26, LesionConnectivity::TwentySix)];

/// What a written value stands for; the base's choice when nothing is written.
pub(crate) fn word<W, C>(written: Option<W>, base: C, known: &[(W, C)]) -> Result<C, String>
where
    W: PartialEq + std::fmt::Debug + Copy,
    C: Copy,
{
    let Some(written) = written else { return Ok(base) };
    known.iter().find(|(w, _)| *w == written).map(|(_, c)| *c).ok_or_else(|| {
        let all: Vec<W> = known.iter().map(|(w, _)| *w).collect();
        format!("{written:?} is none of {all:?}")
    })
}

/// The written form of a choice.
fn written<W: Copy, C: PartialEq>(choice: &C, known: &[(W, C)]) -> W {
    known
        .iter()
        .find(|(_, c)| c == choice)
        .map(|(w, _)| *w)
        .expect("each choice has its line in the table above")
}

/// A protocol as every result prints it: all choices, and a hash of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProtocolRecord {
    /// Name of the protocol.
    pub name: String,
    /// Version of its table.
    pub version: u32,
    /// HU from which a voxel is a candidate.
    pub threshold_hu: f64,
    /// `>=` or `>`.
    pub comparison: String,
    /// Neighbours within a slice: 4 or 8.
    pub connectivity: u32,
    /// The smallest focus that counts.
    pub smallest_focus: SmallestFocusRecord,
    /// Peak HU from which a focus weighs 2, 3 and 4.
    pub weight_bounds_hu: [f64; 3],
    /// Whose peak decides the weight: `focus` or `lesion`.
    pub peak: String,
    /// `increment_over_3mm` or `none`.
    pub slice_scaling: String,
    /// Neighbours across slices: 6, 18 or 26.
    pub lesion_connectivity: u32,
    /// HU from which voxels count for volume and mass; null where that is the threshold.
    pub volume_threshold_hu: Option<f64>,
    /// Below this apparent size a lesion is punctate, mm.
    pub punctate_mm: f64,
    /// Below this apparent size a lesion is spotty, from it on macro, mm.
    pub spotty_mm: f64,
    /// Peak from which a macro lesion is dense, HU.
    pub dense_hu: f64,
    /// xxh3-128 of the choices above without name and version, in hexadecimal.
    pub hash: String,
}

/// The smallest focus that counts; both null: every focus counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SmallestFocusRecord {
    /// Area, mm2.
    pub area_mm2: Option<f64>,
    /// Number of pixels.
    pub pixels: Option<u32>,
    /// Whether a focus of just that size counts.
    pub inclusive: bool,
}

impl ProtocolRecord {
    /// The record of a protocol as it was applied (after scaling for the tube voltage).
    pub fn new(named: &NamedProtocol, applied: &Protocol) -> Self {
        let smallest_focus = match applied.smallest_focus {
            SmallestFocus::None => (None, None, true),
            SmallestFocus::AreaMm2 { bound, inclusive } => (Some(bound), None, inclusive),
            SmallestFocus::Pixels { bound, inclusive } => (None, Some(bound), inclusive),
        };
        let (area_mm2, pixels, inclusive) = smallest_focus;
        let mut record = Self {
            name: String::new(),
            version: 0,
            threshold_hu: applied.threshold_hu,
            comparison: written(&applied.comparison, &COMPARISONS).to_owned(),
            connectivity: written(&applied.connectivity, &CONNECTIVITIES),
            smallest_focus: SmallestFocusRecord { area_mm2, pixels, inclusive },
            weight_bounds_hu: applied.weight_bounds_hu,
            peak: written(&applied.peak, &PEAKS).to_owned(),
            slice_scaling: written(&applied.slice_scaling, &SCALINGS).to_owned(),
            lesion_connectivity: written(&applied.lesion_connectivity, &LESION_CONNECTIVITIES),
            volume_threshold_hu: applied.volume_threshold_hu,
            punctate_mm: applied.size_bounds.punctate_mm,
            spotty_mm: applied.size_bounds.spotty_mm,
            dense_hu: applied.size_bounds.dense_hu,
            hash: String::new(),
        };
        let choices = serde_json::to_vec(&record).expect("numbers and words can always be written");
        record.hash = format!("{:032x}", twox_hash::XxHash3_128::oneshot(&choices));
        (record.name, record.version) = (named.name.clone(), named.version);
        record
    }

    /// What differs from the `standard` protocol, in words; empty for `standard`.
    pub fn differences(&self) -> Vec<String> {
        let standard = Self::new(&NamedProtocol::standard(), &Protocol::STANDARD);
        let mut out = Vec::new();
        let mut say = |differs: bool, text: String| out.extend(differs.then_some(text));
        say(self.threshold_hu != standard.threshold_hu, format!("threshold {:.1} HU", self.threshold_hu));
        say(self.comparison != standard.comparison, format!("comparison {}", self.comparison));
        say(self.connectivity != standard.connectivity, format!("{}-connected", self.connectivity));
        say(
            self.smallest_focus != standard.smallest_focus,
            format!("smallest focus {}", self.smallest_focus.words()),
        );
        let [a, b, c] = self.weight_bounds_hu;
        say(
            self.weight_bounds_hu != standard.weight_bounds_hu,
            format!("weights from {a:.1}, {b:.1}, {c:.1} HU"),
        );
        say(self.peak != standard.peak, format!("peak of the {}", self.peak));
        say(self.slice_scaling != standard.slice_scaling, "no slice scaling".to_owned());
        say(
            self.lesion_connectivity != standard.lesion_connectivity,
            format!("{}-connected lesions", self.lesion_connectivity),
        );
        let sizes = |r: &Self| (r.punctate_mm, r.spotty_mm, r.dense_hu);
        let (punctate, spotty, dense) = sizes(self);
        say(
            sizes(self) != sizes(&standard),
            format!("sizes from {punctate}, {spotty} mm, dense from {dense:.1} HU"),
        );
        if let Some(hu) = self.volume_threshold_hu {
            say(true, format!("volume and mass from {hu:.1} HU"));
        }
        out
    }
}

impl SmallestFocusRecord {
    /// The bound in words.
    pub fn words(&self) -> String {
        let over = if self.inclusive { "" } else { "over " };
        match (self.area_mm2, self.pixels) {
            (Some(mm2), _) => format!("{over}{mm2} mm2"),
            (None, Some(pixels)) => format!("{over}{pixels} px"),
            (None, None) => "none".to_owned(),
        }
    }
}
