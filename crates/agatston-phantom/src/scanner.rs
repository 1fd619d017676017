//! A CT scanner reduced to what changes a calcium score: the grid, the slice profile, the in-plane
//! point spread, the noise and the tube voltage.
//!
//! ```text
//! objects -> coverage of each voxel (5 x 5 lines in the plane, exact overlap along z)
//!         -> point spread in the plane -> noise -> HU        (rounding happens in the writer)
//! ```
//!
//! Beam hardening, scatter, motion and helical artefacts are left out.

use ndarray::Array3;

use crate::{
    Volume,
    noise::Noise,
    object::{Material, Object},
    volume::as_f64,
};

/// Lines along z per pixel and axis when the coverage of a voxel is measured.
const LINES: usize = 5;

/// The part of a line along z inside an object, `[lower, upper]` in mm, and how many neighbouring lines share it.
type Chord = ([f64; 2], f64);

/// A tube voltage for which a calcium threshold is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TubeVoltage {
    /// 70 kVp.
    Kv70,
    /// 80 kVp.
    Kv80,
    /// 100 kVp.
    Kv100,
    /// 120 kVp, the voltage of the Agatston score.
    Kv120,
    /// 135 kVp.
    Kv135,
}

impl TubeVoltage {
    /// The voltage in kV.
    #[must_use]
    pub fn kv(self) -> f64 {
        match self {
            Self::Kv70 => 70.0,
            Self::Kv80 => 80.0,
            Self::Kv100 => 100.0,
            Self::Kv120 => 120.0,
            Self::Kv135 => 135.0,
        }
    }

    /// HU threshold that finds the same calcium as 130 HU at 120 kVp (Nakazato 2009 for 100 kVp,
    /// Gräni 2018 as coded in CalciumScoring.jl for the others).
    #[must_use]
    pub fn threshold_hu(self) -> f64 {
        match self {
            Self::Kv70 => 207.0,
            Self::Kv80 => 177.0,
            Self::Kv100 => 147.0,
            Self::Kv120 => 130.0,
            Self::Kv135 => 119.0,
        }
    }

    /// HU of 1 mg/cm3 of hydroxyapatite: 1.3 at 120 kVp, elsewhere in proportion to the threshold.
    #[must_use]
    pub fn hu_per_mg_cm3(self) -> f64 {
        1.3 * self.threshold_hu() / 130.0
    }

    /// HU of a material.
    #[must_use]
    pub fn hu(self, material: Material) -> f64 {
        match material {
            Material::Hu(hu) => hu,
            Material::Hydroxyapatite(mg_cm3) => mg_cm3 * self.hu_per_mg_cm3(),
        }
    }
}

/// A simulated scanner. The field is centred on the LPS origin in the plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scanner {
    /// Slices, rows, columns.
    pub shape: [usize; 3],
    /// Increment, row spacing, column spacing in mm.
    pub spacing_mm: [f64; 3],
    /// Slice thickness in mm: width of the box-shaped slice profile.
    pub slice_thickness_mm: f64,
    /// Full width at half maximum of the Gaussian point spread in the plane in mm; 0 is none.
    pub psf_fwhm_mm: f64,
    /// Standard deviation of the noise in HU; 0 is none.
    pub noise_sd_hu: f64,
    /// LPS z of the centre of the lowest slice in mm.
    pub start_mm: f64,
    /// Tube voltage.
    pub voltage: TubeVoltage,
    /// Seed of the noise.
    pub seed: u64,
}

impl Scanner {
    /// An image of the objects in air. Where objects overlap, the later one is seen.
    #[must_use]
    pub fn scan(&self, objects: &[Object]) -> Volume {
        let mut volume = Volume::filled(self.shape, self.spacing_mm, AIR_HU);
        volume.origin_lps_mm[2] = self.start_mm;
        for object in objects {
            self.paint(&mut volume, object);
        }
        self.blur(&mut volume.hu);
        self.add_noise(&mut volume.hu);
        volume
    }

    /// Mixes an object into the voxels by the part of them that it covers.
    fn paint(&self, volume: &mut Volume, object: &Object) {
        let hu = self.voltage.hu(object.material);
        let [x, y] = object.shape.outline();
        for row in pixels_within(y, volume.origin_lps_mm[1], self.spacing_mm[1], self.shape[1]) {
            let columns = pixels_within(x, volume.origin_lps_mm[0], self.spacing_mm[2], self.shape[2]);
            let chords: Vec<_> =
                columns.map(|column| (column, self.chords(volume, object, [row, column]))).collect();
            let [lowest, highest] = extent(&chords, self.slice_thickness_mm);
            for (slice, mut plane) in volume.hu.outer_iter_mut().enumerate() {
                let centre = self.start_mm + as_f64(slice) * self.spacing_mm[0];
                if centre < lowest || centre > highest {
                    continue;
                }
                for (column, chords) in &chords {
                    let covered = chords.iter().map(|(chord, lines)| lines * self.overlap(*chord, centre));
                    let part = covered.sum::<f64>() / as_f64(LINES * LINES);
                    let voxel = &mut plane[[row, *column]];
                    *voxel += part * (hu - *voxel);
                }
            }
        }
    }

    /// The chords of the object along the lines of a pixel that meet it, each with the number of neighbouring
    /// lines that share it: one entry for a cylinder, many for a sphere.
    fn chords(&self, volume: &Volume, object: &Object, [row, column]: [usize; 2]) -> Vec<Chord> {
        let [x, y, _] = volume.centre_lps_mm([0, row, column]);
        let step = |line: usize| (as_f64(line) + 0.5) / as_f64(LINES) - 0.5;
        let lines = (0..LINES * LINES).map(|line| {
            [x + step(line % LINES) * self.spacing_mm[2], y + step(line / LINES) * self.spacing_mm[1]]
        });
        let mut chords: Vec<Chord> = Vec::new();
        for chord in lines.filter_map(|[x, y]| object.shape.chord(x, y)) {
            match chords.last_mut() {
                Some((last, count)) if *last == chord => *count += 1.0,
                _ => chords.push((chord, 1.0)),
            }
        }
        chords
    }

    /// The part of the slice profile around `centre_mm` that a chord fills, 0 to 1.
    fn overlap(&self, [lower, upper]: [f64; 2], centre_mm: f64) -> f64 {
        let half = 0.5 * self.slice_thickness_mm;
        let inside = upper.min(centre_mm + half) - lower.max(centre_mm - half);
        inside.max(0.0) / self.slice_thickness_mm
    }

    /// Applies the point spread to each slice, columns and rows apart.
    fn blur(&self, hu: &mut Array3<f64>) {
        if self.psf_fwhm_mm <= 0.0 {
            return;
        }
        let along_x = gaussian_kernel(self.psf_fwhm_mm / self.spacing_mm[2]);
        let along_y = gaussian_kernel(self.psf_fwhm_mm / self.spacing_mm[1]);
        let width = hu.dim().2;
        for mut plane in hu.outer_iter_mut() {
            let pixels = plane.as_slice_mut().expect("volumes are in standard layout");
            pixels.chunks_exact_mut(width).for_each(|row| convolve(row, 1, &along_x));
            convolve(pixels, width, &along_y);
        }
    }

    /// Adds noise voxel by voxel in the order of the array.
    fn add_noise(&self, hu: &mut Array3<f64>) {
        if self.noise_sd_hu > 0.0 {
            let mut noise = Noise::new(self.seed);
            hu.mapv_inplace(|value| value + self.noise_sd_hu * noise.normal());
        }
    }
}

/// HU of air.
const AIR_HU: f64 = -1000.0;

/// Indices of the pixels that reach into the interval `[low, high]` mm.
fn pixels_within(interval: [f64; 2], origin: f64, spacing: f64, count: usize) -> impl Iterator<Item = usize> {
    (0..count).filter(move |index| {
        let centre = origin + as_f64(*index) * spacing;
        centre + 0.5 * spacing >= interval[0] && centre - 0.5 * spacing <= interval[1]
    })
}

/// The interval in z that the chords of a row and `margin_mm` on either side take up: no slice beyond sees them.
fn extent(chords: &[(usize, Vec<Chord>)], margin_mm: f64) -> [f64; 2] {
    let ends = chords.iter().flat_map(|(_, chords)| chords.iter().map(|(ends, _)| *ends));
    let nowhere = [f64::INFINITY, f64::NEG_INFINITY];
    ends.fold(nowhere, |[lowest, highest], [lower, upper]| {
        [lowest.min(lower - margin_mm), highest.max(upper + margin_mm)]
    })
}

/// Weights of a Gaussian at distances 0, 1, 2, ... pixels, cut where they fall under 1e-6 of the middle,
/// normalised so that the whole symmetric kernel adds up to 1.
///
/// A Gaussian of full width `w` at half maximum is `2^-(2 d / w)^2`, which is `q^(d * d)` with
/// `q = 2^-(4 / w^2)`: products suffice, and `q` comes from a series of our own, so that the kernel has the
/// same bits on every platform.
pub(crate) fn gaussian_kernel(fwhm_pixels: f64) -> Vec<f64> {
    let q = exp_of_minus(4.0 * std::f64::consts::LN_2 / (fwhm_pixels * fwhm_pixels));
    let mut weights = vec![1.0];
    // From d to d + 1 the exponent of q grows by 2 d + 1.
    let mut step = q;
    let mut weight = q;
    while weight > 1e-6 {
        weights.push(weight);
        step *= q * q;
        weight *= step;
    }
    let sum = 1.0 + 2.0 * weights[1..].iter().sum::<f64>();
    weights.iter().map(|weight| weight / sum).collect()
}

/// `exp(-x)` for `x >= 0` by halving: the series of `exp(-x / 1024)`, squared ten times.
fn exp_of_minus(x: f64) -> f64 {
    let small = -x / 1024.0;
    let series = (1..=12_u32).rev().fold(1.0, |sum, n| 1.0 + small / f64::from(n) * sum);
    (0..10).fold(series.max(0.0), |value, _| value * value)
}

/// Convolves pixels whose neighbours are `step` apart with a symmetric kernel: a row, or with `step` a row long a whole
/// plane along its columns. The edge pixels are repeated outwards.
fn convolve(pixels: &mut [f64], step: usize, kernel: &[f64]) {
    let reach = kernel.len() - 1;
    let (first, last) = (&pixels[..step], &pixels[pixels.len() - step..]);
    let padded = [first.repeat(reach), pixels.to_vec(), last.repeat(reach)].concat();
    let shifted = |by: usize| &padded[by * step..][..pixels.len()];
    let mut sides = vec![0.0; pixels.len()];
    for (d, weight) in kernel.iter().enumerate().skip(1) {
        let neighbours = shifted(reach - d).iter().zip(shifted(reach + d));
        sides.iter_mut().zip(neighbours).for_each(|(sum, (before, after))| *sum += weight * (before + after));
    }
    pixels.iter_mut().zip(sides).for_each(|(pixel, sides)| *pixel = kernel[0] * *pixel + sides);
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis};

    use super::*;
    use crate::object::{Shape, column};

    fn middle_plane(volume: &Volume) -> Array2<f64> {
        volume.hu.index_axis(Axis(0), volume.hu.dim().0 / 2).to_owned()
    }

    fn plain() -> Scanner {
        Scanner {
            shape: [3, 21, 21],
            spacing_mm: [3.0, 0.5, 0.5],
            slice_thickness_mm: 3.0,
            psf_fwhm_mm: 0.0,
            noise_sd_hu: 0.0,
            start_mm: 0.0,
            voltage: TubeVoltage::Kv120,
            seed: 1,
        }
    }

    /// A box from z 0 to 3 fills half of the slice at 0 and half of the slice at 3: -1000 / 2 + 500 / 2.
    #[test]
    fn partial_volume_along_z() {
        let brick = Shape::Box { min: [-20.0, -20.0, 0.0], max: [20.0, 20.0, 3.0] };
        let volume = plain().scan(&[Object { shape: brick, material: Material::Hu(500.0) }]);
        assert_eq!([0, 1, 2].map(|slice| volume.hu[[slice, 10, 10]]), [-250.0, -250.0, -1000.0]);
    }

    /// A box that ends at x = 0 covers the left half of the middle pixel: of five lines, two and the one
    /// on the border belong or not; the half-open box leaves it out.
    #[test]
    fn partial_volume_in_the_plane() {
        let brick = Shape::Box { min: [-20.0, -20.0, -20.0], max: [0.0, 20.0, 20.0] };
        let volume = plain().scan(&[Object { shape: brick, material: Material::Hu(0.0) }]);
        let row = [9, 10, 11].map(|column| volume.hu[[1, 10, column]]);
        assert!(
            (row[0] - 0.0).abs() < 1e-9 && (row[1] + 600.0).abs() < 1e-9 && (row[2] + 1000.0).abs() < 1e-9
        );
    }

    /// Closed form: a Gaussian of full width w, w/2 off the middle, is half as high.
    #[test]
    fn the_kernel_has_its_width() {
        let kernel = gaussian_kernel(4.0);
        assert!((kernel[2] / kernel[0] - 0.5).abs() < 1e-12);
        assert!((kernel[0] + 2.0 * kernel[1..].iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((exp_of_minus(1.0) - (-1.0_f64).exp()).abs() < 1e-12);
        assert!((exp_of_minus(20.0) - (-20.0_f64).exp()).abs() < 1e-15);
    }

    /// Blur keeps the sum, and a wide uniform body stays what it is.
    #[test]
    fn blur_leaves_uniform_material_alone() {
        let scanner = Scanner { psf_fwhm_mm: 1.2, ..plain() };
        let volume = scanner.scan(&[column([0.0, 0.0], [90.0, 90.0], 40.0)]);
        assert!(middle_plane(&volume).iter().all(|hu| (hu - 40.0).abs() < 1e-9));
    }

    /// A straight edge is at half height on the edge, whatever the point spread.
    #[test]
    fn a_blurred_edge_stays_where_it_is() {
        let brick = Shape::Box { min: [-0.25, -90.0, -90.0], max: [90.0, 90.0, 90.0] };
        let scanner = Scanner { psf_fwhm_mm: 1.5, ..plain() };
        let plane = middle_plane(&scanner.scan(&[Object { shape: brick, material: Material::Hu(0.0) }]));
        assert!((plane[[10, 9]] + plane[[10, 10]] + 1000.0).abs() < 1e-9);
    }

    #[test]
    fn hydroxyapatite_follows_the_voltage() {
        let hu = |voltage: TubeVoltage| voltage.hu(Material::Hydroxyapatite(200.0));
        assert!((hu(TubeVoltage::Kv120) - 260.0).abs() < 1e-9);
        assert!((hu(TubeVoltage::Kv100) - 294.0).abs() < 1e-9);
    }
}
