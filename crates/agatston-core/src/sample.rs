//! A sample of a plane's stored values: enough to see whether its HU can be right, too few to cost time.
//!
//! Every eighth row and every eighth column are looked at. Left out: what a sample means (engine).

use crate::{Padding, Plane, Rescale};

/// Distance of the rows, and of the columns, that are sampled.
const STEP: usize = 8;

/// Number of bins of a histogram.
const BINS: usize = 256;

/// The same, as bins are numbered.
const BINS_MOST: u16 = 256;

/// How a histogram divides the stored values of a slice: 256 bins of a power of two of stored units, laid so that
/// a HU bound of choice, the edge, lies between two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bins {
    first: i32,
    shift: u32,
    below_edge: u16,
}

impl Bins {
    /// Bins of `width_hu` or up to the double of it (more where one stored unit is more); the first begins at `lowest_hu`
    /// or less than a bin below it, if `edge_hu` is not more than 256 widths above.
    pub fn new(rescale: Rescale, lowest_hu: f64, edge_hu: f64, width_hu: f64) -> Self {
        let mut shift = 0;
        while shift < 15 && rescale.slope() * f64::from(1_u32 << shift) < width_hu {
            shift += 1;
        }
        // Where no stored value reaches the edge, all of them lie below it.
        let edge = rescale.at_least(edge_hu).map_or(i32::from(i16::MAX) + 1, i32::from);
        let width = rescale.slope() * f64::from(1_u32 << shift);
        let needed = (1..=BINS_MOST).find(|&bins| f64::from(bins) * width >= edge_hu - lowest_hu);
        let below_edge = needed.unwrap_or(BINS_MOST);
        Self { first: edge - (i32::from(below_edge) << shift), shift, below_edge }
    }

    /// Number of bins below the edge.
    pub fn below_edge(self) -> u16 {
        self.below_edge
    }

    /// Width of a bin, HU.
    pub fn width_hu(self, rescale: Rescale) -> f64 {
        rescale.slope() * f64::from(1_u32 << self.shift)
    }

    /// HU of the lower end of a bin.
    pub fn low_hu(self, rescale: Rescale, bin: u16) -> f64 {
        let stored = f64::from(self.first + (i32::from(bin) << self.shift) + rescale.bias());
        rescale.slope() * stored + rescale.intercept()
    }

    /// 0 below the bins, 1 to 256 for a bin, 257 above.
    #[inline]
    fn place(self, stored: i16) -> usize {
        let bin = ((i32::from(stored) - self.first) >> self.shift) + 1;
        match usize::try_from(bin) {
            Ok(bin) if bin < BINS + 1 => bin, // nearly always
            Ok(_) => BINS + 1,
            Err(_) => 0,
        }
    }
}

/// How often stored values occur among the sampled pixels of a plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How the values were divided.
    pub bins: Bins,
    counts: Box<[u32; BINS + 2]>,
    /// Sampled pixels that are padding, and in no other count.
    pub padded: u32,
}

impl Sample {
    pub(crate) fn new(bins: Bins) -> Self {
        Self { bins, counts: Box::new([0; BINS + 2]), padded: 0 }
    }

    /// Pixels in each bin.
    pub fn histogram(&self) -> &[u32] {
        &self.counts[1..=BINS]
    }

    /// Pixels below the first bin.
    pub fn below(&self) -> u32 {
        self.counts[0]
    }

    /// Pixels above the last bin.
    pub fn above(&self) -> u32 {
        self.counts[BINS + 1]
    }

    /// Takes the next rows of a plane, the first of which has index `first`.
    pub(crate) fn take(&mut self, plane: &Plane<'_>, first: usize) {
        let skipped = (STEP - first % STEP) % STEP;
        for row in (skipped..plane.stored.nrows()).step_by(STEP) {
            let row = plane.stored.row(row);
            match row.as_slice() {
                Some(values) => self.count(values.chunks(STEP).map(|group| group[0]), plane.padding),
                None => self.count(row.iter().step_by(STEP).copied(), plane.padding),
            }
        }
    }

    fn count(&mut self, values: impl Iterator<Item = i16>, padding: Option<Padding>) {
        let (bins, counts) = (self.bins, &mut *self.counts);
        let Some(padding) = padding else {
            return values.for_each(|stored| counts[bins.place(stored)] += 1);
        };
        for stored in values {
            if padding.contains(stored) {
                self.padded += 1;
            } else {
                counts[bins.place(stored)] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn rescale(slope: f64, intercept: f64) -> Rescale {
        Rescale::new(slope, intercept, 0).unwrap()
    }

    /// By hand, between -1108 and -500 HU: at slope 1 a bin is 8 stored units, 76 of them; at 0.75, 16 units are 12 HU, 51
    /// of them; at 1.5, 8 units are 12 HU; at 3, 4 units are 12 HU; at 10 one unit is 10 HU, 61 of them.
    #[test]
    fn the_edge_lies_between_two_bins() {
        let check = |slope, width, below: u16| {
            let r = rescale(slope, -1024.0);
            let bins = Bins::new(r, -1108.0, -500.0, 8.0);
            assert_eq!((bins.width_hu(r), bins.below_edge()), (width, below), "{slope}");
            let edge = r.at_least(-500.0).unwrap();
            let places = (usize::from(below), usize::from(below) + 1);
            assert_eq!((bins.place(edge - 1), bins.place(edge)), places, "{slope}");
            assert!((bins.low_hu(r, below) + 500.0).abs() < slope, "{slope}");
            assert!((-1108.0 - width..-1108.0 + slope).contains(&bins.low_hu(r, 0)), "{slope}");
        };
        check(1.0, 8.0, 76);
        check(0.5, 8.0, 76);
        check(0.75, 12.0, 51);
        check(1.5, 12.0, 51);
        check(3.0, 12.0, 51);
        check(10.0, 10.0, 61);
        assert_eq!(Bins::new(rescale(1.0, -1024.0), -1108.0, -500.0, 8.0).first, 524 - 76 * 8);
    }

    /// By hand: rows 0, 8 and 16 of 20 and columns 0, 8 and 16 of 20 are 9 pixels.
    #[test]
    fn some_pixels_of_some_rows_are_counted_however_the_rows_come() {
        let stored = Array2::from_shape_fn((20, 20), |(row, column)| match (row, column) {
            (0, 0) => -2000,
            (8, 8) => 40,
            (16, 16) => i16::MAX,
            (r, c) if r % 8 == 0 && c % 8 == 0 => -1000,
            _ => 500,
        });
        let padding = Some(Padding { low: -2000, high: -2000 });
        let bins = Bins::new(rescale(1.0, 0.0), -1108.0, -500.0, 8.0);
        for rows_at_once in [1, 3, 8, 20] {
            let mut sample = Sample::new(bins);
            for first in (0..20).step_by(rows_at_once) {
                let last = (first + rows_at_once).min(20);
                let strip = stored.slice(ndarray::s![first..last, ..]);
                sample.take(&Plane { stored: strip, padding }, first);
            }
            assert_eq!((sample.padded, sample.below(), sample.above()), (1, 0, 1), "{rows_at_once}");
            // -1000 is 108 over -1108: bin 13; 40 is 1148 over: bin 143.
            assert_eq!((sample.histogram()[13], sample.histogram()[143]), (6, 1), "{rows_at_once}");
            assert_eq!(sample.histogram().iter().sum::<u32>(), 7, "{rows_at_once}");
        }
    }

    /// No stored value reaches the edge: all of them are below it.
    #[test]
    fn an_edge_out_of_reach() {
        let bins = Bins::new(rescale(0.001, -2000.0), -1108.0, -500.0, 8.0);
        assert!(bins.place(i16::MAX) <= usize::from(bins.below_edge()));
    }
}
