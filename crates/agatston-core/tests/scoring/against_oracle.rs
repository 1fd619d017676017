//! Random volumes with random labels under random protocols: the scorer equals the oracle, focus by focus.

use crate::support::{SLOPE, candidates, score_volume};
use agatston_core::{
    Assigned, Comparison, Connectivity, LesionConnectivity, Peak, Protocol, Region, SliceScaling,
    SmallestFocus, foci, withheld_foci,
};
use agatston_phantom::{Volume, oracle};
use ndarray::Array3;
use proptest::prelude::*;

prop_compose! {
    /// Small and dense, so that corners, cuts and contacts across slices are common; HU in quarters.
    fn volumes()(z in 1usize..5, y in 1usize..8, x in 1usize..80)(
        quarters in prop::collection::vec(prop_oneof![
            4 => Just(120i16), 2 => Just(519), 4 => Just(520), 2 => Just(521), 2 => Just(799), 2 => Just(800),
            1 => 1190i16..1210, 1 => 1590i16..1610,
        ], z * y * x),
        labels in prop::collection::vec(prop_oneof![1 => Just(0u8), 6 => Just(1), 2 => Just(2)], z * y * x),
        spacing in (prop_oneof![Just(3.0), Just(1.5), 0.5..4.0], 0.3..1.2, 0.3..1.2),
        shape in Just([z, y, x]),
    ) -> (Volume, Array3<u8>) {
        let hu = quarters.into_iter().map(|q| f64::from(q) * SLOPE).collect();
        let mut volume = Volume::filled(shape, [spacing.0, spacing.1, spacing.2], 0.0);
        volume.hu = Array3::from_shape_vec(shape, hu).unwrap();
        (volume, Array3::from_shape_vec(shape, labels).unwrap())
    }
}

prop_compose! {
    fn protocols()(
        above in any::<bool>(), eight in any::<bool>(), scaled in any::<bool>(), lesion_peak in any::<bool>(),
        smallest in 0usize..3, lesions in 0usize..3,
    ) -> (Protocol, oracle::Rules) {
        let protocol = Protocol {
            comparison: if above { Comparison::Above } else { Comparison::AtLeast },
            connectivity: if eight { Connectivity::Eight } else { Connectivity::Four },
            smallest_focus: [
                SmallestFocus::None,
                SmallestFocus::AreaMm2 { bound: 1.0, inclusive: true },
                SmallestFocus::Pixels { bound: 3, inclusive: true },
            ][smallest],
            peak: if lesion_peak { Peak::Lesion } else { Peak::Focus },
            slice_scaling: if scaled { SliceScaling::IncrementOver3Mm } else { SliceScaling::None },
            lesion_connectivity:
                [LesionConnectivity::Six, LesionConnectivity::Eighteen, LesionConnectivity::TwentySix][lesions],
            ..Protocol::STANDARD
        };
        let rules = oracle::Rules {
            comparison: if above { oracle::Comparison::Above } else { oracle::Comparison::AtLeast },
            pixels: if eight { oracle::PixelConnectivity::Eight } else { oracle::PixelConnectivity::Four },
            smallest: [
                oracle::SmallestFocus::Any, oracle::SmallestFocus::AreaMm2(1.0), oracle::SmallestFocus::Pixels(3),
            ][smallest],
            peak: if lesion_peak { oracle::Peak::Lesion } else { oracle::Peak::Focus },
            slice_scaling: scaled,
            lesions: [
                oracle::LesionConnectivity::Six,
                oracle::LesionConnectivity::Eighteen,
                oracle::LesionConnectivity::TwentySix,
            ][lesions],
            ..oracle::Rules::default()
        };
        (protocol, rules)
    }
}

/// `cases(quick, full)`: how often a costly property is tried.
fn cases(quick: u32, full: u32) -> ProptestConfig {
    let all = std::env::var_os("AGATSTON_FULL").is_some_and(|v| v == "1");
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(if all { full } else { quick }) }
}

proptest! {
    #![proptest_config(cases(300, 5000))]

    #[test]
    fn equals_the_oracle((volume, labels) in volumes(), (protocol, rules) in protocols()) {
        let ours = score_volume(&volume, Some(&labels), &protocol);
        let theirs = oracle::score(&volume, Some(&labels), &rules);
        for region in [1u8, 2] {
            let tally = ours.score.region(Region::Named(u16::from(region)));
            let totals = theirs.totals.get(&region).cloned().unwrap_or_default();
            prop_assert_eq!(tally.pixels, totals.pixels as u64);
            prop_assert_eq!(tally.weighted_pixels, totals.weighted_pixels as u64);
            prop_assert_eq!(tally.foci, totals.foci as u64);
            prop_assert_eq!(tally.lesions, totals.lesions as u64);
            let measures = tally.measures(&ours.scale);
            prop_assert!((measures.agatston - totals.agatston).abs() <= 1e-9 * totals.agatston.max(1.0));
            prop_assert!((measures.volume_mm3 - totals.volume_mm3).abs() <= 1e-9 * totals.volume_mm3.max(1.0));
            if let (Some(a), Some(b)) = (measures.mean_hu, totals.mean_hu) {
                prop_assert!((a - b).abs() < 1e-9);
            }
            let below = ours.score.withheld.below_minimum.get(&Region::Named(u16::from(region))).copied().unwrap_or_default();
            prop_assert_eq!(below.foci, totals.foci_below_minimum as u64);
            prop_assert_eq!(below.pixels, totals.pixels_below_minimum as u64);
        }
        let scores: Vec<f64> = ours.score.lesions.iter().map(|l| l.tally.measures(&ours.scale).agatston).collect();
        prop_assert_eq!(scores.len(), theirs.lesions.len());
        for (a, b) in scores.iter().zip(&theirs.lesions) {
            prop_assert!((a - b.score).abs() <= 1e-9 * b.score.max(1.0));
        }
    }

    /// Everything in one region is the same, whether it is said once or voxel by voxel.
    #[test]
    fn everything_is_every_voxel((volume, _) in volumes(), (protocol, _) in protocols(), wide in any::<bool>()) {
        let protocol = Protocol { volume_threshold_hu: wide.then_some(112.5), ..protocol };
        let candidates = candidates(&volume, &protocol);
        let all = Assigned::everything();
        let each = Assigned::by_voxel(&candidates, vec![], |_, _, _| Some(Region::Named(0)));
        prop_assert_eq!(foci(&candidates, &all, &protocol), foci(&candidates, &each, &protocol));
        let withheld = |assigned: &Assigned| withheld_foci(&candidates, assigned, &protocol);
        prop_assert_eq!(withheld(&all), withheld(&each));
    }

    /// A voxel below the threshold adds nothing, wherever it is and whatever its label.
    #[test]
    fn a_voxel_below_the_threshold_adds_nothing((mut volume, labels) in volumes(), (protocol, _) in protocols(), low in -4000i16..519) {
        let before = score_volume(&volume, Some(&labels), &protocol).score;
        volume.hu.mapv_inplace(|hu| if hu < 130.0 { f64::from(low) * SLOPE } else { hu });
        prop_assert_eq!(before, score_volume(&volume, Some(&labels), &protocol).score);
    }

    /// Mirrored left to right, the sums are the same.
    #[test]
    fn a_mirror_changes_no_sum((mut volume, mut labels) in volumes(), (protocol, _) in protocols()) {
        let before = score_volume(&volume, Some(&labels), &protocol).score.regions;
        volume.hu.invert_axis(ndarray::Axis(2));
        labels.invert_axis(ndarray::Axis(2));
        let after = score_volume(&volume, Some(&labels), &protocol).score.regions;
        prop_assert_eq!(before.len(), after.len());
        for (a, b) in before.values().zip(after.values()) {
            prop_assert_eq!((a.lesions, a.foci, a.weighted_pixels), (b.lesions, b.foci, b.weighted_pixels));
        }
    }
}
