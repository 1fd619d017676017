//! Tube voltage: 130, 200, 300 and 400 HU belong to 120 kV; at another voltage the choice is the user's.

use crate::code::KVP_SCALED;
use agatston_core::{Finding, Protocol, Severity, THRESHOLD_HU};
use agatston_dicom::code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The voltage that the bounds of every protocol are written for, kV.
pub const STANDARD_KVP: f64 = 120.0;

/// Voltages this close are the same, kV.
const KVP_TOLERANCE: f64 = 0.5;

/// Threshold in HU by tube voltage in kV: 100 kV Nakazato 2009 (147 HU, phantom, n = 60); the others Graeni 2018
/// as coded in CalciumScoring.jl. Its weight bounds at 120 kV (199, 299, 399) are a known mistake, so only the
/// threshold is taken and one factor is applied to all four bounds.
const THRESHOLD_BY_KVP: [(f64, f64); 5] =
    [(70.0, 207.0), (80.0, 177.0), (100.0, 147.0), (120.0, THRESHOLD_HU), (135.0, 119.0)];

/// What to do with a series of another tube voltage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum KvpMode {
    /// Score with the bounds of 120 kV and say so.
    #[default]
    #[serde(rename = "as-120")]
    As120,
    /// Multiply all four bounds by the factor of the voltage; refuse a voltage without one.
    #[serde(rename = "scale")]
    Scale,
    /// Refuse.
    #[serde(rename = "refuse")]
    Refuse,
}

/// The factor on the bounds of a protocol, and what must be said about it.
///
/// `tin` says that a tin filter was present. A finding of severity `refusal` means that no score may be given.
pub(crate) fn factor(kvp: Option<f64>, tin: bool, mode: KvpMode) -> (f64, Option<Finding>) {
    let standard = kvp.is_some_and(|kv| (kv - STANDARD_KVP).abs() <= KVP_TOLERANCE);
    if standard && !(tin && mode == KvpMode::Scale) {
        return (1.0, None);
    }
    let refuse = |code, message: &str, next: &str| {
        let seen =
            kvp.map_or_else(|| "none, or not the same in all slices".to_owned(), |kv| format!("{kv} kV"));
        let finding = Finding::new(code, Severity::Refusal, message)
            .expected("(0018,0060) KVP = 120")
            .seen(seen)
            .next_step(next);
        (1.0, Some(finding))
    };
    let other = if kvp.is_some() { code::NONSTANDARD_KVP } else { code::KVP_MISSING };
    match mode {
        KvpMode::As120 => (1.0, None), // the loader has said it already
        KvpMode::Refuse => refuse(
            other,
            "the tube voltage is not known to be 120 kV, and --kvp-mode refuse was given",
            "score with --kvp-mode as-120 (flagged) or scale",
        ),
        KvpMode::Scale if tin => refuse(
            code::TIN_FILTER,
            "a tin filter hardens the beam, so the factors by tube voltage do not hold",
            "score with --kvp-mode as-120, which is flagged",
        ),
        KvpMode::Scale => {
            match THRESHOLD_BY_KVP.iter().find(|(kv, _)| kvp.is_some_and(|k| (k - kv).abs() <= KVP_TOLERANCE))
            {
                Some((kv, threshold)) => (threshold / THRESHOLD_HU, Some(scaled(*kv, *threshold))),
                None => refuse(
                    other,
                    "no published threshold is known for this tube voltage",
                    "score with --kvp-mode as-120, which is flagged; factors exist for 70, 80, 100, 120 and 135 kV",
                ),
            }
        }
    }
}

fn scaled(kv: f64, threshold: f64) -> Finding {
    let bounds = Protocol::STANDARD.scaled(threshold / THRESHOLD_HU).weight_bounds_hu;
    let [two, three, four] = bounds;
    Finding::new(
        KVP_SCALED,
        Severity::Warning,
        format!("bounds were scaled to {kv} kV by {threshold} / 130: for `standard`, {threshold}, {two:.1}, {three:.1} and {four:.1} HU"),
    )
    .next_step("read the category with this note; percentile and risk are not given")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_and_refusals() {
        let check = |kvp, tin, mode, expected: f64, code: Option<&str>| {
            let (factor, finding) = factor(kvp, tin, mode);
            assert_eq!(factor, expected, "{kvp:?} {mode:?}");
            assert_eq!(finding.map(|f| f.code.name()), code, "{kvp:?} {mode:?}");
        };
        check(Some(120.0), false, KvpMode::Scale, 1.0, None);
        check(Some(119.8), false, KvpMode::Refuse, 1.0, None);
        check(Some(100.0), false, KvpMode::Scale, 147.0 / 130.0, Some("kvp_scaled"));
        check(Some(100.0), false, KvpMode::As120, 1.0, None);
        check(Some(100.0), false, KvpMode::Refuse, 1.0, Some("nonstandard_kvp"));
        check(None, false, KvpMode::Refuse, 1.0, Some("kvp_missing"));
        check(Some(90.0), false, KvpMode::Scale, 1.0, Some("nonstandard_kvp"));
        check(None, false, KvpMode::Scale, 1.0, Some("kvp_missing"));
        check(Some(100.0), true, KvpMode::Scale, 1.0, Some("tin_filter"));
        check(Some(120.0), true, KvpMode::Scale, 1.0, Some("tin_filter"));
    }
}
