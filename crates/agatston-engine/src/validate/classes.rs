//! Size classes from the lesions, and micro + macro = total.

use super::{ledger::Ledger, sums::mean_hu};
use crate::{
    Detail, Scope,
    result::{
        ClassRecord, ClassWord, LesionRecord, MeasuresRecord, ResultDocument, WithheldFocusRecord,
        WithheldReason,
    },
};
use std::collections::BTreeMap;

pub(super) fn check(document: &ResultDocument, ledger: &mut Ledger) {
    for (i, row) in document.classes.iter().enumerate() {
        let at = format!("classes[{i}]");
        match row.class {
            ClassWord::BelowMinimum => below_minimum(&at, row, document, ledger),
            _ if document.options.detail != Detail::Totals => of_lesions(&at, row, document, ledger),
            _ => {}
        }
    }
    total_rows(document, ledger);
    micro_and_macro(document, ledger);
}

/// Foci below the minimum are no lesion and in no score; what is written of them agrees with itself and, where the foci
/// are listed, with the list.
fn below_minimum(at: &str, row: &ClassRecord, document: &ResultDocument, ledger: &mut Ledger) {
    let is_beside = row.lesions.is_none() && row.agatston.is_none();
    ledger.truth(at, "no lesion and no score below the minimum", is_beside);
    let increment_mm = document.series.as_ref().and_then(|s| s.increment_mm);
    if document.protocol.volume_threshold_hu.is_none() {
        let volume = increment_mm.map(|mm| row.area_mm2 * mm);
        ledger.number(&format!("{at}.volume_mm3"), volume, Some(row.volume_mm3));
    }
    let factor = document.mass_factor.mg_cm3_per_hu;
    let mass = factor.map(|f| row.mean_hu.unwrap_or_default() * row.volume_mm3 * f / 1000.0);
    ledger.number(&format!("{at}.mass_mg"), mass, row.mass_mg);
    if row.artery.is_none() && document.total.as_ref().is_some_and(|t| t.scope == Scope::Everything) {
        ledger.count(&format!("{at}.foci"), Some(document.withheld.below_smallest_focus), Some(row.foci));
    }
    if let (Some(list), Some(artery)) = (&document.withheld.list, &row.artery) {
        let own = || {
            let small = |f: &&WithheldFocusRecord| f.reason == WithheldReason::BelowSmallestFocus;
            list.iter().filter(small).filter(|f| f.artery == *artery)
        };
        ledger.count(&format!("{at}.foci"), Some(own().count() as u64), Some(row.foci));
        let area = own().map(|f| f.area_mm2).sum();
        ledger.number(&format!("{at}.area_mm2"), Some(area), Some(row.area_mm2));
    }
}

/// The rows of the total are the sums of those of its arteries.
fn total_rows(document: &ResultDocument, ledger: &mut Ledger) {
    if document.total.as_ref().is_none_or(|t| t.scope != Scope::Coronary) {
        return;
    }
    for (i, row) in document.classes.iter().enumerate().filter(|(_, row)| row.artery.is_none()) {
        let of_artery = |c: &&ClassRecord| {
            c.class == row.class && document.arteries.iter().any(|a| c.artery.as_ref() == Some(&a.artery))
        };
        let parts: Vec<&ClassRecord> = document.classes.iter().filter(of_artery).collect();
        let sum = |of: fn(&ClassRecord) -> f64| Some(parts.iter().map(|c| of(c)).sum::<f64>());
        let foci = parts.iter().map(|c| c.foci).sum();
        ledger.count(&format!("classes[{i}].foci (sum of arteries)"), Some(foci), Some(row.foci));
        ledger.number(
            &format!("classes[{i}].area_mm2 (sum of arteries)"),
            sum(|c| c.area_mm2),
            Some(row.area_mm2),
        );
    }
}

fn of_lesions(at: &str, row: &ClassRecord, document: &ResultDocument, ledger: &mut Ledger) {
    let counted = |l: &&LesionRecord| l.class == row.class && is_member(l, row, document);
    let lesions: Vec<&LesionRecord> = document.lesions.iter().filter(counted).collect();
    let sum = |of: fn(&LesionRecord) -> Option<f64>| Some(lesions.iter().filter_map(|l| of(l)).sum::<f64>());
    ledger.count(&format!("{at}.lesions"), Some(lesions.len() as u64), row.lesions);
    if document.options.detail == Detail::Foci {
        let foci = lesions.iter().map(|l| l.foci.len() as u64).sum();
        ledger.count(&format!("{at}.foci"), Some(foci), Some(row.foci));
    }
    ledger.number(&format!("{at}.agatston"), sum(|l| l.measures.agatston), row.agatston);
    ledger.number(&format!("{at}.area_mm2"), sum(|l| l.measures.area_mm2), Some(row.area_mm2));
    ledger.number(&format!("{at}.volume_mm3"), sum(|l| l.measures.volume_mm3), Some(row.volume_mm3));
    let measures: Vec<&MeasuresRecord> = lesions.iter().map(|l| &l.measures).collect();
    ledger.number(&format!("{at}.mean_hu"), mean_hu(&measures), row.mean_hu);
    let mass = row.mass_mg.and_then(|_| sum(|l| l.measures.mass_mg));
    ledger.number(&format!("{at}.mass_mg"), mass, row.mass_mg);
    let mut parts: BTreeMap<&str, u64> = row.parts.keys().map(|part| (part.as_str(), 0)).collect();
    for part in lesions.iter().filter_map(|l| l.part.as_deref()) {
        *parts.entry(part).or_default() += 1;
    }
    for (part, expected) in parts {
        ledger.count(&format!("{at}.parts.{part}"), Some(expected), row.parts.get(part).copied());
    }
}

/// Whether a lesion is in the artery of a row, or in the total that a row without one is of.
fn is_member(lesion: &LesionRecord, row: &ClassRecord, document: &ResultDocument) -> bool {
    match &row.artery {
        Some(artery) => lesion.artery == *artery,
        None if document.total.as_ref().is_some_and(|t| t.scope == Scope::Everything) => true,
        None => document.arteries.iter().any(|a| a.artery == lesion.artery),
    }
}

fn micro_and_macro(document: &ResultDocument, ledger: &mut Ledger) {
    let Some(total) = document.total.as_ref().filter(|t| t.scope != Scope::Regions) else { return };
    let of_total =
        || document.classes.iter().filter(|c| c.artery.is_none() && c.class != ClassWord::BelowMinimum);
    let lesions = of_total().filter_map(|c| c.lesions).sum();
    ledger.count("total.lesions (micro + macro)", Some(lesions), total.sums.lesions);
    let agatston: f64 = of_total().filter_map(|c| c.agatston).sum();
    ledger.number("total.agatston (micro + macro)", Some(agatston), total.sums.measures.agatston);
    let volume: f64 = of_total().map(|c| c.volume_mm3).sum();
    ledger.number("total.volume_mm3 (micro + macro)", Some(volume), total.sums.measures.volume_mm3);
}
