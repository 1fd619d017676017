//! One uniform sphere with a closed-form score: ideal slices, no point spread, no noise.
//!
//! A slice from `z` to `z + t` above the middle holds of the line at a distance `r` from the axis the part
//! `(h - z) / t` with `h = sqrt(R^2 - r^2)`. That reaches the fraction `f` of the contrast at which a voxel
//! passes where `h >= z + f t`: the candidates are the disc of radius `sqrt(R^2 - (z + f t)^2)`. In the
//! middle slice both halves count: `h >= f t / 2`.
//! The slice below the middle is the mirror image of the one above. All numbers follow by hand.

use std::f64::consts::{PI, SQRT_2};

use crate::{
    Check, EVERYTHING, Header, Measure, Phantom, Tolerance,
    catalog::Entry,
    object::{Material, Object, Shape, column},
    regions::{Region, RegionShape, to_json},
    scanner::{Scanner, TubeVoltage},
    slab::weight,
    volume::as_f64,
};

const RADIUS_MM: f64 = 12.0;
const SPHERE_HU: f64 = 490.0;
const BACKGROUND_HU: f64 = 40.0;
const INCREMENT_MM: f64 = 3.0;
const PIXEL_MM: f64 = 0.25;
/// A voxel passes 130 HU when the sphere fills (130 - 40) / (490 - 40) of it.
const PASSING_PART: f64 = 0.2;

/// The candidates of one slice in the limit of small pixels.
struct Disc {
    radius_mm: f64,
    weight: f64,
}

pub(crate) fn phantom(entry: &Entry) -> Phantom {
    let scanner = Scanner {
        shape: [24, 192, 192],
        spacing_mm: [INCREMENT_MM, PIXEL_MM, PIXEL_MM],
        slice_thickness_mm: INCREMENT_MM,
        psf_fwhm_mm: 0.0,
        noise_sd_hu: 0.0,
        start_mm: -12.0 * INCREMENT_MM,
        voltage: TubeVoltage::Kv120,
        seed: 0,
    };
    let ball = Shape::Sphere { centre: [0.0; 3], radius: RADIUS_MM };
    let objects = [
        column([0.0, 0.0], [22.0, 22.0], BACKGROUND_HU),
        Object { shape: ball, material: Material::Hu(SPHERE_HU) },
    ];
    let reach = RADIUS_MM + 4.0;
    let shape = RegionShape::CylinderLpsMm { from: [0.0, 0.0, -reach], to: [0.0, 0.0, reach], radius: reach };
    Phantom {
        name: entry.name,
        about: entry.about,
        volume: scanner.scan(&objects),
        header: Header::named(entry.name),
        regions_json: Some(to_json(vec![Region { name: "Sphere".into(), shape, slices: None }])),
        labels: None,
        mass_factor: None,
        checks: ["Sphere", EVERYTHING].into_iter().flat_map(checks).collect(),
    }
}

/// The discs of the slices, from the middle one upwards and, but for that, downwards.
fn discs() -> Vec<Disc> {
    let contrast = SPHERE_HU - BACKGROUND_HU;
    let mut discs =
        vec![Disc { radius_mm: rim(0.5 * PASSING_PART * INCREMENT_MM), weight: weight(SPHERE_HU) }];
    for slice in 1.. {
        let lower = (as_f64(slice) - 0.5) * INCREMENT_MM;
        let filled = ((RADIUS_MM - lower) / INCREMENT_MM).min(1.0);
        if filled < PASSING_PART {
            break;
        }
        for _ in 0..2 {
            let radius_mm = rim(lower + PASSING_PART * INCREMENT_MM);
            discs.push(Disc { radius_mm, weight: weight(BACKGROUND_HU + contrast * filled) });
        }
    }
    discs
}

/// Distance from the axis at which the sphere is as high as `height_mm`.
fn rim(height_mm: f64) -> f64 {
    (RADIUS_MM * RADIUS_MM - height_mm * height_mm).sqrt()
}

/// Score and volume, with every disc a pixel diagonal larger or smaller: half a diagonal because a pixel is
/// an average, half because pixels are counted by their centres.
fn checks(region: &'static str) -> [Check; 2] {
    let sum = |change_mm: f64, of: fn(&Disc) -> f64| -> f64 {
        let area = |disc: &Disc| PI * (disc.radius_mm + change_mm) * (disc.radius_mm + change_mm);
        discs().iter().map(|disc| area(disc) * of(disc)).sum()
    };
    let diagonal = PIXEL_MM * SQRT_2;
    let check = |measure, truth: Option<f64>, of: fn(&Disc) -> f64| {
        let expected = sum(0.0, of);
        Check {
            region: region.into(),
            measure,
            truth: truth.unwrap_or(expected),
            expected,
            tolerance: Tolerance { low: sum(-diagonal, of), high: sum(diagonal, of) },
            reason: "closed form of ideal slices; bounds: each disc one pixel diagonal larger or smaller"
                .into(),
        }
    };
    let volume = 4.0 / 3.0 * PI * RADIUS_MM * RADIUS_MM * RADIUS_MM;
    // The increment is the 3 mm of the score, so that area times weight is the score.
    [
        check(Measure::Agatston, None, |disc| disc.weight),
        check(Measure::VolumeMm3, Some(volume), |_| INCREMENT_MM),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: r^2 is 144 less 0.3^2, 2.1^2, 5.1^2, 8.1^2, 11.1^2, the last slice is half full (265 HU,
    /// weight 2): pi (4 (143.91 + 2 (139.59 + 117.99 + 78.39)) + 2 * 2 * 20.79) = 3346.56 pi.
    #[test]
    fn the_closed_form() {
        let [agatston, volume] = checks("Sphere");
        assert!((agatston.expected - 3346.56 * PI).abs() < 1e-6, "{}", agatston.expected);
        let squares = 143.91 + 2.0 * (139.59 + 117.99 + 78.39 + 20.79);
        assert!((volume.expected - 3.0 * PI * squares).abs() < 1e-6);
        assert!((volume.truth - 7_238.229_473_870_882).abs() < 1e-6, "4/3 pi 12^3");
    }
}
