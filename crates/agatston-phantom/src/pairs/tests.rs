//! Pairs by the oracle: as many lesions as the truth has, and changes well beyond what noise makes.

use super::*;
use crate::oracle::{self, Rules, Score};

/// Repeatability of the Agatston score and of the volume in mm3 (Sevrukov 2005): this times the root of the larger one.
const LIMITS: [f64; 2] = [4.93, 3.445];

/// A pair with what the oracle says about both scans.
struct Seen {
    pair: Pair,
    scores: [Score; 2],
}

impl Seen {
    fn of(recipe: Recipe) -> Self {
        let pair = recipe.build();
        let scores =
            [&pair.baseline, &pair.followup].map(|scan| oracle::score(&scan.volume, None, &Rules::default()));
        Self { pair, scores }
    }

    /// Change of the Agatston score and of the volume, in limits.
    fn changes(&self) -> [f64; 2] {
        let [before, after] = &self.scores;
        let values = [[before.agatston(), after.agatston()], [before.volume_mm3(), after.volume_mm3()]];
        [0, 1].map(|n| {
            let [before, after] = values[n];
            (after - before) / (LIMITS[n] * before.max(after).sqrt()).max(1.0)
        })
    }

    /// Lesions that the oracle finds in both scans, and those of the truth.
    fn lesions(&self) -> [[usize; 2]; 2] {
        let relations = &self.pair.truth.relations;
        let true_lesions = [
            relations.iter().map(|relation| relation.baseline.len()).sum(),
            relations.iter().map(|relation| relation.followup.len()).sum(),
        ];
        [[0, 1].map(|scan| self.scores[scan].lesions.len()), true_lesions]
    }

    fn agrees(&self) -> bool {
        let [seen, truth] = self.lesions();
        seen == truth
    }
}

/// Pairs of a kind: some, or all with `AGATSTON_FULL=1`.
fn seen(kind: Kind) -> impl Iterator<Item = Seen> {
    let count =
        if std::env::var_os("AGATSTON_FULL").is_some_and(|value| value == "1") { kind.count() } else { 14 };
    recipes(kind, count.min(kind.count())).map(Seen::of)
}

#[test]
fn the_same_recipe_gives_the_same_bytes() {
    let bytes = |scan: &Scan| -> Vec<Vec<u8>> {
        let objects = crate::dicom::slice_objects(&scan.volume, &scan.header);
        objects.iter().map(|object| crate::dicom::encode(object).unwrap()).collect()
    };
    let recipe = Recipe { kind: Kind::Merged, index: 3 };
    let [first, second] = [recipe.build(), recipe.build()];
    assert_eq!(bytes(&first.baseline), bytes(&second.baseline));
    assert_eq!(bytes(&first.followup), bytes(&second.followup));
    assert_ne!(bytes(&first.baseline), bytes(&first.followup));
    assert_eq!(first.truth, recipe.truth());
}

/// Every plaque has one relation, lies in its artery's box with 0.5 mm to spare, and moved with the patient.
#[test]
fn the_truth_is_whole() {
    assert_eq!(all().count(), 346);
    for recipe in all() {
        let truth = recipe.truth();
        let mut related = vec![0; truth.plaques.len()];
        for relation in &truth.relations {
            let mut plaques: Vec<usize> =
                relation.baseline.iter().chain(&relation.followup).flatten().copied().collect();
            plaques.sort_unstable();
            plaques.dedup();
            plaques.into_iter().for_each(|plaque| related[plaque] += 1);
        }
        assert!(related.iter().all(|count| *count == 1), "{}", recipe.name());
        for PlaqueTruth { artery, baseline, followup } in &truth.plaques {
            let (_, [x, y]) = chest::QUARTERS.into_iter().find(|(name, _)| name == artery).unwrap();
            let back = truth.shift_mm.map(|mm| -mm);
            for plaque in baseline.iter().copied().chain(followup.map(|plaque| plaque.moved(back))) {
                let [dx, dy, z] = plaque.moved([-x, -y, 0.0]).centre_lps_mm;
                let [a, b, c] = plaque.semi_axes_mm();
                let inside = dx.abs() + a < 10.25 && dy.abs() + b < 10.25 && z.abs() + c < 35.5;
                assert!(inside, "{}: {plaque:?}", recipe.name());
            }
        }
    }
}

/// Nothing changed: as many lesions as plaques, and a change within the limits in all but one of twenty at most.
#[test]
fn unchanged_pairs() {
    let (mut pairs, mut outside, mut low, mut high) = (0, 0, 0, 0);
    for seen in seen(Kind::Unchanged) {
        assert!(seen.agrees(), "{}: {:?}", seen.pair.name, seen.lesions());
        let agatston = seen.scores[0].agatston();
        low += usize::from(agatston < 100.0);
        high += usize::from(agatston > 1000.0);
        outside += usize::from(seen.changes().iter().any(|change| change.abs() > 1.0));
        pairs += 1;
    }
    assert!(
        20 * outside <= pairs && low > 0 && high > 0,
        "{outside} of {pairs} outside, {low} low, {high} high"
    );
}

/// What must be seen is beyond both limits, and beyond one of them by half and more (a reversal: both); the truth of a
/// pair that may stay within them says so itself.
#[test]
fn changes_beyond_the_limits() {
    for kind in [Kind::Grown, Kind::Denser, Kind::Merged, Kind::Removed, Kind::New] {
        for seen in seen(kind) {
            let (name, changes) = (&seen.pair.name, seen.changes());
            let within = ["within_scan_rescan_noise", "incident_within_noise"];
            if seen.pair.truth.verdicts.iter().any(|verdict| within.contains(verdict)) {
                continue;
            }
            let (sign, least) = if kind == Kind::Removed { (-1.0, 1.5) } else { (1.0, 1.0) };
            assert!(changes.iter().all(|change| sign * change > least), "{name}: {changes:?}");
            assert!(changes.iter().any(|change| sign * change > 1.5), "{name}: {changes:?}");
            assert!(seen.agrees(), "{name}: {:?}", seen.lesions());
        }
    }
}

/// What must not be taken for a change: something small is gone or there. A follow-up of 0 takes 1.5 limits.
#[test]
fn changes_within_the_limits() {
    for kind in [Kind::Removed, Kind::New] {
        for seen in seen(kind).filter(|seen| seen.pair.truth.about.contains("under the limits")) {
            let [before, after] = &seen.scores;
            let (name, [agatston, volume]) = (&seen.pair.name, seen.changes());
            if before.lesions.is_empty() {
                assert!(after.agatston() <= 11.6 && after.volume_mm3() <= 9.5, "{name}");
            } else {
                assert!(agatston.abs() < 1.0 && volume.abs() < 1.0, "{name}: {agatston} {volume}");
            }
        }
    }
    let alone = Seen::of(Recipe { kind: Kind::Removed, index: 13 });
    assert!(alone.scores[1].lesions.is_empty() && alone.changes()[0] > -1.5);
}

/// The second scan of a year later says what is other about it, and the rest is as it was.
#[test]
fn headers() {
    let check = |kind: Kind, other: fn(&mut Header)| {
        let Pair { baseline, followup, .. } = Recipe { kind, index: 0 }.build();
        let mut expected =
            Header { name: followup.header.name.clone(), date: "20210101".into(), ..baseline.header.clone() };
        other(&mut expected);
        assert_eq!(followup.header, expected);
        assert_ne!(followup.header.series_uid(), baseline.header.series_uid());
    };
    check(Kind::Unchanged, |_| {});
    check(Kind::OtherVoltage, |header| header.kvp = 100.0);
    check(Kind::OtherKernel, |header| header.kernel = "B20f".into());
    check(Kind::OtherThickness, |header| header.slice_thickness_mm = 1.5);
}
