//! The oracle scores every phantom of the catalogue as it is stored in DICOM, and every check must hold:
//! closed forms, hand arithmetic and bounds against a plain flood fill.

#![allow(clippy::unwrap_used)]

use agatston_phantom::{
    EVERYTHING, Measure, Phantom, Volume, catalog,
    oracle::{self, Rules, Totals},
};
use ndarray::Array3;
use serde_json::Value;

/// The image as its DICOM file holds it, rounded to stored values.
fn as_stored(phantom: &Phantom) -> Volume {
    let header = &phantom.header;
    let hu = phantom.volume.hu.mapv(|hu| header.slope * f64::from(header.stored(hu)) + header.intercept);
    Volume { hu, ..phantom.volume }
}

/// A region of the file in the coordinates of the grid.
enum Shape {
    Box { row: [f64; 2], column: [f64; 2] },
    Cylinder { from: [f64; 3], to: [f64; 3], radius: f64 },
}

fn numbers<const N: usize>(value: &Value) -> [f64; N] {
    std::array::from_fn(|index| value[index].as_f64().unwrap())
}

fn read_shape(region: &Value) -> Shape {
    let (pixels, cylinder) = (&region["box_px"], &region["cylinder_lps_mm"]);
    if pixels.is_object() {
        Shape::Box { row: numbers(&pixels["row"]), column: numbers(&pixels["column"]) }
    } else {
        let radius = cylinder["radius"].as_f64().unwrap();
        Shape::Cylinder { from: numbers(&cylinder["from"]), to: numbers(&cylinder["to"]), radius }
    }
}

impl Shape {
    /// Whether the shape holds a voxel (`[z, y, x]`); cylinders of the phantoms run along z.
    fn holds(&self, volume: &Volume, [z, y, x]: [usize; 3]) -> bool {
        let at = |index: usize| f64::from(u32::try_from(index).unwrap());
        match *self {
            Self::Box { row, column } => {
                (row[0]..=row[1]).contains(&at(y)) && (column[0]..=column[1]).contains(&at(x))
            }
            Self::Cylinder { from, to, radius } => {
                let [px, py, pz] = volume.centre_lps_mm([z, y, x]);
                let off = (px - from[0]).hypot(py - from[1]);
                off <= radius && (from[2]..=to[2]).contains(&pz)
            }
        }
    }
}

/// Names of the regions and the label (index + 1) of each voxel.
fn read_regions(phantom: &Phantom) -> (Vec<String>, Array3<u8>) {
    let json: Value = serde_json::from_str(phantom.regions_json.as_ref().unwrap()).unwrap();
    let mut names: Vec<String> = Vec::new();
    let mut labels = Array3::zeros(phantom.volume.hu.dim());
    for region in json["regions"].as_array().unwrap() {
        let name = region["name"].as_str().unwrap().to_owned();
        let label = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        let shape = read_shape(region);
        let slices: [usize; 2] = match region["slices"].as_array() {
            Some(range) => std::array::from_fn(|end| usize::try_from(range[end].as_u64().unwrap()).unwrap()),
            None => [0, usize::MAX],
        };
        for ((z, y, x), voxel) in labels.indexed_iter_mut() {
            if (slices[0]..=slices[1]).contains(&z) && shape.holds(&phantom.volume, [z, y, x]) {
                *voxel = u8::try_from(label + 1).unwrap();
            }
        }
    }
    (names, labels)
}

fn measured(totals: &Totals, measure: Measure, phantom: &Phantom) -> f64 {
    match measure {
        Measure::Agatston => totals.agatston,
        Measure::VolumeMm3 => totals.volume_mm3,
        Measure::MassMg => {
            totals.mean_hu.unwrap_or(0.0) * totals.volume_mm3 * phantom.mass_factor.unwrap() / 1000.0
        }
    }
}

fn check(name: &str) {
    let phantom = catalog::build(name).unwrap();
    let image = as_stored(&phantom);
    let (names, labels) = read_regions(&phantom);
    let regional = oracle::score(&image, Some(&labels), &Rules::default());
    let everything = oracle::score(&image, None, &Rules::default());
    assert!(!phantom.checks.is_empty());
    for check in &phantom.checks {
        let (score, label) = if check.region == EVERYTHING {
            (&everything, 1)
        } else {
            let index = names.iter().position(|known| *known == check.region).unwrap();
            (&regional, u8::try_from(index + 1).unwrap())
        };
        let totals = score.totals.get(&label).cloned().unwrap_or_default();
        let value = measured(&totals, check.measure, &phantom);
        let tolerance = check.tolerance;
        assert!(
            tolerance.holds(value),
            "{name} {} {:?}: {value} not in {tolerance:?}",
            check.region,
            check.measure
        );
        assert!(tolerance.holds(check.expected), "{name} {}: expectation out of bounds", check.region);
    }
}

#[test]
fn staircase() {
    check("staircase");
}

#[test]
fn sphere() {
    check("sphere");
}

#[test]
fn coronary() {
    check("coronary");
}

#[test]
fn qrm_120() {
    check("qrm-120");
}

#[test]
fn qrm_100kvp() {
    check("qrm-100kvp");
}

#[test]
fn qrm_thin() {
    check("qrm-thin");
}

/// The label volume of the coronary phantom says the same as its regions file.
#[test]
fn labels_agree_with_regions() {
    let phantom = catalog::build("coronary").unwrap();
    let (names, labels) = read_regions(&phantom);
    assert_eq!(names, ["LM", "LAD", "LCX", "RCA"], "in the order of the labels 1 to 4");
    assert_eq!(phantom.labels.unwrap().labels, labels);
}

/// The speck of one pixel is the only thing withheld in the coronary phantom.
#[test]
fn the_speck_is_withheld() {
    let phantom = catalog::build("coronary").unwrap();
    let score = oracle::score(&as_stored(&phantom), None, &Rules::default());
    assert_eq!((score.totals[&1].foci_below_minimum, score.totals[&1].pixels_below_minimum), (1, 1));
}
