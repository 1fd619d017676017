//! What a phantom's DICOM header says about the scan. The default is the scan one hopes for: gated,
//! without contrast, 120 kVp, 3 mm, medium-smooth kernel. The pixels are in [`crate::Volume`].

use crate::uid::uid_of;

/// Header of a simulated scan. Change what a test is about and take the rest from `Default`.
///
/// ```
/// use agatston_phantom::Header;
/// let thin = Header { name: "thin".into(), slice_thickness_mm: 1.0, ..Header::default() };
/// assert_eq!(thin.kvp, 120.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Name of the phantom. All UIDs are derived from it: two series need two names.
    pub name: String,
    /// PatientName. Obviously no person.
    pub patient_name: String,
    /// PatientID.
    pub patient_id: String,
    /// StudyDate, SeriesDate, AcquisitionDate and ContentDate as `YYYYMMDD`. Fixed, so that files do not depend on
    /// the day they are made.
    pub date: String,
    /// Manufacturer.
    pub manufacturer: String,
    /// ManufacturerModelName.
    pub model: String,
    /// SeriesDescription.
    pub series_description: String,
    /// ImageType, its values separated by a backslash.
    pub image_type: String,
    /// KVP in kV.
    pub kvp: f64,
    /// SliceThickness in mm. The increment is in the volume.
    pub slice_thickness_mm: f64,
    /// ConvolutionKernel.
    pub kernel: String,
    /// ScanOptions.
    pub scan_options: String,
    /// RescaleSlope, not zero.
    pub slope: f64,
    /// RescaleIntercept in HU.
    pub intercept: f64,
    /// PixelRepresentation: `true` is two's complement.
    pub signed: bool,
    /// BitsStored, 1 to 16, in 16 allocated bits.
    pub bits_stored: u16,
    /// PixelPaddingValue as a stored value: what NaN voxels become. Without it they become the lowest value.
    pub padding: Option<i32>,
}

impl Default for Header {
    fn default() -> Self {
        Self {
            name: "default".into(),
            patient_name: "PHANTOM^AGATSTON".into(),
            patient_id: "PHANTOM".into(),
            date: "20200102".into(),
            manufacturer: "AGATSTON PHANTOM".into(),
            model: "SIMULATED CT".into(),
            series_description: "CALCIUM SCORE".into(),
            image_type: "ORIGINAL\\PRIMARY\\AXIAL".into(),
            kvp: 120.0,
            slice_thickness_mm: 3.0,
            kernel: "B35f".into(),
            scan_options: "ECG_GATED".into(),
            slope: 1.0,
            intercept: -1024.0,
            signed: false,
            bits_stored: 12,
            padding: None,
        }
    }
}

impl Header {
    /// The default header with another name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// StudyInstanceUID.
    #[must_use]
    pub fn study_uid(&self) -> String {
        uid_of(&format!("{}/study", self.name))
    }

    /// SeriesInstanceUID.
    #[must_use]
    pub fn series_uid(&self) -> String {
        uid_of(&format!("{}/series", self.name))
    }

    /// FrameOfReferenceUID.
    #[must_use]
    pub fn frame_of_reference_uid(&self) -> String {
        uid_of(&format!("{}/frame-of-reference", self.name))
    }

    /// SOPInstanceUID of slice `index`, 0 lowest.
    #[must_use]
    pub fn slice_uid(&self, index: usize) -> String {
        uid_of(&format!("{}/slice/{index}", self.name))
    }

    /// Smallest and largest stored value, from BitsStored and PixelRepresentation.
    #[must_use]
    pub fn stored_range(&self) -> (i32, i32) {
        if self.signed {
            let half = 1_i32 << (self.bits_stored - 1);
            (-half, half - 1)
        } else {
            (0, (1_i32 << self.bits_stored) - 1)
        }
    }

    /// Stored value of `hu`: `round((hu - intercept) / slope)`, clamped to what the bits can hold.
    #[must_use]
    pub fn stored(&self, hu: f64) -> i32 {
        let (low, high) = self.stored_range();
        if hu.is_nan() {
            return self.padding.unwrap_or(low);
        }
        let value = ((hu - self.intercept) / self.slope).round().clamp(f64::from(low), f64::from(high));
        #[expect(clippy::cast_possible_truncation, reason = "an integer within 16 bits after the clamp")]
        let stored = value as i32;
        stored
    }

    /// The 16 bits in which a stored value is kept: two's complement, cut to BitsStored.
    #[must_use]
    pub fn stored_bits(&self, hu: f64) -> u16 {
        bits_of(self.stored(hu)) & (u16::MAX >> (16 - self.bits_stored))
    }
}

/// The low 16 bits of a stored value.
pub(crate) fn bits_of(stored: i32) -> u16 {
    let [low, high, ..] = stored.to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hand arithmetic: 130 + 1024 = 1154; 199.5 rounds away from zero; -2000 is below 0 stored.
    #[test]
    fn stored_values() {
        let header = Header::default();
        assert_eq!(header.stored(130.0), 1154);
        assert_eq!(header.stored(199.5), 1224);
        assert_eq!(header.stored(-2000.0), 0);
        assert_eq!(header.stored(9000.0), 4095);
    }

    #[test]
    fn negative_values_are_twos_complement_within_bits_stored() {
        let signed = Header { signed: true, bits_stored: 16, intercept: 0.0, ..Header::default() };
        assert_eq!(signed.stored_bits(-1.0), 0xffff);
        let narrow = Header { bits_stored: 12, ..signed };
        assert_eq!(narrow.stored_bits(-1.0), 0x0fff);
        assert_eq!(narrow.stored_range(), (-2048, 2047));
    }

    #[test]
    fn nan_is_padding() {
        let header = Header {
            signed: true,
            bits_stored: 16,
            padding: Some(-2000),
            intercept: 0.0,
            ..Header::default()
        };
        assert_eq!(header.stored(f64::NAN), -2000);
        assert_eq!(header.stored_bits(f64::NAN), 63536);
    }
}
