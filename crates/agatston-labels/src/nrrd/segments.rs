//! What 3D Slicer says of its segments: keys such as `Segment0_Name`, each with the number of its segment.

use std::collections::BTreeMap;

use super::Header;
use crate::{
    code::{LABELS_FRACTIONAL, LABELS_INVALID},
    error::{Refusal, refusal},
    names::{Coded, Key, Named, Names},
    shown::shown,
};

/// Keys of the segmentation that say what its voxels are; the second is the newer name.
const REPRESENTATION: [&str; 2] = ["Segmentation_MasterRepresentation", "Segmentation_SourceRepresentation"];

/// A segment as it is written.
#[derive(Default)]
struct Segment<'a> {
    name: Option<&'a str>,
    id: Option<&'a str>,
    value: Option<&'a str>,
    layer: Option<&'a str>,
    tags: &'a str,
}

/// The names and codes of the segments; none in a file that is no segmentation of 3D Slicer.
pub(super) fn names(header: &Header, layers: u16) -> Result<Names, Refusal> {
    let mut representations = REPRESENTATION.iter().filter_map(|key| header.pairs.get(*key));
    if representations.any(|r| r.to_lowercase().contains("fractional")) {
        return Err(refusal(LABELS_FRACTIONAL, "the voxels of the segmentation are fractions, not labels")
            .seen("a fractional labelmap of 3D Slicer")
            .expected("a binary labelmap")
            .next_step("make the binary labelmap the source representation in 3D Slicer and save it again"));
    }
    let mut names = Names::new();
    for (number, segment) in segments(&header.pairs) {
        let key = segment.key(number, layers)?;
        if let Some(other) = names.insert(key, segment.named()) {
            return Err(refusal(LABELS_INVALID, "two segments have the same value in the same layer")
                .seen(format!("{key}: {} and segment {number}", shown(&other.label))));
        }
    }
    Ok(names)
}

fn segments(pairs: &BTreeMap<String, String>) -> BTreeMap<u32, Segment<'_>> {
    let mut segments: BTreeMap<u32, Segment<'_>> = BTreeMap::new();
    for (key, value) in pairs {
        let Some((number, field)) = key.strip_prefix("Segment").and_then(|rest| rest.split_once('_')) else {
            continue;
        };
        // `Segment01_` is not how Slicer counts, and would be a second segment 1.
        let Some(number) = number.parse().ok().filter(|n: &u32| n.to_string() == number) else { continue };
        let segment = segments.entry(number).or_default();
        match field {
            "Name" => segment.name = Some(value),
            "ID" => segment.id = Some(value),
            "LabelValue" => segment.value = Some(value),
            "Layer" => segment.layer = Some(value),
            "Tags" => segment.tags = value,
            _ => {}
        }
    }
    segments
}

impl Segment<'_> {
    /// Older files have a layer for each segment and say neither layer nor value, which is 1. Where there
    /// is one layer, a segment with a value is in it.
    fn key(&self, number: u32, layers: u16) -> Result<Key, Refusal> {
        let layer = match (self.layer, self.value) {
            (Some(layer), _) => layer.trim().parse().ok(),
            (None, Some(_)) if layers == 1 => Some(0),
            (None, _) => u16::try_from(number).ok(),
        };
        let id = self.value.map_or(Some(1), |value| value.trim().parse().ok());
        match (layer.filter(|layer| *layer < layers), id.filter(|id| *id > 0)) {
            (Some(layer), Some(id)) => Ok(Key { layer, id }),
            _ => Err(refusal(LABELS_INVALID, "a segment has no place in the voxels")
                .seen(format!(
                    "segment {number}: layer {}, value {}",
                    self.layer.map_or_else(|| "not said".to_owned(), shown),
                    self.value.map_or_else(|| "not said".to_owned(), shown),
                ))
                .expected(format!("a layer below {layers} and a value of at least 1"))),
        }
    }

    fn named(&self) -> Named {
        let label = self.name.or(self.id).unwrap_or_default().trim().to_owned();
        Named { label, codes: codes(self.tags) }
    }
}

/// The codes of a terminology entry: category, type, region and their modifiers, each `scheme^value^meaning`, parted
/// by `~` and by two names of tables.
fn codes(tags: &str) -> Vec<Coded> {
    let entries = tags.split('|').filter_map(|tag| tag.trim().strip_prefix("TerminologyEntry:"));
    let code = |part: &str| {
        let mut words = part.split('^').map(str::trim);
        let (scheme, value) = (words.next()?, words.next()?);
        let is_code = !scheme.is_empty() && !value.is_empty();
        is_code.then(|| Coded { scheme: scheme.to_owned(), value: value.to_owned() })
    };
    entries.flat_map(|entry| entry.split('~').filter_map(code)).collect()
}
