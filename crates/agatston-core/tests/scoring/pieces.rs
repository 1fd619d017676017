//! Components come after assignment: label borders, withheld foci, volume thresholds, threads.

use crate::support::{assign, candidates, score_assigned, score_volume};
use agatston_core::{Artery, Assigned, Protocol, Region, Scale, Standing, measured_segments, withheld_foci};
use agatston_phantom::Volume;
use ndarray::s;

fn block(shape: [usize; 3]) -> Volume {
    Volume::filled(shape, [3.0, 0.5, 0.5], 30.0)
}

/// One plaque of 2 x 10 pixels at 150 HU with a core of 450 HU in its left half, cut in mid-run between LM and
/// LAD: 8 pixels x 0.25 mm2 x 4 = 8 for LM, 12 x 0.25 x 1 = 3 for LAD; uncut it would be 20 x 0.25 x 4 = 20.
#[test]
fn a_plaque_cut_in_mid_run_between_lm_and_lad() {
    let mut volume = block([3, 8, 16]);
    volume.hu.slice_mut(s![1, 3..5, 2..12]).fill(150.0);
    volume.hu[[1, 3, 3]] = 450.0;
    let candidates = candidates(&volume, &Protocol::STANDARD);
    let cut = Assigned::by_voxel(&candidates, vec![], |_, _, column| {
        Some(Region::Artery(if column < 6 { Artery::Lm } else { Artery::Lad }))
    });
    assert_eq!(cut.listed().unwrap().len(), 4, "two runs, each cut in two");
    let scored = score_assigned(&candidates, &cut, &Protocol::STANDARD);
    let agatston = |artery| scored.score.region(Region::Artery(artery)).measures(&scored.scale).agatston;
    assert_eq!((agatston(Artery::Lm), agatston(Artery::Lad)), (8.0, 3.0));
    assert_eq!(scored.lesions.len(), 2, "arteries do not join");
    assert_eq!(scored.agatston(), 11.0, "arteries add up to the total");
}

#[test]
fn what_is_not_assigned_or_not_coronary_is_counted_but_not_scored() {
    let mut volume = block([1, 8, 16]);
    volume.hu.slice_mut(s![0, 1..3, 1..5]).fill(150.0); // not coronary: 8 pixels
    volume.hu.slice_mut(s![0, 5..7, 1..5]).fill(150.0); // unassigned: 8 pixels
    volume.hu[[0, 1, 10]] = 500.0; // an artery's single pixel, below the smallest focus
    let candidates = candidates(&volume, &Protocol::STANDARD);
    let assigned = Assigned::by_voxel(&candidates, vec![], |_, row, column| match (row, column) {
        (_, 10) => Some(Region::Artery(Artery::Rca)),
        (..3, _) => Some(Region::NotCoronary),
        _ => None,
    });
    let scored = score_assigned(&candidates, &assigned, &Protocol::STANDARD);
    assert!(scored.score.regions.is_empty() && scored.lesions.is_empty());
    assert_eq!((scored.score.withheld.not_coronary.foci, scored.score.withheld.not_coronary.pixels), (1, 8));
    assert_eq!(scored.score.withheld.unassigned_voxels, 8);
    assert_eq!(scored.score.withheld.below_minimum[&Region::Artery(Artery::Rca)].pixels, 1);
    let withheld = withheld_foci(&candidates, &assigned, &Protocol::STANDARD);
    let measured = measured_segments(&candidates, &assigned, &Protocol::STANDARD);
    assert!(measured[0].is_empty(), "what does not count has no volume");
    let listed: Vec<_> = withheld.iter().map(|f| (f.standing, f.seed, f.pixels)).collect();
    assert_eq!(listed, [(Standing::NotCoronary, (1, 1), 8), (Standing::BelowMinimum, (1, 10), 1)]);
}

/// With a volume threshold of 112.5 HU, voxels around a focus count for volume and mass but not for the score:
/// 2 x 4 pixels of 150 HU in a rim of 120 HU (4 x 6 pixels in all).
#[test]
fn a_lower_volume_threshold_widens_volume_only() {
    let mut volume = block([1, 10, 16]);
    volume.hu.slice_mut(s![0, 2..6, 2..8]).fill(120.0);
    volume.hu.slice_mut(s![0, 3..5, 3..7]).fill(150.0);
    volume.hu.slice_mut(s![0, 8..10, 2..8]).fill(120.0); // reaches no threshold of a score: not measured
    let protocol = Protocol { volume_threshold_hu: Some(112.5), ..Protocol::STANDARD };
    let scored = score_volume(&volume, None, &protocol);
    assert_eq!(scored.agatston(), 8.0 * 0.25);
    assert_eq!(scored.volume_mm3(), 24.0 * 0.25 * 3.0);
    let mass = Scale { mass_factor: Some(1.0), ..scored.scale };
    let tally = scored.score.region(Region::Named(1));
    let sum_hu = 8.0 * 150.0 + 16.0 * 120.0; // HU times voxels
    assert_eq!(tally.measures(&mass).mass_mg, Some(sum_hu / 24.0 * 18.0 / 1000.0));
    assert_eq!(scored.score.withheld.unassigned_voxels, 0);
    // The voxels of the volume are the rows of the rim, whole, and nothing of the block that reaches no threshold.
    let candidates = candidates(&volume, &protocol);
    let measured = measured_segments(&candidates, &assign(&candidates, None), &protocol);
    let places: Vec<_> = measured[0].iter().map(|s| (s.row(), s.start(), s.end(), s.focus)).collect();
    assert_eq!(places, [(2, 2, 8, 0), (3, 2, 8, 0), (4, 2, 8, 0), (5, 2, 8, 0)]);
}

/// Two foci inside one wide component: the denser one measures it, the other nothing, and no voxel counts twice.
#[test]
fn a_shared_wide_component_is_measured_once() {
    let mut volume = block([1, 8, 16]);
    volume.hu.slice_mut(s![0, 2..4, 2..14]).fill(120.0);
    volume.hu.slice_mut(s![0, 2..4, 3..5]).fill(150.0);
    volume.hu.slice_mut(s![0, 2..4, 10..12]).fill(250.0);
    let protocol = Protocol { volume_threshold_hu: Some(112.5), ..Protocol::STANDARD };
    let scored = score_volume(&volume, None, &protocol);
    let voxels: Vec<u64> = scored.score.lesions.iter().map(|l| l.tally.volume_voxels).collect();
    assert_eq!(voxels, [0, 24]);
    let candidates = candidates(&volume, &protocol);
    let measured = measured_segments(&candidates, &assign(&candidates, None), &protocol);
    let places: Vec<_> = measured[0].iter().map(|s| (s.row(), s.start(), s.end(), s.focus)).collect();
    assert_eq!(places, [(2, 2, 14, 1), (3, 2, 14, 1)], "all of it is the denser one's");
}

/// Withheld foci bridge nothing: two plaques two slices apart with a speck between them stay two lesions.
#[test]
fn a_withheld_focus_bridges_nothing() {
    let mut volume = block([3, 8, 8]);
    volume.hu.slice_mut(s![0, 2..5, 2..5]).fill(200.0);
    volume.hu[[1, 3, 3]] = 500.0;
    volume.hu.slice_mut(s![2, 2..5, 2..5]).fill(200.0);
    assert_eq!(score_volume(&volume, None, &Protocol::STANDARD).lesions.len(), 2);
    volume.hu.slice_mut(s![1, 3..5, 3..5]).fill(500.0);
    assert_eq!(score_volume(&volume, None, &Protocol::STANDARD).lesions.len(), 1);
}

/// The seed names the lesion: first pixel in reading order of the lowest focus.
#[test]
fn geometry_of_a_lesion() {
    let mut volume = block([4, 10, 10]);
    volume.hu.slice_mut(s![1, 4..6, 2..4]).fill(200.0);
    volume.hu.slice_mut(s![2, 5..7, 3..5]).fill(300.0);
    let scored = score_volume(&volume, None, &Protocol::STANDARD);
    let [lesion] = &scored.lesions[..] else { panic!("one lesion") };
    assert_eq!(lesion.seed, [1, 4, 2]);
    assert_eq!(lesion.peak_hu, 300.0);
    assert_eq!(lesion.bounding_box, [[1, 4, 2], [2, 6, 4]]);
    assert_eq!(lesion.centroid_index, [1.5, 5.0, 3.0]);
    // Corners (4, 2) and (7, 5), in pixels of 0.5 mm; two slices 3 mm apart and 3 mm thick.
    assert!((lesion.size.caliper_mm - 1.5 * 2f64.sqrt()).abs() < 1e-12);
    assert_eq!(lesion.size.z_extent_mm, [0.0, 6.0]);
}

#[test]
fn any_number_of_threads_gives_the_same() {
    let mut volume = block([12, 40, 40]);
    for (i, hu) in volume.hu.iter_mut().enumerate() {
        *hu = [30.0, 131.0, 250.0, 30.0, 420.0][(i * 7919) % 5 * usize::from(i % 11 != 0)];
    }
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let candidates = candidates(&volume, &Protocol::STANDARD);
            let scored = score_assigned(&candidates, &assign(&candidates, None), &Protocol::STANDARD);
            (scored.foci, scored.lesions, scored.score)
        })
    };
    let one = run(1);
    assert!(one.0.iter().count() > 100);
    assert_eq!(one, run(2));
    assert_eq!(one, run(8));
}
