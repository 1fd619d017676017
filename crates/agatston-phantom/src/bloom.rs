//! Blooming: the slab model seen through a point spread, pixels and noise, again without simulating one.
//!
//! A point at a distance `d` from the axis of a disc of radius `R` sees of its contrast the part
//! `1 / (2 pi) * integral over all directions of exp(-near^2 / 2 s^2) - exp(-far^2 / 2 s^2)`, where a ray in
//! that direction enters the disc at `near` (0 from inside) and leaves it at `far`: the radial integral of the
//! Gaussian is elementary. `s` follows from the full width at half maximum, and averaging over a square
//! pixel of side `p` adds its variance `p^2 / 12` in every direction.
//!
//! Bounds: noise moves every pixel by at most [`NOISE_SPREADS`] standard deviations, all of them the same way;
//! and because a square is not a Gaussian, every pixel may be [`MODEL_PIXELS`] nearer to or further from the
//! axis. Nothing here looks at a simulated image, and only expectations depend on it, no pixel.

use std::f64::consts::{LN_2, TAU};

use crate::{
    slab::{Seen, Slab, SliceFocus, passes},
    volume::as_f64,
};

/// Standard deviations of noise that the bounds allow for. Beyond 4 lie fewer than 1 in 10,000 of our
/// numbers, and an insert has a few hundred pixels near a bound.
pub const NOISE_SPREADS: f64 = 4.0;

/// What taking a pixel for a Gaussian may cost, in pixels of distance.
pub const MODEL_PIXELS: f64 = 0.1;

/// Directions of the integral.
const DIRECTIONS: usize = 256;

/// Pixels looked at to either side beyond the disc.
const REACH_PIXELS: i32 = 16;

/// A cylinder seen by a real scanner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bloom {
    /// The cylinder and the slices.
    pub slab: Slab,
    /// Full width at half maximum of the in-plane point spread in mm.
    pub psf_fwhm_mm: f64,
    /// Pixel spacing in mm (square).
    pub pixel_mm: f64,
    /// Standard deviation of the noise in HU.
    pub noise_sd_hu: f64,
    /// Where the axis lies from the centre of some pixel, in mm, `[x, y]`.
    pub axis_mm: [f64; 2],
    /// Centre of some slice at or below the cylinder, in mm above its lower end.
    pub first_slice_mm: f64,
}

impl Bloom {
    /// What is seen without noise.
    #[must_use]
    pub fn expected(&self) -> Seen {
        self.seen(0.0)
    }

    /// The least that can be seen.
    #[must_use]
    pub fn least(&self) -> Seen {
        self.seen(-1.0)
    }

    /// The most that can be seen.
    #[must_use]
    pub fn most(&self) -> Seen {
        self.seen(1.0)
    }

    /// What is seen when everything uncertain pulls to one side, -1 to 1.
    fn seen(&self, side: f64) -> Seen {
        let parts = self.parts(side * MODEL_PIXELS * self.pixel_mm);
        let noise = side * NOISE_SPREADS * self.noise_sd_hu;
        self.slab.seen_from(self.first_slice_mm, |contrast| {
            let hu = parts.iter().map(|part| self.slab.background_hu + contrast * part + noise);
            self.focus(hu.filter(|hu| passes(*hu)))
        })
    }

    /// The focus of the accepted pixels of a slice. A disc through a point spread is one component.
    fn focus(&self, accepted: impl Iterator<Item = f64>) -> SliceFocus {
        let (mut pixels, mut sum, mut peak_hu) = (0, 0.0, f64::NEG_INFINITY);
        for hu in accepted {
            pixels += 1;
            sum += hu;
            peak_hu = hu.max(peak_hu);
        }
        let mean_hu = if pixels == 0 { 0.0 } else { sum / as_f64(pixels) };
        SliceFocus { area_mm2: as_f64(pixels) * self.pixel_mm * self.pixel_mm, peak_hu, mean_hu }
    }

    /// The part of the contrast that each pixel around the axis sees when it is `nearer_mm` to the axis.
    fn parts(&self, nearer_mm: f64) -> Vec<f64> {
        let offset = |index: i32, axis: usize| f64::from(index) * self.pixel_mm - self.axis_mm[axis];
        let around = -REACH_PIXELS..=REACH_PIXELS;
        let pixels = around.clone().flat_map(|row| around.clone().map(move |column| (row, column)));
        pixels
            .map(|(row, column)| {
                let (x, y) = (offset(column, 0), offset(row, 1));
                self.part((x * x + y * y).sqrt() - nearer_mm)
            })
            .collect()
    }

    /// The part of the contrast seen at a distance from the axis, 0 to 1.
    fn part(&self, distance_mm: f64) -> f64 {
        let (radius, distance) = (0.5 * self.slab.diameter_mm, distance_mm.max(0.0));
        // FWHM^2 = 8 ln 2 s^2.
        let variance =
            self.psf_fwhm_mm * self.psf_fwhm_mm / (8.0 * LN_2) + self.pixel_mm * self.pixel_mm / 12.0;
        let beyond = |ray_mm: f64| (-0.5 * ray_mm.max(0.0) * ray_mm.max(0.0) / variance).exp();
        let ray = |direction: usize| {
            let angle = TAU * (as_f64(direction) + 0.5) / as_f64(DIRECTIONS);
            let middle = -distance * angle.cos();
            let across = distance * angle.sin();
            let half_squared = radius * radius - across * across;
            if half_squared <= 0.0 {
                return 0.0;
            }
            let half = half_squared.sqrt();
            beyond(middle - half) - beyond(middle + half)
        };
        (0..DIRECTIONS).map(ray).sum::<f64>() / as_f64(DIRECTIONS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disc(diameter_mm: f64, psf_fwhm_mm: f64) -> Bloom {
        let slab = Slab {
            diameter_mm,
            length_mm: 3.0,
            hu: 1040.0,
            background_hu: 40.0,
            thickness_mm: 3.0,
            increment_mm: 3.0,
        };
        Bloom { slab, psf_fwhm_mm, pixel_mm: 0.0, noise_sd_hu: 0.0, axis_mm: [0.0; 2], first_slice_mm: 1.5 }
    }

    /// Closed form in the middle: 1 - exp(-R^2 / 2 s^2), which is 1 - 2^-(2 R / w)^2: 15/16 for R = w, and
    /// 1/2 for R = w / 2.
    #[test]
    fn the_middle_of_a_disc() {
        assert!((disc(2.0, 1.0).part(0.0) - 15.0 / 16.0).abs() < 1e-12);
        assert!((disc(1.0, 1.0).part(0.0) - 0.5).abs() < 1e-12);
    }

    /// A large disc is a half-plane to a point at its rim: one half, but for the curvature. Far away: nothing.
    #[test]
    fn the_rim_of_a_disc() {
        let large = disc(400.0, 1.0);
        assert!((large.part(200.0) - 0.5).abs() < 2e-3, "{}", large.part(200.0));
        assert!(large.part(204.0) < 1e-12);
        assert!((large.part(150.0) - 1.0).abs() < 1e-12);
    }

    /// Blur shares contrast out: over the plane, the parts add up to the area of the disc.
    #[test]
    fn contrast_is_kept() {
        let bloom = Bloom { pixel_mm: 0.25, axis_mm: [0.1, 0.05], ..disc(2.0, 1.0) };
        let area = bloom.parts(0.0).iter().sum::<f64>() * 0.0625;
        assert!((area - std::f64::consts::PI).abs() < 1e-3, "{area}");
    }

    #[test]
    fn least_expected_most() {
        let bloom = Bloom { pixel_mm: 0.5, noise_sd_hu: 8.0, ..disc(5.0, 1.0) };
        let scores = [bloom.least(), bloom.expected(), bloom.most()].map(|seen| seen.agatston);
        assert!(scores[0] < scores[1] && scores[1] < scores[2], "{scores:?}");
    }
}
