//! Arteries and regions from their lesions, the total from its arteries.

use super::ledger::Ledger;
use crate::{
    Detail, Scope,
    outcome::UNNAMED,
    result::{CountsRecord, LesionRecord, MeasuresRecord, ResultDocument, TotalRecord},
};
use agatston_core::Category;

/// A measure that adds up.
type Additive = (&'static str, fn(&MeasuresRecord) -> Option<f64>);

/// Every measure that adds up.
const ADDITIVE: [Additive; 10] = [
    ("agatston", |m| m.agatston),
    ("agatston_unscaled", |m| m.agatston_unscaled),
    ("area_mm2", |m| m.area_mm2),
    ("volume_mm3", |m| m.volume_mm3),
    ("volume_interpolated_mm3", |m| m.volume_interpolated_mm3),
    ("volume_half_maximum_mm3", |m| m.volume_half_maximum_mm3),
    ("volume_from_1000_hu_mm3", |m| m.volume_from_1000_hu_mm3),
    ("volume_fraction_mm3", |m| m.volume_fraction_mm3),
    ("mass_integrated_mg", |m| m.mass_integrated_mg),
    ("spatially_weighted", |m| m.spatially_weighted),
];

/// Measures of one place and where they stand in the document.
struct Place<'a> {
    at: String,
    sums: &'a CountsRecord,
    /// Whether the result has a mass factor.
    has_mass: bool,
    /// Whether volume is counted at the threshold, so that mean and spread are of the same voxels.
    has_one_threshold: bool,
}

impl<'a> Place<'a> {
    fn new(at: String, sums: &'a CountsRecord, document: &ResultDocument) -> Self {
        let has_one_threshold = document.protocol.volume_threshold_hu.is_none();
        Self { at, sums, has_mass: document.mass_factor.mg_cm3_per_hu.is_some(), has_one_threshold }
    }
}

/// Mean HU of all parts, each by its volume.
pub(super) fn mean_hu(parts: &[&MeasuresRecord]) -> Option<f64> {
    let of = |m: &&MeasuresRecord| m.mean_hu.zip(m.volume_mm3);
    let volume: f64 = parts.iter().filter_map(of).map(|(_, mm3)| mm3).sum();
    let sum: f64 = parts.iter().filter_map(of).map(|(hu, mm3)| hu * mm3).sum();
    (volume > 0.0).then(|| sum / volume)
}

/// Standard deviation over all parts, from that of each about its own mean.
fn sd_hu(parts: &[&MeasuresRecord]) -> Option<f64> {
    let mean = mean_hu(parts)?;
    let about = |m: &&MeasuresRecord| Some(m.volume_mm3? * (m.sd_hu?.powi(2) + (m.mean_hu? - mean).powi(2)));
    let volume: f64 = parts.iter().filter(|m| m.mean_hu.is_some()).filter_map(|m| m.volume_mm3).sum();
    Some((parts.iter().filter_map(about).sum::<f64>() / volume).sqrt())
}

pub(super) fn check(document: &ResultDocument, ledger: &mut Ledger) {
    let has_lesions = document.options.detail != Detail::Totals;
    for (i, artery) in document.arteries.iter().enumerate() {
        let place = Place::new(format!("arteries[{i}] ({})", artery.artery), &artery.sums, document);
        if !artery.separated {
            let empty = *place.sums == CountsRecord::default();
            ledger.truth(&place.at, "null for an artery that the source does not tell apart", empty);
        } else if has_lesions {
            place.of_lesions(&of(document, &artery.artery), ledger);
        }
        place.density(ledger);
    }
    for (i, region) in document.regions.iter().enumerate() {
        let place = Place::new(format!("regions[{i}] ({})", region.name), &region.sums, document);
        if has_lesions {
            place.of_lesions(&of(document, &region.name), ledger);
        }
        place.density(ledger);
    }
    match &document.total {
        None => ledger.truth("total", "a total in a scored result", false),
        Some(total) => of_total(document, total, ledger),
    }
}

fn of<'a>(document: &'a ResultDocument, name: &str) -> Vec<&'a LesionRecord> {
    document.lesions.iter().filter(|l| l.artery == name).collect()
}

fn of_total(document: &ResultDocument, total: &TotalRecord, ledger: &mut Ledger) {
    let place = Place::new("total".to_owned(), &total.sums, document);
    match total.scope {
        Scope::Regions => {
            let empty = total.sums == CountsRecord::default();
            return ledger.truth("total", "null: regions have no total", empty);
        }
        Scope::Everything if document.options.detail != Detail::Totals => {
            place.of_lesions(&document.lesions.iter().collect::<Vec<_>>(), ledger);
        }
        Scope::Everything => {}
        Scope::Coronary => {
            let arteries: Vec<&CountsRecord> =
                document.arteries.iter().filter(|a| a.separated).map(|a| &a.sums).collect();
            place.of_parts(&arteries, ledger);
            shares(document, total, ledger);
            if let Some(category) = &total.category {
                let own = Category::of(total.sums.measures.agatston.unwrap_or_default());
                ledger.word("total.category", own.as_str(), category);
            }
        }
    }
    place.density(ledger);
}

/// What is said of the arteries in the total.
fn shares(document: &ResultDocument, total: &TotalRecord, ledger: &mut Ledger) {
    let four = document.arteries.iter().filter(|a| a.artery != UNNAMED);
    let scores: Option<Vec<f64>> = four.map(|a| a.sums.measures.agatston.filter(|_| a.separated)).collect();
    let with_calcium = scores.as_ref().map(|s| s.iter().filter(|a| **a > 0.0).count() as u64);
    if with_calcium.is_some() || total.arteries_with_calcium.is_some() {
        ledger.count("total.arteries_with_calcium", with_calcium, total.arteries_with_calcium);
        let sum = total.sums.measures.agatston.filter(|sum| *sum > 0.0);
        let largest = scores.and_then(|s| s.into_iter().reduce(f64::max));
        let share = largest.zip(sum).map(|(largest, sum)| largest / sum);
        ledger.number("total.largest_share", share, total.largest_share);
        ledger.number("total.diffusivity", share.map(|share| 1.0 - share), total.diffusivity);
    }
}

impl Place<'_> {
    /// From the lesions of this place.
    fn of_lesions(&self, lesions: &[&LesionRecord], ledger: &mut Ledger) {
        let measures: Vec<&MeasuresRecord> = lesions.iter().map(|l| &l.measures).collect();
        self.additive(&measures, ledger);
        let foci: u64 = lesions.iter().map(|l| l.foci.len() as u64).sum();
        ledger.count(&self.key("lesions"), Some(lesions.len() as u64), self.sums.lesions);
        // Lesions without foci are those of `--detail lesions`.
        if lesions.is_empty() || lesions.iter().any(|l| !l.foci.is_empty()) {
            ledger.count(&self.key("foci"), Some(foci), self.sums.foci);
        }
    }

    /// From the arteries of a total.
    fn of_parts(&self, parts: &[&CountsRecord], ledger: &mut Ledger) {
        let measures: Vec<&MeasuresRecord> = parts.iter().map(|p| &p.measures).collect();
        self.additive(&measures, ledger);
        let sum =
            |of: fn(&CountsRecord) -> Option<u64>| Some(parts.iter().filter_map(|p| of(p)).sum::<u64>());
        ledger.count(&self.key("lesions"), sum(|p| p.lesions), self.sums.lesions);
        ledger.count(&self.key("foci"), sum(|p| p.foci), self.sums.foci);
    }

    fn additive(&self, parts: &[&MeasuresRecord], ledger: &mut Ledger) {
        let own = &self.sums.measures;
        for (name, measure) in ADDITIVE {
            // What one part lacks the sum lacks; without parts, what is known at all is 0.
            let sum: Option<f64> = parts.iter().map(|m| measure(m)).sum();
            let expected = if parts.is_empty() { measure(own).map(|_| 0.0) } else { sum };
            ledger.number(&self.key(name), expected, measure(own));
        }
        let mass: f64 = parts.iter().filter_map(|m| m.mass_mg).sum();
        ledger.number(&self.key("mass_mg"), self.has_mass.then_some(mass), own.mass_mg);
        ledger.number(&self.key("mean_hu"), mean_hu(parts), own.mean_hu);
        if own.sd_hu.is_some() && self.has_one_threshold {
            ledger.number(&self.key("sd_hu"), sd_hu(parts), own.sd_hu);
        }
        let peak = parts.iter().filter_map(|m| m.peak_hu).reduce(f64::max);
        ledger.number(&self.key("peak_hu"), peak, own.peak_hu);
        for (i, written) in own.volume_by_weight_mm3.iter().flatten().enumerate() {
            let sum = parts.iter().filter_map(|m| m.volume_by_weight_mm3.map(|by| by[i])).sum();
            ledger.number(&self.key(&format!("volume_by_weight_mm3[{i}]")), Some(sum), Some(*written));
        }
    }

    fn density(&self, ledger: &mut Ledger) {
        let m = &self.sums.measures;
        let area = m.area_mm2.filter(|area| *area > 0.0);
        let expected = m.agatston_unscaled.zip(area).map(|(unscaled, area)| unscaled / area);
        ledger.number(&self.key("density"), expected, m.density);
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.at)
    }
}
