//! The change of an Agatston score by area and by density.
//!
//! ```text
//! score = density x area x slice factor
//! by area    = mean density x change of area x slice factor
//! by density = the rest
//! ```
//!
//! Taking the mean of the two densities makes the parts change their sign, and nothing else, with the order of the scans.

use super::record::DecompositionRecord;
use crate::result::MeasuresRecord;

/// The two parts of the change from `baseline` to `followup`; `None` where neither has calcium, or one is not known.
pub(super) fn decomposition(
    baseline: &MeasuresRecord,
    followup: &MeasuresRecord,
) -> Option<DecompositionRecord> {
    let difference = followup.agatston? - baseline.agatston?;
    let (area_b, area_f) = (baseline.area_mm2?, followup.area_mm2?);
    let density = mean(baseline.density, followup.density)?;
    let factor = mean(slice_factor(baseline), slice_factor(followup))?;
    // Without calcium on one side there is no density that could have changed.
    if baseline.density.is_none() || followup.density.is_none() {
        return Some(DecompositionRecord { by_area: difference, by_density: 0.0 });
    }
    let by_area = density * (area_f - area_b) * factor;
    Some(DecompositionRecord { by_area, by_density: difference - by_area })
}

/// What slice scaling makes of a score.
fn slice_factor(measures: &MeasuresRecord) -> Option<f64> {
    let (scaled, unscaled) = (measures.agatston?, measures.agatston_unscaled?);
    (unscaled > 0.0).then(|| scaled / unscaled)
}

/// The mean of two; of one, where the other is missing.
fn mean(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a + b) / 2.0),
        (one, None) | (None, one) => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Area and density in slices of 2 mm.
    fn measures(area_mm2: f64, density: f64) -> MeasuresRecord {
        let unscaled = area_mm2 * density;
        MeasuresRecord {
            agatston: Some(unscaled * 2.0 / 3.0),
            agatston_unscaled: Some(unscaled),
            area_mm2: Some(area_mm2),
            density: (area_mm2 > 0.0).then_some(density),
            ..MeasuresRecord::default()
        }
    }

    fn parts(b: &MeasuresRecord, f: &MeasuresRecord) -> (f64, f64) {
        decomposition(b, f).map(|d| (d.by_area, d.by_density)).unwrap()
    }

    /// 30 mm2 of density 2 become 36 mm2 of density 3: 40 points become 72; 6 x 2.5 x 2/3 = 10 by area, 22 by density.
    #[test]
    fn by_hand() {
        let (b, f) = (measures(30.0, 2.0), measures(36.0, 3.0));
        let (area, density) = parts(&b, &f);
        assert!((area - 10.0).abs() < 1e-12 && (density - 22.0).abs() < 1e-12, "{area} {density}");
        let back = parts(&f, &b);
        assert_eq!((-area, -density), back, "every bit but the sign");
        assert_eq!(parts(&b, &b), (0.0, 0.0));
    }

    #[test]
    fn from_zero_all_is_area() {
        let (none, some) = (measures(0.0, 0.0), measures(30.0, 2.0));
        assert_eq!(parts(&none, &some), (40.0, 0.0));
        assert_eq!(parts(&some, &none), (-40.0, 0.0));
        assert_eq!(decomposition(&none, &none), None);
    }
}
