//! Protocols by name or from a TOML file: what is written there, checked, and as the core needs it.
//!
//! A table names only what differs from its `base` (`standard` unless said).

use crate::Error;
use agatston_core::{
    Comparison, Connectivity, LesionConnectivity, Peak, Protocol, SizeBounds, SliceScaling, SmallestFocus,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The protocols that ship: name and TOML table.
const SHIPPED: [(&str, &str); 9] = [
    ("standard", include_str!("../protocols/standard.toml")),
    ("coca", include_str!("../protocols/coca.toml")),
    ("fqm", include_str!("../protocols/fqm.toml")),
    ("siemens-like", include_str!("../protocols/siemens-like.toml")),
    ("philips-like", include_str!("../protocols/philips-like.toml")),
    ("ge-like", include_str!("../protocols/ge-like.toml")),
    ("canon-like", include_str!("../protocols/canon-like.toml")),
    ("mesa", include_str!("../protocols/mesa.toml")),
    ("orcascore", include_str!("../protocols/orcascore.toml")),
];

/// A protocol with its name: what every result prints whole.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedProtocol {
    /// Its name; for a file, the name of the file without its ending.
    pub name: String,
    /// Grows when the table changes.
    pub version: u32,
    /// One line.
    pub about: String,
    /// The choices.
    pub protocol: Protocol,
}

impl NamedProtocol {
    /// The default protocol.
    pub fn standard() -> Self {
        Self { name: "standard".to_owned(), version: 1, about: String::new(), protocol: Protocol::STANDARD }
    }

    /// Names of the protocols that ship.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// The TOML table of a protocol that ships.
    pub fn shipped_toml(name: &str) -> Option<&'static str> {
        SHIPPED.iter().find(|(n, _)| *n == name).map(|(_, toml)| *toml)
    }

    /// A protocol by its name, or from the TOML file at that path.
    ///
    /// # Errors
    ///
    /// When there is neither, when the file cannot be read, or when its table is not a protocol.
    pub fn load(name_or_path: &str) -> Result<Self, Error> {
        if let Some(toml) = Self::shipped_toml(name_or_path) {
            return Self::from_toml(name_or_path, toml);
        }
        let path = Path::new(name_or_path);
        if !path.exists() {
            return Err(Error::UnknownProtocol {
                name: name_or_path.to_owned(),
                known: Self::names().collect::<Vec<_>>().join(", "),
            });
        }
        let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let toml = std::fs::read_to_string(path)
            .map_err(|source| Error::Read { what: "protocol".to_owned(), source })?;
        Self::from_toml(&stem, &toml)
    }

    /// A protocol from the text of a TOML table.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, has a key that no protocol has, or a value that no protocol can have.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Protocol { name: name.to_owned(), problem };
        let table: Table = toml::from_str(text).map_err(|e| wrong(e.to_string()))?;
        let base = match table.base.as_deref() {
            None if name == "standard" => Protocol::STANDARD,
            None => Self::load("standard")?.protocol,
            Some(base) if Self::shipped_toml(base).is_some() && base != name => Self::load(base)?.protocol,
            Some(base) => return Err(wrong(format!("base \"{base}\" is not a protocol that ships"))),
        };
        let protocol = table.over(base).map_err(&wrong)?;
        check(&protocol).map_err(wrong)?;
        Ok(Self {
            name: name.to_owned(),
            version: table.version.unwrap_or(1),
            about: table.about.unwrap_or_default(),
            protocol,
        })
    }
}

/// What a protocol file may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    about: Option<String>,
    version: Option<u32>,
    base: Option<String>,
    threshold_hu: Option<f64>,
    comparison: Option<String>,
    connectivity: Option<u32>,
    smallest_focus: Option<toml::Value>,
    weight_bounds_hu: Option<[f64; 3]>,
    peak: Option<String>,
    slice_scaling: Option<String>,
    lesion_connectivity: Option<u32>,
    volume_threshold_hu: Option<f64>,
    size_bounds: Option<SizeTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeTable {
    punctate_mm: Option<f64>,
    spotty_mm: Option<f64>,
    dense_hu: Option<f64>,
}

impl Table {
    fn over(&self, base: Protocol) -> Result<Protocol, String> {
        let sizes = |base: SizeBounds| match &self.size_bounds {
            None => base,
            Some(t) => SizeBounds {
                punctate_mm: t.punctate_mm.unwrap_or(base.punctate_mm),
                spotty_mm: t.spotty_mm.unwrap_or(base.spotty_mm),
                dense_hu: t.dense_hu.unwrap_or(base.dense_hu),
            },
        };
        Ok(Protocol {
            threshold_hu: self.threshold_hu.unwrap_or(base.threshold_hu),
            comparison: word(self.comparison.as_deref(), base.comparison, &COMPARISONS)?,
            connectivity: word(self.connectivity, base.connectivity, &CONNECTIVITIES)?,
            smallest_focus: match &self.smallest_focus {
                None => base.smallest_focus,
                Some(value) => smallest_focus(value)?,
            },
            weight_bounds_hu: self.weight_bounds_hu.unwrap_or(base.weight_bounds_hu),
            peak: word(self.peak.as_deref(), base.peak, &PEAKS)?,
            slice_scaling: word(self.slice_scaling.as_deref(), base.slice_scaling, &SCALINGS)?,
            lesion_connectivity: word(
                self.lesion_connectivity,
                base.lesion_connectivity,
                &LESION_CONNECTIVITIES,
            )?,
            volume_threshold_hu: self.volume_threshold_hu.or(base.volume_threshold_hu),
            size_bounds: sizes(base.size_bounds),
        })
    }
}

const COMPARISONS: [(&str, Comparison); 2] = [(">=", Comparison::AtLeast), (">", Comparison::Above)];
const CONNECTIVITIES: [(u32, Connectivity); 2] = [(4, Connectivity::Four), (8, Connectivity::Eight)];
const PEAKS: [(&str, Peak); 2] = [("focus", Peak::Focus), ("lesion", Peak::Lesion)];
const SCALINGS: [(&str, SliceScaling); 2] =
    [("increment_over_3mm", SliceScaling::IncrementOver3Mm), ("none", SliceScaling::None)];
const LESION_CONNECTIVITIES: [(u32, LesionConnectivity); 3] =
    [(6, LesionConnectivity::Six), (18, LesionConnectivity::Eighteen), (26, LesionConnectivity::TwentySix)];

/// What a written value stands for; the base's choice when nothing is written.
fn word<W, C>(written: Option<W>, base: C, known: &[(W, C)]) -> Result<C, String>
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

fn smallest_focus(value: &toml::Value) -> Result<SmallestFocus, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Bound {
        area_mm2: Option<f64>,
        pixels: Option<u32>,
        #[serde(default = "yes")]
        inclusive: bool,
    }
    fn yes() -> bool {
        true
    }
    if value.as_str() == Some("none") {
        return Ok(SmallestFocus::None);
    }
    let form =
        "smallest_focus is \"none\", { area_mm2 = A } or { pixels = N }, with inclusive = true or false";
    let bound: Bound = value.clone().try_into().map_err(|e| format!("{form}: {e}"))?;
    match (bound.area_mm2, bound.pixels) {
        (Some(mm2), None) if mm2.is_finite() && mm2 > 0.0 => {
            Ok(SmallestFocus::AreaMm2 { bound: mm2, inclusive: bound.inclusive })
        }
        (None, Some(pixels)) => Ok(SmallestFocus::Pixels { bound: pixels, inclusive: bound.inclusive }),
        _ => Err(form.to_owned()),
    }
}

/// Refuses choices under which no score means anything.
fn check(p: &Protocol) -> Result<(), String> {
    let [two, three, four] = p.weight_bounds_hu;
    let rising = p.threshold_hu < two && two < three && three < four;
    if !(rising && [p.threshold_hu, four].iter().all(|hu| hu.is_finite() && *hu > 0.0)) {
        return Err("threshold_hu and weight_bounds_hu must be positive and rise".to_owned());
    }
    if p.volume_threshold_hu.is_some_and(|hu| !(hu > 0.0 && hu <= p.threshold_hu)) {
        return Err("volume_threshold_hu must be positive and not over threshold_hu".to_owned());
    }
    let s = p.size_bounds;
    if !(0.0 < s.punctate_mm && s.punctate_mm <= s.spotty_mm && s.spotty_mm.is_finite() && s.dense_hu > 0.0) {
        return Err("size_bounds must be positive and rise".to_owned());
    }
    Ok(())
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
        record.hash = format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&choices));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_is_the_core_protocol() {
        assert_eq!(NamedProtocol::load("standard").unwrap().protocol, Protocol::STANDARD);
    }

    #[test]
    fn every_shipped_protocol_loads_and_differs_as_documented() {
        let check = |name: &str, expected: &[&str]| {
            let named = NamedProtocol::load(name).unwrap();
            assert_eq!(ProtocolRecord::new(&named, &named.protocol).differences(), expected, "{name}");
        };
        check("standard", &[]);
        check("coca", &["smallest focus none"]);
        check("fqm", &["8-connected"]);
        check("siemens-like", &["smallest focus none"]);
        check("philips-like", &["smallest focus 0.5 mm2", "volume and mass from 112.5 HU"]);
        check("ge-like", &[]);
        check("canon-like", &["smallest focus 3 px"]);
        check("mesa", &["comparison >", "smallest focus 4 px"]);
        check("orcascore", &["comparison >", "6-connected lesions"]);
        assert_eq!(NamedProtocol::names().count(), 9);
    }

    #[test]
    fn a_wrong_table_is_refused_with_the_reason() {
        let check = |toml: &str, part: &str| {
            let error = NamedProtocol::from_toml("mine", toml).unwrap_err().to_string();
            assert!(error.contains(part), "{toml}: {error}");
        };
        check("treshold_hu = 130", "treshold_hu");
        check("threshold_hu = 250.0", "must be positive and rise");
        check("connectivity = 6", "6 is none of [4, 8]");
        check("comparison = '=='", "\"==\" is none of");
        check("smallest_focus = { area_mm2 = 1.0, pixels = 3 }", "smallest_focus is");
        check("smallest_focus = { area_mm2 = -1.0 }", "smallest_focus is");
        check("base = 'mine'", "is not a protocol that ships");
        check("volume_threshold_hu = 131.0", "not over threshold_hu");
        check("weight_bounds_hu = [200.0, nan, 400.0]", "must be positive and rise");
    }

    #[test]
    fn the_hash_is_of_the_choices_not_of_the_name() {
        let hash = |name| {
            let named = NamedProtocol::load(name).unwrap();
            ProtocolRecord::new(&named, &named.protocol).hash
        };
        assert_eq!(hash("coca"), hash("siemens-like"));
        assert_ne!(hash("coca"), hash("standard"));
    }
}
