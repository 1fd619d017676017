//! Does a result add up? Every sum is computed again from the foci that the result lists, as anyone could.
//!
//! ```text
//! foci     = pixels, weights, the geometry and protocol of the result
//! lesions  = their foci          arteries, regions = their lesions
//! total    = its arteries        classes           = the lesions by size
//! bounds   = candidates by tier
//! ```
//!
//! What needs pixels (crop measures of a lesion, the standard deviation of a focus, the caliper) is taken as written and
//! only added up. Without foci (`--detail lesions` or `totals`) less can be held, and the outcome says what was not.

mod anatomy;
mod classes;
mod ledger;
mod lesions;
mod sums;

pub use ledger::{Mismatch, Validation};

use crate::result::{ResultDocument, Status};
use ledger::Ledger;

/// Computes every sum of a result again.
pub fn validate(document: &ResultDocument) -> Validation {
    let mut ledger = Ledger::default();
    match document.status {
        Status::Refused => refused(document, &mut ledger),
        Status::Scored | Status::Provisional => {
            lesions::check(document, &mut ledger);
            sums::check(document, &mut ledger);
            classes::check(document, &mut ledger);
            anatomy::check(document, &mut ledger);
        }
    }
    ledger.finish()
}

/// A refusal has a reason and no number.
fn refused(document: &ResultDocument, ledger: &mut Ledger) {
    ledger.truth("refusal", "a reason, because there is no score", document.refusal.is_some());
    let empty = document.total.is_none()
        && document.arteries.is_empty()
        && document.regions.is_empty()
        && document.lesions.is_empty();
    ledger.truth("total", "no number in a refused result", empty);
    anatomy::refused(document, ledger);
}
