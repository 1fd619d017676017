//! How the chest becomes an image.
//!
//! ```text
//! scene at several heights -> mean over the slice -> plaques, sampled finely -> noise -> point spread -> whole HU
//!                                                    what each plaque adds   -> point spread -> its share of a voxel
//! ```
//!
//! The noise is white before the point spread and therefore a little smooth after it, as in a real image. Each slice
//! has noise of its own seed, so that a scan that begins elsewhere has the same slices.

use ndarray::{Array3, ArrayViewMut2};

use super::{
    calcium::Plaque,
    canvas::{Canvas, Grid, index_of, single},
    scene::Scene,
};
use crate::{Noise, scanner::gaussian_kernel, volume::as_f64};

/// What the scanner was set to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exposure {
    pub(super) grid: Grid,
    /// Number of the lowest slice; slice 0 is at height `phase_mm`.
    pub(super) first: i32,
    pub(super) slices: usize,
    pub(super) increment_mm: f64,
    pub(super) phase_mm: f64,
    pub(super) psf_fwhm_mm: f64,
    pub(super) noise_sd_hu: f64,
    pub(super) offset_hu: f64,
    pub(super) seed: u64,
}

/// A voxel that is at least 130 HU because of a plaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaqueVoxel {
    /// Slice, row, column in LPS order.
    pub index: [usize; 3],
    /// Index of the plaque that adds most to it.
    pub plaque: usize,
}

/// Threshold of 130 HU (Agatston et al., 1990).
const THRESHOLD_HU: i16 = 130;
/// What a plaque adds to a voxel at least for the voxel to be its own: two standard deviations of the noise, about.
const NOTICEABLE_HU: f32 = 20.0;
/// Height of the planes that a slice is the mean of in mm, at most.
const PLANE_MM: f64 = 1.6;
/// Weights of the point spread below this part of its middle are left out.
const KERNEL_END: f64 = 2e-3;
/// What twelve bits and the usual intercept of -1024 HU hold.
const STORABLE_HU: [f32; 2] = [-1024.0, 3071.0];

/// The part of each voxel of a box that a plaque fills.
struct Coverage {
    plaque: usize,
    hu: f32,
    slices: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
    /// Parts, slice by slice, row by row.
    parts: Vec<f32>,
}

impl Exposure {
    /// Height of a slice.
    pub(super) fn height(&self, slice: usize) -> f64 {
        self.phase_mm + (f64::from(self.first) + as_f64(slice)) * self.increment_mm
    }

    /// The image, axes `[z, y, x]`, and the voxels of each plaque.
    pub(super) fn expose(&self, scene: &Scene, plaques: &[Plaque]) -> (Array3<i16>, Vec<PlaqueVoxel>) {
        let covered: Vec<Coverage> =
            plaques.iter().enumerate().filter_map(|(index, plaque)| self.coverage(index, plaque)).collect();
        let blur = Blur::new(self);
        let mut image = Array3::zeros([self.slices, self.grid.rows, self.grid.columns]);
        let mut voxels = Vec::new();
        let mut canvas = Canvas::new(self.grid);
        let mut plane = vec![0.0_f32; canvas.pixels.len()];
        for (slice, mut stored) in image.outer_iter_mut().enumerate() {
            self.paint(scene, slice, &mut canvas, &mut plane);
            let added: Vec<Added> = covered
                .iter()
                .filter(|coverage| coverage.slices.contains(&slice))
                .map(|coverage| self.insert(coverage, slice, &mut plane, &blur))
                .collect();
            self.add_noise(slice, &blur, &mut plane);
            blur.apply(&mut plane, self.grid.columns);
            self.store(&plane, &mut stored);
            voxels.extend(owned(slice, &added, &stored.view()));
        }
        (image, voxels)
    }

    /// The mean of the planes of a slice.
    fn paint(&self, scene: &Scene, slice: usize, canvas: &mut Canvas, plane: &mut [f32]) {
        let count = index_of((self.increment_mm / PLANE_MM).ceil()).max(1);
        let weight = single(1.0 / as_f64(count));
        plane.fill(0.0);
        for index in 0..count {
            let within = (as_f64(index) + 0.5) / as_f64(count) - 0.5;
            scene.paint(canvas, self.height(slice) + within * self.increment_mm);
            plane.iter_mut().zip(&canvas.pixels).for_each(|(sum, pixel)| *sum += weight * pixel);
        }
    }

    /// Mixes a plaque into a slice; what it adds is spread as the image will be.
    fn insert<'a>(&self, coverage: &'a Coverage, slice: usize, plane: &mut [f32], blur: &Blur) -> Added<'a> {
        let (rows, columns) = (coverage.rows.len(), coverage.columns.len());
        let parts = &coverage.parts[(slice - coverage.slices.start) * rows * columns..][..rows * columns];
        let mut hu = vec![0.0_f32; rows * columns];
        for (row, (parts, hu)) in parts.chunks_exact(columns).zip(hu.chunks_exact_mut(columns)).enumerate() {
            let start = (coverage.rows.start + row) * self.grid.columns + coverage.columns.start;
            for ((part, hu), pixel) in parts.iter().zip(hu).zip(&mut plane[start..start + columns]) {
                *hu = part * (coverage.hu - *pixel);
                *pixel += *hu;
            }
        }
        blur.apply(&mut hu, columns);
        Added { coverage, hu }
    }

    fn add_noise(&self, slice: usize, blur: &Blur, plane: &mut [f32]) {
        if self.noise_sd_hu > 0.0 {
            let number = i64::from(self.first) + i64::try_from(slice).expect("few slices");
            let mut noise = Noise::new(self.seed ^ number.cast_unsigned().wrapping_mul(SLICE_STEP));
            let sd = single(self.noise_sd_hu) * blur.noise_gain;
            plane.iter_mut().for_each(|pixel| *pixel += sd * noise.rough());
        }
    }

    fn store(&self, plane: &[f32], stored: &mut ArrayViewMut2<'_, i16>) {
        let offset = single(self.offset_hu);
        for (stored, pixel) in stored.iter_mut().zip(plane) {
            *stored = whole((pixel + offset).clamp(STORABLE_HU[0], STORABLE_HU[1]));
        }
    }

    /// How much of each voxel a plaque fills, with room for the point spread; none if it is out of the field.
    fn coverage(&self, plaque: usize, body: &Plaque) -> Option<Coverage> {
        let bounds = |axis: usize| {
            body.beads.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], bead| {
                [low.min(bead[axis] - bead[3]), high.max(bead[axis] + bead[3])]
            })
        };
        let voxels = |[low, high]: [f64; 2], origin: f64, spacing: f64, count: usize, room: f64| {
            let first = ((low - origin) / spacing + 0.5 - room).floor().max(0.0);
            let end = ((high - origin) / spacing + 0.5 + room).ceil().min(as_f64(count));
            (first < end).then(|| index_of(first)..index_of(end))
        };
        let grid = &self.grid;
        let room = |axis: usize| 1.5 * self.psf_fwhm_mm / grid.spacing_mm[axis] + 1.0;
        let slices = voxels(bounds(2), self.height(0), self.increment_mm, self.slices, 0.0)?;
        let rows = voxels(bounds(1), grid.origin_mm[1], grid.spacing_mm[0], grid.rows, room(0))?;
        let columns = voxels(bounds(0), grid.origin_mm[0], grid.spacing_mm[1], grid.columns, room(1))?;
        let fine = Fine {
            origin_mm: [
                grid.origin_mm[0] + (as_f64(columns.start) - 0.5) * grid.spacing_mm[1],
                grid.origin_mm[1] + (as_f64(rows.start) - 0.5) * grid.spacing_mm[0],
                self.height(slices.start) - 0.5 * self.increment_mm,
            ],
            spacing_mm: [grid.spacing_mm[1], grid.spacing_mm[0], self.increment_mm],
            shape: [columns.len(), rows.len(), slices.len()],
            samples: [3, 3, index_of((self.increment_mm / 0.4).ceil()).max(2)],
        };
        let parts = fine.parts(&body.beads);
        Some(Coverage { plaque, hu: single(body.hu), slices, rows, columns, parts })
    }
}

/// Keeps the noise of neighbouring slices apart: an odd constant of the golden ratio.
const SLICE_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Samples within a box of voxels, axes x, y, z.
struct Fine {
    /// Corner of the first voxel.
    origin_mm: [f64; 3],
    spacing_mm: [f64; 3],
    shape: [usize; 3],
    /// Samples per voxel and axis.
    samples: [usize; 3],
}

impl Fine {
    /// The part of the samples of each voxel that lies in a bead.
    fn parts(&self, beads: &[[f64; 4]]) -> Vec<f32> {
        let size: [usize; 3] = std::array::from_fn(|axis| self.shape[axis] * self.samples[axis]);
        let step: [f64; 3] = std::array::from_fn(|axis| self.spacing_mm[axis] / as_f64(self.samples[axis]));
        let middle = |axis: usize, sample: usize| self.origin_mm[axis] + (as_f64(sample) + 0.5) * step[axis];
        let mut filled = vec![false; size[0] * size[1] * size[2]];
        for bead in beads {
            let range = |axis: usize| {
                let at = |mm: f64| ((mm - self.origin_mm[axis]) / step[axis]).clamp(0.0, as_f64(size[axis]));
                index_of(at(bead[axis] - bead[3]).floor())..index_of(at(bead[axis] + bead[3]).ceil())
            };
            let square = |axis: usize, sample: usize| {
                let off = middle(axis, sample) - bead[axis];
                off * off
            };
            for z in range(2) {
                for y in range(1) {
                    let rest = bead[3] * bead[3] - square(2, z) - square(1, y);
                    for x in range(0).filter(|x| square(0, *x) <= rest) {
                        filled[(z * size[1] + y) * size[0] + x] = true;
                    }
                }
            }
        }
        let one = single(1.0 / as_f64(self.samples[0] * self.samples[1] * self.samples[2]));
        let mut parts = vec![0.0_f32; self.shape[0] * self.shape[1] * self.shape[2]];
        for (index, _) in filled.iter().enumerate().filter(|(_, filled)| **filled) {
            let [x, y, z] = [index % size[0], index / size[0] % size[1], index / size[0] / size[1]];
            let [x, y, z] = [x / self.samples[0], y / self.samples[1], z / self.samples[2]];
            parts[(z * self.shape[1] + y) * self.shape[0] + x] += one;
        }
        parts
    }
}

/// What a plaque adds to the voxels of its box in one slice.
struct Added<'a> {
    coverage: &'a Coverage,
    hu: Vec<f32>,
}

/// The voxels of a slice over the threshold to which some plaque adds noticeably, each with the one that adds most.
fn owned(slice: usize, added: &[Added<'_>], stored: &ndarray::ArrayView2<'_, i16>) -> Vec<PlaqueVoxel> {
    let mut shares: Vec<([usize; 2], f32, usize)> = Vec::new();
    for Added { coverage, hu } in added {
        let width = coverage.columns.len();
        for (index, hu) in hu.iter().enumerate().filter(|(_, hu)| **hu >= NOTICEABLE_HU) {
            let pixel = [coverage.rows.start + index / width, coverage.columns.start + index % width];
            if stored[pixel] >= THRESHOLD_HU {
                shares.push((pixel, *hu, coverage.plaque));
            }
        }
    }
    shares.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    shares.dedup_by_key(|share| share.0);
    shares.into_iter().map(|([y, x], _, plaque)| PlaqueVoxel { index: [slice, y, x], plaque }).collect()
}

/// The point spread in the plane.
struct Blur {
    along_x: Vec<f32>,
    along_y: Vec<f32>,
    /// What noise must be multiplied with to have its standard deviation after the spread.
    noise_gain: f32,
}

impl Blur {
    fn new(exposure: &Exposure) -> Self {
        let [along_y, along_x] =
            exposure.grid.spacing_mm.map(|spacing| kernel(exposure.psf_fwhm_mm / spacing));
        let power =
            |kernel: &[f64]| kernel[0] * kernel[0] + 2.0 * kernel[1..].iter().map(|w| w * w).sum::<f64>();
        let noise_gain = single(1.0 / (power(&along_x) * power(&along_y)).sqrt());
        let singles = |kernel: Vec<f64>| kernel.into_iter().map(single).collect();
        Self { along_x: singles(along_x), along_y: singles(along_y), noise_gain }
    }

    /// Spreads a plane, rows first; its edges are repeated outwards.
    fn apply(&self, plane: &mut [f32], columns: usize) {
        let reach = self.along_x.len() - 1;
        let mut padded = vec![0.0_f32; columns + 2 * reach];
        for row in plane.chunks_exact_mut(columns) {
            padded[..reach].fill(row[0]);
            padded[reach..reach + columns].copy_from_slice(row);
            padded[reach + columns..].fill(row[columns - 1]);
            row.iter_mut().for_each(|pixel| *pixel *= self.along_x[0]);
            for (distance, weight) in self.along_x.iter().enumerate().skip(1) {
                let before = &padded[reach - distance..][..columns];
                let after = &padded[reach + distance..][..columns];
                for ((pixel, before), after) in row.iter_mut().zip(before).zip(after) {
                    *pixel += weight * (before + after);
                }
            }
        }
        let source = plane.to_vec();
        let last = source.len() / columns - 1;
        let line = |row: usize| &source[row.min(last) * columns..][..columns];
        for (index, row) in plane.chunks_exact_mut(columns).enumerate() {
            row.iter_mut().for_each(|pixel| *pixel *= self.along_y[0]);
            for (distance, weight) in self.along_y.iter().enumerate().skip(1) {
                let (before, after) = (line(index.saturating_sub(distance)), line(index + distance));
                for ((pixel, before), after) in row.iter_mut().zip(before).zip(after) {
                    *pixel += weight * (before + after);
                }
            }
        }
    }
}

/// The weights of the point spread that matter, adding up to 1.
fn kernel(fwhm_pixels: f64) -> Vec<f64> {
    let mut weights = gaussian_kernel(fwhm_pixels);
    let least = KERNEL_END * weights[0];
    weights.retain(|weight| *weight >= least);
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| weight / sum).collect()
}

/// The nearest whole number, halves upwards; clamped to what fits before.
#[expect(clippy::cast_possible_truncation, reason = "within 16 bits after the clamp")]
fn whole(hu: f32) -> i16 {
    // Truncation after a shift to positive numbers is the floor.
    ((hu + 4096.5) as i32 - 4096) as i16
}
