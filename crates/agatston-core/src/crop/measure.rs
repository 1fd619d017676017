//! What is measured in a crop: interpolated volume, volume at half maximum, partial-volume-aware scores.

use super::{
    Crop, CropBasis, Mark,
    surround::{REACH_MM, background, distances},
};
use crate::{
    Comparison, Lesion,
    partial_volume::{Rod, integrated, spatially_weighted, volume_fraction},
};
use ndarray::{Array2, Array3};

/// The reference rods of a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rods {
    /// The rod of the highest density.
    pub calcium: Option<Rod>,
    /// The rod of 100 mg/cm3.
    pub at_100_mg_cm3: Option<Rod>,
}

/// What a lesion measures in its crop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropMeasures {
    /// Median HU 2 to 4 mm around the lesion in its slices; `None` where nothing there is background.
    pub background_hu: Option<f64>,
    /// Volume after linear interpolation along the normal to voxels as high as they are wide, mm3 (Callister et al.,
    /// 1998).
    pub interpolated_mm3: f64,
    /// Volume of the joined voxels at or over `background + 0.5 (peak - background)`, mm3; `None` without a
    /// background.
    pub half_maximum_mm3: Option<f64>,
    /// What needs a reference rod.
    pub partial: PartialVolume,
}

/// Scores that do not threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PartialVolume {
    /// Volume that calcium of the rod's density would fill, mm3, voxel by voxel.
    pub fraction_mm3: Option<f64>,
    /// Mass by integrated intensity, mg.
    pub integrated_mg: Option<f64>,
    /// Spatially weighted score (Liang et al., 2012).
    pub spatially_weighted: Option<f64>,
}

/// A crop that is being measured.
pub(super) struct Measured<'a> {
    pub(super) crop: &'a Crop,
    pub(super) marks: &'a Array3<Mark>,
    pub(super) basis: &'a CropBasis<'a>,
}

impl Measured<'_> {
    pub(super) fn all(&self, lesion: &Lesion) -> CropMeasures {
        let distances = distances(self.marks, self.basis.geometry.spacing_mm);
        let background_hu = background(self.crop, self.marks, &distances, self.basis.protocol.threshold_hu);
        CropMeasures {
            background_hu,
            interpolated_mm3: self.interpolated_mm3(),
            half_maximum_mm3: background_hu.map(|background| {
                self.half_maximum_mm3(background + 0.5 * (lesion.peak_hu - background), &distances)
            }),
            partial: background_hu.map_or_else(PartialVolume::default, |background| {
                self.partial_volume(background, &distances)
            }),
        }
    }

    fn own(&self) -> impl Iterator<Item = [usize; 3]> {
        let all = self.marks.indexed_iter().filter(|(_, mark)| **mark == Mark::Own);
        all.map(|((z, y, x), _)| [z, y, x])
    }

    /// Each slice is divided into `n` layers, `n` the whole number that makes them nearest to cubes; the layers of a
    /// slice are the plane itself and the steps towards the planes above and below it. The HU of a step is interpolated
    /// between the two planes around it; it counts where it passes the threshold. Beyond the first and
    /// last slice of the series the values of that slice go on.
    ///
    /// A lesion counts in the columns of its own voxels, up to the plane above and below them.
    fn interpolated_mm3(&self) -> f64 {
        let pixel_mm = self.basis.geometry.pixel_area_mm2().sqrt();
        let layers = nearest_count(self.basis.geometry.increment_mm / pixel_mm);
        // Layer j of n lies j / n above its plane: 0 is the plane. Above and below, each step has its mirror image.
        let counted: u64 = self.own().map(|at| self.layers_of(at, layers)).sum();
        #[expect(clippy::cast_precision_loss, reason = "counts of layers stay far below 2^53")]
        let voxels = counted as f64 / f64::from(2 * layers);
        voxels * self.basis.geometry.voxel_volume_mm3()
    }

    /// Half layers of an own voxel that pass: of the plane's own two, and of each step towards the neighbours. Between
    /// two own voxels each has its half of the steps; towards any other voxel all steps are this one's.
    fn layers_of(&self, [z, y, x]: [usize; 3], layers: u32) -> u64 {
        let Some(own) = self.crop.hu([z, y, x]) else { return 0 };
        let mut halves = 2; // the plane itself passes
        for other in [z.checked_sub(1), Some(z + 1).filter(|z| *z < self.marks.dim().0)] {
            let neighbour = other.and_then(|z| Some((self.marks[[z, y, x]], self.crop.hu([z, y, x])?)));
            let (shared, hu) = match neighbour {
                Some((mark, hu)) => (mark != Mark::Free, hu),
                None => (true, own), // the end of the series: half a slice of the same
            };
            let passing = (1..layers)
                .filter(|step| self.passes(own + (hu - own) * f64::from(*step) / f64::from(layers)));
            let steps = u64::from(u32::try_from(passing.count()).unwrap_or(u32::MAX));
            halves += if shared { steps } else { 2 * steps };
        }
        halves
    }

    fn passes(&self, hu: f64) -> bool {
        match self.basis.protocol.comparison {
            Comparison::AtLeast => hu >= self.basis.protocol.threshold_hu,
            Comparison::Above => hu > self.basis.protocol.threshold_hu,
        }
    }

    /// Voxels at or over a level that join the lesion's own (sides in the plane, the same pixel across slices), no
    /// farther from it than [`REACH_MM`], in no other lesion.
    fn half_maximum_mm3(&self, level_hu: f64, distances: &Array2<f64>) -> f64 {
        let reaches = |at: [usize; 3]| {
            self.marks[at] != Mark::Other
                && distances[[at[1], at[2]]] <= REACH_MM
                && self.crop.hu(at).is_some_and(|hu| hu >= level_hu)
        };
        let mut seen = Array3::from_elem(self.marks.raw_dim(), false);
        let mut open: Vec<[usize; 3]> = self.own().filter(|at| reaches(*at)).collect();
        open.iter().for_each(|at| seen[*at] = true);
        let mut voxels = 0u32;
        while let Some(at) = open.pop() {
            voxels += 1;
            for next in neighbours(at, self.marks.dim()) {
                if !seen[next] && reaches(next) {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        f64::from(voxels) * self.basis.geometry.voxel_volume_mm3()
    }

    /// Over all voxels within [`REACH_MM`] in the slices of the lesion and those above and below, without other
    /// lesions.
    fn partial_volume(&self, background_hu: f64, distances: &Array2<f64>) -> PartialVolume {
        let rods = self.basis.rods;
        let within = |(y, x): (usize, usize)| distances[[y, x]] <= REACH_MM;
        let region: Vec<f64> = self
            .marks
            .indexed_iter()
            .filter(|((_, y, x), mark)| **mark != Mark::Other && within((*y, *x)))
            .filter_map(|((z, y, x), _)| self.crop.hu([z, y, x]))
            .collect();
        let voxel_mm3 = self.basis.geometry.voxel_volume_mm3();
        let sum: f64 = region.iter().sum();
        let count = region.len() as u64;
        let of_rod = |rod: Rod| integrated(sum, count, rod.mean_hu, background_hu);
        PartialVolume {
            fraction_mm3: rods.calcium.and_then(|rod| {
                volume_fraction(region, rod.mean_hu, background_hu).map(|voxels| voxels * voxel_mm3)
            }),
            integrated_mg: rods
                .calcium
                .and_then(|rod| of_rod(rod).map(|voxels| voxels * voxel_mm3 * rod.ha_mg_cm3 / 1000.0)),
            spatially_weighted: rods.at_100_mg_cm3.and_then(|rod| {
                // What is not the lesion's weighs what air does: nothing.
                let hu = Array3::from_shape_fn(self.marks.raw_dim(), |(z, y, x)| {
                    let counts = self.marks[[z, y, x]] != Mark::Other && within((y, x));
                    self.crop.hu([z, y, x]).filter(|_| counts).unwrap_or(f64::NEG_INFINITY)
                });
                spatially_weighted(hu.view(), rod.mean_hu, rod.sd_hu)
            }),
        }
    }
}

/// The whole number nearest to a positive quotient, at least 1.
fn nearest_count(quotient: f64) -> u32 {
    (1..1000).find(|&n| f64::from(n) + 0.5 > quotient).unwrap_or(1000)
}

/// Voxels that share a side.
fn neighbours(
    [z, y, x]: [usize; 3],
    (depth, rows, columns): (usize, usize, usize),
) -> impl Iterator<Item = [usize; 3]> {
    [
        z.checked_sub(1).map(|z| [z, y, x]),
        (z + 1 < depth).then_some([z + 1, y, x]),
        y.checked_sub(1).map(|y| [z, y, x]),
        (y + 1 < rows).then_some([z, y + 1, x]),
        x.checked_sub(1).map(|x| [z, y, x]),
        (x + 1 < columns).then_some([z, y, x + 1]),
    ]
    .into_iter()
    .flatten()
}
