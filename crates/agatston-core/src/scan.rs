//! One pass over one plane: stored values in, runs of candidates and the values under them out.
//!
//! Idea: move the threshold, not the pixels. Voxels are compared as they are stored with the smallest stored
//! value that passes; 64 answers make a word, and the edges of the word are the ends of the runs.
//!
//! ```text
//! m     = word of answers           ..0011 1100..
//! edges = m ^ (m << 1 | carry)      ..0100 0100..    carry: the last bit of the word before
//! walk the set bits of edges: they open and close runs in turn
//! ```
//!
//! Left out: components. They come after assignment, because a label border may cut a run in two.

use crate::{
    Padding, Plane, Run,
    simd::{Backend, LANES},
};
use ndarray::ArrayView2;

/// What is kept of one plane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SliceScan {
    /// Runs of candidates, ordered by row and start.
    pub runs: Vec<Run>,
    /// Stored values of the runs, concatenated in their order.
    pub values: Vec<i16>,
    /// xxh3-128 of the stored values as little-endian `i16` in `[row, column]` order, when asked for.
    pub digest: Option<u128>,
}

/// What a scan gathers beside the candidates.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScanSpec {
    /// Hash the stored values ([`SliceScan::digest`]).
    pub digest: bool,
}

/// Working memory of [`scan`], one a thread, grown once.
#[derive(Debug)]
pub struct Scratch {
    backend: Backend,
    masks: Vec<u64>,
    row: Vec<i16>,
}

impl Scratch {
    /// Working memory that uses the fastest instructions of this machine.
    pub fn new() -> Self {
        Self::with(Backend::detect())
    }

    /// Working memory that uses no instructions but the portable ones: for comparisons and measurements.
    pub fn portable() -> Self {
        Self::with(Backend::Portable)
    }

    fn with(backend: Backend) -> Self {
        Self { backend, masks: Vec::new(), row: Vec::new() }
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

/// Finds the runs of voxels whose stored value is at or over `bound` and not padding.
///
/// `bound` is in stored units, see [`Protocol::scan_bound`](crate::Protocol::scan_bound); `None` means that no
/// stored value reaches the threshold.
///
/// # Panics
///
/// With more than 65,535 columns or rows, which a [`Geometry`](crate::Geometry) cannot express.
pub fn scan(plane: &Plane<'_>, bound: Option<i16>, spec: &ScanSpec, scratch: &mut Scratch) -> SliceScan {
    let mut out = SliceScan { digest: spec.digest.then(|| digest(plane.stored)), ..SliceScan::default() };
    let Some(bound) = bound else { return out };
    let padding = plane.padding.filter(|p| p.high >= bound);
    scratch.masks.resize(plane.stored.ncols().div_ceil(LANES), 0);
    for (row_index, row) in plane.stored.rows().into_iter().enumerate() {
        let row_index = u16::try_from(row_index).expect("at most 65,535 rows");
        let row = match row.to_slice() {
            Some(row) => row,
            None => {
                scratch.row.clear();
                scratch.row.extend(row.iter());
                &scratch.row
            }
        };
        scratch.backend.masks(row, bound, &mut scratch.masks);
        if let Some(padding) = padding {
            clear_padding(row, padding, &mut scratch.masks);
        }
        collect_runs(row, row_index, &scratch.masks, &mut out);
    }
    out
}

/// Takes padding out of the answers; only reached where padding lies over the bound.
fn clear_padding(row: &[i16], padding: Padding, masks: &mut [u64]) {
    for (block, mask) in row.chunks(LANES).zip(masks) {
        let mut left = *mask;
        while left != 0 {
            let bit = left.trailing_zeros();
            if padding.contains(block[bit as usize]) {
                *mask &= !(1 << bit);
            }
            left &= left - 1;
        }
    }
}

/// Turns the answers of one row into runs and their values.
fn collect_runs(row: &[i16], row_index: u16, masks: &[u64], out: &mut SliceScan) {
    let mut close = |start: usize, end: usize| {
        let column = |c| u16::try_from(c).expect("at most 65,535 columns");
        out.runs.push(Run { row: row_index, start: column(start), end: column(end) });
        out.values.extend_from_slice(&row[start..end]);
    };
    let (mut carry, mut open) = (0, None);
    for (word_index, &word) in masks.iter().enumerate() {
        let mut edges = word ^ ((word << 1) | carry);
        carry = word >> 63;
        while edges != 0 {
            let column = word_index * LANES + edges.trailing_zeros() as usize;
            match open.take() {
                None => open = Some(column),
                Some(start) => close(start, column),
            }
            edges &= edges - 1;
        }
    }
    if let Some(start) = open {
        close(start, row.len());
    }
}

/// xxh3-128 of the values as little-endian bytes, row by row.
fn digest(stored: ArrayView2<'_, i16>) -> u128 {
    let mut hash = xxhash_rust::xxh3::Xxh3::new();
    if let Some(values) = stored.as_slice().filter(|_| cfg!(target_endian = "little")) {
        hash.update(bytemuck::cast_slice(values));
    } else {
        stored.iter().for_each(|v| hash.update(&v.to_le_bytes()));
    }
    hash.digest128()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    fn scan_all(stored: &Array2<i16>, padding: Option<Padding>, bound: i16) -> SliceScan {
        let plane = Plane { stored: stored.view(), padding };
        let fast = scan(&plane, Some(bound), &ScanSpec::default(), &mut Scratch::new());
        let slow = scan(&plane, Some(bound), &ScanSpec::default(), &mut Scratch::portable());
        assert_eq!(fast, slow);
        fast
    }

    /// The definition, one voxel at a time.
    fn naive(stored: &Array2<i16>, padding: Option<Padding>, bound: i16) -> SliceScan {
        let mut out = SliceScan::default();
        for ((row, column), &v) in stored.indexed_iter() {
            if v < bound || padding.is_some_and(|p| p.contains(v)) {
                continue;
            }
            let (row, column) = (u16::try_from(row).unwrap(), u16::try_from(column).unwrap());
            match out.runs.last_mut() {
                Some(run) if run.row == row && run.end == column => run.end += 1,
                _ => out.runs.push(Run { row, start: column, end: column + 1 }),
            }
            out.values.push(v);
        }
        out
    }

    #[test]
    fn runs_cross_word_borders_and_end_with_the_row() {
        let mut stored = Array2::zeros((2, 130));
        stored.row_mut(0).slice_mut(ndarray::s![60..70]).fill(200);
        stored.row_mut(1).slice_mut(ndarray::s![127..130]).fill(200);
        let scan = scan_all(&stored, None, 130);
        let runs = [Run { row: 0, start: 60, end: 70 }, Run { row: 1, start: 127, end: 130 }];
        assert_eq!(scan.runs, runs);
        assert_eq!(scan.values, [200; 13]);
    }

    #[test]
    fn a_column_major_plane_gives_the_same() {
        let stored = Array2::from_shape_fn((5, 70), |(r, c)| i16::try_from((r * c) % 150).unwrap());
        let mut turned = Array2::zeros((70, 5));
        turned.assign(&stored.t());
        let plane = Plane { stored: turned.t(), padding: None };
        let spec = ScanSpec { digest: true };
        let odd = scan(&plane, Some(100), &spec, &mut Scratch::new());
        let even =
            scan(&Plane { stored: stored.view(), padding: None }, Some(100), &spec, &mut Scratch::new());
        assert_eq!(odd, even);
    }

    #[test]
    fn no_bound_means_no_candidate() {
        let stored = Array2::from_elem((3, 3), i16::MAX);
        let plane = Plane { stored: stored.view(), padding: None };
        let scan = scan(&plane, None, &ScanSpec::default(), &mut Scratch::new());
        assert!(scan.runs.is_empty() && scan.values.is_empty());
    }

    #[test]
    fn digest_of_a_known_input() {
        // XXH3-128 of no bytes, seed 0, as published with the reference implementation.
        assert_eq!(digest(Array2::zeros((0, 0)).view()), 0x99aa_06d3_0147_98d8_6001_c324_468d_497f);
    }

    proptest! {
        #[test]
        fn equals_the_definition(
            columns in 1usize..200,
            values in prop::collection::vec(prop_oneof![Just(0i16), Just(129), Just(130), Just(500), any::<i16>()], 1..600),
            bound in prop_oneof![Just(130i16), any::<i16>()],
            padding in prop::option::of((any::<i16>(), any::<i16>())),
        ) {
            let rows = values.len() / columns;
            prop_assume!(rows > 0);
            let stored = Array2::from_shape_vec((rows, columns), values[..rows * columns].to_vec()).unwrap();
            let padding = padding.map(|(a, b)| Padding { low: a.min(b), high: a.max(b) });
            prop_assert_eq!(scan_all(&stored, padding, bound), naive(&stored, padding, bound));
        }
    }
}
