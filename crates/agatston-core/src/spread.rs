//! What the values of accepted voxels look like: their spread, and how much of the volume is how dense.
//!
//! A second look at the values under accepted foci only; the sums of a score need none of it. Voxels that a volume
//! threshold adds around a focus are not among them.

use crate::{Candidates, Foci, Geometry, Protocol, Rescale, SliceFoci, protocol::Bounds, scan::SliceScan};
use rayon::prelude::*;

/// HU from which the volume is told apart. Not "1K plaque": that is defined on contrast CT.
pub const DENSEST_HU: f64 = 1000.0;

/// Counts of the values of some accepted voxels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Number of voxels.
    pub voxels: u64,
    /// Sum of their HU.
    pub sum_hu: f64,
    /// Sum of the squares of their HU.
    pub sum_hu_squared: f64,
    /// Number of voxels by the weight that their own HU would have, 1 to 4.
    pub by_weight: [u64; 4],
    /// Number of voxels from [`DENSEST_HU`] on.
    pub from_1000_hu: u64,
}

impl Spread {
    /// Adds what another spread counted.
    pub fn add(&mut self, other: &Self) {
        self.voxels += other.voxels;
        self.sum_hu += other.sum_hu;
        self.sum_hu_squared += other.sum_hu_squared;
        self.by_weight.iter_mut().zip(other.by_weight).for_each(|(sum, n)| *sum += n);
        self.from_1000_hu += other.from_1000_hu;
    }

    /// Standard deviation of the HU of the voxels themselves (not an estimate for others); `None` without any.
    #[expect(clippy::cast_precision_loss, reason = "counts of voxels stay far below 2^53")]
    pub fn sd_hu(&self) -> Option<f64> {
        let n = self.voxels as f64;
        // For whole HU both products are exact well beyond any lesion; where they are not, rounding may fall below 0.
        let scatter = n.mul_add(self.sum_hu_squared, -(self.sum_hu * self.sum_hu)).max(0.0);
        (self.voxels > 0).then(|| scatter.sqrt() / n)
    }

    /// Volume of the voxels of each weight, mm3.
    #[expect(clippy::cast_precision_loss, reason = "counts of voxels stay far below 2^53")]
    pub fn volume_by_weight_mm3(&self, geometry: &Geometry) -> [f64; 4] {
        self.by_weight.map(|n| n as f64 * geometry.voxel_volume_mm3())
    }

    /// Volume of the voxels from [`DENSEST_HU`] on, mm3.
    #[expect(clippy::cast_precision_loss, reason = "counts of voxels stay far below 2^53")]
    pub fn volume_from_1000_hu_mm3(&self, geometry: &Geometry) -> f64 {
        self.from_1000_hu as f64 * geometry.voxel_volume_mm3()
    }
}

/// The values of one focus, and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FocusLook {
    /// Its values.
    pub spread: Spread,
    /// First and last row.
    pub rows: [u16; 2],
    /// First and last column.
    pub columns: [u16; 2],
}

/// Looks at the values of every accepted focus once more; index = slice, then focus.
pub fn looks(candidates: &Candidates, foci: &Foci, protocol: &Protocol) -> Vec<Vec<FocusLook>> {
    let slices = candidates.slices.par_iter().zip(&foci.slices).zip(&candidates.rescale);
    slices.map(|((scan, foci), &rescale)| of_slice(scan, foci, Steps::new(protocol, rescale))).collect()
}

/// The bounds of a slice in stored units.
#[derive(Clone, Copy)]
struct Steps {
    bounds: Bounds,
    densest: Option<i16>,
    rescale: Rescale,
}

impl Steps {
    fn new(protocol: &Protocol, rescale: Rescale) -> Self {
        Self { bounds: Bounds::new(protocol, rescale), densest: rescale.at_least(DENSEST_HU), rescale }
    }

    fn count(&self, spread: &mut Spread, stored: i16) {
        let hu = self.rescale.hu(stored);
        spread.voxels += 1;
        spread.sum_hu += hu;
        spread.sum_hu_squared += hu * hu;
        spread.by_weight[usize::from(self.bounds.weight(stored) - 1)] += 1;
        spread.from_1000_hu += u64::from(self.densest.is_some_and(|densest| stored >= densest));
    }
}

/// Segments and runs are both in reading order and every segment lies within one run: one walk along both.
fn of_slice(scan: &SliceScan, foci: &SliceFoci, steps: Steps) -> Vec<FocusLook> {
    let nowhere = FocusLook { spread: Spread::default(), rows: [u16::MAX, 0], columns: [u16::MAX, 0] };
    let mut looks = vec![nowhere; foci.foci.len()];
    let mut runs = scan.runs.iter().peekable();
    for segment in &foci.segments {
        while runs.next_if(|run| (run.row, run.end) <= (segment.row(), segment.start())).is_some() {}
        let run = runs.peek().expect("every segment is part of a run");
        let first = run.first_value as usize + usize::from(segment.start() - run.start);
        let look = &mut looks[segment.focus as usize];
        let values = &scan.values[first..first + usize::from(segment.len())];
        values.iter().for_each(|&stored| steps.count(&mut look.spread, stored));
        look.rows = [look.rows[0].min(segment.row()), look.rows[1].max(segment.row())];
        look.columns = [look.columns[0].min(segment.start()), look.columns[1].max(segment.end() - 1)];
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_three_values() {
        let steps = Steps::new(&Protocol::STANDARD, Rescale::new(1.0, 0.0, 0).unwrap());
        let mut spread = Spread::default();
        [130, 250, 1000].iter().for_each(|&hu| steps.count(&mut spread, hu));
        assert_eq!(spread.by_weight, [1, 1, 0, 1]);
        assert_eq!(spread.from_1000_hu, 1);
        // mean 460; deviations -330, -210, 540; squares 108,900 + 44,100 + 291,600 = 444,600; / 3 = 148,200
        assert!((spread.sd_hu().unwrap() - 148_200f64.sqrt()).abs() < 1e-9);
        assert_eq!(Spread::default().sd_hu(), None);
    }

    #[test]
    fn equal_values_do_not_spread() {
        let steps = Steps::new(&Protocol::STANDARD, Rescale::new(1.0, -1024.0, 0).unwrap());
        let mut spread = Spread::default();
        (0..1000).for_each(|_| steps.count(&mut spread, 1524));
        assert_eq!(spread.sd_hu(), Some(0.0));
    }
}
