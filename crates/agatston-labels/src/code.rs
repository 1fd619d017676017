//! Every code that this crate raises, each once. Left out: the words, which are written where it is raised.

use agatston_core::Code;

/// The file is none of the formats that are read.
pub const LABELS_FORMAT: Code = Code::assignment("labels_format");
/// The format is read, but not the way in which this file packs its voxels, or spreads them over files.
pub const LABELS_ENCODING: Code = Code::assignment("labels_encoding");
/// The file is damaged, contradicts itself or its standard, or claims more than it holds.
pub const LABELS_INVALID: Code = Code::assignment("labels_invalid");
/// The data type cannot hold labels: complex, colour, or wider than any label.
pub const LABELS_DATATYPE: Code = Code::assignment("labels_datatype");
/// The label map is not one three-dimensional volume.
pub const LABELS_DIMENSIONS: Code = Code::assignment("labels_dimensions");
/// A label value is negative, not an integer, or not exact after scaling.
pub const LABELS_NOT_INTEGER: Code = Code::assignment("labels_not_integer");
/// The label map does not say where it is in the patient, or says so in a way that no voxel grid can follow.
pub const LABELS_ORIENTATION: Code = Code::assignment("labels_orientation");
/// The label map has bare ids and no scheme was named.
pub const LABELS_SCHEME_NEEDED: Code = Code::assignment("labels_scheme_needed");
/// The label map holds an id that neither its names nor the scheme explain.
pub const LABELS_UNKNOWN_ID: Code = Code::assignment("labels_unknown_id");
/// A name that is no artery, and that nobody declared to be something else.
pub const LABELS_UNKNOWN_NAME: Code = Code::assignment("labels_unknown_name");
/// A label's name and its codes say different things.
pub const LABELS_NAMES_CONTRADICT: Code = Code::assignment("labels_names_contradict");
/// The labels are what this program wrote of a provisional score, and nobody has decided on them.
pub const LABELS_PROVISIONAL: Code = Code::assignment("labels_provisional");
/// The source was drawn in other patient coordinates than the series: another frame of reference.
pub const LABELS_FRAME_OF_REFERENCE: Code = Code::assignment("labels_frame_of_reference");
/// The segmentation has fractions, and no threshold says from which on a voxel belongs.
pub const LABELS_FRACTIONAL: Code = Code::assignment("labels_fractional");
/// There is no label file where one was to be.
pub const LABELS_MISSING: Code = Code::assignment("labels_missing");
/// A folder holds several label files that do not go together, or none.
pub const LABELS_FOLDER: Code = Code::assignment("labels_folder");
/// Labels or shapes lie outside the series.
pub const LABELS_OFF_GRID: Code = Code::assignment("labels_off_grid");
/// Regions of different names share a voxel.
pub const LABELS_OVERLAP: Code = Code::assignment("labels_overlap");

/// Finding: the label map fits the series and holds no label.
pub const LABELS_EMPTY: Code = Code::assignment("labels_empty");
/// Finding: candidates lie outside the label grid and are therefore unlabelled.
pub const LABELS_CROPPED: Code = Code::assignment("labels_cropped");
/// Finding: the label grid is that of the series, but lies beside it.
pub const LABELS_SHIFTED: Code = Code::assignment("labels_shifted");
/// Finding: contours within contours were read as holes.
pub const LABELS_HOLES: Code = Code::assignment("labels_holes");
/// Finding: labels share voxels that are no candidates.
pub const LABELS_OVERLAP_ELSEWHERE: Code = Code::assignment("labels_overlap_elsewhere");
/// Finding: the source was drawn on another series of the same patient coordinates.
pub const LABELS_OTHER_SERIES: Code = Code::assignment("labels_other_series");
/// Finding: no label lies on a candidate.
pub const LABELS_TOUCH_NOTHING: Code = Code::assignment("labels_touch_nothing");
/// Finding: some labels lie on no candidate.
pub const LABELS_WITHOUT_CANDIDATES: Code = Code::assignment("labels_without_candidates");
/// Finding: the label grid is not the voxel grid of the series; the nearest label voxel was taken.
pub const LABELS_RESAMPLED: Code = Code::assignment("labels_resampled");
/// Finding: the two positions that the NIfTI header gives differ; the sform was used.
pub const LABELS_SFORM_QFORM_DISAGREE: Code = Code::assignment("labels_sform_qform_disagree");
/// Finding: the names in the file contradict the scheme; the names were used.
pub const LABELS_NAMES_BEAT_SCHEME: Code = Code::assignment("labels_names_beat_scheme");
/// Finding: a scheme was named for a source that has names of its own.
pub const LABELS_SCHEME_UNUSED: Code = Code::assignment("labels_scheme_unused");
/// Finding: labels say "coronary, artery not determined", so no artery is complete.
pub const LABELS_ARTERY_UNDETERMINED: Code = Code::assignment("labels_artery_undetermined");
/// Finding: a shape in pixels reaches beyond the image.
pub const LABELS_BEYOND_IMAGE: Code = Code::assignment("labels_beyond_image");

/// A reference region does not say what it holds, or says what cannot be.
pub const REFERENCES_INVALID: Code = Code::assignment("references_invalid");

/// The log of edits is damaged, or a line is no edit.
pub const EDITS_INVALID: Code = Code::assignment("edits_invalid");
/// An edit is about a slice that the series does not have.
pub const EDITS_OTHER_SERIES: Code = Code::assignment("edits_other_series");
/// An edit is about a voxel that is no candidate.
pub const EDITS_NO_CANDIDATE: Code = Code::assignment("edits_no_candidate");
/// Finding: the log holds no decision, and there are no labels.
pub const EDITS_EMPTY: Code = Code::assignment("edits_empty");
/// Finding: a reader replaced another reader's decision.
pub const EDITS_OVERRULED: Code = Code::assignment("edits_overruled");
/// Finding: the times in the log go backwards.
pub const EDITS_TIME_ORDER: Code = Code::assignment("edits_time_order");
/// Finding: a reader named an artery that the labels do not separate.
pub const EDITS_NEW_ARTERY: Code = Code::assignment("edits_new_artery");

/// Every code of this crate.
pub const ALL: &[Code] = &[
    LABELS_FORMAT,
    LABELS_ENCODING,
    LABELS_INVALID,
    LABELS_DATATYPE,
    LABELS_DIMENSIONS,
    LABELS_NOT_INTEGER,
    LABELS_ORIENTATION,
    LABELS_SCHEME_NEEDED,
    LABELS_UNKNOWN_ID,
    LABELS_UNKNOWN_NAME,
    LABELS_NAMES_CONTRADICT,
    LABELS_FRAME_OF_REFERENCE,
    LABELS_FRACTIONAL,
    LABELS_MISSING,
    LABELS_FOLDER,
    LABELS_OFF_GRID,
    LABELS_OVERLAP,
    LABELS_SHIFTED,
    LABELS_HOLES,
    LABELS_OVERLAP_ELSEWHERE,
    LABELS_OTHER_SERIES,
    LABELS_EMPTY,
    LABELS_CROPPED,
    LABELS_TOUCH_NOTHING,
    LABELS_WITHOUT_CANDIDATES,
    LABELS_RESAMPLED,
    LABELS_SFORM_QFORM_DISAGREE,
    LABELS_NAMES_BEAT_SCHEME,
    LABELS_SCHEME_UNUSED,
    LABELS_ARTERY_UNDETERMINED,
    LABELS_BEYOND_IMAGE,
    REFERENCES_INVALID,
    EDITS_INVALID,
    EDITS_OTHER_SERIES,
    EDITS_NO_CANDIDATE,
    EDITS_EMPTY,
    EDITS_OVERRULED,
    EDITS_TIME_ORDER,
    EDITS_NEW_ARTERY,
];
