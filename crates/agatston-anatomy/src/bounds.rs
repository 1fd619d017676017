//! Value and bounds: what the tiers of lesions come to, in all and by artery.

use crate::{
    parameters::{BoundsRules, Parameters},
    tier::Tier,
    vessel::Vessel,
};
use std::collections::BTreeMap;

/// A score and how far it may be wrong. No confidence interval: sums of tiers, with a floor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Of the confident lesions, or less.
    pub lower: f64,
    /// Of the confident and the likely ones.
    pub value: f64,
    /// With the unlikely ones, or more.
    pub upper: f64,
}

/// Part of a score that bounds speak of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Where it lies.
    pub vessel: Vessel,
    /// How sure it is.
    pub tier: Tier,
    /// Agatston score.
    pub agatston: f64,
}

/// The bounds of everything that is reported.
#[derive(Clone, Debug, PartialEq)]
pub struct AllBounds {
    /// All lesions.
    pub total: Bounds,
    /// Each artery and the left stem; the upper bounds of LAD and LCX hold that of the stem, which may belong to either, up to that of the left.
    pub vessels: BTreeMap<Vessel, Bounds>,
    /// All but RCA.
    pub left: Bounds,
}

impl AllBounds {
    /// Of the lesions of a series whose slices are so far apart, mm.
    pub fn of(shares: &[Share], increment_mm: f64) -> Self {
        let p = &Parameters::shipped().bounds;
        let bounds =
            |is_in: &dyn Fn(&Share) -> bool| bounds(shares.iter().filter(|s| is_in(s)), increment_mm, p);
        let mut vessels: BTreeMap<Vessel, Bounds> =
            Vessel::ALL.into_iter().map(|vessel| (vessel, bounds(&|s| s.vessel == vessel))).collect();
        let left = bounds(&|s| s.vessel != Vessel::Rca);
        let is_stem = |s: &Share| s.vessel == Vessel::LeftStem && s.tier != Tier::Excluded;
        if shares.iter().any(is_stem) {
            let stem = vessels[&Vessel::LeftStem].upper;
            for vessel in [Vessel::Lad, Vessel::Lcx] {
                // No artery of the left has more than the left.
                vessels.entry(vessel).and_modify(|b| b.upper = (b.upper + stem).min(left.upper).max(b.upper));
            }
        }
        Self { total: bounds(&|_| true), vessels, left }
    }
}

/// Lower, value and upper of a set of lesions, never narrower than the floor around the value.
fn bounds<'a>(shares: impl Iterator<Item = &'a Share>, increment_mm: f64, p: &BoundsRules) -> Bounds {
    let mut sums = [0.0; 4];
    shares.for_each(|share| sums[share.tier as usize] += share.agatston);
    let [confident, likely, unlikely, _] = sums;
    let value = confident + likely;
    let [from, to] = p.increments_mm;
    let is_usual = from < increment_mm && increment_mm < to;
    let width = (if is_usual { p.share } else { p.share_otherwise } * value).max(p.least);
    Bounds {
        lower: confident.min((value - width).max(0.0)),
        value,
        upper: (value + unlikely).max(value + width),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(vessel: Vessel, tier: Tier, agatston: f64) -> Share {
        Share { vessel, tier, agatston }
    }

    #[test]
    fn zero_in_value_is_not_zero_calcium() {
        let none = AllBounds::of(&[], 3.0);
        assert_eq!(none.total, Bounds { lower: 0.0, value: 0.0, upper: 5.0 });
        assert_eq!(none.vessels[&Vessel::Lad], none.total);
    }

    /// By hand: 200 confident, 100 likely, 50 unlikely. At 3 mm 10 % of 300 are 30; at 5 mm 30 % are 90, more than the unlikely.
    #[test]
    fn sums_of_tiers_with_a_floor() {
        let shares = [
            share(Vessel::Rca, Tier::Confident, 200.0),
            share(Vessel::Lad, Tier::Likely, 100.0),
            share(Vessel::Lcx, Tier::Unlikely, 50.0),
            share(Vessel::Rca, Tier::Excluded, 999.0),
        ];
        let at = |increment| AllBounds::of(&shares, increment).total;
        assert_eq!(at(3.0), Bounds { lower: 200.0, value: 300.0, upper: 350.0 });
        assert_eq!(at(5.0), Bounds { lower: 200.0, value: 300.0, upper: 390.0 });
        let left = AllBounds::of(&shares, 3.0).left;
        assert_eq!(left, Bounds { lower: 0.0, value: 100.0, upper: 150.0 });
    }

    /// 40 in the stem may be of LAD or of LCX: upper 45 of the stem goes to both; the total counts it once.
    #[test]
    fn the_stem_may_be_of_either() {
        let shares =
            [share(Vessel::LeftStem, Tier::Confident, 40.0), share(Vessel::Lad, Tier::Confident, 100.0)];
        let all = AllBounds::of(&shares, 3.0);
        assert_eq!(all.vessels[&Vessel::LeftStem].upper, 45.0);
        // 110 + 45, but all of the left has at most 154.
        assert_eq!((all.vessels[&Vessel::Lad].upper, all.left.upper), (154.0, 154.0));
        assert_eq!(all.vessels[&Vessel::Lcx].upper, 5.0 + 45.0);
        assert_eq!(all.vessels[&Vessel::Rca].upper, 5.0);
        assert_eq!(all.total.upper, 154.0);
        // What is excluded is of neither.
        let excluded = [share(Vessel::LeftStem, Tier::Excluded, 40.0)];
        assert_eq!(AllBounds::of(&excluded, 3.0).vessels[&Vessel::Lad].upper, 5.0);
    }
}
