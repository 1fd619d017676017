//! Scores that do not threshold: how much calcium a region holds when voxels at its rim hold it only in part.
//!
//! All three need to know what pure calcium looks like on this scan: a reference rod. As in CalciumScoring.jl, whose
//! test values ours reproduce. Nothing is clamped: noise below the background must weigh against noise above it.

use ndarray::ArrayView3;

/// A rod of known density in the same scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rod {
    /// Mean HU.
    pub mean_hu: f64,
    /// Standard deviation of its HU, an estimate from a sample.
    pub sd_hu: f64,
    /// Density of hydroxyapatite, mg/cm3.
    pub ha_mg_cm3: f64,
}

/// The number of voxels that calcium of `calcium_hu` would fill, voxel by voxel: the sum of the fractions
/// `(HU - background) / (calcium - background)`. `None` when both are the same.
pub fn volume_fraction(
    hu: impl IntoIterator<Item = f64>,
    calcium_hu: f64,
    background_hu: f64,
) -> Option<f64> {
    let contrast = calcium_hu - background_hu;
    (contrast != 0.0).then(|| hu.into_iter().map(|hu| (hu - background_hu) / contrast).sum())
}

/// The same from the integrated intensity: `(I - N background) / (calcium - background)`, of `count` voxels whose HU
/// add up to `sum_hu`. `None` when calcium and background are the same.
#[expect(clippy::cast_precision_loss, reason = "counts of voxels stay far below 2^53")]
pub fn integrated(sum_hu: f64, count: u64, calcium_hu: f64, background_hu: f64) -> Option<f64> {
    let contrast = calcium_hu - background_hu;
    (contrast != 0.0).then(|| (sum_hu - count as f64 * background_hu) / contrast)
}

/// Weight of a voxel, and of each of its four neighbours in the slice (Liang et al., 2012).
const KERNEL: f64 = 0.2;

/// The spatially weighted score (Liang et al., 2012) of a region, axes `[z, y, x]`, HU: each voxel weighs the
/// probability that a voxel of the rod of 100 mg/cm3 is not brighter, averaged with its four neighbours in the slice;
/// beyond the region is nothing. `None` when the rod's HU do not spread.
pub fn spatially_weighted(hu: ArrayView3<'_, f64>, mean_hu: f64, sd_hu: f64) -> Option<f64> {
    if sd_hu.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
        return None;
    }
    let weight = |hu: f64| 0.5 * libm::erfc(-(hu - mean_hu) / (sd_hu * std::f64::consts::SQRT_2));
    let (_, rows, columns) = hu.dim();
    let mut sum = 0.0;
    for ((_, row, column), &hu) in hu.indexed_iter() {
        // Where the kernel's arms meet this voxel: itself, and every neighbour that is in the region.
        let beside = [row > 0, row + 1 < rows, column > 0, column + 1 < columns];
        let arms = 1 + beside.into_iter().map(u32::from).sum::<u32>();
        sum += KERNEL * f64::from(arms) * weight(hu);
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    //! Values of the unit tests of CalciumScoring.jl (MolloiLab), test/{volume_fraction, integrated,
    //! spatially_weighted}.jl.
    use super::*;
    use ndarray::{Array2, Axis, arr2, stack};

    fn sample(values: &[f64]) -> (f64, f64) {
        let n = f64::from(u32::try_from(values.len()).unwrap());
        let mean = values.iter().sum::<f64>() / n;
        let squares = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        (mean, (squares / (n - 1.0)).sqrt())
    }

    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-9 * expected.abs(), "{found}, not {expected}");
    }

    #[test]
    fn volume_fraction_of_six_voxels() {
        let hu = [400.0, 300.0, 200.0, 100.0, 0.0, 0.0];
        near(volume_fraction(hu, 400.0, 100.0), 4.0 / 3.0);
        near(volume_fraction([hu, hu].concat(), 400.0, 100.0), 8.0 / 3.0);
        assert_eq!(volume_fraction([0.0; 9], 400.0, 0.0), Some(0.0));
        assert_eq!(volume_fraction(hu, 100.0, 100.0), None);
    }

    #[test]
    fn integrated_intensity_of_eight_voxels() {
        let sum = 8.0 * 800.0 - 24.0 * 1024.0;
        near(integrated(sum, 32, 800.0, -1024.0), 8.0);
        assert_eq!(integrated(sum, 32, 5.0, 5.0), None);
    }

    fn spatial(hu: &[Array2<f64>], rod: &[f64]) -> Option<f64> {
        let views: Vec<_> = hu.iter().map(|plane| plane.view()).collect();
        let (mean, sd) = sample(rod);
        spatially_weighted(stack(Axis(0), &views).unwrap().view(), mean, sd)
    }

    #[test]
    fn spatially_weighted_in_a_plane() {
        let hu = arr2(&[
            [10., 30., 135., 145., 5., 150., 100., 80., 9.],
            [9., 40., 135., 130., 5., 150., 190., 80., 9.],
            [10., 100., 100., 130., 5., 9., 0., 80., 18.],
            [4., 40., 135., -10., 5., 150., 100., 0., 9.],
            [10., 0., 189., 130., 5., 150., 40., 80., 22.],
        ]);
        let rod = [
            196.569, 207.709, 177.004, 207.147, 178.809, 207.359, 211.824, 0.0, 168.913, 202.965, 160.564,
            0.0, 208.593, 214.862, 220.32, 158.685, 188.71, 226.872, 202.076, 226.995, 186.996, 212.137,
            185.208, 228.175, 234.261,
        ];
        near(spatial(&[hu], &rod), 3.717_662_041_743_979_6);
    }

    #[test]
    fn spatially_weighted_in_two_planes() {
        let hu = arr2(&[
            [0., 46., 58., 123., 133., 104., 65., 7.],
            [19., 25., 20., 125., 163., 83., -22., -134.],
            [127., 99., 65., 104., 139., 57., -51., -102.],
            [123., 88., 112., 140., 104., 57., 46., 34.],
            [122., 31., 71., 121., 93., 83., 101., 72.],
            [97., 24., 59., 99., 68., 27., 22., 52.],
            [0., 22., 29., 72., 80., 54., 28., 72.],
            [0., 17., -20., 15., 42., 61., 80., 83.],
            [0., 66., 14., -3., 11., 54., 110., 148.],
            [0., 121., 127., 102., 103., 93., 118., 167.],
        ]);
        let rod = [
            153.984, 185.388, 176.888, 168.15, 165.752, 155.811, 161.226, 160.228, 183.94, 151.235, 149.247,
            196.509, 167.052, 158.717, 230.236, 174.404, 184.419, 177.621, 149.801, 182.128, 161.85, 192.528,
            160.222, 178.946, 176.578,
        ];
        near(spatial(&[hu.clone(), hu], &rod), 1.458_041_826_413_494_4);
    }

    #[test]
    fn a_rod_that_does_not_spread_says_nothing() {
        let hu = arr2(&[[1.0]]);
        assert_eq!(spatial(&[hu], &[5.0, 5.0]), None);
    }
}
