//! How far apart two scans of unchanged calcium may lie.
//!
//! These are published or simulated numbers; [`verdict`](super::verdict) uses them. The papers take the baseline; here it is
//! the larger of the two, so that the limit is the same the other way round.

/// Agatston score: 4.930 times the root of the score (Sevrukov et al., 2005, 2217 repeated scans).
const AGATSTON: f64 = 4.930;
/// Volume, mm3: 3.445 times its root (Sevrukov et al., 2005).
const VOLUME: f64 = 3.445;
/// From a score of zero (Sevrukov et al., 2005).
pub(super) const AGATSTON_FROM_ZERO: f64 = 11.6;
/// From a volume of zero, mm3 (Sevrukov et al., 2005).
pub(super) const VOLUME_FROM_ZERO_MM3: f64 = 9.5;
/// A fall must be so many limits deep: with 1.5 none of 792 simulated comparisons of unchanged calcium was.
pub(super) const OF_A_FALL: f64 = 1.5;
/// Mass: at least this share of it (simulated).
const MASS_SHARE: f64 = 0.15;
/// Mass in mg: at least this many times its root (simulated).
const MASS_ROOT: f64 = 0.5;
/// Where the limit of mass comes from.
pub(super) const MASS_SOURCE: &str = "simulated: the larger of 15 % and 0.5 times the root of the mass in mg";
/// Calibration factor where there is none, mg/cm3 per HU: published ones lie between 0.7 and 0.9.
pub(super) const MASS_FACTOR: f64 = 0.75;
/// Where the limits of MESA come from.
pub(super) const MESA_SOURCE: &str = "Chung et al., 2008 (MESA, 3380 repeated scans)";

/// Limit of a change of the Agatston score, of which the baseline may be zero.
pub(super) fn agatston(baseline: f64, followup: f64) -> f64 {
    if baseline == 0.0 { AGATSTON_FROM_ZERO } else { AGATSTON * baseline.max(followup).sqrt() }
}

/// Limit of a change of volume, of which the baseline may be zero, mm3.
pub(super) fn volume_mm3(baseline: f64, followup: f64) -> f64 {
    if baseline == 0.0 { VOLUME_FROM_ZERO_MM3 } else { VOLUME * baseline.max(followup).sqrt() }
}

/// Limit of a change of mass, mg.
pub(super) fn mass_mg(baseline: f64, followup: f64) -> f64 {
    let larger = baseline.max(followup);
    (MASS_SHARE * larger).max(MASS_ROOT * larger.sqrt())
}

/// Bound of a change of the Agatston score in MESA; `None` at zero (Chung et al., 2008).
pub(super) fn mesa_agatston(baseline: f64, followup: f64, bmi: f64) -> Option<f64> {
    let larger = baseline.max(followup);
    (larger > 0.0).then(|| 0.17 * larger + 4.89 * larger.sqrt() + 0.44 * bmi - 10.84)
}

/// Bound of a change of volume in MESA, mm3; `None` at zero (Chung et al., 2008).
pub(super) fn mesa_volume_mm3(baseline: f64, followup: f64, bmi: f64) -> Option<f64> {
    let larger = baseline.max(followup);
    (larger > 0.0).then(|| 0.16 * larger + 4.30 * larger.sqrt() + 0.23 * bmi - 5.00)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: at 400 the root is 20, at 100 it is 10.
    #[test]
    fn by_hand() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(agatston(400.0, 100.0), 98.6);
        near(agatston(100.0, 400.0), 98.6);
        near(volume_mm3(100.0, 81.0), 34.45);
        near(agatston(0.0, 400.0), 11.6);
        near(volume_mm3(0.0, 400.0), 9.5);
        near(agatston(400.0, 0.0), 98.6);
        near(mass_mg(100.0, 25.0), 15.0);
        near(mass_mg(4.0, 1.0), 1.0);
        near(mesa_agatston(100.0, 0.0, 25.0).unwrap(), 17.0 + 48.9 + 11.0 - 10.84);
        near(mesa_volume_mm3(0.0, 100.0, 25.0).unwrap(), 16.0 + 43.0 + 5.75 - 5.0);
        assert_eq!(mesa_agatston(0.0, 0.0, 25.0), None);
    }
}
