//! What holds of every pair: a scan against itself is unchanged, and the other way round only signs change.

use super::{
    CompareRequest, Side, Verdict, compare,
    record::{Comparison, MatchKind, MatchRecord},
    sample::{ARTERIES, lesion, side},
};
use proptest::prelude::*;
use serde_json::Value;

const REQUEST: CompareRequest = CompareRequest { interval_days: Some(700), bmi: Some(27.0) };

/// Scans of up to eight lesions in a few places, so that pairs have every kind of group.
fn scans() -> impl Strategy<Value = Side> {
    let place = (0..4_usize, -60.0..60.0_f64, -60.0..60.0_f64, 0..20_u8, 1..24_u8, 1.0..4.0_f64);
    prop::collection::vec(place, 0..8).prop_map(|places| {
        let lesions = places.into_iter().map(|(artery, x, y, slice, half_mm, density)| {
            let mut l = lesion(ARTERIES[artery], [x, y, 3.0 * f64::from(slice)], f64::from(half_mm) / 2.0);
            let area = l.measures.area_mm2.unwrap();
            (l.measures.agatston, l.measures.agatston_unscaled) =
                (Some(density * area), Some(density * area));
            l
        });
        side(&lesions.collect::<Vec<_>>())
    })
}

/// A scan and what became of it: each lesion moved, grown, left as it was or gone, and one that is new.
fn pairs() -> impl Strategy<Value = (Side, Side)> {
    let fates = prop::collection::vec((0.5..2.0_f64, -4.0..4.0_f64, prop::bool::weighted(0.8)), 8);
    (scans(), fates, -8.0..8.0_f64).prop_map(|(before, fates, shift)| {
        let kept = before.document.lesions.iter().zip(&fates).filter(|(_, fate)| fate.2);
        let mut after: Vec<_> = kept
            .map(|(l, (grows, moves, _))| {
                let [x, y, z] = l.centroid_lps_mm;
                lesion(&l.artery, [x + shift + moves, y + moves, z], (l.caliper_mm * grows).max(0.5))
            })
            .collect();
        after.push(lesion("LCX", [0.0, 0.0, 30.0], 5.0));
        let after = side(&after);
        (before, after)
    })
}

fn exchanged(kind: MatchKind) -> MatchKind {
    match kind {
        MatchKind::New => MatchKind::Vanished,
        MatchKind::Vanished => MatchKind::New,
        MatchKind::Merged => MatchKind::Split,
        MatchKind::Split => MatchKind::Merged,
        same => same,
    }
}

/// Every number under a key of differences, with where it is.
fn differences(comparison: &Comparison) -> Vec<(String, Option<f64>)> {
    fn walk(value: &Value, at: &str, out: &mut Vec<(String, Option<f64>)>) {
        const KEYS: [&str; 8] = [
            "difference",
            "relative",
            "by_area",
            "by_density",
            "existing",
            "agatston_difference",
            "volume_difference_mm3",
            "translation_mm",
        ];
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| {
                let at = format!("{at}/{key}");
                match value {
                    Value::Array(all) if KEYS.contains(&key.as_str()) => {
                        out.extend(all.iter().map(|v| (at.clone(), v.as_f64())));
                    }
                    _ if KEYS.contains(&key.as_str()) => out.push((at, value.as_f64())),
                    _ => walk(value, &at, out),
                }
            }),
            Value::Array(all) => all.iter().enumerate().for_each(|(i, v)| walk(v, &format!("{at}/{i}"), out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    walk(&serde_json::to_value(comparison).unwrap(), "", &mut out);
    out
}

fn check_exchanged(there: &Comparison, back: &Comparison) {
    for ((at, a), (also_at, b)) in differences(there).into_iter().zip(differences(back)) {
        assert_eq!((&at, a), (&also_at, b.map(|b| -b)), "{at}");
    }
    for (a, b) in there.parts.iter().zip(&back.parts) {
        let (Some(a), Some(b)) = (&a.by_lesion, &b.by_lesion) else { panic!("lesions are listed") };
        assert_eq!((a.new, a.vanished), (-b.vanished, -b.new));
    }
    for (a, b) in there.lesions.iter().zip(&back.lesions) {
        let back = MatchRecord {
            kind: exchanged(b.kind),
            baseline: b.followup.clone(),
            followup: b.baseline.clone(),
            baseline_half_maximum_mm3: b.followup_half_maximum_mm3,
            followup_half_maximum_mm3: b.baseline_half_maximum_mm3,
            baseline_class: b.followup_class,
            followup_class: b.baseline_class,
            agatston_difference: -b.agatston_difference,
            volume_difference_mm3: -b.volume_difference_mm3,
            artery: b.artery.clone(),
        };
        assert_eq!(*a, back);
    }
    let (Some(a), Some(b)) = (there.lesion_counts, back.lesion_counts) else { panic!("lesions are listed") };
    assert_eq!(
        (a.persistent, a.new, a.merged, a.regrouped),
        (b.persistent, b.vanished, b.split, b.regrouped)
    );
    assert_eq!((a.micro_to_macro, a.macro_to_micro), (b.macro_to_micro, b.micro_to_macro));
    let unsigned = |c: &Comparison| c.registration.clone().map(|r| (r.rotation_deg, r.pairs, r.rms_mm));
    assert_eq!(unsigned(there), unsigned(back));
}

proptest! {
    #[test]
    fn the_other_way_round_only_signs_change((before, after) in pairs()) {
        check_exchanged(&compare(&before, &after, &REQUEST), &compare(&after, &before, &REQUEST));
    }

    #[test]
    fn two_scans_that_have_nothing_to_do_with_each_other(one in scans(), other in scans()) {
        let there = compare(&one, &other, &REQUEST);
        check_exchanged(&there, &compare(&other, &one, &REQUEST));
        let of_parts = there.parts.iter().filter(|p| p.kind != super::record::PartKind::Total);
        let sum: f64 = of_parts.map(|p| p.changes.agatston.difference.unwrap()).sum();
        let total = there.parts[0].changes.agatston.difference.unwrap();
        prop_assert!((sum - total).abs() < 1e-9 * total.abs().max(1.0), "arteries add up");
        for part in &there.parts {
            let difference = part.changes.agatston.difference.unwrap();
            let d = part.decomposition.as_ref().map_or(0.0, |d| d.by_area + d.by_density);
            prop_assert!((d - difference).abs() < 1e-9 * difference.abs().max(1.0));
            let l = part.by_lesion.as_ref().map_or(0.0, |l| l.existing + l.new + l.vanished);
            prop_assert!((l - difference).abs() < 1e-9 * difference.abs().max(1.0));
        }
    }

    #[test]
    fn a_scan_against_itself_is_unchanged(scan in scans()) {
        let same = compare(&scan, &scan, &REQUEST);
        let verdict = if scan.document.lesions.is_empty() {
            Verdict::NoCalcium
        } else {
            Verdict::WithinScanRescanNoise
        };
        prop_assert_eq!(same.verdict, Some(verdict));
        for (at, number) in differences(&same) {
            prop_assert!(number.is_none_or(|n| n == 0.0), "{} is {:?}", at, number);
        }
        prop_assert!(same.parts.iter().all(|p| [Verdict::NoCalcium, verdict].contains(&p.verdict.verdict)));
        // Lesions that overlap each other are one group of several in both, all others are themselves.
        let counts = same.lesion_counts.unwrap();
        prop_assert_eq!((counts.new, counts.vanished, counts.merged, counts.split), (0, 0, 0, 0));
    }
}
