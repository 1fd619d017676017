//! Boxes of whole pixels, two slices high, each with another peak just at or beside a weight bound: a score
//! that is hand arithmetic. Pixels of 0.5 mm, slices of 3 mm, no blur, no noise.

use ndarray::s;

use crate::{
    Check, EVERYTHING, Header, Measure, Phantom, Volume,
    catalog::Entry,
    regions::{Region, RegionShape, to_json},
};

/// Area of a pixel of 0.5 x 0.5 mm in mm2.
const PIXEL_MM2: f64 = 0.25;
/// Increment in mm, that of the score: area times weight is the score of a slice.
const INCREMENT_MM: f64 = 3.0;
/// The slices that hold the steps, half-open.
const SLICES: [usize; 2] = [11, 13];

/// A box of `rows` x `columns` pixels of one HU, and the weight it must get (0: no score).
struct Step {
    name: &'static str,
    hu: f64,
    rows: usize,
    columns: usize,
    weight: u32,
}

const fn square(name: &'static str, hu: f64, weight: u32) -> Step {
    Step { name, hu, rows: 4, columns: 4, weight }
}

/// The steps. The slope of 0.5 lets half HU be stored.
const STEPS: [Step; 15] = [
    square("peak 129", 129.0, 0),
    square("peak 129.5", 129.5, 0),
    square("peak 130", 130.0, 1),
    square("peak 199.5", 199.5, 1),
    square("peak 200", 200.0, 2),
    square("peak 299.5", 299.5, 2),
    square("peak 300", 300.0, 3),
    square("peak 399.5", 399.5, 3),
    square("peak 400", 400.0, 4),
    square("peak 400.5", 400.5, 4),
    square("peak 1000", 1000.0, 4),
    // 3 pixels are 0.75 mm2, under the smallest focus of 1 mm2; 4 pixels are exactly 1 mm2.
    Step { name: "three pixels", hu: 500.0, rows: 1, columns: 3, weight: 0 },
    Step { name: "four pixels", hu: 500.0, rows: 2, columns: 2, weight: 4 },
    Step { name: "four in a row", hu: 500.0, rows: 1, columns: 4, weight: 4 },
    Step { name: "five pixels", hu: 150.0, rows: 1, columns: 5, weight: 1 },
];

impl Step {
    /// Pixels of both slices that count.
    fn pixels(&self) -> usize {
        if self.weight == 0 { 0 } else { (SLICES[1] - SLICES[0]) * self.rows * self.columns }
    }

    fn area_mm2(&self) -> f64 {
        crate::volume::as_f64(self.pixels()) * PIXEL_MM2
    }
}

/// Row and column where step `index` begins: four to a row, 14 pixels apart.
fn corner(index: usize) -> [usize; 2] {
    [14 + 14 * (index / 4), 12 + 14 * (index % 4)]
}

pub(crate) fn phantom(entry: &Entry) -> Phantom {
    let mut volume = Volume::filled([22, 80, 80], [INCREMENT_MM, 0.5, 0.5], -1000.0);
    volume.hu.slice_mut(s![.., 8..72, 8..72]).fill(40.0);
    for (index, step) in STEPS.iter().enumerate() {
        let [row, column] = corner(index);
        let place = s![SLICES[0]..SLICES[1], row..row + step.rows, column..column + step.columns];
        volume.hu.slice_mut(place).fill(step.hu);
    }
    Phantom {
        name: entry.name,
        about: entry.about,
        volume,
        header: Header { slope: 0.5, ..Header::named(entry.name) },
        regions_json: Some(to_json(STEPS.iter().enumerate().map(region).collect())),
        labels: None,
        mass_factor: None,
        checks: checks(),
    }
}

/// A box with 3 pixels of margin around a step.
fn region((index, step): (usize, &Step)) -> Region {
    let [row, column] = corner(index);
    let shape = RegionShape::pixels([row - 3, row + step.rows + 3], [column - 3, column + step.columns + 3]);
    Region { name: step.name.into(), shape, slices: Some([SLICES[0] - 1, SLICES[1]]) }
}

/// Each step by itself, and all together.
fn checks() -> Vec<Check> {
    let reason = "whole pixels: area x weight x increment / 3 mm by hand";
    let score = |step: &Step| step.area_mm2() * f64::from(step.weight);
    let volume = |step: &Step| step.area_mm2() * INCREMENT_MM;
    let mut checks = Vec::new();
    for step in &STEPS {
        checks.push(Check::exact(step.name, Measure::Agatston, score(step), reason));
        checks.push(Check::exact(step.name, Measure::VolumeMm3, volume(step), reason));
    }
    let total: f64 = STEPS.iter().map(score).sum();
    checks.push(Check::exact(EVERYTHING, Measure::Agatston, total, reason));
    let total: f64 = STEPS.iter().map(volume).sum();
    checks.push(Check::exact(EVERYTHING, Measure::VolumeMm3, total, reason));
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: a square is 4 mm2 in two slices, 8 x (1 + 1 + 2 + 2 + 3 + 3 + 4 + 4 + 4) = 192; four pixels
    /// are 1 mm2, twice 2 x 4 = 16; five pixels are 1.25 mm2, 2.5: 210.5 in all.
    /// Volume: 9 squares of 24 mm3, 2 x 6 and 7.5 mm3: 235.5.
    #[test]
    fn hand_arithmetic() {
        let find = |region: &str, measure: Measure| {
            checks()
                .into_iter()
                .find(|check| check.region == region && check.measure == measure)
                .unwrap()
                .expected
        };
        assert_eq!(find("peak 199.5", Measure::Agatston), 8.0);
        assert_eq!(find("peak 200", Measure::Agatston), 16.0);
        assert_eq!(find("three pixels", Measure::Agatston), 0.0);
        assert_eq!(find(EVERYTHING, Measure::Agatston), 210.5);
        assert_eq!(find(EVERYTHING, Measure::VolumeMm3), 235.5);
    }
}
