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
/// The labels leave arteries out.
pub const ARTERIES_NOT_NAMED: Code = Code::assignment("arteries_not_named");
/// The input holds several series, and each is refused.
pub const NO_SCORABLE_SERIES: Code = Code::geometry("no_scorable_series");
/// A zip archive cannot be opened, or an entry of it is damaged or cannot be unpacked.
pub const ARCHIVE_UNREADABLE: Code = Code::geometry("archive_unreadable");
/// A DICOMDIR names no files that can be read.
pub const DICOMDIR_UNUSABLE: Code = Code::geometry("dicomdir_unusable");
/// Files of the input are no part of any CT series.
pub const FILES_LEFT_OUT: Code = Code::geometry("files_left_out");

/// Every code of this crate.
pub const ALL: &[Code] = &[
    TOO_MANY_CANDIDATES,
    NO_CT_SERIES,
    SERIES_NOT_FOUND,
    OTHER_SERIES,
    ASSIGNMENT_MISSING,
    KVP_SCALED,
    ARTERIES_NOT_NAMED,
    NO_SCORABLE_SERIES,
    ARCHIVE_UNREADABLE,
    DICOMDIR_UNUSABLE,
    FILES_LEFT_OUT,
];
