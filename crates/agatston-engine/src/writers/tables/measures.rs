//! Columns of the measures, the same in every table.

use super::column::{Column, float};
use crate::result::MeasuresRecord;

/// A row that has measures.
pub(super) trait Measured<'a>: Copy {
    /// Its measures; none where there is no score.
    fn measures(self) -> Option<&'a MeasuresRecord>;
}

/// The columns; `docs/measures.md` defines each.
pub(super) fn measures<'a, R: Measured<'a>>() -> [Column<'a, R>; 19] {
    [
        float("agatston", "", "Agatston score.", |r| r.measures()?.agatston),
        float("agatston_unscaled", "", "Agatston score without slice scaling.", |r| {
            r.measures()?.agatston_unscaled
        }),
        float("area_mm2", "mm2", "Sum of the focus areas.", |r| r.measures()?.area_mm2),
        float("volume_mm3", "mm3", "Volume of the accepted voxels.", |r| r.measures()?.volume_mm3),
        float("volume_interpolated_mm3", "mm3", "Volume after interpolation to cubic voxels.", |r| {
            r.measures()?.volume_interpolated_mm3
        }),
        float("volume_half_maximum_mm3", "mm3", "Volume at half maximum.", |r| {
            r.measures()?.volume_half_maximum_mm3
        }),
        float("mass_mg", "mg", "Mass; null without a calibration factor.", |r| r.measures()?.mass_mg),
        float("mean_hu", "HU", "Mean of the accepted voxels; null without calcium.", |r| {
            r.measures()?.mean_hu
        }),
        float("sd_hu", "HU", "Standard deviation of the accepted voxels; null without calcium.", |r| {
            r.measures()?.sd_hu
        }),
        float("peak_hu", "HU", "Largest value; null without calcium.", |r| r.measures()?.peak_hu),
        float("density", "", "Unscaled Agatston score per area, 1 to 4; null without calcium.", |r| {
            r.measures()?.density
        }),
        float("volume_weight_1_mm3", "mm3", "Volume of the voxels that would weigh 1.", |r| weighing(r, 0)),
        float("volume_weight_2_mm3", "mm3", "Volume of the voxels that would weigh 2.", |r| weighing(r, 1)),
        float("volume_weight_3_mm3", "mm3", "Volume of the voxels that would weigh 3.", |r| weighing(r, 2)),
        float("volume_weight_4_mm3", "mm3", "Volume of the voxels that would weigh 4.", |r| weighing(r, 3)),
        float("volume_from_1000_hu_mm3", "mm3", "Volume of the voxels from 1000 HU on.", |r| {
            r.measures()?.volume_from_1000_hu_mm3
        }),
        float(
            "volume_fraction_mm3",
            "mm3",
            "Volume that calcium as dense as the reference rod would fill; null without a rod.",
            |r| r.measures()?.volume_fraction_mm3,
        ),
        float("mass_integrated_mg", "mg", "Mass by integrated intensity; null without a rod.", |r| {
            r.measures()?.mass_integrated_mg
        }),
        float("spatially_weighted", "", "Spatially weighted score; null without a rod of 100 mg/cm3.", |r| {
            r.measures()?.spatially_weighted
        }),
    ]
}

/// Volume of the voxels of a weight, by its place in the list of weights, mm3.
fn weighing<'a, R: Measured<'a>>(row: R, weight: usize) -> Option<f64> {
    row.measures()?.volume_by_weight_mm3.map(|volumes| volumes[weight])
}
