//! Protocols by name or from a TOML file: what is written there, checked, and as the core needs it.
//!
//! A table names only what differs from its `base` (`standard` unless said).

use crate::{
    Error,
    protocol_record::{COMPARISONS, CONNECTIVITIES, LESION_CONNECTIVITIES, PEAKS, SCALINGS, word},
};
use agatston_core::{Protocol, SizeBounds, SmallestFocus};
use serde::Deserialize;
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
    /// Its name; for a file `file:` and the name of the file without its ending, so that none passes for another.
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
        if name_or_path.is_empty() {
            return Err(unknown(name_or_path));
        }
        let path = Path::new(name_or_path);
        if !path.exists() {
            return Err(unknown(name_or_path));
        }
        let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let name = format!("file:{stem}");
        let size = std::fs::metadata(path).map(|m| if m.is_file() { m.len() } else { u64::MAX });
        if size.is_ok_and(|bytes| bytes > PROTOCOL_BYTES_MAX) {
            return Err(Error::Protocol { name, problem: "it is no file of a few lines".to_owned() });
        }
        let toml = std::fs::read_to_string(path)
            .map_err(|source| Error::Read { what: "protocol".to_owned(), source })?;
        Self::from_toml(&name, &toml)
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
            Some(base) if Self::shipped_toml(base).is_some() => Self::load(base)?.protocol,
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

fn unknown(name: &str) -> Error {
    let known = NamedProtocol::names().collect::<Vec<_>>().join(", ");
    // The folders above a file tell of the machine, and of nothing that helps here.
    let path = Path::new(name);
    let last =
        path.file_name().filter(|_| path.is_absolute()).map(|last| last.to_string_lossy().into_owned());
    Error::UnknownProtocol { name: last.unwrap_or_else(|| name.to_owned()), known }
}

/// Largest protocol file; those that ship have 700 bytes.
const PROTOCOL_BYTES_MAX: u64 = 1 << 20;

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
    if !(0.0 < s.punctate_mm
        && s.punctate_mm <= s.spotty_mm
        && s.spotty_mm.is_finite()
        && s.dense_hu > 0.0
        && s.dense_hu.is_finite())
    {
        return Err("size_bounds must be positive and rise".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProtocolRecord;

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
        check("[size_bounds]\ndense_hu = inf", "size_bounds");
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
