//! Colours of arteries and regions, the same in every output: those of Okabe and Ito, which people who do not tell red from
//! green tell apart (Okabe and Ito, Color Universal Design, 2008).
//!
//! Colour is never the only carrier: names stand beside it everywhere.

use agatston_core::{Artery, Region};

/// Red, green and blue, 0 to 255.
pub(crate) type Rgb = [u8; 3];

/// Colours of regions that are no coronary artery, in turn.
const REGIONS: [Rgb; 4] = [[0xF0, 0xE4, 0x42], [0x56, 0xB4, 0xE9], [0xCC, 0x79, 0xA7], [0x99, 0x99, 0x99]];

/// The colour of a region.
pub(crate) fn colour(region: Region) -> Rgb {
    match region {
        Region::Artery(Artery::Lm) => [0xE6, 0x9F, 0x00],
        Region::Artery(Artery::Lad) => [0xD5, 0x5E, 0x00],
        Region::Artery(Artery::Lcx) => [0x00, 0x72, 0xB2],
        Region::Artery(Artery::Rca) => [0x00, 0x9E, 0x73],
        Region::Coronary | Region::NotCoronary => [0xCC, 0x79, 0xA7],
        Region::Named(index) => REGIONS[usize::from(index) % REGIONS.len()],
    }
}
