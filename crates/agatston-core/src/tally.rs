//! Counts and what they mean: integers first, millimetres and milligrams once, at the end.

use crate::{
    Focus, Geometry, Protocol, Rescale,
    protocol::{REFERENCE_INCREMENT_MM, SliceScaling},
};

/// What turns counts into millimetres and milligrams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Area of a pixel, mm2.
    pub pixel_area_mm2: f64,
    /// Distance of neighbouring slices, mm.
    pub increment_mm: f64,
    /// What the sum over slices is multiplied by: increment / 3 mm, or 1.
    pub slice_factor: f64,
    /// Calibration factor, mg/cm3 per HU; without one there is no mass.
    pub mass_factor: Option<f64>,
}

impl Scale {
    /// The scale of a series under a protocol.
    pub fn new(geometry: &Geometry, protocol: &Protocol, mass_factor: Option<f64>) -> Self {
        let slice_factor = match protocol.slice_scaling {
            SliceScaling::IncrementOver3Mm => geometry.increment_mm / REFERENCE_INCREMENT_MM,
            SliceScaling::None => 1.0,
        };
        Self {
            pixel_area_mm2: geometry.pixel_area_mm2(),
            increment_mm: geometry.increment_mm,
            slice_factor,
            mass_factor,
        }
    }
}

/// Counts over some foci: all that a measure is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Number of lesions.
    pub lesions: u64,
    /// Number of foci.
    pub foci: u64,
    /// Number of pixels.
    pub pixels: u64,
    /// Sum over foci of pixels times weight.
    pub weighted_pixels: u64,
    /// Voxels that count for volume and mass.
    pub volume_voxels: u64,
    /// Sum of the HU of those voxels.
    pub sum_hu: f64,
    /// Largest HU; `None` without a focus.
    pub peak_hu: Option<f64>,
}

impl Tally {
    /// Adds what another tally counted.
    pub fn add(&mut self, other: &Self) {
        self.lesions += other.lesions;
        self.foci += other.foci;
        self.pixels += other.pixels;
        self.weighted_pixels += other.weighted_pixels;
        self.volume_voxels += other.volume_voxels;
        self.sum_hu += other.sum_hu;
        self.peak_hu = match (self.peak_hu, other.peak_hu) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
    }

    /// The tally of several tallies, added in their order.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        parts.into_iter().for_each(|part| sum.add(part));
        sum
    }

    /// The measures of what was counted.
    #[expect(clippy::cast_precision_loss, reason = "counts of voxels stay far below 2^53")]
    pub fn measures(&self, scale: &Scale) -> Measures {
        let area_mm2 = self.pixels as f64 * scale.pixel_area_mm2;
        let agatston_unscaled = self.weighted_pixels as f64 * scale.pixel_area_mm2;
        let volume_mm3 = self.volume_voxels as f64 * scale.pixel_area_mm2 * scale.increment_mm;
        let mean_hu = (self.volume_voxels > 0).then(|| self.sum_hu / self.volume_voxels as f64);
        Measures {
            agatston: agatston_unscaled * scale.slice_factor,
            agatston_unscaled,
            area_mm2,
            volume_mm3,
            mass_mg: scale.mass_factor.map(|f| mean_hu.unwrap_or(0.0) * volume_mm3 * f / 1000.0),
            mean_hu,
            density: (self.pixels > 0).then(|| self.weighted_pixels as f64 / self.pixels as f64),
        }
    }
}

/// Measures of a focus, lesion, artery, region or total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Agatston score.
    pub agatston: f64,
    /// Agatston score without slice scaling: sum of focus area times weight.
    pub agatston_unscaled: f64,
    /// Sum of the focus areas, mm2.
    pub area_mm2: f64,
    /// Voxels times pixel area times increment, mm3.
    pub volume_mm3: f64,
    /// Mean HU times volume times calibration factor, mg; `None` without a factor.
    pub mass_mg: Option<f64>,
    /// Mean HU of the voxels of the volume; `None` without any.
    pub mean_hu: Option<f64>,
    /// Unscaled Agatston score per area, 1 to 4 (Criqui et al., 2014); `None` at zero.
    pub density: Option<f64>,
}

/// Integer counts over some foci of one slice: a [`Tally`] before the slice's rescale.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    foci: u64,
    pixels: u64,
    weighted_pixels: u64,
    volume_voxels: u64,
    volume_sum_stored: i64,
    peak_stored: Option<i16>,
}

impl Counts {
    /// Adds a focus that weighs `weight`.
    pub(crate) fn add(&mut self, focus: &Focus, weight: u8) {
        self.foci += 1;
        self.pixels += u64::from(focus.pixels);
        self.weighted_pixels += u64::from(focus.pixels) * u64::from(weight);
        self.volume_voxels += u64::from(focus.volume_pixels);
        self.volume_sum_stored += focus.volume_sum_stored;
        self.peak_stored = self.peak_stored.max(Some(focus.peak_stored));
    }

    /// The same in HU; no lesion among it.
    pub(crate) fn tally(&self, rescale: Rescale) -> Tally {
        Tally {
            lesions: 0,
            foci: self.foci,
            pixels: self.pixels,
            weighted_pixels: self.weighted_pixels,
            volume_voxels: self.volume_voxels,
            sum_hu: rescale.sum_hu(self.volume_sum_stored, self.volume_voxels),
            peak_hu: self.peak_stored.map(|stored| rescale.hu(stored)),
        }
    }
}
