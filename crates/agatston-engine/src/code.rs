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
/// The assignment is not the decision of whom it was required to be.
pub const ASSIGNMENT_LEVEL: Code = Code::assignment("assignment_level");
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
/// A stent was declared.
pub const DECLARED_STENT: Code = Code::coronary("declared_stent");
/// A bypass was declared.
pub const DECLARED_BYPASS: Code = Code::coronary("declared_bypass");
/// A device was declared.
pub const DECLARED_DEVICE: Code = Code::coronary("declared_device");
/// The covariates file has no row for the series.
pub const COVARIATES_NOT_FOUND: Code = Code::coronary("covariates_not_found");
/// The covariates file has columns that mean nothing here.
pub const COVARIATES_COLUMNS_IGNORED: Code = Code::coronary("covariates_columns_ignored");

/// Almost no pixel is as dark as air or lung.
pub const NO_AIR: Code = Code::coronary("no_air");
/// Almost no pixel is as bright as water, blood or muscle.
pub const NO_SOFT_TISSUE: Code = Code::coronary("no_soft_tissue");
/// Air is not at -1000 HU.
pub const HU_OFFSET: Code = Code::coronary("hu_offset");
/// A slice whose pixels all have one value, among others that have not.
pub const BLANK_SLICE: Code = Code::coronary("blank_slice");
/// Slices at different places hold the same pixels.
pub const REPEATED_PIXELS: Code = Code::coronary("repeated_pixels");
/// The mass factor of a device depends on the size of the body, which nobody knows.
pub const MASS_FACTOR_AMBIGUOUS: Code = Code::coronary("mass_factor_ambiguous");
/// A mass factor in g/cm3 per HU.
pub const MASS_FACTOR_IN_GRAMS: Code = Code::coronary("mass_factor_in_grams");
/// A mass factor from rods of one density, with water at 0 HU.
pub const MASS_FACTOR_ONE_ROD: Code = Code::coronary("mass_factor_one_rod");
/// A mass factor that no published calibration gives.
pub const MASS_FACTOR_UNUSUAL: Code = Code::coronary("mass_factor_unusual");
/// A reference region holds too few voxels.
pub const REFERENCE_TOO_SMALL: Code = Code::assignment("reference_too_small");
/// Reference rods cannot be what they are said to be.
pub const REFERENCES_CONTRADICT: Code = Code::assignment("references_contradict");

/// Voxels as bright as metal where calcium is counted.
pub const METAL: Code = Code::coronary("metal");
/// A sharp reconstruction kernel.
pub const SHARP_KERNEL: Code = Code::coronary("sharp_kernel");
/// A kernel that the table does not know.
pub const KERNEL_UNKNOWN: Code = Code::coronary("kernel_unknown");
/// An iterative reconstruction.
pub const ITERATIVE_RECONSTRUCTION: Code = Code::coronary("iterative_reconstruction");
/// Noise in the blood pool.
pub const HIGH_NOISE: Code = Code::coronary("high_noise");
/// The heart touches the edge of the picture.
pub const CLIPPED_FIELD: Code = Code::coronary("clipped_field");
/// The heart touches the first or last slice.
pub const COVERAGE_CUT: Code = Code::coronary("coverage_cut");

/// Checks that need the pixels of a series: made when it is scanned.
pub const OF_PIXELS: &[Code] = &[NO_AIR, NO_SOFT_TISSUE, HU_OFFSET, BLANK_SLICE, REPEATED_PIXELS, METAL];

/// Checks that need to know where the heart is, which this version does not.
pub const OF_HEART: &[Code] = &[HIGH_NOISE, CLIPPED_FIELD, COVERAGE_CUT];

/// Every code of this crate.
pub const ALL: &[Code] = &[
    NO_AIR,
    NO_SOFT_TISSUE,
    HU_OFFSET,
    BLANK_SLICE,
    REPEATED_PIXELS,
    METAL,
    SHARP_KERNEL,
    KERNEL_UNKNOWN,
    ITERATIVE_RECONSTRUCTION,
    HIGH_NOISE,
    CLIPPED_FIELD,
    COVERAGE_CUT,
    TOO_MANY_CANDIDATES,
    NO_CT_SERIES,
    SERIES_NOT_FOUND,
    OTHER_SERIES,
    ASSIGNMENT_MISSING,
    ASSIGNMENT_LEVEL,
    KVP_SCALED,
    ARTERIES_NOT_NAMED,
    NO_SCORABLE_SERIES,
    ARCHIVE_UNREADABLE,
    DICOMDIR_UNUSABLE,
    FILES_LEFT_OUT,
    DECLARED_STENT,
    DECLARED_BYPASS,
    DECLARED_DEVICE,
    COVARIATES_NOT_FOUND,
    COVARIATES_COLUMNS_IGNORED,
    MASS_FACTOR_AMBIGUOUS,
    MASS_FACTOR_IN_GRAMS,
    MASS_FACTOR_ONE_ROD,
    MASS_FACTOR_UNUSUAL,
    REFERENCE_TOO_SMALL,
    REFERENCES_CONTRADICT,
];
