//! Gates: what refuses a scan at level `anatomy`, because its anatomy was not found or cannot be trusted.

use crate::{anatomy::Measured, aorta::Root, heart::Blood, parameters::Parameters};

/// A gate that did not let a scan pass, with what it needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gate {
    /// Less lung than a chest has; ml.
    NoLungs {
        /// At least.
        least_ml: f64,
    },
    /// No spine in most slices; share.
    NoSpine {
        /// At least.
        least_share: f64,
    },
    /// Hardly any lung on one side of the spine; share.
    OneLung {
        /// At least.
        least_share: f64,
    },
    /// Nothing looks like an ascending aorta; score.
    NoAscendingAorta {
        /// At least.
        least_score: f64,
    },
    /// What lies between the lungs is no heart by its size; cm2.
    HeartRegionSize {
        /// From and to.
        area_cm2: [f64; 2],
    },
    /// Blood is brighter than without contrast agent; HU.
    Contrast {
        /// At most.
        most_hu: f64,
    },
    /// Noise in the blood; HU.
    Noise {
        /// At most.
        most_hu: f64,
    },
    /// Slices begin too close below the root point; mm.
    CutBelow {
        /// At least.
        least_mm: f64,
    },
    /// Slices end too close above the root point; mm.
    CutAbove {
        /// At least.
        least_mm: f64,
    },
}

impl Gate {
    /// The gates that what was measured does not pass. Where the search ended early only the gate that ended it is there.
    pub(crate) fn closed(measured: &Measured, root: Option<&Root>, p: &Parameters) -> Vec<Self> {
        if measured.lungs_ml < p.lungs.least_ml {
            return vec![Self::NoLungs { least_ml: p.lungs.least_ml }];
        }
        if measured.spine_found.is_none_or(|found| found < p.bone.spine_least_share) {
            return vec![Self::NoSpine { least_share: p.bone.spine_least_share }];
        }
        let one_sided = measured.lesser_lung.is_some_and(|share| share < p.lungs.lesser_least_share);
        let one_lung = one_sided.then_some(Self::OneLung { least_share: p.lungs.lesser_least_share });
        let no_aorta = Self::NoAscendingAorta { least_score: p.aorta.least_score };
        let Some(root) = root else { return one_lung.into_iter().chain([no_aorta]).collect() };
        let mut closed: Vec<Self> = one_lung.into_iter().collect();
        let is_aorta = measured.aorta_score.is_some_and(|score| score >= p.aorta.least_score);
        closed.extend((!is_aorta).then_some(no_aorta));
        let [least, most] = p.heart.area_cm2;
        let is_heart = measured.heart_area_cm2.is_some_and(|area| (least..=most).contains(&area));
        closed.extend(of_blood(measured.blood, is_heart, p));
        let is_short = |mm: Option<f64>, least: f64| mm.is_some_and(|mm| mm < least);
        // A walk that ran out of slices has not seen the root.
        if is_short(measured.below_root_mm, p.aorta.least_below_mm) || !root.ends {
            closed.push(Self::CutBelow { least_mm: p.aorta.least_below_mm });
        }
        if is_short(measured.above_root_mm, p.aorta.least_above_mm) {
            closed.push(Self::CutAbove { least_mm: p.aorta.least_above_mm });
        }
        closed
    }
}

/// Gates of the heart: without blood deep inside there is no heart.
fn of_blood(blood: Option<Blood>, is_heart: bool, p: &Parameters) -> Vec<Gate> {
    let mut closed = Vec::new();
    if !is_heart || blood.is_none() {
        closed.push(Gate::HeartRegionSize { area_cm2: p.heart.area_cm2 });
    }
    let Some(blood) = blood else { return closed };
    if blood.hu > p.blood.contrast_over_hu {
        closed.push(Gate::Contrast { most_hu: p.blood.contrast_over_hu });
    }
    if blood.noise_hu > p.blood.noise_over_hu {
        closed.push(Gate::Noise { most_hu: p.blood.noise_over_hu });
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: Root = Root { slice: 30, row: 0, column: 0, radius_mm: 16.0, score: 0.9, ends: true };

    fn good() -> Measured {
        Measured {
            lungs_ml: 3000.0,
            spine_found: Some(1.0),
            lesser_lung: Some(0.45),
            aorta_score: Some(0.9),
            heart_area_cm2: Some(100.0),
            blood: Some(Blood { hu: 40.0, noise_hu: 10.0 }),
            below_root_mm: Some(90.0),
            above_root_mm: Some(30.0),
        }
    }

    fn closed(measured: &Measured, root: Option<&Root>) -> Vec<Gate> {
        Gate::closed(measured, root, Parameters::shipped())
    }

    #[test]
    fn a_good_scan_passes_and_just_so() {
        assert!(closed(&good(), Some(&ROOT)).is_empty());
        let just = Measured {
            lungs_ml: 300.0,
            spine_found: Some(0.6),
            lesser_lung: Some(0.08),
            aorta_score: Some(0.68),
            heart_area_cm2: Some(220.0),
            blood: Some(Blood { hu: 70.0, noise_hu: 18.0 }),
            below_root_mm: Some(75.0),
            above_root_mm: Some(8.0),
        };
        assert!(closed(&just, Some(&ROOT)).is_empty());
    }

    #[test]
    fn each_gate_closes_by_itself() {
        let check =
            |measured: Measured, expected: Gate| assert_eq!(closed(&measured, Some(&ROOT)), [expected]);
        let blood = |hu, noise_hu| Some(Blood { hu, noise_hu });
        check(Measured { lungs_ml: 299.9, ..good() }, Gate::NoLungs { least_ml: 300.0 });
        check(Measured { spine_found: Some(0.59), ..good() }, Gate::NoSpine { least_share: 0.6 });
        check(Measured { lesser_lung: Some(0.079), ..good() }, Gate::OneLung { least_share: 0.08 });
        let size = Gate::HeartRegionSize { area_cm2: [40.0, 220.0] };
        check(Measured { heart_area_cm2: Some(39.9), ..good() }, size);
        check(Measured { heart_area_cm2: Some(220.1), ..good() }, size);
        check(Measured { blood: None, ..good() }, size);
        check(Measured { blood: blood(70.1, 10.0), ..good() }, Gate::Contrast { most_hu: 70.0 });
        check(Measured { blood: blood(40.0, 18.1), ..good() }, Gate::Noise { most_hu: 18.0 });
        check(Measured { below_root_mm: Some(74.9), ..good() }, Gate::CutBelow { least_mm: 75.0 });
        check(Measured { above_root_mm: Some(7.9), ..good() }, Gate::CutAbove { least_mm: 8.0 });
    }

    #[test]
    fn a_root_that_is_none() {
        let aorta = Gate::NoAscendingAorta { least_score: 0.68 };
        assert_eq!(closed(&good(), None), [aorta]);
        assert_eq!(closed(&Measured { aorta_score: Some(0.679), ..good() }, Some(&ROOT)), [aorta]);
        let cut = Gate::CutBelow { least_mm: 75.0 };
        assert_eq!(closed(&good(), Some(&Root { ends: false, ..ROOT })), [cut]);
    }
}
