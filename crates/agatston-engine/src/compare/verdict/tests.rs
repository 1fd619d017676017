//! Each branch of the verdict, at numbers whose limits are hand arithmetic.

use super::*;
use crate::compare::{
    decomposition::decomposition,
    limits,
    matching::Group,
    part::change,
    placed::placed,
    record::{CountChangeRecord, ReasonRecord},
    sample::{lesion, side},
};
use crate::result::MeasuresRecord;

/// Score, volume, mass and size at half maximum of the two scans.
fn changes(score: [f64; 2], volume: [f64; 2], mass: [f64; 2], size: [Option<f64>; 2]) -> ChangesRecord {
    let both = |[b, f]: [f64; 2], limit: f64| change([Some(b), Some(f)], Some(limit));
    ChangesRecord {
        agatston: both(score, limits::agatston(score[0], score[1])),
        volume_mm3: both(volume, limits::volume_mm3(volume[0], volume[1])),
        mass_mg: both(mass, limits::mass_mg(mass[0], mass[1])),
        volume_half_maximum_mm3: change(size, None),
        area_mm2: ChangeRecord::default(),
        density: ChangeRecord::default(),
        mean_hu: change([Some(200.0), Some(260.0)], None),
        lesions: CountChangeRecord::default(),
    }
}

/// The verdict, with the decomposition that a part of these changes has; slices of 3 mm, so that no score is scaled.
fn judged(gate: &ComparabilityRecord, c: &ChangesRecord, matched: Option<&[&Matched<'_>]>) -> Verdict {
    let measures = |of: fn(&ChangeRecord) -> Option<f64>| {
        let (area_mm2, density) = (of(&c.area_mm2), of(&c.density));
        let agatston = area_mm2.zip(density).map(|(area, density)| area * density);
        MeasuresRecord {
            agatston,
            agatston_unscaled: agatston,
            area_mm2,
            density,
            ..MeasuresRecord::default()
        }
    };
    let parts = decomposition(&measures(|c| c.baseline), &measures(|c| c.followup));
    verdict(gate, c, parts.as_ref(), matched)
}

fn open() -> ComparabilityRecord {
    ComparabilityRecord { comparable: true, ..ComparabilityRecord::default() }
}

fn warned() -> ComparabilityRecord {
    let reason =
        ReasonRecord { code: "kvp_unknown".into(), message: String::new(), baseline: None, followup: None };
    ComparabilityRecord { warnings: vec![reason], ..open() }
}

/// The verdict with one lesion of this caliper in both scans, whose score changed as the total.
fn with_lesion(gate: &ComparabilityRecord, c: &ChangesRecord, caliper_mm: f64, flags: &[&str]) -> Verdict {
    let lesion = |score: Option<f64>| {
        let mut l = lesion("LAD", [0.0; 3], caliper_mm);
        l.measures.agatston = score;
        l.slices = 3;
        l.flags = flags.iter().map(|f| (*f).to_owned()).collect();
        l
    };
    let (b, f) = (side(&[lesion(c.agatston.baseline)]), side(&[lesion(c.agatston.followup)]));
    let (b, f) = (placed(&b.document), placed(&f.document));
    let matched = Matched::new(&Group { baseline: vec![0], followup: vec![0] }, &b, &f);
    judged(gate, c, Some(&[&matched]))
}

/// A lesion that was small and is large now: its size at the baseline was that of the blur.
#[test]
fn what_was_too_small_cannot_be_told_either() {
    let of = |slices| {
        let mut l = lesion("LAD", [0.0; 3], 8.0);
        l.slices = slices;
        l
    };
    let c = changes([25.0, 90.0], [25.0, 80.0], [4.0, 16.0], [Some(17.0), Some(31.0)]);
    let of_slices = |before, after| {
        let (b, mut f) = (side(&[of(before)]), side(&[of(after)]));
        f.document.lesions[0].measures.agatston = Some(200.0);
        let (b, f) = (placed(&b.document), placed(&f.document));
        let matched = Matched::new(&Group { baseline: vec![0], followup: vec![0] }, &b, &f);
        judged(&open(), &c, Some(&[&matched]))
    };
    assert_eq!(of_slices(3, 3), Verdict::Growth);
    assert_eq!(of_slices(1, 3), Verdict::GrowthOrDensification);
    assert_eq!(of_slices(3, 1), Verdict::GrowthOrDensification);
}

fn plain(score: [f64; 2], volume: [f64; 2]) -> Verdict {
    judged(&open(), &changes(score, volume, [0.0; 2], [None; 2]), None)
}

#[test]
fn what_may_not_be_compared_comes_first() {
    let c = changes([0.0; 2], [0.0; 2], [0.0; 2], [None; 2]);
    assert_eq!(judged(&ComparabilityRecord::default(), &c, None), Verdict::NotComparable);
}

/// From zero: 11.6 and 9.5 mm3 are noise still. To zero: 1.5 x 4.93 x root(54) = 54.34 is over 54, that of 55, 54.84, under 55.
#[test]
fn from_and_to_zero() {
    assert_eq!(plain([0.0; 2], [0.0; 2]), Verdict::NoCalcium);
    assert_eq!(plain([0.0, 11.6], [0.0, 9.5]), Verdict::IncidentWithinNoise);
    assert_eq!(plain([0.0, 11.7], [0.0, 9.5]), Verdict::Incident);
    assert_eq!(plain([0.0, 11.6], [0.0, 9.6]), Verdict::Incident);
    assert_eq!(plain([54.0, 0.0], [50.0, 0.0]), Verdict::WithinScanRescanNoise);
    assert_eq!(plain([55.0, 0.0], [50.0, 0.0]), Verdict::ApparentReversal);
    let c = changes([55.0, 0.0], [50.0, 0.0], [5.0, 0.0], [None; 2]);
    assert_eq!(judged(&warned(), &c, None), Verdict::ChangedUnclassified);
}

/// 400 against 301.4 is 98.6, just the limit at 400; 400 mm3 against 331.1 is 68.9, just the limit.
#[test]
fn within_noise_up_to_the_limit() {
    assert_eq!(plain([400.0, 302.0], [400.0, 332.0]), Verdict::WithinScanRescanNoise);
    assert_eq!(plain([400.0, 301.0], [400.0, 400.0]), Verdict::ChangedUnclassified);
    assert_eq!(plain([301.0, 400.0], [400.0, 400.0]), Verdict::ChangedUnclassified);
}

#[test]
fn a_rise_is_density_or_growth_or_too_small_to_tell() {
    let check = |size: [Option<f64>; 2], mass: [f64; 2], caliper: f64, expected: Verdict| {
        let c = changes([100.0, 200.0], [80.0, 150.0], mass, size);
        assert_eq!(with_lesion(&open(), &c, caliper, &[]), expected, "{size:?} {mass:?} {caliper}");
        assert_eq!(with_lesion(&warned(), &c, caliper, &[]), expected, "a warning forbids no rise");
    };
    let size = |followup| [Some(40.0), Some(followup)];
    check(size(50.0), [20.0, 40.0], 8.0, Verdict::Densification);
    check(size(30.0), [20.0, 40.0], 8.0, Verdict::Densification);
    check(size(50.1), [20.0, 40.0], 8.0, Verdict::Growth);
    check(size(50.0), [20.0, 40.0], 3.9, Verdict::Densification);
    check(size(50.1), [20.0, 40.0], 3.9, Verdict::GrowthOrDensification);
    check(size(50.1), [20.0, 20.0], 8.0, Verdict::ChangedUnclassified);
    check(size(50.1), [20.0, 20.0], 3.9, Verdict::GrowthOrDensification);
    check(size(29.9), [20.0, 40.0], 8.0, Verdict::ChangedUnclassified);
    check([None, Some(40.0)], [20.0, 40.0], 8.0, Verdict::ChangedUnclassified);
    check([None, Some(40.0)], [20.0, 40.0], 3.9, Verdict::GrowthOrDensification);
}

/// A large score is beyond its limit while its size is up by no more than 22 %: without more HU or density it is no
/// densification. Area 1,000 to 1,220 mm2 at a density of 1: all of the rise is the area's.
#[test]
fn what_is_not_denser_is_no_densification() {
    let mut c = changes([1000.0, 1220.0], [900.0, 1100.0], [200.0, 240.0], [Some(400.0), Some(488.0)]);
    c.mean_hu = change([Some(250.0); 2], None);
    c.density = change([Some(1.0); 2], None);
    c.area_mm2 = change([Some(1000.0), Some(1220.0)], None);
    assert_eq!(with_lesion(&open(), &c, 8.0, &[]), Verdict::ChangedUnclassified);
    // Half of a rise of 220 by density: area 1,050 at 1.1619 less 1,000 at 1.
    c.density = change([Some(1.0), Some(1220.0 / 1050.0)], None);
    c.area_mm2 = change([Some(1000.0), Some(1050.0)], None);
    assert_eq!(with_lesion(&open(), &c, 8.0, &[]), Verdict::Densification);
    // Every focus weighs 4 already: the HU tell.
    c.density = change([Some(4.0); 2], None);
    c.area_mm2 = change([Some(250.0), Some(305.0)], None);
    c.mean_hu = change([Some(400.0), Some(440.0)], None);
    assert_eq!(with_lesion(&open(), &c, 8.0, &[]), Verdict::Densification);
}

/// Score up beyond its limit and volume down beyond its own is neither a rise nor a fall.
#[test]
fn a_rise_of_one_and_a_fall_of_the_other() {
    let c = changes([100.0, 200.0], [300.0, 150.0], [30.0, 40.0], [Some(40.0); 2]);
    assert_eq!(with_lesion(&open(), &c, 8.0, &[]), Verdict::ChangedUnclassified);
}

/// A new lesion of 60 beside an old one of 400 whose size hardly changes.
#[test]
fn a_new_lesion_is_growth() {
    let make = |scores: &[f64]| {
        let at = |(i, score): (u8, &f64)| {
            let mut l = lesion("LAD", [f64::from(i) * 40.0, 0.0, 0.0], 6.0);
            (l.measures.agatston, l.measures.volume_mm3, l.slices) = (Some(*score), Some(*score), 3);
            l
        };
        side(&(0..).zip(scores).map(at).collect::<Vec<_>>())
    };
    let (b, f) = (make(&[400.0]), make(&[450.0, 60.0]));
    let (b, f) = (placed(&b.document), placed(&f.document));
    let old = Matched::new(&Group { baseline: vec![0], followup: vec![0] }, &b, &f);
    let new = Matched::new(&Group { baseline: vec![], followup: vec![1] }, &b, &f);
    let c = changes([400.0, 510.0], [400.0, 510.0], [100.0, 130.0], [Some(200.0), Some(240.0)]);
    assert_eq!(judged(&open(), &c, Some(&[&old, &new])), Verdict::Growth);
    assert_eq!(judged(&open(), &c, Some(&[&old])), Verdict::Densification);
}

/// Volume 400 to 290: 110 is over 1.5 x 68.9 = 103.35; mass 100 to 77: 23 is over 1.5 x 15 = 22.5.
#[test]
fn a_fall_is_a_reversal_only_with_everything_in_its_place() {
    let c =
        |volume, mass| changes([400.0, 250.0], [400.0, volume], [100.0, mass], [Some(200.0), Some(150.0)]);
    let full = c(290.0, 77.0);
    assert_eq!(with_lesion(&open(), &full, 8.0, &[]), Verdict::ApparentReversal);
    assert_eq!(with_lesion(&warned(), &full, 8.0, &[]), Verdict::ChangedUnclassified);
    assert_eq!(with_lesion(&open(), &full, 8.0, &["noise_suspect"]), Verdict::ChangedUnclassified);
    assert_eq!(judged(&open(), &full, None), Verdict::ChangedUnclassified);
    assert_eq!(with_lesion(&open(), &c(300.0, 77.0), 8.0, &[]), Verdict::ChangedUnclassified);
    assert_eq!(with_lesion(&open(), &c(290.0, 78.0), 8.0, &[]), Verdict::ChangedUnclassified);
}

#[test]
fn a_quiet_total_of_arteries_that_changed() {
    use Verdict::{Densification, Growth, IncidentWithinNoise, Mixed, NoCalcium, WithinScanRescanNoise};
    let quiet = [WithinScanRescanNoise, NoCalcium, IncidentWithinNoise];
    assert_eq!(of_total(WithinScanRescanNoise, &quiet), WithinScanRescanNoise);
    assert_eq!(of_total(WithinScanRescanNoise, &[NoCalcium, Growth]), Mixed);
    assert_eq!(of_total(Densification, &[Growth]), Densification);
}
