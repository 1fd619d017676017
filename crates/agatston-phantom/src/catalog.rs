//! The phantoms by name.

use crate::{Phantom, chest, coronary, qrm, sphere, staircase};

/// A phantom that can be built.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Name, as [`build`] takes it.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    build: fn(&Entry) -> Phantom,
}

const CATALOG: [Entry; 8] = [
    Entry {
        name: "staircase",
        about: "boxes of whole pixels with peaks at each bound: the score is hand arithmetic",
        build: staircase::phantom,
    },
    Entry {
        name: "sphere",
        about: "one sphere of 24 mm and 490 HU: score and volume in closed form",
        build: sphere::phantom,
    },
    Entry {
        name: "coronary",
        about: "a small chest with plaques in LM, LAD, LCX and RCA, exact score for each artery",
        build: coronary::phantom,
    },
    Entry {
        name: "coronary-later",
        about: "the same chest later: grown, denser, new and vanished plaques",
        build: coronary::later,
    },
    Entry {
        name: "qrm-120",
        about: "QRM-like thorax with nine calcium cylinders, 120 kVp, 3 mm slices",
        build: qrm::standard,
    },
    Entry {
        name: "qrm-100kvp",
        about: "the same thorax at 100 kVp, scored with the bounds of 120 kVp",
        build: qrm::low_voltage,
    },
    Entry {
        name: "chest",
        about: "a whole chest, calcium in and beside the arteries, true label map",
        build: chest::phantom,
    },
    Entry { name: "qrm-thin", about: "the same thorax in slices of 1 mm", build: qrm::thin },
];

/// All phantoms, the exact ones first.
#[must_use]
pub fn list() -> &'static [Entry] {
    &CATALOG
}

/// Builds the phantom of a name, if there is one. Takes well under two seconds.
///
/// ```
/// let phantom = agatston_phantom::catalog::build("staircase").expect("a name of the list");
/// assert_eq!(phantom.volume.hu.dim(), (22, 80, 80));
/// assert!(agatston_phantom::catalog::build("unheard-of").is_none());
/// ```
#[must_use]
pub fn build(name: &str) -> Option<Phantom> {
    CATALOG.iter().find(|entry| entry.name == name).map(|entry| (entry.build)(entry))
}
