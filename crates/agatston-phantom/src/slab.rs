//! The ideal slab model: what a calcium score of a cylinder along z must be, without simulating one.
//!
//! The only error is partial volume along z. A slice of thickness `t` that holds a length `l` of the cylinder
//! shows its whole cross-section at `background + (hu - background) * l / t`. Where the lowest slice starts is
//! chance, so the model gives a mean and a range over all starts. The point spread is in [`crate::bloom`].

use std::f64::consts::PI;

use crate::{phantom::Tolerance, volume::as_f64};

/// Threshold and lowest peaks of the weights 2 to 4 in HU (Agatston et al., 1990).
const WEIGHT_BOUNDS_HU: [f64; 4] = [130.0, 200.0, 300.0, 400.0];

/// Slice distance for which the score was defined, in mm (Agatston et al., 1990).
const REFERENCE_INCREMENT_MM: f64 = 3.0;

/// Smallest focus in mm2 of the protocol `standard`.
const SMALLEST_FOCUS_MM2: f64 = 1.0;

/// Starts of the lowest slice over which the model is averaged.
const STARTS: usize = 3000;

/// A cylinder along z in a uniform background, and the slices it is seen in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slab {
    /// Diameter of the cylinder in mm.
    pub diameter_mm: f64,
    /// Length of the cylinder along z in mm.
    pub length_mm: f64,
    /// HU of the cylinder.
    pub hu: f64,
    /// HU around it.
    pub background_hu: f64,
    /// Slice thickness in mm.
    pub thickness_mm: f64,
    /// Increment in mm.
    pub increment_mm: f64,
}

/// What a scorer finds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// Agatston score.
    pub agatston: f64,
    /// Volume in mm3.
    pub volume_mm3: f64,
    /// Volume times mean HU, in HU mm3: mass but for the calibration.
    pub hu_mm3: f64,
}

/// The focus of a cylinder in one slice, before the smallest focus is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct SliceFocus {
    pub(crate) area_mm2: f64,
    pub(crate) peak_hu: f64,
    pub(crate) mean_hu: f64,
}

/// Mean over all starts, and the range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean over all starts.
    pub mean: f64,
    /// Smallest and largest.
    pub range: Tolerance,
}

impl Slab {
    /// Volume of the cylinder in mm3.
    #[must_use]
    pub fn true_volume_mm3(&self) -> f64 {
        self.cross_section_mm2() * self.length_mm
    }

    /// Agatston score over all starts.
    #[must_use]
    pub fn agatston(&self) -> Spread {
        self.spread(|seen| seen.agatston)
    }

    /// Volume in mm3 over all starts.
    #[must_use]
    pub fn volume_mm3(&self) -> Spread {
        self.spread(|seen| seen.volume_mm3)
    }

    /// Gathers a measure over the starts.
    fn spread(&self, measure: fn(&Seen) -> f64) -> Spread {
        let mut sum = 0.0;
        let mut range = Tolerance { low: f64::INFINITY, high: f64::NEG_INFINITY };
        for start in 0..STARTS {
            let offset = self.increment_mm * as_f64(start) / as_f64(STARTS);
            let first = offset - self.thickness_mm - self.increment_mm;
            let value = measure(&self.seen_from(first, |contrast| self.whole_disc(contrast)));
            sum += value;
            range = Tolerance { low: range.low.min(value), high: range.high.max(value) };
        }
        Spread { mean: sum / as_f64(STARTS), range }
    }

    /// Adds up the slices from one whose centre is `first_mm` above the lower end of the cylinder. `focus`
    /// gives what is seen in a slice of a contrast in HU.
    pub(crate) fn seen_from(&self, first_mm: f64, focus: impl Fn(f64) -> SliceFocus) -> Seen {
        let half = 0.5 * self.thickness_mm;
        let mut total = Seen::default();
        let mut centre = first_mm;
        while centre - half < self.length_mm {
            let part = ((centre + half).min(self.length_mm) - (centre - half).max(0.0)) / self.thickness_mm;
            if part > 0.0 {
                self.add(&mut total, focus(part * (self.hu - self.background_hu)));
            }
            centre += self.increment_mm;
        }
        total
    }

    /// Adds a focus, unless it is under the threshold or the smallest focus.
    fn add(&self, total: &mut Seen, focus: SliceFocus) {
        let weight = weight(focus.peak_hu);
        if focus.area_mm2 >= SMALLEST_FOCUS_MM2 * (1.0 - 1e-9) && weight > 0.0 {
            let volume_mm3 = focus.area_mm2 * self.increment_mm;
            total.agatston += volume_mm3 * weight / REFERENCE_INCREMENT_MM;
            total.volume_mm3 += volume_mm3;
            total.hu_mm3 += volume_mm3 * focus.mean_hu;
        }
    }

    /// One ideal slice: the disc, all of it equally bright.
    fn whole_disc(&self, contrast: f64) -> SliceFocus {
        // The part of the slice comes from sums of millimetres: 1e-9 HU keeps 130 at 130.
        let hu = self.background_hu + contrast + 1e-9;
        SliceFocus { area_mm2: self.cross_section_mm2(), peak_hu: hu, mean_hu: hu }
    }

    fn cross_section_mm2(&self) -> f64 {
        0.25 * PI * self.diameter_mm * self.diameter_mm
    }
}

/// Density weight of a peak: 0 under the threshold.
pub(crate) fn weight(peak_hu: f64) -> f64 {
    as_f64(WEIGHT_BOUNDS_HU.iter().filter(|bound| peak_hu >= **bound).count())
}

/// Whether a pixel is a candidate.
pub(crate) fn passes(hu: f64) -> bool {
    hu >= WEIGHT_BOUNDS_HU[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(diameter_mm: f64, ha_mg_cm3: f64, thickness_mm: f64) -> Slab {
        Slab {
            diameter_mm,
            length_mm: diameter_mm,
            hu: 1.3 * ha_mg_cm3,
            background_hu: 0.0,
            thickness_mm,
            increment_mm: thickness_mm,
        }
    }

    fn check(slab: Slab, agatston: [f64; 3], volume: [f64; 3]) {
        let near = |seen: f64, table: f64| (seen - table).abs() <= 0.006 + 0.002 * table;
        for (seen, table) in [(slab.agatston(), agatston), (slab.volume_mm3(), volume)] {
            let numbers = [seen.range.low, seen.mean, seen.range.high];
            let same = numbers.iter().zip(table).all(|(seen, table)| near(*seen, table));
            assert!(same, "{slab:?}: {numbers:?}, table {table:?}");
        }
    }

    /// Rows of the project's table of the ideal slab model (minimum, mean, maximum), made by another program.
    #[test]
    fn the_table_of_the_slab_model() {
        check(insert(3.0, 200.0, 3.0), [7.07, 10.33, 14.14], [21.21, 21.23, 42.41]);
        check(insert(3.0, 800.0, 3.0), [28.27, 42.55, 56.55], [21.21, 37.13, 42.41]);
        check(insert(5.0, 400.0, 3.0), [117.81, 131.67, 157.08], [117.81, 127.65, 176.71]);
        check(insert(5.0, 200.0, 1.0), [58.9, 61.93, 65.45], [98.17, 98.19, 117.81]);
        check(insert(3.0, 800.0, 1.0), [28.27, 33.03, 37.7], [21.21, 26.51, 28.27]);
        // A disc of 1 mm has 0.785 mm2, less than the smallest focus.
        check(insert(1.0, 800.0, 3.0), [0.0; 3], [0.0; 3]);
    }
}
