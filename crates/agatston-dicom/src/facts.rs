//! What a series says about itself, as a result prints it. No name or number of a person.
//! Age and sex are what a reference table is asked with; a hash and a day tell whether two scans are of one person, and
//! how far apart. They stay out of every other output.

/// Sex as reference tables know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// `F`.
    Female,
    /// `M`.
    Male,
}

/// Facts of a series. Texts are as in the headers, where they are of the kind that may be shown; of others the length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesFacts {
    /// StudyInstanceUID, empty when missing.
    pub study_uid: String,
    /// SeriesInstanceUID, empty when missing.
    pub series_uid: String,
    /// FrameOfReferenceUID, empty when missing.
    pub frame_of_reference_uid: String,
    /// SOPClassUID, empty when missing.
    pub sop_class_uid: String,
    /// Transfer syntax UIDs, sorted.
    pub transfer_syntaxes: Vec<String>,
    /// Manufacturer.
    pub manufacturer: String,
    /// ManufacturerModelName.
    pub model: String,
    /// Tube voltage where all slices agree, kV.
    pub kvp: Option<f64>,
    /// All values of ConvolutionKernel.
    pub kernel: Vec<String>,
    /// ReconstructionAlgorithm (0018,9315), empty when missing.
    pub reconstruction_algorithm: String,
    /// All values of ImageType of the lowest slice.
    pub image_type: Vec<String>,
    /// Whether the scan was triggered or gated by the heart; `None` when nothing says so.
    pub gating: Option<bool>,
    /// Whether the header says that a contrast agent was given.
    pub contrast_agent: bool,
    /// Which element says so.
    pub contrast_reason: Option<&'static str>,
    /// SliceThickness, mm, where all slices agree.
    pub slice_thickness_mm: Option<f64>,
    /// Rows of each slice.
    pub rows: u16,
    /// Columns of each slice.
    pub columns: u16,
    /// PixelSpacing, mm: between rows, between columns.
    pub pixel_spacing_mm: Option<[f64; 2]>,
    /// Median distance of neighbouring slices, mm, before any check.
    pub increment_mm: Option<f64>,
    /// From the lowest to the highest slice along the normal, plus one increment, mm.
    pub coverage_mm: Option<f64>,
    /// Whether the normal is the body axis within one degree.
    pub axial: bool,
    /// Number of planes, duplicates included.
    pub planes: usize,
    /// Year of the acquisition.
    pub acquisition_year: Option<u16>,
    /// Calcium Scoring Mass Factor Patient (0018,9351), as the scanner wrote it.
    pub mass_factor_patient: Option<f64>,
    /// Calcium Scoring Mass Factor Device (0018,9352): small, medium, large patient.
    pub mass_factor_device: Vec<f64>,
    /// PatientAge (0010,1010) where all slices agree, years; never from a birth date.
    pub patient_age_years: Option<u16>,
    /// PatientSex (0010,0040) where all slices agree; nothing for `O`.
    pub patient_sex: Option<Sex>,
    /// A number that is the same for the same PatientID (0010,0020); it only serves to be compared, and is never shown.
    pub patient: Option<u64>,
    /// Day of the acquisition, counted from 1970-01-01; it only serves to be subtracted, and is never shown.
    pub acquisition_day: Option<i32>,
}
