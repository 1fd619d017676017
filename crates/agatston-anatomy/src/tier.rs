//! How sure it is that a lesion is coronary: only tissue excludes, position only flags.

use crate::{
    features::Features,
    parameters::{Parameters, TierRules},
    vessel::Vessel,
};

/// How sure it is that a lesion is coronary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Nothing speaks against it.
    Confident,
    /// Something does, but less: it is in the value.
    Likely,
    /// It is not in the value, only in the upper bound.
    Unlikely,
    /// Its tissue says that it is not.
    Excluded,
}

impl Tier {
    /// All of them, from the surest on.
    pub const ALL: [Self; 4] = [Self::Confident, Self::Likely, Self::Unlikely, Self::Excluded];

    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confident => "confident",
            Self::Likely => "likely",
            Self::Unlikely => "unlikely",
            Self::Excluded => "excluded",
        }
    }
}

/// What speaks against a lesion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its peak is hardly over the noise.
    Noise,
    /// In the wall of the descending aorta.
    DescendingAorta,
    /// In the wall of the ascending aorta.
    AscendingAorta,
    /// At bone.
    Bone,
    /// Blood around it: a valve or its ring. At the root it excludes, elsewhere it flags.
    ValveOrAnnulus,
    /// Close to the root.
    NearRoot,
    /// Hardly any fat around it.
    NoFat,
    /// As bright as metal.
    Metal,
    /// Above the root.
    High,
    /// At the lung.
    LungBorder,
    /// At the wall of the chest.
    NearWall,
    /// At the spine or the descending aorta.
    Posterior,
    /// Behind the root or right of it.
    BehindRootOrRight,
    /// Far from the root.
    FarFromRoot,
}

impl Reason {
    /// The word used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::DescendingAorta => "descending_aorta",
            Self::AscendingAorta => "ascending_aorta",
            Self::Bone => "bone",
            Self::ValveOrAnnulus => "valve_or_annulus",
            Self::NearRoot => "near_root",
            Self::NoFat => "no_fat",
            Self::Metal => "metal",
            Self::High => "high",
            Self::LungBorder => "lung_border",
            Self::NearWall => "near_wall",
            Self::Posterior => "posterior",
            Self::BehindRootOrRight => "behind_root_or_right",
            Self::FarFromRoot => "far_from_root",
        }
    }
}

/// The tier of a lesion and every reason for it; `increment_mm` is the distance of slices.
pub(crate) fn tier(f: &Features, vessel: Vessel, increment_mm: f64, p: &Parameters) -> (Tier, Vec<Reason>) {
    if let Some(reason) = excluded(f, &p.tier) {
        return (Tier::Excluded, vec![reason]);
    }
    let found = doubts(f, vessel, increment_mm, p);
    let worst = found.iter().map(|(tier, _)| *tier).max().unwrap_or(Tier::Confident);
    (worst, found.into_iter().map(|(_, reason)| reason).collect())
}

/// What the tissue shows not to be coronary.
fn excluded(f: &Features, t: &TierRules) -> Option<Reason> {
    let is_noise = (f.contrast_sds < t.noise_two_slices && f.slices <= 2)
        || (f.contrast_sds < t.noise_one_slice && f.slices == 1 && f.fat < t.noise_one_slice_fat);
    let is_valve = f.fat < t.valve_fat && f.blood > t.valve_blood && f.root_mm <= t.valve_root_mm;
    let rules = [
        (is_noise, Reason::Noise),
        (f.descending_mm <= t.descending_mm, Reason::DescendingAorta),
        (f.ascending_mm <= t.ascending_mm, Reason::AscendingAorta),
        (f.bone_mm < t.bone_mm, Reason::Bone),
        (is_valve, Reason::ValveOrAnnulus),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason)
}

/// What is in doubt of its tissue, and then of its position, each with the tier that it leaves.
fn doubts(f: &Features, vessel: Vessel, increment_mm: f64, p: &Parameters) -> Vec<(Tier, Reason)> {
    let t = &p.tier;
    let (inferior, x) = (f.is_inferior(p), f.left_mm);
    let likely_if = |likely: bool| if likely { Tier::Likely } else { Tier::Unlikely };
    let near_root =
        (f.root_mm <= t.near_root_mm && f.blood > t.near_root_blood) || f.ascending_mm <= t.near_ascending_mm;
    let lung = f.lung > t.lung_share && (f.fat < t.lung_fat || vessel == Vessel::Lcx);
    let high = f.up_mm > t.high_mm || (f.up_mm > t.high_no_fat_mm && f.fat < t.high_fat);
    let posterior = f.descending_mm <= t.posterior_descending_mm
        || (x < t.posterior_x
            && (f.spine_mm < t.posterior_spine_mm || f.descending_mm < t.posterior_aorta_mm));
    let beside = |[x_under, y_over]: [f64; 2]| x < x_under && f.back_mm > y_over;
    let behind = !inferior && (beside(t.behind) || beside(t.right));
    let [right, left] = t.far_x;
    let annulus = f.fat < t.annulus_fat && f.blood > t.annulus_blood;
    let rules = [
        (annulus, Tier::Unlikely, Reason::ValveOrAnnulus),
        (near_root, likely_if(f.fat >= t.near_root_fat), Reason::NearRoot),
        (f.fat < t.no_fat, likely_if(inferior), Reason::NoFat),
        (lung, Tier::Unlikely, Reason::LungBorder),
        (f.contrast_sds < t.noise_sd, Tier::Unlikely, Reason::Noise),
        (f.peak_hu > t.metal_hu, Tier::Likely, Reason::Metal),
        (high, likely_if(f.up_mm <= t.high_mm + increment_mm), Reason::High),
        (f.bone_mm < t.wall_bone_mm || f.front_mm < t.wall_front_mm, Tier::Unlikely, Reason::NearWall),
        (posterior, Tier::Unlikely, Reason::Posterior),
        (behind, Tier::Unlikely, Reason::BehindRootOrRight),
        (x > left || x < right, Tier::Unlikely, Reason::FarFromRoot),
    ];
    rules.into_iter().filter(|(holds, ..)| *holds).map(|(_, tier, reason)| (tier, reason)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests::coronary;

    fn check(f: Features, tier: Tier, reasons: &[Reason]) {
        check_in(Vessel::Lad, f, tier, reasons);
    }

    fn check_in(vessel: Vessel, f: Features, tier: Tier, reasons: &[Reason]) {
        let found = super::tier(&f, vessel, 3.0, Parameters::shipped());
        assert_eq!(found, (tier, reasons.to_vec()), "{f:?}");
    }

    #[test]
    fn a_plaque_in_fat_is_confident() {
        check(coronary(), Tier::Confident, &[]);
    }

    /// Every exclusion on both sides of its cut-off.
    #[test]
    fn tissue_excludes() {
        let of = |change: fn(&mut Features)| {
            let mut f = coronary();
            change(&mut f);
            f
        };
        check(of(|f| (f.contrast_sds, f.slices) = (7.9, 2)), Tier::Excluded, &[Reason::Noise]);
        check(of(|f| (f.contrast_sds, f.slices) = (8.1, 2)), Tier::Unlikely, &[Reason::Noise]);
        check(of(|f| (f.contrast_sds, f.slices) = (7.9, 3)), Tier::Unlikely, &[Reason::Noise]);
        check(of(|f| (f.contrast_sds, f.slices, f.fat) = (12.9, 1, 0.04)), Tier::Excluded, &[Reason::Noise]);
        check(of(|f| (f.contrast_sds, f.slices, f.fat) = (12.9, 1, 0.05)), Tier::Unlikely, &[Reason::NoFat]);
        check(of(|f| (f.contrast_sds, f.slices, f.fat) = (13.0, 1, 0.04)), Tier::Unlikely, &[Reason::NoFat]);
        check(of(|f| f.descending_mm = 3.0), Tier::Excluded, &[Reason::DescendingAorta]);
        check(of(|f| f.descending_mm = 3.1), Tier::Unlikely, &[Reason::Posterior]);
        check(of(|f| f.ascending_mm = 2.0), Tier::Excluded, &[Reason::AscendingAorta]);
        check(of(|f| f.ascending_mm = 2.1), Tier::Likely, &[Reason::NearRoot]);
        check(of(|f| f.bone_mm = 4.9), Tier::Excluded, &[Reason::Bone]);
        check(of(|f| f.bone_mm = 5.0), Tier::Unlikely, &[Reason::NearWall]);
        let valve = |fat, blood, root_mm| Features { fat, blood, root_mm, ..coronary() };
        check(valve(0.04, 0.61, 3.0), Tier::Excluded, &[Reason::ValveOrAnnulus]);
        check(valve(0.05, 0.61, 3.0), Tier::Unlikely, &[Reason::NearRoot, Reason::NoFat]);
        check(valve(0.04, 0.6, 3.0), Tier::Unlikely, &[Reason::NearRoot, Reason::NoFat]);
        check(valve(0.04, 0.61, 3.1), Tier::Unlikely, &[Reason::NearRoot, Reason::NoFat]);
    }

    /// Every doubt on both sides of its cut-off.
    #[test]
    fn doubts_flag() {
        let c = coronary;
        check(Features { root_mm: 12.0, blood: 0.41, ..c() }, Tier::Likely, &[Reason::NearRoot]);
        check(Features { root_mm: 12.1, blood: 0.41, ..c() }, Tier::Confident, &[]);
        check(Features { root_mm: 12.0, blood: 0.4, ..c() }, Tier::Confident, &[]);
        check(Features { ascending_mm: 6.0, ..c() }, Tier::Likely, &[Reason::NearRoot]);
        check(Features { ascending_mm: 6.1, ..c() }, Tier::Confident, &[]);
        check(Features { ascending_mm: 6.0, fat: 0.19, ..c() }, Tier::Unlikely, &[Reason::NearRoot]);
        check(Features { fat: 0.1, ..c() }, Tier::Confident, &[]);
        check(Features { fat: 0.09, ..c() }, Tier::Unlikely, &[Reason::NoFat]);
        check(Features { fat: 0.09, up_mm: -40.1, ..c() }, Tier::Likely, &[Reason::NoFat]);
        let annulus = |fat, blood| Features { fat, blood, ..c() };
        check(annulus(0.19, 0.71), Tier::Unlikely, &[Reason::ValveOrAnnulus]);
        check(annulus(0.2, 0.71), Tier::Confident, &[]);
        check(annulus(0.19, 0.7), Tier::Confident, &[]);
        check(Features { peak_hu: 1501.0, ..c() }, Tier::Likely, &[Reason::Metal]);
        check(Features { peak_hu: 1500.0, ..c() }, Tier::Confident, &[]);
        check(Features { up_mm: 15.1, ..c() }, Tier::Likely, &[Reason::High]);
        check(Features { up_mm: 15.0, ..c() }, Tier::Confident, &[]);
        check(Features { up_mm: 18.1, ..c() }, Tier::Unlikely, &[Reason::High]);
        check(Features { up_mm: 8.1, fat: 0.19, ..c() }, Tier::Likely, &[Reason::High]);
        check(Features { up_mm: 8.0, fat: 0.19, ..c() }, Tier::Confident, &[]);
        check(Features { lung: 0.21, fat: 0.34, ..c() }, Tier::Unlikely, &[Reason::LungBorder]);
        check(Features { lung: 0.21, fat: 0.35, ..c() }, Tier::Confident, &[]);
        check(Features { lung: 0.2, fat: 0.34, ..c() }, Tier::Confident, &[]);
        check_in(Vessel::Lcx, Features { lung: 0.21, ..c() }, Tier::Unlikely, &[Reason::LungBorder]);
        check(Features { contrast_sds: 12.0, ..c() }, Tier::Confident, &[]);
        check(Features { contrast_sds: 11.9, ..c() }, Tier::Unlikely, &[Reason::Noise]);
        check(Features { bone_mm: 14.0, ..c() }, Tier::Confident, &[]);
        check(Features { bone_mm: 13.9, ..c() }, Tier::Unlikely, &[Reason::NearWall]);
        check(Features { front_mm: 11.9, ..c() }, Tier::Unlikely, &[Reason::NearWall]);
        check(Features { descending_mm: 5.1, ..c() }, Tier::Confident, &[]);
        check(Features { left_mm: 24.9, spine_mm: 29.9, ..c() }, Tier::Unlikely, &[Reason::Posterior]);
        check(Features { left_mm: 24.9, descending_mm: 19.9, ..c() }, Tier::Unlikely, &[Reason::Posterior]);
        check(Features { left_mm: 25.0, spine_mm: 29.9, ..c() }, Tier::Confident, &[]);
        let at = |left_mm, back_mm, up_mm| Features { left_mm, back_mm, up_mm, ..c() };
        check(at(24.9, 20.1, 0.0), Tier::Unlikely, &[Reason::BehindRootOrRight]);
        check(at(25.0, 20.1, 0.0), Tier::Confident, &[]);
        check(at(-10.1, 8.1, 0.0), Tier::Unlikely, &[Reason::BehindRootOrRight]);
        check(at(-10.1, 8.0, 0.0), Tier::Confident, &[]);
        check(at(24.9, 20.1, -40.1), Tier::Confident, &[]);
        check(at(95.1, 0.0, 0.0), Tier::Unlikely, &[Reason::FarFromRoot]);
        check(at(-50.1, 0.0, 0.0), Tier::Unlikely, &[Reason::FarFromRoot]);
        check(at(95.0, 0.0, 0.0), Tier::Confident, &[]);
    }
}
