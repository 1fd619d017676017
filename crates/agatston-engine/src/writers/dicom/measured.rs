//! Measures in codes. Only what is known is told: a measure that is null is left out, never 0.

use crate::result::MeasuresRecord;
use agatston_core::Region;
use agatston_dicom::out::{Concept, Measurement, concepts};

/// Score, volume, mass, mean and peak. What is no coronary artery has no coronary calcium score: its Agatston score has a
/// code of our own, its volume and mass those of anything.
pub(super) fn measured(region: Region, measures: &MeasuresRecord) -> Vec<Measurement> {
    let [score, volume, mass] = match region {
        Region::Artery(_) | Region::Coronary => {
            [concepts::CALCIUM_SCORE, concepts::CALCIFICATION_VOLUME, concepts::CALCIFICATION_MASS]
        }
        Region::Named(_) | Region::NotCoronary => {
            [concepts::AGATSTON_SCORE, concepts::VOLUME, concepts::MASS]
        }
    };
    let by_method = |concept, method, unit, value: Option<f64>| {
        value.map(|value| Measurement { concept, method: Some(method), derivation: None, value, unit })
    };
    [
        by_method(score, concepts::AGATSTON_METHOD, concepts::NO_UNITS, measures.agatston),
        by_method(volume, concepts::VOLUME_METHOD, concepts::CUBIC_MILLIMETRE, measures.volume_mm3),
        by_method(mass, concepts::MASS_METHOD, concepts::MILLIGRAM, measures.mass_mg),
        attenuation(concepts::MEAN, measures.mean_hu),
        attenuation(concepts::MAXIMUM, measures.peak_hu),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn attenuation(which: Concept, hu: Option<f64>) -> Option<Measurement> {
    hu.map(|value| Measurement {
        concept: concepts::ATTENUATION,
        method: None,
        derivation: Some(which),
        value,
        unit: concepts::HOUNSFIELD_UNIT,
    })
}
