//! The chest on small grids. Expected values come from the parameters, from geometry, or from the oracle.

use dicom_dictionary_std::tags;
use dicom_object::open_file;
use ndarray::s;

use super::*;
use crate::oracle::{self, Rules};

/// A coarse scan of a seed: thick slices, large pixels, the whole trunk.
fn coarse(seed: u64) -> ChestParameters {
    ChestParameters {
        matrix: 96,
        field_mm: 360.0,
        increment_mm: 5.0,
        phase_mm: 0.0,
        ..ChestParameters::seeded(seed)
    }
}

/// A scan of the heart in pixels of about a millimetre.
fn heart(seed: u64, burden: Burden) -> ChestParameters {
    ChestParameters {
        matrix: 224,
        field_mm: 220.0,
        increment_mm: 3.0,
        burden,
        ..ChestParameters::seeded(seed)
    }
}

fn scan(parameters: ChestParameters) -> ChestScan {
    Chest::new(parameters).scan()
}

/// Mean and standard deviation of the voxels within `share` of the radius of a disc.
fn within(scan: &ChestScan, discs: &[Option<Disc>], share: f64) -> (f64, f64) {
    let (volume, mut values) = (scan.volume(), Vec::new());
    for ([z, y, x], hu) in volume.hu.indexed_iter().map(|((z, y, x), hu)| ([z, y, x], hu)) {
        let [left, back, _] = volume.centre_lps_mm([z, y, x]);
        if let Some(disc) = discs[z] {
            let [dx, dy] = [left - disc.centre_mm[0], back - disc.centre_mm[1]];
            if dx * dx + dy * dy < (share * disc.radius_mm) * (share * disc.radius_mm) {
                values.push(*hu);
            }
        }
    }
    let count = crate::volume::as_f64(values.len());
    let mean = values.iter().sum::<f64>() / count;
    (mean, (values.iter().map(|hu| (hu - mean) * (hu - mean)).sum::<f64>() / count).sqrt())
}

#[test]
fn a_seed_always_comes_to_the_same_scan() {
    assert_eq!(scan(coarse(3)), scan(coarse(3)));
    assert_ne!(scan(coarse(3)).stored, scan(coarse(4)).stored);
}

/// The score per artery is the oracle's over the whole labelled image, and the total their sum.
#[test]
fn the_truth_is_the_oracles() {
    let scan = scan(heart(2, Burden::Severe));
    let score = oracle::score(&scan.volume(), Some(&scan.labels()), &Rules::default());
    let of = |artery: Artery| score.totals.get(&artery.label()).map_or(0.0, |totals| totals.agatston);
    for artery in Artery::ALL {
        assert!((of(artery) - scan.truth.agatston(Some(artery))).abs() < 1e-9, "{artery:?}");
    }
    let sum: f64 = Artery::ALL.iter().map(|artery| scan.truth.agatston(Some(*artery))).sum();
    assert!(sum > 100.0 && (sum - scan.truth.agatston(None)).abs() < 1e-9, "{sum}");
    assert!(scan.truth.voxels.iter().all(|voxel| scan.lps()[voxel.index] >= 130));
}

/// A plaque is at most 1.6 mm thick and lies in the wall of its artery, and the arteries begin at the root and end on
/// the heart.
#[test]
fn plaques_lie_in_their_artery() {
    for seed in 0..20 {
        let chest = Chest::new(ChestParameters { burden: Burden::Severe, ..coarse(seed) });
        for plaque in chest.plaques() {
            let Some(artery) = plaque.artery() else { continue };
            for [x, y, z, thick] in &plaque.beads {
                let off = |sample: &[f64; 4]| {
                    let [dx, dy, dz] = [x - sample[0], y - sample[1], z - sample[2]];
                    (dx * dx + dy * dy + dz * dz).sqrt() - sample[3]
                };
                let nearest = chest.course(artery).iter().map(off).fold(f64::INFINITY, f64::min);
                assert!(nearest < 0.0 && *thick <= 1.6, "{seed} {artery:?} {nearest}");
            }
        }
    }
}

/// Ends of the arteries against the ostium of the left main artery: the anterior one at the apex, to the left, in front
/// and below; the circumflex behind; the right one below and behind, at the crux.
#[test]
fn arteries_go_where_they_belong() {
    for seed in 0..20 {
        let chest = Chest::new(coarse(seed));
        let from = chest.left_ostium();
        let end = |artery: Artery| {
            let [x, y, z, _] = chest.course(artery)[chest.course(artery).len() - 1];
            [x - from[0], y - from[1], z - from[2]]
        };
        let [x, y, z] = end(Artery::Lad);
        assert!(x > 30.0 && y < -15.0 && z < -55.0, "{seed} LAD {x} {y} {z}");
        let [x, y, z] = end(Artery::Lcx);
        assert!(x > -12.0 && y > 15.0 && z < -25.0, "{seed} LCX {x} {y} {z}");
        let [x, y, z] = end(Artery::Rca);
        assert!((-35.0..5.0).contains(&x) && y > 0.0 && z < -35.0, "{seed} RCA {x} {y} {z}");
        let trunk = chest.courses[0].length_mm();
        assert!((7.0..15.0).contains(&trunk), "{seed} LM {trunk}");
    }
}

#[test]
fn without_plaques_there_is_nothing_to_find() {
    let scan = scan(heart(5, Burden::None));
    assert_eq!(scan.truth.agatston(None), 0.0);
    assert!(scan.labels().iter().all(|label| *label == 0));
}

/// Blood is as asked, and so is the noise in it. The rim of the aorta is left out.
#[test]
fn blood_and_noise_are_as_asked() {
    let parameters =
        ChestParameters { blood_hu: 41.0, noise_sd_hu: 14.0, other_calcium: false, ..heart(6, Burden::None) };
    let scan = scan(parameters);
    let (mean, sd) = within(&scan, &scan.truth.descending, 0.6);
    assert!((mean - 41.0).abs() < 1.0 && (sd - 14.0).abs() < 0.7, "{mean} {sd}");
}

/// The variants change what they name.
#[test]
fn variants() {
    let of = |variant| {
        scan(ChestParameters { variant, noise_sd_hu: 1.0, table: false, other_calcium: false, ..coarse(7) })
    };
    let heights = |scan: &ChestScan| {
        let low = scan.origin_lps_mm[2];
        [low, low + 5.0 * crate::volume::as_f64(scan.stored.dim().0 - 1)]
    };
    assert!(heights(&of(Variant::UpperChest))[0] > 30.0);
    assert!(heights(&of(Variant::Abdomen))[1] < -120.0);
    assert!(heights(&of(Variant::CutBelow))[0] > -50.0);
    assert!(heights(&of(Variant::CutAbove))[1] < -15.0);
    let contrast = of(Variant::Contrast);
    let (mean, _) = within(&contrast, &contrast.truth.ascending, 0.5);
    assert!((250.0..350.0).contains(&mean), "{mean}");
    let air = |scan: &ChestScan| scan.stored.iter().filter(|hu| (-950..-700).contains(*hu)).count();
    let (whole, one) = (air(&of(Variant::Whole)), air(&of(Variant::OneLung)));
    assert!(one * 10 < whole * 7 && one * 10 > whole * 3, "{one} {whole}");
    for metal in [Metal::Lead, Metal::SternalWires] {
        assert!(of(Variant::Metal(metal)).stored.iter().any(|hu| *hu > 700), "{metal:?}");
    }
    let whole = of(Variant::Whole).origin_lps_mm;
    assert!(of(Variant::FieldEdge).origin_lps_mm[0] < whole[0] - 40.0);
    assert!(of(Variant::Head).truth.plaques.is_empty());
}

/// Poses store the same chest in another order; only the table moves when the patient is turned over.
#[test]
fn poses_store_the_same_chest() {
    let of = |pose| scan(ChestParameters { pose, table: false, ..coarse(8) });
    let supine = of(Pose::Supine);
    for pose in [Pose::Prone, Pose::FeetFirst, Pose::Mirrored] {
        let turned = of(pose);
        assert_eq!(turned.lps(), supine.stored, "{pose:?}");
        assert_ne!(turned.stored, supine.stored, "{pose:?}");
        assert_eq!(turned.truth.voxels, supine.truth.voxels);
    }
}

/// PS3.3 C.7.6.2.1.1: the position is that of the first stored voxel, the orientation the way of row and column. A
/// prone patient is stored from the left back corner.
#[test]
fn a_prone_series_reads_back() {
    let scan = scan(ChestParameters { pose: Pose::Prone, matrix: 32, ..coarse(9) });
    let folder = tempfile::tempdir().unwrap();
    let paths = scan.write(folder.path()).unwrap();
    let object = open_file(&paths[0]).unwrap();
    let numbers = |tag| object.element(tag).unwrap().to_multi_float64().unwrap();
    assert_eq!(numbers(tags::IMAGE_ORIENTATION_PATIENT), [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0]);
    let last = scan.volume().centre_lps_mm([0, 31, 31]);
    let position = numbers(tags::IMAGE_POSITION_PATIENT);
    assert!((0..3).all(|axis| (position[axis] - last[axis]).abs() < 1e-9), "{position:?} {last:?}");
    let stored = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<i32>().unwrap();
    assert_eq!(stored[0] - 1024, i32::from(scan.lps()[[0, 31, 31]]));
}

/// A crop keeps the voxels it keeps, an offset adds to all that do not reach the end of the scale, and a scan that
/// begins higher has the same slices.
#[test]
fn crop_offset_and_coverage_leave_the_rest_alone() {
    let full = ChestParameters { table: false, ..coarse(10) };
    let image = scan(full.clone()).stored;
    let cropped = scan(ChestParameters { crop_voxels: 3, ..full.clone() });
    assert_eq!(cropped.stored, image.slice(s![.., 3..93, 3..93]));
    let field = scan(ChestParameters { crop_mm: Some(300.0), ..full.clone() });
    assert_eq!(field.stored.dim().1, 80, "300 of 360 mm in pixels of 3.75 mm");
    let raised = scan(ChestParameters { offset_hu: 10.0, ..full.clone() });
    let mut pairs = raised.stored.iter().zip(&image).filter(|(_, hu)| **hu > -900);
    assert!(pairs.all(|(raised, hu)| (raised - hu - 10).abs() <= 1));
    let coverage = Coverage { below_mm: full.coverage.below_mm - 20.0, ..full.coverage };
    let higher = scan(ChestParameters { coverage, ..full }).stored;
    assert_eq!(higher, image.slice(s![4.., .., ..]));
}

/// The catalogue's chest has calcium in its label map, all of it at 130 HU and more.
#[test]
fn the_chest_of_the_catalogue() {
    let phantom = crate::catalog::build("chest").unwrap();
    let labels = phantom.labels.unwrap();
    assert_eq!((labels.labels.dim(), labels.scheme), (phantom.volume.hu.dim(), "agatston"));
    let marked = labels.labels.iter().zip(&phantom.volume.hu).filter(|(label, _)| **label > 0);
    assert!(marked.clone().count() > 50 && marked.map(|(_, hu)| hu).all(|hu| *hu >= 130.0));
}
