//! What is measured around a lesion, by hand arithmetic on small grids.

use crate::support::{SLOPE, Scored, assign, candidates, score_assigned, score_volume};
use agatston_core::{Crop, CropBox, CropMeasures, Plane, Protocol, Rod, Rods};
use agatston_phantom::Volume;
use ndarray::{Array3, Axis, s};

/// Soft tissue of 40 HU, pixels of 0.5 mm, slices of 3 mm, with a plaque of 4 x 4 pixels of the given HU a slice from
/// slice 2 on; around it a margin wider than any crop.
fn plaque(hu: &[f64]) -> Volume {
    let mut volume = Volume::filled([hu.len() + 4, 40, 40], [3.0, 0.5, 0.5], 40.0);
    for (z, hu) in (2..).zip(hu) {
        volume.hu.slice_mut(s![z, 18..22, 18..22]).fill(*hu);
    }
    volume
}

/// Every lesion's crop, read as the engine reads it: whole planes, one after another.
fn measured(volume: &Volume, rods: &Rods) -> Vec<CropMeasures> {
    let protocol = Protocol::STANDARD;
    let candidates = candidates(volume, &protocol);
    let Scored { foci, lesions, .. } = score_assigned(&candidates, &assign(&candidates, None), &protocol);
    #[expect(clippy::cast_possible_truncation, reason = "test values fit")]
    let stored: Array3<i16> = volume.hu.mapv(|hu| (hu / SLOPE).round() as i16);
    let slices = u16::try_from(stored.len_of(Axis(0))).unwrap();
    let measure = |lesion| {
        let mut crop = Crop::new(CropBox::around(lesion, &candidates.geometry, slices), &candidates.rescale);
        for (slice, plane) in (0..).zip(stored.axis_iter(Axis(0))) {
            crop.take(slice, &Plane { stored: plane, padding: None });
        }
        let geometry = &candidates.geometry;
        crop.measure(lesion, &agatston_core::CropBasis { foci: &foci, geometry, protocol: &protocol, rods })
    };
    lesions.iter().map(measure).collect()
}

fn one(volume: &Volume) -> CropMeasures {
    let all = measured(volume, &Rods::default());
    assert_eq!(all.len(), 1);
    all[0]
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found}, not {expected}");
}

/// A voxel is 0.75 mm3, the plaque 16 of them a slice. Layers are 0.5 mm, so a slice has 6. From 220 HU to 40 HU a sixth
/// of the way is 30 HU: 190, 160, 130 pass, 100 does not. So one slice counts its plane and three layers on either side:
/// 7 sixths. Two slices have 5 layers between them, all of which pass: 2 + 5 + 3 + 3 = 13 sixths.
#[test]
fn interpolated_volume() {
    near(one(&plaque(&[220.0])).interpolated_mm3, 16.0 * 0.75 * 7.0 / 6.0);
    near(one(&plaque(&[220.0, 220.0])).interpolated_mm3, 16.0 * 0.75 * 13.0 / 6.0);
    // 130 HU falls below the threshold at once: the plane alone.
    near(one(&plaque(&[130.0])).interpolated_mm3, 16.0 * 0.75 / 6.0);
}

/// At the lowest slice of the series half a slice of the same is below: 2.5 layers, and 3 above the plane itself.
#[test]
fn interpolated_volume_at_the_end_of_the_series() {
    let volume = plaque(&[220.0]);
    let lowest = Volume { hu: volume.hu.slice(s![2.., .., ..]).to_owned(), ..volume };
    near(one(&lowest).interpolated_mm3, 16.0 * 0.75 * (1.0 + 2.5 + 3.0) / 6.0);
}

/// Background 40 and peak 640 make a level of 340 HU: the core of 2 x 2 pixels alone, in one slice; and with a rim at
/// just 340 HU all 16 pixels.
#[test]
fn half_maximum_volume() {
    let with_rim = |rim: f64| {
        let mut volume = plaque(&[rim]);
        volume.hu.slice_mut(s![2, 19..21, 19..21]).fill(640.0);
        one(&volume)
    };
    assert_eq!(with_rim(339.75).background_hu, Some(40.0));
    assert_eq!(with_rim(339.75).half_maximum_mm3, Some(4.0 * 0.75));
    assert_eq!(with_rim(340.0).half_maximum_mm3, Some(16.0 * 0.75));
}

/// A faint plaque: the level is 105 HU, under the threshold, so tissue beside and above it counts where it joins; what
/// does not join, or is over 2 mm away, does not.
#[test]
fn half_maximum_below_the_threshold() {
    let mut volume = plaque(&[170.0]);
    volume.hu[[2, 18, 22]] = 105.0; // beside
    volume.hu[[3, 18, 18]] = 110.0; // above
    volume.hu[[2, 18, 24]] = 120.0; // apart
    volume.hu.slice_mut(s![2, 22..30, 19]).fill(110.0); // a bridge of 4 mm, of which 2 mm are near
    near(one(&volume).half_maximum_mm3.unwrap(), (16.0 + 1.0 + 1.0 + 4.0) * 0.75);
}

/// The half maximum of a plaque stays what it is when the plaque gets denser, and the volume at the threshold does not: an
/// edge of 0.45 of the contrast is under the half maximum at any density, and over 130 HU from 240 HU on; an edge of 0.55 is
/// in both.
#[test]
fn half_maximum_does_not_grow_with_density() {
    let blurred = |hu: f64, part: f64| {
        let mut volume = plaque(&[hu]);
        let edge = 40.0 + part * (hu - 40.0);
        for i in 17..23 {
            for at in [[2, 17, i], [2, 22, i], [2, i, 17], [2, i, 22]] {
                volume.hu[at] = edge;
            }
        }
        let at_threshold = score_volume(&volume, None, &Protocol::STANDARD).volume_mm3();
        (one(&volume).half_maximum_mm3.unwrap(), at_threshold)
    };
    let (core, whole) = (16.0 * 0.75, 36.0 * 0.75);
    for (hu, part, expected) in [
        (220.0, 0.45, (core, core)), // the edge has 121 HU
        (600.0, 0.45, (core, whole)),
        (1200.0, 0.45, (core, whole)),
        (600.0, 0.55, (whole, whole)),
        (1200.0, 0.55, (whole, whole)),
    ] {
        assert_eq!(blurred(hu, part), expected, "{hu} {part}");
    }
}

/// Another lesion 3 mm away is no background, and no part of the half maximum.
#[test]
fn neighbours_are_kept_apart() {
    let mut volume = plaque(&[240.0]);
    volume.hu.slice_mut(s![2, 16..24, 26..36]).fill(900.0);
    let all = measured(&volume, &Rods::default());
    assert_eq!(all.len(), 2);
    let small = all.iter().find(|m| m.half_maximum_mm3 == Some(16.0 * 0.75)).unwrap();
    assert_eq!(small.background_hu, Some(40.0));
}

/// A lesion that fills the image has no background: null, not a guess.
#[test]
fn no_background_no_half_maximum() {
    let volume = Volume::filled([1, 10, 10], [3.0, 0.5, 0.5], 500.0);
    let measures = one(&volume);
    assert_eq!(measures.background_hu, None);
    assert_eq!(measures.half_maximum_mm3, None);
}

/// A rod of 290 HU is 200 mg/cm3; the plaque of 16 voxels at 290 HU against 40 HU is 16 voxels of it. Half a voxel of
/// calcium beside it, under the threshold, is half a voxel more.
#[test]
fn partial_volume_aware_mass() {
    let rod = Rod { mean_hu: 290.0, sd_hu: 10.0, ha_mg_cm3: 200.0 };
    let rods = Rods { calcium: Some(rod), at_100_mg_cm3: None };
    let mut volume = plaque(&[290.0]);
    let of = |volume: &Volume| measured(volume, &rods)[0].partial;
    near(of(&volume).fraction_mm3.unwrap(), 16.0 * 0.75);
    near(of(&volume).integrated_mg.unwrap(), 16.0 * 0.75 * 0.2);
    assert_eq!(of(&volume).spatially_weighted, None);
    volume.hu[[2, 17, 18]] = 40.0 + 0.5 * 160.0; // 120 HU: 80 / 250 of a voxel
    near(of(&volume).fraction_mm3.unwrap(), (16.0 + 80.0 / 250.0) * 0.75);
}
