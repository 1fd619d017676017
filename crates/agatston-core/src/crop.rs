//! Crops: the voxels around one lesion, above and below the threshold, read once more after assignment.
//!
//! A score needs only what reaches the threshold. What needs the tissue around a lesion is measured here: the volume
//! after interpolation, the volume at half maximum, the partial-volume-aware scores.

use crate::{Foci, FocusId, Geometry, Lesion, Padding, Plane, Protocol, Rescale};
use ndarray::{Array3, s};

mod measure;
mod surround;

pub use measure::{CropMeasures, PartialVolume, Rods};

/// How far a crop reaches beyond its lesion in the plane, mm.
pub const CROP_MARGIN_MM: f64 = 5.0;

/// First and last slice, row and column of a crop, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropBox {
    /// Slices.
    pub slices: [u16; 2],
    /// Rows.
    pub rows: [u16; 2],
    /// Columns.
    pub columns: [u16; 2],
}

impl CropBox {
    /// The box of a lesion, [`CROP_MARGIN_MM`] wider in the plane and one slice taller at either end, as far as a
    /// series of `slices` slices reaches.
    pub fn around(lesion: &Lesion, geometry: &Geometry, slices: u16) -> Self {
        let flat = Self::in_plane(lesion, geometry, CROP_MARGIN_MM);
        let [first, last] = flat.slices;
        let top = slices.saturating_sub(1);
        Self { slices: [first.saturating_sub(1), last.saturating_add(1).min(top)], ..flat }
    }

    /// The box of a lesion in its own slices, so much wider in the plane, mm.
    pub fn in_plane(lesion: &Lesion, geometry: &Geometry, margin_mm: f64) -> Self {
        let [low, high] = lesion.bounding_box;
        let wider = |axis: usize, spacing_mm: f64, size: u16| {
            let margin = pixels(margin_mm, spacing_mm);
            let last = high[axis].saturating_add(margin).min(size.saturating_sub(1));
            [low[axis].saturating_sub(margin), last]
        };
        Self {
            slices: [low[0], high[0]],
            rows: wider(1, geometry.spacing_mm[0], geometry.rows),
            columns: wider(2, geometry.spacing_mm[1], geometry.columns),
        }
    }

    /// Number of voxels.
    pub fn voxels(&self) -> u64 {
        [self.slices, self.rows, self.columns].iter().map(|[a, b]| u64::from(b - a) + 1).product()
    }

    /// Slices, rows, columns.
    fn shape(&self) -> [usize; 3] {
        [self.slices, self.rows, self.columns].map(|[a, b]| usize::from(b - a) + 1)
    }
}

/// Pixels that a distance reaches over, at least one.
fn pixels(mm: f64, spacing_mm: f64) -> u16 {
    (1..u16::MAX).find(|&n| f64::from(n) * spacing_mm >= mm).unwrap_or(u16::MAX)
}

/// The voxels around one lesion, axes `[z, y, x]`, as stored, with the rescale of each slice.
#[derive(Clone, Debug)]
pub struct Crop {
    bounds: CropBox,
    stored: Array3<i16>,
    rescale: Vec<Rescale>,
    padding: Vec<Option<Padding>>,
}

impl Crop {
    /// A crop that is still to be filled slice by slice; `rescale` of the whole series.
    ///
    /// # Panics
    ///
    /// When the box lies outside the series.
    pub fn new(bounds: CropBox, rescale: &[Rescale]) -> Self {
        let [first, last] = bounds.slices.map(usize::from);
        let shape = bounds.shape();
        Self {
            bounds,
            stored: Array3::zeros(shape),
            rescale: rescale[first..=last].to_vec(),
            padding: vec![None; shape[0]],
        }
    }

    /// Takes its part of a whole plane; nothing when the slice is not one of its own.
    pub fn take(&mut self, slice: u16, plane: &Plane<'_>) {
        let [first, last] = self.bounds.slices;
        if slice < first || slice > last {
            return;
        }
        let z = usize::from(slice - first);
        let [rows, columns] =
            [self.bounds.rows, self.bounds.columns].map(|[a, b]| usize::from(a)..usize::from(b) + 1);
        self.stored.slice_mut(s![z, .., ..]).assign(&plane.stored.slice(s![rows, columns]));
        self.padding[z] = plane.padding;
    }

    /// Where it is in the series.
    pub fn bounds(&self) -> CropBox {
        self.bounds
    }

    /// HU of a voxel of the crop, counted from its corner; `None` where there is padding.
    ///
    /// # Panics
    ///
    /// Outside the crop.
    pub fn hu(&self, [z, y, x]: [usize; 3]) -> Option<f64> {
        let stored = self.stored[[z, y, x]];
        let padded = self.padding[z].is_some_and(|padding| padding.contains(stored));
        (!padded).then(|| self.rescale[z].hu(stored))
    }

    /// Measures what a lesion needs its surroundings for.
    pub fn measure(&self, lesion: &Lesion, basis: &CropBasis<'_>) -> CropMeasures {
        let marks = self.marks(lesion, basis.foci);
        measure::Measured { crop: self, marks: &marks, basis }.all(lesion)
    }

    /// Whose each voxel is.
    fn marks(&self, lesion: &Lesion, foci: &Foci) -> Array3<Mark> {
        let mut marks = Array3::from_elem(self.bounds.shape(), Mark::Free);
        let [rows, columns] = [self.bounds.rows, self.bounds.columns];
        for (z, slice) in (self.bounds.slices[0]..=self.bounds.slices[1]).enumerate() {
            let segments = &foci.slices[usize::from(slice)].segments;
            let first = segments.partition_point(|s| s.row() < rows[0]);
            for segment in segments[first..].iter().take_while(|s| s.row() <= rows[1]) {
                let id = FocusId { slice, index: segment.focus };
                let own = lesion.foci.binary_search(&id).is_ok();
                let from = segment.start().max(columns[0]);
                let to = segment.end().min(columns[1] + 1);
                for column in from..to {
                    let at = [z, usize::from(segment.row() - rows[0]), usize::from(column - columns[0])];
                    marks[at] = if own { Mark::Own } else { Mark::Other };
                }
            }
        }
        marks
    }
}

/// What the lesions of all crops of a series were made of and with.
#[derive(Clone, Copy, Debug)]
pub struct CropBasis<'a> {
    /// The foci that the lesions join.
    pub foci: &'a Foci,
    /// The voxel grid.
    pub geometry: &'a Geometry,
    /// The choices of the score.
    pub protocol: &'a Protocol,
    /// The reference rods of the scan.
    pub rods: &'a Rods,
}

/// Whose a voxel of a crop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// Of no accepted focus.
    Free,
    /// Of the lesion of the crop.
    Own,
    /// Of another lesion.
    Other,
}
