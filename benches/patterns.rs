//! Planes of 512 x 512 that the benches share; stored values are HU.

use agatston_core::{Candidates, Geometry, Plane, Rescale, ScanSpec, Scratch, SliceScan, scan};
use ndarray::Array2;

/// Rows and columns of every plane.
pub(crate) const SIDE: usize = 512;

/// A repeatable stream of numbers (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in 0..n.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Stored values are HU.
fn hu(value: u64) -> i16 {
    i16::try_from(value).expect("a small number")
}

/// Tissue with a spine, ribs and plaques: about 3 % candidates in a few hundred runs.
pub(crate) fn realistic() -> Array2<i16> {
    let mut numbers = Numbers(1);
    let mut plane = Array2::from_shape_fn((SIDE, SIDE), |_| hu(numbers.below(80)));
    for (row, column, radius) in [
        (400, 256, 36),
        (120, 60, 14),
        (120, 450, 14),
        (300, 30, 14),
        (300, 480, 14),
        (200, 230, 4),
        (230, 300, 3),
    ] {
        for r in row - radius..row + radius {
            for c in column - radius..column + radius {
                if (r - row) * (r - row) + (c - column) * (c - column) < radius * radius {
                    let place = (usize::try_from(r).unwrap_or(0), usize::try_from(c).unwrap_or(0));
                    plane[place] = 300 + hu(numbers.below(300));
                }
            }
        }
    }
    plane
}

/// The candidates of a plane.
pub(crate) fn scan_plane(plane: &Array2<i16>, scratch: &mut Scratch) -> SliceScan {
    let plane = Plane { stored: plane.view(), padding: None };
    scan(&plane, Some(130), &ScanSpec::default(), scratch)
}

/// A series of such planes.
pub(crate) fn candidates(slices: Vec<SliceScan>) -> Candidates {
    let geometry = Geometry {
        rows: 512,
        columns: 512,
        spacing_mm: [0.5, 0.5],
        increment_mm: 3.0,
        origin_lps_mm: [0.0; 3],
        row_dir: [1.0, 0.0, 0.0],
        column_dir: [0.0, 1.0, 0.0],
        normal: [0.0, 0.0, 1.0],
    };
    let rescale = Rescale::new(1.0, 0.0, 0).expect("a positive slope");
    Candidates { geometry, rescale: vec![rescale; slices.len()], slices }
}
