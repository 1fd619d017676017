//! A small chest with plaques of whole pixels in LM, LAD, LCX and RCA, whose score per artery is hand
//! arithmetic: macro plaques, spotty ones of a single slice, one that crosses from LM into LAD within a row,
//! a speck below the smallest focus, and a valve and a rib that belong to no artery. And the same chest later, where a plaque
//! has grown, one has become denser, one is new and one is no longer seen.
//!
//! Pixels of 0.75 mm (0.5625 mm2), slices of 3 mm: a slice scores `pixels * 0.5625 * weight`. The noise lies
//! under the plaques, never on them, and cannot lift tissue to 130 HU: it ends at 6 standard deviations.

use ndarray::{Array3, s};

use crate::{
    Check, EVERYTHING, Header, LabelVolume, Measure, Phantom, Volume,
    catalog::Entry,
    object::column,
    regions::{Region, RegionShape, to_json},
    scanner::{Scanner, TubeVoltage},
};

const PIXEL_MM: f64 = 0.75;
const INCREMENT_MM: f64 = 3.0;
/// Slices, rows, columns.
const SHAPE: [usize; 3] = [24, 96, 96];
/// Arteries with their label in the scheme `agatston`.
const ARTERIES: [(&str, u8); 4] = [("LM", 1), ("LAD", 2), ("LCX", 3), ("RCA", 4)];

/// A box of voxels, all ranges half-open.
#[derive(Clone, Copy)]
struct Voxels {
    slices: [usize; 2],
    rows: [usize; 2],
    columns: [usize; 2],
}

const fn voxels(slices: [usize; 2], rows: [usize; 2], columns: [usize; 2]) -> Voxels {
    Voxels { slices, rows, columns }
}

/// Calcium: a box of one HU.
struct Plaque {
    place: Voxels,
    hu: f64,
}

const fn plaque(slices: [usize; 2], rows: [usize; 2], columns: [usize; 2], hu: f64) -> Plaque {
    Plaque { place: voxels(slices, rows, columns), hu }
}

/// One scan of the chest: its calcium, and what it comes to.
struct Scan {
    plaques: [Plaque; 16],
    /// Per artery: pixels times weight, and pixels.
    truth: [(&'static str, u32, u32); 4],
    seed: u64,
    date: &'static str,
}

/// The chest as it is scored everywhere here.
const EARLIER: Scan = Scan { plaques: PLAQUES, truth: TRUTH, seed: 4, date: "20200102" };

/// The same three years later.
const LATER: Scan = Scan { plaques: PLAQUES_LATER, truth: TRUTH_LATER, seed: 5, date: "20230104" };

/// The calcium. The arithmetic is in [`TRUTH`].
const PLAQUES: [Plaque; 16] = [
    // LM: its part of the crossing plaque, and a spotty one.
    plaque([14, 15], [40, 42], [44, 48], 320.0),
    plaque([16, 17], [40, 42], [44, 46], 150.0),
    // LAD: its part of the crossing plaque, a macro plaque that fades upwards, a spotty one.
    plaque([14, 15], [40, 42], [48, 52], 450.0),
    plaque([8, 9], [34, 40], [54, 57], 420.0),
    plaque([9, 10], [34, 40], [54, 57], 250.0),
    plaque([10, 11], [34, 40], [54, 57], 150.0),
    plaque([18, 19], [36, 38], [52, 54], 210.0),
    // LCX: a macro plaque one HU below and at the bounds, and a spotty one.
    plaque([11, 12], [52, 56], [60, 66], 199.0),
    plaque([12, 13], [52, 56], [60, 66], 400.0),
    plaque([7, 8], [56, 58], [58, 61], 299.0),
    // RCA: a macro plaque, a spotty one, and a speck of one pixel.
    plaque([4, 5], [46, 50], [26, 30], 130.0),
    plaque([5, 6], [46, 50], [26, 30], 399.0),
    plaque([6, 7], [46, 50], [26, 30], 1000.0),
    plaque([3, 4], [56, 58], [28, 30], 300.0),
    plaque([20, 21], [44, 45], [30, 31], 600.0),
    // A valve leaflet: no artery.
    plaque([12, 14], [47, 50], [46, 49], 500.0),
];

/// The calcium later. The arithmetic is in [`TRUTH_LATER`].
const PLAQUES_LATER: [Plaque; 16] = [
    // LM as before.
    plaque([14, 15], [40, 42], [44, 48], 320.0),
    plaque([16, 17], [40, 42], [44, 46], 150.0),
    // LAD: the macro plaque is a column wider and a slice higher, a spotty one is new.
    plaque([14, 15], [40, 42], [48, 52], 450.0),
    plaque([8, 10], [34, 40], [54, 58], 420.0),
    plaque([10, 11], [34, 40], [54, 58], 250.0),
    plaque([11, 12], [34, 40], [54, 58], 150.0),
    plaque([18, 19], [36, 38], [52, 54], 210.0),
    plaque([16, 17], [39, 41], [50, 53], 280.0),
    // LCX: the spotty one is no longer seen.
    plaque([11, 12], [52, 56], [60, 66], 199.0),
    plaque([12, 13], [52, 56], [60, 66], 400.0),
    // RCA: the same voxels, denser.
    plaque([4, 5], [46, 50], [26, 30], 230.0),
    plaque([5, 6], [46, 50], [26, 30], 620.0),
    plaque([6, 7], [46, 50], [26, 30], 1000.0),
    plaque([3, 4], [56, 58], [28, 30], 300.0),
    plaque([20, 21], [44, 45], [30, 31], 600.0),
    // The valve leaflet.
    plaque([12, 14], [47, 50], [46, 49], 500.0),
];

/// A rib, which belongs to no artery either.
const RIB: Plaque = plaque([10, 14], [9, 12], [30, 66], 300.0);

/// Where each artery may have calcium: looser than the plaques, and no two overlap.
const TERRITORIES: [(&str, Voxels); 10] = [
    ("LM", voxels([13, 18], [38, 44], [42, 48])),
    ("LAD", voxels([13, 18], [38, 44], [48, 54])),
    ("LAD", voxels([7, 12], [32, 42], [52, 59])),
    ("LAD", voxels([18, 20], [34, 40], [50, 56])),
    ("LCX", voxels([10, 14], [50, 58], [58, 68])),
    ("LCX", voxels([6, 9], [54, 60], [56, 63])),
    ("RCA", voxels([4, 8], [44, 52], [24, 32])),
    ("RCA", voxels([2, 4], [54, 60], [26, 32])),
    ("RCA", voxels([19, 22], [42, 47], [28, 33])),
    ("RCA", voxels([4, 5], [54, 60], [26, 32])),
];

/// Per artery: pixels times weight of each slice, written out.
const TRUTH: [(&str, u32, u32); 4] = [
    // Crossing part 2 x 4 at 320 HU, spot 2 x 2 at 150 HU: 24 + 4 = 28, which is 15.75.
    ("LM", 8 * 3 + 4, 8 + 4),
    // Crossing part 8 at 450, 6 x 3 at 420, 250 and 150, spot 4 at 210: 32 + 126 + 8 = 166, 93.375.
    ("LAD", 8 * 4 + 18 * (4 + 2 + 1) + 4 * 2, 8 + 3 * 18 + 4),
    // 4 x 6 at 199 and 400, spot 2 x 3 at 299: 24 + 96 + 12 = 132, 74.25.
    ("LCX", 24 * (1 + 4) + 6 * 2, 2 * 24 + 6),
    // 4 x 4 at 130, 399 and 1000, spot 4 at 300, the speck is below 1 mm2: 128 + 12 = 140, 78.75.
    ("RCA", 16 * (1 + 3 + 4) + 4 * 3, 3 * 16 + 4),
];

/// The same for the later scan.
const TRUTH_LATER: [(&str, u32, u32); 4] = [
    // 15.75 as before.
    ("LM", 8 * 3 + 4, 8 + 4),
    // 6 x 4 at 420, 420, 250 and 150, the new spot 2 x 3 at 280: 32 + 264 + 8 + 12 = 316, 177.75.
    ("LAD", 8 * 4 + 24 * (4 + 4 + 2 + 1) + 4 * 2 + 6 * 2, 8 + 4 * 24 + 4 + 6),
    // 24 + 96 = 120, 67.5.
    ("LCX", 24 * (1 + 4), 2 * 24),
    // 4 x 4 at 230, 620 and 1000: 160 + 12 = 172, 96.75.
    ("RCA", 16 * (2 + 4 + 4) + 4 * 3, 3 * 16 + 4),
];

/// Pixels times weight, and pixels, of what belongs to no artery, and what everything has more. The crossing plaque is one
/// focus of 16 pixels at 450 HU when nothing cuts it: 8 more for the LM half (weight 4, not 3). Valve 2 x 9 at weight 4,
/// rib 4 x 108 at 3.
const BESIDE: (u32, u32) = (8 + 2 * 9 * 4 + 4 * 108 * 3, 2 * 9 + 4 * 108);

pub(crate) fn phantom(entry: &Entry) -> Phantom {
    EARLIER.phantom(entry)
}

pub(crate) fn later(entry: &Entry) -> Phantom {
    LATER.phantom(entry)
}

impl Scan {
    fn phantom(&self, entry: &Entry) -> Phantom {
        Phantom {
            name: entry.name,
            about: entry.about,
            volume: self.chest(),
            header: Header { date: self.date.into(), ..Header::named(entry.name) },
            regions_json: Some(to_json(TERRITORIES.iter().map(region).collect())),
            labels: Some(labels()),
            mass_factor: None,
            checks: self.checks(),
        }
    }

    /// Body, lungs and heart with noise, then the calcium, whole pixels and exact.
    fn chest(&self) -> Volume {
        let scanner = Scanner {
            shape: SHAPE,
            spacing_mm: [INCREMENT_MM, PIXEL_MM, PIXEL_MM],
            slice_thickness_mm: INCREMENT_MM,
            psf_fwhm_mm: 1.0,
            noise_sd_hu: 6.0,
            start_mm: -34.5,
            voltage: TubeVoltage::Kv120,
            seed: self.seed,
        };
        let mut volume = scanner.scan(&[
            column([0.0, 0.0], [35.0, 31.0], 20.0),
            column([-22.0, 2.0], [10.0, 20.0], -850.0),
            column([22.0, 2.0], [10.0, 20.0], -850.0),
            column([0.0, 0.0], [21.0, 18.0], 40.0),
        ]);
        for plaque in self.plaques.iter().chain([&RIB]) {
            plaque.place.fill(&mut volume.hu, plaque.hu);
        }
        volume
    }

    fn checks(&self) -> Vec<Check> {
        let reason = "whole pixels: pixels x 0.5625 mm2 x weight x increment / 3 mm by hand";
        let pixel_mm2 = PIXEL_MM * PIXEL_MM;
        let weighted: u32 = self.truth.iter().map(|(_, weighted, _)| weighted).sum();
        let pixels: u32 = self.truth.iter().map(|(_, _, pixels)| pixels).sum();
        let everything = (EVERYTHING, weighted + BESIDE.0, pixels + BESIDE.1);
        let both = |(region, weighted, pixels): (&str, u32, u32)| {
            let volume = f64::from(pixels) * pixel_mm2 * INCREMENT_MM;
            [
                Check::exact(region, Measure::Agatston, f64::from(weighted) * pixel_mm2, reason),
                Check::exact(region, Measure::VolumeMm3, volume, reason),
            ]
        };
        self.truth.into_iter().chain([everything]).flat_map(both).collect()
    }
}

impl Voxels {
    fn fill<T: Copy>(&self, array: &mut Array3<T>, value: T) {
        let [z, y, x] = [self.slices, self.rows, self.columns];
        array.slice_mut(s![z[0]..z[1], y[0]..y[1], x[0]..x[1]]).fill(value);
    }
}

fn region((artery, place): &(&str, Voxels)) -> Region {
    let shape = RegionShape::pixels(place.rows, place.columns);
    Region { name: (*artery).into(), shape, slices: Some([place.slices[0], place.slices[1] - 1]) }
}

/// The territories as labels.
fn labels() -> LabelVolume {
    let mut labels = Array3::zeros(SHAPE);
    for (artery, place) in &TERRITORIES {
        let label = ARTERIES.iter().find(|(name, _)| name == artery).map_or(0, |(_, label)| *label);
        place.fill(&mut labels, label);
    }
    LabelVolume { labels, scheme: "agatston" }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sums in the comments: 28, 166, 132, 140 pixels times weight, each 0.5625 mm2; everything 1842.
    #[test]
    fn hand_arithmetic() {
        let scores = |scan: &Scan| -> Vec<f64> {
            let agatston = scan.checks().into_iter().filter(|check| check.measure == Measure::Agatston);
            agatston.map(|check| check.expected).collect()
        };
        assert_eq!(scores(&EARLIER), [15.75, 93.375, 74.25, 78.75, 1036.125]);
        // 28, 316, 120, 172 and 1376 beside them: 2012.
        assert_eq!(scores(&LATER), [15.75, 177.75, 67.5, 96.75, 1131.75]);
    }

    #[test]
    fn territories_do_not_overlap() {
        let meet = |a: [usize; 2], b: [usize; 2]| a[0] < b[1] && b[0] < a[1];
        for (index, (_, a)) in TERRITORIES.iter().enumerate() {
            for (_, b) in &TERRITORIES[..index] {
                let overlap = meet(a.slices, b.slices) && meet(a.rows, b.rows) && meet(a.columns, b.columns);
                assert!(!overlap);
            }
        }
    }
}
