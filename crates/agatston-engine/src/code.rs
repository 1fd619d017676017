//! Codes of the findings that only the engine can make: about requests, the whole input, and the candidates.
//!
//! Those of the header and the pixels are the loader's, [`agatston_dicom::code`].

use agatston_core::Code;

/// More candidates than a chest without contrast can have.
pub const TOO_MANY_CANDIDATES: Code = Code::geometry("too_many_candidates");
/// No CT series in the input.
pub const NO_CT_SERIES: Code = Code::geometry("no_ct_series");
/// The chosen series is not in the input.
pub const SERIES_NOT_FOUND: Code = Code::geometry("series_not_found");
/// The input holds other series, which were not scored.
pub const OTHER_SERIES: Code = Code::geometry("other_series");
/// Nothing says which candidates are coronary.
pub const ASSIGNMENT_MISSING: Code = Code::assignment("assignment_missing");
/// The bounds were scaled to the tube voltage.
pub const KVP_SCALED: Code = Code::coronary("kvp_scaled");
/// A regions file leaves arteries out.
pub const ARTERIES_NOT_NAMED: Code = Code::assignment("arteries_not_named");
/// The labels cannot be used, for a reason without a code of its own.
pub const LABELS_UNUSABLE: Code = Code::assignment("labels_unusable");
/// The input holds several series, and each is refused.
pub const NO_SCORABLE_SERIES: Code = Code::geometry("no_scorable_series");
