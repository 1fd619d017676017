//! Size classes from the lesions, and micro + macro = total.

use super::ledger::Ledger;
use crate::{
    Detail, Scope,
    result::{ClassRecord, ClassWord, LesionRecord, ResultDocument},
};
use std::collections::BTreeMap;

pub(super) fn check(document: &ResultDocument, ledger: &mut Ledger) {
    for (i, row) in document.classes.iter().enumerate() {
        let at = format!("classes[{i}]");
        match row.class {
            ClassWord::BelowMinimum => {
                ledger.truth(
                    &at,
                    "no lesion and no score below the minimum",
                    row.lesions.or(row.agatston.map(|_| 0)).is_none(),
                );
            }
            _ if document.options.detail != Detail::Totals => of_lesions(&at, row, document, ledger),
            _ => {}
        }
    }
    micro_and_macro(document, ledger);
}

fn of_lesions(at: &str, row: &ClassRecord, document: &ResultDocument, ledger: &mut Ledger) {
    let counted = |l: &&LesionRecord| l.class == row.class && is_member(l, row, document);
    let lesions: Vec<&LesionRecord> = document.lesions.iter().filter(counted).collect();
    let sum = |of: fn(&LesionRecord) -> Option<f64>| Some(lesions.iter().filter_map(|l| of(l)).sum::<f64>());
    ledger.count(&format!("{at}.lesions"), Some(lesions.len() as u64), row.lesions);
    ledger.number(&format!("{at}.agatston"), sum(|l| l.measures.agatston), row.agatston);
    ledger.number(&format!("{at}.area_mm2"), sum(|l| l.measures.area_mm2), Some(row.area_mm2));
    ledger.number(&format!("{at}.volume_mm3"), sum(|l| l.measures.volume_mm3), Some(row.volume_mm3));
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
