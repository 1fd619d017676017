//! What must hold of every result: a refusal has a reason and no number, a score is finite and the sum of its parts.

use agatston_engine::{
    ResultDocument, Status,
    result::{ClassWord, LesionRecord, TotalRecord},
    writers,
};

/// Holds a result against itself; true when it is a score.
pub(crate) fn check(document: &ResultDocument) -> bool {
    // Whatever it says, every writer can say it.
    let _ = writers::json::pretty(document);
    let _ = writers::csv::rows(document);
    let _ = writers::table::table(document);
    match document.status {
        Status::Refused => {
            assert!(document.refusal.is_some(), "a refusal without a reason: {document:?}");
            assert!(document.total.is_none() && document.lesions.is_empty(), "a refusal with numbers");
            false
        }
        Status::Scored => {
            assert!(document.refusal.is_none(), "a score that is refused");
            let total = document.total.as_ref().expect("a score has a total");
            parts_add_up(total, &document.lesions);
            classes_add_up(document, total);
            withheld_are_listed(document);
            true
        }
    }
}

/// The total is the sum of its lesions, a lesion the sum of its foci.
fn parts_add_up(total: &TotalRecord, lesions: &[LesionRecord]) {
    let m = &total.sums.measures;
    let sum = |of: fn(&LesionRecord) -> Option<f64>| lesions.iter().filter_map(of).sum::<f64>();
    near("agatston", m.agatston, sum(|l| l.measures.agatston));
    near("agatston_unscaled", m.agatston_unscaled, sum(|l| l.measures.agatston_unscaled));
    near("area_mm2", m.area_mm2, sum(|l| l.measures.area_mm2));
    near("volume_mm3", m.volume_mm3, sum(|l| l.measures.volume_mm3));
    assert_eq!(total.sums.lesions, Some(lesions.len() as u64), "lesions are counted");
    assert_eq!(total.sums.foci, Some(lesions.iter().map(|l| l.foci.len() as u64).sum()), "foci are counted");
    for lesion in lesions {
        near("agatston of foci", lesion.measures.agatston, lesion.foci.iter().map(|f| f.agatston).sum());
        near("area of foci", lesion.measures.area_mm2, lesion.foci.iter().map(|f| f.area_mm2).sum());
        assert!(lesion.centroid_lps_mm.iter().all(|mm| mm.is_finite()), "{lesion:?}");
        assert!(lesion.caliper_mm.is_finite() && lesion.z_extent_mm.iter().all(|mm| mm.is_finite()));
    }
}

/// Micro and macro are the total.
fn classes_add_up(document: &ResultDocument, total: &TotalRecord) {
    let of_total = document.classes.iter().filter(|c| c.artery.is_none());
    let counted = of_total.filter(|c| c.class != ClassWord::BelowMinimum);
    near("agatston of classes", total.sums.measures.agatston, counted.filter_map(|c| c.agatston).sum());
}

/// The list of withheld foci is as long as their number.
fn withheld_are_listed(document: &ResultDocument) {
    let withheld = &document.withheld;
    if let Some(list) = &withheld.list {
        assert_eq!(list.len() as u64, withheld.below_smallest_focus + withheld.not_coronary);
    }
}

/// Equal but for rounding, and finite.
pub(crate) fn near(what: &str, seen: Option<f64>, expected: f64) {
    let seen = seen.unwrap_or_else(|| panic!("{what} is missing"));
    assert!(seen.is_finite() && expected.is_finite(), "{what}: {seen} against {expected}");
    assert!((seen - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {seen} against {expected}");
}
