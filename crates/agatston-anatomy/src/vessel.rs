//! In which artery a lesion lies, by its place around the root point.

use crate::{features::Features, parameters::Parameters};
use agatston_core::{Artery, Region};

/// A coronary artery as far as position can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vessel {
    /// Left anterior descending.
    Lad,
    /// Left circumflex.
    Lcx,
    /// Right coronary artery.
    Rca,
    /// Around the left main, where it, LAD and LCX cannot be told apart.
    LeftStem,
}

impl Vessel {
    /// All of them, in the order of every table.
    pub const ALL: [Self; 4] = [Self::Lad, Self::Lcx, Self::Rca, Self::LeftStem];

    /// The name used in every output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lad => "LAD",
            Self::Lcx => "LCX",
            Self::Rca => "RCA",
            Self::LeftStem => LEFT_STEM,
        }
    }

    /// The region of a score that its lesions belong to.
    pub const fn region(self) -> Region {
        match self {
            Self::Lad => Region::Artery(Artery::Lad),
            Self::Lcx => Region::Artery(Artery::Lcx),
            Self::Rca => Region::Artery(Artery::Rca),
            Self::LeftStem => Region::Coronary,
        }
    }

    /// Where a lesion lies.
    pub(crate) fn of(f: &Features, p: &Parameters) -> Self {
        let a = &p.artery;
        let [x, y, up] = [f.left_mm, f.back_mm, f.up_mm];
        let angle = f.angle_degrees();
        let from_root = x.hypot(y);
        let is_right = x < a.rca_x && (angle < a.rca_angle || y < 0.0);
        let is_lad_beyond = from_root >= a.lad_from_mm && angle < a.lad_from_angle;
        let [front, back] = a.stem_angle;
        if is_right || (f.is_inferior(p) && x < a.rca_inferior_x) {
            Self::Rca
        } else if from_root < a.stem_mm
            && up > a.stem_up_mm
            && front < angle
            && angle < back
            && !is_lad_beyond
        {
            Self::LeftStem
        } else if angle < a.lad_angle {
            Self::Lad
        } else {
            Self::Lcx
        }
    }
}

/// Name of what lies around the left main.
pub const LEFT_STEM: &str = "LM/LAD/LCX";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::tests::coronary;

    /// The cut-offs of the specification, each from both sides; angles of points are of right triangles.
    #[test]
    fn each_cut_off() {
        let check = |[left_mm, back_mm, up_mm]: [f64; 3], vessel| {
            let f = Features { left_mm, back_mm, up_mm, ..coronary() };
            assert_eq!(Vessel::of(&f, Parameters::shipped()), vessel, "{left_mm} {back_mm} {up_mm}");
        };
        // In front of the root and right of 30 mm: RCA.
        check([29.9, -0.1, 0.0], Vessel::Rca);
        check([30.1, -0.1, 0.0], Vessel::LeftStem);
        check([-20.0, 10.0, 0.0], Vessel::Lcx);
        check([-20.0, -10.0, 0.0], Vessel::Rca);
        // Below 40 mm only what lies right of 35 mm.
        check([34.9, 30.0, -40.1], Vessel::Rca);
        check([35.1, 30.0, -40.1], Vessel::Lcx);
        check([34.9, 30.0, -39.9], Vessel::Lcx);
        // The stem zone: 55 mm around, above -20, from -25 to 45 degrees.
        check([39.0, 38.0, 0.0], Vessel::LeftStem);
        check([39.0, 38.0, -20.0], Vessel::Lcx);
        check([38.0, 39.0, 0.0], Vessel::Lcx);
        check([38.0, -17.6, 0.0], Vessel::LeftStem);
        check([38.0, -17.9, 0.0], Vessel::Lad);
        // From 44 mm on LAD in front of 17 degrees.
        check([43.0, 0.0, 0.0], Vessel::LeftStem);
        check([44.1, 0.0, 0.0], Vessel::Lad);
        check([44.0, 14.0, 0.0], Vessel::LeftStem);
        // Beyond, 23 degrees divide LAD and LCX: tan is 0.4245.
        check([60.0, 25.4, 0.0], Vessel::Lad);
        check([60.0, 25.6, 0.0], Vessel::Lcx);
    }
}
