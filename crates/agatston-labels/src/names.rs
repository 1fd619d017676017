//! What a source calls its labels: as found, not yet explained.

use std::{collections::BTreeMap, fmt};

/// A label of a source: its value within its layer. A source without layers has the layer 0; the value 0 is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    pub(crate) layer: u16,
    pub(crate) id: u32,
}

impl Key {
    /// A label of the first layer, or of a source without layers.
    pub(crate) const fn of(id: u32) -> Self {
        Self { layer: 0, id }
    }
}

/// As messages name it.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            0 => write!(f, "{}", self.id),
            layer => write!(f, "{} of layer {layer}", self.id),
        }
    }
}

/// What a source says of a label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its name, as a person wrote it.
    pub(crate) label: String,
    /// What it is, in codes of a terminology; most sources have none.
    pub(crate) codes: Vec<Coded>,
}

/// A code: its scheme (`SCT`, or `SRT` in older files) and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Coded {
    pub(crate) scheme: String,
    pub(crate) value: String,
}

/// What a source says of its labels; empty where it has bare values.
pub(crate) type Names = BTreeMap<Key, Named>;

/// A name without codes.
impl From<String> for Named {
    fn from(label: String) -> Self {
        Self { label, codes: Vec::new() }
    }
}
