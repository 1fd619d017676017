//! Regions in codes of SNOMED CT, the same in every output that has codes.

use agatston_core::{Artery, Region};
use agatston_dicom::out::{Concept, concepts};

/// What calcium there is: of a vessel, or of anything.
pub(crate) fn finding(region: Region) -> Concept {
    match region {
        Region::Artery(_) | Region::Coronary => concepts::VASCULAR_CALCIFICATION,
        Region::Named(_) | Region::NotCoronary => concepts::PATHOLOGIC_CALCIFICATION,
    }
}

/// Where in the body a region is; of one that only has a name it is not known.
pub(crate) fn site(region: Region) -> Option<Concept> {
    match region {
        Region::Artery(Artery::Lm) => Some(concepts::LEFT_MAIN),
        Region::Artery(Artery::Lad) => Some(concepts::LEFT_ANTERIOR_DESCENDING),
        Region::Artery(Artery::Lcx) => Some(concepts::CIRCUMFLEX),
        Region::Artery(Artery::Rca) => Some(concepts::RIGHT_CORONARY),
        Region::Coronary => Some(concepts::CORONARY_ARTERY),
        Region::Named(_) | Region::NotCoronary => None,
    }
}
