//! The tissue in a ring around a lesion: fat around a coronary artery, blood around a valve.

use crate::{
    mask::{Mask, columns},
    morphology::{dilated, nearer},
    parameters::{Parameters, Ring as Rules},
    stats::median,
    voxels::count,
};
use agatston_core::{Crop, LEAST_MEASURED_HU, Segment};

/// Shares of the ring around a lesion, 0 to 1, and its median.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ring {
    pub(crate) fat: f64,
    pub(crate) lung: f64,
    pub(crate) blood: f64,
    pub(crate) median_hu: f64,
}

/// What is looked at around a lesion.
pub(crate) struct Around<'a> {
    /// The voxels around it.
    pub(crate) crop: &'a Crop,
    /// Its pixels in each of its slices.
    pub(crate) slices: &'a [(u16, Vec<Segment>)],
    /// Size of a pixel: rows, columns, mm.
    pub(crate) pixel_mm: [f64; 2],
    /// HU of blood.
    pub(crate) blood_hu: f64,
}

impl Around<'_> {
    /// The ring in every slice, each weighing as many pixels as the lesion has there.
    pub(crate) fn ring(&self, p: &Parameters) -> Ring {
        let (mut sums, mut pixels, mut seen) = (Ring::default(), 0.0, 0.0);
        for (slice, segments) in self.slices {
            let weight: f64 = segments.iter().map(|s| f64::from(s.end() - s.start())).sum();
            pixels += weight;
            let Some(ring) = self.in_slice(*slice, segments, p) else { continue };
            seen += weight;
            sums.fat += weight * ring.fat;
            sums.lung += weight * ring.lung;
            sums.blood += weight * ring.blood;
            sums.median_hu += weight * ring.median_hu;
        }
        let share = |sum: f64| sum / f64::max(pixels, 1.0);
        let median_hu = sums.median_hu / f64::max(seen, 1.0);
        Ring { fat: share(sums.fat), lung: share(sums.lung), blood: share(sums.blood), median_hu }
    }

    /// The ring in one slice; `None` where it is empty.
    fn in_slice(&self, slice: u16, segments: &[Segment], p: &Parameters) -> Option<Ring> {
        let bounds = self.crop.bounds();
        let z = usize::from(slice - bounds.slices[0]);
        let size = |[first, last]: [u16; 2]| usize::from(last - first) + 1;
        let mut own = Mask::empty([1, size(bounds.rows), size(bounds.columns)]);
        for s in segments {
            let column = |c: u16| usize::from(c - bounds.columns[0]);
            own.set(0, usize::from(s.row() - bounds.rows[0]), column(s.start())..column(s.end()));
        }
        let spacing_mm = [f64::INFINITY, self.pixel_mm[0], self.pixel_mm[1]];
        let ring = dilated(&own, p.ring.to_mm, spacing_mm).without(&nearer(&own, p.ring.from_mm, spacing_mm));
        let smooth = Smooth::new(self.pixel_mm, p.ring.smooth_mm);
        let rows = ring.all_rows().flat_map(|(_, y, row)| columns(row).map(move |x| [z, y, x]));
        let tissue = rows.filter(|&at| self.hu(at).is_some_and(|hu| hu < p.ring.below_hu));
        let values: Vec<f64> = tissue.map(|at| smooth.mean(self, at)).collect();
        looked(&values, self.blood_hu, &p.ring)
    }

    /// HU of a voxel of the crop, where it was measured.
    fn hu(&self, at: [usize; 3]) -> Option<f64> {
        self.crop.hu(at).filter(|hu| *hu >= LEAST_MEASURED_HU)
    }
}

/// What values of a ring are; `None` of none.
fn looked(values: &[f64], blood_hu: f64, rules: &Rules) -> Option<Ring> {
    let median_hu = median(values.to_vec())?;
    let share =
        |is: &dyn Fn(f64) -> bool| count(values.iter().filter(|hu| is(**hu)).count()) / count(values.len());
    let [near, far] = rules.fat_under_blood_hu;
    Some(Ring {
        fat: share(&|hu| blood_hu - far < hu && hu < blood_hu - near),
        lung: share(&|hu| hu <= rules.lung_below_hu),
        blood: share(&|hu| hu > blood_hu - rules.blood_under_hu),
        median_hu,
    })
}

/// Mean over a square of some millimetres: pixels at its edge count as far as they reach into it.
struct Smooth {
    rows: Vec<f64>,
    columns: Vec<f64>,
}

impl Smooth {
    fn new(pixel_mm: [f64; 2], side_mm: f64) -> Self {
        Self { rows: weights(side_mm / pixel_mm[0]), columns: weights(side_mm / pixel_mm[1]) }
    }

    fn mean(&self, around: &Around<'_>, [z, y, x]: [usize; 3]) -> f64 {
        let bounds = around.crop.bounds();
        let last = |[first, last]: [u16; 2]| usize::from(last - first);
        let (rows, columns) = (last(bounds.rows), last(bounds.columns));
        let (mut sum, mut weight) = (0.0, 0.0);
        for (down, by_row) in steps(&self.rows) {
            for (aside, by_column) in steps(&self.columns) {
                // Beyond the picture its edge goes on.
                let at =
                    [z, y.saturating_add_signed(down).min(rows), x.saturating_add_signed(aside).min(columns)];
                if let Some(hu) = around.hu(at) {
                    sum += by_row * by_column * hu;
                    weight += by_row * by_column;
                }
            }
        }
        sum / weight
    }
}

/// Weights at 0, 1, 2, ... pixels from the middle of a window so many pixels wide; both sides add up to 1.
fn weights(pixels: f64) -> Vec<f64> {
    let width = pixels.max(1.0);
    let covered = |distance: u32| (0.5 * width + 0.5 - f64::from(distance)).clamp(0.0, 1.0) / width;
    (0..).map(covered).take_while(|&weight| weight > 0.0).collect()
}

fn steps(weights: &[f64]) -> impl Iterator<Item = (isize, f64)> {
    let aside = (1_isize..).zip(weights.iter().skip(1));
    let both = aside.flat_map(|(step, &weight)| [(-step, weight), (step, weight)]);
    both.chain(weights.first().map(|&weight| (0, weight)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1.2 mm on pixels of 0.4 mm are three whole ones; on 0.5 mm 2.4, of which 0.7 on either side; on 1.5 mm one.
    #[test]
    fn a_window_is_as_wide_as_it_says() {
        let check = |pixel_mm: f64, expected: &[f64]| {
            let found = weights(1.2 / pixel_mm);
            assert_eq!(found.len(), expected.len(), "{found:?}");
            found.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{found:?}"));
            assert!((steps(&found).map(|(_, w)| w).sum::<f64>() - 1.0).abs() < 1e-12);
        };
        check(0.4, &[1.0 / 3.0, 1.0 / 3.0]);
        check(0.5, &[1.0 / 2.4, 0.7 / 2.4]);
        check(1.5, &[1.0]);
    }

    /// Blood of 40 HU: fat lies between -200 and -20, blood over 10, lung at -300 and below.
    #[test]
    fn shares_by_hand() {
        let p = Parameters::shipped();
        let ring =
            looked(&[-199.0, -21.0, -20.0, 10.0, 11.0, -300.0, -301.0, -200.0], 40.0, &p.ring).unwrap();
        assert_eq!(ring, Ring { fat: 0.25, lung: 0.25, blood: 0.125, median_hu: (-21.0 - 199.0) / 2.0 });
        assert!(looked(&[], 40.0, &p.ring).is_none());
    }
}
