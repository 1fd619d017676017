//! The codes of everything the loader may say about a series, in the order in which outputs list them: causes
//! before consequences, so that a damaged file comes before the slice that is missing without it.
//!
//! Left out: what only the pixels as a whole, the kernel table or the heart can show (engine).

use agatston_core::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $class:ident $name:ident = $text:literal;)+) => {
        $($(#[$doc])* pub const $name: Code = Code::$class($text);)+

        /// Every code, in the order of the outputs.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    /// The file ends before an element does.
    geometry TRUNCATED_FILE = "truncated_file";
    /// The file or its pixels cannot be decoded.
    geometry DECODE_FAILED = "decode_failed";
    /// Beyond a limit of the reader.
    geometry LIMITS = "limits";
    /// Position, orientation, spacing or matrix is missing or no geometry.
    geometry GEOMETRY_MISSING = "geometry_missing";
    /// An object among the CT images of a series that is no CT image.
    geometry FOREIGN_OBJECT = "foreign_object";
    /// An increment over 1.5 times the median, or a position off the straight line.
    geometry MISSING_SLICE = "missing_slice";
    /// The same slice twice: dropped when identical, refused when not.
    geometry DUPLICATE_SLICE = "duplicate_slice";
    /// One slice has no increment.
    geometry SINGLE_SLICE = "single_slice";
    /// The slices cover less than a heart.
    coronary SHORT_COVERAGE = "short_coverage";
    /// One SeriesInstanceUID holds several stacks.
    geometry MIXED_SERIES = "mixed_series";
    /// PatientID or PatientName differ inside a series, or are empty in some slices only.
    geometry PATIENT_MIXED = "patient_mixed";
    /// The normal of the slices is not the body axis.
    geometry NOT_AXIAL = "not_axial";
    /// The gantry was tilted.
    geometry GANTRY_TILT = "gantry_tilt";
    /// The slices drift sideways along the stack.
    geometry SHEARED = "sheared";
    /// RescaleSlope or RescaleIntercept is missing or no number.
    geometry RESCALE_MISSING = "rescale_missing";
    /// The largest stored value is less than calcium can have.
    geometry RANGE_CUT = "range_cut";
    /// RescaleType is not HU.
    geometry NOT_HU = "not_hu";
    /// Slope or intercept differ between slices; legal, and applied slice by slice.
    geometry RESCALE_VARIES = "rescale_varies";
    /// Not MONOCHROME2.
    geometry PHOTOMETRIC = "photometric";
    /// Not one sample a pixel.
    geometry SAMPLES_PER_PIXEL = "samples_per_pixel";
    /// Not 16 bits allocated, or bits where none may be.
    geometry BITS = "bits";
    /// PixelPaddingValue is not one value, or takes in tissue.
    geometry PADDING_UNCLEAR = "padding_unclear";
    /// Pixel data of another length than rows, columns and frames ask for.
    geometry PIXEL_LENGTH = "pixel_length";
    /// No decoder for the transfer syntax.
    geometry UNSUPPORTED_SYNTAX = "unsupported_syntax";
    /// The decoded picture has another size than the header says.
    geometry MATRIX_MISMATCH = "matrix_mismatch";
    /// The increment is larger than the slice thickness.
    geometry INTERSLICE_GAP = "interslice_gap";
    /// The increment is smaller than the slice thickness.
    geometry OVERLAP = "overlap";
    /// A contrast agent was given.
    coronary CONTRAST_AGENT = "contrast_agent";
    /// Slices of several acquisitions alternate.
    coronary ACQUISITIONS_INTERLEAVED = "acquisitions_interleaved";
    /// Not an original axial image.
    coronary DERIVED_IMAGE = "derived_image";
    /// An axial reformat.
    coronary REFORMATTED = "reformatted";
    /// The tube voltage is not 120 kV.
    coronary NONSTANDARD_KVP = "nonstandard_kvp";
    /// The tube voltage is not known.
    coronary KVP_MISSING = "kvp_missing";
    /// A tin filter hardened the beam.
    coronary TIN_FILTER = "tin_filter";
    /// Slices too thick or thin for a score that compares with Agatston's.
    coronary NONSTANDARD_THICKNESS = "nonstandard_thickness";
    /// Pixels over 0.75 mm or under 0.2 mm.
    coronary COARSE_PIXELS = "coarse_pixels";
    /// Rows and columns are spaced differently; legal, and both spacings are used.
    coronary NON_SQUARE_PIXELS = "non_square_pixels";
    /// The scan was not gated.
    coronary UNGATED = "ungated";
    /// Nothing says whether the scan was gated.
    coronary GATING_UNKNOWN = "gating_unknown";
    /// The pixels went through a lossy compression.
    coronary LOSSY_PIXELS = "lossy_pixels";
    /// The headers lack identifiers; something else stands in for them.
    coronary UID_MISSING = "uid_missing";
    /// A UID that is none.
    coronary UID_INVALID = "uid_invalid";
    /// The file meta says something else than the data set.
    coronary META_MISMATCH = "meta_mismatch";
    /// Text is burned into the pixels.
    coronary BURNED_IN = "burned_in";
}

/// Place of a code in [`ALL`].
pub(crate) fn rank(code: Code) -> usize {
    ALL.iter().position(|c| *c == code).unwrap_or(ALL.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = ALL.iter().map(|c| c.name()).collect();
        assert_eq!(names.len(), ALL.len());
    }
}
