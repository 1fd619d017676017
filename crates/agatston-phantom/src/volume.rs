//! Image and label volumes: arrays with a place in the patient. How they are written is left to
//! [`crate::dicom`] and [`crate::nifti`].

use ndarray::Array3;

/// A CT image in memory: HU on an axial grid, slice 0 lowest.
///
/// Rows run along LPS +y (to the back), columns along LPS +x (to the patient's left), slices along
/// LPS +z (to the head). A voxel that is NaN is pixel padding: it is outside the reconstructed circle.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// Values in HU, axes `[z, y, x]`.
    pub hu: Array3<f64>,
    /// Distance between voxel centres in mm, axes `[z, y, x]`: increment, row spacing, column spacing.
    pub spacing_mm: [f64; 3],
    /// Centre of voxel `[0, 0, 0]` in LPS mm, order `[x, y, z]`.
    pub origin_lps_mm: [f64; 3],
}

impl Volume {
    /// A volume of one HU everywhere, centred on the LPS origin in the plane, slice 0 at z = 0.
    ///
    /// `shape` in voxels and `spacing_mm` are both `[z, y, x]`.
    #[must_use]
    pub fn filled(shape: [usize; 3], spacing_mm: [f64; 3], hu: f64) -> Self {
        let half = |voxels: usize, spacing: f64| -0.5 * spacing * (as_f64(voxels) - 1.0);
        let origin_lps_mm = [half(shape[2], spacing_mm[2]), half(shape[1], spacing_mm[1]), 0.0];
        Self { hu: Array3::from_elem(shape, hu), spacing_mm, origin_lps_mm }
    }

    /// Centre of voxel `index` (`[z, y, x]`) in LPS mm, order `[x, y, z]`.
    #[must_use]
    pub fn centre_lps_mm(&self, index: [usize; 3]) -> [f64; 3] {
        [0, 1, 2].map(|axis| self.origin_lps_mm[axis] + as_f64(index[2 - axis]) * self.spacing_mm[2 - axis])
    }

    /// Area of one pixel in mm2.
    #[must_use]
    pub fn pixel_area_mm2(&self) -> f64 {
        self.spacing_mm[1] * self.spacing_mm[2]
    }
}

/// Which region each voxel of a [`Volume`] belongs to: 0 is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelVolume {
    /// Region numbers, axes `[z, y, x]`, same grid as the volume.
    pub labels: Array3<u8>,
    /// Name of the label scheme the numbers follow, for example `agatston` (LM 1, LAD 2, LCX 3, RCA 4).
    pub scheme: &'static str,
}

/// A count as a number. Exact: phantoms have far fewer than 2^52 voxels.
#[expect(clippy::cast_precision_loss, reason = "counts of voxels stay below 2^52")]
pub(crate) fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_volume_is_centred_in_the_plane() {
        let volume = Volume::filled([2, 3, 5], [3.0, 0.5, 1.0], 40.0);
        assert_eq!(volume.origin_lps_mm, [-2.0, -0.5, 0.0]);
        assert_eq!(volume.centre_lps_mm([1, 1, 2]), [0.0, 0.0, 3.0]);
        assert_eq!(volume.centre_lps_mm([0, 2, 4]), [2.0, 0.5, 0.0]);
        assert_eq!(volume.pixel_area_mm2(), 0.5);
    }
}
