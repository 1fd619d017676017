//! Measures of some lesions: from counts, from the values under them, and from their crops.

use crate::{
    Outcome,
    result::{CountsRecord, MeasuresRecord},
};
use agatston_core::{CropMeasures, PartialVolume, Region, ScoredLesion, Spread, Tally};

/// The measures of what a tally counted, whose lesions are those of the regions that are `member`s.
pub(super) fn counts(o: &Outcome, tally: &Tally, member: impl Fn(Region) -> bool) -> CountsRecord {
    let of_member = |(i, lesion): (usize, &ScoredLesion)| member(lesion.lesion.region).then_some(i);
    let lesions: Vec<usize> = o.score.lesions.iter().enumerate().filter_map(of_member).collect();
    CountsRecord {
        measures: measures(o, tally, &lesions),
        lesions: Some(tally.lesions),
        foci: Some(tally.foci),
    }
}

/// The measures of one lesion.
pub(super) fn of_lesion(o: &Outcome, index: usize) -> MeasuresRecord {
    measures(o, &o.score.lesions[index].tally, &[index])
}

/// `lesions` are indices of those that the tally counted.
fn measures(o: &Outcome, tally: &Tally, lesions: &[usize]) -> MeasuresRecord {
    let m = tally.measures(&o.scale);
    let spread = spread(o, lesions);
    let geometry = &o.geometry;
    let crops = o.crops.as_ref().map(|crops| CropSum::of(lesions.iter().map(|i| &crops[*i]), o));
    let partial = crops.as_ref().map(|c| c.partial).unwrap_or_default();
    MeasuresRecord {
        agatston: Some(m.agatston),
        agatston_unscaled: Some(m.agatston_unscaled),
        area_mm2: Some(m.area_mm2),
        volume_mm3: Some(m.volume_mm3),
        volume_interpolated_mm3: crops.as_ref().map(|c| c.interpolated_mm3),
        volume_half_maximum_mm3: crops.as_ref().and_then(|c| c.half_maximum_mm3),
        mass_mg: m.mass_mg,
        mean_hu: m.mean_hu,
        sd_hu: spread.and_then(|s| s.sd_hu()),
        peak_hu: tally.peak_hu,
        density: m.density,
        volume_by_weight_mm3: spread.map(|s| s.volume_by_weight_mm3(geometry)),
        volume_from_1000_hu_mm3: spread.map(|s| s.volume_from_1000_hu_mm3(geometry)),
        volume_fraction_mm3: partial.fraction_mm3,
        mass_integrated_mg: partial.integrated_mg,
        spatially_weighted: partial.spatially_weighted,
    }
}

fn spread(o: &Outcome, lesions: &[usize]) -> Option<Spread> {
    let looks = o.looks.as_ref()?;
    let mut sum = Spread::default();
    for id in lesions.iter().flat_map(|i| &o.score.lesions[*i].lesion.foci) {
        sum.add(&looks[usize::from(id.slice)][id.index as usize].spread);
    }
    Some(sum)
}

/// What several crops add up to; what one of them lacks the sum lacks.
struct CropSum {
    interpolated_mm3: f64,
    half_maximum_mm3: Option<f64>,
    partial: PartialVolume,
}

impl CropSum {
    fn of<'a>(crops: impl Iterator<Item = &'a CropMeasures>, o: &Outcome) -> Self {
        let nothing = |is_known: bool| is_known.then_some(0.0);
        let (calcium, at_100) = (o.rods.calcium.is_some(), o.rods.at_100_mg_cm3.is_some());
        let mut sum = Self {
            interpolated_mm3: 0.0,
            half_maximum_mm3: Some(0.0),
            partial: PartialVolume {
                fraction_mm3: nothing(calcium),
                integrated_mg: nothing(calcium),
                spatially_weighted: nothing(at_100),
            },
        };
        let add = |a: &mut Option<f64>, b: Option<f64>| *a = a.zip(b).map(|(a, b)| a + b);
        for crop in crops {
            sum.interpolated_mm3 += crop.interpolated_mm3;
            add(&mut sum.half_maximum_mm3, crop.half_maximum_mm3);
            add(&mut sum.partial.fraction_mm3, crop.partial.fraction_mm3);
            add(&mut sum.partial.integrated_mg, crop.partial.integrated_mg);
            add(&mut sum.partial.spatially_weighted, crop.partial.spatially_weighted);
        }
        sum
    }
}
