//! What must hold of every result: a refusal has a reason and no number, a score is finite and the sum of its parts.

use agatston_engine::{
    ResultDocument, Status,
    result::LesionRecord,
    validate,
    writers::{self, tables::Table},
};

/// Holds a result against itself; true when it is a score.
pub(crate) fn check(document: &ResultDocument) -> bool {
    // Whatever it says, every writer can say it.
    let _ = writers::json::pretty(document);
    for table in Table::ALL {
        let _ = table.csv([document]);
        table.parquet([document]).expect("every result is rows of every table");
    }
    let _ = writers::table::table(document).painted();
    match document.status {
        Status::Refused => {
            assert!(document.refusal.is_some(), "a refusal without a reason: {document:?}");
            assert!(document.total.is_none() && document.lesions.is_empty(), "a refusal with numbers");
            false
        }
        Status::Scored | Status::Provisional => {
            assert!(document.refusal.is_none(), "a score that is refused");
            let wrong = validate(document).mismatches;
            assert!(wrong.is_empty(), "the result does not add up: {wrong:?}");
            lesions_are_somewhere(&document.lesions);
            withheld_are_listed(document);
            true
        }
    }
}

/// Places and sizes are numbers.
fn lesions_are_somewhere(lesions: &[LesionRecord]) {
    for lesion in lesions {
        assert!(lesion.centroid_lps_mm.iter().all(|mm| mm.is_finite()), "{lesion:?}");
        assert!(lesion.caliper_mm.is_finite() && lesion.z_extent_mm.iter().all(|mm| mm.is_finite()));
    }
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
