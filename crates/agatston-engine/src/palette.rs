//! Colours of arteries and regions, the same in every output (pictures lighten them): those of Okabe and Ito, which people who do not tell red from
//! green tell apart (Okabe and Ito, Color Universal Design, 2008).
//!
//! Colour is never the only carrier: names stand beside it everywhere.

use agatston_anatomy::Tier;
use agatston_core::{Artery, Region};

/// Red, green and blue, 0 to 255.
pub(crate) type Rgb = [u8; 3];

/// Colours of regions that are no coronary artery, in turn.
const REGIONS: [Rgb; 3] = [[0xF0, 0xE4, 0x42], [0x56, 0xB4, 0xE9], [0x99, 0x99, 0x99]];

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

/// The colour of a tier, from green to red through yellow and orange, also told apart by lightness.
pub(crate) fn of_tier(tier: Tier) -> Rgb {
    match tier {
        Tier::Confident => [0x00, 0x9E, 0x73],
        Tier::Likely => [0xF0, 0xE4, 0x42],
        Tier::Unlikely => [0xE6, 0x9F, 0x00],
        Tier::Excluded => [0xD5, 0x5E, 0x00],
    }
}

/// A colour as PS3.3 C.10.7.1.1 wants it: CIELab under D65, L* from 0 to 100 and a*, b* from -128 to 127, each over 16 bits.
pub(crate) fn cielab(colour: Rgb) -> [u16; 3] {
    let [r, g, b] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
    });
    // IEC 61966-2-1, over the white point.
    let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.950_47;
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.088_83;
    let [x, y, z] = [x, y, z].map(|t| if t > 0.008_856 { libm::cbrt(t) } else { 7.787 * t + 16.0 / 116.0 });
    let lab =
        [(116.0 * y - 16.0) / 100.0, (500.0 * (x - y) + 128.0) / 255.0, (200.0 * (y - z) + 128.0) / 255.0];
    lab.map(over_16_bits)
}

/// A part of 1 in steps of which 65,535 are all.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 65,535")]
fn over_16_bits(part: f64) -> u16 {
    libm::round(part.clamp(0.0, 1.0) * 65_535.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected from highdicom 0.28.2, `CIELabColor.from_rgb`.
    #[test]
    fn cielab_is_that_of_highdicom() {
        for (colour, expected) in [
            ([0xE6, 0x9F, 0x00], [46_273u16, 37_131, 52_089]),
            ([0x00, 0x72, 0xB2], [30_129, 32_193, 22_263]),
            ([0xF0, 0xE4, 0x42], [58_401, 29_471, 52_288]),
        ] {
            for (found, expected) in cielab(colour).into_iter().zip(expected) {
                assert!(found.abs_diff(expected) <= 20, "{colour:?}: {found} for {expected}");
            }
        }
    }
}
