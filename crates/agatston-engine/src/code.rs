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
/// A file or folder that a series needs could not be read: worth a retry.
pub const READ_FAILED: Code = Code::geometry("read_failed");
/// A bug in the program, in a batch that went on without the series.
pub const INTERNAL_ERROR: Code = Code::geometry("internal_error");
/// An index names a series that its folder does not hold.
pub const SERIES_CHANGED: Code = Code::geometry("series_changed");
/// The same series lies in a folder that comes before.
pub const DUPLICATE_SERIES: Code = Code::coronary("duplicate_series");
/// A series with the same UID and other slices lies in a folder that comes before: parts of one scan, as some exports make.
pub const SERIES_SPLIT: Code = Code::geometry("series_split");
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
/// No lungs in the image.
pub const NO_LUNGS: Code = Code::coronary("no_lungs");
/// No spine behind the lungs.
pub const NO_SPINE: Code = Code::coronary("no_spine");
/// Lung on one side of the spine only.
pub const ONE_LUNG: Code = Code::coronary("one_lung");
/// Nothing before the spine looks like an ascending aorta.
pub const NO_ASCENDING_AORTA: Code = Code::coronary("no_ascending_aorta");
/// What lies between the lungs is no heart by its size.
pub const HEART_REGION_SIZE: Code = Code::coronary("heart_region_size");
/// The slices begin within the heart.
pub const CUT_BELOW: Code = Code::coronary("cut_below");
/// The slices end at the root of the aorta.
pub const CUT_ABOVE: Code = Code::coronary("cut_above");
/// Slices too far apart for the anatomy.
pub const THICK_SLICES: Code = Code::coronary("thick_slices");
/// Noise in the blood pool.
pub const HIGH_NOISE: Code = Code::coronary("high_noise");
/// The heart touches the edge of the picture.
pub const CLIPPED_FIELD: Code = Code::coronary("clipped_field");
/// The heart touches the first or last slice.
pub const COVERAGE_CUT: Code = Code::coronary("coverage_cut");

/// Gates that no one can overrule: without what they ask for there is nothing to place a lesion by.
pub const OF_ORIGIN: &[Code] = &[NO_LUNGS, NO_SPINE, NO_ASCENDING_AORTA, HEART_REGION_SIZE];

/// Checks that need the pixels of a series: made when it is scanned.
pub const OF_PIXELS: &[Code] = &[NO_AIR, NO_SOFT_TISSUE, HU_OFFSET, BLANK_SLICE, REPEATED_PIXELS, METAL];

/// Checks that need to know where the heart is: made at level `anatomy`.
pub const OF_HEART: &[Code] = &[HIGH_NOISE, CLIPPED_FIELD, COVERAGE_CUT];

/// A comparison: the tube voltage differs.
pub const KVP_DIFFERS: &str = "kvp_differs";
/// A comparison: a tube voltage is not known.
pub const KVP_UNKNOWN: &str = "kvp_unknown";
/// A comparison: the slice thickness differs.
pub const THICKNESS_DIFFERS: &str = "thickness_differs";
/// A comparison: a slice thickness is not known.
pub const THICKNESS_UNKNOWN: &str = "thickness_unknown";
/// A comparison: the distance of slices differs.
pub const INCREMENT_DIFFERS: &str = "increment_differs";
/// A comparison: a distance of slices is not known.
pub const INCREMENT_UNKNOWN: &str = "increment_unknown";
/// A comparison: the class of the kernel differs.
pub const KERNEL_DIFFERS: &str = "kernel_differs";
/// A comparison: the class of a kernel is not known.
pub const KERNEL_CLASS_UNKNOWN: &str = "kernel_class_unknown";
/// A comparison: one reconstruction is iterative.
pub const RECONSTRUCTION_DIFFERS: &str = "reconstruction_differs";
/// A comparison: the scanner model differs.
pub const SCANNER_DIFFERS: &str = "scanner_differs";
/// A comparison: a scanner model is not known.
pub const SCANNER_UNKNOWN: &str = "scanner_unknown";
/// A comparison: the pixel size differs by over 10 %.
pub const PIXEL_SIZE_DIFFERS: &str = "pixel_size_differs";
/// A comparison: a pixel size is not known.
pub const PIXEL_SIZE_UNKNOWN: &str = "pixel_size_unknown";
/// A comparison: one scan has a finding that changes scores by itself: a refusal that was overruled, or a declared device.
pub const FINDING_DIFFERS: &str = "finding_differs";
/// A comparison: both scans have one.
pub const FINDING_IN_BOTH: &str = "finding_in_both";
/// A comparison: one scan has a finding that may change scores.
pub const FINDING_MAY_DIFFER: &str = "finding_may_differ";
/// A comparison: one scan was gated and the other was not.
pub const GATING_DIFFERS: &str = "gating_differs";
/// A comparison: the choices of the protocol differ.
pub const PROTOCOL_DIFFERS: &str = "protocol_differs";
/// A comparison: bounds were scaled to different voltages.
pub const KVP_FACTOR_DIFFERS: &str = "kvp_factor_differs";
/// A comparison: not the same kind of source assigned.
pub const ASSIGNMENT_DIFFERS: &str = "assignment_differs";
/// A comparison: the totals do not speak of the same.
pub const SCOPE_DIFFERS: &str = "scope_differs";
/// A comparison: not the same arteries are told apart.
pub const ARTERIES_DIFFER: &str = "arteries_differ";
/// A comparison: everything was counted.
pub const EVERYTHING_COUNTED: &str = "everything_counted";
/// A comparison: both scores are provisional.
pub const PROVISIONAL: &str = "provisional";
/// A comparison: the scans name different patients.
pub const PATIENT_DIFFERS: &str = "patient_differs";
/// A comparison: the scans are of a woman and a man.
pub const SEX_DIFFERS: &str = "sex_differs";
/// A comparison: a side was refused.
pub const SIDE_REFUSED: &str = "side_refused";
/// A comparison: both sides are the same scan.
pub const SAME_SCAN: &str = "same_scan";
/// A comparison: whether both are of one patient is not known.
pub const PATIENT_NOT_COMPARED: &str = "patient_not_compared";
/// A comparison: different versions of the program scored.
pub const ENGINE_DIFFERS: &str = "engine_differs";
/// A comparison: lesions are not followed.
pub const LESIONS_NOT_LISTED: &str = "lesions_not_listed";
/// A comparison: the time between the scans is not known.
pub const INTERVAL_UNKNOWN: &str = "interval_unknown";
/// A comparison: a date of the headers stands for none.
pub const DATES_IMPLAUSIBLE: &str = "dates_implausible";
/// A comparison: both scans are of one day.
pub const DATES_EQUAL: &str = "dates_equal";
/// A comparison: the follow-up is older than the baseline.
pub const DATES_REVERSED: &str = "dates_reversed";

/// Every code of this crate that may stand in a result.
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
    NO_LUNGS,
    NO_SPINE,
    ONE_LUNG,
    NO_ASCENDING_AORTA,
    HEART_REGION_SIZE,
    CUT_BELOW,
    CUT_ABOVE,
    THICK_SLICES,
    HIGH_NOISE,
    CLIPPED_FIELD,
    COVERAGE_CUT,
    TOO_MANY_CANDIDATES,
    NO_CT_SERIES,
    SERIES_NOT_FOUND,
    OTHER_SERIES,
    ASSIGNMENT_LEVEL,
    KVP_SCALED,
    ARTERIES_NOT_NAMED,
    NO_SCORABLE_SERIES,
    ARCHIVE_UNREADABLE,
    DICOMDIR_UNUSABLE,
    FILES_LEFT_OUT,
    READ_FAILED,
    INTERNAL_ERROR,
    SERIES_CHANGED,
    DUPLICATE_SERIES,
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
